"""Which texts are evaluated: the kept readings of a folder of labelled texts, or labelled files that somebody names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csworkshop.exercises.lines import BadLine, read_lines, read_scenarios, strings_of
from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.checker import Level
from csworkshop.techniques.encoder import EMOTIONS, PARTS
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.datafile import DataFileError
from csworkshop.training import evaluate, readings
from csworkshop.training.evaluate import SOURCES, UNREAD, Source
from csworkshop.training.labelled import Labelled, Note, labelled_folder, read_labelled, read_notes, trains_only
from csworkshop.training.notes_fit import READ_BY_AUTHORS, Texts
from csworkshop.training.tables import Table

QUICK = "unread_quick.npz"  # what the quick reader said of writers whom it had not read


def of_folder(data: Path | None = None) -> list[Table]:
    """Tables of the labelled folder: unread writers first, then all; each with rules and reader alone."""
    folder = labelled_folder(data)
    heard = readings.load(folder / readings.FILE)
    replies = [r for r in read_labelled(folder) if not trains_only(r.writer)]
    texts = Texts(read_notes(folder), heard)
    writer = {r.id: r.writer for r in replies}
    fold = {n.id: n.fold for n in texts.notes}
    by_source = [
        (
            source,
            evaluate.leave_writers_out(replies, heard, source),
            evaluate.messages_left_out(texts, source),
            evaluate.notes_left_out(texts, source),
        )
        for source in SOURCES
    ]
    found = []
    for source, judged, messages, notes in by_source:
        unread = judged.pick(lambda i: writer[i] in UNREAD)
        found.append(Table("replies", "unread writers", source, unread))
        if len(judged.ids) > len(unread.ids):
            found.append(Table("replies", "all writers", source, judged))
        for kind, whole in (("emotions", messages), ("parts", notes)):
            new = whole.pick(lambda i: fold[i] not in READ_BY_AUTHORS)
            found.append(Table(kind, "unread texts", source, new))
            if len(whole.ids) > len(new.ids):
                found.append(Table(kind, "all texts", source, whole))
    if (folder / QUICK).exists():
        quick = evaluate.leave_writers_out(replies, readings.load(folder / QUICK), "quick")
        unread = quick.pick(lambda i: writer[i] in UNREAD)
        found.append(Table("replies", "unread writers", "quick", unread))
        if any(t.texts == "all writers" for t in found):
            found.append(Table("replies", "all writers", "quick", quick))
    return sorted(found, key=lambda t: ("replies", "emotions", "parts").index(t.kind))


def of_files(
    scenarios: Path | None,
    replies: Path | None,
    second: Path | None = None,
    messages: Path | None = None,
    notes: Path | None = None,
    level: Level = "full",
) -> list[Table]:
    """Tables of labelled files, judged by the checker as it ships; DataFileError if one cannot be used."""
    found = []
    if scenarios and replies:
        known = read_replies(replies, read_scenarios(scenarios), second)
        source: Source = "quick" if level == "fast" else "both"
        found.append(Table("replies", replies.name, source, evaluate.on_replies(known, level)))
    if messages:
        found.append(Table("emotions", messages.name, "both", evaluate.on_messages(read_messages(messages))))
    if notes:
        found.append(Table("parts", notes.name, "both", evaluate.on_notes(read_handovers(notes))))
    return found


def read_replies(path: Path, scenarios: dict[str, Scenario], second: Path | None = None) -> list[Labelled]:
    """The labelled replies of a file, with a second inspector's labels if there are any."""
    items, found = set(catalogue().items), []
    others = {i: _labels(second, n, value, items) for n, i, value in _rows(second, ("id",))} if second else {}
    for n, name, value in _rows(path, ("id", "scenario", "reply")):
        if value["scenario"] not in scenarios:
            raise DataFileError(path, f"line {n}", f"scenario: {value['scenario']!r} is no id of the scenarios file")
        labels = _labels(path, n, value, items)
        scenario = scenarios[value["scenario"]]
        found.append(Labelled(name, path.stem, value["reply"], scenario, labels, others.get(name)))
    return found


def read_messages(path: Path) -> list[Note]:
    """The labelled messages of a file."""
    found = []
    for n, name, value in _rows(path, ("id", "text", "emotion")):
        if value["emotion"] not in EMOTIONS:
            raise DataFileError(path, f"line {n}", f"emotion: {value['emotion']!r}; {', '.join(EMOTIONS)} are known")
        labels = {value["emotion"]: _quotes(path, n, "evidence", value.get("evidence", []))}
        found.append(Note(name, "message", value["text"], labels, None))
    return found


def read_handovers(path: Path) -> list[Note]:
    """The labelled hand-over notes of a file."""
    return [
        Note(name, "note", value["note"], _labels(path, n, value, set(PARTS)), None)
        for n, name, value in _rows(path, ("id", "note"))
    ]


def _rows(path: Path, keys: tuple[str, ...]) -> list[tuple[int, str, dict[str, Any]]]:
    """(line, id, object) of each line."""
    found: dict[str, tuple[int, str, dict[str, Any]]] = {}
    for number, line in read_lines(path):
        try:
            value = strings_of(line, keys)
        except BadLine as error:
            raise DataFileError(path, f"line {number}", str(error)) from None
        if value["id"] in found:
            raise DataFileError(path, f"line {number}", f"id: {value['id']!r} stands there twice; an id must be unique")
        found[value["id"]] = number, value["id"], value
    if not found:
        raise DataFileError(path, "", "has no text in it; each line is one, with its labels")
    return list(found.values())


def _labels(path: Path, line: int, value: dict[str, Any], known: set[str]) -> dict[str, list[str]]:
    labels = value.get("labels")
    if not isinstance(labels, dict):
        allowed = "labels: an object is needed, {item: [evidence, …]}; {} if there is none"
        raise DataFileError(path, f"line {line}", allowed)
    if strange := sorted(set(labels) - known):
        allowed = ", ".join(sorted(known))
        raise DataFileError(path, f"line {line}", f"labels: {strange[0]!r} is not known; {allowed} are")
    return {item: _quotes(path, line, f"labels.{item}", quotes) for item, quotes in labels.items()}


def _quotes(path: Path, line: int, key: str, quotes: Any) -> list[str]:
    if not (isinstance(quotes, list) and all(isinstance(q, str) for q in quotes)):
        raise DataFileError(path, f"line {line}", f"{key}: a list of strings is needed, words of the text")
    return quotes
