"""How fast the checker is: live, in bulk, to import; beside two plain ways of judging, from one run on one machine.

Beside it stand (a) what a data scientist would write first, TF-IDF over 1 to 4 characters with a logistic regression
per item, and (b) a loop over all the catalogue's regular expressions. Times of one check are processor time, so that a
busy machine doesn't count; the gain of several processes is wall time and wants an idle machine, so what they cost in
processor time stands beside it.
"""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from csworkshop.exercises.batch import CHUNK_LINES, Work, answers
from csworkshop.exercises.lines import read_scenarios
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import Level, check
from csworkshop.techniques.scenario import Scenario

LENGTHS = (100, 300)
KEYS, TEXTS = 40, 5  # keys typed at the end of each of so many texts
COLD, BULK = 150, 400
LINES: dict[Level, int] = {"full": 640, "fast": 10_000}
GROWTH = (2_000, 20_000)
LEVELS: tuple[Level, ...] = ("full", "fast")
SEED = 5

Check = Callable[[str, Scenario], object]
Case = tuple[str, Scenario]


def main(folder: Path) -> int:
    """Print the whole table for the labelled replies in `folder`."""
    with tempfile.TemporaryDirectory() as scratch:
        for line in measure(folder, Path(scratch)):
            print(line, flush=True)
    return 0


def measure(folder: Path, scratch: Path) -> Iterator[str]:
    """The lines of the table, as they are measured."""
    cases = labelled(folder)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    yield f"Python {sys.version.split()[0]}, {os.cpu_count()} processors{load}; times of the processor in ms\n"
    ways: dict[str, Check] = {level: _checks(level) for level in LEVELS}
    ways["expressions"] = expressions()
    linear = tfidf(folder)
    if linear is None:
        yield "(no TF-IDF beside it: scikit-learn is missing; pip install 'csworkshop[bench]')\n"
    else:
        ways["TF-IDF"] = linear
    yield from _one_check(ways, cases)
    yield from _bulk(ways, cases)
    paths = {n: write_lines(scratch, cases, n) for n in {*LINES.values(), *GROWTH}}
    yield from _jobs(scratch / "S.jsonl", paths)
    held = [memory(scratch / "S.jsonl", paths[n]) for n in GROWTH]
    yield f"\nmemory, fast: {held[0]:.0f} MB at {GROWTH[0]:,} lines, {held[1] - held[0]:+.1f} MB at {GROWTH[1]:,}"
    seconds = statistics.median(import_time() for _ in range(5))
    yield f"import for checking: {seconds:.2f} s (target 0.4)"


# --- what is measured -------------------------------------------------------------------------------------------


def labelled(folder: Path) -> list[Case]:
    """The labelled replies with their scenarios, in an order that mixes the writers."""
    cases: list[Case] = []
    for path in sorted(folder.glob("d*.replies.jsonl")):
        scenarios = read_scenarios(path.with_name(path.name.replace("replies", "scenarios")))
        with path.open(encoding="utf-8") as lines:
            cases += [(r["reply"], scenarios[r["scenario"]]) for r in map(json.loads, lines)]
    random.Random(SEED).shuffle(cases)
    return cases


def texts_of(cases: Sequence[Case], length: int) -> Iterator[Case]:
    """Texts of about `length` characters, no two alike: replies run together, with the first one's scenario."""
    run = iter(cases)
    for reply, scenario in run:
        text = reply
        while len(text) < length:
            text += next(run, ("。" * length, scenario))[0]
        yield text[:length], scenario


