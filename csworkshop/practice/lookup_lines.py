"""The lines of a judgement: facts, articles, steps, order, length, and what was written from the wrong article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from csworkshop.practice.articles import Knowledge
from csworkshop.practice.figures import figures
from csworkshop.practice.questions import Fact, Question, Tempts
from csworkshop.practice.stating import Answer, Stated, find
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.text.language import say
from csworkshop.text.normalise import fold
from csworkshop.text.segment import Span

Kind = Literal["fact", "article", "trap", "steps", "order", "length", "address"]
Status = Literal["present", "partly", "missing", "contradicted", "right", "wrong", "neutral"]

TOO_LONG, ROOM = 1.8, 120  # times the model answer; letters more that are always allowed
CONTRADICTED = 0.5  # share of a fact's weight that a wrong statement costs besides
LEAKED, UNADDRESSED = 20.0, 10.0  # percent


@dataclass(frozen=True)
class Weights:
    """Percent that each sort of line can earn, and what a wrong one costs, at a level of difficulty."""

    facts: float
    articles: float
    steps: float
    order: float
    wrong_article: float
    trap: float
    long: float


LEVELS = {
    1: Weights(facts=80, articles=10, steps=10, order=0, wrong_article=0, trap=5, long=5),
    2: Weights(facts=70, articles=15, steps=10, order=5, wrong_article=5, trap=10, long=10),
    3: Weights(facts=65, articles=20, steps=10, order=5, wrong_article=7, trap=10, long=10),
}


@dataclass(frozen=True)
class Line:
    """One line of the judgement. `points` (percent; below 0 for what costs) of `of`; `evidence` are offsets (code
    points) into the answer as typed; `part` is the customer's question that it belongs to."""

    kind: Kind
    key: str
    status: Status
    points: float
    of: float
    title: Bilingual
    reason: Bilingual
    evidence: tuple[Span, ...] = ()
    part: str = ""


def both(key: str, **values: object) -> Bilingual:
    """The string in both languages; values may be bilingual themselves."""

    def told(lang: str) -> str:
        return say(key, lang, **{k: v[lang] if isinstance(v, Bilingual) else v for k, v in values.items()})

    return Bilingual(zh=told("zh"), en=told("en"))


def _asks(question: Question, part: str) -> Bilingual:
    return next(p.asks for p in question.part if p.id == part)


def allowed(question: Question, base: Knowledge) -> frozenset[tuple[str, float, float]]:
    """Figures that the case and the articles needed give, ranges also by their ends."""
    s = question.scenario
    needed = [i for n in question.need for i in (n.article, *n.instead)]
    texts = [s.customer, *s.facts, *s.policy, question.model_answer, *(base[i].body for i in needed)]
    found = [f for text in texts for f in figures(text, question.today)]
    return frozenset((f.kind, a, b) for f in found for a in (f.low, f.high) for b in (f.low, f.high))


def fact_lines(question: Question, stated: list[Stated], weights: Weights, base: Knowledge) -> list[Line]:
    whole = sum(f.weight for f in question.fact)
    lines = []
    for s in stated:
        of = weights.facts * s.fact.weight / whole
        points = {"present": of, "partly": of / 2, "missing": 0.0, "contradicted": -of * CONTRADICTED}[s.status]
        title = both("lookup.fact_title", says=s.fact.says)
        reason = _fact_reason(question, s, base)
        lines.append(Line("fact", s.fact.id, s.status, points, of, title, reason, s.spans, s.fact.part))
    return lines


def _fact_reason(question: Question, s: Stated, base: Knowledge) -> Bilingual:
    if s.status == "present":
        return both("lookup.fact_present")
    if s.status == "partly":
        return both("lookup.fact_partly", says=s.fact.says)
    if s.status == "contradicted":
        tempts = _source_of(question, s, base)
        if tempts:
            return both("lookup.fact_from", said=s.said, article=base[tempts.article].title, why=tempts.why)
        return both("lookup.fact_contradicted", said=s.said)
    asks = _asks(question, s.fact.part)
    if s.fact.article:
        return both("lookup.fact_missing", article=base[s.fact.article].title, asks=asks)
    return both("lookup.fact_missing_case", asks=asks)


def _source_of(question: Question, s: Stated, base: Knowledge) -> Tempts | None:
    """The tempting article that gives what the answer says instead of the fact."""
    values = {f.value for f in figures(s.said, question.today)}
    for t in question.tempts:
        body = base[t.article].body
        if values & {f.value for f in figures(body, question.today)} or (not values and s.said in body):
            return t
    return None


def article_lines(question: Question, cited: tuple[str, ...], weights: Weights, base: Knowledge) -> list[Line]:
    lines, used = [], set()
    of = weights.articles / len(question.need)
    for need in question.need:
        hit = next((i for i in (need.article, *need.instead) if i in cited), None)
        used |= {need.article, *need.instead}
        title = both("lookup.article_title", article=base[hit or need.article].title)
        missing = both("lookup.article_missing", asks=_asks(question, need.part))
        reason = both("lookup.article_right") if hit else missing
        status: Status = "right" if hit else "missing"
        lines.append(Line("article", need.article, status, of if hit else 0.0, of, title, reason, part=need.part))
    return lines + [_wrong_line(question, i, weights, base) for i in cited if i not in used]


