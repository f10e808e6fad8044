"""Large desks: what is added up chunk by chunk is what the whole gives; samples tell the truth within intervals."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from csworkshop.cases import crew
from csworkshop.cases.crew import NoWorkers, spread
from csworkshop.cases.files import read_table, write_table
from csworkshop.cases.large import rates, score
from csworkshop.cases.made.generate import make_batch, tickets_frame
from csworkshop.cases.made.transcripts import messages_frame
from csworkshop.cases.measures import SPOKEN, figures, measures, per_ticket
from csworkshop.cases.sums import Sums
from csworkshop.techniques.catalogue import catalogue

NAMES = [n for n in measures() if not n.startswith(SPOKEN)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 900 tickets and 120 transcripts."""
    folder = tmp_path_factory.mktemp("desk")
    batch = make_batch(5, 900)
    write_table(folder, "tickets", tickets_frame(batch))
    write_table(folder, "messages", messages_frame(batch, np.arange(0, 480, 4), np.random.default_rng(1)))
    return folder


def same(a: pd.DataFrame, b: pd.DataFrame, by: list[str]) -> None:
    """Figures of sums against figures of all values: equal, quantiles to half a per cent."""
    a, b = (x[x.n > 0].sort_values([*by, "measure"]).reset_index(drop=True) for x in (a, b))
    assert a[[*by, "measure", "n"]].equals(b[[*by, "measure", "n"]])
    quantiles = a.measure.map(lambda n: measures()[n].kind in ("median", "p90"))
    shares = a.measure.map(lambda n: measures()[n].is_share)
    assert np.allclose(a.value[~quantiles], b.value[~quantiles])
    assert np.allclose(a.low[shares], b.low[shares]) and np.allclose(a.high[shares], b.high[shares])
    assert np.allclose(a.value[quantiles], b.value[quantiles], rtol=0.006)


@pytest.mark.parametrize("by", [[], ["channel"], ["team", "month"]])
def test_parts_added_up_are_the_whole(desk: Path, by: list[str]) -> None:
    values = per_ticket(read_table(desk, "tickets"))
    whole, halves = Sums(by, NAMES), Sums(by, NAMES)
    whole.add(values)
    other = Sums(by, NAMES)
    other.add(values.iloc[400:])
    halves.add(values.iloc[:400])
    halves.plus(other)
    expected = figures(values, by, NAMES)
    same(whole.figures(), expected, by)
    same(halves.figures(), expected, by)


def test_scoring_a_folder_gives_what_the_tables_give(desk: Path) -> None:
    found = score(desk, per=None, memory="300MB")
    tickets, messages = read_table(desk, "tickets"), read_table(desk, "messages")
    assert (found.tickets, found.lines) == (len(tickets), len(messages))
    same(found.figures["team"], figures(per_ticket(tickets), ["team"], NAMES), ["team"])
    spoken = messages[messages.role != "system"]
    assert found.talk.lines.sum() == len(spoken) and found.talk.agent_lines.sum() == (spoken.role == "agent").sum()
    channel = messages.merge(tickets[["ticket_id", "channel"]])
    ours = channel[(channel.channel == "chat") & (channel.role == "agent")]
    assert found.talk.set_index("channel").letters["chat"] == pytest.approx(ours.text.str.len().mean())

    from csworkshop.cases.spoken import judge, replies

    judged = judge(replies(messages).assign(channel="chat"))
    assert found.replies == len(judged)
    desk_rates = found.spoken[found.spoken.agent_id == ""].set_index("item").value
    assert desk_rates["empathy"] == pytest.approx(judged.empathy.mean())  # a census is weighted by nothing
    assert desk_rates["solution"] == pytest.approx(judged.solution.mean(), abs=0.02)  # moods differ by channel


def test_a_sample_is_weighted_back_and_covers_the_truth() -> None:
    """Made-up counts: an agent with a month of 1,000 tickets and one of 40; the estimate follows the first."""
    rng, items = np.random.default_rng(3), list(catalogue().items)
    covered = 0
    for _ in range(60):
        rows = []
        for month, whole, p in (("2026-01-01", 1000, 0.2), ("2026-02-01", 40, 0.9)):
            hits = (rng.random(30) < p).astype(float)
            row = {
                "agent_id": "A1",
                "month": pd.Timestamp(month),
                "whole": whole,
                "turns": 30,
                "replies": 30,
                "tickets": 30,
            }
            row |= {"replies^2": 30.0} | dict.fromkeys(items, hits.sum())
            rows.append(row | {f"{i}^2": hits.sum() for i in items} | {f"{i}*": hits.sum() for i in items})
        table = rates(pd.DataFrame(rows).set_index(["agent_id", "month"])).set_index(["item", "agent_id"])
        found = table.loc[("empathy", "A1")]
        covered += found.low <= (1000 * 0.2 + 40 * 0.9) / 1040 <= found.high
    assert found.value == pytest.approx((1000 * rows[0]["empathy"] / 30 + 40 * rows[1]["empathy"] / 30) / 1040)
    assert covered >= 53


def square(n: int) -> int:
    """For workers."""
    return n * n


def test_several_processes_give_the_same_in_order() -> None:
    assert list(spread(abs, range(-30, 0), jobs=2)) == list(range(30, 0, -1))
    assert list(spread(square, range(5))) == [0, 1, 4, 9, 16]


@pytest.fixture
def scheduler() -> Iterator[str]:
    """A small real Dask cluster in processes of its own."""
    code = (
        "from distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as c:\n"
        "        print(c.scheduler_address, flush=True); input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("\n")


def test_a_cluster_gives_the_same(desk: Path, scheduler: str) -> None:
    here, there = score(desk, per=1), score(desk, per=1, scheduler=scheduler)
    assert here.replies == there.replies > 50 and here.spoken.equals(there.spoken)


def test_no_cluster_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "PATIENCE", 0.5)
    with pytest.raises(NoWorkers, match=r"no Dask scheduler answers at tcp://127.0.0.1:9"):
        list(spread(abs, [1], scheduler="tcp://127.0.0.1:9"))
