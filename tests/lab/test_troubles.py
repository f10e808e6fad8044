"""What goes wrong while setting up is recognised and said in a sentence."""

from __future__ import annotations

import pytest

from csworkshop.lab.troubles import TROUBLES, explain


@pytest.mark.parametrize(
    ("output", "key"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk"),
        ("OSError: [WinError 112] There is not enough space on the disk: 'x'", "disk"),
        ("/usr/bin/python3: No module named venv", "venv"),
        ("WARNING: Retrying after connection broken by 'NewConnectionError(...)': /simple/pandas/", "network"),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "network"),
        ("pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.", "network"),
        ("ERROR: Could not find a version that satisfies the requirement pandas==9 (from versions: 1.0)", "mirror"),
        ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: 'x'", "denied"),
        ("OSError: [Errno 30] Read-only file system: 'x'", "denied"),
        ("PermissionError: [WinError 32] The process cannot access the file", "denied"),
        ("error: something else", "unknown"),
    ],
)
def test_what_pip_and_the_system_say_is_understood(output: str, key: str) -> None:
    trouble = explain(output, folder="文件夹", log="记录.txt")
    assert trouble.key == key
    assert all("{" not in sentence for sentence in trouble.sentences)


def test_every_trouble_has_a_sentence_in_both_languages() -> None:
    for chinese, english in TROUBLES.values():
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese) and english.isascii()
