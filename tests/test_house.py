"""docs/house.md names every room there is, and the picture is drawn from the imports."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from tools.draw_house import ROOT, arrows, floors, page, picture, rooms

HOUSE = rooms()


def test_the_page_names_the_rooms_there_are() -> None:
    written = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| \d+ \| `(\w+)` \|", written, re.M)) == set(HOUSE)
    assert set(re.findall(r"^\| \d+ \| `(\w+)` \|", page(HOUSE), re.M)) == set(HOUSE)


def test_every_room_says_what_lives_there() -> None:
    assert [name for name, (sentence, _) in HOUSE.items() if not sentence] == []


def test_every_arrow_runs_down_and_stats_knows_nobody() -> None:
    floor = floors(HOUSE)
    assert all(floor[name] > floor[below] for name, (_, own) in HOUSE.items() for below in own)
    assert floor["stats"] == 0 and len(arrows(HOUSE)) > len(HOUSE) / 2


def test_the_picture_has_a_box_for_each_room() -> None:
    drawn = ElementTree.fromstring(picture(HOUSE))
    texts = {text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert texts == set(HOUSE)
