"""Every key, with what it does. Bindings, last row, help and palette are made from this table, and the user's own keys
are checked by it; it needs nothing of Textual, so that this takes no time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from periodic_tui.engine.commands.base import COMMANDS


class Key(NamedTuple):
    """An action and its keys."""

    ident: str
    """By which a user gives it other keys; of several panes that do alike it is the same."""
    keys: str
    """Textual's names of the keys, with commas between them."""
    action: str
    name: str
    """What it does, in a word or two."""
    tooltip: str
    """The same in a sentence."""


def _send(ident: str, keys: str, words: str, name: str, tooltip: str = "") -> Key:
    """A key that sends a command; its tooltip is the command's own line where nothing better is said."""
    said = (COMMANDS[words.partition(":")[0]].__doc__ or "").partition("\n")[0].rstrip(".")
    return Key(ident, keys, f"send('{words}')", name, tooltip or said)


def _arrows(pane: str, thing: str) -> tuple[Key, ...]:
    """Keys that call `move(across, down)`, from one thing to the next."""
    ways = {
        "left": ("-1, 0", f"{thing} before"),
        "right": ("1, 0", f"next {thing}"),
        "up": ("0, -1", f"{thing} above"),
        "down": ("0, 1", f"{thing} below"),
    }
    return tuple(Key(f"{pane}.{key}", key, f"move({by})", word, f"The {word}") for key, (by, word) in ways.items())


SUSPEND = Key("suspend", "ctrl+z", "app.suspend_process", "suspend", "Go to the shell; fg comes back")
REDRAW = Key("redraw", "ctrl+l", "app.redraw", "redraw", "Draw the whole screen anew")
QUIT = Key("quit", "q", "app.quit", "quit", "End the run and go back to the shell")
PALETTE = Key("palette", "ctrl+p", "app.command_palette", "palette", "Every command, preset, remedy and theme by name")

GROUPS: Mapping[str, tuple[Key, ...]] = {
    "run": (
        _send("pause", "space", "toggle-pause", "pause"),
        _send("step", "s", "step", "step"),
        _send("slower", "less_than_sign", "slower", "slower"),
        _send("faster", "greater_than_sign", "faster", "faster"),
        _send("undo", "u", "undo", "undo", "Undo the last command; the steps count on"),
        Key("compare", "c", "compare", "compare", "Show the same seed untreated beside it, or hide it"),
        Key("stop-at-death", "x", "stop_at_death", "stop at death", "Stop when a unit dies, then go on to the next"),
        Key("play-death", "d", "play_death", "death again", "Play the last death again, step by step"),
    ),
    "answer and start": (
        _send("inject", "i", "inject", "inject", "Set the parameters to the known answer"),
        _send("inject-beside", "I", "inject-beside", "inject beside", "Set them half a basin beside the answer"),
        _send("hold", "H", "toggle-hold", "hold", "Hold the parameters where they are, or let go"),
        _send("reinitialize", "r", "reinitialize", "reinitialize", "Draw the parameters afresh, with the same seed"),
        _send("next-seed", "R", "next:seed", "next seed", "Draw them with the next seed"),
    ),
    "what is trained": (
        Key("remedies", "f", "remedies", "remedies", "Choose a remedy for what is the matter"),
        _send("next-optimizer", "o", "next:optimizer", "next optimizer", "Go on with the next optimizer and its lr"),
        _send("next-activation", "a", "next:activation", "next activation", "Go on with the next activation"),
        _send("halve-lr", "left_parenthesis", "scale-lr:0.5", "lr ÷2", "Halve the learning rate"),
        _send("double-lr", "right_parenthesis", "scale-lr:2", "lr ×2", "Double the learning rate"),
    ),
    "presets": (
        _send("next-preset", "n", "next:preset", "next preset", "Load the next preset"),
        _send("previous-preset", "p", "previous:preset", "preset before", "Load the preset before"),
        Key("list", "l", "list_presets", "list", "Choose a preset, or a recording to play"),
        *[
            Key(f"preset-{n}", str(n), f"load_preset({n})", f"preset {n}", "Load that preset of the list")
            for n in range(1, 10)
        ],
    ),
    "panes": (
        Key("next-pane", "tab", "turn_pane(1)", "next pane", "Go to the next pane, also to one that has no place"),
        Key("previous-pane", "shift+tab", "turn_pane(-1)", "pane before", "Go to the pane before"),
        Key("zoom-pane", "z", "zoom_pane", "zoom", "Show the focused pane alone, or all again"),
        Key("messages", "exclamation_mark", "messages", "messages", "Go to the events, where what was printed stands"),
        Key("hide-pane", "h", "hide_pane", "hide", "Hide the focused pane, or show the one just hidden"),
        Key("landscape", "g", "landscape", "landscape", "Show the landscape: all of it, or near the answer"),
        Key("previous-replica", "left_square_bracket", "turn_replica(-1)", "replica before", "The replica before"),
        Key("next-replica", "right_square_bracket", "turn_replica(1)", "next replica", "Show the next replica"),
    ),
    "the past": (
        Key("past.back", "comma", "scrub(-1)", "back", "Go back a recorded picture, faster while held"),
        Key("past.on", "full_stop", "scrub(1)", "on", "Go on a recorded picture, in the end to the present"),
        Key("branch", "b", "branch", "branch", "Let the run go on from the picture of the past"),
        Key("export", "e", "export_picture", "export", "Write the picture on the screen to a file, as SVG"),
    ),
    "program": (
        Key("type", "colon", "prompt", "type", "Type a command"),
        PALETTE,
        Key("help", "question_mark,f1", "help", "help", "What to watch, and every key"),
        Key("close", "escape", "back", "close", "Leave the past, the zoom, or the help"),
        REDRAW,
        SUSPEND,
        QUIT,
    ),
}
"""The keys of the dashboard, whatever pane has the focus, in groups."""

