"""A fast stepper against the eager one, from the start of a run: it is taken where they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.slices import Slices, finished
from periodic_tui.engine.training.steppers import Stepper
from periodic_tui.engine.training.steppers.verify import AT_ONCE, disagreement

if TYPE_CHECKING:
    from periodic_tui.engine.training.trainer import Trainer


def checked(stepper: Stepper, trainer: Trainer, at_once: int = AT_ONCE) -> Stepper:
    """The stepper, if it agrees with the eager one from the run's start. Raises Unavailable where it does not."""
    finished(check_of(stepper, trainer, at_once))
    return stepper


def check_of(stepper: Stepper, trainer: Trainer, at_once: int = AT_ONCE) -> Slices[None]:
    """Raises Unavailable where the stepper does not agree with the eager one from the run's start."""
    start = trainer.start(trainer.initial())
    try:
        difference = yield from disagreement(
            trainer.eager(), stepper, start, trainer.step_inputs, trainer.seeds, at_once
        )
    except RuntimeError as failure:
        raise Unavailable(f"the compiled step fails: {str(failure).partition(chr(10))[0]}") from None
    if difference:
        raise Unavailable(f"the compiled step was refused: {difference}")
