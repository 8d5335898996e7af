"""Training on part of the domain: the points nearest to its middle."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from periodic_tui.engine.remedies import Setting
from periodic_tui.engine.training.sampling import StepInputs


@dataclass(frozen=True, eq=False)
class Windows:
    """The middle is the point of the domain's hull next to zero: there a sine's phase is known best."""

    middle: float
    reach: float
    """Half-width that holds the whole domain; inf without intervals."""
    starts: Tensor | None = None
    """Lower ends `[intervals]` of a uniform domain."""
    ends: Tensor | None = None
    """Its upper ends `[intervals]`."""
    data: tuple[Tensor, Tensor, Tensor] | None = None
    """A fixed data set, nearest points first: distances `[points]` from the middle, `x` and `y`."""

    @classmethod
    def of(cls, setting: Setting, step_inputs: StepInputs) -> Windows:
        """The windows of an experiment."""
        if setting.inputs > 1 or not (setting.domain.train or "data_x" in step_inputs):
            return cls(0.0, float("inf"))
        if "data_x" in step_inputs:
            return cls._of_data(step_inputs["data_x"], step_inputs["data_y"])
        table = torch.tensor(
            setting.domain.train, dtype=step_inputs["starts"].dtype, device=step_inputs["starts"].device
        )
        middle = min(max(0.0, float(table.min())), float(table.max()))
        return cls(middle, float((table - middle).abs().max()), table[:, 0], table[:, 1])

    @classmethod
    def _of_data(cls, x: Tensor, y: Tensor) -> Windows:
        middle = min(max(0.0, float(x.min())), float(x.max()))
        distance, order = (x[:, 0] - middle).abs().sort()
        return cls(middle, float(distance[-1]), data=(distance, x[order], y[order]))

    def step_inputs(self, half_width: Tensor) -> StepInputs:
        """The step inputs with which each replica trains within its half-width `[replicas]`."""
        if self.data is not None:
            return {"data_x": self.data[1], "data_y": self.data[2], "count": self.points(half_width).long()}
        assert self.starts is not None, "a window needs intervals"
        assert self.ends is not None
        width = half_width.to(self.starts.dtype).unsqueeze(-1)
        low = torch.maximum(self.starts, self.middle - width)
        high = torch.minimum(self.ends, self.middle + width)
        return {"starts": torch.minimum(low, self.ends), "lengths": (high - low).clamp_min(0.0)}

    def points(self, half_width: Tensor) -> Tensor:
        """Points in use `[replicas]`, at least 1; inf where samples are fresh."""
        if self.data is None:
            return torch.full_like(half_width, torch.inf)
        return torch.searchsorted(self.data[0], half_width.to(self.data[0].dtype), right=True).clamp_min(1).double()
