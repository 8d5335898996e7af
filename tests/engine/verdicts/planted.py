"""Runs whose verdict is known before they are judged: from closed forms, or because it was planted.

Nothing here looks at a verdict's rules. Every plant gives a run of many replicas and, for each of them, the code that
an observer who knows how it was made expects.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run

Planted = tuple[Run, Sequence[str | None]]
"""A run at its end, and the expected code of each replica; None where the closed form is on an edge."""

HEXAGON_GAIN = (3 / math.pi) / (0.5 + 3 * math.sqrt(3) / (4 * math.pi))
"""Of three ReLUs 120° apart that fit √(x² + y²) best on N(0, 1)² without biases."""


def run_of(**sections: Any) -> Run:
    return Run(1, "planted", Experiment.model_validate(sections), torch.device("cpu"))


def uniform(low: float, high: float, count: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return low + (high - low) * torch.rand(count, generator=generator)


def placed(run: Run, **parameters: Tensor) -> Run:
    """The run with these parameters `[replicas, …]` in every replica."""
    views = run.trainer.training_step.layout.views(run.trainer.parameters)
    for name, values in parameters.items():
        views[name.replace("__", ".")].copy_(values)
    run.measured.begin_anew()
    return run


def single_relu() -> Planted:
    """relu(wx) on relu(x) by gradient descent: w = 1 from above zero, w = 0 from below, where the output is 0."""
    run = run_of(
        target="relu",
        domain={"distribution": "normal"},
        model={"kind": "mlp", "hidden": [1], "bias": False, "output_layer": False},
        init={"weights": {"kind": "normal", "mean": 0.0, "std": 1.0}},
        optimizer={"kind": "sgd", "lr": 0.1},
        training={"batch_size": 256, "replicas": 64, "solved_below": 1e-6},
    )
    start = run.trainer.parameters[:, 0].tolist()
    run.advance(600)
    return run, [None if abs(w) < 0.02 else "solved" if w > 0 else "collapsed-to-constant" for w in start]


def two_relus() -> Planted:
    """v·relu(wx) twice on |x|. Gradient flow keeps w² − v², so that v below zero rises above it only if |w| > |v|.

    Otherwise w comes to zero with the speed |v| first, and the last step carries it just across: if the other unit has
    fitted that side, both look the same way from then on; if not, w is sent back, and stays at zero.
    """
    run = run_of(
        target="abs",
        domain={"distribution": "normal"},
        model={"kind": "mlp", "hidden": [2], "bias": False},
        init={"weights": {"kind": "normal", "mean": 0.0, "std": 1.0}},
        optimizer={"kind": "sgd", "lr": 0.02},
        training={"batch_size": 256, "replicas": 128, "solved_below": 1e-6},
    )
    views = run.trainer.training_step.layout.views(run.trainer.parameters)
    w, v = views["hidden.0.weight"][:, :, 0].tolist(), views["output.weight"][:, 0].tolist()
    run.advance(6000)
    return run, [_two_relus(*pair) for pair in zip(w, v, strict=True)]


def _two_relus(w: list[float], v: list[float]) -> str | None:
    edges = [abs(a) for a in w] + [abs(abs(a) - abs(b)) if b < 0 else 1.0 for a, b in zip(w, v, strict=True)]
    if min(edges) < 0.15:
        return None
    ends_above = [b > 0 or abs(a) > abs(b) for a, b in zip(w, v, strict=True)]
    if (w[0] > 0) == (w[1] > 0):
        return "duplicate-units" if any(ends_above) else "collapsed-to-constant"
    return {2: "solved", 1: "duplicate-units", 0: "collapsed-to-constant"}[sum(ends_above)]


def sine(**changes: Any) -> Run:
    training = {"replicas": changes.pop("replicas"), "solved_below": changes.pop("solved_below", 1e-6)}
    return run_of(
        target={"kind": "sine", "frequency": 31.0, "noise": changes.pop("noise", 0.0)},
        model="sine-unit",
        optimizer={"kind": "sgd", "lr": changes.pop("lr")},
        training=training,
    )


def basin() -> Planted:
    """Starts on both sides of the edge of the capture basin, tan u = u, with a stable step."""
    edge = 4.493409 / 1000
    inside, outside = uniform(-0.7, 0.7, 48, 1) * edge, uniform(60, 4000, 48, 2) * edge
    run = placed(sine(replicas=96, lr=1e-6), omega=(31 + torch.cat([inside, -outside])).unsqueeze(-1))
    run.advance(3000)
    return run, ["solved"] * 48 + ["stuck-outside-basin"] * 48


def step_in_the_basin() -> Planted:
    """Starts beside the answer with lr below and above 2/L″, L″ = R²/3."""
    factors = torch.cat([uniform(0.1, 0.5, 24, 3), uniform(4, 20, 24, 4)])
    run = placed(sine(replicas=48, lr=1.0), omega=torch.full((48, 1), 31 + 2e-4))
    run.trainer.step_inputs["lr"] = (factors * 2 / (1000**2 / 3)).unsqueeze(-1)
    run.advance(400)
    return run, ["solved"] * 24 + ["step-too-large"] * 24


def line(replicas: int, **changes: Any) -> Run:
    return run_of(
        target="relu",
        domain=changes.pop("domain", {"train": [[0.0, 1.0]]}),
        model={"kind": "linear", "bias": False},
        optimizer={"kind": "sgd", "lr": changes.pop("lr", 1.0)},
        training={"batch_size": 512, "replicas": replicas, "solved_below": changes.pop("solved_below", 1e-8)},
    )


def step_on_a_line() -> Planted:
    """w·x on x over [0, 1]: L″ = 2 E x² = 2/3, so that lr decides within a few steps."""
    factors = torch.cat([uniform(0.2, 0.6, 20, 5), uniform(1.3, 3, 20, 6), uniform(0.002, 0.005, 20, 7)])
    run = placed(line(60), **{"output__weight": torch.zeros(60, 1, 1)})
    run.trainer.step_inputs["lr"] = (factors * 2 / (2 / 3)).unsqueeze(-1)
    run.advance(20)
    # Above the limit the error grows, but is finite; far below it has hardly begun to fall, by 4 lr/limit a step.
    return run, ["solved" if f > 0.25 else None for f in factors[:20]] + ["step-too-large"] * 20 + ["learning"] * 20


def divergence() -> Planted:
    """The same line with lr far above its limit until nothing is finite."""
    run = placed(line(16, lr=300.0), **{"output__weight": uniform(-1, 1, 16, 8).view(16, 1, 1)})
    run.advance(60)
    return run, ["diverged"] * 16


def held_out() -> Planted:
    """A line of slope 1 fits |x| on the right side and not on the left."""
    domain = {"train": [[0.1, 1.0]], "test": [[-1.0, -0.1]]}
    run = line(16, domain=domain, lr=0.0)
    run = placed(run, **{"output__weight": uniform(0.95, 1.05, 16, 9).view(16, 1, 1)})
    return run, ["no-extrapolation"] * 16


def collapse() -> Planted:
    """All weights and biases from U[0, 1) on ln x: every seed is dead within two steps."""
    run = run_of(
        target="log",
        model={"kind": "mlp", "hidden": [50, 10]},
        init={"weights": "uniform", "bias": "uniform"},
        optimizer={"kind": "sgd", "lr": 0.01},
        training={"batch_size": 50, "replicas": 16},
    )
    run.advance(10)
    return run, ["dead-network"] * 16


def cone(hidden: int, replicas: int, solved_below: float = 1e-3) -> Run:
    """√(x² + y²) at rest: lr = 0."""
    return run_of(
        target="magnitude",
        domain={"distribution": "normal"},
        model={"kind": "mlp", "hidden": [hidden]},
        optimizer={"kind": "sgd", "lr": 0.0},
        training={"replicas": replicas, "solved_below": solved_below},
    )


def directions(angles: Tensor, lengths: Tensor) -> Tensor:
    """`[…, 2]`."""
    return lengths.unsqueeze(-1) * torch.stack([angles.cos(), angles.sin()], -1)


def units() -> Planted:
    """Two live units in a valley and one planted unit, turned and scaled at random; nothing moves any more."""
    each, kinds = 32, ["dead-units", "duplicate-units", "mute-units", "wrong-sign"]
    count = each * len(kinds)
    turn, scale = uniform(0, 2 * math.pi, count, 10).unsqueeze(-1), uniform(0.5, 2, count * 3, 11).view(count, 3)
    angles = turn + torch.tensor([0.0, math.pi, math.pi / 2])
    weights = directions(angles, scale)
    bias, outgoing = torch.zeros(count, 3), 1 / scale
    dead, alike, mute, wrong = (slice(n * each, (n + 1) * each) for n in range(4))
    bias[dead, 2] = -10 * scale[dead, 2]
    weights[alike, 2] = weights[alike, 0] * scale[alike, 2:] / scale[alike, :1]
    outgoing[mute, 2] *= 1e-4
    outgoing[wrong, 2] *= -0.05
    run = placed(
        cone(3, count), hidden__0__weight=weights, hidden__0__bias=bias, output__weight=outgoing.unsqueeze(1),
        output__bias=torch.full((count, 1), 0.2),
    )  # fmt: skip
    run.advance(40)
    return run, [kind for kind in kinds for _ in range(each)]


def hexagons() -> Planted:
    """The best hexagon, turned and scaled at random, is solved where the limit is twice its loss; a low one is not."""
    count = 48
    scale = uniform(0.5, 2, 3 * count, 12).view(count, 3)
    angles = uniform(0, 2 * math.pi, count, 13).unsqueeze(-1) + torch.arange(3) * 2 * math.pi / 3
    gain = torch.full((count, 1), HEXAGON_GAIN)
    gain[24:] *= 0.7
    run = placed(
        cone(3, count, 0.007), hidden__0__weight=directions(angles, scale), hidden__0__bias=torch.zeros(count, 3),
        output__weight=(gain / scale).unsqueeze(1), output__bias=torch.zeros(count, 1),
    )  # fmt: skip
    run.advance(40)
    return run, ["solved"] * 24 + ["underfit"] * 24


def injected() -> Planted:
    """The answer itself, which gradient descent leaves where it is."""
    run = sine(replicas=16, lr=1e-6)
    run.inject(0.0)
    run.advance(50)
    return run, ["solved"] * 16


def noisy_sine() -> Planted:
    """Noise on a sine: beside the answer nothing else is left, far from it the frequency is stuck."""
    offsets = torch.cat([uniform(2e-4, 4e-4, 16, 14), uniform(2, 9, 16, 15)])
    run = placed(sine(replicas=32, lr=0.0, noise=1.0), omega=(31 + offsets).unsqueeze(-1))
    run.advance(40)
    return run, ["noise-floor"] * 16 + ["stuck-outside-basin"] * 16


def mostly_noise() -> Planted:
    """Noise of 5 on |x|, which lies between 0 and 1: whatever these lines do, they lose less than the noise."""
    run = run_of(
        target={"kind": "abs", "noise": 5.0},
        domain={"train": [[-1.0, 1.0]]},
        model="linear",
        optimizer={"kind": "sgd", "lr": 0.0},
        training={"replicas": 16},
    )
    parameters = {"output__weight": uniform(-1, 1, 16, 16).sign().view(16, 1, 1), "output__bias": torch.ones(16, 1)}
    run = placed(run, **parameters)
    run.advance(40)
    return run, ["noise-floor"] * 16


PLANTS: tuple[Callable[[], Planted], ...] = (
    single_relu,
    two_relus,
    basin,
    step_in_the_basin,
    step_on_a_line,
    divergence,
    held_out,
    collapse,
    units,
    hexagons,
    injected,
    noisy_sine,
    mostly_noise,
)
