from dataclasses import replace

import numpy as np

from periodic_tui.engine.snapshot import EMPTY, Fit, Layer
from tests.ui.scripted import MAGNITUDE, SINE, show
from tests.ui.test_screen import panes_shown

KNOWN = np.eye(3, 4)
WEIGHTS = replace(MAGNITUDE, layers=(), fit=Fit(np.arange(4.0), KNOWN, 0.5 * KNOWN, "weights"))
_OUT = np.arange(8.0)
SPECTRUM = replace(MAGNITUDE, layers=(), fit=Fit(_OUT, _OUT[:, None], _OUT[:, None] + 1, "sample", domain=(0.0, 7.0)))


def test_stretches_that_were_held_out_are_told_apart() -> None:
    assert not any("held out" in row for row in show(SINE))
    fit = replace(SINE.fit, trained=((-0.5, 0.0),), domain=(-0.5, 0.5))
    row = next(row for row in show(replace(SINE, fit=fit)) if "held out" in row)
    assert row.index(" trained ") < row.index(" held out ")


def test_known_and_learned_weights_stand_side_by_side() -> None:
    rows = "\n".join(show(WEIGHTS))
    assert "known" in rows
    assert "learned" in rows
    assert "4 inputs across, 3 outputs down" in rows


def test_the_outputs_for_one_signal_are_curves() -> None:
    rows = "\n".join(show(SPECTRUM))
    assert "outputs for one signal" in rows
    assert "⠒⠒ network" in rows


def test_k_draws_the_lines_on_which_units_begin_over_the_map() -> None:
    unit = Layer("hidden.0", np.ones(1), incoming=np.array([[1.0, 0.0]]), bias=np.array([0.0]))
    snapshot = replace(MAGNITUDE, layers=(unit,))
    assert sum("⡇" in row or "⢸" in row for row in show(snapshot)) == 0
    assert sum("⡇" in row or "⢸" in row for row in show(snapshot, "k")) >= 5


def test_a_fit_that_is_no_picture_gives_up_its_place() -> None:
    assert "fit" not in panes_shown(replace(SINE, fit=Fit()), size=(120, 40))


def test_a_refused_run_says_the_refusal_and_shows_no_empty_pane() -> None:
    reason = "target 'log' is not finite at x = -1"
    refused = replace(EMPTY, state="finished", preset="p", story="Watch.", refusal=reason)
    rows = "\n".join(show(refused))
    assert "● finished" in rows
    assert reason in rows
    assert "error" not in rows
    assert panes_shown(refused, size=(120, 40)) == ["story", "verdict"]
    with_events = panes_shown(replace(SINE, refusal=reason, state="finished"), size=(120, 40))
    assert with_events == ["story", "verdict", "events"]
