"""The keys of the dashboard. Help and palette are made from this list, and a user can remap it by id."""

from collections.abc import Sequence

from textual.actions import parse
from textual.binding import Binding, BindingType
from textual.keys import format_key

from periodic_tui.engine.commands.base import COMMANDS


def _key(keys: str, action: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, name, tooltip=tooltip, show=False, id=_ident(action))


def _ident(action: str) -> str:
    """turn_pane(1) is remapped as turn-pane.1, send('next:seed') as next.seed."""
    words = action.removeprefix("app.").removeprefix("send('").removesuffix("')")
    return words.replace("(", ".").replace(")", "").replace("_", "-").replace(":", ".")


def _send(keys: str, words: str, name: str, tooltip: str = "") -> Binding:
    """A key that sends a command; its tooltip is the command's own line where nothing better is said."""
    help_text = tooltip or (COMMANDS[words.partition(":")[0]].__doc__ or "").partition("\n")[0].rstrip(".")
    return _key(keys, f"send('{words}')", name, help_text)


SUSPEND = _key("ctrl+z", "app.suspend_process", "suspend", "Go to the shell; fg comes back")
REDRAW = _key("ctrl+l", "app.redraw", "redraw", "Draw the whole screen anew")
QUIT = _key("q", "app.quit", "quit", "End the run and go back to the shell")

ALWAYS: list[BindingType] = [SUSPEND, QUIT]
"""Keys that work before the dashboard is there."""

KEYS: list[BindingType] = [
    _send("space", "toggle-pause", "pause"),
    _send("s", "step", "step"),
    _send("less_than_sign", "slower", "slower"),
    _send("greater_than_sign", "faster", "faster"),
    _send("i", "inject", "inject", "Set the parameters to the known answer"),
    _send("I", "inject-beside", "inject beside", "Set them half a basin beside the answer"),
    _send("r", "reinitialize", "reinitialize", "Draw the parameters afresh, with the same seed"),
    _key("f", "remedies", "remedies", "Choose a remedy for what is the matter"),
    _send("u", "undo", "undo", "Undo the last command; the steps count on"),
    _key("c", "compare", "compare", "Show the same seed untreated beside it, or hide it"),
    _send("n", "next:preset", "next preset", "Load the next preset"),
    _send("p", "previous:preset", "preset before", "Load the preset before"),
    _key("l", "list_presets", "list", "Choose a preset"),
    _key("question_mark,f1", "help", "help", "What to watch, and every key"),
    QUIT,
    _send("R", "next:seed", "next seed", "Draw them with the next seed"),
    _key("g", "landscape", "landscape", "Show the landscape: all of it, or near the answer"),
    _key("z", "zoom_pane", "zoom", "Show the focused pane alone, or all again"),
    _send("o", "next:optimizer", "next optimizer", "Go on with the next optimizer and its own lr"),
    _send("a", "next:activation", "next activation", "Go on with the next activation"),
    _send("left_parenthesis", "scale-lr:0.5", "lr ÷2", "Halve the learning rate"),
    _send("right_parenthesis", "scale-lr:2", "lr ×2", "Double the learning rate"),
    _send("H", "toggle-hold", "hold", "Hold the parameters where they are, or let go"),
    _key("x", "stop_at_death", "stop at death", "Stop when a unit dies, then go on to the next"),
    _key("d", "play_death", "death again", "Play the last death again, step by step"),
    _key("comma", "scrub(-1)", "back", "Go back a recorded picture, faster while held"),
    _key("full_stop", "scrub(1)", "on", "Go on a recorded picture, in the end to the present"),
    _key("b", "branch", "branch", "Let the run go on from the picture of the past"),
    _key("e", "export_picture", "export", "Write the picture on the screen to a file, as SVG"),
    _key("colon", "prompt", "type", "Type a command"),
    _key("left_square_bracket", "turn_replica(-1)", "replica before", "Show the replica before"),
    _key("right_square_bracket", "turn_replica(1)", "next replica", "Show the next replica"),
    _key("tab", "turn_pane(1)", "next pane", "Go to the next pane, also to one that has no place"),
    _key("shift+tab", "turn_pane(-1)", "pane before", "Go to the pane before"),
    _key("exclamation_mark", "messages", "messages", "Go to the events, where what was printed stands"),
    _key("h", "hide_pane", "hide", "Hide the focused pane, or show the one just hidden"),
    SUSPEND,
    REDRAW,
    _key("escape", "back", "close", "Leave the past, the zoom, or the help"),
    *[_key(str(n), f"load_preset({n})", f"preset {n}", "Load that preset of the list") for n in range(1, 10)],
]

LOOKS_ONLY = {
    "list_presets", "help", "zoom_pane", "scrub", "export_picture", "turn_pane", "hide_pane", "back", "messages",
}  # fmt: skip
"""Actions that have nothing to do with what trains."""
VIEWS_ONLY = ("toggle-pause", "slower", "faster", "step")
"""Commands that a recording obeys, too."""


def trains(action: str, parameters: Sequence[object] = ()) -> bool:
    """Whether one of the actions of these keys is about what trains: none of them has any hold on a script."""
    if action == "send":
        return not (parameters and parameters[0] in VIEWS_ONLY)
    return action in _ACTIONS and action not in LOOKS_ONLY


def training_key(key: str) -> bool:
    """Whether it does something about what trains."""
    return any(
        trains(*_named(binding.action))
        for binding in KEYS
        if isinstance(binding, Binding) and key in binding.key.split(",")
    )


def _named(action: str) -> tuple[str, tuple[object, ...]]:
    """Name and parameters."""
    _, name, parameters = parse(action)
    return name, parameters


_ACTIONS = {_named(binding.action)[0] for binding in KEYS if isinstance(binding, Binding)} - {
    "quit", "suspend_process", "redraw",
}  # fmt: skip

_KEY_OF = {
    binding.action: format_key(binding.key.partition(",")[0]) for binding in KEYS if isinstance(binding, Binding)
}


def key_for(words: str) -> str:
    """The key, as it is written, that sends a command or does what an action is named; empty where none does."""
    return _KEY_OF.get(f"send('{words}')") or _KEY_OF.get(words, "")
