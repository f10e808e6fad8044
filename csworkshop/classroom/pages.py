"""The room as plain data for a screen: everything a dashboard and a trainee's panel show, in both languages.

Texts come as `{"zh": …, "en": …}`; what people wrote comes as it is and must be put on a page as text, never as markup.
Nicknames are in the data only where `names` says so: what isn't on the projector isn't in the page either.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from csworkshop.classroom.live import CommonFault, Heat, Room, Seat
from csworkshop.classroom.presence import Membership
from csworkshop.classroom.records import Ballot, Session
from csworkshop.exercises.library import UnknownExercise, load_any
from csworkshop.progress.topics import name_of
from csworkshop.techniques.catalogue import catalogue
from csworkshop.text.datafile import DataFileError
from csworkshop.text.language import LANGUAGES, say

Words = dict[str, str]
NUDGE_SECONDS = 120.0  # for which a call from the instructor stands on the screens


def both(key: str, **values: object) -> Words:
    """An interface string in every language."""
    return {lang: say(key, lang, **values) for lang in LANGUAGES}


def room_page(room: Room, *, names: bool = False) -> dict[str, Any]:
    """The instructor's dashboard."""
    session = room.session
    lesson = session is not None and session.open
    return {
        "title": both("live.title", title=session.title) if session else both("live.no_lesson"),
        "lesson": lesson,
        "people": both("live.people", present=len(room.present), all=len(room.seats)),
        "standings": [
            {"standing": s, "text": both(f"live.standing_{s}"), "number": room.standings[s]}
            for s in ("working", "stuck", "done", "new", "away")
        ],
        "seats": [seat_data(seat, names) for seat in room.seats],
        "stuck_title": both("live.stuck"),
        "stuck": [seat_data(seat, names) for seat in room.stuck],
        "heat_title": both("live.heatmap"),
        "heat": [_heat_data(heat) for heat in room.heatmap],
        "common_title": both("live.common"),
        "common": [_fault_data(fault) for fault in room.common_faults],
        "none": both("live.none") if not room.seats else None,
        "how_join": both("live.how_join") if lesson and not room.seats else None,
        "nobody_stuck": both("live.nobody_stuck"),
        "no_common": both("live.no_common"),
        "unreadable": both("live.unreadable", number=sum(room.unreadable.values())) if room.unreadable else None,
        **_stage_data(session if lesson else None, room.now, room),
    }


