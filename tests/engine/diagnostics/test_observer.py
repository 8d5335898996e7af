"""Diagnostics against brute force, autograd and Monte Carlo, and what must not change them."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from periodic_tui.engine.diagnostics import Observer, layers
from periodic_tui.engine.diagnostics.certified import never_active
from periodic_tui.engine.diagnostics.duplicates import groups
from periodic_tui.engine.diagnostics.expected_loss import ExpectedLoss
from periodic_tui.engine.diagnostics.layers import layers_of
from periodic_tui.engine.diagnostics.probe import Probe, training_probe
from periodic_tui.engine.diagnostics.sharpness import top_curvature
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.slices import finished
from periodic_tui.engine.snapshot import View
from periodic_tui.engine.training.step import TrainingStep
from periodic_tui.engine.verdicts.goal import spectral_peak
from tests.engine.experiments import experiment, seen


def network(hidden: list[int], activation: object = "relu", **changes: object) -> Experiment:
    return experiment(
        target="magnitude",
        domain={"train": [[-1.0, 2.0]]},
        model={"kind": "mlp", "hidden": hidden, "activation": activation},
        **changes,
    )


def observer_of(spec: Experiment, points: torch.Tensor | None = None) -> Observer:
    probe = training_probe(spec) if points is None else Probe(points, spec.target(points))
    return Observer(TrainingStep.of(spec), probe, None)


def drawn(observer: Observer, replicas: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(replicas, observer.step.layout.size, generator=generator)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30)
def test_a_certified_unit_is_active_nowhere_and_in_the_first_layer_none_is_missed(seed: int) -> None:
    spec = network([6, 4])
    observer = observer_of(spec)
    parameters = drawn(observer, 1, seed)
    views = observer.step.layout.views(parameters)
    views["hidden.0.bias"] -= 3.0
    views["hidden.1.bias"] -= 3.0
    first, second = never_active(spec, views)
    side = torch.linspace(-1, 2, 61)
    grid = torch.cartesian_prod(side, side)  # with the corners, where a linear function has its maximum
    z = grid @ views["hidden.0.weight"][0].T + views["hidden.0.bias"][0]
    z_next = z.relu() @ views["hidden.1.weight"][0].T + views["hidden.1.bias"][0]
    assert first[0].equal(z.amax(0) < 0)
    assert not (second[0] & (z_next > 0).any(0)).any()


def test_what_is_certified_allows_for_the_factor_on_the_inputs() -> None:
    model = {"kind": "mlp", "hidden": [2], "input_scale": 20.0}
    spec = experiment(target="abs", domain={"train": [[0.0, 1.0]]}, model=model)
    observer = observer_of(spec)
    parameters = torch.zeros(1, observer.step.layout.size)
    views = observer.step.layout.views(parameters)
    views["hidden.0.weight"][:] = 0.5
    views["hidden.0.bias"][0] = torch.tensor([-9.95, -10.05])  # 0.05 above zero at x = 1, and below it
    assert never_active(spec, views)[0].tolist() == [[False, True]]


def test_nothing_is_certified_on_an_unbounded_domain() -> None:
    spec = experiment(target="magnitude", domain={"distribution": "normal"}, model={"kind": "mlp", "hidden": [3]})
    observer = observer_of(spec)
    assert never_active(spec, observer.step.layout.views(drawn(observer, 1, 0) - 100)) == []


def units_of(observer: Observer, parameters: torch.Tensor) -> list[tuple[set[int], set[int], set[tuple[int, int]]]]:
    """Dead, linear and duplicate units of each layer."""
    reading = observer.read(parameters)
    return [
        (
            set(u.dead[0].nonzero().flatten().tolist()),
            set(u.linear[0].nonzero().flatten().tolist()),
            {(i, j) for i, j in u.alike[0].nonzero().tolist()},
        )
        for u in reading.units
    ]


def planted(seed: int) -> tuple[Observer, torch.Tensor]:
    """Eight units in one layer: 0 and 5 dead, 1 and 6 linear, 2 and 7 duplicates, the others ordinary and apart."""
    observer = observer_of(network([8]))
    parameters = drawn(observer, 1, seed)
    views = observer.step.layout.views(parameters)
    weight, bias = views["hidden.0.weight"][0], views["hidden.0.bias"][0]
    angles = torch.arange(8) * 0.7 + 0.1
    weight[:] = torch.stack([angles.cos(), angles.sin()], -1)
    bias[:] = -weight.sum(-1) / 2 + 0.1
    bias[[0, 5]], bias[[1, 6]] = -20.0, 20.0
    weight[7], bias[7] = 1.7 * weight[2], 1.7 * bias[2]
    return observer, parameters


EXPECTED = ({0, 5}, {1, 6}, {(2, 7)})


@given(seed=st.integers(0, 1000), order=st.permutations(range(8)))
@settings(max_examples=25)
def test_permuting_units_permutes_what_is_found(seed: int, order: list[int]) -> None:
    observer, parameters = planted(seed)
    views = observer.step.layout.views(parameters)
    assert units_of(observer, parameters) == [EXPECTED]
    for name, axis in (("hidden.0.weight", 1), ("hidden.0.bias", 1), ("output.weight", 2)):
        views[name].copy_(views[name].index_select(axis, torch.tensor(order)).clone())
    place = {unit: order.index(unit) for unit in range(8)}
    dead, linear, alike = EXPECTED
    pairs = {tuple(sorted((place[i], place[j]))) for i, j in alike}
    assert units_of(observer, parameters) == [({place[u] for u in dead}, {place[u] for u in linear}, pairs)]


@given(seed=st.integers(0, 1000), scales=st.lists(st.floats(0.05, 20), min_size=8, max_size=8))
@settings(max_examples=25)
def test_positive_rescaling_of_units_changes_nothing(seed: int, scales: list[float]) -> None:
    observer, parameters = planted(seed)
    views, scale = observer.step.layout.views(parameters), torch.tensor(scales)
    views["hidden.0.weight"].mul_(scale.unsqueeze(-1))
    views["hidden.0.bias"].mul_(scale)
    views["output.weight"].div_(scale)
    assert units_of(observer, parameters) == [EXPECTED]


@given(seed=st.integers(0, 1000))
@settings(max_examples=15)
def test_another_probe_of_the_same_domain_finds_the_same(seed: int) -> None:
    observer, parameters = planted(seed)
    points = -1 + 3 * torch.rand(3000, 2, generator=torch.Generator().manual_seed(seed))
    other = observer_of(observer.step.experiment, points)
    assert units_of(other, parameters) == units_of(observer, parameters) == [EXPECTED]


@given(seed=st.integers(0, 1000))
@settings(max_examples=15)
def test_a_unit_added_elsewhere_changes_nothing(seed: int) -> None:
    observer, parameters = planted(seed)
    wider = observer_of(network([9]))
    larger = drawn(wider, 1, seed)
    old, new = observer.step.layout.views(parameters), wider.step.layout.views(larger)
    new["hidden.0.weight"][:, :8], new["hidden.0.bias"][:, :8] = old["hidden.0.weight"], old["hidden.0.bias"]
    new["hidden.0.weight"][0, 8], new["hidden.0.bias"][0, 8] = torch.tensor([0.3, -1.0]), 0.9
    assert units_of(wider, larger) == [EXPECTED]


def test_duplicates_are_grouped() -> None:
    alike = np.zeros((9, 9), dtype=bool)
    alike[[0, 3, 7, 1], [3, 7, 8, 2]] = True
    assert groups(alike) == ((0, 3, 7, 8), (1, 2))


def test_the_pair_correlations_are_those_of_numpy() -> None:
    observer = observer_of(network([12]))
    parameters = drawn(observer, 1, 3)
    views = observer.step.layout.views(parameters)
    h = (observer.probe.x @ views["hidden.0.weight"][0].T + views["hidden.0.bias"][0]).relu().double().numpy()
    live = (h > 0).mean(0) >= 0.01
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.corrcoef(h.T)
    expected = np.triu((correlation > 0.98) & live[:, None] & live, 1)
    (units,) = observer.read(parameters).units
    assert (units.alike[0].numpy() == expected).all()


def test_a_brief_reading_of_a_very_wide_layer_compares_some_of_its_units_and_names_them_as_they_are() -> None:
    observer = observer_of(network([1500]))
    parameters = drawn(observer, 1, 3)
    compared = observer.read(parameters, brief=True).units[0].compared[0].tolist()
    assert len(compared) == 512
    first, second = compared[3], compared[400]
    views = observer.step.layout.views(parameters)
    weight, bias = views["hidden.0.weight"][0], views["hidden.0.bias"][0]
    weight[second], bias[second] = 1.7 * weight[first], 1.7 * bias[first]
    for brief in (True, False):
        (layer,) = layers_of(observer.read(parameters, brief).units, views, views, [], None)
        assert (first, second) in layer.duplicate
        assert any({first, second} <= set(group) for group in layer.groups)


def test_a_layer_tells_what_its_activation_learns() -> None:
    snake = {"kind": "snake", "a": 3.0, "b": 4.0, "learn": True}
    observer = observer_of(network([2, 2], activation=[snake, "relu"]))
    parameters = drawn(observer, 1, 3)
    views = observer.step.layout.views(parameters)
    views["hidden.0.a"].fill_(2.5)
    views["hidden.0.b"].fill_(4.0)
    first, second = layers_of(observer.read(parameters).units, views, views, [], None)
    assert (first.learned, second.learned) == ({"a": 2.5, "b": 4.0}, {})


def test_a_population_is_read_as_its_replicas_alone() -> None:
    observer = observer_of(network([5, 4]))
    parameters = drawn(observer, 7, 5)
    together = observer.read(parameters)
    for replica in range(7):
        alone = observer.read(parameters[replica : replica + 1])
        assert alone.loss[0] == pytest.approx(together.loss[replica], rel=1e-5)
        for one, all_ in zip(alone.units, together.units, strict=True):
            assert one.dead[0].equal(all_.dead[replica])
            assert one.alike[0].equal(all_.alike[replica])


def test_a_dead_tanh_unit_is_found_through_its_derivative() -> None:
    observer = observer_of(network([3], "tanh"))
    parameters = drawn(observer, 1, 0)
    observer.step.layout.views(parameters)["hidden.0.bias"][0, 1] = 30.0
    ((dead, linear, _),) = units_of(observer, parameters)
    assert (dead, linear) == ({1}, set())


def test_the_sharpness_of_a_quadratic_is_its_largest_eigenvalue_even_below_a_larger_negative_one() -> None:
    generator = torch.Generator().manual_seed(0)
    basis = torch.linalg.qr(torch.randn(6, 6, generator=generator, dtype=torch.float64)).Q
    for eigenvalues in ([5.0, 3, 2, 1, 0.5, 0.1], [2.0, 0.5, 0.1, -0.2, -1, -7.0]):
        matrix = basis @ torch.diag(torch.tensor(eigenvalues, dtype=torch.float64)) @ basis.T

        def loss(p: torch.Tensor, matrix: torch.Tensor = matrix) -> torch.Tensor:
            return 0.5 * ((p @ matrix) * p).sum(-1)

        top, _ = finished(top_curvature(loss, torch.ones(1, 6, dtype=torch.float64)))
        assert float(top[0]) == pytest.approx(max(eigenvalues), rel=1e-2)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    ("hidden", "activation"), [([10, 10], "relu"), ([20, 5], "sine"), ([8], "gelu"), ([24], "tanh"), ([3], "sine")]
)
def test_the_sharpness_is_the_largest_eigenvalue_of_the_dense_hessian(
    hidden: list[int], activation: str, seed: int
) -> None:
    spec = network(hidden, activation, training={"dtype": "float64"})
    observer = observer_of(spec, 4 * torch.rand(128, 2, generator=torch.Generator().manual_seed(seed)).double() - 2)
    parameters = 0.7 * drawn(observer, 1, seed).double()

    def loss(flat: torch.Tensor) -> torch.Tensor:
        output = spec.model.forward(observer.step.layout.views(flat[None]), observer.probe.x[None])
        return (output[0] - observer.probe.y).square().mean()

    values, vectors = torch.linalg.eigh(torch.autograd.functional.hessian(loss, parameters[0]))
    found, direction = observer.curvature(parameters)
    assert float(found[0]) == pytest.approx(float(values[-1]), rel=2e-3)
    assert abs(float(direction[0] @ vectors[:, -1])) > 0.95 or values[-2] > 0.97 * values[-1]


def test_the_sharpness_of_many_is_that_of_each_and_nan_where_the_loss_is() -> None:
    spec = network([4], "tanh")
    observer = observer_of(spec)
    parameters = drawn(observer, 5, 0)
    parameters[1] = 0.0
    parameters[3] = torch.nan
    together, _ = observer.curvature(parameters)
    apart = torch.cat([observer.curvature(row[None])[0] for row in parameters])
    torch.testing.assert_close(together, apart, rtol=1e-3, atol=1e-6, equal_nan=True)
    assert together.isnan().tolist() == [False, False, False, True, False]


@pytest.mark.parametrize(
    "domain", [{"train": [[-3.0, 3.0]]}, {"train": [[-2.0, 0.5], [1.0, 4.0]]}, {"distribution": "normal"}]
)
def test_the_expected_loss_agrees_with_monte_carlo_and_its_derivatives_with_differences(
    domain: dict[str, Any],
) -> None:
    spec = experiment(target={"kind": "sine", "frequency": 3.0}, model="sine-unit", domain=domain)
    expected = ExpectedLoss.of(spec)
    assert expected is not None
    generator = torch.Generator().manual_seed(1)
    n = 400_000
    if "train" in domain:
        lengths = torch.tensor([b - a for a, b in domain["train"]])
        which = torch.multinomial(lengths, n, replacement=True, generator=generator)
        starts = torch.tensor([a for a, _ in domain["train"]])
        x = starts[which] + lengths[which] * torch.rand(n, generator=generator)
    else:
        x = torch.randn(n, generator=generator)
    x = x.double()
    omegas = np.array([0.0, 0.4, 2.9, 3.0, 3.2, 7.0])
    for omega, value in zip(omegas, expected.loss(omegas), strict=True):
        losses = ((omega * x).sin() - (3 * x).sin()).square()
        assert float(losses.mean()) == pytest.approx(float(value), abs=5 * float(losses.std()) / n**0.5 + 1e-12)
    h = 1e-5
    slope = (expected.loss(omegas + h) - expected.loss(omegas - h)) / (2 * h)
    bend = (expected.gradient(omegas + h) - expected.gradient(omegas - h)) / (2 * h)
    assert expected.gradient(omegas) == pytest.approx(slope, abs=1e-7)
    assert expected.curvature(omegas) == pytest.approx(bend, abs=1e-6)


def test_the_curvature_at_the_answer_is_a_third_of_the_square_of_the_range() -> None:
    spec = experiment(target={"kind": "sine", "frequency": 31.0}, model="sine-unit")
    expected = ExpectedLoss.of(spec)
    assert expected is not None
    assert expected.loss(np.array([31.0]))[0] == pytest.approx(0.0, abs=1e-12)
    assert expected.curvature(np.array([31.0]))[0] == pytest.approx(1000**2 / 3, rel=1e-4)
    edge = 4.493409 / 1000
    assert expected.gradient(np.array([31 - 0.99 * edge]))[0] < 0 < expected.gradient(np.array([31 - 1.01 * edge]))[0]


@pytest.mark.parametrize("omega", [3.3, 57.0, 250.0])
def test_the_spectral_peak_of_uneven_samples_is_their_frequency(omega: float) -> None:
    x = torch.rand(1000, generator=torch.Generator().manual_seed(0)).double() * 10
    assert spectral_peak(x, (omega * x + 1).sin() + 4) == pytest.approx(omega, abs=2 * np.pi / 10)


def test_very_many_weights_are_fetched_only_for_who_looks_at_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "_LARGE", 12)
    spec = experiment(target="sine", model={"kind": "mlp", "hidden": [3, 4]})
    run = Run(1, "wide", spec, torch.device("cpu"))
    views = run.trainer.training_step.layout.views(run.trainer.parameters)
    for panes, shape in ((("units",), (0,)), (("weights",), (4, 3))):
        first, second = seen(run, View(panes=panes)).layers
        assert first.incoming.shape == (3, 1)
        assert first.outgoing.shape == second.incoming.shape == shape
        assert second.outgoing.shape == (1, 4)
    assert np.array_equal(second.incoming, views["hidden.1.weight"][0].numpy())
