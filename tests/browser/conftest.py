"""The running app in a real browser: one server and one Chromium for the whole run.

Without Chromium these tests are skipped with a loud line, and fail where CI=true.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--headless=new",
    "--disable-background-networking",
    "--no-first-run",
]


def _browser_path() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        missing = (
            "NO CHROMIUM ON THIS COMPUTER: the browser tests did not run. "
            "Debian: apt-get install chromium"
        )
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(missing, pytrace=False)
        print(f"\n*** {missing} ***", file=sys.__stderr__)
        pytest.skip(missing)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    path = _browser_path()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The app as a person starts it: ``streamlit run app.py``, all other settings from
    .streamlit/config.toml.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait(url: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail("the app did not start within 30 s")


@pytest.fixture
def page(browser, address) -> Iterator[object]:
    """A fresh window on the app; a console error, or a request to any other host, fails the
    test.
    """
    window = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-US", accept_downloads=True
    )
    tab = window.new_page()
    tab.set_default_timeout(60_000)  # a busy machine is slow, not broken
    faults: list[str] = []
    tab.on("console", lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None)
    tab.on("pageerror", lambda e: faults.append(f"page error: {e}"))
    tab.on("request", lambda r: faults.append(f"request: {r.url}") if _is_outside(r.url) else None)
    tab.goto(address)
    tab.get_by_test_id("stMetric").first.wait_for()
    yield tab
    window.close()
    assert not faults


def _is_outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))
