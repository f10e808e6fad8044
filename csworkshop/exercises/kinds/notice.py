"""A notice that goes out before the customer asks: its text within the room that the medium has, when, and to whom."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.exercises.activity import AnswerForm, checked, line, marks
from csworkshop.exercises.definition import Activity, Scorecard, Text
from csworkshop.exercises.ideas import Idea, alike, letters, said, shared_share
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.kinds.choice import Question
from csworkshop.exercises.marking import HELD, Line, Marks
from csworkshop.exercises.picked import allowed, as_data, picked_line
from csworkshop.exercises.replies import marked, reply_lines
from csworkshop.exercises.scene import scene
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level
from csworkshop.techniques.scenario import Scenario

MUST, MANNER, CHOSEN, TITLE = 38.0, 30.0, 12.0, 8.0  # percent: facts, how it is said, each choice, the heading
FAULTS = 70.0  # percent of the card's penalties that faults of the text cost
LONG = 20.0  # percent that a notice costs which doesn't fit
MUCH_TOO_LONG = 1.4  # times the room; longer ones aren't read
LEAST = 12  # characters that say anything
UNCHANGED, COPIED = 0.85, 0.7  # shares of words from which on it is the draft, or the internal notes read out
GROWN = 1.3  # times the draft's length; what is longer has something added
RUN = 8  # letters in a row that a notice shares with the notes by copying
LONGEST = 1500

ABOUT = Bilingual(zh="通知", en="Notice")


class Heading(Idea):
    """The line above the text: a subject, the title of a push. It must say what the notice is about."""

    limit: int = Field(ge=6, le=60)


class Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str = ""
    text: Text


class Notice(Activity):
    """What is known (`scenario`), what the notice `must` say, and the choices of when and to whom.

    `limit` counts characters, `signature` included: it stands in front of the text and can't be changed. `draft` is
    what would go out otherwise.
    """

    kind: Literal["notice"]
    medium: Literal["sms", "push", "email"]
    limit: int = Field(ge=30, le=1000)
    signature: str = ""
    scenario: Scenario
    draft: Text
    heading: Heading | None = None
    must: tuple[Idea, ...] = Field(min_length=2, max_length=7)
    scorecard: Scorecard
    when: Question
    whom: Question
    model: Written

    @model_validator(mode="after")
    def _named_apart(self) -> Notice:
        if self.when.id != "when" or self.whom.id != "whom":
            raise ValueError('when and whom: their ids must be "when" and "whom"')
        if bool(self.heading) != bool(self.model.title):
            raise ValueError("model.title: is needed where there is a heading, and only there")
        return self

    def size(self, text: str) -> int:
        """Characters that go out."""
        return len(self.signature) + len(text.strip())


class _Answer(AnswerForm):
    title: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=LONGEST)
    when: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()


def _answer(value: Value, exercise: Notice) -> Value:
    given = checked(_Answer, value)
    if not allowed(exercise.when, given.when) or not allowed(exercise.whom, given.whom):
        raise ValueError("when, whom: no such option")
    if given.title and not exercise.heading:
        raise ValueError("title: this notice has none")
    found: Value = {"title": given.title, "text": given.text, "when": sorted(given.when), "whom": sorted(given.whom)}
    return {key: part for key, part in found.items() if (part.strip() if isinstance(part, str) else part)}


def _mark(value: Value, exercise: Notice, level: Level) -> Marks:
    text = value.get("text", "").strip()
    lines, failed = _text_lines(text, exercise, level)
    if exercise.heading:
        lines.append(_title_line(value.get("title", "").strip(), exercise.heading))
    when = Bilingual(zh="什么时候发", en="When it goes out")
    whom = Bilingual(zh="发给谁", en="To whom")
    lines.append(picked_line(exercise.when, when, value.get("when", ()), CHOSEN))
    lines.append(picked_line(exercise.whom, whom, value.get("whom", ()), CHOSEN))
    return marks(exercise, lines, failed=failed)


def _text_lines(text: str, exercise: Notice, level: Level) -> tuple[list[Line], bool]:
    """Lines for facts, manner and length, and whether the notice must not go out whatever else is in it."""
    if trouble := _unread(text, exercise):
        return [line("text", ABOUT, 0, MUST + MANNER, trouble)], False
    inner = marked(text, exercise.scenario, exercise.scorecard, exercise, level)
    if inner.refusal and inner.refusal not in HELD:
        return reply_lines("text", ABOUT, inner, exercise, MUST + MANNER), False
    lines = [_must_line(n, text, idea, MUST / len(exercise.must)) for n, idea in enumerate(exercise.must, 1)]
    lines += reply_lines("text", ABOUT, inner, exercise, MANNER, FAULTS)
    over = exercise.size(text) - exercise.limit
    if over > 0:
        lines.append(_long_line(over, exercise))
    return lines, bool(inner.refusal) or any(x.state == "critical" for x in inner.lines)


def _unread(text: str, exercise: Notice) -> Bilingual | None:
    """Why the text can't be taken for a notice of the trainee's own."""
    size = len(letters(text))
    if size < LEAST:
        return Bilingual(
            zh="通知还没有写。" if not size else f"只有 {size} 个字，客户读完还是不知道要发生什么。",
            en="Nothing written yet." if not size else f"{size} characters tell the customer nothing.",
        )
    if exercise.size(text) > MUCH_TOO_LONG * exercise.limit:
        return Bilingual(
            zh=f"一共 {exercise.size(text)} 个字，最多放 {exercise.limit} 个。留下客户要做决定的那几样，其余删掉。",
            en=f"{exercise.size(text)} characters where {exercise.limit} fit. Keep what the customer decides by.",
        )
    if alike(text, exercise.draft) >= UNCHANGED and size <= GROWN * len(letters(exercise.draft)):
        return Bilingual(
            zh="和原来那份草稿几乎一样。草稿里少了什么，客户读完会打来问什么？把答案写进去。",
            en="Nearly the draft itself. What would a customer still call to ask? Put the answer in.",
        )
    if shared_share(text, "\n".join((*exercise.scenario.facts, *exercise.scenario.policy)), RUN) >= COPIED:
        return Bilingual(
            zh="这是把内部资料念了一遍，客户要自己从里面找和他有关的。用对他说话的口气，挑他用得上的写。",
            en="That reads out internal notes. Speak to the customer, and choose what is of use to them.",
        )
    return None


def _must_line(n: int, text: str, idea: Idea, worth: float) -> Line:
    quote = said(text, idea)
    name = Bilingual(zh=f"必须说到（{n}）", en=f"Must be said ({n})")
    if quote:
        name = Bilingual(zh=f"必须说到（{n}）：{idea.says}", en=f"Must be said ({n}): {idea.says}")
        reason = Bilingual(zh="说到了，客户不用再问。", en="Said: nobody has to ask for it.")
    else:
        reason = Bilingual(
            zh=f"少了一样。{idea.look}没有它，客户还得来问一遍。",
            en=f"Something is missing. {idea.look} Without it the customer has to ask after all.",
        )
    return line(f"must-{n}", name, float(bool(quote)), worth, reason, quotes=[quote] if quote else [])


def _long_line(over: int, exercise: Notice) -> Line:
    zh = {"sms": "短信会被拆成两条", "push": "推送会被截断，后半句没人看见", "email": "邮件太长，要紧的话沉在里面"}
    en = {"sms": "the message is cut in two", "push": "the end of a push is cut off", "email": "what matters drowns"}
    reason = Bilingual(
        zh=f"超出 {over} 个字，{zh[exercise.medium]}。先删客套和重复的，再删客户用不上的。",
        en=f"{over} characters too many: {en[exercise.medium]}. Cut courtesies and repetitions first.",
    )
    name = Bilingual(zh="超出长度", en="Too long")
    return line("length", name, min(1.0, 0.4 + over / (0.2 * exercise.limit)), LONG, reason, fault=True)


def _title_line(title: str, heading: Heading) -> Line:
    name = Bilingual(zh="标题", en="Heading")
    quote = said(title, heading) if title else ""
    if not title:
        share, reason = 0.0, Bilingual(zh="标题还没有写。", en="No heading yet.")
    elif len(title) > heading.limit:
        share = 0.0
        reason = Bilingual(
            zh=f"标题有 {len(title)} 个字，锁屏上只看得到 {heading.limit} 个。留下事情和日子。",
            en=f"{len(title)} characters; only {heading.limit} are seen. Keep the matter and the day.",
        )
    elif not quote:
        share = 0.0
        reason = Bilingual(
            zh=f"只看标题，客户不知道是什么事。{heading.look}",
            en=f"From the heading alone nobody knows what it is about. {heading.look}",
        )
    else:
        share, reason = 1.0, Bilingual(zh=f"一眼看得出：{heading.says}。", en=f"Seen at a glance: {heading.says}.")
    return line("title", name, share, TITLE, reason, quotes=[quote] if quote else [])


def _screen(exercise: Notice) -> Value:
    return {
        "scene": scene(exercise.scenario),
        "medium": exercise.medium,
        "limit": exercise.limit,
        "signature": exercise.signature,
        "draft": exercise.draft,
        "title_limit": exercise.heading.limit if exercise.heading else 0,
        "when": as_data(exercise.when),
        "whom": as_data(exercise.whom),
        "longest": LONGEST,
    }


def _right(exercise: Notice) -> Value:
    right = {"text": exercise.model.text, "when": sorted(exercise.when.right), "whom": sorted(exercise.whom.right)}
    return {"title": exercise.model.title, **right} if exercise.heading else right


def _poor(exercise: Notice) -> list[Value]:
    """Right choices with: no text, the draft, the internal notes, key words, courtesies, a text that doesn't fit; and
    everything ticked and nothing right under a middling text."""
    right = _right(exercise)
    notes = "，".join((*exercise.scenario.facts, *exercise.scenario.policy))
    room = exercise.limit - len(exercise.signature)
    pile = "主动告知致歉共情明确时限具体方案备选利弊跟进联系补偿" * 2
    polite = "尊敬的客户您好，感谢您一直以来的支持，相关事宜我们会尽快处理，给您带来不便，敬请谅解"
    texts = [exercise.draft, notes[:room], pile[:room], polite[:room], (right["text"] + "，") * 3]
    everything = {q.id: [o.id for o in q.options] for q in (exercise.when, exercise.whom)}
    wrong = {q.id: [o.id for o in q.options if not o.right][:1] for q in (exercise.when, exercise.whom)}
    return [
        {key: part for key, part in right.items() if key not in ("text", "title")},
        *({**right, "text": text[:LONGEST]} for text in texts),
        {**right, **everything, "text": polite},
        {**right, **wrong, "text": polite},
    ]


KIND = Kind("notice", Notice, _mark, _answer, _screen, _right, _poor)
