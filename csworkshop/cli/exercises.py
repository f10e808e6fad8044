"""`csworkshop exercises`: make, check and list exercise files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from csworkshop.cli.options import UserError, add_language


def add_exercise_commands(commands: Any) -> None:
    """Add `exercises` with its commands to the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    exercises = commands.add_parser("exercises", help="make, check or list exercise files")
    inner = exercises.add_subparsers(title="commands", metavar="COMMAND", required=True)
    new = inner.add_parser(
        "new",
        help="write a skeleton of an exercise, to be filled in with a case of your own",
        formatter_class=raw,
        description="Write a skeleton with every key explained. An exercise of your own lies in a folder `exercises`\n"
        "beside the notebook that asks for it; in a course that is source/ASSIGNMENT/exercises, and it is released\n"
        "with the assignment.",
        epilog="examples:\n"
        "  csworkshop exercises new class1/source/m2/exercises/m2-our-parcel.toml\n"
        "  csworkshop exercises new exercises/m4-our-caller.toml --kind decode --module m4\n"
        "  csworkshop exercises check class1/source/m2/exercises\n"
        'then, in a notebook: from csworkshop import studio; studio("m2-our-parcel")',
    )
    new.add_argument("path", type=Path, metavar="FILE", help="a new file, <id>.toml")
    new.add_argument(
        "--kind", default="rewrite", help="rewrite (default) or another kind; `exercises kinds` lists them"
    )
    new.add_argument("--module", default="", metavar="mN", help="m1 to m7 (default: how the id begins, else m2)")
    new.set_defaults(run=_new)
    lint = inner.add_parser(
        "check",
        help="say what is wrong with exercise files, by file and key",
        description="Read every exercise file; the model answer must pass its scorecard, the flawed reply must fail.",
    )
    lint.add_argument("paths", nargs="*", type=Path, help="files or folders (default: the shipped library)")
    lint.set_defaults(run=_check)
    listing = inner.add_parser("list", help="list the shipped exercises: id, module, level, kind, title")
    add_language(listing)
    listing.set_defaults(run=_list)
    kinds = inner.add_parser("kinds", help="list the kinds of exercises, and how many there are of each")
    kinds.set_defaults(run=_kinds)


def _new(args: argparse.Namespace) -> int:
    from csworkshop.exercises.skeleton import MODULES, write_skeleton

    module = args.module or (args.path.stem[:2] if args.path.stem[:2] in MODULES else "m2")
    if module not in MODULES:
        raise UserError(f"--module: {module!r} is not allowed; allowed: {', '.join(MODULES)}")
    print(write_skeleton(args.path, args.kind, module))
    return 0


def _check(args: argparse.Namespace) -> int:
    from csworkshop.exercises.library import exercise_files
    from csworkshop.exercises.review import review

    files: list[Path] = []
    for path in args.paths or [None]:
        if path is not None and not path.exists():
            raise UserError(f"{path}: there is no such file or folder")
        files += [path] if path is not None and path.is_file() else exercise_files(path)
    faults = [fault for path in files for fault in review(path)]
    for fault in faults:
        print(fault)
    print(f"{len(files)} exercises, {len(faults)} faults")
    return 1 if faults else 0


def _list(args: argparse.Namespace) -> int:
    from csworkshop.exercises.library import exercise_files, read_any

    for path in exercise_files():
        exercise = read_any(path)
        about = f"{exercise.id:32} {exercise.module} {'●' * exercise.level:3}"
        print(f"{about} {exercise.kind:12} {exercise.title[args.lang]}")
    return 0


def _kinds(args: argparse.Namespace) -> int:
    from csworkshop.exercises.kinds import REWRITE, kind_named, kind_names
    from csworkshop.exercises.library import exercise_files

    for name in (REWRITE, *kind_names()):
        about = "" if name == REWRITE else (kind_named(name).model.__doc__ or "").split("\n")[0]
        print(f"{name:14} {len(exercise_files(kind=name)):4}  {about or 'Rewrite a flawed reply.'}")
    return 0
