"""Chunks go by work, so that equal runs are looked at after equal steps."""

from typing import Any

import pytest
import torch

from periodic_tui.engine.training.aot.compiled import Compiled
from periodic_tui.engine.training.chunks import chunk_for
from periodic_tui.engine.training.kernel.stepper import seconds_of_a_step
from periodic_tui.engine.training.steppers import Eager
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.training.work import work
from periodic_tui.presets.files import load

MEASURED = {"sine-31": 0.46e-6, "magnitude": 1.54e-6, "ln-collapse": 10.3e-6, "ln-learns": 36.4e-6}
"""Seconds of a step by one kernel on an NVIDIA H200."""


def chunk(preset: str, engine: str = "eager", **changes: Any) -> int:
    """Of a preset, whatever its stepper is."""
    trainer = Trainer(
        load(preset, [(key.replace("__", "."), value) for key, value in changes.items()])[1], torch.device("cpu")
    )
    trainer.stepper.longest = Eager.longest if engine == "eager" else Compiled.longest
    return chunk_for(trainer)


def test_small_steps_come_many_at_once_where_they_are_compiled() -> None:
    assert chunk("sine-31", "compiled") > 50 * chunk("sine-31") > 50


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_large_steps_come_one_at_a_time(engine: str) -> None:
    assert chunk("ln-collapse", engine, model__hidden=[4096, 4096]) == 1


def test_twice_the_work_halves_the_chunk() -> None:
    one, two = (chunk("ln-learns", "compiled", training__replicas=count) for count in (2, 4))
    assert one // 2 == two


@pytest.mark.parametrize("preset", MEASURED)
def test_how_long_a_kernel_runs_is_known_within_a_factor(preset: str) -> None:
    seconds = seconds_of_a_step(work(load(preset, [])[1]))
    on_an_h200 = MEASURED[preset]
    assert on_an_h200 / 4 < seconds < 4 * on_an_h200
