"""The question before a dashboard is left while its script runs."""

import signal
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from periodic_tui.plotting.cells import Glyphs
from periodic_tui.ui.child import Child
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.screens.dismissed_once import DismissedOnce

PERIOD = 0.1
"""Seconds between two looks whether the script has ended."""
ENDINGS: Sequence[tuple[int, str]] = (
    (signal.SIGINT, "The script runs."),
    (signal.SIGTERM, "Asked it to end, as ctrl-C does; it may be saving."),
    (getattr(signal, "SIGKILL", signal.SIGTERM), "Asked it again, by SIGTERM."),
)
"""What ends it the first time, the second, and from then on; and what is said before."""


class Leave(DismissedOnce, ModalScreen[bool]):
    """Returns True where one leaves: because the script has ended, or is to run on; False where one stays."""

    DEFAULT_CSS = """
    Leave {
        align: center middle;
        Static { width: 62; max-width: 100%; height: auto; border: round $network; padding: 0 1; }
        Static.-block { border: solid $network; }
        Static.-ascii { border: ascii $network; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "end", "end the script"),
        Binding("l", "leave", "let it run on"),
        Binding("escape,q", "dismiss(False)", "stay"),
    ]

    def __init__(self, child: Child, name: str, glyphs: Glyphs = "braille") -> None:
        """`name`: under which the recording is found again."""
        super().__init__()
        self._child, self._name, self._glyphs = child, name, glyphs
        self._asked = 0
        self._question = Static(id="question", classes=f"-{glyphs}", markup=False)
        self._question.border_title = "leave?"

    def compose(self) -> ComposeResult:
        yield self._question

    def on_mount(self) -> None:
        self.set_interval(PERIOD, self.look)
        self._tell()

    def look(self) -> None:
        """Leave once it has ended, by what was asked for or by itself."""
        if self._child.poll() is not None:
            self.dismiss(True)

    def action_end(self) -> None:
        self._child.send_signal(ENDINGS[min(self._asked, len(ENDINGS) - 1)][0])
        self._asked += 1
        self._tell()

    def action_leave(self) -> None:
        self.dismiss(True)

    def _tell(self) -> None:
        state = ENDINGS[min(self._asked, len(ENDINGS) - 1)][1]
        lines = [
            state,
            "",
            f"e    end the script{' now' if self._asked else ''}",
            "l    let it run on; it is found again by",
            f"     replay {self._name}",
            "esc  stay",
        ]
        self._question.update("\n".join(plain(line, self._glyphs) for line in lines))
