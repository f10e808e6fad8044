"""Compound questions: several questions in one message, whose answer lies in several articles.

A question names the articles that are needed and those that tempt (out of date, another plan, another matter, for
staff only), the facts that an answer must state with the words and figures that state them, and a model answer. One
TOML file each in `data/knowledge/questions/`.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.practice.articles import Article, Id, Knowledge, Text, knowledge, knowledge_folder
from csworkshop.practice.figures import figures
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.datafile import DataFileError, read_own, read_toml

WORDINGS = Path(__file__).parent / "wordings.toml"
Tempting = Literal["outdated", "other_plan", "other_matter", "internal"]


@lru_cache(maxsize=1)
def wordings() -> dict[str, tuple[str, ...]]:
    """Wordings that many facts accept alike, by the name that follows an @."""
    return {name: tuple(words) for name, words in read_toml(WORDINGS).items()}


@lru_cache(maxsize=4096)
def split_wordings(groups: tuple[str, ...]) -> tuple[str, ...]:
    """The alternatives of groups `one|@named|another`."""
    found: list[str] = []
    for one in (one for group in groups for one in group.split("|")):
        found += wordings()[one[1:]] if one.startswith("@") else [one]
    return tuple(found)


class Part(BaseModel):
    """One of the questions in the customer's message."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Id
    asks: Bilingual


class Need(BaseModel):
    """An article that the answer stands on, and the part that it answers; one of `instead` serves as well."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    article: Id
    part: Id
    instead: tuple[Id, ...] = ()


class Tempts(BaseModel):
    """An article that looks right and is not, and why. `signs` are words or figures that only it would give: an
    answer with one of them was written from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    article: Id
    kind: Tempting
    why: Bilingual
    signs: tuple[Text, ...] = ()


class Fact(BaseModel):
    """Something that the answer must state.

    `about` are words of which one stands near, so that the figure is that of the matter; `words` are groups
    `one|another|a third` of wordings, of each of which one must stand there (`…` allows a few characters between);
    `figures` are groups of figures in the same manner, compared as values. `wrong` are wordings or figures that
    contradict the fact where `about` stands in the same sentence. An `asked` fact may be put as a question.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Id
    part: Id
    says: Bilingual
    article: Id | None = None
    about: tuple[Text, ...] = ()
    words: tuple[Text, ...] = ()
    figures: tuple[Text, ...] = ()
    wrong: tuple[Text, ...] = ()
    weight: float = Field(default=1, gt=0, le=5)
    critical: bool = False
    asked: bool = False

    @model_validator(mode="after")
    def _matchable(self) -> Fact:
        if not self.words and not self.figures:
            raise ValueError("words: give words or figures that state the fact")
        for key, groups in (("words", self.words), ("figures", self.figures), ("wrong", self.wrong)):
            for n, group in enumerate(groups):
                unknown = [w for w in group.split("|") if w.startswith("@") and w[1:] not in wordings()]
                if unknown:
                    raise ValueError(f"{key}[{n}]: {unknown[0]!r} is unknown; allowed: {', '.join(wordings())}")
                if not all(word.strip() for word in group.split("|")):
                    raise ValueError(f"{key}[{n}]: {group!r} has an empty wording between its |")
        for n, group in enumerate(self.figures):
            for one in group.split("|"):
                if len(figures(one, date(2025, 1, 1))) == 0:
                    raise ValueError(
                        f"figures[{n}]: {one!r} holds no figure that is understood (24小时, 20:00, 40%, 3张)"
                    )
        return self


class Order(BaseModel):
    """One fact comes before another, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first: Id
    then: Id
    why: Bilingual


