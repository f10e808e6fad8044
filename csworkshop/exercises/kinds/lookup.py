"""Knowledge-base search: a compound question, several articles, one answer in steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from csworkshop.exercises.activity import AnswerForm, checked, marks
from csworkshop.exercises.definition import Activity
from csworkshop.exercises.kinds import Kind, Value
from csworkshop.exercises.marking import About, Line, Marks
from csworkshop.exercises.scene import scene
from csworkshop.practice.articles import Article, knowledge
from csworkshop.practice.lookup import judge_lookup
from csworkshop.practice.lookup_lines import Line as Judged
from csworkshop.practice.questions import Question, load_question
from csworkshop.practice.search import Marked, index
from csworkshop.practice.searching import SearchLog
from csworkshop.techniques.catalogue import Bilingual
from csworkshop.techniques.checker import Evidence, Level
from csworkshop.text.language import say

MOST_EVENTS, LONGEST_QUERY, HITS = 150, 60, 8
STATES = {"present": "earned", "right": "earned", "partly": "partly", "missing": "missing"}


class Lookup(Activity):
    """Search the knowledge base and answer a compound question; `question` names it in data/knowledge/questions."""

    kind: Literal["lookup"]
    question: str

    @field_validator("question")
    @classmethod
    def _known(cls, question: str) -> str:
        try:
            load_question(question)
        except KeyError as error:
            raise ValueError(str(error.args[0])) from None
        return question

    @property
    def asked(self) -> Question:
        return load_question(self.question)


class _Event(BaseModel):
    """A query or an opened article, `at` seconds after the first look at the exercise."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    at: float = Field(ge=0, le=1e6, allow_inf_nan=False)
    query: str = Field(default="", max_length=LONGEST_QUERY)
    article: str = Field(default="", max_length=40)


class _Answer(AnswerForm):
    log: tuple[_Event, ...] = Field(default=(), max_length=MOST_EVENTS)
    cited: tuple[str, ...] = Field(default=(), max_length=20)
    text: str = Field(default="", max_length=5000)


def _answer(value: Value, exercise: Lookup) -> Value:
    said = checked(_Answer, value)
    known = knowledge()
    if wrong := [i for i in said.cited if i not in known]:
        raise ValueError(f"cited: there is no article {wrong[0]!r}")
    return {k: v for k, v in said.model_dump(exclude_defaults=True).items() if v}


def _mark(value: Value, exercise: Lookup, level: Level) -> Marks:
    question, said = exercise.asked, _Answer.model_validate(value)
    judged = judge_lookup(question, said.cited, said.text, _log(said, question), exercise.level)
    lines = [_line(x, said.text) for x in judged.lines if x.of or x.points]
    if judged.notes:
        told = Bilingual(zh="".join(n.zh for n in judged.notes), en=" ".join(n.en for n in judged.notes))
        name = Bilingual(zh=say("kind_lookup.how", "zh"), en=say("kind_lookup.how", "en"))
        lines.append(Line("search", "earned", 0.0, 0.0, (), told.zh, told.en, About(name, "technique", told, told)))
    if judged.refused:
        refusal = judged.refusal or Bilingual(zh="", en="")
        about = About(Bilingual(zh="整份回答", en="The whole answer"), "fault", refusal, refusal)
        lines = [Line("whole", "critical", 0.0, 0.0, (), refusal.zh, refusal.en, about)]
    return marks(exercise, lines, failed=bool(judged.failed or judged.refused))


def _log(said: _Answer, question: Question) -> SearchLog:
    """The log replayed: what a query found is found again, whatever the browser said."""
    start, last = datetime.combine(question.today, time(9)), 0.0
    log = SearchLog()
    for event in said.log:
        last = max(last, event.at)  # a clock may run backwards
        at = start + timedelta(seconds=last)
        if event.query.strip():
            log = log.searched(event.query, [hit.article.id for hit in index().search(event.query, limit=HITS)], at=at)
        elif event.article:
            log = log.opened(event.article, at=at)
    return log


def _line(judged: Judged, text: str) -> Line:
    fault = judged.of <= 0
    state = STATES.get(judged.status, "fault" if judged.points < 0 or fault else "missing")
    if fault and judged.points == 0:
        state = "clean"
    evidence = tuple(Evidence(0, 0, text[a:b]) for a, b in judged.evidence)
    about = About(judged.title, "fault" if fault else "technique", judged.reason, judged.reason)
    item = f"{judged.kind}.{judged.key}"
    reason = judged.reason
    return Line(item, state, judged.points, max(judged.of, 0.0), evidence, reason.zh, reason.en, about)  # type: ignore[arg-type]


def _screen(exercise: Lookup) -> Value:
    question = exercise.asked
    return {"scene": scene(question.scenario), "today": question.today.isoformat(), "longest_query": LONGEST_QUERY}


def _respond(exercise: Lookup, value: Value, name: str, data: Mapping[str, Any]) -> Value:
    """A search's hits, or an article as the agent reads it."""
    if name == "open":
        article = knowledge().get(str(data.get("article", "")))
        return {"article": _shown(article) if article else None}
    query = str(data.get("query", ""))[:LONGEST_QUERY]
    hits = index().search(query, limit=HITS)
    found = [
        {"id": h.article.id, "title": _pieces(h.title), "snippet": _pieces(h.snippet), "dates": _dates(h.article)}
        for h in hits
    ]
    return {"query": query, "hits": found, "associated": index().associated(query)[:6]}


def _shown(a: Article) -> Value:
    base = knowledge()
    return {
        "id": a.id, "title": a.title, "applies": a.applies, "steps": list(a.steps), "limits": list(a.limits),
        "dates": _dates(a), "version": a.version, "internal": a.audience == "internal",
        "related": [{"id": i, "title": base[i].title} for i in a.related if i in base],
    }  # fmt: skip


def _dates(a: Article) -> list[str]:
    """First and last day in force, "" for an open end."""
    return [a.valid_from.isoformat(), a.valid_until.isoformat() if a.valid_until else ""]


def _pieces(marked: Marked) -> list[list[Any]]:
    """A text as [words, marked?] in order."""
    found: list[list[Any]] = []
    done = 0
    for start, end in marked.marks:
        found += [[marked.text[done:start], False], [marked.text[start:end], True]]
        done = end
    return [piece for piece in [*found, [marked.text[done:], False]] if piece[0]]


def _model(exercise: Lookup) -> Value:
    question = exercise.asked
    needed = [n.article for n in question.need]
    events = [{"at": 10.0 * n, "article": i} for n, i in enumerate(needed)]
    return {"log": events, "cited": needed, "text": question.model_answer}


def _poor(exercise: Lookup) -> list[Value]:
    """Articles without an answer, the articles themselves as an answer, a brush-off."""
    question = exercise.asked
    base, needed = knowledge(), [n.article for n in question.need]
    bodies = "\n".join(base[i].body for i in needed)[:5000]
    brush = "您好，您的问题已经收到，相关规定请在帮助中心查询，我们会尽快处理，请耐心等待。"
    return [{"cited": needed}, {"cited": needed, "text": bodies}, {"cited": needed, "text": brush}]


KIND = Kind("lookup", Lookup, _mark, _answer, _screen, _model, _poor, respond=_respond)
