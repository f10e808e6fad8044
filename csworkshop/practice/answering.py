"""What the customer says next: lines of the case that fit what was heard, the mood and the person, none said before.

An answer has up to three parts: how the customer takes the reply, the answers to what was asked, and what the customer
wants next. Which line of a fitting group is said depends on the seed alone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from csworkshop.practice.case import Case, Ending
from csworkshop.practice.clock import minutes_of, shown
from csworkshop.practice.condition import Tone
from csworkshop.practice.general import lines_of
from csworkshop.practice.hearing import Heard
from csworkshop.practice.joining import opening_word
from csworkshop.practice.parts import Asks, Beat, Event, Line
from csworkshop.practice.talk import Lie, Part, Promise, State

GRAVE = ("rude", "blame", "privacy")  # after these the customer answers nothing else
FAULTS = ("brush_off", "excuse", "defend_first", "overacting", "vague", "overpromise", "off_register", "jargon",
          "punctuation")  # fmt: skip
WELCOME = ("compensation", "improvement", "proactive", "follow_up", "contact", "specific_time", "restate")
MOST_PARTS, MOST_ANSWERS = 3, 3
PROMISING = ("follow_up", "specific_time")
UNOWNED = re.compile(
    r"认不认|[好]认|认(?:这|那)[个事]|认(?:一句|过)|是不是(?:你们|觉得|您们)|没一个|没有?一句|连[一]?句|没人|怎么(?:回事|说|看)|(?:原因|为啥)"
)
HAZY = re.compile(r"尽|快|马上|立[刻即]|及时|稍|一会|近|久|耐心|等|后|时间|时候|天|会|可能|大概|左右|应该")  # “…”是多久
WORDS = (2, 16)  # characters of the trainee that a customer quotes
TRIM = "，。！？；、：…～ \n“”\"'‘’（）"
# What a line hits at must have been said: 什么叫尽快 wants a 尽快.
HITS = ("vague", "excuse", "brush_off", "defend_first", "sorry_again", *WELCOME)
ECHOED = tuple(
    re.compile(words)
    for words in (
        "对不起|歉|不好意思", "尽快", "耐心", "稍[等候后]", "规定|条款|政策|制度|条例", "流程", "权限",
        "核实", "反[映馈]|上报", "理解|体谅", "系统", "快递|物流|骑手", "厂家", "说明书", "门店",
        "电话|回电|打[来给]",
    )
)  # fmt: skip


@dataclass
class Occasion:
    """What a turn brought about, for the customer to speak of."""

    heard: Heard | None
    caught: tuple[Lie, ...] = ()
    broken: tuple[Promise, ...] = ()
    kept: tuple[Promise, ...] = ()
    answered: tuple[Asks, ...] = ()
    ignored: bool = False
    nothing_new: bool = False
    corrected: bool = False
    accepted: str = ""
    weighing: str = ""
    declined: str = ""
    too_upset: bool = False
    denied: bool = False
    promised: str = ""
    met: bool = False
    unlocked: bool = False
    first: frozenset[str] = frozenset()  # items that came for the first time
    again: tuple[str, ...] = ()  # facts asked for that had been told
    asked: tuple[str, ...] = ()  # facts asked for the first time
    events: tuple[Event, ...] = ()
    beat: Beat | None = None
    end: Ending | None = None


@dataclass
class Speaking:
    """Finds lines for one turn; `used` grows with what is said."""

    case: Case
    state: State
    seed: int
    used: set[str]
    reply: str = ""
    parts: list[Part] = field(default_factory=list)

    @property
    def tone(self) -> Tone:
        return self.state.mood.tone()

    def speak(self, key: str, pool: Sequence[Line], **places: str) -> bool:
        """Say a line of `pool` that fits and was never said; False where there is none."""
        places["now"] = shown(minutes_of(self.case.clock) + self.state.minute)
        fitting = [x for x in pool if (not x.mood or self.tone in x.mood) and x.say not in self.used]
        fitting = [
            x for x in fitting if all(p in places or f"{{{p}}}" not in x.say for p in ("words", "promise", "claim"))
        ]
        fitting = self._best(key, fitting)
        meant = [x for x in fitting if x.mood]
        rng = random.Random(f"{self.case.id}/{self.seed}/{self.state.turn}/{key}")
        if meant and (len(meant) == len(fitting) or rng.random() < 0.7):  # a line of this very mood rather than any
            fitting = meant
        if not fitting:
            return False
        line = rng.choice(fitting)
        self.used.add(line.say)
        text = line.say
        for name, words in places.items():
            text = text.replace(f"{{{name}}}", words)
        self.parts.append(Part(key, text))
        return True

    def _best(self, key: str, fitting: list[Line]) -> list[Line]:
        """Of lines that fit, those that hit at words really said and don't begin like what was just said."""
        if key.removeprefix("lines.") in HITS:
            aimed = [x for x in fitting if not any(e.search(x.say) and not e.search(self.reply) for e in ECHOED)]
            only = key == "lines.sorry_again" and not ECHOED[0].search(self.reply)  # 别道歉了 needs an apology
            fitting = aimed if only else aimed or fitting
        if key == "lines.too_upset" and self.state.had("heard"):  # who was owned to doesn't ask for it
            fitting = [x for x in fitting if not UNOWNED.search(x.say)] or fitting
        begun = {word for p in self.parts if (word := opening_word(p.text))}
        return [x for x in fitting if opening_word(x.say) not in begun] or fitting

    def quoting(self, key: str, pool: Sequence[Line], words: Sequence[str]) -> bool:
        """Say a line of `pool`, with the first of the trainee's `words` that is short enough where it quotes them."""
        quoted = next((q for w in words if (q := quotable(w))), None)
        places = {} if quoted is None else {"words": quoted, "promise": quoted, "claim": quoted}
        return self.speak(key, pool, **places)

    def situation(self, name: str, *words: str) -> bool:
        """Say a line of [lines]."""
        return self.quoting(f"lines.{name}", lines_of(self.case, name), words)


