"""The exported script runs in a clean process, from another folder; every number is the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from thal_core import Options, Selection, read_cohort, select
from thal_core.export.basket import Entry
from thal_core.export.folder import write_report

ROOT = Path(__file__).parents[2]
REAL = ROOT / "tests/data/table3_2024.csv"
ENTRIES = (
    Entry("response_rates"),
    Entry("hb_over_time"),
    Entry("baseline_table", options=(("group_by", "sex"), ("p_values", True))),
    Entry("response_by_patient"),
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report")
    mapping = read_cohort(REAL).mapping
    by_hand = mapping.with_column(mapping.columns[8].sheet, 8, field="extra")  # Hb of month 6
    cohort = select(
        read_cohort(REAL, mapping=by_hand),
        Selection(("age_years>=14", "genotype=CD17/-28,CD17/-29")),
    )
    options = Options(criterion="yang2020", month=3)
    assert write_report(cohort, out, options=options, entries=ENTRIES, formats=["csv"])
    return out


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_what_was_read_by_hand_is_in_the_numbers(report: Path) -> None:
    hb = pd.read_csv(report / "tables/hb_over_time.csv", encoding="utf-8-sig")
    assert set(hb["month"]) == {0.0, 1.0, 3.0}


def test_every_number_is_the_same_in_a_clean_process_elsewhere(
    report: Path, tmp_path: Path
) -> None:
    (tmp_path / "sheet of mine.csv").write_bytes(REAL.read_bytes())
    (tmp_path / "script.py").write_bytes((report / "script.py").read_bytes())  # it alone
    done = run(tmp_path, "script.py", "sheet of mine.csv", "numbers")
    assert done.returncode == 0, done.stderr
    made = sorted((tmp_path / "numbers").glob("*.csv"))
    assert [path.stem.split("_", 1)[1] for path in made] == [e.result for e in ENTRIES]
    for path, entry in zip(made, ENTRIES):
        ours = pd.read_csv(report / f"tables/{entry.result}.csv", encoding="utf-8-sig")
        theirs = pd.read_csv(path)
        genotypes = [c for c in ours if c == "genotype"]  # written so that nothing computes them
        pd.testing.assert_frame_equal(theirs.drop(columns=genotypes), ours.drop(columns=genotypes))


def test_another_file_is_refused_and_the_name_is_nowhere(report: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("id,Hb_0M\n1,70\n", encoding="utf-8")
    done = run(tmp_path, str(report / "script.py"), "other.csv")
    assert done.returncode == 1 and "SHA-256" in done.stderr and "Traceback" not in done.stderr
    assert run(tmp_path, str(report / "script.py")).returncode == 1
    assert REAL.stem not in (report / "script.py").read_text(encoding="utf-8")
