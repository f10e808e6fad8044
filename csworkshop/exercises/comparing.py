"""A trainee's result beside the reference: check by check, with one sentence on what differs and partial credit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from csworkshop.exercises.code import (
    Check,
    CodeExercise,
    Data,
    Frame,
    Label,
    Scalar,
    Series,
    Values,
    folded,
    missing_and_extra,
    same,
)
from csworkshop.text.language import say

_SHOWN = 60  # characters of a trainee's value or label in a sentence
_NAMED = 5  # labels named in a sentence


@dataclass(frozen=True)
class Compared:
    """One check's outcome: `key` and `values` make the sentence ([code] in the strings), "right" if it holds."""

    check: Check
    key: str
    values: dict[str, object]

    @property
    def right(self) -> bool:
        return self.key == "right"

    def text(self, lang: str | None = None) -> str:
        """The sentence, with the author's hint after it where something differs."""
        lead = say(f"code.{self.key}", lang, **{k: _said(v, lang) for k, v in self.values.items()})
        if self.right or self.check.hint is None:
            return lead
        return lead + (" " if lang == "en" else "") + self.check.hint[lang or "zh"]


@dataclass(frozen=True)
class CodeMarks:
    """A result compared: `score` in 0..1."""

    lines: tuple[Compared, ...]

    @property
    def score(self) -> float:
        return sum(x.check.points for x in self.lines if x.right) / sum(x.check.points for x in self.lines)

    def points(self, maximum: float) -> float:
        """Points out of `maximum`, rounded to two decimals."""
        return round(self.score * float(maximum), 2)


def compare(result: Data, expected: Data, exercise: CodeExercise) -> CodeMarks:
    """Mark `result`. A result of another kind than the reference fails every check: nothing else can be compared."""
    if result.kind != expected.kind:
        wrong = {"found": f"kind_{result.kind}", "wanted": f"kind_{expected.kind}"}
        return CodeMarks(tuple(Compared(c, "type", dict(wrong)) for c in exercise.checks))
    return CodeMarks(tuple(_CHECKS[c.kind](c, result, expected) for c in exercise.checks))


def as_html(marks: CodeMarks, exercise: CodeExercise, lang: str, maximum: float, notes: Sequence[str] = ()) -> str:
    """The compared result as one HTML block, safe to show anywhere; `notes` stand under it."""
    rows = "".join(
        f'<tr><td style="{_CELL}">{"✓" if x.right else "○"} {escape(say(f"code.check_{x.check.kind}", lang))}</td>'
        f'<td style="{_CELL}">{_share(x, marks, maximum)}</td><td style="{_CELL}">{escape(x.text(lang))}</td></tr>'
        for x in marks.lines
    )
    score = say("marks.score", lang, score=marks.points(maximum), maximum=maximum)
    return (
        f'<div class="csw-feedback" lang="{"en" if lang == "en" else "zh-CN"}" style="line-height:1.7">'
        f"<p><strong>{escape(exercise.title[lang])}</strong> · {escape(score)}</p>"
        f'<table style="border-collapse:collapse;text-align:left"><tbody>{rows}</tbody></table>'
        + "".join(f'<p style="white-space:pre-wrap;overflow-wrap:anywhere">{escape(note)}</p>' for note in notes)
        + "</div>"
    )


_CELL = "padding:4px 10px 4px 0;vertical-align:top;text-align:left"


def _share(line: Compared, marks: CodeMarks, maximum: float) -> str:
    worth = line.check.points / sum(x.check.points for x in marks.lines) * maximum
    return f"{round(worth if line.right else 0, 2):g} / {round(worth, 2):g}"


def _said(value: object, lang: str | None) -> object:
    if isinstance(value, str) and value.startswith("kind_"):
        return say(f"code.{value}", lang)
    if isinstance(value, list):
        return "、".join(value) if lang != "en" else ", ".join(value)
    return value


def _brief(value: Label) -> str:
    text = "".join(c if c.isprintable() else "\ufffd" for c in str(value))
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _names(labels: Sequence[str]) -> list[str]:
    return [_brief(x) for x in labels[:_NAMED]] + (["…"] if len(labels) > _NAMED else [])


