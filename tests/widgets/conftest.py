"""The reply studio in a folder of its own, and a tab that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from csworkshop.widgets import saved
from csworkshop.widgets.studio import ReplyStudio, studio
from tests.widgets.tab import Screen

EXERCISE = "m2-vague-delivery"
HONEST = "晚上要招呼八位客人，菜却晚了两个多小时，这事是我们耽误了。下午2点20分前送到您家。"
EVIL = "<img src=x onerror=alert(1)></script><b>换谁都急</b>"


@pytest.fixture(autouse=True)
def no_widgets_of_other_tests() -> Iterator[None]:
    yield
    saved._LIVE.clear()


@pytest.fixture
def widget(tmp_path: Path) -> ReplyStudio:
    return studio(EXERCISE, lang="zh", folder=str(tmp_path))


@pytest.fixture
def screen(widget: ReplyStudio) -> Screen:
    return Screen(widget)
