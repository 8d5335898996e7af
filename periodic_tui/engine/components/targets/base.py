"""What a network is asked to learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from periodic_tui.engine.components.domain import Domain, Interval, Intervals
from periodic_tui.engine.components.numbers import NonNegative
from periodic_tui.engine.components.registry import Kind, Registry

if TYPE_CHECKING:
    from torch import Tensor

Rows = tuple["Tensor", "Tensor"]
"""Inputs `[rows, inputs]` and outputs `[rows, outputs]`, float64."""


class Target(Kind):
    """A function from inputs to outputs. Subclasses say how many of each, and where it is defined."""

    noise: NonNegative = 0.0
    """Standard deviation of the Gaussian noise on training outputs; of a table's rows, of what is in them."""
    standardize: bool = False
    """Whether the layers are given, and give, columns of mean 0 and standard deviation 1."""
    graded: ClassVar[bool] = False
    """Whether an output is right or wrong, beyond its loss."""
    phases: ClassVar[bool] = False
    """Whether the outputs are angles, so that a circular loss makes sense."""
    is_table: ClassVar[bool] = False
    """Whether it is rows that were measured, whose noise is in them."""
    own_domain: ClassVar[tuple[Interval, ...]] = ((-1.0, 1.0),)
    """Training intervals where the preset gives none."""

    @property
    def inputs(self) -> int:
        """Number of input dimensions."""
        return 1

    @property
    def classes(self) -> bool:
        """Whether the outputs say of each class whether it is the right one."""
        return False

    @property
    def quantities(self) -> bool:
        """Whether the outputs are numbers in some unit, no angles and no classes."""
        return not self.classes and (self.is_table or not self.phases)

    @property
    def probabilities(self) -> bool:
        """Whether all outputs are known to lie between 0 and 1."""
        return False

    @property
    def outputs(self) -> int:
        """Number of output dimensions."""
        return 1

    @property
    def frequencies(self) -> tuple[float, ...]:
        """Known angular frequencies, in radians per unit of x; empty where the target is not a sum of sines."""
        return ()

    @property
    def last_known(self) -> tuple[int, ...]:
        """For each output the input that holds its last known value; empty where there is none for all of them."""
        return ()

    def column_names(self, columns: Literal["x", "y"]) -> tuple[str, ...]:
        """Of inputs or outputs, as the table has them, where each is one; else numbered."""
        own: tuple[str, ...] = getattr(self, columns, ())
        count = self.inputs if columns == "x" else self.outputs
        if len(own) == count:
            return own
        return (columns,) if count == 1 else tuple(f"{columns}{number}" for number in range(1, count + 1))

    def admissible(self, x: Tensor) -> Tensor:
        """The inputs that are asked for when `x` was drawn: `x` itself, unless only some have a meaning."""
        return x

    def right(self, x: Tensor, prediction: Tensor) -> Tensor:
        """Whether each prediction `[..., outputs]` at `[..., inputs]` is right, `[...]` bool; for graded targets."""
        raise NotImplementedError

    def completed(self, domain: Domain) -> Domain:
        """The domain with what the preset left to the target."""
        if domain.train or domain.distribution == "normal":
            return domain
        return domain.model_copy(update={"train": self.own_domain})

    def goal(self, domain: Domain) -> float | None:
        """Mean squared error from which a fit is good, for targets in units of their own; None: the general default."""
        return None

    def conflicts(self, domain: Domain) -> dict[str, str]:
        """Key of `domain` to what conflicts there with this target; empty if all goes together."""
        return {}

    def rows(self, intervals: Intervals) -> Rows | None:
        """The rows of a table that lie in a union of intervals; None for a function."""
        return None

    def held_out(self, intervals: Intervals) -> Rows | None:
        """The rows of a table that are held out, those in a union of intervals where there are any; None for a
        function, and where nothing is held out."""
        return None

    def __call__(self, x: Tensor) -> Tensor:
        """Noise-free outputs `[..., outputs]` at inputs `[..., inputs]`, in the dtype of `x`."""
        raise NotImplementedError


targets: Registry[Target] = Registry("target")