def _right(check: Check) -> Compared:
    return Compared(check, "right", {})


def _type(check: Check, result: Data, expected: Data) -> Compared:
    return _right(check)  # another kind never gets here


def _rows(check: Check, result: Data, expected: Data) -> Compared:
    found, wanted = len(_as_rows(result)), len(_as_rows(expected))
    return _right(check) if found == wanted else Compared(check, "rows", {"found": found, "wanted": wanted})


def _columns(check: Check, result: Data, expected: Data) -> Compared:
    missing, extra = missing_and_extra(_columns_of(expected), _columns_of(result))
    if missing:
        return Compared(check, "columns_missing", {"names": _names(missing)})
    return Compared(check, "columns_extra", {"names": _names(extra)}) if extra else _right(check)


def _index(check: Check, result: Data, expected: Data) -> Compared:
    found, wanted = _index_of(result), _index_of(expected)
    missing, extra = missing_and_extra(wanted, found)
    if missing or extra:
        return Compared(check, "index", {"missing": len(missing), "extra": len(extra)})
    in_order = all(folded(a) == folded(b) for a, b in zip(found, wanted, strict=True))
    return Compared(check, "right" if in_order or not check.ordered else "index_order", {})


def _values(check: Check, result: Data, expected: Data) -> Compared:
    wanted_names = list(check.columns) or [folded(c) for c in _columns_of(expected)]
    missing, _ = missing_and_extra(list(wanted_names), _columns_of(result)) if isinstance(expected, Frame) else ([], [])
    if missing:
        return Compared(check, "columns_missing", {"names": _names(missing)})
    found, wanted = _selected(result, wanted_names), _selected(expected, wanted_names)
    if len(found) != len(wanted):
        return Compared(check, "rows", {"found": len(found), "wanted": len(wanted)})
    if not check.ordered:
        found, wanted = sorted(found, key=_order), sorted(wanted, key=_order)
    wrong = [
        (row, n)
        for row, (a, b) in enumerate(zip(found, wanted, strict=True))
        for n in range(len(b))
        if not same(a[n], b[n], check)
    ]
    if not wrong:
        return _right(check)
    row, n = wrong[0]
    told: dict[str, object] = {"number": len(wrong), "value": _brief(_missing_or(found[row][n])), "row": row + 1}
    told |= {"column": _brief(wanted_names[n])}
    if isinstance(result, Frame):
        return Compared(check, "values_frame" if check.ordered else "values_unordered", told)
    return Compared(check, "values_many" if isinstance(result, Series | Values) else "value", told)


_CHECKS: dict[str, Callable[[Check, Data, Data], Compared]] = {
    "type": _type, "rows": _rows, "columns": _columns, "index": _index, "values": _values
}  # fmt: skip


def _missing_or(value: Scalar) -> Scalar:
    return "NaN" if value is None else value


def _columns_of(data: Data) -> list[Label]:
    return data.columns if isinstance(data, Frame) else [data.name] if isinstance(data, Series) else ["value"]


def _index_of(data: Data) -> list[Label]:
    return data.index if isinstance(data, Frame | Series) else []


def _as_rows(data: Data) -> list[list[Scalar]]:
    if isinstance(data, Frame):
        return data.rows
    values = data.values if isinstance(data, Series) else data.value if isinstance(data, Values) else [data.value]
    return [[v] for v in values]


def _selected(data: Data, names: Sequence[str]) -> list[list[Scalar]]:
    """The rows with the named columns alone, in that order; a name that stands twice means the first."""
    if not isinstance(data, Frame):
        return _as_rows(data)
    known = [folded(c) for c in data.columns]
    places = [known.index(folded(name)) for name in names]
    return [[row[p] for p in places] for row in data.rows]


def _order(row: Sequence[Scalar]) -> tuple[list[str], list[float]]:
    """Texts first, then numbers, rounded so that a tolerance doesn't change the order."""
    texts = [folded(v) for v in row if isinstance(v, str)]
    return texts, [float(f"{v:.5g}") for v in row if isinstance(v, int | float) and not isinstance(v, bool)]
