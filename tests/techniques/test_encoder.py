"""The learned reader: how it cuts text into pieces, and that it reads the same whenever, wherever it is asked."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from csworkshop.techniques.catalogue import catalogue
from csworkshop.techniques.encoder import EMOTION, MAX_TEXT, MESSAGE, NOTE, PART, WEIGHTS, Pieces, encoder
from csworkshop.techniques.scenario import Scenario

ANGRY = Scenario(customer="水壶第三天就漏水了，我要退款！", emotion="anger")
REPLY = "水壶第三天就漏，换谁都火大。今天18点前给您退款。"
TEXTS = [
    REPLY,
    "ＡＢＣ１２３，全角",
    "①㎡㈱ﬁ",  # one character that NFKC makes several of
    "好的😀👨‍👩‍👧收到",
    "𠮷野家 龘靐齉",
    " 前后有空 ",
    "a  b\n\nc\td",
    "▁▁",
    "é́",
    "\ufeff你好",
]


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(WEIGHTS / "pieces.tsv")


@pytest.fixture
def few(tmp_path: Path) -> Pieces:
    """A vocabulary that a person can cut with by hand."""
    path = tmp_path / "pieces.tsv"
    path.write_text("<s>\t0\n<pad>\t0\n</s>\t0\n<unk>\t0\n▁\t-2\n好\t-3\n的\t-3\n好的\t-4\n的呢\t-1\n1\t-3\n", "utf-8")
    return Pieces(path)


def test_the_likeliest_pieces_win(few: Pieces) -> None:
    ids, spans = few.cut("好的")
    assert [ids, spans] == [[few.ids["▁"], few.ids["好的"]], [(0, 1), (0, 2)]]
    assert few.cut("好的呢")[0] == [few.ids["▁"], few.ids["好"], few.ids["的呢"]]  # -6 beats 好的 and an unknown 呢


def test_widths_are_folded(few: Pieces) -> None:
    assert few.cut("１")[0] == few.cut("1")[0]
    assert few.cut("①")[0] == few.cut("1")[0]


def test_unknown_characters_keep_their_place(few: Pieces) -> None:
    ids, spans = few.cut("好龘的")
    assert ids == [few.ids["▁"], few.ids["好"], few.unknown, few.ids["的"]]
    assert spans[1:] == [(0, 1), (1, 2), (2, 3)]


def test_blanks_of_any_kind_are_one_kind(pieces: Pieces) -> None:
    assert pieces.cut("a b")[0] == pieces.cut("a\tb")[0] == pieces.cut("a\u3000b")[0]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_spans_cover_the_text_in_order(text: str, pieces: Pieces) -> None:
    ids, spans = pieces.cut(text)
    assert len(ids) == len(spans)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert spans == sorted(spans)
    assert {i for a, b in spans for i in range(a, b)} == set(range(len(text)))


def test_an_empty_text_has_no_piece_outside_it(pieces: Pieces) -> None:
    assert all(b <= 0 for _, b in pieces.cut("")[1])


def test_typed_marks_are_text(pieces: Pieces) -> None:
    ids = pieces.cut("好的<s>收</s>到<pad>")[0]
    assert not {pieces.begin, pieces.end, pieces.pad} & set(ids)


def test_random_characters_are_cut_too(pieces: Pieces) -> None:
    rng = random.Random(0)
    for _ in range(100):
        text = "".join(chr(rng.choice([rng.randrange(32, 0xD800), rng.randrange(0xE000, 0x110000)])) for _ in range(30))
        _, spans = pieces.cut(text)
        assert {i for a, b in spans for i in range(a, b)} == set(range(len(text)))


def test_a_very_long_text_is_cut_in_time_that_grows_with_it(pieces: Pieces) -> None:
    begun = time.perf_counter()
    assert pieces.cut("您的包裹今天18点前到。" * 5_000)[1][-1][1] == 60_000
    assert time.perf_counter() - begun < 10


def test_every_item_is_answered() -> None:
    reading = encoder().read(REPLY, ANGRY)
    assert set(catalogue().items) < set(reading.columns)
    assert {"emotion.anger", "part.account"} < set(reading.columns)
    assert reading.odds.shape == (len(reading.columns),)
    assert reading.pieces.shape == (len(reading.spans), len(reading.columns))
    assert np.isfinite(reading.odds).all()
    assert ((reading.pieces >= 0) & (reading.pieces <= 1)).all()


def test_it_points_at_the_words() -> None:
    reading = encoder().read(REPLY, ANGRY)
    column = reading.columns.index("specific_time")
    a, b = reading.spans[int(reading.pieces[:, column].argmax())]
    assert reading.odds[column] > 0
    assert REPLY.index("今天") <= a < b <= REPLY.index("给您")


def test_without_a_scenario_it_reads_the_reply_alone() -> None:
    assert np.isfinite(encoder().read(REPLY, None).odds).all()


def test_the_customer_s_emotion_counts() -> None:
    calm = ANGRY.model_copy(update={"emotion": "calm"})
    assert not np.allclose(encoder().read(REPLY, ANGRY).odds, encoder().read(REPLY, calm).odds)


def test_what_the_customer_wrote_is_left_to_the_rules() -> None:
    other = ANGRY.model_copy(update={"customer": "请问发票怎么开？"})
    assert (encoder().read(REPLY, ANGRY).odds == encoder().read(REPLY, other).odds).all()


def test_a_message_and_a_note_are_read_for_their_own_columns() -> None:
    said = encoder().read_beside("骗子公司，我要投诉你们！", MESSAGE)
    columns = said.columns
    assert (
        max((float(o), c) for c, o in zip(columns, said.odds, strict=True) if c.startswith(EMOTION))[1]
        == "emotion.anger"
    )
    note = encoder().read_beside("订单尾号8812，安卓6.4登录报错，已清缓存无效，请技术今天查日志", NOTE)
    assert all(note.odds[columns.index(PART + part)] > 0 for part in ("account", "environment", "symptom"))


def test_the_same_text_is_read_the_same_again() -> None:
    first = encoder().read(REPLY, ANGRY)
    for text in TEXTS:
        encoder().read(text, ANGRY)
    again = encoder().read(REPLY, ANGRY)
    assert (first.odds == again.odds).all() and (first.pieces == again.pieces).all()


def test_threads_read_what_one_thread_reads() -> None:
    texts = [f"{text}{n}" for n in range(8) for text in TEXTS]
    alone = [encoder().read(text, ANGRY).odds for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: encoder().read(text, ANGRY).odds, texts))
    assert all((a == b).all() for a, b in zip(alone, together, strict=True))


@pytest.mark.parametrize("text", ["。", "x", "😀", "\u200b", "龘", *TEXTS], ids=ascii)
def test_odd_texts_get_finite_answers(text: str) -> None:
    assert np.isfinite(encoder().read(text, ANGRY).odds).all()


def test_a_long_reply_is_read() -> None:
    reading = encoder().read("您的包裹今天18点前到。" * 400, ANGRY)
    assert np.isfinite(reading.odds).all()
    assert len(reading.spans) >= MAX_TEXT
