"""What is seen of layers, held against plain torch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.watching.loops import Watched, watched


def train(model: nn.Module, x: Tensor, steps: int = 2, lr: float = 0.01) -> Watched:
    """Some steps of SGD towards zero."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    with watched() as seen:
        for _ in range(steps):
            optimizer.zero_grad()
            model(x).square().mean().backward()
            optimizer.step()
    return seen


class Net(nn.Module):
    """Two layers, and between them whatever is given."""

    def __init__(self, activation: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3, 8), nn.Linear(8, 1)
        self.activation = [activation]

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.activation[0](self.fc1(x)))


@pytest.mark.parametrize(
    ("activation", "function"),
    [
        (F.relu, "relu"), (torch.relu, "relu"), (Tensor.relu, "relu"), (lambda z: z.clamp(min=0), "relu"),
        (lambda z: torch.clamp(z, 0), "relu"), (lambda z: z.clamp_min(0.0), "relu"), (torch.tanh, "tanh"),
        (F.gelu, "gelu"), (torch.sigmoid, "sigmoid"), (lambda z: F.leaky_relu(z, 0.2), "leaky_relu"),
        (lambda z: F.relu(z, inplace=True), "relu"), (torch.relu_, "relu"),
    ],
)  # fmt: skip
def test_functional_activations_are_layers(activation: Callable[[Tensor], Tensor], function: str) -> None:
    torch.manual_seed(0)
    seen = train(Net(activation), torch.randn(40, 3))
    assert seen.names == ["fc1", f"fc1 → {function}", "fc2"]
    layer = seen.layer(f"fc1 → {function}")
    assert layer.role == "activation"
    assert layer.active.shape == (8,)


@pytest.mark.parametrize("other", [lambda z: z.clamp(0, 1), lambda z: z.clamp(min=0.5), lambda z: 2 * z, torch.abs])
def test_what_is_no_activation_for_certain_is_none(other: Callable[[Tensor], Tensor]) -> None:
    assert train(Net(other), torch.randn(40, 3)).names == ["fc1", "fc2"]


def test_shares_are_those_of_the_batch() -> None:
    torch.manual_seed(0)
    x, model = torch.randn(40, 3), Net(F.relu)
    z = model.fc1(x).detach()
    layer = train(model, x, steps=1).layer("fc1 → relu")
    assert np.allclose(layer.active, (z > 0).double().mean(0))
    assert layer.output.shape == (40, 8)
    assert layer.input.low == pytest.approx(float(z.min()))
    assert layer.output.high == pytest.approx(float(z.max()))


def test_pre_activations_are_seen_before_they_are_overwritten() -> None:
    torch.manual_seed(0)
    x = torch.randn(40, 3)
    model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(inplace=True), nn.Linear(8, 1))
    z = model[0](x).detach()
    layer = train(model, x, steps=1).layer("1")
    assert layer.input.low == pytest.approx(float(z.min()))
    assert np.allclose(layer.active, (z > 0).double().mean(0))


def test_units_of_images_are_channels() -> None:
    torch.manual_seed(0)
    x = torch.randn(6, 3, 9, 9)
    model = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.ReLU(), nn.Flatten(), nn.Linear(245, 7), nn.Tanh())
    z = nn.Sequential(model[0], nn.BatchNorm2d(5))(x)
    seen = train(model, x, steps=1)
    assert np.allclose(seen.layer("2").active, (z > 0).double().mean((0, 2, 3)))
    assert seen.layer("5").active.shape == (7,)
    assert seen.layer("1").role == "normalization"


