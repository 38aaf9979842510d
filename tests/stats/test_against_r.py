"""Every statistic against the number R printed (tests/reference/reference.R, R_VERSION.txt).

Relative agreement 1e-6, or 1e-4 where R's own optimiser or root search decides.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thal_core.stats import (
    compare,
    describe,
    discrimination,
    logistic,
    multiplicity,
    proportions,
    repeated,
    survival,
)

REFERENCE = Path(__file__).parents[1] / "reference"
EXPECTED = pd.read_csv(REFERENCE / "expected.csv", keep_default_na=False, na_values=["NA", "NaN"])
DATA = {path.stem: pd.read_csv(path) for path in (REFERENCE / "data").glob("*.csv")}
CLINIC, TINY, LARGE = DATA["clinic"], DATA["tiny"], DATA["large"]

# how closely a number can agree where an iteration of R's decides it
LOOSE = {"hedges_g_low": 1e-4, "hedges_g_high": 1e-4}


def expected_of(*prefixes: str) -> list:
    calls = EXPECTED["call"].drop_duplicates()
    return [call for call in calls if call.split(".")[0] in prefixes]


def expected_numbers(call: str) -> dict:
    rows = EXPECTED[EXPECTED["call"] == call]
    return dict(zip(rows["quantity"], rows["value"].astype(float), strict=True))


def assert_agrees(call: str, computed: dict, without: tuple = ()) -> None:
    """Every number R printed for this call, but for those `without` and R's coarser defaults."""
    for quantity, value in expected_numbers(call).items():
        if quantity in without:
            continue
        if quantity.endswith("_default"):
            ours, tolerance = computed[quantity.removesuffix("_default")], dict(rel=2e-3, abs=1e-4)
        else:
            tolerance = dict(rel=LOOSE.get(quantity, 1e-6), abs=1e-9)
            ours = computed[quantity]
        assert ours == pytest.approx(value, nan_ok=True, **tolerance), quantity


def split_by_group(name: str, variable: str):
    frame = DATA[name]
    group = frame["group" if name == "large" else "mar"]
    return frame.loc[group == 1, variable], frame.loc[group == 0, variable]


@pytest.mark.parametrize("call", expected_of("describe"))
def test_description(call):
    assert_agrees(call, describe.describe(CLINIC[call.split(".")[1]]).row())


@pytest.mark.parametrize("call", expected_of("geometric_mean"))
def test_geometric_mean(call):
    assert_agrees(call, describe.geometric_mean(CLINIC[call.split(".")[1]]).row())


@pytest.mark.parametrize("call", expected_of("smd"))
def test_standardised_difference(call):
    groups = split_by_group("clinic", call.split(".")[1])
    assert_agrees(call, {"value": describe.standardised_difference(*groups)})


@pytest.mark.parametrize("call", expected_of("smd_levels"))
def test_standardised_difference_of_levels(call):
    variable = call.split(".")[1]
    table = (
        compare.cross_table(CLINIC["sex"], CLINIC["genotype"])
        if variable == "by_genotype"
        else compare.cross_table(CLINIC[variable], CLINIC["mar"])
    )
    assert_agrees(call, {"value": describe.standardised_difference_levels(table)})


@pytest.mark.parametrize("call", expected_of("wilson", "clopper_pearson"))
def test_proportion(call):
    method, n, total = call.split(".")
    assert_agrees(call, getattr(proportions, method)(int(n), int(total)).row())


@pytest.mark.parametrize("call", expected_of("student", "welch"))
def test_two_means(call):
    method, name, variable = call.split(".")
    assert_agrees(call, compare.two_groups(method, *split_by_group(name, variable)).row())


@pytest.mark.parametrize("call", expected_of("paired_t"))
def test_paired_t(call):
    method, name, first, second = call.split(".")
    assert_agrees(call, compare.pairs(method, DATA[name][first], DATA[name][second]).row())


