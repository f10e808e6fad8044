"""What a trainee typed is shown and never run: in the studio, on the feedback page, in nbgrader's formgrader."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from csworkshop.exercises.answers import AnswerFile
from csworkshop.exercises.library import load_exercise
from csworkshop.grading import course as commands
from csworkshop.grading.decisions import record_overrides, reply_key
from csworkshop.grading.disputes import decide, queue
from tests.browser.conftest import Notebook
from tests.browser.payloads import PAYLOADS, Watch

EXERCISE = "m2-a-parcel"
GOOD = "明早九点就截止，换谁都坐不住，耽误您了，对不起。今晚8点前专人送到。我们会尽快处理。"
TYPED = GOOD + "\n" + "\n".join(p.replace("\0", "") for p in PAYLOADS)
STUDENT, TOKEN = "eve", "escaping"
# What may stand inside a block that shows a trainee's words.
PLAIN = set("SECTION DIV P SPAN STRONG BLOCKQUOTE TABLE TBODY TR TD UL LI MARK DETAILS SUMMARY H2 H3 B S EM".split())
TAGS = "() => [...document.querySelectorAll('.csw-feedback, .csw-feedback *, .cs-backdrop *')].map(e => e.tagName)"
HANDLERS = "() => [...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(n => /^on/i.test(n))"


def fill(folder: Path, text: str) -> None:
    """An answer file with payloads in every place that is ever shown: text, earlier versions, disputes."""
    file = AnswerFile(folder)
    file.save(EXERCISE, text, 0)
    for payload in PAYLOADS[:20]:
        file.keep(EXERCISE, f"版本 {payload}")
    for n, item in enumerate(load_exercise(EXERCISE).scorecard.items):
        file.dispute(EXERCISE, item, f"不同意 {PAYLOADS[n]} {PAYLOADS[-n]} {PAYLOADS[n + 20]}")
    data = json.loads((folder / "answers.json").read_text("utf-8"))
    data["answers"][EXERCISE]["history"][0]["saved_at"] = PAYLOADS[9]
    data["answers"][EXERCISE]["disputes"]["empathy"]["at"] = PAYLOADS[9]
    (folder / "answers.json").write_text(json.dumps(data), "utf-8")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which a trainee handed all payloads in, and an instructor answered with some."""
    import shutil

    root = tmp_path_factory.mktemp("escaping") / "课程"
    commands.course_init(root)
    commands.release("m2", root)
    folder = root / "submitted" / STUDENT / "m2"
    shutil.copytree(root / "release" / "m2", folder)
    fill(folder, TYPED[:4990])
    for n, exercise in enumerate(("m2-a-clinic-senior", "m2-a-word-camp")):  # shorter ones are marked in other ways
        AnswerFile(folder).save(exercise, f"您好，{PAYLOADS[9 + n]}今天下午3点前给您办好，对不起。{PAYLOADS[n]}", 0)
    commands.grade("m2", root)
    said = {"assignment": "m2", "student": STUDENT, "exercise": EXERCISE, "who": PAYLOADS[9], "verdict": "earned"}
    answer = TYPED[:4990]
    record_overrides(root, [{**said, "item": "empathy", "comment": PAYLOADS[0], "reply": reply_key(answer)}])
    waiting = [d.id for d in queue(root, "m2")]
    decide(root, waiting[:1], False, "不行 " + PAYLOADS[12], PAYLOADS[9])
    commands.grade("m2", root, everything=True)
    commands.feedback("m2", root, hand_back=False)
    return root