def quotable(words: str) -> str | None:
    """The trainee's words as a customer would quote them; None if they are too many."""
    words = words.strip(TRIM)
    return words if WORDS[0] <= len(words) <= WORDS[1] else None


def answer(now: Occasion, case: Case, state: State, seed: int) -> tuple[tuple[Part, ...], State]:
    """The parts of the customer's answer, and the state with what was said and the question they put."""
    speaking = Speaking(case, state, seed, set(state.used), now.heard.reply if now.heard else "")
    asking = _parts(now, speaking)
    return tuple(speaking.parts), replace(state, used=frozenset(speaking.used), asking=asking)


def _parts(now: Occasion, s: Speaking) -> str:
    """Say what there is to say; the id of the question that the customer puts, if any."""
    heard = now.heard
    if now.caught:
        _caught(now.caught[0], s)
    elif now.broken:
        s.situation("broken", now.broken[0].words)
    for event in now.events:
        s.speak(f"events.{event.id}.says", event.says)
    if now.end:
        if not now.caught and now.end.startswith("resolved"):
            _answers(now, s)
        s.speak(f"ends.{now.end}.says", s.case.ends[now.end].says)
    elif heard is None:  # time passed
        return "" if s.parts or s.situation("waiting") else _wants(now, s)
    elif not now.caught:
        return _conversation(now, heard, s)
    return ""


def _conversation(now: Occasion, heard: Heard, s: Speaking) -> str:
    """An answer in the middle of a talk."""
    if heard.gate:
        s.situation(heard.gate) or s.situation("not_for_me" if heard.gate == "template" else "pile")
        return _wants(now, s)
    if _grave(heard, s):
        return ""
    _reaction(now, heard, s)
    _answers(now, s)
    if _option(now, s):
        return ""
    if _waits(now, heard) and s.situation("promised", now.promised):
        return ""
    return _wants(now, s) if len(s.parts) < MOST_PARTS or now.beat else ""


def _waits(now: Occasion, heard: Heard) -> bool:
    """Whether the reply is a promise to come back soon, and nothing else: then the customer waits."""
    return bool(now.promised) and not (heard.told or heard.offered or now.ignored)


def _caught(lie: Lie, s: Speaking) -> None:
    quoted = quotable(lie.words)
    places = {"claim": quoted, "words": quoted} if quoted else {}
    row = next((d for d in s.case.desk if d.id == lie.id), None)
    option = next((o for o in s.case.options if f"option:{o.id}" == lie.id), None)
    own = row.caught if row else option.caught if option else ()
    if not s.speak(f"caught.{lie.id}", own, **places):
        s.situation("caught", lie.words)


def _grave(heard: Heard, s: Speaking) -> bool:
    """What leaves room for nothing else; False where there is none or no words for it are left."""
    found = [i for i in GRAVE if heard.has(i) or (i == "rude" and heard.insult)]
    return any(s.situation(i, *heard.words(i)) for i in found)


def _reaction(now: Occasion, heard: Heard, s: Speaking) -> None:
    """How the customer takes the reply: the first of what they feel about it that there are words for."""
    for key, pool, words in _feelings(now, heard, s.case):
        if s.quoting(key, pool, words):
            return


