"""From the wheel to the reader that ships, in steps that are kept: one that was done is not done again.

base.pt         trained on what was written to train (writers t1 to t6) and the catalogue's examples
foldN.npz       what a reader says of a fold of writers, begun from base.pt and trained without that fold
readings.npz    the five of them in one
reader.pt       begun from base.pt and trained on everything, for shipping
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.encoder import Pieces, Reading, context_of
from csworkshop.text.normalise import fold
from csworkshop.training import readings
from csworkshop.training.fit import Model, Settings, read, say, train
from csworkshop.training.labelled import FOLDS, Labelled, Note, trains_only
from csworkshop.training.network import from_wheel
from csworkshop.training.rows import Row, columns, example_rows, note_row, reply_row, spoilt_rows
from csworkshop.training.vocabulary import keep, pieces_of
from csworkshop.training.wheel import Pretrained

FIRST = tuple(f"t{n}" for n in range(1, 7))  # the writers whom base.pt is trained on
LAYERS = 6  # of 12: half the time on every key press


@dataclass(frozen=True)
class Corpus:
    """Everything there is to learn from."""

    replies: list[Labelled]
    notes: list[Note]

    def texts(self) -> Iterator[str]:
        """Every text that is cut into pieces, for the vocabulary; labels play no part, so the held-out ones' too."""
        for r in self.replies:
            yield fold(r.reply).text
            yield context_of(r.scenario)
            yield fold(r.scenario.customer).text
        for n in self.notes:
            yield fold(n.text).text
        for item in catalogue().items.values():
            for example in (*item.shows, *item.lacks):
                yield fold(example.reply).text
                yield example.customer

    def rows(self, pieces: Pieces, seed: int, *, spoilt: bool = True) -> list[Row]:
        """All of it as rows, and the catalogue's examples; with replies that were spoilt unless `spoilt` is False."""
        rows = [note_row(n, pieces) for n in self.notes]
        if self.replies:
            rows += [reply_row(r, pieces) for r in self.replies] + example_rows(pieces)
            rows += spoilt_rows(self.replies, pieces, seed) if spoilt else []
        return rows


@dataclass(frozen=True)
class Job:
    """One reader that is begun from base.pt.

    Trained without a fold's replies (foldN.npz), on messages and notes only and without a fifth of them (notesN.npz),
    or on everything, for shipping (`fold` None).
    """

    fold: int | None
    notes: bool
    out: Path

    @property
    def path(self) -> Path:
        if self.fold is None:
            return self.out / "reader.pt"
        return self.out / f"{'notes' if self.notes else 'fold'}{self.fold + 1}.npz"

    def divide(self, corpus: Corpus) -> tuple[Corpus, Corpus]:
        """What the reader is trained on, and what it is asked about."""
        if self.fold is None:
            return corpus, Corpus([], [])
        if self.notes:
            seen = [n for n in corpus.notes if n.unread != self.fold]
            return Corpus([], seen), Corpus([], [n for n in corpus.notes if n.unread == self.fold])
        hidden = FOLDS[self.fold]
        seen_replies = [r for r in corpus.replies if r.writer not in hidden]
        return Corpus(seen_replies, corpus.notes), Corpus([r for r in corpus.replies if r.writer in hidden], [])


def build(
    pretrained: Pretrained, corpus: Corpus, settings: Settings, epochs: tuple[int, int], jobs: int, out: Path
) -> None:
    """All steps, in the folder `out`; `epochs` are those of base.pt and those of every reader begun from it."""
    out.mkdir(parents=True, exist_ok=True)
    if not (out / "base.pt").exists():
        model = begin(pretrained, corpus, settings)
        base = Corpus([r for r in corpus.replies if r.writer in FIRST], [n for n in corpus.notes if n.fold is None])
        measured = [r for r in corpus.replies if not trains_only(r.writer)]
        pieces = pieces_of(model.table)
        unread = [reply_row(r, pieces) for r in measured] + [
            note_row(n, pieces) for n in corpus.notes if n.fold is not None
        ]
        train(
            model,
            base.rows(pieces, settings.seed, spoilt=False),
            unread,
            replace(settings, epochs=epochs[0], threads=settings.threads * jobs),
        )
        model.save(out / "base.pt")
    kept = [Job(n, notes, out) for notes in (False, True) for n in range(len(FOLDS))]
    todo = [job for job in (*kept, Job(None, False, out)) if not job.path.exists()]
    then = replace(settings, epochs=epochs[1])
    if jobs == 1:
        for job in todo:
            run(job, corpus, then)
    else:
        with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
            list(pool.map(run, todo, [corpus] * len(todo), [then] * len(todo)))
    heard: dict[str, Reading] = {}
    for job in kept:
        heard |= readings.load(job.path)
    readings.save(out / "readings.npz", heard)


def run(job: Job, corpus: Corpus, settings: Settings) -> None:
    """Train one reader and write what it is for."""
    model = Model.load(job.out / "base.pt")
    pieces = pieces_of(model.table)
    seen, unread = job.divide(corpus)
    asked = [reply_row(r, pieces) for r in unread.replies] + [note_row(n, pieces) for n in unread.notes]
    say(f"{job.path.name}: {len(seen.replies)} replies, {len(seen.notes)} messages and notes")
    train(model, seen.rows(pieces, settings.seed), asked, settings)
    if job.fold is None:
        model.save(job.path)
    else:
        readings.save(job.path, read(model.network, asked, model.pad))


def begin(pretrained: Pretrained, corpus: Corpus, settings: Settings) -> Model:
    """The wheel's network with our answers on top, and the pieces that our texts need."""
    kept = keep(pretrained, corpus.texts())
    shape = replace(pretrained.shape, layers=LAYERS, words=len(kept))
    torch.manual_seed(settings.seed)
    network = from_wheel(pretrained, shape, kept, len(columns()))
    table = [(pretrained.pieces[n], float(pretrained.scores[n])) for n in kept]
    return Model(network, shape, table, pieces_of(table).pad)
