"""The judgement of answers to compound questions: by meaning, in both languages, and not to be bought."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from csworkshop.practice.articles import knowledge
from csworkshop.practice.lookup import LookupJudgement, copied, judge_lookup, review_questions
from csworkshop.practice.lookup_lines import LEVELS
from csworkshop.practice.questions import Question, load_question, question_files, read_question, review_question
from csworkshop.practice.searching import SearchLog
from csworkshop.text.datafile import DataFileError, read_toml

ANSWERS: list[dict[str, Any]] = read_toml(Path(__file__).parent / "lookup_answers.toml")["answer"]
QUESTIONS = [path.stem for path in question_files()]


def needed(question: Question) -> list[str]:
    return [n.article for n in question.need]


@lru_cache(maxsize=64)
def judged(name: str, text: str | None = None) -> LookupJudgement:
    question = load_question(name)
    return judge_lookup(question, needed(question), question.model_answer if text is None else text)


def line(judgement: LookupJudgement, key: str) -> Any:
    (found,) = (one for one in judgement.lines if one.key == key)
    return found


# --- the questions that ship ---


def test_there_are_many_questions_over_many_trades() -> None:
    questions = [load_question(name) for name in QUESTIONS]
    assert len(questions) >= 16
    assert len({knowledge()[n.article].trade for q in questions for n in q.need}) >= 14
    assert {q.level for q in questions} == {1, 2, 3}
    assert {t.kind for q in questions for t in q.tempts} == {"outdated", "other_plan", "other_matter", "internal"}


def test_all_are_sound_and_their_model_answers_earn_everything() -> None:
    assert review_questions(None, knowledge()) == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_model_answer_passes_at_every_level(name: str) -> None:
    question = load_question(name)
    for level in LEVELS:
        judgement = judge_lookup(question, needed(question), question.model_answer, level=level)
        assert (judgement.score, judgement.passed, judgement.level) == (1.0, True, level)


# --- answers in other words ---


def test_answers_of_trainees_are_read_by_their_meaning() -> None:
    right = wrongly_credited = wrongly_contradicted = number = 0
    for a in ANSWERS:
        for one in judged(a["question"], a["text"]).of("fact"):
            want = next((s for s in ("present", "contradicted") if one.key in a[s]), "missing")
            number += 1
            right += one.status == want
            wrongly_credited += one.status == "present" and want != "present"
            wrongly_contradicted += one.status == "contradicted" and want != "contradicted"
    assert number >= 200
    assert right / number >= 0.98
    assert (wrongly_credited, wrongly_contradicted) == (0, 0)


def test_evidence_is_what_was_typed() -> None:
    text = "①积分：到账后 24 小时内,系统会自动退回您账户。\n②券:补您一张50块的，7天有效。"
    facts = {one.key: [text[a:b] for a, b in one.evidence] for one in judged("shop-refund-bundle", text).of("fact")}
    assert "24 小时" in facts["points-auto"]
    assert "50块" in "".join(facts["coupon-new"])


def test_a_figure_from_an_outdated_article_is_told_with_its_source() -> None:
    one = line(judged("parcels-vase", "您好，没保价的最高赔运费的5倍。"), "amount-max")
    assert one.status == "contradicted"
    assert one.points < 0
    assert "2024版" in one.reason.zh and "8月31日" in one.reason.zh
    assert "31 August" in one.reason.en


def test_a_figure_from_nowhere_contradicts() -> None:
    one = line(judged("parcels-vase", "您好，没保价的最高赔运费的9倍。"), "amount-max")
    assert one.status == "contradicted"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("您这件最高赔运费的7倍，保价才按声明价值。", "present"),
        ("以前没保价最高赔5倍，现在最高赔运费的7倍。", "present"),
        ("没保价不是最高赔5倍，您放心，最高7倍。", "present"),
        ("没保价最多赔运费的7倍吗？", "missing"),
        ("没保价的不是最高7倍。", "missing"),
        ("没保价，会按规定赔您。", "missing"),
        ("您没保价，161元。", "partly"),
    ],
)
def test_past_denied_and_asked_facts(text: str, status: str) -> None:
    assert line(judged("parcels-vase", text), "amount-max").status == status


def test_a_critical_fact_contradicted_fails_whatever_else_is_right() -> None:
    question = load_question("clinic-mother-two-days")
    text = question.model_answer.replace("降压药照常用一小口水送下去", "降压药当天先不吃")
    judgement = judge_lookup(question, needed(question), text)
    assert judgement.failed == "prep-pressure"
    assert not judgement.passed
    assert judgement.score > 0.6


def test_internal_matter_told_to_the_customer_fails() -> None:
    question = load_question("bank-link-clicked")
    judgement = judge_lookup(question, needed(question), question.model_answer + "\n您的账户是R3，所以受限。")
    assert judgement.failed == "bank-fraud-flag"
    assert not judgement.passed
    assert line(judgement, "bank-fraud-flag").points == -20


def test_one_block_or_run_together_steps_cost() -> None:
    question = load_question("shop-refund-bundle")
    block = question.model_answer.replace("\n", "")
    for digit in "123":
        block = block.replace(f"{digit}. ", "")
    assert line(judge_lookup(question, needed(question), block), "steps").status == "missing"
    merged = question.model_answer.replace("\n3. ", "")
    assert line(judge_lookup(question, needed(question), merged), "steps").status == "partly"


def test_order_counts_where_it_matters() -> None:
    question = load_question("clinic-mother-two-days")
    head, one, two, three = question.model_answer.split("\n")
    late = "\n".join((head, two, three, one))
    (order,) = judge_lookup(question, needed(question), late).of("order")
    assert order.status == "wrong"
    assert "最急的放最前" in order.reason.zh
    assert judge_lookup(question, needed(question), "\n".join((head, one))).of("order") == ()


def test_articles_cited() -> None:
    question = load_question("shop-refund-bundle")
    cited = ["shop-points-back", "shop-coupon-back-2024", "hotel-points", "no-such", "shop-clothes-return"]
    judgement = judge_lookup(question, cited, question.model_answer, level=2)
    status = {one.key: one.status for one in judgement.of("article")}
    assert status == {
        "shop-refund-when": "missing",
        "shop-points-back": "right",
        "shop-coupon-back": "missing",
        "shop-coupon-back-2024": "wrong",
        "hotel-points": "wrong",
        "no-such": "wrong",
        "shop-clothes-return": "wrong",
    }
    assert "2025-06-30" in line(judgement, "shop-coupon-back-2024").reason.en
    assert judgement.score < 1
    japan = load_question("telecom-japan-trip")
    assert judge_lookup(japan, ["telecom-roaming", "telecom-pack-cancel"], japan.model_answer).score == 1.0


def test_citing_a_related_article_costs_nothing() -> None:
    question = load_question("mobility-three-fees")
    judgement = judge_lookup(question, [*needed(question), "mobility-bike-card"], question.model_answer)
    assert judgement.score == 1.0
    hotel = load_question("hotel-gold-checkout")
    related = judge_lookup(hotel, [*needed(hotel), "hotel-points"], hotel.model_answer)
    assert line(related, "hotel-points").status == "neutral"
    assert related.score == 1.0


# --- what can't be bought ---


@pytest.mark.parametrize("name", QUESTIONS)
def test_pasted_articles_and_piles_of_words_are_refused(name: str) -> None:
    question, base = load_question(name), knowledge()
    bodies = [base[i].body for i in needed(question)]
    keys = " ".join(w.split("|")[0] for f in question.fact for w in (*f.about[:1], *f.words, *f.figures))
    attacks = {
        "copied": ["\n".join(bodies), "您好，" + "。另外，".join(bodies), f"您好！{bodies[0]}请您放心，谢谢您的理解。"],
        "pile": [keys],
        "empty": ["", " \n "],
    }
    for refused, texts in attacks.items():
        for text in texts:
            judgement = judge_lookup(question, needed(question), text)
            assert (judgement.refused, judgement.score, judgement.passed) == (refused, 0.0, False), text[:40]
            assert judgement.refusal is not None


def test_everything_that_was_found_is_too_much() -> None:
    question = load_question("shop-refund-bundle")
    others = "\n".join(load_question(name).model_answer for name in QUESTIONS if name.startswith(("telecom", "rail")))
    judgement = judge_lookup(question, needed(question), f"{question.model_answer}\n{others}")
    assert judgement.refused == "long"
    padded = question.model_answer + others[:300]
    assert line(judge_lookup(question, needed(question), padded), "length").points < 0


@pytest.mark.parametrize("name", QUESTIONS)
def test_another_questions_answer_fails(name: str) -> None:
    other = load_question(QUESTIONS[(QUESTIONS.index(name) + 1) % len(QUESTIONS)])
    assert not judged(name, other.model_answer).passed


def test_a_note_that_speaks_to_nobody_costs() -> None:
    note = (
        "1. 信用卡3至5个工作日到账，冲抵账单。\n2. 积分24小时内自动退回，没到再补。\n"
        "3. 券过期不会自动退，补发50元券一张，7天有效。"
    )
    judgement = judged("shop-refund-bundle", note)
    assert line(judgement, "address").points < 0
    assert judgement.score < 1


def test_copied_counts_runs_only() -> None:
    assert copied("一二三四五六七八九十甲乙", "一二三四五六七八九十甲乙丙") == 1.0
    assert copied("一二三四五六七八九十甲", "一二三四五六七八九十甲乙") == 0.0
    assert copied("子丑寅卯一二三四五六七八九十甲乙", "一二三四五六七八九十甲乙") == pytest.approx(12 / 16)


# --- the form of the judgement ---


def test_lines_add_up_and_are_told_in_both_languages() -> None:
    judgement = judged(ANSWERS[1]["question"], ANSWERS[1]["text"])
    earned = sum(one.points for one in judgement.lines) / sum(one.of for one in judgement.lines if one.of > 0)
    assert judgement.score == pytest.approx(max(0.0, earned), abs=1e-4)
    for one in judgement.lines:
        assert one.title.zh and one.title.en and one.reason.zh and one.reason.en
        assert "{" not in one.title.en + one.reason.en + one.reason.zh
        assert -25 <= one.points <= one.of or one.of == 0
    assert json.dumps(dataclasses.asdict(dataclasses.replace(judgement, lines=(), notes=(), refusal=None)))


def test_the_search_is_told_and_costs_nothing() -> None:
    question = load_question("shop-refund-bundle")
    at = datetime(2025, 10, 16, 9, 0)
    log = SearchLog().searched("券", ["shop-coupon-back-2024"], at=at)
    log = log.opened("shop-coupon-back-2024", at=at + timedelta(seconds=30))
    judgement = judge_lookup(question, needed(question), question.model_answer, log)
    assert judgement.score == 1.0
    assert judgement.behaviour.outdated == ("shop-coupon-back-2024",)
    assert any("已失效" in note.zh for note in judgement.notes)


# --- what is said of questions that are wrong ---


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'article = "shop-refund-when"\npart = "money"',
            'article = "no-such"\npart = "money"',
            "fact.article: 'shop-refund-when' is not allowed here; allowed: no-such, ",
        ),
        ('kind = "outdated"', 'kind = "other_plan"', "is 'other_plan', but the article is expired on 2025-10-16"),
        ('kind = "internal"', 'kind = "other_plan"', "the article's audience is 'internal'"),
        ("today = 2025-10-16", "today = 2025-05-01", "'shop-coupon-back' is upcoming on 2025-05-01"),
        ('figures = ["24小时"]', 'figures = ["25小时"]', "'25小时' stands neither in the case nor in an article"),
        ('figures = ["24小时"]', 'figures = ["很快"]', "'很快' holds no figure that is understood"),
        ('words = ["补|手动|手工|人工|加上"]', 'words = ["@没有这组"]', "'@没有这组' is unknown; allowed: "),
        ('words = ["补|手动|手工|人工|加上"]', 'words = ["补||手动"]', "has an empty wording"),
        ('words = ["补|手动|手工|人工|加上"]', "", "give words or figures that state the fact"),
        ('part = "coupon"\narticle', 'part = "cupon"\narticle', "'cupon' is not allowed here; allowed: coupon, money"),
        ('id = "points-else"', 'id = "points-auto"', "fact: two of them have the same id"),
        ('id = "shop-refund-bundle"', 'id = "other"', "must be the file's own name"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    source = next(p for p in question_files() if p.stem == "shop-refund-bundle").read_text("utf-8")
    assert old in source
    path = tmp_path / "shop-refund-bundle.toml"
    path.write_text(source.replace(old, new, 1), "utf-8")
    assert says in "\n".join(map(str, review_question(path)))


def test_an_unknown_question_names_those_there_are() -> None:
    with pytest.raises(KeyError, match="shop-refund-bundle"):
        load_question("no-such")
    with pytest.raises(DataFileError, match="there is no such file"):
        read_question(Path("no-such.toml"))
