"""How a sample sheet is written: blank for missing, no needless decimals, UTF-8 with BOM."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def yes_no(flags: np.ndarray, known: pd.Series) -> pd.Series:
    return pd.Series(np.where(flags, "yes", "no"), index=known.index).where(known)


def three_months(units: float, rng: np.random.Generator) -> list[float]:
    """Units of red cells over three months, as even as half units allow, in random order."""
    halves = round(units * 2)
    return [
        float(part) / 2
        for part in rng.permutation([halves // 3 + (k < halves % 3) for k in range(3)])
    ]


def event_columns(events: dict[int, list[tuple[str, int, int, str]]], most: int) -> pd.DataFrame:
    """event_1, event_1_month, event_1_grade, event_1_action, event_2 …"""
    parts = ("", "_month", "_grade", "_action")
    columns = [f"event_{number}{part}" for number in range(1, most + 1) for part in parts]
    rows = {
        row: [cell for event in sorted(own, key=lambda e: e[1]) for cell in event]
        for row, own in events.items()
    }
    filled = {row: cells + [None] * (len(columns) - len(cells)) for row, cells in rows.items()}
    return pd.DataFrame.from_dict(filled, orient="index", columns=columns)


def write_sheet(sheet: pd.DataFrame, path: Path) -> None:
    """One line per patient; numbers in their shortest form."""
    sheet.map(written).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def written(cell: object) -> str:
    """A cell as the sheet has it: blank for missing, a number in its shortest form."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)) or cell is pd.NA:
        return ""
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)
