"""Taking readings of an experiment: passes through the network on the probe, some points at a time."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.components.losses import loss_of_best_constant
from periodic_tui.engine.components.models import HiddenLayer
from periodic_tui.engine.diagnostics.accuracy import Accuracy
from periodic_tui.engine.diagnostics.expected_loss import ExpectedLoss
from periodic_tui.engine.diagnostics.probe import Probe
from periodic_tui.engine.diagnostics.reading import Reading
from periodic_tui.engine.diagnostics.sharpness import top_curvature
from periodic_tui.engine.diagnostics.units import Units, reactions, read_units
from periodic_tui.engine.scheduling.preemption import Preemption
from periodic_tui.engine.slices import finished
from periodic_tui.engine.training.sampling import Batch
from periodic_tui.engine.training.step import TrainingStep

_NUMBERS_AT_ONCE = 1 << 18
"""So many activations are held at once: they should fit into the processor's cache."""
_OF_REPLICAS = 1 << 18
"""The same of several replicas together, of each of which there are several values."""
_PRODUCTS_AT_ONCE = 1 << 26
"""Points times parameters that go through a network at once: some milliseconds."""
_TIMES_ON_A_GPU = 1 << 7
"""So many times as much of both, where more is done at once."""

_BRIEF_ABOVE = 1 << 18
"""Points (of the training or the test domain) times units of the widest layer from which a brief reading is brief."""
_BRIEF = 256
"""Points on which a brief reading looks at the units, and at the held-out domain."""
_QUARTER_ABOVE = 1 << 28
"""Points times parameters from which it looks at the fit on a quarter of the probe."""


