"""The trained network of a recording, without torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from periodic_tui.engine.components.models import Layout
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.error_messages import problems
from periodic_tui.engine.limits import LARGEST
from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.export.newest import Say, newest_checkpoint
from periodic_tui.presets.files import PATHS
from periodic_tui.presets.recorded import check_trained_here, recorded


@dataclass(frozen=True, eq=False)
class Network:
    """A model and the numbers that training gave it."""

    experiment: Experiment
    """As it stood, with what was set in mid-run, but for how the parameters start."""
    step: int
    """Steps that were done."""
    parameters: NDArray[Any]
    """`[replicas, parameters]`, finite, in the dtype of training."""

    @property
    def layout(self) -> Layout:
        """Where each parameter lies."""
        target = self.experiment.target
        return self.experiment.model.layout(target.inputs, target.outputs)

    def tensors(self, replica: int | None = None) -> dict[str, NDArray[Any]]:
        """Each parameter by its name: `[replicas, *shape]`, or `[*shape]` of one replica."""
        flat = self.parameters if replica is None else self.parameters[replica]
        slices = self.layout.slices()
        return {
            each.name: np.ascontiguousarray(flat[..., slices[each.name]]).reshape(*flat.shape[:-1], *each.shape)
            for each in self.layout.parameters
        }


def network_of(recording: Recording, say: Say) -> Network:
    """The network as the newest checkpoint has it. Raises NotReadable, or Refused where no preset trained."""
    check_trained_here(recording)
    stored, tree = newest_checkpoint(recording, say)
    experiment = _experiment(recording, _at(tree, stored.file, "experiment"), stored.file)
    parameters = _at(tree, stored.file, "trainer", "state", "parameters")
    network = Network(experiment, stored.step, parameters)
    shape = (experiment.training.replicas, network.layout.size)
    if not isinstance(parameters, np.ndarray) or parameters.dtype.name != experiment.training.dtype:
        raise NotReadable(f"{stored.file}: is damaged: expected parameters in {experiment.training.dtype}")
    if parameters.shape != shape:
        raise NotReadable(f"{stored.file}: is damaged: expected parameters {list(shape)}")
    if not np.isfinite(parameters).all():
        raise NotReadable(f"{stored.file}: is damaged: its parameters are not finite")
    return network


def _at(tree: Tree, file: str, *keys: str) -> Tree:
    for key in keys:
        if not isinstance(tree, dict) or key not in tree:
            raise NotReadable(f"{file}: is damaged: it has no {'.'.join(keys)}")
        tree = tree[key]
    return tree


def _experiment(recording: Recording, table: Tree, file: str) -> Experiment:
    """Of that table; all but the noise of its target is as it was when the run began."""
    target = recorded(recording)[1].target
    noise = _at(table, file, "target", "noise")
    if not (isinstance(noise, float) and 0 <= noise <= LARGEST):
        raise NotReadable(f"{file}: is damaged: its noise is none")
    table = table | {"target": target.model_copy(update={"noise": noise}), "init": {}}
    try:
        return Experiment.model_validate(table)
    except ValidationError as error:
        raise NotReadable(f"{file}: {problems(error, table)[0]}") from None
    except (ValueError, RecursionError):
        raise NotReadable(f"{file}: is damaged: its experiment cannot be read") from None


def tables_of(experiment: Experiment) -> dict[str, Path]:
    """The tables that the target reads, by its keys."""
    paths = {key: getattr(experiment.target, key, None) for key in PATHS["target"]}
    return {key: Path(path) for key, path in paths.items() if isinstance(path, str)}
