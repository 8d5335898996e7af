from dataclasses import replace

import numpy as np
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import EMPTY, Fit, Layer
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.panes.fit import FitPane
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
    assert "⠒⠒ network" in rows


def test_k_draws_the_lines_on_which_units_begin_over_the_map() -> None:
    unit = Layer("hidden.0", np.ones(1), incoming=np.array([[1.0, 0.0]]), bias=np.array([0.0]))
    lines = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        for keys in ([], ["k"], ["k"]):
            await pilot.press(*keys)
            await drawn(app, pilot)
            lines.append(sum("⡇" in row or "⢸" in row for row in rows_of(app)))

    visit(ScriptedSession(replace(MAGNITUDE, layers=(unit,))), act)
    before, on, off = lines
    assert before == off == 0
    assert on >= 5


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
    assert placed(refused) == ["story", "verdict"]
    assert placed(replace(SINE, refusal=reason, state="finished")) == ["story", "verdict", "events"]
