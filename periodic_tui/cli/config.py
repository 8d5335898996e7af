"""The user's config file: keys of their own, and defaults for flags.

It is checked by hand: the first frame waits for it, and would for the validator.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import platformdirs

from periodic_tui.cli.command import NAME
from periodic_tui.cli.options import ENGINES, GLYPH_CHOICES, MOST_FRAMES, device_name
from periodic_tui.cli.recording import NO_RECORD
from periodic_tui.engine.files import read_regular, told
from periodic_tui.engine.names import did_you_mean
from periodic_tui.engine.toml import read_toml
from periodic_tui.presets.errors import PresetError
from periodic_tui.ui.key_names import character_of, key_name
from periodic_tui.ui.key_table import clashes, default_keys

FILE = "PERIODIC_TUI_CONFIG"
"""Name in the environment of another file in the place of the usual one."""
MAX_BYTES = 1 << 16
"""Largest file that is read."""
_LISTED = 8
"""Names up to which an error lists them all."""


class ConfigError(PresetError):
    """A config file that cannot be used; its lines are those of a preset's errors."""


@dataclass(frozen=True)
class Config:
    """What the user wants to be otherwise than built in."""

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Textual's names of the keys of some actions, by the ids of these."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Values of flags that are not given: device, engine, fps, glyphs, theme, record."""


def config_path() -> Path | None:
    """The file, whether it is there or not; None where there is no place for one."""
    if named := os.environ.get(FILE):
        return Path(named)
    try:
        folder = platformdirs.user_config_path("periodic-tui")
    except RuntimeError:
        return None
    return folder / "config.toml" if folder.is_absolute() else None


def config() -> Config:
    """What the user's file says; nothing where there is none. Raises ConfigError."""
    path = config_path()
    return Config() if path is None or not (path.exists() or os.environ.get(FILE)) else read(path)


def read(path: Path) -> Config:
    """What a file says. Raises ConfigError with every problem that was found."""
    table = _table(path)
    found = list(_problems(table))
    if found:
        raise ConfigError(str(path), found)
    return Config(_keys(table), table.get("defaults", {}))


def _take(context: click.Context, param: click.Parameter, without: bool) -> None:
    """Let the file's defaults be those of a command line, and keep the rest for whoever opens a screen."""
    try:
        found = Config() if without else config()
    except ConfigError as error:
        error.lines.append(f"{NAME}: --no-config goes on without it")
        raise
    flags = dict(found.defaults)
    flags[NO_RECORD] = not flags.pop("record", True)
    context.obj, context.default_map = found, flags


config_option = click.option(
    "--no-config", is_flag=True, is_eager=True, expose_value=False, callback=_take, help="Leave config.toml out."
)
"""Of every command that the config file has defaults for, or that opens a screen."""


def of_this_command() -> Config:
    """What the file says, in a command with that option."""
    context = click.get_current_context(silent=True)
    return (context and context.find_object(Config)) or Config()


def is_config(path: Path) -> bool:
    """Whether a file is, or is meant as, one of these and no preset."""
    if path == config_path():
        return True
    try:
        names = _table(path).keys()
    except ConfigError:
        return path.name == "config.toml"
    return bool({"keys", "defaults"} & names or path.name == "config.toml") and not {"target", "model"} & names


def _table(path: Path) -> dict[str, Any]:
    try:
        return read_toml(read_regular(path, MAX_BYTES).decode("utf-8-sig"))
    except OSError as error:
        problem = told(error)
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 text (byte {error.start + 1}), expected TOML"
    except RecursionError:
        problem = "is nested too deeply"
    except ValueError as error:
        problem = f"is no TOML: {error}"
    raise ConfigError(str(path), [problem])


def _problems(table: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong, a line a problem."""
    for name, inner in table.items():
        if name not in ("keys", "defaults"):
            yield f"{name}: unknown table, expected keys or defaults{did_you_mean(name, ('keys', 'defaults'))}"
        elif not isinstance(inner, dict):
            yield f"{name}: expected a table"
        elif name == "keys":
            yield from _in_keys(inner)
        else:
            yield from _in_defaults(inner)


def _in_keys(table: Mapping[str, Any]) -> Iterator[str]:
    known, wrong = default_keys(), False
    for ident, value in _flat(table):
        problems = [f"unknown action{did_you_mean(ident, known)}"] if ident not in known else list(_in_key(value))
        yield from (f"keys.{ident}: {problem}" for problem in problems)
        wrong = wrong or bool(problems)
    if not wrong:
        own = _keys({"keys": table})
        for key, one, other in clashes({**known, **own}):
            mine, its = (other, one) if other in own else (one, other)
            yield f"keys.{mine}: {character_of(key)} is the key of {its} already; give {its} another one, too"


def _in_key(value: Any) -> Iterator[str]:
    """What is wrong with the keys of one action."""
    keys = value if isinstance(value, list) else [value]
    if not keys or not all(isinstance(key, str) for key in keys):
        yield f"expected a key or a list of keys, as {quoted('f5')} or [{quoted('?')}, {quoted('f1')}]"
        return
    for key in keys:
        try:
            key_name(key)
        except ValueError as problem:
            yield str(problem)


def quoted(text: str) -> str:
    """As TOML writes it."""
    return f'"{text}"'


def _keys(table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The keys of a sound table, by Textual's names."""
    found = ((ident, [value] if isinstance(value, str) else value) for ident, value in _flat(table.get("keys", {})))
    return {ident: tuple(map(key_name, keys)) for ident, keys in found}


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names and values: TOML takes the dot in `zoom.in` for a table in a table, unless that is quoted."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _in_defaults(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        if name not in _DEFAULTS:
            yield f"defaults.{name}: unknown key, expected {_listed(name, list(_DEFAULTS))}"
        elif problem := _DEFAULTS[name](value):
            yield f"defaults.{name}: {problem}"


def _listed(wrong: str, names: list[str]) -> str:
    """Which names there are, and which of them is meant."""
    some = names if len(names) <= _LISTED else [*names[:_LISTED], "…"]
    return f"one of {', '.join(some)}{did_you_mean(wrong, names)}"


def _device(value: Any) -> str:
    try:
        device_name(str(value))
    except click.BadParameter as problem:
        return problem.message
    return ""


def _one_of(names: Callable[[], list[str]]) -> Callable[[Any], str]:
    """What is wrong with a value that has to be one of these."""
    return lambda value: "" if value in names() else f"unknown value {value!r}, expected {_listed(str(value), names())}"


def _fps(value: Any) -> str:
    sound = type(value) is int and 1 <= value <= MOST_FRAMES
    return "" if sound else f"expected a whole number from 1 to {MOST_FRAMES}, got {value!r}"


def _record(value: Any) -> str:
    return "" if isinstance(value, bool) else f"expected true or false, got {value!r}"


def theme_names() -> list[str]:
    """Of all themes; this alone needs a part of Textual."""
    from textual.theme import BUILTIN_THEMES

    from periodic_tui.ui.themes import OURS

    return [*(theme.name for theme in OURS), *sorted(BUILTIN_THEMES)]


_DEFAULTS: Mapping[str, Callable[[Any], str]] = {
    "device": _device,
    "engine": _one_of(lambda: list(ENGINES)),
    "fps": _fps,
    "glyphs": _one_of(lambda: list(GLYPH_CHOICES)),
    "theme": _one_of(theme_names),
    "record": _record,
}
"""What is wrong with the value of each flag; empty where nothing is."""
