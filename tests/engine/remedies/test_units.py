"""Remedies for units."""

import numpy as np
import pytest
import torch

from periodic_tui.engine.components.models.mlp import MLP
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.run import Run
from periodic_tui.engine.summary import summary_of
from tests.engine.experiments import experiment, ln, magnitude
from tests.engine.remedies.treated import treated


def parameter(run: Run, name: str) -> torch.Tensor:
    return run.trainer.training_step.layout.views(run.trainer.parameters)[name]


def test_failed_networks_find_the_hexagon_once_their_least_useful_unit_is_reseeded() -> None:
    run = treated(magnitude(replicas=12), "reseed-units", 4_500, before=1_500)
    assert run.treatment is None
    assert summary_of(run)["outcomes"] == {"solved": 12}


def test_reseeding_takes_the_unit_of_wrong_sign_first_and_zeroes_its_moments() -> None:
    start = treated(magnitude(replicas=32), "positive-outgoing", 0)
    start.advance(5)
    flipped = parameter(start, "output.weight").clone()
    flipped[:, 0, 1] = -0.5
    parameter(start, "output.weight").copy_(flipped)
    start.treat("reseed-units")
    assert (parameter(start, "output.weight")[:, 0, 1] == 0.3).all()
    assert parameter(start, "hidden.0.weight")[:, 1].norm(dim=-1).tolist() == pytest.approx([0.5] * 32)
    moments = start.trainer.training_step.layout.views(start.trainer.state["square"])
    assert (moments["hidden.0.weight"][:, 1] == 0).all()
    assert (moments["hidden.0.weight"][:, 0] != 0).any()


def test_positive_outgoing_turns_signs_and_nothing_else() -> None:
    run = treated(magnitude(replicas=8), "positive-outgoing", 0)
    initial = run.trainer.training_step.layout.views(run.trainer.initial())
    assert torch.equal(parameter(run, "output.weight"), initial["output.weight"].abs())
    assert torch.equal(parameter(run, "hidden.0.weight"), initial["hidden.0.weight"])


@pytest.mark.parametrize(
    ("remedy", "one"), [("spread-units", "1 unit evenly"), ("positive-outgoing", "1 outgoing weight ")]
)
def test_one_is_told_of_in_the_singular(remedy: str, one: str) -> None:
    alone = experiment(target="abs", model={"kind": "mlp", "hidden": [1]})
    assert one in treated(alone, remedy, 0).events[-1].text


def test_one_network_that_needed_it_is_told_of_in_the_singular() -> None:
    run = treated(magnitude(seed=2), "reseed-units", 4_500, before=1_500)
    assert run.events[-1].text.startswith("reseed-units re-seeded 1 unit; loss ")


def test_spread_units_are_at_equal_angles() -> None:
    weight = parameter(treated(magnitude(replicas=4), "spread-units", 0), "hidden.0.weight")
    unit = weight / weight.norm(dim=-1, keepdim=True)
    cosines = (unit @ unit.mT).flatten(1)[:, [1, 2, 5]]
    assert cosines.flatten().tolist() == pytest.approx([-0.5] * 12, abs=1e-6)


def test_spread_units_of_one_input_look_both_ways() -> None:
    absolute = experiment(target="abs", model={"kind": "mlp", "hidden": [2]})
    weight = parameter(treated(absolute, "spread-units", 0), "hidden.0.weight")
    assert weight.sign().flatten().tolist() == [1.0, -1.0]


def test_repulsion_parts_units_that_point_the_same_way() -> None:
    run = treated(magnitude(), "positive-outgoing", 0)
    parameter(run, "hidden.0.weight").copy_(torch.tensor([[[1.0, 0.0], [1.0, 0.05], [-1.0, 0.3]]]))
    run.treat("repel-units")
    run.advance(200)
    weight = parameter(run, "hidden.0.weight")[0]
    assert float(torch.cosine_similarity(weight[0], weight[1], 0)) < 0.9


def test_a_dead_network_learns_after_a_better_start() -> None:
    run = treated(ln(replicas=4), "reinitialize-better", 3_000, before=5)
    assert (run.reading().loss < 1e-2).all()


def test_the_optimizer_comes_back_with_reinitialize() -> None:
    run = treated(ln(), "reinitialize-better", 10, before=5)
    assert run.experiment.optimizer.kind == "adam"
    run.reinitialize(None)
    assert run.experiment.optimizer.kind == "sgd"
    assert torch.equal(run.trainer.parameters, run.trainer.initial())


def test_a_network_that_died_learns_with_a_slope_everywhere() -> None:
    run = treated(ln(replicas=3), "swap-activation", 2_010, before=50)
    assert run.trainer.state["alive"].all()
    assert run.journal[-1].text.startswith("swap-activation went on with leaky-relu; loss ")
    assert np.median(run.reading().loss) < 0.5  # of a variance of 1


@pytest.mark.parametrize("kind", ["leaky-relu", "prelu", "snake", "sine"])
def test_what_has_a_slope_everywhere_is_not_swapped(kind: str) -> None:
    spec = ln()
    run = Run(1, "test", experiment(**spec.table_with({"model.activation": kind})), torch.device("cpu"))
    with pytest.raises(Refused, match=r"(it is the activation|has a slope everywhere) already"):
        run.treat("swap-activation")


def test_clipped_gradients_have_the_norm_that_was_asked_for() -> None:
    run = treated(ln(replicas=3), "clip-gradient", 0)
    before = run.trainer.parameters.clone()
    run.advance(1)
    moved = (run.trainer.parameters - before).norm(dim=-1)
    assert moved.tolist() == pytest.approx([run.experiment.optimizer.lr * 1.0] * 3, rel=1e-3)


def test_swapping_the_activation_keeps_the_parameters() -> None:
    run = treated(ln(), "swap-activation", 0)
    assert isinstance(run.experiment.model, MLP)
    assert run.experiment.model.hidden_activations[0].kind == "leaky-relu"
    assert torch.equal(run.trainer.parameters, run.trainer.initial())
