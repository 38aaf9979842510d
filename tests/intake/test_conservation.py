"""Nothing of a sheet vanishes: each non-empty cell is used, kept, named in an issue, or counted as
identifying.
"""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.intake.reading import reading
from tests.layouts.grid import cell_text
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.parse_file import Reading
from thal_core.intake.text.shown import shown
from thal_core.issues import CohortError
from thal_core.sheets.sheet import cell_address

ROW_LEVEL = ("intake.row", "intake.duplicate.row", "intake.id.ambiguous", "patient.other_drug")
HEADERS = [
    "patient_id",
    "编号",
    "序号",
    "住院号",
    "姓名",
    "sex",
    "性别",
    "age",
    "phenotype",
    "type",
    "genotype",
    "allele 1",
    "allele 2",
    "α基因型",
    "Hb 0M (g/L)",
    "Hb_6M",
    "Hb",
    "Hb1",
    "Hb V2",
    "HbF 0M (%)",
    "HbF 6M (g/L)",
    "SF",
    "month",
    "visit",
    "date",
    "first dose date",
    "出生日期",
    "备注",
    "event_1",
    "event_1_month",
    "event_1_grade",
    "皮疹",
    "chelator",
    "chelator_start_month",
    "输血量(U)",
    "Transfusion_1M (mL)",
    "年输血量",
    "dose",
    "Dose_0M (mg/kg/d)",
    "parameter",
    "value",
    "unit",
    "drug",
    "start month",
    "stop month",
    "reason",
    "class_printed",
    "efficacy_level",
    "weight",
    "脾切除",
    "foo",
    "ΔHb",
    "",
    "grade",
    "end date",
    "redcap_event_name",
    "labs_complete",
    "用药",
    "治疗前后Hb",
    "Hb 0→6月",
    "用药前输血情况",
    "用药6月输血情况",
    "脱离输血时间",
    "停药时间",
    "Group",
]
CELLS = st.one_of(
    st.none(),
    st.integers(0, 250),
    st.floats(0, 200).map(lambda v: round(v, 1)),
    st.sampled_from(
        [
            "M",
            "女",
            "TDT",
            "中间型",
            "是",
            "否",
            "βCD17/β-28",
            "CD17",
            "未查",
            "-",
            "<5",
            "8.4 g/dL",
            "6.8±1.1",
            "2020-03-04",
            "05/06/2020",
            "6M",
            "baseline",
            "V2",
            "皮疹",
            "无",
            "出现水肿，无血栓",
            "13812345678",
            "张伟",
            "abc",
            " ",
            "合计",
            "Hb",
            "HbF",
            "g/L",
            "%",
            "50mg",
            "DFX",
            "2级",
            "1",
            "2",
            "平均",
            "注：说明文字",
            "每月2U",
            "停输",
            "85→102",
            "沙利度胺",
            "羟基脲",
            "失访",
            "未脱离",
            "102(输血后)",
            "06/05/2567",
            "1年6个月",
        ]
    ),
    st.text(alphabet="abXY甲乙 1.,/-%", max_size=8),
)


@st.composite
def sheets(draw: st.DrawFn) -> list[list[object]]:
    width = draw(st.integers(2, 7))
    header = draw(st.lists(st.sampled_from(HEADERS), min_size=width, max_size=width))
    if draw(st.booleans()):
        header[0] = "patient_id"
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8))
    for row in rows:
        if draw(st.integers(0, 9)):
            row[0] = draw(st.sampled_from(["1", "2", "3", "P4"]))
    return [*([[draw(CELLS)]] if draw(st.integers(0, 5)) == 0 else []), header, *rows]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sheets())
@example([["patient_id", "event_1_grade", "Hb 0M"], ["1", "2", 80]])
@example([["patient_id", "治疗前后Hb"], ["1", "85→102"], ["2", "80→99"]])
@example([["", "sex", "Hb 0M"], ["P1", "M", 80], ["P2", "F", 81]])
@example(
    [["patient_id", "month", "Hb"], ["1", "abc", 80], ["2", 0, 80], ["1", 0, 80], ["1", 0, 81]]
)
@example(
    [
        ["patient_id", "genotype", "Hb 0M (g/L)"],
        ["1", "CD17", 80],
        ["1", "xyz", 85],
        [None, "βCD17/β-28", 70],
    ]
)
def test_no_cell_vanishes(rows: list[list[object]]) -> None:
    try:
        read = reading(*rows)
    except CohortError:
        return
    fates = read.fates.cells["sheet"]
    width = max(map(len, rows))
    filled = np.array(
        [[cell_text(c) != "" for c in [*row, *[None] * (width - len(row))]] for row in rows]
    )
    filled = filled.T if read.turned else filled
    assert ((fates != Fate.EMPTY) == filled).all()
    assert not (fates == Fate.UNSEEN).any()
    texts = np.array(
        [[cell_text(c) for c in [*row, *[None] * (width - len(row))]] for row in rows], dtype=object
    )
    _check_issues(read, fates, bool(read.turned))
    _check_extra(read, fates, texts.T if read.turned else texts)
    _check_numbers(read)


def _check_issues(read: Reading, fates: np.ndarray, turned: bool) -> None:
    """A cell whose fate is an issue is named by one: its own, its row's, its column's or a
    range.
    """
    issues = read.cohort.issues
    cells = set(issues["cell"])
    rows = {
        int(r) - 1
        for r, c in zip(issues["row"].fillna(0), issues["code"], strict=True)
        if c.startswith(ROW_LEVEL)
    }
    columns = set(issues.loc[issues["cell"] == "", "column"])
    titles = {c.index: (c.header or f"({c.letter})") for c in read.cohort.mapping.columns}
    for row, column in zip(*np.nonzero(fates == Fate.ISSUE), strict=True):
        address = cell_address(column, row) if turned else cell_address(row, column)
        named = address in cells or row in rows or titles.get(int(column)) in columns
        named = (
            named
            or (turned and any(c.startswith(ROW_LEVEL) for c in issues["code"]))
            or "intake.cells.unplaced" in set(issues["code"])
        )
        assert named, (address, issues[["code", "cell"]].to_numpy().tolist())


def _check_extra(read: Reading, fates: np.ndarray, texts: np.ndarray) -> None:
    """A cell whose fate is extra stands there with its text."""
    kept = set(read.cohort.extra["value"])
    for row, column in zip(*np.nonzero(fates == Fate.EXTRA), strict=True):
        assert shown(texts[row, column]) in kept | {""}


def _check_numbers(read: Reading) -> None:
    """No number is made up: the visits hold no more values than cells were used."""
    frame = read.cohort.visits.drop(
        columns=["patient_id", "month", "day", "nominal", "on_drug", "hb_timing"]
    )
    flags = [c for c in frame.columns if c.endswith("_censored")]
    values = int(frame.drop(columns=flags).notna().sum().sum())
    used = int((read.fates.cells["sheet"] == Fate.USED).sum())
    assert values <= used * (2 if "how.pair" in {c.how for c in read.cohort.mapping.columns} else 1)


def test_identifying_cells_are_counted() -> None:
    read = reading(["编号", "姓名", "Hb 0M"], ["1", "张伟", 80], ["2", None, 81])
    assert read.fates.counts()["sheet"] == {
        "empty": 1,
        "unseen": 0,
        "used": 7,
        "extra": 0,
        "issue": 0,
        "identifying": 1,
    }
