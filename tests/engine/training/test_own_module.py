"""Somebody's own network in training: against plain torch, against our mlp, and in all that can be done to a run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.components.models.module.program import program
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Streams
from periodic_tui.engine.run import Run
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import Snapshot, View
from periodic_tui.engine.training.aot import compiler
from periodic_tui.engine.training.aot.cache_key import Signature
from periodic_tui.engine.training.aot.compiled import _flat
from periodic_tui.engine.training.aot.program import supported
from periodic_tui.engine.training.sampling import counter_of
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.files import load
from tests.engine.experiments import seen
from tests.engine.programs import CHAIN, DROPS, RANDOM_FEATURES, module, with_program, written

CPU = torch.device("cpu")


def torch_losses(experiment: Experiment, steps: int, optimizer: Callable[[Any], torch.optim.Optimizer]) -> Tensor:
    """Losses `[steps]` of a loop in plain torch on the experiment's batches."""
    own, trainer = module(experiment), Trainer(experiment, CPU)
    torch.manual_seed(experiment.training.seed)
    network: nn.Module = program(own.file, own.name).file.content.Net().to(trainer.parameters.dtype)
    chosen, losses = optimizer(network.parameters()), []
    streams = Streams.of(trainer.seeds, counter_of(experiment))
    for step in range(steps):
        batch = trainer.training_step.sampler.batch(streams, torch.tensor(step), trainer.step_inputs)
        chosen.zero_grad()
        loss = nn.functional.mse_loss(network(batch.x[0]), batch.y[0])
        loss.backward()
        chosen.step()
        losses.append(loss.detach())
    return torch.stack(losses)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_with_torch_s_optimizers_losses_are_torch_s_to_the_last_bit(dtype: str, tmp_path: Path) -> None:
    optimizer = {"kind": "rmsprop", "lr": 1e-3}
    experiment = with_program(tmp_path, CHAIN, optimizer=optimizer, training__dtype=dtype, training__seed=3)
    ours = Trainer(experiment, CPU).advance(200)[:, 0]
    assert torch.equal(ours, torch_losses(experiment, 200, lambda p: torch.optim.RMSprop(p, lr=1e-3)))


@pytest.mark.parametrize(
    ("optimizer", "of_torch"),
    [
        ({"kind": "sgd", "lr": 1e-3, "momentum": 0.9}, lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9)),
        ({"kind": "adam", "lr": 1e-3}, lambda p: torch.optim.Adam(p, lr=1e-3)),
    ],
)
def test_with_ours_they_are_to_rounding(optimizer: Any, of_torch: Any, tmp_path: Path) -> None:
    """We write sgd and adam ourselves, and a sum that is taken in another order is another one in its last bit."""
    experiment = with_program(tmp_path, CHAIN, optimizer=optimizer, training__dtype="float64")
    ours, theirs = Trainer(experiment, CPU).advance(200)[:, 0], torch_losses(experiment, 200, of_torch)
    assert ours[0] == theirs[0]
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=0)


@pytest.mark.parametrize("source", [CHAIN, DROPS, RANDOM_FEATURES])
def test_replica_k_is_the_single_run_of_seed_k(source: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"training__dtype": "float64", "optimizer": {"kind": "adam", "lr": 1e-3}}
    together = Trainer(with_program(tmp_path, source, training__replicas=3, training__seed=5, **settings), CPU)
    starts = together.parameters
    losses = together.advance(30)
    for replica in range(3):
        single = Trainer(with_program(tmp_path, source, training__seed=5 + replica, **settings), CPU)
        assert torch.equal(single.parameters[0], starts[replica])
        torch.testing.assert_close(single.advance(30)[:, 0], losses[:, replica], rtol=1e-9, atol=0)


def test_it_starts_as_torch_starts_it(tmp_path: Path) -> None:
    trainer = Trainer(with_program(tmp_path, CHAIN, training__seed=11), CPU)
    torch.manual_seed(11)
    expected = [nn.Linear(1, 6), nn.Linear(6, 5), nn.Linear(5, 1)]
    flat = torch.cat([value.detach().flatten() for layer in expected for value in layer.parameters()])
    assert torch.equal(trainer.parameters[0], flat)
    trainer.reinitialize(3)
    torch.manual_seed(3)
    assert torch.equal(trainer.parameters[0, :6], nn.Linear(1, 6).weight.flatten())


