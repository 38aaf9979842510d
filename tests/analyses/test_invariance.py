"""What may not change a number: units, the order of rows, names, which group is called which, and
somebody unmeasured.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.analyses.test_against_r import KEYS, OPTIONS
from tests.reference.results.make_cohorts import clinic
from thal_core import read_cohort
from thal_core.analyses import analyse
from thal_core.cohort import Cohort, make_cohort
from thal_core.view import Options

SEEDS = st.integers(0, 5)
BY_PATIENT = frozenset({"response_by_patient", "exposure"})
COUNTS_EVERYBODY = (
    frozenset({"summary", "response_rates", "baseline_table", "adverse_events"}) | BY_PATIENT
)
quickly = settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@lru_cache(maxsize=6)
def cohort(seed: int) -> Cohort:
    return clinic(np.random.default_rng(seed))


def table(of: Cohort, name: str, options: Options | None = None) -> pd.DataFrame:
    frame = analyse(of, name, options or OPTIONS.get(name, Options())).table
    return frame.set_index(KEYS[name].split()).sort_index(key=lambda level: level.astype("str"))


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-6, atol=1e-9)


def changed(of: Cohort, **frames: pd.DataFrame) -> Cohort:
    return replace(of, **frames)


@quickly
@given(SEEDS, st.sampled_from(sorted(KEYS)), st.randoms(use_true_random=False))
def test_order_of_rows(seed: int, name: str, random) -> None:
    of = cohort(seed)

    def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.iloc[random.sample(range(len(frame)), len(frame))]

    turned = changed(
        of,
        **{
            t: shuffled(getattr(of, t))
            for t in ("patients", "visits", "transfusions", "treatments", "events")
        },
    )
    assert_same(table(of, name), table(turned, name))


@quickly
@given(SEEDS, st.sampled_from(sorted(KEYS)), st.randoms(use_true_random=False))
def test_names_of_patients(seed: int, name: str, random) -> None:
    of = cohort(seed)
    new = dict(
        zip(of.patients.index, random.sample([f"{k:04d}" for k in range(900)], of.n), strict=True)
    )

    def renamed(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(patient_id=frame["patient_id"].map(new))

    frames = {
        t: renamed(getattr(of, t)) for t in ("visits", "transfusions", "treatments", "events")
    }
    there = table(changed(of, patients=of.patients.rename(index=new), **frames), name)
    here = table(of, name)
    assert_same(here.rename(index=new).sort_index() if name in BY_PATIENT else here, there)


@quickly
@given(SEEDS, st.sampled_from(sorted(set(KEYS) - COUNTS_EVERYBODY)))
def test_somebody_in_whom_nothing_is_measured(seed: int, name: str) -> None:
    of = cohort(seed)
    blank = make_cohort(pd.DataFrame({"patient_id": ["blank"]})).patients
    assert_same(table(of, name), table(changed(of, patients=pd.concat([of.patients, blank])), name))


@settings(quickly, max_examples=3)
@given(SEEDS)
def test_somebody_in_whom_nothing_is_measured_is_enrolled_and_in_no_class(seed: int) -> None:
    of = cohort(seed)
    blank = make_cohort(pd.DataFrame({"patient_id": ["blank"]})).patients
    here, there = (
        table(c, "response_rates").loc["all"]
        for c in (of, changed(of, patients=pd.concat([of.patients, blank])))
    )
    assert_same(here.loc["evaluable"], there.loc["evaluable"])
    assert (there.loc["enrolled", "total"] == here.loc["enrolled", "total"] + 1).all()
    more = there.loc["enrolled", "n"] - here.loc["enrolled", "n"]
    assert more["NE"] == 1 and more.drop("NE").eq(0).all()


@settings(quickly, max_examples=4)
@given(SEEDS, st.sampled_from(["hb_by_response", "hbf_by_response", "ferritin_by_response"]))
def test_groups_that_change_names_turn_the_difference(seed: int, name: str) -> None:
    of = cohort(seed)
    other = {"favourable": "other", "other": "favourable"}
    swapped = changed(
        of,
        patients=of.patients.assign(
            genotype_group_2024=of.patients["genotype_group_2024"].map(other)
        ),
    )
    here, there = (table(c, name).query("grouping == 'genotype_group'") for c in (of, swapped))
    there = there.rename(index=other, level="group").reindex(here.index)
    same = ["n", "mean", "sd", "std_error", "df", "p_value"]
    assert_same(here[same], there[same])
    turned = ["mean_diff", "hedges_g"]
    assert_same(here[turned], -there[turned])
    ends = ["hedges_g_low", "hedges_g_high"]
    assert_same(here[ends], -there[ends[::-1]].set_axis(ends, axis=1))
    of_ranks = here.index.get_level_values("method") == "mann_whitney"
    assert_same(here.loc[~of_ranks, ["statistic"]], -there.loc[~of_ranks, ["statistic"]])
    pairs = (
        here.loc[of_ranks, "n"].groupby(level=["population", "grouping", "month", "method"]).prod()
    )
    both = (here["statistic"] + there["statistic"])[of_ranks].droplevel("group")
    known = both.dropna()
    assert len(known) and (known == pairs.reindex(known.index)).all()


@settings(quickly, max_examples=3)
@given(SEEDS)
def test_predictors_between_groups_that_change_names(seed: int) -> None:
    of = cohort(seed)
    other = {"favourable": "other", "other": "favourable"}
    swapped = changed(
        of,
        patients=of.patients.assign(
            genotype_group_2024=of.patients["genotype_group_2024"].map(other)
        ),
    )
    options = Options(group_by="genotype_group_2024")
    here, there = (table(c, "predictors", options) for c in (of, swapped))
    assert_same(
        here[["n_1", "n_2", "p_value", "p_adjusted"]],
        there[["n_2", "n_1", "p_value", "p_adjusted"]].set_axis(
            ["n_1", "n_2", "p_value", "p_adjusted"], axis=1
        ),
    )
    odds = here.index.get_level_values("method") == "fisher"
    assert_same(here.loc[~odds, ["effect"]], -there.loc[~odds, ["effect"]])
    np.testing.assert_allclose(
        here.loc[odds, "conf_low"], 1 / there.loc[odds, "conf_high"], rtol=1e-6
    )


@settings(quickly, max_examples=2)
@given(st.integers(0, 10_000))
def test_haemoglobin_in_g_per_dl(seed: int) -> None:
    """The same sheet twice, Hb written in g/L and in g/dL, through the reader."""
    one, other = (
        read_cohort(_sheet(seed, unit), filename="clinic.csv") for unit in ("g/L", "g/dL")
    )
    for name in (
        "response_by_patient",
        "response_rates",
        "hb_by_response",
        "hb_gain_vs_hbf",
        "labs_before_after",
        "hb_composition",
        "hb_over_time",
        "hb_over_time_tests",
        "hb_contrasts",
        "predictors",
        "predictors_model",
    ):
        assert_same(table(one, name), table(other, name))
        assert len(table(one, name))


def _sheet(seed: int, unit: str) -> bytes:
    generator = np.random.default_rng(seed)
    months = ",".join(f"Hb_{m}M ({unit})" for m in (0, 3, 6, 12))
    lines = [
        f"patient_id,sex,age,phenotype,transfusion_reduction_percent,HbF_0M (%),HbF_6M (%),{months}"
    ]
    for i in range(28):
        start, gain = generator.integers(55, 95), generator.integers(0, 45)
        hb = [start, start + gain // 2, start + gain, start + gain + generator.integers(-6, 7)]
        written = [
            ("" if generator.random() < 0.1 else f"{v}" if unit == "g/L" else f"{v / 10:.1f}")
            for v in hb
        ]
        tdt = i % 3 == 0
        lines.append(
            ",".join(
                [
                    f"P{i:02d}",
                    ("female", "male")[i % 2],
                    str(generator.integers(12, 45)),
                    "TDT" if tdt else "NTDT",
                    str((100, 60, 30, 10)[i // 3 % 4]) if tdt else "",
                    f"{generator.uniform(2, 70):.1f}",
                    f"{generator.uniform(20, 90):.1f}",
                    *written,
                ]
            )
        )
    return "\n".join(lines).encode()
