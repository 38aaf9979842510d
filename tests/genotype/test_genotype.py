"""Every string of the two tables of cases, and the rules behind them."""

import csv
import datetime
import math
import string
from pathlib import Path

import pandas as pd
import pytest

from thal_core.genotype import (
    Genotype,
    allele,
    alleles,
    genotype_group_2024,
    parse_genotype,
    spreadsheet_text,
)
from thal_core.genotype.allele_rules import classes
from thal_core.rules.catalogue import read_rules
from thal_core.words import catalogue as texts

DATA = Path(__file__).parents[1] / "data"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


CASES = rows("genotype_cases.csv")
HOSPITAL = rows("genotype_hospital_cases.csv")
ALIASES = rows("genotype_aliases.csv")


def test_there_are_106_cases():
    assert len(CASES) == 106


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["input"][:30])
def test_case_of_the_domain_notes(case):
    read = parse_genotype(case["input"])
    assert (read.allele_1, read.allele_2) == (case["allele1"], case["allele2"])
    assert read.zygosity == case["zygosity"]
    assert (read.beta_class, read.beta_class_coarse) == (case["class"], case["class_coarse"])
    assert (read.alpha, read.status, read.reason) == (case["alpha"], case["status"], case["reason"])
    assert read.raw == case["input"] or case["input"] == "654.0"


@pytest.mark.parametrize("case", HOSPITAL, ids=lambda case: case["input"][:30])
def test_what_hospitals_write(case):
    read = parse_genotype(case["input"])
    assert (read.name, read.zygosity, read.beta_class) == (
        case["name"],
        case["zygosity"],
        case["beta_class"],
    ), case["why"]
    assert (read.alpha, read.status, read.suggestion) == (
        case["alpha"],
        case["status"],
        case["suggestion"],
    ), case["why"]
    assert (read.message.code if read.message else "") == case["code"], case["why"]


def test_suggestions_are_themselves_understood():
    offered = {
        read.suggestion
        for case in (*CASES, *HOSPITAL)
        if (read := parse_genotype(case["input"])).suggestion
    }
    assert len(offered) > 15
    assert all(parse_genotype(name).status in ("ok", "incomplete") for name in offered)


def means_its_allele(row):
    read = parse_genotype(row["alias"])
    if row["read"] == "no":
        return read.status == "unrecognised"
    if row["locus"] == "beta":
        return (read.status, read.alleles) == ("incomplete", (row["allele"],))
    alpha = read.alpha.split("/")
    return (read.status, read.alleles) == ("incomplete", ()) and row["allele"] in alpha


@pytest.mark.parametrize("allele_name", dict.fromkeys(row["allele"] for row in ALIASES))
def test_every_alias_of_an_allele_means_it(allele_name):
    own = [row for row in ALIASES if row["allele"] == allele_name]
    assert [
        f"{row['alias']}: {parse_genotype(row['alias'])} {row['why_not']}"
        for row in own
        if not means_its_allele(row)
    ] == []


def test_every_alias_is_tested():
    assert len(ALIASES) == 1234


def test_every_refusal_speaks_both_languages():
    mine = {code: text for code, text in texts().items() if code.startswith("genotype.")}
    assert len(mine) > 30
    for code, text in mine.items():
        assert text["en"] and text["zh"] and text["en"] != text["zh"], code
        placeholders = [
            {name for _, name, _, _ in string.Formatter().parse(text[language]) if name}
            for language in ("en", "zh")
        ]
        assert placeholders[0] == placeholders[1], code


def test_every_refusal_is_shown_by_a_case():
    spoken = {
        message.code
        for case in (*CASES, *HOSPITAL)
        for message in parse_genotype(case["input"]).messages
    }
    written = {
        code
        for code in texts()
        if code.startswith("genotype.") and not code.startswith("genotype.note.")
    }
    assert written - spoken == {"genotype.too_long"}
    assert parse_genotype("CD17/" * 100).message.code == "genotype.too_long"


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        (None, "missing"),
        (float("nan"), "missing"),
        (pd.NA, "missing"),
        (pd.NaT, "missing"),
        ("", "missing"),
        ("  ", "missing"),
        ("None", "missing"),
        ("nan", "missing"),
        ("未查", "missing"),
        ("缺失", "missing"),
        ("/", "missing"),
        ("ND", "missing"),
        (17, "incomplete"),
        (654.0, "incomplete"),
        (-28, "incomplete"),
        (28, "unrecognised"),
        (1, "unrecognised"),
        (1.0, "unrecognised"),
        (True, "unrecognised"),
    ],
)
def test_cells_that_are_not_text(cell, status):
    assert parse_genotype(cell).status == status


@pytest.mark.parametrize(
    "cell",
    [
        datetime.datetime(2024, 8, 9),
        datetime.date(2024, 8, 9),
        pd.Timestamp("2024-08-09"),
        datetime.datetime(2024, 9, 8),
        "9-Aug",
        "Aug-9",
        "09-Aug-24",
        "8-Sep",
        "2024/8/9",
        "8/9/2024",
        "2024年8月9日",
        "8月9日",
    ],
)
def test_excel_dates_offer_what_was_typed(cell):
    read = parse_genotype(cell)
    assert (read.message.code, read.suggestion) == ("genotype.excel_date", "CD8/9")


