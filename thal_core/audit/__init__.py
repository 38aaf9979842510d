"""The arithmetic of printed papers: reading their figures and checking them against each other."""

from thal_core.audit.engine import audit, count_verdicts, findings_first, translate_audit
from thal_core.audit.read_printed import published_papers, read_published

__all__ = [
    "audit",
    "count_verdicts",
    "findings_first",
    "published_papers",
    "read_published",
    "translate_audit",
]
