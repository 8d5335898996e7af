"""What is told of a cell once its population has been trained."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from periodic_tui.engine.wilson import wilson

Quartiles = tuple[float | None, float | None, float | None]
"""Lower quartile, median and upper quartile over replicas; None where one is not finite."""


@dataclass(frozen=True)
class CellResult:
    """The summary of a cell's run: what `train` reports of the same settings."""

    status: str
    """As of `train`: finished or diverged."""
    steps: int
    """Steps that were trained."""
    engine: str
    """With which it was trained: `train --engine ENGINE` gives the same outcomes."""
    outcomes: dict[str, int]
    """Number of replicas by verdict, in the order of precedence."""
    loss: Quartiles
    """Probe losses."""
    steps_to_solved: float | None
    """Median, over the replicas that are solved in the end, of the first step at which the loss on a part of the probe
    was seen at or below `solved_below`; None where none is solved, or another figure decides (see docs/sweeps.md)."""
    basin: float | None = None
    """Half-width of the answer's basin in ω, 4.4934/R for a sine unit; None for models without a frequency."""
    lr_limit: float | None = None
    """2/L″, the largest stable step of plain gradient descent at the answer; None where it is not known."""
    foretold: float | None = None
    """Share of the replicas that begin within the basin while lr < 2/L″; None where either is not known."""
    seconds: float = field(default=0.0, compare=False)
    """From the start of the cell to its end on its worker; no part of what is compared."""

    @property
    def replicas(self) -> int:
        """How many were trained."""
        return sum(self.outcomes.values())

    @property
    def solved(self) -> int:
        """How many are solved."""
        return self.outcomes.get("solved", 0)

    @property
    def share(self) -> float:
        """Of the replicas that are solved."""
        return self.solved / self.replicas

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share."""
        return wilson(self.solved, self.replicas)

    @property
    def commonest(self) -> str:
        """The verdict of most replicas; of two as frequent ones the first in the order of precedence."""
        return max(self.outcomes, key=lambda code: self.outcomes[code])

    def fields(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Self:
        """From its fields. Raises ValueError, TypeError or KeyError where they are not such ones."""
        lower, median, upper = fields["loss"]
        made = cls(**fields | {"loss": (lower, median, upper), "outcomes": dict(fields["outcomes"])})
        if made.replicas < 1:
            raise ValueError("no replica")
        return made


@dataclass(frozen=True)
class Failure:
    """Why a cell has no result."""

    reason: str
    """One line for the user."""
    crashed: bool = False
    """Whether it is a fault of the program or of the machine, and not of what was asked."""
    trace: str = ""
    """Where the program failed, in lines; empty where it did not."""


Ending = CellResult | Failure
"""How a cell ended."""


def to_json(ending: Ending) -> str:
    """One line."""
    return json.dumps([type(ending) is CellResult, asdict(ending)])


def from_json(line: str) -> Ending:
    """The ending of that line. Raises ValueError, TypeError or KeyError where it is not one."""
    trained, fields = json.loads(line)
    return CellResult.of(fields) if trained else Failure(**fields)
