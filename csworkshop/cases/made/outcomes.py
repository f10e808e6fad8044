"""What becomes of made-up tickets: answered, solved, closed, paid for, scored. All at once, column by column.

The outcomes hang together as they do on real desks: hard cases take more contacts and longer, a broken promise costs
satisfaction, money soothes, care pays. The numbers are ours, chosen so that the year looks like a year; nothing is
measured anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from csworkshop.cases.made.stories import Story, Touched, touch
from csworkshop.cases.made.tickets import Opened, Staff
from csworkshop.cases.made.world import DAY, HOUR, OpenClock, World

CUTS = (-0.35, 0.12, 0.72, 1.52)  # between the five scores, on the hidden scale of satisfaction
AT_ONCE = {"chat": 0.0, "phone": 0.1, "email": -0.25, "review": -0.5}  # log odds
FEELING = {"anger": -0.5, "anxiety": -0.2, "disappointment": -0.35, "confusion": -0.05, "calm": 0.0}
Columns = dict[str, np.ndarray]


def touched(world: World, stories: tuple[Story, ...], staff: Staff, opened: Opened) -> Touched:
    """What the stories do to these tickets."""
    columns = {
        "agents": staff.ids[opened.agent],
        "teams": np.array(list(world.teams), object)[staff.team[opened.agent]],
        "channels": opened.channel,
        "categories": opened.category,
        "products": opened.product,
    }
    return touch(stories, world, columns, opened.day, opened.day >= staff.training[opened.agent])


def outcomes(world: World, staff: Staff, opened: Opened, story: Touched, rng: np.random.Generator) -> Columns:
    """The outcome columns of the tickets table; times in seconds from the year's start, NaN where there is none."""
    desk = _Desk(world, staff, opened, story, rng, OpenClock(world, False), np.exp(0.16 * staff.speed[opened.agent]))
    found: Columns = {"priority": _priority(opened, rng)}
    for step in (_answer, _solve, _work, _promise, _pay, _score):
        found |= step(desk, found)
    for name in ("wait", "work", "dropped", "late"):
        del found[name]
    return _until(found, world.days * DAY)


@dataclass(frozen=True)
class _Desk:
    world: World
    staff: Staff
    opened: Opened
    story: Touched
    rng: np.random.Generator
    daily: OpenClock
    pace: np.ndarray  # of the ticket's agent, 1 is usual

    def of_channel(self, key: str) -> np.ndarray:
        return _of(self.world.channels, self.opened.channel, key)

    def of_category(self, key: str) -> np.ndarray:
        return _of(self.world.categories, self.opened.category, key)

    def habit(self, technique: str) -> np.ndarray:
        """Log odds that this ticket's agent uses the technique here."""
        own = self.staff.habits[:, list(self.world.techniques).index(technique)][self.opened.agent]
        return own + self.story.techniques[technique]

    def noise(self) -> np.ndarray:
        return self.rng.normal(size=len(self.opened.at))


def _answer(desk: _Desk, found: Columns) -> Columns:
    """First answers: slower on full days, by the clock of the channel; a few reviews are never answered."""
    opened, wait = desk.opened, 60 * desk.of_channel("respond") * np.exp(desk.of_channel("spread") * desk.noise())
    wait = np.maximum(wait * opened.load**0.7 * desk.pace * desk.story.factor["response"], 3)
    office = np.isin(opened.channel, [name for name, c in desk.world.channels.items() if c.clock == "office"])
    by_office = OpenClock(desk.world, True).add(opened.at, wait)
    first = np.where(office, by_office, desk.daily.add(opened.at, wait))
    first[(opened.channel == "review") & (desk.rng.random(len(first)) < 0.03)] = np.nan
    return {"wait": wait, "first_response_at": first}


