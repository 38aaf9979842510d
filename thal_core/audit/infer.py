"""Checks for a paper that brings no check table, from the structure of its rows alone.

Only what the structure leaves no doubt about is checked: rows of one item and one row label belong
together; n may stand once for the whole item. Anything ambiguous is left alone, so that a finding
is never an artefact of a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from thal_core.audit.checktable import Check, Selector
from thal_core.audit.printed import Printed

BEFORE_AFTER = ((" before", " after"), (" baseline", " follow-up"), ("治疗前", "治疗后"))
WHOLE = ("all", "total", "overall", "合计", "全部")
ELSEWHERE = ("abstract", "text", "results", "discussion", "摘要", "正文")
WHOLE_NUMBERS = "whole numbers"  # in a row's note: its mean is of values recorded as whole numbers


def infer_checks(figures: Sequence[Printed]) -> list[Check]:
    """Checks of every paper among ``figures``, each by the ids of its rows."""
    found: list[Check] = []
    for _, rows in _grouped(figures, lambda f: f.paper):
        for _, item in _grouped(rows, lambda f: f.item):
            blocks = [block for _, block in _grouped(item, lambda f: f.row)]
            sizes = [f for block in blocks if all(f.statistic == "n" for f in block) for f in block]
            for block in blocks:
                found += _of_block(block, sizes)
            found += _of_levels(item, sizes)
        found += _printed_again(rows)
    return [_numbered(check, place) for place, check in enumerate(found, start=1)]


def _of_block(block: list[Printed], headed: list[Printed]) -> Iterator[Check]:
    """One row label of one table; ``headed``: group sizes from row labels that hold nothing
    else.
    """
    for _, members in _grouped(block, lambda f: f.group):
        yield from _of_group(members, block, headed)
    for moment in _moments(block):
        yield from _of_comparison(moment, headed)


def _of_group(
    members: list[Printed], block: list[Printed], headed: list[Printed]
) -> Iterator[Check]:
    one = _single(members)
    sizes = _sizes(members, headed)
    if {"count", "percent"} <= set(one) and len(sizes) == 1:
        yield _check("percent", [one["percent"]], first=[one["count"]], total=sizes)
    if {"mean", "min", "max"} <= set(one) and len(sizes) == 1:
        targets = [one[name] for name in ("mean", "sd") if name in one]
        yield _check("range", targets, first=[one["min"], one["max"]], total=sizes)
    if {"or", "ci_low", "ci_high"} <= set(one):
        chances = [f for f in block if f.statistic == "p"]
        targets = [one["or"], *(chances if len(chances) == 1 else [])]
        yield _check("odds_ratio", targets, first=[one["ci_low"], one["ci_high"]])
    if {"r", "p"} <= set(one) and len(sizes) == 1:
        yield _check("correlation", [one["p"]], first=[one["r"]], total=sizes)
    if "mean" in one and WHOLE_NUMBERS in one["mean"].note.lower() and len(sizes) == 1:
        yield _check(
            "whole_numbers", [one[name] for name in ("mean", "sd") if name in one], total=sizes
        )


def _of_comparison(block: list[Printed], headed: list[Printed]) -> Iterator[Check]:
    """Two groups, or before and after, with the test between them; a whole and its parts."""
    groups = {name: _single(rows) for name, rows in _grouped(block, lambda f: f.group)}
    described = [name for name, one in groups.items() if "mean" in one]
    sizes = [f for f in block if f.statistic == "n"] + [f for f in headed if f.row != block[0].row]
    pairs = _before_after(described)
    for stem, pair in pairs.items():
        tests = [
            f
            for f in block
            if f.group not in described and (len(pairs) == 1 or f.group.startswith(f"{stem} "))
        ]
        yield from _of_pair(groups, stem, pair, _compared(tests), sizes)
    targets = _compared([f for f in block if f.group not in described])
    parts = [name for name in described if name.lower() not in WHOLE]
    if len(parts) == 2 and targets and not pairs:
        one, two = (groups[name] for name in parts)
        yield _check(
            "t_test",
            targets,
            first=_moments_of(one),
            second=_moments_of(two),
            total=[f for f in sizes if f.group in parts],
        )
    yield from _of_whole(groups, described, sizes)


def _of_pair(
    groups: dict[str, dict[str, Printed]],
    stem: str,
    pair: tuple[str, str],
    targets: list[Printed],
    sizes: list[Printed],
) -> Iterator[Check]:
    targets = [f for f in targets if f.statistic != "se"]
    if targets:
        n = [f for f in sizes if f.group in (stem, *pair)] or sizes
        yield _check(
            "paired",
            targets,
            first=_moments_of(groups[pair[0]]),
            second=_moments_of(groups[pair[1]]),
            total=n[:1] if len({f.value for f in n}) == 1 else [],
        )


def _of_whole(
    groups: dict[str, dict[str, Printed]], described: list[str], sizes: list[Printed]
) -> Iterator[Check]:
    whole = next((name for name in described if name.lower() in WHOLE), None)
    parts = [name for name in described if name != whole]
    n = {
        name: groups[name].get("n") or next((f for f in sizes if f.group == name), None)
        for name in described
    }
    if whole is None or len(parts) < 2 or any(size is None for size in n.values()):
        return
    if sum(n[name].value for name in parts) == n[whole].value:
        rows = [f for name in parts for f in _moments_of(groups[name]) if f.statistic != "n"]
        targets = [groups[whole][name] for name in ("mean", "sd") if name in groups[whole]]
        yield _check(
            "combine",
            targets,
            first=rows,
            total=[n[name] for name in parts],
            options={"parts": "group"},
        )


def _of_levels(item: list[Printed], headed: list[Printed]) -> Iterator[Check]:
    """Counts of the levels "Sex: Male", "Sex: Female" in two groups, with the P printed at
    "Sex".
    """
    for _, rows in _grouped(item, lambda f: f.measure):
        counts = [f for f in rows if f.statistic == "count" and ": " in f.row]
        groups = list(dict.fromkeys(f.group for f in counts))
        chances = [f for f in rows if f.statistic == "p" and f.group not in groups]
        if len(groups) == 2 and len(chances) == 1:
            first, second = ([f for f in counts if f.group == name] for name in groups)
            sizes = [f for f in headed if f.group in groups]
            yield _check("chi_square", chances, first=first, second=second, total=sizes)


def _printed_again(rows: list[Printed]) -> Iterator[Check]:
    """The same figure in the abstract or the text and in a table."""
    for _, alike in _grouped(
        rows, lambda f: (f.row, f.group, f.timepoint_months, f.statistic, f.unit)
    ):
        retold = [f for f in alike if f.item.lower().startswith(ELSEWHERE)]
        tabled = [f for f in alike if f not in retold]
        if retold and len({f.item for f in tabled}) == 1 and len(tabled) == 1:
            yield _check("same", retold, first=tabled)


def _moments(block: list[Printed]) -> list[list[Printed]]:
    """The block, split by month where a group is described at several; blank months belong to
    all.
    """
    means = [(f.group, f.timepoint_months) for f in block if f.statistic == "mean"]
    if len({group for group, _ in means}) == len(means):
        return [block]
    months = dict.fromkeys(month for _, month in means)
    return [[f for f in block if f.timepoint_months in ("", month)] for month in months]


def _single(rows: Iterable[Printed]) -> dict[str, Printed]:
    """Statistics printed exactly once among the rows."""
    by_name = dict(_grouped(rows, lambda f: f.statistic))
    return {name: found[0] for name, found in by_name.items() if len(found) == 1}


def _sizes(members: list[Printed], headed: list[Printed]) -> list[Printed]:
    """n of the group: in its own row, else once for the item."""
    own = [f for f in members if f.statistic == "n"]
    return own or [f for f in headed if f.group == members[0].group]


def _moments_of(one: dict[str, Printed]) -> list[Printed]:
    return [one[name] for name in ("n", "mean", "sd") if name in one]


def _compared(rows: list[Printed]) -> list[Printed]:
    """Difference, standard error and P, where each is printed once."""
    found = _single(rows)
    return [found[name] for name in ("mean_diff", "se", "p") if name in found]


def _before_after(groups: list[str]) -> dict[str, tuple[str, str]]:
    """Pairs of groups named "X before" and "X after", by X."""
    pairs = {}
    for before, after in BEFORE_AFTER:
        for group in groups:
            stem = f" {group}".lower().removesuffix(before).strip()
            twin = [
                g
                for g in groups
                if f" {g}".lower().endswith(after)
                and f" {g}".lower().removesuffix(after).strip() == stem
            ]
            if f" {group}".lower().endswith(before) and len(twin) == 1:
                pairs[group[: len(stem)]] = (group, twin[0])
    return pairs


def _check(
    kind: str, targets: list[Printed], options: dict[str, str] | None = None, **roles: list[Printed]
) -> Check:
    paper = targets[0].paper if targets else ""
    return Check(
        "",
        paper,
        kind,
        (),
        _by_id(targets),
        {name: _by_id(rows) for name, rows in roles.items()},
        options or {},
    )


def _by_id(figures: list[Printed]) -> Selector:
    return Selector.of_ids(f.id for f in figures)


def _numbered(check: Check, place: int) -> Check:
    return Check(
        f"inferred-{place}",
        check.paper,
        check.kind,
        check.each,
        check.target,
        check.roles,
        check.options,
    )


def _grouped(rows: Iterable[Printed], key: Callable[[Printed], object]) -> list[tuple]:
    """Groups in the order of their first row."""
    found: dict[object, list[Printed]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return list(found.items())
