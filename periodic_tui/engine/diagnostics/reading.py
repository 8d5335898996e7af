"""One reading: everything that verdicts rest on, measured on the probe at one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.diagnostics.units import Units


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
    accuracy: Floats | None = None
    """Share of right outputs on the probe, or, where all are right, on 100,000 held-out inputs; None where the target
    has no right or wrong."""
    units: tuple[Units, ...] = ()
    """One entry a hidden layer."""
    points: int = 0
    """Number of probe points on which the units were read."""

    def one(self, replica: int) -> Reading:
        """The reading of one replica alone."""
        part = slice(replica, replica + 1)
        own: dict[str, Any] = {name: None if value is None else value[part] for name, value in self._arrays().items()}
        return replace(self, **own, units=tuple(u.one(replica) for u in self.units))

    @classmethod
    def joined(cls, parts: Sequence[Reading]) -> Reading:
        """One reading of the replicas of several."""
        first, *others = parts
        if not others:
            return first
        arrays: dict[str, Any] = {
            name: None if value is None else np.concatenate([getattr(part, name) for part in parts])
            for name, value in first._arrays().items()
        }
        layers = zip(*(part.units for part in parts), strict=True)
        return replace(first, **arrays, units=tuple(Units.joined(layer) for layer in layers))

    def _arrays(self) -> dict[str, Any]:
        names = (field.name for field in fields(self) if field.name not in ("units", "points"))
        return {name: getattr(self, name) for name in names}
