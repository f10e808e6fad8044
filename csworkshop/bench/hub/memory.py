"""What a person's server and kernels take: proportional set size where Linux tells it, so that sharing counts once."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Memory:
    """Megabytes (10^6 bytes) of one person's server and of their kernels."""

    server: float
    kernels: float


def memory_of(names: Sequence[str]) -> list[Memory]:
    """The memory of each person's processes, by the hub's variable in their environment."""
    import psutil  # type: ignore[import-untyped]

    found = {name: [0.0, 0.0] for name in names}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            command = " ".join(process.cmdline())
            kind = 0 if "csworkshop.lab.hub_server" in command else 1 if "ipykernel" in command else None
            if kind is None:
                continue
            name = process.environ().get("JUPYTERHUB_USER", "")
            if name in found:
                found[name][kind] += _bytes(process) / 1e6
    return [Memory(*each) for each in found.values()]


def _bytes(process: object) -> float:
    full = process.memory_full_info()  # type: ignore[attr-defined]
    return float(getattr(full, "pss", 0) or full.rss)
