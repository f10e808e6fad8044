"""`csworkshop cases anonymise`: take out of a file what belongs to persons, before it is shared or taught with."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkshop.cli.options import UserError, add_language
from csworkshop.cli.progress import Bar, add_progress
from csworkshop.text.language import say

if TYPE_CHECKING:
    from csworkshop.cases.anonymise import Rows
    from csworkshop.cases.anonymise_report import Report

ABOUT = """\
Find what belongs to persons in Chinese text and put pseudonyms in its place: names, phone numbers, ID and bank cards,
e-mail, WeChat, QQ, licence plates, addresses, order and tracking numbers, registration numbers; company names on
request. Numbers are found in full width, spaced, dashed, in Hanzi, with look-alikes. Every other column stays.

  csworkshop cases anonymise --text text messages.csv shared.csv
  csworkshop cases anonymise --text note --columns phone=mobile,name=name,customer_id=id,remark=drop \\
      --shift-dates opened_at --person customer_id --quasi province,age_band --k 5 tickets.parquet shared.parquet
  csworkshop cases anonymise --new-key ~/keys/2025.key                  then --key-file ~/keys/2025.key

One value has one pseudonym in a file, such as 〔姓名bkdwzt〕, however it is written. Two files made with one key can be
linked; without --key-file or CSWORKSHOP_KEY a key is drawn for this run and kept nowhere, and nothing can be linked.
--scope keeps files with one key apart. The key is never written to the result or the report.

