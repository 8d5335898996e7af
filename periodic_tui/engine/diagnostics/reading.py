"""One reading: everything that verdicts rest on, measured on the probe, for every replica."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.diagnostics.sharpness import sharpness
from periodic_tui.engine.diagnostics.units import Units, read_units
from periodic_tui.engine.models import HiddenLayer
from periodic_tui.engine.probe import Probe
from periodic_tui.engine.sampling import Batch
from periodic_tui.engine.snapshot import Floats
from periodic_tui.engine.step import TrainingStep, loss_of

_NUMBERS_AT_ONCE = 1 << 24


@dataclass(frozen=True, eq=False)
class Reading:
    """Measurements at one step; arrays are `[replicas]` unless said otherwise."""

    loss: Floats
    loss_test: Floats | None
    fit_mean: Floats
    """Mean of the network's outputs on the probe."""
    fit_std: Floats
    omega: Floats
    """`[replicas, frequencies]`; `[replicas, 0]` where the model has none."""
    sharpness: Floats | None
    """Largest curvature of the loss at the present point; None where the optimizer is not plain gradient descent."""
    units: tuple[Units, ...] = field(default=())
    """One entry a hidden layer."""


def variance(y: Tensor) -> float:
    """Mean over outputs of the variance over points `[points, outputs]`: the loss of the best constant."""
    return float(y.double().var(0, correction=0).mean())


class Observer:
    """Takes readings of one experiment."""

    def __init__(self, step: TrainingStep, probe: Probe, test: Probe | None) -> None:
        self.step = step
        self.probe = probe
        self.test = test
        self.target_std = variance(probe.y) ** 0.5
        self.test_variance = variance(test.y) if test else None

    def read(self, parameters: Tensor) -> Reading:
        """The reading of `parameters` `[replicas, parameters]`."""
        widest = max((1, self.step.experiment.target.inputs, *self.step.experiment.model.hidden_units))
        at_once = max(1, _NUMBERS_AT_ONCE // (len(self.probe.x) * widest))
        return _joined([self._read(part) for part in parameters.split(at_once)])

    def _read(self, parameters: Tensor) -> Reading:
        hidden: list[HiddenLayer] = []
        model, layout = self.step.experiment.model, self.step.layout
        with torch.enable_grad():
            views = layout.views(parameters.detach().requires_grad_())
            output = model.forward(views, self._expanded(self.probe.x, parameters), hidden)
        units = tuple(
            read_units(layer, self._outgoing(views, index, len(hidden))) for index, layer in enumerate(hidden)
        )
        output = output.detach()
        frequency = model.frequency_parameter
        omega = views[frequency].detach().flatten(1) if frequency else output.new_empty(len(parameters), 0)
        spread = output.double().std((1,), correction=0).mean(-1)
        return Reading(
            loss=self._loss(output, self.probe).numpy(),
            loss_test=self._test_loss(parameters),
            fit_mean=output.double().mean((1, 2)).numpy(),
            fit_std=spread.numpy(),
            omega=omega.cpu().double().numpy(),
            sharpness=self._sharpness(parameters),
            units=units,
        )

    def _sharpness(self, parameters: Tensor) -> Floats | None:
        if not self.step.experiment.optimizer.plain_gradient_descent:
            return None
        return self.sharpness_at(parameters).numpy()

    def sharpness_at(self, parameters: Tensor) -> Tensor:
        """Largest eigenvalue of the probe loss's Hessian, `[replicas]` float64, at `[replicas, parameters]`."""

        def loss(flat: Tensor) -> Tensor:
            output = self.step.experiment.model.forward(
                self.step.layout.views(flat), self._expanded(self.probe.x, flat)
            )
            return self._loss(output, self.probe)

        return sharpness(loss, parameters)

    def predict(self, parameters: Tensor, x: Tensor) -> Tensor:
        """Outputs `[replicas, points, outputs]` at inputs `[points, inputs]`, by the ordinary forward pass."""
        with torch.no_grad():
            views = self.step.layout.views(parameters)
            return self.step.experiment.model.forward(views, self._expanded(x, parameters))

    def _test_loss(self, parameters: Tensor) -> Floats | None:
        if self.test is None:
            return None
        return self._loss(self.predict(parameters, self.test.x), self.test).numpy()

    def _loss(self, output: Tensor, probe: Probe) -> Tensor:
        loss = loss_of(output.double(), Batch(probe.x, probe.y.double()), self.step.experiment.training.loss)
        return loss.cpu()

    @staticmethod
    def _expanded(x: Tensor, parameters: Tensor) -> Tensor:
        return x.expand(len(parameters), *x.shape)

    @staticmethod
    def _outgoing(views: dict[str, Tensor], index: int, layers: int) -> Tensor | None:
        name = "output.weight" if index == layers - 1 else f"hidden.{index + 1}.weight"
        weight = views.get(name)
        return None if weight is None else weight.detach()


def _joined(parts: list[Reading]) -> Reading:
    if len(parts) == 1:
        return parts[0]

    def arrays(name: str) -> Floats | None:
        values = [getattr(part, name) for part in parts]
        return None if values[0] is None else np.concatenate(values)

    names = ("loss", "loss_test", "fit_mean", "fit_std", "omega", "sharpness")
    units = tuple(
        Units(*(torch.cat([getattr(u, name) for u in layer]) for name in Units.__dataclass_fields__))
        for layer in zip(*(part.units for part in parts), strict=True)
    )
    return Reading(**{name: arrays(name) for name in names}, units=units)  # type: ignore[arg-type]
