"""Share of right answers, for targets with a right or wrong: decoded from the network's own outputs."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.components.models import Layout
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Stream, Use, counter_for
from periodic_tui.engine.training.sampling import Sampler, edges, torch_dtype

HELD_OUT = 100_000
"""Number of held-out inputs, which no training step sees but by chance."""
_AT_ONCE = 10_000


class Accuracy:
    """Decodes what a network says at held-out inputs of the training domain, the same for every seed."""

    def __init__(self, experiment: Experiment, layout: Layout) -> None:
        self.experiment = experiment
        self.layout = layout

    @cached_property
    def inputs(self) -> Tensor:
        """`[100000, inputs]`, drawn when first needed."""
        sampler, intervals = Sampler(self.experiment), self.experiment.domain.train
        sampler.batch_size, sampler.dtype = HELD_OUT, torch.float64
        seed, counter = torch.zeros(1, dtype=torch.int64), counter_for(2 * HELD_OUT * sampler.target.inputs)
        ends = edges(intervals, 1, torch.float64) if intervals else ()
        drawn = sampler.inputs(
            Stream.of(seed, Use.HELD_OUT, counter), dict(zip(("starts", "lengths"), ends, strict=False))
        )
        return drawn[0].to(torch_dtype(self.experiment))

    def share(self, parameters: Tensor) -> float | None:
        """Share of the held-out inputs at which one replica `[1, parameters]` is right; None for a target that is not
        graded."""
        target, views = self.experiment.target, self.layout.views(parameters)
        if not target.graded:
            return None
        right = 0
        with torch.no_grad():
            for x in self.inputs.to(parameters.device).split(_AT_ONCE):
                output = self.experiment.model.forward(views, x.unsqueeze(0))[0]
                right += int(target.right(x, output).sum())
        return right / HELD_OUT

    def estimate(self, parameters: Tensor, x: Tensor, output: Tensor) -> Floats | None:
        """`[replicas]`: the share at `x` `[points, inputs]`, where the outputs `[replicas, points, outputs]` are at
        hand; of replicas that are right at all of them, the share of the held-out inputs."""
        if not self.experiment.target.graded:
            return None
        share: Floats = self.experiment.target.right(x, output).double().mean(-1).cpu().numpy()
        for replica in (share == 1).nonzero()[0]:
            share[replica] = self.share(parameters[replica : replica + 1].detach())
        return share
