"""One colour a meaning; every preset at its true size."""

from __future__ import annotations

from collections import Counter

import pytest

from thal_core.figures.theme import look, looks, preset_named, presets
from thal_core.issues import UnknownChoice
from thal_core.rules.catalogue import read_rules
from thal_core.vocabulary import Phenotype, Response

LIGHT, DARK = "#FFFFFF", "#0E1117"


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_no_two_meanings_share_a_colour() -> None:
    rows = [row for row in read_rules("colours") if row["kind"] != "month"]
    assert [c for c, n in Counter(row["colour"] for row in rows).items() if n > 1] == []


def test_every_class_and_phenotype_has_its_own_mark_in_grey_print_too() -> None:
    classes = [look(c) for c in Response]
    assert len({(style.symbol) for style in classes}) == len(classes)
    assert look(Phenotype.TDT).symbol != look(Phenotype.NTDT).symbol
    assert look(Phenotype.TDT).dash != look(Phenotype.NTDT).dash


@pytest.mark.parametrize("meaning", [*Response, *Phenotype, "all"])
def test_colours_are_seen_on_a_white_and_on_a_dark_page(meaning: str) -> None:
    assert contrast(look(meaning).colour, LIGHT) >= 2.2
    assert contrast(look(meaning).colour, DARK) >= 3


def test_every_row_has_a_source() -> None:
    for name in ("presets", "colours"):
        assert [row for row in read_rules(name) if not row["source"].strip()] == []


def test_groups_without_a_meaning_get_series_colours_and_named_ones_keep_theirs() -> None:
    found = looks(["CD17/-28", "TDT", "-28/-28"])
    assert found["TDT"] == look("TDT")
    assert found["CD17/-28"].colour != found["-28/-28"].colour


@pytest.mark.parametrize(
    ("preset", "cm", "dpi"),
    [
        ("journal_single", 8.5, 300),
        ("journal_one_and_half", 11.5, 300),
        ("journal_double", 17.6, 300),
        ("slide", 33.867, 144),
        ("blood_single", 8.0, 300),
        ("blood_double", 17.0, 300),
        ("12.5 cm", 12.5, 300),
        ("25.4x14.3cm", 25.4, 144),
    ],
)
def test_presets_have_the_widths_that_journals_and_projectors_ask_for(
    preset: str, cm: float, dpi: int
) -> None:
    size = preset_named(preset)
    assert size.width / 96 * 2.54 == pytest.approx(cm)
    assert size.dpi == dpi


def test_type_is_18_points_on_slides_and_8_in_journals() -> None:
    for name, size in presets().items():
        points = size.text * 72 / 96
        assert points >= (18 if name.startswith("slide") else 8)
        if size.white:
            assert size.line * 0.6 * 72 / 96 >= 0.5


def test_an_unknown_preset_names_the_known_ones() -> None:
    for name in ("poster", "5 cm", "61 cm", "12x4cm", "12 in"):
        with pytest.raises(UnknownChoice, match="journal_single"):
            preset_named(name)
