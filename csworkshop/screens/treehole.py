"""The tree hole on the screen: say it, answer, mark; for the instructor's account also what waits to be looked at."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from csworkshop.classroom.board import Board, NeedsThought
from csworkshop.classroom.board_file import BoardError
from csworkshop.classroom.board_pages import board_page, caution_page, queue_page
from csworkshop.classroom.moderation import Moderator
from csworkshop.classroom.pages import both
from csworkshop.classroom.private import PrivateError
from csworkshop.classroom.store import CLASS, ClassError
from csworkshop.screens.paged import Message, NotDone, PagedScreen, script

TROUBLE = (BoardError, ClassError, PrivateError)
PLACE, USUAL = "CSWORKSHOP_CLASS", "class"  # the variable that names the class folder, and where it lies without


def tree_hole(folder: str | Path | None = None, *, names: Sequence[str] = (), lang: str | None = None) -> TreeHole:
    """The anonymous board of the class in `folder`; `names` are your own, to be warned of before they are posted.

    Without `folder` it is the one that CSWORKSHOP_CLASS names, else `class` beside the notebook. Where there is no
    class yet the screen says so, and shows the board as soon as the instructor has made one.
    """
    return TreeHole(folder or os.environ.get(PLACE) or USUAL, names, lang)


class TreeHole(PagedScreen):
    """The board as a widget. Whoever may write in the class folder, the instructor, sees the queue too."""

    _esm = script("treehole")
    groups = ("screen_treehole",)
    every = 5.0

    def __init__(self, folder: str | Path, names: Sequence[str] = (), lang: str | None = None) -> None:
        self.folder, self.names = Path(folder).expanduser().resolve(), names
        self._board: Board | None = None
        super().__init__(lang)

    @property
    def board(self) -> Board:
        """The class's board; ClassError while there is no class in the folder."""
        self._board = self._board or Board(self.folder, names=self.names)
        return self._board

    def __repr__(self) -> str:
        return both("board.title")[self.lang]

    def page(self) -> Message:
        if not self._board and _missing(self.folder / CLASS):
            raise NotDone(both("treehole.no_class", folder=self.folder))
        try:
            moderator = self._moderator()
            page = {**board_page(self.board.view()), "queue": None}
            if moderator:
                everything = self.board.view(everything=True)
                page["queue"] = queue_page(moderator.queue(everything), everything)
        except TROUBLE as error:
            raise NotDone(_same(error)) from error
        return page

    def act(self, name: str, data: Message) -> Message:
        try:
            return self._act_on(name, data)
        except NeedsThought as error:
            text = str(data.get("text", ""))
            raise NotDone(_same(error), quiet=True, cautions=caution_page(text, error.found)) from error
        except TROUBLE as error:
            raise NotDone(_same(error)) from error

    def _act_on(self, name: str, data: Message) -> Message:
        board, key = self.board, str(data.get("id", ""))
        despite = data.get("despite") is True
        if name == "post":
            board.post(str(data["text"]), str(data["topic"]), despite=despite)
            return {"said": both("screen_treehole.posted")}
        if name == "answer":
            board.answer(key, str(data["text"]), senior_code=str(data.get("code", "")), despite=despite)
        elif name == "mark":
            board.mark(key, data["mark"], on=data.get("on") is True)
        elif name == "delete":
            board.delete(key)
        else:
            self._moderate(name, key, data)
        return {}

    def _moderate(self, name: str, key: str, data: Message) -> None:
        moderator = self._moderator()
        if moderator is None:
            raise ClassError(both("class.not_instructor", folder=self.board.klass.folder)["zh"])
        deeds: dict[str, Any] = {
            "hide": lambda: moderator.hide(key),
            "restore": lambda: moderator.restore(key),
            "keep": lambda: moderator.keep(key, int(data.get("reports", 0))),
            "let_through": lambda: moderator.let_through(key),
            "pin": lambda: moderator.pin(key, data.get("on") is True),
            "close": lambda: moderator.close(key, data.get("on") is True),
        }
        deeds[name]()

    def _moderator(self) -> Moderator | None:
        return Moderator(self.board.klass) if self.board.klass.is_instructor() else None


def _missing(path: Path) -> bool:
    """Whether there is nothing; what may not be looked at is told by whoever opens it."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _same(error: Exception) -> dict[str, str]:
    """An error's sentence, which is in the language of the moment already."""
    return {"zh": str(error), "en": str(error)}
