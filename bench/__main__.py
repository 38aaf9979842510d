"""``python -m bench``: every ratio against a peer or a limit, in one run."""

from __future__ import annotations

import sys

from bench import cohort, patterns, read

if __name__ == "__main__":
    sys.exit(max(read.main(), cohort.main(), patterns.main()))