def seat_data(seat: Seat, names: bool) -> dict[str, Any]:
    """One trainee on the dashboard; without `names` only the number that says nothing about him."""
    work, minutes = seat.work, int(seat.idle // 60)
    return {
        "number": seat.number,
        "label": both("live.seat", number=seat.number),
        "name": seat.file.nickname if names else "",
        "standing": seat.standing,
        "text": both(f"live.standing_{seat.standing}"),
        "reason": both(f"live.reason_{seat.reason}", minutes=minutes) if seat.reason else None,
        "changed": _changed(minutes) if seat.file.exercise else None,
        "exercise": seat.file.exercise,
        "exercise_title": exercise_title(seat.file.exercise),
        "score": round(100 * work.score) if work else None,
        "scores": [round(100 * score) for score in work.scores] if work else [],
        "lines": [{"item": line.item, "state": line.state} for line in work.lines] if work else [],
        "texts": seat.file.share == "texts",
    }


def _changed(minutes: int) -> Words:
    return both("live.changed", minutes=minutes) if minutes else both("live.just_now")


def text_data(room: Room, number: int) -> Words | None:
    """What the seat is writing, as all may see it and as it is; None where it isn't shared."""
    seat = next((s for s in room.seats if s.number == number), None)
    if seat is None or seat.file.share != "texts" or not seat.file.text:
        return None
    return {"masked": room.masked(seat.file.text, seat.file.exercise), "text": seat.file.text}


def trainee_page(member: Membership, session: Session | None, now: float) -> dict[str, Any]:
    """A trainee's panel: what he shares, and what the instructor shows."""
    if session is None:
        return {"lesson": False, "title": both("live.over"), "sharing": None, "problem": "", **_stage_data(None, now)}
    page = {
        "lesson": True,
        "title": both("live.title", title=session.title),
        "sharing": both(f"live.sharing_{member.share}"),
        "share": member.share,
        "shared": member.shared(),
        "problem": member.problem,
        **_stage_data(session, now),
    }
    for which in ("poll", "gallery"):
        if page[which]:
            page[which]["voted"] = member.voted(page[which]["id"])
    return page


@lru_cache(maxsize=512)
def exercise_title(exercise: str) -> Words:
    """An exercise's title; its id where the kit knows none of that name."""
    try:
        return dict(load_any(exercise).title.model_dump()) if exercise else dict.fromkeys(LANGUAGES, "")
    except (UnknownExercise, DataFileError):
        return dict.fromkeys(LANGUAGES, exercise)


def _stage_data(session: Session | None, now: float, room: Room | None = None) -> dict[str, Any]:
    if session is None:
        return {"exercise": None, "poll": None, "gallery": None, "timer": None, "nudge": None}
    timer, nudge = session.timer, session.nudge
    left = timer.left(now) if timer else 0.0
    return {
        "exercise": {"id": session.exercise, "title": exercise_title(session.exercise)} if session.exercise else None,
        "poll": _ballot_data(session.poll, "poll", room) if session.poll else None,
        "gallery": _ballot_data(session.gallery, "gallery", room) if session.gallery else None,
        "timer": timer
        and {
            "id": timer.id,
            "label": timer.label,
            "seconds": timer.seconds,
            "left": left,
            "text": both("live.timer", time=_clock(left)) if left else both("live.time_up"),
        },
        "nudge": {"id": nudge.id, "title": both("live.nudge"), "text": nudge.text}
        if nudge and now - nudge.at < NUDGE_SECONDS
        else None,
    }


def _ballot_data(ballot: Ballot, which: str, room: Room | None) -> dict[str, Any]:
    """A poll or gallery. While it is open only the instructor's page has counts: votes shouldn't follow votes."""
    counts = room.votes(ballot) if room and ballot.open else ballot.counts
    total = sum(counts.values()) if counts else 0
    options = []
    for n, option in enumerate(ballot.options):
        label = both("live.entry", letter=chr(ord("A") + n)) if which == "gallery" else None
        votes = counts.get(option.id, 0) if counts else None
        options.append({
            "id": option.id, "label": label, "text": option.text, "votes": votes,
            "share": votes / total if votes is not None and total else 0.0,
            "votes_text": both("live.votes", number=votes) if votes is not None else None,
        })  # fmt: skip
    state = both("live.voting_open" if ballot.open else "live.voting_closed", number=total)
    return {
        "id": ballot.id, "kind": which, "heading": both(f"live.{which}"), "title": ballot.title, "open": ballot.open,
        "options": options, "state": state if counts is not None else None,
    }  # fmt: skip


def _heat_data(heat: Heat) -> dict[str, Any]:
    good = heat.states.get("earned", 0) + heat.states.get("clean", 0)
    return {
        "item": heat.item,
        "name": {lang: name_of(heat.item, lang) for lang in LANGUAGES},  # of a fault: that it is avoided
        "type": heat.type,
        "share": round(heat.share, 3),
        "states": dict(heat.states),
        "text": both("live.heat", good=good, of=heat.of),
    }


def _fault_data(fault: CommonFault) -> dict[str, Any]:
    item = catalogue().items[fault.item]
    return {
        "item": fault.item,
        "name": item.name.model_dump(),
        "advice": item.advice.model_dump(),
        "count": both("live.common_count", number=fault.trainees, of=fault.of),
        "examples": list(fault.examples),
    }


def _clock(seconds: float) -> str:
    whole = int(seconds + 0.999)
    return f"{whole // 60}:{whole % 60:02}"
