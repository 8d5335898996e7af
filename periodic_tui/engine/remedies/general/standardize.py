"""Let the layers see columns of mean 0 and spread 1, and start again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from periodic_tui.engine.components.numbers import Count
from periodic_tui.engine.remedies.base import Course, Failed, Remedy, Train, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting

if TYPE_CHECKING:
    from torch import Tensor

_MOST = 4_096
_SAME = 0.2
"""A column is standardized where its mean, and its spread's distance from 1, are below this."""
_HELPED = 0.9
"""Share of what was left unexplained below which that has to come."""


@register
class Standardize(Remedy):
    """The layers are given (x − mean)/std and give (y − mean)/std, column by column, with constants around them that
    turn both back: fit and loss stay in the units of the data. Weights W and biases b of the first layer stand for W/σ
    and b − Wμ/σ on the columns as they are. The network starts again, as what was learned, saturated or dead fits
    other units; gradient descent gets a share of the largest stable lr there.
    """

    name = "standardize"
    what = "lets the layers see columns of mean 0 and spread 1, and starts again; fit and loss keep their units"
    prior = "a network of layers with biases; that mean and spread say enough of the columns"
    verdicts = ("dead-network", "collapsed-to-constant", "step-too-large", "diverged", "underfit")

    share: Annotated[float, Field(gt=0, lt=1)] = 0.25
    """The learning rate of gradient descent as a share of the largest stable one."""
    steps: Count = 2_000
    """Steps after which it is seen whether it has helped."""

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

        x, y = points(context, _MOST)
        before = unexplained(context, x, y)
        told = self._standardize(context, x, y)
        yield Train(self.steps, f"training on standardized columns: {told}")
        after = unexplained(context, x, y)
        ruled_out = f"after {self.steps:,} steps the fit explains no more: the scale is not what is the matter"
        context.give_up(~(after < _HELPED * before), ruled_out)
        rest = ", no less than a constant leaves: the scale is not all" if float(after.median()) > _HELPED else ""
        return f"standardized {told}; unexplained were {_share(before)} of the variance, now {_share(after)}{rest}"

    def _standardize(self, context: RemedyContext, x: Tensor, y: Tensor) -> str:
        """Change the units and start again; returns from which columns and to which lr."""
        import torch

        columns = [_column(each) for each in (x, y)]
        if all(abs(mean) < _SAME and abs(std - 1) < _SAME for each in columns for mean, std in each):
            raise Failed("every column has a mean of about 0 and a spread of about 1 as it is")
        context.change(scaling=_scaling(context.setting, *columns))
        context.begin_again(torch.ones_like(context.alive))
        told = f"{_told('x', columns[0])}, {_told('y', columns[1])}"
        return told + self._set_rate(context, x, y)

    def _set_rate(self, context: RemedyContext, x: Tensor, y: Tensor) -> str:
        from periodic_tui.engine.remedies.general.measuring import is_descent, stable_rate

        if not is_descent(context.setting):
            return ""
        new = self.share * stable_rate(context, x, y)
        context.give_up(~new.isfinite(), "the curvature is not finite, not even at the start")
        context.rate(new)
        return f", lr {context.setting.optimizer.lr:.2g} → {float(new[0]):.2g}"


def _column(values: Tensor) -> list[tuple[float, float]]:
    """Mean and standard deviation of each column of `[replicas, points, columns]`; 1 where it is constant."""
    flat = values.double().flatten(0, 1)
    stds = flat.std(0, correction=0)
    stds = stds.where(stds > 1e-12 * flat.abs().amax(0), stds.new_ones(()))
    return list(zip(flat.mean(0).tolist(), stds.tolist(), strict=True))


def _scaling(setting: Setting, x: list[tuple[float, float]], y: list[tuple[float, float]]) -> dict[str, Any]:
    """The model's `scaling`. What a last activation gives stays as it is: it cannot be stretched."""
    factor = getattr(setting.model, "input_scale", 1.0)
    scaling = {"x_center": [mean for mean, _ in x], "x_spread": [std * factor for _, std in x]}
    if getattr(setting.model, "output_layer", True):
        scaling |= {"y_center": [mean for mean, _ in y], "y_spread": [std for _, std in y]}
    return scaling


def _told(name: str, columns: list[tuple[float, float]]) -> str:
    """The column that is farthest from order one."""
    mean, std = max(columns, key=lambda column: max(abs(column[0]) / column[1], column[1], 1 / column[1]))
    which = name if len(columns) == 1 else f"{len(columns)} columns of {name}, of which one"
    return f"{which} {mean:.3g} ± {std:.2g}"


def _share(left: Tensor) -> str:
    return f"{float(left.median()):.3g}"
