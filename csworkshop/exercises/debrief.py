"""A debrief for people: lines for a terminal, and one HTML block for notebooks, feedback page and grader.

The HTML keeps to the few tags and inline styles that the grader's pages let through, and everything that a trainee or
a language model wrote is escaped here. The screen draws the same data itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from csworkshop.practice.better_moves import Better
from csworkshop.practice.condition import FEELINGS
from csworkshop.practice.debriefing import Debrief, Step, debrief
from csworkshop.practice.mood import Mood
from csworkshop.practice.replays import replayed
from csworkshop.practice.talk import Talk
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.language import say

BARS = "▁▂▃▄▅▆▇█"
MOST_TRIES = 3  # earlier tries that a page tells of
MOST_REASONS = 3
_UNDERLINE = {"technique": "underline 2px solid #3a9650", "fault": "underline 2px wavy #d9483b"}  # as in feedback.py
_LIST = "padding:0 0 0 20px"
_CELL = "padding:3px 12px 3px 0;vertical-align:top;text-align:left"


def talk_text(talk: Talk, lang: str = "zh") -> list[str]:
    """The debrief as lines of text."""
    found = debrief(talk)
    rows = [_ended(found, lang), "", f"— {_say('curve', lang)} —"]
    rows += [f"  {name}  {bars}  {first} → {last}" for name, bars, first, last in _curve(found, lang)]
    rows += [f"  {s.number}. {reason}" for s in found.steps for reason in _reasons(s, lang)]
    for title, lines in _sections(found, lang):
        rows += ["", f"— {title} —", *(f"  {text}" for text in lines)]
    return rows


def talk_html(
    talk: Talk,
    lang: str = "zh",
    *,
    spoken: Mapping[str, str] | None = None,
    ticket: Mapping[str, Any] | None = None,
    earlier: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Talk and debrief as one HTML block.

    `spoken` is the wording of a language model by turn, `ticket` what the trainee filled in, `earlier` earlier tries.
    """
    found = debrief(talk)
    curve = "".join(_row(*row[:2], f"{row[2]} → {row[3]}") for row in map(_strings, _curve(found, lang)))
    parts = [
        f"<p>{_esc(_ended(found, lang))}</p>",
        f"<h4>{_esc(_say('talk', lang))}</h4>",
        f"<p>{_esc(_say('model', lang))}</p>" if spoken else "",
        _table(_talk_rows(talk, found, spoken or {}, lang)),
        _ticket(ticket, lang),
        f"<h4>{_esc(_say('curve', lang))}</h4>{_table([curve])}",
    ]
    sections = [*_sections(found, lang), *_earlier(talk, earlier, lang)]
    for title, lines in sections:
        parts.append(_list(title, lines))
    return f'<div class="csw-talk" style="line-height:1.7">{"".join(parts)}</div>'


def _say(key: str, lang: str, **values: object) -> str:
    return say(f"roleplay_told.{key}", lang, **values)


