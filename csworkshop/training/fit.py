"""Fine-tune the reader: AdamW on labelled texts and the catalogue's examples, a text's and its pieces' answers.

Deterministic: the same versions, seed and number of threads give the same weights.
"""

from __future__ import annotations

import math
import pickle
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from csworkshop.techniques.encoder import Reading
from csworkshop.training import TrainingError
from csworkshop.training.figures import macro_f1
from csworkshop.training.network import Network
from csworkshop.training.rows import ITEMS, Row, columns
from csworkshop.training.vocabulary import pieces_of
from csworkshop.training.wheel import Shape

BATCH, BUCKET = 16, 20  # texts a step; batches among which texts of like length are put together
RATE, HEADS_RATE, DECAY = 2e-4, 2e-3, 0.01
WARM, FLOOR = 0.06, 0.02  # share of the steps to rise in, and the lowest share of the rate
PRESENT_WEIGHT = 2.0  # a present item is rare and weighs double
PIECES_WEIGHT, REPLY_WEIGHT, EXAMPLE_PIECES = 8.0, 2.0, 3.0
LARGEST_SLOPE = 1.0


@dataclass(frozen=True)
class Settings:
    """What a run is decided by."""

    seed: int = 0
    threads: int = 1
    epochs: int = 8
    rate: float = RATE


@dataclass(frozen=True)
class Model:
    """A network with the table of its pieces (piece, score): what a checkpoint holds."""

    network: Network
    shape: Shape
    table: list[tuple[str, float]]
    pad: int

    @classmethod
    def load(cls, path: Path) -> Model:
        """The model of a checkpoint."""
        kept = load(path)
        shape, table = Shape(**kept["shape"]), [(piece, score) for piece, score in kept["pieces"]]
        network = Network(shape, len(kept["columns"]))
        network.load_state_dict(kept["state"])
        return cls(network, shape, table, pieces_of(table).pad)

    def save(self, path: Path) -> None:
        about = {"shape": asdict(self.shape), "pieces": self.table, "columns": list(columns())}
        torch.save({"state": self.network.state_dict(), "torch": str(torch.__version__), **about}, path)


def load(path: Path) -> dict[str, Any]:
    """A checkpoint: tensors and plain values only."""
    try:
        checkpoint: dict[str, Any] = torch.load(path, weights_only=True)
        if missing := {"state", "shape", "pieces", "columns"} - set(checkpoint):
            raise KeyError(*missing)
    except (OSError, KeyError, TypeError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise TrainingError(f"{path}: is no checkpoint of csworkshop train reader ({type(error).__name__})") from None
    return checkpoint


def train(model: Model, rows: Sequence[Row], unread: Sequence[Row], settings: Settings) -> None:
    """Train on `rows`; says after every epoch how the model does on `unread`, which has no part in the training."""
    torch.set_num_threads(settings.threads)  # sums in another order differ in their last digits
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(settings.seed)
    network, pad = model.network, model.pad
    steps = settings.epochs * math.ceil(len(rows) / BATCH)
    optimiser = torch.optim.AdamW(_groups(network, settings.rate), weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1, (s + 1) / (WARM * steps)) * max(FLOOR, 1 - s / steps)
    )
    say(f"{len(rows)} texts to learn from, {len(unread)} unread; {steps} steps")
    shuffle, begun = random.Random(settings.seed), time.monotonic()
    for epoch in range(1, settings.epochs + 1):
        network.train()
        losses = []
        for chosen in _batches(rows, shuffle):
            loss = _loss(network, chosen, pad)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_SLOPE)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        line = f"epoch {epoch} of {settings.epochs}: loss {np.mean(losses):.4f}, {time.monotonic() - begun:.0f} s"
        if unread:
            line += f"; {told(unread, read(network, unread, pad))}"
        say(line)


