"""One message in three styles: the same matter told to three customers, each in words of their own."""

from __future__ import annotations

from itertools import combinations
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.exercises.activity import AnswerForm, checked, line, marks
from csworkshop.exercises.definition import Activity, Scorecard, Text
from csworkshop.exercises.ideas import Idea, alike, said
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import HELD, Line, Marks
from csworkshop.exercises.replies import marked, reply_lines
from csworkshop.exercises.same_times import disagreeing
from csworkshop.exercises.scene import scene
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level
from csworkshop.techniques.relevance import contradicted
from csworkshop.techniques.scenario import Channel, Emotion, Persona, Scenario
from csworkshop.text.normalise import fold

# Percent of the full mark: each of three texts and what it takes up of its reader, the matter in all, no text twice.
VOICE, TAKEN, CORE, DIFFERENT = 18.0, 7.0, 15.0, 10.0
JARS = 8.0  # percent that words cost which this reader should not hear
UNTRUE = 15.0  # percent that a figure costs which the case doesn't have, or a time that the others don't promise
SAME, CLOSE = 0.75, 0.5  # shares of words from which on two texts are one, or too close to be two styles
LONGEST = 1500
LEAST_PASS = 65  # two texts of three must not be enough


class Jarring(BaseModel):
    """Words, divided by `|`, that this reader should not hear; `why` is told to whoever uses them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    words: Text
    why: Text

    def found(self, text: str) -> list[str]:
        folded = fold(text).text
        return [word for word in self.words.split("|") if word and word in folded]


class Voice(BaseModel):
    """One of the customers, and how a text to them is marked. `taken_up` is what only this one has said."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    name: Bilingual
    persona: Persona
    channel: Channel
    emotion: Emotion
    customer: Text
    hidden_need: str = ""
    taken_up: Idea
    avoid: tuple[Jarring, ...] = ()
    scorecard: Scorecard
    model: Text


class Styles(Activity):
    """The matter (facts, policy, what must reach everybody) and the three who are to hear it."""

    kind: Literal["styles"]
    pass_mark: int = Field(default=LEAST_PASS, ge=LEAST_PASS, le=100)
    domain: Text
    facts: tuple[Text, ...] = Field(min_length=1)
    policy: tuple[Text, ...] = ()
    core: tuple[Idea, ...] = Field(min_length=1, max_length=4)
    voices: tuple[Voice, Voice, Voice]

    @model_validator(mode="after")
    def _three_different(self) -> Styles:
        if len({v.id for v in self.voices}) != len(self.voices):
            raise ValueError("voices: two have the same id")
        if len({(v.persona, v.channel, v.emotion) for v in self.voices}) != len(self.voices):
            raise ValueError("voices: two have the same persona, channel and emotion; there is no other style to find")
        return self

    def scenario(self, voice: Voice) -> Scenario:
        """What a text to this customer is judged in."""
        return Scenario(
            domain=self.domain,
            channel=voice.channel,
            persona=voice.persona,
            emotion=voice.emotion,
            customer=voice.customer,
            hidden_need=voice.hidden_need,
            facts=self.facts,
            policy=self.policy,
        )


class _Answer(AnswerForm):
    texts: dict[str, str] = Field(default={})


def _answer(value: Value, exercise: Styles) -> Value:
    texts = checked(_Answer, value).texts
    known = {v.id for v in exercise.voices}
    for key, text in texts.items():
        if key not in known or len(text) > LONGEST:
            raise ValueError(f"texts.{key}: no such customer, or more than {LONGEST} characters")
    texts = {key: text for key, text in texts.items() if text.strip()}
    return {"texts": texts} if texts else {}


