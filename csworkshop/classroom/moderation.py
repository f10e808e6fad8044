"""The instructor's hand on the tree hole: hide, restore, pin, close, the queue, the seniors' code.

What is hidden, pinned or closed stands in `board/moderation.json`, which everybody reads and only the instructor
writes. None of it says anything about a post's writer: the instructor knows no more than anybody else.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from csworkshop.classroom.board_file import DATABASE, BoardError, change, read, remove
from csworkshop.classroom.files import parse_object, read_small, write_small
from csworkshop.classroom.records import plain
from csworkshop.classroom.store import Class, ClassError
from csworkshop.text.language import say
from csworkshop.text.unvouched import Unfit

if TYPE_CHECKING:
    from csworkshop.classroom.board import Answer, BoardView, Post

MODERATION = "moderation.json"
LIMIT = 2 << 20  # bytes
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
Key = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Moderation(BaseModel):
    """What the instructor decided. `hidden` and `kept` (reported, and looked at with so many reports) by key."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    schema_: Literal[1] = Field(default=1, alias="schema")
    hidden: dict[Key, str] = Field(default_factory=dict)
    pinned: list[Key] = Field(default_factory=list)
    closed: list[Key] = Field(default_factory=list)
    kept: dict[Key, int] = Field(default_factory=dict)
    review_first: bool = False
    passed: list[Key] = Field(default_factory=list)  # what was let through while review_first holds
    senior: str = ""  # fingerprint of the seniors' code
    secret_words: list[str] = Field(default_factory=list)

    def waits(self, key: str) -> bool:
        """Whether the instructor has to look at it before the class can."""
        return self.review_first and key not in self.passed

    def shows(self, key: str) -> bool:
        """Whether the class can see it."""
        return key not in self.hidden and not self.waits(key)


def read_moderation(klass: Class) -> Moderation:
    """What the instructor decided; BoardError if it can't be read: without it hidden posts would come to light."""
    path = klass.board / MODERATION
    try:
        raw = read_small(path, LIMIT)
        return Moderation.model_validate(parse_object(raw.data)) if raw else Moderation(schema=1)
    except Unfit as unfit:
        if unfit.reason == "missing":
            return Moderation(schema=1)
        raise BoardError(say("board.moderation_form", path=path)) from None
    except ValidationError:
        raise BoardError(say("board.moderation_form", path=path)) from None


def senior_code_fits(state: Moderation, code: str) -> bool:
    """Whether this is the code that seniors were given."""
    return bool(state.senior) and hmac.compare_digest(state.senior, _fingerprint(code))


class Moderator:
    """The instructor's side; ClassError for whoever may not write in the class folder."""

    def __init__(self, folder: Path | str | Class) -> None:
        self.klass = folder if isinstance(folder, Class) else Class.open(folder)
        if not self.klass.is_instructor():
            raise ClassError(say("class.not_instructor", folder=self.klass.folder))

    @property
    def state(self) -> Moderation:
        return read_moderation(self.klass)

    def hide(self, key: str, reason: str = "") -> None:
        """Nobody sees it any more; its words stay in the file until it is restored or removed."""
        self._write(lambda s: {"hidden": {**s.hidden, key: plain(reason, 200)}})

    def restore(self, key: str) -> None:
        self._write(lambda s: {"hidden": _without(s.hidden, key)})

    def pin(self, key: str, on: bool = True) -> None:
        self._write(lambda s: {"pinned": _with(s.pinned, key, on)})

    def close(self, key: str, on: bool = True) -> None:
        """No more answers; those that are there stay."""
        self._write(lambda s: {"closed": _with(s.closed, key, on)})

    def keep(self, key: str, reports: int) -> None:
        """The reports were looked at and it stays; it comes back to the queue with the next report."""
        self._write(lambda s: {"kept": {**s.kept, key: reports}})

    def let_through(self, *keys: str) -> None:
        """Show posts that waited. Several at once hide in each other: nobody sees which came last."""
        self._write(lambda s: {"passed": sorted({*s.passed, *keys})})

    def review_first(self, on: bool) -> None:
        """Whether new posts wait for the instructor. What is there already is let through."""
        query = "SELECT id FROM post UNION SELECT id FROM answer"
        there = read(self.klass.board / DATABASE, lambda db: [k for (k,) in db.execute(query) if _is_key(k)])

        def switch(s: Moderation) -> dict[str, Any]:
            new = there if on and not s.review_first else []
            return {"review_first": on, "passed": sorted({*s.passed, *new})}

        self._write(switch)

    def remove(self, key: str) -> None:
        """Delete a post (with its answers) or answer for good; nothing of it stays in the file."""
        change(self.klass.board / DATABASE, lambda db: remove(db, key))
        self._write(
            lambda s: {
                **{name: _without(getattr(s, name), key) for name in ("hidden", "kept")},
                **{name: _with(getattr(s, name), key, False) for name in ("pinned", "closed", "passed")},
            }
        )

    def queue(self, view: BoardView) -> list[Post | Answer]:
        """What was reported since it was last looked at, the most reports first, and what waits to be let through.

        `view` is the board with everything on it.
        """
        state = self.state
        everything: list[Post | Answer] = []
        for post in view.posts:
            everything += [post, *post.answers]
        entries = [x for x in everything if x.id not in state.hidden]
        reported = [x for x in entries if x.reports > state.kept.get(x.id, 0)]
        waiting = [x for x in entries if state.waits(x.id) and x not in reported]
        return [*sorted(reported, key=lambda x: -x.reports), *waiting]

    def new_senior_code(self) -> str:
        """A code to hand to the seniors, one for all of them, so that it tells nothing about which; ends the old."""
        letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(16))
        code = "-".join(letters[i : i + 4] for i in range(0, 16, 4))
        self._write(lambda s: {"senior": _fingerprint(code)})
        return code

    def warn_of(self, words: list[str]) -> None:
        """Words to be warned of before posting: the company's name, a customer's, a project's."""
        self._write(lambda s: {"secret_words": [w for w in (plain(word, 40) for word in words) if w]})

    def _write(self, change_of: Callable[[Moderation], dict[str, Any]]) -> None:
        path = self.klass.board / MODERATION
        try:
            with self.klass.alone():
                before = read_moderation(self.klass)
                state = Moderation.model_validate({**before.model_dump(by_alias=True), **change_of(before)})
                found = state.model_dump(by_alias=True)
                for name in ("hidden", "kept"):
                    found[name] = dict(sorted(found[name].items()))  # not in the order of the instructor's doing
                write_small(path, found, keep=True)
        except ValidationError:
            raise BoardError(say("board.no_key")) from None
        except OSError as error:
            raise BoardError(f"{path}: {error.strerror or error}") from error


def _without(found: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in found.items() if k != key}


def _is_key(key: Any) -> bool:
    return isinstance(key, str) and re.fullmatch(r"[0-9a-f]{32}", key) is not None


def _with(keys: list[str], key: str, on: bool) -> list[str]:
    return sorted({*keys, key} if on else {*keys} - {key})


def _fingerprint(code: str) -> str:
    return hashlib.sha256("".join(c for c in code.lower() if c.isalnum()).encode()).hexdigest()
