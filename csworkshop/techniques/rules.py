"""The closed set of rule kinds that catalogue files are written in.

A new technique is a new data file in `catalogue/`; only a new *way of looking* needs a new kind here. Every rule
answers with hits: a span of the folded reply, a score in 0..1 and the rule that spoke.

kind      looks at
pattern   words in a clause, a sentence, the opening sentence or the whole reply
count     how often something occurs in the whole reply
promise   a commitment of our side with a definite (or indefinite) time: `csworkshop.text.times`
echo      concrete facts of the customer's message that the reply takes up again
opening   how the reply begins: it must not begin like this before one of the named items has stood
lack      an ending with nothing in it: none of the named items present
opened    (only as a clear) how the reply begins: with one of the named items
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from csworkshop.techniques.reading import Reading
from csworkshop.techniques.scenario import Channel, Emotion, Persona, Scenario
from csworkshop.text.expressions import Expression, Sieve, join
from csworkshop.text.segment import Span
from csworkshop.text.times import promises

PRESENT = 0.5  # a score from here on counts as present
SURE = 0.6  # ... and from here on isn't told as unsure
CERTAIN = 0.95  # a rule's own score from which on it needs no second witness
_SALUTATION = 12  # a line this short that ends in a colon addresses or announces, it argues nothing


@dataclass(frozen=True)
class Hit:
    """Where a rule spoke: a span of the folded reply, how sure (0..1), and the rule's number in its file."""

    start: int
    end: int
    score: float
    rule: int


