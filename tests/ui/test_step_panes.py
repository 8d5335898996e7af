"""Panes over the steps: a fall stands at the mark of the command that it came from; zoom, pan and figures."""

import math
from dataclasses import replace

import numpy as np
import pytest
from textual.geometry import Size
from textual.pilot import Pilot

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import Curve, Event, Snapshot
from periodic_tui.plotting.cells import Ink
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.panes.frequency import FrequencyPane
from periodic_tui.ui.panes.loss import LossPane
from periodic_tui.ui.widgets.pane import Pane
from periodic_tui.ui.widgets.step_pane import StepPane
from tests.engine.test_presets import WITHOUT_ANSWER, preset
from tests.ui.scripted import SINE, ScriptedSession, framed, visit

SIZE = Size(58, 18)
BEFORE, AFTER = 30, 10


def injected(name: str) -> Snapshot:
    """A preset's picture some steps after its answer was injected."""
    runner = Runner(load, name, preset(name, replicas=1), device="cpu", engine="eager")
    runner.open()
    runner.advance(BEFORE)
    runner.apply(parse("inject"))
    runner.advance(AFTER)
    return runner.snapshot()


def columns(pane: LossPane, snapshot: Snapshot, ink: Ink) -> set[int]:
    """Columns of the loss plot, left of its legend, in which there is something of an ink."""
    cells = pane.draw(snapshot, SIZE)
    axis = next(line.index("┤") for line in cells.text() if "┤" in line)
    drawn = (cells.ink == ink) & (cells.glyphs != ord(" "))
    return set(np.flatnonzero(drawn[: SIZE.height - 2, axis + 1 : SIZE.width - 11].any(0)) + axis + 1)


def of_life(curve: Curve, last: bool) -> Curve:
    """The part of a curve that belongs to its first life, or to its last."""
    kept = curve.life == curve.life[-1 if last else 0]
    step, low, middle, high, ends, life = (
        values[kept] for values in (curve.step, curve.low, curve.middle, curve.high, curve.last, curve.life)
    )
    return Curve(step, low, middle, high, last=ends, life=life)


