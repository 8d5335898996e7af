"""A terminal that gets only changed cells shows the same as one to which Textual sends the whole screen."""

import math
import random

import pytest
from pyte.screens import Char
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip

from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.terminal.canvas import CLEAR, MOST_NUMBERS, Canvas
from periodic_tui.ui.terminal.grid import SINGLE
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


def row_of(*texts: str | tuple[str, str]) -> Strip:
    """A strip of texts, some with their style."""
    pairs = [(text, "") if isinstance(text, str) else text for text in texts]
    return Strip([Segment(text, Style.parse(style)) for text, style in pairs])


def picture(*rows: Strip) -> LayoutUpdate:
    return LayoutUpdate([[row] for row in rows], Region(0, 0, rows[0].cell_length, len(rows)))


def shown(canvas: Canvas, *updates: CompositorUpdate, budget: float = math.inf) -> tuple[str, Emulator]:
    """What the last update sends, and the terminal after all of them."""
    terminal, text = emulator(10, 3), ""
    for update in updates:
        canvas.paint(update)
        text, _ = canvas.changes(budget)
        terminal.feed(text.encode())
    return text, terminal


def canvas() -> Canvas:
    return Canvas(ColorSystem.TRUECOLOR)


BLANK = row_of(" " * 10)


def test_only_the_cells_that_changed_are_sent_and_colors_only_where_they_change() -> None:
    before = picture(row_of("step 0041 "), row_of(("red", "#ff0000"), ("red", "#ff0000 bold"), "    "), BLANK)
    after = picture(row_of("step 0042 "), row_of(("rod", "#ff0000"), ("rad", "#ff0000 bold"), "    "), BLANK)
    text, terminal = shown(canvas(), before, after)
    assert text == "\x1b[1;9H\x1b[0m2\x1b[2;2H\x1b[38;2;255;0;0mo\x1b[2C\x1b[0;1;38;2;255;0;0ma\x1b[0m"
    assert [row.rstrip() for row in terminal.display] == ["step 0042", "rodrad", ""]


def test_a_blank_takes_any_color_but_not_any_background() -> None:
    before = picture(row_of(("ab", "red on blue"), ("  ", "green on blue"), ("x     ", "red on blue")), BLANK, BLANK)
    same = picture(row_of(("ab", "red on blue"), ("  ", "yellow on blue"), ("x     ", "red on blue")), BLANK, BLANK)
    assert shown(canvas(), before, same)[0] == ""
    other = picture(row_of(("ab", "red on blue"), ("  ", "red on white"), ("x     ", "red on blue")), BLANK, BLANK)
    assert shown(canvas(), before, other)[0] != ""
    lined = picture(row_of(("ab", "red on blue"), ("  ", "red on blue underline"), "x     "), BLANK, BLANK)
    _, terminal = shown(canvas(), before, lined)
    assert terminal.buffer[0][2].underscore


@pytest.mark.parametrize("seed", range(3))
def test_wide_and_combined_characters_keep_all_others_in_their_places(seed: int) -> None:
    chance, one = random.Random(seed), canvas()
    words = ("ω", "日", "é", "x", " ", "本", "⣿", "あ", "ñ", "☺")
    terminal = emulator(10, 3)
    for _ in range(60):
        rows = []
        for _ in range(3):
            cells: list[str | tuple[str, str]] = []
            while (room := 10 - row_of(*cells).cell_length) > 0:
                word = chance.choice([word for word in words if row_of(word).cell_length <= room])
                cells.append((word, chance.choice(("", "red", "on blue", "bold green on blue"))))
            rows.append(row_of(*cells))
        update = picture(*rows)
        one.paint(update)
        terminal.feed(one.changes(math.inf)[0].encode())
        whole = emulator(10, 3)
        whole.feed(update.render_segments(Console(color_system="truecolor")).replace("\n", "\r\n").encode())
        assert differences(terminal, whole) == []


def test_characters_that_control_a_terminal_are_no_part_of_a_picture() -> None:
    text, _ = shown(canvas(), picture(row_of("a\x1b]0;x\x07b\x9b2J\r"), BLANK, BLANK))
    assert "\x1b]" not in text
    assert not {"\x07", "\r", "\x9b"} & set(text)


def test_every_character_that_is_taken_for_a_single_cell_is_one() -> None:
    assert [each for each in SINGLE if cell_len(each) != 1] == []


def test_where_not_all_can_be_sent_areas_go_in_turn_after_what_lies_between_them() -> None:
    areas = [Region(0, 1, 5, 3), Region(5, 1, 5, 3), Region(0, 0, 10, 1)]
    one, orders = canvas(), []
    for letter in "abcdef":
        rows = [row_of(letter * 10) for _ in range(4)]
        one.paint(LayoutUpdate([[row] for row in (*rows, row_of(letter.upper() * 10))], Region(0, 0, 10, 5)))
        text, whole = one.changes(80, areas)
        assert not whole
        orders.append([text.find(f"\x1b[{place}H") >= 0 for place in ("5;1", "1;1", "2;1", "2;6")])
    assert all(between and flat for between, flat, *_ in orders)
    assert [left for _, _, left, _ in orders] == [True, False, True, False, True, False]
    assert [right for *_, right in orders] == [False, True, False, True, False, True]


def test_an_area_too_large_for_the_budget_goes_as_it_is() -> None:
    one = canvas()
    one.paint(picture(row_of("0123456789"), row_of("0123456789"), row_of("0123456789")))
    text, whole = one.changes(0, [Region(0, 0, 10, 3)])
    assert (whole, text.count("0123456789")) == (True, 3)


def test_what_is_remembered_of_looks_is_bounded_and_changes_no_picture() -> None:
    one, terminal = canvas(), emulator(10, 3)
    for number in range(MOST_NUMBERS // 50):
        rows = [row_of(*[("x", f"on #{30 * number + 10 * row + cell:06x}") for cell in range(10)]) for row in range(3)]
        one.paint(picture(*rows))
        terminal.feed(one.changes(math.inf)[0].encode())
    whole = emulator(10, 3)
    whole.feed(picture(*rows).render_segments(Console(color_system="truecolor")).replace("\n", "\r\n").encode())
    assert differences(terminal, whole) == []
    assert len(one._pens) <= MOST_NUMBERS + 60


def test_after_it_has_been_forgotten_the_screen_is_cleared_and_sent_whole() -> None:
    one = canvas()
    first, _ = shown(one, picture(row_of("0123456789"), BLANK, BLANK))
    one.forget()
    text, whole = one.changes(math.inf)
    assert (text.startswith(CLEAR), whole) == (True, True)
    assert "0123456789" in text
    assert one.changes(math.inf) == ("", True)
    assert not first.startswith(CLEAR)
