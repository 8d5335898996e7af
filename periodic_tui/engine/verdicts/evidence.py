"""What is known of some replicas when they are judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import torch

from periodic_tui.engine.arrays import Counts, Floats, Mask
from periodic_tui.engine.components.activations.rectifiers import Identity
from periodic_tui.engine.components.models import Model
from periodic_tui.engine.diagnostics import Observer, Reading
from periodic_tui.engine.diagnostics.output_range import OutputRange, output_range
from periodic_tui.engine.diagnostics.samples import Samples
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.snapshot import Layer
from periodic_tui.engine.training.sampling import Batch
from periodic_tui.engine.training.step import loss_of
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.verdicts.goal import Goal

Trend = tuple[Floats, Floats, Floats] | None
"""Median probe losses of the fifth of the steps before the last and of the last, and the standard error of the
logarithm of their ratio; None at the start."""

EXAMINED: Final = (
    "start_size", "start_saturated", "start_kinks", "start_weights", "saturated", "moved", "gain",
    "start_sharpness", "gain_through_origin", "noise_share", "wave_share", "wave_cycles", "fall",
    "fall_larger", "trial_steps", "recent_loss", "earlier_loss", "oldest_loss", "batch_error", "solved_at",
)  # fmt: skip
"""Figures that are entered after the reading, where somebody has looked."""


GOOD: Final = 0.99
"""Share of the target's variance from which a fit is good, whether or not it is solved."""


@dataclass(frozen=True)
class Method:
    """How it is trained."""

    kind: str = ""
    """The optimizer."""
    momentum: float = 0.0
    planned: int = 0
    """Steps that the preset asks for."""
    activation: str = ""
    """Empty where there is none."""
    first_units: int = 0
    """Of the first hidden layer."""
    biases: bool = True
    output_layer: bool = True
    output_unit: float = 1.0
    """By how much an output moves where the last layer's moves by 1: not 1 where columns are standardized."""
    is_linear: bool = False
    """Whether the model is a linear map."""

    @property
    def is_descent(self) -> bool:
        """Whether a step is proportional to the gradient, but for momentum."""
        return self.kind == "sgd"

    @property
    def moves_by_lr(self) -> bool:
        """Whether a parameter moves by about lr a step, however large the gradient is."""
        return self.kind in _BY_LR


_BY_LR = ("adam", "adamw", "nadam", "radam", "adamax", "rmsprop", "rprop")


def method_of(experiment: Experiment) -> Method:
    """How an experiment is trained."""
    model, optimizer = experiment.model, experiment.optimizer
    return Method(
        kind=optimizer.kind,
        momentum=getattr(optimizer, "momentum", 0.0),
        planned=experiment.training.steps,
        activation=model.hidden_activations[0].kind if model.hidden_activations else "",
        first_units=model.hidden_units[0] if model.hidden_units else 0,
        biases=getattr(model, "bias", True),
        output_layer=getattr(model, "output_layer", True),
        output_unit=_output_unit(model),
        is_linear=model.is_chain and not model.hidden_units and model.last_activation == "identity",
    )


def _output_unit(model: Model) -> float:
    return max(model.column_units.y_spread, default=1.0) if model.column_units else 1.0


def _unknown() -> Floats:
    return np.full(1, np.nan)


