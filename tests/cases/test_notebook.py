"""Case data in a notebook: the figures are those of the measures, everything is escaped, bad calls get one sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from csworkshop.cases import notebook
from csworkshop.cases.files import read_table, shipped, write_table
from csworkshop.cases.measures import figure, per_ticket
from csworkshop.cases.opened import book_of

EVIL = "A<b>\"'&$x$"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tickets of one team in one month; one agent's code is an attack."""
    folder = tmp_path_factory.mktemp("desk")
    tickets = read_table(shipped(), "tickets")
    tickets = tickets[(tickets.team == "账号组") & (tickets.opened_at.dt.strftime("%Y-%m") == "2026-03")].copy()
    tickets["agent_id"] = tickets.agent_id.replace("A24", EVIL)
    write_table(folder, "tickets", tickets)
    return folder


def test_a_table_holds_the_measures_own_figures() -> None:
    found = notebook.table("fcr", "csat_top2", by="team").frame.set_index(["team", "measure"])
    values = book_of().values
    wanted = figure(values[values.team == "账号组"], "fcr")
    assert found.loc[("账号组", "fcr"), "value"] == wanted.value
    assert found.loc[("账号组", "fcr"), "n"] == wanted.n


def test_a_table_can_be_narrowed_and_says_so() -> None:
    shown = notebook.table("csat_top2", by="agent", team="账号组", month="2026-03")
    values = book_of().values
    part = values[(values.team == "账号组") & (values.month == pd.Timestamp("2026-03-01"))]
    assert f"n={figure(part, 'csat_top2').n}" in shown.text.splitlines()[-1]
    assert "只看：小组 账号组 · 月 2026-03" in shown.markup
    assert "A25、A27" in shown.markup and "不到 30" in shown.markup
    week = notebook.table("tickets", week="2026-W11")
    assert "只看：周 2026-W11" in week.markup


def test_one_measure_is_sorted_best_first_and_times_stay_in_order() -> None:
    speed = notebook.table("resolution_median", by="team").text.splitlines()[2:-1]
    assert [line.split()[0] for line in speed] != sorted(line.split()[0] for line in speed)
    found = notebook.table("resolution_median", by="team").frame.set_index("team").value
    assert [line.split()[0] for line in speed] == list(found.sort_values().index)
    months = notebook.table("fcr", by="month").text.splitlines()[2:-1]
    assert [m.split()[0] for m in months] == sorted(m.split()[0] for m in months)


def test_beside_shows_how_a_total_misleads() -> None:
    shown = notebook.beside("fcr", agent="A24")
    rows = {line.split()[0]: line.split() for line in shown.text.splitlines()[2:]}
    own, others = (float(rows["全部"][n].rstrip("%")) for n in (1, 3))
    assert own < others
    own, others = (float(rows["账号"][n].rstrip("%")) for n in (1, 3))
    assert own > others


def test_fair_has_the_sign_of_the_plain_comparison_turned() -> None:
    found = notebook.fair("fcr", team="账号组").frame.set_index("agent_id")
    assert found.difference.idxmax() == "A24" and found.low["A24"] > 0
    assert found.raw["A24"] < found.raw.median()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_piece_speaks_both_languages_and_says_that_the_data_is_made_up(lang: str) -> None:
    pieces = [
        notebook.facts(lang=lang), notebook.table("on_time", by="team", lang=lang),
        notebook.beside("fcr", agent="A24", lang=lang), notebook.fair("fcr", by="channel", lang=lang),
        notebook.findings(lang=lang),
    ]  # fmt: skip
    for shown in pieces:
        assert ("合成数据" if lang == "zh" else "Synthetic data") in shown.markup
        assert "None" not in shown.markup and "nan" not in shown.markup
    assert ("算法" not in notebook.explain("fcr", lang=lang).text) and notebook.explain("fcr", lang=lang).text


def test_data_of_ones_own_is_escaped_and_not_called_synthetic(small: Path) -> None:
    shown = notebook.table("csat_top2", by="agent", data=small)
    assert EVIL in shown.text
    assert "<b>" not in shown.markup.replace('<b style="left', "") and "A&lt;b&gt;" in shown.markup
    assert "mathjax_ignore" in shown._repr_html_()
    assert "合成数据" not in shown.markup
    assert str(small) in notebook.facts(data=small).text


def test_a_folder_that_has_changed_is_read_again(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    shutil.copytree(small, folder)
    before = len(notebook.tickets(folder))
    write_table(folder, "tickets", read_table(folder, "tickets").head(7))
    assert (before, len(notebook.tickets(folder))) != (before, before)
    assert len(notebook.tickets(folder)) == 7


def test_tickets_are_a_copy() -> None:
    notebook.tickets().drop(columns="csat", inplace=True)
    assert "csat" in notebook.tickets()


def test_a_picture_tells_in_words_what_it_shows() -> None:
    drawn = notebook.picture("scores", by="team")
    assert drawn.figure is not None
    assert "满意度打分的分布" in repr(drawn) and 'alt="满意度打分的分布' in drawn.markup


def test_the_week_lists_cases_and_takes_one_apart() -> None:
    week = notebook.week("2026-W14", each=1)
    assert "开头难、结果好" in repr(week) and "T00" in week._repr_html_()
    shown = week.case(1)
    assert "转折点在哪里" in shown.markup and week.cases[0].turns[0].text in shown.text
    with pytest.raises(ValueError, match="换一周"):
        week.case(99)


BAD = {
    "a measure": (lambda: notebook.table("csat"), "没有“csat”这个指标.*csat_top2"),
    "no measure": (lambda: notebook.table(by="team"), "可以用的有"),
    "a grouping": (lambda: notebook.table("fcr", by="shop"), "不能按“shop”分组.*agent, team"),
    "an agent": (lambda: notebook.beside("fcr", agent="A99"), "没有 agent = A99.*A01 … A40"),
    "a week": (lambda: notebook.table("fcr", week="2031-W01"), "2025-W27 … 2026-W27"),
    "a week's form": (lambda: notebook.table("fcr", week="next"), "2026-W10"),
    "a month's form": (lambda: notebook.table("fcr", month="May"), "没有 month = May"),
    "a picture": (lambda: notebook.picture("pie"), "没有“pie”这种图.*series"),
    "an option": (lambda: notebook.picture("scores", by="agentx"), "不接受 by=agentx.*agent, team"),
    "an unknown option": (lambda: notebook.picture("funnel", colour="red"), "不接受 colour=red"),
    "a folder": (lambda: notebook.facts(data="/nowhere"), "没有案例数据.*tickets.parquet"),
    "what the data lacks": (lambda: notebook.picture("pareto", what="cats"), "tickets, unhappy, hours"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_answered_is_one_sentence(name: str) -> None:
    call, sentence = BAD[name]
    with pytest.raises(ValueError, match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_per_ticket_is_what_the_casebook_measures() -> None:
    book = book_of()
    assert per_ticket(book.tickets.head(50), book.as_of, book.desk).csat.equals(book.values.csat.head(50))
