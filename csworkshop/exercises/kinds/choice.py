"""Multiple choice for facts: questions with one right answer or several, each wrong choice with its own reason."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.exercises.activity import AnswerForm, checked, line, marks
from csworkshop.exercises.definition import Activity, Text
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import Marks
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level

MANY_WRONG = 0.5  # of a right choice that each wrong one takes away, where several are right


class Option(BaseModel):
    """One thing to choose. `why` says what is right or wrong about it, and is shown to whoever chose it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    text: Text
    right: bool = False
    why: Text


class Question(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    text: Text
    options: tuple[Option, ...] = Field(min_length=2, max_length=8)

    @model_validator(mode="after")
    def _can_be_answered(self) -> Question:
        if not any(o.right for o in self.options) or all(o.right for o in self.options):
            raise ValueError(f"question {self.id!r} needs at least one right option and one wrong one")
        if len({o.id for o in self.options}) != len(self.options):
            raise ValueError(f"question {self.id!r} has two options with the same id")
        return self

    @property
    def right(self) -> frozenset[str]:
        return frozenset(o.id for o in self.options if o.right)


class Choice(Activity):
    """Some questions about facts, methods or rules."""

    kind: Literal["choice"]
    questions: tuple[Question, ...] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _own_ids(self) -> Choice:
        if len({q.id for q in self.questions}) != len(self.questions):
            raise ValueError("questions: two have the same id")
        return self


class _Answer(AnswerForm):
    chosen: dict[str, tuple[str, ...]] = Field(default={})


def _answer(value: Value, exercise: Choice) -> Value:
    said = checked(_Answer, value)
    known = {q.id: {o.id for o in q.options} for q in exercise.questions}
    for question, options in said.chosen.items():
        if question not in known or set(options) - known[question] or len(set(options)) != len(options):
            raise ValueError(f"chosen.{question}: no such question or option")
    chosen = {q: sorted(options) for q, options in said.chosen.items() if options}
    return {"chosen": chosen} if chosen else {}


def _mark(value: Value, exercise: Choice, level: Level) -> Marks:
    lines = []
    for n, question in enumerate(exercise.questions, 1):
        chosen = frozenset(value["chosen"].get(question.id, ()))
        right, wrong = chosen & question.right, chosen - question.right
        if len(question.right) == 1:
            share = float(chosen == question.right)
        else:
            share = max(0.0, (len(right) - MANY_WRONG * len(wrong)) / len(question.right))
        told = [o for o in question.options if o.id in chosen]
        zh = [f"“{o.text.strip('“”')}”：{o.why}" for o in told] or ["这一题还没有选。"]
        en = [f"“{o.text.strip('“”')}”: {o.why}" for o in told] or ["Nothing chosen yet."]
        left = len(question.right - chosen)
        if told and left and len(question.right) > 1:
            zh.append(f"还有 {left} 个该选的没有选。")
            en.append(f"{left} more should be chosen.")
        name = Bilingual(zh=f"第 {n} 题", en=f"Question {n}")
        reason = Bilingual(zh="\n".join(zh), en="\n".join(en))
        lines.append(line(question.id, name, share, 1, reason, right=sorted(right), wrong=sorted(wrong)))
    return marks(exercise, lines)


def _screen(exercise: Choice) -> Value:
    questions = [
        {
            "id": q.id,
            "text": q.text,
            "several": len(q.right) > 1,
            "options": [{"id": o.id, "text": o.text} for o in q.options],
        }
        for q in exercise.questions
    ]
    return {"questions": questions}


def _right(exercise: Choice) -> Value:
    return {"chosen": {q.id: sorted(q.right) for q in exercise.questions}}


def _poor(exercise: Choice) -> list[Value]:
    """Everything chosen, the first option everywhere (which must not happen to be right), and the wrong ones."""
    everything = {q.id: [o.id for o in q.options] for q in exercise.questions}
    wrong = {q.id: [o.id for o in q.options if not o.right][:1] for q in exercise.questions}
    return [{"chosen": everything}, {"chosen": wrong}]


KIND = Kind("choice", Choice, _mark, _answer, _screen, _right, _poor)
