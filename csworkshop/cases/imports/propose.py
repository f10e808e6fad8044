"""A mapping file proposed from an export's headings: a start to be looked through, not an end."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path

from csworkshop.cases.imports.cells import empty
from csworkshop.cases.imports.mapping import plain, read_mapping, shipped_mappings
from csworkshop.cases.imports.reading import open_export
from csworkshop.cases.imports.tables import DERIVED
from csworkshop.cases.schema import TableName, schema

LOOKED_AT = 2000  # rows, for the values of channel and the like
MOST_VALUES = 30
ALIKE = 0.75


def propose(path: Path, sheet: str | None = None) -> str:
    """The text of a mapping file for an export."""
    export = open_export(path, lambda *_: None, sheet)
    table: TableName = "messages" if _match("text", "messages", export.columns) else "tickets"
    if table == "messages" and not _match("role", "messages", export.columns):
        table = "tickets"
    columns = schema()[table].columns
    taken: dict[str, str] = {}
    for name in columns:
        heading = _match(name, table, [c for c in export.columns if c not in taken.values()])
        if heading:
            taken[name] = heading
    values: dict[str, dict[str, None]] = {name: {} for name in taken if columns[name].allowed}
    for _, row in islice(export.rows, LOOKED_AT):
        for name, seen in values.items():
            if not empty(row.get(taken[name])) and len(seen) < MOST_VALUES:
                seen.setdefault(str(row[taken[name]]).strip())
    return _text(path, table, taken, values, [c for c in export.columns if c and c not in taken.values()])


def _match(name: str, table: TableName, headings: list[str] | tuple[str, ...]) -> str:
    """The heading that names a column of ours best, nothing if none is alike."""
    column = schema()[table].columns[name]
    words = {plain(name), plain(column.name.zh), plain(column.name.en), plain(name.replace("_", " "))}
    for ready in shipped_mappings():
        part = read_mapping(ready).part(table)
        if part is not None:
            words |= {plain(known) for known in part.columns.get(name, ())}
    best, likeness = "", ALIKE
    for heading in headings:
        found = max((SequenceMatcher(None, plain(heading), word).ratio() for word in words), default=0.0)
        if found > likeness:
            best, likeness = heading, found
    return best


def _text(
    path: Path, table: TableName, taken: dict[str, str], values: dict[str, dict[str, None]], unnamed: list[str]
) -> str:
    quoted = json.dumps
    lines = [
        f"# Proposed from the headings of {path.name}; look through every line.",
        "# What the parts mean stands at the head of csworkshop/cases/imports/mappings/zendesk.toml.",
        "",
        'name = { zh = "我的导出", en = "My export" }',
        'timezone = "Asia/Shanghai"',
        'time_formats = [] # such as "%d/%m/%Y %H:%M", if its times are written in an unusual way',
        "",
    ]
    if table == "messages":
        lines += ["[tickets.columns]", ""]
    lines.append(f"[{table}.columns]")
    for name, column in schema()[table].columns.items():
        if name in taken:
            lines.append(f"{name} = [{quoted(taken[name], ensure_ascii=False)}]")
        else:
            how = DERIVED[table].get(name)
            lacks = f"without it: {how}" if how else "may stay empty" if column.null else "needed"
            lines.append(f"# {name} = [] # {column.name.en}, {column.name.zh}; {lacks}")
    for name, seen in values.items():
        allowed = schema()[table].columns[name].allowed
        lines += ["", f"[{table}.values.{name}] # each must be one of: {', '.join(allowed)}"]
        lines += [f"{quoted(v, ensure_ascii=False)} = {quoted(v if v in allowed else 'FILL IN')}" for v in seen]
    if table == "tickets":
        lines += ["", "[tickets.defaults]", 'category = "未分类"', 'agent_id = "未分配"', 'priority = "normal"']
        lines += ["", "[tickets.codes] # names become codes; delete a line to keep them as they are", 'agent_id = "A"']
        lines.append('customer_id = "用户"')
    if unnamed:
        lines += ["", "# headings that no column of ours matches: " + ", ".join(unnamed)]
    return "\n".join(lines) + "\n"
