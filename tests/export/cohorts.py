"""A small cohort that names people and carries what a spreadsheet or a page would run."""

from __future__ import annotations

from tests.cohorts import cohort_of
from thal_core.cohort import Cohort

FORMULA = '=HYPERLINK("http://evil","x")'
MARKUP = "<script>alert(1)</script>"
NAMES = ("Li_Lei_1", "Han_Mei_2", "QZX007", "QZX008", "QZX009", "QZX010", "QZX011", "QZX012")


def named_cohort() -> Cohort:
    """Eight patients, NTDT and TDT in turn, two visits each; ids that must be in no document."""
    return cohort_of(
        *(
            {
                "patient_id": name,
                "phenotype": "NTDT" if place % 2 else "TDT",
                "sex": "female" if place < 5 else "male",
                "age_years": 20.0 + place,
                "genotype": "CD17/-28" if place % 3 else "-28/-28",
                "allele_1": "CD17",
                "allele_2": "-28",
                "transfusion_reduction_percent": None if place % 2 else 100.0 - 12 * place,
                "withdrawal_reason": FORMULA if place == 0 else MARKUP,
                "withdrawn_month": 3.0 if place < 2 else None,
                "hb": {0: 70.0 + place, 6: 90.0 + 3 * place},
                "hbf_percent": {0: 10.0 * place, 6: 12.0 * place},
                "events": [{"month": 2.0, "event": MARKUP, "grade": 1.0}],
            }
            for place, name in enumerate(NAMES)
        )
    )
