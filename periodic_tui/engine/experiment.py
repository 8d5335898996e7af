"""The frozen value of one run: everything that a preset says, every default resolved, no tensors."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from periodic_tui.engine.conflicts import conflicts
from periodic_tui.engine.domain import Domain
from periodic_tui.engine.initializers import Init
from periodic_tui.engine.models import Model, models
from periodic_tui.engine.optimizers import Optimizer, optimizers
from periodic_tui.engine.optimizers.sgd import SGD
from periodic_tui.engine.registry import Spec
from periodic_tui.engine.remedies.options import Remedies
from periodic_tui.engine.targets import Target, targets

MAX_REPLICAS = 4_096


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("expected one line of printable characters")
    return text


def _lines(text: str) -> str:
    if not all(line.isprintable() for line in text.split("\n")):
        raise ValueError("expected printable characters and line breaks")
    return text


Line = Annotated[str, AfterValidator(_one_line)]
Lines = Annotated[str, AfterValidator(_lines)]


class Training(Spec):
    """How the run goes."""

    batch_size: Annotated[int, Field(ge=0, le=1_000_000)] = 32
    """Samples a step; 0: the whole fixed data set."""
    dtype: Literal["float32", "float64"] = "float32"
    loss: Literal["mse", "circular"] = "mse"
    """Mean squared error, or 1 − cos of a phase error."""
    seed: Annotated[int, Field(ge=0, lt=2**62)] = 0
    replicas: Annotated[int, Field(ge=1, le=MAX_REPLICAS)] = 1
    steps: Annotated[int, Field(ge=0)] = 10_000
    """What `train` runs; the dashboard goes on until stopped."""
    pace: Annotated[float, Field(ge=0)] = 0.0
    """Steps a second; 0: flat out."""
    pace_steps: Annotated[int, Field(ge=0)] = 0
    """The pace holds for so many steps, then flat out; 0: until changed."""
    clip_gradient: Annotated[float, Field(ge=0)] = 0.0
    """Largest norm of a replica's gradient, which is scaled down to it; 0: no limit."""
    solved_below: Annotated[float, Field(ge=0)] = 1e-6
    """Probe loss at which the run counts as solved."""


class Experiment(Spec):
    """One preset, validated."""

    title: Line = ""
    source: Line = ""
    story: Lines = ""
    target: Annotated[Target, targets]
    domain: Domain = Domain()
    model: Annotated[Model, models]
    init: Init = Init()
    optimizer: Annotated[Optimizer, optimizers] = SGD()
    training: Training = Training()
    remedies: Remedies = Remedies()

    @model_validator(mode="after")
    def _own_domain(self) -> Self:
        object.__setattr__(self, "domain", self.target.completed(self.domain))
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if found := conflicts(self):
            summary = "; ".join(f"{key}: {text}" for key, text in found.items())
            raise PydanticCustomError("conflicts", "{summary}", {"summary": summary, "conflicts": found})
        return self
