"""A sine unit represents a sine exactly: its frequency is the answer."""

from __future__ import annotations

from periodic_tui.engine.answers.base import Answer, answer
from periodic_tui.engine.experiment import Experiment


@answer("sine", "sine-unit")
def frequency(experiment: Experiment) -> Answer:
    """ω = the target's frequency."""
    import torch

    return Answer({"omega": torch.tensor(experiment.target.frequencies, dtype=torch.float64)})
