"""The instructor's commands for a class in one room: make it, begin and end a lesson, look, mind the tree hole."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkshop.cli.options import UserError, add_language
from csworkshop.text.language import say

if TYPE_CHECKING:
    from csworkshop.classroom.board import BoardView

SHORTEST_KEY = 4
SHOWN_KEY = 8
CREATE = """\
Make the folder that a class shares: the anonymous tree hole, and a place where everybody shows how far they are while
a lesson is on. It needs no server; it must lie where all trainees' notebooks can reach it. Made again, an existing
class keeps everything and gets its permissions put in order.

  csworkshop class create /class/class1 --title 一班
  csworkshop class create /class/class1 --group agents     only members of that group of the system get in
"""
BOARD = """\
Read the tree hole as everybody sees it; with --moderate, what was reported or waits, with keys. A key may be cut to its
first characters. Nobody, the instructor included, can find out who wrote something.

  csworkshop class board class1
  csworkshop class board class1 --moderate
  csworkshop class board class1 --hide 3fa9c2d1 --reason 提到了客户姓名
  csworkshop class board class1 --senior-code              a code that lets seniors answer as seniors
  echo 今天…… | csworkshop class board class1 --post         post from a terminal, without a trace in its history
"""
ACTIONS = ("hide", "restore", "pin", "unpin", "close", "reopen", "keep", "remove")


def add_classroom_commands(commands: Any) -> None:
    """Add `class create|start|end|status|board`."""
    raw = argparse.RawDescriptionHelpFormatter
    outer = commands.add_parser("class", help="a class in one room: who is where, and the anonymous tree hole")
    inner = outer.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], help_: str, description: str) -> Any:
        parser = inner.add_parser(name, help=help_, description=description, formatter_class=raw)
        parser.add_argument("folder", type=Path, metavar="DIR", help="the class folder")
        add_language(parser)
        parser.set_defaults(run=_in_class(run))
        return parser

    create = command("create", _create, "make a class folder", CREATE)
    create.add_argument("--title", default="", help="the class's name (default: the folder's)")
    create.add_argument("--group", metavar="NAME", help="a group of the operating system: only its members get in")
    start = command(
        "start", _start, "begin a lesson", "Begin a lesson: trainees can join it. What an earlier one left is deleted."
    )
    start.add_argument("--title", default="", help="what the lesson is called")
    start.add_argument("--exercise", default="", metavar="ID", help="the exercise that everybody begins with")
    command("end", _end, "end the lesson", "End the lesson, and delete what the trainees shared in it.")
    status = command(
        "status", _status, "how the room stands", "Who is working, stuck or done, techniques, commonest faults, votes."
    )
    status.add_argument("--names", action="store_true", help="nicknames beside the numbers (not for the projector)")
    status.add_argument("--json", action="store_true", help="as the dashboard's data")
    board = command("board", _board, "read or moderate the tree hole", BOARD)
    board.add_argument("--moderate", action="store_true", help="what was reported or waits, and everything hidden")
    for name in ACTIONS:
        board.add_argument(f"--{name}", metavar="KEY", help=f"{name} a post or an answer")
    board.add_argument("--reason", default="", help="with --hide: why, for other instructors")
    board.add_argument("--let-through", nargs="+", metavar="KEY", help="show posts that waited")
    board.add_argument("--review-first", choices=("on", "off"), help="whether new posts wait for the instructor")
    board.add_argument("--senior-code", action="store_true", help="make a new code for seniors; ends the old one")
    board.add_argument("--warn-of", nargs="+", metavar="WORD", help="words to warn of: names of company and customers")
    board.add_argument("--post", action="store_true", help="post what stands on standard input")
    board.add_argument("--despite", action="store_true", help="with --post: in spite of a warning")


def _in_class(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """`run`, with the room's own errors as the command's: one sentence, exit status 2."""

    def command(args: argparse.Namespace) -> int:
        from csworkshop.classroom.board_file import BoardError
        from csworkshop.classroom.private import PrivateError
        from csworkshop.classroom.store import ClassError

        try:
            return run(args)
        except (ClassError, BoardError, PrivateError) as error:
            raise UserError(str(error)) from error

    return command


def _create(args: argparse.Namespace) -> int:
    from csworkshop.classroom.store import Class

    made = Class.create(args.folder, args.title, args.group)
    print(say("class.made", args.lang, title=made.title, folder=made.folder))
    if not made.permissions_hold():
        print(say("class.no_permissions", args.lang))
    elif args.group:
        print(say("class.who_group", args.lang, group=args.group))
    else:
        print(say("class.who_everyone", args.lang))
    print(say("class.how_start", args.lang, folder=args.folder))
    print(say("class.how_join", args.lang, folder=made.folder))
    return 0


def _start(args: argparse.Namespace) -> int:
    from csworkshop.classroom.stage import Stage
    from csworkshop.classroom.store import Class

    session = Stage(Class.open(args.folder)).start(args.title, args.exercise)
    print(say("class.started", args.lang, title=session.title))
    return 0


def _end(args: argparse.Namespace) -> int:
    from csworkshop.classroom.stage import Stage
    from csworkshop.classroom.store import Class

    print(say("class.ended", args.lang, number=Stage(Class.open(args.folder)).end()))
    return 0


def _status(args: argparse.Namespace) -> int:
    import time

    from csworkshop.classroom.live import Watch
    from csworkshop.classroom.pages import room_page
    from csworkshop.classroom.store import Class

    page = room_page(Watch(Class.open(args.folder)).snapshot(time.time()), names=args.names)
    if args.json:
        print(json.dumps(page, ensure_ascii=False))
        return 0
    lang = args.lang
    print(f"{page['title'][lang]} · {page['people'][lang]}")
    for seat in page["seats"]:
        score = "" if seat["score"] is None else f"{seat['score']:3}"
        told = [seat["label"][lang], seat["name"], seat["text"][lang], seat["exercise_title"][lang], score]
        told += [(seat["reason"] or seat["changed"])[lang]] if seat["exercise"] else []
        print("  " + " · ".join(part for part in told if part))
    if page["heat"]:
        print(page["heat_title"][lang])
        for heat in page["heat"]:
            bar = "█" * round(10 * heat["share"])
            print(f"  {bar:·<10} {heat['name'][lang]} {heat['text'][lang]}")
        print(page["common_title"][lang])
        for fault in page["common"]:
            print(f"  {fault['name'][lang]} · {fault['count'][lang]}")
            for example in fault["examples"]:
                print(f"    “{example}”")
    for ballot in filter(None, (page["poll"], page["gallery"])):
        print(f"{ballot['heading'][lang]}: {ballot['title']} · {(ballot['state'] or {}).get(lang, '')}")
        for option in ballot["options"]:
            print(f"  {option['votes_text'][lang] if option['votes_text'] else ''}  {option['text']}")
    if page["unreadable"]:
        print(page["unreadable"][lang])
    return 0


def _board(args: argparse.Namespace) -> int:
    from csworkshop.classroom.board import Board
    from csworkshop.classroom.moderation import Moderator

    board = Board(args.folder)
    if args.post:
        return _post(args)
    chosen = [(name, getattr(args, name)) for name in ACTIONS if getattr(args, name)]
    moderating = chosen or args.let_through or args.review_first or args.senior_code or args.warn_of or args.moderate
    if not moderating:
        _print_board(board.view(), args.lang, keys=False)
        return 0
    moderator = Moderator(board.klass)
    view = board.view(everything=True)
    for name, given in chosen:
        key = _whole_key(view, given)
        if name == "hide":
            moderator.hide(key, args.reason)
        elif name == "keep":
            moderator.keep(key, next(x.reports for x in _entries(view) if x.id == key))
        elif name in ("unpin", "reopen"):
            {"unpin": moderator.pin, "reopen": moderator.close}[name](key, False)
        else:
            getattr(moderator, name)(key)
        print(say("board.done", args.lang, post=key[:SHOWN_KEY]))
    if args.let_through:
        moderator.let_through(*(_whole_key(view, given) for given in args.let_through))
    if args.review_first:
        moderator.review_first(args.review_first == "on")
    if args.warn_of:
        moderator.warn_of(args.warn_of)
    if args.senior_code:
        print(say("board.senior_code", args.lang, code=moderator.new_senior_code()))
    if args.moderate:
        _print_queue(moderator, board.view(everything=True), args.lang)
    return 0


def _post(args: argparse.Namespace) -> int:
    from csworkshop.classroom.board import Board, NeedsThought
    from csworkshop.classroom.board_pages import caution_page

    text = sys.stdin.read().strip()
    try:
        key = Board(args.folder).post(text, despite=args.despite)
    except NeedsThought as thought:
        for told in caution_page(text, thought.found):
            print(told["text"][args.lang], file=sys.stderr)
        raise UserError(f"{thought} (--despite)") from thought
    print(say("board.posted", args.lang, post=key[:SHOWN_KEY]))
    return 0


def _print_queue(moderator: Any, view: BoardView, lang: str) -> None:
    from csworkshop.classroom.board_pages import queue_page

    queue = queue_page(moderator.queue(view), view)
    print(queue["title"][lang])
    for entry in queue["entries"]:
        print(f"  {entry['id'][:SHOWN_KEY]} · {entry['why'][lang]}\n    {_indented(entry['body'])}")
    print()
    _print_board(view, lang, keys=True)


def _print_board(view: BoardView, lang: str, *, keys: bool) -> None:
    from csworkshop.classroom.board_pages import board_page

    page = board_page(view)
    print(f"{page['title'][lang]}\n{page['intro'][lang]}\n")
    for post in page["posts"]:
        told = [post["id"][:SHOWN_KEY]] if keys else []
        told += [post["topic"][lang], post["when"][lang], *(f["text"][lang] for f in post["flags"])]
        counts = [f"{page['words'][k][lang]} {post[k]}" for k in ("same", "helpful") if post[k]]
        print(" · ".join([*told, *counts]) + f"\n  {_indented(post['body'])}")
        for answer in post["answers"]:
            key = f"{answer['id'][:SHOWN_KEY]} · " if keys else ""
            print(f"    {key}{answer['who'][lang]}: {_indented(answer['body'])}")
    if page["empty"]:
        print(page["empty"][lang])
    if page["examples"] and not keys:
        print(f"\n{page['examples_title'][lang]}")
        for example in page["examples"]:
            print(f"{example['topic'][lang]}\n  {_indented(example['body'])}")
            for answer in example["answers"]:
                print(f"    {say('board.role_senior', lang)}: {_indented(answer)}")


def _indented(body: str) -> str:
    return body.replace("\n", "\n    ")


def _entries(view: BoardView) -> list[Any]:
    return [x for post in view.posts for x in (post, *post.answers)]


def _whole_key(view: BoardView, given: str) -> str:
    """The one key that begins so; UserError if there is none or several."""
    found = [x.id for x in _entries(view) if x.id.startswith(given.lower())]
    if len(given) < SHORTEST_KEY or len(found) != 1:
        raise UserError(f"{given!r} begins {len(found)} keys; give the first {SHOWN_KEY} characters, see --moderate")
    return found[0]
