"""How a diagnosis is marked: what was asked and in which order, the conclusion and its evidence, what was told.

Everything is read from the replayed checks (`csworkshop.practice.system.Run`) and the answer's choices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from csworkshop.exercises.activity import line, reply_marks
from csworkshop.exercises.feedback import explain_line, verdict
from csworkshop.exercises.marking import Line, Marks
from csworkshop.practice.system import LAYERS, Run
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level
from csworkshop.text.language import LANGUAGES, say

if TYPE_CHECKING:
    from csworkshop.exercises.kinds.diagnose import Diagnose, Option

NEEDED, ORDER, CAUSE, ACTION, EVIDENCE, MESSAGE = 24.0, 12.0, 16.0, 16.0, 12.0, 20.0
NEEDLESS, AGAIN, HUNG_UP = 4.0, 3.0, 20.0  # percent that each costs
MOST_NEEDLESS, MOST_AGAIN = 6, 4
GUESSED = 0.5  # of a right cause or action without the checks that prove it
WRONG_EVIDENCE = 0.5  # of a right piece that each wrong one takes away
LONGEST = 900  # characters of a message


def lines_of(
    done: Run, exercise: Diagnose, level: Level, *, cause: str, action: str, evidence: Sequence[str], message: str
) -> list[Line]:
    """The scorecard of a diagnosis."""
    proven = set(exercise.proof) <= set(done.made)
    return [
        _needed(exercise, done),
        _order(exercise, done),
        _chosen("cause", CAUSE, cause, exercise.causes, proven),
        _chosen("action", ACTION, action, exercise.actions, proven),
        _evidence(evidence, cause, exercise, done),
        _message(message, exercise, level),
        *_waste(exercise, done),
    ]


def _both(make: Callable[[str], str]) -> Bilingual:
    zh, en = (make(lang) for lang in LANGUAGES)
    return Bilingual(zh=zh, en=en)


def _say(key: str, **values: object) -> Bilingual:
    def words(lang: str) -> str:
        own = {k: v[lang] if isinstance(v, Bilingual) else v for k, v in values.items()}
        return say(f"diagnose_marks.{key}", lang, **own)

    return _both(words)


def _layers(layers: Iterable[str]) -> Bilingual:
    return _both(lambda lang: say("studio.comma", lang).join(say(f"kind_diagnose.layer_{x}", lang) for x in layers))


def _needed(exercise: Diagnose, done: Run) -> Line:
    """What had to be asked: told by layer, since the names would be the answer."""
    missing = [exercise.system[i] for i in exercise.needed if i not in done.made]
    there = len(exercise.needed) - len(missing)
    reason = _say("needed_all", n=there)
    if missing:
        layers = [x for x in LAYERS if any(c.layer == x for c in missing)]
        reason = _say("needed_some" if there else "needed_none", n=len(missing), layers=_layers(layers))
    return line("needed", _say("name_needed"), there / len(exercise.needed), NEEDED, reason)


def _order(exercise: Diagnose, done: Run) -> Line:
    """Layer after layer; each check that goes back behind one already begun is a jump."""
    ranks = [LAYERS.index(exercise.system[i].layer) for i in done.made]
    back = [n for n in range(1, len(ranks)) if ranks[n] < max(ranks[:n])]
    skipped = [x for x in LAYERS if LAYERS.index(x) not in ranks]
    if skipped or not ranks:
        reason = _say("order_skipped", layers=_layers(skipped))
        share = 0.25 * (len(LAYERS) - len(skipped)) if ranks and not back else 0.0
    elif back:
        names = [f"“{exercise.system[done.made[n]].name}”" for n in back[:3]]
        reason = _say("order_back", names="、".join(names))
        share = max(0.0, 1 - 2 * len(back) / len(ranks))
    else:
        share, reason = 1.0, _say("order_right")
    return line("order", _say("name_order"), share, ORDER, reason)


def _chosen(item: str, worth: float, chosen: str, options: Sequence[Option], proven: bool) -> Line:
    option = next((o for o in options if o.id == chosen), None)
    if option is None:
        return line(item, _say(f"name_{item}"), 0, worth, _say(f"no_{item}"))
    share = (1.0 if proven else GUESSED) if option.right else 0.0
    said = f"“{option.text}”：{option.why}"
    reason = _say("guessed", said=said) if option.right and not proven else Bilingual(zh=said, en=said)
    return line(item, _say(f"name_{item}"), share, worth, reason)


def _evidence(chosen: Sequence[str], cause: str, exercise: Diagnose, done: Run) -> Line:
    """Evidence proves something only together with the cause that it is for."""
    named = [i for i in dict.fromkeys(chosen) if i in done.made]
    if named and not any(o.right and o.id == cause for o in exercise.causes):
        return line("evidence", _say("name_evidence"), 0, EVIDENCE, _say("evidence_astray"))
    right = [i for i in named if i in exercise.proof]
    wrong = [i for i in named if i not in exercise.proof]
    share = max(0.0, (len(right) - WRONG_EVIDENCE * len(wrong)) / len(exercise.proof))
    left = len(exercise.proof) - len(right)
    if not named:
        reason = _say("evidence_none")
    elif wrong:
        names = "、".join(f"“{exercise.system[i].name}”" for i in wrong[:3])
        reason = _say("evidence_wrong", names=names, n=left) if left else _say("evidence_more", names=names)
    else:
        reason = _say("evidence_left", n=left) if left else _say("evidence_right")
    return line("evidence", _say("name_evidence"), share, EVIDENCE, reason, right=right, wrong=wrong)


def _message(text: str, exercise: Diagnose, level: Level) -> Line:
    name = _say("name_message")
    if not text.strip():
        return line("message", name, 0, MESSAGE, _say("no_message"))
    if len(text) > LONGEST:
        return line("message", name, 0, MESSAGE, _say("too_long", n=len(text), most=LONGEST))
    inner = reply_marks(text, exercise.scenario, exercise.card, exercise, level)
    if inner.refusal:
        return line("message", name, inner.score, MESSAGE, _both(lambda lang: verdict(inner, exercise, lang)))
    bad = [e.text for x in inner.lines if x.state in ("fault", "critical") for e in x.evidence]
    failed = any(x.state == "critical" for x in inner.lines)
    told = _both(lambda lang: _told(inner, lang))
    return line("message", name, inner.score, MESSAGE, told, quotes=bad[:3], state="critical" if failed else None)


def _told(inner: Marks, lang: str) -> str:
    has = [x.about.name[lang] for x in inner.lines if x.state == "earned"]
    rest = [x for x in inner.lines if x.state in ("missing", "fault", "critical", "unsure")]
    comma, gap = say("studio.comma", lang), " " if lang == "en" else ""
    parts = [say("diagnose_marks.has", lang, names=comma.join(has))] if has else []
    parts += [f"{say('studio.named', lang, name=x.about.name[lang])}{explain_line(x, lang)}" for x in rest]
    return gap.join(parts)


def _waste(exercise: Diagnose, done: Run) -> Iterator[Line]:
    """What was asked in vain: needless checks, the same again, and a customer who had enough."""
    idle = [i for i in done.made if i not in exercise.needed and i not in exercise.fine]
    for n, check in enumerate(idle[:MOST_NEEDLESS], 1):
        name = exercise.system[check].name
        why = exercise.needless.get(check, "")
        reason = _say("needless_why", name=name, why=why) if why else _say("needless", name=name)
        yield line(f"needless-{n}", _say("name_needless"), 1, NEEDLESS, reason, fault=True)
    again = list(dict.fromkeys(r.check.name for r in done.rows if r.again))
    for n, name in enumerate(again[:MOST_AGAIN], 1):
        yield line(f"again-{n}", _say("name_again"), 1, AGAIN, _say("again", name=name), fault=True)
    if done.hung_up:
        yield line("hung-up", _say("name_hung_up"), 1, HUNG_UP, _say("hung_up"), fault=True)
