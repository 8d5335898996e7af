"""How many steps are trained at once where nobody watches."""

from __future__ import annotations

from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.training.work import work

_WORK = {"cuda": 1.6e11}
_WORK_ON_A_CPU = 8e8
"""Most work of a chunk (see `work`), of all replicas: it takes no more than some 70 ms."""


def chunk_for(trainer: Trainer) -> int:
    """Steps between two looks at the clock and at signals: by their work, not by the time that they take, so that equal
    runs are looked at after equal steps, and judged alike."""
    most = _WORK.get(trainer.device.type, _WORK_ON_A_CPU)
    of_a_step = work(trainer.experiment) * len(trainer.seeds)
    return max(1, min(trainer.stepper.longest, int(most / of_a_step)))
