"""A table of one's own: what is read of a CSV file, and in which words it is refused."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.components.targets.columns import MAX_BYTES
from periodic_tui.engine.diagnostics.probe import test_probe as held_out_probe
from periodic_tui.engine.diagnostics.probe import training_probe
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.training.sampling import data_set
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import dump, load

PRESET = """
[target]
kind = "csv"
path = "tide.csv"
x = ["hour"]
y = ["level"]
[model]
kind = "mlp"
hidden = [4]
[training]
batch_size = 2
dtype = "float64"
"""
TIDE = "level,hour,note\n1.5,0,calm\n\n2.5,6,\n0.5,12,rough\n-0.5,18.5,\n"


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(table: str | bytes | None, preset: str = PRESET) -> str:
        if table is not None:
            (tmp_path / "tide.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
        (tmp_path / "tide.toml").write_text(preset)
        return str(tmp_path / "tide.toml")

    return write


def refusal(path: str) -> str:
    with pytest.raises(PresetError) as caught:
        load(path)
    (line,) = caught.value.lines
    assert line.isprintable()
    return line.removeprefix(f"{path}: ")


def test_rows_are_the_data_set_and_the_domain(write: Any) -> None:
    _, experiment = load(write(TIDE))
    assert experiment.domain.train == ((0.0, 18.5),)
    assert experiment.domain.points == 4
    x, y = data_set(experiment)
    assert x[:, 0].tolist() == [0, 6, 12, 18.5]
    assert y[:, 0].tolist() == [1.5, 2.5, 0.5, -0.5]
    assert torch.equal(training_probe(experiment).y, y)
    assert Trainer(experiment, torch.device("cpu")).advance(3).isfinite().all()


def test_intervals_part_the_rows(write: Any) -> None:
    _, experiment = load(write(TIDE, PRESET + "[domain]\ntrain = [[0, 7]]\ntest = [[7, 20]]\n"))
    probe, held_out = training_probe(experiment), held_out_probe(experiment)
    assert held_out is not None
    assert probe.x[:, 0].tolist() == [0, 6]
    assert held_out.x[:, 0].tolist() == [12, 18.5]
    assert held_out.y[:, 0].tolist() == [0.5, -0.5]


def test_between_the_rows_are_straight_lines(write: Any) -> None:
    _, experiment = load(write(TIDE))
    x = np.linspace(0, 18.5, 50)
    expected = np.interp(x, [0, 6, 12, 18.5], [1.5, 2.5, 0.5, -0.5])
    got = experiment.target(torch.from_numpy(x).unsqueeze(-1))[:, 0].numpy()
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_several_columns_are_several_inputs_and_outputs(write: Any) -> None:
    preset = PRESET.replace('x = ["hour"]', 'x = ["a", "b"]').replace('y = ["level"]', 'y = ["c", "d"]')
    _, experiment = load(write("a,b,c,d\n0,0,1,2\n0,1,3,4\n1,0,5,6\n", preset))
    assert (experiment.target.inputs, experiment.target.outputs) == (2, 2)
    near = experiment.target(torch.tensor([[0.1, 0.8], [0.9, 0.2]], dtype=torch.float64))
    assert near.tolist() == [[3, 4], [5, 6]]


def test_what_is_shown_is_the_same_run_from_anywhere(write: Any, tmp_path: Path) -> None:
    _, experiment = load(write(TIDE))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "shown.toml").write_text(dump(experiment))
    assert load(str(elsewhere / "shown.toml"))[1] == experiment


def test_a_changed_file_is_read_again(write: Any) -> None:
    path = write(TIDE)
    load(path)
    write(TIDE + "3,20,\n")
    assert load(path)[1].domain.points == 5


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (None, "target: tide.csv: no such file"),
        ("", "target: tide.csv: is empty, expected a line of column names"),
        ("hour,level\n", "target: tide.csv: has no rows"),
        (
            "hour,lvel\n1,2\n",
            "target.y: tide.csv has no column 'level', expected one of hour, lvel; did you mean",
        ),
        ("hour,level\n1,2\n3,high\n", "target: tide.csv: line 3, column 'level': expected a finite number, got 'high'"),
        ("hour,level\n1,2\n3\n", "target: tide.csv: line 3, column 'level': expected a finite number, got nothing"),
        ("hour,level\n1,nan\n", "target: tide.csv: line 2, column 'level': expected a finite number, got 'nan'"),
        ("hour,level\n1,2\n1,3\n", "target: tide.csv: expected at least two different inputs"),
        (b"hour,level\n1,\xff\n", "target: tide.csv: is not UTF-8 text (byte 14), expected CSV"),
        (b"hour,level\n1,\x00\n", "target: tide.csv: is binary, expected CSV"),
    ],
)
def test_a_bad_table_is_refused_in_one_line(table: str | bytes | None, said: str, write: Any) -> None:
    assert refusal(write(table)).startswith(said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[domain]\ntrain = [[50, 60]]\npoints = 2", "domain.train: no row of the table lies there"),
        ("[domain]\npoints = 9", "domain.points: the table has 4 rows in the training domain, expected 4 or 0"),
        ("[domain]\ntest = [[50, 60]]", "domain.test: no row of the table lies there"),
        ("[domain]\nscale = [2.0]", "domain.scale: the rows of a table are what they are"),
    ],
)
def test_a_domain_that_does_not_go_with_the_table_is_refused(line: str, said: str, write: Any) -> None:
    assert refusal(write(TIDE, PRESET + line)).startswith(said)


def test_only_regular_files_are_read(write: Any, tmp_path: Path) -> None:
    path = write(None)
    os.mkfifo(tmp_path / "tide.csv")
    assert refusal(path) == "target: tide.csv: expected a regular file"
    (tmp_path / "tide.csv").unlink()
    (tmp_path / "tide.csv").mkdir()
    assert refusal(path) == "target: tide.csv: expected a regular file"


def test_a_table_that_is_too_large_is_refused_unread(write: Any, tmp_path: Path) -> None:
    path = write(TIDE)
    os.truncate(tmp_path / "tide.csv", 100 << 20)
    assert refusal(path) == f"target: tide.csv: larger than {MAX_BYTES:,} bytes"


def test_a_run_goes_on_with_the_rows_that_it_read(write: Any) -> None:
    path = write(TIDE)
    name, experiment = load(path)
    session = Runner(load, name, experiment, device="cpu", engine="eager")
    session.open()
    Path(path).with_name("tide.csv").unlink()
    session.advance(5)
    session.apply(parse("reinitialize"))
    assert session.summary()["steps"] == 5
    session.apply(parse("set:optimizer.lr=0.1"))
    with pytest.raises(Refused, match="no such file"):
        session.apply(parse("set:target.noise=0.1"))
    session.advance(5)
    assert session.snapshot().step == 10


@pytest.mark.parametrize(
    ("rows", "x", "domain"),
    [("0,1,2\n0,1,3\n", '["a", "b"]', ""), ("0,1,2\n1,1,2\n1,1,3\n", '["a"]', "[domain]\ntrain = [[0.5, 2]]\n")],
)
def test_rows_of_one_and_the_same_input_are_refused(rows: str, x: str, domain: str, write: Any) -> None:
    preset = PRESET.replace('["hour"]', x).replace('["level"]', '["c"]') + domain
    assert "expected at least two" in refusal(write("a,b,c\n" + rows, preset))


def test_two_equal_rows_train(write: Any) -> None:
    for model in ('kind = "mlp"\nhidden = [4]', 'kind = "harmonic"', 'kind = "sine-unit"'):
        preset = PRESET.replace('kind = "mlp"\nhidden = [4]', model)
        name, experiment = load(write("level,hour\n1,0\n1,0\n2,6\n", preset))
        session = Runner(load, name, experiment, device="cpu", engine="eager")
        session.open()
        session.advance(5)
        assert session.summary()["verdict"]["code"]


def test_the_noise_that_a_table_declares_is_in_its_rows(write: Any) -> None:
    _, experiment = load(write(TIDE, PRESET.replace("[target]", "[target]\nnoise = 0.5")))
    assert data_set(experiment)[1][:, 0].tolist() == [1.5, 2.5, 0.5, -0.5]


def test_a_table_can_reach_its_noise_floor(write: Any) -> None:
    """A line through 200 rows of a line with noise of 0.3: what is left is the noise."""
    x, noise = np.linspace(-1, 1, 200), np.random.default_rng(0).normal(0, 0.3, 200)
    rows = "".join(f"{float(a)!r},{float(2 * a + 1 + b)!r}\n" for a, b in zip(x, noise, strict=True))
    preset = PRESET.replace("[target]", f"[target]\nnoise = {noise.std():.3f}")
    preset = preset.replace('kind = "mlp"\nhidden = [4]', 'kind = "linear"').replace("batch_size = 2", "batch_size = 0")
    name, experiment = load(write("hour,level\n" + rows, preset + '[optimizer]\nkind = "sgd"\nlr = 0.3\n'))
    session = Runner(load, name, experiment, device="cpu", engine="eager")
    session.open()
    session.advance(200)
    slope, constant = np.polyfit(x, 2 * x + 1 + noise, 1)
    summary = session.summary()
    assert "noise-floor" in [cause["code"] for cause in summary["causes"]]
    assert summary["loss"] == pytest.approx(((slope * x + constant - 2 * x - 1 - noise) ** 2).mean(), rel=1e-6)


@pytest.mark.parametrize("number", ["1e300", "-3.5e38", "2e18"])
def test_a_number_beyond_all_measure_is_refused(number: str, write: Any) -> None:
    said = refusal(write(f"hour,level\n0,1\n1,{number}\n"))
    assert "tide.csv: line 3, column 'level': expected a number up to 1e+18 in size, got " in said


def test_of_very_many_rows_the_nearest_of_some_is_drawn(tmp_path: Path) -> None:
    rows = 20_000
    table = np.column_stack([np.arange(rows), np.zeros(rows), np.arange(rows)])
    np.savetxt(tmp_path / "many.csv", table, delimiter=",", header="a,b,c", comments="")
    target = load(str(tmp_path / "many.csv"))[1].target
    x = torch.tensor([[0.0, 0.0], [9_000.4, 3.0], [1e6, 0.0]])
    expected = torch.tensor([[0.0], [9_000.0], [rows - 1.0]])
    assert (target(x) - expected).abs().max() <= 2
