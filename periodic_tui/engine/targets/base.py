"""What a network is asked to learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from periodic_tui.engine.domain import Interval
from periodic_tui.engine.registry import Kind, Registry

if TYPE_CHECKING:
    from torch import Tensor


class Target(Kind):
    """A function from inputs to outputs. Subclasses say how many of each, and where it is defined."""

    noise: Annotated[float, Field(ge=0)] = 0.0
    """Standard deviation of the Gaussian noise on training outputs."""

    @property
    def inputs(self) -> int:
        """Number of input dimensions."""
        return 1

    @property
    def outputs(self) -> int:
        """Number of output dimensions."""
        return 1

    @property
    def own_domain(self) -> tuple[Interval, ...]:
        """Training intervals where the preset gives none."""
        return ((-1.0, 1.0),)

    @property
    def frequencies(self) -> tuple[float, ...]:
        """Known angular frequencies, in radians per unit of x; empty where the target is not a sum of sines."""
        return ()

    def __call__(self, x: Tensor) -> Tensor:
        """Noise-free outputs `[..., outputs]` at inputs `[..., inputs]`, in the dtype of `x`."""
        raise NotImplementedError


targets: Registry[Target] = Registry("target")
