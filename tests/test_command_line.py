"""``python -m thal_core`` as outsiders run it, from another folder: in a process of its own where
the process matters, else in this one.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from thal_core.__main__ import main
from thal_core.analyses import ON_REQUEST, REGISTRY
from thal_core.analyses.build_result import columns_of

ROOT = Path(__file__).parents[1]
REAL = ROOT / "tests/data/table3_2024.csv"


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def run(folder: Path, *arguments: str) -> Done:
    """The command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = main(list(arguments))
    return Done(status, out.getvalue(), err.getvalue())


def run_alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "thal_core", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    done = run_alone(folder, "report", str(REAL), "--out", "out", "--formats", "csv,xlsx,html")
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
    assert (
        "HbF" in cannot["hb_gain_vs_hbf"]
        and manifest["patients"] == 13
        and len(manifest["sha256"]) == 64
    )
    assert manifest["not_made"] == []


def test_the_script_makes_the_same_tables_again(report: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_bytes(REAL.read_bytes())
    assert REAL.name not in (report / "script.py").read_text(encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, str(report / "script.py"), "elsewhere.csv"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    sections = dict(part.split("\n", 1) for part in done.stdout.split("# ")[1:])
    rates = sections["response_rates"].strip().splitlines()
    assert (
        rates
        == (report / "tables" / "response_rates.csv")
        .read_text(encoding="utf-8-sig")
        .strip()
        .splitlines()
    )


def test_check_json(tmp_path: Path) -> None:
    done = run_alone(tmp_path, "check", str(REAL), "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0 and set(answer) == {
        "patients",
        "visits",
        "events",
        "mapping",
        "issues",
    }
    assert (answer["patients"], answer["visits"]) == (13, 52)
    fields = {column["header"]: (column["field"], column["month"]) for column in answer["mapping"]}
    assert fields["hb_6m_g_l"] == ("hb_g_per_l", 6)


def test_a_filter_a_criterion_and_one_result(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "report",
        str(REAL),
        "--out",
        "o",
        "--only",
        "response_rates",
        "--criterion",
        "yang2020",
        "--where",
        "sex=female",
        "age_years>=14",
        "--formats",
        "csv",
    )
    assert done.returncode == 0, done.stderr
    rates = table(tmp_path / "o", "response_rates")
    assert [p.name for p in (tmp_path / "o" / "tables").iterdir()] == ["response_rates.csv"]
    none = rates[
        (rates["level"] == "NR")
        & (rates["denominator"] == "evaluable")
        & (rates["population"] == "all")
    ]
    assert none[["n", "total"]].values.tolist() == [[7, 7]]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("report", "missing.csv", "--out", "o"), "missing.csv"),
        (("check", "empty.csv"), ""),
        (("report", str(REAL), "--out", "o", "--only", "response_rate"), "response_rates"),
        (("report", str(REAL), "--out", "o", "--criterion", "yang1999"), "yang2024"),
        (("report", str(REAL), "--out", "o", "--where", "sex~female"), "sex"),
        (("report", str(REAL), "--out", "o", "--where", "shoe=4"), "phenotype"),
        (("report", str(REAL), "--out", "o", "--formats", "docs"), "docx"),
        (("report", str(REAL), "--out", "o", "--view", str(REAL)), "view"),
        (("check", str(REAL), "--mapping", str(REAL)), "mapping"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(
    tmp_path: Path, arguments: tuple[str, ...], word: str
) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    done = run(tmp_path, *arguments)
    assert done.returncode == 2 and word in done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_slides_without_a_browser_are_status_1_and_said(tmp_path: Path, monkeypatch) -> None:
    """The tables and the Word document come all the same."""
    from thal_core import read_cohort
    from thal_core.export.folder import write_report
    from thal_core.figures import files

    monkeypatch.setattr(files, "browser_found", lambda: False)
    formats = ["csv", "xlsx", "docx", "pptx", "pdf"]
    whole = write_report(read_cohort(REAL), tmp_path, only=["flow"], formats=formats)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    missing = {row["format"] for row in manifest["not_made"]}
    assert not whole and missing == {"docx", "pptx", "pdf"}
    assert {"report.xlsx", "report.docx", "tables/flow.csv"} <= set(manifest["files"])


def test_patient_level_tables_only_where_asked_for(tmp_path: Path, report: Path) -> None:
    assert not (report / "cohort").exists()
    run(
        tmp_path,
        "report",
        str(REAL),
        "--out",
        "o",
        "--only",
        "flow",
        "--patient-level",
        "--formats",
        "csv",
    )
    patients = pd.read_csv(tmp_path / "o/cohort/patients.csv", encoding="utf-8-sig")
    assert len(patients) == 13 and patients["genotype"].iloc[0] == "βCD17/β-28"


def other_sheet(folder: Path) -> str:
    (folder / "other.csv").write_text(
        "id,phenotype,Hb_0M (g/L),Hb_6M (g/L)\n1,NTDT,70,95\n2,NTDT,71,96\n", encoding="utf-8"
    )
    return "other.csv"


def test_two_cohorts_are_never_mixed_in_one_folder(tmp_path: Path) -> None:
    run(tmp_path, "report", str(REAL), "--out", "o", "--only", "flow", "--formats", "csv")
    before = {p: p.read_bytes() for p in (tmp_path / "o").rglob("*") if p.is_file()}
    done = run(tmp_path, "report", other_sheet(tmp_path), "--out", "o", "--formats", "csv")
    assert (
        done.returncode == 2
        and len(done.stderr.strip().splitlines()) == 1
        and "another file" in done.stderr
    )
    assert {p: p.read_bytes() for p in (tmp_path / "o").rglob("*") if p.is_file()} == before


def test_a_report_again_takes_its_own_files_away_and_no_others(tmp_path: Path) -> None:
    run(
        tmp_path,
        "report",
        str(REAL),
        "--out",
        "o",
        "--only",
        "flow",
        "summary",
        "--patient-level",
        "--formats",
        "csv,xlsx",
    )
    (tmp_path / "o/letter.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "o/tables/notes.txt").write_text("mine", encoding="utf-8")
    done = run(tmp_path, "report", str(REAL), "--out", "o", "--only", "flow", "--formats", "csv")
    assert (done.returncode, "tables/notes.txt" in done.stderr) == (
        2,
        True,
    )  # a file of theirs lies among the tables
    assert (tmp_path / "o/tables/summary.csv").exists() and (
        tmp_path / "o/cohort/patients.csv"
    ).exists()
    (tmp_path / "o/tables/notes.txt").unlink()
    assert (
        run(
            tmp_path, "report", str(REAL), "--out", "o", "--only", "flow", "--formats", "csv"
        ).returncode
        == 0
    )
    there = sorted(
        p.relative_to(tmp_path / "o").as_posix() for p in (tmp_path / "o").rglob("*") if p.is_file()
    )
    assert there == ["letter.txt", "manifest.json", "mapping.json", "script.py", "tables/flow.csv"]
    manifest = json.loads((tmp_path / "o/manifest.json").read_text(encoding="utf-8"))
    assert sorted([*manifest["files"], "letter.txt"]) == there


@pytest.mark.parametrize(
    "files", [["../precious.txt"], ["/etc/hostname"], "precious.txt", [3], None]
)
def test_a_forged_manifest_takes_nothing_away(tmp_path: Path, files: object) -> None:
    (tmp_path / "precious.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "o").mkdir()
    sha = hashlib.sha256(REAL.read_bytes()).hexdigest()
    manifest = json.dumps({"program": "thal_core", "sha256": sha, "files": files})
    (tmp_path / "o/manifest.json").write_text(manifest, encoding="utf-8")
    done = run(tmp_path, "report", str(REAL), "--out", "o", "--only", "flow", "--formats", "csv")
    assert (
        (tmp_path / "precious.txt").exists()
        and done.returncode == 2
        and "Traceback" not in done.stderr
    )


def test_nobody_reading_the_answer_is_no_fault(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m thal_core check "{REAL}" | head -1; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 141) and done.stderr == "" and "13 patients" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_does_not_blame_the_sheet(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "thal_core", "check", str(REAL)],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1
    assert "standard output" in done.stderr and REAL.name not in done.stderr


def test_a_folder_that_cannot_be_written_is_named_not_the_sheet(tmp_path: Path) -> None:
    (tmp_path / "o").write_text("a file", encoding="utf-8")
    done = run(tmp_path, "report", str(REAL), "--out", "o", "--only", "flow", "--formats", "csv")
    assert done.returncode == 2 and REAL.name not in done.stderr and "o" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_with_one_line(tmp_path: Path) -> None:
    """Sent once the reading has begun: standard error of a terminal would have shown its
    progress.
    """
    code = (
        "import os, signal, sys, thal_core.reader as p\n"
        # a job in the background has no handler of its own
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def read(*a, **k): os.kill(os.getpid(), signal.SIGINT)\n"
        "p.read_cohort = read\n"
        f"from thal_core.__main__ import main\nsys.exit(main(['check', {str(REAL)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Stopped.\n")


@pytest.mark.parametrize(
    "arguments", [("--where", "sex=\udcff"), ("--view", "v.json"), ("--mapping", "m.json")]
)
def test_half_a_character_is_refused_in_one_line(
    tmp_path: Path, arguments: tuple[str, str]
) -> None:
    view = r'{"format": "thal-view/1", "selection": [["sex", "=", ["\ud800"]]], "options": {}}'
    (tmp_path / "v.json").write_text(view, encoding="utf-8")
    (tmp_path / "m.json").write_text(
        r'{"format": "thal-mapping/1", "columns": [], "settings": {"\ud800": "1"}}',
        encoding="utf-8",
    )
    done = run_alone(tmp_path, "report", str(REAL), "--out", "o", "--only", "flow", *arguments)
    assert (
        done.returncode == 2
        and len(done.stderr.strip().splitlines()) == 1
        and "program itself" not in done.stderr
    )


def test_check_lists_the_proposals_of_a_column_that_was_not_read() -> None:
    from thal_core.__main__ import _lines
    from thal_core.cohort import make_cohort
    from thal_core.mapping import Candidate, ColumnReading, Mapping

    proposals = (Candidate("hb_g_per_l", 6.0, "g/L", "how.header"), Candidate("center"))
    unread = ColumnReading("s", 1, "Hbb 6", how="how.not_understood", candidates=proposals)
    patients = pd.DataFrame({"patient_id": ["1"]})
    cohort = make_cohort(patients, mapping=Mapping((unread,)))
    said = "\n".join(_lines(cohort))
    assert "perhaps hb_g_per_l · month 6 g/L (the header says so)" in said
    assert cohort.mapping.to_records()[0]["candidates"][1]["field"] == "center"
