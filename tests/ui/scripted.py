"""A session that does nothing but remember, and hand-made snapshots: no thread trains, no torch is imported."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache

import numpy as np
from textual.geometry import Size
from textual.pilot import Pilot
from textual.widget import Widget

from periodic_tui.engine.commands.base import Command
from periodic_tui.engine.snapshot import EMPTY, Curve, Event, Fit, Layer, Offer, Snapshot, Verdict, View
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.presets.builtin import Listed
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.arrangement import arrange, relevant
from periodic_tui.ui.dashboard import Dashboard
from periodic_tui.ui.panes import PANES
from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.settings import Drawing, Settings
from periodic_tui.ui.terminal.abilities import ColorDepth
from periodic_tui.ui.themes import DARK
from periodic_tui.ui.widgets.pane import Pane

PRESETS = [
    Listed("sine-31", "Title of sine-31", "1-sine-and-clock", "fails"),
    Listed("ln-collapse", "Title of ln-collapse", "2-ln-relu", "dies"),
    Listed("magnitude", "Title of magnitude", "", ""),
]

_STEP = np.arange(0, 2_000, 10.0)
_LOSS = 1 + 0.1 * np.sin(_STEP)
_OMEGA = 0.5 + 0.1 * np.sin(_STEP / 100)
_X = np.linspace(-0.5, 0.5, 200)
_GRID = np.linspace(-1, 1, 16)
_MAGNITUDE = np.hypot(*np.meshgrid(_GRID, _GRID))

SINE = Snapshot(
    run=1,
    preset="sine-31",
    title="One learnable frequency",
    story="One number has to become 31, and never does.",
    state="training",
    step=2_000,
    rate=571_234.0,
    seed=3,
    device="cpu",
    engine="eager",
    loss=0.998,
    train_loss=1.13,
    train_curve=Curve(_STEP, 0.5 * _LOSS, _LOSS, 2 * _LOSS, 10),
    probe_curve=Curve(_STEP, _LOSS, _LOSS, _LOSS, 10),
    omega_curve=Curve(_STEP, _OMEGA - 0.1, _OMEGA, _OMEGA + 0.1, 10),
    omega=np.array([0.5312]),
    answer=np.array([31.0]),
    basin=0.0045,
    distance=30.4688,
    fit=Fit(_X, np.sin(31 * _X)[:, None], np.sin(0.53 * _X)[:, None], "curves", ((-1e3, 1e3),), (-1e3, 1e3)),
    verdict=Verdict("stuck-outside-basin", "ω is 30.47 from the answer.", step=2_000),
    remedies=(
        Offer("widen-range", "samples a narrow range", "a frequency limit", "frequency_limit 200", True, ""),
        Offer("smaller-step", "sets lr", "the range", "", False, ""),
        Offer("reseed-units", "starts a unit again", "signs", "", False, "it is for one hidden layer"),
    ),
    events=(Event(0, "sine-31, seed 3, cpu, eager"), Event(1_200, "injected the known answer", "inject")),
)
MAGNITUDE = replace(
    SINE,
    preset="magnitude",
    omega=np.empty(0),
    omega_curve=Curve(),
    answer=np.empty(0),
    fit=Fit(_GRID, _MAGNITUDE, 0.5 * _MAGNITUDE, "maps", ((-1.0, 1.0),), (-1.0, 1.0)),
    layers=(Layer("hidden.0", np.array([0.5, 0.5, 0.0, 0.3]), dead=(2,), duplicate=((0, 1),), groups=((0, 1),)),),
)
STARTING = replace(EMPTY, preset="sine-31", title=SINE.title, story=SINE.story)


class ScriptedSession:
    """Shows what it is told to; keeps what was sent."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.sent: list[str] = []
        self.views: list[View] = []
        self.runs_drawn: list[int] = []
        self.on_wake: Callable[[], None] = lambda: None
        self.failure: BaseException | None = None

    def latest(self) -> Snapshot:
        return self.snapshot

    def send(self, command: Command) -> None:
        self.sent.append(command.words)

    def look(self, view: View) -> None:
        self.views.append(view)

    def drawn(self, snapshot: Snapshot) -> None:
        self.runs_drawn.append(snapshot.run)

    def run(self) -> None:
        """Trains nothing."""

    def stop(self) -> None:
        """Has nothing to stop."""


