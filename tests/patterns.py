"""Every regular expression of the program, and which of them could take longer than one walk along
the text.

``problems(pattern)`` judges by structure alone (python's own parse of the pattern), so that nothing
depends on how fast a machine is.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

ROOT = Path(__file__).parents[1]
IN_RE = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
ANCHORING = {"match", "fullmatch"}
IN_PANDAS = {
    "contains",
    "match",
    "fullmatch",
    "extract",
    "extractall",
    "replace",
    "split",
    "findall",
    "count",
}
LONG = 100  # a repeat that may go further than this is as good as unbounded beside another one
Node = tuple[object, object]


# ---- the judge


@dataclass(frozen=True)
class _Here:
    """Where in the pattern: is the start fixed, and what goes round in a loop outside."""

    anchored: bool
    flags: int
    around: tuple[Node, ...] = ()  # nodes that come again, where a repeat outside goes round
    in_loop: bool = False
    in_unbounded: bool = False


def problems(pattern: str | bytes, flags: int = 0, anchored: bool = False) -> list[str]:
    """What makes the pattern slow on a long text; empty where nothing does.

    Refused: an unbounded repeat that can fail behind itself and may start anywhere; an unbounded
    repeat inside another; two unbounded repeats that can take the same characters from each other;
    a loop whose round can be read in several ways. anchored: the call fixes the start
    (``re.match``).
    """
    tree = parser.parse(pattern, flags)
    flags = tree.state.flags
    found: list[str] = []
    for branch in _branches(list(tree)):
        begins = (
            bool(branch)
            and branch[0][0] is code.AT
            and branch[0][1] in (code.AT_BEGINNING, code.AT_BEGINNING_STRING)
        )
        fixed = anchored or begins and not flags & re.MULTILINE
        found += _judge([], branch, [], _Here(fixed, flags))
    return list(dict.fromkeys(found))


def _branches(nodes: list[Node]) -> list[list[Node]]:
    return (
        [list(b) for b in nodes[0][1][1]]
        if len(nodes) == 1 and nodes[0][0] is code.BRANCH
        else [nodes]
    )  # type: ignore[index]


def _judge(before: list[Node], nodes: list[Node], after: list[Node], here: _Here) -> list[str]:
    """The faults of ``nodes``; ``before`` and ``after`` are what surrounds them."""
    found: list[str] = []
    for place, (kind, what) in enumerate(nodes):
        ahead, rest = [*before, *nodes[:place]], [*nodes[place + 1 :], *after]
        if kind in _REPEATS:
            found += _judge_repeat(what, ahead, rest, here)
        elif kind is code.BRANCH:
            if here.in_loop and _overlapping(
                [_first([*b, *rest, *here.around], here.flags) for b in what[1]]
            ):
                found.append("alternatives of a loop begin alike")
            for branch in what[1]:
                found += _judge(ahead, list(branch), rest, here)
        elif kind in (code.ASSERT, code.ASSERT_NOT):
            found += _judge(ahead, list(what[1]), [], here)
        else:
            for inner in _inside(kind, what):
                found += _judge(ahead, inner, rest, here)
    return found


def _judge_repeat(what: object, ahead: list[Node], rest: list[Node], here: _Here) -> list[str]:
    low, high, body = what[0], what[1], list(what[2])  # type: ignore[index]
    found: list[str] = []
    taken, unbounded, loops = (
        _taken(body, here.flags),
        high is code.MAXREPEAT,
        high is code.MAXREPEAT or high > 3,
    )
    if unbounded and here.in_loop:
        found.append("unbounded inside a repeat")
    if unbounded and not here.anchored and _can_fail(rest) and not _held(ahead, taken, here.flags):
        found.append("unbounded, may start anywhere, and can fail behind itself")
    follows = [*rest, *here.around]
    gives_back = _first(body, here.flags) & _first(follows, here.flags)
    if (unbounded or high > LONG) and gives_back and _meets_another(taken, follows, here.flags):
        found.append("two long repeats take the same characters")
    if here.in_loop and low != high and taken & _first(follows, here.flags):
        found.append("a loop whose round can be read in several ways")
    again = (*body, *here.around) if loops else here.around
    inner = _Here(
        here.anchored, here.flags, again, here.in_loop or loops, here.in_unbounded or unbounded
    )
    return found + _judge(ahead, body, rest if not loops else [], inner)


_REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)


def _inside(kind: object, what: object) -> list[list[Node]]:
    if kind is code.SUBPATTERN:
        return [list(what[3])]  # type: ignore[index]
    if kind is code.ATOMIC_GROUP:
        return [list(what)]  # type: ignore[call-overload]
    if kind is code.GROUPREF_EXISTS:
        return [list(part) for part in what[1:] if part]  # type: ignore[index]
    return []


def _held(ahead: list[Node], taken: frozenset[int], flags: int) -> bool:
    """Can every run of these characters be walked along from one place only?

    ``(?<!\\d)\\d+`` begins only where its run begins. ``"[^"]*"`` begins behind a character that
    the run itself cannot hold, so that two runs never share a character.
    """
    for kind, what in reversed(ahead):
        if kind in _REPEATS and what[1] is code.MAXREPEAT:  # type: ignore[index]
            return False
        if kind in (code.ASSERT, code.ASSERT_NOT) and what[0] == -1 and len(what[1]) == 1:  # type: ignore[index]
            behind = _taken(list(what[1]), flags)  # type: ignore[index]
            if (kind is code.ASSERT and not behind & taken) or (
                kind is code.ASSERT_NOT and taken <= behind and (kind, what) == ahead[-1]
            ):
                return True
        own = _taken([(kind, what)], flags)
        if own and not own & taken and not _nullable([(kind, what)]):
            return True
    return False


def _meets_another(taken: frozenset[int], rest: list[Node], flags: int) -> bool:
    """Can a run of these characters go on into another long repeat that takes them too?"""
    if not rest:
        return False
    (kind, what), more = rest[0], rest[1:]
    if kind in (code.AT, code.ASSERT, code.ASSERT_NOT):
        return _meets_another(taken, more, flags)
    own = _taken([(kind, what)], flags)
    if not own & taken:
        return _nullable([(kind, what)]) and _meets_another(taken, more, flags)
    if kind in _REPEATS:
        low, high, body = what  # type: ignore[misc]
        if high is code.MAXREPEAT or high > LONG:
            return True
        return (
            _meets_another(taken, [*body, *more], flags)
            or not low
            and _meets_another(taken, more, flags)
        )
    if kind is code.BRANCH:
        return any(_meets_another(taken, [*branch, *more], flags) for branch in what[1])  # type: ignore[index]
    inner = _inside(kind, what)
    return any(_meets_another(taken, [*part, *more], flags) for part in inner or [[]])


def _can_fail(nodes: list[Node]) -> bool:
    for kind, what in nodes:
        if kind in _REPEATS:
            if what[0] and _can_fail(list(what[2])):  # type: ignore[index]
                return True
        elif kind is code.BRANCH:
            if all(_can_fail(list(b)) for b in what[1]):  # type: ignore[index]
                return True
        elif kind in (code.SUBPATTERN, code.ATOMIC_GROUP):
            if _can_fail(_inside(kind, what)[0]):
                return True
        else:
            return True
    return False


def _nullable(nodes: list[Node]) -> bool:
    for kind, what in nodes:
        if kind in (code.AT, code.ASSERT, code.ASSERT_NOT, code.GROUPREF_EXISTS):
            continue
        if kind in _REPEATS:
            if what[0] and not _nullable(list(what[2])):  # type: ignore[index]
                return False
        elif kind is code.BRANCH:
            if not any(_nullable(list(b)) for b in what[1]):  # type: ignore[index]
                return False
        elif not (_inside(kind, what) and _nullable(_inside(kind, what)[0])):
            return False
    return True


def _first(nodes: list[Node], flags: int) -> frozenset[int]:
    """The characters that can come first."""
    found: frozenset[int] = frozenset()
    for kind, what in nodes:
        if kind in _REPEATS:
            found |= _first(list(what[2]), flags)  # type: ignore[index]
        elif kind is code.BRANCH:
            found |= frozenset().union(*(_first(list(b), flags) for b in what[1]))  # type: ignore[index]
        elif inner := _inside(kind, what):
            found |= frozenset().union(*(_first(part, flags) for part in inner))
        else:
            found |= _characters(kind, what, flags)
        if not _nullable([(kind, what)]):
            break
    return found


def _taken(nodes: list[Node], flags: int) -> frozenset[int]:
    """Every character that can stand somewhere in what the nodes match."""
    found: frozenset[int] = frozenset()
    for kind, what in nodes:
        if kind in _REPEATS:
            found |= _taken(list(what[2]), flags)  # type: ignore[index]
        elif kind is code.BRANCH:
            found |= frozenset().union(*(_taken(list(b), flags) for b in what[1]))  # type: ignore[index]
        elif inner := _inside(kind, what):
            found |= frozenset().union(*(_taken(part, flags) for part in inner))
        else:
            found |= _characters(kind, what, flags)
    return found


def _overlapping(sets: list[frozenset[int]]) -> bool:
    return sum(map(len, sets)) > len(frozenset().union(*sets))


# A character of each kind that a pattern can tell apart: all of ASCII and Latin, Greek, and one of
# other scripts.
ALPHABET = frozenset(range(0x180)) | frozenset(
    map(
        ord,
        "αβγδωΑΩ°±×→↑↓≤≥≈′″‰–—−～。，、；：（）【】［］·"
        "一七三中号省市汉月年日龥０９Ａｚกعдअ가あア　\u2028",
    )
)
_CATEGORIES = {
    code.CATEGORY_DIGIT: r"\d",
    code.CATEGORY_NOT_DIGIT: r"\D",
    code.CATEGORY_SPACE: r"\s",
    code.CATEGORY_NOT_SPACE: r"\S",
    code.CATEGORY_WORD: r"\w",
    code.CATEGORY_NOT_WORD: r"\W",
}


def _characters(kind: object, what: object, flags: int) -> frozenset[int]:
    """The characters of ALPHABET (and of the node itself) that one node takes."""
    if kind is code.LITERAL:
        return _cases(frozenset({what}), flags)  # type: ignore[arg-type]
    if kind is code.NOT_LITERAL:
        return ALPHABET - _cases(frozenset({what}), flags)  # type: ignore[arg-type]
    if kind is code.ANY:
        return ALPHABET if flags & re.DOTALL else ALPHABET - {10}
    if kind is not code.IN:
        return frozenset()
    found: frozenset[int] = frozenset()
    for one, value in what:  # type: ignore[attr-defined]
        if one is code.LITERAL:
            found |= {value}
        elif one is code.RANGE:
            found |= {c for c in ALPHABET if value[0] <= c <= value[1]} | set(value)
        elif one is code.CATEGORY:
            found |= {c for c in ALPHABET if re.match(_CATEGORIES[value], chr(c))}
    found = _cases(found, flags)
    return ALPHABET - found if what[0][0] is code.NEGATE else found  # type: ignore[index]


def _cases(characters: frozenset[int], flags: int) -> frozenset[int]:
    if not flags & re.IGNORECASE:
        return characters
    return frozenset(
        ord(c)
        for one in characters
        for c in {chr(one), chr(one).lower(), chr(one).upper()}
        if len(c) == 1
    )


# ---- the collector


@dataclass(frozen=True)
class Place:
    """A call that takes a pattern. ``pattern`` is None where only the running program knows it."""

    file: str
    first: int
    last: int
    anchored: bool
    pattern: str | bytes | None
    flags: int = 0


def places() -> list[Place]:
    """Every call of thal_core, ui, pages, and app.py that takes a pattern for python's own
    engine.
    """
    files = [
        ROOT / "app.py",
        *(p for room in ("thal_core", "ui", "pages") for p in sorted((ROOT / room).rglob("*.py"))),
    ]
    return [place for path in files for place in _places_of(path)]


def _places_of(path: Path) -> Iterator[Place]:
    name = path.relative_to(ROOT).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "re":
            raise AssertionError(f"{name}: import re whole, so that its patterns are seen")
        if isinstance(node, ast.Call) and (argument := _pattern_of(node)) is not None:
            known, pattern, flags = _evaluated(name, argument, node)
            anchored = isinstance(node.func, ast.Attribute) and node.func.attr in ANCHORING
            yield Place(
                name,
                node.lineno,
                node.end_lineno or node.lineno,
                anchored,
                pattern if known else None,
                flags,
            )


def _pattern_of(call: ast.Call) -> ast.expr | None:
    """The argument that is a pattern, of ``re.`` and of ``.str.``; None where the call takes none.

    Arrow's functions are left out: their engine (RE2) walks along a text once, whatever the
    pattern.
    """
    function = call.func
    if not isinstance(function, ast.Attribute):
        return None
    owner, keywords = function.value, {k.arg: k.value for k in call.keywords}
    if isinstance(owner, ast.Name) and owner.id == "re" and function.attr in IN_RE:
        return keywords.get("pattern") or call.args[0]
    if isinstance(owner, ast.Attribute) and owner.attr == "str" and function.attr in IN_PANDAS:
        regex = keywords.get("regex")
        usual = function.attr not in ("replace", "split")
        if regex.value if isinstance(regex, ast.Constant) else usual:
            return keywords.get("pat") or call.args[0]
    return None


def _evaluated(
    name: str, argument: ast.expr, call: ast.Call
) -> tuple[bool, str | bytes | None, int]:
    """(known, pattern, flags): a literal, or what the names of the module make of it."""
    names: dict[str, object] = {"re": re}
    if not isinstance(argument, ast.Constant):
        names |= vars(
            importlib.import_module(
                name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
            )
        )
    try:
        pattern = eval(ast.unparse(argument), names)
        given = [*call.args[1:], *(k.value for k in call.keywords if k.arg == "flags")]
        flags = next(
            (
                int(eval(ast.unparse(f), names))
                for f in given
                if isinstance(f, ast.Attribute | ast.BinOp) and ast.unparse(f).startswith("re.")
            ),
            0,
        )
    except NameError:
        return False, None, 0
    return isinstance(pattern, str | bytes), pattern, flags


def running() -> list[Place]:
    """What a process that reads every kind of thing compiles: patterns that are built while
    running.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.patterns"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [Place(**one) for one in json.loads(done.stdout.splitlines()[-1])]


