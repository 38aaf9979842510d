"""Who is in the 2020 sample: 62 invented patients that fit the printed counts, and the 9 left
out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tools.sample_cohort.moment_search import (
    Combination,
    exchanges,
    mean_of,
    mixed,
    sd_of,
    search,
    singles,
    walker,
)
from tools.sample_cohort.paper_figures import cell, printed_cells

# phenotype, months followed (at least), class at 3 months, last class, how many.
# At 3 months NTDT 29/7/3 and TDT 10/12/1; last response 28 + 13 MaR; of the 34 treated for 12
# months
# two fall from MaR to MiR and four rise; of the 11 treated for 24 months one fell, ten stayed.
STRATA = (
    ("NTDT", 24, "MaR", "MaR", 5),
    ("NTDT", 24, "MaR", "MiR", 1),
    ("NTDT", 24, "MiR", "MiR", 1),
    ("NTDT", 12, "MaR", "MaR", 9),
    ("NTDT", 12, "MaR", "MiR", 1),
    ("NTDT", 12, "MiR", "MaR", 1),
    ("NTDT", 12, "MiR", "MiR", 2),
    ("NTDT", 3, "MaR", "MaR", 13),
    ("NTDT", 3, "MiR", "MiR", 3),
    ("NTDT", 3, "NR", "NR", 3),
    ("TDT", 24, "MaR", "MaR", 3),
    ("TDT", 24, "MiR", "MiR", 1),
    ("TDT", 12, "MaR", "MaR", 4),
    ("TDT", 12, "MiR", "MaR", 3),
    ("TDT", 12, "MiR", "MiR", 3),
    ("TDT", 3, "MaR", "MaR", 3),
    ("TDT", 3, "MiR", "MiR", 5),
    ("TDT", 3, "NR", "NR", 1),
)
# Stopped: stratum (index in STRATA), month, reason. Four without response; ten responders (7 MaR, 3
# MiR).
ADHERENCE, CONCEPTION = "could not keep taking the drug", "preparing for conception"
STOPS = (
    (9, 3, "no response"),
    (9, 5, "no response"),
    (9, 6, "no response"),
    (17, 6, "no response"),
    (7, 4, ADHERENCE),
    (7, 5, CONCEPTION),
    (7, 7, "constipation"),
    (7, 9, ADHERENCE),
    (3, 15, CONCEPTION),
    (12, 23, "peripheral neuropathy"),
    (15, 8, ADHERENCE),
    (8, 4, "menstrual disorder"),
    (16, 7, ADHERENCE),
    (6, 15, ADHERENCE),
)
CENTRES = ("Nanning", "Guiping", "Hezhou")
LONGEST, SHORTEST = 37, 3


def roster(rng: np.random.Generator) -> pd.DataFrame:
    """62 rows: strata, stops, dose role, sex, age, spleen, duration, clinical features."""
    frame = pd.DataFrame(
        [
            {"phenotype": p, "followed": f, "class_3": c, "class_last": last, "stratum": k}
            for k, (p, f, c, last, n) in enumerate(STRATA)
            for _ in range(n)
        ]
    )
    _seat_stops(frame)
    _seat_doses(frame)
    _fill_split(
        frame,
        "sex",
        ("male", "female"),
        ("Sex: Male", "Sex: Female"),
        rng,
        {"menstrual disorder": "female"},
    )
    splits = ("Splenic status: Splenectomized", "Splenic status: Nonsplenectomized")
    _fill_split(frame, "splenectomy", ("yes", "no"), splits, rng)
    frame["age"] = _ages(frame, rng)
    frame["duration"] = _durations(frame, rng)
    for feature, row in {
        "fatigue_improved": "fatigue alleviated etc.",
        "facial_change": "facial changes",
    }.items():
        yes = next(
            int(c.printed) for c in printed_cells(2020) if c.row == row and c.statistic == "count"
        )
        order = rng.permutation(len(frame)) + 100 * (frame["class_3"] == "NR")
        frame[feature] = np.where(order.rank() <= yes, "yes", "no")
    frame["center"] = rng.choice(CENTRES, len(frame), p=(0.7, 0.15, 0.15))
    frame["weight"] = np.round(
        np.where(frame["sex"] == "male", 54, 47) + rng.normal(0, 5, len(frame)), 1
    )
    return frame


def _free_seat(frame: pd.DataFrame, stratum: int, taken: str) -> int:
    return frame.index[(frame["stratum"] == stratum) & frame[taken].isna()][0]


def _seat_stops(frame: pd.DataFrame) -> None:
    frame["stop"], frame["reason"] = np.nan, pd.Series(None, index=frame.index, dtype=object)
    for stratum, month, reason in STOPS:
        row = _free_seat(frame, stratum, "stop")
        frame.loc[row, ["stop", "reason"]] = [month, reason]


def _seat_doses(frame: pd.DataFrame) -> None:
    """Steps of the nine whose dose changed (text, Figure 2): month -> mg/day. All others stay on
    50.
    """
    frame["steps"] = [{0: 50.0} for _ in range(len(frame))]
    neuropathy = frame.index[frame["reason"] == "peripheral neuropathy"][0]
    frame.at[neuropathy, "steps"] = {0: 100.0}
    roles = [  # stratum, steps
        (3, {0: 50.0, 6: 25.0}),
        (3, {0: 50.0, 7: 25.0}),
        (3, {0: 50.0, 9: 25.0}),
        (4, {0: 50.0, 6: 25.0}),
        (10, {0: 100.0, 6: 50.0}),
        (12, {0: 100.0, 9: 50.0}),
        (0, {0: 50.0, 6: 25.0, 9: 12.5, 15: 0.0, 18: 12.5}),
        (14, {0: 50.0, 2: 100.0}),
        (17, {0: 100.0, 4: 150.0}),
    ]
    for stratum, steps in roles:
        rows = frame.index[
            (frame["stratum"] == stratum) & frame["steps"].map(lambda s: s == {0: 50.0})
        ]
        rows = [r for r in rows if stratum == 17 or np.isnan(frame.at[r, "stop"])]
        frame.at[rows[0], "steps"] = steps


def _groups(frame: pd.DataFrame) -> dict[str, list[int]]:
    """Table 2's two columns."""
    main = frame["class_last"] == "MaR"
    return {"MaR": list(np.flatnonzero(main)), "MiR+NR": list(np.flatnonzero(~main))}


