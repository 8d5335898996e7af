"""Compiled steps are dear to build: the tests of a session share them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.aot.build_process import Build, missing
from periodic_tui.engine.training.aot.cache import find
from periodic_tui.engine.training.aot.cache_key import key_of
from periodic_tui.engine.training.aot.compiled import Compiled
from periodic_tui.engine.training.aot.groups import Groups
from periodic_tui.engine.training.trainer import Trainer

CompiledFor = Callable[[Experiment], tuple[Trainer, Compiled]]


@pytest.fixture(scope="session")
def compiled_for(own_cache: Path) -> CompiledFor:
    """Builds an experiment's step as the program does, once for all workers."""
    if reason := missing():
        pytest.skip(reason)

    def build(experiment: Experiment) -> tuple[Trainer, Compiled]:
        trainer = Trainer(experiment, torch.device("cpu"))
        groups = Groups.of(experiment, trainer.state, trainer.step_inputs)
        key = key_of(experiment, groups.one)
        with alone(own_cache / f"{key}.lock"):
            if find(key) is None:
                Build(experiment, groups.one).finish()
        kept = find(key)
        assert kept
        return trainer, Compiled(kept, experiment, groups)

    return build


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other worker is in such a block."""
    import fcntl  # not there on Windows, where nothing is built

    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
