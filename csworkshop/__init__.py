"""csworkshop: a workshop kit that trains Chinese-speaking customer-service agents in Jupyter.

from csworkshop import studio      # in a notebook: a rewriting exercise as a widget
from csworkshop import check       # judge one reply, technique by technique
from csworkshop import mark        # mark an answer against an exercise's scorecard
from csworkshop import result      # in a notebook: say what a code exercise will hand in
from csworkshop import class_panel # in a notebook: join the lesson that is on, see what the instructor shows
from csworkshop import handbook    # in a notebook: every technique and fault, with sentences for and against
from csworkshop import home        # in a notebook: one's own progress, and what to practise next
from csworkshop import my_plan     # in a notebook: today's exercises and why, as a card
from csworkshop import tree_hole   # in a notebook: the class's anonymous board
from csworkshop import dashboard   # in the instructor's notebook: the room while it works
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "check",
    "class_panel",
    "dashboard",
    "handbook",
    "home",
    "join_class",
    "load_exercise",
    "mark",
    "my_plan",
    "result",
    "studio",
    "tree_hole",
]

if TYPE_CHECKING:
    from csworkshop.classroom.presence import join_class
    from csworkshop.exercises.code import result
    from csworkshop.exercises.library import load_exercise
    from csworkshop.exercises.marking import mark
    from csworkshop.screens.dashboard import dashboard
    from csworkshop.screens.home import home
    from csworkshop.screens.panel import class_panel
    from csworkshop.screens.treehole import tree_hole
    from csworkshop.techniques.checker import check
    from csworkshop.widgets.handbook import handbook
    from csworkshop.widgets.plan_card import my_plan
    from csworkshop.widgets.studio import studio

_HOME = {
    "check": "csworkshop.techniques.checker",
    "class_panel": "csworkshop.screens.panel",
    "dashboard": "csworkshop.screens.dashboard",
    "handbook": "csworkshop.widgets.handbook",
    "home": "csworkshop.screens.home",
    "join_class": "csworkshop.classroom.presence",
    "load_exercise": "csworkshop.exercises.library",
    "mark": "csworkshop.exercises.marking",
    "my_plan": "csworkshop.widgets.plan_card",
    "result": "csworkshop.exercises.code",
    "studio": "csworkshop.widgets.studio",
    "tree_hole": "csworkshop.screens.treehole",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use: the command line needn't wait for widgets, nor a widget for nbgrader."""
    if name not in _HOME:
        raise AttributeError(f"module 'csworkshop' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
