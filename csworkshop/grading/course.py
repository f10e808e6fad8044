"""What an instructor does with a course folder: make it, release, collect, grade, hand back.

Thin over nbgrader's own apps; stock commands and formgrader work on the same folder before and after. Every function
may be repeated. CourseError (and nothing else that a user could mend) carries one sentence.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.exercises.answers import NAME as ANSWERS
from csworkshop.exercises.library import COURSE_ID, content
from csworkshop.grading.engine import with_driver
from csworkshop.grading.grade import Graded, Grading, grade_class
from csworkshop.grading.opening import Course, CourseError, nbgrader_at_work, open_course, ready
from csworkshop.grading.plan import PlanError
from csworkshop.grading.submission import usable_name
from csworkshop.text.language import say
from csworkshop.text.shipped import HANDBOOKS

__all__ = ["CourseError", "Done", "Graded", "Grading", "collect", "course_init", "feedback", "grade", "release"]


Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Done:
    """What a command did: `lines` to print, the exit `status`, and what nbgrader warned of."""

    lines: tuple[str, ...]
    status: int = 0
    warnings: tuple[str, ...] = ()


SETTINGS = "course_settings.py"
_SETTINGS_TEXT = '''"""您的课程设置 / Settings of your own for this course; nbgrader_config.py reads them."""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader puts it here

{exchange}

# 成绩库:不写这一行,就是本文件夹里的 gradebook.db。密码不写在这里:放进环境变量 PGPASSWORD 或 ~/.pgpass
# The gradebook: without this line, gradebook.db in this folder. Its password belongs into PGPASSWORD or ~/.pgpass
{database}

# c.FeedbackPage.model_answer = True          # 反馈页附参考答案 / model answers on the feedback pages
# c.CourseDirectory.course_id = "hotel-2026"  # 课程名 / the course's name in the exchange
'''


_THROUGH_FOLDER = """\
# 交换文件夹:作业经过它发放和收回,讲师和学员都要能写入
# The folder through which assignments travel; instructors and trainees must be able to write there.
c.Exchange.root = """
_THROUGH_NGSHARE = """\
# 作业经过 ngshare 服务发放和收回 / Assignments travel through the service ngshare.
from csworkshop.grading.ngshare import use_ngshare  # noqa: E402

use_ngshare(c)"""


def course_init(
    folder: Path | str, exchange: Path | str | None = None, lang: str | None = None, *, db_url: str | None = None
) -> Done:
    """Make `folder` a course folder with the kit's assignments, handbooks and settings; what is there already stays.

    The exchange is `exchange` (on Kubernetes "ngshare"), or the folder `exchange` inside the course folder, which moves
    with it. The gradebook is a file in it, or the database at `db_url`, an address without a password, which has to
    answer.
    """
    database = _database(Path(folder), db_url)
    shipped, target = content() / "exercises", Path(folder)
    written = kept = 0
    wanted = [shipped / "nbgrader_config.py"]
    wanted += [p for top in ("source", "code") for p in sorted((shipped / top).rglob("*")) if p.is_file()]
    wanted += [p for p in sorted((content() / "notebooks" / HANDBOOKS).rglob("*")) if p.is_file()]
    for file in wanted:
        name = file.relative_to(shipped if file.is_relative_to(shipped) else content() / "notebooks")
        if any(part.startswith((".", "__pycache__", ANSWERS)) for part in name.parts):
            continue
        if (target / name).exists():
            kept += 1
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target / name)
        written += 1
    (target / "source").mkdir(parents=True, exist_ok=True)
    if (target / SETTINGS).exists():
        kept += 1
    else:
        if str(exchange) == "ngshare":
            through = _THROUGH_NGSHARE
        else:
            inside = 'str(Path(__file__).resolve().parent / "exchange")'
            through = _THROUGH_FOLDER + (inside if exchange is None else repr(str(Path(exchange).resolve())))
        (target / SETTINGS).write_text(_SETTINGS_TEXT.format(exchange=through, database=database), "utf-8")
        written += 1
    made = say("grading.course_made", lang, folder=target, written=written, kept=kept)
    return Done((made, say("grading.handbooks", lang, folder=target / HANDBOOKS)))


def _database(folder: Path, db_url: str | None) -> str:
    """The line of course_settings.py about the gradebook; CourseError if it can't be written or used."""
    setting = "c.CourseDirectory.db_url = "
    if db_url is None:
        return f'# {setting}"postgresql+psycopg://grader@db.example/gradebook"'
    url, password = with_driver(db_url)
    if password:
        raise CourseError(
            "leave the password out of --db-url: course_settings.py and the list of processes would show it; "
            "put it into the environment variable PGPASSWORD or into ~/.pgpass"
        )
    line = f"{setting}{url!r}"
    if (folder / SETTINGS).exists() and line not in (folder / SETTINGS).read_text("utf-8").splitlines():
        raise CourseError(f"{folder / SETTINGS} is there already; write into it: {line}")
    ready(url, COURSE_ID)
    return line


