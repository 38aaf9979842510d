"""``python -m thal_core`` as outsiders run it: in a process of its own, from another folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from thal_core.analyses import ON_REQUEST, REGISTRY
from thal_core.analyses.answer import columns_of

ROOT = Path(__file__).parents[1]
REAL = ROOT / "tests/data/table3_2024.csv"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([sys.executable, "-m", "thal_core", *arguments], cwd=folder, env=environment,
                          capture_output=True, text=True, encoding="utf-8", timeout=240)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    done = run(folder, "report", str(REAL), "--out", "out", "--formats", "csv,xlsx,html")
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "out"


def table(report: Path, name: str) -> pd.DataFrame:
    path = report / "tables" / f"{name}.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    return pd.read_csv(path, encoding="utf-8-sig", dtype={"patient_id": str})


def test_thirteen_real_patients_get_the_printed_classes(report: Path) -> None:
    printed = pd.read_csv(REAL)
    classes = table(report, "response_by_patient")
    assert classes["patient_id"].tolist() == printed["number"].astype(str).tolist()
    assert classes["response"].tolist() == printed["efficacy_level"].tolist()
    assert classes["reason"].str.len().min() > 10
    concordance = table(report, "criteria_concordance")
    assert (concordance["yang2024"] == printed["efficacy_level"]).sum() == 13
    assert (concordance["yang2024_printed"] == printed["efficacy_level"]).sum() == 6


def test_genotypes_are_written_so_that_no_program_computes_with_them(report: Path) -> None:
    assert table(report, "response_by_patient")["genotype"].iloc[0] == "βCD17/β-28"


def test_every_result_has_its_table_with_the_contracts_columns(report: Path) -> None:
    for name in set(REGISTRY) - ON_REQUEST:
        assert list(table(report, name).columns) == list(columns_of(name)), name


def test_the_manifest_says_what_could_not_be_given_and_why(report: Path) -> None:
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    cannot = {row["result"]: row["why"] for row in manifest["cannot_be_given"]}
    assert "HbF" in cannot["hb_gain_vs_hbf"] and manifest["patients"] == 13 and len(manifest["sha256"]) == 64
    assert manifest["not_made"] == []


def test_the_script_makes_the_same_tables_again(report: Path) -> None:
    (report / REAL.name).write_bytes(REAL.read_bytes())
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "script.py"], cwd=report, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    sections = dict(part.split("\n", 1) for part in done.stdout.split("# ")[1:])
    rates = sections["response_rates"].strip().splitlines()
    assert rates == (report / "tables" / "response_rates.csv").read_text(encoding="utf-8-sig").strip().splitlines()


def test_check_json(tmp_path: Path) -> None:
    done = run(tmp_path, "check", str(REAL), "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0 and set(answer) == {"patients", "visits", "events", "mapping", "issues"}
    assert (answer["patients"], answer["visits"]) == (13, 52)
    fields = {column["header"]: (column["field"], column["month"]) for column in answer["mapping"]}
    assert fields["hb_6m_g_l"] == ("hb_g_per_l", 6)


def test_a_filter_a_criterion_and_one_result(tmp_path: Path) -> None:
    done = run(tmp_path, "report", str(REAL), "--out", "o", "--only", "response_rates", "--criterion", "yang2020",
               "--where", "sex=female", "age_years>=14", "--formats", "csv")
    assert done.returncode == 0, done.stderr
    rates = table(tmp_path / "o", "response_rates")
    assert [p.name for p in (tmp_path / "o" / "tables").iterdir()] == ["response_rates.csv"]
    none = rates[(rates["level"] == "NR") & (rates["denominator"] == "evaluable") & (rates["population"] == "all")]
    assert none[["n", "total"]].values.tolist() == [[7, 7]]


@pytest.mark.parametrize(("arguments", "word"), [
    (("report", "missing.csv", "--out", "o"), "missing.csv"),
    (("check", "empty.csv"), ""),
    (("report", str(REAL), "--out", "o", "--only", "response_rate"), "response_rates"),
    (("report", str(REAL), "--out", "o", "--criterion", "yang1999"), "yang2024"),
    (("report", str(REAL), "--out", "o", "--where", "sex~female"), "sex"),
    (("report", str(REAL), "--out", "o", "--where", "shoe=4"), "phenotype"),
    (("report", str(REAL), "--out", "o", "--formats", "docs"), "docx"),
    (("report", str(REAL), "--out", "o", "--view", str(REAL)), "view"),
    (("check", str(REAL), "--mapping", str(REAL)), "mapping"),
])
def test_what_cannot_be_done_is_one_line_and_status_2(tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    done = run(tmp_path, *arguments)
    assert done.returncode == 2 and word in done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_a_format_this_version_cannot_write_is_status_1_and_said(tmp_path: Path) -> None:
    done = run(tmp_path, "report", str(REAL), "--out", "o", "--only", "flow", "--formats", "csv,pptx")
    manifest = json.loads((tmp_path / "o" / "manifest.json").read_text(encoding="utf-8"))
    assert done.returncode == 1 and manifest["not_made"][0]["format"] == "pptx"


def test_patient_level_tables_only_where_asked_for(tmp_path: Path, report: Path) -> None:
    assert not (report / "cohort").exists()
    run(tmp_path, "report", str(REAL), "--out", "o", "--only", "flow", "--patient-level", "--formats", "csv")
    patients = pd.read_csv(tmp_path / "o/cohort/patients.csv", encoding="utf-8-sig")
    assert len(patients) == 13 and patients["genotype"].iloc[0] == "βCD17/β-28"