CSV (UTF-8 or GB18030, written as UTF-8 with a byte-order mark), JSON Lines and Parquet, by the names' endings. The
report tells kinds, numbers and the places that a person should look at: no values. Exit status: 0, 2 if it failed;
then nothing is written.
"""
KINDS_HELP = "what the columns hold: a kind (see --kinds), id for any identifier, drop to leave the column out"


def add_anonymise(commands: Any) -> None:
    """Add `anonymise` to the commands of `cases`."""
    parser = commands.add_parser(
        "anonymise",
        help="put pseudonyms in the place of personal data",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", nargs="?", type=Path, metavar="IN", help="the file to read")
    parser.add_argument("target", nargs="?", type=Path, metavar="OUT", help="the file to write")
    what = parser.add_argument_group("what is replaced")
    what.add_argument(
        "--text", action="append", default=[], metavar="COLUMN", help="a column of free text (repeatable)"
    )
    what.add_argument("--columns", action="append", default=[], metavar="COLUMN=KIND,…", help=KINDS_HELP)
    what.add_argument("--kinds", type=_listed, default=None, metavar="KIND,…", help="only these kinds in texts")
    what.add_argument("--also", type=_listed, default=(), metavar="KIND,…", help="kinds on request, too: company")
    dates = parser.add_argument_group("dates")
    dates.add_argument(
        "--shift-dates", action="append", default=[], metavar="COLUMN", help="move the dates (repeatable)"
    )
    dates.add_argument("--person", metavar="COLUMN", help="whose dates they are: one person's move by the same weeks")
    dates.add_argument("--weeks", type=_weeks, default=26, metavar="N", help="by at most N weeks (default: 26)")
    groups = parser.add_argument_group("groups of people who could be told apart")
    groups.add_argument(
        "--quasi", type=_listed, default=(), metavar="COLUMN,…", help="columns that together tell a person"
    )
    groups.add_argument("--k", type=_k, default=5, help="rows that at least must agree in them (default: 5)")
    groups.add_argument(
        "--max-suppressed", type=float, default=2.0, metavar="PERCENT", help="rows that may tell nothing (default: 2)"
    )
    groups.add_argument("--hierarchies", type=Path, metavar="FILE.toml", help="levels for columns of your own")
    key = parser.add_argument_group("key")
    key.add_argument("--key-file", type=Path, metavar="FILE", help="key of at least 16 bytes, not beside OUT")
    key.add_argument("--new-key", type=Path, metavar="FILE", help="write a new key, which must not exist, and use it")
    key.add_argument("--scope", default="", metavar="NAME", help="files with the same key and another scope stay apart")
    parser.add_argument("--report", type=Path, metavar="FILE", help="the report (default: OUT.report.json)")
    add_progress(parser)
    add_language(parser)
    parser.set_defaults(run=_run)


def _listed(given: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in given.split(",") if part.strip())


def _k(given: str) -> int:
    if not (given.isascii() and given.isdigit() and 2 <= int(given) <= 100_000):
        raise argparse.ArgumentTypeError(f"{given!r}: a whole number from 2 is needed")
    return int(given)


def _weeks(given: str) -> int:
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= 520):
        raise argparse.ArgumentTypeError(f"{given!r}: a whole number from 1 to 520 is needed")
    return int(given)


def _run(args: argparse.Namespace) -> int:
    from csworkshop.cases.anonymise_files import FileFault
    from csworkshop.cases.anonymity import AnonymityFault
    from csworkshop.cases.pseudonyms import KeyFault, new_key

    try:
        if args.new_key:
            if args.target and args.new_key.resolve().parent == args.target.resolve().parent:
                raise UserError(f"--new-key {args.new_key}: lies beside the result; keep the key in another folder")
            new_key(args.new_key)
            print(say("anonymise.key_made", args.lang, path=args.new_key))
            if args.source is None:
                return 0
            args.key_file = args.new_key
        if args.source is None or args.target is None:
            raise UserError("needs IN and OUT; see csworkshop cases anonymise --help")
        return _anonymise(args)
    except (FileFault, AnonymityFault, KeyFault) as error:
        raise UserError(str(error)) from None


def _anonymise(args: argparse.Namespace) -> int:
    from csworkshop.cases.anonymise_files import anonymise_file, combinations, in_place
    from csworkshop.cases.anonymity import recode
    from csworkshop.cases.hierarchies import FILE, read_hierarchies

    rows, report = _rows(args)
    path = args.report or args.target.with_name(args.target.name + ".report.json")
    if path.resolve() in (args.source.resolve(), args.target.resolve()):
        raise UserError(f"--report {path}: is a file of the data; name another")
    if args.quasi:
        known = {**read_hierarchies(FILE), **(read_hierarchies(args.hierarchies) if args.hierarchies else {})}
        with Bar("count", args) as bar:
            counts = combinations(args.source, args.quasi, bar)
        rows.recode = report.anonymity = recode(args.quasi, counts, args.k, args.max_suppressed / 100, known)
    with Bar("anonymise", args) as bar:
        report.rows = anonymise_file(args.source, args.target, rows, bar)
    with in_place(path) as part:
        part.write_text(report.as_json(), "utf-8")
    print("\n".join(report.as_lines(args.lang)))
    print(say("anonymise.written", args.lang, path=args.target, report=path))
    return 0


def _rows(args: argparse.Namespace) -> tuple[Rows, Report]:
    from csworkshop.cases.anonymise import DROP, Rows
    from csworkshop.cases.anonymise_report import Report
    from csworkshop.cases.kinds import kinds
    from csworkshop.cases.pseudonyms import Pseudonyms, passing_key, read_key

    columns = _columns(args.columns)
    _agree(args, columns)
    wanted = [k for k, kind in kinds().items() if not kind.on_request] if args.kinds is None else list(args.kinds)
    for kind in (*wanted, *args.also):
        if kind not in kinds():
            raise UserError(f"--kinds {kind!r}: is no kind; there are {', '.join(kinds())}")
    key = read_key(args.key_file, args.target.parent)
    report = Report(
        texts=list(args.text),
        columns={c: kind for c, kind in columns.items() if kind != DROP},
        dropped=[c for c, kind in columns.items() if kind == DROP],
        linkable=key is not None,
    )
    rows = Rows(
        Pseudonyms(key or passing_key(), args.scope),
        texts=list(dict.fromkeys(args.text)),
        columns=columns,
        dates=list(dict.fromkeys(args.shift_dates)),
        person=args.person,
        most_weeks=args.weeks,
        quasi=args.quasi,
        wanted={*wanted, *args.also},
        tell=report.replaced,
        tell_column=report.value,
        tell_date=report.date,
    )
    return rows, report


def _columns(given: list[str]) -> dict[str, str]:
    from csworkshop.cases.anonymise import DROP, ID
    from csworkshop.cases.kinds import kinds

    allowed = [*kinds(), ID, DROP]
    columns: dict[str, str] = {}
    for part in (p for g in given for p in _listed(g)):
        column, equals, kind = part.rpartition("=")
        kind = {"phone": "mobile"}.get(kind, kind)
        if not equals or not column or kind not in allowed:
            raise UserError(f"--columns {part!r}: COLUMN=KIND is needed, with one of {', '.join(allowed)}")
        columns[column] = kind
    return columns


def _agree(args: argparse.Namespace, columns: dict[str, str]) -> None:
    if not (args.text or columns or args.quasi or args.shift_dates):
        raise UserError("needs --text, --columns, --quasi or --shift-dates: nothing would be replaced")
    if args.person and not args.shift_dates:
        raise UserError("--person: says whose dates are moved; name them with --shift-dates")
    if not 0 <= args.max_suppressed <= 100:
        raise UserError(f"--max-suppressed {args.max_suppressed:g}: from 0 to 100 percent")
    jobs = {"--text": args.text, "--columns": list(columns), "--quasi": args.quasi, "--shift-dates": args.shift_dates}
    seen: dict[str, str] = {}
    for option, names in jobs.items():
        for name in dict.fromkeys(names):
            if name in seen:
                raise UserError(f"{option} {name}: is named by {seen[name]} already")
            seen[name] = option
