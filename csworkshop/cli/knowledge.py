"""The knowledge base in a terminal: `csworkshop knowledge search`, `show`, `check` and `measure`."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csworkshop.cli.options import UserError, add_language
from csworkshop.text.language import say

if TYPE_CHECKING:
    from csworkshop.practice.articles import Article, Knowledge
    from csworkshop.practice.search import Marked

SEARCH = """\
Search the knowledge base. Synonyms, slips of the pen and model numbers are understood, single characters too.
  csworkshop knowledge search "退货后优惠券失效"
  csworkshop knowledge search "SAML 403" --trade saas
  csworkshop knowledge search "挂失" --on 2025-10-16     marks what is out of force on that day
What the query found is set in 【 】. The last line holds associated words: where else to look.
"""
SHOW = """\
Show an article: steps, conditions, validity, associated keywords, related articles.
  csworkshop knowledge show shop-coupon-back
"""
CHECK = """\
Read all articles and compound questions and say what is wrong by file and key: unknown ids, duplicates, two articles
that rule the same thing at the same time, editions whose dates overlap, model answers that don't earn the full mark.
Exit status 1 if anything is wrong.
  csworkshop knowledge check
  csworkshop knowledge check --folder my-knowledge        a folder of your own, with *.toml and questions/*.toml
"""
MEASURE = """\
Measure the search on queries with known answers: the share with an answer among the first three hits, and the mean
reciprocal rank, for the search as it is and for other ways of cutting Chinese. The file holds
  [part]
  sort = [["query", "id-of-an-article another-id"], ...]
  csworkshop knowledge measure tests/practice/queries.toml
"""


def add_knowledge_commands(commands: Any) -> None:
    """Add `knowledge` with its commands."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = commands.add_parser("knowledge", help="search, show, check and measure the knowledge base")
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    folder = {"type": Path, "metavar": "DIR", "help": "a folder of articles (default: the shipped ones)"}

    search = inner.add_parser("search", help="find articles", formatter_class=raw, description=SEARCH)
    search.add_argument("query", help="words to search for")
    search.add_argument("--trade", help="only articles of this trade, such as shop or telecom")
    search.add_argument("--number", type=int, default=5, metavar="N", help="hits to print (default: 5)")
    search.set_defaults(run=_search)
    show = inner.add_parser("show", help="show an article", formatter_class=raw, description=SHOW)
    show.add_argument("id", help="the article's id")
    show.set_defaults(run=_show)
    check = inner.add_parser("check", help="say what is wrong", formatter_class=raw, description=CHECK)
    check.set_defaults(run=_check)
    measure = inner.add_parser("measure", help="how well it finds", formatter_class=raw, description=MEASURE)
    measure.add_argument("queries", type=Path, metavar="FILE", help="queries with known answers, as above")
    measure.set_defaults(run=_measure)
    for one in (search, show, check, measure):
        one.add_argument("--folder", **folder)
    for one in (search, show):
        one.add_argument("--on", type=_day, metavar="DATE", help="the day that validity is told for (default: today)")
    for one in (search, show, check):
        add_language(one)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2025-10-16") from None


def _search(args: argparse.Namespace) -> int:
    from csworkshop.practice.articles import knowledge
    from csworkshop.practice.search import SearchUnavailable, index

    base = knowledge(args.folder)
    if args.trade and args.trade not in base.trades:
        raise UserError(f"there is no trade {args.trade!r}; there are: {', '.join(base.trades)}")
    try:
        found = index(args.folder)
    except SearchUnavailable as error:
        raise UserError(str(error)) from None
    hits = found.search(args.query, trade=args.trade, limit=args.number)
    for hit in hits:
        print(f"{hit.article.id:28} {_bracketed(hit.title)}{_flags(hit.article, args)}")
        print(f"    {_bracketed(hit.snippet)}")
    if not hits:
        print(say("knowledge.nothing", args.lang))
        return 1
    words = "、".join(found.associated(args.query, trade=args.trade))
    print(say("knowledge.associated", args.lang, words=words))
    return 0


def _bracketed(marked: Marked) -> str:
    text = marked.text
    for start, end in reversed(marked.marks):
        text = f"{text[:start]}【{text[start:end]}】{text[end:]}"
    return text


def _flags(article: Article, args: argparse.Namespace) -> str:
    """What somebody must know before using the article: out of force, for staff only."""
    state = article.state(args.on or date.today())
    flags = []
    if state == "expired":
        flags.append(say("knowledge.expired", args.lang, until=article.valid_until))
    elif state == "upcoming":
        flags.append(say("knowledge.upcoming", args.lang, since=article.valid_from))
    if article.audience == "internal":
        flags.append(say("knowledge.internal", args.lang))
    return "".join(f" [{flag}]" for flag in flags)


def _show(args: argparse.Namespace) -> int:
    from csworkshop.practice.articles import knowledge

    base = knowledge(args.folder)
    if args.id not in base:
        from difflib import get_close_matches

        close = get_close_matches(args.id, list(base), n=3, cutoff=0.4)
        more = f"; did you mean {', '.join(close)}?" if close else "; find it with csworkshop knowledge search"
        raise UserError(f"there is no article {args.id!r}{more}")
    for line in _article(base[args.id], base, args):
        print(line)
    return 0


def _article(article: Article, base: Knowledge, args: argparse.Namespace) -> list[str]:
    lang = args.lang
    ends = {"since": article.valid_from, "until": article.valid_until}
    valid = say("knowledge.valid_until" if article.valid_until else "knowledge.valid", lang, **ends)
    trade = base.trades[article.trade].name[lang]
    lines = [
        f"{article.title}{_flags(article, args)}",
        f"{article.id} · {trade} · {say('knowledge.applies', lang, applies=article.applies)}",
        f"{valid} · {say('knowledge.version', lang, version=article.version)}",
        "",
        *(f"{n}. {step}" for n, step in enumerate(article.steps, 1)),
    ]
    if article.limits:
        lines += ["", say("knowledge.limits", lang), *(f"- {limit}" for limit in article.limits)]
    lines += ["", say("knowledge.keywords", lang, words="、".join(article.keywords))]
    if article.replaces:
        lines.append(say("knowledge.replaces", lang, article=article.replaces))
    successor = base.successor(article.id)
    if successor:
        lines.append(say("knowledge.successor", lang, article=successor.id))
    if article.related:
        lines += [say("knowledge.related", lang), *(f"- {i}  {base[i].title}" for i in article.related)]
    return lines


def _check(args: argparse.Namespace) -> int:
    from csworkshop.practice.articles import Knowledge, read_trade, review_articles, trade_files
    from csworkshop.practice.lookup import review_questions
    from csworkshop.practice.pieces import synonyms
    from csworkshop.practice.questions import question_files

    faults = list(review_articles(args.folder))
    articles = questions = 0
    if not faults:
        synonyms(args.folder)
        base = Knowledge(tuple(read_trade(path) for path in trade_files(args.folder)))
        faults += review_questions(args.folder, base)
        articles, questions = len(base), len(question_files(args.folder))
    for fault in faults:
        print(fault)
    print(say("knowledge.checked", args.lang, articles=articles, questions=questions, faults=len(faults)))
    return 1 if faults else 0


def _measure(args: argparse.Namespace) -> int:
    from csworkshop.practice.articles import knowledge
    from csworkshop.practice.pieces import synonyms
    from csworkshop.practice.search_quality import quality, read_queries, ways

    base = knowledge(args.folder)
    queries = read_queries(args.queries, base)
    found = ways(base, synonyms(args.folder))
    for part in dict.fromkeys(q.part for q in queries):
        own = [q for q in queries if q.part == part]
        print(f"[{part}] {len(own)} queries".ljust(36) + "recall@3      MRR")
        for name, search in found.items():
            figures = quality(own, search)
            print(f"  {name:34} {figures.recall:7.3f} {figures.reciprocal_rank:8.3f}")
        best = next(iter(found.values()))
        for sort in dict.fromkeys(q.sort for q in own):
            figures = quality([q for q in own if q.sort == sort], best)
            print(f"    {sort:20} ({figures.queries:3}) {'':6} {figures.recall:7.3f} {figures.reciprocal_rank:8.3f}")
    return 0
