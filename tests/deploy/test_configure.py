"""What a server is set up with: its files, and a copy that tells systemd how it is."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import stat
import subprocess
import sys

import pytest

from deploy import configure
from tests.deploy.ward import ROOT
from ui import copies


def made(folder, *more: str) -> dict[str, str]:
    name = ["--name", "thal.hospital.example", "--to", str(folder)]
    assert configure.main([*name, *more]) == 0
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def test_every_copy_is_known_to_nginx_and_nothing_is_left_open(tmp_path) -> None:
    conf = made(tmp_path, "--copies", "3")["nginx.conf"]
    for port in (8601, 8602, 8603):
        assert f'"~^{port}-" thal_{port};' in conf and f"upstream thal_{port} " in conf
    assert re.search(r"@[A-Z]+@", conf) is None
    for line in ("proxy_request_buffering off;", "proxy_buffering off;", "access_log off;"):
        assert line in conf


def test_the_secret_is_one_and_its_owner_s_alone(tmp_path) -> None:
    first = made(tmp_path)["thal.env"]
    assert made(tmp_path, "--copies", "2")["thal.env"] == first
    assert stat.S_IMODE((tmp_path / "thal.env").stat().st_mode) == 0o600
    assert re.search(r"COOKIE_SECRET=[0-9a-f]{64}\n", first)


@pytest.mark.parametrize("name", ["a;b", "a b", "", "x/y", '"'])
def test_a_name_that_is_none_is_refused(tmp_path, name) -> None:
    assert configure.main(["--name", name, "--to", str(tmp_path)]) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("copies", ["0", "65"])
def test_a_number_of_copies_that_is_none_is_refused(tmp_path, copies) -> None:
    assert configure.main(["--name", "a", "--copies", copies, "--to", str(tmp_path)]) == 2


def test_the_container_takes_what_there_is() -> None:
    lines = (ROOT / "deploy" / "Containerfile").read_text().splitlines()
    named = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert {"app.py", "ui", "thal_core", "deploy"} <= set(named)
    assert [word for word in named if not (ROOT / word).exists()] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_finds_no_fault_in_the_unit(tmp_path) -> None:
    unit = (ROOT / "deploy" / "thal@.service").read_text()
    here = tmp_path / "thal@8601.service"
    here.write_text(unit.replace("/opt/thal/.venv/bin/python", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(here)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="systemd is Linux")
def test_a_copy_says_that_it_is_ready_and_then_that_it_lives(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(copies, "_ALIVE_SECONDS", 0.01)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        async def a_while() -> None:
            telling = asyncio.create_task(copies.tell_alive())
            await asyncio.sleep(0.1)
            telling.cancel()

        asyncio.run(a_while())
        assert [systemd.recv(99), systemd.recv(99)] == [b"READY=1", b"WATCHDOG=1"]


def test_where_nobody_listens_nothing_is_told(monkeypatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    asyncio.run(asyncio.wait_for(copies.tell_alive(), 5))


def test_no_line_of_the_sentence_is_wider_than_its_window() -> None:
    def width(line: str) -> int:
        return sum(1 if character.isascii() else 2 for character in line)

    assert max(map(width, copies.ended().splitlines())) <= copies.WIDTH + 2
