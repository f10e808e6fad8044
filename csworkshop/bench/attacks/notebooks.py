"""Attacks by the submitted notebook and by files beside it; the answers stay honest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csworkshop.bench.attacks import EVERYTHING, RATES, REPLY, SLOWEST, attack, edit, graded, run_first, touch

_MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@attack(*EVERYTHING)
def patched_scorer(folder: Path, wire: Path) -> None:
    """The marking function replaced in the kernel"""
    patch = "import csworkshop.exercises.marking as m\nm.Marks.points = lambda self, top: float(top)"
    run_first(folder, f"{touch(wire)}\n{patch}")


@attack(*EVERYTHING)
def input_transformer(folder: Path, wire: Path) -> None:
    """An IPython input transformer that rewrites the graded cells as they run"""
    run_first(
        folder,
        f"{touch(wire)}\ndef full(lines):\n    text = ''.join(lines)\n"
        "    return ['10.0\\n'] if 'mark(' in text else ['pass\\n'] if 'assert' in text else lines\n"
        "get_ipython().input_transformers_cleanup.append(full)",
    )


@attack(*EVERYTHING)
def shadow_modules(folder: Path, wire: Path) -> None:
    """Modules beside the notebook with the names of ours and of the standard library"""
    code = f"{touch(wire)}\nclass Full:\n    def points(self, top): return float(top)\n"
    code += "def mark(*a): return Full()\ndef load_exercise(*a): return None\nstudio = result = print\n"
    package = folder / "csworkshop" / "exercises"
    package.mkdir(parents=True)
    for path in (package.parent / "__init__.py", *(package / f"{n}.py" for n in ("__init__", "library", "marking"))):
        path.write_text(code)
    for name in ("sitecustomize", "nbformat", "conftest", "nbgrader_config", "csworkshop"):
        (folder / f"{name}.py").write_text(code)


@attack(*EVERYTHING)
def gradebook_written(folder: Path, wire: Path) -> None:
    """Code that writes gradebook.db: alice's marks to 0"""
    code = "import sqlite3\ndb = sqlite3.connect('../../../gradebook.db', timeout=5)\n"
    run_first(folder, f"{code}db.execute('update grade set auto_score = 0')\ndb.commit()\n{touch(wire)}")


@attack(*EVERYTHING)
def detached_process(folder: Path, wire: Path) -> None:
    """A process that detaches itself and goes on after grading"""
    later = f"import time; time.sleep(2); {touch(wire)}"
    start = f"subprocess.Popen([sys.executable, '-c', {later!r}], start_new_session=True)"
    run_first(folder, f"import subprocess, sys\n{start}")


@attack(*EVERYTHING)
def hidden_tests_read(folder: Path, wire: Path) -> None:
    """Code that takes the hidden tests out of the course folder"""
    run_first(folder, f"text = open('../../../source/m2/m2.ipynb').read()\nopen({str(wire)!r}, 'w').write(text)")


@attack(RATES, SLOWEST)
def others_answers_taken(folder: Path, wire: Path) -> None:
    """Code that puts a classmate's answers in the place of one's own, which are empty"""
    (folder / "answers.json").write_text('{"schema": 1, "answers": {}}')
    code = "import shutil\nimport os\nos.path.exists('answers.json') and os.remove('answers.json')\n"
    run_first(folder, f"{code}shutil.copy('../../../submitted/alice/m2/answers.json', 'answers.json')\n{touch(wire)}")


@attack(*EVERYTHING)
def process_ends(folder: Path, wire: Path) -> None:
    """os._exit in a cell of one's own"""
    run_first(folder, f"{touch(wire)}\nimport os\nos._exit(0)")


@attack(*EVERYTHING)
def endless_loop(folder: Path, wire: Path) -> None:
    """An endless loop in a cell of one's own"""
    run_first(folder, f"{touch(wire)}\nwhile True: pass")


@attack(*EVERYTHING)
def endless_output(folder: Path, wire: Path) -> None:
    """10 GB of output"""
    run_first(folder, f"{touch(wire)}\nfor _ in range(10_000): print('x' * 1_000_000)")


@attack(*EVERYTHING)
def graded_cells_deleted(folder: Path, wire: Path) -> None:
    """The graded cells deleted"""
    edit(folder, lambda nb: nb.update(cells=[c for c in nb.cells if c not in graded(nb)]))


@attack(*EVERYTHING)
def graded_cells_renamed(folder: Path, wire: Path) -> None:
    """The graded cells under other ids"""
    edit(folder, lambda nb: [c.metadata.nbgrader.update(grade_id=f"other-{n}") for n, c in enumerate(graded(nb))])


@attack(*EVERYTHING)
def graded_cells_twice(folder: Path, wire: Path) -> None:
    """Every cell a second time"""
    import nbformat

    def change(notebook: Any) -> None:
        notebook.cells += [nbformat.from_dict({**c, "id": f"again-{n}"}) for n, c in enumerate(notebook.cells)]

    edit(folder, change)


@attack(*EVERYTHING)
def graded_cells_retyped(folder: Path, wire: Path) -> None:
    """The graded cells turned into Markdown with markup in it"""

    def change(notebook: Any) -> None:
        for cell in graded(notebook):
            cell.update(cell_type="markdown", source=f"{_MARKUP} graded: 10")
            for key in ("outputs", "execution_count"):
                cell.pop(key)

    edit(folder, change)


