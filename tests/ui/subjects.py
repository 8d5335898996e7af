"""Hand-made snapshots that give every pane something to show."""

from dataclasses import replace

import numpy as np

from periodic_tui.engine.snapshot import (
    ClockFace,
    Curve,
    Event,
    Features,
    GradientStats,
    Landscape,
    Layer,
    Offer,
    Snapshot,
    Sweep,
    Trained,
    UnitCurve,
    Verdict,
)
from tests.ui import scripts
from tests.ui.scripted import MAGNITUDE, SINE

_STEP = np.arange(0, 2_000, 10.0)
_OMEGA = np.linspace(0, 31, 200)
_NOISE = np.sin(np.arange(200) ** 2)
_X = np.linspace(-1, 1, 24)
_PLANE = np.meshgrid(_X, _X[::-1])
_WEIGHTS = np.array([[1.0, 0.4], [-0.5, 1.1], [0.2, -0.3], [0.9, 0.5]])
_THUMBNAILS = np.stack([np.maximum(w * _PLANE[0] + v * _PLANE[1] + 0.2, 0) for w, v in _WEIGHTS])
_ANGLES = np.arange(60.0)


def _curve(values: np.ndarray) -> Curve:
    return Curve(_STEP, values, values, values, 10)


LOST = replace(
    SINE,
    story="One number has to become 31 and never does: omega wanders, the loss stays around 1. Press i to inject the "
    "answer: the loss falls to exactly 0 and stays there.",
    trained=Trained("1 sine", "", "sgd", 1e-4, 32),
    verdict=Verdict(
        "stuck-outside-basin",
        "ω is lost: 30.47 from the answer, 6,771 basins away; gradients point home only within ±0.0045. At this step a "
        "batch of 32 carries a gradient of 0.2 in noise of 125.",
        {"distance": 30.47},
        6_771.0,
        "ω is lost: 30.47 from the answer, 6,771 basins away (one is 0.0045).",
        (("inject", "shows that loss 0 is there"), ("remedies", "offers what fits")),
        step=2_000,
    ),
    landscape=Landscape(
        x=_OMEGA,
        loss=1 - np.sinc(_OMEGA - 31) ** 2,
        gradient=20 * np.sinc(_OMEGA - 31),
        sampled=125 * _NOISE,
        present=0.5312,
        present_loss=1.0,
        present_gradient=0.2,
        step=2_000,
    ),
    gradient_stats=GradientStats(0.2, 125.0, step=2_000),
    events=(
        Event(0, "sine-31, seed 3, cpu"),
        Event(1_200, "injected the known answer: ω from 0.5312 to 31.0000", "inject"),
        Event(1_500, "started over from seed 3", "reinitialize"),
    ),
)
"""A sine that is not found."""
_LAYER = Layer(
    "hidden.0",
    np.array([0.5, 0.1, 0.0, 0.3]),
    dead=(2,),
    certified=(2,),
    duplicate=((0, 3),),
    groups=((0, 3),),
    incoming=_WEIGHTS,
    bias=np.array([0.1, -0.2, -1.0, 0.1]),
    outgoing=np.array([[1.0, -0.5, 0.0, 0.8]]),
    thumbnails=_THUMBNAILS,
    drift=0.42,
)
CROWD = replace(
    MAGNITUDE,
    preset="magnitude-population",
    title="256 times three ReLUs",
    story="The same network from 256 seeds: one in four finds the pyramid, and it is decided early which. Press f and "
    "enter: the remedy reseed-units rescues nearly all.",
    trained=Trained("2-4-1", "relu", "adam", 1e-3, 32),
    layers=(_LAYER,),
    unit=UnitCurve(0, 0, _X, _THUMBNAILS[0]),
    replicas=256,
    focus=41,
    seed=41,
    outcomes={"solved": 70, "dead-units": 118, "duplicate-units": 21, "wrong-sign": 47},
    outcome_codes=("solved",) * 70 + ("dead-units",) * 118 + ("duplicate-units",) * 21 + ("wrong-sign",) * 47,
    loss_fan=tuple(_curve(level * np.exp(-_STEP / 1_500)) for level in (0.1, 0.3, 1.0, 2.0, 5.0)),
    must_show=("population",),
    features=Features("PCA", np.stack([np.cos(_ANGLES), _ANGLES / 60], 1), np.sin(_ANGLES), 0.93, step=2_000),
    verdict=Verdict(
        "dead-units",
        "1 of 4 units is dead: unit 2 of hidden.0 is silent on every point, and no point of the domain revives it. "
        "2 others do the same.",
        {"units": 1},
        float("inf"),
        "1 of 4 units is dead, and 2 do the same.",
        (("remedies", "offers what fits"), ("next:seed", "starts elsewhere")),
        step=2_000,
    ),
    remedies=(Offer("reseed-units", "starts dead units again", "signs", "", True, ""),),
    events=tuple(Event(100 * n, f"unit {n} of hidden.0 died") for n in range(6)),
)
"""A population, some of which is dead."""
SWEPT = replace(
    CROWD,
    sweep=Sweep(np.logspace(-5, -1, 9), np.array([0.9, 0.8, 0.5, 0.1, 0.02, 0.05, 0.4, 3.0, np.inf]), 1.0, 200, 1_234),
)
CLOCK = replace(
    CROWD,
    clock=ClockFace(
        1_000,
        np.array([[56.0, 34, 12], [57, 34, 12], [58, 34, 12], [59, 34, 12]]),
        np.array([[56.0, 34, 12], [57, 33, 12], [8, 3, 1], [59, 34, 12]]),
    ),
)
SCRIPT = scripts.LOGGED
"""A script that is watched."""


def subject(pane: str) -> Snapshot:
    """The snapshot in which a pane is shown."""
    if pane in ("layers", "output"):
        return SCRIPT
    if pane in ("loss", "frequency", "landscape", "verdict", "story", "events"):
        return LOST
    return {"rates": SWEPT, "clock": CLOCK}.get(pane, CROWD)
