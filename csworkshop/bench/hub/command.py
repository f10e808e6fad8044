"""`csworkshop bench hub`: a class on a real JupyterHub, with what it waits for and what it takes."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from typing import Any

DESCRIPTION = """\
Starts a JupyterHub with deploy/jupyterhub/jupyterhub_config.py and its real proxy on the loopback. A class logs in,
starts servers, fetches assignment m2 through nbgrader, opens it in a kernel, answers in the studio through the
websocket, hands in and logs out; the instructor collects, grades and hands back; everybody fetches their page. All do
each step at once. Prints seconds per step, memory per person, and whatever was not as it has to be: a page of somebody
else's, a file that another could read, a submission under a wrong name, a score other than the studio's.

As root each person gets an account of the operating system, named csw...., which is removed at the end; otherwise all
share your account, and permissions between people are not tried. Needs the extra hub (pip install '.[hub]'), Node.js
and, on first use, npm, which puts the proxy into ~/.cache/csworkshop. Linux and macOS.

  csworkshop bench hub --users 20
"""


def add_hub(kinds: Any) -> None:
    """Add `hub`."""
    parser = kinds.add_parser(
        "hub",
        help="a class on a real JupyterHub: seconds per step, memory per person",
        description=DESCRIPTION,
    )
    parser.add_argument("--users", type=_number, default=20, help="how many trainees (default %(default)s)")
    parser.set_defaults(run=_hub)


def _number(given: str) -> int:
    if not given.isdecimal() or not 1 <= int(given) <= 99:
        raise argparse.ArgumentTypeError(f"{given!r}: a number from 1 to 99 is needed")
    return int(given)


def _hub(chosen: argparse.Namespace) -> int:
    if sys.platform == "win32":
        sys.exit("JupyterHub needs Linux or macOS")
    if not all(importlib.util.find_spec(name) for name in ("jupyterhub", "jupyterhub_idle_culler", "psutil")):
        sys.exit("JupyterHub is missing; install csworkshop with its extra: pip install '.[hub]'")
    from csworkshop.bench.hub.day import spend
    from csworkshop.bench.hub.kernel import KernelFailed
    from csworkshop.bench.hub.proxy import NoProxy
    from csworkshop.bench.hub.site import hub
    from csworkshop.bench.hub.visitor import HubFailed

    try:
        with hub(chosen.users) as site:
            day = spend(site, lambda line: print(line, file=sys.stderr))
    except (NoProxy, HubFailed, KernelFailed, RuntimeError) as error:
        print(f"csworkshop: {error}", file=sys.stderr)
        return 2
    print("\n".join(report(day)))
    return 1 if day.problems else 0


def report(day: Any) -> list[str]:
    """The day (csworkshop.bench.hub.day.Day) as lines."""
    from csworkshop.bench.hub.day import STEPS

    whose = "accounts of their own" if day.own_accounts else "one account for all, permissions not tried"
    lines = [f"{day.users} trainees at once ({whose}); seconds", "", f"{'':12}{'p50':>8}{'p95':>8}{'most':>8}"]
    for step in STEPS:
        taken = day.seconds[step]
        shown = (percentile(taken, 50), percentile(taken, 95), max(taken))
        lines.append(f"{step:12}" + "".join(f"{s:8.2f}" for s in shown))
    servers, kernels = [m.server for m in day.memory], [m.kernels for m in day.memory]
    middle = percentile(servers, 50), percentile(kernels, 50)
    lines += ["", f"memory a person: {sum(middle):.0f} MB (server {middle[0]:.0f}, kernel {middle[1]:.0f})"]
    lines.append("instructor: " + ", ".join(f"{command} {s:.1f} s" for command, s in day.commands.items()))
    lines += ["", *day.problems] if day.problems else ["", "everybody got their own page and marks, and no one else's"]
    return lines


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which so many per cent lie, by linear interpolation."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