@pytest.mark.parametrize("kind", ["adamw", "sgd", "rmsprop", "nadam", "lbfgs"])
def test_buffers_and_frozen_parameters_stay(kind: str, tmp_path: Path) -> None:
    decay = {} if kind == "lbfgs" else {"weight_decay": 0.1}
    optimizer = {"kind": kind, "lr": 1e-2, **decay}
    trainer = Trainer(with_program(tmp_path, RANDOM_FEATURES, optimizer=optimizer, training__replicas=2), CPU)
    before = trainer.training_step.layout.views(trainer.parameters.clone())
    trainer.advance(5)
    after = trainer.training_step.layout.views(trainer.parameters)
    for name in ("frequencies", "first.weight", "first.bias"):
        assert torch.equal(after[name], before[name])
    assert not torch.equal(after["last.weight"], before["last.weight"])
    assert not torch.equal(before["frequencies"][0], before["frequencies"][1])


def test_dropout_drops_a_share_and_scales_the_rest_and_is_off_at_rest(tmp_path: Path) -> None:
    source = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.drop = nn.Dropout(0.25)

    def forward(self, x):
        return self.drop(x * 0 + self.scale)
"""
    trainer = Trainer(with_program(tmp_path, source, training__batch_size=4_000), CPU)
    step, views = trainer.training_step, trainer.training_step.layout.views(trainer.parameters)
    x, streams = torch.rand(1, 4_000, 1), Streams.of(trainer.seeds, counter_of(trainer.experiment))
    outputs = [
        step.experiment.model.forward(views, x, dropout=step.dropout(streams, torch.tensor(number)))
        for number in (0, 1)
    ]
    assert outputs[0].unique().tolist() == pytest.approx([0.0, 4 / 3])
    assert float((outputs[0] == 0).double().mean()) == pytest.approx(0.25, abs=0.03)
    assert not torch.equal(outputs[0], outputs[1])
    assert step.experiment.model.forward(views, x).eq(1).all()


def test_dropout_may_come_before_the_points_are_rows_again(tmp_path: Path) -> None:
    source = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(1, 6), nn.Linear(6, 1)

    def forward(self, x):
        z = F.dropout(self.a(x).reshape(-1, 1), 0.5, self.training)
        return self.b(z.reshape(-1, 6).relu())
"""
    for replicas in (1, 2):
        trainer = Trainer(with_program(tmp_path, source, training__replicas=replicas), CPU)
        assert trainer.advance(3).isfinite().all()


# Against our mlp.


def twin(folder: Path, preset: str, **settings: Any) -> Experiment:
    """An mlp of the same form as CHAIN."""
    changes = [(key.replace("__", "."), value) for key, value in settings.items()]
    return load(preset, [*changes, ("model", {"kind": "mlp", "hidden": [6, 5]}), ("init", {})])[1]


def started_alike(own: Run, mlp: Run) -> None:
    """Let the mlp begin where the other network does."""
    mlp.trainer.place(own.trainer.parameters.clone())
    mlp.measured.begin_anew()
    own.measured.begin_anew()


