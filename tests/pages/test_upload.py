"""The door for files: what is right comes in, what is wrong is refused in one sentence and nothing
is lost.
"""

from __future__ import annotations

import pytest

from tests.pages.conftest import THIRTEEN
from tests.pages.screen import counted, go, metric, words
from thal_core.words import tr

MIME = "text/csv"


def test_thirteen_patients_come_in_through_the_uploader(app):
    test = app()
    test.file_uploader[0].upload(THIRTEEN.name, THIRTEEN.read_bytes(), MIME).run()
    assert counted(test) == "13 of 13 patients" and tr("ui.sample.title") not in words(test)
    go(test, "responders")
    assert (metric(test, " SLR"), metric(test, " NR")) == ("9", "4")


def test_upper_case_ending_is_no_obstacle(app):
    test = app("cohort", None)
    test.file_uploader[0].upload("TABLE3.CSV", THIRTEEN.read_bytes(), MIME).run()
    assert counted(test) == "13 of 13 patients"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.csv", b""),
        ("header.csv", b"id,Hb\n"),
        ("noise.xlsx", bytes(range(256)) * 8),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n" * 9),
        ("words.csv", "梁上有双燕\n翩翩雄与雌\n".encode()),
    ],
)
def test_file_that_cannot_be_read_is_refused_in_one_sentence(app, name, data):
    test = app()
    test.file_uploader[0].upload(name, data, MIME).run()
    assert not test.exception and len(test.error) == 1
    assert (
        test.error[0].value not in (tr("ui.broken"), tr("ui.upload.broken"))
        and "Traceback" not in test.error[0].value
    )
    assert counted(test) == "52 of 52 patients"  # what was open stays open
    go(test, "genotypes")
    assert not test.error and counted(test) == "52 of 52 patients"


def test_filters_of_the_old_file_do_not_haunt_the_new_one(app):
    test = app(query={"where": ["phenotype=NTDT"]})
    test.file_uploader[0].upload(THIRTEEN.name, THIRTEEN.read_bytes(), MIME).run()
    assert counted(test) == "13 of 13 patients"


def test_identifying_columns_are_named_and_never_shown(app):
    lines = ["编号,姓名,电话,性别,Hb_0M,Hb_6M,分型"]
    lines += [
        f"{i},{name},1380013800{i},男,7{i},9{i},非输血依赖"
        for i, name in enumerate(["王小明", "李建国", "张秀英", "赵大海"])
    ]
    test = app("cohort", None)
    test.file_uploader[0].upload("clinic.csv", "\n".join(lines).encode(), MIME).run()
    shown = words(test) + "".join(d.value.to_string() for d in test.dataframe)
    assert "姓名" in shown and "电话" in shown
    assert "王小明" not in shown and "13800138001" not in shown


def test_words_of_a_sheet_never_become_markdown(app):
    evil = "![x](http://evil.example/p.png)"
    lines = [
        f"id,phenotype,genotype,Hb_0M,Hb_6M,{evil},center",
        *(f"{evil}{i},NTDT,{evil},7{i},9{i},{evil},{evil}" for i in range(6)),
    ]
    test = app("cohort", None)
    test.file_uploader[0].upload(f"{evil}.csv", "\n".join(lines).encode(), MIME).run()
    for page in ("cohort", "responders", "trajectories", "genotypes", "predictors", "patient"):
        go(test, page)
        assert not test.exception and evil not in words(test)


def open_tab(test, area: str, name: str, **params: object):
    """The next run shows this tab (AppTest cannot click on one)."""
    test.session_state[f"tabs:{area}:en"] = tr(f"ui.{area}.{name}", params)
    return test


