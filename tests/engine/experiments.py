"""Small experiments that several tests train."""

from typing import Any

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.picture import picture_of
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import Snapshot, View


def experiment(**sections: Any) -> Experiment:
    """An experiment from a preset's table."""
    return Experiment.model_validate(sections)


def seen(run: Run, view: View, live: bool = False) -> Snapshot:
    """The picture of a run for this view, freshly observed."""
    return picture_of(run, run.observe(view, live), view)


def sine(lr: float = 1e-4, **training: Any) -> Experiment:
    """The first write-up: one learnable frequency against sin(31x)."""
    return experiment(
        target={"kind": "sine", "frequency": 31.0},
        model="sine-unit",
        optimizer={"kind": "sgd", "lr": lr},
        training=training,
    )


def ln(**training: Any) -> Experiment:
    """The second write-up: 1-50-10-1 with everything from U[0, 1)."""
    return experiment(
        target="log",
        model={"kind": "mlp", "hidden": [50, 10]},
        init={"weights": "uniform", "bias": "uniform"},
        optimizer={"kind": "sgd", "lr": 1e-2},
        training={"batch_size": 50, **training},
    )


def magnitude(**training: Any) -> Experiment:
    """The third write-up: three ReLUs on √(x² + y²)."""
    return experiment(
        target="magnitude",
        domain={"distribution": "normal"},
        model={"kind": "mlp", "hidden": [3]},
        init={"weights": "xavier-uniform", "bias": "zeros"},
        optimizer={"kind": "adam", "lr": 1e-3},
        training={"solved_below": 0.007, **training},
    )
