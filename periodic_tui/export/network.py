"""The trained network of a recording, without torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from periodic_tui.engine.components.models import Layout
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.error_messages import problems
from periodic_tui.engine.recording.layout import TABLES, NotReadable
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.export.newest import Say, newest_checkpoint

FILES = ("path", "test")
"""Keys of a target that name tables."""


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
    """The network as the newest checkpoint has it. Raises NotReadable."""
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
    """Of that table, whose paths are not followed: its tables lie in the recording, under their bare names."""
    if not isinstance(table, dict):
        raise NotReadable(f"{file}: is damaged: its experiment is no table")
    target = table.get("target")
    if isinstance(target, dict):
        target = {**target, **{key: _inside(recording, target[key]) for key in _files(target)}}
    table = {key: value for key, value in table.items() if key != "init"} | {"target": target}
    try:
        return Experiment.model_validate(table)
    except ValidationError as error:
        raise NotReadable(f"{file}: {problems(error, table)[0]}") from None
    except (ValueError, RecursionError):
        raise NotReadable(f"{file}: is damaged: its experiment cannot be read") from None


def _files(target: dict[str, Any]) -> Iterator[str]:
    return (key for key in FILES if isinstance(target.get(key), str))


def _inside(recording: Recording, name: str) -> str:
    folder = recording.folder / TABLES
    path = folder / Path(name).name
    if folder.is_symlink() or path.is_symlink():
        raise NotReadable(f"{TABLES}/{path.name}: is a link, which is not followed")
    return str(path)


def tables_of(experiment: Experiment) -> dict[str, Path]:
    """The tables that the target reads, by its keys."""
    target = experiment.target.model_dump()
    return {key: Path(target[key]) for key in _files(target)}
