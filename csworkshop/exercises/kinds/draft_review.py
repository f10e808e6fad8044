"""Working with an assistant's drafts: pass the routine ones, add the personal part, take over, or reject with a reason.

For each draft the trainee decides; a draft that is taken over or rejected needs its reason, a rejected one the words
that are wrong besides; what is edited or written anew is marked as a reply to this customer. Whoever sends what would
do harm (`danger`) fails.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.exercises.activity import AnswerForm, checked, line, marks, reply_marks
from csworkshop.exercises.definition import Activity, Scorecard, Text
from csworkshop.exercises.feedback import explain_line, verdict
from csworkshop.exercises.ideas import letters, shared_share
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import Line, Marks
from csworkshop.exercises.scene import scene
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.language import LANGUAGES, say
from csworkshop.text.normalise import fold
from csworkshop.text.segment import sentences

Decision = Literal["accept", "personalise", "takeover", "reject"]
Reason = Literal["facts", "policy", "secret", "leaks", "unanswered", "emotion", "complaint", "safety"]
WRITES: dict[Decision, str] = {"personalise": "edit", "takeover": "own"}  # where the answer keeps what was written
REASONED: tuple[Decision, ...] = ("takeover", "reject")
DECIDED, REASON, WORDS, WRITTEN = 3.0, 2.0, 2.0, 6.0  # weights of a draft's parts
TOO_CAREFUL = 0.3  # of a draft, for taking over what could have been edited
ADDED, RUN = 0.12, 4  # share of an edited draft's letters that must be the trainee's own, outside runs of the draft's
LONGEST = 900


class Draft(BaseModel):
    """One customer and what the assistant drafted. `instead` says of a wrong decision what it would lead to."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9]{1,12}$")
    scenario: Scenario
    draft: Text
    right: Decision
    why: Text
    instead: dict[Decision, Text] = Field(default={})
    danger: bool = False
    reasons: tuple[Reason, ...] = ()
    words: str = ""
    model: str = ""
    card: Scorecard | None = None

    @model_validator(mode="after")
    def _whole(self) -> Draft:
        writes, reasoned = self.right in WRITES, self.right in REASONED
        if writes != bool(self.model and self.card) or (self.model and not writes):
            raise ValueError(f"draft {self.id!r}: model and card belong to drafts that are personalised or taken over")
        if reasoned != bool(self.reasons):
            raise ValueError(f"draft {self.id!r}: reasons belong to drafts that are taken over or rejected")
        if (self.right == "reject") != bool(self.words) or (self.words and self.draft.count(self.words) != 1):
            raise ValueError(f"draft {self.id!r}: a rejected draft needs `words`, which stand in it once")
        if self.danger and self.right not in REASONED:
            raise ValueError(f"draft {self.id!r}: what is dangerous is to be taken over or rejected")
        missing = [d for d in get_args(Decision) if d != self.right and d not in self.instead]
        if missing:
            raise ValueError(f"draft {self.id!r}: instead.{missing[0]} is missing")
        return self

    @property
    def weight(self) -> float:
        """How much the draft counts for, besides the others."""
        parts = (REASON, self.right in REASONED), (WORDS, self.right == "reject"), (WRITTEN, self.right in WRITES)
        return DECIDED + sum(worth for worth, has in parts if has)


class DraftReview(Activity):
    """A row of drafts that wait for a person."""

    kind: Literal["draft_review"]
    limits: tuple[Text, ...] = Field(min_length=1, max_length=6)
    drafts: tuple[Draft, ...] = Field(min_length=4, max_length=6)

    @model_validator(mode="after")
    def _mixed(self) -> DraftReview:
        if len({d.id for d in self.drafts}) != len(self.drafts):
            raise ValueError("drafts: two have the same id")
        if len({d.right for d in self.drafts}) < 3:
            raise ValueError("drafts: at least three of the four decisions must be right somewhere")
        return self


class _Dealt(AnswerForm):
    decision: Decision | None = None
    reason: Reason | None = None
    words: int | None = Field(default=None, ge=0, le=50)
    edit: str = Field(default="", max_length=2000)
    own: str = Field(default="", max_length=2000)


class _Answer(AnswerForm):
    drafts: dict[str, _Dealt] = Field(default={})