def _mark(value: Value, exercise: Styles, level: Level) -> Marks:
    texts: dict[str, str] = value.get("texts", {})
    inner = {
        v.id: marked(texts[v.id], exercise.scenario(v), v.scorecard, exercise, level)
        for v in exercise.voices
        if v.id in texts
    }
    twins = _twins(texts, exercise)
    read = {key for key, found in inner.items() if not found.refusal or found.refusal in HELD} - set(twins)
    lines: list[Line] = []
    for voice in exercise.voices:
        if voice.id not in texts:
            reason = Bilingual(zh="这一份还没有写。", en="Not written yet.")
            lines.append(line(f"{voice.id}.reply", voice.name, 0, VOICE + TAKEN, reason))
        elif voice.id in twins:
            lines.append(_twin_line(voice, twins[voice.id]))
        else:
            lines += reply_lines(voice.id, voice.name, inner[voice.id], exercise, VOICE)
            text = texts[voice.id] if voice.id in read else ""
            lines += [_taken_line(voice, text), *_jarring_lines(voice, text)]
    lines += [_core_line(n, idea, exercise, texts, read) for n, idea in enumerate(exercise.core, 1)]
    lines.append(_different_line(exercise, texts, read))
    lines += _untrue_lines(exercise, texts)
    hurt = any(found.refusal == "insult" or any(x.state == "critical" for x in found.lines) for found in inner.values())
    return marks(exercise, lines, failed=hurt)


def _twins(texts: dict[str, str], exercise: Styles) -> dict[str, Voice]:
    """The texts that are another one over again, each with the customer who had it first."""
    found: dict[str, Voice] = {}
    for first, second in combinations([v for v in exercise.voices if v.id in texts], 2):
        if second.id not in found and alike(texts[first.id], texts[second.id]) >= SAME:
            found[second.id] = first
    return found


def _twin_line(voice: Voice, first: Voice) -> Line:
    reason = Bilingual(
        zh=f"和写给“{first.name.zh}”的几乎是同一份。先想这位客户是谁、在哪儿读、心情怎样，再从第一句写起。",
        en=f"Nearly the text to “{first.name.en}”. Who reads this, where, in what mood? Start from the first sentence.",
    )
    return line(f"{voice.id}.reply", voice.name, 0, VOICE + TAKEN, reason)


def _taken_line(voice: Voice, text: str) -> Line:
    quote = said(text, voice.taken_up)
    if quote:
        reason = Bilingual(zh=f"接住了：{voice.taken_up.says}。", en=f"Taken up: {voice.taken_up.says}.")
    else:
        reason = Bilingual(
            zh=f"发给谁都行的话，这位客户读不出是写给自己的。{voice.taken_up.look}",
            en=f"It could go to anybody: nothing of what this customer said is in it. {voice.taken_up.look}",
        )
    name = Bilingual(zh=f"{voice.name.zh}：说到心上", en=f"{voice.name.en}: Meant for them")
    return line(f"{voice.id}.taken", name, float(bool(quote)), TAKEN, reason, quotes=[quote] if quote else [])


def _jarring_lines(voice: Voice, text: str) -> list[Line]:
    lines = []
    for n, jarring in enumerate(voice.avoid, 1):
        if words := jarring.found(text):
            name = Bilingual(zh=f"{voice.name.zh}：不合适的话", en=f"{voice.name.en}: Words that jar")
            reason = Bilingual(zh=jarring.why, en=f"{jarring.why} Say it as this reader would like to hear it.")
            lines.append(line(f"{voice.id}.avoid-{n}", name, 1, JARS, reason, quotes=words, fault=True))
    return lines


def _core_line(n: int, idea: Idea, exercise: Styles, texts: dict[str, str], read: set[str]) -> Line:
    """Whether the matter's n-th fact has reached everybody."""
    quotes = {v.id: said(texts[v.id], idea) if v.id in read else "" for v in exercise.voices}
    lacking = [v for v in exercise.voices if not quotes[v.id]]
    if not lacking:
        reason = Bilingual(zh=f"三位都听到了：{idea.says}。", en=f"All three were told: {idea.says}.")
    else:
        zh = "、".join(f"“{v.name.zh}”" for v in lacking)
        en = ", ".join(f"“{v.name.en}”" for v in lacking)
        reason = Bilingual(
            zh=f"{zh}那一份里没有说清这一条。{idea.look}语气可以不同，事情不能少。",
            en=f"Missing for {en}. {idea.look} Manners may differ, the matter may not.",
        )
    share = 1 - len(lacking) / len(exercise.voices)
    name = Bilingual(zh=f"同一件事（{n}）", en=f"The same matter ({n})")
    return line(f"core-{n}", name, share, CORE / len(exercise.core), reason, quotes=[q for q in quotes.values() if q])


