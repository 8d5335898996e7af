"""From readings to verdicts: what is remembered between readings, replica by replica."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Counts, Floats, Mask
from periodic_tui.engine.components.models import Model
from periodic_tui.engine.diagnostics import Observer, Reading
from periodic_tui.engine.diagnostics.layers import layers_of
from periodic_tui.engine.diagnostics.spectrum import spectral_peak
from periodic_tui.engine.diagnostics.wrong_sign import WIDEST, wrong_signs
from periodic_tui.engine.experiment.known_answers import NoAnswer
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.snapshot import Layer, Verdict
from periodic_tui.engine.training.active_range import narrowed_by
from periodic_tui.engine.training.sampling import Batch
from periodic_tui.engine.training.step import loss_of
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.verdicts.loss_trend import LossTrend
from periodic_tui.engine.verdicts.rules import CODES, Cases, first_of
from periodic_tui.engine.verdicts.sentences import verdict_of

CAPTURE = 4.493409457909064
"""First positive root of tan u = u: sin((ω − ω₀)R)/((ω − ω₀)R) falls until |ω − ω₀| R reaches it."""
_BEFORE_STEP = CODES[: CODES.index("step-too-large")]
_BEFORE_SIGN = CODES[: CODES.index("wrong-sign")]
_THROWN = 2.0
"""A model without a frequency was thrown out where its loss is so many times its lowest."""
_PRODUCTS, _NUMBERS = 1 << 26, 1 << 22
"""Products, and activations, of a reading that takes some 10 ms."""
_SHARE = 0.01
"""Of the time: so much may go into sharpness while the screen is live."""


class Judge:
    """Judges the replicas of a run."""

    def __init__(self, trainer: Trainer, observer: Observer) -> None:
        self.trainer = trainer
        self.trend = LossTrend(_seldom(trainer, len(observer.probe.x)))
        self.observe(observer)
        self.forget()

    def observe(self, observer: Observer) -> None:
        """Go on with another observer: the experiment has changed."""
        self.observer = observer
        target = self.trainer.experiment.target
        self.answer: Floats = np.array(target.frequencies)
        self.basin = self._basin()
        self._answer_sharpness = self._sharpness_at_answer()
        self.__dict__.pop("_peak", None)

    def forget(self) -> None:
        """The parameters were placed anew: nobody was thrown out of anything, and nothing has been learned."""
        replicas = len(self.trainer.seeds)
        self._was_inside = np.zeros(replicas, dtype=bool)
        self._is_inside = np.zeros(replicas, dtype=bool)
        self._start = self.trainer.parameters.clone()
        self._lowest = np.full(replicas, np.inf)
        self._best = (
            self.trainer.parameters.clone() if self._descends and self._model.frequency_parameter is None else None
        )
        self._best_sharpness = np.full(replicas, np.nan)
        self._sharpness = Budget(replicas, _SHARE)
        self._signs = Budget(replicas, _SHARE)
        self.trend.begin(self.trainer.done)

    @property
    def _descends(self) -> bool:
        return self.trainer.experiment.optimizer.plain_gradient_descent

    @property
    def _model(self) -> Model:
        return self.trainer.experiment.model

    @cached_property
    def _peak(self) -> Floats:
        """Where the answer is unknown: the data's spectral peak."""
        probe = self.observer.probe
        return np.array([spectral_peak(probe.x[:, 0].cpu(), probe.y[:, 0].cpu())])

    @property
    def _goal(self) -> Floats:
        return self.answer if len(self.answer) else self._peak

    def _basin(self) -> float | None:
        domain, target = self.trainer.experiment.domain, self.trainer.experiment.target
        if self._model.frequency_parameter is None or target.inputs != 1 or not domain.train:
            return None
        scale = abs(domain.scale[0]) if domain.scale else 1.0
        return CAPTURE / (scale * (domain.train[-1][1] - domain.train[0][0]) / 2)

    def basin_now(self, replica: int) -> float | None:
        """The basin's half-width on the range in use: a remedy widens it by narrowing that."""
        whole = self.trainer.experiment.domain.train
        return None if self.basin is None else self.basin * narrowed_by(self.trainer.step_inputs, replica, whole)

    def _sharpness_at_answer(self) -> float:
        if not self._descends or self._model.frequency_parameter is None:
            return math.nan
        try:
            answer = self.trainer.answer_parameters()
        except NoAnswer:
            return math.nan
        return float(self.observer.sharpness_at(answer[:1])[0])

    def frequencies(self) -> Floats | None:
        """`[replicas, frequencies]` of the present parameters, or None where the model has none."""
        name = self._model.frequency_parameter
        if name is None:
            return None
        views = self.trainer.training_step.layout.views(self.trainer.state["parameters"])
        return views[name].cpu().double().flatten(1).numpy()

    def watch(self, omega: Floats) -> None:
        """Note which replicas are inside the answer's basin."""
        if self.basin is None:
            return
        self._is_inside = self._distance(omega) < self.basin
        self._was_inside |= self._is_inside

    def _distance(self, omega: Floats) -> Floats:
        """Largest distance of a frequency from the goal: in order where there are as many, else from the nearest."""
        goal = self._goal
        if omega.shape[1] == len(goal):
            return np.abs(np.sort(omega, axis=1) - np.sort(goal)).max(axis=1)
        return np.abs(omega[:, :, None] - goal).min(axis=2).max(axis=1)

    def remember(self, step: int) -> None:
        """Keep the probe losses of this step, to know later how they fell."""
        self.trend.remember(step, self.observer.loss(self.trainer.parameters))

    # Cases.

    def cases(self, reading: Reading, part: slice, live: bool = False) -> Cases:
        """What is known of the replicas of `part`, whose reading this is.

        `live`: sharpness may be a little old, so that the screen need not wait for it.
        """
        self._note_lowest(reading, part)
        cases = self._measured(reading, part)
        self._add_sharpness(cases, part, live)
        self._add_wrong_signs(cases, part, live)
        return cases

    def _measured(self, reading: Reading, part: slice) -> Cases:
        experiment, trainer, count = self.trainer.experiment, self.trainer, len(reading.loss)
        nothing = np.full(count, np.nan)
        before = self.trend.fifth_ago(trainer.done)
        return Cases(
            alive=trainer.state["alive"][part, 0].cpu().numpy(),
            loss=reading.loss,
            loss_test=nothing if reading.loss_test is None else reading.loss_test,
            loss_before=nothing if before is None else before[part],
            train_loss=self._train_loss(reading, part),
            fit_mean=reading.fit_mean,
            fit_std=reading.fit_std,
            lr=trainer.step_inputs["lr"][part].max(-1).values.cpu().double().numpy(),
            sharpness=nothing.copy(),
            best_sharpness=nothing.copy(),
            distance=nothing if self.basin is None else self._distance(reading.omega),
            accuracy=nothing if reading.accuracy is None else reading.accuracy,
            dead_layer=_dead_layer(reading),
            dead=_total(reading, "dead"),
            duplicate=_total(reading, "alike"),
            mute=_total(reading, "mute"),
            wrong_sign=np.zeros(count, dtype=np.int64),
            target_std=self.observer.target_std,
            target_mean=self.observer.target_mean,
            target_median=self.observer.target_median,
            test_variance=math.nan if self.observer.test_variance is None else self.observer.test_variance,
            solved_below=experiment.training.solved_below,
            noise=experiment.target.noise,
            basin=math.nan if self.basin is None else self.basin,
            answer_sharpness=self._answer_sharpness,
            peak=not len(self.answer),
            batch_size=experiment.training.batch_size or experiment.domain.points,
        )

    def _train_loss(self, reading: Reading, part: slice) -> Floats:
        """Loss of a minibatch, as expected: with fresh noise in every batch, or on the data set's own."""
        experiment, step_inputs = self.trainer.experiment, self.trainer.step_inputs
        if not experiment.target.noise or experiment.training.loss != "mse":
            return np.full(len(reading.loss), np.nan)
        if "data_y" not in step_inputs:
            return reading.loss + experiment.target.noise**2
        x, y = step_inputs["data_x"].cpu(), step_inputs["data_y"].cpu()
        stride = -(-len(x) // len(self.observer.probe.x))
        output = self.observer.predict(self.trainer.parameters_of(part), x[::stride])
        return loss_of(output.double(), Batch(x[::stride], y[::stride].double()), "mse").cpu().numpy()

    def _note_lowest(self, reading: Reading, part: slice) -> None:
        if self._best is None:
            return
        lower = reading.loss < self._lowest[part]
        where = np.arange(len(self._lowest))[part][lower]
        self._lowest[where] = reading.loss[lower]
        self._best_sharpness[where] = np.nan
        self._best[where] = self.trainer.parameters_of(where)

    def _add_sharpness(self, cases: Cases, part: slice, live: bool) -> None:
        """Sharpness here and at the best place so far, for those whose verdict can depend on it."""
        if not self._descends:
            return
        open_ = first_of(cases, _BEFORE_STEP) < 0
        rows = np.arange(len(self._lowest))[part]
        live = live and self.observer.expected is None
        self._sharpness.measure(rows[open_], self._sharpness_of, live)
        cases.sharpness[:] = self._sharpness.values[rows]
        if self._best is None:
            thrown = self._was_inside[rows] & ~self._is_inside[rows]
            cases.best_sharpness[thrown] = self._answer_sharpness
        else:
            thrown = open_ & (cases.loss > _THROWN * self._lowest[rows])
            unknown = rows[thrown & np.isnan(self._best_sharpness[rows])]
            unknown = unknown[:1] if live else unknown
            if len(unknown):
                self._best_sharpness[unknown] = self.observer.sharpness_at(self._best[unknown])
            cases.best_sharpness[thrown] = self._best_sharpness[rows][thrown]

    def _sharpness_of(self, rows: Counts) -> Floats:
        return self.observer.sharpness_at(self.trainer.parameters_of(rows))

    def _add_wrong_signs(self, cases: Cases, part: slice, live: bool) -> None:
        rows = np.arange(len(self._lowest))[part]
        at_rest = first_of(cases, _BEFORE_SIGN) < 0
        self._signs.measure(rows[at_rest], self._count_wrong_signs, live)
        cases.wrong_sign[at_rest] = np.nan_to_num(self._signs.values[rows[at_rest]]).astype(np.int64)

    def _count_wrong_signs(self, rows: Counts) -> Floats:
        mask = self._wrong_signs(self.trainer.parameters_of(rows))
        return np.zeros(len(rows)) if mask is None else mask.sum(-1).cpu().double().numpy()

    def _wrong_signs(self, parameters: Tensor) -> Tensor | None:
        """Units of the last hidden layer `[replicas, units]` whose outgoing weight has the wrong sign, if that can be
        tested: a linear output of one dimension."""
        experiment, observer = self.trainer.experiment, self.observer
        views = self.trainer.training_step.layout.views(parameters)
        outgoing = views.get("output.weight")
        single = experiment.target.outputs == 1 and experiment.training.loss == "mse"
        if outgoing is None or not single or outgoing.shape[-1] > WIDEST or not experiment.model.hidden_units:
            return None
        layers = observer.hidden(parameters)
        activation = experiment.model.activation  # type: ignore[attr-defined]
        if activation.parameters:
            return None
        probe = observer.probe
        x = layers[-2].activations if len(layers) > 1 else probe.x.expand(len(parameters), *probe.x.shape)
        return wrong_signs(
            layers[-1].activations, x, probe.y[:, 0], outgoing[:, 0], "output.bias" in views,
            lambda z: activation(z, {}),
        )  # fmt: skip

    # Verdicts.

    def codes(self, reading: Reading, part: slice, live: bool = False) -> Counts:
        """The index in CODES of each of these replicas' verdict."""
        return first_of(self.cases(reading, part, live))

    def verdict(
        self, reading: Reading, replica: int, live: bool = False, gradient: tuple[float, float] | None = None
    ) -> tuple[Verdict, tuple[Layer, ...]]:
        """Verdict and layers of one replica, from its own reading."""
        part = slice(replica, replica + 1)
        case = self.cases(reading, part, live)
        signs = None
        if case.wrong_sign[0]:
            signs = self._wrong_signs(self.trainer.parameters_of(part))
        views = self.trainer.training_step.layout.views(self.trainer.parameters_of(part))
        certified = self.observer.certified(self.trainer.parameters_of(part)) if reading.units else []
        layers = layers_of(reading.units, views, self._first_views(part), certified, signs, live)
        return verdict_of(replace(case, layers=layers, gradient=gradient)), layers

    def _first_views(self, part: slice) -> dict[str, Tensor]:
        """The parameters as they were placed, by name."""
        return self.trainer.training_step.layout.views(self._start[part])

    def answer_error(self, reading: Reading, replica: int) -> float | None:
        """Largest distance of a frequency from the known answer."""
        omega = reading.omega[replica]
        if not omega.size or omega.size != self.answer.size:
            return None
        error = float(np.abs(np.sort(omega) - np.sort(self.answer)).max())
        return error if np.isfinite(error) else None


def _dead_layer(reading: Reading) -> Counts:
    found = np.full(len(reading.loss), -1)
    for index, units in reversed(list(enumerate(reading.units))):
        found[units.dead.all(-1).cpu().numpy()] = index
    return found


def _total(reading: Reading, name: str) -> Counts:
    masks = [getattr(units, name).flatten(1).sum(-1) for units in reading.units]
    zero = torch.zeros(len(reading.loss), dtype=torch.int64)
    return sum(masks, zero.to(masks[0].device) if masks else zero).cpu().numpy()


def mask_of(codes: Counts, name: str) -> Mask:
    """Where a code of that name stands."""
    return codes == CODES.index(name)


def _seldom(trainer: Trainer, points: int) -> int:
    """Steps between two readings of all probe losses: more where one takes more than some 10 ms."""
    replicas, size = trainer.state["parameters"].shape
    units = 1 + sum(trainer.experiment.model.hidden_units)
    return 8 * max(1, replicas * points * size // _PRODUCTS, replicas * points * units // _NUMBERS)
