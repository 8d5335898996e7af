from rich.console import Console
from rich.segment import Segment
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from periodic_tui.ui.terminal.whole import CLEAR, Whole


def test_an_update_is_sent_once_and_again_after_it_has_been_forgotten() -> None:
    whole = Whole(Console())
    whole.paint(LayoutUpdate([[Strip([Segment("starting")])]], Region(0, 0, 8, 1)))
    text, everything = whole.changes(0)
    assert (everything, "starting" in text) == (True, True)
    assert whole.changes(0) == ("", True)
    whole.forget()
    assert whole.changes(0) == (CLEAR + text, True)
