"""nbgrader's settings for a course, in code: what grading may do, and the check that nothing else can happen.

Stock nbgrader runs the submitted notebook in a kernel and believes its output. The steps below take their place in
nbgrader's own lists, so that its commands and formgrader's buttons mark as `csworkshop grade` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from csworkshop.exercises.answers import NAME as ANSWERS
from csworkshop.exercises.library import COURSE_ID
from csworkshop.grading.kept import NAME as KEPT

SANITIZE_STEPS = (
    "csworkshop.grading.steps.UseReleasedNotebook",
    "nbgrader.preprocessors.CheckCellMetadata",
)
AUTOGRADE_STEPS = (
    "csworkshop.grading.steps.MarkAnswers",  # in the place of nbgrader.preprocessors.Execute
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
)
RELEASE_STEPS = (
    "csworkshop.grading.steps.CheckSource",
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
)
# What trainees' folders hold besides notebook and answers, and what nobody needs to hand in or out.
IGNORED = (
    ".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", f".{ANSWERS}.lock", f".{ANSWERS}.*.tmp", KEPT
)  # fmt: skip
# What trainees find where the teacher's solution stood: a line to write over. nbgrader's own raises an error, at which
# "run all cells" stops, before the exercises below are on the screen.
STUB = {"python": "# 在这里写\n..."}


class UntrustedSettings(Exception):
    """The settings in force would let nbgrader grade otherwise than from the answer files. One sentence."""


def trust(config: Any, course: Path) -> None:
    """Set, in a traitlets Config, everything that trusted grading needs. Course id, database, exchange stay free."""
    if "course_id" not in config.CourseDirectory:
        config.CourseDirectory.course_id = COURSE_ID
    config.CourseDirectory.ignore = list(IGNORED)
    config.GenerateAssignment.preprocessors = list(RELEASE_STEPS)
    if "code_stub" not in config.ClearSolutions:
        config.ClearSolutions.code_stub = dict(STUB)
    config.Autograde.sanitize_preprocessors = list(SANITIZE_STEPS)
    config.Autograde.autograde_preprocessors = list(AUTOGRADE_STEPS)
    config.Autograde.exclude_overwriting = {name: [ANSWERS] for name in _assignments(course)}
    config.Autograde.pre_convert_hook = "csworkshop.grading.steps.set_links_aside"
    if not getattr(
        config.ExchangeFactory.get("collect"), "checks_paths", False
    ):  # as csworkshop.grading.ngshare's does
        config.ExchangeFactory.collect = "csworkshop.grading.exchange.CollectPlainFiles"
    config.HTMLExporter.preprocessors = ["csworkshop.grading.steps.CleanOutputs"]


def refuse_other_steps(autograde: Any) -> None:
    """Raise UntrustedSettings unless nbgrader's converter `autograde` runs our steps and no others."""
    for trait, ours in (("sanitize_preprocessors", SANITIZE_STEPS), ("autograde_preprocessors", AUTOGRADE_STEPS)):
        theirs = tuple(_dotted(getattr(autograde, trait)))
        if theirs != ours:
            raise UntrustedSettings(
                f"c.Autograde.{trait} is {', '.join(theirs) or 'empty'}, which may run trainees' code or trust their "
                "marks; take the line out of nbgrader_config.py (`csworkshop course init` writes one that works)"
            )


def set_by_course(config: Any) -> dict[str, Any]:
    """The steps that a course's own settings name, as far as they name any: trait -> value."""
    traits = ("sanitize_preprocessors", "autograde_preprocessors")
    return {t: config.Autograde[t] for t in traits if "Autograde" in config and t in config.Autograde}


def _dotted(steps: Iterable[Any]) -> Iterable[str]:
    """Steps by the names our lists use: nbgrader names its own by the package `nbgrader.preprocessors`."""
    for step in steps:
        if isinstance(step, str):
            yield step
        else:
            package = "nbgrader.preprocessors" if step.__module__.startswith("nbgrader.") else step.__module__
            yield f"{package}.{step.__name__}"


def _assignments(course: Path) -> list[str]:
    source = course / "source"
    return sorted(p.name for p in source.iterdir() if p.is_dir()) if source.is_dir() else []
