"""Makes the fonts in thal_core/figures/fonts, for servers that have none with β⁰ and Chinese.

ThalSans: what this program writes and the 6,763 signs of GB 2312, out of Noto Sans CJK SC (SIL Open
Font License 1.1, no reserved name). ThalSigns: what Noto lacks (⁰ and other raised figures), out of
DejaVu Sans (Bitstream Vera licence).

python -m tools.font_subset [NotoSansCJK-Regular.ttc DejaVuSans.ttf]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

from thal_core.rows import read_csv_rows
from thal_core.words import languages

ROOT = Path(__file__).parents[1]
FONTS = ROOT / "thal_core" / "figures" / "fonts"
SOURCES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
)
FACE = "Noto Sans CJK SC"
BLOCKS = ((0x20, 0x17F), (0x370, 0x3FF), (0x2010, 0x2044), (0x2070, 0x209C), (0x2190, 0x2193))


def signs() -> set[int]:
    """Latin, Greek, raised and lowered figures, GB 2312, and every sign of the words and rules."""
    found = {point for first, last in BLOCKS for point in range(first, last + 1)}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            found |= {ord(s) for s in bytes((high, low)).decode("gb2312", "ignore")}
    return found | written()


def written() -> set[int]:
    """Every sign of the columns that are read aloud: words and labels, in each language."""
    ends = tuple(f"_{name}" for name in languages())
    rows = (row for p in (ROOT / "thal_core").rglob("*.csv") for row in read_csv_rows(p))
    pairs = (pair for row in rows for pair in row.items() if pair[0])
    texts = (v for c, v in pairs if c in languages() or c.endswith(ends))
    return {ord(sign) for text in texts for sign in text or "" if ord(sign) > 0x20}


def face(path: str) -> TTFont:
    fonts = TTCollection(path).fonts if path.endswith(".ttc") else [TTFont(path)]
    return next(font for font in fonts if font["name"].getDebugName(1) == FACE)


def renamed(font: TTFont, family: str) -> TTFont:
    """Under a name of its own: a subset must not pass for the whole font."""
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 16):
            record.string = family
        elif record.nameID == 6:
            record.string = family.replace(" ", "") + "-Regular"
    return font


def make(font: TTFont, points: set[int], name: str) -> set[int]:
    """Writes the subset and gives the signs that the font does not have."""
    options = subset.Options(
        layout_features=["kern"], hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14]
    )
    absent = points - set(font.getBestCmap())
    maker = subset.Subsetter(options)
    maker.populate(unicodes=points)
    maker.subset(font)
    family = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    renamed(font, family).save(FONTS / f"{name}-Regular.{'otf' if 'CFF ' in font else 'ttf'}")
    print(f"{name}: {len(font.getBestCmap())} signs")
    return absent


def main(chinese: str, others: str) -> None:
    absent = make(face(chinese), signs(), "ThalSans")
    make(TTFont(others), {point for point in absent if point > 0x20}, "ThalSigns")


if __name__ == "__main__":
    main(*(sys.argv[1:3] or SOURCES))
