"""`csworkshop roleplay`: talk with a simulated customer in the terminal; check and list case files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkshop.cli.options import UserError, add_language
from csworkshop.text.language import say as words

if TYPE_CHECKING:
    from csworkshop.practice.talk import Talk, Turn

ABOUT = """\
Talk with a simulated customer, offline. Their mood answers to what the checker finds in your replies; they tell what
they know when asked, choose among what you offer, and remember what you promise.

  csworkshop roleplay                                 which cases there are
  csworkshop roleplay rattling-vacuum --show-mood     play one; after each reply the mood, and what moved it
  csworkshop roleplay rattling-vacuum --seed 7        the same case, another day
  csworkshop roleplay rattling-vacuum --picture mood  and the mood curve afterwards, as mood.png and mood.svg
  csworkshop roleplay check data/roleplay/mine.toml   what is wrong with case files
  csworkshop roleplay list --lang en                  id, module, level, title

When the talk is over the debrief follows: mood curve, reasons, steps in order, what the customer hid, and a better
move for the two turns that went worst, tried out on the very customer.

While you play: /desk shows the back office, /等 30 lets 30 minutes pass, /quit leaves. How to write a case:
data/roleplay/README.md. With CSWORKSHOP_LLM_URL, CSWORKSHOP_LLM_MODEL and CSWORKSHOP_LLM_KEY set, --model lets a
language model behind an OpenAI-compatible endpoint put the customer's lines into words; mood, facts and ends stay ours.
"""


def add_roleplay_commands(commands: Any) -> None:
    """Add `roleplay [CASE]`, `roleplay check` and `roleplay list`."""
    parser = commands.add_parser(
        "roleplay",
        help="talk with a simulated customer; check case files",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=ABOUT,
    )
    parser.add_argument("what", nargs="?", metavar="CASE|check|list", help="a case's id or file, or what to do")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="with check: files or folders")
    parser.add_argument("--seed", type=int, default=0, help="which day it is: same seed, same talk (default 0)")
    parser.add_argument("--show-mood", action="store_true", help="print mood and reasons after each reply")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="save the mood curve as FILE.png and FILE.svg")
    parser.add_argument("--model", action="store_true", help="let the model of CSWORKSHOP_LLM_URL speak")
    add_language(parser)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    if args.what == "check":
        return _check(args.files, args.lang)
    if args.files:
        raise UserError(f"{args.files[0]}: only check takes files; see csworkshop roleplay --help")
    if args.what in (None, "list"):
        return _list(args.lang)
    return _play(args)


def _list(lang: str) -> int:
    from csworkshop.practice.case import case_files, read_case

    for path in case_files():
        case = read_case(path)
        print(f"{case.id:28} {case.module} {'●' * case.level:3} {case.title[lang]}")
    return 0


def _check(files: list[Path], lang: str) -> int:
    from csworkshop.practice.agents import agents_file, read_agents
    from csworkshop.practice.case import case_files, read_case
    from csworkshop.practice.lint import lint
    from csworkshop.text.datafile import DataFileError

    paths: list[Path] = []
    for path in files or [None]:  # type: ignore[list-item]
        if path is not None and not path.exists():
            raise UserError(f"{path}: there is no such file or folder")
        paths += [path] if path is not None and path.is_file() else case_files(path)
    number = 0
    for path in paths:
        found = [str(f) for f in lint(path)]
        if not found:
            agents = agents_file(path.stem, path.parent)
            try:
                read_agents(agents, read_case(path))
            except DataFileError as error:
                found = [str(error)]
        print(*found, sep="\n", end="\n" if found else "")
        number += len(found)
    print(words("roleplay.checked", lang, files=len(paths), faults=number))
    return 1 if number else 0


def _play(args: argparse.Namespace) -> int:
    from csworkshop.practice.case import UnknownCase, load_case, read_case
    from csworkshop.practice.customer import ready, say, start

    path = Path(args.what)
    try:
        case = read_case(path) if path.suffix == ".toml" else load_case(args.what)
    except UnknownCase as error:
        raise UserError(str(error)) from None
    voice = None
    if args.model:
        from csworkshop.practice.endpoint import EndpointError, settings_of_environment
        from csworkshop.practice.voice import Voice

        try:
            voice = Voice(settings_of_environment())
        except EndpointError as error:
            raise UserError(str(error)) from None
    talk = start(case, args.seed)
    said = [talk.opening]
    print(f"{case.title[args.lang]}\n{case.task}\n{words('roleplay.keys', args.lang)}\n")
    print(f"[{talk.time}] {case.persona.name}: {talk.customer}")
    while not talk.end:
        ready(talk)
        reply = _read()
        if reply is None or reply == "/quit":
            print(words("roleplay.left", args.lang))
            return 0
        if reply == "/desk":
            print(*(f"  {d.label}: {d.value}" for d in case.desk), sep="\n")
            continue
        if not reply:
            continue
        talk = say(talk, reply)
        turn = talk.turns[-1]
        if args.show_mood:
            _mood(turn, args.lang)
        text = turn.text
        if voice is not None:
            spoken = voice.speak(talk, said)
            text = spoken.text
            said.append(text)
            if spoken.trouble:
                print(words("roleplay.offline", args.lang, trouble=spoken.trouble), file=sys.stderr)
        print(f"[{talk.time}] {case.persona.name}: {text}")
    _look_back(talk, args.lang, args.picture)
    return 0


def _read() -> str | None:
    try:
        return input("> ").strip()
    except EOFError:
        return None


def _mood(turn: Turn, lang: str) -> None:
    levels = " ".join(f"{words(f'roleplay.{f}', lang)} {n:.0f}" for f, n in turn.mood.levels.items())
    print(f"  ({levels})")
    for c in turn.changes:
        quoted = f" “{c.words[0]}”" if c.words and c.words[0] else ""
        print(f"  {words(f'roleplay.{c.feeling}', lang)} {c.delta:+.0f}: {c.reason[lang]}{quoted}")


def _look_back(talk: Talk, lang: str, picture: Path | None) -> None:
    """The debrief, and its curve as a picture where one was asked for."""
    from csworkshop.exercises.debrief import talk_text

    print("", *talk_text(talk, lang), sep="\n")
    if picture is not None:
        from csworkshop.cases.style import save
        from csworkshop.exercises.mood_picture import mood_figure

        print(words("roleplay.picture", lang, path=save(mood_figure(talk, lang), picture)[0]))
