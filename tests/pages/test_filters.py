"""The filter: the same patients on every page, in both languages, and in the address."""

from __future__ import annotations

import pytest

from tests.pages.screen import counted, go, metric, picker, words
from thal_core.words import tr
from ui.language import safe


def test_filter_keeps_its_value_from_page_to_page_and_in_the_other_language(app):
    test = app()
    assert counted(test) == "52 of 52 patients"
    picker(test, "Phenotype").set_value(["TDT"]).run()
    n = counted(test)
    assert n != "52 of 52 patients"
    for page in ("responders", "genotypes", "cohort"):
        assert counted(go(test, page)) == n
        assert picker(test, "Phenotype").value == ["TDT"]
    test.sidebar.button_group(key="language").set_value("zh").run()
    assert picker(test, "临床分型").value == ["TDT"]
    assert counted(test).split("中")[0] == "52例患者" and n.split()[0] in counted(test)


def test_page_answers_for_the_filtered_patients(app):
    test = app("responders")
    picker(test, "Phenotype").set_value(["NTDT"]).run()
    assert metric(test, " SLR") == "0"  # NTDT has no SLR


def test_chip_takes_its_filter_away(app):
    test = app()
    picker(test, "Phenotype").set_value(["NTDT"]).run()
    next(b for b in test.sidebar.button if "✕" in b.label).click().run()
    assert counted(test) == "52 of 52 patients" and picker(test, "Phenotype").value == []


def test_any_column_can_be_filtered_by(app):
    test = app()
    picker(test, "More filters", "selectbox").select("age_years").run()
    low, high = picker(test, "Age (years)", "slider").value
    picker(test, "Age (years)", "slider").set_range(20, high).run()
    n = int(counted(test).split()[0])
    ages = test.session_state["loaded"].cohort.patients["age_years"]
    assert low <= ages.min() and n == (ages >= 20).sum() < 52


def test_nobody_left_is_said_and_every_page_stays_alive(app):
    test = app(query={"where": ["age_years>=14", "age_years<=13"]})
    assert counted(test) == "0 of 52 patients" and tr("ui.filter.nobody") in words(test)
    for page in ("responders", "trajectories", "genotypes", "predictors"):
        go(test, page)
        assert not test.exception and not test.error
        assert "Nobody is left" in words(test) or "no laboratory value" in words(test)


def test_address_holds_the_view(app):
    test = app(
        "responders", query={"where": ["phenotype=TDT"], "criterion": "yang2020", "language": "zh"}
    )
    assert picker(test, "临床分型").value == ["TDT"]
    assert test.selectbox(key="choose:criterion:zh").value == "yang2020"
    picker(test, "临床分型").set_value(["NTDT"]).run()
    assert (test.query_params["where"], test.query_params["criterion"]) == (
        "phenotype=NTDT",
        "yang2020",
    )


def test_address_holds_a_value_with_a_comma(app):
    lines = [
        "id,liver status,phenotype,Hb_0M (g/L),Hb_6M (g/L)",
        "5,severe,NTDT,75,95",
        *(f'{i},"mild, stable",NTDT,7{i},9{i}' for i in range(4)),
    ]
    test = app("cohort", None)
    test.file_uploader[0].upload("two.csv", "\n".join(lines).encode(), "text/csv").run()
    picker(test, "More filters", "selectbox").select("liver status").run()
    picker(test, "liver status").set_value(["mild, stable"]).run()
    assert counted(test) == "4 of 5 patients"
    again = app("responders", test.session_state["loaded"], {"where": test.query_params["where"]})
    assert counted(again) == "4 of 5 patients" and tr("ui.address.refused") not in words(again)


def test_patient_is_never_in_the_address(app):
    test = app("patient")
    assert test.session_state["view"].options.patient_id
    assert "patient_id" not in test.query_params


@pytest.mark.parametrize(
    "forged",
    [
        {"criterion": "no_such"},
        {"month": "ten"},
        {"month": "-3"},
        {"analyte": "x" * 500},
        {"where": ["no_such_column=1"]},
        {"where": ["genotype"]},
        {"where": ["age_years>=abc"]},
        {"where": ["[" * 5000]},
        {"where": ['["sex", "=", [1]]']},
        {"where": ['["sex","=",["\\ud800"]]']},
        {"where": ['["\\udfff","=",["x"]]']},
        {"where": ['["sex","\\ud800",["x"]]']},
        {"unit_volume_ml": "1e99"},
    ],
)
def test_forged_address_is_left_out_in_one_line(app, forged):
    test = app(query=forged)
    assert not test.exception and not test.error
    assert [i.value for i in test.info].count(tr("ui.address.refused")) == 1
    assert counted(test) == "52 of 52 patients" and metric(test, "Evaluable") == "48 of 52"
    assert tr("ui.address.refused") not in words(test.run())


ALIVE = [
    "[x](http://evil)",
    "![x](http://evil/p.png)",
    "$x^2$",
    ":material/home:",
    ":red[x]",
    "<b>x</b>",
    "**x**",
]


def labels_of_filters(test) -> list[str]:
    kinds = ("slider", "button_group", "multiselect")
    return [w.label for kind in kinds for w in getattr(test.sidebar, kind)]


@pytest.mark.parametrize("value", ["number", "word"])
def test_a_header_is_never_alive_in_a_filter(app, value):
    """Links, pictures, formulas and icons in a header stay the characters they are."""
    cells = [i if value == "number" else "可" * (1 + i % 2) for i in range(1, 6)]
    rows = [f"{i},TDT,{7 + i}0" + f",{cell}" * len(ALIVE) for i, cell in enumerate(cells)]
    sheet = "\n".join([",".join(["id,phenotype,Hb_0M (g/L)", *ALIVE]), *rows])
    test = app("cohort", None)
    test.file_uploader[0].upload("a.csv", sheet.encode(), "text/csv").run()
    assert test.session_state["loaded"].cohort.n == 5
    offered = [o for w in test.sidebar.selectbox for o in w.options if o in ALIVE]
    assert offered or value == "word"
    for header in offered:
        picker(test, "More filters", "selectbox").select(header).run()
        labels = labels_of_filters(test)
        assert [label for label in labels if label.replace("\\", "") == header] == [safe(header)]
        assert header not in labels
