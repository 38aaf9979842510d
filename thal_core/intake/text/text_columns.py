"""Text columns made from codes or words without a detour over Python objects; "" becomes
missing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa


def words_of(codes: np.ndarray, names: Sequence[str]) -> pd.Series:
    """``names[code]`` for each code, as ``str``."""
    return pd.Series(
        pa.array([name or None for name in names], pa.large_string()).take(pa.array(codes)),
        dtype="str",
    )


def text_column(values: np.ndarray) -> pd.Series:
    """Words as ``str``, "" as missing."""
    return pd.Series(pa.array(np.where(values == "", None, values), pa.large_string()), dtype="str")


def blank_column(n: int) -> pd.Series:
    """``n`` missing texts."""
    return pd.Series(pa.nulls(n, pa.large_string()), dtype="str")
