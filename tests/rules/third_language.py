"""Run in a process of its own, with ``THAL_RULES`` set to a folder that holds a little French: what
a person sees of it, told as JSON.
"""

from __future__ import annotations

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.screen import words
from thal_core import Options, analyse, read_cohort
from thal_core.issues import translate_issues
from thal_core.rules.catalogue import criteria, event_label, field_label
from thal_core.words import join_list, languages

ROOT = Path(__file__).parents[2]
WORDS = """code,fr
language.name,Français
figure.rates.axis,Part des patients (%)
method.wilson_rates,Intervalles de Wilson à 95 %.
ui.page.cohort,Cohorte
"""
TABLES = {
    "fields": "field,label\nhb_g_per_l,Hémoglobine (g/L)\n",
    "events": "event,label\nrash,éruption cutanée\n",
    "criteria_levels": "criterion,level,class\nyang2024,MaR,réponse majeure\n",
}
SHEET = b"ID,phenotype,Hb 0M (g/L),Hb 6M (g/L)\nP1,NTDT,70,95\nP2,NTDT,72,80\n"


def lay_over(folder: Path) -> Path:
    """Write the French; the folder is the value of ``THAL_RULES``."""
    (folder / "words.csv").write_text(WORDS, encoding="utf-8")
    for name, text in TABLES.items():
        (folder / f"{name}.fr.csv").write_text(text, encoding="utf-8")
    return folder


def told() -> dict[str, object]:
    cohort = read_cohort(SHEET, filename="clinic.csv")
    rates = analyse(cohort, "response_rates", Options())
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.session_state["start_page"] = "cohort"
    page.query_params["language"] = "fr"
    page.run()
    return {
        "languages": languages(),
        "chosen": page.sidebar.button_group(key="language").value,
        "offered": list(page.sidebar.button_group(key="language").options),
        "broken": [str(error.value) for error in page.exception],
        "method": rates.method.text("fr"),
        "axis": str(rates.figure("fr").layout.xaxis.title.text or rates.figure("fr").to_json()),
        "field": field_label("hb_g_per_l", "fr"),
        "event": event_label("rash", "fr"),
        "class": [level.called.text("fr") for level in criteria()["yang2024"].levels][:1],
        "english_stands_in": field_label("age_years", "fr") == field_label("age_years", "en"),
        "list": join_list("ab", "fr"),
        "issues": len(translate_issues(cohort.issues, "fr")) == len(cohort.issues),
        "page": words(page),
    }


if __name__ == "__main__":
    print(json.dumps(told(), ensure_ascii=False))
