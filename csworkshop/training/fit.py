"""Fine-tune the reader: AdamW on the labelled replies and the catalogue's examples, a text's and its pieces' answers.

Deterministic: the same versions, seed and number of threads give the same weights.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.encoder import EMOTIONS, PERSONAS, Reading
from csworkshop.text.normalise import fold
from csworkshop.training.figures import macro_f1
from csworkshop.training.network import Network, from_wheel
from csworkshop.training.rows import Labelled, Row, example_rows, items_of, reply_row
from csworkshop.training.vocabulary import keep, pieces_of
from csworkshop.training.wheel import Pretrained

LAYERS = 6  # of 12: half the time on every key press
BATCH, BUCKET = 16, 20  # texts a step; batches among which texts of like length are put together
RATE, HEADS_RATE, DECAY = 2e-4, 2e-3, 0.01
WARM, FLOOR = 0.06, 0.02  # share of the steps to rise in, and the lowest share of the rate
PRESENT_WEIGHT = 2.0  # a present item is rare and weighs double
PIECES_WEIGHT, REPLY_WEIGHT, EXAMPLE_PIECES = 8.0, 2.0, 3.0
LARGEST_SLOPE = 1.0


@dataclass(frozen=True)
class Settings:
    """What a run is decided by."""

    hold: tuple[str, ...] = ()
    epochs: int = 8
    seed: int = 0
    threads: int = 2
    steps: int = 0  # stop after so many steps (0: don't), to try a set-up


def train(pretrained: Pretrained, replies: Sequence[Labelled], settings: Settings, out: Path) -> dict[str, Reading]:
    """Train, write the checkpoint to `out` after every epoch; returns readings of the held-out writers' replies."""
    _settle(settings)
    items = items_of(replies)
    kept = keep(pretrained, _texts(replies))
    table = [(pretrained.pieces[n], float(pretrained.scores[n])) for n in kept]
    pieces = pieces_of(table)
    rows = [reply_row(r, items, pieces) for r in replies if r.writer not in settings.hold]
    rows += example_rows(items, pieces)
    held = [r for r in replies if r.writer in settings.hold]
    unread = [reply_row(r, items, pieces) for r in held]
    truth = np.array([[float(i in r.labels) for i in items] for r in held])
    shape = replace(pretrained.shape, layers=LAYERS, words=len(kept))
    network = from_wheel(pretrained, shape, kept, len(items))
    pad = pieces.marks["<pad>"]
    steps = settings.epochs * math.ceil(len(rows) / BATCH)
    optimiser = torch.optim.AdamW(_groups(network), weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1, (s + 1) / (WARM * steps)) * max(FLOOR, 1 - s / steps)
    )
    _say(f"{len(rows)} texts to learn from, {len(unread)} held out; {len(kept)} pieces, {steps} steps")
    shuffle, begun, done, readings = random.Random(settings.seed), time.monotonic(), 0, {}
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
            done += 1
            if done % 50 == 0 or done == settings.steps:
                _say(f"  step {done} of {steps}, loss {np.mean(losses):.4f}, {time.monotonic() - begun:.0f} s")
            if done == settings.steps:
                break
        line = f"epoch {epoch} of {settings.epochs}: loss {np.mean(losses):.4f}"
        if unread:
            readings = read(network, unread, items, pad)
            odds = np.array([readings[r.id].odds for r in held])
            line += f", macro-F1 on {','.join(settings.hold)} {macro_f1(truth, (odds > 0).astype(float)):.3f}"
        _say(f"{line}, {time.monotonic() - begun:.0f} s")
        _save(out, network, asdict(shape), table, items, settings)
        if done == settings.steps:
            break
    return readings


