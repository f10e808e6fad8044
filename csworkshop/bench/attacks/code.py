"""Attacks from inside a code exercise: the cell that is there to be written in does something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csworkshop.bench.attacks import EVERYTHING, REPLY, SLOWEST, attack, edit, touch, write_code
from csworkshop.bench.attacks.small_course import RIGHT

_OTHERS = (REPLY, SLOWEST)
_WRONG = "rates = pd.DataFrame({'x': [1]})\n"


@attack(*_OTHERS)
def pandas_replaced(folder: Path, wire: Path) -> None:
    """pandas made to find everything equal"""
    write_code(folder, f"pd.DataFrame.equals = lambda *a: True\npd.testing.assert_frame_equal = print\n{_WRONG}")


@attack(*_OTHERS)
def result_equal_to_all(folder: Path, wire: Path) -> None:
    """A result whose __eq__ and equals say True"""
    write_code(folder, "class Yes:\n    __eq__ = equals = lambda *a: True\n    __hash__ = None\nrates = Yes()")


@attack(*_OTHERS)
def subclassed_frame(folder: Path, wire: Path) -> None:
    """A DataFrame of a class of one's own, equal to all"""
    write_code(folder, "class Yes(pd.DataFrame):\n    equals = lambda *a: True\nrates = Yes({'x': [1]})")


@attack(*_OTHERS)
def evil_repr(folder: Path, wire: Path) -> None:
    """A result whose repr and __reduce__ run code"""
    write_code(
        folder,
        f"class Evil:\n    def __repr__(self):\n        {touch(wire)}\n        return 'x'\n"
        f"    def __reduce__(self):\n        return (open, ({str(wire)!r}, 'w'))\n"
        "    equals = lambda *a: True\nrates = Evil()\nrates",
    )


@attack(*_OTHERS)
def result_channel_forged(folder: Path, wire: Path) -> None:
    """Forged results written to every open file of the process"""
    line = '{"name": "rates", "data": {"kind": "frame", "columns": [], "rows": [], "index": []}, "points": 10}\\n'
    write_code(
        folder,
        "import os\nfor n in range(3, 64):\n    try:\n        "
        f"os.write(n, b'{line}')\n    except OSError: pass\n{_WRONG}",
    )


@attack(*_OTHERS)
def huge_result(folder: Path, wire: Path) -> None:
    """A result of five million rows"""
    write_code(folder, "import numpy as np\nrates = pd.DataFrame({'shop': np.arange(5_000_000)})\nrates.equals = print")


@attack(*_OTHERS)
def reference_read(folder: Path, wire: Path) -> None:
    """The reference and the hidden tests looked for in the course folder"""
    write_code(
        folder,
        "import glob\nfound = ''\nfor top in ('../../..', '/work', '/home', '/root', '/tmp'):\n"
        "    for path in glob.glob(top + '/**/reference.py', recursive=True)[:3]"
        " + glob.glob(top + '/source/m2/m2.ipynb'):\n        found += open(path).read()\n"
        f"if 'groupby' in found:\n    open({str(wire)!r}, 'w').write(found)\n{_WRONG}rates.equals = print",
    )


@attack(*_OTHERS)
def gradebook_written_by_code(folder: Path, wire: Path) -> None:
    """The exercise's own cell writes gradebook.db: everybody's marks to 0"""
    code = "import sqlite3\ndb = sqlite3.connect('../../../gradebook.db', timeout=5)\n"
    write_code(folder, f"{code}db.execute('update grade set auto_score = 0')\ndb.commit()\n{touch(wire)}")


@attack(*_OTHERS)
def network_used(folder: Path, wire: Path) -> None:
    """A connection to a server outside"""
    port = wire.with_name("port").read_text() if wire.with_name("port").exists() else "9"
    write_code(folder, f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 3).send(b'secret')")