def _record() -> list[dict[str, object]]:
    seen: dict[tuple[object, ...], dict[str, object]] = {}
    compiled = re._compile  # type: ignore[attr-defined]

    def watched(pattern: object, flags: int) -> object:
        frame = sys._getframe(1)
        method = frame.f_code.co_name
        while (
            frame.f_code.co_filename.endswith(("/re/__init__.py",))
            or "/pandas/" in frame.f_code.co_filename
        ):
            frame = frame.f_back  # type: ignore[assignment]
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT / "thal_core") and isinstance(pattern, str | bytes):
            file = path.relative_to(ROOT).as_posix()
            seen[file, frame.f_lineno, pattern] = {
                "file": file,
                "first": frame.f_lineno,
                "last": frame.f_lineno,
                "anchored": method in ANCHORING,
                "flags": int(flags),
                "pattern": pattern if isinstance(pattern, str) else pattern.decode("latin-1"),
            }
        return compiled(pattern, flags)

    re._compile = watched  # type: ignore[attr-defined]
    _use_everything()
    return list(seen.values())


def _use_everything() -> None:
    """Import the program, and let each of its readers read something."""
    import csv

    for path in sorted((ROOT / "thal_core").rglob("*.py")):
        if path.stem != "__main__":
            importlib.import_module(
                path.relative_to(ROOT)
                .as_posix()
                .removesuffix(".py")
                .replace("/", ".")
                .removesuffix(".__init__")
            )
    from thal_core import analyse, parse_genotype, read_cohort
    from thal_core.intake.fields.data_dictionary import parse_choices
    from thal_core.intake.text.clinical_terms import denies, dose_in, drugs_in, events_in
    from thal_core.intake.text.codes import parse_code
    from thal_core.intake.text.headers import read_header
    from thal_core.intake.text.regimens import parse_regimen
    from thal_core.sheets.sheet_xml import scan_sheet_xml

    for row in csv.reader((ROOT / "tests" / "data" / "genotype_cases.csv").open(encoding="utf-8")):
        parse_genotype(row[0])
    for text in ("CD41-42/?", "654M/N, α未检出", "其余位点未见异常", "HbE XmnI +/+"):
        parse_genotype(text)
    cohort = read_cohort(ROOT / "tests" / "data" / "table3_2024.csv")
    for name in ("safety_flags", "adverse_events", "response_rates"):
        analyse(cohort, name)
    scan_sheet_xml(b'<row r="900000"><c r="A900000"/></row>', "a")
    scan_sheet_xml(b'<c r="ZA1"/>', "a")
    (
        parse_regimen("2U q3w"),
        read_header("Hb 6M (g/L)"),
        parse_choices("1, Male | 2, Female"),
        drugs_in("thalidomide"),
        parse_code("non è dipendente da trasfusioni", "phenotype"),
    )
    events_in("no rash, dizziness grade 2 at month 3"), dose_in("50 mg qn"), denies("no rash")


if __name__ == "__main__":
    print(json.dumps(_record()))
