"""What an experiment loses although it can be run, said in a line each."""

from periodic_tui.cli.say import complain
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.warnings import warnings


def warn(name: str, experiment: Experiment, err: bool = False) -> None:
    """Print the warnings; on stderr where stdout is for results."""
    for key, text in warnings(experiment).items():
        complain(f"{name}: {key}: warning: {text}", err=err)
