"""Every question that can be asked of a cohort, by name. One module per page; each name one
function of ``registry``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from thal_core.analyses.build_result import result_of
from thal_core.analyses.registry import ON_REQUEST, REGISTRY
from thal_core.cohort import Cohort
from thal_core.issues import UnknownChoice
from thal_core.results import Result
from thal_core.view import Options

__all__ = ["ON_REQUEST", "REGISTRY", "analyse"]
OnProgress = Callable[[float, str], None]


def analyse(
    cohort: Cohort,
    name: str,
    options: Options = Options(),  # noqa: B008
    on_progress: OnProgress | None = None,
) -> Result:
    """One question asked of a cohort.

    Returns a Result whose ``table`` has the columns of rules/results.csv for ``name``, full
    precision. Where the cohort cannot answer, the table is header-only and ``notes`` says in one
    sentence which column is missing. on_progress(fraction, name) is told of long work. Raises
    UnknownChoice for a name that does not exist.

    >>> from thal_core import read_cohort
    >>> sheet = b"ID,phenotype,Hb 0M (g/L),Hb 6M (g/L)\\nP1,NTDT,70,95\\nP2,NTDT,72,80\\n"
    >>> cohort = read_cohort(sheet, filename="clinic.csv")
    >>> analyse(cohort, "response_rates").table[["population", "level", "n", "total"]].head(2)
      population level  n  total
    0        all   ORR  1      2
    1        all   MaR  1      2
    """
    if name not in REGISTRY:
        raise UnknownChoice("choice.unknown", what="result", given=name, allowed=list(REGISTRY))
    if on_progress:
        on_progress(0.0, name)
    result = result_of(name, REGISTRY[name], cohort, options)
    if on_progress:
        on_progress(1.0, name)
    return replace(result, options=options, provenance=cohort.provenance)
