"""What a remedy is handed: all that it may know of a run, and all that it may do to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from periodic_tui.engine.components.domain import Domain
from periodic_tui.engine.components.models import HiddenLayer, Model
from periodic_tui.engine.components.optimizers import Optimizer

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from periodic_tui.engine.slices import Slices


_MOST_AT_ONCE = 4096
"""Samples of a data set up to which each step is taken on all of them."""


@dataclass(frozen=True)
class Setting:
    """What a remedy may know of an experiment: everything but the target."""

    model: Model
    domain: Domain
    optimizer: Optimizer
    inputs: int
    outputs: int
    batch_size: int
    """0: the whole fixed data set."""
    solved_below: float
    labels: bool = False
    """Whether the outputs are classes or their probabilities, and no quantities."""

    @property
    def reach(self) -> float | None:
        """Largest distance of a training point from the point next to zero; None without intervals."""
        if not self.domain.train:
            return None
        low, high = self.domain.train[0][0], self.domain.train[-1][1]
        center = min(max(0.0, low), high)
        return max(high - center, center - low)

    @property
    def has_adam(self) -> bool:
        """Whether the optimizer is Adam, or one of its kin."""
        return "adam" in self.optimizer.kind

    @property
    def usual_batch(self) -> int:
        """Samples a step: 0, all of them, of a data set that is not too large; else at least 256."""
        return 0 if 0 < self.domain.points <= _MOST_AT_ONCE else max(256, self.batch_size)

    @property
    def nearest(self) -> float:
        """Distance of the training domain from zero."""
        return min((max(low, -high, 0.0) for low, high in self.domain.train), default=0.0)

    @property
    def scale(self) -> float:
        """The size of the factor on an only input."""
        return abs(self.domain.scale[0]) if self.domain.scale else 1.0


class RemedyContext(Protocol):
    """One run as a remedy sees it: samples and the trainer's verbs. Nothing leads to the target or to the answer."""

    setting: Setting
    replicas: int
    device: torch.device
    dtype: torch.dtype
    names: tuple[str, ...]
    """Names of the parameters."""
    candidates: list[float]
    """Frequencies of the first replica that are still in the running, for the screen."""

    @property
    def alive(self) -> Tensor:
        """Replicas `[replicas]` that have not diverged."""

    # Samples.

    def sample(self, count: int, half_width: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Fresh `x` `[replicas, count, inputs]` and `y` `[replicas, count, outputs]`, noise and all, from the present
        range or, with `half_width` `[replicas]`, from that; of a fixed data set, points in use (drawn with repeats).
        """

    @property
    def data(self) -> tuple[Tensor, Tensor] | None:
        """The fixed data set, `x` `[points, inputs]` and `y` `[points, outputs]`; None where samples are fresh."""

    def train_on(self, x: Tensor, y: Tensor) -> None:
        """Train on other fixed points `[points, inputs]`, `[points, outputs]`, made from those in `data`."""

    @property
    def reach(self) -> float:
        """Half-width of the widest range: all of the training domain."""

    @property
    def farthest(self) -> float:
        """Largest |x| of the training domain."""

    def points(self, half_width: Tensor) -> Tensor:
        """Points `[replicas]` so near to the middle; inf where samples are fresh."""

    def narrow(self, half_width: Tensor) -> None:
        """Train only on points so near to the middle, `[replicas]`."""

    # Random numbers.

    def uniform(self, count: int) -> Tensor:
        """`[replicas, count]` in (0, 1]."""

    def normal(self, count: int) -> Tensor:
        """`[replicas, count]` from N(0, 1)."""

    # Parameters.

    def get(self, name: str) -> Tensor:
        """A copy of the parameter, `[replicas, *shape]`."""

    def put(self, name: str, values: Tensor, where: Tensor | None = None) -> None:
        """Set a parameter; `where` `[replicas]` or of its shape limits it."""

    def predict(self, x: Tensor) -> Tensor:
        """Outputs `[replicas, points, outputs]` at `x` `[replicas, points, inputs]`."""

    def hidden(self, x: Tensor) -> list[HiddenLayer]:
        """What each hidden layer does at `x` `[replicas, points, inputs]`."""

    def initial(self, **init: Any) -> None:
        """Draw every parameter afresh by other initializers (keys of `[init]`), with a fresh optimizer."""

    def begin_again(self, where: Tensor) -> None:
        """Draw the replicas `where` `[replicas]` again from their seeds, as the preset wants it, with an optimizer that
        remembers nothing; one that has diverged goes on."""

    # The loss.

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Training loss `[replicas]` at points as `sample` gives them."""

    def loss_of_constant(self, y: Tensor) -> float:
        """That of the best constant for `y`."""

    def sharpness(self, x: Tensor, y: Tensor) -> Slices[Tensor]:
        """Largest curvature `[replicas]` of that loss; NaN where it is not finite."""

    def loss_after(self, factor: float, steps: int, x: Tensor, y: Tensor) -> Slices[Tensor]:
        """The same loss after so many steps at `factor` times the learning rates, on a copy: the run stays."""

    # The optimizer.

    @property
    def lr(self) -> Tensor:
        """The learning rate `[replicas]` as it is now; where parameters have rates of their own, the largest."""

    def scale_rates(self, factor: Tensor) -> None:
        """Multiply all learning rates by `[replicas]`."""

    def rate(self, lr: Tensor, name: str | None = None) -> None:
        """Set the learning rate `[replicas]` of one parameter, or of all."""

    def change(self, **keys: Any) -> None:
        """Replace parts of the experiment: `optimizer`, `batch_size`, `activation`, `scaling`, `clip_gradient`. Rates
        and range come anew. Raises Failed where the experiment would make no sense."""

    def restart(self, where: Tensor) -> None:
        """Zero everything that the optimizer remembers of the replicas `where` `[replicas]`."""

    def forget(self, name: str, where: Tensor) -> None:
        """Zero the optimizer's moments of some scalars of a parameter; `where` has its shape."""

    # The end.

    def give_up(self, where: Tensor, reason: str) -> None:
        """Note replicas `[replicas]` that could not be helped. Raises Failed once that is all of them."""