def typed(cases: Sequence[Case], length: int) -> Iterator[list[Case]]:
    """For some texts: the text after each of KEYS keys at its end; about `length` characters on the average."""
    for text, scenario in islice(texts_of(cases, length + KEYS // 2), TEXTS):
        yield [(text[: length - KEYS // 2 + n], scenario) for n in range(KEYS + 1)]


def _checks(level: Level) -> Check:
    return lambda reply, scenario: check(reply, scenario, level)


def expressions() -> Check:
    """A loop over the catalogue's expressions, each searched for in the whole reply."""
    patterns = [
        re.compile(pattern, re.IGNORECASE)
        for item in catalogue().items.values()
        for rule in item.rules
        if rule.kind == "pattern"
        for pattern in rule.any
    ]
    return lambda reply, _: [p.search(reply) for p in patterns]


def tfidf(folder: Path) -> Check | None:
    """TF-IDF over 1 to 4 characters and a logistic regression per item, fitted on the labelled replies; None without
    scikit-learn."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier
    except ImportError:
        return None
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.glob("d*.replies.jsonl")):
        rows += map(json.loads, path.read_text("utf-8").splitlines())
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True)
    seen = vectors.fit_transform([r["reply"] for r in rows])
    gold = [[int(item in r["labels"]) for item in catalogue().items] for r in rows]
    model = OneVsRestClassifier(LogisticRegression(C=10, solver="liblinear")).fit(seen, gold)
    return lambda reply, _: model.predict_proba(vectors.transform([reply]))


# --- measurements -----------------------------------------------------------------------------------------------


def _one_check(ways: dict[str, Check], cases: Sequence[Case]) -> Iterator[str]:
    plain = [w for w in ways if w not in LEVELS]
    beside = "".join(f"{'/ ' + w:>15}" for w in plain)
    yield f"{'one check':12}{'characters':>11} {'typing p50 / p95':>20} {'cold p50 / p95':>20}{beside}   (p50, typing)"
    for length in LENGTHS:
        live: dict[str, list[float]] = {}
        for way, judge in ways.items():
            live[way] = [t for text in typed(cases, length) for t in _times(judge, text)[1:]]
        for way, judge in ways.items():
            cold = _times(judge, list(islice(texts_of(cases[::-1], length), COLD)))
            middle = statistics.median(live[way])
            ratios = "".join(f"{middle / statistics.median(live[w]):>15.2f}" for w in plain)
            yield f"{way:12}{length:>11} {_quantiles(live[way]):>20} {_quantiles(cold):>20}{ratios}"


def _bulk(ways: dict[str, Check], cases: Sequence[Case]) -> Iterator[str]:
    yield f"\n{'in bulk, one core':24}{'replies a second':>18}"
    rates = {way: 1000 / statistics.mean(_times(judge, cases[:BULK])) for way, judge in ways.items()}
    for way, rate in rates.items():
        beside = ", ".join(f"{rate / rates[w]:.2f} times {w}" for w in rates if w not in LEVELS and w != way)
        yield f"{way:24}{rate:>18,.0f}   {beside}"


def _jobs(scenarios: Path, paths: dict[int, Path]) -> Iterator[str]:
    yield f"\n{'files, replies a second':24}{'--jobs 1':>10}{'--jobs 2':>10}{'gain':>7}   processor ms a reply, 1 / 2"
    for level in LEVELS:
        (one, cost), (two, shared) = (rate(scenarios, paths[LINES[level]], level, jobs) for jobs in (1, 2))
        yield f"{level:24}{one:>10,.0f}{two:>10,.0f}{two / one:>7.2f}   {cost:.2f} / {shared:.2f}"


def rate(scenarios: Path, replies: Path, level: Level, jobs: int) -> tuple[float, float]:
    """Answers a second once all processes are at work (the first ones aren't counted), and ms of processor time for
    an answer, with the start of the processes."""
    before = os.times()
    found = answers(Work("check", read_scenarios(scenarios), level), replies, jobs=jobs)
    first = sum(1 for _ in islice(found, 2 * CHUNK_LINES * jobs))
    start = time.perf_counter()
    counted = sum(1 for _ in found)
    seconds = time.perf_counter() - start
    spent = sum(os.times()[:4]) - sum(before[:4])  # our own and the children's, user and system
    return counted / seconds, 1000 * spent / (first + counted)


def write_lines(scratch: Path, cases: Sequence[Case], lines: int) -> Path:
    """A file of so many replies, no two alike, and S.jsonl with their scenarios."""
    scenarios = {s.id: s for _, s in cases}
    (scratch / "S.jsonl").write_text("".join(s.model_dump_json() + "\n" for s in scenarios.values()), "utf-8")
    chance = random.Random(SEED)
    clauses = [c for reply, _ in cases for c in re.split(r"(?<=[，。！？,])", reply) if c]
    path = scratch / f"{lines}.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for n in range(lines):
            reply, scenario = cases[n % len(cases)]
            if n >= len(cases):
                reply = "".join(chance.choices(clauses, k=5))
            row = {"id": str(n), "scenario": scenario.id, "reply": reply}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def memory(scenarios: Path, replies: Path) -> float:
    """MB of memory that `csworkshop check --fast` holds at the end of a file; not a number where nobody can tell."""
    code = "import sys, psutil; from csworkshop.cli import main; main(sys.argv[1:]); "
    code += "print(psutil.Process().memory_info().rss)"
    command = [sys.executable, "-c", code, "check", "--fast", "--out", os.devnull]
    command += ["--scenarios", str(scenarios), "--replies", str(replies)]
    done = subprocess.run(command, capture_output=True, check=False)
    return int(done.stdout) / 1e6 if done.returncode == 0 else float("nan")


def import_time() -> float:
    """Seconds that a fresh Python takes to import the checker."""
    code = "import time; t = time.process_time(); from csworkshop.techniques.checker import check; "
    done = subprocess.run(
        [sys.executable, "-c", code + "print(time.process_time() - t)"], capture_output=True, check=True
    )
    return float(done.stdout)


def _times(judge: Check, texts: Iterable[Case]) -> list[float]:
    """Processor time of each judgement in ms."""
    times = []
    for reply, scenario in texts:
        start = time.process_time()
        judge(reply, scenario)
        times.append((time.process_time() - start) * 1000)
    return times


def _quantiles(times: Sequence[float]) -> str:
    return f"{statistics.median(times):.2f} / {statistics.quantiles(times, n=20)[18]:.2f}"
