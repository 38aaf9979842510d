"""Who responded: criterion and month, classes and rates, each patient, and the same patients under
every criterion.
"""

import pandas as pd
import streamlit as st

from thal_core.rules.catalogue import criteria, criterion
from ui import session
from ui.choose import choose_criterion, choose_month
from ui.language import language, t, with_column_names
from ui.published_figures import choose_published
from ui.receipt import show_receipt
from ui.response_tiles import show_classes
from ui.rules import show_rules
from ui.show import show_result, show_results
from ui.start import need_cohort
from ui.tabs import show_tabs

need_cohort()


def show_each() -> pd.DataFrame:
    table = session.ask("response_by_patient").table
    reasons = session.classes().loc[table["patient_id"], "reason"].map(with_column_names)
    return table.assign(reason=reasons.to_numpy())


def show_rates() -> None:
    choose_published()
    show_results("response_rates", "response_sensitivity")


def show_concordance() -> None:
    show_result(session.ask("criteria_concordance"))
    agreement = session.ask("criteria_agreement")
    names = {name: rule.label(language()) for name, rule in criteria().items()}
    show_result(
        agreement,
        shown=lambda: agreement.translated(language()).replace(
            {"criterion_1": names, "criterion_2": names}
        ),
    )


st.title(t("page.responders"), anchor=False)
pick, when, _ = st.columns([3, 2, 3], vertical_alignment="bottom")
with pick:
    rules = criterion(choose_criterion())
with when:
    choose_month(sorted(session.selected().visits["month"].dropna().unique()))
show_receipt("response")
show_classes(session.ask("response_rates"), rules)
show_rules(rules)
show_result(session.ask("response_by_patient"), table=False)

show_tabs(
    "responders",
    {
        "each": lambda: show_result(
            session.ask("response_by_patient"),
            shown=show_each,
            figure=False,
            key=":table",
            to_patient=True,
        ),
        "rates": show_rates,
        "swimmer": lambda: show_result(session.ask("swimmer")),
        "concordance": show_concordance,
        "transitions": lambda: show_result(session.ask("response_transitions")),
        "transfusion": lambda: show_results(
            "time_to_transfusion_free", "transfusion_burden", "still_transfused"
        ),
    },
)
