"""Open a course folder: its settings read strictly, then ours set in code, then the result checked."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csworkshop.grading.engine import GradebookProblem, make_gradebook, shown_url, what_happened
from csworkshop.grading.settings import UntrustedSettings, refuse_other_steps, set_by_course, trust

CONFIG = "nbgrader_config"


class CourseError(Exception):
    """What keeps a course command from doing its work, in one sentence for the instructor."""


@dataclass(frozen=True)
class Course:
    """An open course folder: nbgrader's config in force and its CourseDirectory."""

    root: Path
    config: Any
    directory: Any

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """Folder of a step (`release`, `submitted`, `autograded` …; "." as student for the instructor's own)."""
        return Path(self.directory.format_path(getattr(self.directory, f"{step}_directory"), student, assignment))

    def fresh(self, assignment: str, student: str = "*") -> Any:
        """A CourseDirectory of its own for one of nbgrader's apps, set to an assignment and a student."""
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(config=self.config, root=str(self.root), assignment_id=assignment, student_id=student)

    @contextmanager
    def gradebook(self) -> Iterator[Any]:
        """The course's open nbgrader Gradebook; a database that fails meanwhile becomes a CourseError."""
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import DBAPIError

        url = self.directory.db_url
        try:
            with Gradebook(url, self.directory.course_id) as gradebook:
                yield gradebook
        except DBAPIError as error:
            told = what_happened(url, error)
            raise CourseError(f"the gradebook can't be used ({told}); run the command again, it is safe") from error


def open_course(folder: Path | str = ".", exchange: Path | str | None = None) -> Course:
    """Open `folder`; CourseError if it is none, if its settings can't be read or would run trainees' code.

    Reads the nbgrader_config files that stock nbgrader would read, for the course's id, database and exchange; what
    grading depends on is then set in code. `exchange` overrides the exchange folder.
    """
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory
    from traitlets import TraitError
    from traitlets.config import Config

    root = Path(folder).resolve()
    if not (root / "source").is_dir():
        raise CourseError(f"{root} is no course folder (it has no source/); make one with `csworkshop course init`")
    config = _read_config(root)
    try:
        directory = CourseDirectory(config=config, root=str(root))
        theirs = set_by_course(config)
        if theirs:  # judged before ours replace them: formgrader and stock commands would use theirs
            in_force = Config()
            trust(in_force, root)
            in_force.Autograde.update(theirs)
            refuse_other_steps(Autograde(coursedir=directory, config=in_force))
        trust(config, root)
        if exchange is not None:
            config.Exchange.root = str(Path(exchange).resolve())
        directory = CourseDirectory(config=config, root=str(root))
        refuse_other_steps(Autograde(coursedir=directory, config=config))
    except (UntrustedSettings, TraitError, ImportError) as error:
        raise CourseError(f"{root / CONFIG}.py: {error}") from error
    if Path(directory.directory_structure) != Path("{nbgrader_step}", "{student_id}", "{assignment_id}"):
        raise CourseError("c.CourseDirectory.directory_structure must be nbgrader's own; take the line out")
    ready(directory.db_url, directory.course_id)
    return Course(root, config, directory)


def ready(url: str, course: str) -> None:
    """Make sure that the gradebook at `url` can be used by this course; CourseError if it can't."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        make_gradebook(url, course)
    except ModuleNotFoundError as error:  # no driver for that kind of database
        missing = f"the driver {error.name} is missing; install csworkshop with its extra: pip install '.[postgres]'"
        raise CourseError(f"the gradebook {shown_url(url)} can't be opened: {missing}") from error
    except (SQLAlchemyError, GradebookProblem, ImportError, ValueError) as error:  # ValueError: a port that is none
        raise CourseError(f"the gradebook {shown_url(url)} can't be opened: {what_happened(url, error)}") from error


def _read_config(root: Path) -> Any:
    """The nbgrader_config.py files of the system, the user and the course, merged, the nearest last.

    Unlike nbgrader, which logs a broken file and goes on with stock grading, a broken file stops everything. They are
    read without putting the course folder on sys.path.
    """
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config import Config
    from traitlets.config.loader import ConfigError, PyFileConfigLoader

    config = Config()
    for folder in dict.fromkeys([*map(Path, reversed(jupyter_config_path())), root]):
        path = folder / f"{CONFIG}.py"
        if not path.is_file():
            continue
        try:
            config.merge(PyFileConfigLoader(path.name, path=str(folder)).load_config())
        except SystemExit as stop:  # how our own nbgrader_config.py says that it can't work
            raise CourseError(str(stop)) from stop
        except SyntaxError as error:
            raise CourseError(f"{path}, line {error.lineno}: {error.msg}; nothing was graded") from error
        except (ConfigError, Exception) as error:  # the file is Python: it can fail in any way, and each way stops us
            raise CourseError(f"{path}: {type(error).__name__}: {error}; nothing was done") from error
    return config


@contextmanager
def nbgrader_at_work() -> Iterator[list[str]]:
    """Run one of nbgrader's apps: its failures become CourseError, its warnings are heard (yielded) and not printed."""
    from nbgrader.converters.base import NbGraderException
    from nbgrader.exchange import ExchangeError
    from sqlalchemy.exc import DBAPIError
    from traitlets.log import get_logger

    ears = _Ears()
    logger: Any = get_logger()
    logger.addHandler(ears)
    try:
        yield ears.heard
    except (NbGraderException, ExchangeError) as error:
        # nbgrader's exception may only point at its log; the last line of a logged traceback says what it was
        told = [line for line in ears.errors if not line.startswith("There was an error processing")]
        raise CourseError(told[-1] if told else str(error)) from error
    except DBAPIError as error:
        raise CourseError(f"the gradebook can't be used ({what_happened('', error)}); run the command again") from error
    except OSError as error:
        raise CourseError(f"{error}; the command may be run again") from error
    finally:
        logger.removeHandler(ears)


_ORDINARY = ("Removing existing assignment", "Creating exchange directory")  # warnings of what was asked for


class _Ears(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        lines = record.getMessage().strip().splitlines() or [""]
        if not lines[0].startswith(_ORDINARY):
            self.heard.append(lines[0])
        if record.levelno >= logging.ERROR and not lines[0].startswith("Please see"):
            self.errors.append(lines[-1])
