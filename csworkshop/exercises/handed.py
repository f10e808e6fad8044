"""A result of a trainee's cell as plain data: what may be graded, and nothing that could run.

The same code makes data of the reference and of what trainees leave behind. It runs beside trainees' code, without
the rest of the kit, so it imports the standard library only, and the grader believes nothing of what it says but the
data itself.
"""

from __future__ import annotations

import math
import sys
from typing import Any

MOST_VALUES = 100_000
LONGEST_TEXT = 10_000


class NoData(ValueError):
    """The value can't be handed in; the message names its type or what is too large."""


def as_data(value: Any) -> dict[str, Any]:
    """`value` as JSON-ready data with a `kind`: frame, series, list, number, text, truth. NoData for anything else.

    frame: columns, rows, index · series: name, values, index · the others: value. A missing value (None, NaN, NaT)
    is None, a time ISO text, a label of several levels a list.
    """
    pandas: Any = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        _fits(value.shape[0] * max(value.shape[1], 1))
        columns = [_plain_column(value.iloc[:, n]) for n in range(value.shape[1])]
        rows = [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(value.shape[0])]
        return {
            "kind": "frame", "columns": [_label(c) for c in value.columns], "rows": rows,
            "index": [_label(i) for i in value.index],
        }  # fmt: skip
    if pandas is not None and isinstance(value, pandas.Series):
        _fits(len(value))
        index = [_label(i) for i in value.index]
        return {"kind": "series", "name": _label(value.name), "values": _plain_column(value), "index": index}
    if isinstance(value, list | tuple):
        _fits(len(value))
        return {"kind": "list", "value": [_scalar(v) for v in value]}
    plain = _scalar(value)
    if plain is None:
        raise NoData("None")
    kind = "truth" if isinstance(plain, bool) else "text" if isinstance(plain, str) else "number"
    return {"kind": kind, "value": plain}


def _fits(number: int) -> None:
    if number > MOST_VALUES:
        raise NoData(f"{number} values, more than {MOST_VALUES}")


def _plain_column(column: Any) -> list[Any]:
    return [_scalar(v) for v in column.tolist()]


def _label(value: Any) -> Any:
    return [_scalar(v) for v in value] if isinstance(value, tuple) else _scalar(value)


def _scalar(value: Any) -> Any:
    """None, bool, int, float (infinite as the text "inf"), or text; a time or a period as ISO text."""
    if hasattr(value, "item") and not hasattr(value, "isoformat"):  # numpy's numbers
        value = value.item()
    name, plain = type(value).__name__, value
    if value is None or name in ("NAType", "NaTType"):
        plain = None
    elif isinstance(value, int) and not isinstance(value, bool):
        plain = int(value) if abs(value) < 1 << 53 else str(int(value))
    elif isinstance(value, float):
        plain = None if math.isnan(value) else float(value) if math.isfinite(value) else str(float(value))
    elif hasattr(value, "isoformat"):
        plain = str(value.isoformat())
    elif isinstance(value, str) or name in ("Period", "Interval", "Timedelta", "timedelta", "Decimal"):
        plain = str(value)
    elif not isinstance(value, bool):
        raise NoData(name)
    if isinstance(plain, str) and len(plain) > LONGEST_TEXT:
        raise NoData(f"a text of {len(plain)} characters, more than {LONGEST_TEXT}")
    return plain
