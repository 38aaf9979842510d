"""Hb, HbF and ferritin between groups and before against after: the papers' tables of means."""

from __future__ import annotations

from functools import partial
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pandas as pd

from thal_core.analyses.build_result import Unanswerable, build_result, need_values
from thal_core.analyses.tested import NO_P_BY_DEFINITION, explained, test_cells
from thal_core.cohort import Cohort
from thal_core.derive.visits import months_with, values_at
from thal_core.figures.paired import plot_paired
from thal_core.figures.trajectory import plot_trajectory
from thal_core.groups import OTHER, POPULATIONS, derive_groups, population, responses
from thal_core.results import Draw, Result
from thal_core.stats import compare, multiplicity
from thal_core.stats.comparison import Comparison
from thal_core.stats.describe import describe
from thal_core.view import Options
from thal_core.vocabulary import ANALYTES
from thal_core.words import Message

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

GROUPINGS = {"response": "response", "genotype_group": "genotype_group_2024"}
TWO_GROUP_METHODS = (
    ("paper", "student"),
    ("recommended", "welch"),
    ("recommended", "mann_whitney"),
)
PAIRED_METHODS = (("paper", "paired_t"), ("recommended", "wilcoxon"))
FERRITIN_MONTHS = (0, 12, 24)  # 2024 Table 9
ADJUSTED = frozenset({"hbf_percent", "ferritin_ng_per_ml"})  # compared at one baseline too
NOT_A_LABORATORY_VALUE = frozenset({"dose_mg_per_day", "weight_kg"})


def hb_by_response(cohort: Cohort, options: Options) -> Result:
    """2024 Tables 4 and 6: Hb (g/L) of MaR against the others, by month; both groupings, all
    methods.

    Where the classes compared were judged by Hb itself (NTDT), the recommended rows have no P.
    """
    return _by_response(
        "hb_by_response",
        "hb_g_per_l",
        cohort,
        options,
        "about.hb_by_class_descriptive",
        "about.hb_timing_tdt",
    )


def hbf_by_response(cohort: Cohort, options: Options) -> Result:
    """2024 Tables 5 and 7: HbF (%)."""
    return _by_response("hbf_by_response", "hbf_percent", cohort, options, "about.hbf_diluted")


def ferritin_by_response(cohort: Cohort, options: Options) -> Result:
    """2024 Table 10: ferritin (ng/mL)."""
    return _by_response(
        "ferritin_by_response", "ferritin_ng_per_ml", cohort, options, "about.ferritin_skewed"
    )


def _by_response(name: str, analyte: str, cohort: Cohort, options: Options, *notes: str) -> Result:
    """Two rows a comparison; mean_diff, effect and hedges_g are other − MaR (other − favourable),
    on both rows.

    effect, conf_low, conf_high: of the method (Hodges–Lehmann for mann_whitney). HbF and ferritin:
    adjusted_diff is the same difference at one baseline (ANCOVA), on the recommended rows after
    month 0.
    """
    need_values(cohort, analyte)
    rows: list[dict[str, object]] = []
    used: set[str] = set()
    basis = responses(cohort, options)["basis"]
    before = values_at(cohort, analyte, 0, on_drug_only=False)
    groupings = {name: derive_groups(cohort, by, options) for name, by in GROUPINGS.items()}
    first = {name: _first_group(groups) for name, groups in groupings.items()}
    for name in POPULATIONS:
        for grouping in filter(first.get, groupings):
            own = groupings[grouping].reindex(population(cohort, name))
            for month in months_with(cohort, analyte):
                values = values_at(cohort, analyte, month).reindex(own.index)
                used |= set(values[own.notna()].dropna().index)
                head = {"population": name, "grouping": grouping, "month": month}
                compared = _comparison(values, own, first[grouping])
                if analyte in ADJUSTED and month > 0:
                    compared = _with_adjusted(compared, values, before, own, first[grouping])
                judged = basis[values.index[values.notna() & own.notna()]]
                if _is_by_definition(analyte, grouping, judged):
                    compared = [_without_p(row) for row in compared]
                rows += [head | row for row in compared]
    if not rows:
        raise Unanswerable("cannot.two_groups", n=1)
    rows, reasons = explained(rows)
    codes = (*notes, "about.class_same_visits", "about.genotype_circular")
    sentences = [Message(code) for code in codes]
    method = ["about.two_groups", *(["about.ancova"] if analyte in ADJUSTED else [])]
    return build_result(
        name,
        rows,
        cohort=cohort,
        used=used,
        method=map(Message, method),
        sentences=reasons,
        notes=[*sentences, *reasons],
        excluded=[(Message("excluded.no_group_or_value"), cohort.n - len(used))],
        draw=_means_of_all(analyte, sentences),
    )


