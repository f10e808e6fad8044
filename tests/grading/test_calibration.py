"""Calibration: blind sheets, read back from spreadsheets, agreement among raters and with the checker."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from csworkshop.cli import main
from csworkshop.exercises.library import load_exercise
from csworkshop.exercises.marking import mark
from csworkshop.grading.calibration import SAMPLE, Reply, Sheet, make_sheets, read_sample, read_sheets
from csworkshop.grading.calibration_report import CHECKER, NONE, PEOPLE, calibrate, report
from csworkshop.grading.course import CourseError
from csworkshop.text.tables import Row, read_table, safe_cell

from .conftest import EXERCISES, HONEST, Class

E0 = EXERCISES[0]
REPLIES = {
    "alice": HONEST,
    "bob": "下午2点20分前给您送到，到了我给您回电话。",
    "carol": "您好，应该快了，我们会尽快处理，请您耐心等待一下。",
    "eve": "=耽误您了，对不起。海鲜还没到，晚上请客的事我记着 & 下午2点20分前给您送到。",
}
NAMES = ("王老师", "李老师")
Fill = Callable[[Row], str]


@pytest.fixture
def folder(course: Class) -> Path:
    for student, text in REPLIES.items():
        course.submit(student, {E0: text})
    course.submit("copy", {E0: HONEST, EXERCISES[1]: load_exercise(EXERCISES[1]).flawed_reply})
    course.grade()
    make_sheets("m2", course.root, NAMES, number=10, seed=3)
    return course.root / "calibration" / "m2"


def fill(path: Path, rating: Fill, encoding: str = "utf-8-sig", delimiter: str = ",", zeros: bool = True) -> None:
    """Fill a sheet in and save it as a spreadsheet would."""
    rows = read_table(path, ("code", "item", "rating"))
    columns = list(rows[0].cells)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=delimiter)
        writer.writeheader()
        for row in rows:
            code = row["code"] if zeros else row["code"].lstrip("0")
            cells = {k: safe_cell(v) for k, v in row.cells.items()}
            writer.writerow(cells | {"code": code, "rating": rating(row)})


def yes(row: Row) -> str:
    return "80" if row["item"] == "total" else "1"


def test_sheets_are_blind_shuffled_and_the_same_for_the_same_seed(folder: Path, course: Class) -> None:
    raw = [(folder / f"{n}.csv").read_bytes() for n in NAMES]
    assert all(r.startswith(b"\xef\xbb\xbf") for r in raw)
    sheets = [read_table(folder / f"{n}.csv", ("code", "customer", "reply", "item", "name", "rating")) for n in NAMES]
    orders = [list(dict.fromkeys(r["code"] for r in rows)) for rows in sheets]
    assert orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]) == ["001", "002", "003", "004"]
    for text in (r.decode("utf-8-sig") for r in raw):
        assert not any(name in text for name in ("alice", "bob", "carol", "eve", "做到了", "得分"))
    assert not any(row["rating"] for rows in sheets for row in rows)
    make_sheets("m2", course.root, NAMES, number=10, seed=3, folder=folder.with_name("again"))
    assert [(folder.with_name("again") / f"{n}.csv").read_bytes() for n in NAMES] == raw
    make_sheets("m2", course.root, NAMES, number=10, seed=4, folder=folder.with_name("other"))
    assert [(folder.with_name("other") / f"{n}.csv").read_bytes() for n in NAMES] != raw


def test_the_sample_has_each_reply_once_and_none_that_was_refused(folder: Path) -> None:
    assert sorted(r.text for r in read_sample(folder)) == sorted(REPLIES.values())


def test_no_cell_of_a_sheet_is_a_formula(folder: Path) -> None:
    assert ",'=耽误您了" in (folder / f"{NAMES[0]}.csv").read_text("utf-8-sig")


def test_sheets_are_never_overwritten(folder: Path, course: Class) -> None:
    fill(folder / "王老师.csv", yes)
    filled = (folder / "王老师.csv").read_bytes()
    with pytest.raises(CourseError, match="is there already, perhaps filled in"):
        make_sheets("m2", course.root, NAMES)
    assert (folder / "王老师.csv").read_bytes() == filled


@pytest.mark.parametrize(
    ("encoding", "delimiter", "zeros"),
    [("gb18030", ",", True), ("utf-8-sig", ";", False), ("utf-8", "\t", False), ("utf-16", "\t", True)],
)
def test_filled_in_with_a_spreadsheet(folder: Path, encoding: str, delimiter: str, zeros: bool) -> None:
    fill(folder / "王老师.csv", yes, encoding, delimiter, zeros)
    fill(folder / "李老师.csv", lambda row: "８５分" if row["item"] == "total" else "有")
    one, two = read_sheets(folder, read_sample(folder))
    assert {one.rater, two.rater} == set(NAMES)
    assert one.ratings.keys() == two.ratings.keys() and len(one.ratings) == one.asked
    assert {v for (_, item), v in one.ratings.items() if item != "total"} == {1.0}
    assert {s.ratings["001", "total"] for s in (one, two)} == {80.0, 85.0}


def test_a_half_filled_sheet_counts_as_far_as_it_goes(folder: Path, course: Class) -> None:
    fill(folder / "王老师.csv", yes)
    fill(folder / "李老师.csv", lambda row: yes(row) if row["code"] in ("001", "002") else "")
    lines = report("m2", course.root, lang="zh").lines
    assert any(line.startswith("李老师 填了 ") for line in lines)
    assert any("(n=2)" in line for line in lines)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("\r\n001,", "\r\n099,", "there is no reply '099' in this sample"),
        (",empathy,", ",sympathy,", "has no item 'sympathy'"),
        (",1,\r\n", ",也许,\r\n", "rating '也许' must be 1"),
        (",80,\r\n", ",180,\r\n", "rating '180' must be a number from 0 to 100"),
        ("rating", "ratings", "lacks the column rating"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_refused_in_a_sentence(folder: Path, old: str, new: str, why: str) -> None:
    for name in NAMES:
        fill(folder / f"{name}.csv", yes)
    path = folder / "王老师.csv"
    text = path.read_bytes().decode("utf-8-sig")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode("utf-8"))
    with pytest.raises(CourseError) as caught:
        read_sheets(folder, read_sample(folder))
    assert why in str(caught.value) and "王老师.csv" in str(caught.value) and "\n" not in str(caught.value)


def test_rated_twice_and_differently(folder: Path) -> None:
    fill(folder / "王老师.csv", yes)
    with (folder / "王老师.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("001,,,empathy,,0,\r\n")
    with pytest.raises(CourseError, match="rated twice, and differently"):
        read_sheets(folder, read_sample(folder))


def test_one_filled_sheet_or_none_is_not_enough(folder: Path) -> None:
    fill(folder / "王老师.csv", yes)
    with pytest.raises(CourseError, match=r"at least two sheets must be filled in .* filled: 1"):
        read_sheets(folder, read_sample(folder))


def test_a_workbook_is_refused(folder: Path) -> None:
    (folder / "王老师.csv").write_bytes(b"PK\x03\x04zip")
    with pytest.raises(CourseError, match="Excel workbook"):
        read_sheets(folder, read_sample(folder))


@pytest.mark.parametrize("raters", [("王老师",), ("a", "a"), ("a", "../b"), ("report", "b"), ("a", "<b>")])
def test_raters_names(course: Class, raters: tuple[str, ...]) -> None:
    with pytest.raises(CourseError, match=r"at least two raters|can't be a rater's name"):
        make_sheets("m2", course.root, raters)


# --- the report ---


def by_hand() -> tuple[list[Reply], list[Sheet]]:
    """Two replies; the raters differ on one item, and agree against the checker on another."""
    sample = [Reply("001", "a", E0, HONEST), Reply("002", "b", E0, REPLIES["bob"])]
    exercise = load_exercise(E0)
    ratings: list[dict[tuple[str, str], float]] = [{}, {}]
    for reply in sample:
        marks = mark(reply.text, exercise)
        for line in marks.lines:
            for r in ratings:
                r[reply.code, line.item] = float(line.state in ("earned", "fault", "critical"))
        for r in ratings:
            r[reply.code, "total"] = 100 * marks.score
    wrong = 1.0 - ratings[0]["001", "specific_time"]
    for r in ratings:
        r["001", "specific_time"] = wrong
    ratings[1]["002", "vague"] = 1.0 - ratings[0]["002", "vague"]
    ratings[1]["002", "total"] = ratings[0]["002", "total"] - 30
    return sample, [Sheet(name, r, len(r)) for name, r in zip(NAMES, ratings, strict=True)]


def test_disagreements_come_first() -> None:
    found = calibrate("m2", *by_hand())
    kinds = [u.differs for u in found.units]
    assert kinds == sorted(kinds, key=[PEOPLE, CHECKER, NONE].index)
    assert [(u.reply.code, u.item) for u in found.units if u.differs == PEOPLE] == [("002", "vague"), ("002", "total")]
    assert ("001", "specific_time") in [(u.reply.code, u.item) for u in found.units if u.differs == CHECKER]


def test_agreement_per_item() -> None:
    rows = {r.item: r for r in calibrate("m2", *by_hand()).rows}
    assert rows["vague"].people == 0.5 and rows["vague"].people_alpha == pytest.approx(0.0)
    assert rows["specific_time"].people == 1.0 and rows["specific_time"].checker == 0.5
    assert rows["total"].people == 0.5 and rows["total"].people_alpha is not None and rows["total"].people_alpha < 1
    assert next(iter(rows)) == "vague" and list(rows)[-1] == "total"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text_table_and_page(folder: Path, course: Class, capsys: pytest.CaptureFixture[str], lang: str) -> None:
    fill(folder / "王老师.csv", yes)
    fill(folder / "李老师.csv", lambda row: "20" if row["item"] == "total" else "0")
    assert main(["course", "calibrate", "m2", "--read", "--course", str(course.root), "--lang", lang]) == 0
    told = capsys.readouterr().out
    assert told.index("有分歧的地方" if lang == "zh" else "Disagreements") < told.index("n=")
    page = (folder / "report.html").read_text("utf-8")
    assert "我记着 &amp; 下午" in page and "<script" not in page
    rows = read_table(folder / "report.csv", ("kind", "code", "item", "王老师", "李老师", "checker", "alpha"))
    assert rows[0]["kind"] == "people_differ" and rows[-1]["kind"] == "item"
    assert (folder / SAMPLE).exists()
    assert main(["course", "calibrate", "m2", "--read", "--course", str(course.root)]) == 0  # the report is no sheet
