"""The attacks of `csworkshop bench attacks` on an assignment with code cells, a few against stock nbgrader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from csworkshop.bench.attacks import EVERYTHING, Attack, all_attacks
from csworkshop.bench.attacks.trial import Trial, judge
from csworkshop.grading.sandbox import means

IN_CODE = [a for a in all_attacks().values() if a.do.__module__.endswith(".code")]
BESIDE_CODE = (
    "corrupt_notebook",
    "graded_cells_twice",
    "folder_linked_to_a_classmate",
    "shadow_modules",
    "process_ends",
)
STOCK = {
    "patched_scorer": "MARK GAINED",
    "gradebook_written": "OTHERS' MARKS CHANGED",
    "pandas_replaced": "MARK GAINED",
    "answers_linked_to_a_secret": "FILE LEAKED",
}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return Trial(tmp_path_factory.mktemp("ours"), stock=False)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    yield Trial(tmp_path_factory.mktemp("both"))


# Where code can't be confined none is run, which test_code_cells.py sees to.
@pytest.mark.parametrize("name", [*(a.name for a in IN_CODE), *BESIDE_CODE] if means().level == "namespaces" else [])
def test_an_attack_does_nothing(name: str, ours: Trial) -> None:
    verdict = ours.run(all_attacks()[name], "csworkshop")
    assert not verdict.bad, verdict


@pytest.mark.parametrize("name", STOCK)
def test_the_same_attack_gets_through_stock_nbgrader(name: str, both: Trial) -> None:
    verdict = both.run(all_attacks()[name], "stock")
    assert STOCK[name] in verdict.bad, verdict


def test_there_are_enough_attacks_and_each_is_told_apart() -> None:
    attacks = all_attacks()
    assert len(attacks) >= 60
    assert len({a.title for a in attacks.values()}) == len(attacks)


def test_the_judge_sees_what_went_wrong(ours: Trial, tmp_path: Path) -> None:
    def nothing(folder: Path, wire: Path) -> None:
        wire.touch()
        (folder / "notes").write_text("x")

    verdict = ours.run(Attack("nothing", nothing, ("reply",)), "csworkshop")
    assert set(verdict.bad) == {"MARK GAINED", "code got through"}
    unharmed = judge(Attack("nothing", nothing, EVERYTHING), verdict.result, ours.honest["csworkshop"])
    assert set(unharmed.bad) == {"code got through"}
