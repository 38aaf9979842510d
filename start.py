"""``python start.py``: makes the environment beside it once, then opens the app on this computer.

It needs Python 3.11 or newer and nothing else. Where a folder ``wheels`` lies beside it (the kit
for computers without internet), it installs from there alone; otherwise from the package index.
"""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV, WHEELS = ROOT / ".venv", ROOT / "wheels"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "runtime"
NEEDED = (3, 11)
SENTENCES = {
    "old": (
        "Python 3.11 or newer is needed; this is {version}. With make: make run PYTHON=python3.11",
        "需要 Python 3.11 或更高版本；当前为 {version}。",
    ),
    "kit": (
        "This kit holds packages for Python {pythons}; this is {version}.",
        "此安装包适用于 Python {pythons}；当前为 {version}。",
    ),
    "venv": (
        "The environment could not be made (Debian: apt install python3-venv).",
        "无法创建运行环境（Debian：apt install python3-venv）。",
    ),
    "install": (
        "The packages could not be installed: {why}. Nothing is broken: start again afterwards.",
        "无法安装所需软件包：{why}。请处理后重新运行。",
    ),
}


class Refused(Exception):
    """It cannot go on; the sentence says why and what to do."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__("\n".join(text.format(**params) for text in SENTENCES[code]))


def main(given: list[str]) -> int:
    """Exit status of the app, or 1 where it could not be started."""
    if hasattr(sys.stdout, "reconfigure"):  # a Windows console that has no Chinese letters
        sys.stdout.reconfigure(errors="replace")
    try:
        install()
    except Refused as why:
        print(why)
        return 1
    if given == ["--install-only"]:
        return 0
    try:
        return subprocess.call([PYTHON, "-m", "streamlit", "run", "app.py", *given], cwd=ROOT)
    except KeyboardInterrupt:
        return 0


def install() -> None:
    """The environment as the lists of packages say; done before: nothing. Refused otherwise."""
    version = sys.version.split()[0]
    if sys.version_info < NEEDED:
        raise Refused("old", version=version)
    lists = [WHEELS / "requirements.txt"] if WHEELS.is_dir() else listed()
    wanted = sha256(b"".join(path.read_bytes() for path in lists)).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text().strip() == wanted:
        return
    if WHEELS.is_dir():
        check_kit(version)
    if not PYTHON.exists() and subprocess.call([sys.executable, "-m", "venv", VENV]):
        raise Refused("venv")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, *source(lists)], env=environment()):
        why = "wheels / 缺少文件" if WHEELS.is_dir() else "no internet? / 网络？"
        raise Refused("install", why=why)
    STAMP.write_text(wanted + "\n")


def listed() -> list[Path]:
    return [ROOT / "requirements.txt", ROOT / "constraints.txt"]


def source(lists: list[Path]) -> list[str]:
    """pip's words for where packages come from: the kit, each by its hash, or the index."""
    if WHEELS.is_dir():
        alone = ["--no-index", "--find-links", str(WHEELS), "--only-binary=:all:", "--no-deps"]
        return [*alone, "--require-hashes", "-r", str(lists[0])]
    return ["-r", str(lists[0]), "-c", str(lists[1])]


def environment() -> dict[str, str]:
    """With a kit no setting of this computer sends pip elsewhere."""
    if not WHEELS.is_dir():
        return dict(os.environ)
    own = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return own | {"PIP_CONFIG_FILE": os.devnull}


def check_kit(version: str) -> None:
    """Is this Python one that the kit was made for?"""
    pythons = (WHEELS / "pythons.txt").read_text().split()
    if ".".join(version.split(".")[:2]) not in pythons:
        raise Refused("kit", pythons=", ".join(pythons), version=version)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
