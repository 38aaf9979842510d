"""The server itself: what it answers with, whom it never asks, what it forgets, and what its log
does not say.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, _wait
from thal_core.words import tr

TOKEN = "李雷 450102199003071234"  # as in failing.py
HANDSHAKE = (
    "GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nOrigin: {origin}\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Server:
    """A server of its own, watched from inside (tests/browser/watched.py)."""

    def __init__(
        self, folder: Path, script: str, *settings: str, address: str = "127.0.0.1"
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url, self.log, self.said = (
            f"http://127.0.0.1:{self.port}",
            folder / "sockets.txt",
            folder / "said.txt",
        )
        given = [
            "--server.port",
            str(self.port),
            "--server.headless",
            "true",
            "--server.address",
            address,
            *settings,
        ]
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.browser.watched",
                str(ROOT / script),
                str(self.log),
                *given,
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said.open("w"),
            text=True,
        )
        _wait(f"{self.url}/_stcore/health")

    def asked(self) -> list[str]:
        """Every address outside this computer that the process turned to."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [
            line
            for line in lines
            if not re.search(
                r"127\.0\.0\.1|'::1'|localhost|'0\.0\.0\.0'|0\.0\.0\.0$|\.sock|/", line
            )
        ]

    def handshake(self, origin: str, host: str | None = None) -> str:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            line.sendall(
                HANDSHAKE.format(host=host or f"127.0.0.1:{self.port}", origin=origin).encode()
            )
            return line.recv(4096).decode("latin-1").splitlines()[0]

    def held(self, name: str) -> int:
        """How many opened sheets of this name its memory holds."""
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        while not (answer := self.process.stdout.readline()).startswith("held"):
            assert answer, "the server ended"
        return int(answer.split()[1])

    def end(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def server(tmp_path) -> Iterator[Callable[..., Server]]:
    running: list[Server] = []

    def start(*given: str, **named: str) -> Server:
        running.append(Server(tmp_path, *given, **named))
        return running[-1]

    yield start
    for one in running:
        one.end()


def answer(url: str, **headers: str) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=20
        ) as got:
            return got.status, {k.lower(): v for k, v in got.headers.items()}
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}


@pytest.mark.parametrize(
    "path",
    ["/", "/safety", "/favicon.png", "/_stcore/health", "/_stcore/host-config", "/no/such/page.js"],
)
def test_every_answer_carries_the_guarding_headers(address, path):
    _, headers = answer(address + path)
    assert (
        "frame-ancestors 'none'" in headers["content-security-policy"]
        and "unsafe-eval" not in headers["content-security-policy"]
    )
    assert headers["x-frame-options"] == "DENY" and headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/favicon.png", "/_stcore/health"])
def test_a_name_the_server_does_not_go_by_is_refused(address, path):
    assert answer(address + path, Host="evil.example")[0] == 403


def test_a_knock_from_elsewhere_is_refused_and_nobody_is_asked(server):
    app = server("app.py")
    assert " 403 " in app.handshake("https://evil.example")
    assert " 403 " in app.handshake("http://8.8.8.8:8501")
    assert " 101 " in app.handshake(f"http://127.0.0.1:{app.port}")
    assert app.asked() == []


def test_a_server_open_to_its_network_asks_nobody_either(server):
    """With no address of its own Streamlit would ask an outside one, to print it, before anybody
    came.
    """
    app = server("app.py", "--server.allowedHosts", "*", address="0.0.0.0")
    assert " 403 " in app.handshake("https://evil.example")
    assert app.asked() == []


def test_a_closed_tab_is_forgotten_without_another_visitor(server, browser, tmp_path):
    sheet = tmp_path / "ward7.csv"
    sheet.write_bytes((ROOT / "tests" / "data" / "table3_2024.csv").read_bytes())
    app = server("app.py", "--server.disconnectedSessionTTL", "2")
    window = browser.new_context()
    tab = window.new_page()
    tab.goto(app.url)
    tab.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(sheet)
    expect(tab.get_by_text("13 of 13 patients")).to_be_visible(timeout=20_000)
    assert app.held("ward7.csv") >= 1
    window.close()
    while app.held("ward7.csv"):  # for ever, and the run's limit for one test ends it
        time.sleep(0.5)


def test_a_file_that_cannot_be_made_is_one_sentence_and_no_value_in_the_log(
    server, browser, tmp_path
):
    launcher = tmp_path / "launch.py"
    launcher.write_text(
        "import streamlit as st\nfrom ui.quiet import be_quiet\n\n"
        f"be_quiet()\napp = st.App({str(ROOT / 'tests/browser/failing.py')!r})\n",
        encoding="utf-8",
    )
    app = server(str(launcher))
    tab = browser.new_page()
    tab.goto(app.url)
    tab.get_by_role("button", name="文件").click()
    expect(tab.get_by_text(tr("ui.download.failed", language="zh"))).to_be_visible(timeout=15_000)
    expect(tab.get_by_text("Traceback")).to_have_count(0)
    tab.close()
    said = app.said.read_text(encoding="utf-8")
    assert "ValueError at failing.py" in said
    assert not any(part in said for part in (*TOKEN.split(), "Traceback"))