class Observer:
    """Takes readings of one experiment. Every pass through the network may be interrupted."""

    def __init__(
        self,
        step: TrainingStep,
        probe: Probe,
        test: Probe | None,
        preemption: Preemption | None = None,
        device: torch.device | None = None,
    ) -> None:
        """`device`: where it measures, whatever parameters it is given; None: where the probe is."""
        self.preemption = preemption or Preemption()
        self.step = step
        self.device = device or probe.x.device
        self.probe = probe = probe.on(self.device)
        self.test = test = test and test.on(self.device)
        training = step.experiment.training
        self.target_std = loss_of_best_constant(probe.y, "circular" if training.loss == "circular" else "mse") ** 0.5
        self.constant_loss = loss_of_best_constant(probe.y, training.loss, training.huber_delta)
        self.target_mean = float(probe.y.double().mean())
        self.target_median = float(np.median(probe.y.cpu().numpy().astype(np.float64)))
        self.test_variance = loss_of_best_constant(test.y, training.loss, training.huber_delta) if test else None
        """Loss of the best constant on the test domain."""
        self.expected = ExpectedLoss.of(step.experiment)
        self.relu = all(each.kind == "relu" for each in step.experiment.model.hidden_activations)
        self.accuracy = Accuracy(step.experiment, step.layout, probe)

    def read(self, parameters: Tensor, brief: bool = False) -> Reading:
        """The reading of `parameters` `[replicas, parameters]`.

        `brief`: units of very wide networks, and their test loss, are read on a part of the points only.
        """
        points = max(len(probe.x) for probe in (self.probe, self.test) if probe)
        brief = brief and points * self._widest > _BRIEF_ABOVE
        return Reading.joined([self._read(part, brief) for part in self._parts(parameters.to(self.device))])

    def loss(self, parameters: Tensor, probe: Probe | None = None) -> Floats:
        """The loss alone, `[replicas]`, on the whole probe or on this part of it."""
        probe = probe or self.probe
        parts = self._parts(parameters, len(probe.x))
        return np.concatenate([self._loss(self.predict(part, probe.x), probe).numpy() for part in parts])

    def _parts(self, parameters: Tensor, points: int | None = None) -> tuple[Tensor, ...]:
        points = points or len(self.probe.x)
        return parameters.split(max(1, self._times * _OF_REPLICAS // (points * self._widest)))

    @property
    def _times(self) -> int:
        return 1 if self.device.type == "cpu" else _TIMES_ON_A_GPU

    @property
    def _widest(self) -> int:
        return max((1, self.step.experiment.target.inputs, *self.step.experiment.model.hidden_units))

    def _read(self, parameters: Tensor, brief: bool) -> Reading:
        model, views = self.step.experiment.model, self.step.layout.views(parameters)
        quarter = brief and parameters.shape[-1] * len(self.probe.x) > _QUARTER_ABOVE
        probe = self.probe.part(len(self.probe.x) // 4) if quarter else self.probe
        points = probe.part(_BRIEF).x if brief else probe.x
        output, units = self._forward(parameters, points, brief)
        if brief:
            output = self.predict(parameters, probe.x)
        test = self.test.part(_BRIEF) if self.test and brief else self.test
        frequency = model.frequency_parameter
        omega = views[frequency].flatten(1) if frequency else output.new_empty(len(parameters), 0)
        return Reading(
            loss=self._loss(output, probe).numpy(),
            loss_test=self._loss(self.predict(parameters, test.x), test).numpy() if test else None,
            fit_mean=output.double().mean((1, 2)).cpu().numpy(),
            fit_std=_spread(output.double()).mean(-1).cpu().numpy(),
            omega=omega.cpu().double().numpy(),
            accuracy=self.accuracy.estimate(parameters, probe, output),
            units=tuple(layer.on_cpu() for layer in units),
            points=len(points),
        )

    def _forward(self, parameters: Tensor, points: Tensor, brief: bool) -> tuple[Tensor, tuple[Units, ...]]:
        """Outputs on points `[points, inputs]` and the health of every hidden layer there."""
        output, hidden = self._layers(parameters, points)
        weights = self.step.layout.by_layer(parameters.detach())
        following = [*(f"hidden.{index}.weight" for index in range(1, len(hidden))), "output.weight"]
        units = []
        for layer, name in zip(hidden, following, strict=False):
            self.preemption.check()
            units.append(read_units(layer, weights.get(name), self.relu, brief))
        self.preemption.check()
        return output.detach(), tuple(units)

    def _layers(self, parameters: Tensor, points: Tensor) -> tuple[Tensor, list[HiddenLayer]]:
        """Outputs, and the hidden layers with the graph from pre-activations to activations where that is needed."""
        self.preemption.check()
        hidden: list[HiddenLayer] = []
        model, parameters = self.step.experiment.model, parameters.to(self.device)
        with torch.set_grad_enabled(bool(model.hidden_units) and not self.relu):
            views = self.step.layout.views(parameters.detach().requires_grad_(torch.is_grad_enabled()))
            output = model.forward(views, self._expanded(points, parameters), hidden)
        return output, hidden

    def activity(self, parameters: Tensor) -> tuple[Tensor, ...]:
        """Of each hidden layer the shares `[units]` of the probe on which its units are active, with one replica's
        `parameters` `[1, parameters]`."""
        _, hidden = self._layers(parameters, self.probe.x)
        return tuple(reactions(layer, self.relu)[0][0].double().cpu() for layer in hidden)

    def hidden(self, parameters: Tensor, x: Tensor | None = None) -> list[HiddenLayer]:
        """What each hidden layer does on the probe, or on the points `[points, inputs]`."""
        self.preemption.check()
        layers: list[HiddenLayer] = []
        with torch.no_grad():
            views = self.step.layout.views(parameters.to(self.device))
            points = self._expanded(self.probe.x if x is None else x.to(self.device), parameters)
            self.step.experiment.model.forward(views, points, layers)
        return layers

    def sharpness_at(self, parameters: Tensor, lr: Tensor) -> Floats:
        """Largest curvature of the loss, `[replicas]`, at `[replicas, parameters]`: in closed form where there is one,
        else the largest eigenvalue of the probe loss's Hessian H.

        `lr`: rates `[replicas, parameters or 1]`. Where they differ, H is that in the parameters as the rates stretch
        them, so that the largest rate times this is the largest eigenvalue of diag(lr)·H, which decides on stability.
        """
        if self.expected is not None:
            return self.expected.curvature(parameters[:, 0].cpu().double().numpy())
        parameters, lr = parameters.to(self.device), lr.to(self.device)
        largest = lr.max(-1, keepdim=True).values
        stretch = (lr / largest).where(largest > 0, torch.ones_like(lr)).sqrt().expand_as(parameters)
        parts = zip(self._parts(parameters), self._parts(stretch), strict=True)
        return np.concatenate([self.curvature(part, stretch=by)[0].numpy() for part, by in parts])

    def curvature(
        self, parameters: Tensor, probe: Probe | None = None, stretch: Tensor | float = 1.0
    ) -> tuple[Tensor, Tensor]:
        """Sharpness `[replicas]` of the objective on a probe and its direction `[replicas, parameters]`, in units of
        `stretch` `[replicas, parameters]` for each parameter; NaN and 0 where the network has no second derivatives."""
        if not self.step.experiment.model.curves:
            return parameters.new_full((len(parameters),), torch.nan).cpu().double(), torch.zeros_like(parameters)
        probe = probe or self.probe

        def loss(moved: Tensor) -> Tensor:
            flat = parameters + stretch * moved
            views = self.step.layout.views(flat)
            output = self.step.experiment.model.forward(views, self._expanded(probe.x, flat))
            return self.step.objective(output.double(), Batch(probe.x, probe.y.double())).cpu()

        return finished(top_curvature(loss, torch.zeros_like(parameters)), self.preemption.check)

    def predict(self, parameters: Tensor, x: Tensor) -> Tensor:
        """Outputs `[replicas, points, outputs]` at inputs `[points, inputs]`, by the ordinary forward pass."""
        at_once = self._times * min(_NUMBERS_AT_ONCE // self._widest, _PRODUCTS_AT_ONCE // parameters.shape[-1])
        x, rows = x.to(self.device), parameters.to(self.device).split(max(1, at_once // len(x)))
        return torch.cat([self._outputs(some, x, max(1, at_once // len(some))) for some in rows])

    def _outputs(self, parameters: Tensor, x: Tensor, at_once: int) -> Tensor:
        outputs, views = [], self.step.layout.views(parameters)
        for part in x.split(at_once):
            self.preemption.check()
            with torch.no_grad():
                outputs.append(self.step.experiment.model.forward(views, self._expanded(part, parameters)))
        return torch.cat(outputs, 1)

    def _loss(self, output: Tensor, probe: Probe) -> Tensor:
        return self.step.loss(output.double(), Batch(probe.x, probe.y.double())).cpu()

    @staticmethod
    def _expanded(x: Tensor, parameters: Tensor) -> Tensor:
        return x.expand(len(parameters), *x.shape)


def _spread(values: Tensor) -> Tensor:
    """Standard deviation `[replicas, outputs]` over the points; torch's own takes four times as long."""
    return (values - values.mean(1, keepdim=True)).square().mean(1).sqrt()
