"""What is the matter with a network: predicates over readings, the first that holds names the verdict.

A verdict reads measurements only, never a preset's name. Order and predicates are the command line's contract. Every
predicate takes a whole population at once; the sentence is written for one replica.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from periodic_tui.engine.arrays import Counts, Floats, Mask
from periodic_tui.engine.snapshot import Layer


@dataclass(frozen=True, eq=False)
class Cases:
    """What is known of some replicas when they are judged. Arrays are `[replicas]`; NaN where nothing is known."""

    alive: Mask
    loss: Floats
    loss_test: Floats
    loss_before: Floats
    """Probe loss when four fifths of the steps were done; NaN before the first."""
    train_loss: Floats
    """Expected loss of a minibatch, noise included."""
    fit_mean: Floats
    fit_std: Floats
    lr: Floats
    """The largest of its learning rates."""
    sharpness: Floats
    """At the present point; NaN unless the optimizer is plain gradient descent."""
    best_sharpness: Floats
    """At the answer (at the lowest loss for models without a frequency) where the run was thrown out of its basin."""
    distance: Floats
    """Largest distance of a frequency from the answer, or from the data's spectral peak."""
    accuracy: Floats
    """Share of right answers, for targets with a right or wrong; then `solved` means 1."""
    dead_layer: Counts
    """Index of the first hidden layer without a live unit; -1: there is none."""
    dead: Counts
    """Dead units in all layers …"""
    duplicate: Counts
    """… pairs of duplicates …"""
    mute: Counts
    wrong_sign: Counts
    target_std: float = 1.0
    target_mean: float = 0.0
    target_median: float = 0.0
    test_variance: float = np.nan
    solved_below: float = 0.0
    noise: float = 0.0
    """Declared standard deviation of the noise."""
    basin: float = np.nan
    """Half-width of the answer's capture basin in ω."""
    answer_sharpness: float = np.nan
    """Curvature of the loss at the answer; NaN unless the optimizer is plain gradient descent."""
    peak: bool = False
    """The distance is from the data's spectral peak: no answer is known."""
    gradient: tuple[float, float] | None = None
    """Size of the true gradient and of the minibatch's noise, where they were measured."""
    batch_size: int = 0
    layers: tuple[Layer, ...] = ()
    """Of a single replica, for its sentence."""

    @property
    def explained(self) -> Floats:
        """Share of the target's variance that the fit explains on the training domain."""
        return _share(self.loss, self.target_std**2)

    @property
    def explained_test(self) -> Floats:
        """The same on the test domain."""
        return _share(self.loss_test, self.test_variance)

    def __len__(self) -> int:
        return len(self.loss)

    def one(self, replica: int) -> Cases:
        """One replica, as a population of one."""
        part = slice(replica, replica + 1)
        return self._map(lambda value: value[part] if len(value) > 1 else value)

    def _map(self, change: Callable[[Any], Any]) -> Cases:
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if isinstance(getattr(self, f.name), np.ndarray)}
        return replace(self, **{name: change(value) for name, value in arrays.items()})


def _share(loss: Floats, variance: float) -> Floats:
    return 1 - loss / variance if variance else np.zeros_like(loss)


def diverged(case: Cases) -> Mask:
    """A parameter or the loss is not finite."""
    return ~case.alive


def solved(case: Cases) -> Mask:
    """The probe loss is below the preset's limit, on the test domain too; or every held-out answer is right."""
    below = (case.loss <= case.solved_below) & ~(case.loss_test > case.solved_below)
    return np.where(np.isnan(case.accuracy), below, case.accuracy == 1.0)


def no_extrapolation(case: Cases) -> Mask:
    """Explains the training domain, not the test domain."""
    return (case.explained > 0.95) & (case.explained_test < 0.5)


def dead_network(case: Cases) -> Mask:
    """Some hidden layer has only dead units."""
    return case.dead_layer >= 0


def collapsed_to_constant(case: Cases) -> Mask:
    """The fit varies less than a hundredth of the target."""
    return case.fit_std < 0.01 * case.target_std


def step_too_large(case: Cases) -> Mask:
    """lr is above 2/sharpness here, or threw the run out of the answer's basin."""
    return (case.lr * case.sharpness > 2) | (case.lr * case.best_sharpness > 2)


def stuck_outside_basin(case: Cases) -> Mask:
    """The frequency is outside the answer's capture basin and the fit explains nothing."""
    return (case.distance > case.basin) & (case.explained < 0.05)


def noise_floor(case: Cases) -> Mask:
    """The training loss is the declared noise and nothing else."""
    variance = case.noise**2
    return (variance > 0) & (np.abs(case.train_loss - variance) <= 0.1 * variance)


def learning(case: Cases) -> Mask:
    """The probe loss fell by more than 2 % over the last fifth of the steps; or there was no step yet."""
    return (case.loss < 0.98 * case.loss_before) | np.isnan(case.loss_before)


def dead_units(case: Cases) -> Mask:
    """Some unit is dead."""
    return case.dead > 0


def duplicate_units(case: Cases) -> Mask:
    """Two live units do the same."""
    return case.duplicate > 0


def mute_units(case: Cases) -> Mask:
    """A live unit hardly reaches the next layer."""
    return case.mute > 0


def wrong_sign(case: Cases) -> Mask:
    """A live unit would help with the other sign, and with its own it cannot."""
    return case.wrong_sign > 0


def underfit(case: Cases) -> Mask:
    """None of the others."""
    return np.ones(len(case), dtype=bool)


PREDICATES: dict[str, Callable[[Cases], Mask]] = {
    "diverged": diverged,
    "solved": solved,
    "no-extrapolation": no_extrapolation,
    "dead-network": dead_network,
    "collapsed-to-constant": collapsed_to_constant,
    "step-too-large": step_too_large,
    "stuck-outside-basin": stuck_outside_basin,
    "noise-floor": noise_floor,
    "learning": learning,
    "dead-units": dead_units,
    "duplicate-units": duplicate_units,
    "mute-units": mute_units,
    "wrong-sign": wrong_sign,
    "underfit": underfit,
}
"""Code to predicate, in order of precedence."""

CODES = tuple(PREDICATES)


def first_of(cases: Cases, codes: tuple[str, ...] = CODES) -> Counts:
    """For each replica the index in CODES of the first of these predicates that holds; -1 where none does."""
    found = np.full(len(cases), -1)
    with np.errstate(invalid="ignore"):  # NaN: not known, so no predicate holds
        for code in codes:
            found[(found < 0) & PREDICATES[code](cases)] = CODES.index(code)
    return found
