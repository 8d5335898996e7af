"""Which cells share a compiled step."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TypeVar

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.aot.step_table import step_table

T = TypeVar("T")


def shape_of(experiment: Experiment) -> str:
    """A name of the step's shape, as far as it is known without torch: cells of one name most probably share a build,
    those of two names never do."""
    domain, training = experiment.domain, experiment.training
    sizes = [training.batch_size, training.dtype, domain.points, len(domain.train)]
    return json.dumps([step_table(experiment), sizes], sort_keys=True)


def leaders_first(shapes: Sequence[tuple[T, str]]) -> list[T]:
    """The first of each shape, then all others: so workers build different steps, in the place of waiting for one."""
    leaders, others, seen = list[T](), list[T](), set[str]()
    for each, shape in shapes:
        (others if shape in seen else leaders).append(each)
        seen.add(shape)
    return [*leaders, *others]
