"""The turns of made-up transcripts: arrival, first session, what happens in between, ending.

Each step says for all tickets at once which of them has the turn, and of which sentences it is made.
"""

from __future__ import annotations

import numpy as np

from csworkshop.cases.made.grammar import EMOTIONS
from csworkshop.cases.made.talk import Mask, Talk
from csworkshop.cases.made.world import CLOSES, DAY, HOUR, OPENS

GAPS = {"chat": 40.0, "phone": 11.0, "email": 2.5 * HOUR, "review": 5 * HOUR}  # seconds between turns
NEVER = 1e15


def compose(t: Talk) -> None:
    """All turns of all tickets, phase by phase."""
    answered = ~np.isnan(t.first)
    _arrival(t)
    end = np.where(np.isnan(t.done), np.minimum(t.first + 2 * DAY, t.batch.world.days * DAY - 1), t.done)
    last = _session(t, answered, end)
    _between(t, answered & ~t.at_once & (end - last > 600), last, end)
    _ending(t, answered & ~np.isnan(t.closed), np.maximum(last, end))


def _arrival(t: Talk) -> None:
    everyone, ages = np.ones(t.n, bool), t.of("age_band")
    chatty = (ages == "18-25") & (t.channel == "chat") & (t.emotion != "calm")
    complaint = np.full(t.n, "", object)
    for emotion in EMOTIONS:
        complaint = complaint + t.move(emotion, t.emotion == emotion)
    t.turn(
        "customer", everyone, t.opened,
        t.by("customer.hello_", t.channel, everyone), t.shared("customer.young", chatty & t.chance(0.4)),
        t.shared("customer.old", (ages == "60+") & (t.channel == "phone") & t.chance(0.5)), complaint,
        t.filled(t.shared("customer.order", t.chance(0.12)), "order", t.order),
        t.shared("customer.end_email", (t.channel == "email") & t.chance(0.6)),
    )  # fmt: skip
    wait = np.minimum(t.opened + 4, np.where(np.isnan(t.first), NEVER, t.first))
    t.turn("system", (t.channel == "chat") & t.chance(0.55), wait, t.shared("system.queue", everyone))


def _session(t: Talk, answered: Mask, end: np.ndarray) -> np.ndarray:
    """The first session, squeezed into the time it had; returns when it ended."""
    at = _session_times(t, end)
    told = _opening(t, answered, at[0], at[1])
    used, solves = t.used, t.used["solution"] | (t.at_once & t.chance(0.8))
    options = used["options"] & solves
    way = t.rng.random(t.n)
    fault = ~solves & (t.care < 0.5)
    excuse, brush, blame = fault & (way < 0.45), fault & (way >= 0.45) & (way < 0.8), fault & (way >= 0.8)
    vague = np.isnan(t.promised) & t.chance(np.where(t.at_once, 0.12, 0.6)) & ~used["specific_time"]
    t.paid = (t.amount > 0) & t.chance(0.6)
    t.turn(
        "agent", answered, at[2],
        t.shared("agent.ack", told & t.chance(0.5)), t.move("solution", solves), t.move("excuse", excuse),
        t.shared("agent.brush", brush), t.move("blame", blame),
        t.move("jargon", solves & (t.care < -0.2) & t.chance(0.25)),
        t.move("options", options), t.move("tradeoffs", options & used["tradeoffs"]),
        t.shared("agent.ask_need", used["ask_need"] & ~options & ~t.at_once), t.time(at[2], t.promised > 0),
        t.shared("agent.vague", vague), t.filled(t.shared("agent.compensation", t.paid), "amount", t.amount),
        t.shared("agent.follow_up", used["follow_up"] & (~t.at_once | t.chance(0.3))),
        t.shared("agent.contact", used["contact"] & t.chance(0.6)),
    )  # fmt: skip
    doubt = vague & ~options & t.chance(0.7)
    cold = (excuse | brush) & ~doubt & ~options
    good = ~(options | blame | cold | doubt)
    heard = t.turn(
        "customer", answered & t.chance(0.85), at[3],
        t.shared("customer.chosen", options), t.shared("customer.hurt", blame & ~options),
        t.shared("customer.cold", cold & ~blame), t.shared("customer.doubt", doubt & ~blame),
        t.shared("customer.good", good),
    )  # fmt: skip
    sore = heard & (blame | cold | doubt)
    mends, rude = sore & (t.care > 0) & used["own"], sore & (t.care < -0.5) & t.chance(0.2)
    put_off = sore & ~mends & ~rude
    t.proactive = heard & used["proactive"] & (good | options)
    t.turn(
        "agent", heard & (sore | t.proactive | (options & t.chance(0.8))), at[4],
        t.shared("agent.ack", ~sore), t.shared("agent.own", mends), t.move("solution", mends),
        t.time(at[4], mends, "agent.time_again"), t.shared("agent.rude", rude),
        t.shared("agent.vague", put_off & t.chance(0.6)), t.move("excuse", put_off & t.chance(0.35)),
        t.move("proactive", t.proactive), t.shared("agent.follow_up", ~sore & ~t.proactive & used["follow_up"]),
    )  # fmt: skip
    return at[5]


