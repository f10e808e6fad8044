"""What the README's pictures show: somebody in the middle of their work, made from the kit's own exercises and cases.

Each function prepares a notebook's folder and hands back the source of its one cell.
"""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from csworkshop.exercises.activity import dump
from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.kinds import kind_of
from csworkshop.exercises.kinds.find import Find
from csworkshop.exercises.kinds.roleplay import Roleplay
from csworkshop.exercises.library import load_any, load_exercise
from csworkshop.exercises.marking import mark

REWRITE, FIND, TALK = "m2-vague-delivery", "m4-find-cold-night", "m6-roleplay-won-then-cancelled"
REPLY = (
    "晚上要招呼八位客人，菜却晚了两个多小时，换谁都急，这事是我们耽误了。骑手的车半路坏了，已经换了车，下午2点20分前"
    "送到您家。箱里有冰袋，到手还是冻的；开箱要是化了，您当场拒收，268元全退。应该没问题的。"
)
RUDE = "您急什么，骑手在路上了，我们会尽快送到，应该快了。"
BRUSH_OFF = "非常抱歉，我们会尽快处理，请您耐心等待，有结果会通知您的。"
CALM = "您先别急，2点20分前送到，送到我再打电话确认。"
SAID = 3  # replies into the talk
PRACTISED = 24  # attempts on the home page


def rewrite(folder: Path, lang: str) -> str:
    """A reply to be written."""
    return _studio(REWRITE, lang)


def find(folder: Path, lang: str) -> str:
    """Four of six flaws found, and a sentence blamed that is right."""
    exercise = load_any(FIND)
    assert isinstance(exercise, Find)
    answer = kind_of(exercise).model_answer(exercise)
    found = answer["marks"]
    text = exercise.reply
    words = "今晚八点前，先送两台电暖器到您家"
    start = text.index(words)
    wrong = {**found[-1], "start": start, "end": start + len(words)}
    AnswerFile(folder).save(FIND, dump({**answer, "marks": sorted([*found[:4], wrong], key=lambda m: m["start"])}), 0)
    return _studio(FIND, lang)


def talk(folder: Path, lang: str) -> str:
    """A talk that has got as far as its third reply."""
    exercise = load_any(TALK)
    assert isinstance(exercise, Roleplay)
    answer = kind_of(exercise).model_answer(exercise)
    AnswerFile(folder).save(TALK, dump({"seed": answer["seed"], "moves": answer["moves"][:SAID]}), 0)
    return _studio(TALK, lang)


def home(folder: Path, lang: str) -> str:
    """The page of somebody who has practised every other day: brush-offs at first, more and more of what is asked."""
    from csworkshop.progress.lessons import lesson_exercises
    from csworkshop.progress.recorder import Recorder

    asked = [load_any(name) for names in lesson_exercises().values() for name in names]
    exercises = [exercise for exercise in asked if isinstance(exercise, Exercise)]
    begun = datetime.now(UTC) - timedelta(days=2 * PRACTISED)
    for n in range(PRACTISED):
        exercise = exercises[n % len(exercises)]
        shares = (0.85, 0.7, 0.55) if n % 4 else (0.4,)  # of the model answer; all of it is refused as a copy
        drafts = [exercise.model_answer[: int(share * len(exercise.model_answer))] for share in shares]
        scores = [mark(draft, exercise, "fast").score for draft in drafts]
        text = drafts[scores.index(max(scores))] if n > 3 else (RUDE, BRUSH_OFF)[n % 2]
        recorder = Recorder(folder, clock=partial(_on, begun + timedelta(days=2 * n)), timer=None)
        recorder.check(exercise, mark(text, exercise, "fast"), text=text)
    return f'from csworkshop import home\nhome(lang="{lang}")'


def _on(day: datetime) -> datetime:
    return day


def dashboard(folder: Path, lang: str) -> str:
    """Nine trainees in the middle of an exercise, a poll, a countdown and three rewrites on the wall."""
    from csworkshop.classroom.live import Watch
    from csworkshop.classroom.presence import Presence
    from csworkshop.classroom.stage import Stage
    from csworkshop.classroom.store import Class

    klass = Class.create(folder / "class", "一班" if lang == "zh" else "Class 1")
    stage = Stage(klass)
    session = stage.start("第二课", REWRITE)
    exercise = load_exercise(REWRITE)
    names = ("小周", "晓雨", "阿哲", "思远", "佳宁", "一帆", "若水", "子墨", "云舒")
    drafts = (RUDE, BRUSH_OFF, CALM, REPLY)
    for n, name in enumerate(names):
        here = Presence(klass, session, name, "texts" if n % 3 else "progress", private=folder / f"private-{n}")
        for text in drafts[: 1 + n % len(drafts)]:
            here.update(REWRITE, mark(text, exercise), text)
            here.flush(force=True)
    stage.count_down(300, "改写")
    stage.ask("第一句先写什么？", ["时间", "共情", "原因"])
    room = Watch(klass).snapshot(time.time())
    shared = [seat.number for seat in room.seats if seat.file.share == "texts"][:3]
    stage.show(room, shared, exercise.title.zh)
    private = folder / "private"
    return (
        f"import os\nos.environ['CSWORKSHOP_PRIVATE'] = {str(private)!r}\n"
        f'from csworkshop import dashboard\ndashboard({str(folder / "class")!r}, lang="{lang}")'
    )


def feedback(root: Path) -> Path:
    """The feedback page of one trainee's assignment: the file."""
    from csworkshop.bench.made_class import exercises
    from csworkshop.grading import course

    shutil.rmtree(root, ignore_errors=True)
    course.course_init(root)
    course.release("m2", root, exchange=root / "exchange")
    folder = root / "submitted" / "陈晓雨" / "m2"
    shutil.copytree(root / "release" / "m2", folder)
    (folder / "timestamp.txt").write_text("2026-11-22 10:00:00.000000 UTC", "utf-8")
    for name in exercises():
        exercise = load_any(name)
        if isinstance(exercise, Exercise):
            text = exercise.model_answer.replace("。", "，我们会尽快处理。", 1)[:110]
        else:
            text = dump(kind_of(exercise).model_answer(exercise))
        AnswerFile(folder).save(name, text, 0)
    course.grade("m2", root)
    course.feedback("m2", root, hand_back=False)
    return root / "feedback" / "陈晓雨" / "m2" / "m2.html"


def _studio(name: str, lang: str) -> str:
    return f'from csworkshop import studio\nstudio("{name}", lang="{lang}")'
