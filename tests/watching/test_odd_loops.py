"""Loops that are not the plain one: they train as they would, and what is seen of them is right."""

from __future__ import annotations

import os
import threading
import warnings
from contextlib import nullcontext
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from tests.watching.loops import Watched, watched


def net(inputs: int = 3, outputs: int = 1) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(inputs, 8), nn.ReLU(), nn.Linear(8, outputs))


def batch(number: int = 0) -> Tensor:
    return torch.randn(12, 3, generator=torch.Generator().manual_seed(number))


def loss_of(model: nn.Module, number: int = 0) -> Tensor:
    return F.mse_loss(model(batch(number)), torch.ones(12, 1))


# Gradients that add up.


def test_accumulated_gradients_are_one_step() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    told: list[float] = []
    with watched() as seen:
        for step in range(12):
            loss = loss_of(model, step) / 4
            loss.backward()
            told.append(loss.item())
            if step % 4 == 3:
                optimizer.step()
                optimizer.zero_grad()
    assert list(seen.losses) == [1, 2, 3]
    assert seen.losses[3] == pytest.approx(sum(told[8:]))
    assert (seen.optimizer.backwards, seen.optimizer.cleared) == (4, True)
    assert len(seen.look.losses) == 1


def clear_model(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    model.zero_grad()


def clear_optimizer(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    optimizer.zero_grad()


def clear_to_zero(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    optimizer.zero_grad(set_to_none=False)


def clear_by_hand(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    for each in model.parameters():
        each.grad = None


def clear_never(model: nn.Module, optimizer: torch.optim.Optimizer) -> None: ...


@pytest.mark.parametrize("clear", [clear_model, clear_optimizer, clear_to_zero, clear_by_hand, clear_never])
@pytest.mark.parametrize("first", [True, False])
def test_whether_gradients_were_cleared(clear, first: bool) -> None:  # type: ignore[no-untyped-def]
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        for step in range(4):
            if first:
                clear(model, optimizer)
            loss_of(model, step).backward()
            optimizer.step()
            if not first:
                clear(model, optimizer)
    assert [look.optimizers[0].cleared for look in seen.looks] == [None, *[clear is not clear_never] * 3]


# Several optimizers.


def test_two_networks_against_each_other() -> None:
    torch.manual_seed(0)
    generator, critic = net(2, 3), net(3, 1)
    of_critic = torch.optim.Adam(critic.parameters(), lr=0.01)
    of_generator = torch.optim.Adam(generator.parameters(), lr=0.02)
    with watched() as seen:
        for _ in range(4):
            for _ in range(3):
                critic.zero_grad()
                F.softplus(-critic(batch())).mean().backward()
                F.softplus(critic(generator(torch.randn(12, 2)).detach())).mean().backward()
                of_critic.step()
            generator.zero_grad()
            F.softplus(-critic(generator(torch.randn(12, 2)))).mean().backward()
            of_generator.step()
    assert seen.hooks.step == 12
    assert list(seen.losses) == list(range(1, 13))
    both = [look for look in seen.looks if len(look.optimizers) == 2][-1]
    assert {(each.kind, each.lr, each.cleared) for each in both.optimizers} == {
        ("Adam", 0.01, True),
        ("Adam", 0.02, True),
    }
    assert not any(each.foreign for look in seen.looks for each in look.optimizers)
    assert not any(look.unheld for look in seen.looks)


def test_two_optimizers_of_one_network_are_one_step() -> None:
    model = net()
    body, head = torch.optim.SGD(model[0].parameters(), lr=0.1), torch.optim.Adam(model[2].parameters(), lr=0.01)
    with watched() as seen:
        for _ in range(3):
            body.zero_grad()
            head.zero_grad()
            loss_of(model).backward()
            body.step()
            head.step()
    assert list(seen.losses) == [1, 2, 3]
    assert {each.kind for each in seen.look.optimizers} == {"SGD", "Adam"}
    assert seen.look.unheld == ()
    assert all(layer.update > 0 for layer in seen.look.layers if layer.parameters)


def test_two_models_in_turn_are_told_apart() -> None:
    first, second = net(), net()
    with watched() as seen:
        for model in (first, second):
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            for step in range(30):
                optimizer.zero_grad()
                loss_of(model, step).backward()
                optimizer.step()
    assert any("another model trains" in event for event in seen.events)
    assert seen.watcher.memory.looks < 30 < seen.watcher.script.looks
    assert seen.look.layers[0].gradient > 0


def test_an_optimizer_for_every_epoch_is_the_same_training() -> None:
    model = net()
    with watched() as seen:
        for _ in range(3):
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            for step in range(4):
                optimizer.zero_grad()
                loss_of(model, step).backward()
                optimizer.step()
            del optimizer
    assert seen.hooks.step == 12
    assert seen.events == []


def test_an_optimizer_of_another_model_is_foreign() -> None:
    model, other = net(), net()
    optimizer = torch.optim.SGD(other.parameters(), lr=0.01)
    with watched() as seen:
        for step in range(3):
            optimizer.zero_grad()
            loss_of(model, step).backward()
            optimizer.step()
    assert seen.optimizer.foreign
    assert len(seen.look.unheld) == 4


def test_parameters_that_are_frozen_at_first_are_seen_once_they_train() -> None:
    model = net()
    model[0].requires_grad_(False)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        for step in range(6):
            if step == 3:
                model[0].requires_grad_(True)
            optimizer.zero_grad()
            loss_of(model, step).backward()
            optimizer.step()
    assert [look.layers[0].update > 0 for look in seen.looks] == [False] * 3 + [True] * 3


# Steps that are taken in other ways.


def test_a_closure_is_looked_into() -> None:
    model = net()
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1, max_iter=5)
    first: list[float] = []
    with watched() as seen:
        for _ in range(3):
            told: list[float] = []

            def closure() -> Tensor:
                optimizer.zero_grad()
                loss = loss_of(model)
                loss.backward()
                told.append(loss.item())  # noqa: B023
                return loss

            optimizer.step(closure)
            first.append(told[0])
    assert list(seen.losses.values()) == first
    assert seen.names == ["0", "1", "2"]
    assert (seen.optimizer.kind, seen.optimizer.cleared) == ("LBFGS", True)
    assert seen.layer("0").update > 0
    assert [loss.kind for loss in seen.look.losses] == ["mse_loss"]


def test_parameters_that_a_closure_moves_are_moved_by_its_optimizer() -> None:
    model = net()
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        return loss

    with watched(2.0) as seen:
        for _ in range(3):
            optimizer.step(closure)
    assert seen.watcher.step == 3


@pytest.mark.parametrize("data", [True, False])
@pytest.mark.parametrize("fields", [True, False])
def test_steps_by_hand_are_counted_by_gradients(data: bool, fields: bool) -> None:
    model = net()
    told: list[float] = []
    with watched() as seen:
        for step in range(8):
            loss = loss_of(model, step)
            told.append(loss.item())
            own = list(model.parameters())
            gradients = [each.grad for each in own]
            if fields:
                model.zero_grad()
                loss.backward()
                gradients = [each.grad for each in own]
            else:
                gradients = list(torch.autograd.grad(loss, own))
            with torch.no_grad():
                for each, gradient in zip(own, gradients, strict=True):
                    assert gradient is not None
                    (each.data if data else each).sub_(0.05 * gradient)
    assert seen.hooks.step == 7
    assert list(seen.losses.values())[-1] == pytest.approx(told[-2])
    assert seen.look.unseen == ("No optimizer of torch steps: each computation of gradients counts as a step.",)
    assert seen.look.unheld == ()
    layer = seen.layer("0")
    assert layer.update == pytest.approx(0.05 * layer.gradient, rel=1e-4)
    assert layer.held == layer.trainable


def test_gradients_of_inputs_are_no_steps() -> None:
    model = net(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    with watched() as seen:
        for _ in range(4):
            x = torch.linspace(0, 1, 9)[:, None].requires_grad_()
            u = model(x)
            (slope,) = torch.autograd.grad(u.sum(), x, create_graph=True)
            optimizer.zero_grad()
            ((slope + u) ** 2).mean().backward()
            optimizer.step()
    assert seen.hooks.step == 4
    assert seen.optimizer.backwards == 1


def test_only_forward_and_backward_is_no_training() -> None:
    model = net()
    with watched() as seen:
        for step in range(5):
            model.zero_grad()
            loss_of(model, step).backward()
    assert seen.hooks.step == 0


@pytest.mark.parametrize("through", ["accelerate", "autograd"])
def test_backward_and_step_may_be_called_elsewhere(through: str) -> None:
    class Trainer:
        def __init__(self, model: nn.Module) -> None:
            self.model, self.optimizer = model, torch.optim.AdamW(model.parameters())

        def backward(self, loss: Tensor) -> None:
            torch.autograd.backward([loss]) if through == "autograd" else loss.backward()

        def fit(self) -> None:
            for step in range(3):
                self.optimizer.zero_grad()
                self.backward(loss_of(self.model, step))
                self.optimizer.step()

    with watched() as seen:
        Trainer(nn.DataParallel(net())).fit()
    assert seen.names == ["0", "1", "2"]
    assert len(seen.losses) == 3


def test_a_scaler_is_seen_through() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=2)
    told: list[float] = []
    with watched() as seen:
        for step in range(6):
            optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16):
                output = model(batch(step))
                loss = F.mse_loss(output.float(), torch.ones(12, 1))
            if step == 2:
                loss = loss * float("inf")
            else:
                told.append(loss.item())
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
    assert seen.hooks.step == 5
    assert seen.losses[1] == pytest.approx(told[0])
    assert seen.losses[5] == pytest.approx(told[-1])
    assert seen.look.loss == pytest.approx(told[-1])
    assert seen.layer("2").update == pytest.approx(0.01 * seen.layer("2").gradient, rel=1e-3)
    assert seen.layer("0").output.dtype == "bfloat16"


def test_double_backward_and_hooks_of_the_script_work() -> None:
    model = net()
    calls: list[str] = []
    model[0].register_forward_hook(lambda *_: calls.append("forward"))
    model[0].register_full_backward_hook(lambda *_: calls.append("backward"))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    optimizer.register_step_post_hook(lambda *_: calls.append("step"))
    with watched() as seen:
        for _ in range(3):
            x = batch().requires_grad_()
            y = model(x)
            (slope,) = torch.autograd.grad(y.sum(), x, create_graph=True)
            penalty = (slope.norm(dim=1) - 1).square().mean()
            optimizer.zero_grad()
            (y.mean() + penalty).backward()
            optimizer.step()
    assert calls.count("forward") == calls.count("step") == 3
    assert len(seen.losses) == 3


@pytest.mark.parametrize("reentrant", [True, False])
def test_recomputation_is_no_second_pass(reentrant: bool) -> None:
    class Deep(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.block, self.last = nn.Linear(3, 8), net(8, 8), nn.Linear(8, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.last(checkpoint(self.block, self.first(x), use_reentrant=reentrant))

    torch.manual_seed(0)
    model = Deep()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        for step in range(3):
            optimizer.zero_grad()
            loss_of(model, step).backward()
            optimizer.step()
    assert len(seen.losses) == 3
    assert seen.optimizer.backwards == 1
    assert all(layer.gradient > 0 for layer in seen.look.layers if layer.parameters)
    if not reentrant:
        assert seen.names == ["first", "block.0", "block.1", "block.2", "last"]


# Other threads, other processes, other modes.


def test_a_thread_beside_training_is_not_seen() -> None:
    model, other = net(), net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def beside() -> None:
        for step in range(20):
            loss_of(other, step).backward()

    with watched() as seen:
        for step in range(4):
            optimizer.zero_grad()
            loss = loss_of(model, step)
            thread = threading.Thread(target=beside)
            thread.start()
            thread.join()
            loss.backward()
            optimizer.step()
    assert seen.optimizer.backwards == 1
    assert seen.look.models == ("Sequential, 41 parameters",)


def test_training_in_a_thread_is_seen() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def train() -> None:
        for step in range(3):
            optimizer.zero_grad()
            loss_of(model, step).backward()
            optimizer.step()

    with watched() as seen:
        thread = threading.Thread(target=train)
        thread.start()
        thread.join()
    assert list(seen.losses) == [1, 2, 3]
    assert seen.names == ["0", "1", "2"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_is_not_watched() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        loss_of(model).backward()
        optimizer.step()
        pid = os.fork()
        if pid == 0:
            left = torch.overrides._get_current_function_mode_stack()
            os._exit(0 if not seen.hooks.is_on and not left else 1)
        assert os.waitpid(pid, 0)[1] == 0
        assert seen.hooks.is_on


@pytest.mark.parametrize("enter", ["before", "within"])
def test_modes_of_the_script_come_off_in_its_own_order(enter: str) -> None:
    class Mode(torch.overrides.TorchFunctionMode):
        seen = 0

        def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            Mode.seen += 1
            return func(*args, **(kwargs or {}))

    def steps() -> None:
        for step in range(3):
            optimizer.zero_grad()
            loss_of(model, step).backward()
            optimizer.step()

    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        if enter == "within":
            steps()
        with Mode(), torch.device("cpu"):
            steps()
            with torch.device("cpu"):
                loss_of(model)
        before = Mode.seen
        loss_of(model)
        assert Mode.seen == before
        steps()
        names = seen.names
    assert names == ["0", "1", "2"]
    assert torch.overrides._get_current_function_mode_stack() == []


def test_a_default_device_is_kept() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched():
        loss_of(model).backward()
        optimizer.step()
        torch.set_default_device("meta")
        assert torch.empty(1).is_meta
        torch.set_default_device(None)
        assert not torch.empty(1).is_meta


def test_transformers_evaluate_as_they_would() -> None:
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    model = nn.TransformerEncoder(layer, 2)
    x = torch.randn(4, 5, 8)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    model.eval()
    with torch.no_grad():
        alone = model(x)
    with watched() as seen:
        for _ in range(2):
            model.train()
            model(x).mean().backward()
            optimizer.step()
            model.eval()
            with torch.no_grad():
                assert torch.equal(model(x), alone)
    assert any(name.endswith("linear1 → relu") for name in seen.names)


def test_transforms_of_functions_are_left_alone() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        for step in range(3):
            own: dict[str, Tensor] = dict(model.named_parameters())

            def single(values: dict[str, Tensor], x: Tensor) -> Tensor:
                return torch.func.functional_call(model, values, (x,)).square().mean()

            torch.func.vmap(torch.func.grad(single), (None, 0))(own, batch(step))
            optimizer.zero_grad()
            loss_of(model, step).backward()
            optimizer.step()
    assert len(seen.losses) == 3


@pytest.mark.filterwarnings("error")
def test_compiled_code_is_not_compiled_again() -> None:
    import torch._dynamo

    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        compiled: Any = torch.compile(model, backend="eager")
        for step in range(8):
            optimizer.zero_grad()
            loss_of(compiled, step).backward()
            optimizer.step()
    torch._dynamo.reset()
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1
    assert "torch.compile" in seen.look.unseen[0]
    assert seen.layer("0").update > 0
    assert seen.layer("0").output.shape == ()
    assert len(seen.losses) == 8


def test_a_loss_of_several_numbers_is_their_sum() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        losses = (model(batch()) ** 2).mean(1)
        losses.backward(torch.ones_like(losses))
        optimizer.step()
    assert seen.losses[1] == pytest.approx(float(losses.detach().sum()))


def test_an_optimizer_that_nothing_is_computed_for_steps() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        for _ in range(3):
            optimizer.step()
    assert seen.hooks.step == 3
    assert seen.losses == {}
    assert len(seen.optimizer.without_gradient) == 4


def test_logged_values_belong_to_their_step() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched(0.02) as seen:
        for step in range(5):
            loss_of(model, step).backward()
            optimizer.step()
            seen.hooks.log({"accuracy": torch.tensor(0.1 * step), "words": "none"})
    curve = seen.watcher.memory.logged["accuracy"].curve(0)
    assert list(curve.step) == [1, 2, 3, 4, 5]
    assert list(curve.middle) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert list(seen.watcher.memory.logged) == ["accuracy"]


def broken(*_: object) -> None:
    raise RuntimeError("what we did not think of")


@pytest.mark.parametrize("where", ["_found", "_before_backward", "_before_step", "calling", "entered"])
def test_a_fault_of_our_own_switches_watching_off(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from periodic_tui.watching.looking.forward import Forward
    from periodic_tui.watching.looking.look import Looking

    monkeypatch.setattr(Looking if hasattr(Looking, where) and where.startswith("_") else Forward, where, broken)
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    seen = Watched(1e9)
    seen.hooks.install()
    for step in range(4):
        optimizer.zero_grad()
        loss_of(model, step).backward()
        optimizer.step()
    assert not seen.hooks.is_on
    seen.hooks.remove()
    assert seen.events == ["watching is switched off, and the script goes on: RuntimeError: what we did not think of"]
    assert torch.overrides._get_current_function_mode_stack() == []


def test_several_looks_have_growing_steps_and_seconds() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        for step in range(5):
            loss_of(model, step).backward()
            optimizer.step()
    assert [look.step for look in seen.looks] == [1, 2, 3, 4, 5]
    assert all(first.seconds < second.seconds for first, second in pairwise(seen.looks))


def test_layers_that_get_their_shape_late_are_seen() -> None:
    model = nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(1))
    spare = nn.ModuleDict({"used": model, "unused": nn.LazyLinear(4)})
    with watched() as seen:
        spare["used"](batch())
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for step in range(3):
            optimizer.zero_grad()
            loss_of(spare["used"], step).backward()
            optimizer.step()
    assert seen.names[:3] == ["0", "1", "2"]
    assert seen.layer("0").update > 0


def test_what_counts_the_operations_of_a_script_counts_no_other() -> None:
    from torch.utils._python_dispatch import TorchDispatchMode

    class Counting(TorchDispatchMode):
        names: list[str]

        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]
            self.names = []

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            self.names.append(str(func))
            return func(*args, **(kwargs or {}))

    def counted() -> list[str]:
        model = net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        with Counting() as counting:
            for step in range(2):
                optimizer.zero_grad()
                loss_of(model, step).backward()
                optimizer.step()
        return counting.names

    alone = counted()
    with watched() as seen:
        assert counted() == alone
    assert list(seen.losses) == [1, 2]


def test_tensors_of_a_class_of_their_own_pass() -> None:
    class Named(Tensor):
        pass

    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with watched() as seen:
        for step in range(3):
            optimizer.zero_grad()
            output = model(batch(step).as_subclass(Named))
            assert type(output) is Named
            output.square().mean().backward()
            optimizer.step()
    assert seen.layer("0").output.shape == (12, 8)


def test_warnings_name_the_line_of_the_script() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    told, before = [], warnings.warn
    for around in (nullcontext(), watched()):
        with around, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for step in range(2):
                F.mse_loss(model(batch(step)), torch.ones(12)).backward()
                nn.MSELoss()(model(batch(step)), torch.ones(12))
                F.softmax(model(batch(step)))
                warnings.warn("mine", stacklevel=1)
                optimizer.step()
        told.append([(each.filename, each.lineno, str(each.message)) for each in caught])
    assert len(told[0]) == 8
    assert told[1] == told[0]
    assert warnings.warn is before
