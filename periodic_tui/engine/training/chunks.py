"""How many steps are trained at once where nobody watches."""

from __future__ import annotations

from periodic_tui.engine.training.trainer import Trainer

_LONGEST, _LONGEST_COMPILED = 256, 1 << 14
"""Most steps: what a call costs besides them is soon lost, and a compiled step may take no more than 0.2 µs."""
_WORK = 5e7
"""Most products of samples and parameters."""


def chunk_for(trainer: Trainer) -> int:
    """Steps between two looks at the clock and at signals: by their work, not by the time that they take, so that equal
    runs are looked at after equal steps, and judged alike."""
    domain, training = trainer.experiment.domain, trainer.experiment.training
    samples = (training.batch_size or domain.points) * training.replicas
    longest = _LONGEST_COMPILED if trainer.stepper.name == "compiled" else _LONGEST
    return max(1, min(longest, int(_WORK / (trainer.training_step.layout.size * samples))))
