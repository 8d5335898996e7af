"""From readings to verdicts: what is remembered between readings, replica by replica."""

from __future__ import annotations

import numpy as np
import torch

from periodic_tui.engine.answers import NoAnswer
from periodic_tui.engine.diagnostics import Observer, Reading
from periodic_tui.engine.diagnostics.units import Units
from periodic_tui.engine.snapshot import Floats, Layer, Verdict
from periodic_tui.engine.trainer import Trainer
from periodic_tui.engine.verdict import Case, judge

CAPTURE = 4.493409457909064
"""First positive root of tan u = u: sin((ω − ω₀)R)/((ω − ω₀)R) falls until |ω − ω₀| R reaches it."""
_REMEMBERED = 512


class Judge:
    """Judges every replica of a run."""

    def __init__(self, trainer: Trainer, observer: Observer) -> None:
        self.trainer = trainer
        self.answer: Floats = np.array(trainer.experiment.target.frequencies)
        self._was_inside = np.zeros(len(trainer.seeds), dtype=bool)
        self._is_inside = np.zeros(len(trainer.seeds), dtype=bool)
        self._past: list[tuple[int, Floats]] = []
        self.observe(observer)

    def observe(self, observer: Observer) -> None:
        """Go on with another observer: the experiment has changed."""
        self.observer = observer
        self.basin = self._basin()
        self._answer_sharpness = self._sharpness_at_answer()

    def _basin(self) -> float | None:
        intervals = self.trainer.experiment.domain.train
        frequency = self.trainer.experiment.model.frequency_parameter
        if not len(self.answer) or frequency is None or not intervals:
            return None
        half_width = (max(high for _, high in intervals) - min(low for low, _ in intervals)) / 2
        return CAPTURE / half_width

    def _sharpness_at_answer(self) -> float | None:
        experiment = self.trainer.experiment
        if not experiment.optimizer.plain_gradient_descent or experiment.model.frequency_parameter is None:
            return None
        try:
            answer = self.trainer.answer_parameters()
        except NoAnswer:
            return None
        return float(self.observer.sharpness_at(answer[:1])[0])

    def frequencies(self) -> Floats | None:
        """`[replicas, frequencies]` of the present parameters, or None where the model has none."""
        name = self.trainer.experiment.model.frequency_parameter
        if name is None:
            return None
        views = self.trainer.training_step.layout.views(self.trainer.parameters)
        return views[name].double().flatten(1).cpu().numpy()

    def watch(self, omega: Floats) -> None:
        """Note which replicas are inside the answer's basin."""
        if self.basin is None or omega.shape[1] != len(self.answer):
            return
        self._is_inside = np.all(np.abs(omega - self.answer) < self.basin, axis=1)
        self._was_inside |= self._is_inside

    def forget_basin(self) -> None:
        """The parameters were placed anew: nobody was thrown out of anything."""
        self._was_inside[:] = False

    def remember(self, step: int, reading: Reading) -> None:
        """Keep the probe losses of a reading, to know later how they fell."""
        self._past = [entry for entry in self._past if entry[0] != step]
        if len(self._past) >= _REMEMBERED:
            self._past = self._past[::2]
        self._past.append((step, reading.loss.copy()))

    def _loss_before(self, step: int) -> Floats | None:
        earlier = [losses for at, losses in self._past if at <= 0.8 * step]
        return earlier[-1] if earlier and step else None

    def case(self, step: int, reading: Reading, replica: int) -> Case:
        """What is known of one replica."""
        experiment = self.trainer.experiment
        before = self._loss_before(step)
        return Case(
            alive=bool(self.trainer.state["alive"][replica]),
            loss=float(reading.loss[replica]),
            loss_test=None if reading.loss_test is None else float(reading.loss_test[replica]),
            loss_before=None if before is None else float(before[replica]),
            fit_mean=float(reading.fit_mean[replica]),
            fit_std=float(reading.fit_std[replica]),
            target_std=self.observer.target_std,
            test_variance=self.observer.test_variance,
            solved_below=experiment.training.solved_below,
            noise=experiment.target.noise,
            lr=float(self.trainer.knobs["lr"][replica].max()),
            plain_gradient_descent=experiment.optimizer.plain_gradient_descent,
            sharpness=None if reading.sharpness is None else float(reading.sharpness[replica]),
            thrown_out=bool(self._was_inside[replica] and not self._is_inside[replica]),
            answer_sharpness=self._answer_sharpness,
            omega=tuple(reading.omega[replica].tolist()),
            answer=tuple(self.answer.tolist()),
            basin=self.basin,
            layers=self.layers(reading, replica),
        )

    def verdict(self, step: int, reading: Reading, replica: int) -> Verdict:
        """The verdict on one replica."""
        return judge(self.case(step, reading, replica))

    def codes(self, step: int, reading: Reading) -> tuple[str, ...]:
        """The verdict code of every replica."""
        return tuple(self.verdict(step, reading, replica).code for replica in range(len(reading.loss)))

    def answer_error(self, reading: Reading, replica: int) -> float | None:
        """Largest distance of a frequency from the known answer."""
        omega = reading.omega[replica]
        if not omega.size or omega.size != self.answer.size:
            return None
        error = float(np.abs(np.sort(omega) - np.sort(self.answer)).max())
        return error if np.isfinite(error) else None

    def layers(self, reading: Reading, replica: int) -> tuple[Layer, ...]:
        """The hidden units of one replica."""
        views = self.trainer.training_step.layout.views(self.trainer.parameters[replica : replica + 1])
        weights = {name: value[0].double().cpu().numpy() for name, value in views.items()}
        count = len(reading.units)
        return tuple(
            _layer(
                units, replica, f"hidden.{index}", weights, "output" if index == count - 1 else f"hidden.{index + 1}"
            )
            for index, units in enumerate(reading.units)
        )


def _layer(units: Units, replica: int, name: str, weights: dict[str, Floats], following: str) -> Layer:
    nothing = np.empty(0)
    return Layer(
        name=name,
        activity=units.activity[replica].cpu().numpy(),
        dead=_indices(units.dead[replica]),
        mute=_indices(units.mute[replica]),
        linear=_indices(units.linear[replica]),
        duplicate=tuple((int(i), int(j)) for i, j in units.alike[replica].nonzero().tolist()),
        incoming=weights[f"{name}.weight"],
        bias=weights.get(f"{name}.bias", nothing),
        outgoing=weights.get(f"{following}.weight", nothing),
    )


def _indices(mask: torch.Tensor) -> tuple[int, ...]:
    return tuple(mask.nonzero().flatten().tolist())
