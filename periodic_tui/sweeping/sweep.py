"""A sweep: a preset, a grid, and the jobs of its cells, checked before the first is trained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Event

from periodic_tui.engine.commands.base import Command
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.overrides import Override
from periodic_tui.presets.files import experiment_of, name_of, table_of
from periodic_tui.sweeping.grid import Cell, Grid
from periodic_tui.sweeping.job import Engine, EngineName, Job
from periodic_tui.sweeping.result import Ending
from periodic_tui.sweeping.shapes import leaders_first, shape_of
from periodic_tui.sweeping.store import Store
from periodic_tui.sweeping.version import code_version, hashes_of

FEW_STEPS = 20_000
"""Steps of all cells of one shape up to which they are sooner done eagerly than a step is compiled."""
_SHOWN = {"title", "source", "outcome", "story", "screen"}
"""Tables of a preset that change nothing of what it comes to."""


@dataclass(frozen=True)
class Finished:
    """A cell that has ended."""

    cell: Cell
    ending: Ending
    stored: bool = False
    """Whether it was trained before, and its result was on disk."""


@dataclass(frozen=True)
class Sweep:
    """What is trained for which cell. Cells whose settings come to the same share a job."""

    preset: str
    """As it was asked for: a built-in's name, or a path."""
    grid: Grid
    settings: tuple[Override, ...]
    """What changes the preset in every cell, flags included: with a cell's own settings, what `train` is to be told."""
    commands: tuple[tuple[int, str], ...]
    jobs: dict[Cell, Job]
    shapes: dict[Cell, str]
    """Names of the steps' shapes."""

    @classmethod
    def of(
        cls,
        preset: str,
        settings: Sequence[Override],
        grid: Grid,
        commands: Sequence[tuple[int, Command]] = (),
        engine: EngineName = "auto",
    ) -> Sweep:
        """Check every cell. Raises PresetError with the problems of the first one that has any, and Refused."""
        table = table_of(preset)
        experiments = {}
        for cell in grid.cells():
            experiments[cell] = experiment_of(preset, table, [*settings, *grid.settings(cell)])
            check_commands(experiments[cell], commands)
        at = tuple((step, command.words) for step, command in commands)
        shapes = {cell: shape_of(experiment) for cell, experiment in experiments.items()}
        return cls(preset, grid, tuple(settings), at, _jobs(experiments, shapes, at, engine), shapes)

    @property
    def name(self) -> str:
        """The preset's name."""
        return name_of(self.preset)

    def results(self, engine: Engine, store: Store, stop: Event) -> Generator[Finished, None, None]:
        """Every cell as it is done, first those that the store holds; ends early once `stop` is set. What is trained is
        on disk before it is told. Raises Refused."""
        cells: dict[str, list[Cell]] = {}
        for cell, job in self.jobs.items():
            cells.setdefault(job.key, []).append(cell)
        wanted = []
        for key, shared in cells.items():
            job = self.jobs[shared[0]]
            if known := store.get(key):
                yield from (Finished(cell, known, stored=True) for cell in shared)
            else:
                wanted.append((job, self.shapes[shared[0]]))
        if wanted:
            with closing(engine.run(leaders_first(wanted), store.keep, stop)) as ended:
                for job, ending in ended:
                    yield from (Finished(cell, ending) for cell in cells[job.key])


def check_commands(experiment: Experiment, commands: Sequence[tuple[int, Command]]) -> None:
    """Raise Refused where a command would come after the last step."""
    for step, command in commands:
        if step > experiment.training.steps:
            limit = experiment.training.steps
            raise Refused(f"--at {step}:{command.words} is later than the last step, {limit:,}")


def _jobs(
    experiments: dict[Cell, Experiment], shapes: dict[Cell, str], at: tuple[tuple[int, str], ...], engine: EngineName
) -> dict[Cell, Job]:
    """The job of each cell. Where the engine is open, it goes by the grid alone, never by what is in a cache or how
    fast a machine is: else the same command would not come to the same table."""
    steps = Counter[str]()
    for cell, experiment in experiments.items():
        steps[shapes[cell]] += experiment.training.steps
    jobs = {}
    for cell, experiment in experiments.items():
        few = engine == "auto" and steps[shapes[cell]] <= FEW_STEPS
        table = experiment.model_dump(mode="json", exclude=_SHOWN)
        jobs[cell] = Job(table, at, "eager" if few else engine, code_version(), hashes_of(experiment))
    return jobs