def _wrong_line(question: Question, cited: str, weights: Weights, base: Knowledge) -> Line:
    """The line of an article cited that isn't needed: one that tempts, one that is related, or any other."""
    if cited not in base:
        title = both("lookup.article_title", article=cited)
        return Line("article", cited, "wrong", -weights.wrong_article, 0.0, title, both("lookup.article_unknown"))
    article = base[cited]
    title = both("lookup.article_title", article=article.title)
    tempts = next((t for t in question.tempts if t.article == cited), None)
    state = article.state(question.today)
    reason = tempts.why if tempts else both("lookup.article_wrong")
    if state == "expired":
        reason = _joined(both("lookup.article_expired", until=article.valid_until), tempts.why if tempts else None)
        successor = base.successor(cited)
        if successor and not tempts:
            reason = _joined(reason, both("lookup.article_successor", article=successor.title))
    elif state == "upcoming":
        reason = both("lookup.article_upcoming", since=article.valid_from)
    elif not tempts and any(cited in base[n.article].related for n in question.need):
        return Line("article", cited, "neutral", 0.0, 0.0, title, both("lookup.article_related"))
    return Line("article", cited, "wrong", -weights.wrong_article, 0.0, title, reason)


def _joined(one: Bilingual, other: Bilingual | None) -> Bilingual:
    return Bilingual(zh=one.zh + other.zh, en=f"{one.en} {other.en}") if other else one


def trap_lines(
    question: Question, answer: Answer, stated: list[Stated], weights: Weights, base: Knowledge
) -> list[Line]:
    """Signs of tempting articles in the answer; what a contradicted fact has told already isn't told again."""
    sources = [_source_of(question, s, base) for s in stated if s.status == "contradicted"]
    told = {t.article for t in sources if t}
    lines = []
    for t in question.tempts:
        if t.article in told and t.kind != "internal":
            continue
        spans = sorted(answer.folded.span(*s) for sign in t.signs for s in find(answer, sign, question.today))
        if not spans:
            continue
        leak = t.kind == "internal"
        name = base[t.article].title
        title = both("lookup.leak_title") if leak else both("lookup.trap_title", article=name)
        said = answer.folded.typed[slice(*spans[0])]
        reason = both("lookup.trap_used", said=said, why=t.why)
        cost = LEAKED if leak else weights.trap
        lines.append(Line("trap", t.article, "wrong", -cost, 0.0, title, reason, tuple(spans)))
    return lines


def steps_line(question: Question, answer: Answer, stated: list[Stated], weights: Weights) -> Line:
    """One step for each of the customer's questions: each part is mainly answered in a step of its own."""
    steps = [answer.folded.span(a, b) for a, b in answer.steps]
    homes = []
    for part in question.part:
        spans = [span for s in stated if s.fact.part == part.id for span in s.spans]
        places = [n for span in spans for n, (a, b) in enumerate(steps) if a <= span[0] < b]
        homes += [max(set(places), key=places.count)] if places else []
    parts = len(question.part)
    mixed = len(set(homes)) < len(homes)
    status: Status = "missing" if len(answer.steps) < 2 else "present"
    if status == "present" and (len(answer.steps) < parts or mixed):
        status = "partly"
    share = {"present": 1.0, "partly": 0.5}.get(status, 0.0)
    title, reason = both("lookup.steps_title"), both(f"lookup.steps_{status}", parts=parts)
    return Line("steps", "steps", status, weights.steps * share, weights.steps, title, reason)


def order_lines(question: Question, stated: list[Stated], weights: Weights) -> list[Line]:
    """Where both facts stand, the first must stand first; where one is missing there is nothing to order."""
    by_id: dict[str, Stated] = {s.fact.id: s for s in stated}
    lines = []
    for o in question.order:
        first, then = by_id[o.first], by_id[o.then]
        of = weights.order / len(question.order)
        if first.status != "present" or then.status != "present":
            continue
        right = min(first.spans) <= min(then.spans)
        title = both("lookup.order_title", first=_short(first.fact), then=_short(then.fact))
        reason = both("lookup.order_present") if right else both("lookup.order_wrong", why=o.why)
        status: Status = "right" if right else "wrong"
        spans = (*first.spans, *then.spans)
        lines.append(Line("order", f"{o.first}-{o.then}", status, of if right else 0.0, of, title, reason, spans))
    return lines


def _short(fact: Fact) -> Bilingual:
    return Bilingual(zh=f"“{fact.says.zh}”", en=f"“{fact.says.en}”")


def manner_lines(question: Question, text: str, weights: Weights) -> list[Line]:
    """What an answer costs that is too long for the customer, or isn't spoken to the customer."""
    lines = []
    letters, model = len(letters_of(text)), len(letters_of(question.model_answer))
    limit = int(max(TOO_LONG * model, model + ROOM))
    if letters > limit:
        reason = both("lookup.length_long", letters=letters, limit=limit)
        lines.append(Line("length", "length", "wrong", -weights.long, 0.0, both("lookup.length_title"), reason))
    if letters and not any(c in text for c in "您你亲咱"):
        title, reason = both("lookup.address_title"), both("lookup.address_wrong")
        lines.append(Line("address", "address", "wrong", -UNADDRESSED, 0.0, title, reason))
    return lines


def letters_of(text: str) -> str:
    """Letters and digits of `text`, folded."""
    return "".join(c for c in fold(text).text if c.isalnum())
