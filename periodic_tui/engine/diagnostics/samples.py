"""What the samples alone say, whatever network is trained on them: how their columns are scaled, what a constant and a
line get, and how far rows contradict each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from periodic_tui.engine.components.losses import LOSSES, LossName, loss_of_best_constant
from periodic_tui.engine.diagnostics.probe import Probe
from periodic_tui.engine.snapshot import Baselines

_FEW_HUGE = 0.01
"""Share of the rows that are asked for how much of the variance they hold."""


@dataclass(frozen=True)
class Column:
    """One input or output on the probe."""

    name: str
    low: float
    high: float
    mean: float
    std: float

    @property
    def size(self) -> float:
        """Its rms."""
        return math.hypot(self.mean, self.std)

    @property
    def offset(self) -> float:
        """How many times its spread its mean lies from 0."""
        return abs(self.mean) / self.std if self.std else math.inf

    def __str__(self) -> str:
        return f"{self.name} runs from {self.low:.4g} to {self.high:.4g}"


@dataclass(frozen=True)
class Samples:
    """Facts of a probe; losses are mean squared errors."""

    x: tuple[Column, ...] = ()
    y: tuple[Column, ...] = ()
    baselines: Baselines = field(default_factory=Baselines)
    rows: int = 0
    is_table: bool = False
    """Whether the probe is the fixed data set itself."""
    steepest: float = math.nan
    """Largest eigenvalue of E[x̃ x̃ᵀ], where x̃ = (x, 1): half the sharpness of a linear model."""
    flattest: float = math.nan
    """Smallest one that is not 0."""
    longest_row: float = math.nan
    """Largest |x̃|²."""
    steepest_standardized: float = math.nan
    """Largest one where every column has mean 0 and standard deviation 1."""
    held_by_few: float = 0.0
    """Share of the variance that the most extreme hundredth of the rows holds."""

    @property
    def target_size(self) -> float:
        """Rms of the outputs."""
        return math.sqrt(sum(column.size**2 for column in self.y) / max(1, len(self.y)))


def samples_of(probe: Probe, names: tuple[Sequence[str], Sequence[str]], is_table: bool) -> Samples:
    """Read a probe whose columns have these names."""
    x, y = probe.x.cpu().double(), probe.y.cpu().double()
    plain, standardized = _eigenvalues(x), _eigenvalues(_standardized(x))
    return Samples(
        x=_columns(x, names[0]),
        y=_columns(y, names[1]),
        baselines=Baselines(
            loss_of_best_constant(y, "mse"), line_loss(x, y), contradiction(x, y) if is_table else None
        ),
        rows=len(x),
        is_table=is_table,
        steepest=float(plain.max()),
        flattest=float(plain[plain > 1e-9 * plain.max()].min()),
        longest_row=float(x.square().sum(1).max()) + 1,
        steepest_standardized=float(standardized.max()),
        held_by_few=_held_by_few(y),
    )


def _columns(values: Tensor, names: Sequence[str]) -> tuple[Column, ...]:
    table = torch.stack([values.amin(0), values.amax(0), values.mean(0), values.std(0, correction=0)])
    return tuple(Column(name, *row) for name, row in zip(names, table.T.tolist(), strict=True))


def _standardized(x: Tensor) -> Tensor:
    return (x - x.mean(0)) / x.std(0, correction=0).clamp_min(1e-300)


def _with_ones(x: Tensor) -> Tensor:
    return torch.cat([x, torch.ones_like(x[:, :1])], 1)


def _eigenvalues(x: Tensor) -> Tensor:
    full = _with_ones(x)
    return torch.linalg.eigvalsh(full.mT @ full / len(full))


def line_loss(x: Tensor, y: Tensor) -> float:
    """Mean squared error of the best linear map with an offset, from `x` `[points, inputs]` to `y`."""
    full = _with_ones(_standardized(x))
    weights = torch.linalg.lstsq(full, y, driver="gelsd").solution
    return float((full @ weights - y).square().mean())


def contradiction(x: Tensor, y: Tensor, kind: LossName = "mse", delta: float = 1.0) -> float | None:
    """Mean loss of this kind that no function of x goes below, since equal rows of it have different y: every row of a
    group of equal ones gets the same prediction, the best constant of the group. None where no two rows are equal."""
    _, group, count = torch.unique(x, dim=0, return_inverse=True, return_counts=True)
    if len(count) == len(x):
        return None
    ordered, sizes, total = y.double()[group.argsort()], count.repeat_interleave(count), 0.0
    for size in count.unique().tolist():
        groups = ordered[sizes == size].unflatten(0, (-1, size))
        loss = LOSSES[kind].constant(groups.transpose(0, 1).flatten(1), delta)
        total += size * float(loss.mean() * len(groups) if loss.ndim else loss)
    return total / len(x)


def _held_by_few(y: Tensor) -> float:
    away = (y - y.mean(0)).square().sum(-1)
    few = math.ceil(_FEW_HUGE * len(away))
    return float(away.topk(few).values.sum() / away.sum().clamp_min(1e-300))
