"""The figures of a report as pictures, each drawn once a size; one that fails is named and the rest
goes on.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from thal_core.export.report import Report, Section
from thal_core.issues import CohortError
from thal_core.words import tr

log = logging.getLogger("thal_core")


@dataclass(frozen=True)
class Made:
    """A file and what it lacks, as (result, format, why)."""

    data: bytes
    missing: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Picture:
    """One drawn figure, or in one sentence why it could not be drawn."""

    data: bytes = b""
    why: str = ""


@dataclass(frozen=True)
class Pictures:
    """Draws when asked. known: what was drawn before, by figure, size and format."""

    language: str = "en"
    known: dict[tuple[int, str, str, int], Picture] = field(default_factory=dict)

    def picture(self, section: Section, preset: str, kind: str = "png", dpi: int = 300) -> Picture:
        key = (section.figure_number, preset, kind, dpi)
        if key not in self.known:
            self.known[key] = self._draw(section, preset, kind, dpi)
        return self.known[key]

    def _draw(self, section: Section, preset: str, kind: str, dpi: int) -> Picture:
        from thal_core.figures.files import write_figure

        try:
            return Picture(write_figure(section.figure(preset), kind, preset, dpi=dpi))
        except CohortError as error:
            return Picture(why=error.text(self.language))
        except Exception as error:  # named, logged without values, the rest goes on
            log.error("%s drawing %s", type(error).__name__, section.name)
            kind_of = {"kind": type(error).__name__}
            return Picture(why=tr("command.fault", kind_of, self.language))


def pictures_of(report: Report) -> Pictures:
    return Pictures(report.language)
