"""Activations and their derivatives' meaning for a unit's health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from periodic_tui.engine.components.registry import Kind, Registry

if TYPE_CHECKING:
    from torch import Tensor


class Activation(Kind):
    """An element-wise function of pre-activations."""

    is_foreign: ClassVar[bool] = False
    """Whether nobody but a program of the user's can compute it."""
    repeats: ClassVar[bool] = False
    """Whether it bends again and again, not around one place alone."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """Learned scalars of a layer: name to initial value."""
        return {}

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        """Activations of pre-activations `z` `[replicas, batch, units]`; `learned` holds `[replicas, 1, 1]` each."""
        raise NotImplementedError


activations: Registry[Activation] = Registry("activation", default="relu")
