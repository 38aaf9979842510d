"""``python -m tools.kit.build``: one folder, and a zip of it, from which the program installs and
starts on a computer without internet.

For Windows every wheel is the recorded one (wheels.csv), by its hash. ``--platform linux`` makes
the same kit for this computer's own system: the path of the test.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from packaging import tags

from tools.kit.record import collect, download
from tools.kit.wheels import (
    PYTHONS,
    ROOT,
    WINDOWS,
    Incomplete,
    Wheel,
    complete,
    hashed_requirements,
    read_record,
    wheel_at,
)

NAME = "thal-kit"
PARTS = (
    ".streamlit",
    "app.py",
    "pages",
    "ui",
    "thal_core",
    "data",
    "docs",
    "start.py",
    "start.bat",
    "requirements.txt",
    "constraints.txt",
    "README.md",
    "SECURITY.md",
    "CHANGELOG.md",
)


def windows_wheels(pythons: list[str], folder: Path) -> list[Wheel]:
    """The recorded wheels, fetched and compared with the record."""
    record = read_record()
    wanted = {wheel for python in pythons for wheel in complete(record, python)}
    for python in pythons:
        needed = complete(record, python)
        absent = [wheel for wheel in needed if not (folder / wheel.file).exists()]
        if absent:
            download(list(hashed_requirements(absent)), python, [WINDOWS], folder)
    check(wanted, folder)
    return sorted(wanted, key=lambda wheel: wheel.file)


def check(wanted: Iterable[Wheel], folder: Path) -> None:
    """Incomplete where the folder's wheels are not exactly those of the record."""
    found = {path.name: wheel_at(path) for path in folder.glob("*.whl")}
    for wheel in wanted:
        if found.pop(wheel.file, None) != wheel:
            raise Incomplete(f"{wheel.file} is missing or is not the recorded one")
    if found:
        raise Incomplete(f"not recorded: {', '.join(sorted(found))}")


def linux_wheels(python: str, folder: Path) -> list[Wheel]:
    """What this computer's own system needs, as the index has it now."""
    platforms = list(dict.fromkeys(tag.platform for tag in tags.sys_tags()))
    named = [name for name in platforms if name.startswith("manylinux") and "x86_64" in name]
    return collect(python, "linux", named, folder)


def build(folder: Path, platform: str, pythons: list[str]) -> Path:
    """Writes the kit into ``folder / NAME``."""
    kit = folder / NAME
    if kit.exists():
        shutil.rmtree(kit)
    (kit / "wheels").mkdir(parents=True)
    if platform == "windows":
        wheels = windows_wheels(pythons, kit / "wheels")
    else:
        pythons = [f"{sys.version_info.major}.{sys.version_info.minor}"]
        wheels = linux_wheels(pythons[0], kit / "wheels")
    lines = "\n".join(hashed_requirements(wheels)) + "\n"
    (kit / "wheels" / "requirements.txt").write_text(lines, newline="\n")
    (kit / "wheels" / "pythons.txt").write_text("\n".join(pythons) + "\n", newline="\n")
    copy_project(kit)
    write_instructions(kit, pythons)
    return kit


def copy_project(kit: Path) -> None:
    """What is in the repository of PARTS; nothing that only lies beside it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *PARTS], cwd=ROOT, check=True, capture_output=True
    )
    for name in listed.stdout.decode().split("\0"):
        if name:
            (kit / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, kit / name)


def write_instructions(kit: Path, pythons: list[str]) -> None:
    """INSTALL.txt as Windows' editor shows it."""
    text = Path(__file__).with_name("INSTALL.txt").read_text(encoding="utf-8")
    text = text.replace("{PYTHONS}", ", ".join(pythons))
    (kit / "INSTALL.txt").write_text(text, encoding="utf-8-sig", newline="\r\n")


def main(given: list[str] | None = None) -> int:
    """Exit status 1 where a wheel is missing or is not the recorded one."""
    parser = argparse.ArgumentParser(prog="python -m tools.kit.build", description=__doc__)
    parser.add_argument("--platform", choices=("windows", "linux"), default="windows")
    parser.add_argument("--pythons", nargs="+", choices=PYTHONS, default=list(PYTHONS))
    parser.add_argument("--to", type=Path, default=ROOT / "kit")
    wanted = parser.parse_args(given)
    wanted.to.mkdir(parents=True, exist_ok=True)
    try:
        kit = build(wanted.to, wanted.platform, wanted.pythons)
    except (Incomplete, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    archive = shutil.make_archive(str(kit), "zip", wanted.to, NAME)
    size = Path(archive).stat().st_size / 1e6
    print(f"{archive}: {size:.0f} MB, {len(list((kit / 'wheels').glob('*.whl')))} wheels")
    return 0


if __name__ == "__main__":
    sys.exit(main())