def test_ivs_2_is_never_a_date():
    assert parse_genotype("IVS-2").message.code != "genotype.excel_date"


@pytest.mark.parametrize(
    "typed",
    ["-28/-29", "-29/-28", "-28/17", "-29/654", "-28/41-42", "-29/71-72", "-43/17", "-30/26"],
)
@pytest.mark.parametrize("digits", [6, 9, 12])
def test_numbers_that_excel_computed_are_traced_back(typed, digits):
    """The oracle is arithmetic itself: the formula a spreadsheet program would evaluate."""
    shown = f"{eval(typed):.{digits}g}"
    read = parse_genotype(shown)
    assert read.status == "unrecognised"
    assert read.suggestion == parse_genotype(typed).name


def test_two_class_scheme_of_the_paper():
    """2024 Table 1: with βE counted as β+, all but the -43 row print the class computed here."""
    for row in read_rules("genotype_groups"):
        read = parse_genotype(f"{row['allele_1']}/{row['allele_2']}")
        if row["paper_number"] == "10":
            assert (read.beta_class_coarse, row["class_printed"]) == ("β0/β0", "β0/β+") and row[
                "note"
            ]
        else:
            assert read.beta_class_coarse == row["class_printed"]


TABLE_1 = [case["input"] for case in CASES if case["group"].startswith("2024 Table 1")]


def test_groups_of_the_2024_paper():
    assert len(TABLE_1) == 14
    assert [genotype_group_2024(parse_genotype(text)) for text in TABLE_1] == [
        "favourable"
    ] * 10 + ["other"] * 4
    assert genotype_group_2024("β-29/βCD17") == "favourable"
    for neither in ("CD43/CD43", "CD17/N", "CD17", "CD17/CD17/CD17", "", "β0/β0"):
        assert genotype_group_2024(parse_genotype(neither)) is None


def test_carriers_are_to_be_checked():
    codes = [note.code for note in parse_genotype("CD17杂合").notes]
    assert codes == ["genotype.note.carrier"]
    assert parse_genotype("CD41-42/CD17").notes == ()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("βCD39/βCD6", "cd6"),
        ("-50/CD17", "uncertain"),
        ("CD17/δβ", "deletion_type"),
        ("CD17/HPFH", "deletion_type"),
        ("CD41-42/CD17；-α3.7", "one_haplotype"),
        ("CD41-42/-43 β0/β+", "class_differs"),
    ],
)
def test_notes_for_the_clinician(text, note):
    assert f"genotype.note.{note}" in [message.code for message in parse_genotype(text).notes]


def test_a_matching_class_or_a_typed_deletion_needs_no_note():
    for text in (
        "CD71-72/βE β0/β+",
        "CD71-72/βE β0/βE",
        "-28/CD17 β+/β0",
        "CD17/SEA-HPFH",
        "CD17/中国型Gγ+(Aγδβ)0",
    ):
        assert parse_genotype(text).notes == ()


def test_modifiers_stand_apart():
    assert parse_genotype("CD41-42/CD17; XmnI C/T; rs9399137 TC").modifiers == (
        "XmnI C/T",
        "rs9399137 TC",
    )


def test_catalogue_is_complete():
    for one in alleles().values():
        assert dict(one.words.texts).keys() >= {"en", "zh"} and one.source, one.name
        assert not one.is_beta or one.allele_class in classes(), one.name
    assert allele("CD26").label("zh") == "血红蛋白E（CD26, G>A）"
    assert all(
        row["source"]
        for name in ("genotype_words", "genotype_classes", "genotype_groups")
        for row in read_rules(name)
    )


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("-28/-28", "β-28/β-28"),
        ("CD8/9", "βCD8/9"),
        ("CD41-42/-28", "βCD41-42/β-28"),
        ("CD17/CAP+1", "βCD17/βCAP+1"),
        ("--SEA/αα", "α:--SEA/αα"),
        ("-28", "β-28"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ("CD99", "CD99"),
    ],
)
def test_spreadsheet_text(name, written):
    assert spreadsheet_text(name) == written


def test_spreadsheet_text_of_alpha_reads_back():
    for name in ("--SEA/αα", "-α3.7/αα", "--SEA/-α3.7", "αCS/αα", "αα/αα"):
        assert parse_genotype(spreadsheet_text(name)).alpha == name


def test_very_long_text_is_refused_at_once():
    assert parse_genotype("9" * 100_000).status == "unrecognised"
    assert parse_genotype("<b>" * 100_000).status == "unrecognised"
    assert math.isfinite(len(parse_genotype("(" * 299).reason))


def test_result_is_hashable_and_compares_by_value():
    assert parse_genotype("CD17/-28") == parse_genotype("CD17/-28")
    assert len({parse_genotype("CD17"), parse_genotype("CD17")}) == 1
    assert isinstance(parse_genotype("x"), Genotype)
