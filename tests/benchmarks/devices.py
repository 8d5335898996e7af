"""`python -m tests.benchmarks.devices`: which device `auto` takes for each preset, and why; and how many replicas of a
small and of a large network fit on the GPU, and how fast they are. Without a GPU there is nothing to see."""

from __future__ import annotations

import torch

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.training.device_choice import settled
from periodic_tui.engine.training.devices import accelerator
from periodic_tui.engine.training.memory import check_memory
from periodic_tui.engine.training.rates import steps_per_second
from periodic_tui.engine.training.stepper_choice import StepperChoice
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load

POPULATIONS = {
    "magnitude-population": (1, 256, 1_024, 4_096, 65_536),
    "sine-31": (1, 1_024, 65_536),
    "snake-extrapolation": (1, 64, 512),
}
"""Numbers of replicas, up to what a preset may ask for."""


def main() -> None:
    """Print a line for each preset, then one for each number of replicas."""
    torch.set_num_threads(1)
    other = accelerator()
    if other is None:
        print("there is no GPU here")
        return
    for name in BUILT_IN:
        choice = settled("auto", load(name, [])[1], StepperChoice("auto"))
        print(f"{name:22}{choice.why or f'device: {choice.device}'}", flush=True)
    for name, counts in POPULATIONS.items():
        for replicas in counts:
            print(f"{name:22}{replicas:,} replicas on {other}: {_rate(name, replicas, other)}", flush=True)


def _rate(name: str, replicas: int, device: torch.device) -> str:
    """Steps a second, or why there are none."""
    _, spec = load(name, [("training.replicas", replicas)])
    try:
        check_memory(spec, device)
        trainer = Trainer(spec, device)
        stepper = StepperChoice("auto").at_once(trainer)
        rate = steps_per_second(stepper, trainer)
    except (Refused, torch.OutOfMemoryError) as reason:
        return str(reason).partition("\n")[0]
    return f"{rate:,.0f} steps/s, {rate * replicas:,.0f} replica-steps/s, {stepper.how}"


if __name__ == "__main__":
    main()