class When(BaseModel):
    """Circumstances in which a rule speaks at all; an empty list asks for nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    emotion: tuple[Emotion, ...] = ()
    persona: tuple[Persona, ...] = ()
    channel: tuple[Channel, ...] = ()

    @cached_property
    def always(self) -> bool:
        return not (self.emotion or self.persona or self.channel)

    def holds(self, scenario: Scenario | None) -> bool:
        if self.always:
            return True
        for wanted, have in (
            (self.emotion, scenario and scenario.emotion),
            (self.persona, scenario and scenario.persona),
            (self.channel, scenario and scenario.channel),
        ):
            if wanted and have not in wanted:
                return False
        return True


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    score: float = Field(default=0.9, gt=0, le=1)
    when: When = When()
    unless_items: tuple[str, ...] = ()
    with_items: tuple[str, ...] = ()
    unless_elsewhere: tuple[str, ...] = Field(default=(), description="items that excuse if they stand in other words")
    reason_zh: str = ""
    reason_en: str = ""

    @property
    def turn(self) -> int:
        """0 for a rule that reads the text only, 1 for one that asks what those found, 2 for one that asks all."""
        return 1 if self.unless_items or self.with_items or self.unless_elsewhere else 0

    @cached_property
    def unconditional(self) -> bool:
        """Whether it speaks whoever the customer is and whatever else was found: most rules do."""
        return self.turn == 0 and self.when.always


class PatternRule(_Rule):
    """Any of the regular expressions, in a piece of text in which none of `unless` occurs.

    Words inside quotation marks don't count unless `quoted`.
    `marks` says what is shown as evidence: the matched words or the whole piece.
    `unless_before` looks at the piece before, `unless_sentence` at the whole sentence around it.
    With `unless_echoed` words that the customer used too don't count.
    """

    kind: Literal["pattern"]
    any: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    unless_before: tuple[str, ...] = ()
    unless_sentence: tuple[str, ...] = ()
    unless_reply: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()
    scope: Literal["clause", "sentence", "opening", "reply"] = "clause"
    marks: Literal["match", "piece"] = "piece"
    quoted: bool = False
    unless_echoed: bool = False

    def hits(self, reading: Reading, number: int) -> list[Hit]:
        bits = reading.sieve.groups[self.any]
        unless, unless_before, unless_sentence, unless_reply, customer = self._circumstances
        if not bits & reading.mask or (unless_reply and unless_reply.search(reading.text)):
            return []
        if customer and not customer.search(reading.customer):
            return []
        found = []
        before = 0
        for start, end, piece, mask in reading.pieces(self.scope):
            left = bits & mask
            m = self._first(left, piece, reading) if left else None
            if (
                m
                and not (unless and unless.search(piece))
                and not (unless_before and unless_before.search(reading.text[before:start]))
                and not (unless_sentence and unless_sentence.search(reading.sentence(start)))
                and (self.quoted or not _inside((start + m[0], start + m[1]), reading.quoted))
            ):
                span = (start + m[0], start + m[1]) if self.marks == "match" else (start, end)
                found.append(Hit(*span, self.score, number))
            before = start
        return found

    @cached_property
    def _circumstances(self) -> tuple[Expression | None, ...]:
        several = self.unless, self.unless_before, self.unless_sentence, self.unless_reply, self.customer
        return tuple(join(patterns) if patterns else None for patterns in several)

    def _first(self, left: int, piece: str, reading: Reading) -> Span | None:
        if not self.unless_echoed:
            return reading.sieve.search(left, piece)
        customer = reading.customer.lower()
        spoken = (m.span() for m in join(self.any).compiled.finditer(piece) if m[0].lower() not in customer)
        return next(spoken, None)


class CountRule(_Rule):
    """At least `at_least` occurrences of `of` in the whole reply; each of them is evidence."""

    kind: Literal["count"]
    of: str
    at_least: int = Field(ge=1)

    def hits(self, reading: Reading, number: int) -> list[Hit]:
        found = [m.span() for m in join((self.of,)).compiled.finditer(reading.text)]
        return [Hit(*s, self.score, number) for s in found] if len(found) >= self.at_least else []


class PromiseRule(_Rule):
    """A commitment of our side whose time is definite (or, with `definite = false`, left open)."""

    kind: Literal["promise"]
    definite: bool = True

    def hits(self, reading: Reading, number: int) -> list[Hit]:
        spans = promises(reading.text, definite=self.definite)
        return [Hit(*s, self.score, number) for s in spans]


class EchoRule(_Rule):
    """Clauses that take up concrete facts of the customer's own message: those in which one of `any` occurs (if
    given) and none of `unless`."""

    kind: Literal["echo"]
    at_least: float = Field(gt=0, description="weight of shared words that counts; see csworkshop.techniques.echo")
    any: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def hits(self, reading: Reading, number: int) -> list[Hit]:
        return [
            Hit(start, end, self.score, number)
            for (start, end), weight in reading.echoed
            if weight >= self.at_least
            and (not self.any or join(self.any).search(reading.text[start:end]))
            and not (self.unless and join(self.unless).search(reading.text[start:end]))
        ]


class OpeningRule(_Rule):
    """The reply starts with something else than the named items; greetings and the `skip` patterns don't count."""

    kind: Literal["opening"]
    before: tuple[str, ...] = Field(min_length=1)
    skip: tuple[str, ...] = ()
    pardon: tuple[str, ...] = ()

    @property
    def turn(self) -> int:
        return 2

    def hits_after(self, reading: Reading, number: int, found: Mapping[str, list[Hit]]) -> list[Hit]:
        standing = _present(self.before, found)
        for start, end, reach, skipped in _openings(reading, self.skip):
            if any(h.start < reach and h.end > start for h in standing):
                return []
            if not skipped:
                pardoned = self.pardon and join(self.pardon).search(reading.text[start:reach])
                return [] if pardoned else [Hit(start, end, self.score, number)]
        return []


class OpenedRule(_Rule):
    """One of the named items stands in the first two clauses of the first sentence that isn't a greeting (a `skip`
    pattern): the whole reply."""

    kind: Literal["opened"]
    by: tuple[str, ...] = Field(min_length=1)
    skip: tuple[str, ...] = ()

    @property
    def turn(self) -> int:
        return 2

    def hits_after(self, reading: Reading, number: int, found: Mapping[str, list[Hit]]) -> list[Hit]:
        standing = [h for h in _present(self.by, found) if h.score >= SURE]
        openings = list(_openings(reading, self.skip))
        for n, (start, _, reach, skipped) in enumerate(openings):
            near = min(reach, openings[min(n + 1, len(openings) - 1)][1])
            if any(h.start < near and h.end > start for h in standing):
                return [Hit(0, len(reading.text), self.score, number)]
            if not skipped:
                return []
        return []


