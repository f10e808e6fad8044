"""Figures of `csworkshop.training.evaluate` for people: text, CSV and a picture that can be read in print."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.emotions import kinds
from csworkshop.techniques.handover import parts
from csworkshop.training import TrainingError
from csworkshop.training.evaluate import Judged, Row, Source

NUMBERS = ("precision", "recall", "f1", "clear", "calibration", "dice")
HEAD = f"{'item':22}{'precision':>10}{'recall':>8}{'F1':>6}{'F1 clear':>10}{'calibration':>13}{'number':>8}{'evidence':>10}"  # noqa: E501
LEGEND = """\
F1 clear: without texts on which the inspectors differ. calibration: mean distance of the score from how often the item
is there. number: texts that show it. evidence: overlap (Dice) of our words with the inspectors'."""
COLUMNS = "kind texts source item precision recall f1 f1_without_border_cases calibration_error evidence_dice"
FONTS = [
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK JP", "Heiti SC", "Arial Unicode MS",
]  # fmt: skip


ASKED = {
    "both": "rules and reader",
    "rules": "rules alone",
    "reader": "reader alone",
    "quick": "rules and quick reader (--fast)",
}


@dataclass(frozen=True)
class Table:
    """One table: what it is about, which texts, who was asked, and what came of it."""

    kind: str  # replies, emotions, parts
    texts: str
    source: Source
    judged: Judged

    @property
    def title(self) -> str:
        return f"{self.kind}: {self.texts}; {ASKED[self.source]}; {len(self.judged.ids):,} texts"

    @property
    def rows(self) -> list[Row]:
        """Items from the weakest to the strongest, those that nobody showed last, then the mean."""
        ordered = sorted(self.judged.table, key=lambda r: (not r.number, r.f1))
        return [*ordered, self.judged.macro]


def as_text(tables: Sequence[Table]) -> str:
    """The whole tables of rules and reader together, and one line for each source alone."""
    blocks = []
    for table in main_ones(tables):
        lines = [table.title, HEAD, *(_line(r) for r in table.rows)]
        if table.kind == "emotions":
            lines.append(f"accuracy {table.judged.accuracy:.3f}")
        for t in tables:
            if t is not table and (t.kind, t.texts) == (table.kind, table.texts):
                mean = t.judged.macro
                lines.append(f"{ASKED[t.source]}: macro-F1 {mean.f1:.3f}, clear {mean.clear:.3f}")
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, LEGEND])


def main_ones(tables: Sequence[Table]) -> list[Table]:
    """The first table of each kind of texts: rules and reader together, if both were asked."""
    first: dict[tuple[str, str], Table] = {}
    for table in tables:
        if first.setdefault((table.kind, table.texts), table).source != "both" and table.source == "both":
            first[table.kind, table.texts] = table
    return list(first.values())


