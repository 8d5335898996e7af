"""The training step against plain torch, fed with the same start and the same batches."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import nn

from periodic_tui.engine.components.optimizers import optimizers
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Stream, Streams, Use
from periodic_tui.engine.training.sampling import Batch, counter_of
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import experiment, ln, magnitude, sine

CPU = torch.device("cpu")


class Sin(nn.Module):
    """The module of the first write-up."""

    def __init__(self) -> None:
        super().__init__()
        self.freq = nn.Parameter(torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sin(self.freq * x)


def plain_mlp(*widths: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, units in pairwise(widths):
        layers += [nn.Linear(inputs, units), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def batch_of(trainer: Trainer, step: int) -> Batch:
    streams = Streams.of(trainer.seeds, counter_of(trainer.experiment))
    return trainer.training_step.sampler.batch(streams, torch.tensor(step), trainer.step_inputs)


def plain_losses(trainer: Trainer, module: nn.Module, optimizer: torch.optim.Optimizer, steps: int) -> torch.Tensor:
    """Losses `[steps]` of the loop as everybody writes it, from the trainer's start on the trainer's batches."""
    nn.utils.vector_to_parameters(trainer.parameters[0].clone(), module.parameters())
    losses = []
    for step in range(steps):
        batch = batch_of(trainer, step)
        optimizer.zero_grad()
        loss = ((module(batch.x[0]) - batch.y[0]) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses)


@pytest.mark.parametrize(
    ("make", "module", "steps"),
    [
        (sine, Sin, 20),
        (ln, lambda: plain_mlp(1, 50, 10, 1), 20),
        (magnitude, lambda: plain_mlp(2, 3, 1), 100),
    ],
)
def test_losses_are_those_of_plain_torch(
    make: Callable[..., Experiment], module: Callable[[], nn.Module], steps: int
) -> None:
    trainer = Trainer(make(dtype="float64"), CPU)
    network = module().double()
    kind = torch.optim.SGD if trainer.experiment.optimizer.kind == "sgd" else torch.optim.Adam
    expected = plain_losses(trainer, network, kind(network.parameters(), lr=trainer.experiment.optimizer.lr), steps)
    torch.testing.assert_close(trainer.advance(steps)[:, 0], expected, rtol=1e-9, atol=1e-12)


VARIANTS: dict[str, list[dict[str, Any]]] = {
    "sgd": [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"momentum": 0.8, "dampening": 0.3}],
    "adam": [{}, {"weight_decay": 0.1}, {"betas": [0.8, 0.99], "eps": 1e-6}, {"amsgrad": True, "betas": [0.5, 0.6]}],
    "adamw": [{}, {"weight_decay": 0.1}, {"amsgrad": True, "betas": [0.5, 0.6]}],
}


@pytest.mark.parametrize(
    ("kind", "options"), [(kind, options) for kind in ("sgd", "adam", "adamw") for options in VARIANTS[kind]]
)
def test_element_wise_updates_are_those_of_torch_optim(kind: str, options: dict[str, Any]) -> None:
    options = {"lr": 0.01, **options}
    tables = {"target": "magnitude", "model": {"kind": "mlp", "hidden": [3]}, "training": {"dtype": "float64"}}
    trainer = Trainer(experiment(**tables, optimizer={"kind": kind, **options}), CPU)
    network = plain_mlp(2, 3, 1).double()
    torch_class = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind]
    expected = plain_losses(trainer, network, torch_class(network.parameters(), **options), 50)
    torch.testing.assert_close(trainer.advance(50)[:, 0], expected, rtol=1e-9, atol=1e-12)


REFUSED = {"sparseadam"}
"""Optimizers that no experiment can use; `check` says why."""


def small(kind: str) -> dict[str, object]:
    """A network that the optimizer can train: Muon wants no biases."""
    return {"target": "magnitude", "model": {"kind": "mlp", "hidden": [3], "bias": kind != "muon"}, "optimizer": kind}


def test_every_optimizer_of_torch_has_its_kind() -> None:
    classes = [getattr(torch.optim, name) for name in dir(torch.optim)]
    names = {c.__name__.lower() for c in classes if isinstance(c, type) and issubclass(c, torch.optim.Optimizer)}
    assert names - {"optimizer"} == set(optimizers)


@pytest.mark.parametrize("kind", [kind for kind in optimizers if kind not in REFUSED])
def test_every_optimizer_trains_each_replica_on_its_own(kind: str) -> None:
    tables, steps = small(kind), 6 if kind == "lbfgs" else 30  # each step of LBFGS is twenty
    together = Trainer(experiment(**tables, training={"seed": 4, "replicas": 3, "dtype": "float64"}), CPU).advance(
        steps
    )
    for replica in range(3):
        alone = Trainer(experiment(**tables, training={"seed": 4 + replica, "dtype": "float64"}), CPU).advance(steps)
        torch.testing.assert_close(together[:, replica], alone[:, 0], rtol=1e-5, atol=0)


@pytest.mark.parametrize("make", [sine, ln, magnitude])
def test_a_replica_starts_and_draws_as_the_single_run_of_its_seed(make: Callable[..., Experiment]) -> None:
    together = Trainer(make(seed=10, replicas=4), CPU)
    for replica in range(4):
        alone = Trainer(make(seed=10 + replica), CPU)
        assert torch.equal(together.parameters[replica], alone.parameters[0])
        for step in (0, 1, 999):
            many, single = batch_of(together, step), batch_of(alone, step)
            assert torch.equal(many.x[replica], single.x[0])
            assert torch.equal(many.y[replica], single.y[0])


@pytest.mark.parametrize("make", [sine, ln, magnitude])
def test_losses_are_bit_identical_whatever_the_chunks(make: Callable[..., Experiment]) -> None:
    whole = Trainer(make(seed=3), CPU).advance(300)
    pieces = Trainer(make(seed=3), CPU)
    parts = torch.cat([pieces.advance(count) for count in (1, 2, 7, 90, 200)])
    assert torch.equal(whole, parts)


def test_a_replica_that_is_not_finite_freezes_and_the_others_go_on() -> None:
    trainer = Trainer(ln(replicas=3), CPU)
    trainer.state["parameters"][1, 0] = 1e30
    start = trainer.parameters.clone()
    losses = trainer.advance(3)
    assert not losses[:, 1].isfinite().any()
    assert trainer.state["alive"].squeeze(1).tolist() == [True, False, True]
    assert torch.equal(trainer.parameters[1], start[1])
    alone = Trainer(ln(seed=2), CPU).advance(3)
    torch.testing.assert_close(losses[:, 2], alone[:, 0], rtol=1e-5, atol=0)


def test_dropout_keeps_the_expected_share_and_scales_it() -> None:
    tables = {"target": "magnitude", "model": {"kind": "mlp", "hidden": [200], "dropout": 0.25}}
    trainer = Trainer(experiment(**tables), CPU)
    step, batch = trainer.training_step, batch_of(trainer, 0)
    counter = counter_of(trainer.experiment)
    model, views = trainer.experiment.model, step.layout.views(trainer.parameters)
    plain = model.forward(views, batch.x)
    draws = [
        model.forward(views, batch.x, dropout=Stream.of(trainer.seeds, Use.DROPOUT, counter).fold(number))
        for number in range(400)
    ]
    spread = torch.stack(draws)
    error = (spread.mean(0) - plain).abs() / (spread.std(0) / 20)
    assert spread.std(0).min() > 0
    assert error.max() < 5


# From step to step LBFGS, which searches no line, makes a thousandfold of a difference in the last digit.
WHOLE = [("adafactor", "Adafactor", 10), ("lbfgs", "LBFGS", 2), ("muon", "Muon", 10)]


@pytest.mark.parametrize(("kind", "name", "steps"), WHOLE)
def test_an_optimizer_of_whole_matrices_moves_as_torch_s(kind: str, name: str, steps: int) -> None:
    trainer = Trainer(experiment(**small(kind), training={"dtype": "float64"}), CPU)
    network = nn.Sequential(nn.Linear(2, 3, kind != "muon"), nn.ReLU(), nn.Linear(3, 1, kind != "muon")).double()
    nn.utils.vector_to_parameters(trainer.parameters[0].clone(), network.parameters())
    chosen = getattr(torch.optim, name)(network.parameters(), lr=trainer.experiment.optimizer.lr)
    for step in range(steps):
        batch = batch_of(trainer, step)

        def evaluate(batch: Batch = batch) -> torch.Tensor:
            chosen.zero_grad()
            loss = ((network(batch.x[0]) - batch.y[0]) ** 2).mean()
            loss.backward()
            return loss

        chosen.step(evaluate)
    trainer.advance(steps)
    expected = nn.utils.parameters_to_vector(network.parameters()).detach()
    torch.testing.assert_close(trainer.parameters[0], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("kind", "reason"), [("sparseadam", "sparse gradients only"), ("muon", "matrices only")])
def test_an_optimizer_that_cannot_train_a_network_says_why(kind: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        experiment(target="magnitude", model="mlp", optimizer=kind)
