from dataclasses import replace

import numpy as np
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import EMPTY, Fit, Layer
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.panes.fit import FitPane, interval
from tests.ui.scripted import MAGNITUDE, SINE, ScriptedSession, drawn, framed, placed, rows_of, show, visit

KNOWN = np.eye(3, 4)
WEIGHTS = replace(MAGNITUDE, layers=(), fit=Fit(np.arange(4.0), KNOWN, 0.5 * KNOWN, "weights"))
_OUT = np.arange(8.0)
SPECTRUM = replace(MAGNITUDE, layers=(), fit=Fit(_OUT, _OUT[:, None], _OUT[:, None] + 1, "sample", domain=(0.0, 7.0)))


def test_stretches_that_were_held_out_are_told_apart() -> None:
    assert not any("held out" in row for row in framed(FitPane, SINE))
    fit = replace(SINE.fit, trained=((-0.5, 0.0),), domain=(-0.5, 0.5))
    row = next(row for row in framed(FitPane, replace(SINE, fit=fit)) if "held out" in row)
    assert row.index(" trained ") < row.index(" held out ")


def test_known_and_learned_weights_stand_side_by_side() -> None:
    rows = "\n".join(framed(FitPane, WEIGHTS))
    assert "known" in rows
    assert "learned" in rows
    assert "4 inputs across, 3 outputs down" in rows


def test_the_outputs_for_one_signal_are_curves() -> None:
    rows = "\n".join(framed(FitPane, SPECTRUM))
    assert "outputs for one signal" in rows
    assert "⠤⠤ network" in rows


def test_lines_on_which_units_begin_lie_over_the_map_until_k_takes_them_away() -> None:
    unit = Layer("hidden.0", np.ones(1), incoming=np.array([[1.0, 0.0]]), bias=np.array([0.0]))
    lines = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        for keys in ([], ["k"], ["k"]):
            await pilot.press(*keys)
            await drawn(app, pilot)
            lines.append(sum("⡇" in row or "⢸" in row for row in rows_of(app)))

    visit(ScriptedSession(replace(MAGNITUDE, layers=(unit,))), act)
    first, off, again = lines
    assert off == 0
    assert first == again >= 5


def test_many_units_lines_wait_to_be_asked_for() -> None:
    units = Layer("hidden.0", np.ones(17), incoming=np.ones((17, 2)), bias=np.zeros(17))
    assert lines_of(units) == 0
    assert lines_of(replace(units, activity=np.ones(3), incoming=np.ones((3, 2)), bias=np.zeros(3))) > 0


def lines_of(layer: Layer) -> int:
    """Rows of the pane with dots on the map."""
    rows = framed(FitPane, replace(MAGNITUDE, layers=(layer,)))
    return sum(any("⠁" <= character <= "⣿" for character in row) for row in rows)


def test_target_and_network_are_as_large_as_fits_and_the_error_has_its_place_where_there_is_room() -> None:
    small, large = framed(FitPane, MAGNITUDE, (60, 13)), framed(FitPane, MAGNITUDE, (118, 36))
    assert "error" not in "".join(small)
    assert max(row.count("▀") for row in small) >= 2 * 20
    assert "error" in "".join(large)


def test_a_narrowed_range_is_told_and_marked() -> None:
    rows = framed(FitPane, replace(SINE, fit=replace(SINE.fit, used=(-0.123, 0.123))))
    row = next(row for row in rows if "not yet" in row)
    assert row.index("not yet") < row.index("━") < row.rindex("not yet")
    assert "trained on ±0.123 of ±1,000" in rows[-1]
    assert interval((0.0, 12.0)) == "[0, 12]"
    assert interval((-20.376, 20.376)) == "±20.4"
    assert interval((-12_345.6, 12_345.6)) == "±12,346"


def test_a_fit_that_is_no_picture_gives_up_its_place() -> None:
    assert "fit" in placed(SINE)
    assert "fit" not in placed(replace(SINE, fit=Fit()))


def test_a_refused_run_says_the_refusal_and_shows_no_empty_pane() -> None:
    reason = "target 'log' is not finite at x = -1"
    refused = replace(EMPTY, state="finished", preset="p", story="Watch.", refusal=reason)
    rows = "\n".join(show(refused))
    assert "● finished" in rows
    assert reason in rows
    assert "error" not in rows
    assert placed(refused) == ["verdict", "story"]
    assert placed(replace(SINE, refusal=reason, state="finished")) == ["verdict", "story", "events"]
