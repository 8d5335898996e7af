"""The exported module is the network: it has the same loss, and needs nothing of ours."""

import contextlib
import io
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch

from periodic_tui.engine.components.activations import activations
from periodic_tui.engine.components.losses import LOSSES, LossName
from periodic_tui.engine.components.models import models
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.engine.runner import Runner
from periodic_tui.export import python
from periodic_tui.export.files import mark_of, write_all
from periodic_tui.export.python import module_and_probe
from periodic_tui.presets.builtin import BUILT_IN
from tests.engine.experiments import experiment
from tests.export.recorded import recorded, trained


def exported(runner: Runner, folder: Path, **about: Any) -> Path:
    """The run's module in that folder."""
    recorded(folder / "run", runner, **about)
    recording, path = Recording(folder / "run"), folder / "network.py"
    write_all(module_and_probe(recording, path, lambda line: pytest.fail(line)), mark_of(recording))
    return path


def printed(path: Path) -> float:
    """What the module prints when it is run."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(str(path), run_name="__main__")
    return float(out.getvalue())


def loss_of(runner: Runner, replica: int = 0) -> float:
    return float(runner.current.observer.loss(runner.current.trainer.parameters)[replica])


@pytest.mark.parametrize("preset", BUILT_IN)
def test_every_built_in_preset_has_the_same_loss(preset: str, tmp_path: Path) -> None:
    runner = trained(preset)
    assert printed(exported(runner, tmp_path)) == pytest.approx(loss_of(runner), rel=1e-5)


SNAKES: list[dict[str, Any]] = [
    {"kind": "snake", "learn": True},
    {"kind": "snake", "a": 2.0, "b": 3.0, "learn": True},
]
SCALING = {"x_center": [0.5], "x_spread": [2.0], "y_center": [1.0], "y_spread": [3.0]}
MODELS: list[dict[str, Any]] = [
    *[{"kind": kind} for kind in models if kind not in ("oscillators", "mlp")],
    {"kind": "harmonic", "units": 3},
    {"kind": "linear", "bias": False, "scaling": {"x_center": [0.1], "x_spread": [0.5]}},
    {"kind": "mlp", "hidden": []},
    {"kind": "mlp", "hidden": [1], "output_layer": False},
    {"kind": "mlp", "hidden": [3, 2], "bias": False, "input_scale": 3.0, "dropout": 0.5},
    {"kind": "mlp", "hidden": [3], "scaling": SCALING},
    {"kind": "mlp", "hidden": [4, 3], "activation": ["tanh", SNAKES[0]], "output_activation": "prelu"},
    *[
        {"kind": "mlp", "hidden": [5], "activation": activation, "output_activation": activation}
        for activation in (*activations, *SNAKES)
    ],
]


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_every_model_and_activation_has_the_same_loss(model: dict[str, Any], tmp_path: Path) -> None:
    runner = trained(experiment(target="sine", domain={"train": [[-1, 1]]}, model=model))
    assert printed(exported(runner, tmp_path)) == pytest.approx(loss_of(runner), rel=1e-5)


def test_every_model_is_among_the_exported() -> None:
    assert {model["kind"] for model in MODELS} | {"oscillators"} == set(models), "clock-oscillators has the last"


def test_every_loss_is_written_as_it_is() -> None:
    assert list(python.LOSSES) == list(get_args(LossName))
    prediction, y = torch.rand(7, 3).double(), torch.rand(7, 3).double()
    for kind, source in python.LOSSES.items():
        names = {"prediction": prediction, "y": y, "nn": torch.nn}
        written = eval(source.format(delta=0.3), names).mean()
        assert written == pytest.approx(LOSSES[kind].each(prediction, y, 0.3).mean())


def test_it_runs_without_us(tmp_path: Path) -> None:
    runner = trained("ln-learns")
    path = exported(runner, tmp_path)
    script = (
        f"import sys, runpy; sys.modules['periodic_tui'] = None; runpy.run_path({str(path)!r}, run_name='__main__')"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert ran.stderr == ""
    assert float(ran.stdout) == pytest.approx(loss_of(runner), rel=1e-5)


@pytest.mark.parametrize("text", ['"""', 'it\'s "so"\nand {so}\\', "\\", "'''\n\"\"\"", "{0}", "\x1b]0;x\x07\udc80"])
def test_whatever_name_and_title_are_it_runs(text: str, tmp_path: Path) -> None:
    runner = trained("single-relu", steps=1)
    path = exported(runner, tmp_path, title=text, name=text)
    assert printed(path) == pytest.approx(loss_of(runner), rel=1e-5)
    assert path.read_text().isascii()


def test_many_weights_lie_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = trained("ln-learns")
    monkeypatch.setattr(python, "MOST_INSIDE", 600)
    path = exported(runner, tmp_path)
    assert "weights.hidden.0.weight" in np.load(path.with_suffix(".npz")).files
    assert "WEIGHTS" not in path.read_text()
    assert printed(path) == pytest.approx(loss_of(runner), rel=1e-5)


def test_the_replica_that_was_looked_at_is_exported(tmp_path: Path) -> None:
    runner = trained("magnitude", settings=[("training.replicas", 4)])
    runner._view = runner._view.__class__(focus=2)
    assert printed(exported(runner, tmp_path)) == pytest.approx(loss_of(runner, 2), rel=1e-5)
    assert loss_of(runner, 2) != pytest.approx(loss_of(runner), rel=1e-5)


def test_its_parameters_have_our_names(tmp_path: Path) -> None:
    runner = trained("ln-learns", steps=1)
    names = runpy.run_path(str(exported(runner, tmp_path)))["trained"]().state_dict()
    assert list(names) == [each.name for each in runner.current.trainer.training_step.layout.parameters]


def test_a_table_is_read_from_the_recording_and_exported_as_the_probe(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("x,y\n" + "".join(f"{x},{x * x}\n" for x in range(9)))
    runner = trained(experiment(target={"kind": "csv", "path": str(table), "x": ["x"], "y": ["y"]}, model="linear",
                                training={"batch_size": 4}))  # fmt: skip
    path = exported(runner, tmp_path)
    table.unlink()
    assert printed(path) == pytest.approx(loss_of(runner), rel=1e-5)
