"""What remedies for any network measure of a run."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from periodic_tui.engine.remedies.base import Train, read, sliced
from periodic_tui.engine.remedies.context import RemedyContext, Setting

if TYPE_CHECKING:
    from torch import Tensor

_POINTS = 1_024
_CONSTANT = 1e-12
_WORSE = 2
_NEARLY = 0.8
"""Of the largest fall, as a logarithm."""
LARGER = tuple(10 ** (power / 2) for power in range(11))
"""Half decades up to 100,000 times lr."""


def points(context: RemedyContext, most: int = _POINTS) -> Generator[Train, Tensor, tuple[Tensor, Tensor]]:
    """`x` `[replicas, points, inputs]` and `y` `[replicas, points, outputs]`: the whole data set, or a sample of so
    many."""
    data = context.data
    if data is None or len(data[0]) > most:
        return (yield from read("drawing samples", lambda: context.sample(most)))
    x, y = (each.expand(context.replicas, *each.shape) for each in data)
    return x, y


def unexplained(context: RemedyContext, x: Tensor, y: Tensor) -> Tensor:
    """Loss `[replicas]` over that of the best constant (of 0, where y is one constant): for a squared error the share
    of the variance that the fit leaves. inf where it is not finite."""
    import torch

    constant = context.loss_of_constant(y)
    if not constant > _CONSTANT * float(y.double().square().mean()):
        constant = float(y.double().square().mean()) or 1.0
    share = context.loss(x, y).double() / constant
    return share.nan_to_num(torch.inf, torch.inf).where(context.alive, torch.inf)


def error_and_spread(context: RemedyContext) -> tuple[Tensor, Tensor]:
    """Mean squared error and variance of y, `[replicas]`, on fresh samples."""
    x, y = context.sample(_POINTS)
    return (context.predict(x) - y).square().mean((1, 2)), y.var((1, 2), correction=0)


def is_descent(setting: Setting) -> bool:
    """Whether steps are gradients times lr, with a momentum perhaps."""
    return setting.optimizer.kind == "sgd"


def stable_rate(context: RemedyContext, x: Tensor, y: Tensor) -> Generator[Train, Tensor, Tensor]:
    """Largest learning rates `[replicas]` at which gradient descent is stable at the present point: 2/L″, times 1 −
    momentum.

    On batches of b rows L″ is λ + (β − λ)/b, where λ is the sharpness of the whole loss and β that of the loss at the
    row farthest from zero (Ma, Bassily and Belkin, 2018).
    """
    stage, batch = "measuring the curvature", context.setting.batch_size
    whole = yield from sliced(stage, context.sharpness(x, y))
    if batch:
        row = x[:1].double().square().sum(-1).argmax(-1)
        farthest = yield from sliced(stage, context.sharpness(x[:, row], y[:, row]))
        whole = whole + (farthest - whole).clamp_min(0) / batch
    return 2 * (1 - getattr(context.setting.optimizer, "momentum", 0.0)) / whole.clamp_min(1e-300)


def falls(
    context: RemedyContext, factors: Sequence[float], steps: int, x: Tensor, y: Tensor
) -> Generator[Train, Tensor, Tensor]:
    """ln of the loss at the points over that after so many steps at each of the factors times lr, `[factors,
    replicas]`, each on a copy of the run; −inf where it is no longer finite. Ends early where the last two were worse
    than one before."""
    import torch

    before = yield from read("looking at the loss", lambda: context.loss(x, y))
    found = torch.empty(0, context.replicas, device=context.device)
    for factor in factors:
        stage = f"trying {factor:.3g} times lr for {steps:,} steps, on a copy"
        after = yield from sliced(stage, context.loss_after(factor, steps, x, y))
        fall = (before / after).log().nan_to_num(-torch.inf, torch.inf, -torch.inf)
        found = torch.cat([found, fall.unsqueeze(0)])
        if len(found) > _WORSE and bool((found[-_WORSE:] < found[:-_WORSE].amax(0)).all()):
            break
    return found


def gentlest(found: Tensor) -> Tensor:
    """Index `[replicas]` of the first of the factors with which a loss falls nearly as far as with the best."""
    return (found >= _NEARLY * found.amax(0)).int().argmax(0)
