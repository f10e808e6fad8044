"""Marks put into words: plain lines for a terminal or a screen reader, and one HTML card for notebooks and nbgrader.

Everything that a trainee typed is escaped here, once, for every page that shows it.
"""

from __future__ import annotations

from html import escape

from csworkshop.exercises.activity import load
from csworkshop.exercises.definition import Activity, Exercise
from csworkshop.exercises.kinds import kind_of
from csworkshop.exercises.marking import MAX_CHARACTERS, Line, Marks
from csworkshop.text.language import say

# Colour never stands alone: every state has a sign of its own, and techniques, faults and unsure words differ in
# their underline. Inline styles, because untrusted notebook outputs lose <style>; currentColor suits both themes.
_SIGNS = {"earned": "✓", "partly": "◐", "unsure": "?", "missing": "○", "clean": "–", "fault": "✗", "critical": "✗✗"}
_UNDERLINE = {  # middle tones: at least 3:1 on white and on a dark notebook's #111 alike
    "earned": "underline 2px solid #3a9650",
    "unsure": "underline 2px dotted #a07d00",
    "fault": "underline 2px wavy #d9483b",
    "critical": "underline 3px wavy #d9483b",
}
_RANK = {"earned": 1, "unsure": 2, "fault": 3, "critical": 4}


def sign(line: Line) -> str:
    """The line's sign, which stands for its state where there is no colour."""
    return _SIGNS[line.state]


def segments(marks: Marks) -> list[tuple[int, int, Line]]:
    """The marked stretches of the reply, in order and without overlap: start, end, line.

    Where evidence of several lines overlaps, the graver line has the words.
    """
    owner: list[Line | None] = [None] * len(marks.report.reply)
    for line in sorted((x for x in marks.lines if x.state in _RANK), key=lambda x: _RANK[x.state]):
        for e in line.evidence:
            owner[e.start : e.end] = [line] * (e.end - e.start)
    found: list[tuple[int, int, Line]] = []
    start = 0
    for i in range(1, len(owner) + 1):
        if i == len(owner) or owner[i] is not owner[start]:
            line_here = owner[start]
            if line_here is not None:
                found.append((start, i, line_here))
            start = i
    return found


def explain_line(line: Line, lang: str = "zh") -> str:
    """One sentence or two for a line: what was seen and why, or what to do instead."""
    if line.state == "clean":
        return ""
    if line.own:
        return _sentence(line.reason(lang), lang) if line.reason(lang) else ""
    if line.state == "missing":
        return line.about.advice[lang]
    text = _sentence(line.reason(lang), lang)
    if line.state == "unsure":
        return _join(text, say(f"marks.{_doubt(line)}", lang), lang)
    return text if line.state == "earned" else _join(text, line.about.advice[lang], lang)


def _doubt(line: Line) -> str:
    """What an unsure line says of its points."""
    if line.about.type == "technique":
        return "unsure_technique" if abs(line.points - line.possible / 2) < 0.01 else "unsure_partly"
    return "unsure_partly_fault" if line.points < 0 else "unsure_fault"


def _sentence(text: str, lang: str) -> str:
    """`text` with a full stop at its end."""
    return text if text[-1:] in '。！？”.!?"' else text + ("." if lang == "en" else "。")


def _join(first: str, second: str, lang: str) -> str:
    return f"{first} {second}" if lang == "en" else first + second


def verdict(marks: Marks, exercise: Exercise | Activity, lang: str = "zh", maximum: float = 100) -> str:
    """The outcome in a sentence: refused and why, auto-failed, passed, or how many of `maximum` points are needed."""
    if marks.refusal:
        return say(f"marks.refused_{marks.refusal}", lang, limit=MAX_CHARACTERS)
    if any(line.state == "critical" for line in marks.lines):
        return say("marks.critical_cap", lang)
    if marks.passed:
        return say("marks.passed", lang)
    return say("marks.not_passed", lang, need=f"{round(exercise.pass_mark * maximum / 100, 2):g}")


def start(exercise: Exercise | Activity, lang: str = "zh", maximum: float = 100) -> str:
    """What a reply starts from on this scorecard; "" where that is nothing."""
    base = exercise.scorecard.base if isinstance(exercise, Exercise) else 0
    return say("marks.base", lang, points=round(base * maximum / 100, 2)) if base else ""