@attack(*EVERYTHING)
def graded_cells_rewritten(folder: Path, wire: Path) -> None:
    """The graded cells made to print full marks"""
    edit(folder, lambda nb: [c.update(source="10.0") for c in graded(nb)])


@attack(*EVERYTHING)
def points_changed(folder: Path, wire: Path) -> None:
    """A thousand points for each graded cell"""
    edit(folder, lambda nb: [c.metadata.nbgrader.update(points=1000) for c in graded(nb)])


@attack(*EVERYTHING)
def metadata_changed(folder: Path, wire: Path) -> None:
    """Graded cells that ask for a person"""
    edit(folder, lambda nb: [c.metadata.nbgrader.update(solution=True, locked=False) for c in graded(nb)])


@attack(*EVERYTHING)
def exercise_changed(folder: Path, wire: Path) -> None:
    """Another exercise's id in the graded cells"""
    edit(folder, lambda nb: [c.update(source=c.source.replace("m2-vague-delivery", "m2-a-parcel")) for c in graded(nb)])


@attack(*EVERYTHING)
def outputs_forged(folder: Path, wire: Path) -> None:
    """Outputs that say full marks, with a script"""
    from nbformat.v4 import new_output

    def change(notebook: Any) -> None:
        for cell in graded(notebook):
            cell.execution_count = 1
            html = new_output("display_data", {"text/html": _MARKUP})
            cell.outputs = [new_output("execute_result", {"text/plain": "10.0"}, execution_count=1), html]

    edit(folder, change)


@attack(*EVERYTHING)
def markup_in_the_notebook(folder: Path, wire: Path) -> None:
    """A script in a Markdown cell, for whoever reads it"""
    from nbformat.v4 import new_markdown_cell

    edit(folder, lambda nb: nb.cells.append(new_markdown_cell(_MARKUP)))


@attack(REPLY)
def corrupt_notebook(folder: Path, wire: Path) -> None:
    """A notebook that is no JSON"""
    (folder / "m2.ipynb").write_bytes(b'{"cells": [' + b"\xff" * 100)


@attack(REPLY)
def nested_notebook(folder: Path, wire: Path) -> None:
    """A notebook nested 100,000 deep"""
    (folder / "m2.ipynb").write_text('{"cells":' * 100_000)


@attack(REPLY)
def missing_notebook(folder: Path, wire: Path) -> None:
    """No notebook at all"""
    (folder / "m2.ipynb").unlink()


@attack(REPLY)
def renamed_notebook(folder: Path, wire: Path) -> None:
    """The notebook under another name"""
    (folder / "m2.ipynb").rename(folder / "m2 (1).ipynb")


@attack(REPLY)
def huge_notebook(folder: Path, wire: Path) -> None:
    """A notebook of 8 GB"""
    with (folder / "m2.ipynb").open("wb") as file:
        file.truncate(8 << 30)  # sparse: 8 GB to whoever reads it


@attack(REPLY)
def linked_notebook(folder: Path, wire: Path) -> None:
    """A symbolic link to a file of the instructor's as the notebook"""
    (folder / "m2.ipynb").unlink()
    (folder / "m2.ipynb").symlink_to(wire.parent / "secret.txt")


@attack(*EVERYTHING)
def huge_file_beside(folder: Path, wire: Path) -> None:
    """A file of 8 GB beside the notebook"""
    with (folder / "data.bin").open("wb") as file:
        file.truncate(8 << 30)


@attack(*EVERYTHING)
def linked_files(folder: Path, wire: Path) -> None:
    """Symbolic links to a file of the instructor's and to the whole class"""
    (folder / "notes.txt").symlink_to(wire.parent / "secret.txt")
    (folder / "others").symlink_to(folder.parents[1])


@attack(*EVERYTHING)
def hard_linked_file(folder: Path, wire: Path) -> None:
    """A hard link to a file of the instructor's"""
    os.link(wire.parent / "secret.txt", folder / "notes.txt")


@attack(*EVERYTHING)
def pipe_beside(folder: Path, wire: Path) -> None:
    """A pipe beside the notebook, at which a copying program waits for ever"""
    os.mkfifo(folder / "pipe")


@attack(*EVERYTHING)
def odd_timestamp(folder: Path, wire: Path) -> None:
    """A time of submission that is none"""
    (folder / "timestamp.txt").write_bytes(b"\xff\xfe\x00 the day before yesterday")


@attack(*EVERYTHING)
def linked_timestamp(folder: Path, wire: Path) -> None:
    """An endless device as the time of submission"""
    (folder / "timestamp.txt").unlink()
    (folder / "timestamp.txt").symlink_to("/dev/zero")


@attack(*EVERYTHING)
def pipe_for_a_timestamp(folder: Path, wire: Path) -> None:
    """A pipe as the time of submission"""
    (folder / "timestamp.txt").unlink()
    os.mkfifo(folder / "timestamp.txt")


@attack(*EVERYTHING)
def missing_timestamp_and_secret(folder: Path, wire: Path) -> None:
    """No time and no secret"""
    (folder / "timestamp.txt").unlink()
    (folder / "submission_secret.txt").unlink()


@attack(*EVERYTHING)
def name_with_markup(folder: Path, wire: Path) -> None:
    """A trainee's name with quotes and markup"""
    folder.parent.rename(folder.parents[1] / "mallory'\"><img src=x onerror=alert(1)>")
