"""The key of a compiled step covers whatever shapes the step, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
import torch

import periodic_tui
from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.aot import cache_key
from periodic_tui.engine.training.aot.cache_key import SHAPE_A_STEP, key_of
from periodic_tui.engine.training.aot.groups import Groups
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import sine
from tests.engine.training.test_compiled import INTERVALS

ENGINE = Path(periodic_tui.__file__).parent / "engine"
ROOTS = ("training.step", "training.sampling", "training.aot.compiled")
NOT_IN_A_STEP = {
    "errors": "names of exceptions",
    "names": "how a mistyped name is answered",
    "files": "reads a table, which is an input of the step",
    "experiment": "values of an experiment, which are in the key",
    "experiment.experiment": "the same",
    "experiment.conflicts": "which values are refused together",
    "limits": "which values are refused",
    "overrides": "how a value of an experiment is changed",
    "toml": "how a preset is read",
    "remedies.base": "what is done between two steps",
    "remedies.context": "the same",
    "remedies.options": "the same",
    "training.steppers.base": "the interface that a stepper has",
    "training.aot.step_table": "what of an experiment is in the key",
    "training.aot.groups": "which shapes a step has, which are in the key",
    "training.work": "the same, and whether a step is taken by several threads",
    "scheduling.preemption": "when the loop around the step ends",
    "slices": "how a remedy is divided",
}


def key(chosen: Experiment) -> str:
    trainer = Trainer(chosen, torch.device("cpu"))
    return key_of(chosen, Groups.of(chosen, trainer.state, trainer.step_inputs).one)


def test_it_covers_the_step_and_leaves_out_what_is_input() -> None:
    base = key(sine())
    assert key(sine(replicas=2)) == base
    assert key(sine(replicas=40)) == key(sine(replicas=500))
    assert key(sine(lr=0.5, seed=3, steps=7, pace=9.0)) == base
    assert key(sine().model_copy(update={"story": "other"})) == base
    changed = [sine(batch_size=33), sine(dtype="float64"), sine(replicas=40), sine(clip_gradient=1.0), INTERVALS]
    assert len({base, *map(key, changed)}) == len(changed) + 1


def covered() -> set[str]:
    """Modules of the engine whose source is in the key."""
    paths = (path for pattern in SHAPE_A_STEP for path in ENGINE.glob(pattern) if path.suffix == ".py")
    return {".".join(path.relative_to(ENGINE).with_suffix("").parts).removesuffix(".__init__") for path in paths}


def test_every_module_that_a_step_comes_from_is_in_it_or_has_a_reason_not_to_be() -> None:
    prefix = "periodic_tui.engine."
    graph = grimp.build_graph("periodic_tui", cache_dir=None)
    upstream = {module for root in ROOTS for module in graph.find_upstream_modules(prefix + root)}
    needed = {module.removeprefix(prefix) for module in upstream} | set(ROOTS)
    assert needed - covered() == NOT_IN_A_STEP.keys()


def test_every_pattern_finds_a_file() -> None:
    assert all(any(ENGINE.glob(pattern)) for pattern in SHAPE_A_STEP)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the engine's sources, from which keys are made."""
    for path in (path for ending in ("*.py", "*.cpp") for path in ENGINE.rglob(ending)):
        (tmp_path / path.relative_to(ENGINE)).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path.relative_to(ENGINE)).write_bytes(path.read_bytes())
    monkeypatch.setattr(cache_key, "_ENGINE", tmp_path)
    cache_key._sources.cache_clear()
    yield tmp_path
    cache_key._sources.cache_clear()


@pytest.mark.parametrize(
    ("place", "matters"),
    [
        ("training/step.py", True),
        ("training/aot/loop.cpp", True),
        ("components/models/mlp.py", True),
        ("training/aot/cache.py", False),
        ("session.py", False),
        ("verdicts/rules.py", False),
    ],
)
def test_a_changed_source_changes_it_where_the_step_comes_from_there(copied: Path, place: str, matters: bool) -> None:
    before = key(sine())
    with (copied / place).open("a") as source:
        source.write("\n")
    cache_key._sources.cache_clear()
    assert (key(sine()) != before) == matters


def test_a_source_that_cannot_be_read_is_told(copied: Path) -> None:
    (copied / "training" / "step.py").unlink()
    (copied / "training" / "step.py").mkdir()
    with pytest.raises(Unavailable, match="the source of the step cannot be read"):
        key(sine())
