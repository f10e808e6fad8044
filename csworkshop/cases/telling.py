"""A diagnosis in sentences: what was found, on which figures, and what to train; for the terminal and the report."""

from __future__ import annotations

from dataclasses import dataclass

from csworkshop.cases.casebook import Casebook, Diagnosed
from csworkshop.cases.diagnose import Evidence, Finding, scarce
from csworkshop.cases.diagnosis import LEVELS, Level, read_diagnosis
from csworkshop.cases.effect import Effect
from csworkshop.cases.measures import measures
from csworkshop.cases.unusual import Unusual
from csworkshop.cases.wording import day, days, gap, label, number
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.language import say


@dataclass(frozen=True)
class Told:
    """One finding in words: whom it concerns, what it is called and means, the figures, the advice, what to train."""

    whom: str
    name: str
    means: str
    figures: list[str]
    advice: str
    train: str
    kind: str


def told(found: Diagnosed, lang: str = "zh") -> list[Told]:
    """All findings in words: groups first, then unusual days, then trainings. Expected surges stand at the end."""
    return [
        *(_finding(f, lang) for f in found.findings),
        *(_period(u, lang) for u in found.periods if not u.expected),
        *_trainings(found.effects, lang),
    ]


def expected(found: Diagnosed, lang: str = "zh") -> list[str]:
    """Surges that a sale or holiday explains, a line each."""
    return [_surge(u, lang) for u in found.periods if u.expected]


def not_judged(book: Casebook, lang: str = "zh") -> list[str]:
    """Who has too few tickets, a line per level."""
    lines = []
    levels: tuple[Level, ...] = ("agent", "team", "channel")
    for level in levels:
        few = scarce(book.values, level)
        if few:
            groups = ("、" if lang == "zh" else ", ").join(
                f"{label(LEVELS[level], s.group, lang)} ({s.n})" for s in few
            )
            lines.append(say("diagnose.scarce", lang, groups=groups))
    return lines


def _finding(f: Finding, lang: str) -> Told:
    words = read_diagnosis().words(f.kind)
    column = LEVELS[f.level]  # type: ignore[index]
    group = label(column, f.group, lang)
    whom = group if lang == "zh" and f.level != "agent" else f"{say(f'diagnose.level_{f.level}', lang)} {group}"
    figures = [_evidence(e, f, lang) for e in f.evidence]
    return Told(whom, words.name[lang], words.means[lang], figures, words.advice[lang], _train(f, lang), f.kind)


def _evidence(e: Evidence, f: Finding, lang: str) -> str:
    m = measures()[e.measure]
    goal = f.kind in read_diagnosis().rules and any(
        c.measure == e.measure and c.than is not None for c in read_diagnosis().rules[f.kind].conditions
    )
    kind = "goal" if goal else "team" if f.level == "team" else "peers"
    if f.kind == "misleading_mix" and f.evidence.index(e) % 2 == 0:
        kind = "raw"
    values = {
        "name": m.name[lang],
        "value": number(e.value, e.measure, lang),
        "expected": number(e.expected, e.measure, lang),
        "gap": gap(e.difference, e.measure, lang),
        "low": number(e.expected + e.low, e.measure, lang) if goal else gap(e.low, e.measure, lang, False),
        "high": number(e.expected + e.high, e.measure, lang) if goal else gap(e.high, e.measure, lang, False),
        "n": f"{e.n:,}",
    }
    companion = "" if e.sure or f.kind == "misleading_mix" else say("diagnose.companion", lang)
    return say(f"diagnose.evidence_{kind}", lang, **values) + companion


def _train(f: Finding, lang: str) -> str:
    names = [catalogue().items[t].name[lang] for t in f.techniques]
    between = "、" if lang == "zh" else ", "
    return between.join([*f.train, *names])


def _surge(u: Unusual, lang: str) -> str:
    category = label("category", u.category, lang)
    text = say(
        "diagnose.period",
        lang,
        days=days(u.at, u.until, lang),
        category=category,
        tickets=u.tickets,
        usual=f"{u.usual:.0f}",
    )
    return text + (say("diagnose.because", lang, notes="；".join(u.notes)) if u.notes else "")


def _period(u: Unusual, lang: str) -> Told:
    words = read_diagnosis().event
    figures = [_surge(u, lang)]
    for name, row in u.figures.iterrows():
        if row.n >= 10 and not row.low <= row.usual <= row.high:
            values = {"value": number(row.value, str(name), lang), "usual": number(row.usual, str(name), lang)}
            figures.append(say("diagnose.moved", lang, name=measures()[str(name)].name[lang], **values))
    train = ("、" if lang == "zh" else ", ").join(
        [*words.train, *(catalogue().items[t].name[lang] for t in words.techniques)]
    )
    whom = label("category", u.category, lang)
    return Told(whom, words.name[lang], words.means[lang], figures, words.advice[lang], train, "event")


def _trainings(effects: list[Effect], lang: str) -> list[Told]:
    words = read_diagnosis().training
    found = []
    for at in sorted({e.at for e in effects}):
        own = [e for e in effects if e.at == at]
        trained, others = own[0].agents
        whom = say("diagnose.trained_on", lang, day=day(at, lang), trained=trained, others=others)
        good = [e for e in own if e.counts and (e.effect > 0) == (measures()[e.measure].better == "high")]
        if not good:
            nothing = say("diagnose.no_effect", lang, day=day(at, lang))
            found.append(Told(whom, nothing, "", [], "", "", "training"))
            continue
        figures = [
            say(
                "diagnose.effect",
                lang,
                name=measures()[e.measure].name[lang],
                trained=gap(e.trained, e.measure, lang),
                others=gap(e.others, e.measure, lang),
                effect=gap(e.effect, e.measure, lang),
                low=gap(e.low, e.measure, lang, False),
                high=gap(e.high, e.measure, lang, False),
            )
            for e in good
        ]
        found.append(Told(whom, words.name[lang], words.means[lang], figures, words.advice[lang], "", "training"))
    return found
