"""The user's own program in an experiment: run, looked through, and filled in."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from torch import Tensor

from periodic_tui.engine.components.models import Model
from periodic_tui.engine.components.models.module import Module
from periodic_tui.engine.components.models.module.program import allow
from periodic_tui.engine.errors import Refused, Unavailable
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.error_messages import problems
from periodic_tui.engine.plural import counted
from periodic_tui.engine.training.sampling import data_set, probe_points
from periodic_tui.engine.training.standardized import standardized
from periodic_tui.engine.training.trainer import Trainer


def with_module(experiment: Experiment) -> Experiment:
    """The experiment with what its program makes; as it is where it has none.

    Raises Refused where the program cannot be trained on this target, or makes another network than was found before.
    """
    from periodic_tui.engine.components.models.module.examine import examined

    model = experiment.model
    if not isinstance(model, Module):
        return experiment
    found = examined(model, _inputs(experiment), experiment.target.outputs, experiment.training.replicas)
    if model.is_known and found.model_copy(update={"digest": model.digest}) != model:
        raise Refused(f"{model.title} makes another network than the one that was recorded")
    table = experiment.table_with({"model": found})
    try:
        return Experiment.model_validate(table)
    except ValidationError as error:
        raise Refused("; ".join(problems(error, table))) from None


def check_device(trainer: Trainer) -> None:
    """Raise Refused where a program's network cannot be trained on the trainer's device."""
    model = trainer.experiment.model
    if not isinstance(model, Module) or trainer.device.type == "cpu":
        return
    try:
        trainer.eager().run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 1)
    except (RuntimeError, TypeError) as failure:
        raise Refused(f"{model.title} fails on {trainer.device}: {str(failure).partition(chr(10))[0]}") from None


def run_again(experiment: Experiment) -> Experiment:
    """The same in a process of its own, where the program that was named has not run yet. Raises Unavailable."""
    if not isinstance(experiment.model, Module):
        return experiment
    allow(experiment.model.file)
    try:
        found = with_module(experiment)
    except Refused as reason:
        raise Unavailable(str(reason)) from None
    if found.model != experiment.model:
        raise Unavailable(f"{experiment.model.title} has changed")
    return found


def anew(experiment: Experiment) -> Experiment:
    """The experiment with nothing known of its program, which may make another network for it."""
    model = experiment.model
    return experiment.model_copy(update={"model": model.bare()}) if isinstance(model, Module) else experiment


def remarks(before: Model, now: Model) -> Iterator[str]:
    """What there is to be told of a program as a run begins, a line each; `before`: what was known of it."""
    if not (isinstance(before, Module) and isinstance(now, Module)):
        return
    if before.digest not in ("", now.digest):
        yield f"{now.title} has changed since this run was recorded: it need not go the same way"
    if now.unseen:
        yield f"{counted(now.unseen, 'activation')} of {now.title} cannot be looked into: of no units, or of too many"
    if not now.curves:
        yield f"torch has no second derivatives of {now.title}: nothing is said of its curvature"


def _inputs(experiment: Experiment) -> Tensor:
    """Some inputs `[points, inputs]` as the network's layers are to be given them."""
    x = data_set(experiment)[0] if experiment.domain.points else probe_points(experiment, experiment.domain.train)
    return standardized(experiment).model.first_inputs(x[:64])
