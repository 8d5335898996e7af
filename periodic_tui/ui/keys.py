"""The keys as bindings, and what the screen calls them."""

from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar

from textual.actions import parse
from textual.binding import Binding, BindingType
from textual.keys import format_key

from periodic_tui.ui.key_table import PANE_KEYS, QUIT, SUSPEND, Key, dashboard_keys, default_keys

Keys = Mapping[str, Sequence[str]]
"""The keys of each action, by its id."""

ARROWS = {"up", "down", "left", "right"}


def bindings(keys: Iterable[Key], priority: bool = False) -> list[BindingType]:
    """What a screen or a pane has to name as its `BINDINGS`."""
    return [
        Binding(key.keys, key.action, key.name, show=False, priority=priority, tooltip=key.tooltip, id=key.ident)
        for key in keys
    ]


def pane_bindings(pane: str) -> list[BindingType]:
    """Those of a pane, by its name."""
    return bindings(PANE_KEYS[pane])


ALWAYS = bindings((SUSPEND, QUIT))
"""Keys that work before the dashboard is there."""

KEYS = bindings(dashboard_keys())
"""All keys of the dashboard."""

_SCREEN_ONLY = {
    "list_presets", "help", "zoom_pane", "scrub", "export_picture", "turn_pane", "hide_pane", "back", "quit",
    "suspend_process", "redraw", "command_palette", "messages",
}  # fmt: skip
"""Actions that have nothing to do with what trains."""
VIEWS_ONLY = ("toggle-pause", "slower", "faster", "step")
"""Commands that a recording obeys, too."""


def trains(action: str, parameters: Sequence[object] = ()) -> bool:
    """Whether one of the actions of these keys is about what trains: none of them has any hold on a script."""
    if action == "send":
        return not (parameters and parameters[0] in VIEWS_ONLY)
    return action in _ACTIONS and action not in _SCREEN_ONLY


def training_key(key: str) -> bool:
    """Whether it does something about what trains."""
    keys = _keys.get()
    return any(trains(*_named(each.action)) for each in dashboard_keys() if key in keys[each.ident])


def _named(action: str) -> tuple[str, tuple[object, ...]]:
    """Name and parameters."""
    _, name, parameters = parse(action)
    return name, parameters


_ACTIONS = {_named(key.action)[0] for key in dashboard_keys()}
_IDENTS = {key.action: key.ident for key in dashboard_keys()}

_keys: ContextVar[Keys] = ContextVar("keys", default=default_keys())  # noqa: B039  # nobody changes it


def use(keys: Keys) -> None:
    """Call these actions by these keys from now on, in the app that runs."""
    _keys.set({**default_keys(), **keys})


def tooltip_of(action: str) -> str:
    """What the key of an action does, in a line; empty where it has none."""
    return next((key.tooltip for key in dashboard_keys() if key.action == action), "")


def action_for(words: str) -> str:
    """The action that sends a command, where a key does; else the words are an action's, as `branch` is both."""
    sends = f"send('{words}')"
    return sends if sends in _IDENTS else words


def key_for(words: str) -> str:
    """The key, as it is written, that sends a command or does what an action is named; empty where none does."""
    ident = _IDENTS.get(action_for(words))
    return written(names_of(ident)[0]) if ident else ""


def names_of(ident: str) -> Sequence[str]:
    """Textual's names of the keys of an action, by its id."""
    return _keys.get()[ident]


def keys_of(*idents: str) -> str:
    """The first keys of some actions, by their ids, as a hint names them: `+ -`, or `arrows`."""
    first = [names_of(ident)[0] for ident in idents]
    return "arrows" if ARROWS.issuperset(first) else " ".join(map(written, first))


def written(key: str) -> str:
    """A key of Textual's as the screen writes it: `?`, `esc`, `ctrl+k`, `left`."""
    *modifiers, name = key.rsplit("+", 1)
    return "+".join([*modifiers, name if name in ARROWS else "enter" if name == "enter" else format_key(name)])


def typed(words: str) -> str:
    """How to give a command that has no key: `:undo`."""
    key = key_for("prompt")
    return f"{key}{words}" if len(key) == 1 else f"{key} {words}".strip()
