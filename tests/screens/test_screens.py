"""The class's screens: what they show is plain data, what can't be done is told, scripts and words are whole."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest

from csworkshop.classroom.stage import Stage
from csworkshop.classroom.store import Class, ClassError
from csworkshop.exercises.library import content, load_exercise
from csworkshop.exercises.marking import mark
from csworkshop.lab.workspace import HOME, bring_lessons
from csworkshop.progress.recorder import Recorder
from csworkshop.progress.records import Log
from csworkshop.screens.dashboard import Dashboard, dashboard
from csworkshop.screens.home import Home, home
from csworkshop.screens.paged import HERE, PagedScreen, script
from csworkshop.screens.panel import ClassPanel, class_panel
from csworkshop.screens.treehole import TreeHole, tree_hole
from csworkshop.text.language import LANGUAGES, strings
from tests.progress.made import Made, attempt

SCREENS: dict[str, tuple[str, ...]] = {"treehole": (), "panel": ("stage",), "dashboard": ("stage",), "home": ()}


class Tab:
    """A browser tab, as far as messages go."""

    def __init__(self, screen: PagedScreen) -> None:
        self.screen, self.sent, self.n = screen, [], 0  # type: ignore[var-annotated]
        screen.send = lambda content, buffers=None: self.sent.append(json.loads(json.dumps(content)))  # type: ignore
        self._deliver({"kind": "hello"})

    def _deliver(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        self.sent.clear()
        self.screen._handle_custom_msg({"client": "tab", **message}, [])
        for told in self.sent:
            if told["kind"] == "page":
                self.page, self.problem = told["page"], told["problem"]
        return list(self.sent)

    def act(self, name: str, **data: Any) -> dict[str, Any]:
        self.n += 1
        return self._deliver({"kind": "act", "n": self.n, "name": name, "data": data})[0]

    def tick(self) -> list[dict[str, Any]]:
        return self._deliver({"kind": "tick"})


@pytest.fixture
def klass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Class:
    monkeypatch.setenv("CSWORKSHOP_PRIVATE", str(tmp_path / "private"))
    return Class.create(tmp_path / "class", "一班")


def test_posting_warns_once_and_keeps_the_words_on_the_screen(klass: Class) -> None:
    tab = Tab(tree_hole(klass.folder, lang="zh"))
    warned = tab.act("post", text="客户王建国的电话是13812345678", topic="other", despite=False)
    assert (warned["ok"], warned["quiet"]) == (False, True)
    assert any("13812345678" in c["text"]["zh"] for c in warned["cautions"])
    assert tab.act("post", text="今天被骂了二十分钟，手还在抖。", topic="other", despite=False)["ok"]
    (post,) = tab.page["posts"]
    assert post["own"] and post["body"].startswith("今天")
    assert tab.act("answer", id=post["id"], text="抖是正常的，先喝口水。", code="", despite=False)["ok"]
    assert tab.page["posts"][0]["answers"][0]["role"] == "colleague"
    assert not tab.act("answer", id=post["id"], text="我是老员工，听我的。", code="guess", despite=False)["ok"]


def test_without_a_class_the_tree_hole_says_so_and_appears_when_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSWORKSHOP_PRIVATE", str(tmp_path / "private"))
    monkeypatch.delenv("CSWORKSHOP_CLASS", raising=False)
    monkeypatch.chdir(tmp_path)
    tab = Tab(tree_hole())
    assert tab.page is None and str(tmp_path / "class") in tab.problem["zh"]
    assert not tab.act("post", text="今天有点难。", topic="other", despite=False)["ok"]
    Class.create(tmp_path / "class", "一班")
    tab.tick()
    assert tab.page["posts"] == [] and tab.problem is None
    assert tab.act("post", text="今天有点难。", topic="other", despite=False)["ok"]
    Class.create(tmp_path / "other", "二班")
    monkeypatch.setenv("CSWORKSHOP_CLASS", str(tmp_path / "other"))
    assert Tab(tree_hole()).page["posts"] == []
    assert len(Tab(tree_hole("class")).page["posts"]) == 1


def test_a_page_that_has_not_changed_is_not_sent_again(klass: Class) -> None:
    tab = Tab(tree_hole(klass.folder))
    assert tab.tick() == []
    tree_hole(klass.folder).board.post("别人发的一条。", "other")
    (news,) = tab.tick()
    assert len(news["page"]["posts"]) == 1


def test_only_the_instructor_sees_the_queue_and_moderates(klass: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = Tab(tree_hole(klass.folder))
    tab.act("post", text="请看看这一条。", topic="other", despite=False)
    key = tab.page["posts"][0]["id"]
    tab.act("mark", id=key, mark="report", on=True)
    assert [e["id"] for e in tab.page["queue"]["entries"]] == [key]
    monkeypatch.setattr(Class, "is_instructor", lambda self: False)
    trainee = Tab(tree_hole(klass.folder))
    assert trainee.page["queue"] is None
    assert not trainee.act("hide", id=key)["ok"]
    monkeypatch.undo()


def test_nothing_is_shared_before_joining_and_votes_reach_the_dashboard(klass: Class) -> None:
    teacher = Tab(dashboard(klass.folder))
    assert not teacher.page["lesson"]
    panel = Tab(class_panel(klass.folder))
    assert not panel.act("join", nickname="小周", share="progress")["ok"], "no lesson is on"
    assert teacher.act("start", title="第二课")["ok"]
    panel.tick()
    assert panel.page["lesson"] and not panel.page["joined"]
    assert list(klass.live.iterdir()) == []
    assert panel.act("join", nickname="小周", share="texts")["ok"]
    assert teacher.act("ask", title="先写什么？", options=["时间", "共情"])["ok"]
    panel.tick()
    poll = panel.page["poll"]
    assert panel.act("vote", ballot=poll["id"], option=poll["options"][1]["id"])["ok"]
    assert isinstance(panel.screen, ClassPanel) and panel.screen.member is not None
    panel.screen.member.flush(force=True)
    teacher.tick()
    assert [o["votes"] for o in teacher.page["poll"]["options"]] == [0, 1]
    assert panel.page["poll"]["options"][1]["votes"] is None, "votes shouldn't follow votes"
    assert panel.act("leave")["ok"]
    assert not panel.page["joined"]


def test_nicknames_and_words_are_on_the_page_only_when_asked_for(klass: Class) -> None:
    stage = Stage(klass)
    stage.start("第二课", "m2-vague-delivery")
    panel = Tab(class_panel(klass.folder))
    panel.act("join", nickname="小周周", share="texts")
    assert isinstance(panel.screen, ClassPanel) and panel.screen.member is not None
    text = "王建国您好，应该快了，尽快处理。"
    panel.screen.member.update("m2-vague-delivery", mark(text, load_exercise("m2-vague-delivery")), text)
    panel.screen.member.flush(force=True)
    teacher = Tab(dashboard(klass.folder))
    assert "小周周" not in json.dumps(teacher.page, ensure_ascii=False)
    teacher.act("read", number=teacher.page["seats"][0]["number"])
    assert "尽快" in teacher.page["reading"]["text"] and "王建国" not in teacher.page["reading"]["text"]
    teacher.act("names", on=True)
    assert teacher.page["seats"][0]["name"] == "小周周"
    panel.act("leave")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("ask", {"title": "", "options": ["a", "b"]}),
        ("count_down", {"minutes": "x"}),
        ("exercise", {"exercise": "没有这道题"}),
    ],
)
def test_what_cannot_be_done_is_told(name: str, data: dict[str, Any], klass: Class) -> None:
    Stage(klass).start("第二课")
    done = Tab(dashboard(klass.folder)).act(name, **data)
    assert not done["ok"] and done["said"]["zh"]


@pytest.mark.parametrize("words", ["m2-vague-delivery", "把“尽快”说清楚"])
def test_everybody_is_sent_to_an_exercise_by_id_or_title(words: str, klass: Class) -> None:
    stage = Stage(klass)
    stage.start("第二课")
    teacher = Tab(dashboard(klass.folder))
    assert teacher.act("exercise", exercise=words)["ok"]
    assert stage.session.exercise == "m2-vague-delivery"
    with pytest.raises(ClassError, match="编号"):
        stage.set_exercise("把“尽快”说清楚")
    assert stage.session.exercise == "m2-vague-delivery", "the session can still be read"


def test_the_dashboard_is_the_instructors(klass: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Class, "is_instructor", lambda self: False)
    with pytest.raises(ClassError):
        dashboard(klass.folder)


# --- home ---


def test_home_page_with_nothing_one_attempt_and_a_broken_line(tmp_path: Path) -> None:
    empty = Tab(home(tmp_path))
    assert empty.page["attempts"] == 0 and empty.page["plan"]["steps"] and not empty.page["topics"]
    assert empty.page["first"] is None, "no lesson lies here to be opened"
    exercise = load_exercise("m2-vague-delivery")
    text = "应该快了，我们会尽快送到，请您耐心等待。"
    Recorder(tmp_path, timer=None).check(exercise, mark(text, exercise, "fast"), text=text)
    with (tmp_path / "progress.jsonl").open("a", encoding="utf-8") as log:
        log.write('{"schema": 1, "at": "202')
    before = empty.page
    (told,) = empty.tick()
    page = told["page"]
    assert page["attempts"] == 1 and page["told"]["zh"]
    assert page["last"]["exercise"] == exercise.id
    vague = next(t for t in page["topics"] if t["item"] == "vague")
    assert 0 <= vague["low"] <= vague["estimate"] <= vague["high"] <= 1
    assert all(step["reason"]["zh"] and step["reason"]["en"] for step in page["plan"]["steps"])
    assert page["plan"]["steps"] != before["plan"]["steps"], "an attempt changes the plan at once"
    assert "上一次" in page["plan"]["steps"][0]["reason"]["zh"], "what went wrong comes first"


def test_todays_session_is_a_notebook_of_the_plans_exercises(tmp_path: Path) -> None:
    tab = Tab(home(tmp_path))
    done = tab.act("session")
    notebook = nbformat.read(tmp_path / done["file"], as_version=4)
    nbformat.validate(notebook)
    asked = [c.source for c in notebook.cells if c.cell_type == "code"]
    assert [f'studio("{s["exercise"]}")' in source for s, source in zip(tab.page["plan"]["steps"], asked, strict=True)]
    assert len(asked) == len(tab.page["plan"]["steps"]) >= 2


def test_who_is_new_is_led_to_the_first_lesson(tmp_path: Path) -> None:
    bring_lessons(tmp_path, lang="zh")
    assert Tab(home(tmp_path)).page["first"]["file"] == "m1-服务理念.ipynb"


def test_an_answer_that_is_half_done_stops_nothing(tmp_path: Path) -> None:
    Log(tmp_path).add(attempt(Made("m2-vague-delivery"), items={"empathy": "partly"}))
    page = Tab(home(tmp_path)).page
    assert any("一半" in one["reason"]["zh"] for one in page["plan"]["steps"]) or page["topics"]


def test_the_home_notebook_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    notebook = nbformat.read(content() / "notebooks" / HOME, as_version=4)
    (cell,) = [c for c in notebook.cells if c.cell_type == "code"]
    names: dict[str, Any] = {}
    exec(cell.source.replace("\nhome()", "\nshown = home()"), names)  # what the cell does, its value kept
    assert isinstance(names["shown"], Home)


# --- scripts and words ---


@pytest.mark.parametrize("name", SCREENS)
def test_script_is_one_module_without_names_twice(name: str, tmp_path: Path) -> None:
    whole = script(name, *SCREENS[name])
    assert not re.search(r"^import ", whole, re.MULTILINE)
    tops = re.findall(r"^(?:const|let|function|class) (\w+)", whole, re.MULTILINE)
    assert len(set(tops)) == len(tops)
    if shutil.which("node"):
        (tmp_path / "screen.mjs").write_text(whole, "utf-8")
        subprocess.run(["node", "--check", str(tmp_path / "screen.mjs")], check=True)


@pytest.mark.parametrize("path", sorted(HERE.iterdir()), ids=lambda p: p.name)
def test_a_file_fits_in_one_reading_and_writes_no_markup(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 300
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", text)


def test_every_word_is_there_and_used() -> None:
    groups = {g for screen in (TreeHole, ClassPanel, Dashboard, Home) for g in ("screens", *screen.groups)}
    known = {key for group in groups for key in strings()[group]}
    code = "".join(p.read_text("utf-8") for p in HERE.glob("*.js"))
    asked = set(re.findall(r'voice\.say\("(\w+)"', code))
    assert asked <= known, asked - known
    python = "".join(p.read_text("utf-8") for p in HERE.parent.glob("*.py"))
    for group in groups:
        for key, both in strings()[group].items():
            assert set(both) == set(LANGUAGES)
            assert f'"{key}"' in code or f".{key}" in python or f"{key.rsplit('_', 1)[0]}_${{" in code, key
