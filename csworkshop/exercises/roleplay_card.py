"""What a role-play talk is worth: how it ended, how the customer felt, and what the agent did for that.

Marks are made from the talk alone, which is made again from the trainee's replies: nothing that a browser says of the
customer counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from csworkshop.exercises.activity import line
from csworkshop.exercises.marking import CRITICAL_SURE, Line
from csworkshop.practice.condition import FEELINGS
from csworkshop.practice.debriefing import Debrief
from csworkshop.practice.talk import Talk
from csworkshop.techniques.catalogue import Bilingual, catalogue
from csworkshop.techniques.handover import handover
from csworkshop.text.language import LANGUAGES, say

CALM, TRUSTING = 20.0, 60.0  # no feeling need fall below the one, trust needn't rise above the other
MUCH = 0.8  # of the way from how they came to calm and trusting: more can't be asked of one talk
UNSETTLED = 0.8  # what everything else is worth in a talk that wasn't settled: it can't pass then
COOL, AGREED = 0.7, 0.4  # of the line for the end: settled without warmth; agreed on, and never closed
TOLD, ASKED = 3, 2  # rows told rightly and facts asked for that earn the line about knowledge
FAULT, TWICE = 4.0, 2  # percent that a fault costs, and how often it does
NOTE_PARTS = ("account", "symptom", "request", "deadline")  # what whoever takes a ticket over can't do without


class Weights(BaseModel):
    """How much each line counts, relative to the others; 0 leaves it out."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    end: float = Field(default=35, ge=0, le=100)
    mood: float = Field(default=15, ge=0, le=100)
    order: float = Field(default=10, ge=0, le=100)
    techniques: float = Field(default=25, ge=0, le=100)
    truth: float = Field(default=10, ge=0, le=100)
    promises: float = Field(default=5, ge=0, le=100)
    ticket: float = Field(default=0, ge=0, le=100)


def card_lines(
    talk: Talk, found: Debrief, weights: Weights, techniques: Sequence[str], critical: Sequence[str], ticket: str
) -> list[Line]:
    """The lines of the scorecard for a talk and the ticket's text ("" for none)."""
    part = 1.0 if talk.good else UNSETTLED
    lines = [
        _end(talk, found, weights.end),
        _mood(found, weights.mood, part),
        _order(found, weights.order, part),
        _techniques(talk, techniques, weights.techniques, part),
        _truth(talk, found, weights.truth, part),
    ]
    if found.promises:  # who promised nothing can't keep anything
        lines.append(_promises(found, weights.promises, part))
    if weights.ticket:
        lines.append(_ticket(ticket, weights.ticket, part))
    return [x for x in lines if x.possible] + _faults(talk, critical)


def _both(key: str, **values: object) -> Bilingual:
    return Bilingual(**{lang: say(f"roleplay_card.{key}", lang, **values) for lang in LANGUAGES})


def _join(pieces: Sequence[Bilingual]) -> Bilingual:
    return Bilingual(zh="".join(p.zh for p in pieces), en=" ".join(p.en for p in pieces))


def _end(talk: Talk, found: Debrief, possible: float) -> Line:
    share, reason, quotes = 0.0, _both("end_open"), list[str]()
    if talk.end == "resolved_loyal":
        share, reason = 1.0, _both("end_loyal")
    elif talk.end == "resolved_cool":
        why = "cool_need" if not found.met else "cool_trust" if talk.mood.trust < TRUSTING else "cool_close"
        share, reason = COOL, _join([_both("end_cool"), _both(why, need=found.hidden_need)])
    elif talk.end:
        number, words = _turning(talk, found)
        quotes = [words] if words else []
        reason = _join([_both(f"end_{talk.end}", n=number), _both("unsettled")])
    elif talk.state.accepted:
        share, reason = AGREED, _join([_both("end_agreed"), _both("unsettled")])
    return line("end", _both("end"), share, possible, reason, quotes=quotes)


def _turning(talk: Talk, found: Debrief) -> tuple[int, str]:
    """The reply that lost the customer, and its words: the worst one, or the untruth that came out in it."""
    worst = min(found.steps, key=lambda s: s.gain)
    lies = [x for x in talk.state.lies if x.fate == "caught" and x.turn < worst.number]
    if lies and any(n.what == "caught" for n in worst.notes):
        return lies[-1].turn, _short(lies[-1].words)
    return worst.number, _short(worst.reply) if worst.waited is None else ""


def _mood(found: Debrief, possible: float, part: float) -> Line:
    first, last = found.curve[0], found.curve[-1]
    bad = [f for f in FEELINGS if f != "trust"]
    load = sum(max(first.levels[f] - CALM, 0.0) for f in bad)
    left = sum(max(last.levels[f] - CALM, 0.0) for f in bad)
    relief = 1 - left / load if load else float(left == 0)
    room = TRUSTING - first.trust
    trust = (last.trust - first.trust) / room if room > 0 else float(last.trust >= first.trust)
    share = min(max(0.6 * max(relief, 0.0) + 0.4 * min(max(trust, 0.0), 1.0), 0.0) / MUCH, 1.0) * part
    told = {
        lang: say("roleplay_card.comma", lang).join(
            f"{say(f'kind_roleplay.feeling_{f}', lang)} {first.levels[f]:.0f} → {last.levels[f]:.0f}" for f in FEELINGS
        )
        for lang in LANGUAGES
    }
    key = "mood_good" if share >= 0.8 else "mood_part" if share > 0.3 else "mood_bad"
    reason = Bilingual(**{lang: say(f"roleplay_card.{key}", lang, levels=told[lang]) for lang in LANGUAGES})
    return line("mood", _both("mood"), share if len(found.curve) > 1 else 0.0, possible, reason)