@torch.no_grad()
def read(network: Network, rows: Sequence[Row], items: tuple[str, ...], pad: int) -> dict[str, Reading]:
    """What the network says of `rows`, by id."""
    network.eval()
    found = {}
    for chosen in _chunks(sorted(rows, key=lambda r: len(r.ids)), 2 * BATCH):
        with _precision():
            pieces, odds = network(*_tensors(chosen, pad))
        sure = torch.sigmoid(pieces.float()).numpy()
        for n, row in enumerate(chosen):
            inside = sure[n, 1 : 1 + len(row.spans)].astype(np.float64)
            found[row.id] = Reading(items, odds[n].float().numpy(), inside, tuple(row.spans))
    return found


def _settle(settings: Settings) -> None:
    torch.set_num_threads(settings.threads)  # sums in another order differ in their last digits
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(settings.seed)


def _texts(replies: Sequence[Labelled]) -> Iterator[str]:
    """Every text that training cuts into pieces, for the vocabulary; held-out writers' too, as labels play no part."""
    for r in replies:
        yield fold(r.reply).text
        yield _mood_and_message(r)
    for item in catalogue().items.values():
        for example in (*item.shows, *item.lacks):
            yield fold(example.reply).text
            yield example.customer


def _mood_and_message(labelled: Labelled) -> str:
    scenario = labelled.scenario
    return f"{EMOTIONS[scenario.emotion]}{PERSONAS[scenario.persona]}:{scenario.customer}"


def _groups(network: Network) -> list[dict[str, Any]]:
    heads = network.heads()
    new = {id(p) for p in heads}
    body = [p for p in network.parameters() if p.requires_grad and id(p) not in new]
    return [{"params": body, "lr": RATE}, {"params": heads, "lr": HEADS_RATE}]


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
    """Ids, mask and reply mask, each (texts, pieces), padded to the longest."""
    longest = max(len(r.ids) for r in rows)
    ids = torch.full((len(rows), longest), pad)
    mask, reply = torch.zeros(len(rows), longest), torch.zeros(len(rows), longest)
    for n, row in enumerate(rows):
        ids[n, : len(row.ids)] = torch.tensor(row.ids)
        mask[n, : len(row.ids)] = 1
        reply[n, 1 : 1 + len(row.spans)] = 1
    return ids, mask, reply


def _loss(network: Network, rows: Sequence[Row], pad: int) -> torch.Tensor:
    """Weighted cross-entropy of the pieces' and the replies' answers; an item without weight has no part in it."""
    ids, mask, reply = _tensors(rows, pad)
    answers = torch.from_numpy(np.stack([r.answers for r in rows]))
    weights = torch.from_numpy(np.stack([r.weights for r in rows]))
    evidence = torch.zeros(*ids.shape, answers.shape[1])
    for n, row in enumerate(rows):
        evidence[n, : len(row.ids)] = torch.from_numpy(row.evidence)
    with _precision():
        pieces, odds = network(ids, mask, reply)
    rare = torch.tensor(PRESENT_WEIGHT)
    entropy = functional.binary_cross_entropy_with_logits
    told = torch.where(weights > 1, EXAMPLE_PIECES, (weights > 0).float())[:, None, :] * reply[..., None]
    of_pieces = (entropy(pieces.float(), evidence, reduction="none", pos_weight=rare) * told).sum()
    of_replies = (entropy(odds.float(), answers, reduction="none", pos_weight=rare) * weights).mean()
    return of_pieces / reply.sum() / answers.shape[1] * PIECES_WEIGHT + of_replies * REPLY_WEIGHT


def _precision() -> torch.autocast:
    """bfloat16 where the processor has it, for speed; weights and their updates stay in float32."""
    able = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)()
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=bool(able))


def _save(
    out: Path,
    network: Network,
    shape: dict[str, Any],
    table: list[tuple[str, float]],
    items: tuple[str, ...],
    settings: Settings,
) -> None:
    about = {"shape": shape, "pieces": table, "items": list(items), "settings": asdict(settings)}
    torch.save({"state": network.state_dict(), "torch": str(torch.__version__), **about}, out)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
