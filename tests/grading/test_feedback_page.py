"""The feedback page: what it says, what it leaves out, and that it loads and runs nothing."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.library import load_exercise
from csworkshop.grading import course as commands
from csworkshop.grading.decisions import record_overrides, reply_key
from csworkshop.grading.feedback_page import page_html
from csworkshop.grading.opening import CourseError

from .conftest import EXERCISES, HONEST, Class, expected

E0 = EXERCISES[0]


def page(course: Class, student: str = "alice", lang: str = "zh") -> str:
    done = commands.feedback("m2", course.root, hand_back=False, lang=lang)
    assert done.status == 0
    return (course.root / "feedback" / student / "m2" / "m2.html").read_text("utf-8")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_what_the_trainee_needs(course: Class, lang: str) -> None:
    course.submit("alice")
    course.grade()
    html = page(course, lang=lang)
    exercise = load_exercise(E0)
    score = "得分" if lang == "zh" else "Score"
    assert f"{score} {expected():g} / 10" in html and f"{score} 0 / 10" in html
    assert exercise.title[lang] in html and exercise.scenario.customer in html
    plain = re.sub(r"</?mark[^>]*>", "", html)
    assert HONEST in plain and '<mark class="earned"' in html
    assert ("客户可能会说" if lang == "zh" else "The customer might say") in html
    assert re.search(r'class="item missing".*?class="why"', html, re.DOTALL)
    assert ("还没有写内容" if lang == "zh" else "Nothing has been written yet") in html
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in html


def test_it_loads_and_runs_nothing(course: Class) -> None:
    course.submit("alice")
    course.grade()
    html = page(course)
    assert "default-src 'none'" in html
    assert not re.search(r"<(script|img|link|iframe|object|form|base)\b|https?://|url\(|@import|\son\w+=", html)


def test_the_model_answer_is_shown_only_where_the_instructor_allows_it(course: Class) -> None:
    course.submit("alice")
    course.grade()
    exercise = load_exercise(E0)
    need, start = exercise.scenario.hidden_need, "参考答案（好的写法不止一种）"
    html = page(course)
    assert need not in html and start not in html
    settings = course.root / "course_settings.py"
    settings.write_text("c = get_config()\nc.FeedbackPage.model_answer = True\n", "utf-8")
    html = page(course)
    assert need in html and start in html
    assert exercise.model_answer in re.sub(r"</?mark[^>]*>", "", html)


def test_a_setting_of_a_wrong_kind_is_said(course: Class) -> None:
    course.submit("alice")
    course.grade()
    settings = course.root / "course_settings.py"
    settings.write_text("c = get_config()\nc.FeedbackPage.model_answer = 'perhaps'\n", "utf-8")
    with pytest.raises(CourseError, match="model_answer"):
        page(course)


def test_earlier_versions_and_earlier_submissions(course: Class) -> None:
    folder = course.submit("alice", {E0: "第一次写的，尽快处理。"})
    AnswerFile(folder).keep(E0, "最早的草稿")
    course.grade()
    html = page(course)
    assert "以前写的（1）" in html and "最早的草稿" in html
    assert page(course) == html  # handing back again makes no new attempt
    shutil.rmtree(folder)
    course.submit("alice", {E0: HONEST})
    course.grade()
    html = page(course)
    first = expected("第一次写的，尽快处理。")
    assert "以前写的（1）" in html and f"得分 {first:g} / 10" in html and "第一次写的，尽快处理。" in html
    assert "<details><summary>" in html  # folded up


def test_an_override_that_is_not_graded_yet_is_warned_of(course: Class) -> None:
    course.submit("alice")
    course.grade()
    said = {"assignment": "m2", "student": "alice", "exercise": E0, "item": "total", "verdict": "points"}
    entry = {**said, "points": 1.0, "comment": "x", "who": "w", "reply": reply_key(HONEST)}
    record_overrides(course.root, [entry])
    done = commands.feedback("m2", course.root, hand_back=False, lang="en")
    assert any("alice" in w and "run csworkshop grade m2 first" in w for w in done.warnings)
    course.grade()
    assert not commands.feedback("m2", course.root, hand_back=False).warnings


def test_what_went_wrong_is_on_the_page(course: Class) -> None:
    (course.submit("eve") / "answers.json").write_text("{")
    (course.submit("max") / "answers.json").unlink()
    course.grade()
    assert "答题文件已损坏" in page(course, "eve") and "没有找到答题文件" in page(course, "max")


def test_scores_late_penalties_and_extra_credit_are_the_gradebooks(course: Class) -> None:
    course.submit("alice")
    course.grade()
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade(E0, "m2", "m2", "alice")
        grade.manual_score, grade.extra_credit = 3.0, 0.5
        gradebook.find_submission_notebook("m2", "m2", "alice").late_submission_penalty = 1.0
        gradebook.db.commit()
    html = page(course)
    assert "由讲师直接给定：3" in html and "讲师另加 0.5 分" in html and "迟交扣 1 分" in html
    assert '<p class="points big">2.5<small> / 20</small></p>' in html


def test_a_history_that_anybody_may_have_written(course: Class) -> None:
    folder = course.submit("alice")
    data = json.loads((folder / "answers.json").read_text("utf-8"))
    odd = [{"text": "<b>x</b>" * 9000, "saved_at": "<i>"}, {"text": 7}, "x", None, {"saved_at": 5, "text": "没有时间"}]
    data["answers"][E0]["history"] = odd
    (folder / "answers.json").write_text(json.dumps(data), "utf-8")
    course.grade()
    html = page(course)
    assert "<b>x" not in html and "没有时间" in html and len(html) < 200_000


def test_the_folder_is_what_nbgrader_hands_back(course: Class) -> None:
    course.submit("alice")
    course.grade()
    page(course)
    folder = course.root / "feedback" / "alice" / "m2"
    travelling = ["submission_secret.txt", "timestamp.txt"]
    assert sorted(p.name for p in folder.iterdir()) == ["csworkshop-page.json", "m2.html", *travelling]
    assert [p for p in folder.parent.iterdir() if p.name != "m2"] == []


def test_stock_feedback_may_come_before_or_after(course: Class) -> None:
    import subprocess
    import sys

    course.submit("alice")
    course.grade()
    path: Path = course.root / "feedback" / "alice" / "m2" / "m2.html"
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", "m2", "--force"]
    for _ in range(2):
        subprocess.run(command, cwd=course.root, check=True, capture_output=True)
        assert "(Score:" in path.read_text("utf-8")
        assert "客户可能会说" in page(course)


def test_nothing_graded_yet(course: Class) -> None:
    course.submit("alice")
    with pytest.raises(CourseError, match="nothing of m2 is graded yet"):
        page(course)


def test_a_page_of_nothing_is_still_a_page() -> None:
    from csworkshop.grading.feedback_page import Page

    html = page_html(Page("m2", "<b>", "", ()), "zh")
    assert "<main>" in html and "&lt;b&gt;" in html
