"""Which wheels a computer needs for requirements.txt: the pinned versions, all the way down."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from hashlib import sha256
from pathlib import Path

from packaging import tags
from packaging.markers import Environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).parents[2]
RECORD = Path(__file__).with_name("wheels.csv")
PYTHONS = ("3.11", "3.12", "3.13")
WINDOWS = "win_amd64"
COLUMNS = ("package", "version", "file", "sha256", "requires_python", "requires")


@dataclass(frozen=True)
class Wheel:
    """One row of wheels.csv: a file of the index, and what its metadata ask for."""

    package: str
    version: str
    file: str
    sha256: str
    requires_python: str
    requires: str  # Requires-Dist, one beside the other with " | " between; extras left out

    @property
    def tags(self) -> frozenset[tags.Tag]:
        return parse_wheel_filename(self.file)[3]

    @property
    def needs(self) -> list[Requirement]:
        return [Requirement(text) for text in self.requires.split(" | ") if text]


class Incomplete(Exception):
    """A wheel is missing, not pinned, or not the pinned one."""


def read_record(path: Path = RECORD) -> list[Wheel]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Wheel(**row) for row in csv.DictReader(file)]


def record_text(wheels: Iterable[Wheel]) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for wheel in sorted(wheels, key=lambda w: (w.package, w.file)):
        table.writerow([getattr(wheel, column) for column in COLUMNS])
    return out.getvalue()


def wheel_at(path: Path) -> Wheel:
    """A downloaded wheel, with its hash and its metadata."""
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    asked = [text for text in metadata.get_all("Requires-Dist") or [] if "extra ==" not in text]
    return Wheel(
        canonicalize_name(metadata["Name"]),
        metadata["Version"],
        path.name,
        sha256(path.read_bytes()).hexdigest(),
        metadata["Requires-Python"] or "",
        " | ".join(" ".join(text.split()) for text in asked),
    )


def requirements(path: Path = ROOT / "requirements.txt") -> list[Requirement]:
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line]


def pins(path: Path = ROOT / "constraints.txt") -> dict[str, str]:
    """Package → the one version."""
    named = requirements(path)
    return {canonicalize_name(r.name): next(iter(r.specifier)).version for r in named}


def environment(python: str, platform: str) -> Environment:
    """What a marker is asked on such a computer."""
    on_windows = platform == WINDOWS
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "nt" if on_windows else "posix",
        "platform_machine": "AMD64" if on_windows else "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Windows" if on_windows else "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "win32" if on_windows else "linux",
    }


def supported(python: str, platforms: list[str]) -> list[tags.Tag]:
    """The tags such a computer installs, best first."""
    version = tuple(map(int, python.split(".")))
    plain = tags.compatible_tags(version, f"cp{version[0]}{version[1]}", platforms)
    return [*tags.cpython_tags(version, platforms=platforms), *plain]


def needed(
    wheels: Iterable[Wheel], python: str, platform: str, platforms: list[str]
) -> dict[str, Wheel | None]:
    """Package → the wheel such a computer would install, None where there is none: everything that
    requirements.txt asks for, and what that asks for, in the pinned versions.
    """
    best = _best(wheels, python, platforms)
    where, versions = environment(python, platform), pins()
    found: dict[str, Wheel | None] = {}
    open_requirements = requirements()
    while open_requirements:
        asked = open_requirements.pop()
        name = canonicalize_name(asked.name)
        if asked.marker is not None and not asked.marker.evaluate({**where, "extra": ""}):
            continue
        if not asked.specifier.contains(versions.get(name, "0"), prereleases=True):
            raise Incomplete(f"{asked} is asked for, but pinned is {versions.get(name)}")
        if name not in found:
            found[name] = best.get((name, versions[name]))
            open_requirements += found[name].needs if found[name] else []
    return found


def _best(
    wheels: Iterable[Wheel], python: str, platforms: list[str]
) -> dict[tuple[str, str], Wheel]:
    """(package, version) → the wheel that fits such a computer best."""
    rank = {tag: number for number, tag in enumerate(supported(python, platforms))}
    best: dict[tuple[str, str], tuple[int, Wheel]] = {}
    for wheel in wheels:
        here = min((rank[tag] for tag in wheel.tags if tag in rank), default=None)
        if here is None or not _allows(wheel, python):
            continue
        key = (wheel.package, wheel.version)
        best[key] = min(best.get(key, (here, wheel)), (here, wheel), key=lambda one: one[0])
    return {key: wheel for key, (_, wheel) in best.items()}


def _allows(wheel: Wheel, python: str) -> bool:
    if not wheel.requires_python:
        return True
    return (
        next(
            iter(Requirement(f"x{wheel.requires_python}").specifier.filter([f"{python}.99"])), None
        )
        is not None
    )


def complete(wheels: Iterable[Wheel], python: str, platform: str = WINDOWS) -> list[Wheel]:
    """What such a computer needs; Incomplete where one is missing."""
    found = needed(wheels, python, platform, [platform])
    missing = sorted(name for name, wheel in found.items() if wheel is None)
    if missing:
        raise Incomplete(f"Python {python}: no wheel for {', '.join(missing)}")
    return [wheel for wheel in found.values() if wheel]


def hashed_requirements(wheels: Iterable[Wheel]) -> Iterator[str]:
    """The lines pip installs from with ``--require-hashes``."""
    hashes: dict[tuple[str, str], list[str]] = {}
    for wheel in wheels:
        hashes.setdefault((wheel.package, wheel.version), []).append(wheel.sha256)
    for (package, version), own in sorted(hashes.items()):
        yield f"{package}=={version} " + " ".join(
            f"--hash=sha256:{one}" for one in sorted(set(own))
        )