def _session_times(t: Talk, end: np.ndarray) -> np.ndarray:
    """When the session's six steps are said, steps by tickets."""
    room = np.where(t.at_once, 0.85, 0.3) * np.nan_to_num(end - t.first)
    gaps = np.array([GAPS[c] for c in t.channel]) * np.exp(0.5 * t.rng.normal(size=(5, t.n)))
    step = np.cumsum(gaps * np.minimum(1, room / gaps.sum(axis=0)), axis=0)
    at = np.nan_to_num(t.first) + np.vstack([np.zeros(t.n), step])
    slow = np.isin(t.channel, ("email", "review")) & ~t.at_once
    at[1:, slow] = np.maximum(_by_day(at[1:, slow]), at[0, slow])
    return at


def _opening(t: Talk, answered: Mask, now: np.ndarray, then: np.ndarray) -> Mask:
    """The agent's first words and the customer's answer; tells where there was one."""
    used = t.used
    empathy, own = used["empathy"] & (t.upset | t.chance(0.3)), used["own"] & t.upset
    defend = t.upset & ~empathy & ~own & t.chance(0.45)
    ask, sure = used["ask_facts"], used["confirm_understanding"] & ~used["ask_facts"]
    special = t.chance(0.5)
    said = t.turn(
        "agent", answered, now,
        t.by("agent.hello_", t.channel, ~defend & t.chance(0.85)), t.move("defend", defend),
        t.move("empathy", empathy & special), t.by("agent.empathy_", t.emotion, empathy & ~special),
        t.shared("agent.own", own), t.shared("agent.formula", ~empathy & ~own & t.upset & t.chance(0.5)),
        t.move("restate", used["restate"] & ~sure), t.move("ask", ask), t.move("confirm", sure),
        t.shared("agent.looking", ~ask & ~sure & t.chance(0.8)),
    )  # fmt: skip
    return t.turn(
        "customer", said & (ask | sure | t.chance(0.35)), then,
        t.move("facts", ask), t.shared("customer.yes", sure), t.shared("customer.more", ~ask & ~sure),
        t.filled(t.shared("customer.order", ask & t.chance(0.3)), "order", t.order),
    )  # fmt: skip


