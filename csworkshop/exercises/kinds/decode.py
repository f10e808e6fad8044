"""Decode the emotion: name what a customer feels, mark the words that show it, choose the action it calls for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

from pydantic import Field

from csworkshop.exercises.activity import AnswerForm, checked, line, marks, reply_marks
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import MAX_CHARACTERS, Line, Marks
from csworkshop.exercises.messages import Decode, Message
from csworkshop.exercises.scene import scene
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level
from csworkshop.techniques.emotions import Kind as Feeling
from csworkshop.techniques.emotions import kinds
from csworkshop.techniques.scenario import Emotion
from csworkshop.text.language import say

EMOTION, WORDS, ACTION, OPENING = 3.0, 2.0, 2.0, 4.0  # what a message's parts weigh
SURFACE = 0.3  # of the emotion's line for what the message only looks like
ENOUGH = 0.6  # of the telling phrases make the full mark
LONGEST = 600  # characters of a first sentence
# An order that isn't the emotions' own, so that the place of an action doesn't give it away.
ACTIONS: tuple[Emotion, ...] = ("confusion", "anger", "calm", "disappointment", "anxiety")


class _One(AnswerForm):
    emotion: Emotion | None = None
    words: tuple[int, ...] = Field(default=(), max_length=60)
    action: Emotion | None = None
    opening: str = Field(default="", max_length=LONGEST)


class _Answer(AnswerForm):
    read: dict[str, _One] = Field(default={})


def _answer(value: Value, exercise: Decode) -> Value:
    known = {m.id: m for m in exercise.messages}
    read = {}
    for key, one in checked(_Answer, value).read.items():
        if key not in known or any(not 0 <= n < len(known[key].phrases) for n in one.words):
            raise ValueError(f"read.{key}: no such message or phrase")
        said: dict[str, Any] = {"words": sorted(set(one.words)), "opening": one.opening}
        said |= {"emotion": one.emotion, "action": one.action}
        if kept := {k: v for k, v in said.items() if v and (k != "opening" or known[key].opening)}:
            read[key] = kept
    return {"read": read} if read else {}


def _mark(value: Value, exercise: Decode, level: Level) -> Marks:
    lines: list[Line] = []
    failed = False
    for n, message in enumerate(exercise.messages, 1):
        said = value.get("read", {}).get(message.id, {})
        which = n if len(exercise.messages) > 1 else 0
        lines.append(_emotion_line(message, which, said.get("emotion")))
        lines.append(_words_line(message, which, said.get("words", [])))
        lines.append(_action_line(message, which, said.get("action")))
        if message.opening:
            opening, critical = _opening_line(message, which, said.get("opening", ""), exercise, level)
            lines.append(opening)
            failed = failed or critical
    return marks(exercise, lines, failed=failed)


def _named(which: int, key: str) -> Bilingual:
    """The name of a line, with the customer's number where there are several."""
    zh, en = (say(f"decode_told.{key}", lang) for lang in ("zh", "en"))
    return Bilingual(zh=f"第 {which} 位：{zh}" if which else zh, en=f"Customer {which}: {en}" if which else en)


def _emotion_line(message: Message, which: int, chosen: Emotion | None) -> Line:
    share = 1.0 if chosen == message.emotion else SURFACE if chosen and chosen == message.surface else 0.0
    if not chosen:
        zh, en = "还没有选情绪。", "No emotion chosen yet."
    elif share == 1:
        name = kinds()[chosen].name
        zh, en = f"是“{name.zh}”。{message.why}", f"It is “{name.en}”. {message.why}"
    elif share:
        name = kinds()[chosen].name
        zh = f"“{name.zh}”是浮在面上的，底下还有一层。{message.look}"
        en = f"“{name.en}” is what floats on top; there is something beneath. {message.look}"
    else:
        name = kinds()[chosen].name
        zh = f"您选了“{name.zh}”。再读一遍：{message.look}"
        en = f"You chose “{name.en}”. Read again: {message.look}"
    return line(f"{message.id}-emotion", _named(which, "emotion"), share, EMOTION, Bilingual(zh=zh, en=en))


