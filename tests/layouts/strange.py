"""The same patients in sheets whose structure, not whose words, is unusual: name → sheets."""

from __future__ import annotations

from collections.abc import Callable

from tests.layouts.clinic import FIELDS, first_dose, han_name, people, value, visit_date
from tests.layouts.grid import Grid
from tests.layouts.layouts import MONTHS

STRANGE: dict[str, Callable[[], list[Grid]]] = {}
QUANTITIES = list(zip(("Hb", "HbF", "铁蛋白"), ("g/L", "%", "ng/mL"), FIELDS, strict=True))
WIDE = [f"{n} {m}月" for n, _, _ in QUANTITIES for m in MONTHS]
Row = list[object]
Person = dict[str, object]


def strange(name: str) -> Callable[[Callable[[], list[Grid]]], Callable[[], list[Grid]]]:
    def add(build: Callable[[], list[Grid]]) -> Callable[[], list[Grid]]:
        STRANGE[name] = build
        return build

    return add


def numbers(person: Person) -> Row:
    return [value(str(person["id"]), m, f) for _, _, f in QUANTITIES for m in MONTHS]


def of(phenotype: str) -> list[Person]:
    return [p for p in people() if p["phenotype"] == phenotype]


def row(person: Person, *left_out: str) -> Row:
    facts = [person[k] for k in ("id", "sex", "age", "phenotype", "genotype") if k not in left_out]
    return [*facts, *numbers(person)]


def head(*left_out: str) -> Row:
    names = {"id": "编号", "sex": "性别", "age": "年龄", "phenotype": "分型", "genotype": "基因型"}
    return [*(v for k, v in names.items() if k not in left_out), *WIDE]


def banded(
    titles: tuple[str, str], *, subtotal: str = "", total: str = "", left_out: str = "phenotype"
) -> list[Row]:
    rows: list[Row] = [head(left_out)]
    for title, phenotype in zip(titles, ("TDT", "NTDT"), strict=True):
        rows += [[title], *(row(p, left_out) for p in of(phenotype))]
        rows += [[subtotal, None, 16.1, None, 80]] if subtotal else []
    return [*rows, *([[total, None, 17.2, None, 81]] if total else [])]


@strange("bands TDT组 and NTDT组")
def _bands() -> list[Grid]:
    return [Grid("s", banded(("TDT组", "NTDT组")))]


@strange("bands in English with counts, subtotals and totals")
def _bands_counted() -> list[Grid]:
    titles = ("Transfusion-dependent (n=60)", "Non-transfusion-dependent, n = 11")
    return [Grid("s", banded(titles, subtotal="Subtotal", total="Total (n=71)"))]


@strange("bands numbered, with means of each group")
def _bands_means() -> list[Grid]:
    titles = ("一、输血依赖型（TDT）", "二、非输血依赖型（NTDT）")
    return [Grid("s", banded(titles, subtotal="TDT均值", total="合计：71例"))]


@strange("bands merged over the table")
def _bands_merged() -> list[Grid]:
    rows = banded(("TDT 组 患者", "NTDT 组 患者"))
    width = len(rows[0]) - 1
    merged = [(n, 0, n, width) for n, r in enumerate(rows) if len(r) == 1]
    return [Grid("s", rows, merged)]


@strange("bands of men and women inside bands of phenotype")
def _bands_nested() -> list[Grid]:
    rows: list[Row] = [head("phenotype", "sex")]
    for phenotype in ("TDT", "NTDT"):
        rows.append([f"{phenotype} group"])
        for title, sex in (("男性", "male"), ("女性", "female")):
            own = [p for p in of(phenotype) if p["sex"] == sex]
            rows += [[title], *(row(p, "phenotype", "sex") for p in own)]
    return [Grid("s", rows)]


@strange("bands of hospitals")
def _bands_centres() -> list[Grid]:
    every = people()
    half = len(every) // 2
    first, rest = [row(p) for p in every[:half]], [row(p) for p in every[half:]]
    return [Grid("s", [head(), ["桂林市人民医院"], *first, ["南宁中心"], *rest])]


@strange("bands that are visits")
def _bands_visits() -> list[Grid]:
    facts = [[p[k] for k in ("id", "sex", "age", "phenotype", "genotype")] for p in people()]
    rows: list[Row] = [["编号", "Hb", "HbF", "铁蛋白"]]
    for m in MONTHS:
        rows.append(["治疗前" if m == 0 else f"治疗后{m}个月"])
        rows += [[p["id"], *(value(str(p["id"]), m, f) for f in FIELDS)] for p in people()]
    return [Grid("基本", [["编号", "性别", "年龄", "分型", "基因型"], *facts]), Grid("化验", rows)]