@pytest.mark.parametrize(("preset", "dies"), [("ln-learns", False), ("ln-collapse", True)])
def test_all_that_is_seen_of_a_chain_is_what_is_seen_of_an_mlp(preset: str, dies: bool, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"training__dtype": "float64"} | ({"optimizer__lr": 0.5} if dies else {})
    runs = [
        Run(1, "test", with_program(tmp_path, CHAIN, preset, **settings), CPU),
        Run(1, "test", twin(tmp_path, preset, **settings), CPU),
    ]
    started_alike(*runs)
    pictures: list[list[Snapshot]] = [[], []]
    for run, taken in zip(runs, pictures, strict=True):
        for _ in range(4):
            run.look_for_deaths(View())
            taken.append(seen(run, View(panes=("units",))))
            run.advance(40)
    for own, mlp in zip(*pictures, strict=True):
        assert own.verdict.text == mlp.verdict.text
        assert [cause.code for cause in own.causes] == [cause.code for cause in mlp.causes]
        for ours, theirs in zip(own.layers, mlp.layers, strict=True):
            for name in ("name", "dead", "mute", "linear", "duplicate", "groups", "wrong_sign"):
                assert getattr(ours, name) == getattr(theirs, name)
            for name in ("activity", "incoming", "bias", "outgoing"):
                assert getattr(ours, name) == pytest.approx(getattr(theirs, name))
            assert ours.drift == pytest.approx(theirs.drift)
    told = [[event.text for event in run.events if "died" in event.text] for run in runs]
    assert told[0] == told[1]
    assert bool(told[0]) == dies


def test_dead_units_of_any_network_are_found(tmp_path: Path) -> None:
    """A network with a way around its layers, and an activation that is no ReLU."""
    source = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(1, 6), nn.Linear(6, 1)
        with torch.no_grad():
            self.a.bias[2:4] = -50.0

    def forward(self, x):
        return self.b(F.silu(self.a(x))) + x
"""
    run = Run(1, "test", with_program(tmp_path, source), CPU)
    layer = seen(run, View()).layers[0]
    assert (layer.dead, layer.units) == ((2, 3), 6)
    assert layer.incoming.shape == (6, 1)


def test_what_cannot_be_seen_is_said(tmp_path: Path) -> None:
    source = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(1, 20_000), nn.Linear(20_000, 1)

    def forward(self, x):
        return self.b(self.a(x).relu())
"""
    runner = opened(tmp_path, source, training__batch_size=2)
    assert not module(runner.current.experiment).layers
    told = "1 activation of net.py:Net cannot be looked into: of no units, or of too many"
    assert told in [event.text for event in runner.current.events]


def test_what_several_replicas_cannot_go_through_together_is_measured_one_by_one(tmp_path: Path) -> None:
    """A loss along a line is that of many networks at once."""
    masked = CHAIN.replace("return self.layers(x)", "return self.layers(x) if x.max() < 9 else x")
    pictures = []
    for source in (CHAIN, masked):
        run = Run(1, "test", with_program(tmp_path, source, training__dtype="float64"), CPU)
        run.advance(10)
        pictures.append(seen(run, View(panes=("landscape",))))
    for plain, other in zip(pictures[0].landscape.lines, pictures[1].landscape.lines, strict=True):
        assert other.loss == pytest.approx(plain.loss, rel=1e-9)
    with pytest.raises(Refused, match="cannot be called for several replicas at once"):
        with_program(tmp_path, masked, training__replicas=2)


def test_without_second_derivatives_nothing_is_said_of_curvature(tmp_path: Path) -> None:
    source = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(1, 8), nn.Linear(8, 1)

    def forward(self, x):
        z = self.a(x).reshape(-1, 1, 4, 2)
        return self.b(F.scaled_dot_product_attention(z, z, z).flatten(1))