def _words_line(message: Message, which: int, chosen: Sequence[int]) -> Line:
    signs = message.numbers([s.words for s in message.signs])
    decoys = message.numbers([d.words for d in message.decoys])
    arguable = message.numbers(message.open)
    why = {w.words: w.why for w in (*message.signs, *message.decoys)}
    hits = [n for n in chosen if n in signs]
    wrong = [n for n in chosen if n not in signs and n not in arguable]
    needed = math.ceil(ENOUGH * len(signs))
    share = (len(hits) - len(wrong)) / needed
    name = _named(which, "words")
    if not chosen:
        reason = Bilingual(zh="还没有点出看得出情绪的话。", en="No words marked yet.")
        return line(f"{message.id}-words", name, 0, WORDS, reason)
    texts = message.phrases
    zh = [f"“{_bare(texts[n])}”：{why[signs[n]]}" for n in hits]
    zh += [f"“{_bare(texts[n])}”：{why[decoys[n]]}" for n in wrong if n in decoys]
    en = list(zh)
    if plain := "".join(f"“{_bare(texts[n])}”" for n in wrong if n not in decoys):
        zh.append(say("decode_told.plain", "zh", words=plain))
        en.append(say("decode_told.plain", "en", words=plain))
    if left := needed - len(hits):
        zh.append(
            "还有更能说明问题的话没有点出来。" if not hits else f"至少还差 {max(left, 0)} 处。" if left > 0 else ""
        )
        en.append("The telling words are elsewhere." if not hits else f"{left} more at least." if left > 0 else "")
    reason = Bilingual(zh="\n".join(x for x in zh if x), en="\n".join(x for x in en if x))
    ids = [str(n) for n in wrong]
    return line(f"{message.id}-words", name, share, WORDS, reason, right=[str(n) for n in hits], wrong=ids)


def _bare(phrase: str) -> str:
    """A clause to be quoted: without the stops around it, its own quotation marks single."""
    return (phrase.strip(" \n，。！？；、~～…,.!?;") or phrase).translate({ord("“"): "‘", ord("”"): "’"})


def _action_line(message: Message, which: int, chosen: Emotion | None) -> Line:
    name = _named(which, "action")
    item = f"{message.id}-action"
    if not chosen:
        return line(item, name, 0, ACTION, Bilingual(zh="还没有选接法。", en="No action chosen yet."))
    feeling: Feeling = kinds()[chosen]
    if chosen == message.calls_for:
        return line(item, name, 1, ACTION, feeling.why)
    zh = f"您选的接法是给“{feeling.name.zh}”的客户的。这位客户此刻最要紧的是什么？{message.look}"
    en = f"The action that you chose is for “{feeling.name.en}”. What matters most to this customer now? {message.look}"
    return line(item, name, 0, ACTION, Bilingual(zh=zh, en=en))


def _opening_line(message: Message, which: int, text: str, exercise: Decode, level: Level) -> tuple[Line, bool]:
    """The first sentence, marked in its place by the one marking function; and whether it did something critical."""
    assert message.opening is not None
    name, item = _named(which, "opening"), f"{message.id}-opening"
    if not text.strip():
        return line(item, name, 0, OPENING, Bilingual(zh="第一句还没有写。", en="No first sentence yet.")), False
    marked = reply_marks(text, message.scenario, message.opening.card, exercise, level)
    told = {lang: _told(marked, lang) for lang in ("zh", "en")}
    critical = any(x.state == "critical" for x in marked.lines)
    made = line(item, name, marked.score, OPENING, Bilingual(zh=told["zh"], en=told["en"]), quotes=[text.strip()])
    return made, critical