def as_text(marks: Marks, exercise: Exercise | Activity, lang: str = "zh", maximum: float = 100) -> list[str]:
    """The marked scorecard as lines of text."""
    score = say("marks.score", lang, score=marks.points(maximum), maximum=maximum)
    rows = [f"{score} · {verdict(marks, exercise, lang, maximum)}"]
    rows += [text] if (text := start(exercise, lang, maximum)) else []
    for line in marks.lines:
        if line.state == "clean":
            continue
        words = " / ".join(e.text for e in line.evidence)
        quoted = f"“{words}”" if words else ""
        state = say(f"marks.{line.state}", lang)
        rows.append(f"{sign(line)} {line.about.name[lang]} [{state}] {quoted} {explain_line(line, lang)}".strip())
    return rows


def as_html(
    marks: Marks, exercise: Exercise | Activity, lang: str = "zh", maximum: float = 100, answer: str = ""
) -> str:
    """The marked scorecard as one HTML block, the reply with its evidence marked, safe to show anywhere.

    `answer` is an activity's answer as it was saved: kinds that have something to show of it (a talk) do.
    """
    score = say("marks.score", lang, score=marks.points(maximum), maximum=maximum)
    title, outcome = escape(exercise.title[lang]), escape(verdict(marks, exercise, lang, maximum))
    rows = "".join(_row(line, lang, maximum) for line in marks.lines if line.state != "clean")
    quote = '<blockquote style="white-space:pre-wrap;overflow-wrap:anywhere">{}</blockquote>'
    reply = quote.format(marked_reply(marks, lang)) if isinstance(exercise, Exercise) else ""
    return (
        f'<div class="csw-feedback" lang="{"en" if lang == "en" else "zh-CN"}" style="line-height:1.7">'
        f'<p class="csw-head csw-{"earned" if marks.passed else "partly"}">'
        f"<strong>{title}</strong> · <span>{escape(score)}</span> · <em>{outcome}</em></p>"
        f"{reply}"
        f"{f'<p>{escape(text)}</p>' if (text := start(exercise, lang, maximum)) else ''}"
        f'<table style="border-collapse:collapse;text-align:left"><tbody>{rows}</tbody></table>'
        f"{_shown(answer, exercise, lang)}</div>"
    )


def _shown(answer: str, exercise: Exercise | Activity, lang: str) -> str:
    """What the kind shows of an answer; "" for one that can't be read: its marks say so."""
    if not answer or isinstance(exercise, Exercise):
        return ""
    show = kind_of(exercise).show
    try:
        value = load(answer, exercise) if show else {}
    except ValueError:
        return ""
    shown = show(value, exercise, lang) if show and value else ""
    title = f'<p class="csw-title"><strong>{escape(say("marks.answer", lang))}</strong></p>'
    return f'<div class="csw-answer">{title}{shown}</div>' if shown else ""


def _row(line: Line, lang: str, maximum: float) -> str:
    points = f"{round(line.points * maximum / 100, 2):+g}".replace("-", "−") if line.points else ""
    words = "; ".join(f"“{escape(e.text)}”" for e in line.evidence)
    cells = (
        f"{sign(line)} {escape(line.about.name[lang])}",
        escape(say(f"marks.{line.state}", lang)),
        points,
        f"{words} {escape(explain_line(line, lang))}",
    )
    style = "padding:4px 10px 4px 0;vertical-align:top;text-align:left"
    styles = (f"{style};white-space:nowrap",) * 3 + (style,)
    row = "".join(f'<td style="{s}">{c}</td>' for s, c in zip(styles, cells, strict=True))
    return f'<tr class="csw-{line.state}">{row}</tr>'


def marked_reply(marks: Marks, lang: str = "zh") -> str:
    """The reply as HTML: escaped, its evidence underlined."""
    text, done, pieces = marks.report.reply, 0, []
    for start, end, line in segments(marks):
        style = f"text-decoration:{_UNDERLINE[line.state]};text-underline-offset:3px"
        words = f'<span title="{escape(line.about.name[lang])}" style="{style}">{escape(text[start:end])}</span>'
        pieces += [escape(text[done:start]), words]
        done = end
    return "".join([*pieces, escape(text[done:])])
