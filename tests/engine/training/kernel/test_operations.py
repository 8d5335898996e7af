"""Operations as a kernel does them, against torch's own."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import huber_loss, log_softmax

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.kernel.formulas import FORMULAS
from periodic_tui.engine.training.kernel.plan import plan_of
from periodic_tui.engine.training.kernel.program import Program
from periodic_tui.engine.training.kernel.recorder import Recorder
from periodic_tui.engine.training.kernel.stepper import arguments_of
from tests.engine.training.kernel.host import host

Function = Callable[[Tensor, Tensor], Tensor]
A = torch.tensor([-2.5, -1.0, -0.25, 0.0, 0.5, 1.0, 3.0, torch.inf, torch.nan, 7.5, -0.0, 2.0])
B = torch.tensor([1.0, 0.25, -3.0, 2.0, 0.5, 1.0, -torch.inf, 2.0, 1.0, torch.nan, -1.0, 0.75])


def recorded(function: Function, a: Tensor, b: Tensor) -> Program:
    """A kernel whose one step replaces its state by what the function makes of two inputs."""
    recorder, state = Recorder(), function(a, b).flatten()
    into = recorder.given("state", torch.zeros_like(state), steady=False, each=True)
    inputs = [recorder.given("a", a, each=True), recorder.given("b", b, each=True)]
    with recorder:
        after = function(a, b).flatten()
        loss = after.sum()
    return Program(plan_of(recorder.values, [recorder.view(after), recorder.view(loss)]), [into], inputs)


def found(function: Function, a: Tensor, b: Tensor, folder: Path) -> Tensor:
    expected = function(a, b)
    launch, state = host(folder)(recorded(function, a, b)), torch.zeros_like(expected.flatten())
    tensors = [state, a, b, state.new_zeros(1)]
    launch(arguments_of(tensors, 0, 1, 1), 1)
    return state.view(expected.shape)


def agree(function: Function, folder: Path, a: Tensor = A, b: Tensor = B) -> None:
    torch.testing.assert_close(found(function, a, b, folder), function(a, b), rtol=2e-6, atol=1e-7, equal_nan=True)


ONE = [name for name, text in FORMULAS.items() if "{1}" not in text and hasattr(torch.Tensor, name)]
TWO = [
    *("add", "sub", "mul", "div", "atan2", "hypot", "fmod", "remainder", "maximum", "minimum", "pow", "logaddexp"),
    *("eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "clamp_min", "clamp_max", "floor_divide"),
]
ON_NUMBERS = {"bitwise_not"}


def test_formulas_of_one_number_are_torch_s(tmp_path: Path) -> None:
    names = [name for name in ONE if name not in ON_NUMBERS]
    assert len(names) > 35
    agree(lambda a, b: torch.stack([getattr(a, name)().float() for name in names]), tmp_path)


def test_formulas_of_two_numbers_are_torch_s(tmp_path: Path) -> None:
    agree(lambda a, b: torch.stack([getattr(a, name)(b).float() for name in TWO]), tmp_path)


def test_whole_numbers_wrap_and_round_as_torch_s(tmp_path: Path) -> None:
    a = torch.tensor([-(2**62), 2**61 + 5, -7, 7, -1, 0])
    b = torch.tensor([9, -5, 2, -2, 3, 11])

    def whole(a: Tensor, b: Tensor) -> Tensor:
        shifted = [a >> 3, a << 5, a & b, a | b, a ^ b, ~a]
        wrapped = [a * 9, a + a, a - 3 * a, a % b, a // b, a.div(b, rounding_mode="trunc"), a.maximum(b)]
        return torch.stack([*shifted, *wrapped])

    assert found(whole, a, b, tmp_path).equal(whole(a, b))


SHAPES: dict[str, Function] = {
    "cat and stack": lambda a, b: torch.cat([a.view(3, 4), torch.stack([b[:4], a[4:8]])]),
    "transposed and cut": lambda a, b: (a.view(2, 3, 2).permute(2, 0, 1)[:, :, 1:] * 2).reshape(4, 2).mT + b[:2, None],
    "products": lambda a, b: a.view(3, 4) @ b.view(4, 3) + torch.addmm(b[:3], a.view(3, 4), b.view(4, 3)),
    "sums": lambda a, b: torch.cat([a.view(3, 4).sum(0), a.view(3, 4).mean(1), a.view(3, 4).amax(1), b.amin()[None]]),
    "sums so far": lambda a, b: a.view(3, 4).cumsum(1),
    "chosen": lambda a, b: a.view(3, 4)[:, (b.abs() * 3).clamp(max=3).long()],
    "gathered": lambda a, b: a.view(3, 4).gather(1, (b.abs() * 3).clamp(max=3).long().view(3, 4)),
    "softmax": lambda a, b: log_softmax(a.view(3, 4), -1) * b.view(3, 4).softmax(0),
    "huber": lambda a, b: huber_loss(a, b, reduction="none", delta=0.7),
    "of one number": lambda a, b: torch.cat([a[:1] * 2, a.sum()[None], a.view(3, 4)[1:2, :1].sum(1)]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_torch_s(name: str, tmp_path: Path) -> None:
    drawn = torch.Generator().manual_seed(1)
    agree(SHAPES[name], tmp_path, torch.randn(12, generator=drawn), torch.rand(12, generator=drawn))


LAYERS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": nn.GELU(),
    "layer norm": nn.LayerNorm(4),
    "mish": nn.Mish(),
    "slices": lambda x: torch.cat([x[:, 1:] * x[:, :-1], x[:, 2:3]], 1),
    "softplus": nn.Softplus(),
}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_are_torch_s(name: str, tmp_path: Path) -> None:
    def gradient(a: Tensor, b: Tensor) -> Tensor:
        with torch.enable_grad():
            leaf = a.detach().requires_grad_()
            (found,) = torch.autograd.grad((LAYERS[name](leaf.view(3, 4)) * b.view(3, 4)).sum(), leaf)
        return found

    drawn = torch.Generator().manual_seed(1)
    agree(gradient, tmp_path, torch.randn(12, generator=drawn), torch.rand(12, generator=drawn))


REFUSED: dict[str, tuple[Function, str]] = {
    "in place": (lambda a, b: (a + 1).mul_(b), "mul_"),
    "looked at": (lambda a, b: a if float(b.sum()) > 1e9 else b + 1, "_local_scalar_dense"),
    "unknown": (lambda a, b: torch.linalg.svdvals(a.view(3, 4)), "linalg_svd"),
    "too large": (
        lambda a, b: a[:, None].expand(12, 10_000) @ b.repeat(900)[:10_000, None].expand(-1, 99),
        "too large",
    ),
    "random": (lambda a, b: a * torch.rand(12), "rand"),
    "short numbers": (lambda a, b: a.half().float(), "float16"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_kernel_can_do_is_refused_in_one_line(name: str) -> None:
    function, reason = REFUSED[name]
    with pytest.raises(Unavailable, match=reason) as refusal:
        recorded(function, torch.ones(12), torch.ones(12))
    assert "\n" not in str(refusal.value)


def test_a_refusal_in_the_gradient_is_one_too() -> None:
    def gradient(a: Tensor, b: Tensor) -> Tensor:
        with torch.enable_grad():
            leaf = a.detach().requires_grad_()
            (found,) = torch.autograd.grad((leaf[b.long()] * b).sum(), leaf)
        return found

    with pytest.raises(Unavailable, match="no kernel is written for"):
        recorded(gradient, torch.ones(12), torch.ones(12))


def test_a_state_that_moves_within_itself_is_refused() -> None:
    recorder, state = Recorder(), torch.ones(3, 4)
    recorder.given("state", state, steady=False, each=True)
    with recorder:
        after, loss = state.T, state.sum()
    with pytest.raises(Unavailable, match="moves within itself"):
        plan_of(recorder.values, [recorder.view(after), recorder.view(loss)])