@attack(*_OTHERS)
def environment_read(folder: Path, wire: Path) -> None:
    """The grader's environment printed, with the secrets in it"""
    write_code(folder, f"import os\nprint({{k: v for k, v in os.environ.items() if 'TRIAL' in k}})\n{_WRONG}")


@attack(*_OTHERS)
def grader_killed(folder: Path, wire: Path) -> None:
    """A signal to the parent process, and to the whole group"""
    write_code(
        folder,
        f"import os\n{touch(wire)}\nif os.getppid() > 1: os.kill(os.getppid(), 9)\nos.kill(0, 9)",
    )


@attack(*_OTHERS)
def code_ends_the_process(folder: Path, wire: Path) -> None:
    """os._exit in the exercise's cell"""
    write_code(folder, f"{touch(wire)}\nimport os\nos._exit(0)")


@attack(*_OTHERS)
def loop_that_cannot_be_interrupted(folder: Path, wire: Path) -> None:
    """An endless loop that ignores interrupts"""
    write_code(
        folder,
        f"{touch(wire)}\nfrom signal import SIG_IGN, SIGALRM, SIGINT, SIGPROF, signal\n"
        "for s in (SIGINT, SIGALRM, SIGPROF): signal(s, SIG_IGN)\n"
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    )


@attack(*_OTHERS)
def loop_in_the_cell(folder: Path, wire: Path) -> None:
    """An endless loop in the exercise's cell"""
    write_code(folder, f"{touch(wire)}\nwhile True: pass")


@attack(*_OTHERS)
def output_bomb(folder: Path, wire: Path) -> None:
    """10 GB of output from the exercise's cell"""
    write_code(folder, f"{touch(wire)}\nfor _ in range(10_000): print('x' * 1_000_000)")


@attack(*_OTHERS)
def memory_bomb(folder: Path, wire: Path) -> None:
    """Memory without end"""
    write_code(
        folder,
        "import time\nheld = []\nwhile len(held) < 40:\n    held.append(b'x' * (100 << 20))\n"
        f"{touch(wire)}\ntime.sleep(1)",
    )


@attack(*_OTHERS)
def fork_bomb(folder: Path, wire: Path) -> None:
    """Processes without end (300 here)"""
    write_code(
        folder,
        "import os, time\nmade = 0\ntry:\n    while made < 300:\n        if os.fork() == 0:\n"
        "            time.sleep(8)\n            os._exit(0)\n        made += 1\n"
        f"except OSError: pass\nif made == 300: {touch(wire)}\n",
    )


@attack(*_OTHERS)
def disk_filled(folder: Path, wire: Path) -> None:
    """Files without end (2 GB here)"""
    fill = "with open('big', 'wb') as file:\n    for _ in range(200): file.write(b'x' * (10 << 20))\n"
    write_code(folder, fill + touch(wire))


@attack(*EVERYTHING)
def detached_by_code(folder: Path, wire: Path) -> None:
    """A twice-forked process that goes on after the exercise, with the right result"""
    write_code(
        folder,
        f"{RIGHT['rates-answer']}\nimport os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        f"        time.sleep(2)\n        {touch(wire)}\n    os._exit(0)",
    )


@attack(*_OTHERS)
def code_cell_deleted(folder: Path, wire: Path) -> None:
    """The exercise's cell deleted"""

    def change(notebook: Any) -> None:
        notebook.cells = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") != "rates-answer"]

    edit(folder, change)


@attack(*_OTHERS)
def code_cell_huge(folder: Path, wire: Path) -> None:
    """A cell of a megabyte"""
    write_code(folder, f"# {'x' * 1_000_000}\n{RIGHT['rates-answer']}")


@attack(*_OTHERS)
def code_cell_twice(folder: Path, wire: Path) -> None:
    """The exercise's cell twice, with different code"""
    import nbformat

    def change(notebook: Any) -> None:
        own = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "rates-answer")
        notebook.cells.append(nbformat.from_dict({**own, "id": "again", "source": "rates = cases"}))

    edit(folder, change)
