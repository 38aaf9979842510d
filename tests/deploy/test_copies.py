"""Copies behind nginx: nobody's upload goes astray, one copy's end is nobody else's, and whoever
was on it is told the way back.

Short here; ``THAL_LONG=1`` (``make test-deploy``) has fifty people upload at once, and a browser.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.deploy.visitor import Visitor
from tests.deploy.ward import NGINX, ROOT, Ward, wait_for
from thal_core.words import tr
from ui.copies import ended

LONG = os.environ.get("THAL_LONG") == "1"
PEOPLE, UPLOADS = 50, 50 if LONG else 6
SHEET = (ROOT / "tests" / "data" / "table3_2024.csv").read_bytes()
LARGE = b"id,note\n" + b"1,x\n" * 1_000_000
pytestmark = pytest.mark.xdist_group("deploy")


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    if NGINX is None:
        missing = (
            "NO NGINX ON THIS COMPUTER: the copies were not tried. Debian: apt-get install nginx"
        )
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    running = Ward(tmp_path_factory.mktemp("ward"))
    yield running
    running.end()


@pytest.fixture(scope="module")
def people(ward: Ward) -> list[Visitor]:
    """Fifty visitors, each with the first screen drawn."""
    visitors = [Visitor(ward.port) for _ in range(PEOPLE)]
    with ThreadPoolExecutor(10) as hands:
        list(hands.map(Visitor.open, visitors))
    return visitors


def joined(text: str) -> str:
    """Without its breaks of lines."""
    return "".join(text.split())


def test_people_are_spread_and_stay(ward: Ward, people: list[Visitor]) -> None:
    on = [sum(v.copy == port for v in people) for port in ward.ports]
    assert min(on) >= PEOPLE // 4
    assert all(v.words for v in people)
    before = people[0].cookies["thal_copy"]
    assert people[0].get("/", Accept="text/html").status == 200
    assert people[0].cookies["thal_copy"] == before


def test_no_upload_goes_astray(people: list[Visitor]) -> None:
    with ThreadPoolExecutor(10) as hands:
        answers = list(hands.map(lambda v: v.upload(SHEET), people[:UPLOADS]))
    assert answers == [204] * UPLOADS


def test_a_large_upload_passes_without_the_disk(people: list[Visitor]) -> None:
    """``Ward`` has put a file where nginx would make its folder of uploads."""
    assert people[-1].upload(LARGE) == 204


def test_an_uploaded_sheet_is_read_where_it_was_sent(people: list[Visitor]) -> None:
    person = people[1]
    assert person.upload(SHEET) == 204
    person.run(person.sheet)
    while "13 of 13" not in person.words:  # for ever, and the run's limit for one test ends it
        time.sleep(0.2)
        person.run()


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json"])
def test_what_counts_the_program_is_closed(ward: Ward, path: str) -> None:
    assert Visitor(ward.port).get(path).status == 404


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/no/such/page.js"])
def test_guarding_headers_come_through_once(ward: Ward, path: str) -> None:
    headers = Visitor(ward.port).get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (headers["x-frame-options"], headers["server"]) == ("DENY", "nginx")


def test_another_name_is_refused(ward: Ward) -> None:
    assert Visitor(ward.port).get("/", Host="evil.example").status == 403


@pytest.fixture(scope="module")
def killed(ward: Ward, people: list[Visitor]) -> int:
    """From here on one copy is gone; its port."""
    ward.kill_copy(ward.ports[0])
    return ward.ports[0]


def test_the_others_go_on(killed: int, people: list[Visitor]) -> None:
    others = [v for v in people if v.copy != killed]
    with ThreadPoolExecutor(4) as hands:
        assert all(hands.map(Visitor.is_alive, others if LONG else others[:8]))
    assert others[0].upload(SHEET) == 204


def test_who_was_on_it_is_told_and_comes_back(killed: int, people: list[Visitor]) -> None:
    person = next(v for v in people if v.copy == killed)
    for language in ("en", "zh"):
        assert joined(tr("ui.copy.ended", language=language)) in joined(person.told())
    assert person.get("/_stcore/upload_file/a/b", "PUT", SHEET).status == 503
    person.open()  # the page once more
    assert person.copy != killed and person.words and person.told() == ""


def test_new_people_never_meet_the_dead_one(killed: int, ward: Ward) -> None:
    visitors = [Visitor(ward.port) for _ in range(6)]
    assert [v.get("/", Accept="text/html").status for v in visitors] == [200] * 6
    assert killed not in {v.copy for v in visitors}


def test_a_copy_that_was_started_again_does_not_pretend(
    killed: int, ward: Ward, people: list[Visitor]
) -> None:
    """The tab would reconnect by itself to a session that holds nothing of its person."""
    ward.copies[killed] = ward.start_copy(killed)
    wait_for(f"http://127.0.0.1:{killed}/_stcore/health")
    person = [v for v in people if v.copy == killed][-1]
    assert person.told() == ended()
    with pytest.raises(Exception, match="403"):
        person.connect()
    kept = person.get("/", Accept="text/html").headers["etag"]
    person.cookies["thal_copy"] = f"{killed}-of-before"
    assert person.get("/", Accept="text/html", **{"If-None-Match": kept}).status == 304
    assert person.told() == ""  # a page the browser still had binds its person too


def test_with_none_left_one_sentence(killed: int, ward: Ward) -> None:
    for port in ward.ports:
        ward.kill_copy(port)
    answer = Visitor(ward.port).get("/", Accept="text/html")
    assert answer.status == 503 and answer.headers["x-frame-options"] == "DENY"
    assert tr("ui.copy.none", language="zh") in answer.body.decode()


@pytest.mark.skipif(not LONG, reason="THAL_LONG=1: what a browser shows of it")
def test_a_browser_shows_the_sentence(tmp_path: Path) -> None:
    from playwright.sync_api import expect, sync_playwright

    from tests.browser.conftest import ARGUMENTS, _browser_path

    ward = Ward(tmp_path)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=_browser_path(), args=ARGUMENTS)
            tab = browser.new_page()
            tab.goto(f"http://127.0.0.1:{ward.port}")
            tab.get_by_test_id("stMetric").first.wait_for(timeout=60_000)
            cookies = {c["name"]: c["value"] for c in tab.context.cookies()}
            ward.kill_copy(int(cookies["thal_copy"].split("-")[0]))
            expect(tab.get_by_text(ended().splitlines()[0])).to_be_visible(timeout=60_000)
            tab.reload()
            tab.get_by_test_id("stMetric").first.wait_for(timeout=60_000)
            expect(tab.get_by_text(ended().splitlines()[0])).to_have_count(0)
            browser.close()
    finally:
        ward.end()


def test_nginx_finds_no_fault(ward: Ward) -> None:
    checked = subprocess.run(
        [
            str(NGINX),
            "-t",
            "-e",
            str(ward.folder / "t.log"),
            "-p",
            str(ward.folder),
            "-c",
            "whole.conf",
        ],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0 and "warn" not in checked.stderr, checked.stderr
