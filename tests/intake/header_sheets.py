"""A small sheet around one header: an id, sex, age, phenotype and Hb of two months beside it, and
values that a column of that meaning has.
"""

from __future__ import annotations

from tests.intake.reading import read_sheets_of
from tests.layouts.grid import Grid
from thal_core.mapping import ColumnReading

N = 12
_DATES = [f"2020-{1 + i % 12:02d}-{10 + i}" for i in range(N)]
_TEXTS = {
    "sex": ["M", "F"],
    "phenotype": ["TDT", "NTDT"],
    "splenectomy": ["Y", "N"],
    "withdrawn": ["Y", "N"],
    "genotype": ["CD41-42/CD41-42", "CD17/-28", "CD41-42/-28"],
    "allele_1": ["CD41-42", "CD17", "-28"],
    "drug": ["deferasirox", "deferiprone"],
    "event": ["rash", "constipation", "drowsiness"],
    "snp": ["A/G", "G/G", "A/A"],
    "action": ["dose reduced", "drug withdrawn", "none"],
    "outcome": ["recovered", "ongoing"],
    "withdrawal_reason": ["no response", "lost to follow-up", "cost"],
    "alpha_genotype": ["-α3.7/αα", "αα/αα", "--SEA/αα"],
}
_BY_UNIT = {
    "g/dL": (7, 0.3),
    "mmol": (4.1, 0.2),
    "g/L": (70, 4),
    "lakh": (1.5, 0.3),
    "lb": (90, 5),
    "mg": (50, 25),
    "U": (10, 3),
    "mL": (200, 200),
    "months": (150, 30),
    "years": (1, 0.5),
}
_BY_FIELD = {
    "age_years": (14, 2),
    "weight_kg": (40, 3),
    "hba2_percent": (2, 0.2),
    "ferritin_ng_per_ml": (500, 300),
    "platelets_10e9_per_l": (150, 40),
    "wbc_10e9_per_l": (5, 1.5),
    "anc_10e9_per_l": (2, 0.5),
    "reticulocytes_percent": (1, 0.5),
    "ldh_u_per_l": (150, 30),
    "units": (0, 1),
    "transfusion_reduction_percent": (0, 9),
}


def values_for(field: str, unit: str) -> list[object]:
    """Values of the first meaning (of the second where the first is "extra")."""
    meanings = field.split(";")
    main = next((m for m in meanings if m != "extra"), "extra")
    if unit == "yn":
        return [*["Y", "N"] * N][:N]
    if unit == "bclass":
        return [*["β0/β0", "β0/β+"] * N][:N]
    if main == "patient_id":
        return [f"A{i + 1:03d}" for i in range(N)]
    if main in _TEXTS:
        return [*_TEXTS[main] * N][:N]
    if unit == "date" or "date" in main:
        return list(_DATES)
    first, step = _BY_UNIT.get(unit) or _BY_FIELD.get(main) or (5, 3)
    return [round(first + step * (i * 7 % N), 1) for i in range(N)]


def grid_of(name: str, header: str, field: str, unit: str) -> Grid:
    """The sheet with this header as its last column."""
    own = field.split(";")[0]
    columns: list[tuple[str, list[object]]] = [
        ("ID", [f"P{i + 1}" for i in range(N)]),
        ("Sex", ["F", "M"] * 6),
        ("Age", [20 + i for i in range(N)]),
        ("Phenotype", ["TDT"] * 6 + ["NTDT"] * 6),
    ]
    taken = {"patient_id": "ID", "sex": "Sex", "age_years": "Age", "phenotype": "Phenotype"}
    columns = [c for c in columns if c[0] != taken.get(own)]
    columns += [("Hb 0M", [80 + i for i in range(N)]), ("Hb 6M", [95 + i for i in range(N)])]
    columns.append((header, values_for(field, unit)))
    rows = [list(row) for row in zip(*(values for _, values in columns), strict=True)]
    return Grid(name, [[name for name, _ in columns], *rows])


def reading_of(header: str, field: str = "extra", unit: str = "") -> ColumnReading:
    """What the column of this header was read as, beside Hb 0M and Hb 6M."""
    return readings_of([(header, field, unit)])[0]


def readings_of(cases: list[tuple[str, str, str]]) -> list[ColumnReading]:
    """The reading of each (header, field, unit); a sheet each, in one book."""
    grids = [grid_of(f"sheet {n}", *case) for n, case in enumerate(cases)]
    last: dict[str, ColumnReading] = {}
    for column in read_sheets_of(*grids).mapping.columns:
        if column.sheet not in last or column.index > last[column.sheet].index:
            last[column.sheet] = column
    return [last[grid.name] for grid in grids]