def _solve(desk: _Desk, found: Columns) -> Columns:
    """Solved at once, later or never; how many contacts, hands and new openings it took."""
    hard, ability, shift, rng = desk.opened.hard, desk.staff.ability[desk.opened.agent], desk.story.shift, desk.rng
    answered = ~np.isnan(found["first_response_at"])
    odds = 1.05 - 0.95 * hard + 0.35 * ability + np.array([AT_ONCE[c] for c in desk.opened.channel])
    at_once = answered & _happens(odds + shift["first_contact"], rng)
    solved = answered & (at_once | _happens(1.3 - 0.4 * hard + 0.35 * ability + shift["resolved"], rng))
    again = answered & ~at_once & _happens(np.where(solved, -2.9, -1.0) + shift["reopened"], rng)
    reopened = np.where(again, 1 + (rng.random(len(hard)) < 0.2), 0)
    rate = desk.of_category("transfer") * np.exp(np.clip(shift["transfers"] + 0.35 * hard, -3, 2))
    return {
        "resolved": solved,
        "first_contact_resolution": at_once,
        "dropped": ~at_once & ~solved & _happens(-1.7 + shift["dropped"], rng),  # closed, never solved
        "reopened": reopened,
        "contacts": np.where(at_once, 1, 2 + rng.poisson(0.25 + 0.3 * np.maximum(hard, 0)) + reopened),
        "transfers": rng.poisson(np.where(at_once, 0.1, 0.9) * rate),
    }


def _work(desk: _Desk, found: Columns) -> Columns:
    """How long it took: minutes where one contact was enough (or all there was), hours or days of desk time else."""
    brief = found["first_contact_resolution"] | found["dropped"]
    longer = 0.25 * desk.opened.hard + 0.18 * (found["contacts"] - 2) + 0.25 * found["transfers"] + 0.6 * desk.noise()
    longer += np.array([{"urgent": -0.5, "high": -0.2}.get(p, 0.0) for p in found["priority"]])
    long = desk.of_category("hours") * HOUR * np.exp(longer)
    short = desk.of_channel("first_minutes") * 60 * np.exp(0.65 * desk.noise())
    work = np.where(brief, short, long) * desk.pace * desk.story.factor["duration"]
    done = desk.daily.add(found["first_response_at"], work)
    tidy = np.where(brief, 0.1, 2.0) * HOUR * np.exp(0.8 * desk.noise()) * desk.story.factor["lag"]
    return {
        "work": work,
        "resolved_at": np.where(found["resolved"], done, np.nan),
        "closed_at": desk.daily.add(done, tidy),
    }


