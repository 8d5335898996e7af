"""Changing one value of an experiment by its dotted path, as `--set` and `set:` do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from periodic_tui.engine.toml import MOST_PARTS, read_toml

Table = dict[str, Any]
Override = tuple[str, Any]
"""Dotted key path and value."""

CHOSEN_BY_KIND = (
    "target",
    "model",
    "optimizer",
    "model.activation",
    "model.output_activation",
    "training.schedule",
    "init.weights",
    "init.bias",
)
"""Tables of which a bare string is the kind."""


def parse_value(text: str) -> Any:
    """One TOML value; what does not parse as one is the string itself."""
    try:
        parsed = read_toml(f"value = {text}")
    except (ValueError, RecursionError):  # ValueError also where a number has too many digits for Python
        return text
    return parsed["value"] if len(parsed) == 1 else text


def override(table: Mapping[str, Any], path: str, value: Any, above: str = "") -> Table:
    """A copy of a preset's table, or of the one at `above`, with the value at `path` (`optimizer.lr`) replaced.

    A new kind drops the old kind's options; setting an option of a bare name turns the name into a table.
    Raises ValueError where the path leads through something that is no table.
    """
    key, dot, rest = path.partition(".")
    here = f"{above}.{key}" if above else key
    if rest.count(".") >= MOST_PARTS:
        raise ValueError(f"{here}: a key of more than {MOST_PARTS} parts; no key is so long")
    if not key:
        raise ValueError("an empty key")
    if not dot:
        other_kind = key == "kind" and above in CHOSEN_BY_KIND and value != table.get("kind")
        return {"kind": value} if other_kind else {**table, key: value}
    inner = table.get(key, {})
    if isinstance(inner, str) and here in CHOSEN_BY_KIND:
        inner = {"kind": inner}
    if not isinstance(inner, Mapping):
        raise ValueError(f"{here}: expected a table")
    return {**table, key: override(inner, rest, value, here)}


def written(value: Any) -> str:
    """The value as TOML writes it behind a key, in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    return json.dumps(value)
