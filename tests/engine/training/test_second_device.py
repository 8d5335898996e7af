"""On another device the picture is the same, and nothing mixes devices."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.components.models.module.calls import Calls
from periodic_tui.engine.components.models.module.made import network
from periodic_tui.engine.diagnostics import deaths, observer
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.remedies import remedies
from periodic_tui.engine.remedies.renewal.base import Renewal
from periodic_tui.engine.run import Run
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import Snapshot, View
from periodic_tui.engine.summary import summary_of
from periodic_tui.engine.training.devices import accelerator
from periodic_tui.engine.verdicts import slow_figures
from periodic_tui.presets.files import load
from tests.engine.experiments import experiment, ln, magnitude, seen
from tests.engine.programs import CHAIN, DROPS, RANDOM_FEATURES, module, with_program, written
from tests.engine.second_device import CPU, CUDA, METAL, SecondDevice, device_of, pretend

STEPS = 40
VIEW = View(panes=("landscape", "features"), compare=True, unit=(0, 0))


@pytest.fixture(autouse=True)
def all_the_time_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deaths, "MOST_SECONDS", 60.0)
    monkeypatch.setattr(deaths, "CREDIT", 60.0)
    monkeypatch.setattr(Budget, "ready", True)
    monkeypatch.setattr(slow_figures, "CREDIT", 60.0)
    monkeypatch.setattr("time.time", lambda: 1.7e9)
    monkeypatch.setattr(observer, "_TIMES_ON_A_GPU", 1)  # parts of other sizes are rounded otherwise
    pretend(monkeypatch)


def run_on(device: torch.device, name: str, spec: Experiment) -> Run:
    return Run(1, name, spec, device)


def opened(spec: Experiment, device: str, engine: str) -> Session:
    session = Session(lambda name: (name, spec), "test", spec, device=device, engine=engine)
    session.open()
    return session


def plain(value: Any) -> Any:
    """Of a picture or a summary what must be the same: everything but the device's name."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.ndarray):
        return [value.shape, value.dtype.str, value.tobytes()]
    return repr(value).replace(str(CUDA), str(CPU))


def differing(a: Snapshot, b: Snapshot) -> list[str]:
    return [field.name for field in fields(a) if plain(getattr(a, field.name)) != plain(getattr(b, field.name))]


def small(name: str) -> Experiment:
    """A preset with two replicas of few units."""
    _, spec = load(name, [("training.replicas", 2)])
    hidden = [min(width, 6) for width in getattr(spec.model, "hidden", [])]
    return load(name, [("training.replicas", 2), *([("model.hidden", hidden)] if hidden else [])])[1]


SHOWN = [
    "sine-31",
    "clock-snake",
    "clock-oscillators",
    "ln-collapse",
    "magnitude",
    "fir-filter",
    "snake-decay",
    "rhythms",
]
COMMANDS = [*(f"set:optimizer.kind={kind}" for kind in ("sgd", "rmsprop", "lbfgs")), "set:optimizer.lr=0.1"]
COMMANDS += ["set:training.batch_size=8", "inject", "undo"]


@pytest.mark.parametrize("name", SHOWN)
def test_every_preset_shows_the_same(name: str) -> None:
    spec = small(name)
    pictures, summaries = [], []
    for device in (CPU, CUDA):
        with SecondDevice():
            run = run_on(device, name, spec)
            seen(run, VIEW, live=True)
            run.advance(3)
            pictures += [seen(run, VIEW, live=True), seen(run, VIEW)]
            summaries.append(plain(summary_of(run)))
            assert device_of(run.trainer.state["parameters"]) == device
    assert differing(pictures[0], pictures[2]) == differing(pictures[1], pictures[3]) == []
    assert summaries[0] == summaries[1]


@pytest.mark.parametrize("name", ["sine-31", "ln-collapse", "magnitude", "snake-decay"])
def test_a_device_without_float64_shows_every_picture(name: str) -> None:
    with SecondDevice():
        run = run_on(METAL, name, small(name))
        run.advance(3)
        seen(run, VIEW, live=True)
        summary_of(run)


def test_metal_is_never_chosen_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: True)
    assert accelerator() is None


