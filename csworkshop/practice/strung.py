"""Are these words strung together rather than said? Back-office rows read out, key words in a row, phrases of other
cases between the facts of this one.

`credible` asks of a reply alone; in a role-play the trainee has a back office beside them to copy from. Of 1,846
labelled replies none holds more than one whole row of its case word for word; the limits below hold back 2.
"""

from __future__ import annotations

import re

from csworkshop.techniques.echo import pair_weights, pairs_of, plain
from csworkshop.techniques.relevance import case_of
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.normalise import fold
from csworkshop.text.segment import clauses

ROW, RUN = 8, 8  # letters from which on a row counts as copied, and a run of letters as taken from one
MOST_ROWS, MOST_COPIED = 3, 0.45
ALIEN_PAIRS = 2  # rare pairs that the case doesn't have, in a clause that has none of the case
PIECES, PIECE = 7, 7.5  # blank-separated pieces without any mark between, and their mean length
_BLANK = re.compile(r"\s+")
_MARK = re.compile(r"[，。！？；、：]")


def strung(reply: str, scenario: Scenario) -> bool:
    """True for words strung together from the back office and elsewhere."""
    text = fold(reply).text
    pieces = _BLANK.split(text.strip())
    if len(pieces) >= PIECES and len(_MARK.findall(text)) < len(pieces) / 3:
        return sum(map(len, pieces)) / len(pieces) <= PIECE
    letters = _letters(text)
    rows = [_letters(fold(row.partition(":")[2] or row).text) for row in (*scenario.facts, *scenario.policy)]
    whole = sum(len(row) >= ROW and row in letters for row in set(rows))
    if whole >= MOST_ROWS or (whole >= 2 and _copied(letters, rows) > MOST_COPIED):
        return True
    if not whole:
        return False
    alien, number = _alien(text, scenario)
    share = alien / max(number, 1)
    return (whole >= 2 and alien >= 3 and share >= 0.2) or (alien >= 4 and share >= 0.3)


def _letters(text: str) -> str:
    return "".join(c for c in plain(text) if c.isalnum())


def _copied(letters: str, rows: list[str]) -> float:
    """The share of the letters in runs that stand in the back office so."""
    taken = [False] * len(letters)
    for i in range(len(letters) - RUN + 1):
        if any(letters[i : i + RUN] in row for row in rows):
            taken[i : i + RUN] = [True] * RUN
    return sum(taken) / max(len(letters), 1)


def _alien(text: str, scenario: Scenario) -> tuple[int, int]:
    """Clauses that have nothing of this case and something of another, and the number of clauses."""
    weights, theirs = pair_weights(), case_of(scenario).pairs
    alien = number = 0
    for a, b in clauses(text):
        pairs = pairs_of(plain(text[a:b]))
        number += len(pairs) >= 3
        shares = any(weights.get(p, 1.0) > 0 for p in pairs & theirs)
        alien += not shares and sum(p not in weights for p in pairs) >= ALIEN_PAIRS
    return alien, number