def release(
    assignment: str,
    course_dir: Path | str = ".",
    exchange: Path | str | None = None,
    lang: str | None = None,
    on_progress: Progress | None = None,
) -> Done:
    """Make the trainees' version (release/) and put it into the exchange, where there is one (not on Windows).

    `on_progress(done, of)`, here and below, is called as the work goes on.
    """
    from nbgrader.converters import GenerateAssignment

    course = open_course(course_dir, exchange)
    _check_sources(course, assignment)
    app = GenerateAssignment(coursedir=course.fresh(assignment, "."), config=course.config)
    app.force = True
    tell = on_progress or _silent
    tell(0, 2)
    with nbgrader_at_work() as heard:
        app.start()
    tell(1, 2)
    made = course.folder("release", ".", assignment)
    lines = [say("grading.made", lang, folder=made)]
    if _has_exchange():
        heard += _exchange(course, "ReleaseAssignment", course.fresh(assignment, "."), force=True)
        lines.append(say("grading.released", lang, course=course.directory.course_id))
    else:
        lines.append(say("grading.no_exchange", lang, folder=made))
    tell(2, 2)
    return Done(tuple(lines), warnings=tuple(heard))


def collect(
    assignment: str,
    course_dir: Path | str = ".",
    exchange: Path | str | None = None,
    lang: str | None = None,
    on_progress: Progress | None = None,
) -> Done:
    """Copy the newest submissions from the exchange into submitted/, ordinary files only."""
    course = open_course(course_dir, exchange)
    if not _has_exchange():
        folder = course.folder("submitted", "<name>", assignment)
        return Done((say("grading.no_exchange_collect", lang, folder=folder),), status=1)
    heard = _exchange(course, "Collect", course.fresh(assignment), update=True, on_progress=on_progress or _silent)
    there = len(_submitted(course, assignment))
    return Done((say("grading.collected", lang, number=there),), warnings=tuple(heard))


def grade(
    assignment: str,
    course_dir: Path | str = ".",
    students: Iterable[str] | None = None,
    lang: str | None = None,
    on_result: Callable[[Graded, int, int], None] | None = None,
    *,
    everything: bool = False,
) -> Grading:
    """Mark the submissions of an assignment in this process, into nbgrader's gradebook and autograded/.

    `students` limits it to some (names without a submission are reported as absent). `on_result(result, n, of)` is
    called after each submission. CourseError stops before the first one; nothing that a trainee sent can.

    Marks stand where neither the submission nor the assignment, the exercises, the checker, the late rules, the
    language or the gradebook's own rows have changed since; `everything` marks those again too.
    """
    course = open_course(course_dir)
    there = _submitted(course, assignment)
    wanted = there if students is None else list(dict.fromkeys(students))
    try:
        present = set(there)
        pairs = [(s, s in present) for s in wanted]
        return grade_class(course, assignment, pairs, lang, on_result, everything=everything)
    except PlanError as error:
        raise CourseError(str(error)) from error


