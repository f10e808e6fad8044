"""Who comes when, with what, and who gets the ticket: the part of made-up tickets that is known at their opening."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csworkshop.cases.made.stories import Story, concerned, surge
from csworkshop.cases.made.world import DAY, HOUR, World

EMOTIONS = ("anger", "anxiety", "disappointment", "confusion", "calm")


@dataclass(frozen=True)
class Staff:
    """The agents, in order: what they are (team as a number) and how they work (hidden; drawn from the seed).

    `ability` and `speed` have mean 0 and deviation about 1; `habits` are log odds per technique, agents by techniques.
    """

    ids: np.ndarray
    team: np.ndarray
    joined: np.ndarray  # days from the year's start, below 0 before it
    training: np.ndarray  # the same; inf if never trained
    ability: np.ndarray
    speed: np.ndarray
    habits: np.ndarray


@dataclass(frozen=True)
class Opened:
    """Tickets at their opening, in order of time. Names as numpy objects; `at` in seconds from the year's start."""

    at: np.ndarray
    day: np.ndarray
    category: np.ndarray
    product: np.ndarray
    channel: np.ndarray
    agent: np.ndarray  # number in Staff
    load: np.ndarray  # tickets of the day against the mean day
    hard: np.ndarray  # how hard, hidden
    emotion: np.ndarray
    care: np.ndarray  # how much trouble the agent takes here, hidden


def make_staff(world: World, stories: tuple[Story, ...], seed: int) -> Staff:
    """The agents; the same for the same seed."""
    rng = np.random.default_rng([seed, 1])
    sizes = [t.agents for t in world.teams.values()]
    number = sum(sizes)
    ids = np.array([f"A{n:02}" for n in range(1, number + 1)], object)
    joined = -rng.integers(120, 2400, number).astype(float)
    for agent, when in world.joined.items():
        joined[ids == agent] = world.day(when)
    training = np.where(np.isin(ids, world.training.agents), float(world.day(world.training.at)), np.inf)
    ability = np.clip(rng.normal(0, 0.8, number), -1.5, 1.5)
    ability -= 0.25 * np.isfinite(training)  # those who were sent needed it a little more
    for story in stories:
        ability[np.isin(ids, story.where.agents)] += story.effect.ability
    base = np.array(list(world.techniques.values()))
    habits = np.log(base / (1 - base)) + 0.75 * ability[:, None] + rng.normal(0, 0.55, (number, len(base)))
    return Staff(
        ids, np.repeat(np.arange(len(sizes)), sizes), joined, training, ability, rng.normal(0, 1, number), habits
    )


def open_tickets(world: World, stories: tuple[Story, ...], staff: Staff, n: int, rng: np.random.Generator) -> Opened:
    """Draw n tickets of the year."""
    day, category, product = _cells(world, stories, n, rng)
    channels = list(world.channels)
    share = np.array([c.share for c in world.channels.values()])
    number = rng.choice(len(channels), n, p=share / share.sum())
    hours = np.zeros(n)
    for k, name in enumerate(channels):
        weights = np.array(world.channel_hours[name], float)
        hit = number == k
        hours[hit] = rng.choice(24, int(hit.sum()), p=weights / weights.sum())
    at = np.floor(day * DAY + (hours + rng.random(n)) * HOUR)
    order = np.argsort(at, kind="stable")
    at, day, category, product, number = at[order], day[order], category[order], product[order], number[order]
    counts = np.bincount(day, minlength=world.days)
    names = np.array(list(world.categories), object)
    values = list(world.categories.values())
    agent = _assign(world, stories, staff, names, category, day, rng)
    hard = np.array([c.hard for c in values])[category] + rng.normal(0, 0.7, n)
    upset = np.array([c.upset for c in values])[category]
    return Opened(
        at=at,
        day=day,
        category=names[category],
        product=np.array(list(world.products), object)[product],
        channel=np.array(channels, object)[number],
        agent=agent,
        load=counts[day] / counts.mean(),
        hard=hard,
        emotion=_emotions(names[category], hard, upset, rng),
        care=0.55 * staff.ability[agent] + rng.normal(0, 0.6, n),
    )


def _cells(world: World, stories: tuple[Story, ...], n: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Day, category and product of n tickets, as numbers."""
    categories, products = list(world.categories), list(world.products)
    within = np.array([[world.products[p].get(c, 0.0) for p in products] for c in categories])
    within /= within.sum(axis=1, keepdims=True)
    weight = world.volume()[:, :, None] * within[None]
    day, category, product = (a.ravel() for a in np.indices(weight.shape))
    weight = weight.ravel()
    columns = {"categories": np.array(categories, object)[category], "products": np.array(products, object)[product]}
    for story in stories:
        if story.effect.volume != 1.0:
            hit = concerned(story.where, world, columns, day)
            weight[hit] *= surge(story, world, day[hit])
    cell = rng.choice(len(weight), n, p=weight / weight.sum())
    return day[cell], category[cell], product[cell]


def _assign(
    world: World,
    stories: tuple[Story, ...],
    staff: Staff,
    names: np.ndarray,
    category: np.ndarray,
    day: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """The agent of each ticket: the category's teams share it, within a team by chance, but for what stories say."""
    teams = list(world.teams.values())
    takes = np.array([[t.takes.get(c, 0.0) / t.agents for c in names] for t in teams])[
        staff.team
    ]  # agents by categories
    for story in stories:
        for name, times in story.effect.takes.items():
            takes[np.isin(staff.ids, story.where.agents), list(names).index(name)] *= times
    takes *= np.random.default_rng(len(takes)).uniform(0.8, 1.2, len(takes))[:, None]  # some work part-time
    agent = np.zeros(len(category), int)
    for c in range(len(names)):
        rows = np.flatnonzero(category == c)
        there = staff.joined[None, :] <= day[rows, None]
        total = np.cumsum(np.where(there, takes[:, c][None, :], 0.0), axis=1)
        agent[rows] = (total < rng.random(len(rows))[:, None] * total[:, -1:]).sum(axis=1)
    return agent


def _emotions(category: np.ndarray, hard: np.ndarray, upset: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What customers feel on arrival: harder cases and sore categories bring more anger."""
    asks = np.isin(category, ("账号", "账单", "咨询", "安装"))
    score = np.stack(
        [
            -0.65 + 1.0 * upset + 0.35 * hard,
            -0.35 + 0.5 * upset + 0.25 * hard,
            -0.85 + 0.7 * upset + 0.15 * hard,
            -0.35 + 0.8 * asks,
            0.35 - 0.6 * upset - 0.15 * hard,
        ],
        axis=1,
    )
    return np.array(EMOTIONS, object)[np.argmax(score + rng.gumbel(size=score.shape), axis=1)]
