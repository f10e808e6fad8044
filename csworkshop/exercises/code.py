"""A code exercise: data to work on, a variable to leave, a reference, and checks that compare the two as data.

It is a folder `code/<id>/` in the instructor's course folder, which is never handed out: `exercise.toml`, the
teacher's script or file of expected values, and, where trainees' results shall be made on other data than they were
given, files that replace theirs. Comparing never touches an object of a trainee's: both sides are parsed JSON.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    TypeAdapter,
    model_validator,
)

from csworkshop.exercises.definition import Module, Text
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.text.datafile import DataFileError, read_as
from csworkshop.text.language import say

FILE = "exercise.toml"
FOLDER = "code"
RESULT_LIMIT = 16 << 20  # bytes of a result's JSON

Scalar = StrictBool | StrictInt | StrictFloat | StrictStr | None
Label = Scalar | list[Scalar]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Frame(_Data):
    kind: Literal["frame"]
    columns: list[Label]
    rows: list[list[Scalar]]
    index: list[Label]

    @model_validator(mode="after")
    def _rectangular(self) -> Frame:
        if len(self.index) != len(self.rows) or any(len(r) != len(self.columns) for r in self.rows):
            raise ValueError("rows, columns and index don't fit together")
        return self


class Series(_Data):
    kind: Literal["series"]
    name: Label
    values: list[Scalar]
    index: list[Label]

    @model_validator(mode="after")
    def _as_long(self) -> Series:
        if len(self.index) != len(self.values):
            raise ValueError("values and index don't fit together")
        return self


class Values(_Data):
    kind: Literal["list"]
    value: list[Scalar]


class Single(_Data):
    kind: Literal["number", "text", "truth"]
    value: StrictBool | StrictInt | StrictFloat | StrictStr

    @model_validator(mode="after")
    def _as_said(self) -> Single:
        is_, said = {bool: "truth", str: "text"}.get(type(self.value), "number"), self.kind
        if is_ != said:
            raise ValueError(f"a {is_} is no {said}")
        return self


Data = Annotated[Frame | Series | Values | Single, Field(discriminator="kind")]
_READER: TypeAdapter[Data] = TypeAdapter(Data)


class Check(BaseModel):
    """One thing to compare, worth `points` relative to the others.

    type: the kind of thing · rows: how many · columns: their names, in any order · index: the labels · values: every
    value, of `columns` if some are named, within `relative` or `absolute`; without `ordered` rows may stand in any
    order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["type", "rows", "columns", "index", "values"]
    points: float = Field(gt=0, le=100)
    columns: tuple[str, ...] = ()
    ordered: bool = True
    relative: float = Field(default=1e-6, ge=0, lt=1)
    absolute: float = Field(default=1e-9, ge=0)
    hint: Bilingual | None = None


class Limits(BaseModel):
    """What the trainee's code may use up: seconds of computing, memory of all its processes, output."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    seconds: float = Field(default=20, gt=0, le=600)
    memory_mb: int = Field(default=1024, ge=256, le=16384)
    output_kb: int = Field(default=1024, ge=1, le=16384)


class CodeExercise(BaseModel):
    """A code exercise. `files` stand beside the notebook; `reference` leaves `variable` as a trainee's cell does."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal[1] = Field(alias="schema")
    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)
    kind: Literal["code"]
    module: Module
    level: int = Field(ge=1, le=3)
    title: Bilingual
    task: Bilingual
    files: tuple[Annotated[str, Field(pattern=r"^[\w][\w .-]*$", max_length=80)], ...] = ()
    variable: str = Field(pattern=r"^[A-Za-z_]\w*$", max_length=40)
    reference: Text | None = None
    expected: Text | None = None
    checks: tuple[Check, ...] = Field(min_length=1)
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _one_reference(self) -> CodeExercise:
        if (self.reference is None) == (self.expected is None):
            raise ValueError("give `reference` (a script) or `expected` (a file of values), and not both")
        for name in (self.reference, self.expected):
            if name and Path(name).name != name:
                raise ValueError(f"{name!r} must be a file's name in the exercise's own folder")
        return self


def read_code_exercise(folder: Path) -> CodeExercise:
    """The exercise in `folder`; DataFileError names file, key, what is wrong and what is allowed."""
    path = folder / FILE
    exercise = read_as(path, CodeExercise)
    if exercise.id != folder.name:
        raise DataFileError(path, "id", f"{exercise.id!r} must be the folder's own name, {folder.name!r}")
    named = exercise.reference or exercise.expected
    if not (folder / str(named)).is_file():
        raise DataFileError(path, "reference" if exercise.reference else "expected", f"there is no file {named!r} here")
    return exercise


def read_data(raw: bytes | str) -> Data:
    """Data from JSON that nobody vouches for; ValueError if it is too large, too deep or has another form."""
    if len(raw) > RESULT_LIMIT:
        raise ValueError("too large")
    try:
        return _READER.validate_python(json.loads(raw, parse_constant=_refuse))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no number")


def same(a: Label, b: Label, check: Check | None = None) -> bool:
    """Equal values: numbers within the check's tolerance, texts as they read, missing and missing."""
    if isinstance(a, list) or isinstance(b, list):
        return isinstance(a, list) and isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return type(a) is type(b) and a == b
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str) and folded(a) == folded(b)
    relative, absolute = (check.relative, check.absolute) if check else (1e-9, 0.0)
    return math.isclose(a, b, rel_tol=relative, abs_tol=absolute)


def folded(value: Label) -> str:
    """A label or text as it reads: composed characters, no blanks around it."""
    return unicodedata.normalize("NFC", str(value)).strip()


def missing_and_extra(wanted: list[Label], found: list[Label]) -> tuple[list[str], list[str]]:
    """Labels that are missing, and those that are too many, as texts."""
    a, b = Counter(map(folded, wanted)), Counter(map(folded, found))
    return list((a - b).elements()), list((b - a).elements())


def result(exercise: str, value: object, points: float | None = None) -> None:
    """Say what will be handed in as a code exercise's result: its kind and size, or why it can't be.

    For the trainee's eyes; what counts is the variable after the cells have run at grading.
    """
    from csworkshop.exercises.handed import NoData, as_data

    try:
        data = read_data(json.dumps(as_data(value)))
    except (NoData, ValueError) as error:
        print(say("code.preview_not", name=exercise, error=error))
        return
    if isinstance(data, Frame):
        names = ", ".join(folded(c) for c in data.columns)
        size = say("code.size_frame", rows=len(data.rows), columns=len(data.columns), names=names)
    elif isinstance(data, Single):
        size = str(data.value)[:80]
    else:
        size = say("code.size_values", rows=len(data.values if isinstance(data, Series) else data.value))
    print(say("code.preview", name=exercise, kind=say(f"code.kind_{data.kind}"), size=size))
