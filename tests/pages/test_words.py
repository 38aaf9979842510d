"""Every text of the screen: written down once, in both languages, with the same gaps to fill, and
used.
"""

from __future__ import annotations

import csv
import re
import string

from tests.pages.conftest import ROOT
from thal_core.words import catalogue

CODE = "\n".join(
    p.read_text(encoding="utf-8")
    for p in [
        ROOT / "app.py",
        *(q for d in ("ui", "pages", "deploy") for q in (ROOT / d).glob("*.py")),
    ]
)
BUILT = (
    "column.",
    "kind.",
    "receipt.item.",
    "receipt.role.",
    "value.",
    "group.",
    "class.",
    "page.",
    "settings.",
    "show.file.",
    "audit.",
    "cohort.",
    "responders.",
    "trajectories.",
    "genotypes.",
    "predictors.",
    "safety.",
    "evidence.",
)  # the last word of these is put in by the code


def interface() -> list[dict[str, str]]:
    with (ROOT / "thal_core" / "words" / "catalogue" / "interface.csv").open(
        encoding="utf-8-sig", newline=""
    ) as lines:
        return list(csv.DictReader(lines))


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_stands_in_both_languages_with_the_same_gaps():
    for row in interface():
        assert row["code"].startswith("ui.") and row["en"].strip() and row["zh"].strip(), row
        assert gaps(row["en"]) == gaps(row["zh"]), row


def test_every_text_the_code_asks_for_is_written_down():
    asked = set(re.findall(r"""\bt\(\s*["']([a-z0-9_.]+)["']""", CODE))
    assert len(asked) > 60
    assert not {code for code in asked if f"ui.{code}" not in catalogue()}


def test_no_text_is_left_over():
    asked = set(re.findall(r"""\bt\(\s*["']([a-z0-9_.]+)["']""", CODE)) | set(
        re.findall(r"""\"ui\.([a-z0-9_.]+)\"""", CODE)
    )
    written = {row["code"].removeprefix("ui.") for row in interface()}
    assert not {code for code in written - asked if not code.startswith(BUILT)}


def test_the_word_that_no_genotype_deserves_is_never_written():
    assert not [
        row for row in interface() if "sensitive" in row["en"].lower() or "敏感" in row["zh"]
    ]


def test_no_html_is_ever_let_through():
    assert "unsafe_allow_html" not in CODE and "st.html" not in CODE
