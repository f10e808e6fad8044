"""The first sentence to somebody who has just shouted: marked by the one marking function, told in one line."""

from __future__ import annotations

from csworkshop.exercises.activity import line
from csworkshop.exercises.definition import Activity, Penalised, Scorecard, Weighted
from csworkshop.exercises.feedback import explain_line, verdict
from csworkshop.exercises.marking import Line, Marks
from csworkshop.exercises.replies import marked
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level
from csworkshop.techniques.scenario import Scenario

LONGEST = 90  # characters that somebody in anger hears out
HALF = 0.5  # of a longer one

# What it is judged by: the feeling taken up, or the fault and the fact. A bare formula of feeling isn't all.
CARD = Scorecard(
    techniques=(
        Weighted(item="empathy", weight=3),
        Weighted(item="own", weight=2),
        Weighted(item="restate", weight=2),
        Weighted(item="solution", weight=1),
    ),
    faults=tuple(
        Penalised(item=item, penalty=penalty)
        for item, penalty in (
            ("defend_first", 40),
            ("excuse", 50),
            ("brush_off", 50),
            ("overacting", 40),
            ("off_register", 30),
            ("punctuation", 20),
            ("vague", 15),
        )
    ),
    critical=("rude", "blame"),
    enough=4,
)


def first_sentence(
    item: str, name: Bilingual, reply: str, scenario: Scenario, exercise: Activity, level: Level, worth: float
) -> Line:
    """The line `item` for the sentence `reply`, worth `worth` percent of the activity."""
    inner = marked(reply, scenario, CARD, exercise, level)
    if inner.refusal and inner.refusal != "template":  # a first sentence may fit many customers
        reason = Bilingual(zh=verdict(inner, exercise, "zh"), en=verdict(inner, exercise, "en"))
        hurts = inner.refusal == "insult"
        return line(item, name, 0, worth, reason, quotes=[reply], state="critical" if hurts else None)
    return _judged(item, name, reply, inner, worth)


def _judged(item: str, name: Bilingual, reply: str, inner: Marks, worth: float) -> Line:
    """A written first sentence as one line: what is in it, and the gravest thing that isn't or shouldn't be."""
    bad = [x for x in inner.lines if x.state in ("critical", "fault")]
    good = [x for x in inner.lines if x.about.type == "technique" and x.state in ("earned", "unsure")]
    share = min(1.0, sum(x.points for x in good) / 100) + sum(x.points for x in bad) / 100
    if any(x.state == "critical" for x in bad):
        share = 0.0
    if len(reply) > LONGEST:
        share *= HALF
    lacking = bad or [x for x in inner.lines if x.state == "missing"]
    gravest = lacking[:1] if share < 1 else []
    parts = {}
    for lang, stop, comma in (("zh", "。", "、"), ("en", ". ", ", ")):
        done = comma.join(x.about.name[lang] for x in good)
        told = [f"{'做到了' if lang == 'zh' else 'In it: '}{done}{stop}"] if done else []
        told += [explain_line(x, lang) for x in gravest]
        if len(reply) > LONGEST:
            told.append("第一句太长，气头上的人听不完。" if lang == "zh" else "Too long for somebody in anger.")
        parts[lang] = "".join(told) if lang == "zh" else " ".join(told)
    critical = any(x.state == "critical" for x in bad)
    quotes = [e.text for x in bad for e in x.evidence] or [reply]
    reason = Bilingual(zh=parts["zh"] or "稳。", en=parts["en"] or "Steady.")
    return line(item, name, share, worth, reason, quotes=quotes, state="critical" if critical else None)
