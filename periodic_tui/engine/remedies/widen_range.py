"""Learn a frequency on a range so narrow that its basin is wide, then widen the range and sharpen the frequency."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from periodic_tui.engine.remedies.base import Course, Remedy, Setting, Train, register

if TYPE_CHECKING:
    from torch import Tensor

    from periodic_tui.engine.remedies.bench import Bench

_MOST_CURVATURE = 2 / 3
"""Largest curvature of the loss of sin(ωx) in ω, in units of the squared half-width."""
_MEMORY = 0.9
_NOISE_SHARE = 1e-3
"""Noise below this share of the signal's power does not disturb the adaptive rule."""


@register
class WidenRange(Remedy):
    """SGD in all stages, its step size tied to the range.

    Within ±r the basin of a frequency is 4.4934/r wide and the curvature at most ⅔r²; so a start at small r finds the
    way from anywhere and a step of 0.75/r² never overshoots. Without noise the range doubles when the loss has fallen
    and halves when it does not; under noise, which no loss falls below, every stage has a fixed number of steps and
    the step size decays within it.
    """

    name: ClassVar[str] = "widen-range"
    what: ClassVar[str] = "samples a narrow range, where the basin is wide, and widens it as the loss falls"
    prior: ClassVar[str] = "may choose where to sample (or has points near zero); a frequency limit"
    verdicts: ClassVar[tuple[str, ...]] = ("stuck-outside-basin", "step-too-large", "underfit", "learning")

    frequency_limit: Annotated[float, Field(gt=0)] = 200.0
    """Radians per unit of x: the first range is 2/(limit + the present frequency)."""
    growth: Annotated[float, Field(gt=1)] = 2.0
    loss_share: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """The range widens when the loss is below this share of mean(y²)."""
    stage_steps: Annotated[int, Field(ge=1)] = 5
    """Fewest steps of a stage."""
    patience: Annotated[int, Field(ge=1)] = 100
    """Steps of a stage after which it is given up: the range halves, or at the first range the frequency is redrawn."""
    noisy_steps: Annotated[int, Field(ge=1)] = 60
    """Steps of a stage under noise."""
    last_steps: Annotated[int, Field(ge=1)] = 400
    """Steps of the last stage under noise."""
    max_steps: Annotated[int, Field(ge=1)] = 5_000

    def unfit(self, setting: Setting) -> str | None:
        if setting.model.kind != "sine-unit":
            return f"it is for a sine-unit, and the model is {setting.model.kind}"
        if setting.reach is None:
            return "it needs a training domain made of intervals"
        return None

    def course(self, bench: Bench) -> Course:
        if not bench.setting.optimizer.plain_gradient_descent:
            bench.change(optimizer={"kind": "sgd", "lr": bench.setting.optimizer.lr})
        first = (2 / (self.frequency_limit + bench.get("omega")[:, 0].abs())).clamp(max=bench.reach)
        noise, power = measured(bench)
        if bool((noise.square() > _NOISE_SHARE * power).any()):
            yield from self._fixed(bench, first, float(noise.mean()))
        else:
            yield from self._adaptive(bench, first)
        self._give_up_unexplained(bench, noise)
        return f"found ω on ±{bench.reach:,g}; the step size 0.75/R² stays"

    def _adaptive(self, bench: Bench, first: Tensor) -> Generator[Train, Tensor, None]:
        ladder = Ladder.of(bench, first, self)
        spent = 0
        while not bool((ladder.done | bench.given_up).all()):
            losses = yield Train(self.stage_steps, ladder.stage)
            spent += self.stage_steps
            ladder.climb(losses)
            if spent >= self.max_steps:
                bench.give_up(~ladder.done, self._reason(ladder, first))
                return

    def _reason(self, ladder: Ladder, first: Tensor) -> str:
        stuck = float(ladder.half_width[~ladder.done].min())
        if stuck <= float(first.max()):
            return (
                f"the loss does not fall even on ±{stuck:.2g}, where any frequency up to {self.frequency_limit:g} "
                "would be found: frequency_limit is too low, or the phase is not 0"
            )
        return f"the loss does not fall beyond ±{stuck:.2g} in {self.max_steps:,} steps"

    def _fixed(self, bench: Bench, first: Tensor, noise: float) -> Generator[Train, Tensor, None]:
        half_width, last = first, False
        while not last:
            last = bool((half_width >= bench.reach).all())
            bench.narrow(half_width)
            widest = float(half_width.max())
            for step in range(self.last_steps if last else self.noisy_steps):
                bench.rate(stable_rate(half_width) / (1 + step / 5), "omega")
                yield Train(1, f"range ±{widest:.3g} of ±{bench.reach:,g}, noise {noise:.2g}: a fixed {step + 1} steps")
            half_width = (half_width * self.growth).clamp(max=bench.reach)

    def _give_up_unexplained(self, bench: Bench, noise: Tensor) -> None:
        x, y = bench.sample(1_024)
        error = (bench.predict(x) - y).square().mean((1, 2)) - noise.square()
        power = y.square().mean((1, 2)) - noise.square()
        bench.give_up(
            ~(error < 0.5 * power),
            f"the fit explains less than half of the signal: noise {float(noise.mean()):.2g} "
            f"is too high for batches of {bench.setting.batch_size}, or frequency_limit too low",
        )