@strange("phenotype merged downwards in a column without a header")
def _merged_down() -> list[Grid]:
    rows: list[Row] = [[None, *head("phenotype")]]
    merged = []
    for phenotype in ("TDT", "NTDT"):
        merged.append((len(rows), 0, len(rows) + len(of(phenotype)) - 1, 0))
        rows += [
            [phenotype if n == 0 else None, *row(p, "phenotype")]
            for n, p in enumerate(of(phenotype))
        ]
    return [Grid("s", rows, merged)]


@strange("stacked tables, each titled")
def _stacked() -> list[Grid]:
    rows: list[Row] = []
    for title, phenotype in (("表1 TDT患者", "TDT"), ("表2 NTDT患者", "NTDT")):
        rows += [[title], head("phenotype"), *(row(p, "phenotype") for p in of(phenotype)), []]
    return [Grid("s", rows)]


@strange("stacked tables of other columns without titles")
def _stacked_untitled() -> list[Grid]:
    facts = [[p[k] for k in ("id", "sex", "age", "phenotype", "genotype")] for p in people()]
    labs = [[p["id"], *numbers(p)] for p in reversed(people())]
    return [
        Grid(
            "s",
            [["编号", "性别", "年龄", "分型", "基因型"], *facts, [], [], ["编号", *WIDE], *labs],
        )
    ]


@strange("sheets named TDT and NTDT")
def _sheets_named() -> list[Grid]:
    return [
        Grid(name, [head("phenotype"), *(row(p, "phenotype") for p in of(phenotype))])
        for name, phenotype in (("TDT组", "TDT"), ("NTDT", "NTDT"))
    ]


@strange("tables side by side, titled, of different patients")
def _side_by_side() -> list[Grid]:
    left = [["TDT组"], head("phenotype"), *(row(p, "phenotype") for p in of("TDT"))]
    right = [["NTDT组"], head("phenotype"), *(row(p, "phenotype") for p in of("NTDT"))]
    return [Grid("s", _beside(left, right, 1))]


@strange("the same headers twice in one row, to save paper")
def _two_up() -> list[Grid]:
    every = [row(p) for p in people()]
    half = (len(every) + 1) // 2
    return [Grid("s", _beside([head(), *every[:half]], [head(), *every[half:]], 0))]


@strange("tables side by side in another order")
def _side_by_side_shuffled() -> list[Grid]:
    facts = [[p[k] for k in ("id", "sex", "age", "phenotype", "genotype")] for p in people()]
    labs = [[p["id"], *numbers(p)] for p in reversed(people())]
    left = [["编号", "性别", "年龄", "分型", "基因型"], *facts]
    return [Grid("s", _beside(left, [["编号", *WIDE], *labs], 2))]


def _beside(left: list[Row], right: list[Row], gap: int) -> list[Row]:
    width = max(map(len, left))
    rows = []
    for n in range(max(len(left), len(right))):
        one = left[n] if n < len(left) else []
        other = right[n] if n < len(right) else []
        rows.append([*one, *[None] * (width - len(one) + gap), *other])
    return rows


def _visit_rows(person: Person) -> list[Row]:
    return [
        ["基线" if m == 0 else f"{m}月", *(value(str(person["id"]), m, f) for f in FIELDS)]
        for m in MONTHS
    ]


@strange("a sheet for each patient with a table of visits")
def _forms() -> list[Grid]:
    return [
        Grid(
            str(p["id"]),
            [
                ["沙利度胺治疗随访表"],
                ["编号：", p["id"], None, "性别：", p["sex"]],
                ["年龄：", p["age"], None, "分型：", p["phenotype"]],
                ["基因型：", p["genotype"], None, "联系电话：", "13812345678"],
                [],
                ["随访时间", "Hb(g/L)", "HbF(%)", "铁蛋白(ng/mL)"],
                *_visit_rows(p),
            ],
        )
        for p in people()
    ]


