"""The commands that measure case data: `csworkshop cases measure`, `compare`, `diagnose` and `plot`."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkshop.cli.cases_reports import add_reports
from csworkshop.cli.options import UserError, add_language
from csworkshop.cli.progress import Bar, add_progress
from csworkshop.text.language import say

if TYPE_CHECKING:
    from csworkshop.cases.casebook import Casebook

RAW = argparse.RawDescriptionHelpFormatter
GROUPS = ("agent", "team", "channel", "category", "week", "month")
COLUMNS = {"agent": "agent_id"}
SAMPLE = 2
MEASURE = """\
Measure a desk: satisfaction, speed, results, effort, promises, compensation, with 95% intervals. Every measure is
defined once; --explain says how it is counted, where it comes from and how it misleads.

  csworkshop cases measure                                   the shipped year, all measures
  csworkshop cases measure --by agent --only csat_top2 fcr   two measures per agent
  csworkshop cases measure --by channel week --csv W.csv     all measures by channel and week, as a table
  csworkshop cases measure --explain on_time                 what a measure counts, and its traps
"""
COMPARE = """\
Compare agents, teams or channels fairly, on the same kind of tickets (category and channel).

  csworkshop cases compare fcr                     each agent against colleagues on the same tickets
  csworkshop cases compare csat_top2 --method direct   each agent's figure on the whole desk's mix
"""
DIAGNOSE = """\
Say which pattern points to which weakness, with the figures, and what to train; which days were unusual; what a
training brought. Whoever has too few tickets isn't judged. The rules are csworkshop/cases/diagnosis.toml.

  csworkshop cases diagnose                  the shipped year; reads a sample of the transcripts too
  csworkshop cases diagnose --sample 0       without transcripts, in two seconds
  csworkshop cases diagnose --json           for programs
"""
PLOT = """\
Draw pictures as PNG and SVG, readable in print and for the colour-blind.

  csworkshop cases plot                              list the pictures and their options
  csworkshop cases plot all --out pictures           draw all of them
  csworkshop cases plot series --measure fcr --by team
  csworkshop cases plot control --measure csat_top2 --lang en
"""


def add_measures(inner: Any) -> None:
    """Add the commands that measure, compare, diagnose and draw, and those that report."""
    measure = inner.add_parser("measure", help="measures with intervals", formatter_class=RAW, description=MEASURE)
    add_case_options(measure, sample=0)
    measure.add_argument("--by", nargs="+", choices=GROUPS, default=[], metavar="GROUP", help=", ".join(GROUPS))
    measure.add_argument("--only", nargs="+", metavar="MEASURE", help="these measures only")
    measure.add_argument("--csv", type=Path, metavar="FILE", help="write a table (UTF-8, for spreadsheets) instead")
    measure.add_argument("--explain", nargs="*", metavar="MEASURE", help="explain these measures, or all")
    measure.set_defaults(run=_measure)

    compare = inner.add_parser("compare", help="compare on the same tickets", formatter_class=RAW, description=COMPARE)
    add_case_options(compare, sample=0)
    compare.add_argument("measure", help="which measure")
    compare.add_argument("--by", choices=GROUPS[:3], default="agent", help="whom (default: agent)")
    compare.add_argument("--method", choices=("peers", "direct"), default="peers", help="default: peers")
    compare.set_defaults(run=_compare)

    diagnose = inner.add_parser("diagnose", help="find weaknesses", formatter_class=RAW, description=DIAGNOSE)
    add_case_options(diagnose, sample=SAMPLE)
    diagnose.add_argument("--json", action="store_true", help="print the findings as JSON")
    diagnose.set_defaults(run=_diagnose)

    plot = inner.add_parser("plot", help="draw pictures", formatter_class=RAW, description=PLOT)
    add_case_options(plot, sample=SAMPLE)
    plot.add_argument("names", nargs="*", metavar="PICTURE", help="which pictures, or all; none: list them")
    plot.add_argument("--out", type=Path, default=Path("pictures"), metavar="DIR", help="default: pictures")
    for option in ("measure", "by", "category", "what"):
        plot.add_argument(f"--{option}", help="for the pictures that take it")
    plot.set_defaults(run=_plot)
    add_reports(inner)


def add_case_options(parser: argparse.ArgumentParser, sample: int) -> None:
    """Add where the data is, the desk, the moment of the report and how many transcripts are read."""
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of case data (default: the shipped year)")
    parser.add_argument("--desk", type=Path, metavar="FILE", help="opening hours and limits (see cases/desk.toml)")
    parser.add_argument("--as-of", metavar="TIME", help="the moment of the report (default: the latest in the data)")
    parser.add_argument(
        "--sample",
        metavar="N",
        default=str(sample),
        help=f"transcripts read per agent and month: a number, or all (default: {sample})",
    )
    parser.add_argument("--seed", type=int, default=0, help="of samples and bootstraps (default: 0)")
    add_language(parser)
    add_progress(parser)


def casebook(args: argparse.Namespace, listen: bool = True) -> Casebook:
    """The case data that the options name; UserError if they can't be read."""
    import pandas as pd

    from csworkshop.cases.casebook import open_casebook
    from csworkshop.cases.files import shipped
    from csworkshop.cases.hours import read_desk

    try:
        as_of = pd.Timestamp(args.as_of) if args.as_of else None
    except ValueError:
        raise UserError(f"--as-of {args.as_of}: write a time as 2026-06-30 or 2026-06-30T18:00") from None
    if args.sample != "all" and not args.sample.isdigit():
        raise UserError(f"--sample {args.sample}: a number of transcripts, or all")
    per = None if args.sample == "all" else int(args.sample)
    desk = read_desk(args.desk) if args.desk else None
    with Bar("transcripts", args) as bar:
        book = open_casebook(
            args.data or shipped(), desk=desk, as_of=as_of, per=per if listen else 0, seed=args.seed, told=bar
        )
    if book.guessed:
        years = ", ".join(map(str, book.guessed))
        print(say("measure.guessed", args.lang, years=years), file=sys.stderr)
    return book


