"""``python -m tools.kit.record``: asks the package index once for every wheel that Windows needs,
and writes their names, hashes and requirements into wheels.csv. To run after a change of
requirements.txt or constraints.txt.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.kit.wheels import (
    PYTHONS,
    RECORD,
    WINDOWS,
    Incomplete,
    Wheel,
    complete,
    needed,
    pins,
    record_text,
    wheel_at,
)


def download(lines: list[str], python: str, platforms: list[str], folder: Path) -> None:
    """These requirements, without what they ask for, as wheels for such a computer."""
    listed = folder / f"asked-{python}.txt"
    listed.write_text("\n".join(lines), encoding="utf-8")
    where = [part for name in platforms for part in ("--platform", name)]
    command = [
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--python-version",
        python,
    ]
    subprocess.run(
        [sys.executable, "-m", "pip", *command, *where, "-d", str(folder), "-r", str(listed)],
        check=True,
    )
    listed.unlink()


def collect(python: str, platform: str, platforms: list[str], folder: Path) -> list[Wheel]:
    """Every wheel that such a computer needs, fetched level by level into the folder."""
    while True:
        here = [wheel_at(path) for path in folder.glob("*.whl")]
        found = needed(here, python, platform, platforms)
        missing = [name for name, wheel in found.items() if wheel is None]
        if not missing:
            return [wheel for wheel in found.values() if wheel]
        download([f"{name}=={pins()[name]}" for name in missing], python, platforms, folder)


def main() -> int:
    """Writes the record; exit status 1 where a wheel is missing or not pinned."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = {
                wheel
                for python in PYTHONS
                for wheel in collect(python, WINDOWS, [WINDOWS], Path(folder))
            }
            for python in PYTHONS:
                complete(found, python)
        except Incomplete as error:
            print(error, file=sys.stderr)
            return 1
    RECORD.write_text(record_text(found), encoding="utf-8", newline="\n")
    print(f"{len(found)} wheels: {RECORD.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
