"""What share of a compiled step of the widest workload its three large matrix products take. Exits 1 below the goal.

The products alone are called as torch calls them, on matrices of the same shapes. One thread, by the processor's time.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from periodic_tui.engine.session import Session
from tests.benchmarks.measure import interleaved, ratio
from tests.benchmarks.workloads import WORKLOADS

GOAL = 0.75
ROUNDS, STEPS = 9, 20
POINTS, UNITS = 1000, 512


def products() -> Callable[[], None]:
    """The products of 2×512 units on 1,000 points that are not with a vector: one forward, two backward."""
    x, gradient, weight = torch.randn(POINTS, UNITS), torch.randn(POINTS, UNITS), torch.randn(UNITS, UNITS)
    out, out_weight, bias = torch.empty(POINTS, UNITS), torch.empty(UNITS, UNITS), torch.randn(UNITS)

    def call() -> None:
        torch.addmm(bias, x, weight.T, out=out)
        torch.mm(gradient, weight, out=out)
        torch.mm(gradient.T, x, out=out_weight)

    return call


def compiled() -> Callable[[], None]:
    """A compiled step of the workload, again and again from where the run begins."""
    experiment = list(WORKLOADS.values())[-1].experiment()
    session = Session(lambda name: (name, experiment), "roofline", experiment, device="cpu", engine="compiled")
    session.open()
    trainer = session.current.trainer
    assert trainer.training_step.layout.size > UNITS**2

    def call() -> None:
        trainer.stepper.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 1)

    return call


def seconds(call: Callable[[], None]) -> Callable[[], float]:
    """The processor's seconds of a call."""

    def measured() -> float:
        started = time.process_time()
        for _ in range(STEPS):
            call()
        return (time.process_time() - started) / STEPS

    return measured


def main() -> int:
    step = compiled()
    torch.set_num_threads(1)
    samples = interleaved({"products": seconds(products()), "step": seconds(step)}, ROUNDS)
    for name, values in samples.items():
        print(f"{name}: {min(values) * 1e3:.2f} ms at best")
    share = ratio(samples, "products", "step")
    print(f"a step goes at {share:.2f} of its products' own speed (goal {GOAL})")
    return int(share < GOAL)


if __name__ == "__main__":
    sys.exit(main())
