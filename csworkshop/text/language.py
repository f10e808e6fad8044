"""Every interface string, in Simplified Chinese and English, from `strings.toml` and `strings_*.toml`."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from csworkshop.text.datafile import read_toml

LANGUAGES = ("zh", "en")


def default_language() -> str:
    """`zh`, unless the environment variable CSWORKSHOP_LANG says `en`."""
    return "en" if os.environ.get("CSWORKSHOP_LANG", "").lower().startswith("en") else "zh"


@lru_cache(maxsize=1)
def strings() -> dict[str, dict[str, dict[str, str]]]:
    """All strings: group -> key -> language -> text."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for path in sorted(Path(__file__).parent.glob("strings*.toml")):
        for group, entries in read_toml(path).items():
            found.setdefault(group, {}).update(entries)
    return found


def say(key: str, lang: str | None = None, **values: object) -> str:
    """The string `group.key` in the language, `{name}` places filled with `values`."""
    group, name = key.split(".", 1)
    return strings()[group][name][lang or default_language()].format(**values)
