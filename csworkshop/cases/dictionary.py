"""The data dictionary: what each table and column means, in both languages, from the schema."""

from __future__ import annotations

from csworkshop.cases.schema import Column, Table, schema

SYNTHETIC = (
    "Synthetic data, made up by a program (csworkshop cases generate): no customer, agent, company or ticket in it "
    "exists. 合成数据：由程序生成，其中没有任何真实的客户、客服、公司或工单。"
)


def dictionary(title: str, head: str, foot: str = "") -> str:
    """The dictionary as Markdown: a title, an introduction, one section per table."""
    parts = [f"# {title}\n", head.strip() + "\n"]
    parts += [_section(name, table) for name, table in schema().items()]
    return "\n".join(parts) + (f"\n{foot.strip()}\n" if foot else "")


def _section(name: str, table: Table) -> str:
    lines = [
        f"## {name} · {table.name.zh} · {table.name.en}\n",
        f"`{table.file}`，主键 key: {', '.join(f'`{k}`' for k in table.key)}。{table.about.zh}{table.about.en}\n",
        "| column | 中文 | English | type | empty | values | 说明 | about |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{key}` | {c.name.zh} | {c.name.en} | {c.kind} | {'yes' if c.null else 'no'} | {_values(c)} "
        f"| {c.about.zh} | {c.about.en} |"
        for key, c in table.columns.items()
    ]
    return "\n".join(lines) + "\n"


def _values(column: Column) -> str:
    if column.values:
        shown = [v if names.zh == v == names.en else f"{v} ({_other(v, names.zh, names.en)})"
                 for v, names in column.values.items()]  # fmt: skip
        return ("for example " if column.open else "") + ", ".join(shown)
    if column.low is not None:
        return f"{column.low:g} to {column.high:g}" if column.high is not None else f"{column.low:g} or more"
    return ""


def _other(value: str, zh: str, en: str) -> str:
    return " ".join(dict.fromkeys(name for name in (zh, en) if name != value))
