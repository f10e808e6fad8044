"""Ask in order: a row of questions, facts before the wish before preferences, open before closed, nothing twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import combinations
from typing import Any, Literal

from pydantic import Field, model_validator

from csworkshop.exercises.activity import NO_REPLY, AnswerForm, checked, line, marks
from csworkshop.exercises.asking import KINDS, Information, Question, Said, reply_to, understood
from csworkshop.exercises.definition import Activity, Text
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import CRITICAL_SURE, Line, Marks
from csworkshop.exercises.scene import scene
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level, Report, check
from csworkshop.techniques.credible import credible
from csworkshop.techniques.relevance import parrots
from csworkshop.techniques.scenario import Scenario
from csworkshop.techniques.sincere import insincere
from csworkshop.text.language import say

LONGEST = 160  # characters of a question
GOT, ORDER, OPEN = 55.0, 30.0, 15.0  # percent for what was asked, the order, and beginning openly
AGAIN, FORBIDDEN, PRESUMED, VOLLEY = 10.0, 25.0, 15.0, 10.0  # percent that a question costs
MOST_AT_ONCE = 2  # things that one question may ask for


class Ask(Activity):
    """A row of questions to a customer who has said half of it."""

    kind: Literal["ask"]
    scenario: Scenario
    wanted: tuple[Information, ...] = Field(min_length=3, max_length=6)
    known: tuple[Said, ...] = ()
    never: tuple[Said, ...] = ()
    model: tuple[Text, ...] = Field(min_length=3, max_length=5)
    replies: dict[Literal["again", "known", "unsure", "statement", "presumed", "refused"], str] = Field(default={})

    @model_validator(mode="after")
    def _kinds_and_ids(self) -> Ask:
        ids = [i.id for i in self.wanted] + [s.id for s in (*self.known, *self.never)]
        if len(set(ids)) != len(ids):
            raise ValueError("wanted, known, never: two have the same id")
        missing = [kind for kind in KINDS if not any(i.kind == kind for i in self.wanted)]
        if missing:
            raise ValueError(f"wanted: nothing there is a {missing[0]}; each of {', '.join(KINDS)} must be")
        for n, i in enumerate(self.wanted):
            for example in i.examples:  # each must be understood without itself, as a trainee's would be
                others = i.model_copy(update={"examples": tuple(e for e in i.examples if e != example)})
                got = understood(example, (*self.wanted[:n], others, *self.wanted[n + 1 :])).gets
                if i.id not in got:
                    found = ", ".join(got) or "nothing"
                    raise ValueError(f"wanted {i.id!r}: its example {example!r} is read as asking for {found}")
        return self


class _One(AnswerForm):
    text: str = Field(default="", max_length=LONGEST)
    asked: bool = False


class _Answer(AnswerForm):
    questions: tuple[_One, ...] = Field(default=(), max_length=5)


def _answer(value: Value, exercise: Ask) -> Value:
    rows = [{"text": q.text, "asked": q.asked} for q in checked(_Answer, value).questions]
    while rows and not rows[-1]["text"]:
        rows.pop()
    return {"questions": rows} if rows else {}


@lru_cache(maxsize=256)
def _checked(text: str, scenario: Scenario, level: Level) -> Report:
    return check(text, scenario, level)


def _read(texts: Sequence[str], exercise: Ask) -> list[Question]:
    """The questions as they are understood; one that only hands the customer's words back asks for nothing."""
    found = []
    for text in texts:
        read = understood(text, exercise.wanted, exercise.known, exercise.never)
        if parrots(text, exercise.scenario) or insincere(text, exercise.scenario.customer):
            read = Question(text, False, False, None)
        found.append(read)
    return found


def _mark(value: Value, exercise: Ask, level: Level) -> Marks:
    texts = [q["text"].strip() for q in value.get("questions", []) if q["text"].strip()]
    if not texts:
        return marks(exercise, [_got_line(i, n, None) for n, i in _numbered(exercise)])
    if not credible("\n".join(texts)):
        return Marks(exercise.id, 0.0, False, "no_reply", (), NO_REPLY)
    read = _read(texts, exercise)
    by = _gained(read)
    whole = sum(i.weight for i in exercise.wanted)
    coverage = sum(i.weight for i in exercise.wanted if i.id in by) / whole
    lines = [_got_line(i, n, read[by[i.id]] if i.id in by else None, whole) for n, i in _numbered(exercise)]
    lines += [_order_line(read, coverage), _open_line(read, coverage)]
    failed = False
    for n, question in enumerate(read):
        before = {q.gets[0] for q in read[:n] if len(q.gets) == 1}  # what was asked for and nothing else
        faults, critical = _fault_lines(n, question, exercise, before, level)
        lines += faults
        failed = failed or critical
    return marks(exercise, lines, failed=failed)


