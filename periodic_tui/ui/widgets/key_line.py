"""The last row: the keys that matter now, as many as there is room for."""

from collections.abc import Iterator
from functools import partial

from textual.reactive import var

from periodic_tui.engine.plural import counted
from periodic_tui.engine.snapshot import EMPTY, Past, Snapshot
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.ui.keys import action_for, key_for, keys_of, tooltip_of
from periodic_tui.ui.widgets.cell_widget import CellWidget
from periodic_tui.ui.widgets.pane import Hint
from periodic_tui.ui.widgets.spans import Span, row_of
from periodic_tui.ui.widgets.thing import Thing

Entry = tuple[str, str, str]
"""Key, what it does in a word or two, and the command or action."""

GAP = "  "
ALWAYS = (("help", "help"), ("app.quit", "quit"))


class KeyLine(CellWidget):
    """Shows first what the state of the run calls for; a click does what the key does."""

    DEFAULT_CSS = "KeyLine { height: 1; dock: bottom; }"

    snapshot: var[Snapshot] = var(EMPTY)
    alone: var[bool] = var(False)
    """Whether one pane has the screen."""
    hints: var[tuple[Hint, ...]] = var(())
    """Keys of the pane that the user has turned to."""

    messages: var[int] = var(0)
    """Lines that were printed past the screen."""

    def watch_snapshot(self) -> None:
        self.redraw()

    def watch_messages(self) -> None:
        self.redraw()

    def watch_alone(self) -> None:
        self.redraw()

    def watch_hints(self) -> None:
        self.redraw()

    def picture(self) -> Cells:
        spans = [span for key, word, _ in self._entries() for span in _spans(key, word)]
        return Cells.blank(*self.size).paste(row_of(spans, self.glyphs), 1, 0)

    def thing_at(self, column: int, row: int) -> Thing | None:
        """The key there: a click does what it does."""
        column -= 1
        for key, word, does in self._entries():
            width = len(f"{key} {word}")
            if 0 <= column < width and does:
                action = action_for(does)
                return Thing(tooltip_of(action), partial(self.screen.run_action, action))
            column -= width + len(GAP)
        return None

    def _entries(self) -> list[Entry]:
        return key_entries(self.snapshot, self.size.width - 2, self.alone, self.hints, self.messages)


def key_entries(snapshot: Snapshot, width: int, alone: bool, hints: tuple[Hint, ...], messages: int = 0) -> list[Entry]:
    """The keys that fit, the most important first; help and quit are always there, and how much was printed."""
    told = [("messages", counted(messages, "message"))] if messages else []
    last = [(key_for(does), word, does) for does, word in (*told, *ALWAYS)]
    room, entries = width + len(GAP) - _length(last), list[Entry]()
    for does, word in _wanted(snapshot, alone, hints):
        entry = (key_for(does), word, does) if key_for(does) else (keys_of(*does.split()), word, "")
        if room < _length([entry]):
            break
        entries.append(entry)
        room -= _length([entry])
    return [*entries, *last]


def _length(entries: list[Entry]) -> int:
    return sum(len(f"{key} {word}{GAP}") for key, word, _ in entries)


def _spans(key: str, word: str) -> list[Span]:
    return [(key, Ink.MARK), (f" {word}{GAP}", Ink.TEXT)]


def _wanted(snapshot: Snapshot, alone: bool, hints: tuple[Hint, ...]) -> Iterator[tuple[str, str]]:
    """Commands and actions (or ids of keys) with a word for each, by importance."""
    if alone:
        yield "back", "all panes"
    if snapshot.script:
        yield from _of_script(snapshot, hints)
        return
    yield from hints
    if snapshot.past:
        yield from _in_past(snapshot.past)
        return
    if snapshot.state == "starting" or snapshot.error or snapshot.refusal:
        yield "list_presets", "list"
        return
    if not snapshot.stage:
        yield from _at_deaths(snapshot)
    paused = snapshot.state == "paused"
    yield "toggle-pause", "go on" if paused else "pause"
    if snapshot.stage:
        yield from (("faster", "faster"), ("undo", "undo"))
    again = (("reinitialize", "start over"), ("remedies", "remedies"))
    yield from (*again, ("inject", "inject")) if snapshot.deaths else (("inject", "inject"), *again)
    if paused:
        yield "step", "step"
        if snapshot.recording:
            yield "scrub(-1)", "back in time"
    yield from (("next:seed", "next seed"), ("list_presets", "list"))
    if snapshot.replicas > 1:
        yield "turn_replica(1)", "next replica"
    yield from (("next:preset", "next preset"), ("turn_pane(1)", "next pane"), ("zoom_pane", "zoom"))
    yield from (("landscape", "landscape"), ("prompt", "type a command"))


def _of_script(snapshot: Snapshot, hints: tuple[Hint, ...]) -> Iterator[tuple[str, str]]:
    """A script trains by itself: keys only look."""
    if snapshot.state == "starting":
        yield from (("turn_pane(1)", "next pane"), ("list_presets", "list"))
        return
    yield from hints or ([("layers.up layers.down", "choose a layer")] if snapshot.network.names else [])
    if snapshot.past and snapshot.present:
        yield "toggle-pause", "pause the view" if snapshot.past.written else "play"
    elif snapshot.past:
        playing = "to the present" if snapshot.past.written else "pause" if snapshot.past.playing else "play"
        yield "toggle-pause", playing
    yield from (("scrub(-1)", "back"), ("scrub(1)", "on"), ("turn_pane(1)", "next pane"), ("zoom_pane", "zoom"))
    if snapshot.past and not snapshot.present:
        yield from (("slower", "slower"), ("faster", "faster"))
    yield from (("export_picture", "export"), ("list_presets", "list"))


def _in_past(past: Past) -> Iterator[tuple[str, str]]:
    if past.pace is None:
        yield from (("scrub(-1)", "back"), ("scrub(1)", "on"))
        if past.held:
            yield "branch", "branch here"
        yield "toggle-pause", "to the present"
    else:
        yield from (("toggle-pause", "pause" if past.playing else "play"), ("slower", "slower"), ("faster", "faster"))
        yield from (("scrub(-1)", "back"), ("scrub(1)", "on"), ("list_presets", "list"))
    yield from (("export_picture", "export"), ("turn_pane(1)", "next pane"), ("zoom_pane", "zoom"))


def _at_deaths(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    if snapshot.stops_at_death and snapshot.state == "paused":
        yield "stop_at_death", "next death"
    if snapshot.deaths:
        yield "play_death", "replay"
    elif snapshot.layers and not snapshot.stops_at_death:
        yield "stop_at_death", "stop at death"
