"""How a population is divided for the compiled step: replicas know nothing of each other, so a group is trained as if
there were no other. The groups depend on the experiment only, not on the machine: so do the last bits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.aot.cache_key import Kind, Signature
from periodic_tui.engine.training.sampling import EACH, StepInputs
from periodic_tui.engine.training.step import State
from periodic_tui.engine.training.work import WIDE, products

_WIDTH = 16
"""Replicas that are trained together where steps are small: what a step costs besides is shared."""
_SMALL = 1 << 12
"""Samples times parameters of such a step of one replica."""


@dataclass(frozen=True)
class Groups:
    """So many groups of `width` replicas each; the last one is filled up with copies of the last replica."""

    whole: Signature
    """Of all replicas."""
    width: int
    together: bool
    """Whether torch's threads take the steps of a single wide network together."""

    @classmethod
    def of(cls, experiment: Experiment, state: State, step_inputs: StepInputs) -> Groups:
        """The groups of a run with these tensors."""
        whole = Signature.of(state, step_inputs)
        each, alone = products(experiment), whole.replicas == 1
        return cls(whole, _WIDTH if whole.replicas >= 2 * _WIDTH and each <= _SMALL else 1, alone and each >= WIDE)

    @cached_property
    def count(self) -> int:
        """How many groups there are."""
        return -(-self.whole.replicas // self.width)

    @property
    def one(self) -> Signature:
        """Of a single group."""
        step_inputs = tuple(self._narrowed(kind) if kind[0] in EACH else kind for kind in self.whole.step_inputs)
        state = tuple(map(self._narrowed, self.whole.state))
        return Signature(state, step_inputs, self.together)

    def _narrowed(self, kind: Kind) -> Kind:
        name, dtype, (_, *shape) = kind
        return name, dtype, (self.width, *shape)

    def filled(self, rows: Tensor) -> Tensor:
        """`[replicas, …]` as `[count · width, …]`, contiguous."""
        lacking = self.count * self.width - len(rows)
        if not lacking:
            return rows.contiguous()
        return torch.cat([rows, rows[-1:].expand(lacking, *rows.shape[1:])])

    def own(self, rows: Tensor) -> Tensor:
        """What of `[count · width, …]` are the replicas themselves, `[replicas, …]`."""
        return rows[: self.whole.replicas]