def _gained(read: Sequence[Question]) -> dict[str, int]:
    """Which question gets each piece of information first: what comes after is asked twice."""
    by: dict[str, int] = {}
    for n, question in enumerate(read):
        for got in question.gets[:MOST_AT_ONCE]:
            by.setdefault(got, n)
    return by


def _numbered(exercise: Ask) -> list[tuple[int, Information]]:
    """Each thing with its number among those of its kind; 0 for the only one."""
    of_kind = {kind: [i for i in exercise.wanted if i.kind == kind] for kind in KINDS}
    return [(of_kind[i.kind].index(i) + 1 if len(of_kind[i.kind]) > 1 else 0, i) for i in exercise.wanted]


def _kind_name(kind: str, lang: str) -> str:
    return say(f"ask_told.{kind}", lang)


def _both(key: str, **values: Any) -> Bilingual:
    return Bilingual(zh=say(f"ask_told.{key}", "zh", **values), en=say(f"ask_told.{key}", "en", **values))


def _got_line(wanted: Information, n: int, question: Question | None, whole: float = 1.0) -> Line:
    possible = GOT * wanted.weight / whole
    zh, en = (f"{_kind_name(wanted.kind, lang)} {n or ''}".strip() for lang in ("zh", "en"))
    item = f"ask-{wanted.id}"
    if question is None:
        return line(item, Bilingual(zh=zh, en=en), 0, possible, _both("not_asked", look=wanted.look))
    name = Bilingual(zh=f"{zh}：{wanted.name.zh}", en=f"{en}: {wanted.name.en}")
    reason = Bilingual(
        zh=say("ask_told.got", "zh", name=wanted.name.zh, answer=wanted.answer),
        en=say("ask_told.got", "en", name=wanted.name.en, answer=wanted.answer),
    )
    return line(item, name, 1, possible, reason, quotes=[question.text])


def _order_line(read: Sequence[Question], coverage: float) -> Line:
    """In proportion to the pairs that stand in the right order, and to how much was asked at all."""
    ranks = [KINDS.index(q.kind) for q in read if q.kind and q.gets]
    pairs = [(a, b) for a, b in combinations(ranks, 2) if a != b]
    share = sum(a < b for a, b in pairs) / len(pairs) * coverage if pairs else 0.0
    rows = [q for q in read if q.kind and q.gets]
    row = {lang: " → ".join(_kind_name(str(q.kind), lang) for q in rows) or "—" for lang in ("zh", "en")}
    right = all(a < b for a, b in pairs)
    key = "order_one" if not pairs else "order_wrong" if not right else "order_part" if share < 1 else "order_right"
    reason = Bilingual(zh=say(f"ask_told.{key}", "zh", row=row["zh"]), en=say(f"ask_told.{key}", "en", row=row["en"]))
    return line("order", _both("order"), share, ORDER, reason)


def _open_line(read: Sequence[Question], coverage: float) -> Line:
    asking = [q for q in read if q.gets]
    if not asking:
        return line("open", _both("open"), 0, OPEN, _both("open_none"))
    first, some = asking[0], any(q.open for q in asking)
    if first.kind != "fact":
        share, key = 0.0, "open_late"
    else:
        share, key = (1.0, "open_first") if first.open else (0.4, "open_later") if some else (0.0, "open_never")
    return line("open", _both("open"), share * min(1.0, 2 * coverage), OPEN, _both(key), quotes=[first.text])


def _fault_lines(n: int, question: Question, exercise: Ask, before: set[str], level: Level) -> tuple[list[Line], bool]:
    """What the n-th question costs, and whether it is something that fails the whole row."""
    found: list[Line] = []

    def costs(key: str, points: float, reason: Bilingual, *, critical: bool = False) -> None:
        quotes = [question.text]
        name, item = _both(f"fault_{key}"), f"{key}-{n + 1}"
        state: Any = {"state": "critical"} if critical else {}
        found.append(line(item, name, 1, points, reason, quotes=quotes, fault=True, **state))

    said = {s.id: s.why for s in (*exercise.known, *exercise.never)}
    for again in question.repeats:
        costs("known", AGAIN, Bilingual(zh=said[again], en=said[again]))
    if question.gets and all(g in before for g in question.gets):
        costs("twice", AGAIN, _both("twice"))
    for never in question.forbidden:
        costs("never", FORBIDDEN, Bilingual(zh=said[never], en=said[never]))
    if question.presumes:
        costs("presumed", PRESUMED, _both("presumed", words=question.presumes))
    if len(question.gets) > MOST_AT_ONCE:
        costs("volley", VOLLEY, _both("volley", n=len(question.gets)))
    if not question.forbidden and _secret(question, exercise, level):
        costs("privacy", 0, _both("privacy"), critical=True)
    if _rude(question, exercise, level):
        costs("rude", 0, _both("rude"), critical=True)
    return found, any(x.state == "critical" for x in found)