def _fill_split(
    frame: pd.DataFrame,
    column: str,
    levels: tuple[str, str],
    rows: tuple[str, str],
    rng: np.random.Generator,
    forced: dict[str, str] | None = None,
) -> None:
    """Two levels in the printed numbers of Table 2, at random within each group."""
    frame[column] = frame["reason"].map(forced or {}).astype(object)
    for group, members in _groups(frame).items():
        first, second = (int(cell(2020, "Table 2", row, group, "count").printed) for row in rows)
        own = frame.loc[members, column]
        values = [levels[0]] * (first - (own == levels[0]).sum()) + [levels[1]] * (
            second - (own == levels[1]).sum()
        )
        frame.loc[own.index[own.isna()], column] = rng.permutation(np.array(values, dtype=object))


def _table_2_targets(frame: pd.DataFrame, row: str, scale: float) -> list:
    targets = []
    for group, members in _groups(frame).items():
        combination = Combination(members, {0: 1.0})
        targets += [
            mean_of(
                combination, cell(2020, "Table 2", row, group, "mean").value * scale, 0.0049 * scale
            ),
            sd_of(
                combination, cell(2020, "Table 2", row, group, "sd").value * scale, 0.0049 * scale
            ),
        ]
    return targets


def _moves(frame: pd.DataFrame, bounds: tuple, largest: float):
    """One value alone, or two of the same column of Table 2 against each other."""
    groups = [(0, members) for members in _groups(frame).values()]
    return mixed(
        singles([(row, 0) for row in range(len(frame))], bounds, largest),
        exchanges(groups, bounds, 1.0, largest),
    )


def _ages(frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Whole years, 15–45 with both ends present, means and SDs of Table 2."""
    n = len(frame)
    start = np.clip(np.round(rng.normal(27, 8, n)), 15, 45)
    low, high = np.full((n, 1), 15.0), np.full((n, 1), 45.0)
    for row, age in {0: 45, 1: 15}.items():
        start[row] = low[row] = high[row] = age
    targets = _table_2_targets(frame, "Age", 1.0)
    moves = _moves(frame, (low, high), 6.0)
    return search(start[:, None], targets, moves, walker(rng))[:, 0].astype(int)


def _durations(frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Months to one decimal: Table 2 by last response, the 34 and the 11 of the text, 3–37 in
    all.
    """
    n, followed = len(frame), frame["followed"].to_numpy()
    low = np.choose(followed // 12, (SHORTEST, 12, 24)) * 10.0
    high = np.choose(followed // 12, (11.9, 23.9, LONGEST)) * 10.0
    start = np.round(low + (high - low) * rng.beta(1.3, 1.3, n))
    fixed = {row: frame.at[row, "stop"] * 10 for row in np.flatnonzero(frame["stop"].notna())}
    for which, months in ((0, LONGEST), (1, 24)):
        fixed[np.flatnonzero(followed == 24)[which]] = months * 10.0
    fixed[np.flatnonzero((followed == 12) & frame["stop"].isna())[-1]] = 120.0
    multiple = int(np.flatnonzero(frame["steps"].map(len) > 3)[0])
    low[multiple] = 270.0
    for row, value in fixed.items():
        start[row] = low[row] = high[row] = value
    targets = _table_2_targets(frame, "Duration of treatment", 10.0)
    for group, months in {"responders >12 months": 12, ">24 months": 24}.items():
        combination = Combination(list(np.flatnonzero(followed >= months)), {0: 1.0})
        for statistic, make in (("mean", mean_of), ("sd", sd_of)):
            printed = next(
                c
                for c in printed_cells(2020)
                if (c.row, c.group, c.statistic) == ("duration", group, statistic)
            )
            targets.append(make(combination, printed.value * 10, 0.49))
    moves = _moves(frame, (low[:, None], high[:, None]), 40.0)
    start = np.clip(start, low, high)
    return search(start[:, None], targets, moves, walker(rng))[:, 0] / 10
