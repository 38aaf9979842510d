"""The script that makes the same tables again from the same file."""

from __future__ import annotations

from dataclasses import asdict

from thal_core.cohort import Cohort
from thal_core.results import selection_code
from thal_core.view import Options

_SCRIPT = '''"""Makes these tables again.

Needs thal_core {version} and the file itself beside this script.

Research use only. Not a medical device.
"""

import hashlib
import sys
from pathlib import Path

from thal_core import Mapping, Options, Selection, analyse, read_cohort, select

HERE = Path(__file__).parent
FILE = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / {filename!r}
SHA256 = {sha256!r}

if hashlib.sha256(FILE.read_bytes()).hexdigest() != SHA256:
    sys.exit(f"{{FILE}} is not the file these tables were made from (SHA-256 {{SHA256}})")
mapping = Mapping.from_json((HERE / "mapping.json").read_bytes())
cohort = read_cohort(FILE, mapping=mapping)
{selections}options = Options(**{options!r})
for name in {names!r}:
    table = analyse(cohort, name, options).table
    print(f"# {{name}}")
    print(table.to_csv(index=False))
'''


def script(cohort: Cohort, names: list[str], options: Options) -> str:
    """Runs in a clean process: file (checked by its SHA-256), mapping.json, selections, options,
    results.
    """
    import thal_core

    selections = "".join(selection_code(s) + "\n" for s in cohort.provenance.selections)
    return _SCRIPT.format(
        version=thal_core.__version__,
        filename=cohort.provenance.filename,
        sha256=cohort.provenance.sha256,
        selections=selections,
        options=asdict(options),
        names=names,
    )