def _sure(item: str, question: Question, exercise: Ask, level: Level) -> bool:
    found = _checked(question.text, exercise.scenario, level)[item]
    return found.present and found.score >= CRITICAL_SURE


# The learned reader takes a plain question (报一下水表的数) for a rude or a prying one at times: where a question gets
# something of the case, it needs words that are declared to be so, too.
def _rude(question: Question, exercise: Ask, level: Level) -> bool:
    return question.talks_back or (not question.gets and _sure("rude", question, exercise, level))


def _secret(question: Question, exercise: Ask, level: Level) -> bool:
    return (question.secret or not question.gets) and _sure("privacy", question, exercise, level)


def _respond(exercise: Ask, value: Value, name: str, data: Mapping[str, Any]) -> Value:
    """`answers` {questions: [texts]} -> answers: what this customer says to each, in the order they are asked."""
    given = data.get("questions")
    if name != "answers" or not isinstance(given, list):
        return {"answers": []}
    texts = [str(text)[:LONGEST].strip() for text in given[:5]]
    told: set[str] = set()
    answers = []
    for text, question in zip(texts, _read(texts, exercise), strict=True):
        answers.append(_said(question, exercise, told) if text else "")
        told |= set(question.gets) if len(question.gets) == 1 else set()
    return {"answers": answers}


def _said(question: Question, exercise: Ask, told: set[str]) -> str:
    def words(key: Any) -> str:
        return exercise.replies.get(key) or reply_to(key)

    own = {s.id: s.answer for s in (*exercise.known, *exercise.never)}
    if question.forbidden or _secret(question, exercise, "full"):
        return next((own[i] for i in question.forbidden if own[i]), words("refused"))
    if question.presumes or _rude(question, exercise, "full"):
        return words("presumed")
    if not question.asks:
        return words("statement")
    fresh = [i.answer for i in exercise.wanted if i.id in question.gets[:MOST_AT_ONCE] and i.id not in told]
    if fresh:
        return "".join(fresh)
    if question.repeats:
        return own[question.repeats[0]] or words("known")
    return words("again" if question.gets else "unsure")


def _screen(exercise: Ask) -> Value:
    return {"scene": scene(exercise.scenario), "least": 3, "most": 5, "longest": LONGEST}


def _show(value: Value, exercise: Ask, lang: str) -> str:
    """The row of questions, each with what the customer says to it."""
    texts = [q["text"] for q in value["questions"]]
    answers = _respond(exercise, value, "answers", {"questions": texts})["answers"]
    rows = zip(texts, answers, strict=True)
    return f"<ol>{''.join(f'<li>{escape(q)}<br><em>{escape(a)}</em></li>' for q, a in rows)}</ol>"


def _right(exercise: Ask) -> Value:
    return {"questions": [{"text": text, "asked": False} for text in exercise.model]}


def _poor(exercise: Ask) -> list[Value]:
    """Nothing; the model's questions backwards; only closed guesses; the customer's own words; a pile of key words;
    one question alone; and asking what was said."""
    backwards = list(reversed(exercise.model))
    guesses = ["是不是您自己弄错了？", "您确定没有弄坏吗？", "那就退款，行吗？"]
    pile = ["什么时候？哪里？多少？怎么？", "希望退款换货维修补偿？", "方便时间电话地址？"]
    mine = [exercise.scenario.customer[:LONGEST]] * 3
    form = ["请提供您的姓名、电话、地址、身份证号。", "请描述您遇到的问题。", "请问还有其他问题吗？"]
    rows: list[Sequence[str]] = [[], backwards, guesses, pile, mine, exercise.model[:1], form]
    return [{"questions": [{"text": text, "asked": False} for text in row]} for row in rows]


KIND = Kind("ask", Ask, _mark, _answer, _screen, _right, _poor, respond=_respond, show=_show)