@pytest.mark.parametrize("name", [name for name in BUILT_IN if name not in WITHOUT_ANSWER])
def test_probe_and_batch_curve_fall_in_the_column_of_the_injection(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, pane = injected(name), LossPane()
    pane.draw(snapshot, SIZE)
    axis = pane._axes["y"]
    monkeypatch.setattr(pane, "axis", lambda *arguments: axis)
    empty = replace(snapshot, train_curve=Curve(), probe_curve=Curve())
    (mark,) = columns(pane, empty, Ink.MARK)
    quiet = replace(empty, events=())

    def batch(curve: Curve) -> Snapshot:
        return replace(quiet, train_curve=curve)

    def probe(curve: Curve) -> Snapshot:
        return replace(quiet, probe_curve=curve)

    for curve, ink, only in (
        (snapshot.train_curve, Ink.NETWORK, batch),
        (snapshot.probe_curve, Ink.TEXT, probe),
    ):
        before, after = (only(of_life(curve, last)) for last in (False, True))
        assert mark - max(columns(pane, before, ink)) in (0, 1)
        assert min(columns(pane, after, ink)) == mark
        whole = columns(pane, only(curve), ink)
        assert whole == columns(pane, before, ink) | columns(pane, after, ink)


LONG = replace(SINE, step=16_000, events=())
SECOND = replace(LONG, life=14_000)


@pytest.mark.parametrize(
    ("first", "keys", "later", "window"),
    [
        (LONG, "", LONG, (0, 20_000)),
        (LONG, "+", LONG, (6_250, 16_250)),
        (LONG, "++", LONG, (11_250, 16_250)),
        (LONG, "++", replace(LONG, step=20_000), (15_625, 20_625)),
        (LONG, "++-", LONG, (6_250, 16_250)),
        (LONG, "++---", LONG, (0, 20_000)),
        (LONG, "+---", replace(LONG, step=60_000), (0, 100_000)),
        (LONG, "++<", LONG, (10_000, 15_000)),
        (LONG, "++<", replace(LONG, step=20_000), (10_000, 15_000)),
        (LONG, "++<>", replace(LONG, step=20_000), (15_625, 20_625)),
        (LONG, "++<<<<<<<<<<<<<", LONG, (0, 5_000)),
        (LONG, "++", replace(LONG, life=15_990), (15_990, 16_000)),
        (LONG, "++", replace(LONG, run=2, step=3), (0, 10)),
        (SECOND, "", SECOND, (14_000, 16_000)),
        (SECOND, "-", SECOND, (12_500, 16_500)),
        (SECOND, "----", SECOND, (0, 20_000)),
    ],
)
def test_the_window_begins_with_the_present_life_and_can_be_zoomed_and_panned(
    first: Snapshot, keys: str, later: Snapshot, window: tuple[int, int]
) -> None:
    pane = LossPane()
    pane.set_reactive(Pane.snapshot, first)
    for key in keys:
        if key in "+-":
            pane.action_zoom(0.5 if key == "+" else 2.0)
        else:
            pane.action_pan(-0.25 if key == "<" else 0.25)
    assert pane.steps(later) == window


@pytest.mark.parametrize("name", ["loss", "frequency"])
def test_plus_minus_and_arrows_zoom_and_pan_the_pane_that_has_the_focus(name: str) -> None:
    windows: list[tuple[float, float]] = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert app.dashboard is not None
        pane = app.dashboard.panes[name]
        assert isinstance(pane, StepPane)
        pane.focus()
        for key in ("plus", "left", "right", "minus"):
            await pilot.press(key)
            windows.append(pane.steps(LONG))

    visit(ScriptedSession(LONG), act)
    assert windows == [(6_250, 16_250), (3_750, 13_750), (6_250, 16_250), (0, 20_000)]


def test_the_upright_axis_is_for_what_is_seen() -> None:
    step = np.arange(0, 16_000, 100.0)
    value = np.where(step < 14_000, 1e4, 1.0 + step / 1e5)
    row = framed(LossPane, replace(LONG, train_curve=Curve(step, value, value, value), probe_curve=Curve()))
    assert any("1e+4┤" in line for line in row)
    row = framed(LossPane, replace(SECOND, train_curve=Curve(step, value, value, value), probe_curve=Curve()))
    assert not any("1e+4┤" in line for line in row)


def test_steps_are_told_apart_late_in_a_run() -> None:
    rows = framed(LossPane, replace(LONG, step=1_204_007, life=1_204_000))
    assert any(row.strip("│").split() == ["1,204,000", "1,204,005", "1,204,010"] for row in rows)


def test_the_untreated_curve_lies_above_all_others_and_says_how_far_it_is_known() -> None:
    step = np.arange(2_000.0)
    flat = np.ones(2_000)
    course = Curve(step, flat, flat, flat, last=step, life=0 * step)
    known = Curve(step[:900], flat[:900], flat[:900], flat[:900], last=step[:900], life=0 * step[:900])
    run = replace(SINE, train_curve=course, probe_curve=course, untreated_curve=known)
    cells = LossPane().draw(run, SIZE)
    dashes = (cells.glyphs == ord("┄")) & (cells.ink == Ink.MARK)
    assert dashes[2:].sum() >= 20
    assert " · untreated to 900 · " in LossPane().figure(run)
    assert "untreated to" not in LossPane().figure(replace(run, untreated_curve=course))
    ascii = LossPane("ascii").draw(run, SIZE).text()
    assert any("==========" in line for line in ascii)


@pytest.mark.parametrize("kind", [LossPane, FrequencyPane])
def test_the_course_that_was_left_lies_pale_behind_as_far_as_it_came(kind: type[StepPane]) -> None:
    step = np.arange(0.0, 12_000.0, 50.0)
    high, low, ends = np.full(240, 0.7), np.full(70, 0.4), step + 49
    left = Curve(step, high, high, high, last=ends, life=np.repeat([0.0, 5_000.0], 120))
    now = Curve(step[:70], low, low, low, last=ends[:70], life=0 * low)
    run = replace(SINE, step=3_500, events=(), train_curve=now, probe_curve=Curve(), omega_curve=now)
    run = replace(run, answer=np.empty(0), abandoned_curve=left, abandoned_omega=left)
    cells = kind().draw(run, SIZE)
    line = (cells.ink == Ink.QUIET) & (cells.glyphs >= 0x2800) & (cells.glyphs < 0x2900)
    columns = np.flatnonzero(line.any(0))
    assert len(columns) > 10
    assert np.flatnonzero((cells.ink == Ink.NETWORK).any(0))[0] <= columns[0]
    assert "abandoned" in framed(kind, run, (SIZE.width + 2, SIZE.height + 2))[0]
    assert kind().steps(run) == (0, 20_000)


def test_a_life_that_began_after_the_course_that_was_left_is_not_squeezed_by_it() -> None:
    step = np.arange(0.0, 2_000.0, 10.0)
    flat = np.ones(200)
    left = Curve(step, flat, flat, flat, last=step + 9, life=0 * flat)
    run = replace(LONG, life=15_000, abandoned_curve=left)
    assert LossPane().steps(run) == (15_000, 16_000)
    assert not any("abandoned" in row for row in LossPane().draw(run, SIZE).text())


def test_a_batch_that_there_has_not_been_is_not_told() -> None:
    assert "batch" not in LossPane().figure(replace(SINE, train_loss=math.nan))
    assert "batch 1.13" in LossPane().figure(SINE)


def test_distance_and_basins_are_those_of_the_picture() -> None:
    run = replace(SINE, distance=12.5, basin=0.005)
    assert FrequencyPane().figure(run) == "basin ±0.005 · 2,500 basins away"
    assert any("distance 12.5" in row for row in framed(FrequencyPane, run))
    assert not any("distance" in row for row in framed(FrequencyPane, replace(run, distance=math.nan)))


def test_only_what_changes_the_run_leaves_a_mark() -> None:
    events = [
        Event(100 * number, "", words)
        for number, words in enumerate(
            ("inject", "pause", "pace:10", "step", "engine:compiled", "set:optimizer.lr=1", "undo")
        )
    ]
    cells = LossPane().draw(replace(SINE, events=tuple(events), step=700, life=0), SIZE)
    marks = set(np.flatnonzero((cells.ink == Ink.MARK).any(0)).tolist())
    assert len(marks) == 3
