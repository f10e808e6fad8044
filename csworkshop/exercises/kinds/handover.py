"""Writing the hand-over note: a case is on the screen, the nine parts light up while the trainee writes.

Whether a part is there is the one checker's judgement (`csworkshop.techniques.handover`); whether it says what this
case needs is told by the author's key facts; figures must agree with the case, and nothing personal may travel along
that the next department can do without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.cases.personal import personal_data
from csworkshop.exercises.activity import AnswerForm, checked, line, marks
from csworkshop.exercises.agreeing import strange
from csworkshop.exercises.definition import Activity, Text
from csworkshop.exercises.ideas import Idea, said, shared_share
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import Line, Marks
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Evidence, Level
from csworkshop.techniques.credible import credible
from csworkshop.techniques.handover import Handover, PartFinding, handover
from csworkshop.techniques.handover import parts as known_parts
from csworkshop.techniques.sincere import insincere
from csworkshop.text.language import LANGUAGES, say

SEEN = 0.3  # of a part that the checker sees while the facts that this case needs are missing
UNSEEN = 0.6  # of a part whose facts all stand there, but not so that a reader finds them
WRONG_FIGURE, SLIP, TOO_MUCH = 12.0, 15.0, 10.0  # percent that each costs
MOST = 4  # lines of one sort of fault
COPIED, RUN = 0.55, 9  # share of a note in runs of the talk's letters from which on it is the talk, not a note
LONGEST = 900  # characters
MEANT = ("grader", "withdrawn", "hidden", "language")  # why a note isn't one, of the reasons of `insincere`

Part = Literal["account", "environment", "path", "symptom", "when", "tried", "impact", "request", "deadline"]
Personal = Literal[
    "mobile", "landline", "id_card", "bank_card", "email", "address", "wechat", "qq", "passport", "plate"
]  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(_Strict):
    """One turn of the talk that led to the hand-over."""

    who: Literal["customer", "agent", "system"]
    at: Text
    text: Text


class Record(_Strict):
    """A page of the system: its name and its rows."""

    title: Text
    rows: tuple[Text, ...] = Field(min_length=1)


class Fact(Idea):
    """What this case's note must say in one of its parts."""

    part: Part


class Slip(_Strict):
    """What the case tempts to write and the note mustn't say. `words` as in `Idea`; `why` is told to whoever did."""

    words: tuple[Text, ...] = Field(min_length=1)
    why: Text


class Note(Activity):
    """A case to be handed over to another department."""

    kind: Literal["handover"]
    department: Text
    needs: Text
    talk: tuple[Turn, ...] = Field(min_length=3)
    records: tuple[Record, ...] = Field(min_length=1)
    facts: tuple[Fact, ...] = Field(min_length=6)
    slips: tuple[Slip, ...] = ()
    keep_out: tuple[Slip, ...] = ()
    may_hold: tuple[Personal, ...] = ()
    weights: dict[Part, float] = Field(default={})
    tell: bool = True  # whether the screen names the parts that aren't there yet
    model_note: Text
    thin_note: Text

    @model_validator(mode="after")
    def _can_be_marked(self) -> Note:
        for name, weight in self.weights.items():
            if not 0 < weight <= 5:
                raise ValueError(f"weights.{name}: must be above 0 and at most 5 (found {weight:g})")
        for n, fact in enumerate(self.facts):
            if not said(self.model_note, fact):
                raise ValueError(f"facts[{n}]: the model note doesn't say {fact.says!r} in any of its wordings")
        for key, slips in (("slips", self.slips), ("keep_out", self.keep_out)):
            for n, slip in enumerate(slips):
                if words := said(self.model_note, _as_idea(slip)):
                    raise ValueError(f"{key}[{n}]: the model note says it: {words!r}")
        return self

    @property
    def case(self) -> tuple[str, ...]:
        """Everything that stands on the screen about the case."""
        rows = (f"{r.title}：{row}" for r in self.records for row in r.rows)
        return (self.department, self.needs, *(f"{t.at} {t.text}" for t in self.talk), *rows)


def _as_idea(slip: Slip) -> Idea:
    return Idea(says=slip.why, words=slip.words, look=slip.why)


class _Answer(AnswerForm):
    note: str = Field(default="", max_length=5000)


def _answer(value: Value, exercise: Note) -> Value:
    said_ = checked(_Answer, value)
    return {"note": said_.note} if said_.note.strip() else {}


def _mark(value: Value, exercise: Note, level: Level) -> Marks:
    note = value.get("note", "")
    if why := _no_note(note, exercise):
        return marks(exercise, [line("note", Bilingual(zh="交接单", en="Hand-over note"), 0, 100, why)])
    found = _read(note)
    lines = [_part_line(p, found.parts[p], exercise, note) for p in get_args(Part)]
    return marks(exercise, [*lines, *_faults(note, exercise)])


@lru_cache(maxsize=64)
def _read(note: str) -> Handover:
    return handover(note)


def _no_note(note: str, exercise: Note) -> Bilingual | None:
    """Why this is no note of the trainee's at all."""
    if len(note) > LONGEST:
        return _say("too_long", n=len(note), most=LONGEST)
    if not credible(note):
        return _say("pile")
    why = insincere(note)
    if why in MEANT:
        zh, en = (say(f"marks.refused_{why}", lang) for lang in LANGUAGES)
        return Bilingual(zh=zh, en=en)
    talk = "\n".join(t.text for t in exercise.talk)
    return _say("copied") if len(note) > 120 and shared_share(note, talk, RUN) >= COPIED else None


