"""Run in a process of its own, with ``THAL_RULES`` set: the sheet of ``laid_over`` through the
whole chain, told as JSON.
"""

from __future__ import annotations

import io
import json
import math
from typing import Any

import openpyxl

from tests.rules.laid_over import workbook
from thal_core import Options, analyse, classify_response, read_cohort
from thal_core.analyses import REGISTRY
from thal_core.cohort import Cohort
from thal_core.export.template import template_workbook
from thal_core.results import Result
from thal_core.rules.catalogue import class_label, field_label

LANGUAGES = ("en", "zh")
ASKED = {
    "criterion": "strict2026",
    "patient_id": "P00",
    "analyte": "haptoglobin_g_per_l",
    "published": True,
}


def template_columns() -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook("en")))
    return [str(cell.value) for cell in book.worksheets[1][1]]


def told() -> dict[str, object]:
    cohort = read_cohort(workbook(), filename="clinic.xlsx")
    results = {
        (name, group): analyse(cohort, name, Options(**ASKED, group_by=group))
        for name in REGISTRY
        for group in ("response", "response_class")
    }
    figures = {
        (*key, language): result.figure(language)
        for key, result in results.items()
        for language in LANGUAGES
    }
    of = {name: result for (name, group), result in results.items() if group == "response"}
    return {**_of_the_cohort(cohort), **_of_the_tables(of), **_of_the_figures(results, figures)}


def _of_the_cohort(cohort: Cohort) -> dict[str, object]:
    first = cohort.visits["patient_id"] == "P00"
    return {
        "classes": classify_response(cohort, "strict2026")["response"].value_counts().to_dict(),
        "labels": {
            language: [class_label("CR", language), field_label("haptoglobin_g_per_l", language)]
            for language in LANGUAGES
        },
        "haptoglobin": cohort.visits.loc[first, "haptoglobin_g_per_l"].tolist(),
        "extra": cohort.extra[["column", "value"]].to_numpy().tolist(),
        "doses": {
            row.drug: None if math.isnan(row.dose_mg_per_day) else row.dose_mg_per_day
            for row in cohort.treatments.itertuples()
        },
        "template": template_columns(),
        "issues": sorted(cohort.issues["code"]),
    }


def _of_the_tables(of: dict[str, Result]) -> dict[str, object]:
    rates = of["response_rates"].table.query("population == 'all' and denominator == 'evaluable'")
    printed = of["published"].table.query("paper == 'Example2026'")
    return {
        "methods": {language: of["response_rates"].method.text(language) for language in LANGUAGES},
        "concordance": list(of["criteria_concordance"].table.columns),
        "groups": sorted(of["predictors"].table["group_1"].unique()),
        "rates": rates[["level", "n"]].to_numpy().tolist(),
        "analysed": sorted(of["labs_before_after"].table["analyte"].unique()),
        "timeline": sorted(of["patient_timeline"].table["quantity"].unique()),
        "paper": printed[["published", "computed"]].round(3).to_numpy().tolist(),
        "verdicts": of["paper_audit"].table.query("paper == 'Example2026'")["verdict"].tolist(),
    }


def _of_the_figures(
    results: dict[tuple[str, str], Result], figures: dict[tuple[str, str, str], Any]
) -> dict[str, object]:
    bars = figures["response_by_patient", "response", "en"].data
    rates = figures["response_rates", "response", "en"].data
    return {
        "bars": {trace.name: len(trace.x) for trace in bars if trace.type == "bar"},
        "titles": {
            language: figures["response_by_patient", "response", language].layout.title.text
            for language in LANGUAGES
        },
        "overlaid": any("Example 2026" in str(trace.name) for trace in rates),
        "undrawn": sorted(
            {
                name
                for (name, group), result in results.items()
                if result.draw and len(result.table) and figures[name, group, "zh"] is None
            }
        ),
    }


if __name__ == "__main__":
    print(json.dumps(told(), ensure_ascii=False))
