"""One file per kind of drawing. Each takes a finished table of the contract and returns a plotly
Figure.

``plot_<kind>(table, *, language="en", preset="screen", **choices) -> Figure``

adverse events  intervals.plot_adverse_events, plot_iron_response, plot_clinical_features
composition     plot_composition (hb_composition)
concordance     plot_concordance (criteria_concordance)
dose_changes    plot_dose_changes (dose_changes; 2020 Fig. 2)
flow            plot_flow (flow; 2024 Fig. 1)
forest          plot_forest (predictors_model)
genotype_bars   plot_genotype_bars (hb_by_genotype; 2024 Fig. 2), plot_genotype_response
(genotype_response) paired          plot_paired (labs_before_after; 2020 Table 1) rates
plot_rates (response_rates; population=, criterion=) scatter         plot_scatter (hb_gain_vs_hbf;
points=, bands=; 2024 Fig. 3) survival        plot_survival (time_to_transfusion_free) swimmer
plot_swimmer (swimmer; criterion=) thal_print      plot_thal_print (patients: response, alleles,
spleen, HbF, Hb gain) timeline        plot_timeline (patient_timeline; patient_id=) trajectory
plot_trajectory (hb_over_time, trajectory, hb_by_response …; analyte=, statistic=, lines=; 2020 Fig.
1) transitions     plot_transitions (response_transitions) waterfall       plot_waterfall
(response_by_patient; thresholds=thresholds_of(criterion))

page       the room that title, subtitle, legend, caption and footer take, measured before anything
is drawn panels     several panels in one figure       text    widths, line breaks, labels kept
apart theme      presets and colours (rules)        files   write_figure (svg, pdf, png),
browser_found

Text of a sheet is escaped where it is drawn; ``layout.meta`` keeps title, subtitle and caption as
plain text, and ``customdata`` keeps patient ids as they are, for selections.
"""
