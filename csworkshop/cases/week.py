"""The weekly review in a notebook: which cases to take, and each transcript taken apart."""

from __future__ import annotations

from html import escape
from pathlib import Path

from csworkshop.cases.casebook import Casebook
from csworkshop.cases.opened import book_of
from csworkshop.cases.report import case_html
from csworkshop.cases.report import facts as facts_of
from csworkshop.cases.review import Case, review, week_of
from csworkshop.cases.shown import Shown, grid, lines, small, titled
from csworkshop.text.language import default_language, say


class Week:
    """The picking list of a week. `case(1)` is the first case with its transcript taken apart."""

    def __init__(self, name: str, cases: tuple[Case, ...], book: Casebook, lang: str) -> None:
        self.name, self.cases, self.book, self.lang = name, cases, book, lang

    def _shown(self) -> Shown:
        lang = self.lang
        title = say("desk.week_title", lang, week=self.name)
        if not self.cases:
            return Shown(say("desk.week_none", lang), titled(title, small(say("desk.week_none", lang))))
        rows = []
        for n, c in enumerate(self.cases, 1):
            turns = say("desk.week_turns", lang, number=len(c.turning_points))
            rows.append([str(n), say(f"review.{c.kind}", lang), facts_of(c, lang), turns])
        head = ["", *(say(f"desk.{k}", lang) for k in ("week_pick", "week_facts", "week_turning"))]
        notes = [say("desk.week_note", lang), say("desk.synthetic", lang) if self.book.synthetic else ""]
        cells = [[escape(c) for c in row] for row in rows]
        markup = titled(title, grid(head, cells, left=(0, 1, 2, 3)), small(*notes))
        return Shown(f"{title}\n{lines(head, rows)}", markup)

    def case(self, number: int) -> Shown:
        """One case of the list, turn by turn, with the four questions of the review and what is proposed to them."""
        if not 1 <= number <= len(self.cases):
            raise ValueError(say("desk.week_none", self.lang))
        case = self.cases[number - 1]
        text = [
            facts_of(case, self.lang),
            *(f"{t.turn} {say(f'review.{t.role}', self.lang)}: {t.text}" for t in case.turns),
        ]
        return Shown("\n".join(text), case_html(case, self.lang))

    def _repr_html_(self) -> str:
        return self._shown()._repr_html_()

    def __repr__(self) -> str:
        return self._shown().text


def week(name: str, *, each: int = 2, data: Path | str | None = None, lang: str | None = None) -> Week:
    """The week's cases for the review (a week as 2026-W10), `each` of every kind; reading them takes some seconds."""
    lang, book = lang or default_language(), book_of(data)
    return Week(name, tuple(review(book, week_of(name), each=each)), book, lang)