def assert_shift_agrees(call: str, computed: dict, pairwise: np.ndarray) -> None:
    """R's root search may return any point between the two middle differences: there its
    equation is zero throughout. We give their mean."""
    ordered = np.sort(pairwise, axis=None)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    assert computed["effect"] == pytest.approx((low + high) / 2, rel=1e-12, abs=1e-12)
    expected = expected_numbers(call)
    assert low - 1e-9 <= expected["effect"] <= high + 1e-9
    assert low - 1e-4 <= expected["effect_default"] <= high + 1e-4


@pytest.mark.parametrize("call", expected_of("mann_whitney"))
def test_mann_whitney(call):
    _, name, variable = call.split(".")
    x, y = split_by_group(name, variable)
    computed = compare.mann_whitney(x, y).row()
    assert_agrees(call, computed, without=("effect", "effect_default"))
    assert_shift_agrees(
        call, computed, np.subtract.outer(x.dropna().to_numpy(), y.dropna().to_numpy())
    )


@pytest.mark.parametrize("call", expected_of("wilcoxon"))
def test_wilcoxon(call):
    _, name, first, second = call.split(".")
    computed = compare.wilcoxon(DATA[name][first], DATA[name][second]).row()
    assert_agrees(call, computed, without=("effect", "effect_default"))
    differences = (DATA[name][first] - DATA[name][second]).dropna().round(9).to_numpy()
    differences = differences[differences != 0]
    averages = np.add.outer(differences, differences)[np.triu_indices(len(differences))] / 2
    assert_shift_agrees(call, computed, averages)


@pytest.mark.parametrize("call", expected_of("chi_square", "fisher"))
def test_counts(call):
    method, name, rows, columns = call.split(".")
    frame = DATA[name].copy()
    if columns == "age_third":
        frame[columns] = (
            pd.cut(frame["age_years"], [0, 23, 35, 99])
            .astype("str")
            .where(frame["age_years"].notna())
        )
    if rows == "profile":
        frame[rows] = frame[["genotype", "sex", "ntdt"]].astype("str").agg(" ".join, axis=1)
    assert_agrees(
        call, compare.counts(method, compare.cross_table(frame[rows], frame[columns])).row()
    )


def test_wide_table_agrees_with_the_simulation_of_r():
    """R 4.2.2's own exact answer (0.0020) contradicts its simulation; ours is exact."""
    expected = expected_numbers("fisher_simulated.wide_table")["p_value"]
    answer = compare.fisher(DATA["wide_table"])
    assert answer.variant == "exact"
    assert answer.p_value == pytest.approx(expected, abs=4 * np.sqrt(expected / 1e6))


@pytest.mark.parametrize("call", expected_of("pearson", "spearman"))
def test_correlation(call):
    method, name, x, y = call.split(".")
    assert_agrees(call, compare.correlation(method, DATA[name][x], DATA[name][y]).row())


@pytest.mark.parametrize("call", expected_of("spearman_first"))
def test_spearman_of_few(call):
    n = int(call.split(".")[1])
    assert_agrees(call, compare.spearman(CLINIC["tbil"][:n], CLINIC["ldh"][:n]).row())


@pytest.mark.parametrize("call", expected_of("line", "band"))
def test_line(call):
    kind, name, x, y = call.split(".")
    line = compare.fit_line(DATA[name][x], DATA[name][y])
    if kind == "line":
        return assert_agrees(call, line.row())
    band = compare.line_band(line, [10, 60]).rename(
        columns={"conf_low": "low", "conf_high": "high"}
    )
    named = {
        f"{column}_{row['x']:.0f}": row[column]
        for row in band.to_dict("records")
        for column in band
    }
    assert_agrees(call, named)


@pytest.mark.parametrize("call", expected_of("p_adjust"))
def test_adjusted_p_values(call):
    method = {"BH": "benjamini_hochberg"}.get(call.split(".")[1], call.split(".")[1])
    adjusted = multiplicity.adjust([0.012, 0.04, 0.001, None, 0.04, 0.8, 0.025], method)
    assert np.isnan(adjusted[3])
    assert_agrees(call, {str(place + 1): value for place, value in enumerate(adjusted)})


