"""Going through a fixed data set without drawing any sample twice in an epoch."""

from collections import Counter
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Stream, Use, counter_for, shuffled
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import dump, load
from tests.engine.experiments import experiment
from tests.engine.training.test_step import batch_of

CPU = torch.device("cpu")


def epochs(points: int = 40, batch_size: int = 7, **training: Any) -> Experiment:
    return experiment(
        target="abs",
        domain={"points": points},
        model={"kind": "mlp", "hidden": [4]},
        optimizer={"kind": "adam", "lr": 1e-2},
        training={"batch_size": batch_size, "sampling": "epochs"} | training,
    )


def drawn(trainer: Trainer, steps: int, replica: int = 0) -> list[float]:
    return [x for step in range(steps) for x in batch_of(trainer, step).x[replica, :, 0].tolist()]


def test_every_sample_is_drawn_once_an_epoch() -> None:
    trainer = Trainer(epochs(), CPU)
    found, everything = drawn(trainer, 40), sorted(trainer.step_inputs["data_x"][:, 0].tolist())
    orders = [found[first : first + 40] for first in range(0, 280, 40)]
    assert all(sorted(order) == everything for order in orders)
    assert len({tuple(order) for order in orders}) == 7


@pytest.mark.parametrize("points", [2, 3, 100, 4_097])
def test_every_order_holds_every_place_once(points: int) -> None:
    keys = torch.arange(50).unsqueeze(-1) * 7_919
    orders = shuffled(torch.arange(points), torch.tensor(points), keys)
    assert torch.equal(orders.sort(-1).values, torch.arange(points).expand(50, -1))


def test_all_orders_are_equally_likely() -> None:
    keys = Stream.of(torch.arange(24_000), Use.BATCH, counter_for(0)).key.unsqueeze(-1)
    orders = Counter(map(tuple, shuffled(torch.arange(4), torch.tensor(4), keys).tolist()))
    assert set(orders) == set(permutations(range(4)))
    # 23 degrees of freedom: one run of uniform orders in a million is above 70.
    assert sum((count - 1_000) ** 2 / 1_000 for count in orders.values()) < 70


def test_neighbors_do_not_stay_together() -> None:
    keys = Stream.of(torch.arange(200), Use.BATCH, counter_for(0)).key.unsqueeze(-1)
    orders = shuffled(torch.arange(1_000), torch.tensor(1_000), keys)
    together = (orders.diff(dim=-1).abs() == 1).sum()
    # Two neighbors a permutation on average: 400 ± 20.
    assert abs(int(together) - 400) < 100
    places = orders.double() - 499.5
    lines = (places * (torch.arange(1_000) - 499.5)).mean(-1) / places.square().mean()
    assert float(lines.abs().max()) < 5 / 1_000**0.5


def test_a_replica_draws_as_the_single_run_of_its_seed() -> None:
    together, alone = Trainer(epochs(replicas=3, seed=5), CPU), Trainer(epochs(seed=7), CPU)
    assert drawn(together, 12, 2) == drawn(alone, 12)


def test_losses_are_bit_identical_whatever_the_chunks() -> None:
    whole, pieces = Trainer(epochs(), CPU).advance(60), Trainer(epochs(), CPU)
    assert torch.equal(whole, torch.cat([pieces.advance(count) for count in (1, 2, 17, 40)]))


def test_the_whole_data_set_at_once_is_an_epoch_a_step() -> None:
    at_random = Trainer(epochs(batch_size=0, sampling="random"), CPU)
    assert torch.equal(Trainer(epochs(batch_size=0), CPU).advance(5), at_random.advance(5))


def test_fresh_samples_have_no_epochs(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text('target = "abs"\nmodel = "mlp"\n[training]\nsampling = "epochs"\n')
    with pytest.raises(PresetError, match=r"training.sampling: epochs go through a fixed data set"):
        load(str(tmp_path / "wrong.toml"))
    (tmp_path / "wrong.toml").write_text('target = "abs"\nmodel = "mlp"\n[training]\nsampling = "epoch"\n')
    with pytest.raises(PresetError, match=r"training.sampling: unknown value .* did you mean epochs\?"):
        load(str(tmp_path / "wrong.toml"))


def test_shown_epochs_are_the_same_again(tmp_path: Path) -> None:
    (tmp_path / "shown.toml").write_text(dump(epochs()))
    assert load(str(tmp_path / "shown.toml"))[1] == epochs()