def _between(t: Talk, when: Mask, start: np.ndarray, end: np.ndarray) -> None:
    """What happens between the first session and the end: other departments, progress told, customers asking."""
    span = np.maximum(np.nan_to_num(end) - start, 0)

    def at(part: float) -> np.ndarray:
        return np.minimum(_by_day(start + span * (part + 0.05 * t.rng.random(t.n))), end)

    t.turn("system", when & (t.of("transfers") > 0), at(0.05), t.shared("system.transfer", when))
    told, now = when & (t.of("progress_on_time") > 0), at(0.25)
    t.turn("agent", told, now, t.move("progress", told), t.time(now, told & t.chance(0.5), "agent.time_again"))
    asks, now = when & (t.of("contacts") > 1) & t.chance(0.85), at(0.5)
    late = now > np.where(np.isnan(t.promised), NEVER, t.promised)
    order = t.filled(t.shared("customer.order", asks & t.chance(0.15)), "order", t.order)
    t.turn("customer", asks, now, t.shared("customer.nudge", ~late), t.shared("customer.nudge_late", late), order)
    sorry, now = t.used["own"], at(0.56)
    excuse = ~sorry & t.chance(0.6)
    knows = (t.care > -0.3) & ~excuse
    t.turn(
        "agent", asks, now,
        t.shared("agent.again_own", sorry), t.shared("agent.again_excuse", excuse),
        t.shared("agent.still", told & knows), t.move("progress", ~told & knows),
        t.time(now, sorry & ~late, "agent.time_again"),
        t.shared("agent.vague", ~t.used["specific_time"] & t.chance(0.5)),
        t.shared("agent.follow_up", t.used["follow_up"] & t.chance(0.4)),
    )  # fmt: skip
    t.turn("system", when & t.of("escalated"), at(0.64), t.shared("system.escalated", when))
    more = when & (t.of("progress_on_time") > 2)
    t.turn("agent", more, at(0.7), t.shared("agent.still", more))
    again, now = when & (t.of("reopened") > 0), at(0.78)
    t.turn("system", again, now, t.shared("system.reopened", again))
    t.turn("customer", again, now + 5, t.shared("customer.reopened", again))
    t.turn("agent", again, at(0.84), t.shared("agent.again_own", sorry), t.move("solution", again))


def _ending(t: Talk, when: Mask, done: np.ndarray) -> None:
    """The result or its absence, the customer's last word, the closing."""
    solved, used, done = when & t.of("resolved"), t.used, np.nan_to_num(done)
    step = np.minimum(np.where(t.channel == "phone", 9.0, 50.0), np.maximum(np.nan_to_num(t.closed) - done, 0) / 4)
    improve, late_pay = used["improvement"] & t.upset, (t.amount > 0) & ~t.paid
    t.turn(
        "agent", solved, done,
        t.move("result", ~t.at_once), t.shared("agent.done", t.at_once & t.chance(0.7)),
        t.shared("agent.improvement_lead", improve), t.move("improvement", improve),
        t.filled(t.shared("agent.compensation", late_pay), "amount", t.amount),
        t.shared("agent.check", used["check_resolved"]),
        t.move("proactive", used["proactive"] & ~t.proactive & t.chance(0.4)),
    )  # fmt: skip
    way = t.rng.random(t.n)
    t.turn(
        "agent", when & ~solved & t.chance(0.8), done,
        t.move("excuse", way < 0.4), t.shared("agent.brush", (way >= 0.4) & (way < 0.65)),
        t.shared("agent.closing_cold", way >= 0.65),
    )  # fmt: skip
    score = np.where(np.isnan(t.csat), np.where(solved, 4, 2) + t.rng.integers(-1, 2, t.n), t.csat)
    happy = (score >= 4) & solved
    turned = happy & (t.emotion == "anger") & t.chance(0.4)
    t.turn(
        "customer", when & t.chance(0.8), done + step,
        t.shared("customer.thanks", happy & ~turned), t.shared("customer.turned", turned),
        t.shared("customer.fine", (score == 3) | ((score > 3) & ~solved)),
        t.shared("customer.sour", (score < 3) & solved), t.shared("customer.bad", (score < 3) & ~solved),
    )  # fmt: skip
    kind = t.care > -0.4
    t.turn(
        "agent", solved & t.chance(0.65), done + 2 * step,
        t.shared("agent.closing", kind), t.shared("agent.closing_cold", ~kind),
    )  # fmt: skip
    t.turn("system", when, np.nan_to_num(t.closed), t.shared("system.closed", when))


def _by_day(at: np.ndarray) -> np.ndarray:
    """Times moved into the desk's day, in the same order: the night is squeezed into its first and last minutes."""
    day = np.floor(at / DAY)
    return day * DAY + np.interp(at - day * DAY, (0, OPENS, CLOSES, DAY), (OPENS, OPENS + 1500, CLOSES - 1500, CLOSES))