@dataclass(eq=False)
class Ladder:
    """The range of every replica, and how the loss stands on it. All tensors are `[replicas]`."""

    bench: Bench
    options: WidenRange
    first: Tensor
    half_width: Tensor
    power: Tensor
    """mean(y²) on the present range."""
    average: Tensor
    """Weighted sum of losses and of weights: their quotient is the average without the bias of its start."""
    weight: Tensor
    steps: Tensor
    """Steps in the present stage."""
    done: Tensor

    @classmethod
    def of(cls, bench: Bench, first: Tensor, options: WidenRange) -> Ladder:
        """Everyone on the first range."""
        zero = first * 0
        ladder = cls(bench, options, first, first, zero, zero, zero, zero, zero.bool())
        ladder._enter(first, ~ladder.done)
        return ladder

    @property
    def stage(self) -> str:
        """What the screen says."""
        done = f"{int(self.done.sum())} of {self.bench.replicas} done, " if self.bench.replicas > 1 else ""
        loss = float(self.share.nan_to_num(1.0).max())
        return f"{done}range ±{float(self.half_width.min()):.3g} of ±{self.bench.reach:,g}, loss {loss:.1e} of mean y²"

    @property
    def share(self) -> Tensor:
        """Loss as a share of mean(y²)."""
        return self.average / self.weight / self.power

    def climb(self, losses: Tensor) -> None:
        """Look at the losses `[steps, replicas]`: widen, retreat, redraw or stay."""
        for loss in losses.to(self.first.dtype):
            self.average = _MEMORY * self.average + (1 - _MEMORY) * loss
            self.weight = _MEMORY * self.weight + (1 - _MEMORY)
        self.steps = self.steps + len(losses)
        fallen = self.share < self.options.loss_share
        widest = self.half_width >= self.bench.reach
        self.done = self.done | (fallen & widest & (self.steps >= 4 * self.options.stage_steps))
        widen = fallen & ~widest
        lost = ~fallen & ~self.done & (self.steps >= self.options.patience)
        self._redraw(lost & (self.half_width <= self.first))
        growth = self.options.growth
        wider = (self.half_width * growth).clamp(max=self.bench.reach)
        narrower = (self.half_width / growth).maximum(self.first)
        self._enter(wider.where(widen, narrower.where(lost, self.half_width)), widen | lost)

    def _redraw(self, where: Tensor) -> None:
        if bool(where.any()):
            limit = self.options.frequency_limit
            self.bench.put("omega", (2 * self.bench.uniform(1) - 1) * limit, where)

    def _enter(self, half_width: Tensor, where: Tensor) -> None:
        if not bool(where.any()):
            return
        self.half_width = half_width
        self.bench.narrow(half_width)
        self.bench.rate(stable_rate(half_width), "omega")
        _, y = self.bench.sample(256)
        self.power = y.square().mean((1, 2)).clamp_min(1e-300).where(where, self.power)
        self.average, self.weight, self.steps = (
            value.masked_fill(where, 0.0) for value in (self.average, self.weight, self.steps)
        )


def stable_rate(half_width: Tensor) -> Tensor:
    """Half of 1/curvature: the step goes half of the way to the bottom of the steepest basin there can be."""
    return 0.5 / (_MOST_CURVATURE * half_width.square())


def measured(bench: Bench) -> tuple[Tensor, Tensor]:
    """Standard deviation of the noise and power of the samples, `[replicas]`: at one and the same x, what varies is
    noise; of a fixed data set, half of the squared differences of its closest neighbors."""
    import torch

    _, y = bench.sample(1_024)
    power = y.square().mean((1, 2))
    if bench.data is None:
        _, y = bench.sample(512, torch.zeros_like(power))
        return y.std((1, 2)), power
    x, y = bench.data
    order = x[:, 0].argsort()
    gap, rise = x[order, 0].diff(), y[order, 0].diff()
    close = gap.argsort()[: max(2, len(gap) // 50)]
    return (rise[close].square().mean() / 2).sqrt().expand_as(power), power
