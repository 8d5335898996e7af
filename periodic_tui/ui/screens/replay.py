"""A unit's death, played again moment by moment, over the dashboard."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import ModalScreen

from periodic_tui.engine.snapshot import Death
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.screens.dismissed_once import DismissedOnce
from periodic_tui.ui.themes import has_shades
from periodic_tui.ui.widgets.cell_widget import CellWidget
from periodic_tui.ui.widgets.death_frame import death_frame
from periodic_tui.ui.widgets.film import PERIOD, Film

KEYS = "space pause · ← → moment · enter again · esc close"


class Stage(CellWidget):
    """Shows the present moment of a film."""

    def __init__(self, film: Film, glyphs: Glyphs, recorded: bool) -> None:
        super().__init__(glyphs)
        self.film, self._recorded = film, recorded

    @property
    def recorded(self) -> bool:
        return self._recorded

    def picture(self) -> Cells:
        columns, rows = self.size
        frame = death_frame(self.film.death, self.film.number, (columns, rows - 1), has_shades(self.app), self.glyphs)
        keys = plain(KEYS, self.glyphs)
        return Cells.blank(columns, rows).paste(frame, 0, 0).write(0, rows - 1, keys, Ink.QUIET)


class Replay(DismissedOnce, ModalScreen[None]):
    """Plays a death from its first moment to its last, two moments a second."""

    DEFAULT_CSS = """
    Replay {
        align: center middle;
        Container { width: 76; max-width: 100%; height: 20; max-height: 100%; border: round $trouble; padding: 0 1; }
        Container.-block { border: solid $trouble; }
        Container.-ascii { border: ascii $trouble; }
        Stage { width: 1fr; height: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause"),
        Binding("left", "turn(-1)", "moment before"),
        Binding("right", "turn(1)", "next moment"),
        Binding("enter,home", "again", "again"),
        Binding("escape,q", "dismiss", "close"),
        Binding("d", "dismiss", "close", id="play-death"),
    ]

    def __init__(self, death: Death, name: str, glyphs: Glyphs = "braille", recorded: bool = False) -> None:
        """`name`: of the preset; `recorded`: it was read from a file."""
        super().__init__()
        self.film, self.glyphs = Film(death), glyphs
        self._heading = f"the death of hidden.{death.layer} unit {death.unit} · {name}"
        self._stage = Stage(self.film, glyphs, recorded)
        self._box = Container(self._stage, classes=f"-{glyphs}")

    def compose(self) -> ComposeResult:
        self._box.border_title = plain(self._heading, self.glyphs)
        yield self._box

    def on_mount(self) -> None:
        self._timer = self.set_interval(PERIOD, self.tick)
        self._show()

    def tick(self) -> None:
        """Show the next moment, if the film runs."""
        self.film.tick()
        self._show()

    def action_pause(self) -> None:
        self.film.toggle()
        self._show()

    def action_turn(self, by: int) -> None:
        self.film.turn(by)
        self._show()

    def action_again(self) -> None:
        self.film.home()
        self._show()

    def _show(self) -> None:
        """Draw the moment; nothing runs once the film stands."""
        moments = f"moment {self.film.number + 1} of {len(self.film.death.film)}"
        self._box.border_subtitle = moments if self.film.playing or self.film.over else f"{moments}, paused"
        self._stage.redraw()
        if self.film.playing:
            self._timer.resume()
        else:
            self._timer.pause()
