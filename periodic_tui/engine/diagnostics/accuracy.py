"""Share of right answers, where there is a right or wrong: decoded from the network's own outputs."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.components.models import Layout
from periodic_tui.engine.diagnostics.probe import Probe
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Stream, Use, counter_for
from periodic_tui.engine.training.sampling import Sampler, edges, torch_dtype

HELD_OUT = 100_000
"""Number of held-out inputs, which no training step sees but by chance."""
_AT_ONCE = 10_000
_THRESHOLDS = {"bce": 0.5, "bce-with-logits": 0.0}
"""Outputs above it say yes."""


class Accuracy:
    """Decodes what a network says: at held-out inputs of the training domain, the same for every seed, where the target
    knows what is right there; on the probe where the rows of a table say it."""

    def __init__(self, experiment: Experiment, layout: Layout, probe: Probe) -> None:
        self.experiment, self.layout, self.probe = experiment, layout, probe
        target, loss = experiment.target, experiment.training.loss
        yes_or_no = loss in _THRESHOLDS and bool(((probe.y == 0) | (probe.y == 1)).all())
        self._known = target.classes or yes_or_no
        """Whether the outputs of the probe say what is right."""
        self.graded = target.graded or self._known

    @cached_property
    def base_rate(self) -> float | None:
        """The share of the probe on which who always gives the commonest answer is right; None where the probe does
        not say what is right."""
        if not self._known:
            return None
        counts = self.probe.y.unique(dim=0, return_counts=True)[1]
        return int(counts.max()) / len(self.probe.y)

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
        """Share of those inputs at which one replica `[1, parameters]` is right; None where there is no right or
        wrong."""
        if not self.graded:
            return None
        known, views = self._known, self.layout.views(parameters)
        x = (self.probe.x if known else self.inputs).to(parameters.device)
        right = 0
        with torch.no_grad():
            for first in range(0, len(x), _AT_ONCE):
                part = slice(first, first + _AT_ONCE)
                output = self.experiment.model.forward(views, x[part].unsqueeze(0))[0]
                right += int(self._right(x[part], self.probe.y[part] if known else None, output).sum())
        return right / len(x)

    def _right(self, x: Tensor, y: Tensor | None, output: Tensor) -> Tensor:
        """Whether outputs `[..., points, outputs]` are right, `[..., points]`."""
        if y is None:
            return self.experiment.target.right(x, output)
        if self.experiment.target.classes:
            return output.argmax(-1) == y.argmax(-1)
        return ((output > _THRESHOLDS[self.experiment.training.loss]) == (y > 0.5)).all(-1)

    def estimate(self, parameters: Tensor, probe: Probe, output: Tensor) -> Floats | None:
        """`[replicas]`: the share on a probe, where the outputs `[replicas, points, outputs]` are at hand; of replicas
        that are right at all of them, the share of the held-out inputs, where those have answers."""
        if not self.graded:
            return None
        right = self._right(probe.x, probe.y if self._known else None, output)
        share: Floats = right.double().mean(-1).cpu().numpy()
        if not self._known:
            for replica in (share == 1).nonzero()[0]:
                share[replica] = self.share(parameters[replica : replica + 1].detach())
        return share