WIDE = {
    "clinic.four": CLINIC[["hb_0", "hb_3", "hb_6", "hb_12"]],
    "tiny.two": TINY[["hb_0", "hb_6"]],
    "visits.three": DATA["visits"].pivot(index="patient_id", columns="month", values="hb")[
        [0, 3, 12]
    ],
}


@pytest.mark.parametrize("call", expected_of("anova"))
def test_repeated_anova(call):
    wide = WIDE[call.removeprefix("anova.")]
    corrected = repeated.greenhouse_geisser(wide)
    plain = repeated.repeated_anova(wide)
    assert_agrees(call, plain.row() | {"p_greenhouse_geisser": corrected.p_value})
    assert corrected.df1 == pytest.approx(plain.epsilon * plain.df1)


def mixed(name: str):
    long = DATA["visits"] if name == "pairs" else DATA[name]
    if name == "pairs":
        long = long[long["month"].isin([0, 24])]
    return repeated.fit_random_intercept(long["patient_id"], long["month"], long["hb"])


@pytest.mark.parametrize("call", expected_of("mixed"))
def test_mixed_model(call):
    assert_agrees(call, mixed(call.split(".")[1]).row())


@pytest.mark.parametrize("call", expected_of("mixed_contrast"))
def test_mixed_contrasts(call):
    _, name, month = call.split(".")
    contrasts = mixed(name).contrasts.set_index("month")
    assert_agrees(call, contrasts.loc[int(month)].to_dict())


MODELS = {
    "clinic_one": (CLINIC, ["hbf_percent"]),
    "clinic_two": (CLINIC, ["hbf_percent", "ntdt"]),
    "tiny_complete": (TINY, ["hbf_percent"]),
    "tiny_quasi": (TINY, ["splenectomy"]),
    "tiny_both": (TINY, ["splenectomy", "hb_0"]),
}


@pytest.mark.parametrize("call", expected_of("maximum_likelihood", "firth"))
def test_logistic(call):
    model, name, term = call.split(".")
    frame, predictors = MODELS[name]
    fit = getattr(logistic, f"fit_{model}")(frame["mar"], frame[predictors])
    terms = fit.terms.set_index("term")
    computed = terms.loc[term].to_dict() if term != "model" else fit.__dict__
    assert_agrees(call, computed)


@pytest.mark.parametrize("name", ["tiny_complete", "tiny_quasi", "tiny_both"])
def test_separated_data_have_no_maximum_likelihood_estimate(name):
    frame, predictors = MODELS[name]
    fit = logistic.fit_maximum_likelihood(frame["mar"], frame[predictors])
    assert fit.reason == "separated"
    assert fit.terms["odds_ratio"].isna().all()


def test_area_under_curve():
    fit = logistic.fit_maximum_likelihood(CLINIC["mar"], CLINIC[["hbf_percent", "ntdt"]])
    score = (CLINIC[fit.terms["term"]] * fit.terms["coefficient"].to_numpy()).sum(
        axis=1, skipna=False
    )
    assert_agrees("auc.clinic", {"auc": discrimination.area_under_curve(score, CLINIC["mar"])})
    assert_agrees(
        "auc.hbf_percent",
        {"auc": discrimination.area_under_curve(CLINIC["hbf_percent"], CLINIC["mar"])},
    )


def test_kaplan_meier():
    curve = survival.kaplan_meier(CLINIC["time"], CLINIC["event"]).set_index("time")
    for call in expected_of("kaplan_meier"):
        assert_agrees(call, curve.loc[float(call.split(".")[2])].to_dict())


@pytest.mark.parametrize("call", expected_of("log_rank"))
def test_log_rank(call):
    assert_agrees(
        call, survival.log_rank(CLINIC["time"], CLINIC["event"], CLINIC[call.split(".")[2]]).row()
    )