def _promise(desk: _Desk, found: Columns) -> Columns:
    """The time promised (a full hour) by agents who promise, and the progress messages that were due and sent."""
    first, at_once = found["first_response_at"], found["first_contact_resolution"]
    odds = desk.habit("specific_time") + desk.story.shift["promised"] + 0.5 - 2.0 * at_once + 0.3 * desk.opened.care
    gives = ~np.isnan(first) & _happens(odds, desk.rng)
    hours = np.where(at_once, 5.0, 2.2 * desk.of_category("hours"))
    foreseen = hours * HOUR * np.exp(0.25 * desk.opened.hard + 0.2 * desk.noise())
    promised = np.ceil(desk.daily.add(first, foreseen * desk.story.factor["promise"]) / HOUR) * HOUR
    several = found["transfers"] > 0  # several departments: the customer hears every two hours
    due = np.minimum(np.nan_to_num(found["work"]) // np.where(several, 2 * HOUR, 5 * HOUR), np.where(several, 8, 5))
    due = np.where(at_once | found["dropped"], 0, due).astype(int)
    odds = desk.habit("follow_up") + 0.9 + desk.story.shift["progress"] + 0.4 * desk.opened.care
    return {
        "promised_at": np.where(gives, promised, np.nan),
        "late": gives & (found["closed_at"] > promised),
        "progress_due": due,
        "progress_on_time": desk.rng.binomial(due, _chance(odds)),
    }


def _pay(desk: _Desk, found: Columns) -> Columns:
    """Who gets money, how much (in steps of five yuan), and what went to a supervisor."""
    angry, late, story = desk.opened.emotion == "anger", found["late"], desk.story
    answered = ~np.isnan(found["first_response_at"])
    odds = _odds(desk.of_category("pays")) + 0.7 * angry + 0.5 * late - 0.5 * found["first_contact_resolution"]
    pays = answered & _happens(odds + story.shift["compensation"], desk.rng)
    amount = 16 * np.exp(0.55 * desk.noise() + 0.25 * desk.opened.hard) * story.factor["amount"]
    odds = -4.0 + 1.0 * angry + 1.3 * ~found["resolved"] + 0.5 * desk.opened.hard + 0.9 * late
    return {
        "compensation": np.where(pays, np.maximum(5 * np.round(amount / 5), 5), 0.0),
        "escalated": answered & _happens(odds, desk.rng),
    }


def _score(desk: _Desk, found: Columns) -> Columns:
    """What customers answer in the survey, if they do; the delighted and the furious answer more often."""
    target = 3 * desk.of_channel("respond")
    liking = 0.3 + 1.2 * found["resolved"] + 0.5 * found["first_contact_resolution"] + 0.85 * desk.noise()
    liking -= 0.10 * np.log1p(found["wait"] / 60 / target) + 0.13 * np.log1p(found["work"] / HOUR / 6)
    liking -= 0.5 * (found["reopened"] > 0) + 0.14 * np.minimum(found["transfers"], 3)
    liking -= 0.55 * found["late"] + 0.35 * found["escalated"]
    liking += 0.3 * found["progress_on_time"] / np.maximum(found["progress_due"], 1) + 0.38 * desk.opened.care
    liking += 0.6 * np.log1p(found["compensation"] / 10) + np.array([FEELING[e] for e in desk.opened.emotion])
    score = 1 + np.digitize(liking + desk.story.shift["satisfaction"], CUTS)
    asked = desk.of_channel("survey") * np.where((score == 1) | (score == 5), 1.1, 0.85)
    scored = ~np.isnan(found["first_response_at"]) & (desk.rng.random(len(score)) < asked)
    return {
        "csat": np.where(scored, score, np.nan),
        "survey_at": np.where(scored, found["closed_at"] + HOUR * 1.5 * np.exp(1.1 * desk.noise()), np.nan),
    }


def _until(found: Columns, end: float) -> Columns:
    """The state at the year's last midnight: what comes later has not happened yet."""
    for name in ("first_response_at", "resolved_at", "closed_at", "survey_at"):
        found[name] = np.where(found[name] >= end, np.nan, np.floor(found[name]))
    open_still = np.isnan(found["resolved_at"])
    found["resolved"] = found["resolved"] & ~open_still
    found["first_contact_resolution"] = found["first_contact_resolution"] & ~open_still
    found["csat"] = np.where(np.isnan(found["survey_at"]), np.nan, found["csat"])
    unseen = np.isnan(found["first_response_at"])
    found["promised_at"] = np.where(unseen, np.nan, found["promised_at"])
    for name in ("compensation", "progress_due", "progress_on_time", "reopened"):
        found[name] = np.where(unseen, 0, found[name])
    return found


def _priority(opened: Opened, rng: np.random.Generator) -> np.ndarray:
    pressing = 0.6 * (opened.emotion == "anxiety") + 0.5 * (opened.emotion == "anger") + 0.35 * opened.hard
    rank = np.digitize(pressing + 0.6 * rng.normal(size=len(pressing)), (-0.7, 1.05, 1.85))
    return np.array(["low", "normal", "high", "urgent"], object)[rank]


def _of(parts: dict[str, Any], names: np.ndarray, key: str) -> np.ndarray:
    values = {name: float(getattr(part, key)) for name, part in parts.items()}
    return np.array([values[name] for name in names])


def _chance(odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-odds))


def _odds(chance: np.ndarray) -> np.ndarray:
    return np.log(chance / (1 - chance))


def _happens(odds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.random(len(odds)) < _chance(odds)
