"""What can go wrong while setting up: one sentence for each, in Chinese and English, that says what to do.

Standard library only, and no `say()`: this is read before anything is installed.
"""

from __future__ import annotations

import re

TROUBLES = {
    "venv": (
        "这个 Python 缺少 venv 或 ensurepip:Debian 和 Ubuntu 请先运行 sudo apt install python3-venv,"
        "其他系统请重新安装完整的 Python,然后再试。",
        "This Python lacks venv or ensurepip: on Debian and Ubuntu run sudo apt install python3-venv first, "
        "elsewhere reinstall a complete Python, then try again.",
    ),
    "network": (
        "下载软件包时连不上网络:请检查网络(或代理、pip 镜像的设置),然后再运行一次。",
        "The network could not be reached while downloading packages: check it (or the settings of the proxy or of "
        "pip's mirror), then run this again.",
    ),
    "mirror": (
        "pip 所用的软件源里没有 {0}:镜像可能还没有同步,请换一个软件源,然后再试。",
        "The package index that pip uses does not have {0}: a mirror may lag behind, so use another, then try again.",
    ),
    "disk": (
        "磁盘空间不够:安装大约需要 1 GB,请腾出空间,然后再运行一次。",
        "The disk is full: about 1 GB is needed, so free some space and run this again.",
    ),
    "denied": (
        "不能写入 {0}:请关掉还在运行的课程,或把整个文件夹移到您有写入权限的地方,然后再试。",
        "Cannot write to {0}: close a lab that is still running, or move the whole folder to a place where you may "
        "write, then try again.",
    ),
    "foreign": (
        "{0} 不是 Python 环境,所以没有动它:请把它改名或移走,然后再试。",
        "{0} is not a Python environment and was left alone: rename or move it, then try again.",
    ),
    "stopped": ("已停止,再运行一次就会继续。", "Stopped; run it again to continue."),
    "unknown": (
        "安装没有成功:最后几行在上面,全部记录在 {0},请把这个文件发给讲师。",
        "The installation failed: its last lines are above and everything is in {0}, so send that file to your "
        "instructor.",
    ),
}

# What pip, venv and the system say, in lower case. Order matters: a full disk breaks downloads, too.
SIGNS = {
    "disk": ("no space left", "errno 28]", "errno 122]", "winerror 112]", "not enough space on the disk"),
    "venv": ("ensurepip is not available", "no module named ensurepip", "no module named 'ensurepip'", "named venv"),
    "network": (
        "connectionerror", "new connection", "connection refused", "connection reset", "connection broken",
        "connection aborted", "timed out", "timeouterror", "max retries", "name resolution", "getaddrinfo",
        "unreachable", "proxyerror", "sslerror", "protocolerror", "incompleteread",
    ),
    "denied": ("permission denied", "errno 13]", "errno 30]", "winerror 5]", "winerror 32]", "read-only file system"),
}  # fmt: skip
LACKING = re.compile(r"(?:No matching distribution found for|satisfies the requirement) ([^\s(]+)")


class Trouble(Exception):
    """Setting up cannot go on, for a reason that the user can mend: a key of TROUBLES and what fills its places."""

    def __init__(self, key: str, *values: object) -> None:
        super().__init__(key)
        self.key = key
        self.sentences = [sentence.format(*values) for sentence in TROUBLES[key]]


def explain(output: str, *, folder: str, log: str) -> Trouble:
    """The trouble that a failed step's output (or an error's text) tells of; `unknown` if nothing fits."""
    low = output.lower()
    for key in ("disk", "venv", "network"):
        if any(sign in low for sign in SIGNS[key]):
            return Trouble(key)
    lacking = LACKING.search(output)
    if lacking:
        return Trouble("mirror", lacking.group(1))
    if any(sign in low for sign in SIGNS["denied"]):
        return Trouble("denied", folder)
    return Trouble("unknown", log)
