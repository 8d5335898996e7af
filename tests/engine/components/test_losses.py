"""Every loss against plain torch, in training too, and what is judged by it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from periodic_tui.engine.components.losses import LOSSES, loss_of_best_constant
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.summary import summary_of
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import dump, load
from tests.engine.experiments import experiment
from tests.engine.training.test_step import batch_of

CPU = torch.device("cpu")
ORACLES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": functional.mse_loss,
    "mae": functional.l1_loss,
    "huber": lambda p, y: functional.huber_loss(p, y, delta=0.2),
    "circular": lambda p, y: (1 - torch.cos(p - y)).mean(),
    "bce": functional.binary_cross_entropy,
    "bce-with-logits": functional.binary_cross_entropy_with_logits,
    "cross-entropy": lambda p, y: functional.cross_entropy(p, y.argmax(-1)),
}
ROWS = "a,b,c\n" + "".join(f"{i / 7},{(i * 5) % 11 - 5},{(i + i // 4) % 3}\n" for i in range(60))
XOR = "a,b,c\n-1,-1,0\n-1,1,1\n1,-1,1\n1,1,0\n"


def table(folder: Path, loss: str, text: str = ROWS, hidden: tuple[int, ...] = (4,), **training: Any) -> Experiment:
    """Three classes for cross-entropy; for the binary ones whether it is the first; else their numbers."""
    if loss.startswith("bce"):
        text = text.replace(",2\n", ",1\n")
    (folder / "rows.csv").write_text(text)
    target = {"kind": "csv", "path": str(folder / "rows.csv"), "x": ["a", "b"], "y": ["c"]}
    return experiment(
        target=target | ({"labels": True} if loss == "cross-entropy" else {}),
        model={
            "kind": "mlp",
            "hidden": list(hidden),
            "activation": "tanh",
            "output_activation": "sigmoid" if loss == "bce" else "identity",
        },
        optimizer={"kind": "adam", "lr": 0.03},
        training={"loss": loss, "dtype": "float64", "batch_size": 0, "huber_delta": 0.2} | training,
    )


@pytest.mark.parametrize("loss", LOSSES)
def test_training_is_that_of_plain_torch(loss: str, tmp_path: Path) -> None:
    trainer = Trainer(table(tmp_path, loss, batch_size=8), CPU)
    outputs = 3 if loss == "cross-entropy" else 1
    layers = [nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, outputs), *([nn.Sigmoid()] if loss == "bce" else [])]
    module = nn.Sequential(*layers).double()
    nn.utils.vector_to_parameters(trainer.parameters[0].clone(), module.parameters())
    optimizer, losses = torch.optim.Adam(module.parameters(), lr=0.03), []
    for step in range(40):
        batch = batch_of(trainer, step)
        optimizer.zero_grad()
        error = ORACLES[loss](module(batch.x[0]), batch.y[0])
        error.backward()
        optimizer.step()
        losses.append(error.detach())
    torch.testing.assert_close(trainer.advance(40)[:, 0], torch.stack(losses), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_best_constant_is_the_best_of_many(loss: str) -> None:
    y = torch.rand(201, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    constants = torch.linspace(-7, 7, 14_001, dtype=torch.float64)
    if loss == "cross-entropy":
        y = functional.one_hot((y[:, 0] < 0.3).long(), 2).double()
        predictions = torch.stack([constants, torch.zeros_like(constants)], -1).unsqueeze(1).expand(-1, 201, 2)
    else:
        predictions = (constants.sigmoid() if loss == "bce" else constants).view(-1, 1, 1).expand(-1, 201, 1)
    least = LOSSES[loss].each(predictions, y.expand(14_001, *y.shape), 0.2).mean((1, 2)).min()
    assert loss_of_best_constant(y, loss, 0.2) == pytest.approx(float(least), abs=1e-5)
    assert loss_of_best_constant(y, loss, 0.2) <= float(least) + 1e-12


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_no_number_is_no_loss(loss: str) -> None:
    prediction = torch.tensor([[0.5, torch.nan]])
    assert not LOSSES[loss].each(prediction, torch.tensor([[1.0, 0.0]]), 1.0).isfinite().all()


def test_sharpness_and_fit_are_measured_under_every_loss(tmp_path: Path) -> None:
    for loss in LOSSES:
        run = Run(0, loss, table(tmp_path, loss), CPU)
        run.advance(20)
        parameters = run.trainer.parameters
        assert run.observer.curvature(parameters)[0].isfinite().all()
        loss_now = run.observer.loss(parameters)
        assert loss_now == pytest.approx([run.reading().loss[0]])


@pytest.mark.parametrize("loss", ["bce", "bce-with-logits", "cross-entropy"])
def test_xor_is_solved_when_every_row_is_right(loss: str, tmp_path: Path) -> None:
    run = Run(0, "xor", table(tmp_path, loss, XOR, seed=1), CPU)
    before = summary_of(run)
    assert before["baselines"]["mean"] == pytest.approx(torch.tensor(2.0).log().item())
    assert before["base_rate"] == 0.5
    assert before["accuracy"] < 1
    run.advance(400)
    after = summary_of(run)
    assert after["accuracy"] == 1.0
    assert after["verdict"]["code"] == "solved"


def test_a_line_is_right_on_at_most_three_rows_of_xor(tmp_path: Path) -> None:
    run = Run(0, "xor", table(tmp_path, "bce", XOR, hidden=()), CPU)
    run.advance(300)
    found = summary_of(run)
    assert found["accuracy"] <= 0.75
    assert found["verdict"]["code"] != "solved"
    assert found["loss"] == pytest.approx(torch.tensor(2.0).log().item(), abs=1e-3)


def test_the_base_rate_is_that_of_the_commonest_class(tmp_path: Path) -> None:
    text = "a,b,c\n" + "".join(f"{i},{i * i},{0 if i < 6 else 1 + i % 2}\n" for i in range(10))
    assert Run(0, "rows", table(tmp_path, "cross-entropy", text), CPU).observer.accuracy.base_rate == 0.6


def test_errors_of_numbers_are_neither_right_nor_wrong(tmp_path: Path) -> None:
    found = summary_of(Run(0, "rows", table(tmp_path, "huber"), CPU))
    assert found["accuracy"] is None
    assert found["base_rate"] is None


PRESET = """
[target]
kind = "csv"
path = "rows.csv"
x = ["a"]
y = ["c"]
{target}
[model]
kind = "mlp"
[training]
batch_size = 2
{training}
"""


@pytest.mark.parametrize(
    ("target", "training", "line"),
    [
        ("", 'loss = "l1"', "training.loss: unknown value .* did you mean mae"),
        ("", 'loss = "hubr"', "training.loss: unknown value .* did you mean huber"),
        ("", 'loss = "cross-entropy"', "training.loss: cross-entropy compares classes, expected .*labels = true"),
        ("", 'loss = "bce"', "training.loss: bce compares probabilities, expected a table whose y lie between 0 and 1"),
        ("labels = true", 'loss = "bce"', "training.loss: bce takes probabilities, expected .*sigmoid"),
        ("labels = true", "huber_delta = 0.0", "training.huber_delta: expected more than 0"),
        ('labels = true\nx = ["b"]\ny = ["a"]', "", "labels, whole numbers from 0 to 255, got 0.14"),
        ('labels = true\ny = ["b", "c"]', "", "labels are one column, got 2 in y"),
    ],
)
def test_a_loss_that_does_not_fit_is_refused(target: str, training: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    text = PRESET.format(target=target, training=training)
    if "y = [" in target:
        text = text.replace('y = ["c"]\n', "", 1)
    if "x = [" in target:
        text = text.replace('x = ["a"]\n', "", 1)
    (tmp_path / "wrong.toml").write_text(text)
    with pytest.raises(PresetError, match=line):
        load(str(tmp_path / "wrong.toml"))


def test_a_shown_classifier_is_the_same_again(tmp_path: Path) -> None:
    shown = table(tmp_path, "cross-entropy")
    (tmp_path / "shown.toml").write_text(dump(shown))
    assert load(str(tmp_path / "shown.toml"))[1] == shown
    assert shown.target.outputs == 3
