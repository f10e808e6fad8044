"""Diagnosis in three layers: ask who, which version and in which situation; test common causes; solve or escalate.

The answer holds the checks in the order in which they were made; the system and the customer are simulated
(`csworkshop.practice.system`), so marking replays the log. Right is who asks in order, asks for nothing that doesn't
help, names the cause with its evidence, and tells the customer what happens until when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from csworkshop.exercises.activity import AnswerForm, checked, line, marks, reply_marks
from csworkshop.exercises.definition import Activity, Scorecard, Text
from csworkshop.exercises.feedback import explain_line, verdict
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import Line, Marks
from csworkshop.exercises.scene import scene
from csworkshop.practice.system import LAYERS, Run, System, run, search
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Level
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.language import LANGUAGES, say

NEEDED, ORDER, CAUSE, ACTION, EVIDENCE, MESSAGE = 24.0, 12.0, 16.0, 16.0, 12.0, 20.0
NEEDLESS, AGAIN, HUNG_UP = 4.0, 3.0, 20.0  # percent that each costs
MOST_NEEDLESS, MOST_AGAIN = 6, 4
GUESSED = 0.5  # of a right cause or action without the checks that prove it
WRONG_EVIDENCE = 0.5  # of a right piece that each wrong one takes away
LONGEST_LOG, LONGEST = 40, 900


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Strict):
    """A cause or an action to choose from; `why` is told to whoever chose it."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,24}$")
    text: Text
    right: bool = False
    why: Text


class Action(Option):
    way: Literal["solve", "escalate"]


class Diagnose(Activity):
    """A customer with a trouble, a simulated system, causes and ways out."""

    kind: Literal["diagnose"]
    scenario: Scenario
    system: System
    needed: tuple[str, ...] = Field(min_length=4)
    proof: tuple[str, ...] = Field(min_length=1)
    needless: dict[str, Text] = Field(default={})  # check -> why it doesn't help here; others just weren't needed
    fine: tuple[str, ...] = ()  # neither needed nor in vain
    causes: tuple[Option, ...] = Field(min_length=3, max_length=7)
    actions: tuple[Action, ...] = Field(min_length=3, max_length=7)
    card: Scorecard
    model: tuple[str, ...] = ()  # the model's checks, in order; default: those needed, layer by layer
    message: Text

    @model_validator(mode="after")
    def _whole(self) -> Diagnose:
        named: tuple[tuple[str, Iterable[str]], ...] = (
            ("needed", self.needed),
            ("needless", self.needless),
            ("proof", self.proof),
            ("fine", self.fine),
        )
        for key, ids in named:
            unknown = [i for i in ids if i not in self.system]
            if unknown:
                raise ValueError(f"{key}: there is no check {unknown[0]!r} in the system")
        if more := set(self.proof) - set(self.needed):
            raise ValueError(f"proof: {min(more)!r} must be needed, too")
        if both := set(self.needed) & {*self.needless, *self.fine}:
            raise ValueError(f"needless, fine: {min(both)!r} is needed")
        for key, options in (("causes", self.causes), ("actions", self.actions)):
            if sum(o.right for o in options) != 1 or len({o.id for o in options}) != len(options):
                raise ValueError(f"{key}: exactly one must be right, and each must have its own id")
        if set(self.needed) - set(run(self.system, self.path).made):
            raise ValueError("model: these checks don't reach all that is needed before the customer hangs up")
        return self

    @property
    def path(self) -> tuple[str, ...]:
        """The checks of the model answer."""
        order = {layer: n for n, layer in enumerate(LAYERS)}
        return self.model or tuple(sorted(self.needed, key=lambda i: order[self.system[i].layer]))


class _Answer(AnswerForm):
    log: tuple[str, ...] = Field(default=(), max_length=LONGEST_LOG)
    cause: str = ""
    action: str = ""
    evidence: tuple[str, ...] = Field(default=(), max_length=24)
    message: str = Field(default="", max_length=2000)


def _answer(value: Value, exercise: Diagnose) -> Value:
    said = checked(_Answer, value)
    for key, ids in (("log", said.log), ("evidence", said.evidence)):
        for n, check in enumerate(ids):
            if check not in exercise.system:
                raise ValueError(f"{key}[{n}]: there is no check {check[:24]!r}")
    for key, chosen, options in (("cause", said.cause, exercise.causes), ("action", said.action, exercise.actions)):
        if chosen and chosen not in {o.id for o in options}:
            raise ValueError(f"{key}: there is none {chosen[:24]!r}")
    return {k: list(v) if isinstance(v, tuple) else v for k, v in said.model_dump(exclude_defaults=True).items()}


