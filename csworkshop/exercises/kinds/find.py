"""Find the flaws: mark the words of a reply that are wrong, and name the fault of each from a palette."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from csworkshop.exercises.activity import AnswerForm, checked, line, marks
from csworkshop.exercises.definition import Activity, Text
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import Line, Marks
from csworkshop.exercises.overlap import Area, areas, phrases, places
from csworkshop.exercises.scene import scene
from csworkshop.techniques.catalogue import Bilingual, catalogue
from csworkshop.techniques.checker import Level
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.language import LANGUAGES, say

FOUND, NAMED = 0.5, 0.5  # of a flaw: for its words, and for its name besides
WIDE = 0.2  # instead of either, where the mark takes in much that isn't wrong
FALSE = 15.0  # percent that an accusation of words without fault costs
MOST_MARKS = 24

Words = Annotated[
    tuple[Text, ...], BeforeValidator(lambda v: (v,) if isinstance(v, str) else v), Field(min_length=1, max_length=4)
]


class Flaw(BaseModel):
    """A fault of the reply. `words` are the words that make it, or several places of the same fault; `also` names
    faults that could be argued for as well. `look` leads whoever missed it there, `why` is told to whoever found it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    words: Words
    item: str
    also: tuple[str, ...] = ()
    look: Text
    why: Text