@dataclass(frozen=True, eq=False)
class Evidence:
    """Measurements that verdicts rest on, never a preset's name. Arrays are `[replicas]`; NaN: not known."""

    alive: Mask
    loss: Floats
    loss_test: Floats
    loss_before: Floats
    """Median probe loss in the fifth of the steps before the last; NaN before the first."""
    train_loss: Floats
    """Expected loss of a minibatch, noise included."""
    fit_mean: Floats
    fit_std: Floats
    lr: Floats
    """The largest of its learning rates."""
    sharpness: Floats
    """At the present point, as the parameters' rates stretch it (`Observer.sharpness_at`); NaN unless the optimizer is
    plain gradient descent."""
    best_sharpness: Floats
    """At the answer (at the lowest loss for models without a frequency) where the run was thrown out of its basin."""
    distance: Floats
    """Largest distance of a frequency from the answer, or from the data's spectral peak."""
    basin: Floats
    """Half-width of the answer's capture basin in ω, on the range in use."""
    accuracy: Floats
    """Share of right answers, for targets with a right or wrong; then `solved` means 1."""
    dead_layer: Counts
    """Index of the first hidden layer without a live unit; -1: there is none."""
    dead: Counts
    """Dead units in all layers."""
    duplicate: Counts
    """Pairs of duplicate units in all layers."""
    mute: Counts
    wrong_sign: Counts
    loss_in_last: Floats | None = None
    """The same in the last fifth; None where nothing but the present loss is known."""
    trend_error: Floats = field(default_factory=_unknown)
    """Standard error of the logarithm of these two's ratio; inf where it is not known."""
    constant_loss: float = np.nan
    """See `best_constant`; NaN: the target's variance."""
    straight: Mask = field(default_factory=lambda: np.zeros(1, dtype=bool))
    """Nothing in the network bends on the probe."""
    start_size: Floats = field(default_factory=_unknown)
    """Rms of the first layer's pre-activations at the start; bounded activations only, as the next two."""
    start_saturated: Floats = field(default_factory=_unknown)
    """Share of the first layer's units that were saturated at the start, …"""
    saturated: Floats = field(default_factory=_unknown)
    """… and of the units of the layer that now has most of them."""
    start_kinks: Floats = field(default_factory=_unknown)
    """Share of the first layer's units whose kink, −b/w, was within the points of the only input."""
    start_sharpness: Floats = field(default_factory=_unknown)
    """Sharpness at the start, of those whose units have come to their ends since; plain gradient descent only."""
    start_weights: Floats = field(default_factory=_unknown)
    """Rms of the first layer's weights at the start, times √inputs."""
    moved: Floats = field(default_factory=_unknown)
    """How far the layer's weights that moved most have come, over their size at the start."""
    gain: Floats = field(default_factory=_unknown)
    """Share of the residual that one more unit takes, on points that it was not fitted to, …"""
    gain_through_origin: Floats = field(default_factory=_unknown)
    """… and a unit without a bias."""
    noise_share: Floats = field(default_factory=_unknown)
    """Share of the loss that nearly equal inputs with different targets make; tables only."""
    wave_share: Floats = field(default_factory=_unknown)
    """Share of the residual that the strongest sine explains, for one input, …"""
    wave_cycles: Floats = field(default_factory=_unknown)
    """… and its cycles over the domain."""
    fall: Floats = field(default_factory=_unknown)
    """By what logarithm the loss falls in a trial of `trial_steps`, …"""
    fall_larger: Floats = field(default_factory=_unknown)
    """… and in one with ten times the learning rate."""
    trial_steps: Floats = field(default_factory=_unknown)
    recent_loss: Floats = field(default_factory=_unknown)
    """Interquartile mean of the minibatch losses of the last fifth of the steps, …"""
    earlier_loss: Floats = field(default_factory=_unknown)
    """… of the fifth before, …"""
    oldest_loss: Floats = field(default_factory=_unknown)
    """… and of the one before that; …"""
    batch_error: Floats = field(default_factory=_unknown)
    """… standard error of the logarithm of the last two's ratio."""
    solved_at: Floats = field(default_factory=_unknown)
    """The last step before this one at which it was seen to be solved."""
    samples: Samples = field(default_factory=Samples)
    method: Method = Method()
    output_range: OutputRange | None = None
    target_std: float = 1.0
    target_mean: float = 0.0
    target_median: float = 0.0
    test_variance: float = np.nan
    solved_below: float = 0.0
    noise: float = 0.0
    """Declared standard deviation of the noise; 0 where the loss is not the one that its square is added to."""
    answer_sharpness: float = np.nan
    """Curvature of the loss at the answer; NaN unless the optimizer is plain gradient descent with one rate for all."""
    peak: bool = False
    """The distance is from the data's spectral peak: no answer is known."""
    batch_size: int = 0
    steps: int = 0
    """Since the parameters were placed."""
    gradient: tuple[float, float] | None = None
    """Of a single replica: size of the true gradient and of the minibatch's noise, where they were measured, …"""
    measured_at: int | None = None
    """… and the step, where that was another one."""
    omega: Sequence[float] = ()
    """Frequencies of a single replica, …"""
    layers: tuple[Layer, ...] = ()
    """… and its hidden layers, for its sentence."""

    @property
    def loss_lately(self) -> Floats:
        """The loss as it has been lately, to be compared with `loss_before`."""
        return self.loss if self.loss_in_last is None else self.loss_in_last

    @property
    def goal(self) -> float:
        """Loss from which a fit is good."""
        return max(self.solved_below, (1 - GOOD) * self.best_constant)

    @property
    def good(self) -> Mask:
        """Who explains so much of the target that nobody looks for a culprit."""
        return self.explained > GOOD

    @property
    def explained(self) -> Floats:
        """Share of the target's variance (of the best constant's loss) that the fit explains on the training domain."""
        return _share(self.loss, self.best_constant)

    @property
    def best_constant(self) -> float:
        """Loss of the best constant on the probe, in the units of the loss; the target's variance where nobody has said
        otherwise."""
        return self.target_std**2 if np.isnan(self.constant_loss) else self.constant_loss

    @property
    def explained_test(self) -> Floats:
        """The same on the test domain."""
        return _share(self.loss_test, self.test_variance)

    def __len__(self) -> int:
        return len(self.loss)


