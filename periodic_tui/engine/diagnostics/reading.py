"""One reading: everything that verdicts rest on, measured on the probe at one step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
        return self._changed(lambda name: getattr(self, name)[part], (units.one(replica) for units in self.units))

    @classmethod
    def joined(cls, parts: Sequence[Reading]) -> Reading:
        """One reading of the replicas of several."""
        if len(parts) == 1:
            return parts[0]
        units = map(Units.joined, zip(*(part.units for part in parts), strict=True))
        return parts[0]._changed(lambda name: np.concatenate([getattr(part, name) for part in parts]), units)

    def _changed(self, change: Callable[[str], Floats], units: Iterable[Units]) -> Reading:
        """With these units, and another array in place of each that is there."""
        names = [field.name for field in fields(self) if isinstance(getattr(self, field.name), np.ndarray)]
        arrays: dict[str, Any] = {name: change(name) for name in names}
        return replace(self, **arrays, units=tuple(units))
