"""Every other optimizer, through torch.optim.

They act element-wise on one `[replicas, parameters]` tensor, which keeps the replicas apart; they run on the eager
engine only, since torch keeps their state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.optimizers.base import Betas, Fraction, NonNegative, Optimizer, Positive, optimizers

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class FromTorch(Optimizer):
    """An optimizer that torch.optim runs."""

    def build(self, parameters: Tensor) -> torch.optim.Optimizer:
        """torch's optimizer over `parameters` `[replicas, parameters]`."""
        import torch

        return getattr(torch.optim, type(self).__name__)([parameters], **self.model_dump(exclude={"kind"}))


@optimizers.register
class Adadelta(FromTorch):
    """torch.optim.Adadelta."""

    kind: Literal["adadelta"] = "adadelta"
    lr: NonNegative = 1.0
    rho: Fraction = 0.9
    eps: Positive = 1e-6
    weight_decay: NonNegative = 0.0


@optimizers.register
class Adagrad(FromTorch):
    """torch.optim.Adagrad."""

    kind: Literal["adagrad"] = "adagrad"
    lr: NonNegative = 1e-2
    lr_decay: NonNegative = 0.0
    weight_decay: NonNegative = 0.0
    initial_accumulator_value: NonNegative = 0.0
    eps: Positive = 1e-10


@optimizers.register
class Adamax(FromTorch):
    """torch.optim.Adamax."""

    kind: Literal["adamax"] = "adamax"
    lr: NonNegative = 2e-3
    betas: Betas = (0.9, 0.999)
    eps: Positive = 1e-8
    weight_decay: NonNegative = 0.0


@optimizers.register
class ASGD(FromTorch):
    """torch.optim.ASGD."""

    kind: Literal["asgd"] = "asgd"
    lr: NonNegative = 1e-2
    lambd: NonNegative = 1e-4
    alpha: NonNegative = 0.75
    t0: NonNegative = 1e6
    weight_decay: NonNegative = 0.0


@optimizers.register
class NAdam(FromTorch):
    """torch.optim.NAdam."""

    kind: Literal["nadam"] = "nadam"
    lr: NonNegative = 2e-3
    betas: Betas = (0.9, 0.999)
    eps: Positive = 1e-8
    weight_decay: NonNegative = 0.0
    momentum_decay: NonNegative = 4e-3


@optimizers.register
class RAdam(FromTorch):
    """torch.optim.RAdam."""

    kind: Literal["radam"] = "radam"
    betas: Betas = (0.9, 0.999)
    eps: Positive = 1e-8
    weight_decay: NonNegative = 0.0


@optimizers.register
class RMSprop(FromTorch):
    """torch.optim.RMSprop."""

    kind: Literal["rmsprop"] = "rmsprop"
    lr: NonNegative = 1e-2
    alpha: Fraction = 0.99
    eps: Positive = 1e-8
    weight_decay: NonNegative = 0.0
    momentum: Fraction = 0.0
    centered: bool = False


@optimizers.register
class Rprop(FromTorch):
    """torch.optim.Rprop."""

    kind: Literal["rprop"] = "rprop"
    lr: NonNegative = 1e-2
    etas: Annotated[tuple[Annotated[float, Field(gt=0, lt=1)], Annotated[float, Field(gt=1)]], Field(strict=False)] = (
        0.5,
        1.2,
    )
    step_sizes: Annotated[tuple[Positive, Positive], Field(strict=False)] = (1e-6, 50.0)
