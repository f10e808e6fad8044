"""Where the files that travel with the package lie: lessons, exercises and data."""

from __future__ import annotations

from pathlib import Path

HANDBOOKS = "讲师"  # the folder in notebooks/ that is for instructors


def content() -> Path:
    """Folder that holds `notebooks/`, `exercises/` and `data/`: inside an installed package, or the checkout's top."""
    package = Path(__file__).resolve().parents[1]
    shipped = package / "content"
    return shipped if shipped.is_dir() else package.parent
