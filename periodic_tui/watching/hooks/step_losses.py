"""The loss of each step: the sum of those whose gradients it is taken on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from periodic_tui.watching.looking.functions import is_captured, is_moded
from periodic_tui.watching.looking.parameters import numbers_of

_MOST = 64
"""Losses of one step."""


class StepLosses:
    """On the CPU a loss is read at once; elsewhere that would wait for the device, so it is kept there."""

    def __init__(self) -> None:
        self._parts: list[float | tuple[Tensor, Tensor | None]] = []
        self._steps: list[tuple[int, list[float | tuple[Tensor, Tensor | None]]]] = []
        self._scales: list[Tensor] = []
        """By which a gradient scaler has multiplied losses whose gradients are not computed yet."""
        self._kept = 0
        self.captured = False
        """Whether some were part of a CUDA graph: what it replays is not seen."""

    def scaled(self, scale: Any) -> None:
        """The next loss is multiplied by that."""
        if isinstance(scale, Tensor) and len(self._scales) < _MOST:
            self._scales.append(scale)

    def noted(self, tensors: Sequence[Any]) -> bool:
        """Gradients of these are about to be computed: whether they are noted. That is what happens at every step, and
        all that is done about the usual loss, one number on the CPU."""
        if len(tensors) != 1 or self._scales or len(self._parts) >= _MOST:
            return False
        loss = tensors[0]
        if type(loss) is not Tensor or not loss.is_cpu or loss.numel() != 1 or is_moded():
            return False
        self._parts.append(loss.item())
        return True

    def only_first(self) -> None:
        """Of what was added since the last step the others are the same again, computed within the step."""
        del self._parts[1:]

    def add(self, tensors: Sequence[Any]) -> None:
        """Gradients of these are about to be computed."""
        scale = self._scales.pop() if self._scales else None
        for tensor in tensors:
            if len(self._parts) >= _MOST or not isinstance(tensor, Tensor):
                continue
            if scale is None and tensor.numel() == 1 and self.is_near(tensor):
                self._parts.append(tensor.item())
            else:
                self._add(tensor, scale)

    @staticmethod
    def is_near(tensor: Tensor) -> bool:
        """Whether it can be read without waiting."""
        return tensor.is_cpu

    def _add(self, tensor: Tensor, scale: Tensor | None) -> None:
        loss = tensor.detach()
        if self.is_near(loss):
            number = float(loss.item() if loss.numel() == 1 else loss.double().sum())
            self._parts.append(number if scale is None else number / scale.item())
        elif is_captured():
            self.captured = True
        else:
            self._kept += 1
            loss = loss.clone() if loss.numel() == 1 else loss.sum()
            self._parts.append((loss, None if scale is None else scale.clone()))

    def step(self, number: int) -> None:
        """That step was taken on what was added since the last one."""
        if self._parts:
            self._steps.append((number, self._parts))
            self._parts = []
        if self._scales:
            self._scales.clear()

    def forget(self) -> None:
        """What was added since the last step belongs to none."""
        self._parts = []
        self._scales.clear()

    def fetched(self) -> list[tuple[int, float]]:
        """Steps and their losses, each told once; waits for other devices, once for each."""
        steps, kept = self._steps, self._kept
        self._steps, self._kept = [], 0
        if not kept:
            return [(number, sum(parts)) for number, parts in steps]  # type: ignore[arg-type]
        waiting = [part for _, parts in steps for part in parts if isinstance(part, tuple)]
        numbers = iter(numbers_of([tensor for part in waiting for tensor in part if tensor is not None]))
        return [(number, sum([_known(part, numbers) for part in parts])) for number, parts in steps]


def _known(part: float | tuple[Tensor, Tensor | None], numbers: Any) -> float:
    if isinstance(part, float):
        return part
    loss = next(numbers)
    return loss if part[1] is None else loss / next(numbers)
