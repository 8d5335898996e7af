"""Snapshots are whole, frozen and read-only."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import Curve, Snapshot, View
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load


def arrays(value: Any, path: str = "") -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Every array in a snapshot, with its path."""
    if isinstance(value, np.ndarray):
        yield path, value
    elif is_dataclass(value):
        for field in fields(value):
            yield from arrays(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from arrays(each, f"{path}[{number}]")


@pytest.mark.parametrize("name", [name for name in BUILT_IN if not name.startswith("clock-")])
def test_nobody_writes_into_a_snapshot(name: str) -> None:
    _, spec = load(name)
    spec = spec.model_copy(update={"training": spec.training.model_copy(update={"replicas": 2})})
    session = Session(load, name, spec, device="cpu", engine="eager")
    session.open()
    session.advance(3)
    session.look(View(panes=("landscape", "features"), compare=True, unit=(0, 0)))
    for picture in (session.snapshot(), session.snapshot(live=True)):
        assert [path for path, array in arrays(picture) if array.flags.writeable] == []


def test_an_array_that_was_handed_over_stays_the_giver_s() -> None:
    mine = np.zeros(3)
    curve = Curve(step=mine)
    mine[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        curve.step[0] = 2.0
    assert Snapshot().omega.flags.writeable is False


def test_a_picture_changes_nothing() -> None:
    from periodic_tui.engine.picture import picture_of

    _, spec = load("magnitude")
    session = Session(load, "magnitude", spec, device="cpu", engine="eager")
    session.open()
    session.advance(50)
    run, view = session.current, View()
    found = run.observe(view, live=True)
    first, second = picture_of(run, found, view), picture_of(run, found, view)
    assert [array.tobytes() for _, array in arrays(first)] == [array.tobytes() for _, array in arrays(second)]
    assert first.events == second.events == tuple(run.events)
