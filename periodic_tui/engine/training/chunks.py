"""How many steps are trained at once where nobody watches."""

from __future__ import annotations

from periodic_tui.engine.training.trainer import Trainer

_SAMPLE = 64
"""What a sample costs besides its products with the parameters, in such products."""
_WORK = {"cuda": 3e10}
_WORK_ON_A_CPU = 1e8
"""Most products of samples and parameters: they take no more than some 50 ms."""


def chunk_for(trainer: Trainer) -> int:
    """Steps between two looks at the clock and at signals: by their work, not by the time that they take, so that equal
    runs are looked at after equal steps, and judged alike."""
    domain, training = trainer.experiment.domain, trainer.experiment.training
    samples = (training.batch_size or domain.points) * training.replicas
    work = samples * (trainer.training_step.layout.size + _SAMPLE)
    most = _WORK.get(trainer.device.type, _WORK_ON_A_CPU)
    return max(1, min(trainer.stepper.longest, int(most / work)))
