"""The door for files: what comes from outside is read by a child process under limits, which reads
one file and ends.
"""

from thal_core.reader.process import keep_warm
from thal_core.reader.read import marked_copy, preview_encodings, read_cohort, read_printed_figures

__all__ = ["keep_warm", "marked_copy", "preview_encodings", "read_cohort", "read_printed_figures"]