class Innocent(BaseModel):
    """Words that look like a fault and are none; `why` is told to whoever marks them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    words: Words
    why: Text


class Find(Activity):
    """A reply with flaws in it, to be found and named."""

    kind: Literal["find"]
    scenario: Scenario
    reply: Text
    flaws: tuple[Flaw, ...] = Field(min_length=3, max_length=8)
    innocent: tuple[Innocent, ...] = ()
    palette: tuple[str, ...] = Field(min_length=5, max_length=12)
    tell: bool = True  # whether the screen says how many there are

    @model_validator(mode="after")
    def _places_and_names(self) -> Find:
        faults = [i.id for i in catalogue().faults]
        for n, item in enumerate(self.palette):
            if item not in faults:
                raise ValueError(f"palette[{n}]: {item!r} is not allowed here; allowed: {', '.join(faults)}")
        for n, flaw in enumerate(self.flaws):
            missing = [i for i in (flaw.item, *flaw.also) if i not in self.palette]
            if missing:
                raise ValueError(f"flaws[{n}]: {missing[0]!r} is not in the palette; add it there")
        named = [(f"flaws[{n}]", f.words) for n, f in enumerate(self.flaws)]
        named += [(f"innocent[{n}]", i.words) for n, i in enumerate(self.innocent)]
        for key, words in named:
            for w in words:
                if self.reply.count(w) != 1:
                    raise ValueError(
                        f"{key}: {w!r} must stand in the reply once; it stands there {self.reply.count(w)}"
                    )
        return self


class _Mark(AnswerForm):
    start: int = Field(ge=0)
    end: int
    item: str


class _Answer(AnswerForm):
    marks: tuple[_Mark, ...] = Field(default=(), max_length=MOST_MARKS)


def _answer(value: Value, exercise: Find) -> Value:
    said = checked(_Answer, value)
    for n, mark in enumerate(said.marks):
        if not mark.start < mark.end <= len(exercise.reply) or mark.item not in exercise.palette:
            raise ValueError(f"marks[{n}]: no such place or name")
    rows = sorted({(m.start, m.end, m.item) for m in said.marks})
    return {"marks": [{"start": a, "end": b, "item": item} for a, b, item in rows]} if rows else {}


def _mark(value: Value, exercise: Find, level: Level) -> Marks:
    made = [(m["start"], m["end"], m["item"]) for m in value.get("marks", [])]
    grounds = [areas(exercise.reply, f.words) for f in exercise.flaws]
    paired, spare = _pair(made, grounds, exercise)
    lines = [_flaw_line(n, exercise, made, paired.get(n), grounds[n]) for n in range(len(exercise.flaws))]
    lines += [_false_line(n, made[n], exercise, grounds) for n in spare]
    return marks(exercise, lines)


def _pair(
    made: list[tuple[int, int, str]], grounds: list[list[Area]], exercise: Find
) -> tuple[dict[int, int], list[int]]:
    """Which mark each flaw is found by, the best first, and the numbers of the marks that accuse wrongly.

    A second mark on a flaw's words is no accusation if its name is right; with another name it is a guess too many.
    """
    grades = {
        (m, f): _credit(made[m], flaw, grounds[f])
        for m in range(len(made))
        for f, flaw in enumerate(exercise.flaws)
        if _credit(made[m], flaw, grounds[f]) > 0
    }
    paired: dict[int, int] = {}
    used: set[int] = set()
    for m, f in sorted(grades, key=lambda pair: (-grades[pair], pair)):
        if m not in used and f not in paired:
            paired[f] = m
            used.add(m)
    right = {m for m, f in grades if made[m][2] in (exercise.flaws[f].item, *exercise.flaws[f].also)}
    return paired, [m for m in range(len(made)) if m not in used and m not in right]


def _credit(mark: tuple[int, int, str], flaw: Flaw, ground: Iterable[Area]) -> float:
    """How much of the flaw the mark is worth: words and name each half, less for a mark that is too wide."""
    fit = max(a.fit(mark[0], mark[1]) for a in ground)
    if not fit:
        return 0.0
    named = mark[2] in (flaw.item, *flaw.also)
    return (FOUND if fit == 1 else WIDE) + ((NAMED if fit == 1 else WIDE) if named else 0.0)


def _flaw_line(n: int, exercise: Find, made: list[tuple[int, int, str]], by: int | None, ground: list[Area]) -> Line:
    flaw, number = exercise.flaws[n], n + 1
    if by is None:
        about = Bilingual(zh=f"第 {number} 处", en=f"Flaw {number}")
        zh, en = f"还没有找到。再看一遍：{flaw.look}", f"Not found yet. Look again: {flaw.look}"
        return line(f"flaw-{number}", about, 0, 1, Bilingual(zh=zh, en=en))
    start, end, item = made[by]
    name = catalogue().items[item].name
    wide = max(a.fit(start, end) for a in ground) < 1
    if item in (flaw.item, *flaw.also):
        zh, en = f"是“{name.zh}”。{flaw.why}", f"“{name.en}” it is. {flaw.why}"
        about = Bilingual(zh=f"第 {number} 处：{name.zh}", en=f"Flaw {number}: {name.en}")
    else:
        zh = f"这里确实有毛病，但“{name.zh}”不是它的名字。再想：{flaw.look}"
        en = f"Something is wrong here, but its name isn't “{name.en}”. Think again: {flaw.look}"
        about = Bilingual(zh=f"第 {number} 处", en=f"Flaw {number}")
    if wide:
        zh += "标得太长了，没有毛病的话也圈了进去：只标让客户不舒服的那几个字。"
        en += " The mark is too long and takes in words that are fine: mark only those that hurt."
    share = _credit(made[by], flaw, ground)
    return line(f"flaw-{number}", about, share, 1, Bilingual(zh=zh, en=en), quotes=[exercise.reply[start:end]])


def _false_line(n: int, mark: tuple[int, int, str], exercise: Find, grounds: list[list[Area]]) -> Line:
    start, end, item = mark
    name, reply = catalogue().items[item].name, exercise.reply
    tempting = [i for i in exercise.innocent if any(a.fit(start, end) for a in areas(reply, i.words))]
    if any(a.fit(start, end) for found in grounds for a in found):
        zh = f"这几个字的毛病不叫“{name.zh}”。同一处多猜几个名字，猜错的照样扣分：想清楚客户听了会怎样，再下判断。"
        en = f"The fault of these words isn't “{name.en}”. Each wrong guess at one place costs: decide, don't try."
    elif tempting:
        zh = f"标成“{name.zh}”，冤枉它了。{tempting[0].why}"
        en = f"“{name.en}” is unjust. {tempting[0].why}"
    elif end - start > len(reply) / 2:
        zh = "一口气圈了大半段，等于没有指出毛病在哪。只标出让客户不舒服的那几个字。"
        en = "Marking most of the reply points at nothing. Mark only the words that hurt."
    else:
        zh = f"这几个字算不上“{name.zh}”（{say(f'find_means.{item}', 'zh')}）。没有把握的地方宁可不标。"
        en = f"These words aren't “{name.en}” ({say(f'find_means.{item}', 'en')}). In doubt, leave them."
    about = Bilingual(zh="错怪的话", en="Wrongly accused")
    reason = Bilingual(zh=zh, en=en)
    return line(f"false-{n + 1}", about, 1, FALSE, reason, quotes=[reply[start:end]], fault=True)


def _screen(exercise: Find) -> Value:
    import rjieba  # loads a word list, which marking doesn't need

    palette = [
        {
            "id": item,
            "name": catalogue().items[item].name.model_dump(),
            "means": {lang: say(f"find_means.{item}", lang) for lang in LANGUAGES},
        }
        for item in exercise.palette
    ]
    words = rjieba.cut(exercise.reply, False)
    return {
        "scene": scene(exercise.scenario),
        "words": words,
        "palette": palette,
        "count": len(exercise.flaws) if exercise.tell else 0,
        "most": MOST_MARKS,
    }


def _show(value: Value, exercise: Find, lang: str) -> str:
    """The reply with the marked words underlined, each with the name that it was given."""
    text, done, pieces = exercise.reply, 0, []
    for m in value["marks"]:
        start = max(m["start"], done)
        words = f'<span style="text-decoration:underline">{escape(text[start : m["end"]])}</span>'
        name = f"<strong>［{escape(catalogue().items[m['item']].name[lang])}］</strong>"
        pieces += [escape(text[done:start]), words if start < m["end"] else "", name]
        done = max(done, m["end"])
    return f'<blockquote style="white-space:pre-wrap">{"".join(pieces)}{escape(text[done:])}</blockquote>'


def _right(exercise: Find) -> Value:
    spans = [(*places(exercise.reply, f.words)[0], f.item) for f in exercise.flaws]
    return {"marks": [{"start": a, "end": b, "item": item} for a, b, item in sorted(spans)]}


def _poor(exercise: Find) -> list[Value]:
    """Nothing; the whole reply under every name; every clause under one name, and under three; the right words
    under the wrong names; and what only looks like a fault."""
    reply, palette, flaws = exercise.reply, exercise.palette, exercise.flaws
    every = phrases(reply)
    whole = [(0, len(reply), item) for item in palette]
    common = max(palette, key=lambda item: sum(f.item == item for f in flaws))
    clause_by_clause = [(a, b, common) for a, b in every]
    tried = [(a, b, item) for a, b in every for item in palette[:3]]
    misnamed = [(*places(reply, f.words)[0], next(i for i in palette if i not in (f.item, *f.also))) for f in flaws]
    unjust = [(*places(reply, i.words)[0], flaws[0].item) for i in exercise.innocent]
    guesses: list[list[tuple[int, int, str]]] = [[], whole, clause_by_clause, tried, misnamed, unjust]
    return [{"marks": [{"start": a, "end": b, "item": i} for a, b, i in sorted(g)[:MOST_MARKS]]} for g in guesses]


KIND = Kind("find", Find, _mark, _answer, _screen, _right, _poor, show=_show)