def _openings(reading: Reading, skip: tuple[str, ...]) -> Iterator[tuple[int, int, int, bool]]:
    """Clauses from the reply's begin: start, end, how far it reaches (a greeting itself, else its sentence), greeting
    or not."""
    for start, end in reading.clauses:
        piece = reading.text[start:end]
        opener = piece.rstrip("： ")
        skipped = opener != piece and len(opener) <= _SALUTATION
        skipped = skipped or bool(skip and join(skip).search(opener))
        yield start, end, end if skipped else reading.sentence_end(start, end), skipped


class LackRule(_Rule):
    """None of the named items anywhere in the reply: the customer leaves with nothing."""

    kind: Literal["lack"]
    of: tuple[str, ...] = Field(min_length=1)
    any: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    @property
    def turn(self) -> int:
        return 2

    def hits_after(self, reading: Reading, number: int, found: Mapping[str, list[Hit]]) -> list[Hit]:
        if _present(self.of, found) or not reading.clauses:
            return []
        if self.any and not join(self.any).search(reading.text):
            return []
        if self.unless and join(self.unless).search(reading.text):
            return []
        start, end = reading.sentences[-1] if reading.sentences else reading.clauses[-1]
        return [Hit(start, end, self.score, number)]


Rule = Annotated[PatternRule | CountRule | PromiseRule | EchoRule | OpeningRule | LackRule, Field(discriminator="kind")]


_AFTER = OpeningRule, OpenedRule, LackRule  # speak when the other items are known

# What these find clears words of the suspicion that a rule or a learned reader has.
Clear = Annotated[PatternRule | PromiseRule | OpenedRule, Field(discriminator="kind")]


def sieve(rules: Iterable[Rule | OpenedRule]) -> Sieve:
    """A sieve for the expressions that these rules look for."""
    return Sieve(rule.any for rule in rules if isinstance(rule, PatternRule))


def cleared(clears: Iterable[Clear], reading: Reading, found: Mapping[str, list[Hit]]) -> set[int]:
    """Offsets of the letters that the rules `clears` find."""
    hits = [hit for number, rule in enumerate(clears) for hit in run(rule, number, reading, found)]
    return {n for hit in hits for n in range(hit.start, hit.end)}


def within(span: Span, letters: set[int]) -> bool:
    """Whether more than half of a span is of these letters."""
    return sum(n in letters for n in range(*span)) * 2 > span[1] - span[0]


def run(rule: Rule | OpenedRule, number: int, reading: Reading, found: Mapping[str, list[Hit]]) -> list[Hit]:
    """Hits of one rule; `found` holds the other items' hits so far (first-pass rules don't look at it)."""
    if not rule.unconditional:
        if not rule.when.holds(reading.scenario) or (rule.unless_items and _present(rule.unless_items, found)):
            return []
        if rule.with_items and not _present(rule.with_items, found):
            return []
    if isinstance(rule, _AFTER):
        return rule.hits_after(reading, number, found)
    hits = rule.hits(reading, number)
    excuses = _present(rule.unless_elsewhere, found) if hits else []
    return [h for h in hits if all(e.start < h.end and h.start < e.end for e in excuses)] if excuses else hits


def _present(items: tuple[str, ...], found: Mapping[str, list[Hit]]) -> list[Hit]:
    """Hits of `items` that are sure enough to count; a doubtful one neither excuses nor accuses."""
    return [h for i in items for h in found.get(i, ()) if h.score >= PRESENT]


def _inside(span: Span, regions: list[Span]) -> bool:
    return any(a <= span[0] and span[1] <= b for a, b in regions)
