"""Parameters from a file: every one of them, to the last bit, or one line on what is wrong."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import dump, load

PRESET = """
target = "log"
training.replicas = 2
model = { kind = "mlp", hidden = [3], activation = "prelu" }
init = { file = "start.safetensors" }
"""
SHAPES = {"hidden.0.weight": (3, 1), "hidden.0.bias": (3,), "hidden.0.slope": (1,), "output.weight": (1, 3)}
SHAPES |= {"output.bias": (1,)}


def tensors(replicas: int = 0) -> dict[str, Any]:
    """Distinct numbers for every parameter, of each replica or of all."""
    above = (replicas,) if replicas else ()
    random = np.random.default_rng(0)
    return {name: random.normal(size=(*above, *shape)).astype(np.float32) for name, shape in SHAPES.items()}


@pytest.fixture
def start(tmp_path: Path) -> Path:
    (tmp_path / "own.toml").write_text(PRESET)
    return tmp_path / "start.safetensors"


def given(start: Path, values: dict[str, Any] | bytes) -> Experiment:
    start.write_bytes(values if isinstance(values, bytes) else safetensors.numpy.save(values))
    return load(str(start.with_name("own.toml")))[1]


def refused(start: Path, values: dict[str, Any] | bytes) -> str:
    with pytest.raises(PresetError) as caught:
        given(start, values)
    (line,) = caught.value.lines
    return line.partition("own.toml: ")[2]


def initial(experiment: Experiment) -> dict[str, torch.Tensor]:
    trainer = Trainer(experiment, torch.device("cpu"))
    return trainer.training_step.layout.views(trainer.parameters)


def test_every_parameter_is_the_file_s_also_learned_ones(start: Path) -> None:
    values = tensors(replicas=2)
    found = initial(given(start, values))
    assert {name: value.numpy().tolist() for name, value in found.items()} == {
        name: value.tolist() for name, value in values.items()
    }


def test_without_an_axis_for_them_every_replica_starts_from_the_same(start: Path) -> None:
    values = tensors()
    for name, found in initial(given(start, values)).items():
        assert all(np.array_equal(each, values[name]) for each in found.numpy())


def test_whatever_the_seed_each_life_starts_from_the_file(start: Path) -> None:
    trainer = Trainer(given(start, tensors()), torch.device("cpu"))
    before = trainer.parameters
    trainer.advance(3)
    trainer.reinitialize(seed=9)
    assert torch.equal(trainer.parameters, before)


def test_the_resolved_preset_starts_from_there_from_anywhere(
    start: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    experiment = given(start, tensors())
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "again.toml"
    elsewhere.write_text(dump(experiment))
    assert load(str(elsewhere))[1] == experiment


def test_a_file_that_is_gone_later_changes_nothing(start: Path) -> None:
    experiment = given(start, tensors())
    start.unlink()
    changed = Experiment.model_validate(experiment.table_with({"optimizer.lr": 0.5}))
    assert torch.equal(initial(changed)["hidden.0.weight"], initial(experiment)["hidden.0.weight"])


def header(**entries: Any) -> bytes:
    """A file of a header and sixteen bytes."""
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + bytes(16)


WRONG: dict[str, tuple[Any, str]] = {
    "another shape": (tensors() | {"output.weight": np.zeros((3, 1), np.float32)},
        "init.file: start.safetensors: output.weight: expected shape [1, 3] or [2, 1, 3], got [3, 1]"),
    "other replicas": (tensors(replicas=3), "hidden.0.weight: expected shape [3, 1] or [2, 3, 1], got [3, 3, 1]"),
    "one too few": ({name: value for name, value in tensors().items() if name != "output.bias"},
        "has no tensor output.bias, which this model needs"),
    "one too many": (tensors() | {"hidden.0.slop": np.zeros(1, np.float32)},
        "has a tensor 'hidden.0.slop', which this model has not; did you mean hidden.0.slope?"),
    "not finite": (tensors() | {"output.bias": np.array([np.nan], np.float32)}, "expected finite numbers only"),
    "whole numbers": (tensors() | {"output.bias": np.zeros(1, np.int64)}, "expected floating-point numbers, got int64"),
    "nothing": (b"", "is damaged or no safetensors file"),
    "a pickle": (b"\x80\x04K\x01.", "is damaged or no safetensors file"),
    "cut short": (safetensors.numpy.save(tensors())[:-5], "is damaged or no safetensors file"),
    "an unheard-of size": (header(x={"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}),
        "is damaged or no safetensors file"),
    "terminal codes": (tensors() | {"\x1b]0;x": np.zeros(1, np.float32)}, "has a tensor '\\x1b]0;x'"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_whatever_is_wrong_with_the_file_is_one_line(case: str, start: Path) -> None:
    values, said = WRONG[case]
    line = refused(start, values)
    assert line.startswith("init")
    assert said in line


def test_a_file_that_is_not_there_is_one_line(start: Path) -> None:
    with pytest.raises(PresetError, match=r"init: start\.safetensors: no such file"):
        load(str(start.with_name("own.toml")))


def test_a_file_and_an_initializer_contradict_each_other(start: Path) -> None:
    start.write_bytes(safetensors.numpy.save(tensors()))
    with pytest.raises(PresetError, match="init: file gives every parameter"):
        load(str(start.with_name("own.toml")), [("init.weights", "zeros")])
    assert load(str(start.with_name("own.toml")), [("init.weights", "zeros"), ("init.file", "")])
