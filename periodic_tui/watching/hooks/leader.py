"""Which optimizer counts the steps, where there are several."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

from torch import Tensor
from torch.optim import Optimizer

from periodic_tui.watching.looking.optimizers import held_by

_PATIENCE, _USUAL = 10, 3
"""Another one leads once it has stepped so often without the present one, and so many times as often as before."""
_SOME = 16
"""Parameters by which a model is known again."""


class Leader:
    """The optimizer that steps first leads, until it steps no longer or is gone: then the one that steps now does."""

    def __init__(self) -> None:
        self._leading: weakref.ref[Optimizer] | None = None
        self._parameters: Sequence[weakref.ref[Tensor]] = ()
        self._others = self._most = 0
        """Steps of others since the last of the leading one, and the most that there ever were between two of it."""
        self.changed = False
        """Whether the last step was the first of another leader, …"""
        self.of_another_model = False
        """… and of one that holds none of the parameters of the one before."""

    @property
    def is_known(self) -> bool:
        """Whether there is one."""
        return self._leading is not None

    def prefer(self, optimizer: Optimizer) -> None:
        """That one leads, whichever steps first."""
        self._lead(optimizer)

    def counts(self, optimizer: Optimizer) -> bool:
        """It has stepped: whether that is a step of the training."""
        self.changed = False
        leading = self._leading() if self._leading else None
        if leading is optimizer:
            if self._others:
                self._most, self._others = max(self._most, self._others), 0
            return True
        self._others += 1
        if leading is not None and self._others <= _USUAL * self._most + _PATIENCE:
            return False
        self._lead(optimizer)
        return True

    def _lead(self, optimizer: Optimizer) -> None:
        parameters = list(held_by(optimizer))
        known = {id(each) for reference in self._parameters if (each := reference()) is not None}
        self.changed = self.is_known
        self.of_another_model = self.changed and not any(id(each) in known for each in parameters)
        self._leading, self._others, self._most = weakref.ref(optimizer), 0, 0
        self._parameters = [weakref.ref(each) for each in parameters[:_SOME]]
