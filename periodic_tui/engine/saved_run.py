"""A run between two steps as a tree, to go on with in another process or from an earlier step."""

from __future__ import annotations

from periodic_tui.engine.components.models.module import Module
from periodic_tui.engine.components.models.scaling import Scaling
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recording.attributes import part, whole_number
from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.values import tree_of, values_of
from periodic_tui.engine.run import Run, UndoPoint
from periodic_tui.engine.snapshot import Event
from periodic_tui.engine.training.saved import checkpoint_of, recall_trainer, saved_checkpoint, saved_trainer


def saved_run(run: Run) -> Tree:
    """All of a run at which no remedy is at work; nobody writes to its arrays any more."""
    return {
        "step": run.step,
        "life": run.life,
        "experiment": _table(run.experiment),
        "own": _table(run.own),
        "trainer": saved_trainer(run.trainer),
        "measured": run.measured.remembered(),
        "deaths": run.watch.remembered(),
        "events": tree_of(tuple(run.events)),
        "journal": tree_of(tuple(run.journal)),
    }


def recall_run(run: Run, tree: Tree) -> None:
    """Be where that run was, which began with the same experiment. Raises NotReadable or Refused, and is then in no
    state to go on."""
    run.treatment = None
    experiment = _experiment(part(tree, "experiment"), run.began)
    if experiment != run.experiment:
        run.adopt(experiment)
    run.own = _experiment(part(tree, "own"), run.began)
    recall_trainer(run.trainer, part(tree, "trainer"))
    run.measured.recall(part(tree, "measured"))
    run.watch.recall(part(tree, "deaths"))
    run.life = whole_number(part(tree, "life"), "life")
    run.events = list(values_of(Event, part(tree, "events"), "an event"))
    run.journal = list(values_of(Event, part(tree, "journal"), "an entry of the journal"))


def saved_point(point: UndoPoint) -> Tree:
    """What a command was applied to."""
    own = {"experiment": _table(point.checkpoint.experiment), "own": _table(point.own)}
    return own | {"step": point.step, "life": point.life, "checkpoint": saved_checkpoint(point.checkpoint)}


def point_of(tree: Tree, run: Run) -> UndoPoint:
    """The same back. Raises NotReadable where it does not fit the run."""
    experiment = _experiment(part(tree, "experiment"), run.began)
    checkpoint = checkpoint_of(part(tree, "checkpoint"), experiment, run.trainer)
    step, life = (whole_number(part(tree, name), name) for name in ("step", "life"))
    return UndoPoint(step, checkpoint, _experiment(part(tree, "own"), run.began), life)


def _table(experiment: Experiment) -> Tree:
    """The experiment as a table, but for what of its target, and how it starts: that never changes in mid-run."""
    table = experiment.model_dump(mode="json", exclude_none=True, exclude={"init"})
    return table | {"target": {"noise": experiment.target.noise}}


def _experiment(table: Tree, began: Experiment) -> Experiment:
    """The experiment of that table in a run that began with another one. Raises NotReadable."""
    noise = part(part(table, "target"), "noise")
    try:
        target = began.target.model_copy(update={"noise": float(noise)})
        same = {"target": target, "init": began.init} | _program(part(table, "model").get("scaling"), began)
        return Experiment.model_validate(table | same)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise NotReadable("the checkpoint is damaged: its experiment is none") from None


def _program(units: Tree, began: Experiment) -> dict[str, Module]:
    """The user's own program as the run has it now, whatever a checkpoint says of it, in the units of that time."""
    if not isinstance(began.model, Module):
        return {}
    scaling = Scaling.model_validate(units) if units else None
    return {"model": began.model.model_copy(update={"scaling": scaling})}
