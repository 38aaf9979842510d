"""All results as one HTML page that needs nothing else: no script, no outside address."""

from __future__ import annotations

import html

from thal_core.results import Result
from thal_core.words import label, tr

_STYLE = """body{font:16px/1.5 Arial,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;
max-width:1100px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;font-size:14px}
td,th{border-bottom:1px solid #ccc;padding:.25rem .6rem;text-align:left}
.note{color:#555}"""


def results_page(results: list[Result], language: str = "en") -> str:
    """Each result: title, table, method, who was left out, notes."""
    parts = [_section(result, language) for result in results]
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        "<title>Thalidomide in β-thalassemia</title>"
        f"<style>{_STYLE}</style></head><body>"
        f"<p><strong>{html.escape(tr('disclaimer', language=language))}</strong></p>"
        + "".join(parts)
        + "</body></html>"
    )


def _section(result: Result, language: str) -> str:
    title = html.escape(label(f"result.{result.name}", language))
    shown = result.table.to_html(
        index=False, escape=True, na_rep="", border=0, float_format=lambda v: f"{v:.4g}"
    )
    said = "".join(
        f'<p class="note">{html.escape(text.text(language))}</p>'
        for text in (result.method, result.notes)
        if text
    )
    return f"<h2>{title}</h2>{shown if len(result.table) else ''}{said}<p>n = {result.n_used}</p>"