def test_the_noise_floor_of_a_data_set_is_judged_there_too() -> None:
    spec = experiment(
        target={"kind": "sine", "noise": 0.1},
        domain={"points": 40},
        model={"kind": "mlp", "hidden": [4]},
        training={"batch_size": 0},
    )
    pictures = []
    for device in (CPU, CUDA):
        with SecondDevice():
            run = run_on(device, "noisy", spec)
            run.advance(5)
            pictures.append(seen(run, VIEW))
    assert differing(*pictures) == []


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_does_the_same(words: str) -> None:
    found = []
    for device in (CPU, CUDA):
        with SecondDevice():
            session = opened(magnitude(replicas=2), str(device), "eager")
            session.advance(3)
            session.apply(parse("set:target.noise=0.5"))
            session.advance(3)
            session.apply(parse(words))
            session.advance(3)
            assert device_of(session.current.trainer.state["parameters"]) == device
            found.append(plain(session.summary()))
    assert found[0] == found[1]


def wave(model: Any = "sine-unit", **sections: Any) -> Experiment:
    table = {"target": "sine", "domain": {"train": [[-1000.0, 1000.0]]}, "model": model, "training": {"replicas": 2}}
    return experiment(**(table | sections))


CLOCK = experiment(
    target="clock",
    model="oscillators",
    optimizer={"kind": "adam", "lr": 0.05},
    training={"dtype": "float64", "loss": "circular", "batch_size": 128, "replicas": 2},
)
TREATED = {
    "widen-range": [wave(), wave("harmonic"), wave("harmonic", domain={"train": [[-9.0, 9.0]], "points": 500}), CLOCK],
    "spectral-start": [wave(), wave({"kind": "harmonic", "units": 2})],
    "frequency-bank": [wave()],
    "standardize": [ln(replicas=2)],
    "center": [ln(replicas=2)],
    "solve-output": [magnitude(replicas=2)],
    "smaller-step": [wave(), ln(replicas=2)],
    "adam": [ln(replicas=2)],
    "larger-step": [ln(replicas=2)],
    "reseed-units": [magnitude(replicas=4)],
    "positive-outgoing": [magnitude(replicas=2)],
    "spread-units": [magnitude(replicas=2)],
    "repel-units": [magnitude(replicas=2)],
    "reinitialize-better": [ln(replicas=2)],
    "clip-gradient": [ln(replicas=2)],
    "swap-activation": [ln(replicas=2)],
}


def test_every_remedy_that_acts_in_mid_run_is_tried() -> None:
    assert TREATED.keys() == {name for name, remedy in remedies.items() if not issubclass(remedy, Renewal)}


@pytest.mark.parametrize(("name", "spec"), [(name, spec) for name, specs in TREATED.items() for spec in specs])
def test_a_remedy_does_the_same(name: str, spec: Experiment) -> None:
    found = []
    for device in (CPU, CUDA):
        with SecondDevice():
            run = run_on(device, "treated", spec)
            run.advance(3)
            run.note(run.treat(name), f"remedy:{name}")
            run.advance(STEPS)
            found.append((run.trainer.parameters, plain(summary_of(run)), plain(run.events)))
    assert torch.equal(found[0][0], found[1][0])
    assert found[0][1:] == found[1][1:]


def kept_in_place(slope: Callable[..., Tensor | None]) -> Callable[..., Tensor | None]:
    """Torch's vjp forgets that a tensor is one of the second device."""

    def placed(self: Calls, kind: str, again: Callable[[Tensor], Tensor], given: Tensor) -> Tensor | None:
        found = slope(self, kind, again, given)
        return None if found is None else found.to(given.device)

    return placed


@pytest.mark.parametrize("source", [CHAIN, DROPS, RANDOM_FEATURES])
@pytest.mark.parametrize("replicas", [1, 2])
def test_somebody_s_own_network_does_the_same(
    source: str, replicas: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = with_program(tmp_path, source, training__replicas=replicas)
    network(module(spec).made).together = False  # the second device knows no vmap
    monkeypatch.setattr(Calls, "_slope", kept_in_place(Calls._slope))
    pictures = []
    for device in (CPU, CUDA):
        with SecondDevice():
            run = run_on(device, "ln-learns", spec)
            run.advance(3)
            pictures += [seen(run, View())]
            assert device_of(run.trainer.state["parameters"]) == device
    assert differing(*pictures) == []


def test_a_network_that_stays_on_the_cpu_is_refused(tmp_path: Path) -> None:
    source = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l, self.scale = nn.Linear(2, 1), torch.tensor([1.0, 2.0])

    def forward(self, x):
        return self.l(x * self.scale)
"""
    spec = load("magnitude", (), (written(tmp_path, source), "Net"))[1]
    with SecondDevice():
        with pytest.raises(Refused, match=r"net.py:Net fails on cuda:0: .*same device"):
            opened(spec, "cuda:0", "eager")
        opened(spec, "cpu", "eager")
