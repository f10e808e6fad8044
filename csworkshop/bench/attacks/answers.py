"""Attacks by the answer file and by the submitted folder itself."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from csworkshop.bench.attacks import EVERYTHING, RATES, SLOWEST, attack
from csworkshop.bench.attacks.small_course import EXERCISES, HONEST

_CODE = (RATES, SLOWEST)


def _file(folder: Path) -> Path:
    return folder / "answers.json"


def _replace(folder: Path, target: Path | str) -> None:
    _file(folder).unlink()
    _file(folder).symlink_to(target)


@attack(*EVERYTHING)
def answers_to_unknown_exercises(folder: Path, wire: Path) -> None:
    """10,000 more answers, with paths and other exercises' names for ids"""
    data = json.loads(_file(folder).read_text("utf-8"))
    for name in ("m9-secret", "../../etc/passwd", "..\\..\\x", "general", f"{EXERCISES[1]} ", EXERCISES[1].upper()):
        data["answers"][name] = {"revision": 1, "text": HONEST}
    data["answers"] |= {str(n): {"revision": 1, "text": "x"} for n in range(10_000)}
    _file(folder).write_text(json.dumps(data, ensure_ascii=False), "utf-8")


@attack(*_CODE)
def answers_linked_to_a_classmate(folder: Path, wire: Path) -> None:
    """A symbolic link to a classmate's answers"""
    _replace(folder, folder.parents[1] / "alice" / "m2" / "answers.json")


@attack(*_CODE)
def answers_hard_linked_to_a_classmate(folder: Path, wire: Path) -> None:
    """A hard link to a classmate's answers, in a folder of one's own"""
    _file(folder).unlink()
    if os.geteuid() == 0:  # with one user for all trainees there is no such thing as somebody else's file
        os.link(folder.parents[1] / "alice" / "m2" / "answers.json", _file(folder))
        os.chown(folder, 64001, 64001)


@attack(*_CODE)
def answers_linked_to_a_secret(folder: Path, wire: Path) -> None:
    """A symbolic link to a file of the instructor's as the answers"""
    _replace(folder, wire.parent / "secret.txt")


@attack(*_CODE)
def answers_linked_to_a_device(folder: Path, wire: Path) -> None:
    """An endless device as the answers"""
    _replace(folder, "/dev/zero")


@attack(*_CODE)
def answers_as_a_pipe(folder: Path, wire: Path) -> None:
    """A pipe as the answers"""
    _file(folder).unlink()
    os.mkfifo(_file(folder))


@attack(*_CODE)
def answers_as_a_folder(folder: Path, wire: Path) -> None:
    """A folder as the answers"""
    _file(folder).unlink()
    _file(folder).mkdir()


@attack(*_CODE)
def answers_missing(folder: Path, wire: Path) -> None:
    """No answers"""
    _file(folder).unlink()


@attack(*_CODE)
def answers_empty(folder: Path, wire: Path) -> None:
    """Answers of 0 bytes"""
    _file(folder).write_bytes(b"")


@attack(*_CODE)
def answers_truncated(folder: Path, wire: Path) -> None:
    """Answers cut off in the middle"""
    raw = _file(folder).read_bytes()
    _file(folder).write_bytes(raw[: len(raw) // 2])


@attack(*_CODE)
def answers_binary(folder: Path, wire: Path) -> None:
    """Answers that are no text"""
    _file(folder).write_bytes(bytes(range(256)) * 40)


@attack(*_CODE)
def answers_utf16(folder: Path, wire: Path) -> None:
    """Answers in UTF-16"""
    _file(folder).write_text(_file(folder).read_text("utf-8"), "utf-16")


@attack(*_CODE)
def answers_huge(folder: Path, wire: Path) -> None:
    """Answers of 8 GB"""
    with _file(folder).open("ab") as file:
        file.truncate(8 << 30)


@attack(*_CODE)
def answers_twice(folder: Path, wire: Path) -> None:
    """The same answer twice, so that readers may differ on which counts"""
    entry = json.dumps({"revision": 1, "text": HONEST})
    _file(folder).write_text(
        f'{{"schema": 1, "answers": {{"{EXERCISES[0]}": {entry}, "{EXERCISES[0]}": {entry}}}}}', "utf-8"
    )


@attack(*_CODE)
def answers_nan(folder: Path, wire: Path) -> None:
    """NaN as the answer"""
    _file(folder).write_text(f'{{"schema": 1, "answers": {{"{EXERCISES[0]}": NaN}}}}')


@attack(*_CODE)
def answers_a_list(folder: Path, wire: Path) -> None:
    """A list as the answers"""
    _file(folder).write_text(json.dumps([HONEST]))


@attack(*_CODE)
def answer_a_list(folder: Path, wire: Path) -> None:
    """A list as the text of an answer"""
    entries = {e: {"revision": 1, "text": [HONEST]} for e in EXERCISES}
    _file(folder).write_text(json.dumps({"schema": 1, "answers": entries}))


@attack(*_CODE)
def answers_deep(folder: Path, wire: Path) -> None:
    """Answers nested 100,000 deep"""
    _file(folder).write_text('{"a":' * 100_000)


@attack()
def folder_linked_to_a_classmate(folder: Path, wire: Path) -> None:
    """A symbolic link to a classmate's whole submission"""
    shutil.rmtree(folder)
    folder.symlink_to(folder.parents[1] / "alice" / "m2")


@attack()
def student_folder_linked_to_a_classmate(folder: Path, wire: Path) -> None:
    """A symbolic link to a classmate's folder above it"""
    shutil.rmtree(folder.parent)
    folder.parent.symlink_to(folder.parents[1] / "alice")


@attack()
def empty_folder(folder: Path, wire: Path) -> None:
    """An empty submission"""
    shutil.rmtree(folder)
    folder.mkdir()
