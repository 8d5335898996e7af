"""Let the layers see columns of mean 0 and spread 1, and start again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

from pydantic import Field

from periodic_tui.engine.components.models.scaling import center_and_spread
from periodic_tui.engine.components.numbers import Count
from periodic_tui.engine.remedies.base import Course, Failed, Remedy, Train, read, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting

if TYPE_CHECKING:
    from torch import Tensor

_MOST = 4_096
_SAME = 0.2
"""A column is standardized where its mean, and its spread's distance from 1, are below this."""
_RANGES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, math.inf), "softplus": (0.0, math.inf)}
_ENOUGH = math.log(100)
"""Fall of the loss, as a logarithm, that lr is too small for where a trial promises less."""
_HELPED = 0.9
"""Share of what was left unexplained below which that has to come."""


@register
class Standardize(Remedy):
    """The layers are given (x − mean)/std and give (y − mean)/std, column by column, with constants around them that
    turn both back: fit and loss stay in the units of the data. Weights W and biases b of the first layer stand for W/σ
    and b − Wμ/σ on the columns as they are. Where the last activation is bounded, y is mapped into its range instead.
    The network starts again, as what was learned, saturated or dead fits other units; gradient descent gets a share of
    the largest stable lr there, another optimizer a larger lr where its own would not do.
    """

    name = "standardize"
    what = "lets the layers see columns of mean 0 and spread 1, and starts again; fit and loss keep their units"
    prior = "a network of layers with biases; that mean and spread say enough of the columns"
    verdicts: ClassVar[tuple[str, ...]] = ("unscaled", "out-of-reach", "ill-conditioned", "saturated", "diverged")
    any_network = True

    share: Annotated[float, Field(gt=0, lt=1)] = 0.25
    """The learning rate of gradient descent as a share of the largest stable one."""
    steps: Count = 2_000
    """Steps after which it is seen whether it has helped."""
    trial: Count = 200
    """Steps of a trial of lr."""

    def unfit(self, setting: Setting) -> str | None:
        if not hasattr(setting.model, "scaling"):
            return f"it is for networks of layers, and the model is {setting.model.kind}"
        if not getattr(setting.model, "bias", True):
            return "there are no biases that could take up the means"
        return "the layers see standardized columns already" if setting.model.scaling else None

    def pace(self, setting: Setting) -> float:
        return 200.0

    def course(self, context: RemedyContext) -> Course:
        from periodic_tui.engine.remedies.general.measuring import points, unexplained

        x, y = yield from points(context, _MOST)
        before = yield from read("looking at the loss", lambda: unexplained(context, x, y))
        columns = yield from read("looking at the columns", lambda: (_columns(x), _columns(y)))
        told = self._standardize(context, *columns) + (yield from self._set_rate(context, x, y))
        yield Train(self.steps, f"training on standardized columns: {told}")
        after = yield from read("looking at the loss", lambda: unexplained(context, x, y))
        ruled_out = f"after {self.steps:,} steps the fit explains no more: the scale is not what is the matter"
        context.give_up(~(after < _HELPED * before), ruled_out)
        rest = ": the scale is not all that is the matter" if float(after.median()) > _HELPED else ""
        return (
            f"standardized {told}; the loss was {_share(before)} of the best constant's, and is {_share(after)}{rest}"
        )

    def _standardize(self, context: RemedyContext, *columns: list[Column]) -> str:
        """Change the units and start again; returns from which columns and to which lr."""
        import torch

        units = self.units(context.setting, *columns)
        if all(unit == AS_IT_IS for each in units for unit in each):
            raise Failed("every column is of the size that the network is made for")
        context.change(scaling=_scaling(context.setting, *units))
        context.begin_again(torch.ones_like(context.alive))
        return ", ".join(
            _told(name, each)
            for name, each, own in zip("xy", columns, units, strict=True)
            if any(unit != AS_IT_IS for unit in own)
        )

    def units(self, setting: Setting, x: list[Column], y: list[Column]) -> tuple[list[Unit], list[Unit]]:
        """In which the layers are given x and give y."""
        ends = _ends(setting)
        return [each.standard() for each in x], [AS_IT_IS if setting.labels else each.within(*ends) for each in y]

    def _set_rate(self, context: RemedyContext, x: Tensor, y: Tensor) -> Course:
        """Returns what lr came to."""
        from periodic_tui.engine.remedies.general.measuring import LARGER, falls, gentlest, is_descent, stable_rate

        before = float(context.lr[0])
        if is_descent(context.setting):
            new = self.share * (yield from stable_rate(context, x, y))
            context.give_up(~new.isfinite(), "the curvature is not finite, not even at the start")
            context.rate(new)
        else:
            own = yield from falls(context, LARGER[:1], self.trial, x, y)
            if bool((own * self.steps < _ENOUGH * self.trial).all()):
                found = yield from falls(context, LARGER, self.trial, x, y)
                context.scale_rates(found.new_tensor(LARGER)[gentlest(found)])
        now = float(context.lr[0])
        return "" if now == before else f", lr {before:.2g} → {now:.2g}"


Unit = tuple[float, float]
"""Center and spread."""
AS_IT_IS: Unit = (0.0, 1.0)


class Column(NamedTuple):
    """Of one column of the data."""

    mean: float
    std: float
    """1 where it is constant."""
    low: float
    high: float

    def standard(self) -> Unit:
        """So that the mean is 0 and the spread 1, unless it is so about."""
        return AS_IT_IS if abs(self.mean) < _SAME and abs(self.std - 1) < _SAME else (self.mean, self.std)

    def within(self, low: float, high: float) -> Unit:
        """So that it lies between two ends, with a tenth of the room beside it, unless it fills them; where there is
        no upper end, from the lower one on with a spread of 1."""
        if low == -math.inf:
            return self.standard()
        if high == math.inf:
            return AS_IT_IS if self.low >= low and abs(self.std - 1) < _SAME else (self.low - low * self.std, self.std)
        room, width = high - low, self.high - self.low
        if low <= self.low and self.high <= high and width >= room / 2:
            return AS_IT_IS
        spread = width / (0.8 * room) if width else 1.0
        return self.low - (low + 0.1 * room) * spread, spread


def _columns(values: Tensor) -> list[Column]:
    """Of each column of `[replicas, points, columns]`."""
    flat = values.flatten(0, 1)
    ends = (flat.amin(0).tolist(), flat.amax(0).tolist())
    return [Column(*each) for each in zip(*center_and_spread(flat), *ends, strict=True)]


def _ends(setting: Setting) -> tuple[float, float]:
    """Between which the last activation's values lie; infinite where they lie anywhere."""
    return _RANGES.get(setting.model.last_activation, (-math.inf, math.inf))


def _scaling(setting: Setting, x: list[Unit], y: list[Unit]) -> dict[str, Any]:
    """The model's `scaling`."""
    factor = getattr(setting.model, "input_scale", 1.0)
    return {
        "x_center": [center for center, _ in x],
        "x_spread": [spread * factor for _, spread in x],
        "y_center": [center for center, _ in y],
        "y_spread": [spread for _, spread in y],
    }


def _told(name: str, columns: list[Column]) -> str:
    """The column that is farthest from order one."""
    far = max(columns, key=lambda column: max(abs(column.mean) / column.std, column.std, 1 / column.std))
    which = name if len(columns) == 1 else f"{len(columns)} columns of {name}, of which one"
    return f"{which} {far.mean:.3g} ± {far.std:.2g}"


def _share(left: Tensor) -> str:
    return f"{float(left.median()):.3g}"