def _share(loss: Floats, variance: float) -> Floats:
    return 1 - loss / variance if variance else np.zeros_like(loss)


def gathered(
    trainer: Trainer,
    observer: Observer,
    goal: Goal,
    common: dict[str, Any],
    reading: Reading,
    part: slice,
    trend: Trend,
    steps: int,
) -> Evidence:
    """What the reading of these replicas tells, sharpness and wrong signs left open.

    `common`: what all have in common (see `in_common`). `trend`: of these replicas in the last two fifths of the steps,
    which are `steps`.
    """
    experiment, count = trainer.experiment, len(reading.loss)
    examined: dict[str, Any] = {name: np.full(count, np.nan) for name in EXAMINED}
    nothing, lr = np.full(count, np.nan), trainer.rates[part]
    return Evidence(
        alive=trainer.state["alive"][part, 0].cpu().numpy(),
        loss=reading.loss,
        loss_test=nothing if reading.loss_test is None else reading.loss_test,
        loss_before=nothing if trend is None else trend[0],
        loss_in_last=None if trend is None else trend[1],
        trend_error=nothing if trend is None else trend[2],
        train_loss=_train_loss(trainer, observer, reading, part),
        fit_mean=reading.fit_mean,
        fit_std=reading.fit_std,
        lr=lr.max(-1).values.cpu().double().numpy(),
        sharpness=nothing.copy(),
        best_sharpness=nothing.copy(),
        distance=nothing if goal.basin is None else goal.distance(reading.omega),
        basin=goal.basins(trainer.step_inputs, part),
        accuracy=nothing if reading.accuracy is None else reading.accuracy,
        dead_layer=_dead_layer(reading),
        dead=_total(reading, "dead"),
        duplicate=_total(reading, "alike"),
        mute=_total(reading, "mute"),
        wrong_sign=np.zeros(count, dtype=np.int64),
        answer_sharpness=goal.sharpness if bool((lr == lr[:, :1]).all()) else np.nan,
        peak=not len(goal.answer),
        steps=steps,
        straight=_straight(experiment, reading),
        **examined,
        **common,
    )


def in_common(experiment: Experiment, observer: Observer, samples: Samples) -> dict[str, Any]:
    """The part of the evidence that is the same for all replicas at all steps: target and set-up."""
    return {
        "samples": samples,
        "constant_loss": observer.constant_loss,
        "target_std": observer.target_std,
        "target_mean": observer.target_mean,
        "target_median": observer.target_median,
        "test_variance": np.nan if observer.test_variance is None else observer.test_variance,
        "solved_below": experiment.training.solved_below,
        "noise": experiment.target.noise if experiment.training.loss == "mse" else 0.0,
        "batch_size": experiment.samples,
        "method": method_of(experiment),
        "output_range": output_range(experiment.model, observer.probe.y) if experiment.training.loss == "mse" else None,
    }


def _straight(experiment: Experiment, reading: Reading) -> Mask:
    """Whose network is a straight line on the probe: every hidden layer, if there is any, only passes on."""
    model = experiment.model
    passes = model.is_chain and getattr(model, "output_activation", Identity()).kind == "identity"
    straight = np.full(len(reading.loss), passes)
    for activation, units in zip(model.hidden_activations, reading.units, strict=True):
        if activation.kind == "identity" or getattr(activation, "slope", 0.0) == 1.0:
            continue
        bends_nowhere = (units.linear | units.dead).all(-1).cpu().numpy()
        straight &= bends_nowhere if activation.kind in ("relu", "leaky-relu") else False
    return straight


def _train_loss(trainer: Trainer, observer: Observer, reading: Reading, part: slice) -> Floats:
    """Loss of a minibatch, as expected: with fresh noise in every batch, or on the data set's own."""
    experiment, step_inputs = trainer.experiment, trainer.step_inputs
    if not experiment.target.noise or experiment.training.loss != "mse":
        return np.full(len(reading.loss), np.nan)
    if "data_y" not in step_inputs:
        return reading.loss + experiment.target.noise**2
    x, y = step_inputs["data_x"].to(observer.device), step_inputs["data_y"].to(observer.device)
    stride = -(-len(x) // len(observer.probe.x))
    output = observer.predict(trainer.parameters_of(part), x[::stride])
    return loss_of(output.double(), Batch(x[::stride], y[::stride].double()), "mse").cpu().numpy()


def _dead_layer(reading: Reading) -> Counts:
    found = np.full(len(reading.loss), -1)
    for index, units in reversed(list(enumerate(reading.units))):
        found[units.dead.all(-1).cpu().numpy()] = index
    return found


def _total(reading: Reading, name: str) -> Counts:
    masks = [getattr(units, name).flatten(1).sum(-1).cpu() for units in reading.units]
    return sum(masks, torch.zeros(len(reading.loss), dtype=torch.int64)).numpy()
