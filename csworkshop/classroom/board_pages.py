"""The tree hole as plain data for a screen, in both languages; see csworkshop.classroom.pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from csworkshop.classroom.board import Answer, BoardView, Post
from csworkshop.classroom.caution import Caution, kind_name
from csworkshop.classroom.pages import Words, both
from csworkshop.classroom.seeds import self_talk, topics
from csworkshop.text.language import LANGUAGES

_HALF_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(am|pm)")


def board_page(view: BoardView) -> dict[str, Any]:
    """The board as a trainee sees it."""
    talk = self_talk()
    return {
        "title": both("board.title"),
        "intro": both("board.intro"),
        "limits": both("board.limits"),
        "review_first": both("board.review_first") if view.review_first else None,
        "empty": both("board.empty") if not view.posts else None,
        "topics": [{"id": key, "name": name.model_dump()} for key, name in topics().items()],
        "posts": [post_data(post) for post in view.posts],
        "examples_title": both("board.examples"),
        "examples": [
            {"topic": topics()[s.topic].model_dump(), "body": s.body, "answers": list(s.answers)} for s in view.examples
        ],
        "self_talk": [
            {"title": both(f"board.self_{when}"), "lines": list(getattr(talk, when))}
            for when in ("before", "during", "after")
        ],
        "words": {
            key: both(f"board.{key}")
            for key in ("helpful", "same", "report", "answer", "delete", "post", "post_anyway", "forget")
        },
    }


def queue_page(queue: Sequence[Post | Answer], view: BoardView) -> dict[str, Any]:
    """What the instructor should look at; an answer comes with the post that it stands under."""
    above = {answer.id: post.body for post in view.posts for answer in post.answers}
    return {
        "title": both("board.queue", number=len(queue)) if queue else both("board.queue_empty"),
        "entries": [
            {
                "id": entry.id,
                "body": entry.body,
                "under": above.get(entry.id, ""),
                "reports": entry.reports,
                "why": both("board.reported", number=entry.reports) if entry.reports else both("board.waiting"),
            }
            for entry in queue
        ],
    }


def caution_page(text: str, found: Sequence[Caution]) -> list[dict[str, Any]]:
    """What to think about before posting, in the order of the text. Offsets count code points."""
    entries = []
    for one in found:
        words = text[one.start : one.end]
        key = "caution.sure" if one.sure else "caution.unsure"
        said = {lang: both(key, words=words, what=kind_name(one.kind, lang))[lang] for lang in LANGUAGES}
        entries.append({"kind": one.kind, "start": one.start, "end": one.end, "sure": one.sure, "text": said})
    return entries


def post_data(post: Post) -> dict[str, Any]:
    """One post with its answers. `own` tells this account alone that it may take it back."""
    flags = [key for key in ("pinned", "closed", "hidden", "waiting") if getattr(post, key)]
    return {
        "id": post.id,
        "topic": topics()[post.topic].model_dump(),
        "body": post.body,
        "when": half_day_words(post.half_day),
        "helpful": post.helpful,
        "same": post.same,
        "reports": post.reports,
        "own": post.mine,
        "marked": sorted(post.marked),
        "flags": [{"flag": flag, "text": both(f"board.{flag}")} for flag in flags],
        "can_answer": not post.closed,
        "answers": [
            {
                "id": a.id,
                "role": a.role,
                "who": both(f"board.role_{a.role}"),
                "body": a.body,
                "when": half_day_words(a.half_day),
                "helpful": a.helpful,
                "reports": a.reports,
                "own": a.mine,
                "marked": sorted(a.marked),
            }
            for a in post.answers
        ],
    }


def half_day_words(half_day: str) -> Words:
    """2026-11-21am in words; empty for anything else that somebody wrote into the file."""
    m = _HALF_DAY.fullmatch(half_day)
    if m is None:
        return dict.fromkeys(LANGUAGES, "")
    return both(f"board.{m[4]}", year=int(m[1]), month=int(m[2]), day=int(m[3]))
