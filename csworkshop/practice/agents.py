"""Scripted trainees who try a case out: the model agent, the cold one, the keyword stuffer and the liar.

What they say stands in `data/roleplay/agents/<case>.toml`; the stuffer piles up key words of the catalogue and the case
itself. Their choices depend on the seed alone, so that a talk of theirs can be played again.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field

from csworkshop.practice.case import Case, roleplay_folder
from csworkshop.practice.condition import When
from csworkshop.practice.customer import say, start
from csworkshop.practice.parts import Id, Part, Text
from csworkshop.practice.talk import Talk
from csworkshop.techniques.catalogue import Bilingual, catalogue
from csworkshop.techniques.checker import Level
from csworkshop.text.datafile import DataFileError, read_as

Kind = Literal["model", "cold", "stuffer", "liar"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST = 30  # replies, more than any customer's patience


class Step(Part):
    """Something a model agent says once: when the customer put the question `asking`, or when `when` holds."""

    say: tuple[Text, ...] = Field(min_length=1)
    asking: str = ""
    when: When = When()


class Strategy(Part):
    """One way to win the case."""

    id: Id
    title: Bilingual
    steps: tuple[Step, ...] = Field(min_length=3)


class Script(Part):
    """Replies said one after the other, in an order of the seed's."""

    replies: tuple[Text, ...] = Field(min_length=4)


class Agents(Part):
    """The agents of one case."""

    model: tuple[Strategy, ...] = Field(min_length=2)
    cold: Script
    liar: Script
    stuffer: Script | None = None


def agents_file(case_id: str, folder: Path | None = None) -> Path:
    """Where the agents of a case stand."""
    return (folder or roleplay_folder()) / "agents" / f"{case_id}.toml"


def read_agents(path: Path, case: Case) -> Agents:
    """The agents in `path` for `case`; DataFileError names file, key, what is wrong and what is allowed."""
    agents = read_as(path, Agents)
    asks = [a.id for a in case.asks]
    for strategy in agents.model:
        for n, step in enumerate(strategy.steps):
            key = f"model.{strategy.id}.steps[{n}]"
            if step.asking and step.asking not in asks:
                raise DataFileError(
                    path, key, f"{step.asking!r} is no question of the case; allowed: {', '.join(asks)}"
                )
            for flag in step.when.flags:
                if flag not in case.flags:
                    raise DataFileError(path, key, f"{flag!r} can never come in this case")
    return agents


def play(case: Case, agents: Agents, kind: Kind, seed: int, strategy: str = "", level: Level = "full") -> Talk:
    """A whole talk of one agent; the model agent takes the strategy named, else one after the other by seed."""
    talk, rng = start(case, seed), random.Random(f"{case.id}/{kind}/{seed}")
    plan = next((s for s in agents.model if s.id == strategy), agents.model[seed % len(agents.model)])
    script = {"cold": agents.cold, "liar": agents.liar, "stuffer": agents.stuffer}.get(kind)
    said: set[int] = set()
    replies = list(script.replies) if script else []
    if kind == "liar":  # starts as written, well
        replies = replies[:1] + rng.sample(replies[1:], len(replies) - 1)
    else:
        rng.shuffle(replies)
    for turn in range(LONGEST):
        if kind == "model":
            reply = _next(plan, talk, said, rng)
        elif script is None:
            reply = stuffed(case, rng)
        else:
            reply = replies[turn % len(replies)]
        if reply is None or talk.end:
            break
        talk = say(talk, reply, level)
    return talk


def _next(plan: Strategy, talk: Talk, said: set[int], rng: random.Random) -> str | None:
    """The first unused step that fits: one for the customer's question first; None where nothing is left to say."""
    open_ = [(n, step) for n, step in enumerate(plan.steps) if n not in said]
    fits = [(n, s) for n, s in open_ if s.asking and s.asking == talk.state.asking]
    fits += [(n, s) for n, s in open_ if not s.asking and s.when.holds(talk.state)]
    if not fits:
        return None
    number, step = fits[0]
    said.add(number)
    return rng.choice(step.say)


def stuffed(case: Case, rng: random.Random) -> str:
    """Key words of the techniques and of the case, in one of the forms that stuffers try."""
    words = [rng.choice([e.reply[a:b] for e in item.shows for a, b in e.evidence]) for item in catalogue().techniques]
    facts = [d.value for d in case.desk] + [o.title.zh for o in case.options if o.allowed]
    some = rng.sample(words, 7) + rng.sample(facts, min(5, len(facts)))
    rng.shuffle(some)
    form = rng.randrange(4)
    if form == 0:  # words in a row
        return " ".join(w[:6] for w in some)
    if form == 1:  # labels
        names = rng.sample([i.name.zh for i in catalogue().techniques], 6)
        return "。".join(f"{name}：{w[:10]}" for name, w in zip(names, some, strict=False))
    if form == 2:  # names of techniques and facts
        names = [i.name.zh for i in catalogue().techniques]
        return "、".join([*rng.sample(names, 8), *(f[:8] for f in rng.sample(facts, min(4, len(facts))))])
    return "，".join(some) + "。"  # phrases strung together