def _different_line(exercise: Styles, texts: dict[str, str], read: set[str]) -> Line:
    share, close = 0.0, []
    pairs = list(combinations(exercise.voices, 2))
    for a, b in pairs:
        if a.id in read and b.id in read:
            same = alike(texts[a.id], texts[b.id])
            share += (1.0 if same < CLOSE else 0.5 if same < SAME else 0.0) / len(pairs)
            close += [(a, b)] if same >= CLOSE else []
    if close:
        a, b = close[0]
        reason = Bilingual(
            zh=f"写给“{a.name.zh}”和“{b.name.zh}”的两份太像，只换了几个字。称呼、开头、句子长短、结尾都该跟着人走。",
            en=f"“{a.name.en}” and “{b.name.en}” read nearly alike. Address, opening and length go by the person.",
        )
    elif share >= 0.999:
        reason = Bilingual(zh="三份各有各的说法。", en="Three texts, three ways to say it.")
    else:
        reason = Bilingual(zh="三份都写出来，才比得出不同。", en="Only three texts can differ from each other.")
    return line("different", Bilingual(zh="三种说法", en="Three styles"), share, DIFFERENT, reason)


def _untrue_lines(exercise: Styles, texts: dict[str, str]) -> list[Line]:
    known = "\n".join((*exercise.facts, *exercise.policy, *(v.customer for v in exercise.voices)))
    found = []
    apart = disagreeing(texts, known)
    for voice in exercise.voices:
        wrong = sorted(contradicted(texts.get(voice.id, ""), exercise.scenario(voice)))
        clauses = apart.get(voice.id, [])
        if not wrong and not clauses:
            continue
        told_zh = [f"资料里没有“{w}”这个数" for w in wrong] + [f"“{c}”和另外几份说的时间不一样" for c in clauses]
        told_en = [f"“{w}” stands nowhere in the case" for w in wrong]
        told_en += [f"“{c}” is another time than the others were told" for c in clauses]
        reason = Bilingual(
            zh=f"{'；'.join(told_zh)}。风格可以换，数字和时间一个都不能变。",
            en=f"{'; '.join(told_en)}. Style may change, figures and times may not.",
        )
        name = Bilingual(zh=f"{voice.name.zh}：事实走样", en=f"{voice.name.en}: Facts changed")
        found.append(line(f"{voice.id}.facts", name, 1, UNTRUE, reason, quotes=[*wrong, *clauses], fault=True))
    return found


def _screen(exercise: Styles) -> Value:
    return {
        "matter": {"facts": list(exercise.facts), "policy": list(exercise.policy)},
        "voices": [
            {
                "id": v.id,
                "name": v.name.model_dump(),
                "scene": {**scene(exercise.scenario(v)), "facts": [], "policy": []},
            }
            for v in exercise.voices
        ],
        "longest": LONGEST,
    }


def _right(exercise: Styles) -> Value:
    return {"texts": {v.id: v.model for v in exercise.voices}}


def _poor(exercise: Styles) -> list[Value]:
    """Nothing; one good text for everybody; two of three; the texts to the wrong people; the facts read out; the
    customers' own words; key words in a row."""
    voices = exercise.voices
    pile = "共情理解致歉担责时限方案跟进补偿复述确认改进主动联系，" * 3
    return [
        {},
        *({"texts": {v.id: voice.model for v in voices}} for voice in voices),
        {"texts": {v.id: v.model for v in voices[1:]}},
        {"texts": {v.id: voices[n - 1].model for n, v in enumerate(voices)}},
        {"texts": {v.id: "。".join((*exercise.facts, *exercise.policy)) for v in voices}},
        {"texts": {v.id: v.customer for v in voices}},
        {"texts": {v.id: pile for v in voices}},
    ]


KIND = Kind("styles", Styles, _mark, _answer, _screen, _right, _poor, live=True)
