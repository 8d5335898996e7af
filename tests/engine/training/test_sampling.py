import math
from collections.abc import Callable

import pytest
import torch

from periodic_tui.engine.components.targets.elementary import Log
from periodic_tui.engine.diagnostics.probe import test_probe as held_out_probe
from periodic_tui.engine.diagnostics.probe import training_probe
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Stream, Streams
from periodic_tui.engine.training.sampling import counter_of, data_set, edges, on_intervals
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import experiment, ln, magnitude, sine
from tests.engine.training.test_step import batch_of


def test_shares_of_a_union_of_intervals_fall_where_they_should() -> None:
    starts, lengths = edges(((-2.0, -1.0), (3.0, 6.0)), 1, torch.float64)
    shares = torch.tensor([[0.125, 0.25, 0.26, 0.5, 1.0]], dtype=torch.float64)
    expected = torch.tensor([[-1.5, -1.0, 3.04, 4.0, 6.0]], dtype=torch.float64)
    torch.testing.assert_close(on_intervals(shares, starts, lengths), expected)


def test_the_probe_has_one_point_in_each_stratum_and_no_even_spacing() -> None:
    x = training_probe(sine(dtype="float64")).x[:, 0]
    strata = torch.linspace(-1000, 1000, 4097, dtype=torch.float64)
    assert (x > strata[:-1]).all()
    assert (x <= strata[1:]).all()
    gaps = x.diff()
    assert gaps.max() > 1.5 * gaps.min()


def test_an_alias_of_the_frequency_is_not_taken_for_it() -> None:
    probe = training_probe(sine(dtype="float64"))
    step = 2000 / 4096
    alias = torch.sin((31 + 2 * math.pi / step) * probe.x)
    assert (alias - probe.y).square().mean() > 0.5


@pytest.mark.parametrize("make", [sine, ln, magnitude])
def test_the_probe_is_the_same_for_every_seed(make: Callable[..., Experiment]) -> None:
    assert torch.equal(training_probe(make(seed=1)).x, training_probe(make(seed=2)).x)


def test_normal_probes_have_the_moments_of_a_normal() -> None:
    x = training_probe(magnitude(dtype="float64")).x
    assert x.mean(0).abs().max() < 1e-3
    assert (x.var(0) - 1).abs().max() < 1e-2


def test_the_logarithm_is_finite_on_its_probe_and_on_every_batch() -> None:
    assert training_probe(ln()).y.isfinite().all()
    assert training_probe(ln()).x.min() > 0


def test_a_target_that_is_not_finite_is_refused_with_the_point_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Log, "conflicts", lambda self, domain: {})  # which says so before
    wrong = experiment(target="log", domain={"train": [[-1.0, 1.0]]}, model="mlp")
    with pytest.raises(Refused, match=r"'log' is not finite at x = -"):
        training_probe(wrong)


def test_a_fixed_data_set_is_even_on_request_and_its_own_probe() -> None:
    table = {"train": [[0.0, 1.0], [2.0, 3.0]], "points": 101, "spacing": "even"}
    spec = experiment(target="sine", domain=table, model="mlp", training={"dtype": "float64"})
    x, y = data_set(spec)
    assert torch.equal(training_probe(spec).x, x)
    assert x[0].item() == 0
    assert x[-1].item() == 3
    # Half of the 101 points lie in each interval, spaced by a fiftieth.
    assert (x[:51, 0].diff() - 0.02).abs().max() < 1e-12
    torch.testing.assert_close(y, torch.sin(31 * x))


def test_the_whole_data_set_is_the_batch_on_request() -> None:
    table = {"train": [[0.0, 1.0]], "points": 64}
    spec = experiment(target="sine", domain=table, model="sine-unit", training={"batch_size": 0, "dtype": "float64"})
    trainer = Trainer(spec, torch.device("cpu"))
    x, y = data_set(spec)
    expected = (torch.sin(trainer.parameters[0] * x) - y).square().mean()
    torch.testing.assert_close(trainer.advance(1)[0, 0], expected)


def test_for_the_whole_data_set_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"train": [[0.0, 1.0]], "points": 9}
    spec = experiment(target="sine", domain=table, model="mlp", training={"batch_size": 0, "replicas": 2})
    trainer = Trainer(spec, torch.device("cpu"))
    streams, (x, y) = Streams.of(trainer.seeds, counter_of(spec)), data_set(spec)
    monkeypatch.setattr(Stream, "fold", lambda *_: pytest.fail("something was drawn"))
    batch = trainer.training_step.sampler.batch(streams, torch.arange(4).unsqueeze(-1), trainer.step_inputs)
    assert batch.x.equal(x.expand(4, 2, 9, 1))
    assert batch.y.equal(y.expand(4, 2, 9, 1))


def test_noise_has_its_standard_deviation_and_never_reaches_the_probe() -> None:
    spec = experiment(target={"kind": "sine", "noise": 0.5}, model="sine-unit", training={"batch_size": 100_000})
    trainer = Trainer(spec, torch.device("cpu"))
    batch = batch_of(trainer, 0)
    residual = (batch.y - torch.sin(31 * batch.x)).double()
    assert abs(residual.std().item() - 0.5) < 5 * 0.5 / math.sqrt(2 * 100_000)
    probe = training_probe(spec)
    assert torch.equal(probe.y, torch.sin(31 * probe.x))


def test_a_held_out_domain_has_a_probe_of_its_own() -> None:
    spec = experiment(target="sine", domain={"train": [[-1.0, 1.0]], "test": [[1.0, 2.0]]}, model="mlp")
    probe = held_out_probe(spec)
    assert probe is not None
    assert probe.x.min() > 1
    assert held_out_probe(sine()) is None
