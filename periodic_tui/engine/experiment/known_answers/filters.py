"""Linear targets: the answer of a linear layer is the target's own matrix."""

from __future__ import annotations

from periodic_tui.engine.components.targets.spectra import Dft, Fir
from periodic_tui.engine.experiment.experiment import Experiment
from periodic_tui.engine.experiment.known_answers.base import Answer, answer, blank


@answer("fir", "linear")
@answer("dft", "linear")
def matrix(experiment: Experiment) -> Answer:
    """The taps, or the DFT's matrix."""
    target, filled = experiment.target, blank(experiment)
    assert isinstance(target, Fir | Dft)
    filled["output.weight"].copy_(filled["output.weight"].new_tensor(target.matrix))
    return Answer(filled)
