"""Population, landscape, weights and features, drawn from hand-made snapshots."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from textual.geometry import Size

from periodic_tui.engine.snapshot import Curve, Features, GradientStats, Landscape, Layer, Line, Snapshot
from periodic_tui.engine.verdicts.rules import CODES
from periodic_tui.engine.wilson import wilson
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.outcomes import OUTCOMES
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.panes.features import FeaturesPane, thirds
from periodic_tui.ui.panes.landscape import LandscapePane
from periodic_tui.ui.panes.population import PopulationPane
from periodic_tui.ui.panes.weights import WeightsPane, incoming
from periodic_tui.ui.widgets.pane import Pane
from tests.ui.scripted import MAGNITUDE, SINE, framed

STEP = np.arange(0, 1000, 100.0)
LEVELS = [np.full(10, level) for level in (1.0, 2.0, 3.0, 4.0, 5.0)]
FAN = tuple(Curve(STEP, level, level, level, 100) for level in LEVELS)
CROWD = replace(
    MAGNITUDE,
    replicas=256,
    focus=41,
    seed=41,
    outcomes={"solved": 70, "dead-units": 186},
    outcome_codes=("solved",) * 70 + ("dead-units",) * 186,
    loss_fan=FAN,
)


def drawn(pane: type[Pane], snapshot: Snapshot, size: Size) -> Cells:
    return pane().draw(snapshot, size)


def test_every_verdict_has_a_shape_of_its_own() -> None:
    assert set(OUTCOMES) == set(CODES)
    for glyphs in get_args(Glyphs):
        assert len({plain(shape, glyphs) for shape, _ in OUTCOMES.values()}) == len(CODES)


def test_red_is_for_what_is_dead_or_diverged() -> None:
    assert {code for code, (_, ink) in OUTCOMES.items() if ink == Ink.TROUBLE} == {
        "dead-network", "dead-units", "diverged",
    }  # fmt: skip


def test_the_interval_of_a_share_is_wilsons() -> None:
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_a_population_has_a_cell_for_each_replica_and_says_how_often_each_outcome_occurs() -> None:
    cells = drawn(PopulationPane, CROWD, Size(58, 14))
    text = "\n".join(cells.text())
    assert text.count("■") == 70 + 1
    assert "solved 70" in text
    assert "dead-units 186" in text
    assert (cells.ink == Ink.MARK).sum() >= 1
    assert PopulationPane().figure(CROWD).startswith("27.3 % [22.2, 33.1] solved · 256 seeds · cursor: seed 41")
    assert "27.3 % [22.2, 33.1] solved" in framed(PopulationPane, CROWD, (40, 9))[-1]


def test_a_large_population_scrolls_with_the_cursor() -> None:
    codes = tuple("solved" if number == 4000 else "learning" for number in range(4096))
    crowd = replace(CROWD, replicas=4096, outcome_codes=codes, focus=4000, outcomes={"learning": 4095, "solved": 1})
    assert any("■" in line for line in drawn(PopulationPane, crowd, Size(58, 12)).text()[:-2])


def test_the_largest_population_is_drawn_where_its_cursor_is() -> None:
    of = np.ones(65_536, np.uint8)
    of[65_000:] = 0
    crowd = replace(
        CROWD,
        replicas=65_536,
        focus=65_100,
        outcome_codes=("solved", "learning"),
        outcome_of=of,
        outcomes={"solved": 536, "learning": 65_000},
    )
    lines = drawn(PopulationPane, crowd, Size(58, 12)).text()
    assert sum(line.count("■") for line in lines[:-2]) > 200
    assert any("+" in line for line in lines[:-2])


def test_the_landscape_shows_loss_gradient_and_the_present_frequency() -> None:
    x = np.linspace(0, 34, 400)
    scape = Landscape(x, 1 + 0 * x, np.sin(x), 100 * np.sin(50 * x), 0.53, 1.0, 0.5)
    text = framed(LandscapePane, replace(SINE, landscape=scape), (100, 24))[0]
    for name in ("expected loss", "dL/dω", "of a batch", "basin", "ω"):
        assert name in text


def test_gradient_and_noise_are_the_verdicts_and_an_older_landscape_tells_its_step() -> None:
    x = np.linspace(0, 34, 400)
    scape = Landscape(x, 1 + 0 * x, np.sin(x), 100 * np.sin(50 * x), 0.53, 1.0, 0.5, step=2_000)
    snapshot = replace(SINE, landscape=scape, gradient_stats=GradientStats(0.25, 125.0, step=2_000))
    assert LandscapePane().figure(snapshot) == "gradient 0.250 in noise ±125 · g: near"
    assert LandscapePane().figure(replace(snapshot, step=3_000)).endswith("g: near · at step 2,000")
    for other in (GradientStats(), GradientStats(0.25, 125.0, step=1_000)):
        assert LandscapePane().figure(replace(snapshot, gradient_stats=other)) == "g: near"


def test_the_marks_stand_at_the_exact_values_not_between_the_curves_points() -> None:
    x = np.linspace(0, 34, 5)
    scape = Landscape(x, np.ones(5), np.ones(5), 10 * np.ones(5), 15.0, 0.0, -10.0)
    rows = drawn(LandscapePane, replace(SINE, landscape=scape), Size(58, 24)).text()
    marked = [row for row in rows if "●" in row[:30]]
    assert [row.split("┤")[0].strip() for row in marked] == ["0.0", "-10"]


def test_where_there_are_many_parameters_the_landscape_is_lines() -> None:
    x = np.linspace(-1, 1.25, 37)
    lines = (Line("answer", (x - 1) ** 2), Line("gradient", 1 - 0.1 * x), Line("sharpest", 1 + x**2))
    snapshot = replace(MAGNITUDE, landscape=Landscape(x, lines=lines, reach=2.5))
    text = framed(LandscapePane, snapshot, (70, 16))[0]
    for name in ("to the answer", "downhill", "sharpest"):
        assert name in text


def test_weights_are_a_table_of_units_by_inputs_with_the_bias_below() -> None:
    layer = Layer("hidden.0", np.ones(3), incoming=np.arange(6.0).reshape(3, 2), bias=np.array([7.0, 8.0, 9.0]))
    assert incoming(layer).tolist() == [[0, 2, 4], [1, 3, 5], [7, 8, 9]]


def test_where_weights_were_too_many_to_be_kept_there_is_no_table() -> None:
    layer = Layer("hidden.0", np.ones(3), bias=np.zeros(3))
    rows = framed(WeightsPane, replace(MAGNITUDE, layers=(layer,)), (58, 8))
    assert "hidden.0: too many weights to be kept" in rows[1]


POINTS = Layer(
    "hidden.0",
    np.array([0.5, 0.5, 0.0]),
    dead=(2,),
    incoming=np.array([[3.0, 4.0], [0.0, -1.0], [-1.0, 0.0]]),
    bias=np.zeros(3),
    outgoing=np.ones((1, 3)),
    drift=0.2,
)


@pytest.mark.parametrize("size", [(58, 12), (118, 30)])
def test_the_weights_of_few_units_with_two_inputs_are_arrows_with_lengths_and_angles(size: tuple[int, int]) -> None:
    rows = framed(WeightsPane, replace(MAGNITUDE, layers=(POINTS,)), size)
    text = "\n".join(rows)
    assert "hidden.0: weights of each unit · moved 20% of its start" in rows[1]
    for told in ("0: 5 at +53°", "1: 1 at -90°", "2: 1 at +180° dead"):
        assert told in text
    assert "output ±1" in text
    assert rows[-1].startswith("╰")
    tips = {name: [row.index(name) for row in rows[2:-4] if name in row[: size[0] - 28]] for name in "012"}
    assert tips["2"] < tips["1"] < tips["0"]


@pytest.mark.parametrize(
    ("layer", "height"),
    [
        (POINTS, 7),
        (replace(POINTS, incoming=np.ones((3, 3))), 12),
        (replace(POINTS, activity=np.ones(13), incoming=np.ones((13, 2)), bias=np.ones(13)), 40),
    ],
)
def test_other_weights_are_maps(layer: Layer, height: int) -> None:
    text = "\n".join(framed(WeightsPane, replace(MAGNITUDE, layers=(layer,)), (58, height)))
    assert "hidden.0 ±" in text
    assert "°" not in text


def test_the_weights_tell_what_an_activation_learns() -> None:
    rows = framed(WeightsPane, replace(MAGNITUDE, layers=(replace(POINTS, learned={"a": 29.876}),)), (80, 12))
    assert "hidden.0: weights of each unit · a 29.88 · moved 20% of its start" in rows[1]


def test_features_are_points_told_apart_by_the_target() -> None:
    target = np.arange(9.0)
    assert [mask.sum() for mask in thirds(target)] == [3, 3, 3]
    points = np.stack([target, target**2], 1)
    features = Features("PCA", points, target, 0.83)
    cells = drawn(FeaturesPane, replace(MAGNITUDE, features=features), Size(40, 12))
    assert {"●", "▫", "■"} <= set("".join(cells.text()))
    assert FeaturesPane().figure(replace(MAGNITUDE, features=features)) == "PCA, 83% of the spread · enter: t-SNE"
    assert FeaturesPane().figure(MAGNITUDE) == ""


@pytest.mark.parametrize("size", [Size(0, 0), Size(1, 1), Size(7, 3), Size(200, 60)])
@pytest.mark.parametrize("pane", [PopulationPane, LandscapePane, FeaturesPane])
def test_any_size_can_be_drawn(pane: type[Pane], size: Size) -> None:
    for snapshot in (CROWD, SINE, MAGNITUDE):
        assert drawn(pane, snapshot, size).rows == max(size.height, 0)
