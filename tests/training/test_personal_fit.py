"""The tagger of names and addresses is made of the lines in data/personal, and learns from what it is given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from csworkshop.cases.tagger import WEIGHTS, load
from csworkshop.training import TrainingError, personal_fit
from csworkshop.training.personal_figures import finder, measured
from csworkshop.training.personal_lots import Line, fingerprint, read_line, read_lots
from csworkshop.training.personal_more import Renaming


def test_the_shipped_weights_were_made_of_these_lines() -> None:
    assert WEIGHTS.read_text("utf-8").startswith(f"# {fingerprint()} "), "run csworkshop train personal"
    assert WEIGHTS.stat().st_size < 1_000_000


def test_all_lots_are_read() -> None:
    lines = read_lots()
    lots = {line.lot for line in lines if line.spans}
    assert len(lots) >= 7 and sum(bool(line.spans) for line in lines) > 1000
    for line in lines:
        for kind, start, end in line.spans:
            assert line.text[start:end].strip() == line.text[start:end] != "", (kind, line.text)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("我叫{nmae=王伟}", "'nmae' is no kind of personal data"),
        ("我叫{name}", "{name} needs its text"),
        ("我叫{name=王伟", "has a { or } that encloses nothing"),
    ],
)
def test_bad_lines_are_told_with_file_and_line(tmp_path: Path, row: str, told: str) -> None:
    (tmp_path / "bad.txt").write_text(f"# remark\n好的\n{row}\n", "utf-8")
    with pytest.raises(TrainingError) as error:
        read_lots(tmp_path)
    assert f"bad.txt, line 3: {told}" in str(error.value)
    with pytest.raises(TrainingError, match="has no lots of lines"):
        read_lots(tmp_path / "none")


def test_slopes_are_those_of_the_loss() -> None:
    fit = personal_fit.Fit([p for line in _few() for p in personal_fit.stretches(line)])
    rng = np.random.default_rng(0)
    x = rng.normal(0, 0.3, (len(fit.vocabulary) + 1) * 4 + 25)
    _, slope = fit._loss(x)
    for _ in range(5):
        way = rng.normal(0, 1, len(x))
        up, down = fit._loss(x + 1e-3 * way)[0], fit._loss(x - 1e-3 * way)[0]
        assert (up - down) / 2e-3 == pytest.approx(float(slope @ way), rel=1e-2)


def _few() -> list[Line]:
    rows = ["请转告{name=淑芬}一声", "{name=志强}昨天来过", "送到{address=东湖里3栋后门}", "好的，明天再说"]
    return [read_line("few", row) for row in rows for _ in range(3)]


def test_what_is_marked_is_learnt(tmp_path: Path) -> None:
    """From a hundred lines: names in lines that are the same but for the name; from unmarked ones nothing."""
    lines = [line for line in read_lots() if line.lot == "train4" and line.spans][:100]
    unmarked = [Line(line.lot, line.text, ()) for line in lines]
    renaming = Renaming(5, lines)
    tried = [renaming.line(line) for line in lines]
    model = personal_fit.Fit([p for line in lines for p in personal_fit.stretches(line)]).tagger()
    silent = personal_fit.Fit([p for line in unmarked for p in personal_fit.stretches(line)]).tagger()
    assert measured(tried, finder(model)).recall("name") > 0.9
    assert measured(tried, finder(silent)).recall("name") < 0.3
    personal_fit.write(tmp_path / "tagger.tsv", model, "0" * 8)
    assert load(tmp_path / "tagger.tsv") == model
    assert personal_fit.differing(model, model, 0.0) == 0 < personal_fit.differing(model, silent, 0.1)


def test_other_names_stand_where_names_stood() -> None:
    line = read_line("lot", "{name=闫浩然}的妈妈来了，{name=浩然}住{address=学府路8号}，{name=小李}、{name=王}老师知道")
    for seed in range(20):
        other = Renaming(seed, [line]).line(line)
        names = [other.text[s:e] for kind, s, e in other.spans if kind == "name"]
        assert len(names) == 4 and names[2].startswith("小") and names[0].endswith(names[1][-1])
        assert "的妈妈来了，" in other.text and other.text.endswith("老师知道")
    assert Renaming(3, [line]).line(line) == Renaming(3, [line]).line(line)


def test_figures_count_what_is_covered() -> None:
    line = read_line("lot", "叫{name=王伟}住{address=学府路8号}")
    nothing = Line("lot", "好的好的", ())
    figures = measured([line, nothing], lambda text: [(1, 3, "name")] if text == line.text else [(0, 2, "name")])
    assert (figures.recall("name"), figures.recall("address"), figures.precision, figures.loss) == (1, 0, 1, 0.5)
