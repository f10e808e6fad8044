"""The page for instructors on how far the checker can be trusted: its cells, computed from the files that ship.

Every function gives something that a notebook shows. The text is Chinese, as the course is. Where the labelled texts
are missing (an installed package has none), each gives one sentence that says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, wraps
from html import escape
from io import BytesIO
from typing import Any

import numpy as np

from csworkshop.exercises.definition import from_scenario
from csworkshop.exercises.marking import CRITICAL_SURE
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import UNSURE
from csworkshop.text.segment import Span
from csworkshop.training import TrainingError, labelled, tables
from csworkshop.training.evaluate import UNREAD, Judged, Row
from csworkshop.training.labelled_files import of_folder
from csworkshop.training.tables import Table, name_of

WEAK, LONGEST = 6, 130  # items that examples are shown of; characters of an example
GOOD, FAIR = 0.85, 0.75  # F1 from which the page says 可信, 基本可信


ABSENT = "<p>这一页要用标注文本来算，安装包里没有带；请在项目文件夹里用 python3 start.py lab 打开。</p>"


class Shown(str):
    """HTML that a notebook shows."""

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return f"page, {len(self):,} characters"


class Drawn(bytes):
    """A picture that a notebook shows."""

    def _repr_png_(self) -> bytes:
        return bytes(self)

    def __repr__(self) -> str:
        return f"picture, {len(self):,} bytes"


@lru_cache(maxsize=1)
def _tables() -> list[Table]:
    return [t for t in of_folder() if t.source == "both"]


@lru_cache(maxsize=1)
def _replies() -> dict[str, labelled.Labelled]:
    return {r.id: r for r in labelled.read_labelled(labelled.labelled_folder())}


def _needs_texts(cell: Callable[[], Any]) -> Callable[[], Any]:
    @wraps(cell)
    def shown() -> Any:
        try:
            return cell()
        except TrainingError:
            return Shown(ABSENT)

    return shown


def _of(kind: str) -> list[Table]:
    return [t for t in _tables() if t.kind == kind]


def _widest(kind: str) -> Judged:
    return _of(kind)[-1].judged


@_needs_texts
def summary() -> Shown:
    """The main figures, in sentences."""
    unread, widest = _of("replies")[0].judged, _widest("replies")
    errors = [r.calibration for r in unread.table]
    lines = [
        f"规则作者没读过的 {len(UNREAD)} 位作者（{len(unread.ids):,} 条回复）：{len(unread.columns)} 项平均 F1 "
        f"<b>{unread.macro.f1:.2f}</b>，不算两位质检员意见不一的地方是 <b>{unread.macro.clear:.2f}</b>。",
        f"分数的校准误差平均 {np.mean(errors):.2f}，最大 {max(errors):.2f}：系统说七成把握的，十次里大约对七次。",
        f"标出来的词和质检员标的重合 {unread.macro.dice:.0%}。",
        f"客户情绪判对 {_widest('emotions').accuracy:.0%}；交接单九个部分平均 F1 {_widest('parts').macro.f1:.2f}。",
    ]
    if len(widest.ids) > len(unread.ids):
        whole = f"全部 {len(widest.ids):,} 条回复：平均 F1 {widest.macro.f1:.2f}"
        clear = f"，不算意见不一的 {widest.macro.clear:.2f}。其中六位作者的文本，写规则的人读过，所以这个数偏高。"
        lines.insert(1, whole + clear)
    return Shown("<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>")


@_needs_texts
def table() -> Shown:
    """Item by item, from the weakest, on unread writers."""
    return Shown("".join(_as_html(_of(kind)[0]) for kind in ("replies", "emotions", "parts")))


def _as_html(shown: Table) -> str:
    head = ("项目", "怎么看", "报出来的对多少", "该报的报出多少", "F1", "不算意见不一", "校准误差", "有多少条")
    titles = {"replies": "客服回复：28 项", "emotions": "客户来信：五种情绪", "parts": "交接单：九个部分"}
    rows = []
    for r in shown.rows[:-1]:
        figures = (r.precision, r.recall, r.f1, r.clear, r.calibration)
        named = [escape(name_of(shown.kind, r.name, "zh")), _verdict(r)]
        cells = [*map(_figure, figures), str(r.number), _figure(r.dice)]
        words = "".join(f'<td style="white-space:nowrap">{c}</td>' for c in named)
        rows.append(f"<tr>{words}{''.join(f'<td>{c}</td>' for c in cells)}</tr>")
    heads = "".join(f"<th>{h}</th>" for h in (*head, "标词重合"))
    return f"<h4>{titles[shown.kind]}</h4><table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _verdict(row: Row) -> str:
    if row.number < 10:
        return "样本太少"
    return "可信" if row.clear >= GOOD else "基本可信" if row.clear >= FAIR else "要人看"


def _figure(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


@_needs_texts
def picture() -> Any:
    """The picture of F1 by item."""
    held = BytesIO()
    tables.picture(_tables(), "zh").savefig(held, dpi=90)
    return Drawn(held.getvalue())


@_needs_texts
def unsure() -> Shown:
    """What an unsure judgement is worth."""
    judged = _of("replies")[0].judged
    band = (judged.probability >= UNSURE[0]) & (judged.probability < UNSURE[1])
    sure = ~band
    right = judged.truth == judged.present
    busiest = [(int(band[:, k].sum()), name_of("replies", c, "zh")) for k, c in enumerate(judged.columns)]
    most = "、".join(f"{name}（{n} 条）" for n, name in sorted(busiest, reverse=True)[:5])
    return Shown(
        f"<p>在 {len(judged.ids):,} 条回复、每条 {len(judged.columns)} 项的判断里，“拿不准”占 "
        f"<b>{band.mean():.1%}</b>，平均每条回复 {band.sum(1).mean():.1f} 处。这些地方真的有这一项的占 "
        f"{judged.truth[band].mean():.0%}：说有说没有都没把握。其余的判断对 <b>{right[sure].mean():.1%}</b>。"
        f"拿不准最多的是：{most}。</p>"
    )


@_needs_texts
def human() -> Shown:
    """Where a human must look: critical faults, and items on which inspectors differ."""
    judged = _of("replies")[0].judged
    critical = from_scenario(next(iter(_replies().values())).scenario).scorecard.critical
    rows = []
    for item in critical:
        k = judged.columns.index(item)
        stops = judged.probability[:, k] >= CRITICAL_SURE
        there = judged.truth[:, k] == 1
        wrong = int((stops & ~there).sum())
        rows.append(
            f"<tr><td>{escape(name_of('replies', item, 'zh'))}</td><td>{int(stops.sum())}</td><td>{wrong}</td>"
            f"<td>{int((there & ~stops).sum())} / {int(there.sum())}</td></tr>"
        )
    heads = "<tr><th>一票否决项</th><th>系统否决了几条</th><th>其中冤枉的</th><th>该否决而没有否决的</th></tr>"
    border = sorted(((int(judged.border[:, k].sum()), c) for k, c in enumerate(judged.columns)), reverse=True)[:6]
    differ = "、".join(f"{name_of('replies', c, 'zh')}（{n} 条）" for n, c in border if n)
    return Shown(
        f"<table><thead>{heads}</thead><tbody>{''.join(rows)}</tbody></table>"
        f"<p>两位质检员自己也常常意见不一的项：{differ}。</p>"
    )


# --- examples -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Example:
    row: int
    column: int
    right: bool

    def key(self, judged: Judged) -> tuple[float, int]:
        """The surer the judgement, the earlier; among equally sure ones any, but always the same."""
        surety = abs(float(judged.probability[self.row, self.column]) - 0.5)
        return -surety, (self.row * 7919 + self.column * 104_729) % 1009


@_needs_texts
def examples() -> Shown:
    """Two right and two wrong judgements of each of the weakest items."""
    judged = _widest("replies")
    weakest = [r.name for r in _of("replies")[0].rows if r.number][:WEAK]
    return Shown("".join(_examples_of(judged, judged.columns.index(item)) for item in weakest))


def _examples_of(judged: Judged, k: int) -> str:
    item = judged.columns[k]
    title = f"{name_of('replies', item, 'zh')}：{catalogue().items[item].why.zh}"
    parts = [f'<h4 style="line-height:1.5">{escape(title)}</h4>']
    for right, truths in ((True, (1.0, 1.0)), (False, (0.0, 1.0))):
        taken: set[int] = set()
        for truth in truths:
            found = _choose(judged, k, right, truth, taken)
            if found is not None:
                taken.add(found.row)
                parts.append(_as_example(judged, found))
    return "".join(parts)


def _choose(judged: Judged, k: int, right: bool, truth: float, taken: set[int]) -> _Example | None:
    """The surest short example that is no border case; of writers whom authors of rules may read, if there is one."""
    candidates = [
        _Example(n, k, right)
        for n, name in enumerate(judged.ids)
        if n not in taken
        and not judged.border[n, k]
        and judged.truth[n, k] == truth
        and bool(judged.present[n, k] == truth) == right
        and len(_replies()[name].reply) <= LONGEST
    ]
    ours = [c for c in candidates if _replies()[judged.ids[c.row]].writer not in UNREAD]
    return min(ours or candidates, key=lambda c: (c.key(judged), c.row), default=None)


def _as_example(judged: Judged, example: _Example) -> str:
    n, k = example.row, example.column
    reply, item = _replies()[judged.ids[n]], judged.columns[k]
    shown = [(e.start, e.end) for e in judged.words.get((n, k), ())] if judged.present[n, k] else []
    marked = [(at, at + len(q)) for q in reply.labels.get(item, []) if (at := reply.reply.find(q)) >= 0]
    score = judged.probability[n, k]
    verdict = {
        (True, True): f"判对了：有（把握 {score:.0%}）",
        (True, False): f"判错了：报了（把握 {score:.0%}），质检员认为没有",
        (False, False): "判错了：没报，质检员认为有",
        (False, True): "判对了：没有",
    }[bool(judged.present[n, k]), example.right]
    return (
        f"<p><b>{verdict}</b><br>客户：{escape(_short(reply.scenario.customer))}<br>"
        f"回复：{_highlighted(reply.reply, shown, marked)}</p>"
    )


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else text[:most] + "…"


def _highlighted(text: str, ours: Iterable[Span], theirs: Iterable[Span]) -> str:
    """The text with our words on a tint and the inspector's underlined."""
    mine = {n for a, b in ours for n in range(a, b)}
    marked = {n for a, b in theirs for n in range(a, b)}
    out, start = [], 0
    for n in range(1, len(text) + 1):
        if n < len(text) and (n in mine, n in marked) == (start in mine, start in marked):
            continue
        piece = escape(text[start:n]).replace("\n", "<br>")
        styles = ["background:rgba(255,193,7,.4)"] * (start in mine) + ["border-bottom:2px solid"] * (start in marked)
        out.append(f'<span style="{";".join(styles)}">{piece}</span>' if styles else piece)
        start = n
    return "".join(out)
