"""A clinic's workbook with people named in every place where somebody may be named, in several
scripts.
"""

from __future__ import annotations

import openpyxl
from openpyxl.comments import Comment

from tests.intake import files

PEOPLE = {
    "han": ("欧阳震华", "司徒美堂", "钟离春", "上官婉儿", "慕容雪村", "诸葛亮辉"),
    "latin": (
        "Zbigniew Kowalczyk",
        "siobhan",
        "Nguyễn Thị Hương",
        "Xie Zhiqiang",
        "O'Shaughnessy",
        "Müller-Lüdenscheid",
    ),
    "thai": ("สมชายวงศ์", "ประภาพร", "กิตติศักดิ์", "ธนวัฒน์", "อรวรรณ", "สุริยา"),
    "arabic": ("عبدالرحمن", "فاطمة الزهراء", "محمد الطيب", "يوسف", "خديجة", "إبراهيم"),
    "cyrillic": ("Афанасьев", "Прасковья", "Дмитриевна", "Щербаков", "Ульяна", "Фёдорович"),
}
NUMBERS = (
    "HN 4478123",
    "MRN-990871",
    "ZK19850302",
    "13877112233",
    "440106199001011235",
    "77812345",
)
PLACES = (
    "sheet",
    "file",
    "title",
    "header",
    "footer",
    "comment",
    "hidden",
    "contact",
    "center",
    "reason",
    "event",
    "action",
    "outcome",
    "alpha",
    "genotype",
    "sex",
    "phenotype",
    "hb",
    "age",
    "drug",
    "extra",
    "note",
    "unit",
)

HEADER = [
    *("编号", "sex", "age", "phenotype", "genotype", "α基因型", "center"),
    *("Hb_0M (g/L)", "Hb_6M (g/L)", "withdrawal_reason"),
    *("event_1", "event_1_action", "event_1_outcome", "chelator"),
    *("备注", "HbF_0M (%)", "输血量_0M (U)"),
]
STRANGE = {  # column → what somebody's name stands in the place of
    **{1: "sex", 2: "age", 3: "phenotype", 4: "genotype", 5: "alpha", 6: "center", 8: "hb"},
    **{9: "reason", 10: "event", 11: "action", 12: "outcome", 13: "drug", 14: "extra"},
    **{15: "note", 16: "unit"},
}


def _patient(n: int, own: str) -> list[object]:
    who = [own, "女", 20 + n, "NTDT", "CD17/-28", "αα/αα", "A", 70 + n, 95 + n, ""]
    return [*who, "rash", "none", "recovered", "", f"value {n}", "皮疹", 20 + n, 1]


class Planted:
    """``data``: the workbook; ``tokens``: place → what was planted there; ``ids``: the id of each
    patient.
    """

    def __init__(self, script: str, sideways: bool = False) -> None:
        names = PEOPLE[script]
        self.tokens = {
            place: f"{names[n % len(names)]}{_mark(script, n)}" for n, place in enumerate(PLACES)
        }
        self.ids = [*(f"{name}{_mark(script, 30 + n)}" for n, name in enumerate(names)), *NUMBERS]
        self.filename = f"{self.tokens['file']} Hb.xlsx"
        self.data = self._workbook(sideways)

    def everything(self) -> list[str]:
        return [*self.tokens.values(), *self.ids]

    def _workbook(self, sideways: bool) -> bytes:
        t, book = self.tokens, openpyxl.Workbook()
        sheet = book.active
        sheet.title = t["sheet"][:31]
        rows = self._rows()
        if sideways:
            rows = [list(row) for row in zip(*rows, strict=True)]
        else:
            width = len(rows[0])
            contacts = [
                ["联系人", "电话", "地址"],
                [t["contact"], "13900001111", "南宁市民族大道5号"],
            ]
            rows = [
                [t["title"]],
                *rows,
                [t["footer"] + "：审核完毕，以上数据已核对无误，谢谢。"],
                [],
                *([*row, *[None] * (width - len(row))] for row in contacts),
            ]
        for row in rows:
            sheet.append(row)
        sheet["C4"].comment = Comment(t["comment"], t["comment"])
        hidden = book.create_sheet("hidden")
        hidden.sheet_state = "hidden"
        hidden.append([t["hidden"], "remember to call"])
        return files.saved(book)

    def _rows(self) -> list[list[object]]:
        t = self.tokens
        rows: list[list[object]] = [
            [*HEADER[:14], t["header"], *HEADER[14:]],
            *(_patient(n, own) for n, own in enumerate(self.ids)),
        ]
        for n, (column, place) in enumerate(STRANGE.items()):
            rows[1 + n % len(self.ids)][column] = t[place] if place != "unit" else f"25 {t[place]}"
        return rows


def _mark(script: str, n: int) -> str:
    """Letters of the script that tell one planted name from the next."""
    first = {"han": "甪", "latin": "qa", "thai": "กฐ", "arabic": "غظ", "cyrillic": "щя"}[script]
    return first + {
        "han": "龘靁齉厵爩",
        "latin": "bcdfg",
        "thai": "ฆฌญฎฏ",
        "arabic": "ثخذضع",
        "cyrillic": "эюъыё",
    }[script][n % 5] * (1 + n // 5)
