"""Pictures of scripts that are watched, made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from periodic_tui.engine.snapshot import Curve, Event, Layer, Network, Past, Script, Snapshot, Trained, Verdict

_STEP = np.arange(0, 4_000, 10.0)
_LOSS = 2.0 + np.exp(-_STEP / 400)
_NAN = float("nan")
_LOOKS = np.linspace(0, 1, 32)

DEAD = Verdict(
    "dead-network",
    "All 10 units of layer 3 (ReLU) are dead since step 12: no gradient reaches what lies before them. Their "
    "pre-activations are at most -4.1. Try a smaller learning rate, or weights that are drawn around 0.",
    {"units": 10},
    float("inf"),
    "Layer 3: all 10 units are dead since step 12; no gradient passes. Try a smaller lr.",
    step=4_000,
)


def network(names: list[str], kinds: list[str], shapes: list[str]) -> Network:
    """Layers of which the activations have units, a growing share of them dead."""
    active = np.array([kind == "ReLU" for kind in kinds])
    dead = np.where(active, np.linspace(0, 1, len(names)), _NAN)
    gradient, update = np.where(active, _NAN, 1.2e-4), np.where(active, _NAN, 3e-3)
    trends = np.stack([np.where(active[:, None], dead[:, None] * _LOOKS, _NAN), np.full((len(names), 32), _NAN)])
    sizes = np.where(active[:, None], _NAN, 10.0 ** (-4 - 4 * _LOOKS)) * np.ones((len(names), 1))
    return Network(
        names=tuple(names),
        kinds=tuple(kinds),
        shapes=tuple(shapes),
        dead=dead,
        saturated=np.full(len(names), _NAN),
        gradient=gradient,
        update=update,
        trends=np.concatenate([trends, [sizes, sizes]]),
        units=tuple((np.cumsum(active) - 1)[n] if active[n] else -1 for n in range(len(names))),
    )


SCRIPT = Script(
    command="train.py --lr 0.01",
    models=("Sequential, 571 parameters",),
    optimizers=("SGD, lr 0.01",),
    looks=120,
    share=0.012,
    output=("Epoch 1: loss 2.34", "Epoch 2: loss 2.01"),
)
LIVE = Past(place=9, pictures=10, last=4_000, pace=1.0, playing=True, written=True)
SMALL = Snapshot(
    run=1,
    picture=1,
    preset="train.py",
    title="Sequential, 571 parameters",
    state="training",
    step=4_000,
    rate=1_234.0,
    loss=2.01,
    train_loss=2.01,
    trained=Trained(batch=50),
    train_curve=Curve(_STEP, 0.9 * _LOSS, _LOSS, 1.1 * _LOSS, 10),
    layers=(
        Layer("1", np.linspace(0, 1, 50), dead=(0, 7), duplicate=((3, 4),)),
        Layer("3", np.zeros(10), dead=tuple(range(10))),
    ),
    network=network(["0", "1", "2", "3", "4"], ["Linear", "ReLU", "Linear", "ReLU", "Linear"], ["50"] * 2 + ["10"] * 3),
    verdict=DEAD,
    causes=(DEAD, Verdict("step-too-large", "The step is large.", step=4_000)),
    events=(Event(0, "train.py begins"), Event(12, "10 units of 3 died: silent from step 12 on")),
    script=SCRIPT,
    past=LIVE,
)
_BLOCKS = [f"layer{stage}.{block}." for stage in range(1, 5) for block in range(6)]
_PARTS = [("conv1", "Conv2d"), ("bn1", "BatchNorm2d"), ("relu", "ReLU"), ("conv2", "Conv2d"), ("bn2", "BatchNorm2d")]
DEEP = replace(
    SMALL,
    preset="resnet.py",
    title="ResNet, 21,797,672 parameters",
    network=network(
        [block + name for block in _BLOCKS for name, _ in _PARTS],
        [kind for _ in _BLOCKS for _, kind in _PARTS],
        ["512×14×14"] * len(_BLOCKS) * len(_PARTS),
    ),
    layers=tuple(Layer(f"{block}relu", _LOOKS.repeat(16), dead=tuple(range(n))) for n, block in enumerate(_BLOCKS)),
)
_SHARE = _STEP / 4_000
LOGGED = replace(
    SMALL,
    logged={
        "val loss": Curve(_STEP, _LOSS, 1.2 * _LOSS, _LOSS, 10),
        "accuracy": Curve(_STEP, _SHARE, _SHARE, _SHARE, 10),
    },
)
FAILED = replace(
    SMALL,
    state="finished",
    script=replace(SCRIPT, code=1, output=("Traceback (most recent call last):", "ValueError: a shape")),
    past=replace(LIVE, written=False, playing=False),
)
EARLIER = replace(SMALL, step=1_000, past=replace(LIVE, place=3, playing=False))