@strange("a sheet for each patient with months as columns, among other sheets")
def _forms_across() -> list[Grid]:
    cover = Grid("封面", [["沙利度胺治疗地中海贫血"], ["负责人：李医生"]])
    forms = [
        Grid(
            han_name(n),
            [
                ["病例号", p["id"]],
                ["性别", p["sex"]],
                ["年龄", p["age"]],
                ["临床分型", p["phenotype"]],
                ["基因型", p["genotype"]],
                [],
                ["项目", *(f"{m}月" for m in MONTHS)],
                *([n, *(value(str(p["id"]), m, f) for m in MONTHS)] for n, _, f in QUANTITIES),
            ],
        )
        for n, p in enumerate(people())
    ]
    return [cover, *forms]


@strange("a sheet for each patient, labels and values alone")
def _forms_plain() -> list[Grid]:
    return [
        Grid(str(p["id"]), [list(pair) for pair in zip(head(), row(p), strict=True)])
        for p in people()
    ]


@strange("a sheet for each patient that is named only by the sheet")
def _forms_named() -> list[Grid]:
    return [
        Grid(
            str(p["id"]),
            [
                ["Sex", p["sex"], "Age", p["age"]],
                ["Phenotype", p["phenotype"], "Genotype", p["genotype"]],
                ["Month", "Hb", "HbF", "Ferritin"],
                *([m, *(value(str(p["id"]), m, f) for f in FIELDS)] for m in MONTHS),
            ],
        )
        for p in people()
    ]


def _parameter_rows(person: Person, *first: object) -> list[Row]:
    """A row for each quantity; ``first``: what its first row begins with."""
    return [
        [*(first if n == 0 else [None] * len(first)), name, unit]
        + [value(str(person["id"]), m, f) for m in MONTHS]
        for n, (name, unit, f) in enumerate(QUANTITIES)
    ]


_ACROSS = ["项目", "单位", *(f"{m}月" for m in MONTHS)]
_FACTS = ("id", "sex", "age", "phenotype", "genotype")


@strange("quantities in rows, the id in the first of a patient's rows")
def _parameters_blank() -> list[Grid]:
    rows: list[Row] = [["编号", "性别", "年龄", "分型", "基因型", *_ACROSS]]
    for p in people():
        rows += _parameter_rows(p, *(p[k] for k in _FACTS))
    return [Grid("s", rows)]


@strange("quantities in rows, ids merged")
def _parameters_merged() -> list[Grid]:
    grid = _parameters_blank()[0]
    grid.merged = [(n, c, n + 2, c) for n in range(1, len(grid.rows), 3) for c in range(5)]
    return [grid]


@strange("quantities in rows, each with its id; months as M0 to M24")
def _parameters_full() -> list[Grid]:
    rows: list[Row] = [["ID", "Group", "Parameter", "Unit", *(f"M{m}" for m in MONTHS)]]
    for p in people():
        rows += [[p["id"], p["phenotype"], *r] for r in _parameter_rows(p)]
    facts = [[p[k] for k in ("id", "sex", "age", "phenotype", "genotype")] for p in people()]
    return [
        Grid("Patients", [["ID", "Sex", "Age", "Phenotype", "Genotype"], *facts]),
        Grid("Labs", rows),
    ]


@strange("quantities in rows under a row with the patient's id")
def _parameters_under_band() -> list[Grid]:
    rows: list[Row] = [_ACROSS]
    for p in people():
        rows += [[p["id"]], *_parameter_rows(p)]
    facts = [[p[k] for k in ("id", "sex", "age", "phenotype", "genotype")] for p in people()]
    return [
        Grid("患者", [["编号", "性别", "年龄", "分型", "基因型"], *facts]),
        Grid("化验", rows),
    ]


@strange("quantities in rows under bands of phenotype")
def _parameters_in_bands() -> list[Grid]:
    rows: list[Row] = [["编号", "性别", "年龄", "基因型", *_ACROSS]]
    for phenotype in ("TDT", "NTDT"):
        rows.append([f"{phenotype}组"])
        for p in of(phenotype):
            rows += _parameter_rows(p, *(p[k] for k in ("id", "sex", "age", "genotype")))
    return [Grid("s", rows)]


def _sheets_of_visits(names: dict[int, str]) -> list[Grid]:
    facts = [[p[k] for k in ("id", "sex", "age", "phenotype", "genotype")] for p in people()]
    visits = [
        Grid(
            names[m],
            [
                ["编号", "Hb", "HbF", "铁蛋白"],
                *([p["id"], *(value(str(p["id"]), m, f) for f in FIELDS)] for p in people()),
            ],
        )
        for m in MONTHS
    ]
    return [
        Grid("目录", [["序号", "工作表"], [1, "患者"], [2, "随访"]]),
        Grid(
            "参考值", [["项目", "参考范围", "单位"], ["Hb", "110-150", "g/L"], ["HbF", "<2", "%"]]
        ),
        Grid("患者", [["编号", "性别", "年龄", "分型", "基因型"], *facts]),
        *visits,
    ]