def _measure(args: argparse.Namespace) -> int:
    from csworkshop.cases.measures import figures, measures
    from csworkshop.cases.wording import between, heading, label, number

    if args.explain is not None:
        return _explain(args)
    _known(args.only or [])
    book = casebook(args)
    by = [COLUMNS.get(g, g) for g in args.by]
    table = figures(book.values, by, args.only, args.seed)
    if args.csv:
        _table(args.csv, table.to_dict("records"), list(table.columns))
        print(f"{args.csv}: {len(table)}")
        return 0
    first, last = book.tickets.opened_at.min(), book.tickets.opened_at.max()
    scope = {"tickets": f"{len(book.tickets):,}", "first": first.date(), "last": last.date(), "as_of": book.as_of}
    print(say("measure.scope", args.lang, **scope))
    seen = None
    for row in table.itertuples():
        m = measures()[row.measure]
        groups = " · ".join(label(g, getattr(row, g), args.lang) for g in by)
        head = groups or say(f"measure.group_{m.group}", args.lang)
        if head != seen:
            print(f"\n{head}" + (f"（{' · '.join(heading(g, args.lang) for g in by)}）" if seen is None and by else ""))
            seen = head
        interval = between(row, row.measure, args.lang)
        told = f"[{interval}]" if interval else ""
        print(f"  {_wide(m.name[args.lang], 44)}{number(row.value, row.measure, args.lang):>12}  {told}  n={row.n:,}")
    return 0


def _wide(text: str, width: int) -> str:
    """Text filled up to a width in a terminal, where a Chinese letter takes two places."""
    return text + " " * max(1, width - sum(2 if ord(c) > 0x2E7F else 1 for c in text))


def _explain(args: argparse.Namespace) -> int:
    from csworkshop.cases.measures import SPOKEN, measures

    _known(args.explain)
    for name in args.explain or [n for n in measures() if not n.startswith(SPOKEN)]:
        m = measures()[name]
        print(f"{name}  {m.name[args.lang]}")
        print(f"  {say('measure.explain_formula', args.lang)}{m.formula[args.lang]}")
        print(f"  {say('measure.explain_source', args.lang)}{m.source}")
        for trap in m.traps[args.lang]:
            print(f"  {say('measure.explain_trap', args.lang)}{trap}")
    return 0


def _known(names: list[str]) -> None:
    from csworkshop.cases.measures import measures

    for name in names:
        if name not in measures():
            raise UserError(f"{name} is no measure; there are: {', '.join(measures())}")


