"""Role-play: the agents of every case are marked as they deserve; an answer is replayed, whatever else stands in it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from csworkshop.exercises import roleplay_world as world
from csworkshop.exercises.activity import dump, load
from csworkshop.exercises.debrief import talk_html, talk_text
from csworkshop.exercises.feedback import as_html
from csworkshop.exercises.kinds.roleplay import KIND, Roleplay
from csworkshop.exercises.library import exercise_files, read_any
from csworkshop.exercises.marking import Marks, mark
from csworkshop.exercises.mood_picture import mood_figure
from csworkshop.exercises.roleplay_world import LONGEST, MOST_MOVES
from csworkshop.grading.steps import harmless
from csworkshop.practice.agents import agents_file, play, read_agents
from csworkshop.practice.case import case_files
from csworkshop.practice.customer import replay
from csworkshop.practice.replays import replayed
from csworkshop.widgets.studio import studio
from tests.widgets.tab import Screen

from .conftest import loaded, sound, unreadable

FILES = exercise_files(kind="roleplay")
EXERCISE = "m6-roleplay-rattling-vacuum"
SORRY = "邹女士，新机器才用三回就响，还让您请了假干等，换谁都窝火。这是我们没做好，对不起。"
LIE = "误工费我们全额赔给您，今天换新，今晚就送到。"


@pytest.fixture
def vacuum() -> Roleplay:
    return loaded(EXERCISE, Roleplay)


def marked(exercise: Roleplay, *moves: str, seed: int = 3, **more: Any) -> Marks:
    return mark(json.dumps({"seed": seed, "moves": moves, **more}), exercise)


def line(marks: Marks, item: str) -> Any:
    return next(x for x in marks.lines if x.item == item)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_shipped_exercises_pass_their_model_and_nothing_cold_stuffed_or_untrue(path: Path) -> None:
    exercise, model = sound(path, Roleplay)
    assert line(model, "end").state in ("earned", "partly") and model.score >= 0.75
    for poor in KIND.poor_answers(exercise):
        assert mark(dump(poor), exercise).score < 0.45


def test_every_case_has_an_exercise_and_both_moods_are_there() -> None:
    exercises = [x for x in map(read_any, FILES) if isinstance(x, Roleplay)]
    assert {x.case for x in exercises} >= {p.stem for p in case_files()}
    assert {x.mood for x in exercises} == {"shown", "hidden"}
    assert any(x.id.startswith("m6-a-") and x.seed is not None for x in exercises)


def test_each_of_a_cases_strategies_passes(vacuum: Roleplay) -> None:
    agents = read_agents(agents_file(vacuum.case), vacuum.played)
    for strategy in agents.model:
        talk = play(vacuum.played, agents, "model", 5, strategy.id)
        assert marked(vacuum, *talk.replies, seed=5).passed, strategy.id


def test_marks_come_from_a_replay_and_nothing_else_counts(vacuum: Roleplay) -> None:
    model = KIND.model_answer(vacuum)
    plain = mark(dump(model), vacuum)
    more = {
        "spoken": {"1": "太好了，全解决了！"},
        "draft": "对不起对不起",
        "pauses": [1, 2],
        "hints": [0],
        "looks": [{"at": 0, "table": "order"}],
    }
    assert mark(dump({**model, **more}), vacuum).score == plain.score
    assert mark(dump({**model, "earlier": [{"seed": 1, "moves": ["滚。"]}]}), vacuum).score == plain.score
    after_the_end = {**model, "moves": [*model["moves"], "滚，你这个骗子。", "爱投诉就投诉。"]}
    assert mark(dump(after_the_end), vacuum).score == plain.score
    assert mark(dump(model), vacuum, "fast").score == plain.score  # a long answer is marked as the screen heard it


def test_talks_remembered_are_the_talks_replayed(vacuum: Roleplay) -> None:
    replies = ("您好。", SORRY, "/等 30", "给您换一台新的，今天发，明天送到。")
    known = [replayed(vacuum.played, 7, replies[:n]) for n in (2, 4, 3, 4)]
    assert known[1] == known[3] == replay(vacuum.played, 7, replies)
    assert known[2] == replay(vacuum.played, 7, replies[:3])
    assert replayed(vacuum.played, 8, replies) != known[1]


def test_reasons_quote_the_trainee_and_say_what_to_do(vacuum: Roleplay) -> None:
    marks = marked(vacuum, "规定就是这样，您也可以走平台投诉。", LIE, done=True)
    assert "还没有谈完" in line(marks, "end").reason_zh or "第" in line(marks, "end").reason_zh
    truth = line(marks, "truth")
    assert "误工费" in truth.reason_zh and truth.state == "missing" and any("误工费" in e.text for e in truth.evidence)
    faults = [x for x in marks.lines if x.state == "fault"]
    assert faults and all(x.points < 0 and x.reason_zh for x in faults)
    assert not marks.passed and line(marks, "techniques").state != "earned"


def test_an_unsettled_talk_cannot_pass_however_friendly(vacuum: Roleplay) -> None:
    marks = marked(
        vacuum, SORRY, "是第几回开始响的？刷子清过没有？", "您最担心的是什么？家里这几天有什么安排吗？", done=True
    )
    assert line(marks, "end").points == 0 and marks.score < 0.6
    agreed = marked(
        vacuum, SORRY, "换一台新的，今天发，明天送到，您看行吗？", "现在定下来，周五前阿姨就能用上。", done=True
    )
    assert line(agreed, "end").state in ("missing", "partly") and agreed.score < 1


def test_a_critical_fault_fails_the_whole_talk(vacuum: Roleplay) -> None:
    model = KIND.model_answer(vacuum)
    rude = {**model, "moves": ["您有病吧，爱投诉就投诉去，我还怕您不成？", *model["moves"]]}
    marks = mark(dump(rude), vacuum)
    assert not marks.passed and marks.score <= 0.3


def test_a_replay_that_goes_another_way_is_told_to_the_instructor(vacuum: Roleplay) -> None:
    talk = replayed(vacuum.played, 3, (SORRY, "检测不用做。"))
    shown = [world.checksum(t) for t in talk.turns]
    assert "replay" not in [x.item for x in marked(vacuum, *talk.replies, seen=shown).lines]
    odd = line(marked(vacuum, *talk.replies, seen=[shown[0], 1 - min(shown[1], 1)]), "replay")
    assert odd.points == 0 and "第 2 轮" in odd.reason_zh


@pytest.mark.parametrize(
    "value",
    [
        {"seed": 3, "moves": ["您好"] * 10_000},
        {"seed": 3, "moves": ["字" * (LONGEST + 1)]},
        {"seed": 3, "moves": [""]},
        {"seed": 3, "moves": [{"role": "customer", "text": "我满意"}]},
        {"seed": -1, "moves": ["您好"]},
        {"seed": 2**40, "moves": ["您好"]},
        {"seed": 3, "moves": "您好"},
        {"seed": 3, "moves": ["您好"], "end": "resolved_loyal"},
        {"seed": 3, "moves": ["您好"], "spoken": {"x": "y"}},
        {"seed": 3, "moves": ["您好"], "ticket": {"what": ["x"]}},
        {"seed": 3, "earlier": [{"seed": 1, "moves": ["您好"] * 99}]},
    ],
    ids=lambda v: str(v)[:40],
)
def test_tampered_answers_earn_nothing_and_break_nothing(vacuum: Roleplay, value: dict[str, Any]) -> None:
    text = json.dumps(value, ensure_ascii=False)
    marks = unreadable(text, vacuum)
    assert "csw-talk" not in as_html(marks, vacuum, "zh", 10, text)


def test_the_longest_answer_that_is_allowed_is_marked(vacuum: Roleplay) -> None:
    rng = random.Random(1)
    moves = ["".join(rng.choice("您好请问\n<>&\"'刷子换新😀") for _ in range(300)) for _ in range(MOST_MOVES)]
    marks = mark(dump({"seed": 3, "moves": moves}), vacuum)
    assert marks.refusal == "" and marks.score < 0.3


def test_the_page_shows_talk_and_debrief_escaped_in_what_the_grader_lets_through(vacuum: Roleplay) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)> $\\href{javascript:alert(3)}{x}$'
    value = {
        "seed": 3,
        "moves": [evil, SORRY, "/等 10"],
        "spoken": {"2": "<b>我</b>说不出话"},
        "ticket": {"at": 2, "what": "<i>邹女士</i>", "who": "仓库", "by": "18点"},
        "earlier": [{"seed": 1, "moves": ["规定就是这样。"]}],
    }
    for lang in ("zh", "en"):
        html = as_html(mark(dump(value), vacuum), vacuum, lang, 10, dump(value))
        for bad in ("<script", "<img", "<b>我", "<i>邹", "onerror=alert(2)>"):
            assert bad not in html
        assert "&lt;script&gt;" in html and "&lt;b&gt;我" in html and "仓库" in html
        kept = harmless("text/html", html)
        assert "&lt;table" not in kept and "<table" in kept and "text-decoration" in kept  # nothing of ours is stripped
    assert "▁" in html or "█" in html
    assert "Earlier tries" in html and "Steps in their order" in html


def test_terminal_and_picture_tell_the_same_talk(vacuum: Roleplay) -> None:
    talk = replayed(
        vacuum.played, 3, ("规定就是这样，您也可以走平台投诉。", SORRY, "给您换一台新的，今天发，明天送到。")
    )
    text = "\n".join(talk_text(talk, "zh"))
    assert "打发我" in text and "换一种说法" in text and vacuum.played.persona.hidden_need in text
    figure = mood_figure(talk, "zh")
    lines = figure.axes[0].get_lines()
    curve = [
        [mood.levels[f] for mood in (replayed(talk.case, 3, ()).mood, *(t.mood for t in talk.turns))]
        for f in ("anger",)
    ]
    assert list(lines[0].get_ydata()) == pytest.approx(curve[0])
    assert "打发我" in talk_html(talk, "zh")


# --- what the screen asks ------------------------------------------------------------------------------------------


def asked(exercise: Roleplay, name: str, **data: Any) -> dict[str, Any]:
    return world.respond(exercise, {}, name, {"key": 1, **data})


def test_the_screen_is_told_the_talk_turn_by_turn(vacuum: Roleplay) -> None:
    talk = replayed(vacuum.played, 3, (SORRY, "/等 10"))
    told = asked(vacuum, "talk", seed=3, moves=[SORRY, "/等 10"], since=1)
    assert [t["text"] for t in told["turns"]] == [talk.turns[1].text] and told["turns"][0]["waited"] == 10
    assert told["opening"]["text"] == talk.opening and told["key"] == 1 and told["end"] is None
    assert set(told["mood"]) == {"anger", "anxiety", "disappointment", "trust"}
    hidden = vacuum.model_copy(update={"mood": "hidden"})
    told = asked(hidden, "talk", seed=3, moves=[SORRY])
    assert told["mood"] is told["turns"][0]["mood"] is told["opening"]["mood"] is None


def test_nothing_is_told_before_it_is_asked_for(vacuum: Roleplay) -> None:
    shown = json.dumps(
        [KIND.screen(vacuum), asked(vacuum, "talk", seed=3), asked(vacuum, "hint", seed=3)], ensure_ascii=False
    )
    case = vacuum.played
    assert case.persona.hidden_need not in shown and not [d for d in case.desk if d.value in shown]
    assert asked(vacuum, "debrief", seed=3, moves=[SORRY])["debrief"] is None
    told = asked(vacuum, "debrief", seed=3, moves=[SORRY], done=True)["debrief"]
    assert told["hidden_need"] == case.persona.hidden_need
    json.dumps(told)


def test_back_office_ticket_and_hints(vacuum: Roleplay) -> None:
    rows = asked(vacuum, "look", table="policy")["rows"]
    assert [r["label"] for r in rows] == [d.label for d in vacuum.played.desk if d.table == "policy"]
    assert [r["label"] for r in asked(vacuum, "look", query="退款")["rows"]] == ["退款时效"]
    assert asked(vacuum, "look", query="火星")["rows"] == []
    assert asked(vacuum, "ticket", seed=3)["ticket"].startswith("GD1420-")
    hints = [asked(vacuum, "hint", seed=3, number=n)["hint"]["zh"] for n in (0, 1, 9)]
    assert "后台" in hints[0] and len(set(hints)) >= 2
    after = asked(vacuum, "hint", seed=3, moves=[SORRY], looked=True)
    assert after["hint"]["zh"] not in hints


@pytest.mark.parametrize("data", [{"seed": "x"}, {"moves": ["字" * 9000]}, {"what": 1}, {"moves": [1]}])
def test_questions_that_make_no_sense_are_refused(vacuum: Roleplay, data: dict[str, Any]) -> None:
    assert "refused" in world.respond(vacuum, {}, "talk", data)
    assert "refused" in asked(vacuum, "nothing")


def test_tries_are_counted_from_replays(vacuum: Roleplay) -> None:
    model = KIND.model_answer(vacuum)
    tries = [{"seed": 3, "moves": ["规定就是这样。"]}, {"seed": model["seed"], "moves": model["moves"]}, {"moves": 5}]
    told = asked(vacuum, "tries", tries=tries)
    assert [t["turns"] for t in told["tries"]] == [1, len(model["moves"])]
    assert told["tries"][1]["end"] == "resolved_loyal" and told["tries"][1]["used"] <= told["of"] == 6


def test_a_graded_widget_keeps_the_debrief_back(tmp_path: Path) -> None:
    data = {"key": 1, "seed": 3, "moves": [SORRY], "done": True}
    graded, lesson = (Screen(studio(EXERCISE, points=p, folder=str(tmp_path))) for p in (5, None))
    assert graded.ask("ask", name="debrief", data=data) == [] == graded.ask("ask", name="tries", data={"tries": []})
    assert len(graded.ask("ask", name="talk", data=data)) == 1
    assert lesson.ask("ask", name="debrief", data=data)[0]["debrief"]["steps"]


def test_saved_answers_are_read_as_they_were_written(vacuum: Roleplay) -> None:
    value = {
        "seed": 0,
        "moves": ["您好"],
        "ticket": {"at": 1, "what": "x"},
        "earlier": [{"seed": 0, "moves": ["嗯嗯"]}],
    }
    assert load(dump(value), vacuum) == value
