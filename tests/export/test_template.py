"""The template can be filled in by hand in either language and comes back exactly as filled in."""

import io

import openpyxl
import pytest

from thal_core.export.template import template_rows, template_workbook
from thal_core.issues import CohortError
from thal_core.reader import read_cohort

WORDS = {
    "en": {
        "sex": "female",
        "phenotype": "TDT",
        "bool": "yes",
        "hb_timing": "pre-transfusion",
        "grade": "2",
    },
    "zh": {"sex": "女", "phenotype": "TDT", "bool": "是", "hb_timing": "输血前", "grade": "2"},
}
TYPED = {
    "center": "A",
    "age_years": 20,
    "weight_kg": 50,
    "splenectomy_month": -12,
    "genotype": "CD41-42/-28",
    "alpha_genotype": "--SEA/αα",
    "dose_start_mg_per_day": 50,
    "dose_last_mg_per_day": 75,
    "duration_months": 24,
    "transfusion_units_before": 24,
    "transfusion_months_before": 12,
    "transfusion_units_after": 4,
    "transfusion_months_after": 6,
    "transfusion_free_from_month": 3,
    "withdrawn_month": 24,
    "withdrawal_reason": "rash",
    "hb_g_per_l": 85,
    "hbf_percent": 20,
    "hba2_percent": 3,
    "hbe_percent": 30,
    "ferritin_ng_per_ml": 1500,
    "dose_mg_per_day": 60,
    "rbc_10e12_per_l": 3.9,
    "nrbc_per_100_wbc": 30,
    "reticulocytes_percent": 5,
    "mcv_fl": 70,
    "mch_pg": 22,
    "mchc_g_per_l": 310,
    "tbil_umol_per_l": 45,
    "ibil_umol_per_l": 40,
    "ldh_u_per_l": 300,
    "alt_u_per_l": 30,
    "ast_u_per_l": 28,
    "creatinine_umol_per_l": 45,
    "wbc_10e9_per_l": 7,
    "anc_10e9_per_l": 3,
    "platelets_10e9_per_l": 250,
    "spleen_cm_below_margin": 6,
    "lic_mg_per_g": 9,
    "cardiac_t2star_ms": 25,
    "units": 2,
    "drug": "deferasirox",
    "start_month": 1,
    "stop_month": 5,
    "reason": "iron overload",
    "event": "rash",
    "end_month": 2,
    "action": "none",
    "outcome": "recovered",
}
TABLES = ("patients", "visits", "transfusions", "treatments", "events")


def template(language):
    return openpyxl.load_workbook(io.BytesIO(template_workbook(language)))


def fields_of(sheet):
    return [row for row in template_rows() if row["sheet"] == sheet]


def typed(row, patient, month, language):
    own = {"patient_id": patient, "month": month} | TYPED
    return WORDS[language][row["choices"]] if row["choices"] else own[row["field"]]


def filled(language):
    book = template(language)
    for sheet, name in zip(book.worksheets, TABLES, strict=False):
        people = [("007", 0), ("007", 6)] if name == "visits" else [("007", 3)]
        for number, (patient, month) in enumerate(people, 2):
            for place, row in enumerate(fields_of(name), 1):
                sheet.cell(number, place, typed(row, patient, month, language))
    out = io.BytesIO()
    book.save(out)
    return read_cohort(out.getvalue(), filename="template.xlsx")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_typed_comes_back(language):
    cohort = filled(language)
    patient = cohort.patients.loc["007"]
    words = {"sex": "female", "phenotype": "TDT", "bool": True}
    for row in fields_of("patients")[1:]:
        assert patient[row["field"]] == words.get(row["choices"], TYPED.get(row["field"])), row[
            "field"
        ]
    assert cohort.visits["month"].tolist() == [0, 6] and set(cohort.visits["hb_timing"]) == {
        "pre_transfusion"
    }
    for row in fields_of("visits"):
        if row["field"] in TYPED:
            assert cohort.visits[row["field"]].tolist() == [TYPED[row["field"]]] * 2, row["field"]
    assert cohort.transfusions[["patient_id", "month", "units"]].values.tolist() == [["007", 3, 2]]
    assert len(cohort.treatments) == 1 and len(cohort.events) == 1
    for table in ("treatments", "events"):
        found = getattr(cohort, table).iloc[0]
        for row in fields_of(table):
            want = {"patient_id": "007", "month": 3, "grade": 2} | TYPED
            assert found[row["field"]] == want[row["field"]], row["field"]
    assert cohort.extra.empty and not (cohort.issues["severity"] == "error").any()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lists_limits_and_text_cells(language):
    book = template(language)
    lists, limits = set(), 0
    for sheet in book.worksheets[: len(TABLES)]:
        for rule in sheet.data_validations.dataValidation:
            if rule.type == "list":
                lists.add(rule.formula1.strip('"'))
            else:
                limits += rule.errorStyle == "warning"
    want = {"en": {"female,male", "yes,no"}, "zh": {"女,男", "是,否"}}[language]
    assert want | {"TDT,NTDT"} <= lists and limits > 20
    assert {book.worksheets[0].column_dimensions[c].number_format for c in "AI"} == {"@"}


def test_the_explanation_is_in_both_languages_and_names_every_column():
    for language in ("en", "zh"):
        book = template(language)
        sheet = book.worksheets[-1]
        words = "\n".join(str(row[0]) for row in sheet.iter_rows(values_only=True) if row[0])
        assert "Explanation" in sheet.title and "填写说明" in sheet.title
        assert (
            "How to fill in" in words
            and "如何填写" in words
            and "Haemoglobin (g/L)" in words
            and "血红蛋白" in words
        )
        for own in book.worksheets[: len(TABLES)]:
            assert all(cell.value in words or cell.column == 1 for cell in own[1])
            assert all(cell.comment and "\n" in cell.comment.text for cell in own[1])


def test_there_is_no_column_for_the_response():
    headers = [
        str(cell.value).lower() for sheet in template("en").worksheets[:-1] for cell in sheet[1]
    ]
    assert len(headers) > 60 and not any("response" in header for header in headers)


def test_an_empty_template_is_answered_in_a_sentence():
    with pytest.raises(CohortError):
        read_cohort(template_workbook(), filename="template.xlsx")
