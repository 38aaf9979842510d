"""The whole kit, for the long test: built, unpacked, installed and started where no network is."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tools.kit.build import NAME, main

STARTED = """
import socket, subprocess, sys, time, urllib.request
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
try:
    socket.create_connection(("pypi.org", 443), 3)
    sys.exit("there is a network")
except OSError:
    pass
subprocess.run([sys.executable, "start.py", "--install-only"], check=True)
given = ["--server.port", "9777", "--server.headless", "true"]
app = subprocess.Popen([".venv/bin/python", "-m", "streamlit", "run", "app.py", *given])
for _ in range(1200):
    time.sleep(0.5)
    try:
        print("answer", urllib.request.urlopen("http://127.0.0.1:9777/_stcore/health").read())
        break
    except OSError:
        pass
app.kill()
"""


def unpacked(folder: Path, platform: str) -> Path:
    """The kit out of its zip."""
    assert main(["--platform", platform, "--to", str(folder / "made")]) == 0
    with zipfile.ZipFile(folder / "made" / f"{NAME}.zip") as archive:
        archive.extractall(folder)
    return folder / NAME


def started_without_network(kit: Path, apart: list[str]) -> str:
    """What the app of this kit answers once it is installed and started. ``apart``: the command
    that takes the network away.
    """
    assert apart, "this computer cannot take the network away from a command (unshare -n)"
    done = subprocess.run(
        [*apart, sys.executable, "-c", STARTED], cwd=kit, capture_output=True, text=True
    )
    return done.stdout + done.stderr


def pip_finds_all(kit: Path, python: str) -> bool:
    """Would pip on such a Windows take every package from the kit, each with its hash?"""
    where = ["--platform", "win_amd64", "--python-version", python, "--target", str(kit / "x")]
    alone = ["--no-index", "--find-links", "wheels", "--only-binary=:all:", "--no-deps"]
    what = ["--dry-run", "--require-hashes", "-r", "wheels/requirements.txt"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--isolated", "install", *alone, *where, *what], cwd=kit
    )
    return done.returncode == 0
