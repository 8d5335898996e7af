"""What only a real GPU can tell: that everything runs there, and that it says what the CPU says."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import View
from periodic_tui.engine.summary import summary_of
from periodic_tui.engine.training import devices
from tests.engine.experiments import magnitude, seen
from tests.engine.training.test_second_device import SHOWN, TREATED, small

pytestmark = pytest.mark.gpu
GPU = torch.device("cuda", 0)
VIEW = View(panes=("landscape", "features", "units", "weights"), compare=True, unit=(0, 0))


@pytest.mark.parametrize("name", SHOWN)
def test_every_preset_is_shown(name: str) -> None:
    run = Run(1, name, small(name), GPU)
    run.advance(3)
    seen(run, VIEW, live=True)
    summary_of(run)
    there, here = run.observer, Run(1, name, small(name), torch.device("cpu")).observer
    parameters = run.trainer.parameters
    loss, expected = there.loss(parameters), here.loss(parameters.cpu())
    assert np.allclose(loss, expected, rtol=1e-4, atol=1e-9 * here.constant_loss)


@pytest.mark.parametrize(("name", "spec"), [(name, spec) for name, specs in TREATED.items() for spec in specs])
def test_every_remedy_acts(name: str, spec: Experiment) -> None:
    run = Run(1, "treated", spec, GPU)
    run.advance(3)
    run.treat(name)
    run.advance(40)
    assert run.step == 43


def test_readings_of_many_replicas_are_those_of_each() -> None:
    run = Run(1, "many", magnitude(replicas=5_000), GPU)
    run.advance(9)
    reading = run.reading()
    for replica in (0, 4_321, 4_999):
        alone = run.observer.read(run.trainer.parameters_of(slice(replica, replica + 1)))
        assert np.allclose(alone.loss, reading.loss[replica], rtol=1e-5)
        assert alone.units[0].dead.tolist() == reading.one(replica).units[0].dead.tolist()


def test_the_driver_s_tools_know_the_memory_that_is_free() -> None:
    free, _ = torch.cuda.mem_get_info(0)
    assert abs(devices._free_bytes(0) - free) < 1e9


def test_products_are_exact_whatever_the_environment_wants() -> None:
    code = """
import torch
from periodic_tui.engine.session import Session
from tests.engine.experiments import sine
session = Session(lambda name: (name, sine()), "sine", sine(), device="cuda", engine="eager")
session.open()
a, b = torch.randn(2, 256, 256, device="cuda")
print(float((a @ b - (a.double() @ b.double())).abs().max()))
"""
    env = os.environ | {"TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "1"}
    printed = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True).stdout
    assert float(printed) < 1e-3
