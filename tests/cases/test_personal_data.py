"""How much of what belongs to persons is found, and how much else: goals of `csworkshop.cases.personal`.

Sentences are filled with faker's people, numbers and addresses in many ways of writing. `first` was read while the
rules were written; `second` to `fourth` were written afterwards and measured unseen, then mended on: they hold what
was reached. `fifth` to `seventh` are written out by hand and meaner: names that are words, names of many peoples,
addresses as the old tell them, numbers read aloud. Measured unseen they gave, of numbers and codes, names, addresses:
.88 .75 .74 (fifth), .85 .66 .79 (sixth), .98 .92 .90 (seventh, after the others had been mended on).

`ninth` to `eleventh` are everyday records (the eighth trains the tagger), measured unseen once, when the tagger had
been fitted: .95 .97 1.00, .98 .99 1.00, .94 .93 .97; rules alone found .92 and .87 of the names in the first two.
Numbers and names from abroad were mended on them afterwards.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from csworkshop.cases.kinds import kinds
from csworkshop.cases.numerals import LOOK_ALIKES
from csworkshop.cases.personal import LONGEST_PIECE, Found, personal_data
from csworkshop.text.segment import sentences as cut
from tests.cases.people import SENTENCES, Marked, People, fill, sample, sentences

LABELLED = Path(__file__).parents[2] / "data" / "labelled"
MESSAGES = Path(__file__).parents[2] / "data" / "cases" / "messages.parquet"
KNOWLEDGE = Path(__file__).parents[2] / "data" / "knowledge"
READ = "d1 d2 d3 d7 d8 d11 t1 t2 t3 t4 t5 t6 t8 t9".split()  # not the writers that the checker is measured on
ITEMS = 1000
STRUCTURE, NAMES, PRECISION, LOSS = 0.98, 0.95, 0.95, 0.005


def _covered(text: str, start: int, end: int, found: list[Found]) -> bool:
    inside = {i for f in found for i in range(f.start, f.end)}
    return all(i in inside or text[i].isspace() for i in range(start, end))


def _figures(made: list[Marked]) -> tuple[dict[str, float], float]:
    """Recall per kind (a thing counts if every character is found, as whatever kind), and precision."""
    there: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    told = right = 0
    for text, spans in made:
        found = personal_data(text)
        for kind, start, end in spans:
            there[kind] += 1
            hit[kind] += _covered(text, start, end, found)
        told += len(found)
        right += sum(any(f.start < e and s < f.end for _, s, e in spans) for f in found)
    return {k: hit[k] / there[k] for k in there}, right / told


@pytest.mark.parametrize("family", ["first", "second", "third", "fourth"])
def test_goals_are_reached(family: str) -> None:
    recall, precision = _figures(sample(family, ITEMS, seed=11))
    goals = {k: STRUCTURE if kinds()[k].structured else NAMES for k in recall}
    assert {k: round(r, 3) for k, r in recall.items() if r < goals[k]} == {}
    assert precision >= PRECISION


@pytest.mark.parametrize(("family", "names"), [("fifth", 0.9), ("sixth", 0.85), ("seventh", 0.93)])
def test_mean_sentences_hold_what_was_reached(family: str, names: float) -> None:
    """Some names in them nobody could know for one (江山, 何必): the goal for names is for other texts."""
    recall, precision = _figures([fill(line, People(1)) for line in sentences(family)])
    goals = {k: STRUCTURE if kinds()[k].structured else NAMES for k in recall} | {"name": names, "address": 0.92}
    assert {k: round(r, 3) for k, r in recall.items() if r < goals[k]} == {}
    assert precision >= PRECISION


@pytest.mark.parametrize("family", ["ninth", "tenth", "eleventh"])
def test_everyday_records_reach_the_goals(family: str) -> None:
    made = [fill(line, People(1)) for line in sentences(family)]
    recall, precision = _figures(made)
    there = Counter(kind for _, spans in made for kind, _, _ in spans)
    numbers = [kind for kind in there if kinds()[kind].structured]
    assert sum(recall[k] * there[k] for k in numbers) >= 0.975 * sum(there[k] for k in numbers)
    assert recall["name"] >= NAMES and recall["address"] >= NAMES and precision >= PRECISION


def test_everyday_records_of_nobody_stay() -> None:
    """Half of the lines have figures, brands, holidays or places in them; more of them goes than of all text."""
    lines = [line for family in ("ninth", "tenth", "eleventh") for line in sentences(f"nobody_{family}")]
    lost = sum(f.end - f.start for line in lines for f in personal_data(line))
    assert lost / sum(map(len, lines)) < 0.008


def test_lines_that_only_look_like_somebodys_data_stay() -> None:
    """Brands, stars, hotlines, models, places as a topic; what still goes is listed."""
    lines = [*sentences("nobody_fifth"), *sentences("nobody_seventh")]
    taken = {line[f.start : f.end] for line in lines for f in personal_data(line)}
    assert len(lines) > 100 and taken <= {"雷军", "冷链", "3楼会议室"}


def _texts() -> list[str]:
    found: list[str] = []
    for path in sorted(LABELLED.glob("*.jsonl")):
        writer, what = path.name.split(".")[:2]
        if writer not in READ or what == "second":
            continue
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            for key in ("reply", "customer", "flawed_reply", "exemplar", "facts", "policy"):
                value = row.get(key) or []
                found += [value] if isinstance(value, str) else value
    for path in sorted(KNOWLEDGE.rglob("*.toml")):
        found.append(path.read_text("utf-8"))
    return list(dict.fromkeys(found))


def test_text_without_personal_data_stays() -> None:
    """Product names, times, sums, models stay. Names, numbers and addresses that the texts do hold are no loss."""
    lines = [part for text in _texts() for line in text.splitlines() for s, e in cut(line) if (part := line[s:e])]
    with duckdb.connect() as db:  # transcripts made up by others, with nobody's data in them
        lines += [r[0] for r in db.execute(f"SELECT DISTINCT text FROM '{MESSAGES}' ORDER BY 1").fetchall()]
    lines = list(dict.fromkeys(lines))[:20_000]
    named = {
        n for line in (SENTENCES / "named_in_labelled.txt").read_text("utf-8").splitlines()[1:] for n in line.split()
    }
    lost = sum(
        f.end - f.start
        for line in lines
        for f in personal_data(line)
        if (f.kind == "name" and line[f.start : f.end] not in named) or f.kind == "address" or not f.sure
    )
    assert len(lines) == 20_000
    assert lost / sum(map(len, lines)) < LOSS


@pytest.mark.parametrize(
    "text",
    [
        "星尘X3扫拖机器人,实付3299元,签收第9天",
        "保单号 P6620198834，条款第1024条",
        "2024-03-15 18:30到20:00之间送,误差10分钟",
        "型号HB-2000W,序列号SN20240315008812,固件6.4.2",
        "我在北京,朋友在朝阳区,下周去广东省深圳市",
        "周三前退款1,280.50元到原账户,分12期",
        "客服热线400-820-8820,投诉打12315,短信是10086发的",
        "马上处理,方便的话麻烦您高兴高兴,于是常常",
    ],
)
def test_everyday_figures_and_words_stay(text: str) -> None:
    assert personal_data(text) == []


def test_what_is_found_is_told_with_kind_place_and_certainty() -> None:
    text = "王建国 (１３８-００１３-８０００)，身份证110105194912310021"
    found = {f.kind: (text[f.start : f.end], f.sure) for f in personal_data(text)}
    assert found["name"] == ("王建国", True)
    assert found["mobile"] == ("１３８-００１３-８０００", True)
    assert found["id_card"][0] == "110105194912310021"


def test_pseudonyms_are_left_alone() -> None:
    assert personal_data("〔姓名bkdwzt〕说〔手机号cdfghj〕打不通") == []
    assert personal_data("〔姓名 张伟13800138000〕") != []


def test_names_found_once_are_found_again() -> None:
    text = "客服姓名：岑望舒。后来才知道岑望舒早走了"
    assert [text[f.start : f.end] for f in personal_data(text)] == ["岑望舒", "岑望舒"]


def test_long_texts_are_read_in_pieces_and_to_their_end() -> None:
    text = "一切正常。" * (LONGEST_PIECE // 2) + "电话13800138000"
    (found,) = personal_data(text)
    assert text[found.start : found.end] == "13800138000"


@pytest.mark.parametrize("piece", ["1 ", "a@", "路", "王", "A1-", "一二三", "姓名：", "阿里·", "010-12345678转", "\n"])
def test_strange_texts_end_soon(piece: str) -> None:
    personal_data(piece * (6000 // len(piece)))  # a pattern that backtracks for ever would never come back


def test_look_alikes_pair_up() -> None:
    from csworkshop.cases.numerals import look_alikes

    assert LOOK_ALIKES.exists() and all(look_alikes().values())


def test_finding_asks_for_little() -> None:
    """The anonymous board calls it before posting: no data frames, no database, no model."""
    code = (
        "import sys; from csworkshop.cases.personal import personal_data; personal_data('我叫王建国');"
        "print([m for m in ('pandas', 'duckdb', 'numpy', 'onnxruntime', 'matplotlib') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
