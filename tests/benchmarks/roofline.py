"""What share of a compiled step of the widest workload its three large matrix products take. Exits 1 below the goal.

The products alone, on matrices of the same shapes, are taken by the step's own code, and by torch's. One thread, by the
processor's time.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from torch import Tensor

from periodic_tui.engine.session import Session
from periodic_tui.engine.training.aot.compiled import Compiled
from periodic_tui.engine.training.aot.program import Program
from periodic_tui.engine.training.trainer import Trainer
from tests.benchmarks.measure import interleaved, ratio
from tests.benchmarks.workloads import WORKLOADS

GOAL = 0.75
ROUNDS, STEPS = 9, 20
POINTS, UNITS = 1000, 512


Multiply = Callable[[Tensor, Tensor, Tensor], object]
"""Left and right matrix, and where their product goes."""


def products(multiply: Multiply) -> Callable[[], None]:
    """The products of 2×512 units on 1,000 points that are not with a vector: one forward, two backward."""
    x, gradient, weight = torch.randn(POINTS, UNITS), torch.randn(POINTS, UNITS), torch.randn(UNITS, UNITS)
    out, out_weight = torch.empty(POINTS, UNITS), torch.empty(UNITS, UNITS)

    def call() -> None:
        multiply(x, weight.T, out)
        multiply(gradient, weight, out)
        multiply(gradient.T, x, out_weight)

    return call


def by_torch(left: Tensor, right: Tensor, out: Tensor) -> None:
    torch.mm(left, right, out=out)


def of(program: Program) -> Multiply:
    """The products that a step calls."""
    function = program._loop.multiply_float32

    def multiply(left: Tensor, right: Tensor, out: Tensor) -> None:
        strides = (stride for each in (left, right, out) for stride in each.stride())
        sizes = (ctypes.c_int64 * 9)(len(left), *right.shape, *strides)
        function(sizes, *(ctypes.c_void_p(each.data_ptr()) for each in (left, right, out)), ctypes.c_bool(False))

    return multiply


def opened() -> Trainer:
    """The workload, with a compiled step."""
    experiment = list(WORKLOADS.values())[-1].experiment()
    session = Session(lambda name: (name, experiment), "roofline", experiment, device="cpu", engine="compiled")
    session.open()
    trainer = session.current.trainer
    assert trainer.training_step.layout.size > UNITS**2
    return trainer


def seconds(call: Callable[[], object]) -> Callable[[], float]:
    """The processor's seconds of a call."""

    def measured() -> float:
        started = time.process_time()
        for _ in range(STEPS):
            call()
        return (time.process_time() - started) / STEPS

    return measured


def main() -> int:
    trainer = opened()
    stepper = trainer.stepper
    assert isinstance(stepper, Compiled)
    torch.set_num_threads(1)
    measures = {
        "products by torch": seconds(products(by_torch)),
        "products": seconds(products(of(stepper.program))),
        "step": seconds(lambda: stepper.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 1)),
    }
    samples = interleaved(measures, ROUNDS)
    for name, values in samples.items():
        print(f"{name}: {min(values) * 1e3:.2f} ms at best")
    share = ratio(samples, "products", "step")
    print(f"a step goes at {share:.2f} of its products' own speed (goal {GOAL}), and at ", end="")
    print(f"{ratio(samples, 'products by torch', 'step'):.2f} of that of torch's")
    return int(share < GOAL)


if __name__ == "__main__":
    sys.exit(main())
