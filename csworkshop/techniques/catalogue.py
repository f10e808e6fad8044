"""The catalogue: one TOML file per technique or fault, loaded, checked and refused with a clear sentence.

A file without examples is refused, and so is one whose examples carry no evidence: they are the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from csworkshop.techniques.rules import Clear, Rule, sieve
from csworkshop.techniques.scenario import Channel, Emotion, Persona, Scenario
from csworkshop.text.datafile import DataFileError, explain, read_toml
from csworkshop.text.expressions import ALWAYS, Sieve, join

HERE = Path(__file__).parent / "catalogue"
LEXICON = "lexicon.toml"
MIN_EXAMPLES = 4
_LIST = re.compile(r"(?<!\?P)<([A-Z][A-Z_]*)>")
PATTERN_KEYS = {
    "pattern": ("any", "unless", "unless_before", "unless_sentence", "unless_reply", "customer"),
    "count": ("of",),
    "promise": (),
    "echo": ("any", "unless"),
    "opening": ("skip", "pardon"),
    "opened": ("skip",),
    "lack": ("any", "unless"),
}


class Bilingual(BaseModel):
    """A text in Simplified Chinese and in English."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def __getitem__(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh


class Why(Bilingual):
    """Why the item matters to a customer, and the section of the codebook's sources that it comes from."""

    source: str = Field(min_length=1)


class Example(BaseModel):
    """A reply that shows the item, its evidence in ⟦ ⟧, or one that looks like it and lacks it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    text: str = Field(min_length=1)
    why: str = ""
    customer: str = ""
    persona: Persona = "adult"
    emotion: Emotion = "calm"
    channel: Channel = "chat"
    facts: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()

    @property
    def reply(self) -> str:
        """The text without its evidence marks."""
        return self.text.replace("⟦", "").replace("⟧", "")

    @property
    def evidence(self) -> list[tuple[int, int]]:
        """Spans of the marked words, as offsets into `reply`."""
        spans, start, offset = [], -1, 0
        for c in self.text:
            if c == "⟦":
                start = offset
            elif c == "⟧":
                spans.append((start, offset))
            else:
                offset += 1
        return spans

    @property
    def scenario(self) -> Scenario:
        return Scenario(**self.model_dump(include={"customer", "persona", "emotion", "channel", "facts", "policy"}))


class Item(BaseModel):
    """One technique or fault, as its file declares it.

    `clears` are rules for words that look like the item and never are it: no other rule's hit in them counts, and
    where a learned reader points at nothing else, the item isn't there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    type: Literal["technique", "fault"]
    name: Bilingual
    why: Why
    advice: Bilingual
    rules: tuple[Rule, ...] = Field(min_length=1)
    clears: tuple[Clear, ...] = ()
    shows: tuple[Example, ...] = Field(min_length=MIN_EXAMPLES)
    lacks: tuple[Example, ...] = Field(min_length=MIN_EXAMPLES)

    @model_validator(mode="after")
    def _examples_are_tests(self) -> Item:
        for n, example in enumerate(self.shows):
            if not re.fullmatch(r"[^⟦⟧]*(⟦[^⟦⟧]+⟧[^⟦⟧]*)+", example.text, re.DOTALL):
                raise ValueError(f"shows[{n}].text: evidence must stand in ⟦ ⟧, at least once, not nested")
        for n, example in enumerate(self.lacks):
            if "⟦" in example.text or "⟧" in example.text:
                raise ValueError(f"lacks[{n}].text: must carry no ⟦ ⟧, it has no evidence")
        texts = [e.reply for e in (*self.shows, *self.lacks)]
        if len(set(texts)) != len(texts):
            raise ValueError("shows/lacks: the same text stands twice")
        return self


class Asked(NamedTuple):
    """A rule with its item's id, its number in the item's file, and its bits in the catalogue's sieve."""

    item: str
    number: int
    rule: Rule
    bits: int