_STEPS = (
    Key("zoom.in", "plus,equals_sign", "zoom(0.5)", "zoom in", "Show half as many steps"),
    Key("zoom.out", "minus", "zoom(2.0)", "zoom out", "Show twice as many, and earlier, steps"),
    Key("pan.left", "left", "pan(-0.25)", "pan left", "Move a quarter to earlier steps"),
    Key("pan.right", "right", "pan(0.25)", "pan right", "Move a quarter to later steps"),
)
_EVERYTHING = 1 << 20
"""More lines or layers than there are."""

PANE_KEYS: Mapping[str, tuple[Key, ...]] = {
    "loss": _STEPS,
    "frequency": _STEPS,
    "fit": (
        Key("zoom.in", "plus,equals_sign", "zoom(0.5)", "zoom in", "Halve the range of x"),
        Key("zoom.out", "minus", "zoom(2.0)", "zoom out", "Double the range of x"),
        Key("pan.left", "left", "pan(-0.25)", "pan left", "Move a quarter to the left"),
        Key("pan.right", "right", "pan(0.25)", "pan right", "Move a quarter to the right"),
        Key("zero-lines", "k", "lines", "zero lines", "Lines on which units begin, on maps"),
    ),
    "units": _arrows("units", "unit"),
    "population": _arrows("population", "replica"),
    "features": (Key("features.method", "enter", "turn_method", "PCA or t-SNE", "PCA or t-SNE"),),
    "layers": (
        Key("layers.up", "up", "choose(-1)", "layer above", "The layer above"),
        Key("layers.down", "down", "choose(1)", "layer below", "The layer below"),
        Key("layers.page-up", "pageup", "page(-1)", "page up", "A page of layers up"),
        Key("layers.page-down", "pagedown", "page(1)", "page down", "A page down"),
        Key("layers.home", "home", f"choose(-{_EVERYTHING})", "first", "The first layer"),
        Key("layers.end", "end", f"choose({_EVERYTHING})", "last", "The last layer"),
    ),
    "output": (
        Key("output.up", "up", "scroll(1)", "line above", "A line back"),
        Key("output.down", "down", "scroll(-1)", "line below", "A line on"),
        Key("output.page-up", "pageup", "page(1)", "page up", "A page back"),
        Key("output.page-down", "pagedown", "page(-1)", "page down", "A page on"),
        Key("output.home", "home", f"scroll({_EVERYTHING})", "begin", "The first line kept"),
        Key("output.end", "end", f"scroll(-{_EVERYTHING})", "end", "The end, and follow it"),
    ),
    "events": (
        Key("events.up", "up", "choose(-1)", "event before", "The event before"),
        Key("events.down", "down", "choose(1)", "next event", "The next event"),
        Key("events.go", "enter", "go", "go before", "Go to the picture before the event"),
        Key("events.play", "d", "play", "play again", "Play the death again, or the last"),
    ),
}
"""Keys of a pane while it has the focus, by its name."""


def dashboard_keys() -> tuple[Key, ...]:
    """Those of all groups."""
    return tuple(key for group in GROUPS.values() for key in group)


def default_keys() -> dict[str, tuple[str, ...]]:
    """The keys of every action, by its id, as long as the user has not given it others."""
    return {key.ident: tuple(key.keys.split(",")) for key in _every_key()}


def clashes(keys: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str, str]]:
    """A key and the ids of two actions that it would be for, wherever these can be called at the same time."""
    usual, shared, told = default_keys(), dashboard_keys(), set[tuple[str, str]]()
    for scope in (shared, *((*own, *shared) for own in PANE_KEYS.values())):
        owner = dict[str, str]()
        for ident in dict.fromkeys(key.ident for key in scope):
            for key in keys[ident]:
                first = owner.setdefault(key, ident)
                if first != ident and (first, ident) not in told and key not in {*usual[first]} & {*usual[ident]}:
                    told.add((first, ident))
                    yield key, first, ident


def _every_key() -> Iterator[Key]:
    yield from dashboard_keys()
    for keys in PANE_KEYS.values():
        yield from keys