def test_there_are_enough_payloads_and_they_do_run_where_nothing_escapes_them(context: Any) -> None:
    assert len(set(PAYLOADS)) >= 40
    page = context.new_page()
    watch = Watch(page)
    html = f"<title>x</title><div class=csw-feedback>{''.join(PAYLOADS[9:13])}</div>"
    page.route("http://page.invalid/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("http://page.invalid/", wait_until="domcontentloaded")
    page.wait_for_timeout(300)
    heard = watch.alarms()
    assert any(a.startswith("ran") for a in heard) and any(a.startswith("request") for a in heard), heard


@pytest.mark.parametrize("policy", [True, False], ids=["as handed back", "without its policy"])
def test_feedback_page(graded: Path, context: Any, tmp_path: Path, policy: bool) -> None:
    html = (graded / "feedback" / STUDENT / "m2" / "m2.html").read_text("utf-8")
    if not policy:  # escaping alone has to hold
        html, taken = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
        assert taken == 1
    (tmp_path / "page.html").write_text(html, "utf-8")
    page = context.new_page()
    watch = Watch(page)
    page.goto((tmp_path / "page.html").as_uri())
    page.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
    text = page.locator("main").inner_text()
    assert "<script>top.ran(0)</script>" in text and "onerror=top.ran(9)" in text and "不同意" in text
    assert set(page.evaluate(TAGS)) <= PLAIN
    assert page.locator("script, iframe, img, svg, form, object, embed, link, base").count() == 0
    assert page.evaluate(HANDLERS) == []
    assert watch.alarms() == []


@pytest.fixture(scope="module")
def formgrader(graded: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    extension = {"nbgrader.server_extensions.formgrader": True}
    home = graded.parent / "home"
    places = {k: str(home / k) for k in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={port}",
        f"--IdentityProvider.token={TOKEN}", f"--ServerApp.jpserver_extensions={extension}",
    ]  # fmt: skip
    with (graded.parent / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=graded, stdout=log, stderr=log, env={**os.environ, **places})
    try:
        for _ in range(600):
            assert server.poll() is None, (graded.parent / "server.log").read_text("utf-8")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def test_formgrader(formgrader: str, context: Any) -> None:
    request = urllib.request.Request(
        f"{formgrader}/formgrader/api/submitted_notebooks/m2/m2", headers={"Authorization": f"token {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        (submission,) = json.loads(answer.read())
    page = context.new_page()
    watch = Watch(page)
    page.route("**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url else route.abort())
    page.goto(f"{formgrader}/formgrader/submissions/{submission['id']}/?token={TOKEN}", wait_until="load")
    cards = page.locator(".csw-feedback")
    cards.first.wait_for()
    text = "\n".join(cards.all_inner_texts())
    assert "<script>top.ran(0)</script>" in text and "onerror=top.ran(9)" in text
    assert set(page.evaluate(TAGS)) <= PLAIN
    assert watch.alarms() == []
    for path in ("gradebook/m2/m2", "manage_submissions/m2"):
        page.goto(f"{formgrader}/formgrader/{path}?token={TOKEN}", wait_until="load")
        assert watch.alarms() == []


def test_studio(open_notebook: Callable[..., Notebook], lab: Any) -> None:
    fill_first = "import pathlib\nfrom tests.browser.test_escaping import TYPED, fill\nfill(pathlib.Path('.'), TYPED)"
    cells = (
        fill_first,
        f'from csworkshop import studio\nex = studio("{EXERCISE}", points=10)\nex',
        "ex.check()",
        "display(ex.hint(), ex.solution())",
    )
    notebook = open_notebook(*cells, studios=1)
    page, watch = notebook.page, Watch(notebook.page)
    page.evaluate("() => { window.seen = []; window.ran = n => window.seen.push(n) }")  # this page is loaded already
    studio = notebook.studio()
    assert "<script>top.ran(0)</script>" in studio.value()
    assert "onerror=top.ran(9)" in studio.find(".cs-backdrop").inner_text()
    studio.find('[data-panel="versions"]').click()
    studio.find(".cs-versions details").first.wait_for()
    page.evaluate("() => document.querySelectorAll('.cs-studio details').forEach(d => d.open = true)")
    assert "版本" in studio.find(".cs-versions").inner_text()
    said = studio.find(".cs-objection:visible")
    assert said.count() and "不同意" in said.first.inner_text()
    studio.type(PAYLOADS[9] + PAYLOADS[40])
    studio.find(".cs-chip").first.click()
    studio.find(".cs-object:visible .cs-link").first.click()
    studio.find(".cs-objecting:visible").fill(PAYLOADS[9] + PAYLOADS[12])
    studio.find(".cs-object-form:visible .cs-button").click()
    studio.find(".cs-objection").filter(has_text="ran(12)").wait_for()
    page.locator(".jp-OutputArea .csw-feedback").first.wait_for()
    assert set(page.evaluate(TAGS)) <= PLAIN
    assert page.locator(".cs-studio :is(script, iframe, img, object, embed, form, base, link)").count() == 0
    assert watch.alarms() == []
    assert "onerror=top.ran(9)" in json.dumps(notebook.answers()[EXERCISE]["disputes"])
