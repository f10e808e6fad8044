"""How often the checker says earned, unsure or missing of an item that inspectors see, and of one that they don't.

`python -m csworkshop.training.reliability` writes `csworkshop/progress/reliability.toml`, by which the mastery model
tells a trainee's slip from the checker's: counted on writers that nothing had read (kept readings), each item's rates
drawn towards the mean over the items of its type by `PRIOR` texts, so that rare items have sensible ones.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import UNSURE
from csworkshop.training import evaluate, readings
from csworkshop.training.evaluate import UNREAD, Judged
from csworkshop.training.labelled import labelled_folder, read_labelled, trains_only

FILE = Path(__file__).parents[1] / "progress" / "reliability.toml"
PRIOR = 40.0
HEAD = """\
# What the checker says of an item: shares of present, unsure (the rest: absent), where inspectors see the item (shown)
# and where they don't (not_shown). Written by `python -m csworkshop.training.reliability`; writers that nothing had
# read. The items of other kinds of exercise are marked by comparison with the right answer: [other].
"""


def rates(judged: Judged) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Per item: shares (present, unsure) where it is shown, and where it is not."""
    unsure = (judged.probability >= UNSURE[0]) & (judged.probability < UNSURE[1])
    said = np.stack([(judged.present > 0) & ~unsure, unsure], axis=-1).astype(float)  # (texts, items, 2)
    types = np.array([catalogue().items[c].type == "technique" for c in judged.columns])
    sums = [(said * mask[..., None]).sum(0) for mask in (judged.truth, 1 - judged.truth)]
    numbers = [mask.sum(0)[:, None] for mask in (judged.truth, 1 - judged.truth)]
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for k, item in enumerate(judged.columns):
        alike = types == types[k]
        means = [s[alike].sum(0) / n[alike].sum() for s, n in zip(sums, numbers, strict=True)]
        own = [(s[k] + PRIOR * m) / (n[k] + PRIOR) for s, n, m in zip(sums, numbers, means, strict=True)]
        found[item] = (own[0], own[1])
    return found


def main() -> int:
    folder = labelled_folder(None)
    replies = [r for r in read_labelled(folder) if not trains_only(r.writer)]
    writer = {r.id: r.writer for r in replies}
    judged = evaluate.leave_writers_out(replies, readings.load(folder / readings.FILE))
    found = rates(judged.pick(lambda i: writer[i] in UNREAD))
    lines = [HEAD]
    for item in catalogue().items:
        a, b = ([round(float(x), 3) for x in pair] for pair in found[item])
        lines.append(f"{item} = {{ shown = [{a[0]}, {a[1]}], not_shown = [{b[0]}, {b[1]}] }}")
    lines.append("other = { shown = [0.97, 0.0], not_shown = [0.03, 0.0] }\n")
    FILE.write_text("\n".join(lines), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
