"""Which of the wheel's 250,000 pieces are kept: those that Chinese replies are made of, and all that our texts use.

Kept pieces are written as `pieces.tsv`, and everything is cut by the class that cuts at run time, so that training
and checking read the same pieces.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from csworkshop.techniques.encoder import Pieces
from csworkshop.training.wheel import Pretrained

LONGEST_LATIN = 3  # characters of a Latin piece that is kept although our texts don't use it
PUNCTUATION = set("，。！？；：、（）【】《》“”‘’…—～·￥％℃")
EMOJI = 0x1F000


def chinese(piece: str) -> bool:
    """Whether a piece could stand in a Chinese reply: Hanzi, their punctuation, emoji, short Latin ones."""
    if piece.strip("▁").isascii():
        return len(piece) <= LONGEST_LATIN
    return all(
        c == "▁" or c.isascii() or "\u4e00" <= c <= "\u9fff" or c in PUNCTUATION or ord(c) > EMOJI for c in piece
    )


def keep(pretrained: Pretrained, texts: Iterable[str]) -> list[int]:
    """Ids of the pieces that are kept, in the wheel's order."""
    kept = {n for n, piece in enumerate(pretrained.pieces) if chinese(piece)}
    kept.update(pretrained.specials.values())
    everything = pieces_of(list(zip(pretrained.pieces, pretrained.scores.tolist(), strict=True)))
    for text in texts:
        kept.update(everything.cut(text)[0])
    return sorted(kept)


def pieces_of(table: Sequence[tuple[str, float]]) -> Pieces:
    """The run-time cutter for a table of pieces and scores."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pieces.tsv"
        write_pieces(path, table)
        return Pieces(path)


def write_pieces(path: Path, table: Sequence[tuple[str, float]]) -> None:
    """Write `pieces.tsv`: a piece and its score a line; the line's number is the piece's id."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{piece}\t{score:.4f}\n" for piece, score in table)