def framed(
    kind: type[Pane], snapshot: Snapshot, size: tuple[int, int] = (58, 18), glyphs: Glyphs = "braille"
) -> list[str]:
    """The rows of a pane in its border, drawn without a screen."""
    with nowhere():
        pane = kind(glyphs)
        return pane.framed(snapshot, Size(*size)).text()


def nowhere() -> AbstractContextManager[None]:
    """Where panes are drawn without a screen: they ask their app whether there are colors."""
    return _never_run()._context()


@cache
def _never_run() -> PeriodicApp:
    return PeriodicApp(Opening("", "", ""), lambda: (ScriptedSession(EMPTY), PRESETS), Drawing(colors="truecolor"))


def placed(snapshot: Snapshot, *hidden: str, size: tuple[int, int] = (120, 40)) -> list[str]:
    """The names of the panes that get a place on a screen of that size, computed without one."""
    return list(arrange(relevant(PANES, snapshot), Size(*size), hidden=set(hidden)).shown)


Visit = Callable[[PeriodicApp, Pilot[None]], Awaitable[None]]


def visit(
    session: ScriptedSession,
    act: Visit,
    size: tuple[int, int] = (120, 40),
    glyphs: Glyphs = "braille",
    settings: Settings | None = None,
    theme: str = DARK.name,
    colors: ColorDepth = "truecolor",
    tooltips: bool = False,
) -> PeriodicApp:
    """Open the dashboard on a headless screen and act on it."""
    opening = Opening("sine-31", "One learnable frequency", "Watch.")
    drawing = Drawing(glyphs, (glyphs,), colors, theme)
    app = PeriodicApp(opening, lambda: (session, PRESETS), drawing, settings)

    async def run() -> None:
        async with app.run_test(size=size, notifications=True, tooltips=tooltips) as pilot:
            while not isinstance(app.screen, Dashboard):
                await pilot.pause(0.01)
            await drawn(app, pilot)
            await act(app, pilot)

    asyncio.run(run())
    return app


async def drawn(app: PeriodicApp, pilot: Pilot[None]) -> None:
    """Wait until the dashboard has been drawn."""
    while app.dashboard is None or app.dashboard.arrangement is None:
        await pilot.pause(0.005)
    await pilot.pause()


def show(snapshot: Snapshot, *keys: str, size: tuple[int, int] = (120, 40), glyphs: Glyphs = "braille") -> list[str]:
    """The rows of the screen for a snapshot, after some keys."""
    rows: list[str] = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await drawn(app, pilot)
        rows.extend(rows_of(app))

    visit(ScriptedSession(snapshot), act, size, glyphs)
    return rows


async def put(app: PeriodicApp, pilot: Pilot[None], snapshot: Snapshot) -> list[str]:
    """Let an open dashboard show another snapshot; the rows of the screen afterwards."""
    dashboard = app.dashboard
    assert dashboard is not None
    assert isinstance(app.session, ScriptedSession)
    app.session.snapshot = snapshot
    dashboard.poll()
    await drawn(app, pilot)
    return rows_of(app)


def shown_by(app: PeriodicApp) -> list[str]:
    """The names of the panes that are on the screen now."""
    assert app.dashboard is not None
    return [name for name, pane in app.dashboard.panes.items() if pane.display and pane.size.area]


def rows_of(app: PeriodicApp) -> list[str]:
    """What is on the screen now."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def shown_in(kind: type[Widget], snapshot: Snapshot, *keys: str, size: tuple[int, int], glyphs: Glyphs) -> list[str]:
    """The rows of a part of the uppermost screen, after some keys."""
    rows: list[str] = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await drawn(app, pilot)
        part = app.screen.query_one(kind).region
        rows.extend(row[part.x : part.right] for row in rows_of(app)[part.y : part.bottom])

    visit(ScriptedSession(snapshot), act, size, glyphs)
    return rows


def sent(snapshot: Snapshot, *keys: str) -> list[str]:
    """The commands that keys send."""
    session = ScriptedSession(snapshot)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()

    visit(session, act)
    return session.sent


def views(snapshot: Snapshot, *keys: str) -> list[View]:
    """The views that keys ask for."""
    session = ScriptedSession(snapshot)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()

    visit(session, act)
    return session.views
