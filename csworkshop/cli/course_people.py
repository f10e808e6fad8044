"""The commands for people in the loop: `course override`, `course disputes`, `course calibrate`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from csworkshop.cli.options import UserError, add_language

OVERRIDE = """\
Decide about an item of a graded reply; the trainee is graded again at once and reads the comment in the feedback.

  csworkshop course override m2 --student alice --exercise m2-a-parcel --item empathy --earned --comment "…"
  csworkshop course override m2 --student alice --exercise m2-a-parcel --item vague --removed --comment "…"
  csworkshop course override m2 --student alice --exercise m2-a-parcel --item total --points 7 --comment "…"
  csworkshop course override m2 --write-table m2.csv    every judged item, to fill in with a spreadsheet
  csworkshop course override m2 --read-table m2.csv     and back: columns verdict and comment

Items are those of the scorecard; `total` is the whole reply, `refusal` lifts a refusal (a copy, no reply). Decisions
are kept in overrides.jsonl in the course folder, hold through every grading for as long as the trainee's words stay
the same, and are taken back with --withdraw. A score given by hand in formgrader stands above them.
"""
DISPUTES = """\
List what trainees say against their marks (from the studio, handed in with the answers), and decide.

  csworkshop course disputes                                     all that wait
  csworkshop course disputes --accept 3f9c01ab --comment "…"     gives the points, as an override
  csworkshop course disputes --reject 3f9c01ab --comment "…"     the mark stands; the trainee reads why
"""
CALIBRATE = """\
Let several instructors mark the same replies blind, and see how far they agree with each other and with the checker.

  csworkshop course calibrate m2 --raters 王老师 李老师 --sample 20    a CSV sheet for each, in calibration/m2
  csworkshop course calibrate m2 --read                             agreement per item, disagreements first

