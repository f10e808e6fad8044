"""Runs beside a trainee's code, in the confined process: the cells, one after the other, then the result as data.

A script of its own (`python -I inside.py`), without the rest of the kit in reach. Standard input holds the job, the
results go to what was standard output, and all that the cells print goes to standard error. Whatever this process
says is only data to the grader: code in it can say anything.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import sys
import types
from pathlib import Path
from typing import Any

_TIMERS = hasattr(signal, "setitimer")  # not on Windows


def main() -> None:
    """Do the job: `{"steps": [{"run": code, "name": …, "seconds": …, "wait": …} | {"take": variable, "name": …}]}`."""
    job = json.load(sys.stdin)
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    as_data = _sibling("handed").as_data
    sys.path.insert(0, "")
    shell = _shell()
    for step in job["steps"]:
        said = {"name": step["name"]}
        try:
            if "run" in step:
                error = _run(shell, step["run"], step["seconds"], step["wait"])
                if error is not None:
                    said["error"] = _words(error)
            elif step["take"] not in shell.user_ns:
                said["absent"] = step["take"]
            else:
                said["data"] = as_data(shell.user_ns[step["take"]])
        except BaseException as error:
            said = {"name": step["name"], "no_data": _words(error)}
        channel.write(json.dumps(said, ensure_ascii=True, allow_nan=False) + "\n")
        channel.flush()
    channel.write('{"name": "", "done": true}\n')
    channel.flush()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # theirs may be anything by now
        pass
    os._exit(0)  # threads and exit handlers of the trainee's have no say in how this ends


def _sibling(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _shell() -> Any:
    """An IPython shell, which is what a notebook's kernel has, without history; a stand-in for the kit's widgets."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    stand_in: Any = types.ModuleType("csworkshop")
    stand_in.studio = stand_in.result = lambda *_, **__: None
    sys.modules["csworkshop"] = stand_in
    return InteractiveShell.instance(config=config)


def _run(shell: Any, code: str, seconds: float, wait: float) -> BaseException | None:
    """Run a cell for at most so many seconds of computing, and so many on the clock."""

    def out_of_time(*_: object) -> None:
        raise TimeoutError(f"more than {seconds:g} s")

    timers: tuple[tuple[int, int, float], ...] = ()
    if _TIMERS:
        timers = ((signal.ITIMER_PROF, signal.SIGPROF, seconds), (signal.ITIMER_REAL, signal.SIGALRM, wait))
    for timer, number, most in timers:
        signal.signal(number, out_of_time)
        signal.setitimer(timer, most)
    try:
        ran = shell.run_cell(code, store_history=False)
        return ran.error_before_exec or ran.error_in_exec
    except BaseException as error:
        return error
    finally:
        for timer, _, _ in timers:
            signal.setitimer(timer, 0)


def _words(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:500]
    except BaseException:
        return "an error that can't be shown"


if __name__ == "__main__":
    main()
