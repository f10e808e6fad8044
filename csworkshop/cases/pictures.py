"""All pictures by name, with what each can be asked for: the command and the report draw from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from csworkshop.cases import plots_life, plots_people, plots_time
from csworkshop.cases.casebook import Casebook
from csworkshop.cases.plots_people import Lacking
from csworkshop.techniques.catalogue import Bilingual

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PICTURES", "Lacking", "Picture"]


@dataclass(frozen=True)
class Picture:
    """A picture: what draws it, which options it takes (name -> allowed values, empty if free), and what it shows.

    `listens`: it needs the techniques of transcripts.
    """

    draw: Callable[..., Figure]
    about: Bilingual
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)
    listens: bool = False

    def of(self, book: Casebook, lang: str = "zh", **options: object) -> Figure:
        """Draw it; Lacking if the data can't show it."""
        return self.draw(book, lang=lang, **options)


GROUPS = ("agent_id", "team", "channel", "category")
PICTURES: dict[str, Picture] = {
    "series": Picture(
        plots_time.series,
        Bilingual(zh="一个指标的走势，带区间和大事记", en="a measure over time, with intervals and events"),
        {"measure": (), "by": ("team", "channel", "category")},
    ),
    "control": Picture(
        plots_time.control,
        Bilingual(zh="控制图：哪些周是信号，哪些是正常起伏", en="control chart: which weeks are signals"),
        {"measure": ()},
    ),
    "surge": Picture(
        plots_time.surge,
        Bilingual(zh="某类工单哪些天不寻常", en="days on which a category surges"),
        {"category": ()},
    ),
    "times": Picture(
        plots_life.times,
        Bilingual(zh="各渠道客户等多久（分布）", en="how long customers wait, by channel (distribution)"),
        {"measure": ("first_response_open", "first_response_median", "resolution_open", "resolution_median")},
    ),
    "scores": Picture(plots_life.scores, Bilingual(zh="满意度打分的分布", en="distribution of scores"), {"by": GROUPS}),
    "funnel": Picture(plots_life.funnel, Bilingual(zh="一张工单的一生", en="funnel of a ticket's life")),
    "pareto": Picture(
        plots_life.pareto,
        Bilingual(zh="哪几类问题占了大头", en="Pareto chart of reasons"),
        {"what": ("tickets", "unhappy", "hours")},
    ),
    "heat": Picture(
        plots_people.heat,
        Bilingual(zh="热图：谁的回复里有什么技巧", en="heat map: agents by techniques"),
        listens=True,
    ),
    "faults": Picture(
        lambda book, lang: plots_people.heat(book, lang, faults=True),
        Bilingual(zh="热图：谁的回复里有什么问题", en="heat map: agents by faults"),
        listens=True,
    ),
    "forest": Picture(
        plots_people.forest,
        Bilingual(zh="单子对齐以后，谁和同事不一样", en="who differs from colleagues on the same tickets"),
        {"measure": (), "by": ("agent_id", "team", "channel")},
    ),
    "training": Picture(
        plots_people.training,
        Bilingual(zh="培训前后，带区间", en="before and after a training, with intervals"),
        listens=True,
    ),
}
