"""Who is in: the first screen's strip, the flow, treatment and the baseline table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from thal_core.analyses.build_result import Unanswerable, build_result, need_patients
from thal_core.analyses.responders import about, bounds_of_levels, known_members, when
from thal_core.cohort import Cohort
from thal_core.derive.bounds import derive_bounds
from thal_core.derive.on_drug import derive_stopped
from thal_core.derive.visits import values_at, visit_values
from thal_core.figures.flow import plot_flow
from thal_core.groups import derive_groups, evidence_of, population, responses
from thal_core.results import Result
from thal_core.rules.catalogue import class_order, criterion, fields
from thal_core.selection import column_values
from thal_core.stats import compare, describe
from thal_core.stats.comparison import Comparison
from thal_core.stats.contingency import cramers_v
from thal_core.stats.proportions import wilson
from thal_core.view import Options
from thal_core.vocabulary import ANALYTES, BOOLEAN_COLUMNS, Phenotype, Response
from thal_core.words import Message

STRIP_MONTH = 6
NOT_RECORDED = "not recorded"


def summary(cohort: Cohort, options: Options) -> Result:
    """The strip of the first screen.

    Items: evaluable, orr_evaluable, orr_enrolled, mar, transfusion_free (TDT), hb_ntdt_before,
    hb_ntdt_after, hb_ntdt_change (g/L, the same NTDT patients, mean), ferritin_before,
    ferritin_last (ng/mL, the same patients, median), stopped, and one stopped_because a reason
    (``detail``). Proportions: value and Wilson interval in percent; means: t interval; medians: no
    interval. orr_evaluable and mar carry the bounds of ``response_rates``; mar is of those of whom
    it is known. A criterion that is no headline is replaced by the one it names.
    """
    need_patients(cohort)
    options = replace(options, criterion=criterion(options.criterion).headline)
    classes = responses(cohort, options)
    rows = [
        *_response_items(cohort, classes, options),
        *_hb_items(cohort, options),
        *_ferritin_items(cohort),
        *_stopped_items(cohort),
    ]
    return build_result(
        "summary", rows, cohort=cohort, **about(cohort, classes, options, "method.wilson_rates")
    )


def _share(item: str, n: int, total: int, detail: object = "") -> dict[str, object]:
    share = wilson(n, total)
    return {
        "item": item,
        "n": n,
        "total": total,
        "value": share.percent,
        "conf_low": share.conf_low,
        "conf_high": share.conf_high,
        "unit": "%",
        "detail": detail,
    }


def _response_items(
    cohort: Cohort, classes: pd.DataFrame, options: Options
) -> Iterator[dict[str, object]]:
    rules, evidence = criterion(options.criterion), evidence_of(cohort, options)
    bounds = derive_bounds(classes, evidence, rules)
    around = bounds_of_levels(bounds, classes["response"], rules)
    known, best = known_members(classes["response"], bounds, rules), rules.classes[0]
    evaluable = int((classes["response"] != Response.NE).sum())
    responders = int(known["ORR"].sum())
    yield _share("evaluable", evaluable, cohort.n)
    yield _share("orr_evaluable", responders, evaluable) | around["ORR"]
    yield _share("orr_enrolled", responders, cohort.n)
    yield _share("mar", int(known[best].sum()), int(known[best].notna().sum()), best) | around[best]
    tdt = evidence[
        (evidence["phenotype"] == Phenotype.TDT) & evidence["free"].notna() & ~evidence["stopped"]
    ]
    yield _share(
        "transfusion_free", int(tdt["free"].sum()), len(tdt), options.month_or(rules.month)
    )


def _hb_items(cohort: Cohort, options: Options) -> Iterator[dict[str, object]]:
    month = options.visit_or(STRIP_MONTH)
    ntdt = population(cohort, Phenotype.NTDT)
    pairs = (
        pd.DataFrame(
            {
                "before": values_at(cohort, "hb_g_per_l", 0, on_drug_only=False),
                "after": values_at(cohort, "hb_g_per_l", month),
            }
        )
        .loc[ntdt]
        .dropna()
    )
    for item, values in (
        ("before", pairs["before"]),
        ("after", pairs["after"]),
        ("change", pairs["after"] - pairs["before"]),
    ):
        d = describe.describe(values)
        yield {
            "item": f"hb_ntdt_{item}",
            "n": d.n,
            "total": len(ntdt),
            "value": d.mean,
            "conf_low": d.conf_low,
            "conf_high": d.conf_high,
            "unit": "g/L",
            "detail": month,
        }


def _ferritin_items(cohort: Cohort) -> Iterator[dict[str, object]]:
    values = visit_values(cohort, "ferritin_ng_per_ml").sort_values("month")
    before = values[values["month"] == 0].set_index("patient_id")["value"]
    later = values[values["month"] > 0].groupby("patient_id")["value"].last()
    pairs = pd.DataFrame({"before": before, "last": later}).dropna()
    for item in ("before", "last"):
        yield {
            "item": f"ferritin_{item}",
            "n": len(pairs),
            "total": cohort.n,
            "value": pairs[item].median(),
            "unit": "ng/mL",
            "detail": "median",
        }


def stops(cohort: Cohort) -> pd.Series:
    """Reason per patient who stopped thalidomide (``derive_stopped``; ``not recorded`` where none
    is given).
    """
    return cohort.patients["withdrawal_reason"][derive_stopped(cohort)].fillna(NOT_RECORDED)


def _stopped_items(cohort: Cohort) -> Iterator[dict[str, object]]:
    reasons = stops(cohort)
    yield _share("stopped", len(reasons), cohort.n)
    for reason, n in Counter(reasons).most_common():
        yield _share("stopped_because", n, cohort.n, reason)


def flow(cohort: Cohort, options: Options) -> Result:
    """Enrolled → withdrawn before the month of judgement, and why → analysed → not evaluable, and
    why → evaluable.

    Whoever stopped before the month and has a class all the same (lack of effect is no response) is
    analysed.
    """
    need_patients(cohort)
    rules, classes = criterion(options.criterion), responses(cohort, options)
    stopped = evidence_of(cohort, options)["stopped"] & (classes["response"] == Response.NE)
    reasons = stops(cohort).reindex(stopped.index[stopped]).fillna(NOT_RECORDED)
    unclear = classes[(classes["response"] == Response.NE) & ~stopped]
    rows = [{"step": "enrolled", "reason": "", "n": cohort.n}]
    rows += [{"step": "withdrawn", "reason": r, "n": n} for r, n in Counter(reasons).most_common()]
    rows += [{"step": "analysed", "reason": "", "n": cohort.n - len(reasons)}]
    rows += [
        {"step": "not_evaluable", "reason": str(r), "n": n}
        for r, n in Counter(unclear["reason"]).most_common()
    ]
    rows += [{"step": "evaluable", "reason": "", "n": cohort.n - len(reasons) - len(unclear)}]
    return build_result(
        "flow",
        rows,
        cohort=cohort,
        method=[Message("about.flow", {"when": when(rules, options)})],
        sentences=unclear["reason"],
        draw=plot_flow,
    )


def treatment_summary(cohort: Cohort, options: Options) -> Result:
    """Start and last dose (mg/day), duration (months), n beyond 12 and 24 months, stops by class
    and reason.
    """
    need_patients(cohort)
    patients, rows, missing = cohort.patients, [], []
    for column in ("dose_start_mg_per_day", "dose_last_mg_per_day", "duration_months"):
        d = describe.describe(patients[column])
        if not d.n:
            missing.append(fields()[column])
            continue
        rows += [
            {"item": column, "group": name, "n": d.n, "value": getattr(d, name)}
            for name in ("mean", "sd", "median", "q1", "q3", "minimum", "maximum")
        ]
    rows += _treated_beyond(patients["duration_months"].dropna())
    reasons, classes = stops(cohort), responses(cohort, options)["response"]
    for item, values in (
        ("stopped_by_reason", reasons),
        ("stopped_by_class", classes.reindex(reasons.index)),
    ):
        rows += [
            {"item": item, "group": group, "n": n, "value": wilson(n, cohort.n).percent}
            for group, n in Counter(values).most_common()
        ]
    if not rows:
        raise Unanswerable("cannot.missing_column", columns=missing)
    notes = [Message("about.not_recorded", {"columns": missing})] if missing else []
    return build_result(
        "treatment_summary", rows, cohort=cohort, method=[Message("about.treatment")], notes=notes
    )


def _treated_beyond(durations: pd.Series) -> list[dict[str, object]]:
    """n and percent of those whose time on treatment is known; no rows where it is of nobody."""
    beyond = {month: int((durations > month).sum()) for month in (12, 24) if len(durations)}
    return [
        {
            "item": f"beyond_{month}_months",
            "group": "",
            "n": n,
            "value": wilson(n, len(durations)).percent,
        }
        for month, n in beyond.items()
    ]


BASELINE_WORDS = ("sex", "phenotype", "splenectomy", "beta_class", "center")
BASELINE_NUMBERS = ("age_years", "weight_kg", "dose_start_mg_per_day", "duration_months")


def baseline_table(cohort: Cohort, options: Options) -> Result:
    """ "Table 1": each baseline variable in all patients and in each group.

    Numbers: n, missing, mean, SD, median, quartiles; words: one row a level with n and percent of
    those known. smd: standardised difference between the groups. P (Welch or Fisher, unadjusted)
    only where asked for, with effect, conf_low, conf_high: difference of means, odds ratio of the
    first level (2 × 2), else Cramér's V (0–1, no interval).
    """
    need_patients(cohort)
    groups = derive_groups(cohort, options.group_by, options)
    names = ["all", *sorted(groups.dropna().unique(), key=_group_order)]
    rows: list[dict[str, object]] = []
    for variable in (*BASELINE_WORDS, *BASELINE_NUMBERS, *ANALYTES):
        if variable in BASELINE_NUMBERS and variable == options.group_by:
            continue
        values = column_values(cohort, variable)
        if values.notna().sum() == 0 or (
            variable == "weight_kg" and variable in [r["variable"] for r in rows]
        ):
            continue
        make = _word_rows if variable in BASELINE_WORDS else _number_rows
        rows += make(variable, values, groups, names, options.p_values)
    method = Message(
        "about.baseline_p" if options.p_values else "about.baseline", {"grouping": options.group_by}
    )
    used = groups.dropna().index
    simulated = [
        Message("about.monte_carlo", {"variable": fields()[str(v)], "error": f"{error:.1g}"})
        for v, error in {row["variable"]: row.get("simulation_error", 0.0) for row in rows}.items()
        if error
    ]
    return build_result(
        "baseline_table",
        rows,
        cohort=cohort,
        used=used,
        method=[method],
        notes=simulated,
        excluded=[(Message("excluded.no_group"), cohort.n - len(used))],
    )


def _group_order(name: object) -> tuple[int, str]:
    order = class_order()
    return (order.index(name) if name in order else len(order), str(name))


def _split(values: pd.Series, groups: pd.Series, names: list[str]) -> dict[str, pd.Series]:
    return {name: values if name == "all" else values[groups == name] for name in names}


def _number_rows(
    variable: str, values: pd.Series, groups: pd.Series, names: list[str], with_p: bool
) -> list[dict[str, object]]:
    parts = _split(values, groups, names)
    compared = [part for name, part in parts.items() if name != "all"]
    smd = describe.standardised_difference(*compared) if len(compared) > 1 else float("nan")
    test = compare.welch(*compared) if with_p and len(compared) == 2 else None
    return [
        describe.describe(part).row()
        | {"variable": variable, "level": "", "group": name, "smd": smd}
        | _p_and_effect(test)
        for name, part in parts.items()
    ]


def _p_and_effect(test: Comparison | None) -> dict[str, object]:
    if test is None:
        return {
            "method": "",
            "p_value": float("nan"),
            "effect": float("nan"),
            "conf_low": float("nan"),
            "conf_high": float("nan"),
        }
    return {c: getattr(test, c) for c in ("method", "p_value", "effect", "conf_low", "conf_high")}


def _word_rows(
    variable: str, values: pd.Series, groups: pd.Series, names: list[str], with_p: bool
) -> list[dict[str, object]]:
    words = (
        values.map({True: "yes", False: "no"}, na_action="ignore")
        if variable in BOOLEAN_COLUMNS
        else values
    )
    words = words.astype("str").where(words.notna())
    levels = sorted(words.dropna().unique())
    parts = _split(words, groups, names)
    counts = [
        [int((part == level).sum()) for name, part in parts.items() if name != "all"]
        for level in levels
    ]
    several = len(names) > 2
    smd = describe.standardised_difference_levels(counts) if several else float("nan")
    test = compare.fisher(counts) if with_p and several and len(levels) > 1 else None
    if test and (len(levels), len(names)) != (2, 3):
        test = replace(test, effect=cramers_v(counts))
    error = test.std_error if test and test.variant == "monte_carlo" else 0.0
    return [
        {
            "variable": variable,
            "level": level,
            "group": name,
            "missing": int(part.isna().sum()),
            "smd": smd,
            "simulation_error": error,
            **_p_and_effect(test),
            "n": int((part == level).sum()),
            "percent": wilson(int((part == level).sum()), int(part.notna().sum())).percent,
        }
        for level in levels
        for name, part in parts.items()
    ]
