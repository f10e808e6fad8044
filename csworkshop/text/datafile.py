"""Read the kit's TOML data files, and say what is wrong with one in a sentence: file, key, what is allowed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

ModelT = TypeVar("ModelT", bound=BaseModel)


class DataFileError(ValueError):
    """A data file that cannot be used. The message names the file, the key and what is allowed there."""

    def __init__(self, path: Path, key: str, message: str) -> None:
        super().__init__(f"{path}: {key}: {message}" if key else f"{path}: {message}")
        self.path, self.key, self.message = path, key, message


def read_toml(path: Path) -> dict[str, Any]:
    """The file's table; DataFileError if it is missing, not UTF-8 or not TOML (with the line)."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DataFileError(path, "", "there is no such file") from None
    except UnicodeDecodeError as error:
        raise DataFileError(path, "", f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise DataFileError(path, "", f"is not valid TOML: {error}") from None


def read_as(path: Path, model: type[ModelT]) -> ModelT:
    """The file as a `model`; DataFileError names file, key, what is wrong and what is allowed."""
    data = read_toml(path)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise explain(path, error) from None


def read_own(path: Path, model: type[ModelT], key: str = "id") -> ModelT:
    """The same for a file that must be named after its `key`."""
    found = read_as(path, model)
    if getattr(found, key) != path.stem:
        raise DataFileError(path, key, f"{getattr(found, key)!r} must be the file's own name, {path.stem!r}")
    return found


def explain(path: Path, error: ValidationError) -> DataFileError:
    """The first of pydantic's complaints as one sentence, with the value that was found."""
    return DataFileError(path, *_first(error))


def one_line(error: ValidationError) -> str:
    """The first of pydantic's complaints about data that stands in no file, as one sentence."""
    key, message = _first(error)
    return f"{key}: {message}" if key else message


def _first(error: ValidationError) -> tuple[str, str]:
    """Key and sentence."""
    first = error.errors()[0]
    key = ""
    for part in first["loc"]:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    message = first["msg"].removeprefix("Value error, ")
    given = first.get("input")
    if first["type"] == "extra_forbidden":
        message = "no such key is known here; check the spelling"
    elif first["type"] == "missing":
        message = "this key is missing"
    elif isinstance(given, str | int | float | bool):
        message += f" (found {given!r})"
    more = error.error_count() - 1
    return key, message + (f" (and {more} more)" if more else "")
