"""Nobody who is named anywhere in a sheet is named anywhere in what comes out of it."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.intake.reading import read_file
from tests.privacy.planted import PEOPLE, Planted
from thal_core import Options, View, analyse, read_cohort
from thal_core.analyses import ON_REQUEST, REGISTRY
from thal_core.cohort import Cohort
from thal_core.derive.conclusions import conclude
from thal_core.export.folder import write_report
from thal_core.export.marked_copy import mark
from thal_core.intake.parse_file import parse_file
from thal_core.mapping import Mapping
from thal_core.reader import marked_copy
from thal_core.selection import column_values, selectable_columns

ROOT = Path(__file__).parents[2]
FRAMES = ("patients", "visits", "transfusions", "treatments", "events", "extra", "issues")
SCRIPTS = pytest.mark.parametrize("script", PEOPLE)


@pytest.fixture(scope="module")
def read() -> dict[str, tuple[Planted, Cohort]]:
    found = {}
    for script in PEOPLE:
        planted = Planted(script)
        found[script] = planted, read_cohort(planted.data, filename=planted.filename)
    return found


def named(text: str, planted: Planted) -> list[str]:
    """The people who are named in a text: whole, or by any of their words of three letters and
    more.
    """
    words = {word for token in planted.everything() for word in (token, *token.split())}
    words = {w for w in words if len(w) > (1 if w > "\u2e80" else 3) and w != "mrn"}
    escaped = {w: w.encode("unicode_escape").decode() for w in words}
    return sorted(
        w for w in words if w.lower() in text.lower() or escaped[w].lower() in text.lower()
    )


def frames(cohort: Cohort) -> str:
    return "".join(getattr(cohort, name).to_csv() for name in FRAMES)


@SCRIPTS
def test_the_sheet_is_read_all_the_same(script, read):
    planted, cohort = read[script]
    assert cohort.n == len(planted.ids)
    assert (
        cohort.patients.index[0] == "P001"
        and cohort.patients["age_years"].notna().sum() == len(planted.ids) - 1
    )
    assert cohort.visits["hb_g_per_l"].notna().sum() == 2 * len(planted.ids) - 1


@SCRIPTS
def test_no_name_is_in_the_cohort_its_issues_or_its_provenance(script, read):
    planted, cohort = read[script]
    assert named(frames(cohort), planted) == []
    assert named(repr(cohort.provenance), planted) == []


@SCRIPTS
def test_no_name_is_in_a_mapping_that_leaves_the_program(script, read):
    planted, cohort = read[script]
    records = cohort.mapping.to_records()
    assert named(cohort.mapping.to_json() + json.dumps(records, ensure_ascii=False), planted) == []
    assert [r for r in records if r["examples"] and named(str(r["examples"]), planted)] == []
    assert named(View(mapping=cohort.mapping).to_json(), planted) == []


@SCRIPTS
def test_a_hidden_header_is_shown_to_the_person_who_maps_and_a_saved_mapping_still_fits(
    script, read
):
    planted, cohort = read[script]
    own = next(c for c in cohort.mapping.columns if c.header == planted.tokens["header"])
    assert own.label.startswith(f"{own.letter}#") and named(own.label, planted) == []
    by_hand = cohort.mapping.with_column(own.sheet, own.index, field="notes")
    again = read_file(planted.data, planted.filename, Mapping.from_json(by_hand.to_json()))
    assert next(c for c in again.mapping.columns if c.index == own.index).field == "notes"


@SCRIPTS
def test_no_name_is_offered_as_a_filter(script, read):
    planted, cohort = read[script]
    offered = [
        f"{column} {value}"
        for column in selectable_columns(cohort)
        for value in column_values(cohort, column).dropna().astype(str)
    ]
    assert named("".join(offered), planted) == [] and "…" not in "".join(offered)


def test_no_name_is_in_a_result_a_figure_or_the_code_shown(read):
    planted, cohort = read["latin"]
    for name in REGISTRY:
        result = analyse(cohort, name, Options(patient_id="P001"))
        drawn = result.figure("zh", "screen")
        words = [
            result.table.to_csv(),
            result.code,
            str(result.notes),
            str(result.method),
            str(result.excluded),
            drawn.to_json() if drawn is not None else "",
        ]
        assert named("".join(words), planted) == [], name


@pytest.mark.parametrize("script", ["thai", "latin"])
def test_no_name_is_in_any_file_of_a_report(script, read, tmp_path, caplog):
    planted, cohort = read[script]
    only = [name for name in REGISTRY if name not in ON_REQUEST][:12]
    with caplog.at_level(logging.DEBUG):
        write_report(
            cohort, tmp_path, formats=["csv", "xlsx", "html"], patient_level=True, only=only
        )
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert named(path.name + contents(path.read_bytes()), planted) == [], path.name
    assert named(caplog.text, planted) == []


def contents(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return data.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.mark.parametrize("script", ["han", "arabic"])
@pytest.mark.parametrize("sideways", [False, True], ids=["upright", "on its side"])
def test_no_name_is_in_the_marked_copy(script, sideways):
    planted = Planted(script, sideways)
    cohort = read_file(planted.data, planted.filename)
    copy = contents(marked_copy(planted.data, planted.filename, cohort.mapping, "zh"))
    assert cohort.n == len(planted.ids) and "P001" in copy
    assert named(copy, planted) == []


@pytest.mark.parametrize("rows", [2, 3, 12], ids=lambda n: f"{n} patients")
@pytest.mark.parametrize("sideways", [False, True], ids=["upright", "on its side"])
def test_the_marked_copy_has_the_shape_of_any_sheet(rows, sideways):
    table = [
        ["id", "phenotype", "Hb_0M (g/L)", "Hb_6M (g/L)", "sex"],
        *(
            [f"Zhang Wei{chr(97 + n)}", "NTDT" if n % 2 else "", 70, "x" if n else 95, "F"]
            for n in range(rows)
        ),
    ]
    if sideways:
        table = [list(row) for row in zip(*table, strict=True)]
    book = "\n".join(",".join(map(str, row)) for row in table).encode()
    reading = parse_file(book, "a.csv", Mapping(), lambda share, code: None)
    copy = contents(mark(replace(reading, cohort=conclude(reading.cohort)), "en"))
    assert "Zhang" not in copy and "P002" in copy


def test_the_command_line_names_nobody(tmp_path):
    planted = Planted("latin")
    path = tmp_path / planted.filename
    path.write_bytes(planted.data)
    for command in (["check", path.name, "--json"], ["check", path.name]):
        done = subprocess.run(
            [sys.executable, "-m", "thal_core", *command],
            cwd=tmp_path,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 1 and named(done.stdout + done.stderr, planted) == []


def test_a_replaced_id_says_its_row():
    planted = Planted("han")
    cohort = read_file(planted.data, planted.filename)
    rows = dict(cohort.provenance.replaced)
    sheet = (
        parse_file(planted.data, planted.filename, Mapping(), lambda share, code: None)
        .sheets[0]
        .text
    )
    assert [sheet.iat[int(rows[f"P{n + 1:03d}"]) - 1, 0] for n in range(cohort.n)] == planted.ids


def test_short_codes_stay_and_nobody_gets_another_ones_code():
    ids = ["007", "TDT-3", "THAL-07", "P004", "王小明", "P006", "Zhang Wei", "P2"]
    sheet = "id,Hb_0M (g/L)\n" + "\n".join(f"{own},{70 + n}" for n, own in enumerate(ids))
    cohort = read_cohort(sheet.encode(), filename="a.csv")
    assert cohort.patients.index.tolist() == [
        "007",
        "TDT-3",
        "THAL-07",
        "P004",
        "P005",
        "P006",
        "P007",
        "P2",
    ]
    assert cohort.visits.set_index("patient_id")["hb_g_per_l"].to_dict() == {
        own: 70.0 + n for n, own in enumerate(cohort.patients.index)
    }
    assert cohort.provenance.replaced == (("P005", "6"), ("P007", "8"))


def test_long_cells_are_dropped_whole_and_counted():
    text = "头晕" * 700 + "欧阳震华"
    sheet = pd.DataFrame(
        {"id": ["1", "2"], "Hb_0M (g/L)": [80, 90], "remark": [text, "rash"]}
    ).to_csv(index=False)
    cohort = read_cohort(sheet.encode(), filename="a.csv")
    issue = cohort.issues[cohort.issues["code"] == "intake.cell.too_long"]
    assert issue["cell"].tolist() == ["C2"] and "欧阳震华" not in frames(cohort)
    for length, dropped in ((1000, 0), (1001, 1)):
        cohort = read_cohort(
            f"id,Hb_0M,remark\n1,80,{'a' * length}\n2,90,b\n".encode(), filename="a.csv"
        )
        assert (cohort.issues["code"] == "intake.cell.too_long").sum() == dropped
