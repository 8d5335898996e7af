"""Values beyond all measure: what can be loaded can be trained, and the rest is refused in one line a problem."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from periodic_tui.engine.components.activations import activations
from periodic_tui.engine.components.initializers import initializers
from periodic_tui.engine.components.optimizers import optimizers
from periodic_tui.engine.remedies import remedies
from periodic_tui.engine.runner import Runner
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import load

EXTREMES = (0, -1, 1e300, -1e300, 5e-324, math.nan, math.inf, 10**40, -(10**40), 2**63, 1e-40, 3.5e38, 1e18, 1e-30)
"""Every number of a preset is given each of these."""
LISTS: tuple[list[Any], ...] = (
    [],
    [[0, 1e-30]],
    [[0, 5e-324]],
    [[-1e18, 1e18]],
    [[1, 1.0000000000000002]],
    [[1]],
    [[0, 1], [1, 2]],
    [0.0],
)
STRINGS = ("", "a\x07b", "a\nb", "\x1b[2J", "x" * 5_000)
PRESETS = ("snake-decay", "sine-31", "ln-learns", "rhythms", "clock-oscillators", "fir-filter", "single-relu")


def leaves(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted key and value of everything in a preset."""
    for key, value in table.items():
        path = f"{above}{key}"
        if isinstance(value, dict):
            yield from leaves(value, f"{path}.")
        else:
            yield path, value


def extremes(value: Any) -> Iterator[Any]:
    yield from EXTREMES
    if isinstance(value, list):
        yield from ([number] for number in EXTREMES)
        yield from LISTS
    if isinstance(value, str):
        yield from STRINGS


def lines_of(preset: str, settings: list[tuple[str, Any]]) -> list[str]:
    """What is said about a preset with these settings; nothing where it is valid."""
    try:
        load(preset, settings)
    except PresetError as error:
        return error.lines
    return []


def trained(preset: str, *settings: tuple[str, Any]) -> str:
    """The verdict after three steps, or empty where one clear line a problem was said."""
    small = [("training.steps", 3), ("training.batch_size", 2), ("training.replicas", 1), *settings]
    if refused := lines_of(preset, small):
        assert all(line.isprintable() and len(line) < 1_000 for line in refused)
        return ""
    name, experiment = load(preset, small)
    runner = Runner(load, name, experiment, device="cpu", engine="eager")
    runner.open()  # raises nothing: `check` and `train` agree on what is valid
    runner.advance(3)
    return str(runner.summary()["verdict"]["code"])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("preset", PRESETS)
def test_whatever_a_preset_says_it_trains_or_is_refused(preset: str) -> None:
    table = load(preset)[1].model_dump(mode="json")
    told = {(key, repr(value)): trained(preset, (key, value)) for key, old in leaves(table) for value in extremes(old)}
    assert "" in told.values()
    assert len(set(told.values())) > 1


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("table", "kinds"), [("optimizer", optimizers), ("model.activation", activations), ("init.weights", initializers)]
)
def test_whatever_an_option_of_a_kind_is_it_trains_or_is_refused(table: str, kinds: Any) -> None:
    told = [
        trained("abs-two-relus", (f"{table}.kind", kind), (f"{table}.{key}", value))
        for kind, spec in kinds.items()
        for key, field in spec.model_fields.items()
        for value in extremes(list(field.default) if isinstance(field.default, tuple) else field.default)
    ]
    assert "" in told
    assert len(set(told)) > 1


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", remedies)
def test_whatever_an_option_of_a_remedy_is_it_is_read_or_refused(name: str) -> None:
    for key in remedies[name].model_fields:
        for value in EXTREMES:
            lines = lines_of("sine-31", [(f"remedies.{name}.{key}", value)])
            assert all(line.startswith(f"sine-31: remedies.{name}.{key}: ") for line in lines)
            assert len(lines) < 2
