"""What the samples alone say, against closed forms and plain torch."""

from __future__ import annotations

import math

import pytest
import torch

from periodic_tui.engine.components.losses import LOSSES, LossName
from periodic_tui.engine.diagnostics.probe import Probe
from periodic_tui.engine.diagnostics.samples import Samples, contradiction, line_loss, samples_of


def column(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64).unsqueeze(-1)


def read(x: torch.Tensor, y: torch.Tensor) -> Samples:
    names = [f"x{n}" for n in range(x.shape[1])], ["y"]
    return samples_of(Probe(x, y), names, True)


def line_by_descent(x: torch.Tensor, y: torch.Tensor, lr: float, steps: int) -> float:
    """How large w and b of torch.optim.SGD get on a line through these rows."""
    line = torch.nn.Linear(1, 1, dtype=torch.float64)
    optimizer = torch.optim.SGD(line.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(line(x), y).backward()
        optimizer.step()
    return float(line.weight.detach().abs() + line.bias.detach().abs())


@pytest.mark.parametrize(("rows", "limit"), [((1.0, 2.0, 3.0, 4.0), 0.1198), ((10.0, 20.0, 30.0, 40.0), 0.00133)])
def test_the_largest_stable_step_of_a_line_is_one_over_lambda(rows: tuple[float, ...], limit: float) -> None:
    x = column(*rows)
    found = 1 / read(x, 2 * x).steepest
    assert found == pytest.approx(limit, rel=2e-3)
    assert line_by_descent(x, 2 * x, 0.98 * found, 2_000) < 5
    assert line_by_descent(x, 2 * x, 1.02 * found, 2_000) > 1e6


def test_a_single_row_allows_steps_up_to_one_over_its_squared_length() -> None:
    x = column(*range(200))
    assert 1 / read(x, 2 * x).longest_row == pytest.approx(1 / (199**2 + 1))


def test_the_eigenvalues_are_those_of_plain_torch() -> None:
    x = torch.randn(300, 3, dtype=torch.float64) * torch.tensor([1.0, 10.0, 0.1]) + 2
    full = torch.cat([x, torch.ones(300, 1, dtype=torch.float64)], 1)
    values = torch.linalg.eigvalsh(full.T @ full / 300)
    found = read(x, x[:, :1])
    assert (found.flattest, found.steepest) == pytest.approx((float(values[0]), float(values[-1])))
    assert read(x, x[:, :1]).steepest_standardized < 3.1


def test_the_best_line_of_a_parabola_leaves_its_known_floor() -> None:
    # The best line of x² over [0, 1] is x − 1/6, and leaves 1/180.
    x = (torch.arange(100_000, dtype=torch.float64).unsqueeze(-1) + 0.5) / 100_000
    assert line_loss(x, x**2) == pytest.approx(1 / 180, rel=1e-6)


def test_the_best_line_does_not_mind_the_units_of_x() -> None:
    x = torch.linspace(0, 1, 50, dtype=torch.float64).unsqueeze(-1)
    for factor, offset in [(1e-9, 0.0), (1e9, 0.0), (1.0, 1e6)]:
        assert line_loss(x * factor + offset, x**2) == pytest.approx(line_loss(x, x**2), rel=1e-6)


def test_rows_that_contradict_each_other_set_a_floor() -> None:
    assert contradiction(column(1, 1, 2, 3), column(0, 1, 5, 7)) == pytest.approx(2 * 0.25 / 4)
    assert contradiction(column(1, 1, 2, 3), column(4, 4, 5, 7)) == 0
    assert contradiction(column(1, 2, 3), column(0, 1, 5)) is None


TWO_OF_THREE = math.log(3) - 2 / 3 * math.log(2)
"""Entropy of a coin that shows heads two times in three."""


@pytest.mark.parametrize(
    ("kind", "three", "floor"),
    [
        ("mse", (0.0, 1.0, 5.0), (4 + 1 + 9) / 3),
        ("mae", (0.0, 1.0, 10.0), (1 + 0 + 9) / 3),  # their median is 1
        ("huber", (0.0, 0.0, 6.0), (2 * 0.5**2 / 2 + 5.5 - 0.5) / 3),  # where 2c = 1
        ("circular", (0.0, math.pi / 2, math.pi), 1 - 1 / 3),  # the resultant is 1 of 3
        ("bce", (1.0, 1.0, 0.0), TWO_OF_THREE),
        ("bce-with-logits", (1.0, 0.0, 1.0), TWO_OF_THREE),
        ("bce-with-logits", (0.9, 0.6, 0.5), TWO_OF_THREE),  # it is linear in y
    ],
)
def test_contradicting_rows_set_the_floor_of_every_loss(kind: LossName, three: tuple[float, ...], floor: float) -> None:
    x = column(7, 1, 7, 2, 7)
    y = column(three[0], 1.0, three[1], 0.0, three[2])
    assert contradiction(x, y, kind) == pytest.approx(3 / 5 * floor)
    twins = torch.cat([y, torch.ones_like(y)], 1)
    assert contradiction(x, twins, kind) == pytest.approx(3 / 5 * floor / 2)


def test_contradicting_classes_leave_the_entropy_of_their_groups() -> None:
    classes = torch.tensor([0, 1, 2, 2, 0, 0])
    x, y = column(1, 1, 2, 2, 2, 3), torch.nn.functional.one_hot(classes).double()
    assert contradiction(x, y, "cross-entropy") == pytest.approx((2 * math.log(2) + 3 * TWO_OF_THREE) / 6)


@pytest.mark.parametrize("kind", ["mse", "mae", "huber", "circular", "bce-with-logits"])
def test_no_table_of_values_gets_below_the_floor_and_the_best_one_reaches_it(kind: LossName) -> None:
    """By torch's own gradient descent on a value for each group."""
    generator = torch.Generator().manual_seed(3)
    group = torch.randint(40, (200,), generator=generator)
    y = torch.rand(200, 2, dtype=torch.float64, generator=generator)
    values = torch.full((40, 2), 0.3, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([values], lr=0.05)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.99)
    for _ in range(1_000):
        loss = LOSSES[kind].each(values[group], y, 1.0).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    floor = contradiction(group.double().unsqueeze(-1), y, kind)
    assert floor is not None
    assert floor * (1 - 1e-12) <= loss.item() <= floor * (1 + 1e-4)


def test_a_few_huge_targets_hold_the_variance() -> None:
    x = column(*range(1_000))
    assert read(x, column(*[100.0] * 5, *[-100.0] * 5, *[0.1, -0.1] * 495)).held_by_few > 0.999
    assert read(x, column(*[1.0, -1.0] * 500)).held_by_few == pytest.approx(0.01)


def test_a_column_knows_its_size_and_offset() -> None:
    found = read(column(3, 5), column(0, 1)).x[0]
    assert (found.low, found.high, found.mean, found.std) == (3, 5, 4, 1)
    assert (found.size, found.offset) == (math.sqrt(17), 4)
    assert str(found) == "x0 runs from 3 to 5"
