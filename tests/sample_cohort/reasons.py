"""Why a printed figure cannot stand in the sample: reason -> the ids of the papers'
published.csv.
"""

from __future__ import annotations

SAME_33 = (
    "Table 2 and Table 4 give different totals of Hb for the same 33 patients; Table 4 is met, and "
    "this genotype as the mean of 2 of its 3 patients"
)
COPIED = (
    "misprint: the SD is a copy of Table 4's; the standard error and P printed beside it are met"
)
WEIGHTED = "weighted from the printed means of Table 2, which disagree with Table 4; Table 4 is met"
DISCUSSION = "misprint in the Discussion; the table it cites is met"
PRINTED_P = "does not follow from the counts, means and SDs printed beside it, which are met"
LOGISTIC = (
    "the paper does not say which model, class or patients the figure is from; here baseline HbF "
    "alone on the last response in NTDT, not tuned"
)
THIRTY_FIVE = (
    "the printed differences, standard errors and P fit n = 35 only (34 TDT and one NTDT patient)"
)
EVERYONE = (
    "the program describes everyone who took a dose and has a duration (68), the paper the 62 "
    "evaluable"
)

REASONS: dict[str, tuple[str, ...]] = {
    SAME_33: ("Y24-0107", "Y24-0110"),
    "rounded twice in print: 3646/33 = 110.485; sums, difference and standard error are met": (
        "Y24-0226",
    ),
    COPIED: (
        "Y24-0242",
        "Y24-0245",
        "Y24-0251",
        "Y24-0254",
        "Y24-0260",
        "Y24-0263",
        "Y24-0269",
        "Y24-0272",
    ),
    THIRTY_FIVE: ("Y24-0382",),
    "11 of the 48 analysed; the three age classes add up to the 52 enrolled": ("Y24-0432",),
    WEIGHTED: ("Y24-0455", "Y24-0456", "Y24-0457", "Y24-0458", "Y24-0531"),
    "misprint: 21 of the 34 TDT patients were free of transfusion": ("Y24-0466",),
    "misprint: 0.041 is the P of the 34 TDT patients; 33 against 15 gives 0.019 (Table 5)": (
        "Y24-0512",
    ),
    "misprint: 22.33 is the rise at 3 months (Table 2), not after one": ("Y24-0542",),
    DISCUSSION: ("Y24-0543", "Y24-0550", "Y24-0551"),
    "the Results count 11 patients aged 12–14, of whom at most some are under 14": ("Y24-0554",),
    "misprint: Table 1 has βCD71-72/βEM and no βCD17/βEM": ("Y24-0558",),
    "out of reach of a paired t test with n = 4 at the printed means and SDs": ("Y20-0036",),
    PRINTED_P: ("Y20-0407", "Y20-0412", "Y20-0435"),
    "no split of 4 patients on 100 mg among 58 on 50 mg gives this P": ("Y20-0440",),
    LOGISTIC: (
        "Y20-0571",
        "Y20-0572",
        "Y20-0573",
        "Y20-0574",
        "Y20-0605",
        "Y20-0606",
        "Y20-0607",
        "Y20-0608",
    ),
    EVERYONE: ("Y20-0473", "Y20-0474"),
    "100 mg/day for 23 months are 70 g; 55 g would be 18 months": ("Y20-0584",),
}


def reason_by_id() -> dict[str, str]:
    return {id_: reason for reason, ids in REASONS.items() for id_ in ids}
