"""A run under a remedy, on a target that nobody may look into."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run

REMEDIES, TREATMENT = (
    Path(sys.modules[f"periodic_tui.engine.{name}"].__file__ or "").parent for name in ("remedies", "treatment")
)


class Peeked(AssertionError):
    """A remedy touched the target."""


def asked_by_remedy() -> bool:
    """Whether the nearest caller that has to do with remedies is one, and not what hands it samples."""
    frame: FrameType | None = sys._getframe(2)
    while frame:
        folders = Path(frame.f_code.co_filename).parents
        if REMEDIES in folders or TREATMENT in folders:
            return REMEDIES in folders
        frame = frame.f_back
    return False


def poisoned(experiment: Experiment) -> Experiment:
    """The same experiment with a target that raises when a remedy touches it, other than through samples."""
    target = experiment.target

    class Poisoned(type(target)):  # type: ignore[misc]  # a base that is known only now
        def __getattribute__(self, name: str) -> Any:
            if not name.startswith("__") and asked_by_remedy():
                raise Peeked(name)
            return super().__getattribute__(name)

        def __call__(self, x: torch.Tensor) -> torch.Tensor:
            if asked_by_remedy():
                raise Peeked("called")
            return super().__call__(x)

    hidden = Poisoned.model_construct(**dict(target))
    return experiment.model_copy(update={"target": hidden})


def treated(experiment: Experiment, remedy: str, steps: int, before: int = 0) -> Run:
    """The run after `before` untreated steps and `steps` under the remedy."""
    run = Run(1, "test", poisoned(experiment), torch.device("cpu"))
    run.advance(before)
    run.note(run.treat(remedy), f"remedy:{remedy}")
    run.advance(steps)
    return run
