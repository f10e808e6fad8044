"""The commands that report on case data: `csworkshop cases review`, `report`, `score` and `size`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from csworkshop.cli.options import UserError, add_language
from csworkshop.cli.progress import Bar, add_progress
from csworkshop.text.language import say

RAW = argparse.RawDescriptionHelpFormatter
REVIEW = """\
Pick the week's telling cases for the weekly review (a hard start that ended well, a long way through several
departments, a failure), each transcript taken apart: moods, techniques and faults, turning points, the four questions.

  csworkshop cases review --week 2026-W10
  csworkshop cases review --week 2026-W10 --out week10.html      as a page to print or send
"""
REPORT = """\
The instructor's report for people without Jupyter: figures with intervals, findings, pictures, cases of a week. One
HTML file that needs nothing else (it prints well), or a PDF.

  csworkshop cases report --out report.html                          with the cases of the last whole week
  csworkshop cases report --week 2026-W10 --out report.html --lang en
  csworkshop cases report --out report.pdf
"""
SCORE = """\
Measure case data of any size in bounded memory: all tickets, all transcript lines, and the checker's techniques from a
stratified sample with intervals, or with --all from every reply.

  csworkshop cases score --data big
  csworkshop cases score --data big --all --jobs 4
  csworkshop cases score --data big --all --scheduler tcp://host:8786     on the workers of a Dask cluster
"""
SIZE = """\
Measure how the time and memory of `cases score` grow: makes so many transcript lines up, scores each in a process of
its own, and prints time, peak memory, lines a second.

  csworkshop cases size --lines 1000000 10000000
