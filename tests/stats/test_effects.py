"""Effects and intervals beside each P against R (tests/reference/effects.R): relative agreement
1e-6.

Looser where a derivative or a grid decides there or here: kappa's interval 1e-5, pooled rates 1e-4.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thal_core.stats import (
    adjusted,
    agreement,
    compare,
    contingency,
    discrimination,
    logistic,
    partial_pooling,
    repeated,
)

REFERENCE = Path(__file__).parents[1] / "reference"
EXPECTED = pd.read_csv(REFERENCE / "effects.csv")
DATA = {name: pd.read_csv(REFERENCE / "data" / f"{name}.csv") for name in ("clinic", "tiny")}
CLINIC = DATA["clinic"]
NEAR = pd.DataFrame({"x": [2, 5, 9, 11, 14, 20, 19.6, 25, 31, 33, 40, 52]})


def calls(prefix: str) -> list[str]:
    return [c for c in EXPECTED["call"].unique() if c.split(".")[0] == prefix]


def agrees(call: str, computed: dict, rel: float = 1e-6) -> None:
    own = EXPECTED[EXPECTED["call"] == call]
    assert len(own)
    for quantity, value in zip(own["quantity"], own["value"], strict=True):
        assert computed[quantity] == pytest.approx(value, rel=rel, abs=1e-12), quantity


@pytest.mark.parametrize("call", calls("spearman_interval"))
def test_spearman_interval(call):
    _, name, x, y = call.split(".")
    agrees(call, compare.spearman(DATA[name][x], DATA[name][y]).row())


@pytest.mark.parametrize("call", calls("chi_square_effect"))
def test_chi_square_difference(call):
    _, name, variable, group = call.split(".")
    agrees(
        call, compare.chi_square(compare.cross_table(DATA[name][variable], DATA[name][group])).row()
    )


@pytest.mark.parametrize("call", calls("cramers_v"))
def test_cramers_v(call):
    _, name, variable, group = call.split(".")
    agrees(
        call,
        {
            "value": contingency.cramers_v(
                compare.cross_table(DATA[name][variable], DATA[name][group])
            )
        },
    )


def test_partial_eta_squared():
    wide = CLINIC[["hb_0", "hb_3", "hb_6", "hb_12"]]
    agrees("eta.clinic", repeated.repeated_anova(wide).row())
    assert repeated.greenhouse_geisser(wide).effect == repeated.repeated_anova(wide).effect


@pytest.mark.parametrize("call", calls("adjusted") + calls("slopes"))
def test_least_squares_with_something_held_equal(call):
    kind, y, x = call.split(".")
    group = 1 - CLINIC["mar"]
    found = (
        adjusted.baseline_adjusted(CLINIC[y], CLINIC[x], group)
        if kind == "adjusted"
        else adjusted.difference_of_slopes(CLINIC[x], CLINIC[y], group)
    )
    agrees(call, vars(found))


@pytest.mark.parametrize("call", calls("likelihood_ratio"))
def test_likelihood_ratio(call):
    _, terms, term = call.split(".")
    fit = logistic.fit_maximum_likelihood(CLINIC["mar"], CLINIC[terms.split("+")])
    agrees(call, fit.terms.set_index("term").loc[term].to_dict())


def test_a_limit_far_away_is_found():
    agrees(
        "near_separated",
        logistic.fit_maximum_likelihood([0] * 6 + [1] * 6, NEAR).terms.iloc[0].to_dict(),
    )


@pytest.mark.parametrize("call", calls("auc"))
def test_area_and_its_interval(call):
    variable = call.split(".")[1]
    area = discrimination.area_under_curve(CLINIC[variable], CLINIC["mar"])
    low, high = discrimination.area_interval(CLINIC[variable], CLINIC["mar"])
    agrees(call, {"auc": area, "conf_low": low, "conf_high": high})


@pytest.mark.parametrize("call", calls("kappa"))
def test_kappa(call):
    _, first, second = call.split(".")
    agrees(call, vars(agreement.cohens_kappa(CLINIC[first], CLINIC[second])), rel=1e-5)


def pooled_groups() -> pd.DataFrame:
    own = EXPECTED[EXPECTED["call"].str.startswith("pooled.")]
    return own.pivot(index="call", columns="quantity", values="value").sort_index()


def test_pooled_rates():
    groups = pooled_groups()
    for rate, (_, row) in zip(
        partial_pooling.pooled_rates(groups["events"], groups["total"]),
        groups.iterrows(),
        strict=True,
    ):
        assert partial_pooling.quantiles([(1.0, rate)]) == pytest.approx(
            row[["median", "low", "high"]].tolist(), rel=1e-4
        )


def test_the_rate_of_two_phenotypes_is_the_weighted_mean_of_two_posteriors():
    """Against a million seeded draws of both."""
    first, second, *_ = partial_pooling.pooled_rates([3, 2, 0, 2, 5], [3, 7, 1, 2, 9])
    generator = np.random.default_rng(5)

    def draws(rate):
        place = generator.choice(len(rate.weight), size=1_000_000, p=rate.weight)
        return generator.beta(rate.a[place], rate.b[place])

    together = 0.4 * draws(first) + 0.6 * draws(second)
    expected = np.quantile(together, [0.5, 0.025, 0.975])
    assert partial_pooling.quantiles([(0.4, first), (0.6, second)]) == pytest.approx(
        expected, abs=1.5e-3
    )
