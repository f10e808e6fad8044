"""Calibration: several instructors mark the same replies blind, each on a sheet of their own.

A sheet is a CSV file with a row per reply and item, replies in an order of each rater's own, no marks and no names on
it. `sample.json` beside the sheets says which reply a code stands for; filled sheets are read as a spreadsheet gives
them back, or refused with one sentence that names file and line.
"""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.marking import mark
from csworkshop.exercises.overriding import TOTAL
from csworkshop.grading.course import Done
from csworkshop.grading.graded import graded_answers, open_plan, students
from csworkshop.grading.opening import CourseError, open_course
from csworkshop.grading.submission import usable_name
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.datafile import DataFileError
from csworkshop.text.language import say
from csworkshop.text.tables import read_table, same_number, write_table

FOLDER = "calibration"  # in the course folder, a folder in it for each assignment
SAMPLE = "sample.json"
REPORT = "report"
COLUMNS = ("code 编号", "customer 客户的话", "reply 回复", "item 项目", "name 名称", "rating 判断", "note 备注")
NEEDED = ("code", "item", "rating")
_YES = frozenset({"1", "1.0", "有", "是", "对", "做到", "yes", "y", "true", "t", "x", "√", "✓", "✔"})
_NO = frozenset({"0", "0.0", "没有", "没", "无", "否", "不是", "没做到", "no", "n", "false", "f", "×", "✗", "-"})


@dataclass(frozen=True)
class Reply:
    """A reply of the sample: its code on the sheets, whose it is, and the words."""

    code: str
    student: str
    exercise: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """A filled sheet: ratings by (code, item), 1 or 0, for the total 0 to 100; `asked` is how many there could be."""

    rater: str
    ratings: dict[tuple[str, str], float]
    asked: int


def make_sheets(
    assignment: str,
    course_dir: Path | str,
    raters: Sequence[str],
    number: int = 20,
    seed: int = 1,
    folder: Path | None = None,
    lang: str | None = None,
) -> Done:
    """Draw a sample of graded replies and write a sheet per rater; sheets that are there already are not touched."""
    course = open_course(course_dir)
    plan, names = open_plan(course, assignment), _raters(raters)
    known = {c.exercise.id: c.exercise for cells in plan.notebooks.values() for c in cells}
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for student in students(course, assignment):
        submission = graded_answers(course, assignment, student)[0]
        for exercise in known.values():
            answer = submission.answer(exercise.id)
            if isinstance(exercise, Exercise) and isinstance(answer, str) and not mark(answer, exercise).refusal:
                found.setdefault((exercise.id, answer), (student, exercise.id, answer))
    if not found:
        raise CourseError(f"{assignment}: there is no graded reply to calibrate on; run `csworkshop grade` first")
    drawn = random.Random(seed).sample(sorted(found.values()), min(number, len(found)))
    sample = [Reply(f"{n:03d}", *about) for n, about in enumerate(drawn, 1)]
    target = folder or course.root / FOLDER / assignment
    taken = [n for n in (SAMPLE, *(f"{r}.csv" for r in names)) if (target / n).exists()]
    if taken:
        raise CourseError(f"{target / taken[0]} is there already, perhaps filled in; give another --folder")
    for rater in names:
        order = list(sample)
        random.Random(f"{seed} {rater}").shuffle(order)
        write_table(target / f"{rater}.csv", COLUMNS, _rows(order, lang))
    about = {"assignment": assignment, "seed": seed, "raters": names, "replies": [asdict(r) for r in sample]}
    (target / SAMPLE).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8", "backslashreplace")
    told = {"folder": target, "number": len(sample), "raters": len(names)}
    return Done((say("calibration.made", lang, **told), say("calibration.how", lang, assignment=assignment)))


def _raters(raters: Sequence[str]) -> list[str]:
    names = list(dict.fromkeys(r.strip() for r in raters))
    odd = next((n for n in names if not usable_name(n) or n.lower() in (REPORT, "sample")), None)
    if odd is not None:
        raise CourseError(f"{odd!r} can't be a rater's name: it becomes a file's name; use letters and digits")
    if len(names) < 2:
        raise CourseError("calibration takes at least two raters: --raters NAME NAME")
    return names


