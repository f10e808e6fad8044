"""How well the rules alone agree with two inspectors, on writers known to their authors and on unread ones; and how
the marks rank replies.

The learned reader that ships was trained on all of these writers, so the whole checker can't be judged on them here:
`csworkshop train judge --check` does it with readings from a training without the unread ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from csworkshop.exercises.batch import read_scenarios
from csworkshop.exercises.definition import from_scenario
from csworkshop.exercises.marking import mark
from csworkshop.techniques.catalogue import catalogue

KNOWN = ("d1", "d2", "d3", "d7", "d8", "d11")
UNREAD = ("d4", "d9", "d10", "d12")
MIN_GOLD = 8  # items with fewer labelled replies are left out of the average


def judge(writers: Iterable[str], folder: Path) -> tuple[dict[str, tuple[float, float, float, int]], float, int]:
    """Per item (precision, recall, F1, labelled replies); Spearman of marks with the inspector's rating; replies.

    Replies whose item the two inspectors judged differently don't count for that item.
    """
    counts = {item: [0, 0, 0] for item in catalogue().items}
    marks: list[float] = []
    ratings: list[float] = []
    replies = 0
    for writer in writers:
        scenarios = read_scenarios(folder / f"{writer}.scenarios.jsonl")
        second = {r["id"]: r for r in _lines(folder / f"{writer}.second.jsonl")}
        for record in _lines(folder / f"{writer}.replies.jsonl"):
            other = second.get(record["id"], record)
            marked = mark(record["reply"], from_scenario(scenarios[record["scenario"]]), "fast")
            replies += 1
            if "rating" in other:
                marks.append(marked.score)
                ratings.append(other["rating"])
            for item, finding in marked.report.findings.items():
                gold = item in record["labels"]
                if gold == (item in other["labels"]) and (gold or finding.present):
                    counts[item][0 if gold and finding.present else 1 if finding.present else 2] += 1
    rows = {item: (*_prf(tp, fp, fn), tp + fn) for item, (tp, fp, fn) in counts.items()}
    return rows, spearman(marks, ratings), replies


def main(folder: Path) -> None:
    """Print both tables for the labelled replies in `folder`."""
    known, unread = judge(KNOWN, folder), judge(UNREAD, folder)
    print("\nRules alone; for the whole checker see: csworkshop train judge --check\n")
    print(f"{'F1 per item':24}{'known writers':>24}{'unread writers':>24}")
    for item, row in known[0].items():
        print(f"{item:24}" + "".join(f"{r[2]:14.2f} (n {r[3]:4d})  " for r in (row, unread[0][item])))
    for name, (rows, rank, replies) in (("known", known), ("unread", unread)):
        counted = [r[2] for r in rows.values() if r[3] >= MIN_GOLD]
        macro = sum(counted) / len(counted)
        print(f"{name} writers: macro-F1 {macro:.3f}, marks against ratings (Spearman) {rank:.3f}, {replies} replies")


def spearman(x: list[float], y: list[float]) -> float:
    """Rank correlation of two equally long lists, ties sharing their mean rank."""
    a, b = _ranks(x), _ranks(y)
    mean = (len(a) - 1) / 2
    top = sum((p - mean) * (q - mean) for p, q in zip(a, b, strict=True))
    bottom = (sum((p - mean) ** 2 for p in a) * sum((q - mean) ** 2 for q in b)) ** 0.5
    return top / bottom if bottom else 0.0


def _ranks(values: list[float]) -> list[float]:
    order = sorted(values)
    first = {v: i for i, v in reversed(list(enumerate(order)))}
    last = {v: i for i, v in enumerate(order)}
    return [(first[v] + last[v]) / 2 for v in values]


def _prf(tp: int, fp: int, fn: int) -> tuple[float, float, float]:
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