def _told(marked: Marks, lang: str) -> str:
    if marked.refusal:
        return say(f"marks.refused_{marked.refusal}", lang, limit=MAX_CHARACTERS)
    good = [x for x in marked.lines if x.about.type == "technique" and x.state in ("earned", "unsure")]
    bad = [x for x in marked.lines if x.about.type == "fault" and x.state in ("fault", "critical")]
    rest = [x for x in marked.lines if x.about.type == "technique" and x.state == "missing"]
    said = [say("decode_told.has", lang, name=x.about.name[lang], words=_quoted(x)) for x in good]
    said += [say("decode_told.fault", lang, name=x.about.name[lang], advice=x.about.advice[lang]) for x in bad]
    said += [say("decode_told.lacks", lang, name=x.about.name[lang], advice=x.about.advice[lang]) for x in rest]
    return (" " if lang == "en" else "").join(said)


def _quoted(found: Line) -> str:
    return found.evidence[0].text if found.evidence else ""


def _screen(exercise: Decode) -> Value:
    rows = [
        {
            "id": m.id,
            "scene": scene(m.scenario, emotion=False),
            "phrases": m.phrases,
            "writes": m.opening is not None,
        }
        for m in exercise.messages
    ]
    return {
        "messages": rows,
        "emotions": [{"id": e, "text": k.name.model_dump()} for e, k in kinds().items()],
        "actions": [{"id": e, "text": kinds()[e].action.model_dump()} for e in ACTIONS],
        "longest": LONGEST,
    }


def _show(value: Value, exercise: Decode, lang: str) -> str:
    """Each message with the clauses that were picked underlined, and what was made of it."""
    rows = []
    for m in exercise.messages:
        said = value["read"].get(m.id, {})
        clauses = [
            f'<span style="text-decoration:underline">{escape(p)}</span>' if n in said.get("words", ()) else escape(p)
            for n, p in enumerate(m.phrases)
        ]
        chosen = [kinds()[said["emotion"]].name[lang]] if "emotion" in said else []
        chosen += [kinds()[said["action"]].action[lang]] if "action" in said else []
        told = "".join(f"<p>{escape(text)}</p>" for text in (" · ".join(chosen), said.get("opening", "")) if text)
        rows.append(f"<li><blockquote>{''.join(clauses)}</blockquote>{told}</li>")
    return f"<ol>{''.join(rows)}</ol>"


def _right(exercise: Decode) -> Value:
    read: dict[str, Value] = {}
    for m in exercise.messages:
        signs = sorted(m.numbers([s.words for s in m.signs]))
        read[m.id] = {"emotion": m.emotion, "words": signs, "action": m.calls_for}
        read[m.id] |= {"opening": m.opening.model} if m.opening else {}
    return {"read": read}


def _poor(exercise: Decode) -> list[Value]:
    """Nothing; one emotion and its action for all, with every phrase; what the messages look like; and the right
    emotions guessed with every phrase ticked, no right action, and key words or the customer's own for a sentence."""

    def all_of(emotion: Emotion, m: Message, opening: str) -> Value:
        said: Value = {"emotion": emotion, "words": list(range(len(m.phrases))), "action": emotion}
        return said | ({"opening": opening} if m.opening else {})

    def seeming(m: Message) -> Value:
        looks = m.surface or next(e for e in ACTIONS if e not in (m.emotion, m.calls_for))
        decoys = sorted(m.numbers([d.words for d in m.decoys]))
        said: Value = {"emotion": looks, "words": decoys, "action": looks}
        return said | (
            {"opening": "抱歉抱歉，理解理解，马上马上，尽快尽快，共情，致歉，时限，方案。"} if m.opening else {}
        )

    def half(m: Message) -> Value:
        action = next(e for e in ACTIONS if e != m.calls_for)
        return all_of(m.emotion, m, m.text) | {"action": action}

    each = exercise.messages
    found: list[Value] = [{"read": {}}]
    if len(each) > 1:
        found += [{"read": {m.id: all_of(e, m, "您好，请稍等。") for m in each}} for e in ACTIONS]
    return [*found, {"read": {m.id: seeming(m) for m in each}}, {"read": {m.id: half(m) for m in each}}]


KIND = Kind("decode", Decode, _mark, _answer, _screen, _right, _poor, show=_show)