def test_codes_that_may_mean_either_sex_are_asked_and_answered(app):
    lines = [
        "id,sex,phenotype,Hb_0M (g/L),Hb_6M (g/L)",
        *(f"{i},{i % 2 + 1},NTDT,7{i},9{i}" for i in range(8)),
    ]
    test = app("cohort", None)
    test.file_uploader[0].upload("codes.csv", "\n".join(lines).encode(), MIME).run()
    assert test.session_state["loaded"].cohort.patients["sex"].isna().all()
    open_tab(test, "cohort", "read_as").run()
    test.text_input(key="settings:sex_codes:en").input("1=male,2=female")
    next(b for b in test.button if b.label == tr("ui.settings.apply")).click()
    open_tab(test, "cohort", "read_as").run()
    assert not test.error and not test.exception
    assert test.session_state["loaded"].cohort.patients["sex"].tolist() == ["male", "female"] * 4


def test_issues_are_listed_with_their_cells(app):
    lines = [
        "id,phenotype,Hb_0M (g/L),Hb_6M (g/L)",
        "1,NTDT,70,95",
        "2,NTDT,seventy,95",
        "3,NTDT,72,9999",
    ]
    test = app("cohort", None)
    test.file_uploader[0].upload("cells.csv", "\n".join(lines).encode(), MIME).run()
    open_tab(test, "cohort", "issues", n=len(test.session_state["loaded"].cohort.issues)).run()
    listed = test.dataframe[0].value
    assert {"C3", "D4"} <= set(listed["cell"]) and "seventy" in set(listed["raw"])


def test_cells_left_out_are_counted_on_the_first_screen_with_one_click_to_them(app):
    lines = [
        "id,phenotype,Hb_0M (g/L),Hb_6M (g/L)",
        "1,NTDT,70,95",
        "2,NTDT,seventy,95",
        "3,NTDT,72,ninety",
    ]
    test = app("cohort", None)
    test.file_uploader[0].upload("cells.csv", "\n".join(lines).encode(), MIME).run()
    assert tr("ui.issues.left_out", {"n": 2}) in words(test)
    test.button(key="issues_see").click().run()
    assert set(test.dataframe[0].value["cell"]) == {"C3", "D4"}


def test_sheet_read_in_full_says_nothing_of_cells_left_out(app, thirteen):
    test = app("cohort", thirteen)
    assert "issues_see" not in [b.key for b in test.button]


def test_free_text_that_was_dropped_is_named(app):
    lines = [
        "编号,分型,Hb_0M (g/L),Hb_6M (g/L),备注",
        *(f"{i},NTDT,7{i},9{i},王小明说头晕{i}" for i in range(4)),
    ]
    test = app("cohort", None)
    test.file_uploader[0].upload("notes.csv", "\n".join(lines).encode(), MIME).run()
    assert tr("ui.mapping.notes_dropped", {"columns": "**备注**"}) in words(
        test
    ) and "王小明" not in words(test)


def saved_mapping(test, data: bytes):
    """The same page after a saved mapping was given to it."""
    open_tab(test, "cohort", "read_as").run()
    test.file_uploader(key="mapping_file").upload("mapping.json", data, "application/json")
    return open_tab(test, "cohort", "read_as").run()


def test_saved_mapping_is_used_again_and_says_how_much_of_it_fits(app, thirteen):
    n = len(thirteen.cohort.mapping.columns)
    test = saved_mapping(app("cohort", thirteen), thirteen.cohort.mapping.to_json().encode())
    assert [s.value.replace("\\", "") for s in test.success] == [
        tr("ui.mapping.applied_saved", {"n": n, "total": n})
    ]
    assert not test.error and counted(test) == "13 of 13 patients"


@pytest.mark.parametrize(
    "data",
    [
        b"no json",
        b'{"format": "thal-mapping/1", "columns": '
        b'[{"sheet": "x", "index": 0, "header": "nowhere", "field": "sex"}]}',
    ],
)
def test_mapping_of_another_sheet_is_refused_in_one_sentence(app, thirteen, data):
    test = saved_mapping(app("cohort", thirteen), data)
    assert len(test.error) == 1 and not test.success and counted(test) == "13 of 13 patients"


def test_uploads_never_touch_the_disk(app):
    from starlette.formparsers import MultiPartParser

    app()
    assert (
        MultiPartParser.spool_max_size > 50 * 1024 * 1024
    )  # maxUploadSize of .streamlit/config.toml
