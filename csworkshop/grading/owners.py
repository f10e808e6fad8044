"""Whose account handed something in, where trainees have accounts of the operating system, as on a JupyterHub host."""

from __future__ import annotations

import os


def forger(student: str, owner: int) -> str:
    """Whose account handed in under the name `student`, if that is another's; "" if all is well.

    nbgrader's `submit --student NAME` believes any name, and its `collect` only warns. A name that no account bears,
    and what the instructor's own account put there for somebody, are as they should be. `owner` is a user id.
    """
    try:
        import pwd
    except ImportError:  # Windows, where nbgrader has no exchange
        return ""
    try:
        claimed = pwd.getpwnam(student).pw_uid
    except (KeyError, ValueError):
        return ""
    if owner in (claimed, os.getuid()):
        return ""
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return f"account {owner}"
