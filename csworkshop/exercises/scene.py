"""A scenario as plain data, as `customerTurn` of talk.js draws it: for boards that show a customer."""

from __future__ import annotations

from typing import Any

from csworkshop.techniques.scenario import Scenario


def scene(scenario: Scenario, *, emotion: bool = True) -> dict[str, Any]:
    """The scenario without what only its author knows; without the emotion where to find that is the task."""
    return {
        "channel": scenario.channel,
        "persona": scenario.persona,
        "emotion": scenario.emotion if emotion else "",
        "domain": scenario.domain,
        "customer": scenario.customer,
        "facts": list(scenario.facts),
        "policy": list(scenario.policy),
    }