def _table(path: Path, rows: list[dict[str, Any]], columns: list[str]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def _compare(args: argparse.Namespace) -> int:
    from csworkshop.cases.compare import against_peers, standardised
    from csworkshop.cases.diagnose import PEERS
    from csworkshop.cases.wording import gap, label, number

    _known([args.measure])
    if args.measure.startswith("spoken.") and args.sample == "0":
        args.sample = str(SAMPLE)
    book = casebook(args)
    by, lang, name = COLUMNS.get(args.by, args.by), args.lang, args.measure
    if args.method == "direct":
        table = standardised(book.values, name, by).sort_values("adjusted", ascending=False)
        print(say("measure.compare_how_direct", lang))
        for row in table.itertuples():
            shown = [number(x, name, lang) for x in (row.raw, row.adjusted, row.low, row.high)]
            print(
                f"  {_wide(label(by, getattr(row, by), lang), 10)}{shown[0]:>10} → {shown[1]:>10}  "
                f"[{shown[2]}–{shown[3]}]  n={row.n}  {say('measure.compare_covered', lang)} {row.covered:.0%}"
            )
        return 0
    table = against_peers(book.values, name, by, PEERS[args.by][-2:] if args.by == "agent" else PEERS[args.by])
    print(say("measure.compare_how_peers", lang))
    for row in table.sort_values("difference", ascending=False, na_position="last").itertuples():
        if row.difference != row.difference:
            print(f"  {_wide(label(by, getattr(row, by), lang), 10)}n={row.n}  {say('measure.few', lang)}")
            continue
        shown = [gap(row.difference, name, lang), *(gap(x, name, lang, False) for x in (row.low, row.high))]
        print(
            f"  {_wide(label(by, getattr(row, by), lang), 10)}{number(row.raw, name, lang):>10}"
            f"  ({number(row.expected, name, lang)})  {shown[0]} [{shown[1]}, {shown[2]}]  n={row.n}"
        )
    return 0


def _diagnose(args: argparse.Namespace) -> int:
    from csworkshop.cases.casebook import diagnosed
    from csworkshop.cases.diagnosis import read_diagnosis
    from csworkshop.cases.telling import expected, not_judged, told

    lang, book = args.lang, casebook(args)
    found = diagnosed(book, lang)
    sentences = told(found, lang)
    if args.json:
        rows = [vars(t) for t in sentences]
        print(json.dumps({"findings": rows, "expected": expected(found, lang)}, ensure_ascii=False, indent=1))
        return 0
    if not sentences:
        print(say("diagnose.nothing", lang))
    for t in sentences:
        print(f"\n■ {t.whom}：{t.name}" if lang == "zh" else f"\n■ {t.whom}: {t.name}")
        for line in (t.means, *(f"· {f}" for f in t.figures)):
            print(f"  {line}" if line else "", end="\n" if line else "")
        if t.advice:
            print(f"  {say('diagnose.advice', lang)}{t.advice}")
        if t.train:
            print(f"  {say('diagnose.train', lang)}{t.train}")
    for line in expected(found, lang):
        print(f"\n{say('diagnose.expected', lang)}: {line}")
    print()
    for line in (*not_judged(book, lang), *([] if book.listened else [say("diagnose.not_listened", lang)])):
        print(line)
    print(say("diagnose.how", lang, rate=f"{read_diagnosis().rate:.0%}"))
    return 0


def _plot(args: argparse.Namespace) -> int:
    from csworkshop.cases.pictures import PICTURES, Lacking
    from csworkshop.cases.style import save

    if not args.names:
        for name, picture in PICTURES.items():
            takes = " ".join(f"--{o} {'|'.join(v) or 'NAME'}" for o, v in picture.options.items())
            print(f"{name:10} {picture.about[args.lang]}  {takes}")
        return 0
    names = list(PICTURES) if args.names == ["all"] else args.names
    for name in names:
        if name not in PICTURES:
            raise UserError(say("plot.unknown", args.lang, name=name, names=", ".join(PICTURES)))
    book = casebook(args, listen=any(PICTURES[n].listens for n in names) or (args.measure or "").startswith("spoken."))
    for name in names:
        options = _options(name, args)
        try:
            figure = PICTURES[name].of(book, args.lang, **options)
        except Lacking as error:
            print(say("plot.lacking", args.lang, name=name, why=error), file=sys.stderr)
            continue
        stem = "-".join([name, *map(str, options.values()), args.lang])
        print(" ".join(str(p) for p in save(figure, args.out / f"{stem}.png")))
    return 0


def _options(name: str, args: argparse.Namespace) -> dict[str, str]:
    """The options given that this picture takes, checked."""
    from csworkshop.cases.pictures import PICTURES

    found = {}
    for option, allowed in PICTURES[name].options.items():
        value = getattr(args, option)
        if value is None:
            continue
        value = COLUMNS.get(value, value) if option == "by" else value
        if allowed and value not in allowed:
            raise UserError(f"--{option} {value}: {name} takes {', '.join(allowed)}")
        if option == "measure" and not allowed:
            _known([value])
        found[option] = value
    return found