def _rows(replies: Iterable[Reply], lang: str | None) -> Iterable[dict[str, Any]]:
    from csworkshop.exercises.library import load_exercise

    for reply in replies:
        exercise = load_exercise(reply.exercise)
        for n, item in enumerate((*exercise.scorecard.items, TOTAL)):
            first = (exercise.scenario.customer, reply.text) if n == 0 else ("", "")
            cells = (reply.code, *first, item, _name(item, lang), "", "")
            yield dict(zip(COLUMNS, cells, strict=True))


def _name(item: str, lang: str | None) -> str:
    """What is asked, and how to answer."""
    if item == TOTAL:
        return say("calibration.total", lang)
    known = catalogue().items[item]
    name = known.name.en if lang == "en" else known.name.zh
    return say(f"calibration.{known.type}", lang, name=name)


def read_sample(folder: Path) -> list[Reply]:
    """The replies of a calibration's folder; CourseError if it is none."""
    try:
        data = json.loads((folder / SAMPLE).read_text("utf-8"))
        return [Reply(**{k: str(r[k]) for k in ("code", "student", "exercise", "text")}) for r in data["replies"]]
    except FileNotFoundError:
        raise CourseError(f"{folder} has no {SAMPLE}; make sheets first, with --raters NAME NAME") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise CourseError(f"{folder / SAMPLE} can't be read; it must be the one made with the sheets") from None


def read_sheets(folder: Path, sample: Sequence[Reply]) -> list[Sheet]:
    """The filled sheets of a folder; CourseError if one can't be used, or fewer than two are filled in."""
    from csworkshop.exercises.library import load_exercise

    asked = {r.code: (*load_exercise(r.exercise).scorecard.items, TOTAL) for r in sample}
    paths = sorted(p for p in folder.glob("*.csv") if p.stem != REPORT)
    found = [_read_sheet(path, asked) for path in paths]
    filled = [sheet for sheet in found if sheet.ratings]
    if len(filled) < 2:
        named = ", ".join(p.name for p in paths) or "none"
        raise CourseError(f"{folder}: at least two sheets must be filled in (there: {named}; filled: {len(filled)})")
    return filled


def _read_sheet(path: Path, asked: dict[str, tuple[str, ...]]) -> Sheet:
    try:
        rows = read_table(path, NEEDED)
    except DataFileError as error:
        raise CourseError(str(error)) from error
    ratings: dict[tuple[str, str], float] = {}
    for row in rows:
        if not row["rating"]:
            continue
        where = f"{path}, line {row.line}"
        code = next((c for c in asked if same_number(row["code"], c)), None)
        if code is None:
            code_seen = row["code"][:20]
            raise CourseError(f"{where}: there is no reply {code_seen!r} in this sample; leave the codes as they were")
        item = row["item"].lower()
        if item not in asked[code]:
            raise CourseError(f"{where}: reply {code} has no item {row['item'][:40]!r}; leave that column as it was")
        value = _rating(row["rating"], item, where)
        if ratings.get((code, item), value) != value:
            raise CourseError(f"{where}: {item} of reply {code} is rated twice, and differently; leave one")
        ratings[code, item] = value
    return Sheet(path.stem, ratings, sum(map(len, asked.values())))


def _rating(cell: str, item: str, where: str) -> float:
    text = unicodedata.normalize("NFKC", cell).strip().lower()
    if item == TOTAL:
        try:
            value = float(text.removesuffix("%").removesuffix("分").replace(",", "."))
        except ValueError:
            value = -1.0
        if not 0 <= value <= 100:
            raise CourseError(f"{where}: rating {cell[:20]!r} must be a number from 0 to 100")
        return value
    if text in _YES:
        return 1.0
    if text in _NO:
        return 0.0
    raise CourseError(f"{where}: rating {cell[:20]!r} must be 1 (there, 有) or 0 (not there, 没有), or be left empty")
