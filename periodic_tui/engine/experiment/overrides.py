"""Changing one value of an experiment by its dotted path, as `--set` and `set:` do."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment.error_messages import problems
from periodic_tui.engine.experiment.experiment import Experiment

Table = dict[str, Any]
Override = tuple[str, Any]
"""Dotted key path and value."""

CHOSEN_BY_KIND = ("target", "model", "optimizer", "model.activation", "init.weights", "init.bias")
"""Tables of which a bare string is the kind."""

CHANGEABLE = (
    "optimizer.",
    "training.batch_size",
    "training.pace",
    "model.activation",
    "target.noise",
    "domain.train",
)
"""What `set:` can change in mid-run."""


def parse_value(text: str) -> Any:
    """One TOML value; what does not parse as one is the string itself."""
    try:
        parsed = tomllib.loads(f"value = {text}")
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


def changed_in_mid_run(experiment: Experiment, key: str, text: str) -> Experiment:
    """The experiment with one value changed, as `set:KEY=VALUE` says it. Raises Refused with one line."""
    if not any(key == path or key.startswith(path.rstrip(".") + ".") for path in CHANGEABLE):
        allowed = ", ".join(path.rstrip(".") for path in CHANGEABLE)
        raise Refused(f"{key} needs a new run; in mid-run you can set {allowed}")
    try:
        table = override(experiment.model_dump(mode="python"), key, parse_value(text))
        return Experiment.model_validate(table)
    except ValidationError as error:
        raise Refused("; ".join(problems(error, table))) from None
    except ValueError as problem:
        raise Refused(f"{key} = {text}: {problem}") from None
