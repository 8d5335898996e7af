"""A trainer between two steps as a tree, to go on with in another process to the last bit."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recording.attributes import part, whole_number
from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.training.checkpoint import Checkpoint
from periodic_tui.engine.training.sampling import EACH, StepInputs
from periodic_tui.engine.training.torch_trees import lively, plain, tensor
from periodic_tui.engine.training.trainer import Trainer


def saved_checkpoint(checkpoint: Checkpoint) -> Tree:
    """A checkpoint without its experiment."""
    return {
        "state": {name: plain(value) for name, value in checkpoint.state.items()},
        "step_inputs": {name: plain(value) for name, value in checkpoint.step_inputs.items()},
        "seeds": plain(checkpoint.seeds),
        "stepper": plain(list(checkpoint.stepper_state)),
    }


def checkpoint_of(tree: Tree, experiment: Experiment, trainer: Trainer) -> Checkpoint:
    """The checkpoint that the tree was, of that trainer with that experiment. Raises NotReadable where it does not
    fit."""
    device = trainer.device
    stepper = lively(part(tree, "stepper"), device)
    if not isinstance(stepper, list) or not all(isinstance(each, dict) for each in stepper):
        raise NotReadable("the checkpoint is damaged: the optimizer's state is of no known kind")
    state, inputs = part(tree, "state"), part(tree, "step_inputs")
    expected = trainer.start_of(experiment, trainer.state["parameters"])
    return Checkpoint(
        experiment,
        {name: tensor(state, name, value) for name, value in expected.items()},
        _inputs(inputs, trainer.inputs_of(experiment), trainer),
        tensor(tree, "seeds", trainer.seeds),
        stepper,
    )


def _inputs(tree: Tree, expected: StepInputs, trainer: Trainer) -> StepInputs:
    """A remedy may have changed how many points there are, and single rates; nothing else is free."""
    inputs = {}
    for name, present in expected.items():
        value = lively(part(tree, name), trainer.device)
        if not isinstance(value, Tensor) or (value.dtype, value.dim()) != (present.dtype, present.dim()):
            raise NotReadable(f"the checkpoint is damaged: {name} does not fit the preset")
        inputs[name] = value
    _check(inputs, trainer)
    return inputs


def _check(inputs: StepInputs, trainer: Trainer) -> None:
    """What a compiled step does not check itself: it would read memory that is not its own."""
    replicas, size = len(trainer.seeds), trainer.training_step.layout.size
    wrong = [name for name in EACH if name in inputs and len(inputs[name]) != replicas]
    wrong += ["lr"] if inputs["lr"].shape[1] not in (1, size) else []
    if "starts" in inputs and inputs["starts"].shape != inputs["lengths"].shape:
        wrong.append("starts")
    if "data_x" in inputs:
        x, y, count = (inputs[name] for name in ("data_x", "data_y", "count"))
        target = trainer.experiment.target
        shapes = ((len(x), target.inputs), (len(x), target.outputs))
        if (tuple(x.shape), tuple(y.shape)) != shapes or not bool(((count >= 1) & (count <= len(x))).all()):
            wrong.append("data_x")
    if wrong:
        raise NotReadable(f"the checkpoint is damaged: {wrong[0]} does not fit the preset")


def saved_trainer(trainer: Trainer) -> dict[str, Any]:
    """All that the steps that follow depend on, but for experiment and engine."""
    return saved_checkpoint(Checkpoint.of(trainer)) | {
        "done": trainer.done,
        "last_loss": plain(trainer.last_loss),
        "held": plain(trainer.held_rates) if trainer.held else None,
    }


def recall_trainer(trainer: Trainer, tree: Tree) -> None:
    """Go on where another trainer of the same experiment was. Raises NotReadable where that does not fit."""
    checkpoint_of(tree, trainer.experiment, trainer).restore(trainer)
    trainer.done = whole_number(part(tree, "done"), "the number of steps")
    last = lively(part(tree, "last_loss"), torch.device("cpu"))
    if isinstance(last, Tensor) and last.shape == (len(trainer.seeds),):
        trainer.last_loss = last
    if part(tree, "held") is not None:
        trainer.step_inputs = trainer.step_inputs | {"lr": tensor(tree, "held", trainer.step_inputs["lr"])}
        trainer.hold()