def _feelings(now: Occasion, heard: Heard, case: Case) -> Iterator[tuple[str, tuple[Line, ...], tuple[str, ...]]]:
    """What there is to feel about a reply, the worst in it first, then what was best: lines and words to quote."""
    comfort = [i for i in ("empathy", "own") if heard.has(i)]
    waits = _waits(now, heard)  # then the promise is answered by itself
    new = [i for i in (*comfort, *WELCOME) if i in now.first and not (waits and i in PROMISING)]
    before = [("sorry_again", bool(comfort) and now.nothing_new), ("ignored", now.ignored)]
    before += [*((f, heard.has(f)) for f in FAULTS), ("corrected", now.corrected)]
    after = [("kept", bool(now.kept)), ("denied", now.denied), *((i, i in comfort) for i in new[:2])]
    after += [(i, i not in comfort) for i in new]
    quoted = {i: heard.words(i) for i, _ in before} | {
        "vague": tuple(w for w in heard.words("vague") if HAZY.search(w))
    }
    yield from ((f"lines.{i}", case.lines.get(i, ()), quoted[i]) for i, came in before if came)
    if now.met:
        yield "hidden.glad", case.hidden.glad, ()
    yield from ((f"asks.{a.id}.glad", a.glad, ()) for a in now.answered)
    for i, came in after:
        if came:
            yield (
                f"lines.{i}",
                case.lines.get(i, ()),
                tuple(p.words for p in now.kept) if i == "kept" else heard.words(i),
            )


def _answers(now: Occasion, s: Speaking) -> None:
    """Answers to what was asked: facts in the persona's words, what they would like, what they don't know."""
    heard = now.heard
    if heard is None or heard.gate:
        return
    facts = {k.id: k for k in s.case.knows}
    for i in now.asked:
        s.speak(f"knows.{i}.says", facts[i].says)
    for i in now.again[:1]:
        if not (now.asked or now.end) and not s.speak(f"knows.{i}.again", facts[i].again):
            s.situation("already_said")
    if now.asked:
        return
    if heard.unknown and not (heard.whether and s.situation("unsure")):
        s.situation("dont_know")
    if heard.has("confirm_understanding"):
        s.situation("misread" if heard.false and s.case.lines.get("misread") else "confirmed")
    if heard.has("ask_need") and not (now.accepted or now.weighing or now.declined or heard.offered):
        s.situation("wish")
    if heard.has("check_resolved") and not now.accepted and not (s.state.accepted and heard.closing):
        s.situation("working" if s.state.accepted else "not_yet")


def _option(now: Occasion, s: Speaking) -> bool:
    """What the customer says to the options; True where that settles the turn."""
    options = {o.id: o for o in s.case.options}
    if now.accepted:
        return s.speak(f"options.{now.accepted}.accepts", options[now.accepted].accepts)
    if now.too_upset and s.situation("too_upset"):
        return False
    if now.weighing:
        s.speak(f"options.{now.weighing}.weighs", options[now.weighing].weighs)
    elif now.declined:
        s.speak(f"options.{now.declined}.declines", options[now.declined].declines)
    return False


def _wants(now: Occasion, s: Speaking) -> str:
    """What the customer brings up themselves; the id of the question, if it is one of [[asks]]."""
    if now.beat and s.speak(f"beats.{now.beat.id}.says", now.beat.says):
        return ""
    if now.unlocked and s.speak("hidden.says", s.case.hidden.says):
        return ""
    answered_much = len(now.asked) + len(now.again) > 0 and len(s.parts) >= MOST_PARTS - 1
    if answered_much:
        return ""
    for ask in _open_asks(now, s):
        if s.speak(f"asks.{ask.id}.says", ask.says):
            return ask.id
    offered = any(p.key.startswith("options.") for p in s.parts)  # who weighs an offer doesn't ask for one
    if not s.parts or not (now.asked or offered):
        s.speak(f"stages.{s.state.stage}.push", s.case.stages[s.state.stage].push)
    return ""


def _open_asks(now: Occasion, s: Speaking) -> list[Asks]:
    """Questions that the customer still has: first what keeps them from choosing, then the one they put last. One that
    was answered, but not of the option that they lean to, comes again only if no other asks for what is missing."""
    state = s.state
    wants = next((o.wants for o in s.case.options if o.id == state.leaning), ()) if not state.accepted else ()
    missing = {f for f in wants if not state.had(f)}
    open_ = [a for a in s.case.asks if a.when.holds(state) and not any(state.had(f) for f in a.until)]
    asked_for = {f for a in open_ for f in a.until}
    again = [a for a in s.case.asks if a not in (*open_, *now.answered) and (missing - asked_for) & set(a.until)]
    found = [a for a in (*open_, *again) if not state.believes(a.until)]
    return sorted(found, key=lambda a: (not missing & set(a.until), a.id != state.asking))
