"""What the map shows at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from periodic_tui.engine.wilson import wilson
from periodic_tui.sweeping.grid import Cell
from periodic_tui.sweeping.result import CellResult, Ending, Failure

State = Literal["training", "finished", "failed"]


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a sweep has come."""

    endings: Mapping[Cell, Ending] = field(default_factory=dict)
    trained: int = 0
    """Cells that were trained, and not found on the disk."""
    seconds: float = 0.0
    """Since the sweep began."""
    state: State = "training"
    reason: str = ""
    """Why it has failed."""

    @property
    def results(self) -> dict[Cell, CellResult]:
        """Of the cells that have one."""
        return {cell: ending for cell, ending in self.endings.items() if isinstance(ending, CellResult)}

    @property
    def failures(self) -> int:
        """Cells that have ended without a result."""
        return sum(isinstance(ending, Failure) for ending in self.endings.values())

    def left(self, cells: int) -> float | None:
        """Seconds until all of so many cells are done, as fast as it went so far; None where nothing tells."""
        if self.state != "training" or not self.trained:
            return None
        return self.seconds / self.trained * (cells - len(self.endings))

    @property
    def solved(self) -> str:
        """How many of all seeds, in words."""
        results = self.results.values()
        solved, seeds = sum(result.solved for result in results), sum(result.replicas for result in results)
        if not seeds:
            return ""
        low, high = wilson(solved, seeds)
        return f"{100 * solved / seeds:.1f} % [{100 * low:.1f}, {100 * high:.1f}] solved · {seeds:,} seeds"


NOTHING = Progress()
"""Before anything is known."""