@dataclass(frozen=True)
class Catalogue:
    """All items by id: techniques first, each group in the order of the file names."""

    items: dict[str, Item]

    @cached_property
    def sieve(self) -> Sieve:
        """Tells which of all rules' expressions could match a text."""
        return sieve(rule for item in self.items.values() for rule in (*item.rules, *item.clears))

    @cached_property
    def turns(self) -> tuple[list[Asked], ...]:
        """The rules in the order in which they are asked: see `turn` of a rule."""
        turns: tuple[list[Asked], ...] = ([], [], [])
        for item in self.items.values():
            for n, rule in enumerate(item.rules):
                bits = self.sieve.groups[rule.any] if rule.kind == "pattern" else ALWAYS
                turns[rule.turn].append(Asked(item.id, n, rule, bits))
        return turns

    @property
    def techniques(self) -> list[Item]:
        return [i for i in self.items.values() if i.type == "technique"]

    @property
    def faults(self) -> list[Item]:
        return [i for i in self.items.values() if i.type == "fault"]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue that ships with the kit."""
    return load(HERE, tried=True)


def load(folder: Path, tried: bool = False) -> Catalogue:
    """Read every item file of `folder`; DataFileError names file, key and what is allowed.

    `tried` says that the tests have compiled all patterns; then each is compiled when a text first needs it.
    """
    lexicon = _read_lexicon(folder / LEXICON)
    items: dict[str, Item] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == LEXICON:
            continue
        item = read_item(path, lexicon, tried)
        if item.id in items:
            raise DataFileError(path, "id", f"{item.id!r} stands in another file too; an id must be unique")
        items[item.id] = item
    for item in items.values():
        _known_items(folder, item, set(items))
    return Catalogue(dict(sorted(items.items(), key=lambda kv: kv[1].type != "technique")))


def read_item(path: Path, lexicon: dict[str, list[str]], tried: bool = False) -> Item:
    """One catalogue file as an Item; `<NAME>` in a rule stands for that word list of the lexicon."""
    data: dict[str, Any] = read_toml(path)
    for key in ("rules", "clears"):
        data[key] = _fill(path, data.get(key, []), lexicon)
    try:
        item = Item.model_validate(data)
    except ValidationError as error:
        raise explain(path, error) from None
    if item.id != path.stem:
        raise DataFileError(path, "id", f"{item.id!r} must be the file's own name, {path.stem!r}")
    if not tried:
        for key in ("rules", "clears"):
            for n, rule in enumerate(getattr(item, key)):
                _compile(path, f"{key}[{n}]", rule)
    return item


def _read_lexicon(path: Path) -> dict[str, list[str]]:
    if not path.exists():
        return {}
    words = read_toml(path)
    for name, entries in words.items():
        if not re.fullmatch(r"[A-Z][A-Z_]*", name) or not isinstance(entries, list) or not entries:
            raise DataFileError(path, name, "a word list is a name in CAPITALS with a list of at least one word")
    return words


def _fill(path: Path, value: Any, lexicon: dict[str, list[str]]) -> Any:
    """`value` with `<NAME>` in its strings replaced by the list's words, longer ones first."""
    if isinstance(value, dict):
        return {k: _fill(path, v, lexicon) for k, v in value.items()}
    if isinstance(value, list):
        return [_fill(path, v, lexicon) for v in value]
    if not isinstance(value, str):
        return value

    def words(m: re.Match[str]) -> str:
        if m[1] not in lexicon:
            allowed = ", ".join(sorted(lexicon))
            message = f"<{m[1]}> in {value!r} is no word list of {LEXICON}; there are: {allowed}"
            raise DataFileError(path, "rules", message)
        return "(?:" + "|".join(sorted(lexicon[m[1]], key=len, reverse=True)) + ")"

    return _LIST.sub(words, value)


def _compile(path: Path, place: str, rule: Rule) -> None:
    """Compile each pattern of a rule now, so that a broken one is the author's error and never a trainee's."""
    for key in PATTERN_KEYS[rule.kind]:
        value = getattr(rule, key)
        for pattern in (value,) if isinstance(value, str) else value:
            try:
                join((pattern,))
            except re.error as error:
                raise DataFileError(path, f"{place}.{key}", f"{pattern!r} is no pattern: {error}") from None


def _known_items(folder: Path, item: Item, known: set[str]) -> None:
    for n, rule in enumerate((*item.rules, *item.clears)):
        named = [*rule.unless_items, *rule.with_items, *rule.unless_elsewhere, *getattr(rule, "before", ())]
        named += getattr(rule, "by", ())
        named += rule.of if rule.kind == "lack" else ()
        for other in named:
            if other not in known:
                message = f"{other!r} is no item; allowed: {', '.join(sorted(known))}"
                raise DataFileError(folder / f"{item.id}.toml", f"rules[{n}]", message)
