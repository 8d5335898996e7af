"""|x| and max(x, 0): a kink at zero each."""

from __future__ import annotations

from periodic_tui.engine.experiment.experiment import Experiment
from periodic_tui.engine.experiment.known_answers.base import Parameters, answer, relu_network


@answer("abs", "mlp")
def two_relus(experiment: Experiment, filled: Parameters) -> None:
    """|x| = relu(x) + relu(−x)."""
    relu_network(experiment, layers=1, units=2)
    filled["hidden.0.weight"][0, 0], filled["hidden.0.weight"][1, 0] = 1.0, -1.0
    filled["output.weight"][0, :2] = 1.0


@answer("relu", "mlp")
def one_relu(experiment: Experiment, filled: Parameters) -> None:
    """relu(x) itself."""
    model = relu_network(experiment, layers=1, units=1)
    filled["hidden.0.weight"][0, 0] = 1.0
    if model.output_layer:
        filled["output.weight"][0, 0] = 1.0
