# -*- coding: utf-8 -*-  # ruff: noqa: UP009, UP031
"""第一次运行时自动装好所需的一切(约一两分钟,只此一次),以后直接启动。
Sets everything up on first use (a minute or two, once only), then starts at once.

    python3 start.py lab              打开课程 · open the lessons in JupyterLab
    python3 start.py test             运行测试 · run the tests (further words go to pytest)
    python3 start.py COMMAND ...      csworkshop 的其他命令 · any other csworkshop command: check, mark, grade ...
    python3 start.py COMMAND --help   这个命令怎么用 · how to use a command

在 Windows 上把 python3 写成 py · On Windows write py instead of python3.
软件装在本文件旁边的 .venv 里,删掉这个文件夹就会重新安装。
Everything is installed in the folder .venv beside this file; delete that folder to install afresh.
"""
# Python 2.7 and 3.6 must be able to read this file to its end, if only to say in one sentence that they are too old:
# so no f-strings or annotations here. The work is done by csworkshop/lab/first_use.py, in today's Python.

import os
import sys

NEEDED = (3, 11)


def newer_python():
    """The name of a newer Python that PATH has, or an empty string."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for minor in range(19, NEEDED[1] - 1, -1):
        name = "python3.%d" % minor
        if any(os.access(os.path.join(folder, name), os.X_OK) for folder in folders):
            return name
    return ""


def too_old():
    """Say in one sentence, in both languages, that this Python is too old."""
    version = "%d.%d" % sys.version_info[:2]
    name = newer_python()
    command = " ".join([name, "start.py"] + sys.argv[1:])  # noqa: RUF005 - Python 2.7 knows no [*list]
    hint_zh = "这台电脑上有 %s,请运行 %s" % (name, command) if name else "请安装新版 Python,再用它运行 start.py"
    hint_en = "this computer has %s, so run %s" % (name, command) if name else "install a newer one and use that"
    sys.stderr.write("Python %s 太旧,需要 3.11 或更新的版本:%s。\n" % (version, hint_zh))
    sys.stderr.write("Python %s is too old, 3.11 or newer is needed: %s.\n" % (version, hint_en))


def main():
    if sys.version_info < NEEDED:
        too_old()
        return 1
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a console may lack Chinese characters
    if len(sys.argv) == 1 or sys.argv[1] in ("-h", "--help", "help"):
        sys.stdout.write(__doc__)
        return 0
    from csworkshop.lab.first_use import start  # here, as an old Python could not read it

    return start(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
