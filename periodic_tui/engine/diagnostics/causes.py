"""What killed a unit: the parameters before and after the step, and the gradient that moved them."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from periodic_tui.engine.components.optimizers import Optimizer
from periodic_tui.engine.diagnostics.observer import Observer
from periodic_tui.engine.randomness import Streams
from periodic_tui.engine.training.sampling import StepInputs, counter_of
from periodic_tui.engine.training.step import State
from periodic_tui.engine.training.trainer import Trainer


class Cause(NamedTuple):
    """What moved the units."""

    text: str = ""
    """The end of a sentence."""
    pushed: bool = False
    """Whether the gradient of the batch did; else what earlier steps have left (momentum), or other layers."""


def cause_of(
    trainer: Trainer,
    observer: Observer,
    step_inputs: StepInputs,
    seeds: Tensor,
    step: int,
    before: State,
    after: State,
    layer: int,
    units: list[int],
) -> Cause:
    """Which of bias, incoming weights and inputs did it, and how far it moved. All tensors are on the CPU.

    What did it is what would have done most alone: the pre-activations of the units on the probe are computed with
    only the bias, only the weights or only the inputs as they are after the step. Of units whose inputs are not known
    nothing is said.
    """
    if not observer.step.experiment.model.is_chain:
        return Cause()
    name, index = f"hidden.{layer}", torch.tensor(units)
    views = [observer.step.layout.by_layer(state["parameters"]) for state in (before, after)]
    inputs = [_inputs(observer, state["parameters"], layer) for state in (before, after)]
    weights = [view[f"{name}.weight"][0, index] for view in views]
    none = torch.zeros_like(before["parameters"])
    biases = [view.get(f"{name}.bias", none)[0, index] for view in views]
    shares = {
        "bias": _active(inputs[0], weights[0], biases[1]),
        "weights": _active(inputs[0], weights[1], biases[0]),
        "inputs": _active(inputs[1], weights[0], biases[0]),
    }
    guilty = min(shares, key=shares.__getitem__)
    if guilty == "inputs":
        whose, moved = "its" if len(units) == 1 else "their", float((inputs[1] - inputs[0]).mean())
        return Cause(f"; {whose} inputs from hidden.{layer - 1} moved {moved:+.2g} on average")
    gradient = observer.step.layout.by_layer(gradient_at(trainer, step_inputs, seeds, step, before))
    kind, (old, new) = ("bias", biases) if guilty == "bias" else ("weight", weights)
    slope = gradient[f"{name}.{kind}"][0, index]
    rates, optimizer = trainer.training_step.rates(step_inputs, torch.tensor(step)), trainer.experiment.optimizer
    return Cause(_sentence(guilty, new - old, slope, float(rates.max()), optimizer, len(units)), bool(slope.any()))


def _sentence(guilty: str, moved: Tensor, slope: Tensor, lr: float, optimizer: Optimizer, count: int) -> str:
    by = f"lr {lr:g}" if optimizer.plain_gradient_descent else f"{optimizer.kind} at lr {lr:g}"
    if count > 1:
        what = "their biases" if guilty == "bias" else "their incoming weights"
        mean = float(slope.mean())
        return f"; {what} moved {float(moved.mean()):+.2g} on average in one step of {by} × gradient {mean:.2g}"
    moved, slope = moved.flatten(), slope.flatten()
    place = int(moved.abs().argmax())
    of = "its bias" if guilty == "bias" else f"its weight from input {place}"
    push = f" × gradient {slope[place]:.2g}" if slope[place] else ": what earlier steps left, its gradient is 0"
    return f"; {of} moved {float(moved[place]):+.2g} in one step of {by}{push}"


def _active(x: Tensor, weight: Tensor, bias: Tensor) -> float:
    """Share of points and units with a positive pre-activation; `x` is `[points, inputs]`."""
    return float((x @ weight.mT + bias > 0).double().mean())


def _inputs(observer: Observer, parameters: Tensor, layer: int) -> Tensor:
    if layer == 0:
        return observer.step.experiment.model.first_inputs(observer.probe.x.cpu())
    return observer.hidden(parameters)[layer - 1].activations[0].cpu()


def gradient_at(trainer: Trainer, step_inputs: StepInputs, seeds: Tensor, step: int, state: State) -> Tensor:
    """The gradient of the batch of this step, `[1, parameters]`."""
    streams, number = Streams.of(seeds, counter_of(trainer.experiment)), torch.tensor(step)
    batch = trainer.training_step.sampler.batch(streams, number, step_inputs)
    dropout = trainer.training_step.dropout(streams, number)
    return trainer.training_step.gradient(state["parameters"], batch, dropout)[0]