def _answer(value: Value, exercise: DraftReview) -> Value:
    said = checked(_Answer, value)
    known = {d.id: d for d in exercise.drafts}
    for name, dealt in said.drafts.items():
        if name not in known or (dealt.words is not None and dealt.words >= len(cut(known[name].draft))):
            raise ValueError(f"drafts.{name}: no such draft, or no such sentence in it")
    rows = {name: dealt.model_dump(exclude_defaults=True) for name, dealt in said.drafts.items()}
    rows = {name: row for name, row in rows.items() if row}
    return {"drafts": rows} if rows else {}


@lru_cache(maxsize=256)
def cut(draft: str) -> tuple[str, ...]:
    """The draft sentence by sentence, as typed: together they are the whole draft."""
    folded = fold(draft)
    starts = [folded.span(a, b)[0] for a, b in sentences(folded.text)]
    return tuple(draft[a:b] for a, b in zip([0, *starts[1:]], [*starts[1:], len(draft)], strict=True))


def _mark(value: Value, exercise: DraftReview, level: Level) -> Marks:
    whole = sum(d.weight for d in exercise.drafts)
    lines: list[Line] = []
    for n, draft in enumerate(exercise.drafts, 1):
        dealt = _Dealt.model_validate(value.get("drafts", {}).get(draft.id, {}))
        lines += _lines(n, draft, dealt, exercise, 100 / whole, level)
    return marks(exercise, lines)


def _say(key: str, **values: object) -> Bilingual:
    zh, en = (
        say(f"draft_marks.{key}", lang, **{k: v[lang] if isinstance(v, Bilingual) else v for k, v in values.items()})
        for lang in LANGUAGES
    )
    return Bilingual(zh=zh, en=en)


def decision_name(decision: str) -> Bilingual:
    """What a decision is called on the screen."""
    zh, en = (say(f"kind_draft_review.do_{decision}", lang) for lang in LANGUAGES)
    return Bilingual(zh=zh, en=en)


def _lines(n: int, draft: Draft, dealt: _Dealt, exercise: DraftReview, percent: float, level: Level) -> list[Line]:
    """The lines of one draft; only the decision's where that was wrong, since the others would tell the right one."""
    if dealt.decision is None:
        return [line(draft.id, _say("name", n=n), 0, draft.weight * percent, _say("undecided"))]
    if dealt.decision != draft.right:
        return [_wrong(n, draft, dealt.decision, percent)]
    name = decision_name(draft.right)
    lines = [
        line(draft.id, _say("name", n=n), 1, DECIDED * percent, _say("right", decision=name, why=draft.why)),
    ]
    if draft.right in REASONED:
        lines.append(_reason(n, draft, dealt, percent))
    if draft.right == "reject":
        lines.append(_words(n, draft, dealt, percent))
    if draft.right in WRITES:
        lines.append(_written(n, draft, getattr(dealt, WRITES[draft.right]), exercise, percent, level))
    return lines


def _wrong(n: int, draft: Draft, decision: Decision, percent: float) -> Line:
    harm = draft.danger and decision in ("accept", "personalise")
    careful = draft.right == "personalise" and decision == "takeover"
    reason = _say("harm" if harm else "wrong", decision=decision_name(decision), why=draft.instead[decision])
    share, state = TOO_CAREFUL if careful else 0.0, "critical" if harm else None
    return line(draft.id, _say("name", n=n), share, draft.weight * percent, reason, state=state)  # type: ignore[arg-type]


def _reason(n: int, draft: Draft, dealt: _Dealt, percent: float) -> Line:
    if dealt.reason is None:
        said = _say("no_reason")
    else:
        zh, en = (say(f"kind_draft_review.why_{dealt.reason}", lang) for lang in LANGUAGES)
        right = dealt.reason in draft.reasons
        said = _say("reason_right" if right else "reason_wrong", reason=Bilingual(zh=zh, en=en))
    share = float(dealt.reason in draft.reasons)
    return line(f"{draft.id}.reason", _say("name_reason", n=n), share, REASON * percent, said)


def _words(n: int, draft: Draft, dealt: _Dealt, percent: float) -> Line:
    pieces = cut(draft.draft)
    shown = pieces[dealt.words] if dealt.words is not None else ""
    right = draft.words in shown
    said = _say("words_right" if right else "words_wrong" if shown else "no_words")
    quotes = [shown.strip()] if shown else []
    return line(f"{draft.id}.words", _say("name_words", n=n), float(right), WORDS * percent, said, quotes=quotes)


