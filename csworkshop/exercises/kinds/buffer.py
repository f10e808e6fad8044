"""The three-second buffer: between a customer's shout and the first sentence lie a breath and a line to oneself.

Times come from the browser as milliseconds since the customer's words were shown. They are nobody's proof: clamped,
and used to tell the trainee how it went. Whoever switches the clock off is judged by the order alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from zlib import crc32

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.exercises.activity import AnswerForm, checked, line, marks
from csworkshop.exercises.definition import Activity, Text
from csworkshop.exercises.first_sentence import first_sentence
from csworkshop.exercises.ideas import alike
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.kinds.choice import Option, Question
from csworkshop.exercises.marking import Line, Marks
from csworkshop.exercises.picked import allowed
from csworkshop.exercises.scene import scene
from csworkshop.exercises.selftalk import MOST as LONGEST_LINE
from csworkshop.exercises.selftalk import effect
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level
from csworkshop.techniques.scenario import Channel, Emotion, Persona, Scenario

PAUSE_MS = 3000
LONGEST_MS = 600_000
PAUSE, TALK, FIRST = 35.0, 30.0, 35.0  # percent; with the pass mark at 80 none of the three can be left out
LEAST_PASS = 80
OWN = "own"  # instead of a line's id: the trainee's own
HALF = 0.5  # for a pause that was kept, but not used; for a line that does neither
SAME = 0.85  # shares of words from which on two first sentences are one


class SelfTalk(BaseModel):
    """A line to oneself; `why` is told to whoever chooses it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    text: Text
    does: Literal["steadies", "feeds", "flees"]
    why: Text


