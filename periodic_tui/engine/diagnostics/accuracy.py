"""Share of right answers, for targets with a right or wrong: decoded from the network's own outputs."""

from __future__ import annotations

import torch
from torch import Tensor

from periodic_tui.engine.components.models import Layout
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Stream, Use, counter_for
from periodic_tui.engine.training.sampling import edges, on_intervals, scaled, torch_dtype

HELD_OUT = 100_000
"""Inputs that no training step sees, but by chance."""
_AT_ONCE = 10_000


class Accuracy:
    """Decodes what a network says at held-out inputs of the training domain, the same for every seed."""

    def __init__(self, experiment: Experiment, layout: Layout) -> None:
        self.experiment = experiment
        self.layout = layout
        self._inputs: Tensor | None = None

    @property
    def inputs(self) -> Tensor:
        """`[100000, inputs]`, drawn when first needed."""
        if self._inputs is None:
            self._inputs = _held_out(self.experiment)
        return self._inputs

    def share(self, parameters: Tensor) -> float | None:
        """Share of the held-out inputs at which one replica `[1, parameters]` is right; None for a target that is not
        graded."""
        return self._share(parameters) if self.experiment.target.graded else None

    def estimate(self, parameters: Tensor, x: Tensor, output: Tensor) -> Tensor | None:
        """`[replicas]`: the share at `x` `[points, inputs]`, where the outputs `[replicas, points, outputs]` are at
        hand; of replicas that are right at all of them, the share of the held-out inputs."""
        if not self.experiment.target.graded:
            return None
        share = self.experiment.target.right(x, output).double().mean(-1).cpu()
        for replica in (share == 1).nonzero().flatten().tolist():
            share[replica] = self._share(parameters[replica : replica + 1].detach())
        return share

    def _share(self, parameters: Tensor) -> float:
        target, views = self.experiment.target, self.layout.views(parameters)
        right = 0
        with torch.no_grad():
            for x in self.inputs.to(parameters.device).split(_AT_ONCE):
                output = self.experiment.model.forward(views, x.unsqueeze(0))[0]
                right += int(target.right(x, output).sum())
        return right / HELD_OUT


def _held_out(experiment: Experiment) -> Tensor:
    target, domain, dtype = experiment.target, experiment.domain, torch_dtype(experiment)
    count = HELD_OUT * target.inputs
    stream = Stream.of(torch.zeros((), dtype=torch.int64), Use.HELD_OUT, counter_for(2 * count))
    if domain.distribution == "normal":
        x = stream.normal(count, torch.float64)
    else:
        x = on_intervals(stream.uniform(count, torch.float64)[None], *edges(domain.train, 1, torch.float64))[0]
    x = x.unflatten(0, (HELD_OUT, target.inputs))
    return target.admissible(scaled(x, domain.scale)).to(dtype)