def test_units_of_signals_are_channels_and_those_of_sequences_features() -> None:
    class Both(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.fc = nn.Conv1d(2, 5, 3), nn.Linear(5, 7)

        def forward(self, x: Tensor) -> Tensor:
            return F.relu(self.fc(F.relu(self.conv(x)).transpose(1, 2)))

    seen = train(Both(), torch.randn(6, 2, 12))
    assert seen.layer("conv → relu").active.shape == (5,)
    assert seen.layer("fc → relu").active.shape == (7,)


def test_one_module_after_different_layers_is_several_layers() -> None:
    class Shared(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc1, self.fc2, self.act = nn.Linear(3, 4), nn.Linear(4, 5), nn.ReLU()

        def forward(self, x: Tensor) -> Tensor:
            return self.act(self.fc2(self.act(self.fc1(x))))

    seen = train(Shared(), torch.randn(6, 3))
    assert seen.names == ["fc1", "fc1 → act", "fc2", "fc2 → act"]
    assert [layer.active.size for layer in seen.look.layers] == [0, 4, 0, 5]


def test_a_layer_that_runs_several_times_is_one() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(3, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.fc(self.fc(x) + 100)

    seen = train(Twice(), torch.randn(6, 3), steps=1)
    assert seen.names == ["fc"]
    assert seen.layer("fc").input.low > 50


def test_lengths_are_those_of_plain_torch() -> None:
    torch.manual_seed(0)
    x, model = torch.randn(40, 3), Net(F.relu)
    weight = model.fc1.weight.detach().clone()
    bias = model.fc1.bias.detach().clone()
    layer = train(model, x, steps=1, lr=0.5).layer("fc1")
    assert model.fc1.weight.grad is not None
    assert model.fc1.bias.grad is not None
    gradient = torch.cat((model.fc1.weight.grad.flatten(), model.fc1.bias.grad))
    assert layer.gradient == pytest.approx(float(gradient.norm()), rel=1e-5)
    assert layer.update == pytest.approx(0.5 * float(gradient.norm()), rel=1e-4)
    after = torch.cat((model.fc1.weight.flatten(), model.fc1.bias)).detach()
    assert layer.weight == pytest.approx(float(after.detach().norm()), rel=1e-5)
    assert layer.update == pytest.approx(float((after - torch.cat((weight.flatten(), bias))).detach().norm()), rel=1e-5)
    assert (layer.parameters, layer.trainable, layer.held) == (32, 32, 32)


def test_what_no_optimizer_holds_is_told_by_name() -> None:
    model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model[2].parameters(), lr=0.1)
    with watched() as seen:
        for _ in range(2):
            optimizer.zero_grad()
            model(torch.randn(5, 3)).mean().backward()
            optimizer.step()
    assert seen.look.unheld == ("0.weight", "0.bias")
    assert seen.layer("0").held == 0


def test_an_optimizer_that_has_not_stepped_yet_holds_what_it_holds() -> None:
    body, head = nn.Linear(3, 8), nn.Linear(8, 1)
    model = nn.Sequential(body, head)
    often, seldom = torch.optim.SGD(head.parameters(), lr=0.1), torch.optim.SGD(body.parameters(), lr=0.1)
    with watched() as seen:
        model(torch.randn(5, 3)).mean().backward()
        often.step()
    assert seen.look.unheld == ()
    assert seldom.param_groups


def test_frozen_parameters_are_not_trainable() -> None:
    model = nn.Sequential(nn.Linear(3, 8), nn.Linear(8, 1))
    model[0].requires_grad_(False)
    layer = train(model, torch.randn(5, 3)).layer("0")
    assert (layer.parameters, layer.trainable) == (32, 0)
    assert np.isnan(layer.gradient)


def test_what_runs_without_gradients_is_no_training() -> None:
    model, x = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1)), torch.randn(5, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watched() as seen:
        for _ in range(2):
            model.train()
            optimizer.zero_grad()
            model(x).mean().backward()
            optimizer.step()
            model.eval()
            with torch.no_grad():
                F.mse_loss(model(torch.randn(90, 3)), torch.zeros(90, 1))
    assert seen.look.batch == 5
    assert all(layer.training for layer in seen.look.layers)
    assert seen.look.losses == ()


def test_a_model_of_bare_tensors_is_seen() -> None:
    torch.manual_seed(0)
    w1, b1, w2 = (torch.randn(*shape, requires_grad=True) for shape in ((3, 8), (8,), (8, 1)))
    optimizer = torch.optim.SGD([w1, b1, w2], lr=0.01)
    with watched() as seen:
        for _ in range(2):
            optimizer.zero_grad()
            ((torch.relu(torch.randn(5, 3) @ w1 + b1) @ w2) ** 2).mean().backward()
            optimizer.step()
    assert seen.names == ["matmul", "matmul → relu", "matmul 2"]
    assert [layer.parameters for layer in seen.look.layers] == [32, 0, 8]
    assert seen.layer("matmul → relu").active.shape == (8,)


def test_a_model_whose_forward_is_called_by_name_keeps_its_names() -> None:
    model = Net(F.relu)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        for _ in range(3):
            model.forward(torch.randn(5, 3)).mean().backward()
            optimizer.step()
    assert seen.names == ["fc1", "fc1 → relu", "fc2"]
    assert seen.look.models == ("Net, 41 parameters",)


def test_what_never_runs_is_a_layer_without_output() -> None:
    model = nn.ModuleDict({"used": nn.Linear(3, 1), "unused": nn.Linear(3, 2)})
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        for _ in range(2):
            model["used"](torch.randn(5, 3)).mean().backward()
            optimizer.step()
    assert seen.optimizer.without_gradient == ("unused.weight", "unused.bias")
    assert seen.layer("unused").output.shape == ()


def test_recurrent_layers_and_embeddings_are_seen() -> None:
    class Tagger(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.lstm, self.out = nn.Embedding(10, 4), nn.LSTM(4, 6), nn.Linear(6, 2)

        def forward(self, x: Tensor) -> Tensor:
            return self.out(self.lstm(self.embedding(x))[0])

    seen = train(Tagger(), torch.randint(10, (7, 5)))
    assert seen.names == ["embedding", "lstm", "out"]
    assert seen.layer("lstm").output.shape == (7, 5, 6)


def test_sparse_complex_and_half_parameters_are_measured() -> None:
    embedding = nn.Embedding(20, 4, sparse=True)
    spectrum = nn.Parameter(torch.randn(4, dtype=torch.complex64))
    half = nn.Parameter(torch.randn(4, dtype=torch.bfloat16))
    optimizer = torch.optim.SGD([embedding.weight, spectrum, half], lr=0.1)
    with watched() as seen:
        for _ in range(3):
            optimizer.zero_grad()
            loss = embedding(torch.arange(5)).square().mean() + (spectrum * 2).abs().mean() + half.float().sum()
            loss.backward()
            optimizer.step()
    assert seen.optimizer.without_gradient == ()
    assert seen.layer("Embedding").gradient > 0


def test_a_huge_tensor_is_read_in_part_and_its_ends_in_full() -> None:
    torch.manual_seed(0)
    x = torch.randn(2000, 300)
    x[7, 123] = 50.0
    seen = train(nn.Sequential(nn.Linear(300, 4), nn.ReLU()), x, steps=1)
    assert seen.look.inputs.high == 50
    assert seen.look.inputs.shape == (2000, 300)
    assert seen.look.inputs.std == pytest.approx(1, abs=0.02)
    x[8, 5] = float("nan")
    assert train(nn.Sequential(nn.Linear(300, 4)), x, steps=1).look.inputs.finite < 1
