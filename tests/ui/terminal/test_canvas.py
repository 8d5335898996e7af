"""A terminal that gets only changed cells shows the same as one to which Textual sends the whole screen."""

import math
import random

import pytest
from pyte.screens import Char
from rich.color import ColorSystem
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.pilot import Pilot
from textual.screen import Screen

from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.terminal.canvas import Canvas
from periodic_tui.ui.widgets.cell_widget import CellWidget
from tests.pty.emulator import Emulator
from tests.ui.scripted import ScriptedSession, drawn, put, visit
from tests.ui.test_one_moment import SESSION

KEYS = (
    *("z", "tab", "shift+tab", "h", "g", "c", "escape", "escape", "escape", "l", "f", "question_mark", "colon", "i"),
    *("down", "enter", "ctrl+p", "left_square_bracket", "space", "x"),
)
SIZES = (120, 40), (80, 24), (200, 60), (37, 9), (5, 3), (1, 1)
Look = tuple[object, ...]


def emulator(columns: int, rows: int) -> Emulator:
    return Emulator(columns, rows, lambda answer: None)


def differences(terminal: Emulator, wanted: Emulator) -> list[tuple[int, int, Look, Look]]:
    """Column and row of every cell that looks otherwise than is wanted, and both looks."""
    assert (terminal.columns, terminal.lines) == (wanted.columns, wanted.lines)
    places = ((column, row) for row in range(wanted.lines) for column in range(wanted.columns))
    looks = ((*at, look(terminal.buffer[at[1]][at[0]]), look(wanted.buffer[at[1]][at[0]])) for at in places)
    return [each for each in looks if each[2] != each[3]]


def look(cell: Char) -> Look:
    """What can be seen of a cell: the color of a blank cannot, unless it is underlined or the like."""
    lines = cell.underscore, cell.strikethrough, cell.reverse
    seen = any(lines) or cell.data != " "
    return cell.data, cell.bg, *lines, *((cell.fg, cell.bold, cell.italics) if seen else ())


class Link:
    """An app whose updates go through a canvas to one terminal, a budget of some bytes at a time."""

    def __init__(self, app: PeriodicApp, chance: random.Random, size: tuple[int, int]) -> None:
        self.app, self.chance = app, chance
        self.canvas, self.terminal = Canvas(ColorSystem.TRUECOLOR), emulator(*size)
        self.sent = self.whole = 0
        app.console._color_system = ColorSystem.TRUECOLOR
        vars(app)["_display"] = self.display
        app.screen.refresh()

    def display(self, screen: Screen[object], update: object) -> None:
        """In the place of the app's own."""
        if isinstance(update, CompositorUpdate) and not self.app._batch_count:
            self.whole += len(update.render_segments(self.app.console).encode())
            self.canvas.paint(update)
            self.send(self.chance.choice((math.inf, 2_000, 300, 0)))

    def send(self, budget: float) -> bool:
        areas = [widget.region for widget in self.app.screen.query(CellWidget) if widget.display]
        text, whole = self.canvas.changes(budget, areas)
        self.sent += len(text.encode())
        self.terminal.feed(text.encode())
        return whole

    def resize(self, columns: int, rows: int) -> None:
        self.terminal.resize(rows, columns)

    def settle(self) -> None:
        while not self.send(500):
            pass
        assert self.canvas.changes(math.inf) == ("", True)

    def wanted(self) -> Emulator:
        """A terminal to which Textual has sent all of the screen."""
        update = self.app.screen._compositor.render_update(full=True, screen_stack=self.app._background_screens)
        assert isinstance(update, LayoutUpdate)
        terminal = emulator(*self.app.size)
        terminal.feed(b"\x1b[?7l" + update.render_segments(self.app.console).replace("\n", "\r\n").encode())
        return terminal


@pytest.mark.parametrize("seed", range(2))
def test_random_frames_keys_menus_and_sizes_end_as_a_whole_redraw_does(seed: int) -> None:
    chance = random.Random(seed)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        link = Link(app, chance, SIZES[0])
        vars(app)["exit"] = lambda *args, **options: None
        await drawn(app, pilot)
        for _ in range(40):
            happens = chance.random()
            if happens < 0.4:
                await put(app, pilot, chance.choice(SESSION))
            elif happens < 0.9:
                await pilot.press(chance.choice(KEYS))
            else:
                size = chance.choice(SIZES)
                await pilot.resize_terminal(*size)
                link.resize(*size)
                link.canvas.forget()
            await pilot.pause()
            if happens < 0.5:
                continue
            link.settle()
            assert differences(link.terminal, link.wanted()) == []
        assert link.sent < link.whole

    visit(ScriptedSession(SESSION[0]), act, SIZES[0])
