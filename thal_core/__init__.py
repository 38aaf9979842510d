"""Thalidomide in β-thalassemia: a clinic's spreadsheet in, publishable tables and figures out.

Research use only. Not a medical device.
"""

from importlib import import_module

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
__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> object:
    """Public names are loaded when first used, so that ``import thal_core`` stays instant."""
    if name in _HOMES:
        return getattr(import_module(f"thal_core.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'thal_core' has no attribute {name!r}")