def _mark(value: Value, exercise: Diagnose, level: Level) -> Marks:
    said = _Answer.model_validate(value)
    done = run(exercise.system, said.log)
    proven = set(exercise.proof) <= set(done.made)
    lines = [
        _needed(exercise, done),
        _order(exercise, done),
        _chosen("cause", CAUSE, said.cause, exercise.causes, proven),
        _chosen("action", ACTION, said.action, exercise.actions, proven),
        _evidence(said, exercise, done),
        _message(said.message, exercise, level),
        *_waste(exercise, done),
    ]
    return marks(exercise, lines)


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


def _chosen(item: str, worth: float, chosen: str, options: tuple[Option, ...], proven: bool) -> Line:
    option = next((o for o in options if o.id == chosen), None)
    if option is None:
        return line(item, _say(f"name_{item}"), 0, worth, _say(f"no_{item}"))
    share = (1.0 if proven else GUESSED) if option.right else 0.0
    said = f"“{option.text}”：{option.why}"
    reason = _say("guessed", said=said) if option.right and not proven else Bilingual(zh=said, en=said)
    return line(item, _say(f"name_{item}"), share, worth, reason)


def _evidence(said: _Answer, exercise: Diagnose, done: Run) -> Line:
    """Evidence proves something only together with the cause that it is for."""
    named = [i for i in dict.fromkeys(said.evidence) if i in done.made]
    if named and not any(o.right and o.id == said.cause for o in exercise.causes):
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
    return line("evidence", _say("name_evidence"), share, EVIDENCE, reason)


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


def _screen(exercise: Diagnose) -> Value:
    menu = [_shown(exercise, c.id) for c in exercise.system.checks if not c.hidden]
    return {
        "scene": scene(exercise.scenario),
        "layers": list(LAYERS),
        "menu": menu,
        "patience": exercise.system.patience,
        "causes": [{"id": o.id, "text": o.text} for o in exercise.causes],
        "actions": [{"id": o.id, "text": o.text, "way": o.way} for o in exercise.actions],
        "most": LONGEST_LOG,
        "longest": LONGEST,
    }


def _shown(exercise: Diagnose, check: str) -> Value:
    found = exercise.system[check]
    return {"id": found.id, "layer": found.layer, "who": found.who, "name": found.name, "minutes": found.minutes}


def _respond(exercise: Diagnose, value: Value, name: str, data: Mapping[str, object]) -> Value:
    """`run`: what the checks of a log showed; `search`: checks that some words lead to. The log comes with the
    question, since the newest may not be saved yet."""
    if name == "search":
        found = search(exercise.system, str(data.get("query", "")))
        return {"query": str(data.get("query", "")), "found": [_shown(exercise, c.id) for c in found]}
    log = data.get("log")
    ids = [i for i in log if isinstance(i, str) and i in exercise.system] if isinstance(log, list) else []
    done = run(exercise.system, ids[:LONGEST_LOG])
    rows = [
        {**_shown(exercise, r.check.id), "text": r.text, "at": r.minute, "again": r.again, "gone": r.gone}
        for r in done.rows
    ]
    return {"log": ids, "rows": rows, "minutes": done.minutes, "patience": done.patience, "hung_up": done.hung_up}


def _right(exercise: Diagnose) -> Value:
    return {
        "log": list(exercise.path),
        "cause": next(o.id for o in exercise.causes if o.right),
        "action": next(o.id for o in exercise.actions if o.right),
        "evidence": list(exercise.proof),
        "message": exercise.message,
    }


def _poor(exercise: Diagnose) -> list[Value]:
    """A lucky guess with a fine message; every check there is, all as evidence; the causes first; the wrong ways."""
    right = _right(exercise)
    every = [c.id for c in exercise.system.checks]
    backward = list(reversed(right["log"]))
    wrong = {
        "cause": next(o.id for o in exercise.causes if not o.right),
        "action": next(o.id for o in exercise.actions if not o.right),
    }
    pile = "抱歉 理解 已查明原因 24小时内解决 方案 跟进 回访 分机 提醒"
    return [
        {**right, "log": [], "evidence": []},
        {**right, "log": every, "evidence": every},
        {**right, **wrong},
        {"log": right["log"], "message": pile, "evidence": every},
        {"log": backward, **wrong, "message": exercise.scenario.customer},
    ]


KIND = Kind("diagnose", Diagnose, _mark, _answer, _screen, _right, _poor, respond=_respond)
