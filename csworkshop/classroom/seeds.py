"""Topics of the tree hole, the examples that stand in an empty one, and lines to say to oneself, from `seeds.toml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from csworkshop.techniques.catalogue import Bilingual
from csworkshop.text.datafile import read_as

FILE = Path(__file__).with_name("seeds.toml")
TOPICS = ("anger", "unfair", "mistake", "overload", "doubt", "team", "rest", "good", "other")


class Seed(BaseModel):
    """An example of a post, with answers as a senior would write them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    topic: str
    body: str = Field(min_length=10, max_length=600)
    answers: tuple[str, ...] = Field(min_length=1, max_length=3)

    @field_validator("topic")
    @classmethod
    def _known(cls, topic: str) -> str:
        if topic not in TOPICS:
            raise ValueError(f"{topic!r} is no topic; there are: {', '.join(TOPICS)}")
        return topic

    @field_validator("body")
    @classmethod
    def _joined(cls, body: str) -> str:
        return one_piece(body)

    @field_validator("answers")
    @classmethod
    def _joined_all(cls, answers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one_piece(a) for a in answers)


class SelfTalk(BaseModel):
    """Lines to say to oneself before, during and after a hard contact."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    before: tuple[str, ...] = Field(min_length=3)
    during: tuple[str, ...] = Field(min_length=3)
    after: tuple[str, ...] = Field(min_length=3)


class Seeds(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    topics: dict[str, Bilingual]
    post: tuple[Seed, ...]
    self_talk: SelfTalk

    @field_validator("topics")
    @classmethod
    def _all(cls, topics: dict[str, Bilingual]) -> dict[str, Bilingual]:
        if tuple(topics) != TOPICS:
            raise ValueError(f"must be these, in this order: {', '.join(TOPICS)}")
        return topics


def read_seeds(path: Path) -> Seeds:
    """The file's contents; DataFileError names file, key and what is allowed."""
    return read_as(path, Seeds)


@lru_cache(maxsize=1)
def _shipped() -> Seeds:
    return read_seeds(FILE)


def seeds() -> tuple[Seed, ...]:
    """The examples, in the file's order."""
    return _shipped().post


def topics() -> dict[str, Bilingual]:
    """The topics that a post can have, by id."""
    return _shipped().topics


def self_talk() -> SelfTalk:
    """Lines to say to oneself."""
    return _shipped().self_talk


def one_piece(text: str) -> str:
    """A text as the file holds it, without the line breaks that only keep the file's lines short."""
    return "".join(line.strip() for line in text.strip().split("\n"))
