"""Thalidomide in β-thalassemia: a clinic's spreadsheet in, publishable tables and figures out.

Research use only. Not a medical device.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what an editor and a type checker see; ``_HOMES`` says the same at run time
    from thal_core.analyses import analyse
    from thal_core.cohort import Cohort
    from thal_core.derive.response import classify_response
    from thal_core.genotype import Genotype, parse_genotype
    from thal_core.issues import CohortError
    from thal_core.mapping import Mapping
    from thal_core.reader import read_cohort
    from thal_core.results import Result
    from thal_core.selection import select
    from thal_core.view import Condition, Options, Selection, View

__version__ = "0.1.0"

_HOMES = {
    "read_cohort": "reader",
    "parse_genotype": "genotype",
    "Genotype": "genotype",
    "classify_response": "derive.response",
    "select": "selection",
    "analyse": "analyses",
    "Options": "view",
    "Selection": "view",
    "View": "view",
    "Condition": "view",
    "Mapping": "mapping",
    "Cohort": "cohort",
    "Result": "results",
    "CohortError": "issues",
}
__all__ = [
    "Cohort",
    "CohortError",
    "Condition",
    "Genotype",
    "Mapping",
    "Options",
    "Result",
    "Selection",
    "View",
    "__version__",
    "analyse",
    "classify_response",
    "parse_genotype",
    "read_cohort",
    "select",
]


def __getattr__(name: str) -> object:
    """Public names are loaded when first used, so that ``import thal_core`` stays instant."""
    if name in _HOMES:
        return getattr(import_module(f"thal_core.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'thal_core' has no attribute {name!r}")
