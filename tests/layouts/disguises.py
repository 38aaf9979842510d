"""The same patients as other clinics would write them: name → (sheets, settings a person would
give).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from tests.layouts.clinic import (
    FIELDS,
    Number,
    first_dose,
    han_name,
    long,
    people,
    static_of,
    value,
    visit_date,
    wide,
)
from tests.layouts.grid import Grid
from tests.layouts.layouts import MONTHS

Settings = tuple[tuple[str, str], ...]
DISGUISES: dict[str, Callable[[], list[Grid]]] = {}
SETTINGS: dict[str, Settings] = {
    "visit labels V1 to V7": (("visit_months", "V1=0,V2=1,V3=3,V4=6,V5=12,V6=18,V7=24"),),
    "rows labelled V1 to V7": (("visit_months", "V1=0,V2=1,V3=3,V4=6,V5=12,V6=18,V7=24"),),
    "sex as 1 and 2": (("sex_codes", "1=male,2=female"),),
}


def add(name: str, *grids: Grid) -> None:
    DISGUISES[name] = lambda: list(grids)


def headed(name: str, header: Callable[[str, int], str], **more: object) -> None:
    DISGUISES[f"header {name}"] = lambda: [wide(header=header, **more)]  # type: ignore[arg-type]


def _units() -> None:
    tenth, hundredth = (lambda v: v / 10), (lambda v: v / 100)
    for name, convert, header in (
        ("Hb g/dL, unit not written", {"Hb": tenth}, lambda n, m: f"{n}_{m}M"),
        (
            "Hb g/dL under g/L",
            {"Hb": tenth},
            lambda n, m: f"{n} {m}月" + ("(g/L)" if n == "Hb" else ""),
        ),
        ("Hb g%", {"Hb": tenth}, lambda n, m: f"{n} {m}M" + (" g%" if n == "Hb" else "")),
        (
            "Hb mmol/L",
            {"Hb": lambda v: round(v / 16.11, 4)},
            lambda n, m: f"{n} {m} mo" + (" [mmol/L]" if n == "Hb" else ""),
        ),
        ("HbF as a fraction", {"HbF": hundredth}, lambda n, m: f"{n}_{m}M"),
        (
            "HbF as a fraction under %",
            {"HbF": hundredth},
            lambda n, m: f"{n} {m}M" + ("(%)" if n == "HbF" else ""),
        ),
        (
            "ferritin pmol/L",
            {"SF": lambda v: round(v * 2.247, 3)},
            lambda n, m: f"{n} {m}M" + (" pmol/L" if n == "SF" else ""),
        ),
        (
            "ferritin in thousands",
            {"SF": lambda v: f"{v:,.0f}"},
            lambda n, m: f"{n} {m}M" + (" (μg/L)" if n == "SF" else ""),
        ),
        (
            "Hb in both units",
            {"Hb": lambda v: v / 10 if int(v) % 7 == 0 else v},
            lambda n, m: f"{n}_{m}M",
        ),
        (
            "units in the cells",
            {
                "Hb": lambda v: f"{v:g}g/L",
                "HbF": lambda v: f"{v:g}%",
                "SF": lambda v: f"{v:g} ng/ml",
            },
            lambda n, m: f"{n}_{m}M",
        ),
        (
            "flags in the cells",
            {"Hb": lambda v: f"{v:g}↓", "HbF": lambda v: f"{v:g} H", "SF": lambda v: f"{v:g}*"},
            lambda n, m: f"{n}_{m}M",
        ),
    ):
        headed(name, header, convert=convert)


def _digits() -> None:
    full = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789."}
    headed("full-width digits", lambda n, m: f"{n}_{m}M", cell=lambda v: f"{v:g}".translate(full))
    headed(
        "decimal commas",
        lambda n, m: f"{n}_{m}M",
        cell=lambda v: f"{v:g}".replace(".", ","),
        convert={"Hb": lambda v: v / 10},
    )
    headed("hard spaces", lambda n, m: f"{n}_{m}M", cell=lambda v: f"\u00a0{v:g} ")


def _headers() -> None:
    words = {0: "基线", 1: "一个月", 3: "三个月", 6: "半年", 12: "一年", 18: "一年半", 24: "两年"}
    units = {"Hb": "g_l", "HbF": "percent", "SF": "ng_ml"}
    for name, header in {
        "M6_Hb": lambda n, m: f"M{m}_{n}",
        "6M_Hb": lambda n, m: f"{m}M_{n}",
        "Hb6": lambda n, m: f"{n}{m}",
        "Hb_6": lambda n, m: f"{n}_{m}",
        "Hb(6)": lambda n, m: f"{n}({m})",
        "hb_6m_g_l": lambda n, m: f"{n}_{m}m_{units[n]}".lower(),
        "Month 6 - Hb": lambda n, m: f"Month {m} - {n}",
        "Hb at 6 months": lambda n, m: f"{n} at baseline" if m == 0 else f"{n} at {m} months",
        "Hb W26": lambda n, m: f"{n} W{round(m * 4.345)}",
        "Hb D183": lambda n, m: f"{n} D{round(m * 30.4375)}",
        "Hb半年": lambda n, m: n + words[m],
        "Hb_T6": lambda n, m: f"{n}_T{m}",
        "用药后第6月Hb": lambda n, m: f"用药前{n}" if m == 0 else f"用药后第{m}月{n}",
        "Hb（治疗后6月）": lambda n, m: f"{n}（治疗前）" if m == 0 else f"{n}（治疗后{m}月）",
        "Hb post 6 months": lambda n, m: f"{n} pre-treatment" if m == 0 else f"{n} post {m} months",
        "Hb@6mo": lambda n, m: f"{n}@{m}mo",
        "baseline without a word": lambda n, m: n if m == 0 else f"{n}_{m}M",
        "  HB ( 6 m )": lambda n, m: f"  {n.upper()}   ( {m} m ) ",
    }.items():
        headed(name, header)
    headed(
        "two languages",
        lambda n, m: f"{n}\n{m}M",
        names=("血红蛋白 Hb", "胎儿血红蛋白 HbF", "铁蛋白 SF"),
    )
    headed("visit labels", lambda n, m: f"{n}_V{MONTHS.index(m) + 1}")
    DISGUISES["visit labels V1 to V7"] = DISGUISES.pop("header visit labels")


def _codes() -> None:
    def plain(name: str, **more: object) -> None:
        DISGUISES[name] = lambda: [wide(**more)]  # type: ignore[arg-type]

    heads = ("性别", "年龄(岁)", "是否输血依赖", "基因型")
    plain(
        "Chinese codes",
        headers=heads,
        codes={"sex": {"male": "男", "female": "女"}, "phenotype": {"TDT": "是", "NTDT": "否"}},
    )
    plain(
        "phenotype by diagnosis",
        headers=("sex", "age", "诊断", "HBB"),
        codes={"phenotype": {"TDT": "重型β地中海贫血", "NTDT": "中间型β地中海贫血"}},
    )
    plain(
        "phenotype TM and TI",
        headers=("sex", "age", "Type", "HBB"),
        codes={"phenotype": {"TDT": "TM", "NTDT": "TI"}},
    )
    plain(
        "phenotype 1 and 0 under TDT",
        headers=("sex", "age", "TDT", "HBB"),
        codes={"phenotype": {"TDT": 1, "NTDT": 0}},
    )
    plain("sex as 1 and 2", codes={"sex": {"male": 1, "female": 2}})
    plain("genotypes in many spellings", genotype=_spelled)
    plain("ids 001", new_id=lambda number, old: f"{number + 1:03d}")
    plain("names as the only id", id_header="姓名", new_id=lambda number, old: han_name(number))
    plain(
        "record numbers as the only id",
        id_header="住院号",
        new_id=lambda number, old: f"{300000 + number * 37}",
    )
    plain(
        "row number, record number, phone",
        id_header="序号",
        new_id=lambda number, old: number + 1,
        static=(
            ("住院号", lambda n, p: f"{300000 + n * 37}"),
            ("电话", lambda n, p: f"138{10000000 + n * 3331}"),
        ),
    )
    plain(
        "birth dates, addresses, notes",
        headers=("性别", "年龄（岁）", "分型", "基因型"),
        static=(
            ("首次用药日期", lambda n, p: first_dose(n).isoformat()),
            ("家庭住址", lambda n, p: f"桂林市临桂县解放路{n}号"),
            ("主管医师", lambda n, p: "李医生"),
            ("备注", lambda n, p: f"用药2月出现皮疹，未见血栓，联系人{han_name(n)} 13812345678"),
        ),
    )


def _spelled(number: int, genotype: str | None) -> str | None:
    if genotype is None:
        return None
    probes = {
        "βCD41-42": "41-42M",
        "βCD17": "17M",
        "βIVS-II-654": "654M",
        "β-28": "28M",
        "β-29": "29M",
        "βCD71-72": "71-72M",
        "βCD43": "43M",
    }
    one, other = genotype.split("/")
    spellings = (
        f"{other}/{one}",
        f"{probes.get(one, 'βEM')}/{probes.get(other, 'βEM')}",
        genotype.replace("β", "β<sup>", 1) + "</sup>",
        genotype.replace("41-42", "41/42").replace("II", "Ⅱ").replace("/β", " ， β"),
        genotype + ("纯合子" if one == other else "双重杂合"),
    )
    return spellings[number % len(spellings)]


def _rows() -> None:
    plain = wide()
    add("blank rows between patients", Grid("s", [r for row in plain.rows for r in (row, [])]))
    add(
        "header repeated at a page break",
        Grid("s", [*plain.rows[:20], plain.rows[0], *plain.rows[20:]]),
    )
    add("two rows copied", Grid("s", [*plain.rows, plain.rows[3], plain.rows[7]]))
    add(
        "row numbers before, junk behind",
        Grid(
            "s",
            [
                [None if n == 0 else n - 1, *row, ("ΔHb", "Hb change")[n % 2] if n == 0 else n]
                for n, row in enumerate(plain.rows)
            ],
        ),
    )
    order = list(range(len(plain.rows[0])))
    random.Random(3).shuffle(order)
    add("columns in any order", Grid("s", [[row[i] for i in order] for row in plain.rows]))
    add(
        "title, total, mean, note",
        Grid(
            "s",
            [
                ["XX医院沙利度胺队列 2024"],
                [],
                ["制表人：王某某"],
                *plain.rows,
                [],
                ["合计"],
                ["Mean", None, None, None, None, 80],
                ["注：治疗前为基线"],
            ],
        ),
    )
    add(
        "words for missing",
        Grid("s", [["未查" if cell is None else cell for cell in row] for row in plain.rows]),
    )
    add("turned on its side", Grid("s", [list(column) for column in zip(*plain.rows, strict=True)]))


def _tables() -> None:
    head = [
        ["编号", "性别", "年龄", "分型", "基因型"],
        *([p["id"], *static_of(p)] for p in people()),
    ]
    labs = [
        ["编号", *(f"{n}{m}月" for n in ("Hb", "HbF", "SF") for m in MONTHS)],
        *(
            [p["id"], *(value(str(p["id"]), m, f) for f in FIELDS for m in MONTHS)]
            for p in reversed(people())
        ),
    ]
    add(
        "two tables side by side",
        Grid("s", [[*a, None, *b] for a, b in zip(head, labs, strict=True)]),
    )
    blocks = {
        m: [
            ["编号", "Hb", "HbF", "铁蛋白"],
            *([p["id"], *(value(str(p["id"]), m, f) for f in FIELDS)] for p in people()),
        ]
        for m in MONTHS
    }
    title = {m: "治疗前" if m == 0 else f"治疗后{m}个月" for m in MONTHS}
    add("a sheet per visit", Grid("基本资料", head), *(Grid(title[m], blocks[m]) for m in MONTHS))
    add(
        "a block per visit",
        Grid("s", [*head, *(row for m in MONTHS for row in ([], [title[m]], *blocks[m]))]),
    )


def _two_header_rows() -> None:
    for months_on_top in (True, False):
        for merged in (True, False):
            for units_row in (True, False):
                name = (
                    f"two header rows, {'months' if months_on_top else 'names'} on top"
                    + ", merged" * merged
                    + ", row of units" * units_row
                )
                DISGUISES[name] = lambda a=months_on_top, b=merged, c=units_row: [
                    _two_rows(a, b, c)
                ]
    DISGUISES["two header rows, plain numbers"] = lambda: [_two_rows(False, False, True, bare=True)]


def _two_rows(months_on_top: bool, merged: bool, units_row: bool, bare: bool = False) -> Grid:
    named = list(zip(("Hb", "HbF", "SF"), ("g/L", "%", "ng/mL"), FIELDS, strict=True))
    label = {m: str(m) if bare else "基线" if m == 0 else f"{m}月" for m in MONTHS}
    pairs = (
        [(m, q) for m in MONTHS for q in named]
        if months_on_top
        else [(m, q) for q in named for m in MONTHS]
    )
    top, lower, units = ["编号", "性别", "年龄", "分型", "基因型"], [None] * 5, [None] * 5
    merges: list[tuple[int, int, int, int]] = []
    size = len(named) if months_on_top else len(MONTHS)
    for position, (month, (name, unit, _)) in enumerate(pairs):
        first = position % size == 0
        if first:
            merges.append((0, len(top), 0, len(top) + size - 1))
        outer, inner = (label[month], name) if months_on_top else (name, label[month])
        top.append(outer if first else None)  # type: ignore[arg-type]
        lower.append(inner)  # type: ignore[arg-type]
        units.append(unit)  # type: ignore[arg-type]
    rows = [
        [p["id"], *static_of(p), *(value(str(p["id"]), m, q[2]) for m, q in pairs)]
        for p in people()
    ]
    return Grid("s", [top, lower, *([units] if units_row else []), *rows], merges if merged else [])


def _long() -> None:
    rest = ["sex", "age", "type", "HBB", "Hb", "HbF", "ferritin"]

    def labelled(name: str, header: str, label: Callable[[int], object]) -> None:
        DISGUISES[name] = lambda: [
            long(
                ["ID", header, *rest], lambda n, p, m, v, k: [p["id"], label(m), *static_of(p), *v]
            )
        ]

    labelled("rows labelled M6", "visit", lambda m: f"M{m}")
    labelled(
        "rows labelled 治疗后6月", "随访时间", lambda m: "治疗前" if m == 0 else f"治疗后{m}月"
    )
    labelled("rows labelled 6 under visit", "Visit", lambda m: m)
    labelled("rows labelled V1 to V7", "Visit", lambda m: f"V{MONTHS.index(m) + 1}")
    labelled("rows in weeks", "week", lambda m: round(m * 4.345))
    labelled("rows in days", "day", lambda m: round(m * 30.4375))
    DISGUISES["merged ids over visits"] = lambda: [_merged_ids()]
    rnd = random.Random(1)
    for name, written in {
        "ISO": date.isoformat,
        "Chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
        "day first": lambda d: f"{d:%d/%m/%Y}",
        "month first": lambda d: f"{d.month}/{d.day}/{d.year}",
        "serial numbers": lambda d: (d - date(1899, 12, 30)).days,
    }.items():
        add(
            f"dates, {name}",
            long(
                ["ID", "首次用药日期", "检查日期", *rest],
                lambda n, p, m, v, k, w=written: [
                    p["id"],
                    w(first_dose(n)),
                    w(visit_date(n, m, rnd.randint(-9, 9) if m > 1 else 0)),
                    *static_of(p),
                    *v,
                ],
            ),
        )
    add(
        "dates without a first dose",
        long(
            ["ID", "date", *rest],
            lambda n, p, m, v, k: [p["id"], visit_date(n, m).isoformat(), *static_of(p), *v],
        ),
    )
    add(
        "labels and dates",
        long(
            ["ID", "随访", "日期", *rest],
            lambda n, p, m, v, k: [
                p["id"],
                "基线" if m == 0 else f"{m}月",
                visit_date(n, m, 3).isoformat(),
                *static_of(p),
                *v,
            ],
        ),
    )


def _merged_ids() -> Grid:
    grid = long(
        ["ID", "month", "sex", "age", "type", "HBB", "Hb", "HbF", "ferritin"],
        lambda n, p, m, v, k: (
            [p["id"], m, *static_of(p), *v] if k == 0 else [None, m, *[None] * 4, *v]
        ),
    )
    starts = [r for r, row in enumerate(grid.rows) if r and row[0] is not None] + [len(grid.rows)]
    grid.merged = [
        (a, c, b - 1, c)
        for a, b in zip(starts[:-1], starts[1:], strict=True)
        if b - a > 1
        for c in (0, 2, 3, 4, 5)
    ]
    return grid


def _parameters() -> None:
    named = {
        "hb_g_per_l": ("血红蛋白", "g/L"),
        "hbf_percent": ("HbF", "%"),
        "ferritin_ng_per_ml": ("铁蛋白", "ng/mL"),
    }
    head = [["登记号", "姓名", "性别", "年龄", "诊断", "基因检测", "首次用药日期"]]
    rows: list[list[object]] = [
        ["登记号", "姓名", "检验项目", "结果", "单位", "检验日期", "参考值"]
    ]
    whole: list[list[object]] = [["subject", "parameter", "unit", "visit", "value"]]
    months: list[list[object]] = [
        ["ID", "Sex", "Age", "Phenotype", "Genotype", "Test", *(f"{m}M" for m in MONTHS)]
    ]
    for n, p in enumerate(people()):
        record = f"{7000000 + n * 131}"
        head.append([record, han_name(n), *static_of(p), first_dose(n).isoformat()])  # type: ignore[list-item]
        whole += [
            [p["id"], k, None, "Baseline", p[k.lower()]]
            for k in ("Sex", "Age", "Phenotype", "Genotype")
        ]
        for field, (name, unit) in named.items():
            numbers: list[Number] = [value(str(p["id"]), m, field) for m in MONTHS]
            months.append([p["id"], *static_of(p), name, *numbers])
            filled = [(m, v) for m, v in zip(MONTHS, numbers, strict=True) if v is not None]
            rows += [
                [record, han_name(n), name, v, unit, visit_date(n, m).isoformat(), "110-150"]
                for m, v in filled
            ]
            whole += [
                [
                    p["id"],
                    name,
                    "g/dL" if unit == "g/L" else unit,
                    f"Month {m}",
                    v / 10 if unit == "g/L" else v,
                ]
                for m, v in filled
            ]
    add("laboratory export with dates", Grid("基本信息", head), Grid("检验", rows))
    add("everything as parameter and value", Grid("s", whole))
    add("a row per quantity, a column per month", Grid("s", months))


def _several_sheets() -> None:
    short = [
        ["编号", "性别", "年龄", "分型", "基因型"],
        *([f"{n + 1:03d}", *static_of(p)] for n, p in enumerate(people())),
    ]
    visits = [
        ["编号", "月份", "Hb", "HbF", "铁蛋白"],
        *(
            [n + 1, m, *(value(str(p["id"]), m, f) for f in FIELDS)]
            for n, p in enumerate(people())
            for m in MONTHS
        ),
    ]
    add("ids 001 on one sheet and 1 on another", Grid("患者", short), Grid("随访", visits))


def _numbered_visits() -> None:
    dated: list[list[object]] = [
        [
            "ID",
            "sex",
            "age",
            "phenotype",
            "genotype",
            "first dose date",
            *(
                h
                for k in range(1, 8)
                for h in (f"Visit date {k}", f"Hb {k}", f"HbF {k}", f"SF {k}")
            ),
        ]
    ]
    for n, p in enumerate(people()):
        row = [p["id"], *static_of(p), first_dose(n).isoformat()]
        for m in MONTHS:
            numbers = [value(str(p["id"]), m, f) for f in FIELDS]
            row += [
                visit_date(n, m).isoformat() if any(v is not None for v in numbers) else None,
                *numbers,
            ]
        dated.append(row)
    add("numbered visits, each with its date", Grid("s", dated))


def _redcap_labels() -> None:
    labels: list[list[object]] = [
        [
            *("Record ID", "Event Name", "Repeat Instrument", "Repeat Instance", "Sex"),
            *("Age (years)", "Phenotype", "Genotype", "Complete?", "Hemoglobin (g/dL)"),
            *("Fetal hemoglobin (%)", "Serum ferritin (ng/mL)"),
            *("Adverse events (choice=Rash)", "Complete?"),
        ]
    ]
    for p in people():
        for m in MONTHS:
            hb, hbf, sf = (value(str(p["id"]), m, f) for f in FIELDS)
            static = [*static_of(p), "Complete"] if m == 0 else [None] * 5
            labels.append(
                [
                    p["id"],
                    f"{'Baseline' if m == 0 else f'Month {m}'} (Arm 1: Thalidomide)",
                    None,
                    None,
                    *static,
                    None if hb is None else hb / 10,
                    hbf,
                    sf,
                    "Unchecked",
                    "Complete",
                ]
            )
    add("REDCap export in labels", Grid("s", labels))


def _birth_dates() -> None:
    born = [
        ["编号", "出生日期", "首次用药日期", "性别", "分型", "基因型"],
        *(
            [
                p["id"],
                (
                    first_dose(n) - timedelta(days=int(float(str(p["age"])) * 365.25) + 40)
                ).isoformat(),
                first_dose(n).isoformat(),
                p["sex"],
                p["phenotype"],
                p["genotype"],
            ]
            for n, p in enumerate(people())
        ),
    ]
    visits = [
        ["编号", "月份", "Hb", "HbF", "铁蛋白"],
        *(
            [p["id"], m, *(value(str(p["id"]), m, f) for f in FIELDS)]
            for p in people()
            for m in MONTHS
        ),
    ]
    add("birth dates instead of ages", Grid("患者", born), Grid("随访", visits))


for build in (
    _units,
    _digits,
    _headers,
    _codes,
    _rows,
    _tables,
    _two_header_rows,
    _long,
    _parameters,
    _several_sheets,
    _numbered_visits,
    _redcap_labels,
    _birth_dates,
):
    build()
