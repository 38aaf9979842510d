"""One file per kind of drawing. Each takes a finished table of the contract and returns a plotly
Figure.

``plot_<kind>(table, *, language="en", preset="screen", selected=(), **choices) -> Figure``;
``selected``: the conditions that the patients meet, named first in the caption. Which result is
drawn by which is said where the analysis names its ``draw``.

- ``page``: the room that title, subtitle, legend, caption and footer take, measured before anything
  is drawn
- ``panels``: several panels in one figure
- ``text``: widths, line breaks, labels kept apart
- ``theme``: presets and colours (rules)
- ``printed_marks``: figures of a paper on a drawing of the cohort
- ``files``: write_figure (svg, pdf, png), browser_found

Text of a sheet is escaped where it is drawn; ``layout.meta`` keeps title, subtitle and caption as
plain text, and ``customdata`` keeps patient ids as they are, for selections.
"""
