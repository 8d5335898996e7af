"""The frozen value of one run: everything that a preset says, every default resolved, no tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from periodic_tui.engine.components.domain import Domain
from periodic_tui.engine.components.initializers import Init
from periodic_tui.engine.components.models import Model, models
from periodic_tui.engine.components.optimizers import Optimizer, optimizers
from periodic_tui.engine.components.optimizers.sgd import SGD
from periodic_tui.engine.components.registry import Spec
from periodic_tui.engine.components.screen_options import ScreenOptions
from periodic_tui.engine.components.targets import Target, targets
from periodic_tui.engine.components.training_options import Training
from periodic_tui.engine.experiment.conflicts import conflicts
from periodic_tui.engine.overrides import override
from periodic_tui.engine.remedies.options import Remedies


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("expected one line of printable characters")
    return text


def _lines(text: str) -> str:
    if not all(line.isprintable() for line in text.split("\n")):
        raise ValueError("expected printable characters and line breaks")
    return text


Line = Annotated[str, AfterValidator(_one_line)]
ShortLine = Annotated[str, Field(max_length=40), AfterValidator(_one_line)]
Lines = Annotated[str, AfterValidator(_lines)]


class Experiment(Spec):
    """One preset, validated."""

    @property
    def samples(self) -> int:
        """Samples of a step of one replica."""
        return self.training.samples_of(self.domain.points)

    def table_with(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Its table with other values, by dotted path, to be validated: a target or a start that stays is not read
        again."""
        table = self.model_dump(mode="python")
        for path, value in values.items():
            table = override(table, path, value)
        changed = {path.split(".")[0] for path in values}
        return table | {key: getattr(self, key) for key in ("target", "init") if key not in changed}

    title: Line = ""
    source: Line = ""
    outcome: ShortLine = ""
    """What will happen, in a few words."""
    story: Lines = ""
    target: Annotated[Target, targets]
    domain: Domain = Domain()
    model: Annotated[Model, models]
    init: Init = Init()
    optimizer: Annotated[Optimizer, optimizers] = SGD()
    training: Training = Training()
    screen: ScreenOptions = ScreenOptions()
    remedies: Remedies = Remedies()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        object.__setattr__(self, "domain", self.target.completed(self.domain))
        goal = self.target.goal(self.domain)
        if goal and self.training.loss == "mse" and "solved_below" not in self.training.model_fields_set:
            object.__setattr__(self, "training", self.training.model_copy(update={"solved_below": goal}))
        if found := conflicts(self.target, self.domain, self.model, self.init, self.optimizer, self.training):
            summary = "; ".join(f"{key}: {text}" for key, text in found.items())
            raise PydanticCustomError("conflicts", "{summary}", {"summary": summary, "conflicts": found})
        return self