@strange("sheets named baseline and M6, beside an index and reference values")
def _sheets_m6() -> list[Grid]:
    return _sheets_of_visits({m: "Baseline" if m == 0 else f"M{m}" for m in MONTHS})


@strange("sheets named 第12个月")
def _sheets_12() -> list[Grid]:
    return _sheets_of_visits({m: "基线" if m == 0 else f"第{m}个月" for m in MONTHS})


@strange("codes explained below the table")
def _legend_below() -> list[Grid]:
    sex, phenotype = {"male": 1, "female": 2}, {"TDT": 1, "NTDT": 2}
    rows = [
        [c if n not in (1, 3) else (sex if n == 1 else phenotype)[str(c)] for n, c in enumerate(r)]
        for r in map(row, people())
    ]
    return [Grid("s", [head(), *rows, [], ["注：性别 1=男，2=女；分型 1=TDT，2=NTDT"]])]


@strange("codes explained below the table, one a line")
def _legend_lines() -> list[Grid]:
    grid = _legend_below()[0]
    grid.rows = [*grid.rows[:-1], ["1=男 2=女"], ["TDT=1，NTDT=2"]]
    return [grid]


@strange("merged headers over a row of units")
def _units_under_merged() -> list[Grid]:
    top: Row = ["编号", "性别", "年龄", "分型", "基因型"]
    months: Row = [None] * 5
    units: Row = [None, None, "岁", None, None]
    merged = [(0, c, 1, c) for c in range(5)]
    for name, unit, _ in QUANTITIES:
        merged.append((0, len(top), 0, len(top) + len(MONTHS) - 1))
        top += [name, *[None] * (len(MONTHS) - 1)]
        months += [f"{m}月" for m in MONTHS]
        units += [unit] * len(MONTHS)
    return [Grid("s", [top, months, units, *map(row, people())], merged)]


@strange("an admission a row, with its date")
def _admissions() -> list[Grid]:
    rows: list[Row] = [["住院号", "姓名", "首次用药日期", "就诊日期", "Hb", "HbF", "铁蛋白"]]
    rows[0] += ["性别", "年龄", "分型", "基因型"]
    for n, p in enumerate(people()):
        for m in MONTHS:
            seen = [value(str(p["id"]), m, f) for f in FIELDS]
            facts = [p[k] for k in ("sex", "age", "phenotype", "genotype")]
            if any(v is not None for v in seen):
                dates = [first_dose(n).isoformat(), visit_date(n, m).isoformat()]
                rows.append([f"{500000 + n * 13}", han_name(n), *dates, *seen, *facts])
    return [Grid("s", rows)]


@strange("contacts below and doctors beside the patients")
def _others() -> list[Grid]:
    rows = [head(), *map(row, people()), [], ["联系人", None, "电话"]]
    rows += [["张三", None, "13800138000"], ["李四", None, "13900139000"]]
    return [Grid("s", rows)]


@strange("a header on each page, with the page's number")
def _pages() -> list[Grid]:
    rows: list[Row] = []
    every = [row(p) for p in people()]
    for page, begin in enumerate(range(0, len(every), 20), start=1):
        rows += [head(), *every[begin : begin + 20], [f"第{page}页"]]
    return [Grid("s", rows)]


@strange("a sheet for each quantity, months as columns")
def _sheets_of_quantities() -> list[Grid]:
    facts = [[p[k] for k in _FACTS] for p in people()]
    labs = [
        Grid(
            name,
            [
                ["编号", *(f"{m}月" for m in MONTHS)],
                *([p["id"], *(value(str(p["id"]), m, f) for m in MONTHS)] for p in people()),
            ],
        )
        for name, _, f in QUANTITIES
    ]
    return [Grid("患者", [["编号", "性别", "年龄", "分型", "基因型"], *facts]), *labs]


@strange("a block for each quantity under its title, months as columns")
def _blocks_of_quantities() -> list[Grid]:
    rows: list[Row] = [["编号", "性别", "年龄", "分型", "基因型"]]
    rows += [[p[k] for k in _FACTS] for p in people()]
    for name, unit, f in QUANTITIES:
        rows += [[], [f"{name}({unit})"], ["编号", *(f"{m}月" for m in MONTHS)]]
        rows += [[p["id"], *(value(str(p["id"]), m, f) for m in MONTHS)] for p in people()]
    return [Grid("s", rows)]