"""
    runner = opened(tmp_path, source, optimizer={"kind": "sgd", "lr": 1e-2})
    runner.advance(5)
    assert any("torch has no second derivatives of net.py:Net" in event.text for event in runner.current.events)
    runner.look_for_deaths()
    picture = seen(runner.current, View(panes=("landscape",)))
    assert [line.name for line in picture.landscape.lines] == ["gradient"]
    assert "sharpness" not in picture.verdict.figures


# Commands, remedies, other runs.


def opened(folder: Path, source: str = CHAIN, preset: str = "ln-learns", **settings: Any) -> Runner:
    changes = [(key.replace("__", "."), value) for key, value in settings.items()]
    spec = load(preset, changes, (written(folder, source), "Net"))[1]
    runner = Runner(load, preset, spec, device="cpu", engine="eager")
    runner.open()
    return runner


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("inject", "no answer of log can be written down for the model net.py:Net"),
        (
            "set:model.activation=tanh",
            "model.activation: the network is net.py:Net, which only its own file can change",
        ),
        ("new:model.hidden=[3]", "model.hidden: the network is net.py:Net, which only its own file can change"),
        ("next:activation", "the activations are those of net.py:Net"),
        ("new:init.weights=siren", "init: a program's networks start as it makes them, expected nothing, or a file"),
        ("remedy:swap-activation", "swap-activation does not fit: it is for a preset's network, and this one"),
        ("remedy:usual-start", "usual-start does not fit: it is for a preset's network, and this one"),
        ("remedy:solve-output", "solve-output does not fit: it is for a preset's network, and this one"),
        ("remedy:positive-outgoing", "positive-outgoing does not fit: it is for a preset's network, and this one"),
        (
            'new:model={kind="module",file="/other.py",name="Net"}',
            "other.py is not run: only --model FILE.py:NAME names",
        ),
    ],
)
def test_what_needs_a_network_of_ours_is_refused_with_the_reason(words: str, reason: str, tmp_path: Path) -> None:
    runner = opened(tmp_path)
    with pytest.raises(Refused) as caught:
        runner.apply(parse(words))
    assert reason in str(caught.value)
    runner.advance(2)
    assert runner.step == 2


def test_what_does_not_goes_on(tmp_path: Path) -> None:
    runner = opened(tmp_path, optimizer__lr=1e-3)
    runner.advance(5)
    for words in (
        "reinitialize:4",
        "scale-lr:0.5",
        "next:optimizer",
        "undo",
        "remedy:standardize",
        "remedy:clip-gradient",
    ):
        runner.apply(parse(words))
        runner.advance(5)
    assert runner.current.experiment.model.column_units is not None
    assert runner.snapshot().layers[0].units == 6


def test_another_run_may_ask_for_another_network(tmp_path: Path) -> None:
    runner = opened(tmp_path)
    runner.apply(parse('new:target={kind="magnitude"}'))
    assert module(runner.current.experiment).counts == (2, 1)
    runner.apply(parse("new:training.replicas=2"))
    runner.advance(3)
    assert runner.snapshot().replicas == 2


def test_columns_are_standardized_around_it(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f"{1000 + n},{5 * n * n}\n" for n in range(50)))
    runner = opened(tmp_path, preset=str(tmp_path / "t.csv"), training__dtype="float64")
    own = runner.current.experiment
    assert own.model.column_units is not None
    views = runner.current.trainer.training_step.layout.views(runner.current.trainer.parameters)
    x = torch.linspace(1000, 1049, 7, dtype=torch.float64).reshape(1, 7, 1)
    units = own.model.column_units
    inner = program(module(own).file, "Net").new(0, 1, 1).double()
    with torch.no_grad():
        expected = units.outputs(inner(units.inputs(x)))
        torch.testing.assert_close(own.model.forward(views, x), expected)


@pytest.mark.skipif(not supported(), reason="torch's private interface is not known here")
@pytest.mark.parametrize("source", [CHAIN, DROPS, RANDOM_FEATURES])
@pytest.mark.parametrize("replicas", [1, 2])
def test_the_step_can_be_traced_and_is_the_same(source: str, replicas: int, tmp_path: Path) -> None:
    trainer = Trainer(with_program(tmp_path, source, training__replicas=replicas, training__dtype="float64"), CPU)
    signature = Signature.of(trainer.state, trainer.step_inputs)
    tensors = [trainer.state[name] for name, _, _ in signature.state]
    tensors += [trainer.step_inputs[name] for name, _, _ in signature.step_inputs]
    streams = Streams.of(trainer.seeds, counter_of(trainer.experiment))
    given = (*tensors, streams.keys, streams.counter, torch.tensor(3))
    step = _flat(trainer.training_step, signature)
    with torch.no_grad():
        graph = compiler.trace(step, given)
        for traced, plain in zip(graph(*given), step(*given), strict=True):
            torch.testing.assert_close(traced, plain, rtol=1e-12, atol=1e-15)