class Round(BaseModel):
    """One burst. The first sentence is chosen from `first` where there is one, else written."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    heat: int = Field(ge=1, le=5)
    emotion: Emotion = "anger"
    says: Text
    lines: tuple[SelfTalk, ...] = Field(min_length=3, max_length=5)
    first: Question | None = None
    model: str = ""

    @model_validator(mode="after")
    def _can_be_done(self) -> Round:
        ids = [x.id for x in self.lines]
        if len(set(ids)) != len(ids) or OWN in ids:
            raise ValueError(f'lines: two have the same id, or one is called "{OWN}"')
        if not {"steadies", "feeds"} <= {x.does for x in self.lines}:
            raise ValueError("lines: at least one must steady, and one must feed the fire")
        if bool(self.first) == bool(self.model):
            raise ValueError("first or model: sentences to choose from, or a model of the written one; one of the two")
        if self.first and len(self.first.right) != 1:
            raise ValueError("first: one sentence must be right")
        return self


class Buffer(Activity):
    """Rounds of rising heat with one customer. `within` seconds after the pause somebody must have begun to speak."""

    kind: Literal["buffer"]
    pass_mark: int = Field(default=LEAST_PASS, ge=LEAST_PASS, le=100)
    domain: Text
    channel: Channel = "phone"
    persona: Persona = "adult"
    facts: tuple[Text, ...] = ()
    policy: tuple[Text, ...] = ()
    within: int = Field(default=45, ge=15, le=180)
    rounds: tuple[Round, ...] = Field(min_length=3, max_length=5)

    @model_validator(mode="after")
    def _rising(self) -> Buffer:
        heats = [r.heat for r in self.rounds]
        if heats != sorted(heats) or len({r.id for r in self.rounds}) != len(self.rounds):
            raise ValueError("rounds: the heat must rise, and every round needs an id of its own")
        return self

    def scenario(self, one: Round) -> Scenario:
        """What a first sentence is judged in."""
        given = {key: getattr(self, key) for key in ("domain", "channel", "persona", "facts", "policy")}
        return Scenario(customer=one.says, emotion=one.emotion, **given)


class _Round(AnswerForm):
    done: bool = False
    line: str = Field(default="", max_length=20)
    own: str = Field(default="", max_length=200)
    first: str = Field(default="", max_length=20)
    reply: str = Field(default="", max_length=400)
    line_ms: int = 0
    first_ms: int = 0


class _Back(AnswerForm):
    hottest: str = Field(default="", max_length=20)
    note: str = Field(default="", max_length=1000)


class _Answer(AnswerForm):
    rounds: dict[str, _Round] = Field(default={}, max_length=5)
    untimed: bool = False
    still: bool = False
    back: _Back = _Back()


def _answer(value: Value, exercise: Buffer) -> Value:
    given = checked(_Answer, value)
    known = {r.id: r for r in exercise.rounds}
    for key, one in given.rounds.items():
        if key not in known or one.line not in ("", OWN, *(x.id for x in known[key].lines)):
            raise ValueError(f"rounds.{key}: no such round or line")
        question = known[key].first
        if one.first and not (question and allowed(question, [one.first])):
            raise ValueError(f"rounds.{key}.first: no such sentence")
    if given.back.hottest not in ("", *known):
        raise ValueError("back.hottest: no such round")
    found = given.model_dump(exclude_defaults=True)
    for one in found.get("rounds", {}).values():
        one.update({key: min(max(one[key], 0), LONGEST_MS) for key in ("line_ms", "first_ms") if key in one})
    return found


def _mark(value: Value, exercise: Buffer, level: Level) -> Marks:
    answer = _Answer.model_validate(value)
    lines: list[Line] = []
    before: list[str] = []
    worth = 1 / len(exercise.rounds)
    for n, one in enumerate(exercise.rounds, 1):
        did = answer.rounds.get(one.id, _Round())
        who = Bilingual(zh=f"第 {n} 轮", en=f"Round {n}")
        if not did.done:
            reason = Bilingual(zh="这一轮还没有做完。", en="This round isn't finished.")
            lines.append(line(one.id, who, 0, (PAUSE + TALK + FIRST) * worth, reason))
            continue
        lines.append(_pause_line(one, who, did, exercise, answer.untimed, PAUSE * worth))
        lines.append(_talk_line(one, who, did, TALK * worth))
        lines.append(_first_line(one, who, did, before, exercise, level, FIRST * worth))
        before += [did.reply] if did.reply else []
    return marks(exercise, lines)


def _pause_line(one: Round, who: Bilingual, did: _Round, exercise: Buffer, untimed: bool, worth: float) -> Line:
    seconds, latest = did.first_ms / 1000, exercise.within + PAUSE_MS / 1000
    name = Bilingual(zh=f"{who.zh}：停三秒", en=f"{who.en}: The pause")
    thought_first = bool(did.line) and did.line_ms <= did.first_ms
    if not (did.first or did.reply.strip()):
        share, zh, en = 0.0, "没有开口，停顿无从谈起。", "Nothing was said."
    elif not untimed and did.first_ms < PAUSE_MS:
        share = 0.0
        zh = f"{seconds:.1f} 秒就动手回话了。这三秒是给自己的：吸一口气，想清他要的是什么，再开口。"
        en = f"You began after {seconds:.1f} s. The three seconds are yours: breathe, find what is wanted, then speak."
    elif not thought_first:
        share, zh = HALF, "话先出了口，自己那句才想起来。顺序换过来：先稳住自己，再回客户。"
        en = "The answer came before the line to yourself. The other way round: steady yourself first."
    elif not untimed and seconds > latest:
        share, zh = HALF, f"停得够了，可过了 {seconds:.0f} 秒才开口，那头会以为断了线。先应一声，再慢慢想。"
        en = f"{seconds:.0f} s of silence sound like a dead line. Say a word first, then think on."
    else:
        share = 1.0
        zh = "先想后说，顺序对了。" if untimed else f"停了 {seconds:.1f} 秒才开口，稳住了。"
        en = "First the thought, then the words." if untimed else f"You began after {seconds:.1f} s. Steady."
    return line(f"{one.id}.pause", name, share, worth, Bilingual(zh=zh, en=en))


def _talk_line(one: Round, who: Bilingual, did: _Round, worth: float) -> Line:
    name = Bilingual(zh=f"{who.zh}：对自己说", en=f"{who.en}: To yourself")
    if did.line == OWN and did.own.strip():
        does = effect(did.own)
        share = {"steadies": 1.0, "unclear": HALF, "feeds": 0.0}[does]
        reason = {
            "steadies": Bilingual(zh="这句稳得住人，记下来，下次还用。", en="That steadies. Keep it for next time."),
            "feeds": Bilingual(
                zh="这句越想越气。换成看得见的：他急的是哪件事？我下一步做什么？一口气的工夫说得完。",
                en="That feeds the fire. Turn to what can be seen: what is it about, what do I do next?",
            ),
            "unclear": Bilingual(
                zh=f"看不出它怎么帮您稳住。说一句 {LONGEST_LINE} 字以内的整话：他急什么，或者您先做哪一步。",
                en="It doesn't show how this steadies you. A short sentence: what worries them, or your next step.",
            ),
        }[does]
        return line(f"{one.id}.talk", name, share, worth, reason, quotes=[did.own.strip()])
    chosen = next((x for x in one.lines if x.id == did.line), None)
    if chosen is None:
        reason = Bilingual(
            zh="没有对自己说一句。情绪不会自己走开。", en="No line to yourself: anger doesn't leave unasked."
        )
        return line(f"{one.id}.talk", name, 0, worth, reason)
    share = float(chosen.does == "steadies")
    en = {
        "steadies": "It turns to the matter and to the next step.",
        "feeds": "It feeds your own anger.",
        "flees": "It calms by running away; the customer notices.",
    }[chosen.does]
    reason = Bilingual(zh=chosen.why, en=f"{en} {chosen.why}")
    return line(f"{one.id}.talk", name, share, worth, reason, quotes=[chosen.text])


def _first_line(
    one: Round, who: Bilingual, did: _Round, before: list[str], exercise: Buffer, level: Level, worth: float
) -> Line:
    name = Bilingual(zh=f"{who.zh}：第一句话", en=f"{who.en}: First sentence")
    item, reply = f"{one.id}.first", did.reply.strip()
    if one.first:
        option = next((o for o in one.first.options if o.id == did.first), None)
        if option is None:
            return line(item, name, 0, worth, Bilingual(zh="还没有选第一句话。", en="No first sentence chosen."))
        reason = Bilingual(zh=option.why, en=option.why)
        return line(item, name, float(option.right), worth, reason, quotes=[option.text])
    if not reply:
        return line(item, name, 0, worth, Bilingual(zh="还没有写第一句话。", en="No first sentence yet."))
    if any(alike(reply, earlier) >= SAME for earlier in before):
        reason = Bilingual(
            zh="和前面一轮是同一句。火气升了，同样的话听着像录音：接住他这一轮新说的事。",
            en="The same sentence as before. Said again to more anger it sounds recorded: take up what is new.",
        )
        return line(item, name, 0, worth, reason, quotes=[reply])
    return first_sentence(item, name, reply, exercise.scenario(one), exercise, level, worth)


def _screen(exercise: Buffer) -> Value:
    return {
        "scene": {**scene(exercise.scenario(exercise.rounds[0])), "customer": ""},
        "pause_ms": PAUSE_MS,
        "within": exercise.within,
        "rounds": [
            {
                "id": r.id,
                "heat": r.heat,
                "says": r.says,
                "lines": _mixed(exercise, r.lines),
                "first": _mixed(exercise, r.first.options) if r.first else None,
            }
            for r in exercise.rounds
        ],
    }


def _mixed(exercise: Buffer, options: Sequence[SelfTalk | Option]) -> list[Value]:
    """The options in an order that says nothing and is always the same."""
    ordered = sorted(options, key=lambda x: crc32(f"{exercise.id} {x.text}".encode()))
    return [{"id": x.id, "text": x.text} for x in ordered]


def _right(exercise: Buffer) -> Value:
    return {"rounds": {r.id: _done(r) for r in exercise.rounds}}


def _done(one: Round, does: str = "steadies", first_ms: int = 6200) -> Value:
    talk = next((x.id for x in one.lines if x.does == does), one.lines[0].id)
    said: Value = {"first": min(one.first.right)} if one.first else {"reply": one.model}
    return {"done": True, "line": talk, "line_ms": min(2400, first_ms), "first_ms": first_ms, **said}


def _poor(exercise: Buffer) -> list[Value]:
    """Nothing; answered at once; oil on one's own fire; running away; a wrong first sentence, the customer's words,
    key words, one sentence for all rounds; words before thoughts."""
    rounds = exercise.rounds

    def all_with(change: dict[str, object], **how: object) -> Value:
        return {"rounds": {r.id: {**_done(r, **how), **change} for r in rounds}}  # type: ignore[arg-type]

    poor: list[Value] = [{}, all_with({}, first_ms=700), all_with({}, does="feeds"), all_with({"line": ""})]
    for reply in ("这不是我们的问题，您先看看说明书。", "您冷静一点，发火解决不了问题。", "共情致歉担责时限方案" * 3):
        said = {r.id: {"first": _wrong(r.first)} if r.first else {"reply": reply} for r in rounds}
        poor.append({"rounds": {r.id: {**_done(r), **said[r.id]} for r in rounds}})
    if not all(r.first for r in rounds):
        poor.append({"rounds": {r.id: {**_done(r), **({} if r.first else {"reply": r.says})} for r in rounds}})
    if not any(r.first for r in rounds):
        poor.append(all_with({"reply": rounds[0].model}))
    return poor


def _wrong(question: Question) -> str:
    return next(o.id for o in question.options if not o.right)


KIND = Kind("buffer", Buffer, _mark, _answer, _screen, _right, _poor)