def feedback(
    assignment: str,
    course_dir: Path | str = ".",
    exchange: Path | str | None = None,
    *,
    students: Iterable[str] | None = None,
    lang: str | None = None,
    hand_back: bool = True,
    on_page: Callable[[Any, int, int], None] | None = None,
    everything: bool = False,
) -> Done:
    """Write one HTML page per trainee into feedback/ (under each notebook's name), and hand them back.

    Marks, overrides and disputes are those in force now; a trainee whose marks are older is named in the warnings.
    Pages that would come out the same stay, in feedback/ and in the exchange; `everything` makes those again too.
    """
    from csworkshop.grading.handback import write_pages
    from csworkshop.grading.standing import already_handed

    course = open_course(course_dir, exchange)
    graded = _graded(course, assignment)
    if not graded:
        raise CourseError(f"nothing of {assignment} is graded yet; run `csworkshop grade {assignment}` first")
    wanted = graded if students is None else [s for s in dict.fromkeys(students) if s in graded]
    try:
        done = write_pages(course, assignment, wanted, lang, on_page, everything=everything)
    except PlanError as error:
        raise CourseError(str(error)) from error
    heard = [handed.warning for handed in done if handed.warning]
    pages = sorted(course.root.glob(f"{course.directory.feedback_directory}/*/{assignment}/*.html"))
    lines = [say("grading.pages", lang, number=len(pages), folder=course.root / course.directory.feedback_directory)]
    if same := sum(1 for handed in done if not handed.fresh):
        lines.append(say("handback.same", lang, number=same))
    if hand_back and _has_exchange():
        directory = course.fresh(assignment)
        leave = [] if everything else already_handed(course, assignment, graded)
        directory.student_id_exclude = ",".join(s for s in leave if "," not in s)
        heard += _exchange(course, "ReleaseFeedback", directory)
        lines.append(say("grading.handed_back", lang))
    return Done(tuple(lines), warnings=tuple(heard))


def _submitted(course: Course, assignment: str) -> list[str]:
    """Names of the folders in submitted/ that hold something for the assignment, links included."""
    top = course.root / course.directory.submitted_directory
    if not top.is_dir():
        return []
    return sorted(p.name for p in top.iterdir() if _is_there(p / assignment))


def _graded(course: Course, assignment: str) -> list[str]:
    """Trainees with a folder in autograded/."""
    top = course.root / course.directory.autograded_directory
    return sorted(p.name for p in top.iterdir() if (p / assignment).is_dir()) if top.is_dir() else []


def _is_there(submission: Path) -> bool:
    try:
        return not stat.S_ISREG(os.lstat(submission).st_mode)
    except PermissionError:
        return True  # a result has to say that it can't be read
    except OSError:
        return False


def _check_sources(course: Course, assignment: str) -> None:
    import nbformat

    from csworkshop.grading.steps import check_source

    source = course.folder("source", ".", assignment)
    notebooks = sorted(source.glob("*.ipynb"))
    if not usable_name(assignment) or not notebooks:
        raise CourseError(f"{source} holds no notebook to release")
    for path in notebooks:
        try:
            check_source(nbformat.read(path, as_version=4), f"{assignment}/{path.name}", course.root)
        except (PlanError, nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
            raise CourseError(str(error)) from error


def _silent(done: int, of: int) -> None:
    pass


def _has_exchange() -> bool:
    return sys.platform != "win32"  # nbgrader has none there


def _exchange(course: Course, action: str, directory: Any, **options: Any) -> list[str]:
    """Run one of nbgrader's exchange apps; returns its warnings."""
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeFactory

    factory = ExchangeFactory(config=course.config)
    app = getattr(factory, action)(
        coursedir=directory, authenticator=Authenticator(config=course.config), config=course.config
    )
    for name, value in options.items():
        setattr(app, name, value)
    with nbgrader_at_work() as heard:
        app.start()
    return heard
