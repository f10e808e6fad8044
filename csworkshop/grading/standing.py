"""Feedback pages that stand: what a page rests on, as one fingerprint beside it, and whether the exchange has it.

`csworkshop-page.json` lies beside the page in feedback/. nbgrader takes it away with the folder when it writes a page
by itself, and a page that somebody changed has another fingerprint than the kept one; then it is made anew.
"""

from __future__ import annotations

import filecmp
import json
import os
from collections.abc import Iterable
from pathlib import Path

from csworkshop.grading.basis import fingerprint
from csworkshop.grading.opening import Course

NAME = "csworkshop-page.json"


def keep_basis(folder: Path, basis: str, html: str) -> None:
    """Write beside a page what it rests on."""
    kept = {"basis": basis, "page": fingerprint(html.encode("utf-8", "replace"))}
    (folder / NAME).write_text(json.dumps(kept) + "\n", "utf-8")


def page_stands(folder: Path, basis: str, notebooks: Iterable[str]) -> bool:
    """Whether the page in `folder`, under each notebook's name, is what writing it again would give."""
    pages = [folder / f"{name}.html" for name in notebooks]
    try:
        kept = json.loads((folder / NAME).read_text("utf-8"))
        if kept["basis"] != basis or any(fingerprint(p.read_bytes()) != kept["page"] for p in pages):
            return False
        for page in pages:  # marked again with the same result: the page is as new as the marks
            os.utime(page)
    except (OSError, ValueError, KeyError, TypeError):  # none yet, or nothing that we wrote
        return False
    return True


def already_handed(course: Course, assignment: str, students: Iterable[str]) -> list[str]:
    """Those trainees whose pages lie in the exchange as they are in feedback/."""
    from nbgrader.exchange.default.exchange import Exchange
    from nbgrader.utils import notebook_hash

    root = Exchange(config=course.config, coursedir=course.directory).root
    handed = Path(root, course.directory.course_id, "feedback")
    found = []
    for student in students:
        folder = course.folder("feedback", student, assignment)
        try:
            secret = (folder / "submission_secret.txt").read_text("utf-8")
            there = [
                filecmp.cmp(page, handed / f"{notebook_hash(secret=secret, notebook_id=page.stem)}.html", shallow=False)
                for page in folder.glob("*.html")
            ]
        except OSError:  # not handed back yet
            continue
        if there and all(there):
            found.append(student)
    return found
