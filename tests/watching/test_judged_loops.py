"""Real loops, each with one fault, and healthy ones of many kinds: the first are named, the others are let alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from periodic_tui.watching.verdicts.rules import HEALTHY
from tests.watching.judged import judged

Loop = Callable[[], object]
Lost = Callable[[Tensor, Tensor], Tensor]


def wave(samples: int = 256) -> tuple[Tensor, Tensor]:
    x = torch.rand(samples, 1) * 2 - 1
    return x, torch.sin(3 * x)


def blobs(classes: int = 3, samples: int = 300) -> tuple[Tensor, Tensor]:
    labels = torch.arange(samples) % classes
    return (4 * torch.randn(classes, 2))[labels] + torch.randn(samples, 2), labels


def net(inputs: int = 1, outputs: int = 1, units: int = 32, act: type[nn.Module] = nn.ReLU, *last: nn.Module) -> Any:
    inner = (nn.Linear(inputs, units), act(), nn.Linear(units, units), act(), nn.Linear(units, outputs))
    return nn.Sequential(*inner, *last)


def fit(
    model: nn.Module, lost: Lost, x: Tensor, y: Tensor, steps: int = 200, opt: Any = None, lr: float = 1e-2
) -> None:
    opt = opt or torch.optim.Adam(model.parameters(), lr)
    for _ in range(steps):
        chosen = torch.randint(0, len(x), (64,))
        opt.zero_grad()
        lost(model(x[chosen]), y[chosen]).backward()
        opt.step()


def sgd(model: nn.Module, lr: float, **more: Any) -> Any:
    return torch.optim.SGD(model.parameters(), lr, **more)


def regression(model: nn.Module, opt: Any = None, x: float = 1.0, y: float = 1.0, **more: Any) -> None:
    inputs, targets = wave()
    fit(model, F.mse_loss, x * inputs, y * targets, opt=opt, **more)


def classes(model: nn.Module, opt: Any = None, lost: Lost = F.cross_entropy, **more: Any) -> None:
    fit(model, lost, *blobs(), opt=opt, **more)


def binary(model: nn.Module, lost: Lost, scale: float = 1.0, shift: float = 0.0) -> None:
    x, y = blobs(2)
    fit(model, lost, x, scale * y[:, None].float() + shift)


# Faults.


def broadcast() -> None:
    x, y = wave()
    fit(net(), F.mse_loss, x, y[:, 0])


def broadcast_in_code() -> None:
    x, y = wave()
    fit(net(), lambda a, b: ((a - b) ** 2).mean(), x, y[:, 0])


def never_cleared() -> None:
    (x, y), model = wave(), net()
    opt = sgd(model, 1e-3)
    for _ in range(100):
        F.mse_loss(model(x), y).backward()
        opt.step()


def cleared_too_late() -> None:
    (x, y), model = wave(), net()
    opt = sgd(model, 1e-3)
    for _ in range(100):
        F.mse_loss(model(x), y).backward()
        opt.zero_grad()
        opt.step()


class InAList(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(1, 32), nn.Linear(32, 1)
        self.inner = [nn.Linear(32, 32), nn.Linear(32, 32)]

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.first(x))
        for layer in self.inner:
            x = torch.relu(layer(x))
        return self.last(x)


def of_another_model() -> None:
    model, other = net(), net()
    x, y = wave()
    opt = sgd(other, 1e-2)
    for _ in range(100):
        model.zero_grad()
        F.mse_loss(model(x), y).backward()
        opt.step()


def only_the_head() -> None:
    model = net()
    regression(model, sgd(model[4], 1e-2))


def detached() -> None:
    (x, y), model = wave(), net()
    opt = sgd(model, 1e-2)
    for _ in range(100):
        opt.zero_grad()
        F.mse_loss(model[4](model[:4](x).detach()), y).backward()
        opt.step()


def under_no_grad() -> None:
    (x, y), model = blobs(), net(2, 3)
    opt = sgd(model, 1e-6)
    for _ in range(100):
        with torch.no_grad():
            seen = model[:4](x)
        opt.zero_grad()
        F.cross_entropy(model[4](seen), y[torch.randperm(300)]).backward()
        opt.step()


def in_eval_mode() -> None:
    model = nn.Sequential(nn.Linear(2, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 3))
    classes(model.eval())


def sorted_samples() -> None:
    x, y = blobs(3, 900)
    order, model = y.argsort(), net(2, 3)
    opt = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(5):
        for chosen in order.split(30):
            opt.zero_grad()
            F.cross_entropy(model(x[chosen]), y[chosen]).backward()
            opt.step()


def with_weights(model: Any, draw: Callable[[Tensor], object]) -> Any:
    for parameter in model.parameters():
        draw(parameter)
    return model


def nan_among_the_data() -> None:
    x, y = wave()
    x[7] = math.nan
    fit(net(), F.mse_loss, x, y)


def all_positive_weights() -> None:
    inputs = 1 - torch.rand(256, 1)
    model = with_weights(net(1, 1, 50), nn.init.uniform_)
    fit(model, F.mse_loss, inputs, inputs.log(), 150, sgd(model, 0.01))


def saturated() -> None:
    model = with_weights(net(2, 3, 32, nn.Tanh), lambda p: nn.init.normal_(p, 0, 30))
    with torch.no_grad():
        model[4].weight.mul_(0.001)
        model[4].bias.zero_()
    x, y = blobs()
    fit(model, F.cross_entropy, x, y[torch.randperm(len(y))], 150, sgd(model, 1e-3))


def deep_sigmoids() -> None:
    inner = [layer for _ in range(7) for layer in (nn.Linear(20, 20), nn.Sigmoid())]
    model = nn.Sequential(nn.Linear(2, 20), nn.Sigmoid(), *inner, nn.Linear(20, 3))
    classes(model, sgd(model, 0.01))


def straight() -> None:
    x, _ = wave()
    fit(nn.Sequential(nn.Linear(1, 32), nn.Linear(32, 32), nn.Linear(32, 1)), F.mse_loss, x, x**2, 300)


def decayed() -> None:
    model = net()
    regression(model, sgd(model, 0.1, weight_decay=1.0))


def mostly_dropped() -> None:
    model = nn.Sequential(nn.Linear(1, 20), nn.ReLU(), nn.Dropout(0.95), nn.Linear(20, 1))
    regression(model, steps=300)


def random_labels() -> None:
    x, y = blobs()
    fit(net(2, 3, 8), F.cross_entropy, x, y[torch.randperm(len(y))], 400)


def minus() -> None:
    x, y = wave()
    fit(net(), lambda a, b: -F.mse_loss(a, b), x, y, 60)


FAULTS: list[tuple[str, Loop]] = [
    ("shape-broadcast", broadcast),
    ("shape-broadcast", broadcast_in_code),
    ("gradients-not-cleared", never_cleared),
    ("no-gradient", cleared_too_late),
    ("no-gradient", detached),
    ("no-gradient", under_no_grad),
    ("not-in-optimizer", lambda: regression(InAList())),
    ("not-in-optimizer", of_another_model),
    ("not-in-optimizer", only_the_head),
    ("softmax-twice", lambda: classes(net(2, 3, 32, nn.ReLU, nn.Softmax(1)))),
    ("softmax-twice", lambda: binary(net(2, 1, 32, nn.ReLU, nn.Sigmoid()), F.binary_cross_entropy_with_logits)),
    ("softmax-wrong-dim", lambda: classes(net(2, 3, 32, nn.ReLU, nn.LogSoftmax(0)), lost=F.nll_loss)),
    ("one-class-softmax", lambda: binary(net(2, 1, 32, nn.ReLU, nn.Softmax(1)), F.binary_cross_entropy)),
    ("wrong-loss", lambda: classes(net(2, 3, 32, nn.ReLU, nn.Softmax(1)), lost=F.nll_loss)),
    ("wrong-loss", lambda: classes(net(2, 3), lost=F.nll_loss, steps=60)),
    ("wrong-loss", minus),
    ("out-of-reach", lambda: regression(net(1, 1, 32, nn.ReLU, nn.Sigmoid()), y=3.0)),
    ("out-of-reach", lambda: binary(net(2, 1), F.binary_cross_entropy_with_logits, 2.0, -1.0)),
    ("eval-mode", in_eval_mode),
    ("unshuffled", sorted_samples),
    ("duplicate-units", lambda: classes(with_weights(net(2, 3), lambda p: nn.init.constant_(p, 0.1)))),
    ("diverged", nan_among_the_data),
    ("diverged", lambda: regression((model := net()), sgd(model, 30.0), y=5.0)),
    ("unscaled", lambda: fit(net(1, 1, 32, nn.Tanh), F.mse_loss, 300 * wave()[0] + 900, wave()[1], 300, lr=1e-3)),
    ("unscaled", lambda: regression(net(), y=1e5, lr=1e-3)),
    ("dead-network", all_positive_weights),
    ("step-too-large", lambda: regression(net(), lr=3.0)),
    ("step-too-small", lambda: regression((model := net()), sgd(model, 1e-7))),
    ("saturated", saturated),
    ("vanishing", deep_sigmoids),
    ("linear-network", straight),
    ("weight-decay-too-strong", decayed),
    ("dropout-too-high", mostly_dropped),
    ("underfit", random_labels),
]


@pytest.mark.parametrize(("code", "loop"), FAULTS, ids=[f"{n} {code}" for n, (code, _) in enumerate(FAULTS)])
def test_a_fault_is_named(code: str, loop: Loop) -> None:
    found = judged(loop)
    assert found[0].code == code, found[0].text


# Healthy.


def adversarial() -> None:
    maker, critic, lost = net(2, 1, 16), net(1, 1, 16), F.binary_cross_entropy_with_logits
    makers, critics = torch.optim.Adam(maker.parameters(), 1e-3), torch.optim.Adam(critic.parameters(), 1e-3)
    ones, zeros = torch.ones(32, 1), torch.zeros(32, 1)
    for _ in range(100):
        true, made = torch.randn(32, 1) + 2, maker(torch.randn(32, 2))
        critics.zero_grad()
        (lost(critic(true), ones) + lost(critic(made.detach()), zeros)).backward()
        critics.step()
        makers.zero_grad()
        lost(critic(made), ones).backward()
        makers.step()


def pretrained_head() -> None:
    model, samples = net(2, 3), blobs()
    fit(model, F.cross_entropy, *samples, steps=100)
    for parameter in model[4].parameters():
        nn.init.normal_(parameter, 0, 0.1)
    fit(model, F.cross_entropy, *samples, opt=sgd(model[4], 0.01))


def frozen_in_eval_mode() -> None:
    model = nn.Sequential(nn.Linear(2, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 3)).eval()
    model[:3].requires_grad_(False)
    classes(model, sgd(model[3], 0.1))


def evaluated_between() -> None:
    x, y = blobs()
    model = nn.Sequential(nn.Linear(2, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 3))
    opt = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(100):
        model.train()
        opt.zero_grad()
        F.cross_entropy(model(x), y).backward()
        opt.step()
        model.eval()
        with torch.no_grad():
            F.cross_entropy(model(x), y)


def accumulated() -> None:
    (x, y), model = wave(), net()
    opt = torch.optim.Adam(model.parameters(), 1e-2)
    for step in range(600):
        chosen = torch.randint(0, len(x), (16,))
        (F.mse_loss(model(x[chosen]), y[chosen]) / 4).backward()
        if step % 4 == 3:
            opt.step()
            opt.zero_grad()


class Heads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.heads = nn.Linear(2, 32), nn.ModuleList([nn.Linear(32, 3), nn.Linear(32, 4)])

    def forward(self, x: Tensor) -> Tensor:
        return next(head(torch.relu(self.body(x))) for head in self.heads)


def image() -> None:
    model, pixels = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3)), torch.rand(1, 3, 12, 12)
    wanted = model(torch.rand(1, 3, 12, 12)).detach()
    opt = torch.optim.Adam([pixels.requires_grad_()], 0.02)
    for _ in range(60):
        opt.zero_grad()
        F.mse_loss(model(pixels), wanted).backward()
        opt.step()


def quantiles() -> None:
    shares = torch.tensor([0.1, 0.5, 0.9])

    def lost(prediction: Tensor, y: Tensor) -> Tensor:
        error = y - prediction
        return torch.maximum(shares * error, (shares - 1) * error).mean()

    fit(net(1, 3), lost, *wave())


def residual() -> None:
    x = torch.randn(256, 1, requires_grad=True)
    model = net(1, 1, 32, nn.Tanh)
    opt = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(100):
        u = model(x)
        (slope,) = torch.autograd.grad(u.sum(), x, create_graph=True)
        opt.zero_grad()
        (F.mse_loss(slope + u, torch.zeros_like(u)) + F.mse_loss(model(torch.zeros(1, 1)), torch.ones(1, 1))).backward()
        opt.step()


def warmed_up() -> None:
    model = net()
    opt = torch.optim.Adam(model.parameters(), 1e-2)
    schedule = torch.optim.lr_scheduler.LambdaLR(opt, lambda step: min(1.0, step / 200))
    opt.register_step_post_hook(lambda *_: schedule.step())
    regression(model, opt, steps=300)


def sparse() -> None:
    table, head, wanted = nn.Embedding(500, 8, sparse=True), nn.Linear(8, 1), torch.randn(500, 1)
    opts = torch.optim.SparseAdam(list(table.parameters()), 1e-2), torch.optim.Adam(head.parameters(), 1e-2)
    for _ in range(150):
        chosen = torch.randint(0, 500, (128,))
        for opt in opts:
            opt.zero_grad()
        F.mse_loss(head(table(chosen)), wanted[chosen]).backward()
        for opt in opts:
            opt.step()  # type: ignore[no-untyped-call]


def closures() -> None:
    (x, y), model = wave(), net()
    opt = torch.optim.LBFGS(model.parameters(), max_iter=4)

    def closure() -> Tensor:
        opt.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        return loss

    for _ in range(25):
        opt.step(closure)


def rewards() -> None:
    model = net(4, 2)
    opt = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(150):
        state = torch.randn(32, 4)
        choice = torch.distributions.Categorical(logits=model(state))
        action = choice.sample()
        opt.zero_grad()
        (-choice.log_prob(action) * state[:, 0] * (2.0 * action - 1)).mean().backward()
        opt.step()


def half() -> None:
    def lost(logits: Tensor, y: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return F.cross_entropy(logits, y)

    classes(net(2, 3), lost=lost)


def noisy() -> None:
    x, y = wave()
    fit(net(), F.mse_loss, x, y + torch.randn_like(y) * 0.7, 400)


def one_by_one() -> None:
    (x, y), model = wave(), net()
    opt = sgd(model, 0.01)
    for n in range(600):
        opt.zero_grad()
        F.mse_loss(model(x[n % 256, None]), y[n % 256, None]).backward()
        opt.step()


def zero_branches() -> None:
    class Branch(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(32, 32), nn.Linear(32, 32)
            nn.init.zeros_(self.second.weight)

        def forward(self, x: Tensor) -> Tensor:
            return x + self.second(torch.relu(self.first(x)))

    regression(nn.Sequential(nn.Linear(1, 32), Branch(), Branch(), nn.Linear(32, 1)))


def rests_at_its_floor() -> None:
    x = torch.randn(256, 2)
    model = nn.Linear(2, 1)
    fit(model, F.mse_loss, x, x.sum(1, keepdim=True), 300, sgd(model, 0.3))


def rare_class() -> None:
    x = torch.randn(2_000, 4)
    fit(net(4, 2), F.cross_entropy, x, (x.sum(1) > 5).long())


HEALTHY_LOOPS: dict[str, Loop] = {
    "a wave": lambda: regression(net()),
    "classes": lambda: classes(net(2, 3)),
    "log-probabilities": lambda: classes(net(2, 3, 32, nn.ReLU, nn.LogSoftmax(1)), lost=F.nll_loss),
    "log_softmax twice is once": lambda: classes(net(2, 3, 32, nn.ReLU, nn.LogSoftmax(1))),
    "yes and no": lambda: binary(net(2, 1, 32, nn.ReLU, nn.Sigmoid()), F.binary_cross_entropy),
    "large targets": lambda: regression(net(), y=1_000.0, lr=0.03, steps=600),
    "stochastic descent": lambda: regression((model := net()), sgd(model, 0.05, momentum=0.9)),
    "adversaries": adversarial,
    "a head on what was trained": pretrained_head,
    "frozen, in eval mode": frozen_in_eval_mode,
    "evaluated between steps": evaluated_between,
    "accumulated gradients": accumulated,
    "a head that is not used": lambda: classes(Heads()),
    "an image": image,
    "quantiles": quantiles,
    "an equation": residual,
    "a rate that rises": warmed_up,
    "sparse gradients": sparse,
    "closures": closures,
    "rewards": rewards,
    "half precision": half,
    "noise": noisy,
    "one sample a step": one_by_one,
    "branches that begin at 0": zero_branches,
    "at its floor": rests_at_its_floor,
    "a rare class": rare_class,
}


@pytest.mark.parametrize("name", HEALTHY_LOOPS)
def test_what_is_healthy_is_let_alone(name: str) -> None:
    found = judged(HEALTHY_LOOPS[name])
    assert found[0].code in HEALTHY, found[0].text