def _say(key: str, **values: object) -> Bilingual:
    """A sentence of strings_kind_handover.toml; values that are bilingual come in the sentence's own language."""
    zh, en = (
        say(f"handover_marks.{key}", lang, **{k: v[lang] if isinstance(v, Bilingual) else v for k, v in values.items()})
        for lang in LANGUAGES
    )
    return Bilingual(zh=zh, en=en)


def _part_line(part: Part, finding: PartFinding, exercise: Note, note: str) -> Line:
    """One part: half of what counts is that it is there, the rest that it says what this case needs."""
    wanted = [f for f in exercise.facts if f.part == part]
    missing = [f for f in wanted if not said(note, f)]
    held = 1 - len(missing) / len(wanted) if wanted else float(finding.present)
    where: tuple[Evidence, ...] = finding.evidence if finding.present or finding.unsure else ()
    if finding.present:
        share = SEEN + (1 - SEEN) * held
        reason = _say("seen_lacks", **_what(missing)) if missing else _say("right", advice=finding.advice)
    elif wanted and held == 1:
        share, where = UNSEEN, _places(note, [said(note, f) for f in wanted])
        reason = _say("unseen", says="；".join(f.says for f in wanted), name=finding.name)
    elif wanted and held:
        share, reason = SEEN * held, _say("half", **_what(missing))
    else:
        share = 0.5 if finding.unsure and not wanted else 0.0
        reason = _say("unsure" if share else "absent", advice=finding.advice)
    made = line(part, finding.name, share, exercise.weights.get(part, 1.0), reason)
    return replace(made, evidence=where)


def _what(missing: list[Fact]) -> dict[str, object]:
    """What is missing and where to look for it."""
    return {"says": "；".join(f.says for f in missing), "look": "".join(f.look for f in missing)}


def _faults(note: str, exercise: Note) -> Iterator[Line]:
    for n, (start, end) in enumerate(strange(note, exercise.case)[:MOST], 1):
        words = Evidence(start, end, note[start:end])
        yield _fault(f"figure-{n}", "figure", WRONG_FIGURE, _say("figure", words=words.text), (words,))
    for n, slip in enumerate(exercise.slips, 1):
        if words_ := said(note, _as_idea(slip)):
            why = Bilingual(zh=slip.why, en=slip.why)
            yield _fault(f"slip-{n}", "slip", SLIP, why, _places(note, [words_]))
    for n, slip in enumerate(exercise.keep_out, 1):
        if words_ := said(note, _as_idea(slip)):
            yield _fault(f"needless-{n}", "needless", TOO_MUCH, _say("needless", why=slip.why), _places(note, [words_]))
    wanted = [k for k in get_args(Personal) if k not in exercise.may_hold]
    found = [p for p in personal_data(note, wanted) if p.sure]
    for n, p in enumerate(found[:MOST], 1):
        words = Evidence(p.start, p.end, note[p.start : p.end])
        yield _fault(f"personal-{n}", "personal", TOO_MUCH, _say("personal"), (words,))


def _fault(item: str, name: str, worth: float, reason: Bilingual, where: tuple[Evidence, ...]) -> Line:
    return replace(line(item, _say(f"name_{name}"), 1, worth, reason, fault=True), evidence=where)


def _places(note: str, quotes: list[str]) -> tuple[Evidence, ...]:
    """Where quotes of the note stand in it; a quote that was cut short ends with an ellipsis."""
    found = []
    for quote in dict.fromkeys(q.removesuffix("…") for q in quotes if q):
        at = note.find(quote)
        if at >= 0:
            found.append(Evidence(at, at + len(quote), quote))
    return tuple(found)


def _screen(exercise: Note) -> Value:
    return {
        "department": exercise.department,
        "needs": exercise.needs,
        "talk": [t.model_dump() for t in exercise.talk],
        "records": [r.model_dump() for r in exercise.records],
        "parts": [{"id": part, "name": about.name.model_dump()} for part, about in known_parts().items()],
        "tell": exercise.tell,
        "longest": LONGEST,
    }


def _right(exercise: Note) -> Value:
    return {"note": exercise.model_note}


def _poor(exercise: Note) -> list[Value]:
    """Nothing to go by; a thin note; labels with filler; the talk pasted; the key facts in a pile; figures spoilt."""
    labels = "\n".join(f"{about.name.zh}：见附件" for about in known_parts().values())
    talk = "\n".join(t.text for t in exercise.talk)[:LONGEST]
    pile = " ".join(f.words[0].replace("|", " ") for f in exercise.facts)
    spoilt = re.sub(r"\d+", lambda m: str(int(m[0]) + 11).zfill(len(m[0])), exercise.model_note)
    notes = ("请相关部门尽快跟进处理，谢谢。", exercise.thin_note, labels, talk, pile, spoilt)
    return [{"note": note} for note in notes]


KIND = Kind("handover", Note, _mark, _answer, _screen, _right, _poor, live=True, scripts=("editor.js",))
