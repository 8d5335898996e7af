"""The states on the way to a look: few, about equally far apart, and none of them copied."""

from itertools import pairwise

import pytest
import torch

from periodic_tui.engine.diagnostics.trail import Trail


def state(size: int = 1) -> dict[str, torch.Tensor]:
    return {"parameters": torch.zeros(1, size)}


def test_it_holds_what_was_noted_between_two_steps_by_reference() -> None:
    trail, states = Trail(), {step: state() for step in (3, 5, 9)}
    for step, passed in states.items():
        trail.note(step, passed)
    found = trail.between(3, 9)
    assert [step for step, _ in found] == [5]
    assert found[0][1]["parameters"] is states[5]["parameters"]
    assert not trail.between(5, 9)


@pytest.mark.parametrize(("size", "most"), [(1, 64), (1 << 20, 4), (1 << 24, 2)])
def test_a_long_way_leaves_few_states_that_are_about_equally_far_apart(size: int, most: int) -> None:
    trail, passed = Trail(), state(size)
    for step in range(1, 10_001):
        trail.note(7 * step, passed)
    steps = [0, *(step for step, _ in trail.between(0, 70_001)), 70_000]
    assert len(steps) <= most + 2
    assert max(b - a for a, b in pairwise(steps)) <= 4 * 70_000 / most


def test_it_begins_anew() -> None:
    trail = Trail()
    for step in range(1_000):
        trail.note(step, state())
    trail.clear()
    trail.note(5, state())
    trail.note(6, state())
    assert [step for step, _ in trail.between(0, 10)] == [5, 6]
