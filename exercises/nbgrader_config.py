"""nbgrader 的课程设置 / nbgrader's settings for this course.

有了这个文件,nbgrader 自己的命令(generate_assignment、collect、autograde、generate_feedback)和 formgrader
里的按钮,都和 `csworkshop grade` 一样:只读学员的 answers.json 来评分,不运行学员的任何代码。

With this file nbgrader's own commands and formgrader's buttons mark as `csworkshop grade` does: from the trainee's
answers.json, without running anything that a trainee wrote. Without it, stock nbgrader would run their notebooks.

请不要改这里。自己的设置(课程名、交换文件夹、成绩库)写进旁边的 course_settings.py。
Leave this file as it is; settings of your own (the course's name, exchange, gradebook) go into course_settings.py.
"""

from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader puts get_config and load_subconfig into this file

# nbgrader logs an error in this file and goes on, with its own way of grading. So any error must end the program.
try:
    from csworkshop.grading.settings import trust

    load_subconfig("course_settings.py", str(Path(__file__).parent))  # noqa: F821
    trust(c, Path(__file__).parent)  # last, so that nothing above can open the door again
except Exception as error:
    raise SystemExit(f"{__file__}: {type(error).__name__}: {error}. Nothing was done.") from error
