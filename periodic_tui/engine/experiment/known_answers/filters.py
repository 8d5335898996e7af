"""Linear targets: the answer of a linear layer is the target's own matrix."""

from __future__ import annotations

from periodic_tui.engine.components.targets.spectra import Dft, Fir
from periodic_tui.engine.experiment.experiment import Experiment
from periodic_tui.engine.experiment.known_answers.base import Parameters, answer


@answer("fir", "linear")
@answer("dft", "linear")
def matrix(experiment: Experiment, filled: Parameters) -> None:
    """The taps, or the DFT's matrix."""
    target = experiment.target
    assert isinstance(target, Fir | Dft)
    filled["output.weight"].copy_(filled["output.weight"].new_tensor(target.matrix))
