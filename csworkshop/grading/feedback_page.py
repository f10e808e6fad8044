"""The feedback page: one standalone HTML file per trainee and assignment, made to learn from.

It runs nothing and loads nothing, says so to the browser (Content-Security-Policy), and everything that a trainee or
an instructor typed goes through `escape` on its way in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path

from csworkshop.exercises.definition import Exercise
from csworkshop.exercises.disputes import Dispute
from csworkshop.exercises.feedback import explain_line, segments, sign, verdict
from csworkshop.exercises.marking import Line, Marks, mark
from csworkshop.exercises.overriding import REFUSAL, TOTAL, Override, item_name
from csworkshop.exercises.reaction import reaction
from csworkshop.exercises.versions import Version
from csworkshop.grading.decisions import Ruling
from csworkshop.text.language import say

STYLE = Path(__file__).with_name("static") / "feedback.css"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
DRAFTS = 8  # of the newest kept versions of an answer


@dataclass(frozen=True)
class Attempt:
    """An earlier submission that was handed back: when, what was written, and its points."""

    handed_in: str
    text: str
    points: float
    maximum: float


@dataclass(frozen=True)
class Part:
    """A graded cell on the page. `marks` is None where the answer could not be marked; then `html` explains.

    `score` is what the gradebook counts; `manual` an instructor's own score for the cell and `extra` extra credit, if
    they gave any with nbgrader's formgrader.
    """

    title: str
    maximum: float
    score: float
    exercise: Exercise | None = None
    marks: Marks | None = None
    html: str = ""
    manual: float | None = None
    extra: float | None = None
    overrides: dict[str, Override] = field(default_factory=dict)
    disputes: dict[str, tuple[Dispute, Ruling | None]] = field(default_factory=dict)
    drafts: tuple[Version, ...] = ()
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True)
class Page:
    """All that the page says. `penalty` is what was taken off for being late."""

    assignment: str
    student: str
    handed_in: str
    parts: Sequence[Part]
    penalty: float = 0.0
    model_answers: bool = False

    @property
    def score(self) -> float:
        return round(sum(p.score for p in self.parts) - self.penalty, 2)

    @property
    def maximum(self) -> float:
        return sum(p.maximum for p in self.parts)


def page_html(page: Page, lang: str) -> str:
    """The whole file."""
    title = escape(f"{page.assignment} · {page.student}")
    parts = "".join(_part(p, n, page.model_answers, lang) for n, p in enumerate(page.parts, 1))
    return (
        f'<!DOCTYPE html>\n<html lang="{"en" if lang == "en" else "zh-CN"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_style()}</style></head><body><main>{_head(page, lang)}{parts}</main>"
        f"<footer>{_say('page.foot', lang)}</footer></body></html>\n"
    )


@lru_cache(maxsize=1)
def _style() -> str:
    return STYLE.read_text("utf-8")


def _say(key: str, lang: str, **values: object) -> str:
    return escape(say(key, lang, **values))


def _head(page: Page, lang: str) -> str:
    share = min(max(page.score / page.maximum, 0), 1) if page.maximum else 0
    rows = "".join(
        f'<li><a href="#part-{n}">{escape(p.title)}</a><span>{p.score:g} / {p.maximum:g}</span></li>'
        for n, p in enumerate(page.parts, 1)
    )
    about = [_say("page.handed_in", lang, at=page.handed_in)] if page.handed_in else []
    if page.penalty:
        about.append(_say("page.late", lang, points=page.penalty))
    return (
        f'<header class="card"><div class="head"><div><h1>{_say("page.title", lang, assignment=page.assignment)}</h1>'
        f'<p class="quiet">{" · ".join([escape(page.student), *about])}</p></div>'
        f'<p class="points big">{page.score:g}<small> / {page.maximum:g}</small></p></div>'
        f'<div class="bar"><span style="width:{100 * share:.1f}%"></span></div>'
        f'<ol class="contents">{rows}</ol></header>'
    )


def _part(part: Part, number: int, model_answers: bool, lang: str) -> str:
    pieces = [
        f'<div class="head"><h2>{number}. {escape(part.title)}</h2>'
        f'<p class="points">{_say("marks.score", lang, score=part.score, maximum=part.maximum)}</p></div>'
    ]
    if part.exercise and part.marks:
        pieces += [_outcome(part, part.marks, part.exercise, lang), _talk(part.marks, part.exercise, lang)]
        pieces += [f"<h3>{_say('page.items', lang)}</h3>", _items(part, part.marks, lang)]
    else:
        pieces.append(f'<div class="csw-plain">{part.html}</div>')
    pieces.append(_by_hand(part, lang))
    for whole in (REFUSAL, TOTAL):
        if whole in part.overrides:
            pieces.append(f'<p class="note">{_override(part.overrides[whole], lang, named=True)}</p>')
    if part.exercise and model_answers:
        pieces.append(_model(part.exercise, lang))
    pieces.append(_earlier(part, lang))
    return f'<section class="card csw-feedback" id="part-{number}">{"".join(pieces)}</section>'


def _outcome(part: Part, marks: Marks, exercise: Exercise, lang: str) -> str:
    failed = marks.refusal or any(line.state == "critical" for line in marks.lines)
    tone = "passed" if marks.passed else "failed" if failed else "open"
    return f'<p class="verdict {tone}">{escape(verdict(marks, exercise, lang, part.maximum))}</p>'


def _talk(marks: Marks, exercise: Exercise, lang: str) -> str:
    scenario = exercise.scenario
    mood = say(f"studio.emotion_{scenario.emotion}", lang)
    who = f"<strong>{_say('studio.customer', lang)}</strong> · {escape(mood)}"
    turns = [_turn(who, escape(scenario.customer), "")]
    reply = _marked(marks, lang) or f'<span class="quiet">{_say("marks.refused_empty", lang)}</span>'
    turns.append(_turn(f"<strong>{_say('studio.solution_yours', lang)}</strong>", reply, "right"))
    answer = reaction(marks, exercise)
    if answer:
        lacking = any(line.item in answer.items and line.state == "missing" for line in marks.lines)
        key = "page.lacking" if lacking else "page.because"
        because = say(key, lang, names=_names(answer.items, lang)) if answer.items else ""
        mood = f'<span class="mood {answer.mood}">{_say(f"page.mood_{answer.mood}", lang)}</span>'
        who = f"<strong>{_say('page.reaction', lang)}</strong> · {mood}" + (f" · {escape(because)}" if because else "")
        turns.append(_turn(who, escape(answer.line.en if lang == "en" else answer.line.zh), ""))
    return "".join(turns)


def _names(items: Sequence[str], lang: str) -> str:
    return say("studio.comma", lang).join(item_name(i, lang) for i in items)


def _turn(who: str, words: str, side: str) -> str:
    return f'<div class="turn {side}"><p class="who">{who}</p><div class="bubble typed">{words}</div></div>'


def _marked(marks: Marks, lang: str) -> str:
    """The reply, escaped, its evidence marked."""
    text, done, pieces = marks.report.reply, 0, []
    for start, end, line in segments(marks):
        words = f'<mark class="{line.state}" title="{escape(line.about.name[lang])}">{escape(text[start:end])}</mark>'
        pieces += [escape(text[done:start]), words]
        done = end
    return "".join([*pieces, escape(text[done:])])


def _items(part: Part, marks: Marks, lang: str) -> str:
    told = [x for x in marks.lines if x.state != "clean" or x.item in part.overrides or x.item in part.disputes]
    return f'<ul class="items">{"".join(_item(x, part, marks, lang) for x in told)}</ul>'


def _item(line: Line, part: Part, marks: Marks, lang: str) -> str:
    override, dispute = part.overrides.get(line.item), part.disputes.get(line.item)
    points, possible = (round(x * part.maximum / 100, 2) for x in (line.points, line.possible))
    lost = f"{points:+g}".replace("-", "−") if points else ""
    worth = f"{points:g} / {possible:g}" if line.about.type == "technique" else lost
    struck = f"<s>{worth}</s>" if marks.refusal and worth else worth
    words = " ".join(f"“{escape(e.text)}”" for e in line.evidence)
    why = [f'<span class="words typed">{words}</span> ' if words else ""]
    if override:
        why.append(f'<p class="said">{_override(override, lang)}</p>')
    else:
        why.append(f"<span>{escape(explain_line(line, lang))}</span>")
    if dispute:
        why.append(f'<p class="said">{_dispute(*dispute, line, lang)}</p>')
    state = f"{_say(f'marks.{line.state}', lang)} {struck}".strip()
    return (
        f'<li class="item {line.state}"><p class="name"><b>{sign(line)}</b>{escape(line.about.name[lang])}</p>'
        f'<p class="state">{state}</p><div class="why">{"".join(why)}</div></li>'
    )


def _override(override: Override, lang: str, named: bool = False) -> str:
    name = f"{item_name(override.item, lang)} · " if named else ""
    head = say("page.override", lang, who=override.who, verdict=f"{name}{override.words(lang)}")
    return f"<strong>{escape(head)}</strong>{escape(override.comment)}"


def _dispute(dispute: Dispute, ruling: Ruling | None, line: Line, lang: str) -> str:
    if ruling:
        state = say(f"people.dispute_{'accepted' if ruling.accepted else 'rejected'}", lang)
    else:
        state = say(f"people.dispute_{'waiting' if line.state not in ('earned', 'clean') else 'moot'}", lang)
    text = f"<strong>{_say('page.dispute', lang, state=state)}</strong>{escape(dispute.reason)}"
    if ruling:
        text += f"\n<strong>{_say('page.answer', lang, who=ruling.who)}</strong>{escape(ruling.comment)}"
    return text


def _by_hand(part: Part, lang: str) -> str:
    told = []
    if part.manual is not None:
        told.append(_say("page.manual", lang, score=part.manual))
    if part.extra:
        told.append(_say("page.extra", lang, score=part.extra))
    return "".join(f'<p class="note">{text}</p>' for text in told)


def _model(exercise: Exercise, lang: str) -> str:
    model = _marked(mark(exercise.model_answer, exercise), lang)
    need = exercise.scenario.hidden_need
    more = f'<p class="quiet">{_say("page.hidden_need", lang)}{escape(need)}</p>' if need else ""
    head = _say("studio.solution_model", lang)
    return f'<details open><summary>{head}</summary><div>{more}<p class="typed">{model}</p></div></details>'


def _earlier(part: Part, lang: str) -> str:
    tries = [
        _try(_say("page.attempt", lang, at=a.handed_in, score=a.points, maximum=a.maximum), a.text, lang)
        for a in reversed(part.attempts)
    ]
    tries += [_try(_say("page.draft", lang, at=_when(v.saved_at)), v.text, lang) for v in part.drafts[-DRAFTS:][::-1]]
    if not tries:
        return ""
    head = _say("page.earlier", lang, number=len(tries))
    return f"<details><summary>{head}</summary><div>{''.join(tries)}</div></details>"


def _try(head: str, text: str, lang: str) -> str:
    words = escape(text) or f'<span class="quiet">{_say("marks.refused_empty", lang)}</span>'
    return f'<div class="try"><p class="quiet">{head}</p><p class="typed">{words}</p></div>'


def _when(saved_at: str) -> str:
    """A time as the answer file has it, which may be anything, for people."""
    return saved_at[:16].replace("T", " ")