def _order(found: Debrief, possible: float, part: float) -> Line:
    share = sum(1.0 if m.ok else 0.5 if m.turn else 0.0 for m in found.moments) / len(found.moments)
    reasons = [m.why for m in found.moments if m.why is not None and not m.ok]
    if not any(m.turn for m in found.moments):
        share = 0.0
    quotes = [_short(m.words) for m in found.moments if m.words and not m.ok]
    return line("order", _both("order"), share * part, possible, _join(reasons or [_both("order_kept")]), quotes=quotes)


def _techniques(talk: Talk, wanted: Sequence[str], possible: float, part: float) -> Line:
    items = catalogue().items
    words: dict[str, str] = {}
    for turn in talk.turns:
        for finding in turn.heard.findings if turn.heard and not turn.heard.gate else ():
            if finding.item in wanted and finding.item not in words:
                words[finding.item] = next((e.text for e in finding.evidence), "")
    missing = [items[i] for i in wanted if i not in words]
    reason = [_both("techniques_all", n=len(wanted))] if not missing else []
    if missing:
        names = {lang: say("roleplay_card.comma", lang).join(i.name[lang] for i in missing) for lang in LANGUAGES}
        text = {
            lang: say("roleplay_card.techniques_part", lang, n=len(words), of=len(wanted), missing=names[lang])
            for lang in LANGUAGES
        }
        reason = [Bilingual(**text), missing[0].advice]
    share = len(words) / len(wanted)
    quotes = [_short(w) for w in words.values() if w]
    return line("techniques", _both("techniques"), share * part, possible, _join(reason), quotes=quotes[:6])


def _truth(talk: Talk, found: Debrief, possible: float, part: float) -> Line:
    told, asked = sum(d.turn > 0 for d in found.desk), sum(k.turn > 0 for k in found.facts)
    share = 0.6 * min(told / TOLD, 1.0) + 0.4 * min(asked / ASKED, 1.0)
    lies = talk.state.lies
    worse = [x for x in lies if x.fate != "corrected"]
    share = max(share - 0.5 * len(worse) - 0.15 * (len(lies) - len(worse)), 0.0)
    reasons = [_both("truth_counts", told=told, asked=asked)]
    truths = {d.label: d.value for d in talk.case.desk}
    rows = {d.id: d.label for d in talk.case.desk}
    for lie in lies[:3]:
        label = rows.get(lie.id, "")
        key = "truth_corrected" if lie.fate == "corrected" else "truth_lie" if label else "truth_promise"
        reasons.append(_both(key, words=_short(lie.words), label=label, truth=truths.get(label, "")))
    if not told:
        reasons.append(_both("truth_none"))
    quotes = [_short(x.words) for x in lies if x.words]
    return line("truth", _both("truth"), share * part, possible, _join(reasons), quotes=quotes)


def _promises(found: Debrief, possible: float, part: float) -> Line:
    broken = [p for p in found.promises if p.fate == "broken"]
    share = 1 - len(broken) / len(found.promises)
    reason = _both("promises_kept", n=len(found.promises))
    if broken:
        words, due = _short(broken[0].words), broken[0].due
        reason = Bilingual(
            **{lang: say("roleplay_card.promises_broken", lang, words=words, due=due[lang]) for lang in LANGUAGES}
        )
    quotes = [_short(p.words) for p in broken or found.promises]
    return line("promises", _both("promises"), share * part, possible, reason, quotes=quotes[:3])


def _ticket(text: str, possible: float, part: float) -> Line:
    if not text:
        return line("ticket", _both("ticket"), 0.0, possible, _both("ticket_none"))
    parts = handover(text).parts
    lacking = [parts[p] for p in NOTE_PARTS if not parts[p].present]
    reason = _join([_both("ticket_lacks"), *(p.advice for p in lacking[:2])]) if lacking else _both("ticket_good")
    share = 1 - len(lacking) / len(NOTE_PARTS)
    return line("ticket", _both("ticket"), share * part, possible, reason)


def _faults(talk: Talk, critical: Sequence[str]) -> list[Line]:
    """Faults that the customer heard, the gravest of each kind; those in `critical` fail the whole talk if sure."""
    items = catalogue().items
    came: dict[str, list[tuple[float, str]]] = {}
    for turn in talk.turns:
        for finding in turn.heard.findings if turn.heard else ():
            if items[finding.item].type == "fault":
                words = next((e.text for e in finding.evidence), "")
                came.setdefault(finding.item, []).append((finding.score, words))
    lines = []
    for item, rows in came.items():
        about, quotes = items[item], [_short(w) for _, w in rows if w][:2]
        grave = item in critical and max(score for score, _ in rows) >= CRITICAL_SURE
        reason = Bilingual(zh=about.why.zh + about.advice.zh, en=f"{about.why.en} {about.advice.en}")
        name, share = Bilingual(zh=about.name.zh, en=about.name.en), min(len(rows) / TWICE, 1.0)
        if grave:
            lines.append(line(item, name, 1.0, 0.0, reason, quotes=quotes, fault=True, state="critical"))
        else:
            lines.append(line(item, name, share, FAULT * TWICE, reason, quotes=quotes, fault=True))
    return lines


def _short(words: str, most: int = 40) -> str:
    words = " ".join(words.split())
    return words if len(words) <= most else words[: most - 1] + "…"
