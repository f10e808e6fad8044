"""Where several things may be ticked, each is told right or wrong by itself, however the whole was marked."""

from __future__ import annotations

from csworkshop.exercises.activity import dump
from csworkshop.exercises.feedback import as_html, verdict
from csworkshop.exercises.kinds import kind_of
from csworkshop.exercises.kinds.choice import Choice
from csworkshop.exercises.kinds.decode import Decode
from csworkshop.exercises.kinds.diagnose import Diagnose
from csworkshop.exercises.library import exercise_files, read_any
from csworkshop.exercises.marking import mark
from csworkshop.widgets.screen import activity_marks


def test_of_everything_ticked_in_a_choice_the_right_ones_are_right() -> None:
    for exercise in map(read_any, exercise_files(kind="choice")):
        assert isinstance(exercise, Choice)
        everything = dump({"chosen": {q.id: [o.id for o in q.options] for q in exercise.questions}})
        marks = mark(everything, exercise)
        for question, line in zip(exercise.questions, marks.lines, strict=True):
            assert set(line.right) == question.right
            assert set(line.wrong) == {o.id for o in question.options} - question.right
            assert line.reason().count("\n") == len(question.options) - 1  # a line for each


def test_clauses_that_show_the_feeling_stay_right_among_too_many() -> None:
    for exercise in map(read_any, exercise_files(kind="decode")):
        assert isinstance(exercise, Decode)
        every = {m.id: {"words": list(range(len(m.phrases)))} for m in exercise.messages}
        lines = {line.item: line for line in mark(dump({"read": every}), exercise).lines}
        for message in exercise.messages:
            line = lines[f"{message.id}-words"]
            signs = message.numbers([s.words for s in message.signs])
            assert set(line.right) == {str(n) for n in signs}
            assert set(line.wrong).isdisjoint(line.right) and line.wrong


def test_evidence_that_proves_stays_right_beside_what_does_not() -> None:
    for exercise in map(read_any, exercise_files(kind="diagnose")):
        assert isinstance(exercise, Diagnose)
        answer = kind_of(exercise).model_answer(exercise)
        answer = {**answer, "evidence": answer["log"]}
        line = next(x for x in mark(dump(answer), exercise).lines if x.item == "evidence")
        assert set(line.right) == set(exercise.proof)
        assert set(line.right) | set(line.wrong) == set(answer["evidence"])


def test_the_pass_mark_is_told_in_the_cells_own_points() -> None:
    exercise = read_any(next(iter(exercise_files(kind="choice"))))
    assert isinstance(exercise, Choice)
    marks = mark("", exercise)
    marks = mark(dump(kind_of(exercise).poor_answers(exercise)[0]), exercise) if marks.refusal else marks
    need = f"{exercise.pass_mark / 10:g}"
    assert verdict(marks, exercise, "zh", 10) == f"还没达标（需要 {need} 分）"
    assert f"还没达标（需要 {need} 分）" in as_html(marks, exercise, "zh", 10)
    assert activity_marks(marks, exercise, 10)["verdict"] == {"zh": "还没达标", "en": "Not passed yet"}