def _first_group(groups: pd.Series) -> str:
    """The group that the others are compared with; empty where there is none."""
    return next((str(group) for group in groups.dropna().unique() if group != OTHER), "")


def _without_p(row: dict[str, object]) -> dict[str, object]:
    """A difference true by definition of the class has no P, but where the papers print one."""
    return row if row["way"] == "paper" else row | NO_P_BY_DEFINITION


def _is_by_definition(analyte: str, grouping: str, basis: pd.Series) -> bool:
    """Were the classes compared here made from the very Hb that is compared, and from nothing
    else?
    """
    return analyte == "hb_g_per_l" and grouping == "response" and {"hb"} <= set(basis) <= {"hb", ""}


def _means_of_all(analyte: str, notes: list[Message]) -> Draw:
    """Mean and SD by month of the whole cohort, MaR against the others."""
    drawn = partial(
        plot_trajectory,
        analyte=analyte,
        group_by="response",
        statistic="mean_sd",
        log=False,
        notes=tuple(notes),
    )

    def draw(table: pd.DataFrame, **page: Any) -> Figure | None:
        rows = table[(table["population"] == "all") & (table["grouping"] == "response")]
        one_test = rows["method"] == TWO_GROUP_METHODS[0][1]
        return drawn(rows[one_test], **page) if len(rows) else None

    return draw


def _comparison(values: pd.Series, groups: pd.Series, first: str) -> list[dict[str, object]]:
    parts = {name: values[groups == name].dropna() for name in (first, OTHER)}
    if all(part.empty for part in parts.values()):
        return []
    described = {name: describe(part) for name, part in parts.items()}
    rows = []
    for way, method in TWO_GROUP_METHODS:
        test = compare.two_groups(method, parts[OTHER], parts[first])
        shared = {
            "way": way,
            "method": method,
            "mean_diff": described[OTHER].mean - described[first].mean,
            "hedges_g": test.hedges_g,
            "hedges_g_low": test.hedges_g_low,
            "hedges_g_high": test.hedges_g_high,
        }
        rows += [
            {"group": name, "n": d.n, "mean": d.mean, "sd": d.sd} | shared | test_cells(test)
            for name, d in described.items()
        ]
    return rows


def _with_adjusted(
    rows: list[dict[str, object]],
    values: pd.Series,
    before: pd.Series,
    groups: pd.Series,
    first: str,
) -> list[dict[str, object]]:
    """The recommended rows with the difference at the same baseline, n of those who have both
    values.
    """
    side = groups.map({OTHER: 1.0, first: 0.0})
    found = compare.baseline_adjusted(values, before.reindex(values.index), side)
    cells = {
        "adjusted_n": found.n,
        "adjusted_diff": found.effect,
        "adjusted_low": found.conf_low,
        "adjusted_high": found.conf_high,
        "adjusted_p": found.p_value,
    }
    return [row if row["way"] == "paper" else row | cells for row in rows]