def _esc(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _strings(row: Sequence[object]) -> list[str]:
    return [str(cell) for cell in row]


def _ended(found: Debrief, lang: str) -> str:
    end = say(f"roleplay.{found.end}", lang) if found.end else _say("unended", lang)
    return _say("ended", lang, end=end, turns=len(found.steps), minutes=found.minutes)


# --- the talk -----------------------------------------------------------------------------------------------------


def _table(rows: Sequence[str]) -> str:
    return f'<table style="border-collapse:collapse;text-align:left"><tbody>{"".join(rows)}</tbody></table>'


def _list(title: str, lines: Sequence[str]) -> str:
    rows = "".join(f"<li>{_esc(text)}</li>" for text in lines)
    return f'<h4>{_esc(title)}</h4><ul style="{_LIST}">{rows}</ul>'


def _row(*cells: str, plain: bool = False) -> str:
    """A table row; `plain` cells are HTML already."""
    styles = [_CELL + ";white-space:nowrap"] * (len(cells) - 1) + [_CELL]
    row = zip(styles, cells, strict=True)
    return "<tr>" + "".join(f'<td style="{style}">{c if plain else _esc(c)}</td>' for style, c in row) + "</tr>"


def _talk_rows(talk: Talk, found: Debrief, spoken: Mapping[str, str], lang: str) -> list[str]:
    name, you = f"<strong>{_esc(found.name)}</strong>", f"<strong>{_esc(_say('you', lang))}</strong>"
    rows = [_row("", name, _esc(talk.opening), plain=True)]
    for step in found.steps:
        words = _esc(_say("waits", lang, n=step.waited)) if step.waited is not None else _pieces(step, lang)
        told = "".join(f"<br><span>{_esc(reason)}</span>" for reason in _reasons(step, lang))
        shown = spoken.get(str(step.number))
        other = f"<br><span>{_esc(_say('spoken', lang, text=shown))}</span>" if shown else ""
        rows.append(_row(str(step.number), you, words + told, plain=True))
        rows.append(_row(_esc(step.clock), name, _esc(step.customer) + other, plain=True))
    return rows


def _pieces(step: Step, lang: str) -> str:
    """The reply with its evidence underlined."""
    items, html = catalogue().items, []
    for text, item in step.pieces:
        if not item:
            html.append(_esc(text))
            continue
        about = items[item]
        style = f"text-decoration:{_UNDERLINE[about.type]}"
        html.append(f'<span title="{escape(about.name[lang])}" style="{style}">{_esc(text)}</span>')
    return "".join(html)


def _reasons(step: Step, lang: str) -> list[str]:
    """What moved the customer in a turn, the strongest first, and what they still waited for."""
    told = []
    for moved in step.moved[:MOST_REASONS]:
        levels = say("roleplay_card.comma", lang).join(
            f"{say(f'kind_roleplay.feeling_{f}', lang)} {d:+.0f}" for f, d in moved.deltas.items() if abs(d) >= 0.5
        )
        words = next((w for w in moved.words if w), "")
        quoted = f" “{words}”" if words else ""
        told.append(f"{'▲' if moved.good else '▼'} {moved.reason[lang]}{quoted}{_in(levels, lang)}")
    if step.missed:
        names = say("roleplay_card.comma", lang).join(catalogue().items[i].name[lang] for i in step.missed)
        told.append("○ " + _say("missed", lang, names=names))
    return told


def _in(text: str, lang: str) -> str:
    return f" ({text})" if lang == "en" else f"（{text}）"


def _curve(found: Debrief, lang: str) -> Iterator[tuple[str, str, int, int]]:
    """A line for each feeling: its name, its course in bars, first and last level."""
    for f in FEELINGS:
        levels = [mood.levels[f] for mood in found.curve]
        bars = "".join(BARS[min(int(x / 100 * len(BARS)), len(BARS) - 1)] for x in levels)
        yield say(f"kind_roleplay.feeling_{f}", lang), bars, round(levels[0]), round(levels[-1])


def _levels(mood: Mood, lang: str) -> str:
    return say("roleplay_card.comma", lang).join(
        f"{say(f'kind_roleplay.feeling_{f}', lang)} {mood.levels[f]:.0f}" for f in FEELINGS
    )


# --- what follows from it -----------------------------------------------------------------------------------------


def _sections(found: Debrief, lang: str) -> Iterator[tuple[str, list[str]]]:
    """Title and lines of what is told beneath the talk."""
    yield _say("order", lang), [_moment(m, lang) for m in found.moments]
    yield _say("mind", lang), list(_mind(found, lang))
    if found.promises:
        yield (
            _say("promises", lang),
            [_say(f"promise_{p.fate}", lang, words=p.words, due=p.due[lang]) for p in found.promises],
        )
    for better in found.better:
        why = say("roleplay_card.comma", lang).join(reason[lang] for reason in better.why)
        title = _say("better", lang, n=better.turn)
        yield title, [f"{why}{_in(_levels(better.after, lang), lang)}", *_better(better, lang)]


def _moment(moment: Any, lang: str) -> str:
    name = moment.name[lang]
    if moment.ok and moment.turn:
        return _say("step_ok", lang, name=name, n=moment.turn)
    return _say("step_free" if moment.ok else "step_bad", lang, name=name, why=moment.why[lang])


def _mind(found: Debrief, lang: str) -> Iterator[str]:
    yield _say("wish", lang, text=found.wish)
    yield _say("stake", lang, text=found.stake)
    key, turn = ("need_met", found.met) if found.met else ("need_heard", found.unlocked)
    fate = _say(key, lang, n=turn) if turn else _say("need_hidden", lang)
    end = " " if lang == "en" else ""
    yield f"{_say('need', lang, text=_stop(found.hidden_need, lang))}{end}{fate}"
    if unasked := [k.words for k in found.facts if not k.turn]:
        yield _say("unasked", lang, text=" / ".join(unasked[:4]))
    if untold := [f"{d.label}：{d.words}" for d in found.desk if not d.turn]:
        yield _say("untold", lang, text=" / ".join(untold[:4]))
    for step in found.steps:
        for note in step.notes:
            if note.what == "false":
                truth = _in(note.truth, lang) if note.truth else ""
                yield _say("lie", lang, n=step.number, words=note.words) + truth


def _stop(text: str, lang: str) -> str:
    return text if text[-1:] in "。！？.!?" else text + "。"


def _better(better: Better, lang: str) -> Iterator[str]:
    yield from (advice[lang] for advice in better.advice)
    if better.words and better.mood is not None:
        yield _say("better_words", lang, words=better.words)
        yield _say("better_then", lang, words=better.customer, levels=_levels(better.mood, lang))


def _ticket(ticket: Mapping[str, Any] | None, lang: str) -> str:
    words = [str((ticket or {}).get(key, "")).strip() for key in ("what", "who", "by")]
    return _list(_say("ticket", lang), [text for text in words if text]) if any(words) else ""


def _earlier(talk: Talk, earlier: Sequence[Mapping[str, Any]], lang: str) -> Iterator[tuple[str, list[str]]]:
    """The last few earlier tries, replayed."""
    rows = []
    for row in earlier[-MOST_TRIES:]:
        other = replayed(talk.case, row.get("seed") or 0, row.get("moves") or ())
        first = replayed(talk.case, other.seed, ()).mood
        end = say(f"roleplay.{other.end}", lang) if other.end else _say("unended", lang)
        levels = {"low": round(first.trust), "high": round(other.mood.trust)}
        rows.append(_say("earlier_row", lang, turns=len(other.turns), end=end, **levels))
    if rows:
        yield _say("earlier", lang), rows
