"""The exported preset goes on with the same loss."""

from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import torch

from periodic_tui.engine.recording.recording import Recording
from periodic_tui.engine.runner import Runner
from periodic_tui.export.files import mark_of, write_all
from periodic_tui.export.weights import weights_and_preset
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load
from tests.engine.experiments import experiment
from tests.export.recorded import recorded, trained


def exported(runner: Runner, folder: Path) -> Path:
    """The preset that goes on with the run."""
    recorded(folder / "run", runner)
    recording, path = Recording(folder / "run"), folder / "on" / "own.safetensors"
    write_all(weights_and_preset(recording, path, lambda line: pytest.fail(line)), mark_of(recording))
    return path.with_suffix(".toml")


def begun(preset: Path) -> Runner:
    name, experiment = load(str(preset))
    runner = Runner(load, name, experiment, device="cpu", engine="eager")
    runner.open()
    return runner


@pytest.mark.parametrize("preset", BUILT_IN)
def test_every_built_in_preset_goes_on_with_the_same_parameters(preset: str, tmp_path: Path) -> None:
    runner = trained(preset)
    on = begun(exported(runner, tmp_path))
    assert torch.equal(on.current.trainer.parameters, runner.current.trainer.parameters)
    assert on.summary()["loss"] == runner.summary()["loss"]
    assert on.advance(2) == 2


def test_what_was_set_in_mid_run_is_in_the_preset(tmp_path: Path) -> None:
    runner = trained("ln-learns", commands=["set:model.activation=tanh", "set:optimizer.lr=0.5"])
    on = begun(exported(runner, tmp_path))
    assert on.current.experiment.optimizer.lr == 0.5
    assert on.summary()["loss"] == runner.summary()["loss"]


def test_columns_that_a_remedy_scaled_go_along(tmp_path: Path) -> None:
    runner = trained("ln-collapse", commands=["remedy:standardize"])
    assert begun(exported(runner, tmp_path)).summary()["loss"] == runner.summary()["loss"]


def test_the_tensors_are_those_of_each_replica(tmp_path: Path) -> None:
    runner = trained("magnitude", settings=[("training.replicas", 3)])
    preset = exported(runner, tmp_path)
    tensors = safetensors.numpy.load_file(preset.with_suffix(".safetensors"))
    views = runner.current.trainer.training_step.layout.views(runner.current.trainer.parameters)
    assert tensors.keys() == views.keys()
    assert all(np.array_equal(tensors[name], view.numpy()) for name, view in views.items())
    assert {name: tensor.shape[0] for name, tensor in tensors.items()} == dict.fromkeys(views, 3)


def test_a_table_goes_along(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("x,y\n" + "".join(f"{x},{x * x}\n" for x in range(9)))
    target = {"kind": "csv", "path": str(table), "x": ["x"], "y": ["y"]}
    runner = trained(experiment(target=target, model="linear", training={"batch_size": 4}))
    preset = exported(runner, tmp_path)
    table.unlink()
    (tmp_path / "run").rename(tmp_path / "gone")
    preset.parent.rename(tmp_path / "elsewhere")
    assert begun(tmp_path / "elsewhere" / preset.name).summary()["loss"] == runner.summary()["loss"]
