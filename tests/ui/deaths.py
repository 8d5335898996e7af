"""Hand-made deaths."""

import numpy as np

from periodic_tui.engine.snapshot import Death, Moment

X = np.linspace(0, 1, 48)
AXIS = np.linspace(-3, 3, 24)


def line(step: int, weight: float, bias: float, share: float, gradient: float) -> Moment:
    return Moment(step, weight * X + bias, share, np.array([weight]), bias, np.array([0.5 * gradient, gradient]))


def plane(step: int, weights: tuple[float, float], bias: float, share: float) -> Moment:
    x, y = np.meshgrid(AXIS, AXIS[::-1])
    z = weights[0] * x + weights[1] * y + bias
    return Moment(step, z, share, np.array(weights), bias, np.array([1.0, 2.0, 31.0]))


TEXT = "unit 3 of hidden.0 died at step 2: one step of lr 0.01 moved b by -0.31, against a gradient of +31"
OVER_ONE = Death(
    7, 2, 0, 3, (3,), TEXT, X, (line(0, 0.8, 0.3, 1.0, 50.0), line(1, 0.5, -0.2, 0.6, 31.0), line(2, 0.2, -0.51, 0, 0))
)
OVER_TWO = Death(
    8, 812, 0, 1, (1,), "unit 1 died", AXIS, (plane(811, (0.3, 0.2), -0.1, 0.5), plane(812, (0.1, 0.05), -0.9, 0.0))
)
WITHOUT_PICTURE = Death(9, 812, 1, 1, (1, 2), "units 1 and 2 died", np.empty(0), OVER_TWO.film)