"""


def add_reports(inner: Any) -> None:
    """Add `review`, `report`, `score` and `size`."""
    from csworkshop.cli.cases_measures import add_case_options

    review = inner.add_parser("review", help="the week's cases, taken apart", formatter_class=RAW, description=REVIEW)
    add_case_options(review, sample=0)
    review.add_argument("--week", required=True, metavar="WEEK", help="for example 2026-W10")
    review.add_argument("--each", type=int, default=2, metavar="N", help="cases of each kind (default: 2)")
    review.add_argument("--out", type=Path, metavar="FILE", help="write a page instead of printing")
    review.set_defaults(run=_review)

    report = inner.add_parser("report", help="the instructor's report", formatter_class=RAW, description=REPORT)
    add_case_options(report, sample=2)
    report.add_argument("--week", metavar="WEEK", help="whose cases (default: the last whole one)")
    report.add_argument("--each", type=int, default=1, metavar="N", help="cases of each kind (default: 1; 0: no cases)")
    report.add_argument("--out", type=Path, default=Path("report.html"), metavar="FILE", help=".html or .pdf")
    report.set_defaults(run=_report)

    score = inner.add_parser("score", help="measure millions of lines", formatter_class=RAW, description=SCORE)
    score.add_argument("--data", type=Path, metavar="DIR", help="folder of case data (default: the shipped year)")
    score.add_argument("--sample", type=int, default=2, metavar="N", help="tickets per agent and month (default: 2)")
    score.add_argument("--json", action="store_true", help="print times and memory as JSON")
    _add_work(score)
    score.set_defaults(run=_score)

    size = inner.add_parser("size", help="how time and memory grow", formatter_class=RAW, description=SIZE)
    size.add_argument("--lines", type=int, nargs="+", default=[1_000_000, 10_000_000], metavar="N")
    size.add_argument("--keep", type=Path, metavar="DIR", help="keep the made-up lines here, and use them again")
    _add_work(size)
    size.set_defaults(run=_size)


def _add_work(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="the checker reads every reply, not a sample")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes for the checker (default: 1)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, such as tcp://host:8786")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default: 0)")
    add_language(parser)
    add_progress(parser)


def _review(args: argparse.Namespace) -> int:
    from csworkshop.cases.report import review_page
    from csworkshop.cli.cases_measures import casebook

    monday = _monday(args.week)
    book = casebook(args, listen=False)
    if book.messages is None:
        raise UserError(say("review.no_messages", args.lang))
    cases = _cases(book, monday, args)
    last = monday.fromordinal(monday.toordinal() + 6)
    title = say("review.title", args.lang, week=args.week, first=monday, last=last)
    if args.out:
        args.out.write_text(review_page(cases, title, args.lang), "utf-8")
        print(say("review.written", args.lang, path=args.out, number=len(cases)))
        return 0
    print(title)
    for case in cases:
        _print_case(case, args.lang)
    if not cases:
        print(say("review.none", args.lang))
    return 0


def _monday(week: str) -> Any:
    from csworkshop.cases.review import week_of

    try:
        return week_of(week)
    except ValueError as error:
        raise UserError(f"--week {error}") from None


def _cases(book: Any, monday: Any, args: argparse.Namespace) -> list[Any]:
    from csworkshop.cases.review import review

    with Bar("cases", args) as bar:
        return review(book, monday, each=args.each, told=bar)


def _print_case(case: Any, lang: str) -> None:
    from csworkshop.cases.report import answers, facts, items
    from csworkshop.techniques.emotions import kinds

    print(f"\n■ {say(f'review.{case.kind}', lang)}  {facts(case, lang)}")
    for t in case.turns:
        mood = f" [{kinds()[t.feeling].name[lang]}]" if t.feeling else ""
        text = t.text.replace("\n", " ")
        print(f"  {t.turn:2} {say(f'review.{t.role}', lang)}{mood} {text}")
        shown = [("✓", items(t.shows, lang, False)), ("✗", items(t.shows, lang, True))]
        if any(names for _, names in shown):
            print("       " + "   ".join(f"{sign} {names}" for sign, names in shown if names))
        if t.turning:
            print("       " + say("review.better" if t.turning > 0 else "review.worse", lang))
    for question, answer in answers(case, lang):
        print(f"  {question} {answer}")
    print(f"  {say('review.proposed', lang)}")


def _report(args: argparse.Namespace) -> int:
    from csworkshop.cases.review import last_week
    from csworkshop.cli.cases_measures import casebook

    if args.out.suffix not in (".html", ".pdf"):
        raise UserError(say("report.ending", args.lang, path=args.out))
    asked = _monday(args.week) if args.week else None
    book = casebook(args)
    monday = asked or last_week(book)
    cases = _cases(book, monday, args) if monday and args.each and book.messages is not None else []
    with Bar("pictures", args) as bar:
        if args.out.suffix == ".pdf":
            from csworkshop.cases.paper import pdf_report

            pdf_report(book, args.out, args.lang, bar, cases)
        else:
            from csworkshop.cases.report import html_report

            args.out.parent.mkdir(parents=True, exist_ok=True)
            args.out.write_text(html_report(book, cases, args.lang, bar), "utf-8")
    print(say("report.written", args.lang, path=args.out))
    return 0


def _score(args: argparse.Namespace) -> int:
    from csworkshop.cases.crew import NoWorkers
    from csworkshop.cases.files import shipped
    from csworkshop.cases.large import peak_memory, score

    started = time.perf_counter()
    try:
        with Bar("lines", args) as bar:
            found = score(
                args.data or shipped(),
                per=None if args.all else args.sample,
                seed=args.seed,
                jobs=args.jobs,
                scheduler=args.scheduler,
                told=bar,
            )
    except NoWorkers as error:
        raise UserError(str(error)) from None
    spent = time.perf_counter() - started
    if args.json:
        row = {"tickets": found.tickets, "lines": found.lines, "replies": found.replies, "seconds": spent}
        print(json.dumps({**row, "peak": peak_memory(), "phases": found.seconds}))
        return 0
    _print_scored(found, args.lang)
    print(f"\n{spent:.1f} s · {peak_memory() / 1e6:,.0f} MB · {found.lines / spent:,.0f} lines/s")
    return 0


def _print_scored(found: Any, lang: str) -> None:
    from csworkshop.cases.measures import measures
    from csworkshop.cases.wording import between, label, number
    from csworkshop.techniques.catalogue import catalogue

    for row in found.figures[""].itertuples():
        name, value = measures()[row.measure].name[lang], number(row.value, row.measure, lang)
        interval = between(row, row.measure, lang)  # a plain count has none
        print(f"  {name}: {value}  {f'[{interval}]  ' if interval else ''}n={int(row.n):,}")
    print(say("size.talk", lang, lines=f"{found.lines:,}"))
    for row in found.talk.itertuples():
        values = {"channel": label("channel", row.channel, lang), "lines": f"{row.lines:,}", "letters": row.letters}
        waits = {k: number(getattr(row, f"wait_{k}"), "first_response_median", lang) for k in ("median", "p90")}
        print(say("size.talk_row", lang, each=row.lines_per_ticket, **values, **waits))
    print(say("size.sample" if found.sampled else "size.every", lang, replies=f"{found.replies:,}"))
    desk = found.spoken[found.spoken.agent_id == ""]
    for row in desk.itertuples():
        print(f"  {catalogue().items[row.item].name[lang]}: {row.value:.1%}  [{row.low:.1%}–{row.high:.1%}]")


def _size(args: argparse.Namespace) -> int:
    from csworkshop.cases.made.year import write_large

    print(say("size.head", args.lang))
    rows = []
    with tempfile.TemporaryDirectory(prefix="csworkshop-") as scratch:
        for lines in args.lines:
            folder = (args.keep or Path(scratch)) / f"lines-{lines}"
            if not (folder / "messages.parquet").exists():
                with Bar(f"{lines:,}", args) as bar:
                    write_large(folder, lines, progress=bar)
            command = [sys.executable, "-m", "csworkshop", "cases", "score", "--json", "--data", str(folder)]
            command += ["--jobs", str(args.jobs), "--seed", str(args.seed)] + (["--all"] if args.all else [])
            command += ["--scheduler", args.scheduler] if args.scheduler else []
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
            if done.returncode:
                return done.returncode
            row = json.loads(done.stdout)
            rows.append(row)
            rate = row["lines"] / row["seconds"]
            print(
                f"{row['lines']:>12,}{row['tickets']:>12,}{row['replies']:>12,}{row['seconds']:>9.1f} s"
                f"{row['peak'] / 1e6:>8,.0f} MB{rate:>12,.0f}",
                flush=True,
            )
            speed = row["replies"] / max(row["phases"]["techniques"], 1e-9)
            print(say("size.phases", args.lang, **row["phases"], replies=f"{row['replies']:,}", rate=speed), flush=True)
    for a, b in pairwise(rows):
        growth = {k: b[key] / a[key] for k, key in (("lines", "lines"), ("time", "seconds"), ("memory", "peak"))}
        print(say("size.growth", args.lang, a=f"{a['lines']:,}", b=f"{b['lines']:,}", **growth))
    return 0
