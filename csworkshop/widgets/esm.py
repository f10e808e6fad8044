"""JavaScript modules of a widget, joined into the one that anywidget loads.

anywidget loads a widget's script from a blob URL, where `import "./other.js"` leads nowhere. So the files under
`static/` stay ordinary ES modules (an editor and a test can load each by itself), and are joined here by leaving out
their `import` lines and the word `export`. Names at the top of the files must therefore differ; a test sees to it.
"""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def joined(*names: str) -> str:
    """The modules in the given order (those that are imported first, the one with `export default` last)."""
    pieces = (f"// {name}\n{(STATIC / name).read_text('utf-8')}" for name in names)
    return _EXPORT.sub("", _IMPORT.sub("", "\n".join(pieces)))


def style(*names: str) -> str:
    """The style sheets, one after the other."""
    return "\n".join((STATIC / name).read_text("utf-8") for name in names)
