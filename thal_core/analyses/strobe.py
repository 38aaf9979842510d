"""A STROBE checklist filled from what was run; what only a person can answer is left open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from string import Formatter

import pandas as pd

from thal_core import __version__
from thal_core.analyses.build_result import build_result, need_patients
from thal_core.analyses.enrolment import BASELINE_NUMBERS, BASELINE_WORDS, flow
from thal_core.analyses.responders import about, response_rates
from thal_core.cohort import Cohort
from thal_core.groups import population, responses
from thal_core.results import Result
from thal_core.rules.catalogue import Criterion, classes_in, criteria, criterion, fields, read_rules
from thal_core.selection import column_values
from thal_core.view import Options, Selection
from thal_core.vocabulary import Phenotype, Response
from thal_core.words import Message, filled, join_sentences, languages
from thal_core.words.wording import Wording

BEFORE = (
    *BASELINE_WORDS,
    *(c for c in BASELINE_NUMBERS if c != "duration_months"),
    "hb_g_per_l",
    "hbf_percent",
    "ferritin_ng_per_ml",
    "genotype",
    "alpha_genotype",
)
METHODS = (  # what is compared how, where the cohort has the quantity
    ("hb_g_per_l", "about.two_groups"),
    ("hb_g_per_l", "about.before_after"),
    ("hb_g_per_l", "about.contrasts"),
    ("transfusion_free_from_month", "about.kaplan_meier"),
    ("hbf_percent", "about.logistic"),
)
OTHER_RESULTS = (
    "hb_over_time_tests",
    "predictors_model",
    "time_to_transfusion_free",
    "genotype_response",
    "adverse_events",
    "safety_flags",
    "swimmer",
)


def strobe(cohort: Cohort, options: Options) -> Result:
    """item, topic, asks, status {filled, partly, open}, text: the 22 items for cohort studies,
    rules/strobe.csv.

    ``filled``: the text says it from this cohort, these options and filters; ``partly``: the rest
    is for the authors, and named; ``open``: to be written by the authors. A sentence that the
    cohort cannot give leaves its item open. Source: von Elm E, et al. Lancet 2007;370:1453–7;
    wording our own.
    """
    need_patients(cohort)
    facts = _facts(cohort, options)
    rows = [_row(rule, facts) for rule in read_rules("strobe")]
    sentences = [row[column] for row in rows for column in ("topic", "asks", "text")]
    table = pd.DataFrame(
        [row | {c: str(row[c]) for c in ("topic", "asks", "text")} for row in rows]
    )
    return build_result(
        "strobe", table, cohort=cohort, sentences=sentences, method=[Message("about.strobe")]
    )


def _row(rule: Mapping[str, str], facts: Mapping[str, object]) -> dict[str, object]:
    status = (
        rule["status"] if rule["status"] == "open" or _known(rule["text_en"], facts) else "open"
    )
    sentence = _filled(Wording.of_row(rule, "text"), facts) if status != "open" else None
    hint = Wording.of_row(rule, "open")
    left = Message("strobe.open_for", {"what": hint}) if hint else Message("strobe.open")
    parts = [sentence] if status == "filled" else [sentence, left] if sentence else [left]
    return {
        "item": rule["item"],
        "topic": Wording.of_row(rule, "topic"),
        "asks": Wording.of_row(rule, "asks"),
        "status": status,
        "text": _joined([part for part in parts if part]),
    }


def _known(template: str, facts: Mapping[str, object]) -> bool:
    """Does the cohort have everything a sentence asks for? An empty list is nothing; 0 is a
    number.
    """
    asked = {name for _, name, _, _ in Formatter().parse(template) if name}
    return all(facts[name] not in (None, "", [], ()) for name in asked)


def _filled(sentence: Wording, facts: Mapping[str, object]) -> Wording:
    return _in_every_language(lambda one: filled(sentence.text(one), facts, one))


def _joined(parts: list[Wording | Message]) -> Wording:
    return _in_every_language(lambda one: join_sentences((p.text(one) for p in parts), one))


def _in_every_language(write: Callable[[str], str]) -> Wording:
    return Wording.of_every(languages(), write)


def _facts(cohort: Cohort, options: Options) -> dict[str, object]:
    """What the sentences of rules/strobe.csv may name, by name."""
    rules, classes = criterion(options.criterion), responses(cohort, options)
    evaluable = classes[classes["response"] != Response.NE]["response"]
    known = {column: int(column_values(cohort, column).notna().sum()) for column in BEFORE}
    reasons = classes[classes["response"] == Response.NE]["reason"]
    return {
        "n": cohort.n,
        "n_read": cohort.provenance.n_patients_read or cohort.n,
        "month": rules.month if options.month is None else options.month,
        "criterion": rules,
        "clauses": _clauses(rules),
        "centres": cohort.patients["center"].nunique() or None,
        "follow_up": _follow_up(cohort),
        "filters": [
            str(c) for s in cohort.provenance.selections for c in Selection.from_json(s).where
        ]
        or Message("strobe.none"),
        "sha": cohort.provenance.sha256[:12],
        "issues": len(cohort.issues),
        "recorded": [fields()[column] for column, n in known.items() if n],
        "not_recorded": [fields()[column] for column, n in known.items() if not n]
        or Message("strobe.none"),
        "known": [
            Message("strobe.known", {"field": fields()[c], "n": n}) for c, n in known.items() if n
        ],
        "not_evaluable": _counted(reasons) or Message("strobe.none"),
        "not_evaluable_n": len(reasons),
        "tdt": len(population(cohort, Phenotype.TDT)),
        "ntdt": len(population(cohort, Phenotype.NTDT)),
        "criteria": len(criteria()),
        "evaluable": len(evaluable),
        "classes": [
            f"{name} {int((evaluable == name).sum())}"
            for name in classes_in(evaluable, rules.classes)
        ],
        "flow": _steps(cohort, options),
        "methods": _methods(cohort, classes, options),
        "results": [Message(f"result.{name}") for name in OTHER_RESULTS],
    } | _orr(cohort, options)


def _clauses(rules: Criterion) -> list[Message]:
    """Each class with its clause, and whom it is for."""
    return [
        Message(
            "strobe.clause",
            {
                "level": one.level,
                "clause": one.sentence,
                "whom": "" if one.phenotype == "all" else f" ({one.phenotype})",
            },
        )
        for one in rules.levels
    ]


def _follow_up(cohort: Cohort) -> Message | None:
    """Median (range) of the last month each patient was seen."""
    last = cohort.visits.groupby("patient_id")["month"].max().dropna()
    words = {
        "median": float(last.median()),
        "low": float(last.min()),
        "high": float(last.max()),
        "n": len(last),
    }
    return Message("strobe.follow_up", words) if len(last) else None


def _counted(reasons: pd.Series) -> list[Message]:
    counts = Counter(reasons).most_common()
    return [Message("strobe.counted", {"why": why, "n": n}) for why, n in counts]


def _steps(cohort: Cohort, options: Options) -> list[Message]:
    """The rows of the flow, one after the other."""
    result = flow(cohort, options)
    reasons = {language: result.translated(language)["reason"] for language in languages()}

    def reason(row: int) -> Wording:
        return _in_every_language(lambda one: str(reasons[one][row]))

    steps = enumerate(zip(result.table["step"], result.table["n"], strict=True))
    return [
        Message(f"strobe.step.{step}", {"n": n, "reason": reason(row)}) for row, (step, n) in steps
    ]


def _orr(cohort: Cohort, options: Options) -> dict[str, Message | None]:
    """Overall response on both denominators, with Wilson intervals."""
    rates = response_rates(cohort, options).table
    rows = rates[(rates["population"] == "all") & (rates["level"] == "ORR") & (rates["total"] > 0)]
    sentences = {f"orr_{name}": None for name in ("evaluable", "enrolled")}
    for row in rows.to_dict("records"):
        words = {k: f"{row[k]:.1f}" for k in ("percent", "conf_low", "conf_high")} | {
            "n": row["n"],
            "total": row["total"],
        }
        sentences[f"orr_{row['denominator']}"] = Message("strobe.orr", words)
    return sentences


def _methods(cohort: Cohort, classes: pd.DataFrame, options: Options) -> Wording:
    """How response was judged, how groups and months were compared, and with what software."""
    compared = [
        Message(code) for column, code in METHODS if column_values(cohort, column).notna().any()
    ]
    versions = [
        " ".join(pair) for pair in (("thal_core", __version__), *cohort.provenance.versions)
    ]
    judged = about(cohort, classes, options, "method.wilson_rates")["method"]
    return _joined([*judged, *compared, Message("strobe.software", {"versions": versions})])
