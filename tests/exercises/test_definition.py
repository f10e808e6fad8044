"""A broken exercise file is its author's error: one sentence with file, key, what is wrong and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkshop.exercises.definition import Exercise, from_scenario, read_exercise
from csworkshop.exercises.library import UnknownExercise, exercise_files, load_exercise
from csworkshop.techniques.scenario import Scenario
from csworkshop.text.datafile import DataFileError

SOUND = """\
schema = 1
id = "m2-parcel"
kind = "rewrite"
module = "m2"
level = 1
title = { zh = "包裹", en = "Parcel" }
task = { zh = "重写。", en = "Rewrite." }
flawed_reply = "请耐心等待。"
hints = ["先看客户急什么。", "再给一个时间。"]
model_answer = "今天18点前送到，送到我来电话。"

[scenario]
persona = "adult"
emotion = "anxiety"
channel = "chat"
customer = "我的包裹呢？"
facts = ["预计今天18:00送达"]

[scorecard]
pass_mark = 60
techniques = [{ item = "specific_time", weight = 2 }, { item = "follow_up", weight = 1 }]
faults = [{ item = "vague", penalty = 10 }]
critical = ["rude"]
"""

# what is broken: (text of the sound file, what stands there instead), key named, words of the message
BROKEN: dict[str, tuple[tuple[str, str], str, tuple[str, ...]]] = {
    "unknown technique": (('"follow_up"', '"folow_up"'), "scorecard", ("techniques[1]", "'folow_up'", "follow_up")),
    "fault among the techniques": (('"follow_up"', '"rude"'), "scorecard", ("techniques[1]", "'rude'", "allowed")),
    "technique among the faults": (('"vague"', '"empathy"'), "scorecard", ("faults[0]", "'empathy'", "vague")),
    "unknown critical fault": (('["rude"]', '["rudeness"]'), "scorecard", ("critical[0]", "'rudeness'", "rude")),
    "technique named twice": (('"follow_up"', '"specific_time"'), "scorecard", ("techniques[1]", "twice")),
    "critical under faults too": (('["rude"]', '["vague"]'), "scorecard", ("critical", "vague", "faults too")),
    "weight 0": (("weight = 2", "weight = 0"), "scorecard.techniques[0].weight", ("greater than 0", "found 0")),
    "weight too great": (("weight = 2", "weight = 11"), "scorecard.techniques[0].weight", ("10", "found 11")),
    "weight is a word": (("weight = 2", 'weight = "much"'), "scorecard.techniques[0].weight", ("number", "'much'")),
    "penalty over 100": (("penalty = 10", "penalty = 101"), "scorecard.faults[0].penalty", ("100", "found 101")),
    "pass mark over 100": (("pass_mark = 60", "pass_mark = 600"), "scorecard.pass_mark", ("100", "found 600")),
    "pass mark 0": (("pass_mark = 60", "pass_mark = 0"), "scorecard.pass_mark", ("1", "found 0")),
    "no technique at all": (
        ('[{ item = "specific_time", weight = 2 }, { item = "follow_up", weight = 1 }]', "[]"),
        "scorecard.techniques",
        ("at least 1",),
    ),
    "missing key": (('model_answer = "今天18点前送到，送到我来电话。"\n', ""), "model_answer", ("missing",)),
    "missing weight": ((", weight = 2", ""), "scorecard.techniques[0].weight", ("missing",)),
    "misspelt key": (("flawed_reply", "flawd_reply"), "flawed_reply", ("missing", "1 more")),
    "misspelt key in the scenario": (("persona", "personna"), "scenario.personna", ("no such key", "spelling")),
    "misspelt key in the scorecard": (("pass_mark", "passmark"), "scorecard.passmark", ("no such key",)),
    "unknown persona": (('"adult"', '"teen"'), "scenario.persona", ("gen_z", "senior", "enterprise", "'teen'")),
    "unknown emotion": (('"anxiety"', '"sad"'), "scenario.emotion", ("anger", "disappointment", "'sad'")),
    "unknown channel": (('"chat"', '"fax"'), "scenario.channel", ("phone", "email", "review", "'fax'")),
    "unknown module": (('module = "m2"', 'module = "m9"'), "module", ("m1", "m7", "'m9'")),
    "unknown kind": (('"rewrite"', '"essay"'), "kind", ("rewrite", "'essay'")),
    "level 4": (("level = 1", "level = 4"), "level", ("3", "found 4")),
    "newer schema": (("schema = 1", "schema = 2"), "schema", ("1", "found 2")),
    "title in one language": ((', en = "Parcel"', ""), "title.en", ("missing",)),
    "empty task": (('"重写。"', '""'), "task.zh", ("at least 1",)),
    "a single hint": ((', "再给一个时间。"', ""), "hints", ("at least 2",)),
    "empty hint": (('"再给一个时间。"', '""'), "hints[1]", ("at least 1",)),
    "id with capitals": (('"m2-parcel"', '"M2-Parcel"'), "id", ("pattern", "'M2-Parcel'")),
    "id unlike the file's name": (('"m2-parcel"', '"m2-packet"'), "id", ("'m2-packet'", "'m2-parcel'")),
    "flawed reply inside the scenario": (
        ('persona = "adult"', 'persona = "adult"\nflawed_reply = "等着"'),
        "scenario.flawed_reply",
        ("exercise itself",),
    ),
    "TOML with an open quotation": (('"请耐心等待。"', '"请耐心等待。'), "", ("not valid TOML", "line 8")),
    "the same key twice": (("level = 1", "level = 1\nlevel = 2"), "", ("not valid TOML", "line 6")),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "m2-parcel.toml"


def test_sound_file_is_read(path: Path) -> None:
    path.write_text(SOUND, "utf-8")
    exercise = read_exercise(path)
    assert exercise.id == "m2-parcel"
    assert exercise.scenario.customer == "我的包裹呢？"
    assert [t.item for t in exercise.scorecard.techniques] == ["specific_time", "follow_up"]


@pytest.mark.parametrize("case", BROKEN)
def test_broken_file_names_file_key_and_what_is_allowed(case: str, path: Path) -> None:
    (old, new), key, words = BROKEN[case]
    assert SOUND.count(old) >= 1, "the test must break something"
    path.write_text(SOUND.replace(old, new, 1), "utf-8")
    with pytest.raises(DataFileError) as raised:
        read_exercise(path)
    said = str(raised.value)
    assert raised.value.key == key
    assert said.startswith(f"{path}: {key}: " if key else f"{path}: ")
    for word in words:
        assert word in said
    assert "\n" not in said, "one sentence, not a stack of them"


def test_file_in_another_encoding(path: Path) -> None:
    path.write_bytes(SOUND.encode("gb18030"))
    with pytest.raises(DataFileError, match=r"is not UTF-8 text \(byte \d+\); save it as UTF-8"):
        read_exercise(path)


def test_file_that_is_not_there(path: Path) -> None:
    with pytest.raises(DataFileError, match="there is no such file"):
        read_exercise(path)


def test_folder_of_files_is_found_in_order(tmp_path: Path) -> None:
    for name in ("m2/b.toml", "m1/c.toml", "m2/a.toml", "m2/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [p.relative_to(tmp_path).as_posix() for p in exercise_files(tmp_path)]
    assert found == ["m1/c.toml", "m2/a.toml", "m2/b.toml"]


def test_unknown_exercise_names_those_that_come_close() -> None:
    with pytest.raises(UnknownExercise, match=r"did you mean .*m2-vague-delivery") as raised:
        load_exercise("m2-vage-delivery")
    assert str(raised.value).startswith("there is no exercise 'm2-vage-delivery'")


@pytest.mark.parametrize(("emotion", "asked"), [("anger", "empathy"), ("calm", "solution")])
def test_bare_scenario_gets_the_general_scorecard(emotion: str, asked: str) -> None:
    exercise: Exercise = from_scenario(Scenario.model_validate({"customer": "喂", "emotion": emotion}))
    assert asked in [t.item for t in exercise.scorecard.techniques]
    assert "rude" in exercise.scorecard.critical
