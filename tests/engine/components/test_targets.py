"""Every target against numpy."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from periodic_tui.engine.components.targets import Target, targets
from periodic_tui.engine.components.targets.clock import Clock

Floats = NDArray[np.float64]
TAPS = (0.5, -0.25, 1.0, 2.0)


def complex_signal(x: Floats) -> NDArray[np.complex128]:
    half = x.shape[-1] // 2
    return x[:, :half] + 1j * x[:, half:]


def transform(x: Floats) -> Floats:
    spectrum = np.fft.fft(complex_signal(x))
    return np.concatenate([spectrum.real, spectrum.imag], -1)


def clock(t: Floats) -> Floats:
    midnight = datetime(2000, 1, 1)
    times = [midnight + timedelta(seconds=float(np.floor(value))) for value in t[:, 0]]
    digits = np.array([[time.second, time.minute, time.hour] for time in times])
    return 2 * np.pi * digits / np.array([60, 60, 24])


ORACLES: dict[str, tuple[dict[str, Any], Callable[[Floats], Floats]]] = {
    "log": ({}, np.log),
    "magnitude": ({}, lambda x: np.hypot(x[:, :1], x[:, 1:])),
    "abs": ({}, np.abs),
    "relu": ({}, lambda x: np.maximum(x, 0)),
    "sine": ({"frequency": 7.0}, lambda x: np.sin(7 * x)),
    "sines": (
        {"frequency": [1.0, 2.5], "amplitude": [2.0, -1.0], "phase": [0.1, 0.0]},
        lambda x: 2 * np.sin(x + 0.1) - np.sin(2.5 * x),
    ),
    "decaying-sine": ({"frequency": 3.0, "decay": 0.2}, lambda x: np.exp(-0.2 * x) * np.sin(3 * x)),
    "clock": ({"instants": "fractional"}, clock),
    "fir": ({"samples": 9, "taps": list(TAPS)}, lambda x: np.stack([np.convolve(row, TAPS, "valid") for row in x])),
    "dft": ({"size": 6}, transform),
    "amplitude-spectrum": ({"size": 6}, lambda x: np.abs(np.fft.fft(complex_signal(x)))),
}


def build(kind: str) -> Target:
    return targets[kind].model_validate({"kind": kind, **ORACLES[kind][0]})


@pytest.mark.parametrize("kind", ORACLES)
def test_a_target_is_what_numpy_says(kind: str) -> None:
    target, oracle = build(kind), ORACLES[kind][1]
    rng = np.random.default_rng(0)
    low, high = target.own_domain[0]
    x = rng.uniform(low, high, (500, target.inputs))
    y = target(torch.from_numpy(x))
    assert y.shape == (500, target.outputs)
    np.testing.assert_allclose(y.numpy(), oracle(x), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind", ORACLES)
def test_a_target_keeps_dtype_and_leading_axes(kind: str) -> None:
    target = build(kind)
    x = torch.full((2, 3, 5, target.inputs), 0.25)
    y = target(x)
    assert y.dtype == torch.float32
    assert y.shape == (2, 3, 5, target.outputs)


def test_one_second_before_zero_is_a_second_before_midnight() -> None:
    digits = Clock().digits(torch.tensor([[-1.0], [0.0], [86_399.0], [3_661.5]], dtype=torch.float64))
    assert digits.tolist() == [[59, 59, 23], [0, 0, 0], [59, 59, 23], [1, 1, 1]]


def test_the_clock_decodes_its_own_phases_and_nothing_half_a_digit_away() -> None:
    t = torch.arange(-200_000.0, 200_000.0, 7, dtype=torch.float64).unsqueeze(-1)
    phases = Clock()(t)
    assert Clock().right(t, phases + 0.049).all()
    for digit, radix in enumerate((60, 60, 24)):
        shift = torch.zeros(3, dtype=torch.float64)
        shift[digit] = 0.51 * 2 * np.pi / radix
        assert not Clock().right(t, phases + shift).any()


def test_only_whole_seconds_are_asked_for_unless_fractions_are() -> None:
    t = torch.tensor([[-0.5], [7.9]], dtype=torch.float64)
    assert Clock().admissible(t).tolist() == [[-1.0], [7.0]]
    assert torch.equal(Clock(instants="fractional").admissible(t), t)


def test_every_target_is_tested() -> None:
    # A table has no formula: test_table.py compares it with its file.
    assert {*ORACLES, "csv"} == set(targets)
