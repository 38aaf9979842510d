"""A form for each patient (label | value, and perhaps a small table of visits): all forms of a file
become one table of patients and one of visits.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from thal_core.intake.layout.header_rows import names_a_person
from thal_core.intake.layout.pieces import (
    Cell,
    Piece,
    Place,
    filled_places,
    noted,
    piece_from,
)
from thal_core.intake.text.codes import parse_code
from thal_core.intake.text.fold import compact, plain
from thal_core.intake.text.headers import Header, read_header
from thal_core.intake.text.shown import is_short_code
from thal_core.intake.text.timepoints import parse_time
from thal_core.rules.catalogue import fields
from thal_core.sheets.sheet import Kind, Sheet
from thal_core.vocabulary import ANALYTES

_MOST_ROWS, _MOST_COLUMNS = 5000, 40
_HEAD = 60  # rows in which the first form is looked for
_LONGEST_LABEL = 30  # characters
_ODD = 0.3  # rows of another kind for each row of labels
_AT_LEAST = 2  # labels of a patient's facts besides the id
_COLONS = ":：﹕"
_FACTS = frozenset({*ANALYTES, "sex", "age_years", "birth_date", "phenotype", "genotype"})
Pairs = list[tuple[Cell, Cell]]  # label, value


@dataclass
class Form:
    """What one form says: its pairs, its tables of visits (header, rows) and its other words."""

    pairs: Pairs = field(default_factory=list)
    tables: list[tuple[list[Cell], list[list[Cell]]]] = field(default_factory=list)
    others: list[Cell] = field(default_factory=list)

    def id_pair(self) -> tuple[Cell, Cell] | None:
        return next(
            (p for p in self.pairs if p[1].text and names_a_person(_label(p[0].text))), None
        )

    def n_facts(self) -> int:
        named = {_target(label.text) for label, _ in self.pairs}
        return len(named & _FACTS) + len(self.tables)


def is_form(sheet: Sheet) -> bool:
    """Does the sheet hold the form of a patient, rather than a table of patients?"""
    return bool(_forms(Piece(sheet, 0)))


def forms_together(pieces: list[Piece], may_be: list[bool], id_header: str) -> list[Piece]:
    """The pieces with all forms of one patient each as a table of patients and one of visits, in
    the place of the first form. ``id_header`` heads the ids that only sheet names give.
    """
    found = [_forms(p) if may else [] for p, may in zip(pieces, may_be, strict=True)]
    forms = [
        (p, form) for p, piece_forms in zip(pieces, found, strict=True) for form in piece_forms
    ]
    if not forms or len(forms) < 2 and len(pieces) > 1 and not _sure(forms[0][1]):
        return pieces
    together = _tables_of(forms, id_header)
    out: list[Piece] = []
    for piece, piece_forms in zip(pieces, found, strict=True):
        out += [] if piece_forms else [piece]
        if piece_forms and piece is forms[0][0]:
            out += together
    return out


def _sure(form: Form) -> bool:
    return form.n_facts() > _AT_LEAST and form.id_pair() is not None


def _forms(piece: Piece) -> list[Form]:
    """The forms of a sheet; none where it is no sheet of forms."""
    sheet = piece.sheet
    if not len(sheet.text) or len(sheet.text) > _MOST_ROWS or sheet.text.shape[1] > _MOST_COLUMNS:
        return []
    if not _begins_like_a_form(piece):
        return []
    scanned = _scanned(piece, len(sheet.text))
    if not _mostly_pairs(scanned):
        return []
    forms = _split(scanned)
    known = is_short_code(plain(sheet.title or sheet.name))
    named = len(forms) == 1 and (known or forms[0].n_facts() > _AT_LEAST)
    good = all(
        form.n_facts() >= _AT_LEAST and (form.id_pair() is not None or named) for form in forms
    )
    tabled = any(
        names_a_person(_label(c.text)) for f in forms for head, _ in f.tables for c in head
    )
    return forms if good and not tabled else []


def _mostly_pairs(scanned: list[tuple[str, object]]) -> bool:
    """Are rows of several cells that are no labels with values few, and none of them of ids?"""
    several = [c for what, c in scanned if what == "other" and len(c) > 1]  # type: ignore[arg-type]
    odd = [cells for cells in several if not all(_is_label(c.text) for c in cells)]  # type: ignore[attr-defined]
    ids = any(names_a_person(_label(cells[0].text)) for cells in odd)  # type: ignore[index]
    pairs = sum(what == "pairs" for what, _ in scanned)
    return not ids and len(odd) <= _ODD * pairs


def _begins_like_a_form(piece: Piece) -> bool:
    """Do the first rows hold labels with values, before any table that names patients?"""
    for what, content in _scanned(piece, _HEAD):
        if what == "pairs":
            return True
        if what == "table" and any(names_a_person(_label(c.text)) for c in content[0]):  # type: ignore[index]
            return False
    return False


def _scanned(piece: Piece, most: int) -> list[tuple[str, object]]:
    """The first rows in order as ("pairs", …), ("table", …) or ("other", …)."""
    lines = piece.cells(most)
    spans = {(m[0], m[1]): m[3] for m in piece.sheet.merged}
    out: list[tuple[str, object]] = []
    row = 0
    while row < len(lines):
        cells = [(c, cell) for c, cell in enumerate(lines[row]) if cell.kind != Kind.EMPTY]
        pairs = _pairs(cells, spans, row) if cells else None
        end = _table_end(lines, row) if pairs is None and cells else row
        if end > row + 1:
            out.append(("table", lines[row:end]))
            row = end
            continue
        if pairs is not None:
            out.append(("pairs", pairs))
        elif cells:
            out.append(("other", [cell for _, cell in cells]))
        row += 1
    return out


def _split(scanned: list[tuple[str, object]]) -> list[Form]:
    """A form begins where an id comes again."""
    forms: list[Form] = [Form()]
    for what, content in scanned:
        if what == "pairs":
            ids = any(names_a_person(_label(label.text)) for label, _ in content)  # type: ignore[attr-defined]
            again = ids and {compact(_label(x.text)) for x, _ in content} & {  # type: ignore[attr-defined]
                compact(_label(x.text)) for x, _ in forms[-1].pairs
            }
            if again:
                forms.append(Form())
            forms[-1].pairs += content  # type: ignore[arg-type]
        elif what == "table":
            head, *body = content  # type: ignore[misc]
            forms[-1].tables.append((head, body))
        else:
            forms[-1].others += content  # type: ignore[arg-type]
    return forms


def _label(text: str) -> str:
    return plain(text).rstrip(_COLONS + " ")


def _header(text: str) -> Header:
    return read_header(_label(text)) if len(text) <= _LONGEST_LABEL else Header()


def _target(text: str) -> str:
    return _header(text).target


def _is_label(text: str) -> bool:
    words = plain(text)
    return 0 < len(words) <= _LONGEST_LABEL and (bool(_target(words)) or words[-1] in _COLONS)


def _pairs(
    cells: list[tuple[int, Cell]], spans: dict[tuple[int, int], int], row: int
) -> Pairs | None:
    """The cells of a row as labels with their values; None where they are not all that."""
    out: Pairs = []
    place = 0
    while place < len(cells):
        column, cell = cells[place]
        inside = _pair_inside(cell)
        if inside is not None:
            out.append(inside)
            place += 1
            continue
        if not _is_label(cell.text):
            return None
        edge = spans.get((row, column), column)
        following = cells[place + 1] if place + 1 < len(cells) else None
        if following is None or following[0] > edge + 2 or _label_follows(cell, following, edge):
            out.append((cell, Cell()))
            place += 1
        else:
            out.append((cell, following[1]))
            place += 2
    filled = [value for _, value in out if value.text]
    return out if 2 * len(filled) >= len(out) and filled and not _is_header_row(cells) else None


def _label_follows(label: Cell, following: tuple[int, Cell], edge: int) -> bool:
    """Is the next cell a label of its own, the value of this one being blank?"""
    column, cell = following
    if _is_code_of(label, cell.text):
        return False
    return plain(cell.text)[-1:] in _COLONS or (column > edge + 1 and _is_label(cell.text))


def _is_code_of(label: Cell, text: str) -> bool:
    target = _target(label.text)
    kind = fields()[target].kind if target in fields() else ""
    if kind not in ("sex", "phenotype", "bool", "origin"):
        return False
    return parse_code(text, "splenectomy" if target == "splenectomy" else kind) is not None


def _is_header_row(cells: list[tuple[int, Cell]]) -> bool:
    """Are (nearly) all cells names of columns, and none the code of the label before it?"""
    texts = [cell for _, cell in cells]
    coded = any(_is_code_of(a, b.text) for a, b in zip(texts, texts[1:], strict=False))
    named = [_header(cell.text).says_something and not _is_number(cell.text) for cell in texts]
    return len(texts) > 2 and not coded and sum(named) >= 0.8 * len(texts)


def _is_number(text: str) -> bool:
    return plain(text).replace(".", "").isdigit()


def _pair_inside(cell: Cell) -> tuple[Cell, Cell] | None:
    """``编号：P001`` in one cell."""
    words = plain(cell.text).replace("：", ":")
    label, mark, value = words.partition(":")
    if not mark or not value.strip() or not _target(label):
        return None
    return cell._replace(text=label), cell._replace(text=value.strip())


def _table_end(lines: list[list[Cell]], row: int) -> int:
    """The row after the last of a small table whose header is this row; ``row`` where it is
    none.
    """
    cells = [(c, cell) for c, cell in enumerate(lines[row]) if cell.kind != Kind.EMPTY]
    if len(cells) < 2 or not _is_table_header([cell for _, cell in cells]):
        return row
    end = row + 1
    while end < len(lines) and _continues_table(lines[end], cells[0][0]):
        end += 1
    return end if end > row + 1 else row


def _continues_table(line: list[Cell], first: int) -> bool:
    """Is this a further row of a small table? A time alone in its first column is a visit without
    values.
    """
    filled = [cell for cell in line if cell.kind != Kind.EMPTY]
    if not filled or any(plain(c.text)[-1:] in _COLONS for c in filled):
        return False
    return len(filled) > 1 or parse_time(line[first].text) is not None


def _is_table_header(cells: list[Cell]) -> bool:
    named = [_header(cell.text).says_something and not _is_number(cell.text) for cell in cells]
    return sum(named) >= 2 and sum(named) >= 0.6 * len(cells)


def _tables_of(forms: list[tuple[Piece, Form]], id_header: str) -> list[Piece]:
    """One table of the patients, and one of each kind of visit table."""
    first = forms[0][0]
    ids = [_id_cell(piece, form) for piece, form in forms]
    has_pair = any(form.id_pair() is not None for _, form in forms)
    labels = _labels(forms)
    pairs = [form.id_pair() for _, form in forms]
    id_header = next((_label(pair[0].text) for pair in pairs if pair), id_header)
    header = [*([] if has_pair else [Cell(id_header, Kind.TEXT)])]
    header += [Cell(text, Kind.TEXT) for text in labels.values()]
    rows = [
        [*([] if has_pair else [id_cell]), *_values(form, labels)]
        for id_cell, (_, form) in zip(ids, forms, strict=True)
    ]
    patients = piece_from(first, [header, *rows], title="")
    spent, unread = _beside(forms)
    patients = replace(patients, spent=spent, unread=unread)
    sheets = {piece.number for piece, _ in forms}
    patients = noted(patients, "intake.layout.forms", n=str(len(forms)), sheets=str(len(sheets)))
    return [patients, *_visits(first, ids, [form for _, form in forms], id_header)]


def _id_cell(piece: Piece, form: Form) -> Cell:
    pair = form.id_pair()
    return pair[1] if pair else Cell(plain(piece.sheet.title or piece.sheet.name), Kind.TEXT)


def _labels(forms: list[tuple[Piece, Form]]) -> dict[str, str]:
    """Every label of the forms once: compact → as typed."""
    found: dict[str, str] = {}
    for _, form in forms:
        for label, _ in form.pairs:
            found.setdefault(compact(label.text), _label(label.text))
    return found


def _values(form: Form, labels: dict[str, str]) -> list[Cell]:
    """The value of each label; the first that is filled where one comes twice."""
    by_label: dict[str, Cell] = {}
    for label, value in form.pairs:
        key = compact(label.text)
        if value.kind != Kind.EMPTY and key not in by_label:
            by_label[key] = value
    return [by_label.get(key, Cell()) for key in labels]


def _beside(forms: list[tuple[Piece, Form]]) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """(cells of labels and headers, cells of other words)."""
    labels = [label for _, form in forms for label, _ in form.pairs]
    heads = [cell for _, form in forms for head, _ in form.tables for cell in head]
    others = [cell for _, form in forms for cell in form.others]
    return filled_places([*labels, *heads]), filled_places(others)


def _visits(first: Piece, ids: list[Cell], forms: list[Form], id_header: str) -> list[Piece]:
    """The small tables of the forms, those of one header together, with the patient's id."""
    groups: dict[tuple[str, ...], list[list[Cell]]] = {}
    for id_cell, form in zip(ids, forms, strict=True):
        for head, body in form.tables:
            used = np.flatnonzero([any(r[c].kind for r in (head, *body)) for c in range(len(head))])
            key = tuple(plain(head[c].text) for c in used)
            groups.setdefault(key, []).extend([id_cell, *(row[c] for c in used)] for row in body)
    header = Cell(id_header, Kind.TEXT)
    return [
        piece_from(
            first,
            [[header, *(Cell(text, Kind.TEXT if text else 0) for text in key)], *rows],
            name=f"{first.sheet.name} ({number})",
            title="",
        )
        for number, (key, rows) in enumerate(groups.items(), start=2)
    ]
