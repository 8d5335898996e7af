"""What an experiment loses although it can be run, said in a line each."""

import click

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.warnings import warnings
from periodic_tui.printable import printable


def warn(name: str, experiment: Experiment, err: bool = False) -> None:
    """Print the warnings; on stderr where stdout is for results."""
    for key, text in warnings(experiment).items():
        click.echo(printable(f"{name}: {key}: warning: {text}"), err=err)
