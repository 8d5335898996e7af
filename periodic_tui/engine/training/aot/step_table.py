"""What an experiment says of its step, apart from the values that the step is given; known without torch."""

from __future__ import annotations

from typing import Any

from periodic_tui.engine.experiment import Experiment


def step_table(experiment: Experiment) -> dict[str, Any]:
    """The part of the experiment's table that shapes the step. Rates, intervals and noise are inputs of the step, like
    the data; how many replicas there are is in the shapes."""
    inputs = {
        "optimizer": {"lr"},
        "training": {"seed", "replicas", "steps", "pace", "pace_steps", "solved_below"},
        "domain": {"train", "test"},
    }
    table = experiment.model_dump(mode="json", include={"target", "model", *inputs}, exclude=inputs)
    table["target"]["noise"] = bool(table["target"]["noise"])
    return table
