"""Work shared among real processes and a real Dask cluster, some of whose workers are killed on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from csworkshop.exercises import jobs
from csworkshop.exercises.batch import Work, answers
from csworkshop.exercises.jobs import NoWorkers, Outcome, in_order
from csworkshop.exercises.lines import read_scenarios

LINES = 400
MOODY = """
    import os, pathlib, time
    from csworkshop.exercises.jobs import Outcome

    def work(chunk):
        for _, text in chunk:
            what, _, marker = text.decode().partition(" ")
            if what == "die" or (what == "once" and not os.path.exists(marker)):
                pathlib.Path(marker or os.devnull).touch()
                os._exit(9)
            if what == "slow":
                time.sleep(0.3)
        return [Outcome(number, answer=text) for number, text in chunk]
"""


@pytest.fixture
def moody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Outcome]]:
    """A function of a module that worker processes can import too: lines tell it when to die."""
    (tmp_path / "moody_work.py").write_text(textwrap.dedent(MOODY), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    import moody_work  # type: ignore[import-not-found]

    monkeypatch.delitem(sys.modules, "moody_work", raising=False)
    sys.modules["moody_work"] = moody_work
    return moody_work.work  # type: ignore[no-any-return]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    scenarios, replies = tmp_path / "S.jsonl", tmp_path / "R.jsonl"
    scenarios.write_text('{"id": "s1", "customer": "水壶漏水了!", "emotion": "anger"}\n', "utf-8")
    reply = "第{n}单让您受累了,对不起,{h}点前给您换新的。"
    rows = [{"id": f"r{n}", "scenario": "s1", "reply": reply.format(n=n, h=n % 20 + 3)} for n in range(LINES)]
    lines = [json.dumps(r, ensure_ascii=False) for r in rows]
    lines[100] = "{"
    replies.write_text("\n".join(lines) + "\n", "utf-8")
    return scenarios, replies


def _chunks(texts: list[str], size: int = 3) -> Iterator[list[tuple[int, bytes]]]:
    numbered = [(n, t.encode()) for n, t in enumerate(texts, 1)]
    return (numbered[i : i + size] for i in range(0, len(numbered), size))


def _ids(out: bytes) -> list[str]:
    return [json.loads(line)["id"] for line in out.splitlines()]


EXPECTED = [f"r{n}" for n in range(LINES) if n != 100]


def test_several_processes_answer_in_the_order_of_the_file(files: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "csworkshop", "check", "--fast", "--scenarios", files[0], "--replies", files[1]]
    one = subprocess.run(command, capture_output=True, check=False)
    two = subprocess.run([*command, "--jobs", "2"], capture_output=True, check=False)
    assert one.returncode == two.returncode == 1
    assert _ids(one.stdout) == EXPECTED and one.stdout == two.stdout
    assert one.stderr == two.stderr and b"line 101: " in one.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_process_loses_and_doubles_nothing(files: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "csworkshop", "check", "--fast", "--jobs", "2"]
    command += ["--scenarios", str(files[0]), "--replies", str(files[1])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout and running.stderr
        out = b"".join(running.stdout.readline() for _ in range(3))
        workers = [c for c in psutil.Process(running.pid).children() if "spawn_main" in " ".join(c.cmdline())]
        assert len(workers) == 2
        workers[0].kill()
        out += running.stdout.read()
        error = running.stderr.read()
    assert _ids(out) == EXPECTED
    assert running.returncode == 1 and error.count(b"\n") == 1 and b"line 101: " in error


def test_a_worker_that_dies_once_is_replaced(moody: Any, tmp_path: Path) -> None:
    texts = [f"line{n}" for n in range(60)]
    texts[7] = f"once {tmp_path / 'a'}"
    texts[40] = f"once {tmp_path / 'b'}"
    done = list(in_order(moody, _chunks(texts), jobs=2))
    assert [o.line for o in done] == list(range(1, 61))
    assert [o.answer for o in done] == [t.encode() for t in texts]


def test_a_line_that_kills_every_worker_is_told(moody: Any) -> None:
    texts = ["slow", "a", "b", "c", "die", "d", *"efghij"]
    done = list(in_order(moody, _chunks(texts), jobs=2))
    assert [o.line for o in done] == list(range(1, 13))
    assert [o.line for o in done if o.answer is None] == [5] and "ended the process" in done[4].trouble


def test_a_line_whose_judging_fails_is_told(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("so it is")

    monkeypatch.setattr("csworkshop.exercises.batch.check", fails)
    (done,) = Work("check", read_scenarios(files[0]))([(1, files[1].read_bytes().splitlines()[0])])
    assert done.answer is None and "our fault: ZeroDivisionError: so it is" in done.trouble


def test_a_script_without_a_guard_is_told_what_it_lacks(files: tuple[Path, Path], tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom csworkshop.exercises.batch import check_records\n"
        f"print(len(list(check_records(Path({str(files[0])!r}), Path({str(files[1])!r}), level='fast', jobs=2))))",
        "utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and 'needs if __name__ == "__main__"' in done.stderr.splitlines()[-1]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as running:
        yield running


def _worker_pids(address: str) -> list[int]:
    from distributed import Client

    with Client(address) as client:
        return sorted(client.run(os.getpid).values())


def test_a_cluster_loses_and_doubles_nothing_when_a_worker_is_killed(cluster: Any, files: tuple[Path, Path]) -> None:
    told: list[int] = []
    work = Work("check", read_scenarios(files[0]), "fast")
    found = answers(work, files[1], scheduler=cluster.scheduler_address, tell=lambda t: told.append(t.line))
    lines = []
    before = _worker_pids(cluster.scheduler_address)
    for n, (_, answer) in enumerate(found):
        lines.append(answer)
        if n == LINES // 3:
            os.kill(before[0], getattr(signal, "SIGKILL", signal.SIGTERM))
    assert len(before) == 2 and before[0] not in _worker_pids(cluster.scheduler_address)
    assert [json.loads(x)["id"] for x in lines if x] == EXPECTED and told == [101]
    assert [x for x in lines if x] == [x for _, x in answers(work, files[1], tell=lambda _: None) if x]


def test_a_line_that_kills_a_clusters_workers_is_told(cluster: Any, moody: Any) -> None:
    from distributed import Client

    with Client(cluster.scheduler_address) as client:
        client.upload_file(moody.__globals__["__file__"])
    done = list(in_order(moody, _chunks(["a", "b", "die", "c", "d"]), scheduler=cluster.scheduler_address))
    assert [(o.line, o.answer is None) for o in done] == [(1, False), (2, False), (3, True), (4, False), (5, False)]


def test_the_command_works_on_a_cluster(cluster: Any, files: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "csworkshop", "mark", "--fast", "--scheduler", cluster.scheduler_address]
    command += ["--scenarios", str(files[0]), "--replies", str(files[1])]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 1 and _ids(done.stdout) == EXPECTED
    assert done.stderr.decode().splitlines() == [
        f"{files[1]}, line 101: " + done.stderr.decode().split(": ", 1)[1][:-1]
    ]


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NoWorkers, match=r"pip install 'csworkshop\[cluster\]'"):
        list(jobs.in_order(lambda _: [], iter([[(1, b"")]]), scheduler="tcp://127.0.0.1:8786"))


def test_dask_is_not_imported_unless_asked_for() -> None:
    code = "import sys, csworkshop.exercises.batch, csworkshop.cli; print({'dask', 'distributed'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
