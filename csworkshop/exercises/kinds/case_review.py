"""The weekly case review: a transcript, its turning points, right and wrong decisions, what to keep and what to change.

What a turn is stands with the turn. The trainee's marks are compared turn by turn; a mark that nothing supports costs,
so that marking everything earns nothing. The two short texts are read for the ideas that the case holds.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from csworkshop.exercises.activity import AnswerForm, checked, line, marks
from csworkshop.exercises.definition import Activity, Text
from csworkshop.exercises.ideas import not_own, said
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import Line, Marks
from csworkshop.exercises.transcript import Deed, Remedy, Turn, Way, Written
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level
from csworkshop.techniques.scenario import Channel

TURNS, GOOD, WRONG, KEEP, CHANGE = 22.0, 14.0, 30.0, 17.0, 17.0  # percent of the full mark
LEAST_PASS = 70  # the marks alone, without a word written, must not be enough
NAMED = 0.5  # of a wrong decision: for finding it, the other half for what should have been done
UNJUST = 7.0  # percent that a mark without reason costs
LEAST, MOST = 24, 300  # characters of a text
LONGEST = 1000


class CaseReview(Activity):
    """A contact from start to end, as the record has it."""

    kind: Literal["case_review"]
    pass_mark: int = Field(default=LEAST_PASS, ge=LEAST_PASS, le=100)
    domain: Text
    channel: Channel = "chat"
    background: tuple[Text, ...] = ()
    turns: tuple[Turn, ...] = Field(min_length=8, max_length=20)
    remedies: tuple[Remedy, ...] = Field(min_length=3, max_length=8)
    keep: Written
    change: Written

    @model_validator(mode="after")
    def _holds_together(self) -> CaseReview:
        known = [r.id for r in self.remedies]
        if len(set(known)) != len(known):
            raise ValueError("remedies: two have the same id")
        for n, turn in enumerate(self.turns, 1):
            if turn.instead and turn.instead not in known:
                raise ValueError(f"turns[{n - 1}].instead: {turn.instead!r} is no remedy; known: {', '.join(known)}")
            if any(not 1 <= k <= len(self.turns) or k == n for k in turn.near):
                raise ValueError(f"turns[{n - 1}].near: numbers of other turns, from 1 to {len(self.turns)}")
        for what in ("way", "deed"):
            if sum(bool(getattr(t, what)) for t in self.turns) < 2:
                raise ValueError(f"turns: at least two of them need a {what}")
        if not any(t.deed == "wrong" for t in self.turns):
            raise ValueError("turns: at least one decision must be wrong")
        return self


class _Mark(AnswerForm):
    way: Way | None = None
    deed: Deed | None = None
    instead: str = Field(default="", max_length=20)


class _Answer(AnswerForm):
    turns: dict[str, _Mark] = Field(default={}, max_length=20)
    keep: str = Field(default="", max_length=LONGEST)
    change: str = Field(default="", max_length=LONGEST)


def _answer(value: Value, exercise: CaseReview) -> Value:
    given = checked(_Answer, value)
    numbers = {str(n): turn for n, turn in enumerate(exercise.turns, 1)}
    remedies = {r.id for r in exercise.remedies}
    for key, mark in given.turns.items():
        if key not in numbers or (mark.instead and mark.instead not in remedies):
            raise ValueError(f"turns.{key}: no such turn or remedy")
        if mark.deed and numbers[key].who == "customer":
            raise ValueError(f"turns.{key}: a customer's turn is no decision of ours")
        if mark.instead and mark.deed != "wrong":
            raise ValueError(f"turns.{key}: only a wrong decision has something that should have been done instead")
    found = given.model_dump(exclude_defaults=True)
    found["turns"] = {key: mark for key, mark in found.get("turns", {}).items() if mark}
    return {key: part for key, part in found.items() if (part.strip() if isinstance(part, str) else part)}


def _mark(value: Value, exercise: CaseReview, level: Level) -> Marks:
    answer = _Answer.model_validate(value)
    made = {int(key): mark for key, mark in answer.turns.items()}
    lines = [*_way_lines(made, exercise), *_deed_lines(made, exercise), *_unjust_lines(made, exercise)]
    shown = [t.text for t in exercise.turns] + [r.text for r in exercise.remedies]
    keep = Bilingual(zh="可以复用的做法", en="What to keep")
    change = Bilingual(zh="改进清单", en="What to change")
    lines += _written_lines("keep", keep, answer.keep, exercise.keep, shown, KEEP)
    lines += _written_lines("change", change, answer.change, exercise.change, [*shown, answer.keep], CHANGE)
    return marks(exercise, lines)


def _way_lines(made: dict[int, _Mark], exercise: CaseReview) -> list[Line]:
    points = [(n, t) for n, t in enumerate(exercise.turns, 1) if t.way]
    found = []
    for k, (n, turn) in enumerate(points, 1):
        here = [m for m in (n, *turn.near) if m in made and made[m].way]
        right = [m for m in here if made[m].way == turn.way]
        name = Bilingual(zh=f"转折点（{k}）", en=f"Turning point ({k})")
        if right:
            at = f"{right[0]}"
            name = Bilingual(zh=f"转折点（{k}）：第 {at} 轮", en=f"Turning point ({k}): turn {at}")
            reason = Bilingual(zh=turn.way_why, en=turn.way_why)
        elif here:
            zh = {"better": "变好", "worse": "变坏"}[made[here[0]].way or "better"]
            reason = Bilingual(
                zh=f"第 {here[0]} 轮确实是转折，但不是“{zh}”。看客户下一句怎么说，再判断走向。",
                en=f"Turn {here[0]} is one, but not for the {made[here[0]].way}: read what the customer says next.",
            )
        else:
            reason = Bilingual(
                zh=f"还有一处转折没有标出来。{turn.look}",
                en=f"One turning point isn't marked yet. {turn.look}",
            )
        found.append(line(f"way-{k}", name, float(bool(right)), TURNS / len(points), reason))
    return found


def _deed_lines(made: dict[int, _Mark], exercise: CaseReview) -> list[Line]:
    found = []
    texts = {r.id: r.text for r in exercise.remedies}
    for deed, worth in (("good", GOOD), ("wrong", WRONG)):
        these = [(n, t) for n, t in enumerate(exercise.turns, 1) if t.deed == deed]
        for k, (n, turn) in enumerate(these, 1):
            mark = made.get(n, _Mark())
            zh_name, en_name = ("做对的", "Right") if deed == "good" else ("做错的", "Wrong")
            name = Bilingual(zh=f"{zh_name}（{k}）", en=f"{en_name} ({k})")
            if mark.deed == deed:
                name = Bilingual(zh=f"{zh_name}（{k}）：第 {n} 轮", en=f"{en_name} ({k}): turn {n}")
                share, reason = _named(turn, mark, texts)
            elif mark.deed:
                share = 0.0
                reason = Bilingual(
                    zh=f"第 {n} 轮您标反了。{turn.look}",
                    en=f"Turn {n} is marked the wrong way round. {turn.look}",
                )
            else:
                share = 0.0
                zh, en = ("做对", "right") if deed == "good" else ("做错", "wrong")
                reason = Bilingual(
                    zh=f"有一个{zh}的决定还没有标出来。{turn.look}",
                    en=f"One {en} decision isn't marked yet. {turn.look}",
                )
            found.append(line(f"{deed}-{k}", name, share, worth / len(these), reason))
    return found


def _named(turn: Turn, mark: _Mark, texts: dict[str, str]) -> tuple[float, Bilingual]:
    """How much a decision that was found is worth, with what should have been done instead where it was wrong."""
    if not turn.instead:
        return 1.0, Bilingual(zh=turn.why, en=turn.why)
    if mark.instead == turn.instead:
        return 1.0, Bilingual(
            zh=f"{turn.why}该做的是：{texts[turn.instead]}。", en=f"{turn.why} Rather: {texts[turn.instead]}."
        )
    if not mark.instead:
        return NAMED, Bilingual(
            zh=f"{turn.why}再选一条：当时该怎么做？", en=f"{turn.why} Now choose what should have been done."
        )
    chosen = texts[mark.instead]
    return NAMED, Bilingual(
        zh=f"{turn.why}但“{chosen}”救不回这一轮：想想他当时缺的是信息、时间还是一个决定。",
        en=f"{turn.why} “{chosen}” wouldn't have saved it: was it facts, time or a decision that was lacking?",
    )


def _unjust_lines(made: dict[int, _Mark], exercise: CaseReview) -> list[Line]:
    """Marks that nothing supports: each costs, so that a mark must be meant."""
    points = {m for n, t in enumerate(exercise.turns, 1) if t.way for m in (n, *t.near)}
    names = {
        "better": ("变好的转折", "a turn for the better"),
        "worse": ("变坏的转折", "a turn for the worse"),
        "good": ("做对的决定", "a right decision"),
        "wrong": ("做错的决定", "a wrong decision"),
    }
    found = []
    for n, mark in sorted(made.items()):
        turn = exercise.turns[n - 1]
        guesses: list[str] = []
        if mark.way and n not in points:
            guesses.append(mark.way)
        if mark.deed and not turn.deed and not turn.open:
            guesses.append(mark.deed)
        for guess in guesses:
            zh, en = names[guess]
            reason = Bilingual(
                zh=f"第 {n} 轮算不上{zh}。标的时候问一句：少了这一轮，这次会话会不一样吗？",
                en=f"Turn {n} is not {en}. Ask: without this turn, would the contact have gone another way?",
            )
            about = Bilingual(zh="没有依据的标注", en="A mark without reason")
            quotes = [turn.text[:24] + ("…" if len(turn.text) > 24 else "")]
            found.append(line(f"unjust-{n}-{guess}", about, 1, UNJUST, reason, quotes=quotes, fault=True))
    return found


def _written_lines(
    key: str, name: Bilingual, text: str, written: Written, given: list[str], worth: float
) -> list[Line]:
    text = text.strip()
    if trouble := not_own(text, given, LEAST, MOST):
        return [line(key, name, 0, worth, trouble)]
    hits = [(idea, quote) for idea in written.ideas if (quote := said(text, idea))]
    lacking = [idea for idea in written.ideas if not any(idea is hit for hit, _ in hits)]
    share = min(1.0, len(hits) / written.need)
    quotes = [quote for _, quote in hits]
    zh = f"写到了：{'；'.join(idea.says for idea, _ in hits)}。" if hits else ""
    en = f"In it: {'; '.join(idea.says for idea, _ in hits)}. " if hits else ""
    if share < 1:
        looks = "".join(idea.look for idea in lacking[: written.need - len(hits)])
        zh += f"还可以写得更实：{looks}"
        en += f"Make it more concrete: {looks}"
    return [line(key, name, share, worth, Bilingual(zh=zh, en=en), quotes=quotes)]


def _screen(exercise: CaseReview) -> Value:
    counts = {way: sum(t.way == way for t in exercise.turns) for way in ("better", "worse")}
    counts |= {deed: sum(t.deed == deed for t in exercise.turns) for deed in ("good", "wrong")}
    return {
        "domain": exercise.domain,
        "channel": exercise.channel,
        "background": list(exercise.background),
        "turns": [{"at": t.at, "who": t.who, "name": t.name, "text": t.text} for t in exercise.turns],
        "remedies": [{"id": r.id, "text": r.text} for r in exercise.remedies],
        "counts": counts,
        "longest": LONGEST,
    }


def _right(exercise: CaseReview) -> Value:
    turns: dict[str, Value] = {}
    for n, turn in enumerate(exercise.turns, 1):
        mark = {"way": turn.way, "deed": turn.deed, "instead": turn.instead}
        if turn.way or turn.deed:
            turns[str(n)] = {name: part for name, part in mark.items() if part}
    return {"turns": turns, "keep": exercise.keep.model, "change": exercise.change.model}


def _poor(exercise: CaseReview) -> list[Value]:
    """Nothing; texts without marks and marks without texts; everything marked; every turn of ours wrong; right turns
    marked the wrong way round; copied texts; key words."""
    right, numbered = _right(exercise), list(enumerate(exercise.turns, 1))
    turned = {"better": "worse", "worse": "better", "good": "wrong", "wrong": "good"}
    all_turns = {str(n): {"way": "worse"} | ({} if t.who == "customer" else {"deed": "wrong"}) for n, t in numbered}
    ours = {str(n): {"deed": "wrong", "instead": exercise.remedies[0].id} for n, t in numbered if t.who != "customer"}
    flipped = {
        key: {name: turned[part] for name, part in mark.items() if part in turned}
        for key, mark in right["turns"].items()
    }
    pile = "先道歉，再行动，给时间，主动跟进，换位思考，及时沟通，加强管理，提高意识，统一口径，限时反馈。"
    copied = "".join(t.text for t in exercise.turns)[:MOST]
    return [
        {},
        {"keep": right["keep"], "change": right["change"]},
        {"turns": right["turns"]},
        {**right, "turns": all_turns},
        {**right, "turns": ours},
        {**right, "turns": flipped},
        {**right, "turns": all_turns, "keep": copied, "change": copied},
        {**right, "turns": ours, "keep": pile, "change": pile},
    ]


KIND = Kind("case_review", CaseReview, _mark, _answer, _screen, _right, _poor)
