"""What of a table is held out: its last rows, or another table."""

from pathlib import Path

import pytest
import torch

from periodic_tui.engine.diagnostics.probe import test_probe as held_out_probe
from periodic_tui.engine.diagnostics.probe import training_probe
from periodic_tui.engine.run import Run
from periodic_tui.engine.summary import summary_of
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import dump, load

PRESET = """
[target]
kind = "csv"
path = "rows.csv"
x = ["x"]
y = ["y"]
{target}
[model]
kind = "mlp"
hidden = [8]
activation = "tanh"
[optimizer]
kind = "adam"
lr = 0.02
[training]
batch_size = 0
dtype = "float64"
"""
ROWS = "x,y,day\n" + "".join(f"{x},{x * x},{9 - x}\n" for x in range(10))


def preset(folder: Path, target: str, rows: str = ROWS, other: str | None = None) -> str:
    (folder / "rows.csv").write_text(rows)
    if other is not None:
        (folder / "later.csv").write_text(other)
    (folder / "rows.toml").write_text(PRESET.format(target=target))
    return str(folder / "rows.toml")


@pytest.mark.parametrize(
    ("target", "trained", "tested"),
    [
        ("test = 0.2", [0, 1, 2, 3, 4, 5, 6, 7], [8, 9]),
        ('test = 0.3\norder_by = "day"', [9, 8, 7, 6, 5, 4, 3], [2, 1, 0]),
        ('test = 0.5\norder_by = "x"', [0, 1, 2, 3, 4], [5, 6, 7, 8, 9]),
        ("test = 0.001", [0, 1, 2, 3, 4, 5, 6, 7, 8], [9]),
        ('test = "later.csv"', list(range(10)), [20, 21]),
    ],
)
def test_the_rows_are_parted(target: str, trained: list[int], tested: list[int], tmp_path: Path) -> None:
    _, experiment = load(preset(tmp_path, target, other="y,x\n400,20\n441,21\n"))
    training, test = training_probe(experiment), held_out_probe(experiment)
    assert test is not None
    for probe, expected in ((training, trained), (test, tested)):
        assert probe.x[:, 0].tolist() == expected
        assert torch.equal(probe.y, probe.x.square())
    assert experiment.domain.points == len(trained)
    assert experiment.domain.train == ((min(trained), max(trained)),)


def test_rows_of_the_held_out_ones_can_be_chosen_by_their_domain(tmp_path: Path) -> None:
    path = preset(tmp_path, "test = 0.5")
    test = held_out_probe(load(path, [("domain.test", [[6.5, 8.5]])])[1])
    assert test is not None
    assert test.x[:, 0].tolist() == [7, 8]
    with pytest.raises(PresetError, match=r"domain.test: no row of the table lies there"):
        load(path, [("domain.test", [[0.0, 2.0]])])


@pytest.mark.parametrize("target", ["test = 0.2", 'test = 0.3\norder_by = "day"', 'test = "later.csv"', "test = 0.1"])
def test_a_shown_table_is_the_same_run_again(target: str, tmp_path: Path) -> None:
    _, shown = load(preset(tmp_path, target, other="y,x\n400,20\n441,21\n"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "shown.toml").write_text(dump(shown))
    assert load(str(tmp_path / "elsewhere" / "shown.toml"))[1] == shown


def test_extrapolation_is_judged_on_the_last_rows(tmp_path: Path) -> None:
    name, experiment = load(preset(tmp_path, "test = 0.5", "x,y\n" + "".join(f"{x},{x % 5}\n" for x in range(10))))
    run = Run(0, name, experiment, torch.device("cpu"))
    run.advance(1_500)
    found = summary_of(run)
    views = run.trainer.training_step.layout.views(run.trainer.parameters)
    x, y = torch.arange(5.0, 10.0, dtype=torch.float64).view(1, 5, 1), torch.arange(5.0).view(1, 5, 1)
    assert found["loss_test"] == pytest.approx(float((experiment.model.forward(views, x) - y).square().mean()))
    assert found["loss"] < 0.1
    assert found["verdict"]["code"] == "no-extrapolation"


def test_classes_are_counted_over_both_parts(tmp_path: Path) -> None:
    rows = "x,y\n" + "".join(f"{x},{int(x > 7)}\n" for x in range(10))
    _, experiment = load(preset(tmp_path, "labels = true\ntest = 0.2", rows))
    assert experiment.target.outputs == 2


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("test = 1.0", "target.test: expected a share of the rows between 0 and 1, or the path"),
        ("test = 1", "target.test: expected a share of the rows"),
        ("test = true", "target.test: expected a share of the rows"),
        ('test = "none.csv"', "target: none.csv: no such file"),
        ('test = 0.2\norder_by = "dy"', "target.order_by: rows.csv has no column 'dy', expected .*did you mean day"),
        ('order_by = "day"', "target: order_by says which rows are the last ones, expected a share of them in test"),
        ("tset = 0.2", "target.tset: unknown key, .*did you mean test"),
    ],
)
def test_what_cannot_be_held_out_is_refused(target: str, line: str, tmp_path: Path) -> None:
    with pytest.raises(PresetError, match=line):
        load(preset(tmp_path, target))
