"""The script that makes the same tables again from the same file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from thal_core.cohort import Cohort
from thal_core.results import selection_code
from thal_core.view import Options

_SCRIPT = '''"""Makes these tables again: python script.py FILE [FOLDER]

FILE: the spreadsheet, wherever it lies. FOLDER: where NAME.csv go; without it they are printed.
Needs thal_core {version} ({versions}).

Research use only. Not a medical device.
"""

import hashlib
import sys
from pathlib import Path

from thal_core import Mapping, Options, Selection, analyse, read_cohort, select

if len(sys.argv) < 2:
    sys.exit("python script.py FILE [FOLDER]")
FILE, FOLDER = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None
SHA256 = {sha256!r}
MAPPING = (  # what each column was read as
{mapping}
)
RESULTS = [
{results}
]

if hashlib.sha256(FILE.read_bytes()).hexdigest() != SHA256:
    sys.exit(f"{{FILE}} is not the file these tables were made from (SHA-256 {{SHA256}})")
cohort = read_cohort(FILE, mapping=Mapping.from_json(MAPPING))
{selections}
for number, (name, options) in enumerate(RESULTS, 1):
    table = analyse(cohort, name, Options(**options)).table
    if FOLDER is None:
        print(f"# {{name}}")
        print(table.to_csv(index=False))
    else:
        FOLDER.mkdir(parents=True, exist_ok=True)
        table.to_csv(FOLDER / f"{{number:02}}_{{name}}.csv", index=False)
'''


def script(cohort: Cohort, results: Iterable[tuple[str, Options]]) -> str:
    """Runs in a clean process from any folder: the file is an argument (checked by its SHA-256);
    mapping, selections and the options of each result stand in the script.
    """
    import thal_core

    usual = asdict(Options())
    lines = (
        f"    ({name!r}, { ({k: v for k, v in asdict(o).items() if v != usual[k]})!r}),"
        for name, o in results
    )
    selections = "".join(selection_code(s) + "\n" for s in cohort.provenance.selections)
    return _SCRIPT.format(
        version=thal_core.__version__,
        versions=", ".join(f"{name} {version}" for name, version in cohort.provenance.versions),
        sha256=cohort.provenance.sha256,
        mapping=_mapping_text(cohort),
        selections=selections,
        results="\n".join(lines),
    )


def _mapping_text(cohort: Cohort) -> str:
    """Line by line as Python writes text, so that nothing of it can end the text it stands in.

    The sheet of a file without sheets is called as the file: that name is left out.
    """
    data = json.loads(cohort.mapping.to_json())
    stem = Path(cohort.provenance.filename).stem
    for column in data.get("columns", ()):
        column["sheet"] = "" if column.get("sheet") == stem else column.get("sheet", "")
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return "\n".join(f"    {line!r}" for line in text.splitlines(keepends=True))
