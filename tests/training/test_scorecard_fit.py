"""The general scorecard: fitted points make sense, and the shipped card does what it was fitted for."""

from __future__ import annotations

import numpy as np
import pytest

from csworkshop.exercises.definition import GENERAL, General, from_scenario, general
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.datafile import read_toml
from csworkshop.training import readings
from csworkshop.training.labelled import labelled_folder
from csworkshop.training.ratings import CRITICAL, Rated, read_rated, spearman
from csworkshop.training.scorecard_fit import ABOUT, Checked, fit, written


def test_spearman_ranks_with_ties() -> None:
    assert spearman([1, 2, 3, 4], [10, 20, 30, 40]) == pytest.approx(1)
    assert spearman([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert spearman([1, 1, 2, 3], [1, 2, 2, 3]) == pytest.approx(0.833, abs=0.001)


def _rated(n: int, rating: int, emotion: str = "calm", **labels: float) -> Rated:
    return Rated(f"x-{n}", "x", "", Scenario(emotion=emotion), rating, labels)  # type: ignore[arg-type]


def test_techniques_only_earn_and_faults_only_cost() -> None:
    rated = []
    for n in range(40):
        rated.append(_rated(n, 4, solution=1.0))
        rated.append(_rated(n, 2, options=1.0))  # seen in bad replies only: worth nothing, not less than nothing
        rated.append(_rated(n, 1, vague=1.0))
        rated.append(_rated(n, 3))
        rated.append(_rated(n, 5, excuse=1.0))
    found = fit(rated)
    assert found.items["solution"] > 0.5
    assert found.items["options"] == 0
    assert found.items["vague"] > 0.5
    assert found.items["excuse"] == 0
    assert found.card(1.0, 4.0).techniques["options"] == 2, "what stands on the card is worth something"


def test_what_counts_more_for_upset_customers_is_seen() -> None:
    rated = [_rated(n, 4 if mood == "anger" else 2, mood, empathy=1.0) for n in range(60) for mood in ("anger", "calm")]
    rated += [_rated(n, 2, mood) for n in range(60) for mood in ("anger", "calm")]
    found = fit(rated)
    assert found.more["upset"]["empathy"] > 0.3


def test_the_shipped_card_asks_for_everything_and_reads_back() -> None:
    card = general()
    assert set(card.techniques) == {i.id for i in catalogue().techniques}
    assert set(card.faults) | set(card.critical) == {i.id for i in catalogue().faults}
    assert set(card.critical) == set(CRITICAL)
    assert GENERAL.read_text("utf-8") == written(card)
    assert written(card).startswith(ABOUT)
    assert General.model_validate(read_toml(GENERAL)) == card


def test_mood_and_persona_shape_the_card() -> None:
    card = general().model_copy(update={"upset": {"empathy": 5.0}, "persona": {"senior": {"jargon": 7.0}}})
    angry = from_scenario(Scenario(emotion="anger", persona="senior"), card).scorecard
    calm = from_scenario(Scenario(), card).scorecard
    assert _weight(angry, "empathy") == pytest.approx(_weight(calm, "empathy") + 0.5)
    assert _penalty(angry, "jargon") == _penalty(calm, "jargon") + 7


def _weight(card, item):  # type: ignore[no-untyped-def]
    return next(t.weight for t in card.techniques if t.item == item)


def _penalty(card, item):  # type: ignore[no-untyped-def]
    return next(f.penalty for f in card.faults if f.item == item)


@pytest.fixture(scope="module")
def checked() -> Checked:
    folder = labelled_folder()
    return Checked.of(read_rated(folder), readings.load(folder / readings.FILE))


def test_marks_rank_as_inspectors_do(checked: Checked) -> None:
    """On what a reader said of writers that it hadn't read."""
    assert spearman(checked.scores(general()), [r.rating for r in checked.rated]) >= 0.80


def test_good_replies_pass_and_flawed_ones_stay_low(checked: Checked) -> None:
    good, models, flawed = checked.shares(general())
    assert good >= 0.90
    assert models >= 0.95
    assert flawed >= 0.90


def test_honest_replies_are_rarely_refused(checked: Checked) -> None:
    refused = np.array([bool(checked.marks(r, general()).refusal) for r in checked.rated])
    assert refused.mean() <= 0.045
    good = np.array([r.good for r in checked.rated])
    assert refused[good].mean() <= 0.035