@strange("forms with section titles, merged labels and pairs in one cell")
def _forms_merged() -> list[Grid]:
    forms = []
    for p in people():
        rows: list[Row] = [
            ["XX医院地中海贫血门诊病历"],
            ["一、基本信息"],
            [f"患者编号：{p['id']}", None, None, f"性别：{p['sex']}"],
            ["年龄", None, p["age"], "临床分型", None, p["phenotype"]],
            ["基因型", None, p["genotype"], "备注", None, None],
            ["二、随访"],
            ["时间", None, "Hb", "HbF", None, "铁蛋白"],
        ]
        rows += [[m, None, a, b, None, c] for m, a, b, c in _visit_rows(p)]
        rows += [["医师签名：", None, "李医生"]]
        merged = [(3, 0, 3, 1), (3, 3, 3, 4), (4, 0, 4, 1), (4, 3, 4, 4)]
        forms.append(Grid(str(p["id"]), rows, merged))
    return forms


@strange("forms below one another on one sheet")
def _forms_stacked() -> list[Grid]:
    rows: list[Row] = []
    for p in people():
        rows += [
            ["编号", p["id"], "性别", p["sex"], "年龄", p["age"]],
            ["分型", p["phenotype"], "基因型", p["genotype"]],
            ["月份", "Hb", "HbF", "铁蛋白"],
            *_visit_rows(p),
            [],
        ]
    return [Grid("s", rows)]


@strange("a sheet on its side with quantities merged over months")
def _sideways_merged() -> list[Grid]:
    rows: list[Row] = [[label, None, *(p[k] for p in people())] for label, k in _SIDE]
    merged = []
    for name, _, f in QUANTITIES:
        merged.append((len(rows), 0, len(rows) + len(MONTHS) - 1, 0))
        rows += [
            [name if n == 0 else None, f"{m}月", *(value(str(p["id"]), m, f) for p in people())]
            for n, m in enumerate(MONTHS)
        ]
    return [Grid("s", rows, merged)]


_SIDE = [
    ("编号", "id"),
    ("性别", "sex"),
    ("年龄", "age"),
    ("分型", "phenotype"),
    ("基因型", "genotype"),
]


@strange("bands inside sheets named after hospitals")
def _bands_on_two_sheets() -> list[Grid]:
    sheets = []
    every = people()
    for n, name in enumerate(("人民医院", "中心医院")):
        rows: list[Row] = [head("phenotype")]
        for phenotype in ("TDT", "NTDT"):
            own = [p for p in every[n::2] if p["phenotype"] == phenotype]
            rows += [[f"{phenotype}（{len(own)}例）"], *(row(p, "phenotype") for p in own)]
            rows += [["小计", None, 17], ["均值±标准差", None, "17±3"]]
        sheets.append(Grid(name, [*rows, [], ["制表：王某"]]))
    return sheets


@strange("quantities in rows with before and after as months, sideways blocks")
def _parameters_side() -> list[Grid]:
    left: list[Row] = [["编号", "项目", *(f"{m}月" for m in MONTHS)]]
    for p in people():
        left += [
            [p["id"] if n == 0 else None, name, *(value(str(p["id"]), m, f) for m in MONTHS)]
            for n, (name, _, f) in enumerate(QUANTITIES)
        ]
    right: list[Row] = [["编号", "性别", "年龄", "分型", "基因型"]]
    right += [[p[k] for k in _FACTS] for p in people()]
    return [Grid("s", _beside(left, right, 1))]


@strange("phenotype written once a group")
def _written_once() -> list[Grid]:
    rows: list[Row] = [head()]
    for phenotype in ("TDT", "NTDT"):
        for n, p in enumerate(of(phenotype)):
            line = row(p)
            line[3] = phenotype if n == 0 else None
            rows.append(line)
    return [Grid("s", rows)]


@strange("sheets named after persons, forms without a number")
def _forms_of_persons() -> list[Grid]:
    return [
        Grid(
            han_name(n),
            [
                ["性别", p["sex"], "年龄", p["age"]],
                ["分型", p["phenotype"], "基因型", p["genotype"]],
                ["月份", "Hb", "HbF", "铁蛋白"],
                *_visit_rows(p),
            ],
        )
        for n, p in enumerate(people())
    ]
