"""Changing values of an experiment, as `set:` does in mid-run, and `new:` for another run."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from periodic_tui.engine.components.activations import activations
from periodic_tui.engine.components.optimizers import optimizers
from periodic_tui.engine.components.registry import Registry
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment.error_messages import problems
from periodic_tui.engine.experiment.experiment import Experiment
from periodic_tui.engine.overrides import parse_value

CHANGEABLE = (
    "optimizer.",
    "training.batch_size",
    "training.pace",
    "model.activation",
    "model.output_activation",
    "target.noise",
    "domain.train",
)
"""What `set:` can change in mid-run."""


def changeable_keys() -> list[str]:
    """Every such key, with the options of every optimizer and activation."""
    plain = [key for key in CHANGEABLE if not key.endswith(".")]
    return [*_options("optimizer", optimizers), *plain, *_options("model.activation", activations)]


def _options(table: str, registry: Registry[Any]) -> list[str]:
    return list(dict.fromkeys(f"{table}.{key}" for spec in registry.values() for key in spec.model_fields))


def changed_in_mid_run(experiment: Experiment, key: str, text: str) -> Experiment:
    """The experiment with one value changed, as `set:KEY=VALUE` says it. Raises Refused with one line."""
    if not any(key == path or key.startswith(path.rstrip(".") + ".") for path in CHANGEABLE):
        allowed = ", ".join(path.rstrip(".") for path in CHANGEABLE)
        raise Refused(f"{key} needs a new run; in mid-run you can set {allowed}")
    return changed(experiment, {key: text})


def changed(experiment: Experiment, values: Mapping[str, str]) -> Experiment:
    """The experiment with any values changed, by their keys. Raises Refused with one line."""
    for key in values:
        if key.startswith("model.") and experiment.model.is_foreign:
            raise Refused(f"{key}: the network is {experiment.model.title}, which only its own file can change")
    try:
        table = experiment.table_with({key: parse_value(text) for key, text in values.items()})
        return Experiment.model_validate(table)
    except ValidationError as error:
        raise Refused("; ".join(problems(error, table))) from None
    except ValueError as problem:
        raise Refused(f"{', '.join(f'{key} = {text}' for key, text in values.items())}: {problem}") from None