def told(rows: Sequence[Row], readings: dict[str, Reading]) -> str:
    """Macro-F1 of plain readings, one figure per kind of column."""
    odds = np.array([readings[r.id].odds for r in rows])
    answers, weights = np.array([r.answers for r in rows]), np.array([r.weights for r in rows])
    figures = []
    for kind in ("items", "emotion", "part"):
        chosen = [n for n, c in enumerate(columns()) if kind == (c.partition(".")[0] if "." in c else "items")]
        some = weights[:, chosen].all(1)
        if some.any():
            truth = (answers[some][:, chosen] >= 0.5).astype(float)
            figures.append(f"{kind} {macro_f1(truth, (odds[some][:, chosen] > 0).astype(float)):.3f}")
    return "macro-F1 of " + ", ".join(figures)


@torch.no_grad()
def read(network: Network, rows: Sequence[Row], pad: int, *, exact: bool = False) -> dict[str, Reading]:
    """What the network says of `rows`, by id; `exact` in float32 where training would use less."""
    network.eval()
    found = {}
    for chosen in _chunks(sorted(rows, key=lambda r: len(r.ids)), 2 * BATCH):
        with _precision(exact):
            pieces, odds = network(*_tensors(chosen, pad))
        sure = torch.sigmoid(pieces.float()).numpy()
        for n, row in enumerate(chosen):
            inside = sure[n, row.start : row.start + len(row.spans)].astype(np.float64)
            found[row.id] = Reading(columns(), odds[n].float().numpy(), inside, tuple(row.spans))
    return found


def _groups(network: Network, rate: float) -> list[dict[str, Any]]:
    heads = network.heads()
    new = {id(p) for p in heads}
    body = [p for p in network.parameters() if p.requires_grad and id(p) not in new]
    return [{"params": body, "lr": rate}, {"params": heads, "lr": rate * HEADS_RATE / RATE}]


def _batches(rows: Sequence[Row], shuffle: random.Random) -> list[list[Row]]:
    """All rows once, in random batches of like length."""
    order = list(rows)
    shuffle.shuffle(order)
    batches = []
    for some in _chunks(order, BATCH * BUCKET):
        batches += _chunks(sorted(some, key=lambda r: len(r.ids)), BATCH)
    shuffle.shuffle(batches)
    return batches


def _chunks(rows: Sequence[Row], size: int) -> list[list[Row]]:
    return [list(rows[n : n + size]) for n in range(0, len(rows), size)]


def _tensors(rows: Sequence[Row], pad: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, mask and which pieces are the text's (see Network.forward), each (texts, pieces), padded to the longest."""
    longest = max(len(r.ids) for r in rows)
    ids = torch.full((len(rows), longest), pad)
    mask, text = torch.zeros(len(rows), longest), torch.zeros(len(rows), longest)
    for n, row in enumerate(rows):
        ids[n, : len(row.ids)] = torch.tensor(row.ids)
        mask[n, : len(row.ids)] = 1
        text[n, row.start : row.start + len(row.spans)] = 1
    return ids, mask, text


def _loss(network: Network, rows: Sequence[Row], pad: int) -> torch.Tensor:
    """Weighted cross-entropy of the pieces' and the texts' answers; a column without weight has no part in it."""
    ids, mask, text = _tensors(rows, pad)
    answers = torch.from_numpy(np.stack([r.answers for r in rows]))
    weights = torch.from_numpy(np.stack([r.weights for r in rows]))
    evidence = torch.zeros(*ids.shape, answers.shape[1])
    for n, row in enumerate(rows):
        evidence[n, : len(row.ids)] = torch.from_numpy(row.evidence)
    with _precision():
        pieces, odds = network(ids, mask, text)
    rare, own = torch.tensor(PRESENT_WEIGHT), text
    entropy = functional.binary_cross_entropy_with_logits
    shown = torch.where(weights > 1, EXAMPLE_PIECES, (weights > 0).float())
    marked = shown[:, None, :] * own[..., None]
    of_pieces = (entropy(pieces.float(), evidence, reduction="none", pos_weight=rare) * marked).sum()
    of_texts = (entropy(odds.float(), answers, reduction="none", pos_weight=rare) * weights).sum()
    return (of_pieces / own.sum() * PIECES_WEIGHT + of_texts / len(rows) * REPLY_WEIGHT) / ITEMS


def _precision(exact: bool = False) -> torch.autocast:
    """bfloat16 where the processor has it, for speed; weights and their updates stay in float32."""
    able = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)()
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=bool(able) and not exact)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
