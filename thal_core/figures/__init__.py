"""One file per kind of drawing. Each takes a finished table of the contract and returns a plotly Figure.

``plot_<kind>(table, *, language="en", preset="screen", **choices) -> Figure``

waterfall      plot_waterfall (response_by_patient; thresholds=thresholds_of(criterion))
rates          plot_rates (response_rates; population=)
trajectory     plot_trajectory (group, month, n, mean …; analyte=, group_by=, statistic=, lines=, published=)
genotype_bars  plot_genotype_bars (hb_by_genotype), plot_genotype_response (genotype_response)
scatter        plot_scatter (hb_gain_vs_hbf; points=, band=)
files          write_figure (svg, pdf, png), browser_found

A text of a sheet is escaped where it is drawn; ``layout.meta`` keeps title, subtitle and caption as plain text.
"""
