"""`csworkshop progress`: a trainee's own records, mastery and plan; a class's week for its instructor."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkshop.cli.options import UserError, add_language

if TYPE_CHECKING:
    from csworkshop.progress.records import History

RAW = argparse.RawDescriptionHelpFormatter
CLASS = """\
What a class learnt by module before and after, with effect sizes; which items of which exercises need repair; whom to
talk to. From a course's export (csworkshop course export) or from folders with trainees' logs. For example
  csworkshop progress class class1/export/items.csv --html week.html
  csworkshop progress class items-week2.csv --before items-week1.csv --csv tables
  csworkshop progress class class1/logs --since 2026-11-16        folders like class1/logs/alice/progress.jsonl
"""


def add_progress_commands(commands: Any) -> None:
    """Add `progress` with show, plan, export, delete, class and fit."""
    parser = commands.add_parser(
        "progress",
        help="your own records, mastery and plan; a class's week",
        description="Every attempt is one line of progress.jsonl in your workspace, on your computer only.",
    )
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    show = _own(inner, "show", "what is recorded and how well each technique is mastered")
    show.add_argument("--json", action="store_true", help="as JSON, with every figure")
    show.set_defaults(run=_show)

    plan = _own(inner, "plan", "today's exercises, and why")
    plan.add_argument("--minutes", type=float, default=15, help="how long today (default %(default)s)")
    plan.add_argument("--seed", type=int, default=0, help="decides between equally good exercises")
    plan.add_argument("--parameters", type=Path, metavar="FILE", help="your class's own, from csworkshop progress fit")
    plan.set_defaults(run=_plan)

    export = _own(inner, "export", "a copy of your records, to keep or to hand in")
    export.add_argument("file", type=Path, help="NAME.csv for spreadsheets, NAME.jsonl as it is")
    export.set_defaults(run=_export)

    delete = _own(inner, "delete", "delete your records for good")
    delete.add_argument("--exercise", metavar="ID", help="only those of one exercise")
    delete.add_argument("--yes", action="store_true", help="don't ask")
    delete.set_defaults(run=_delete)

    week = "a class's week, for its instructor"
    report = inner.add_parser("class", help=week, description=CLASS, formatter_class=RAW)
    report.add_argument("answers", type=Path, help="items.csv of an export, or a folder of trainees' folders")
    report.add_argument("--before", type=Path, metavar="FILE", help="an earlier export to compare with")
    report.add_argument("--since", metavar="DATE", help="divide at this day, such as 2026-11-16")
    report.add_argument("--csv", type=Path, metavar="DIR", help="write modules, items, repair and talk as tables")
    report.add_argument("--html", type=Path, metavar="FILE", help="write one page")
    report.add_argument("--name", default="", help="what the class is called on the page")
    add_language(report)
    report.set_defaults(run=_class)

    fit = inner.add_parser(
        "fit",
        help="fit the mastery model to your class",
        description="Estimates per technique how hard it is to begin with, how fast it is learnt and what a level\n"
        "costs, from trainees' logs, where there are at least 10 trainees and 60 outcomes. For example\n"
        "  csworkshop progress fit class1/logs parameters.json",
        formatter_class=RAW,
    )
    fit.add_argument("folder", type=Path, help="a folder of trainees' folders, each with its progress.jsonl")
    fit.add_argument("file", type=Path, help="where the parameters go")
    fit.set_defaults(run=_fit)


def _own(inner: Any, name: str, what: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = inner.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".")
    parser.add_argument("--workspace", type=Path, metavar="DIR", help="your folder (default: ~/csworkshop-workspace)")
    add_language(parser)
    return parser


def _history(args: argparse.Namespace) -> History:
    from csworkshop.lab.workspace import default_workspace
    from csworkshop.progress.records import Log, RecordError

    try:
        history = Log(args.workspace or default_workspace()).read()
    except RecordError as error:
        raise UserError(str(error)) from None
    if history.troubles:
        print(f"csworkshop progress: {history.told(args.lang)}", file=sys.stderr)
    return history


def _show(args: argparse.Namespace) -> int:
    from csworkshop.progress.mastery import known_items, mastery
    from csworkshop.progress.recorder import now
    from csworkshop.progress.shelf import exercises, shelf_of
    from csworkshop.progress.topics import name_of
    from csworkshop.text.language import say

    history = _history(args)
    found = history.attempts
    if not found:
        print(say("progress.none", args.lang, path=history.path))
        return 0
    today = now()
    topics = [t for t in mastery(shelf_of(exercises(), known_items(found)), found, today) if t.practised]
    topics.sort(key=lambda t: (t.mastered, t.item))
    if args.json:
        rows = [{**t.__dict__, "due": t.due.isoformat() if t.due else None} for t in topics]
        print(json.dumps({"attempts": len(found), "topics": rows}, ensure_ascii=False, indent=1))
        return 0
    numbers = {"attempts": len(found), "exercises": len({a.exercise for a in found})}
    passed, last = sum(a.passed for a in found), found[-1].at
    print(say("progress.head", args.lang, **numbers, passed=passed, last=f"{last:%Y-%m-%d %H:%M}"))
    print(say("progress.columns", args.lang))
    for t in topics:
        due = say("progress.due_now", args.lang) if t.due and t.due <= today else f"{t.due:%Y-%m-%d}" if t.due else ""
        sure = say("progress.mastered", args.lang) if t.closed else f"{t.mastered:.0%}"
        figures = (f"{t.estimate:.0%}", f"{t.low:.0%}–{t.high:.0%}", sure, str(t.practised), due)
        print("\t".join((name_of(t.item, args.lang), *figures)))
    print(say("progress.where", args.lang, path=history.path))
    return 0


def _plan(args: argparse.Namespace) -> int:
    from csworkshop.progress.plan import make_plan
    from csworkshop.progress.recorder import now

    if not 1 <= args.minutes <= 240:
        raise UserError("--minutes must be between 1 and 240")
    attempts, how = _history(args).attempts, {"seed": args.seed, "minutes": args.minutes, "lang": args.lang}
    print("\n".join(make_plan(attempts, now(), fitted=args.parameters, **how).lines()))
    return 0


def _export(args: argparse.Namespace) -> int:
    from csworkshop.progress.records import as_csv
    from csworkshop.text.language import say

    history = _history(args)
    if args.file.suffix not in (".csv", ".jsonl"):
        raise UserError(f"{args.file}: the name must end in .csv or .jsonl")
    try:
        if args.file.suffix == ".csv":
            args.file.write_bytes(as_csv(history.attempts).encode("utf-8-sig", "backslashreplace"))
        elif history.path and history.path.exists():
            args.file.write_bytes(history.path.read_bytes())
        else:
            args.file.write_bytes(b"")
    except OSError as error:
        raise UserError(f"{args.file}: {error.strerror}") from None
    print(say("progress.exported", args.lang, number=len(history.attempts), path=args.file))
    return 0


def _delete(args: argparse.Namespace) -> int:
    from csworkshop.progress.records import Log, RecordError
    from csworkshop.text.language import say

    history = _history(args)
    assert history.path is not None  # a log that was read has one
    number = sum(args.exercise in (None, a.exercise) for a in history.attempts)
    number += len(history.troubles) if args.exercise is None else 0
    if not args.yes:
        try:
            said = input(say("progress.delete_ask", args.lang, path=history.path, number=number))
        except EOFError:
            said = ""
        if said.strip().lower() != "yes":
            print(say("progress.delete_kept", args.lang))
            return 1
    try:
        print(say("progress.deleted", args.lang, number=Log(history.path.parent).delete(args.exercise)))
    except RecordError as error:
        raise UserError(str(error)) from None
    return 0


def _class(args: argparse.Namespace) -> int:
    from csworkshop.progress.class_answers import read_answers
    from csworkshop.progress.class_page import as_html, as_text, write_tables
    from csworkshop.progress.classes import class_report
    from csworkshop.progress.recorder import now
    from csworkshop.progress.records import RecordError
    from csworkshop.text.language import say

    if args.before and args.since:
        raise UserError("--before and --since don't go together")
    try:
        since = datetime.fromisoformat(args.since).astimezone() if args.since else None
    except ValueError:
        raise UserError(f"--since {args.since}: a day such as 2026-11-16 is needed") from None
    try:
        answers, troubles = read_answers(args.answers, args.lang)
        before = read_answers(args.before, args.lang)[0] if args.before else []
        name = args.name or "、".join(dict.fromkeys(a.group for a in answers))
        report = class_report(answers, name=name, before=before, since=since, now=now(), troubles=troubles)
        print("\n".join(as_text(report, args.lang)))
        written = write_tables(args.csv, report, args.lang) if args.csv else []
        if args.html:
            args.html.write_text(as_html(report, args.lang), "utf-8", "replace")
            written.append(args.html)
    except RecordError as error:
        raise UserError(str(error)) from None
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}") from None
    if written:
        print("\n" + say("classreport.written", args.lang, paths=", ".join(map(str, written))))
    return 0


def _fit(args: argparse.Namespace) -> int:
    from csworkshop.progress.fitting import fit_class, write_fits
    from csworkshop.progress.mastery import known_items
    from csworkshop.progress.records import NAME, RecordError, read_lines

    try:
        logs = sorted(args.folder.rglob(NAME))
        histories = {str(p.parent): read_lines(p.read_bytes(), p).attempts for p in logs}
        if not histories:
            raise UserError(f"{args.folder}: holds no {NAME}; one folder per trainee is needed")
        items = known_items([a for attempts in histories.values() for a in attempts])
        fits = fit_class(histories, items)
        write_fits(args.file, fits)
    except (OSError, RecordError) as error:
        raise UserError(f"{getattr(error, 'filename', None) or args.file}: {error}") from None
    print(f"{'topic':24}{'trainees':>9}{'outcomes':>9}{'start':>16}{'learn':>8}{'level':>14}")
    for f in fits:
        if f.fitted:
            start, level = f"{f.start:.2f} ± {f.errors[0]:.2f}", f"{f.level:.2f} ± {f.errors[2]:.2f}"
            print(f"{f.item:24}{f.trainees:9}{f.outcomes:9}{start:>16}{f.learn:8.2f}{level:>14}")
        else:
            print(f"{f.item:24}{f.trainees:9}{f.outcomes:9}  too few: the priors stand")
    print(args.file)
    return 0
