"""A result's table as a file that no spreadsheet program computes with."""

from __future__ import annotations

import pandas as pd

from thal_core.genotype import spreadsheet_text

GENOTYPE_COLUMNS = frozenset({"genotype", "allele_1", "allele_2"})
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet_safe(table: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would compute is disarmed: genotypes as β-28/β-28, others behind an
    apostrophe.
    """
    out = table.copy()
    for column in out.columns[[not pd.api.types.is_numeric_dtype(dtype) for dtype in out.dtypes]]:
        write = spreadsheet_text if column in GENOTYPE_COLUMNS else str
        out[column] = [
            value if pd.isna(value) else _disarm(write(str(value))) for value in out[column]
        ]
    return out


def _disarm(text: str) -> str:
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def table_csv(table: pd.DataFrame) -> bytes:
    """UTF-8 with BOM, full precision; a table without rows is its header alone."""
    return spreadsheet_safe(table).to_csv(index=False).encode("utf-8-sig")