def _line(row: Row) -> str:
    p, r, f, c, e, d = (_figure(getattr(row, key)) for key in NUMBERS)
    return f"{row.name:22}{p:>10}{r:>8}{f:>6}{c:>10}{e:>13}{row.number:>8,}{d:>10}"


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def write_csv(path: Path, tables: Sequence[Table]) -> None:
    """All rows of all tables; UTF-8 with the mark that spreadsheets want."""
    with _writable(path, "w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([*COLUMNS.split(), "number", "border_cases"])
        for table in tables:
            for r in table.rows:
                figures = ["" if math.isnan(v) else f"{v:.4f}" for v in (getattr(r, key) for key in NUMBERS)]
                out.writerow([table.kind, table.texts, table.source, r.name, *figures, r.number, r.border])


def _writable(path: Path, mode: str, **how: Any) -> Any:
    try:
        return path.open(mode, **how)
    except OSError as error:
        raise TrainingError(f"{path}: cannot be written: {error.strerror}") from None


def write_picture(path: Path, tables: Sequence[Table], lang: str = "en") -> None:
    """The picture as a file; its ending (.png, .svg, .pdf) says which kind."""
    figure = picture(tables, lang)
    kinds_known = figure.canvas.get_supported_filetypes()
    if path.suffix.lstrip(".").lower() not in kinds_known:
        raise TrainingError(f"--picture {path}: the ending must be .png, .svg or .pdf")
    try:
        figure.savefig(path, dpi=150)
    except OSError as error:
        raise TrainingError(f"{path}: cannot be written: {error.strerror}") from None


def picture(tables: Sequence[Table], lang: str = "en") -> Any:
    """A figure: per kind of texts a panel with F1 by item (bars; first texts named) and by other texts (rings).

    Grey tones and shapes, so that it can be read in print. Chinese names if a font on this machine has them.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = main_ones(tables)
    groups = [[t for t in shown if t.kind == kind] for kind in dict.fromkeys(t.kind for t in shown)]
    font = chinese_font() if lang == "zh" else None
    heights = [max(len(g[0].judged.columns), 5) for g in groups]
    figure = Figure(figsize=(7.2, 0.24 * sum(heights) + 1.1 * len(groups)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(groups), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axis, group in zip(axes, groups, strict=True):
        _panel(axis, group, font, lang)
    return figure


def _panel(axis: Any, group: list[Table], font: str | None, lang: str) -> None:
    rows = [r for r in group[0].rows[:-1] if r.number][::-1]
    at = range(len(rows))
    text = {"fontfamily": font} if font else {}
    words = _WORDS["zh" if font else "en"]
    bars = axis.barh(at, [r.f1 for r in rows], color="0.78", height=0.72)
    bars.set_label(_texts(group[0], words))
    for n, r in enumerate(rows):
        axis.text(0.012, n, f"{r.f1:.2f}   n={r.number}", va="center", fontsize=6.5)
    shapes = [("o", "white"), ("D", "0.2")]
    for table, (shape, fill) in zip(group[1:], shapes, strict=False):
        by_name = {r.name: r.f1 for r in table.judged.table if r.number}
        there = [(by_name[r.name], n) for n, r in enumerate(rows) if r.name in by_name]
        axis.plot(
            *zip(*there, strict=True), shape, markersize=4.5, markerfacecolor=fill, markeredgecolor="0.1",
            label=_texts(table, words), clip_on=False,
        )  # fmt: skip
    low = [(r.f1 if not math.isnan(r.f1) else 0, n) for n, r in enumerate(rows) if r.calibration > 0.08]
    if low:
        axis.plot(*zip(*low, strict=True), "x", color="0.1", markersize=5, label=words["uncalibrated"])
    names = [name_of(group[0].kind, r.name, "zh" if font else "en") for r in rows]
    axis.set_yticks(list(at), names, fontsize=7, **text)
    axis.set_xlim(0, 1)
    axis.set_ylim(-0.7, len(rows) - 0.3)
    axis.set_xlabel("F1", fontsize=7)
    axis.tick_params(axis="x", labelsize=7)
    axis.set_title(words[group[0].kind], fontsize=8.5, loc="left", **text)
    axis.legend(fontsize=6.5, loc="lower left", bbox_to_anchor=(0.25, 1.0), ncols=3, frameon=False,
                prop={"family": font, "size": 6.5} if font else {"size": 6.5})  # fmt: skip
    axis.spines[["top", "right"]].set_visible(False)


_WORDS = {
    "en": {
        "replies": "Replies",
        "emotions": "Messages",
        "parts": "Hand-over notes",
        "uncalibrated": "calibration error over 0.08",
    },
    "zh": {
        "replies": "客服回复",
        "emotions": "客户来信",
        "parts": "交接单",
        "uncalibrated": "校准误差超过 0.08",
        "unread writers": "规则作者没读过的作者",
        "all writers": "全部作者",
        "unread texts": "规则作者没读过的文本",
        "all texts": "全部文本",
    },
}


def _texts(table: Table, words: dict[str, str]) -> str:
    return words.get(table.texts, table.texts)


def name_of(kind: str, item: str, lang: str) -> str:
    """An item's name in words."""
    if kind == "emotions":
        return kinds()[item].name[lang]
    return parts()[item].name[lang] if kind == "parts" else catalogue().items[item].name[lang]


def chinese_font() -> str | None:
    """A font of this machine that has Chinese characters; None if there is none."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in known), None)
