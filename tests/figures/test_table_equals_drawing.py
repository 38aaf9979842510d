"""The numbers in the drawing are the numbers of the table, read back from the traces."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from plotly import graph_objects as go

from tests.figures import tables
from tests.figures.tables import EVIL
from thal_core.figures.composition import plot_composition
from thal_core.figures.concordance import combinations, plot_concordance
from thal_core.figures.dose_changes import plot_dose_changes
from thal_core.figures.flow import plot_flow
from thal_core.figures.forest import plot_forest
from thal_core.figures.genotype_bars import plot_genotype_bars, plot_genotype_response
from thal_core.figures.intervals import plot_adverse_events, plot_iron_response
from thal_core.figures.paired import plot_paired
from thal_core.figures.rates import plot_rates
from thal_core.figures.scatter import plot_scatter
from thal_core.figures.survival_curves import plot_survival
from thal_core.figures.swimmer_plot import plot_swimmer
from thal_core.figures.thal_print import plot_thal_print
from thal_core.figures.theme import look
from thal_core.figures.timeline import plot_timeline
from thal_core.figures.trajectory import plot_trajectory, sample_lines
from thal_core.figures.transitions import plot_transitions
from thal_core.figures.waterfall import plot_waterfall, thresholds_of
from thal_core.rules.catalogue import criterion


def drawn(figure: go.Figure) -> list[go.Scatter | go.Bar]:
    """Traces that carry patients or rows: those with customdata."""
    return [t for t in figure.data if t.customdata is not None and len(t.customdata)]


def caption(figure: go.Figure) -> str:
    return " ".join(figure.layout.meta["caption"])


def notes(figure: go.Figure, name: str) -> list[str]:
    return [a.text for a in figure.layout.annotations if a.name == name]


def test_waterfall_draws_each_value_once_in_its_class_colour_and_basis() -> None:
    table = tables.response_by_patient()
    figure = plot_waterfall(table)
    bars = {
        ids[0]: (y, t.marker.color, t.yaxis or "y")
        for t in drawn(figure)
        for ids, y in zip(t.customdata, t.y, strict=True)
    }
    expected = table[(table["response"] != "NE") & table["value"].notna()]
    assert {i: v[0] for i, v in bars.items()} == dict(
        zip(expected["patient_id"], expected["value"], strict=True)
    )
    assert all(bars[r.patient_id][1] == look(r.response).colour for r in expected.itertuples())
    assert {bars[i][2] for i in ("N1", "N4")}.isdisjoint({bars[i][2] for i in ("T1", "T3")})
    assert "n = 1" in caption(figure)  # the one NE


def test_waterfall_orders_from_best_to_worst() -> None:
    figure = plot_waterfall(tables.response_by_patient())
    hb = sorted(
        (x, y)
        for t in drawn(figure)
        for x, y, i in zip(t.x, t.y, t.customdata, strict=True)
        if i[0].startswith("N")
    )
    assert [y for _, y in hb] == [34.0, 20.0, 12.5, -3.0]


def test_waterfall_lines_are_the_cuts_of_the_criterion_with_their_sign() -> None:
    applied, older = thresholds_of(criterion("yang2024")), thresholds_of(criterion("yang2020"))
    assert (20.0, "MaR ≥ 20") in applied["hb"]
    assert (20.0, "MaR > 20") in older["hb"]
    assert {cut for cut, _ in applied["transfusion"]} == {50.0, 25.0}
    figure = plot_waterfall(tables.response_by_patient(), thresholds=applied)
    levels = sorted({t.y[0] for t in figure.data if t.name == "threshold"})
    assert levels == [10.0, 20.0, 25.0, 50.0]


def test_waterfall_of_thousands_says_how_many_bars_it_shows() -> None:
    rows = pd.DataFrame(
        {
            "patient_id": [f"P{i}" for i in range(2500)],
            "response": "MaR",
            "basis": "hb",
            "value": [float(i) for i in range(2500)],
            "phenotype": "NTDT",
        }
    )
    figure = plot_waterfall(rows)
    assert sum(len(t.x) for t in drawn(figure)) == 834
    assert "834" in caption(figure) and "2500" in caption(figure)


def test_rates_draw_both_denominators_with_their_intervals_and_counts() -> None:
    table = tables.response_rates()
    figure = plot_rates(table)
    points = [
        (t.x[0], t.x[0] - t.error_x.arrayminus[0], t.x[0] + t.error_x.array[0])
        for t in drawn(figure)
    ]
    expected = table[table["population"] == "all"]
    assert sorted(points) == [
        pytest.approx(p)
        for p in sorted(
            zip(expected["percent"], expected["conf_low"], expected["conf_high"], strict=True)
        )
    ]
    assert notes(figure, "n")[0].startswith("44/48")
    assert "44 of 48" in figure.layout.meta["title"]
    assert {t.marker.symbol for t in drawn(figure)} == {"circle", "circle-open"}


def test_trajectory_points_and_bars_are_the_tables_rows() -> None:
    table = tables.hb_over_time()
    figure = plot_trajectory(table)
    for trace in drawn(figure):
        group = trace.customdata[0][2]
        rows = table[table["phenotype"] == group].sort_values("month")
        assert [c[0] for c in trace.customdata] == list(rows["month"])
        assert list(trace.y) == list(rows["mean"])
        assert list(trace.error_y.array) == list(rows["conf_high"] - rows["mean"])
        assert trace.line.color == look(group).colour
        assert all(abs(x - m) < 0.5 for x, m in zip(trace.x, rows["month"], strict=True))
    assert {t.customdata[0][2] for t in drawn(figure)} == {"TDT", "NTDT"}  # "all" stands aside


def test_trajectory_prints_n_under_each_visit_of_each_group() -> None:
    figure = plot_trajectory(tables.hb_over_time())
    assert sorted(n for n in notes(figure, "n") if n) == sorted(
        ["34", "34", "34", "9", "14", "14", "14"]
    )
    assert notes(figure, "n_group") == ["n TDT", "n NTDT"]


def test_trajectory_says_that_transfusion_changes_hb_and_hbf_of_tdt() -> None:
    table = tables.hb_over_time()
    assert "transfusion" in caption(plot_trajectory(table))
    assert "diluted by transfusion" in caption(plot_trajectory(table, analyte="hbf_percent"))
    assert "transfusion" not in caption(plot_trajectory(table[table["phenotype"] == "NTDT"]))


def test_trajectory_dashes_steps_to_visits_off_the_drug() -> None:
    figure = plot_trajectory(tables.hb_over_time(), lines=tables.lines())
    single = {t.line.dash: t for t in figure.data if str(t.name).startswith("lines_")}
    assert set(single) == {"solid", "dash"}
    assert {x for x in single["dash"].x if not math.isnan(x)} == {12.0, 18.0}
    assert 18.0 not in single["solid"].x
    assert "off thalidomide" in caption(figure)


def test_trajectory_draws_at_most_300_seeded_lines_and_says_so() -> None:
    many = pd.DataFrame(
        [(f"P{i}", m, 80.0, True) for i in range(400) for m in (0, 6)],
        columns=["patient_id", "month", "value", "on_drug"],
    )
    assert sample_lines(many, 7)["patient_id"].nunique() == 300
    assert sample_lines(many, 7).equals(
        sample_lines(many.sample(frac=1, random_state=1), 7).loc[sample_lines(many, 7).index]
    )
    said = caption(plot_trajectory(tables.hb_over_time(), lines=many, seed=7))
    assert "300 of 400" in said


@pytest.mark.parametrize(
    ("statistic", "centre", "low", "high"),
    [
        ("median", "median", "q1", "q3"),
        ("geometric_mean", "geometric_mean", "geometric_low", "geometric_high"),
    ],
)
def test_ferritin_has_a_log_axis_and_the_statistic_asked_for(
    statistic: str, centre: str, low: str, high: str
) -> None:
    table = pd.DataFrame(
        {
            "group": "TDT",
            "month": [0.0, 12.0],
            "n": [20, 18],
            centre: [1200.0, 800.0],
            low: [700.0, 500.0],
            high: [2500.0, 1600.0],
        }
    )
    figure = plot_trajectory(table, analyte="ferritin_ng_per_ml", statistic=statistic)
    trace = drawn(figure)[0]
    assert list(trace.y) == [1200.0, 800.0]
    assert list(trace.error_y.arrayminus) == [500.0, 300.0]
    assert figure.layout.yaxis.type == "log"
    assert "Logarithmic" in caption(figure)


def test_genotype_means_keep_n_and_a_genotype_of_two_is_hollow_and_grey() -> None:
    table = tables.hb_by_genotype()
    figure = plot_genotype_bars(table)
    shown = table[(table["phenotype"] == "all") & table["month"].isin([0, 1, 3, 6])]
    points = {
        (c[0], c[1], c[2], x) for t in drawn(figure) for c, x in zip(t.customdata, t.x, strict=True)
    }
    assert points == set(
        zip(shown["genotype"], shown["month"], shown["n"], shown["mean"], strict=True)
    )
    for trace in drawn(figure):
        few = {c[2] < 3 for c in trace.customdata}
        assert len(few) == 1
        assert str(trace.marker.symbol).endswith("-open") is few.pop()
    assert "SD" in caption(figure)
    assert any("CD17/-28 (n = 7)" in t.replace("\u00a0", " ") for t in figure.layout.yaxis.ticktext)


def test_three_patients_are_drawn_full_and_two_are_not() -> None:
    table = pd.DataFrame(
        {
            "genotype": ["a", "b"],
            "total": [3, 2],
            "mar": [3, 2],
            "percent_mar": [100.0, 100.0],
            "conf_low": [43.9, 34.2],
            "conf_high": [100.0, 100.0],
        }
    )
    symbols = {t.customdata[0][0]: t.marker.symbol for t in drawn(plot_genotype_response(table))}
    assert symbols == {"a": "circle", "b": "circle-open"}


def test_genotype_response_intervals_and_counts() -> None:
    table = tables.genotype_response()
    figure = plot_genotype_response(table)
    ends = {
        c[0]: (x, x - lo, x + hi)
        for t in drawn(figure)
        for c, x, lo, hi in zip(
            t.customdata, t.x, t.error_x.arrayminus, t.error_x.array, strict=True
        )
    }
    assert ends == {
        r.genotype: pytest.approx((r.percent_mar, r.conf_low, r.conf_high))
        for r in table.itertuples()
    }
    assert notes(figure, "n")[0].startswith("2/7")


def test_scatter_line_and_subtitle_are_the_tables_numbers() -> None:
    figure = plot_scatter(tables.hb_gain_vs_hbf(), points=tables.points(), bands=tables.bands())
    line = next(t for t in figure.data if t.name == "line_all")
    assert list(line.y) == pytest.approx([14.5 + 0.212 * 5, 14.5 + 0.212 * 91])
    assert {c[0] for t in drawn(figure) for c in t.customdata} == {"A", EVIL, "C"}  # D has no HbF
    subtitle = figure.layout.meta["subtitle"]
    assert "r = 0.38, P = 0.009, n = 46" in subtitle and "NTDT: n = 2" in subtitle
    colours = {t.name: t.marker.color for t in drawn(figure)}
    assert colours == {"TDT": look("TDT").colour, "NTDT": look("NTDT").colour}


def test_a_pooled_slope_that_the_phenotypes_do_not_show_is_no_headline() -> None:
    table = tables.hb_gain_vs_hbf()
    assert "goes with" not in plot_scatter(table, points=tables.points()).layout.meta["title"]
    clear = table.head(2)
    assert "+2.1 g/L" in plot_scatter(clear, points=tables.points()).layout.meta["title"]


def test_forest_rows_without_an_estimate_say_ne_and_long_intervals_end_in_arrows() -> None:
    table = tables.predictors_model()
    figure = plot_forest(table)
    assert sorted(x for t in drawn(figure) for x in t.x) == sorted(table["odds_ratio"].dropna())
    assert "NE" in notes(figure, "n")
    assert [t.marker.symbol for t in figure.data if t.name == "arrow"] == ["triangle-right"]
    assert figure.layout.xaxis.type == "log"
    assert any("34/46" in t for t in figure.layout.yaxis.ticktext)


def test_flow_gathers_the_reasons_beside_the_trunk() -> None:
    figure = plot_flow(tables.flow())
    assert [tuple(c) for c in figure.data[0].customdata] == [
        ("enrolled", 52),
        ("withdrawn", 4),
        ("analysed", 48),
        ("not_evaluable", 1),
        ("evaluable", 47),
    ]
    box = next(a.text for a in figure.layout.annotations if a.name == "withdrawn")
    assert "rash: 2" in box and "n\u00a0=\u00a04" in box


def test_survival_steps_and_the_table_at_risk() -> None:
    table = tables.time_to_transfusion_free()
    figure = plot_survival(table[table["group"] == "all"])
    trace = drawn(figure)[0]
    assert list(trace.x) == [0.0, 1.0, 3.0, 12.0, 24.0]
    assert list(trace.y) == [1.0, 0.53, 0.38, 0.38, 0.30]
    assert trace.line.shape == "hv"
    assert notes(figure, "n")[0] == "34 (0)" and notes(figure, "n")[-1] == "5 (22)"


def test_transitions_pieces_add_up_to_the_row() -> None:
    table = tables.response_transitions()
    figure = plot_transitions(table)
    pieces = {tuple(c): n for t in drawn(figure) for c, n in zip(t.customdata, t.x, strict=True)}
    assert pieces == {
        (r.from_month, r.to_month, r.from_response, r.to_response): r.n for r in table.itertuples()
    }
    assert any("n = 39" in t.replace("\u00a0", " ") for t in figure.layout.yaxis.ticktext)


def test_timeline_is_of_one_patient_with_doses_that_stop() -> None:
    figure = plot_timeline(tables.patient_timeline(), patient_id="P7")
    series = {t.name: t for t in drawn(figure)}
    assert list(series["hb_g_per_l"].y) == [62.0, 88.0, 70.0]
    assert list(series["hb_g_per_l"].marker.symbol) == ["circle", "circle", "circle-open"]
    assert list(zip(series["dose"].x, series["dose"].y, strict=True)) == [
        (0.0, 50.0),
        (6.0, 25.0),
        (13.0, 0.0),
    ]
    assert list(series["transfusion"].y) == [2.0]
    assert {c[0] for t in drawn(figure) for c in t.customdata} == {"P7"}


def test_swimmer_draws_every_row_of_the_table_and_the_class_where_it_changes() -> None:
    table = tables.swimmer()
    figure = plot_swimmer(table)
    marks = [
        (c[0], c[1], float(x))
        for t in figure.data
        if t.type == "scatter" and t.customdata is not None and t.name != "not seen to stop"
        for c, x in zip(t.customdata, t.x, strict=True)
    ]
    wanted = table[table["kind"].isin(["transfusion", "free_from", "stop", "response"])]
    unchanged = (
        (wanted["patient_id"] == "P1")
        & (wanted["kind"] == "response")
        & (wanted["start_month"] == 12)
    )
    assert sorted(marks) == sorted(
        zip(
            *(wanted.loc[~unchanged, c] for c in ("patient_id", "kind", "start_month")), strict=True
        )
    )
    bars = [
        (c[0], float(b), float(b + x))
        for t in figure.data
        if t.type == "bar"
        for c, b, x in zip(t.customdata, t.base, t.x, strict=True)
    ]
    doses = table[table["kind"].isin(["dose", "dose_unknown"])]
    assert sorted(bars) == sorted(
        zip(doses["patient_id"], doses["start_month"], doses["end_month"], strict=True)
    )
    off = next(t for t in figure.data if t.name == "followed")
    assert list(off.x) == [5.0, 9.0, None]  # seen, off the drug
    ongoing = next(t for t in figure.data if t.name == "not seen to stop")
    assert [c[0] for c in ongoing.customdata] == ["P1"]


@pytest.mark.parametrize("n", [14, 62, 300])
def test_a_swimmer_of_many_shows_all_or_says_how_many_and_never_only_the_best(n: int) -> None:
    one = tables.swimmer().query("patient_id == 'P1'")
    worst = tables.swimmer().query("patient_id == 'P3'")
    table = pd.concat(
        [
            part.assign(patient_id=f"{i:03}")
            for i in range(n)
            for part in ([one] if i < n - 2 else [worst])
        ],
        ignore_index=True,
    )
    for preset in ("slide", "journal_double", "screen"):
        figure = plot_swimmer(table, preset=preset)
        shown = {c[0] for t in figure.data if t.customdata is not None for c in t.customdata}
        said = " ".join(figure.layout.meta["caption"])
        assert len(shown) == n or f"{len(shown)} of {n}" in said
        assert n > 62 or len(shown) == n
        assert f"{n - 2:03}" in shown or f"{n - 1:03}" in shown


def test_dose_changes_one_line_a_change() -> None:
    table = tables.dose_changes().dropna(subset=["hb_g_per_l"])
    figure = plot_dose_changes(tables.dose_changes())
    found = [
        (c[0], x, y) for t in drawn(figure) for c, x, y in zip(t.customdata, t.x, t.y, strict=True)
    ]
    assert sorted(found) == sorted(
        zip(table["patient_id"], table["months_since_change"], table["hb_g_per_l"], strict=True)
    )


def test_paired_takes_means_sd_and_the_paired_interval() -> None:
    table = tables.labs_before_after()
    figure = plot_paired(table)
    for trace in drawn(figure):
        analyte, phenotype, n = trace.customdata[0]
        row = table[(table["analyte"] == analyte) & (table["phenotype"] == phenotype)].iloc[0]
        assert list(trace.y) == [row["before_mean"], row["after_mean"]]
        assert list(trace.error_y.array) == [row["before_sd"], row["after_sd"]]
        assert n == row["n"]
    assert len(drawn(figure)) == 8
    assert any("+29 (26 to 32)" in t for t in notes(figure, "panel_title"))
    alone = table.assign(conf_low=math.nan, conf_high=math.nan)
    assert not any("(" in t.split("</b>")[1] for t in notes(plot_paired(alone), "panel_title"))


def test_composition_stacks_hbf_below_the_rest() -> None:
    table = tables.hb_composition()
    figure = plot_composition(table)
    stacked = {
        (c[0], c[1], t.legendgroup): y
        for t in drawn(figure)
        for c, y in zip(t.customdata, t.y, strict=True)
    }
    expected = table[table["phenotype"] != "all"]
    assert {k: v for k, v in stacked.items() if k[2] == "hbf"} == {
        (r.phenotype, r.month, "hbf"): r.hbf_mean for r in expected.itertuples()
    }
    assert {k: v for k, v in stacked.items() if k[2] == "hb_other"} == {
        (r.phenotype, r.month, "hb_other"): r.other_mean for r in expected.itertuples()
    }
    assert "83 %" in figure.layout.meta["title"]


def test_concordance_counts_every_patient_once() -> None:
    table = tables.criteria_concordance()
    rows = combinations(table)
    assert rows["n"].sum() == len(table)
    assert rows.iloc[0].tolist() == ["MaR", "MaR", "R", 2]
    figure = plot_concordance(table)
    tiles = [tuple(c) for t in drawn(figure) for c in t.customdata]
    assert sorted(tiles) == sorted(
        (name, row[name], row["n"])
        for _, row in rows.iterrows()
        for name in ("yang2020", "yang2024", "believe")
    )
    assert [t.split("<b>")[1] for t in notes(figure, "column")] == ["2/3</b>", "3/3</b>", "2/3</b>"]


def test_adverse_events_draw_any_grade_once_for_each_event() -> None:
    table = tables.adverse_events()
    figure = plot_adverse_events(table)
    assert list(drawn(figure)[0].x) == sorted(
        table.loc[table["grade"] == "any", "percent"], reverse=True
    )
    assert notes(figure, "n")[0].startswith("9/52")


def test_iron_response_of_nobody_prints_its_zero_and_no_point() -> None:
    figure = plot_iron_response(tables.iron_response())
    assert notes(figure, "n")[1] == "0/0"
    assert math.isnan(next(t.x[0] for t in drawn(figure) if t.customdata[0][0].startswith("TDT")))


def test_print_shows_copies_of_an_allele_and_leaves_the_unknown_blank() -> None:
    figure = plot_thal_print(tables.thal_print())
    tiles = {(t.name, c[0]): -t.y[0] for t in drawn(figure) for c in t.customdata}
    assert tiles[("CD41-42 × 2", "P2")] == pytest.approx(2 * tiles[("CD17 × 1", "P1")])
    background = next(t for t in figure.data if t.name == "absent")
    rows_of_p4 = [
        b for c, b in zip(background.customdata, background.base, strict=True) if c[0] == "P4"
    ]
    assert len(rows_of_p4) == 1  # its response alone is known
    gains = {
        c[0]: y
        for t in figure.data
        if t.name == "hb_gain"
        for c, y in zip(t.customdata, t.y, strict=True)
    }
    assert gains == {"P1": 31.0, "P2": 9.0, "P3": 22.0}
