"""Case files: what is refused and how it is told, what the checker for cases finds, and that what ships is clean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from csworkshop.practice.agents import KINDS, agents_file, play, read_agents
from csworkshop.practice.case import case_files, load_case, read_case
from csworkshop.practice.customer import replay
from csworkshop.practice.lint import lint
from csworkshop.practice.mood import FILE, read_table
from csworkshop.text.datafile import DataFileError

CASES = [p.stem for p in case_files()]
MODEL = next(p for p in case_files() if p.stem == "rattling-vacuum")


def _changed(folder: Path, old: str, new: str, *, pattern: bool = False) -> Path:
    """The model case with one place changed."""
    text = MODEL.read_text("utf-8")
    after = re.sub(old, lambda _: new, text, count=1, flags=re.DOTALL) if pattern else text.replace(old, new, 1)
    assert after != text, f"{old!r} stands nowhere in the case"
    path = folder / MODEL.name
    path.write_text(after, "utf-8")
    return path


@pytest.mark.parametrize("case_id", CASES)
def test_the_shipped_cases_have_nothing_to_mend(case_id: str) -> None:
    assert [str(f) for f in lint(agents_file("x").parents[1] / f"{case_id}.toml")] == []


@pytest.mark.parametrize("case_id", CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_skill_wins_and_the_rest_does_not(case_id: str, kind: str) -> None:
    case = load_case(case_id)
    agents = read_agents(agents_file(case_id), case)
    plans = [s.id for s in agents.model] if kind == "model" else [""]
    for plan in plans:
        talk = play(case, agents, kind, 7, plan)  # type: ignore[arg-type]
        assert talk.good is (kind == "model"), f"{plan}: {talk.end}"
        said = [talk.opening, *(p.text for t in talk.turns for p in t.parts)]
        assert len(set(said)) == len(said)
        assert replay(case, 7, talk.replies).words == talk.words


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ('id = "rattling-vacuum"', 'id = "other"', "id", "file's own name"),
        ('kind = "adult"', 'kind = "robot"', "persona.kind", "'gen_z', 'adult', 'senior' or 'enterprise'"),
        ('until = ["told:window"', 'until = ["told:windows"', "", "asks.test.until: 'told:windows' can never come"),
        ("{ turns = 1 }]", "{ turn = 1 }]", "stages.greeting.leave[0].turn", "no such key"),
        ("'地[板面砖毯]'", "'地[板'", "knows[3].asked", "is no regular expression"),
        (
            'empathy = ["总算有人说句人话。"',
            'empathy = ["总算有人说{name}。"',
            "lines.empathy[0].say",
            "{name} is no place",
        ),
        ("most = 200\n", "", "desk[6]", "a limit needs `most`, `unit` and `about` together"),
        ('[[beats]]\nid = "husband"', '[[beats]]\nid = "review"', "", "beats[1].id: 'review' stands there twice"),
        ("sorry_again = [", "sorry_twice = [", "", "lines: sorry_again is missing"),
        ("misread = [", "misreads = [", "", "lines.misreads: is no situation; allowed: pile"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(
    tmp_path: Path, old: str, new: str, key: str, message: str
) -> None:
    with pytest.raises(DataFileError) as refused:
        read_case(_changed(tmp_path, old, new))
    assert message in str(refused.value) and key in refused.value.key


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "when = { at_least = { anger = 80 }, turns = 2 }",
            "when = { at_least = { anger = 80 }, at_most = { anger = 40 } }",
            "beats.review.when: can never hold: anger must be at least 80 and at most 40",
        ),
        (
            'when = { did = ["offered"], never = ["accepted"] }',
            'when = { did = ["accepted"], never = ["accepted"] }',
            "asks.howlong.when: can never hold: accepted must have come and must never have come",
        ),
        ("leave = [{ turns = 1 }]", "leave = []", "stages.greeting.leave: dead end"),
        ("leave = [{ turns = 1 }]", "leave = [{ turns = 90 }]", "stages.greeting.leave: dead end"),
        ('wants = ["told:arrival"]', 'wants = ["told:pickup"]', "options.swap.wants: dead end: no [[asks]] asks for"),
        (', { did = ["out_of_patience"] }, { did = ["nothing_left"] }', "", "a talk can go on for ever"),
        ("likes = 63", "likes = 20", "at least two allowed options must be acceptable"),
        ("feels = { anger = 1.1 }", "calms = { anger = 0.1 }", "a mood that can't be left: anger"),
        (
            'push = ["人呢？说句话。", "我等着呢，你怎么说？"]',
            'push = [{ say = ["人呢？说句话。", "我等着呢，你怎么说？"], mood = ["angry"] }]',
            "stages.greeting.push: nothing to say in the mood anxious, let_down, calm, warm",
        ),
        ("往外推，我钱是付给你们的。", "头一回还好，第二回就有点响，第三回整间屋都听得见。", "stands nearly so under"),
        ("今天发出，预计明天送到", "今天发出，后天送到", "desk.arrival.true: doesn't match the row's own value"),
        ("'(?:没货|缺货|断货|没有现货)'", "'现货'", "desk.stock.false: matches the row's own value"),
        (
            'zh = "退货退款"',
            'zh = "钱款返还"',
            "options.refund.offers: doesn't match the option's own title '钱款返还'",
        ),
        (
            '岔子。", mood = ["angry", "let_down"]',
            '岔子。", mood = ["angry"]',
            "never said: in no mood of angry can it come to",
        ),
    ],
)
def test_what_will_not_play_well_is_found(tmp_path: Path, old: str, new: str, message: str) -> None:
    found = [str(f) for f in lint(_changed(tmp_path, old, new))]
    assert any(message in f for f in found), found
    assert all(str(tmp_path) in f for f in found)


def test_the_moods_file_knows_what_can_happen(tmp_path: Path) -> None:
    path = tmp_path / "moods.toml"
    path.write_text(FILE.read_text("utf-8").replace("[rules.blame]", "[rules.blames]"), "utf-8")
    with pytest.raises(DataFileError, match=r"rules\.blames: is nothing that happens"):
        read_table(path)


def test_agents_are_read_against_their_case(tmp_path: Path) -> None:
    path = tmp_path / "rattling-vacuum.toml"
    text = agents_file("rattling-vacuum").read_text("utf-8")
    path.write_text(text.replace('asking = "test"', 'asking = "tests"', 1), "utf-8")
    with pytest.raises(DataFileError, match=r"'tests' is no question of the case; allowed: test"):
        read_agents(path, load_case("rattling-vacuum"))
