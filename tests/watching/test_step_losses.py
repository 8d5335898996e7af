"""The loss of each step, also where it lies on another device."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from periodic_tui.watching.hooks import step_losses
from periodic_tui.watching.hooks.step_losses import StepLosses
from periodic_tui.watching.looking.parameters import numbers_of


class Far(StepLosses):
    """Takes every tensor for one of another device."""

    @staticmethod
    def is_near(tensor: Tensor) -> bool:
        return False


@pytest.mark.parametrize("kind", [StepLosses, Far])
def test_a_step_is_the_sum_of_its_parts(kind: type[StepLosses]) -> None:
    losses = kind()
    losses.add([torch.tensor(1.5)])
    losses.add([torch.tensor(2.0), torch.tensor([1.0, 2.0])])
    losses.step(1)
    losses.step(2)
    losses.add([torch.tensor(7.0)])
    losses.forget()
    losses.add([torch.tensor(math.inf)])
    losses.add([torch.tensor(-math.inf)])
    losses.step(3)
    first, second = losses.fetched()
    assert first == (1, 6.5)
    assert second[0] == 3
    assert math.isnan(second[1])
    assert losses.fetched() == []


@pytest.mark.parametrize("kind", [StepLosses, Far])
def test_the_factor_of_a_scaler_is_taken_out_once(kind: type[StepLosses]) -> None:
    losses, scale = kind(), torch.tensor(8.0)
    losses.scaled(scale)
    losses.add([torch.tensor(16.0)])
    scale *= 2
    losses.add([torch.tensor(3.0)])
    losses.step(1)
    assert losses.fetched() == [(1, 5.0)]


def test_far_losses_are_kept_as_they_were_and_fetched_together(monkeypatch: pytest.MonkeyPatch) -> None:
    fetches: list[int] = []

    def fetch(tensors: Sequence[Tensor]) -> list[float]:
        fetches.append(len(tensors))
        return numbers_of(tensors)

    monkeypatch.setattr(step_losses, "numbers_of", fetch)
    losses, static = Far(), torch.tensor(0.0)
    for step in range(1, 1001):
        static.fill_(step)
        losses.add([static])
        losses.step(step)
    assert fetches == []
    assert losses.fetched() == [(step, float(step)) for step in range(1, 1001)]
    assert fetches == [1000]
