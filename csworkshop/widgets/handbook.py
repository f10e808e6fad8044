"""The handbook in a notebook: every technique and fault with its reason, advice, and sentences for and against.

`handbook()` as the last line of a cell shows all of them, `handbook("empathy", "vague")` only these. The sentences are
the catalogue's own examples, by which the checker is tested, so the handbook never says anything else than the marks.
"""

from __future__ import annotations

import re
from html import escape

from csworkshop.techniques.catalogue import Example, Item, catalogue
from csworkshop.text.language import default_language, say
from csworkshop.widgets.screen import Shown

EACH = 3  # sentences for, and against
_QUIET = "opacity:.72;font-size:.92em"
_BOX = "border:1px solid rgba(128,128,128,.35);border-radius:8px;margin:6px 0;padding:6px 14px;max-width:56em"
_SEEN = "text-decoration:underline 2px;text-underline-offset:4px"
_TYPED = re.compile(r"(?<=[\u4e00-\u9fff”])[,?!:;]")
_FULL = str.maketrans(",?!:;", "，？！：；")
_COLUMNS = "display:flex;flex-wrap:wrap;gap:4px 32px"


def handbook(*items: str, lang: str | None = None) -> Shown:
    """The items with these ids (default: all) as a page. ValueError, with what there is, for an id that is none."""
    lang = lang or default_language()
    known = catalogue().items
    for name in items:
        if name not in known:
            raise ValueError(say("handbook.unknown", lang, name=repr(name), known=", ".join(known)))
    chosen = [known[name] for name in items] or list(known.values())
    groups = [[item for item in chosen if item.type == kind] for kind in ("technique", "fault")]
    text = "\n".join(f"{item.name[lang]}: {item.why[lang]}" for item in chosen)
    page = "".join(_group(group, lang, bool(items)) for group in groups if group)
    return Shown(text, f'<div style="line-height:1.75"><p style="{_QUIET}">{_say("how", lang)}</p>{page}</div>')


def _say(key: str, lang: str, **values: object) -> str:
    return escape(say(f"handbook.{key}", lang, **values))


def _group(items: list[Item], lang: str, opened: bool) -> str:
    head = _say(f"{items[0].type}s", lang, n=len(items))
    rows = "".join(_item(item, lang, opened) for item in items)
    return f'<h4 style="line-height:1.5">{head}</h4>{rows}'


def _item(item: Item, lang: str, opened: bool) -> str:
    told = "".join(
        f"<p><strong>{_say(key, lang)}</strong> {escape(words[lang])}</p>"
        for key, words in (("why", item.why), ("advice", item.advice))
    )
    sides = "".join(
        f'<div style="flex:1 1 300px"><p><strong>{_say(f"{item.type}_{side}", lang)}</strong></p>'
        f"{_examples(found, lang)}</div>"
        for side, found in (("shows", item.shows), ("lacks", item.lacks))
    )
    return (
        f'<details style="{_BOX}"{" open" if opened else ""}><summary style="cursor:pointer"><strong>'
        f"{escape(item.name[lang])}</strong></summary>{told}"
        f'<div style="{_COLUMNS}">{sides}</div></details>'
    )


def _examples(examples: tuple[Example, ...], lang: str) -> str:
    rows = []
    for example in _telling(examples):
        words, done, reply = [], 0, _printed(example.reply)
        for start, end in example.evidence:
            seen = f'<span style="{_SEEN}">{escape(reply[start:end])}</span>'
            words += [escape(reply[done:start]), seen]
            done = end
        words.append(escape(reply[done:]))
        said = f'<br><span style="{_QUIET}">{_say("customer", lang, words=example.customer)}</span>'
        told = example.why if lang == "en" else ""  # the authors' notes are in English
        why = f'<br><span style="{_QUIET}">{escape(told)}</span>' if told else ""
        rows.append(f"<li>{''.join(words)}{said if example.customer else ''}{why}</li>")
    return f"<ul>{''.join(rows)}</ul>"


def _printed(reply: str) -> str:
    """As it is printed: full-width stops after Chinese, which is often typed with half-width ones. Same length."""
    return _TYPED.sub(lambda stop: stop[0].translate(_FULL), reply)


def _telling(examples: tuple[Example, ...]) -> list[Example]:
    """The first few that stand for themselves: long enough to be a sentence somebody might send."""
    whole = [e for e in examples if len(e.reply) >= 12]
    return (whole + [e for e in examples if e not in whole])[:EACH]
