"""Code exercises: files that say what is wrong with them, results as data, and comparing them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from csworkshop.bench.attacks.small_course import RATES, REFERENCE, write_exercise
from csworkshop.exercises.code import Check, CodeExercise, read_code_exercise, read_data, result
from csworkshop.exercises.comparing import as_html, compare
from csworkshop.exercises.handed import MOST_VALUES, NoData, as_data
from csworkshop.text.datafile import DataFileError
from csworkshop.text.language import LANGUAGES


def _exercise(tmp_path: Path, *checks: dict[str, Any]) -> CodeExercise:
    folder = write_exercise(tmp_path, "m7-rates", RATES, {"reference.py": REFERENCE})
    made = read_code_exercise(folder)
    return made.model_copy(update={"checks": tuple(Check.model_validate(c) for c in checks)}) if checks else made


def _data(value: object) -> Any:
    return read_data(json.dumps(as_data(value)))


FRAME = pd.DataFrame({"shop": ["北店", "南店"], "rate": [0.5, 1.0]})


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (3, {"kind": "number", "value": 3}),
        (pd.Series([1.5]).max(), {"kind": "number", "value": 1.5}),
        (True, {"kind": "truth", "value": True}),
        (pd.Series([True]).all(), {"kind": "truth", "value": True}),
        ("x", {"kind": "text", "value": "x"}),
        (pd.Timestamp("2026-01-02"), {"kind": "text", "value": "2026-01-02T00:00:00"}),
        ([1, None, float("nan"), float("inf"), "a"], {"kind": "list", "value": [1, None, None, "inf", "a"]}),
        (10**30, {"kind": "text", "value": str(10**30)}),
        (
            pd.Series([1, 2], index=["a", "b"], name="n"),
            {"kind": "series", "name": "n", "values": [1, 2], "index": ["a", "b"]},
        ),
        (
            pd.DataFrame({"a": [1], "b": [pd.NaT]}),
            {"kind": "frame", "columns": ["a", "b"], "rows": [[1, None]], "index": [0]},
        ),
        (
            FRAME.groupby("shop").agg({"rate": ["min", "max"]}),
            {
                "kind": "frame",
                "columns": [["rate", "min"], ["rate", "max"]],
                "rows": [[0.5, 0.5], [1.0, 1.0]],
                "index": ["北店", "南店"],
            },
        ),
    ],
)
def test_a_result_as_data(value: object, data: dict[str, Any]) -> None:
    made = as_data(value)
    assert made.pop("rows", []) == data.pop("rows", []) and made == data
    assert type(made.get("value")) is type(data.get("value"))
    _data(value)


@pytest.mark.parametrize(
    "value", [None, pd, object(), {"a": 1}, [object()], "x" * 20_000, list(range(MOST_VALUES + 1))]
)
def test_what_can_not_be_handed_in(value: object) -> None:
    with pytest.raises(NoData):
        as_data(value)


@pytest.mark.parametrize(
    "raw",
    [
        "", "[", "[" * 100_000, '{"kind": "number", "value": NaN}', '{"kind": "number", "value": "1"}',
        '{"kind": "number", "value": true}', '{"kind": "text", "value": 1}', '{"kind": "pickle", "value": "gASV"}',
        '{"kind": "list", "value": [[1]]}', '{"kind": "list", "value": [1], "more": 1}',
        '{"kind": "frame", "columns": ["a"], "rows": [[1, 2]], "index": [0]}',
        '{"kind": "frame", "columns": ["a"], "rows": [[1]], "index": []}',
        '{"kind": "series", "name": null, "values": [1], "index": []}',
    ],
)  # fmt: skip
def test_data_that_nobody_vouches_for(raw: str) -> None:
    with pytest.raises(ValueError):
        read_data(raw)


CASES: dict[str, tuple[object, dict[str, Any], str]] = {
    "the same": (FRAME, {"kind": "values"}, "right"),
    "within the tolerance": (FRAME.assign(rate=[0.5004, 1.0]), {"kind": "values", "relative": 0.001}, "right"),
    "outside it": (FRAME.assign(rate=[0.51, 1.0]), {"kind": "values", "relative": 0.001}, "values_frame"),
    "another order of rows": (FRAME[::-1], {"kind": "values"}, "values_frame"),
    "where it doesn't matter": (FRAME[::-1], {"kind": "values", "ordered": False}, "right"),
    "another order of columns": (FRAME[["rate", "shop"]], {"kind": "values"}, "right"),
    "a column more": (FRAME.assign(x=1), {"kind": "columns"}, "columns_extra"),
    "a column less": (FRAME[["shop"]], {"kind": "columns"}, "columns_missing"),
    "blanks around a name": (FRAME.rename(columns={"rate": " rate"}), {"kind": "columns"}, "right"),
    "a value missing": (FRAME.assign(rate=[None, 1.0]), {"kind": "values"}, "values_frame"),
    "only the named columns": (FRAME.assign(rate=9), {"kind": "values", "columns": ["shop"]}, "right"),
    "rows": (FRAME[:1], {"kind": "rows"}, "rows"),
    "rows before values": (FRAME[:1], {"kind": "values"}, "rows"),
    "labels": (FRAME.set_axis([5, 6]), {"kind": "index"}, "index"),
    "labels in another order": (FRAME[::-1], {"kind": "index"}, "index_order"),
    "another kind": (FRAME["rate"], {"kind": "type"}, "type"),
    "numbers as texts": (FRAME.assign(rate=["0.5", "1.0"]), {"kind": "values"}, "values_frame"),
}


@pytest.mark.parametrize("name", CASES)
def test_comparing_with_the_reference(name: str, tmp_path: Path) -> None:
    value, check, key = CASES[name]
    exercise = _exercise(tmp_path, {"points": 1, **check})
    (line,) = compare(_data(value), _data(FRAME), exercise).lines
    assert line.key == key
    assert all(line.text(lang) for lang in LANGUAGES)


@pytest.mark.parametrize(
    ("value", "expected", "right"),
    [
        (3, 3.0, True), (3, 4, False), (0.1 + 0.2, 0.3, True), ("甲 ", "甲", True), ("1", "一", False),
        ([1, 2], [1, 2], True), ([2, 1], [1, 2], False), ([1], [1, 2], False), (True, False, False),
        (pd.Series([1, 2], name="a"), pd.Series([1.0, 2.0], name="b"), True),
    ],
)  # fmt: skip
def test_comparing_other_kinds(value: object, expected: object, right: bool, tmp_path: Path) -> None:
    marks = compare(_data(value), _data(expected), _exercise(tmp_path, {"kind": "values", "points": 1}))
    assert (marks.points(4) == 4) is right


def test_points_in_parts_and_what_differs_without_giving_the_answer_away(tmp_path: Path) -> None:
    exercise = _exercise(tmp_path)
    marks = compare(_data(FRAME.assign(rate=[0.25, 1.0])), _data(FRAME), exercise)
    assert marks.points(10) == 4.0
    page = as_html(marks, exercise, "zh", 10, ["<b>note</b>"])
    assert "您的是 0.25" in page or "例如" in page
    assert "0.5" not in page and "&lt;b&gt;" in page and "一家店一行" in page


BROKEN = {
    'kind = "code"\n': ('kind = "rewrite"\n', "kind"),
    'reference = "reference.py"\n': ("", "give `reference` .* or `expected`"),
    'variable = "rates"\n': ('variable = "my rates"\n', "variable"),
    'files = ["cases.csv"]\n': ('files = ["../../gradebook.db"]\n', "files"),
    'reference = "reference.py"': ('reference = "../x.py"', "file's name in the exercise's own folder"),
    'kind = "rows"\n': ('kind = "row"\n', "checks"),
    "points = 3\n": ("points = -3\n", "checks"),
    "seconds = 5\n": ("seconds = 5000\n", "limits.seconds"),
}


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_file_is_refused_with_file_and_key(line: str, tmp_path: Path) -> None:
    folder = write_exercise(tmp_path, "m7-rates", RATES, {"reference.py": REFERENCE})
    file, (instead, said) = folder / "exercise.toml", BROKEN[line]
    text = file.read_text("utf-8")
    assert line in text
    file.write_text(text.replace(line, instead, 1), "utf-8")
    with pytest.raises(DataFileError, match=said) as caught:
        read_code_exercise(folder)
    assert str(file) in str(caught.value)


def test_the_trainees_call_says_what_will_be_handed_in(capsys: pytest.CaptureFixture[str]) -> None:
    result("m7-rates", FRAME, points=10)
    result("m7-rates", [1, 2])
    result("m7-rates", 3)
    result("m7-rates", object())
    said = capsys.readouterr().out.splitlines()
    assert "2 行 2 列（shop, rate）" in said[0] and "2 个值" in said[1] and "3" in said[2] and "还不能交" in said[3]
