"""The two learned readers together, as level `full` asks them.

One was taught a language before and reads the reply as a whole, the other counts rows of characters. They err
in different places: on replies by writers that neither had read, both together are right more often than either.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from csworkshop.techniques.encoder import Reading, encoder
from csworkshop.techniques.quick import quick
from csworkshop.techniques.scenario import Scenario

RUDE, INSULT = "rude", "insult"  # INSULT: the encoder's own word on RUDE; rows of characters don't know new insults
CLIP = 8.0  # beyond this the encoder's log-odds say no more


class Both:
    """Reads by the encoder and the quick reader; the words pointed at are the encoder's."""

    def read(self, reply: str, scenario: Scenario | None) -> Reading:
        """Read a folded reply beside its scenario."""
        return joined(encoder().read(reply, scenario), quick().columns, quick().odds(reply, scenario))


def joined(reading: Reading, columns: tuple[str, ...] = (), odds: np.ndarray | float = 0.0) -> Reading:
    """The encoder's reading with the quick reader's log-odds of the items in `columns` added to its own, and INSULT."""
    whole = np.array(reading.odds, np.float64)
    own = whole[reading.columns.index(RUDE)]
    at = [reading.columns.index(column) for column in columns]
    whole[at] = np.clip(whole[at], -CLIP, CLIP) + odds
    return replace(reading, columns=(*reading.columns, INSULT), odds=np.append(whole, own))