Sheets show no marks and no names; each rater has an order of their own. Excel, WPS and LibreOffice may save them.
Agreement is given in per cent of pairs and as Krippendorff's alpha; also in report.csv and report.html.
"""


def add_people(inner: Any) -> None:
    """Add the three commands below `course`."""
    from csworkshop.cli.course import in_course

    command = _command(inner, "override", "decide about an item of a graded reply", OVERRIDE)
    command.add_argument("assignment", help="the assignment's name, such as m2")
    command.add_argument("--student", metavar="NAME", help="whose reply")
    command.add_argument("--exercise", metavar="ID", help="to which exercise, such as m2-a-parcel")
    command.add_argument("--item", metavar="ID", help="which item of its scorecard; or total, or refusal")
    verdict = command.add_mutually_exclusive_group()
    for name, help_ in (
        ("earned", "the technique is there"),
        ("missing", "the technique is not there"),
        ("removed", "the fault is none"),
        ("found", "the fault is there"),
        ("withdraw", "take an earlier decision back"),
    ):
        verdict.add_argument(f"--{name}", action="store_true", help=help_)
    verdict.add_argument("--points", type=float, metavar="N", help="points for the item, out of the exercise's")
    verdict.add_argument("--write-table", type=Path, metavar="FILE", help="write a CSV table to fill in")
    verdict.add_argument("--read-table", type=Path, metavar="FILE", help="read it back")
    verdict.add_argument("--list", action="store_true", help="show what is decided")
    _add_words(command)
    command.set_defaults(run=in_course(_override))

    command = _command(inner, "disputes", "what trainees say against their marks, and the decisions", DISPUTES)
    command.add_argument("assignment", nargs="?", help="only this assignment")
    command.add_argument("--json", action="store_true", help="the list as JSON")
    command.add_argument("--all", action="store_true", help="decided and settled ones too")
    decision = command.add_mutually_exclusive_group()
    decision.add_argument("--accept", action="append", metavar="ID", help="the trainee is right (repeatable)")
    decision.add_argument("--reject", action="append", metavar="ID", help="the mark stands (repeatable)")
    command.add_argument("--points", type=float, metavar="N", help="with --accept: only so many points for the item")
    _add_words(command)
    command.set_defaults(run=in_course(_disputes))

    command = _command(inner, "calibrate", "how far instructors and the checker agree", CALIBRATE)
    command.add_argument("assignment", help="the assignment's name, such as m2")
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--raters", nargs="+", metavar="NAME", help="make a sheet for each")
    what.add_argument("--read", action="store_true", help="read the filled sheets")
    command.add_argument("--sample", type=int, default=20, metavar="N", help="how many replies (default: 20)")
    command.add_argument("--seed", type=int, default=1, metavar="N", help="which ones, and in which order (default: 1)")
    command.add_argument("--folder", type=Path, metavar="DIR", help="sheets' folder (default: calibration/ASSIGNMENT)")
    _add_place(command)
    command.set_defaults(run=in_course(_calibrate))


def _command(inner: Any, name: str, help_: str, description: str) -> Any:
    raw = argparse.RawDescriptionHelpFormatter
    return inner.add_parser(name, help=help_, description=description, formatter_class=raw)


def _add_place(command: Any) -> None:
    command.add_argument("--course", type=Path, default=Path("."), metavar="DIR", help="course folder (default: .)")
    add_language(command)


def _add_words(command: Any) -> None:
    command.add_argument("--comment", default="", metavar="TEXT", help="why; the trainee reads it")
    command.add_argument("--by", metavar="NAME", help="who decides (default: your account's name)")
    _add_place(command)


def _override(args: argparse.Namespace) -> int:
    from csworkshop.grading import overrides

    if args.write_table:
        return _told(overrides.write_override_table(args.assignment, args.course, args.write_table, args.lang))
    if args.read_table:
        done = overrides.read_override_table(args.assignment, args.course, args.read_table, args.by, args.lang)
        return _told(done)
    if args.list:
        return _told(overrides.list_overrides(args.assignment, args.course, args.lang))
    verdicts = ("earned", "missing", "removed", "found")
    verdict = next((v for v in verdicts if getattr(args, v)), "points" if args.points is not None else "")
    verdict = "withdrawn" if args.withdraw else verdict
    lacking = [f"--{k}" for k in ("student", "exercise", "item") if not getattr(args, k)]
    lacking += [] if verdict else ["a verdict (--earned, --missing, --removed, --found, --points N or --withdraw)"]
    if lacking:
        raise UserError(f"course override needs {', '.join(lacking)}")
    wanted = overrides.Wanted(args.student, args.exercise, args.item, verdict, args.comment, args.points)
    return _told(overrides.override(args.assignment, args.course, [wanted], args.by, args.lang))


def _disputes(args: argparse.Namespace) -> int:
    from csworkshop.grading.disputes import decide, queue
    from csworkshop.text.language import say

    if args.accept or args.reject:
        if args.points is not None and not args.accept:
            raise UserError("--points goes with --accept")
        ids, accepted = args.accept or args.reject, bool(args.accept)
        return _told(decide(args.course, ids, accepted, args.comment, args.by, points=args.points, lang=args.lang))
    waiting = queue(args.course, args.assignment, everything=args.all)
    if args.json:
        print(json.dumps([d.data() for d in waiting], ensure_ascii=False, indent=1))
        return 0
    for dispute in waiting:
        print(dispute.text(args.lang))
    number = sum(d.state == "waiting" for d in waiting)
    print(say("people.disputes_number" if number else "people.disputes_none", args.lang, number=number))
    return 0


def _calibrate(args: argparse.Namespace) -> int:
    if args.read:
        from csworkshop.grading.calibration_report import report

        return _told(report(args.assignment, args.course, args.folder, args.lang))
    from csworkshop.grading.calibration import make_sheets

    if args.sample < 1:
        raise UserError("--sample must be 1 or more")
    about = (args.assignment, args.course, args.raters)
    return _told(make_sheets(*about, number=args.sample, seed=args.seed, folder=args.folder, lang=args.lang))


def _told(done: Any) -> int:
    print("\n".join(done.lines))
    return int(done.status)
