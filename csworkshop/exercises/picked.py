"""A choice among options inside an activity, as a line of its scorecard. The form of a question is that of `choice`."""

from __future__ import annotations

from collections.abc import Iterable

from csworkshop.exercises.activity import line
from csworkshop.exercises.kinds import Value
from csworkshop.exercises.kinds.choice import MANY_WRONG, Question
from csworkshop.exercises.marking import Line
from csworkshop.techniques.catalogue import Bilingual


def picked_line(question: Question, name: Bilingual, chosen: Iterable[str], worth: float) -> Line:
    """Right or wrong, with the reasons of what was chosen. Of several right ones each wrong one takes half of one."""
    picked = frozenset(chosen)
    share = share_of(question, picked)
    told = [o for o in question.options if o.id in picked]
    zh = "\n".join(f"“{o.text.strip('“”')}”：{o.why}" for o in told)
    left = len(question.right - picked)
    en = "\n".join(f"“{o.text.strip('“”')}”: {o.why}" for o in told)
    if not told:
        zh, en = "这里还没有选。", "Nothing chosen yet."
    elif left and len(question.right) > 1:
        zh, en = f"{zh}\n还有 {left} 个该选的没有选。", f"{en}\n{left} more should be chosen."
    right, wrong = sorted(picked & question.right), sorted(picked - question.right)
    return line(question.id, name, share, worth, Bilingual(zh=zh, en=en), right=right, wrong=wrong)


def share_of(question: Question, picked: frozenset[str]) -> float:
    """How much of the question is answered, 0..1."""
    right, wrong = picked & question.right, picked - question.right
    if len(question.right) == 1:
        return float(picked == question.right)
    return max(0.0, (len(right) - MANY_WRONG * len(wrong)) / len(question.right))


def allowed(question: Question, chosen: Iterable[str]) -> bool:
    """Whether these are options of the question, each named once."""
    ids = list(chosen)
    return len(set(ids)) == len(ids) and not set(ids) - {o.id for o in question.options}


def as_data(question: Question) -> Value:
    """The question as a board draws it."""
    return {
        "id": question.id,
        "text": question.text,
        "several": len(question.right) > 1,
        "options": [{"id": o.id, "text": o.text} for o in question.options],
    }