class Question(BaseModel):
    """A compound question. `level` is 1 (first steps) to 3 (demanding); `today` is the day of the contact."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_: Literal[1] = Field(alias="schema")
    id: Id
    level: int = Field(ge=1, le=3)
    title: Bilingual
    today: date
    scenario: Scenario
    part: tuple[Part, ...] = Field(min_length=2, max_length=4)
    need: tuple[Need, ...] = Field(min_length=2)
    tempts: tuple[Tempts, ...] = Field(min_length=1)
    fact: tuple[Fact, ...] = Field(min_length=3)
    order: tuple[Order, ...] = ()
    hints: tuple[Text, ...] = Field(min_length=2)
    model_answer: Text

    @model_validator(mode="after")
    def _joined(self) -> Question:
        parts, facts = {p.id for p in self.part}, {f.id for f in self.fact}
        needed = {i for n in self.need for i in (n.article, *n.instead)}
        for key, given, known in (
            ("need", [n.part for n in self.need], parts),
            ("fact", [f.part for f in self.fact], parts),
            ("order", [i for o in self.order for i in (o.first, o.then)], facts),
            ("fact.article", [f.article for f in self.fact if f.article], needed),
        ):
            for one in given:
                if one not in known:
                    raise ValueError(f"{key}: {one!r} is not allowed here; allowed: {', '.join(sorted(known))}")
        for key, ids in (("part", [p.id for p in self.part]), ("fact", [f.id for f in self.fact])):
            if len(set(ids)) < len(ids):
                raise ValueError(f"{key}: two of them have the same id")
        for p in parts - {f.part for f in self.fact}:
            raise ValueError(f"part: {p!r} has no fact that answers it")
        both = needed & {t.article for t in self.tempts}
        if both:
            raise ValueError(f"tempts: {', '.join(sorted(both))} is needed too; an article is one or the other")
        return self


def question_files(folder: Path | None = None) -> list[Path]:
    """The questions' files, in order of their names."""
    return sorted(((folder or knowledge_folder()) / "questions").glob("*.toml"))


def read_question(path: Path) -> Question:
    """The question in `path`; DataFileError names file, key, what is wrong and what is allowed."""
    return read_own(path, Question)


@lru_cache(maxsize=64)
def load_question(question_id: str) -> Question:
    """The shipped question with this id; KeyError names those there are."""
    for path in question_files():
        if path.stem == question_id:
            return read_question(path)
    known = ", ".join(p.stem for p in question_files())
    raise KeyError(f"there is no question {question_id!r}; there are: {known}")


def review_question(path: Path, base: Knowledge | None = None) -> list[DataFileError]:
    """What is wrong between a question and the articles: unknown ids, kinds that the dates belie, figures of a fact
    that stand in no source."""
    try:
        question = read_question(path)
    except DataFileError as error:
        return [error]
    base = base or knowledge()
    faults: list[DataFileError] = []
    ids = [("need", i) for n in question.need for i in (n.article, *n.instead)]
    for key, i in (*ids, *(("tempts", t.article) for t in question.tempts)):
        if i not in base:
            faults.append(DataFileError(path, key, f"there is no article {i!r}"))
    if faults:
        return faults
    for key, i in ids:
        state = base[i].state(question.today)
        if state != "current":
            faults.append(DataFileError(path, key, f"{i!r} is {state} on {question.today}; it can't be needed"))
        if base[i].audience == "internal":
            faults.append(DataFileError(path, key, f"{i!r} is for staff only; an answer can't stand on it"))
    for t in question.tempts:
        what = _belied(t, base[t.article], question.today)
        if what:
            faults.append(DataFileError(path, f"tempts ({t.article}).kind", what))
    return faults + [DataFileError(path, key, what) for key, what in _sourceless(question, base)]


def _belied(t: Tempts, article: Article, on: date) -> str:
    """Why the kind of a tempting article is not what its dates and audience say; "" if it is."""
    state = article.state(on)
    if (t.kind == "outdated") != (state == "expired"):
        return f"is {t.kind!r}, but the article is {state} on {on}"
    if (t.kind == "internal") != (article.audience == "internal"):
        return f"is {t.kind!r}, but the article's audience is {article.audience!r}"
    return ""


def _sourceless(question: Question, base: Knowledge) -> list[tuple[str, str]]:
    """Facts none of whose figures stands in the case or in the articles needed."""
    s = question.scenario
    sources = [s.customer, *s.facts, *s.policy, *(base[n.article].body for n in question.need)]
    known = {f.value for text in sources for f in figures(text, question.today)}
    known |= {(kind, high, high) for kind, _, high in known}
    faults = []
    for fact in question.fact:
        for n, group in enumerate(fact.figures):
            values = [f.value for one in group.split("|") for f in figures(one, question.today)]
            if not any(v in known for v in values):
                what = f"{group!r} stands neither in the case nor in an article needed"
                faults.append((f"fact ({fact.id}).figures[{n}]", what))
    return faults
