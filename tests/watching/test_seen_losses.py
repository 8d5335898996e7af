"""What is seen of losses: torch's own, and those written in code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from periodic_tui.watching.findings import LossLook
from tests.watching.loops import Watched, watched

Loss = Callable[[Tensor, Tensor], Tensor]


def fit(loss: Loss, y: Tensor, end: nn.Module | None = None, outputs: int = 1) -> Watched:
    """Two steps of a small network on 12 samples."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, outputs), *([end] if end else []))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        for _ in range(2):
            optimizer.zero_grad()
            loss(model(torch.randn(12, 3)), y).backward()
            optimizer.step()
    return seen


def only(seen: Watched) -> LossLook:
    (loss,) = seen.look.losses
    return loss


@pytest.mark.parametrize(
    "loss",
    [
        lambda p, y: ((p - y) ** 2).mean(), lambda p, y: (y - p).pow(2).sum(), lambda p, y: (p - y).abs().mean(),
        lambda p, y: torch.sub(p, y).square().mean() / 2, lambda p, y: torch.mean((y - p) * (y - p)),
        lambda p, y: (p - y).norm(), lambda p, y: torch.linalg.vector_norm(p - y),
        lambda p, y: ((p - y) ** 2).mean(1).mean() + 0.01 * p.square().mean(),
        lambda p, y: torch.log(torch.cosh(p - y)).mean(), lambda p, y: torch.sqrt(((p - y) ** 2).mean()),
    ],
)  # fmt: skip
def test_differences_in_code_are_losses(loss: Loss) -> None:
    found = only(fit(loss, torch.full((12, 1), 5.0)))
    assert (found.kind, found.broadcast, found.comes_from) == ("difference", False, "linear")
    assert (found.target.low, found.target.high) == (5, 5)
    assert found.prediction.shape == (12, 1)
    assert found.prediction.high < 5


@pytest.mark.parametrize(("kind", "loss"), [
    ("mse_loss", nn.MSELoss()), ("mse_loss", F.mse_loss), ("l1_loss", nn.L1Loss()),
    ("smooth_l1_loss", F.smooth_l1_loss), ("huber_loss", nn.HuberLoss()),
    ("mse_loss", lambda p, y: F.mse_loss(y, p)), ("mse_loss", lambda p, y: F.mse_loss(input=p, target=y)),
    ("mse_loss", lambda p, y: F.mse_loss(p, target=y)),
])  # fmt: skip
def test_losses_of_torch_are_seen_by_name(kind: str, loss: Loss) -> None:
    found = only(fit(loss, torch.full((12, 1), 5.0)))
    assert (found.kind, found.target.mean) == (kind, 5)


@pytest.mark.parametrize("loss", [F.mse_loss, lambda p, y: ((p - y) ** 2).mean(), lambda p, y: (y - p).abs().mean()])
@pytest.mark.filterwarnings("ignore:Using a target size")
def test_shapes_that_are_stretched_are_told(loss: Loss) -> None:
    found = only(fit(loss, torch.randn(12)))
    assert found.broadcast
    assert (found.prediction.shape, found.target.shape) == ((12, 1), (12,))


@pytest.mark.parametrize(("end", "made_by"), [
    (nn.Softmax(1), "softmax"), (nn.LogSoftmax(1), "log_softmax"), (nn.Sigmoid(), "sigmoid"), (nn.ReLU(), "relu"),
    (nn.Tanh(), "tanh"), (None, "linear"), (nn.Sequential(nn.Sigmoid(), nn.Flatten(), nn.Dropout(0.0)), "sigmoid"),
])  # fmt: skip
def test_what_made_the_prediction_is_told(end: nn.Module | None, made_by: str) -> None:
    found = only(fit(F.cross_entropy, torch.randint(4, (12,)), end, outputs=4))
    assert (found.comes_from, found.labels, found.kind) == (made_by, True, "cross_entropy")
    assert found.counts.sum() == 12


def test_a_squeezed_sigmoid_is_one() -> None:
    found = only(fit(lambda p, y: F.binary_cross_entropy(torch.sigmoid(p).squeeze(1), y), torch.ones(12)))
    assert (found.kind, found.comes_from, found.broadcast) == ("binary_cross_entropy", "sigmoid", False)


def test_what_is_done_to_a_sigmoid_makes_it_another_thing() -> None:
    assert only(fit(lambda p, y: F.mse_loss(torch.sigmoid(p) * 9, y), torch.ones(12, 1))).comes_from == "mul"


def test_a_mean_that_is_subtracted_within_the_model_is_no_loss() -> None:
    class Centered(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mean", torch.ones(4))
            self.fc = nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            return torch.relu(self.fc((self.fc(x) - self.mean) / 2))

    assert [each.kind for each in fit(F.cross_entropy, torch.zeros(12).long(), Centered(), 4).look.losses] == [
        "cross_entropy"
    ]


def test_losses_that_are_only_looked_at_are_none() -> None:
    def loss(p: Tensor, y: Tensor) -> Tensor:
        F.l1_loss(p, y).item()
        return F.mse_loss(p, y)

    assert only(fit(loss, torch.ones(12, 1))).kind == "mse_loss"


def test_a_sum_of_losses_is_each_of_them() -> None:
    seen = fit(lambda p, y: F.mse_loss(p, y) + 0.1 * (p - y).abs().mean(), torch.ones(12, 1))
    assert [each.kind for each in seen.look.losses] == ["mse_loss", "difference"]


def test_a_loss_of_ones_own_is_seen_as_a_module() -> None:
    class Hinge(nn.Module):
        def forward(self, p: Tensor, y: Tensor) -> Tensor:
            return torch.relu(1 - p * y).mean()

    found = only(fit(Hinge(), torch.ones(12, 1)))
    assert (found.kind, found.comes_from) == ("Hinge", "linear")


def test_each_loss_is_that_of_the_script() -> None:
    told: list[float] = []

    def loss(p: Tensor, y: Tensor) -> Tensor:
        value = F.mse_loss(p, y)
        told.append(value.item())
        return value

    seen = fit(loss, torch.ones(12, 1))
    assert [seen.losses[step] for step in (1, 2)] == told
    assert seen.look.loss == told[-1]
