"""A trainee's place in the class: join under a nickname, see what is shared, vote, read what the instructor shows."""

from __future__ import annotations

import time
from pathlib import Path

from csworkshop.classroom.pages import both, trainee_page
from csworkshop.classroom.presence import Membership, join_class, joined
from csworkshop.classroom.private import PrivateError
from csworkshop.classroom.records import Share
from csworkshop.classroom.store import Class, ClassError
from csworkshop.screens.paged import Message, NotDone, PagedScreen, script


def class_panel(folder: str | Path, *, lang: str | None = None) -> ClassPanel:
    """The class in `folder`, as a trainee takes part in it."""
    return ClassPanel(Class.open(folder), lang)


class ClassPanel(PagedScreen):
    """The panel as a widget. Nothing is shared before the trainee has joined."""

    _esm = script("panel", "stage")
    groups = ("screen_class",)
    every = 1.0

    def __init__(self, klass: Class, lang: str | None = None) -> None:
        self.klass = klass
        super().__init__(lang)

    def __repr__(self) -> str:
        return self.klass.title

    @property
    def member(self) -> Membership | None:
        """The lesson that this kernel has joined, if it is this class's."""
        found = joined()
        return found if found is not None and found.klass.id == self.klass.id else None

    def page(self) -> Message:
        try:
            member, session = self.member, self.klass.session()
            if member is not None:
                return {
                    "joined": True,
                    "title": self.klass.title,
                    **trainee_page(member, member.session(), time.time()),
                }
        except (ClassError, PrivateError) as error:
            raise NotDone({"zh": str(error), "en": str(error)}) from error
        lesson = session is not None and session.open
        title = both("live.title", title=session.title) if session and lesson else both("live.no_lesson")
        sharing = {share: both(f"live.sharing_{share}") for share in ("progress", "texts")}
        return {"joined": False, "lesson": lesson, "title": title, "sharing": sharing}

    def act(self, name: str, data: Message) -> Message:
        try:
            if name == "join":
                share: Share = "texts" if data.get("share") == "texts" else "progress"
                join_class(self.klass.folder, str(data.get("nickname", "")), share, lang=self.lang)
            elif self.member is not None and name == "leave":
                self.member.leave()
                return {"said": both("live.left")}
            elif self.member is not None and name == "vote":
                self.member.vote(str(data["ballot"]), str(data["option"]))
        except (ClassError, PrivateError) as error:
            raise NotDone({"zh": str(error), "en": str(error)}) from error
        return {}
