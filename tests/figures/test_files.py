"""Files have the size, the resolution and the words of the figure, and a missing browser is said in
one sentence.
"""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from tests.figures import tables
from thal_core.figures import files
from thal_core.figures.flow import plot_flow
from thal_core.figures.rates import plot_rates
from thal_core.issues import CohortError

needs_browser = pytest.mark.skipif(
    not files.browser_found(), reason="no Chrome, Chromium, Edge or Brave here"
)


@pytest.fixture(scope="module", autouse=True)
def _cold_afterwards():
    yield
    files.close_painter()


@needs_browser
@pytest.mark.parametrize(
    ("preset", "dpi", "pixels"),
    [("slide", None, 1920), ("journal_single", 300, 1003), ("journal_single", 600, 2007)],
)
def test_png_has_its_pixels_and_its_dpi(preset: str, dpi: int | None, pixels: int) -> None:
    image = Image.open(
        io.BytesIO(
            files.write_figure(
                plot_rates(tables.response_rates(), preset=preset), "png", preset, dpi=dpi
            )
        )
    )
    assert abs(image.width - pixels) <= 1
    assert image.info["dpi"][0] == pytest.approx(dpi or 144, abs=0.1)
    assert image.width / image.info["dpi"][0] * 2.54 == pytest.approx(
        {"slide": 33.867, "journal_single": 8.5}[preset], abs=0.02
    )


@needs_browser
def test_svg_is_text_of_the_right_width_with_chinese() -> None:
    svg = files.write_figure(
        plot_rates(tables.response_rates(), preset="journal_double", language="zh"),
        "svg",
        "journal_double",
    ).decode()
    assert float(re.search(r'width="([\d.]+)"', svg).group(1)) / 96 * 2.54 == pytest.approx(
        17.6, abs=0.01
    )
    assert "有效" in svg and "仅供研究" in svg


@needs_browser
def test_pdf_page_is_the_column_width() -> None:
    pdf = files.write_figure(
        plot_rates(tables.response_rates(), preset="journal_single"), "pdf", "journal_single"
    )
    width = float(re.search(rb"/MediaBox ?\[0 0 ([\d.]+)", pdf).group(1))
    assert width / 72 * 2.54 == pytest.approx(8.5, abs=0.02)


@needs_browser
def test_a_screen_figure_becomes_dark_ink_on_white() -> None:
    figure = plot_rates(tables.response_rates())
    image = Image.open(io.BytesIO(files.write_figure(figure, "png", "screen"))).convert("RGB")
    assert image.getpixel((2, 2)) == (255, 255, 255)
    assert (
        min(sum(image.getpixel((x, y))) for x in range(0, 300, 2) for y in range(10, 60, 2)) < 200
    )
    assert figure.layout.template.layout.paper_bgcolor != "#FFFFFF"  # the page's own stays clear


@needs_browser
def test_threads_get_their_own_figures() -> None:
    kinds = [
        ("slide", plot_rates(tables.response_rates(), preset="slide")),
        ("journal_single", plot_flow(tables.flow(), preset="journal_single")),
    ] * 3
    with ThreadPoolExecutor(6) as pool:
        drawn = list(
            pool.map(lambda kind: files.write_figure(kind[1], "svg", kind[0]).decode(), kinds)
        )
    assert [("44/48" in svg, "transplantation" in svg) for svg in drawn] == [
        (True, False),
        (False, True),
    ] * 3


@needs_browser
def test_a_dead_browser_is_replaced() -> None:
    figure = plot_flow(tables.flow(), preset="journal_single")
    files.write_figure(figure, "svg", "journal_single")
    files._warm[0].close()
    assert files.write_figure(figure, "svg", "journal_single").startswith(b"<svg")


def test_no_browser_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "browser_found", lambda: False)
    with pytest.raises(CohortError, match="camera button") as error:
        files.write_figure(plot_flow(tables.flow()), "svg", "slide")
    assert "Chrome" in error.value.text("zh")


@pytest.mark.parametrize(
    ("kind", "dpi", "code"),
    [
        ("tiff", None, "figure.bad_format"),
        ("png", 35, "figure.bad_dpi"),
        ("png", 1201, "figure.bad_dpi"),
    ],
)
def test_what_cannot_be_made_is_refused(kind: str, dpi: int | None, code: str) -> None:
    with pytest.raises(CohortError) as error:
        files.write_figure(plot_flow(tables.flow()), kind, "slide", dpi=dpi)
    assert error.value.code == code
