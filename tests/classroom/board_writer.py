"""A process of its own that posts, answers and marks: python board_writer.py CLASS PRIVATE NAME POSTS [UID]."""

from __future__ import annotations

import codecs
import os
import sys
from pathlib import Path

from csworkshop.classroom.board import Board

if len(sys.argv) > 5:  # another account of the operating system; it may not be able to read where Python lies
    codecs.lookup("ascii")
    os.setgid(int(sys.argv[5]))
    os.setuid(int(sys.argv[5]))

folder, private, name, posts = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
board = Board(folder, private=private)
for n in range(posts):
    key = board.post(f"第{n}句：今天的客户真难缠。〔{name}-{n}〕", despite=True)
    board.mark(key, "helpful")
    print(key, flush=True)