def _written(n: int, draft: Draft, text: str, exercise: DraftReview, percent: float, level: Level) -> Line:
    """What was edited or written: marked as a reply to this customer, told in one line."""
    assert draft.card is not None
    item, name, worth = f"{draft.id}.text", _say(f"name_{draft.right}", n=n), WRITTEN * percent
    if not text.strip():
        return line(item, name, 0, worth, _say(f"unwritten_{draft.right}"))
    if len(text) > LONGEST:
        return line(item, name, 0, worth, _say("too_long", n=len(text), most=LONGEST))
    if draft.right == "personalise" and not _changed(text, draft.draft):
        return line(item, name, 0, worth, _say("unchanged"))
    inner = reply_marks(text, draft.scenario, draft.card, exercise, level)
    if inner.refusal:
        zh, en = (verdict(inner, exercise, lang) for lang in LANGUAGES)
        return line(item, name, inner.score, worth, Bilingual(zh=zh, en=en))
    zh, en = (_told(inner, lang) for lang in LANGUAGES)
    quotes = [e.text for x in inner.lines if x.state in ("fault", "critical") for e in x.evidence][:3]
    critical = any(x.state == "critical" for x in inner.lines)
    state = "critical" if critical else None
    return line(item, name, inner.score, worth, Bilingual(zh=zh, en=en), quotes=quotes, state=state)  # type: ignore[arg-type]


def _changed(text: str, draft: str) -> bool:
    return len(letters(text)) >= len(letters(draft)) * 0.4 and 1 - shared_share(text, draft, RUN) >= ADDED


def _told(inner: Marks, lang: str) -> str:
    """The inner scorecard in words: what is there, what is missing and how to get it, what went wrong."""
    by = {state: [x for x in inner.lines if x.state == state] for state in ("earned", "missing", "unsure")}
    bad = [x for x in inner.lines if x.state in ("fault", "critical")]
    comma = say("studio.comma", lang)
    parts = []
    for key, lines in (("has", by["earned"]), ("lacks", by["missing"]), ("unsure", by["unsure"]), ("bad", bad)):
        if lines:
            parts.append(say(f"draft_marks.{key}", lang, names=comma.join(x.about.name[lang] for x in lines)))
    parts += [explain_line(x, lang) for x in (*bad, *by["missing"][:1])]
    return (" " if lang == "en" else "").join(parts)


def _screen(exercise: DraftReview) -> Value:
    rows = [{"id": d.id, "scene": scene(d.scenario), "pieces": list(cut(d.draft))} for d in exercise.drafts]
    return {
        "limits": list(exercise.limits),
        "drafts": rows,
        "decisions": list(get_args(Decision)),
        "reasons": list(get_args(Reason)),
        "reasoned": list(REASONED),
        "writes": WRITES,
        "longest": LONGEST,
    }


def _dealt(draft: Draft) -> Value:
    row: Value = {"decision": draft.right}
    if draft.reasons:
        row["reason"] = draft.reasons[0]
    if draft.words:
        row["words"] = next(n for n, piece in enumerate(cut(draft.draft)) if draft.words in piece)
    if draft.right in WRITES:
        row[WRITES[draft.right]] = draft.model
    return row


def _right(exercise: DraftReview) -> Value:
    return {"drafts": {d.id: _dealt(d) for d in exercise.drafts}}


def _poor(exercise: DraftReview) -> list[Value]:
    """The same for every draft, whatever it is, with the best texts there are; and the right decisions without work."""

    def every(**given: object) -> Value:
        return {"drafts": {d.id: dict(given) for d in exercise.drafts}}

    def texts(decision: Decision, **given: object) -> Value:
        where = WRITES[decision]
        return {"drafts": {d.id: {"decision": decision, where: d.model or d.draft, **given} for d in exercise.drafts}}

    bare = {"drafts": {d.id: {"decision": d.right, "edit": d.draft, "own": d.draft} for d in exercise.drafts}}
    pile = "共情 抱歉 复述 时限24小时内 方案 补偿 跟进 提醒 联系方式 分机"
    stuffed = {"drafts": {d.id: {**_dealt(d), "edit": pile, "own": pile} for d in exercise.drafts}}
    rejects = [every(decision="reject", reason=r, words=0) for r in get_args(Reason)[:2]]
    whole = [texts("personalise"), texts("takeover", reason="complaint")]
    return [every(decision="accept"), *rejects, *whole, bare, stuffed]


KIND = Kind("draft_review", DraftReview, _mark, _answer, _screen, _right, _poor)
