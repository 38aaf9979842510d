"""Make the reference data sets (seeded; run once, the CSV files are kept).

clinic.csv   48 patients as a clinic sends them: whole numbers, ties, a few blanks
visits.csv   40 patients over five months with missing visits and drop-out
flat.csv     12 patients who do not differ from each other (patient variance 0)
tiny.csv     9 patients: separated outcome, zero cells
large.csv    120 patients, too many for exact rank tests

wide_table.csv (14 genotypes by 4 classes) is kept as found, not made here.
"""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent


def clinic(generator) -> pd.DataFrame:
    n = 48
    mar = np.r_[np.ones(31), np.zeros(17)].astype(int)
    ntdt = (generator.uniform(size=n) < np.where(mar == 1, 0.55, 0.3)).astype(int)
    hb_0 = np.round(generator.normal(74 + 4 * ntdt, 11))
    hb_3 = np.round(hb_0 + generator.normal(14 + 12 * mar, 12))
    hb_6 = np.round(hb_0 + generator.normal(17 + 14 * mar, 13))
    hb_12 = np.round(hb_6 + generator.normal(3, 7, n))
    hbf = np.round(np.clip(generator.normal(24 + 18 * mar, 19), 0.4, 99), 1)
    frame = pd.DataFrame(
        {
            "patient_id": [f"P{i:03d}" for i in range(1, n + 1)],
            "mar": mar,
            "sex": generator.choice(["female", "male"], n),
            "ntdt": ntdt,
            "splenectomy": generator.choice(["no", "yes"], n, p=[0.7, 0.3]),
            "genotype": generator.choice(
                ["CD41-42/-28", "CD17/-28", "CD41-42/CD17", "CD17/CD26", "other"],
                n,
                p=[0.35, 0.2, 0.2, 0.15, 0.1],
            ),
            "age_years": generator.integers(12, 47, n),
            "hb_0": hb_0,
            "hb_3": hb_3,
            "hb_6": hb_6,
            "hb_12": hb_12,
            "hbf_percent": hbf,
            "ferritin": np.round(np.exp(generator.normal(7.6, 0.6, n))),
            "tbil": np.round(np.exp(generator.normal(3.7, 0.5, n)), 4),
            "ldh": np.round(generator.normal(300, 80, n), 4),
            "time": generator.integers(1, 25, n),
            "event": generator.integers(0, 2, n),
        }
    )
    for column, rows in {
        "hbf_percent": [3, 40],
        "hb_12": [5, 9, 22, 41, 47],
        "splenectomy": [7],
        "age_years": [12],
    }.items():
        frame.loc[rows, column] = np.nan
    return frame


def visits(generator) -> pd.DataFrame:
    rows = []
    for patient in range(40):
        level, stop = generator.normal(0, 9), generator.choice([3, 6, 12, 24, 24, 24])
        for month, mean in {0: 72, 3: 90, 6: 95, 12: 97, 24: 96}.items():
            if month <= stop and (month == 0 or generator.uniform() > 0.15):
                rows.append(
                    (f"P{patient:03d}", month, round(mean + level + generator.normal(0, 8)))
                )
    return pd.DataFrame(rows, columns=["patient_id", "month", "hb"])


def flat(generator) -> pd.DataFrame:
    pattern = np.array([-6.0, 1.0, 5.0])
    rows = []
    for patient in range(12):
        noise = np.roll(pattern, patient) + np.round(generator.normal(0, 0.01, 3), 3)
        rows += [
            (f"P{patient:03d}", month, value)
            for month, value in zip((0, 3, 6), noise + [80, 81, 83], strict=True)
        ]
    return pd.DataFrame(rows, columns=["patient_id", "month", "hb"])


def tiny() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "mar": [0, 0, 0, 0, 1, 1, 1, 1, 1],
            "hbf_percent": [3.1, 8.4, 12.0, 15.5, 21.3, 30.2, 44.8, 51.0, 63.7],
            "sex": [
                "male",
                "female",
                "male",
                "female",
                "female",
                "female",
                "male",
                "female",
                "female",
            ],
            "splenectomy": [0, 0, 0, 0, 1, 0, 1, 1, 0],
            "hb_0": [70, 72, 65, 80, 77, 69, 81, 75, 66],
            "hb_6": [75, 70, 72, 88, 99, 90, 112, 101, 83],
        }
    )


def large(generator) -> pd.DataFrame:
    n = 120
    group = np.r_[np.ones(65), np.zeros(55)].astype(int)
    first = np.round(generator.normal(70, 12, n), 5)
    return pd.DataFrame(
        {
            "group": group,
            "first": first,
            "second": np.round(first + generator.normal(2 * group, 6), 5),
            "whole_first": np.round(first),
            "whole_second": np.round(first + generator.normal(3, 6, n)),
        }
    )


def main() -> None:
    generator = np.random.default_rng(48)
    frames = {
        "clinic": clinic(generator),
        "visits": visits(generator),
        "flat": flat(generator),
        "tiny": tiny(),
        "large": large(generator),
    }
    for name, frame in frames.items():
        frame.to_csv(HERE / "data" / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
