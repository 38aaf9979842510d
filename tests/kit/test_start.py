"""``python start.py`` beside a folder of wheels: installs from there alone, and says what is wrong.

The kit here holds one small package that stands for Streamlit. ``THAL_LONG=1`` (``make test-kit``)
does the same with the whole kit, and fetches and compares every Windows wheel.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from tools.kit.wheels import PYTHONS, ROOT

LONG = os.environ.get("THAL_LONG") == "1"
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
FILE = "streamlit-1-py3-none-any.whl"
NEWER = FILE.replace("1", "2", 1)
DEAD = "http://127.0.0.1:9"  # where nobody listens
APP = "import sys\nprint('app', *sys.argv[1:])\n"
INFO = "streamlit-1.dist-info"
PARTS = {
    "streamlit/__init__.py": "",
    "streamlit/__main__.py": APP,
    f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: streamlit\nVersion: 1\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}


def write_wheel(folder: Path) -> str:
    """A package that only says with what it was started; its hash."""
    record = "".join(f"{name},,\n" for name in PARTS) + f"{INFO}/RECORD,,\n"
    with zipfile.ZipFile(folder / FILE, "w") as archive:
        for name, text in {**PARTS, f"{INFO}/RECORD": record}.items():
            archive.writestr(name, text)
    return sha256((folder / FILE).read_bytes()).hexdigest()


def make_kit(folder: Path, pythons: str = HERE) -> Path:
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    line = f"streamlit==1 --hash=sha256:{write_wheel(wheels)}\n"
    (wheels / "requirements.txt").write_text(line)
    (wheels / "pythons.txt").write_text(pythons)
    shutil.copy(ROOT / "start.py", folder)
    return folder


def without_network() -> list[str]:
    """What puts a command where there is no network at all; nothing where that is not allowed."""
    tool = shutil.which("unshare")
    if tool and subprocess.run([tool, "-n", "true"], capture_output=True).returncode == 0:
        return [tool, "-n"]
    return []


def start(folder: Path, *given: str) -> tuple[int, str]:
    settings = {"PIP_INDEX_URL": DEAD, "PIP_FIND_LINKS": DEAD, "PIP_RETRIES": "0"}
    done = subprocess.run(
        [*without_network(), sys.executable, str(folder / "start.py"), *given],
        env=os.environ | settings | {"http_proxy": DEAD, "https_proxy": DEAD},
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder.parent,
    )
    return done.returncode, done.stdout + (
        "HASH" if "DO NOT MATCH THE HASHES" in done.stderr else ""
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    kit = make_kit(tmp_path_factory.mktemp("hospital PC") / "沙利度胺")
    assert start(kit, "--install-only") == (0, "")
    return kit


def test_it_installs_without_network_and_starts_the_app(installed):
    status, words = start(installed, "--server.port", "9")
    assert (status, words.strip()) == (0, "app run app.py --server.port 9")


def test_the_second_time_installs_nothing(installed):
    (installed / "wheels" / FILE).rename(installed / "away")
    try:
        assert start(installed, "--install-only") == (0, "")
    finally:
        (installed / "away").rename(installed / "wheels" / FILE)


def test_a_changed_wheel_is_refused(installed):
    lines = installed / "wheels" / "requirements.txt"
    good = lines.read_text()
    lines.write_text(good.replace("==1", "==2"))
    wheel = (installed / "wheels" / FILE).read_bytes()
    (installed / "wheels" / NEWER).write_bytes(wheel + b"changed")
    try:
        status, words = start(installed, "--install-only")
    finally:
        lines.write_text(good)
        (installed / "wheels" / NEWER).unlink()
    assert status == 1 and "could not be installed" in words and "无法安装" in words
    assert words.endswith("HASH")


def test_a_python_the_kit_was_not_made_for_is_named(tmp_path):
    status, words = start(make_kit(tmp_path / "kit", pythons="3.9 3.10"), "--install-only")
    assert status == 1 and "Python 3.9, 3.10; this is " + HERE in words
    assert not (tmp_path / "kit" / ".venv").exists()


def test_the_batch_file_finds_every_python_of_the_kit():
    text = (ROOT / "start.bat").read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n") and text.isascii()
    for python in PYTHONS:
        assert python.encode() in text and b"Python" + python.replace(".", "").encode() in text


@pytest.mark.skipif(not LONG, reason="THAL_LONG=1: the whole kit of this system")
def test_the_whole_kit_installs_and_starts_without_network(tmp_path):
    from tests.kit.whole import started_without_network, unpacked

    words = started_without_network(unpacked(tmp_path, "linux"), without_network())
    assert "answer b'ok'" in words


@pytest.mark.skipif(not LONG, reason="THAL_LONG=1: every Windows wheel is fetched and compared")
@pytest.mark.parametrize("python", PYTHONS)
def test_the_whole_windows_kit_is_what_pip_needs(windows_kit, python):
    from tests.kit.whole import pip_finds_all

    assert pip_finds_all(windows_kit, python)


@pytest.fixture(scope="module")
def windows_kit(tmp_path_factory) -> Path:
    from tests.kit.whole import unpacked

    return unpacked(tmp_path_factory.mktemp("windows"), "windows")
