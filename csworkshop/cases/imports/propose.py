"""A mapping file proposed from an export's headings: a start to be looked through, not an end."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path

from csworkshop.cases.imports.cells import BadCell, convert, empty
from csworkshop.cases.imports.mapping import Duration, Plain, TableMapping, plain, read_mapping, shipped_mappings
from csworkshop.cases.imports.reading import open_export
from csworkshop.cases.imports.tables import DERIVED
from csworkshop.cases.schema import TableName, schema

LOOKED_AT = 2000  # rows, for the values of channel and the like
MOST_VALUES = 30
ALIKE = 0.75
_SPANS = ("时长", "耗时", "minutes", "hrs", "hours", "seconds", "duration")


def propose(path: Path, sheet: str | None = None) -> str:
    """The text of a mapping file for an export. Only values of columns with few allowed ones are shown in it."""
    export = open_export(path, lambda *_: None, sheet)
    headings = [c for c in export.columns if c]
    talk = _match("text", "messages", headings) and _match("role", "messages", headings)
    table: TableName = "messages" if talk else "tickets"
    spans = {name: d for name, d in _durations(table).items() if _there(d, headings)}
    free = [h for h in headings if not any(word in plain(h) for word in _SPANS)]
    taken: dict[str, str] = {}
    for name in schema()[table].columns:
        heading = _match(name, table, [h for h in free if h not in taken.values()])
        if heading:
            taken[name] = heading
    values: dict[str, dict[str, Plain]] = {}
    known = _values(table)
    for _, row in islice(export.rows, LOOKED_AT):
        for name, heading in taken.items():
            if (name in known or schema()[table].columns[name].allowed) and not empty(row.get(heading)):
                _note(values.setdefault(name, {}), name, table, str(row[heading]).strip(), known.get(name, {}))
    used = {*taken.values(), *(_there(d, headings) for d in spans.values())}
    return _text(path, table, taken, spans, values, [h for h in headings if h not in used], headings)


def _note(seen: dict[str, Plain], name: str, table: TableName, value: str, known: dict[str, Plain]) -> None:
    """Keep a value that needs a meaning; a value that no mapping knows is shown only where few are allowed."""
    column = schema()[table].columns[name]
    if value in seen or len(seen) >= MOST_VALUES:
        return
    if plain(value) in known:
        seen[value] = known[plain(value)]
        return
    from zoneinfo import ZoneInfo

    try:
        convert(value, column, ZoneInfo("Asia/Shanghai"), ())
    except BadCell:
        if column.allowed:
            seen[value] = "FILL IN"


def _parts(table: TableName) -> list[TableMapping]:
    found = (read_mapping(ready).part(table) for ready in shipped_mappings())
    return [part for part in found if part is not None]


def _durations(table: TableName) -> dict[str, Duration]:
    """Spans that the ready mappings know, their headings together."""
    found: dict[str, Duration] = {}
    for part in _parts(table):
        for name, duration in part.durations.items():
            before = found[name].columns if name in found else ()
            found[name] = duration.model_copy(update={"columns": (*before, *duration.columns)})
    return found


def _there(duration: Duration, headings: list[str]) -> str:
    named = {plain(c) for c in duration.columns}
    return next((h for h in headings if plain(h) in named), "")


def _values(table: TableName) -> dict[str, dict[str, Plain]]:
    """Meanings that the ready mappings know, for values that are words."""
    found: dict[str, dict[str, Plain]] = {}
    for part in _parts(table):
        for name, values in part.values.items():
            words = {value: means for value, means in values.items() if not value.isdigit()}
            found[name] = words | found.get(name, {})
    return found


def _match(name: str, table: TableName, headings: list[str]) -> str:
    """The heading that names a column of ours best, nothing if none is alike."""
    column = schema()[table].columns[name]
    words = {plain(name), plain(column.name.zh), plain(column.name.en), plain(name.replace("_", " "))}
    words |= {plain(known) for part in _parts(table) for known in part.columns.get(name, ())}
    best, likeness = "", ALIKE
    for heading in headings:
        found = max(SequenceMatcher(None, plain(heading), word).ratio() for word in words)
        if found > likeness:
            best, likeness = heading, found
    return best


def _text(
    path: Path,
    table: TableName,
    taken: dict[str, str],
    spans: dict[str, Duration],
    values: dict[str, dict[str, Plain]],
    unnamed: list[str],
    headings: list[str],
) -> str:
    lines = [
        f"# Proposed from the headings of {path.name}; look through every line.",
        "# What the parts mean stands at the head of csworkshop/cases/imports/mappings/zendesk.toml.",
        "",
        'name = { zh = "我的导出", en = "My export" }',
        'timezone = "Asia/Shanghai"',
        'time_formats = [] # such as "%d/%m/%Y %H:%M", if its times are written in an unusual way',
        "",
        *(["[tickets.columns]", ""] if table == "messages" else []),
        f"[{table}.columns]",
    ]
    for name, column in schema()[table].columns.items():
        if name in taken:
            lines.append(f"{name} = [{_quoted(taken[name])}]")
        elif name not in spans:
            how = DERIVED[table].get(name)
            lacks = f"without it: {how}" if how else "may stay empty" if column.null else "needed"
            lines.append(f"# {name} = [] # {column.name.en}, {column.name.zh}; {lacks}")
    if spans:
        lines += ["", f"[{table}.durations] # a number is in this unit; 1:30:00 and 1小时20分 are understood"]
        lines += [
            f'{name} = {{ since = "{d.since}", columns = [{_quoted(_there(d, headings))}], unit = "{d.unit}" }}'
            for name, d in spans.items()
        ]
    for name, seen in values.items():
        allowed = schema()[table].columns[name].allowed
        if seen:
            lines += ["", f"[{table}.values.{name}]" + (f" # each one of: {', '.join(allowed)}" if allowed else "")]
            lines += [f"{_quoted(value)} = {_quoted(means)}" for value, means in seen.items()]
    if table == "tickets":
        lines += ["", "[tickets.defaults]", 'category = "未分类"', 'agent_id = "未分配"', 'priority = "normal"']
        lines += ["", "[tickets.codes] # names become codes; delete a line to keep them as they are"]
        lines += ['agent_id = "A"', 'customer_id = "用户"']
    if unnamed:
        lines += ["", "# headings that no column of ours matches: " + ", ".join(unnamed)]
    return "\n".join(lines) + "\n"


def _quoted(value: Plain) -> str:
    return json.dumps(value, ensure_ascii=False)
