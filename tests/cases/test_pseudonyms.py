"""Pseudonyms: the same for one value, meaningless without the key, apart where they should be; and the key's safety."""

from __future__ import annotations

import hashlib
import stat
from itertools import pairwise
from pathlib import Path

import pytest

from csworkshop.cases.kinds import kinds
from csworkshop.cases.pseudonyms import (
    CODE_LETTERS,
    KEY_VARIABLE,
    TAG,
    KeyFault,
    Pseudonyms,
    canonical,
    new_key,
    passing_key,
    read_key,
)

KEY = b"a key of the tests, long enough"
MADE = Pseudonyms(KEY)


def test_one_value_one_pseudonym_however_it_is_written() -> None:
    ways = ["13800138000", "138-0013-8000", "+86 138 0013 8000", "一三八零零一三八零零零", "１３８００１３８０００"]
    assert len({MADE.code("mobile", w) for w in ways}) == 1
    assert MADE.code("email", "Li.Ming@163.com") == MADE.code("email", "li.ming @ 163．com")
    assert MADE.code("name", "張偉") == MADE.code("name", "张伟")
    assert MADE.code("plate", "粤B·D12345") == MADE.code("plate", "粤b d12345")


def test_another_kind_key_or_scope_gives_another_pseudonym() -> None:
    codes = {
        MADE.code("name", "王建国"), MADE.code("id", "王建国"), Pseudonyms(KEY + b"!").code("name", "王建国"),
        Pseudonyms(KEY, "march").code("name", "王建国"), Pseudonyms(passing_key()).code("name", "王建国"),
    }  # fmt: skip
    assert len(codes) == 5


def test_the_pseudonym_is_known_as_one_and_has_no_figures() -> None:
    for kind in kinds().values():
        tag = MADE.tag(kind.id, kind.label, "13800138000")
        assert TAG.fullmatch(tag) and not any(c.isdigit() for c in tag)


def test_few_values_meet_in_one_code() -> None:
    codes = {MADE.code("mobile", f"138{n:08}") for n in range(3000)}
    assert len(codes) >= 2999  # 64 million codes: a meeting among 3000 is expected once in fourteen such tests


def test_a_dictionary_without_the_key_finds_nobody() -> None:
    """All surnames with common given names, hashed in the usual ways, match no code; with the key they would."""
    names = [
        s + g for s in "王李张刘陈杨赵黄周吴" for g in ("伟", "芳", "娜", "秀英", "建国", "静", "磊", "洋", "勇", "艳")
    ]
    target = MADE.code("name", "王建国")
    guesses = {target_letters(f(n.encode())) for n in names for f in (hashlib.sha256, hashlib.md5, hashlib.sha1)}
    guesses |= {Pseudonyms(b"").code("name", n) for n in names} | {
        Pseudonyms(b"\0" * 32).code("name", n) for n in names
    }
    assert target not in guesses
    assert target in {MADE.code("name", n) for n in names}


def target_letters(digest: object) -> str:
    number = int.from_bytes(digest.digest(), "big")  # type: ignore[attr-defined]
    code = ""
    for _ in range(6):
        number, place = divmod(number, len(CODE_LETTERS))
        code += CODE_LETTERS[place]
    return code


def test_the_order_of_codes_tells_nothing_of_the_order_of_values() -> None:
    codes = [MADE.code("order", f"2024{n:08}") for n in range(400)]
    rising = sum(a < b for a, b in pairwise(codes))
    assert 150 < rising < 250  # half of 399, give or take five standard deviations
    first = [sum(c[i] == letter for c in codes) for i in range(6) for letter in CODE_LETTERS]
    assert max(first) < 50  # 20 expected: no letter is preferred in any place


def test_the_key_shows_in_no_representation() -> None:
    assert "a key" not in repr(MADE) and "a key" not in str(MADE)


def test_weeks_are_the_persons_own_and_never_none() -> None:
    weeks = [MADE.weeks(f"C{n}", 26) for n in range(500)]
    assert weeks == [MADE.weeks(f"C{n}", 26) for n in range(500)]
    assert set(weeks) == set(range(-26, 27)) - {0}
    assert {MADE.weeks(f"C{n}", 1) for n in range(50)} == {-1, 1}


def test_keys_are_read_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    out, keys = tmp_path / "out", tmp_path / "keys"
    out.mkdir()
    keys.mkdir()
    assert read_key(None, out) is None
    new_key(keys / "k")
    assert stat.S_IMODE((keys / "k").stat().st_mode) == 0o600
    assert len(read_key(keys / "k", out) or b"") == 64
    monkeypatch.setenv(KEY_VARIABLE, "sixteen bytes or more")
    assert read_key(None, out) == b"sixteen bytes or more"


def test_bad_keys_are_refused_without_being_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "k").write_text("geheim")
    with pytest.raises(KeyFault, match="lies beside the result"):
        read_key(tmp_path / "k", tmp_path)
    with pytest.raises(KeyFault) as error:
        read_key(tmp_path / "k", tmp_path / "out")
    assert "at least 16 bytes (found 6)" in str(error.value) and "geheim" not in str(error.value)
    with pytest.raises(KeyFault, match="cannot be read"):
        read_key(tmp_path / "none", tmp_path / "out")
    with pytest.raises(KeyFault, match="is there already"):
        new_key(tmp_path / "k")
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(KeyFault, match=KEY_VARIABLE):
        read_key(None, tmp_path)


def test_canonical_forms() -> None:
    assert canonical("mobile", "0086-138 0013 8000") == "13800138000"
    assert canonical("landline", "(010)62345678转8") == "010623456788"
    assert canonical("wechat", "Li_Ming-88") == canonical("wechat", "li_ming-88")