def ferritin_change(cohort: Cohort, options: Options) -> Result:
    """2024 Table 9: ferritin at 0, 12 and 24 months in patients who have all three; Bonferroni × 3.

    mean_diff is month_i − month_j; effect, conf_low, conf_high, P: of the method (Wilcoxon:
    Hodges–Lehmann's pseudo-median); std_error is paired. Blank with fewer than three patients.
    """
    need_values(cohort, "ferritin_ng_per_ml")
    wide = pd.DataFrame(
        {m: values_at(cohort, "ferritin_ng_per_ml", m, on_drug_only=m > 0) for m in FERRITIN_MONTHS}
    ).dropna()
    months = {"months": list(FERRITIN_MONTHS)}
    if wide.empty:
        raise Unanswerable("cannot.no_complete", **months)
    rows, reasons = explained(
        [
            {"month_i": i, "month_j": j, "way": way} | _change(method, wide[i], wide[j])
            for way, method in PAIRED_METHODS
            for i, j in permutations(FERRITIN_MONTHS, 2)
        ]
    )
    return build_result(
        "ferritin_change",
        rows,
        cohort=cohort,
        used=wide.index,
        sentences=reasons,
        excluded=[(Message("excluded.not_complete", months), cohort.n - len(wide))],
        method=[Message("about.ferritin_change")],
        notes=[
            Message("about.complete_cases", {"n": len(wide), "total": cohort.n}),
            Message("about.regression_to_the_mean"),
            *reasons,
        ],
    )


def _change(method: str, later: pd.Series, earlier: pd.Series) -> dict[str, object]:
    """One test of two months, as columns of ``ferritin_change``."""
    test = _paired(method, later, earlier)
    return test_cells(test) | {
        "n": test.n,
        "mean_diff": (later - earlier).mean(),
        "method": method,
        "p_adjusted": multiplicity.bonferroni([test.p_value], 3)[0],
    }


def _paired(method: str, first: pd.Series, second: pd.Series) -> Comparison:
    """The ranks are those of the differences as computed, as in R's wilcox.test by default
    (digits.rank = Inf).
    """
    return (
        compare.wilcoxon(first - second)
        if method == "wilcoxon"
        else compare.pairs(method, first, second)
    )


def labs_before_after(cohort: Cohort, options: Options) -> Result:
    """2020 Table 1: each analyte before and at each later month, in patients who have both; after −
    before.

    effect, conf_low, conf_high: the mean difference (paired_t), the pseudo-median (wilcoxon).
    """
    rows: list[dict[str, object]] = []
    used: set[str] = set()
    for analyte in ANALYTES:
        if analyte in NOT_A_LABORATORY_VALUE or cohort.visits[analyte].notna().sum() == 0:
            continue
        before = values_at(cohort, analyte, 0, on_drug_only=False)
        for name in POPULATIONS:
            for month in [m for m in months_with(cohort, analyte) if m > 0]:
                pairs = pd.DataFrame({"before": before, "after": values_at(cohort, analyte, month)})
                pairs = pairs[pairs.index.isin(population(cohort, name))].dropna()
                used |= set(pairs.index)
                rows += _pair_rows(pairs, {"analyte": analyte, "phenotype": name, "month": month})
    if not rows:
        raise Unanswerable("cannot.no_before_after")
    rows, reasons = explained(rows)
    return build_result(
        "labs_before_after",
        rows,
        cohort=cohort,
        used=used,
        method=[Message("about.before_after")],
        sentences=reasons,
        excluded=[(Message("excluded.no_before_after"), cohort.n - len(used))],
        notes=[
            Message("about.hb_timing_tdt"),
            Message("about.hbf_diluted"),
            Message("about.regression_to_the_mean"),
            *reasons,
        ],
        draw=plot_paired,
    )


def _pair_rows(pairs: pd.DataFrame, head: dict[str, object]) -> list[dict[str, object]]:
    if pairs.empty:
        return []
    before, after, change = (
        describe(s) for s in (pairs["before"], pairs["after"], pairs["after"] - pairs["before"])
    )
    shared = head | {
        "n": len(pairs),
        "before_mean": before.mean,
        "before_sd": before.sd,
        "after_mean": after.mean,
        "after_sd": after.sd,
        "mean_diff": change.mean,
        "diff_sd": change.sd,
    }
    tests = [
        (way, _paired(method, pairs["after"], pairs["before"])) for way, method in PAIRED_METHODS
    ]
    return [shared | {"way": way, "method": t.method} | test_cells(t) for way, t in tests]
