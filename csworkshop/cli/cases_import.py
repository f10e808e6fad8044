"""`csworkshop cases import` and `csworkshop cases check`: exports of help desks into our tables."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkshop.cli.options import UserError, add_language
from csworkshop.cli.progress import Bar, add_progress
from csworkshop.text.language import say

if TYPE_CHECKING:
    from csworkshop.cases.imports.importing import Report

SHOWN = 20  # refused rows that are printed; all of them stand in rejected.csv

IMPORT = """\
Read exports of a help desk into our tables: CSV, Excel (.xlsx), JSON, JSON Lines; UTF-8, UTF-16 or GB18030. A mapping
says which heading is which column; there are ready ones for zendesk, freshdesk, udesk and qiyu.

  csworkshop cases import --mapping zendesk tickets.csv --out desk
  csworkshop cases import --mapping qiyu 会话记录.xlsx 消息记录.xlsx --out desk
  csworkshop cases import --mapping-template export.csv > mine.toml     proposes a mapping; look through it, then
  csworkshop cases import --mapping mine.toml export.csv --out desk

Names of agents and customers become codes (A001, 用户001 …), headings that the mapping doesn't name are left out. What
people wrote stays as it is: run csworkshop cases anonymise afterwards.

A row that can't be used is told on stderr as FILE, line N: column, reason, and listed in rejected.csv; never with what
stood in it. All other rows are kept, and the exit status is 1.
"""
CHECK = """\
Check a folder of case data: types, allowed values, times in order, keys, messages that belong to no ticket. Without a
folder, the data that ships.

  csworkshop cases check desk

Each fault is told with table, column, what is asked and the rows; the exit status is 1 if there is one.
"""


def add_import(inner: Any) -> None:
    """Add `import` and `check`."""
    raw = argparse.RawDescriptionHelpFormatter
    read = inner.add_parser(
        "import", help="read a help desk's exports", formatter_class=raw, description=IMPORT
    )  # fmt: skip
    read.add_argument("files", nargs="*", type=Path, metavar="IN", help="exports, of tickets and of messages")
    read.add_argument("--mapping", metavar="NAME|FILE", help="zendesk, freshdesk, udesk, qiyu, or a file of your own")
    read.add_argument("--mapping-template", type=Path, metavar="IN", help="print a mapping proposed for an export")
    read.add_argument("--out", type=Path, metavar="DIR", help="folder to write into")
    read.add_argument("--sheet", metavar="NAME", help="sheet of a workbook (default: the first)")
    read.add_argument("--no-codes", action="store_true", help="leave names of agents and customers as they are")
    read.add_argument("--keep-extra", action="store_true", help="keep columns that the mapping doesn't name")
    add_progress(read)
    add_language(read)
    read.set_defaults(run=_import)

    check = inner.add_parser(
        "check", help="check case data against the schema", formatter_class=raw, description=CHECK
    )  # fmt: skip
    check.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="folder of case data")
    add_language(check)
    check.set_defaults(run=_check)


def _import(args: argparse.Namespace) -> int:
    if args.mapping_template is not None:
        from csworkshop.cases.imports.propose import propose

        print(propose(args.mapping_template, args.sheet), end="")
        return 0
    if not (args.mapping and args.files and args.out):
        raise UserError("needs --mapping, the files to read, and --out DIR; see csworkshop cases import --help")
    from csworkshop.cases.files import write_table
    from csworkshop.cases.imports.importing import import_files
    from csworkshop.cases.imports.mapping import read_mapping

    mapping = read_mapping(args.mapping)
    with Bar(say("cases.importing", args.lang), args) as bar:
        tables, report = import_files(
            args.files,
            mapping,
            sheet=args.sheet,
            codes=not args.no_codes,
            keep_extra=args.keep_extra,
            progress=bar,
        )
    for name, frame in tables.items():
        write_table(args.out, name, frame)
    _tell(report, args)
    if not tables:
        print(say("cases.imported_none", args.lang))
        return 1
    return 1 if report.refused else 0


def _tell(report: Report, args: argparse.Namespace) -> None:
    """What was kept, worked out, left out and refused."""
    import sys

    from csworkshop.cases.imports.tables import DERIVED
    from csworkshop.text.tables import write_table as write_csv

    lang = args.lang
    for (file, table), rows in report.kept.items():
        print(say("cases.imported", lang, file=file, table=table, rows=rows))
    for file, columns in report.filled.items():
        derived = DERIVED["tickets"] | DERIVED["messages"]
        made = [f"{c} ({derived[c]})" for c in columns if c in derived]
        bare = [c for c in columns if c not in derived]
        if made:
            print(say("cases.worked_out", lang, file=file, columns=", ".join(made)))
        if bare:
            print(say("cases.left_empty", lang, file=file, columns=", ".join(bare)))
    for file, headings in report.unknown.items():
        if headings:
            key = "cases.kept_extra" if args.keep_extra else "cases.left_out"
            print(say(key, lang, file=file, columns=", ".join(headings)))
    for file, rows in report.skipped.items():
        print(say("cases.skipped", lang, file=file, rows=rows))
    if not report.refused:
        return
    for refused in report.refused[:SHOWN]:
        print(refused, file=sys.stderr)
    path = args.out / "rejected.csv"
    heading = ("file", "unit", "place", "column", "reason")
    write_csv(path, heading, [{c: getattr(r, c) for c in heading} for r in report.refused])
    print(say("cases.refused", lang, rows=len(report.refused), path=path), file=sys.stderr)


def _check(args: argparse.Namespace) -> int:
    from csworkshop.cases.checking import check_folder
    from csworkshop.cases.files import shipped

    folder = args.folder or shipped()
    rows, faults = check_folder(folder)
    for fault in faults:
        print(fault)
    told = ", ".join(f"{table} {number}" for table, number in rows.items())
    print(say("cases.checked", args.lang, folder=folder, tables=told, faults=len(faults)))
    return 1 if faults else 0
