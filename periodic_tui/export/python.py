"""The trained network as a Python file that needs torch and numpy, and nothing of ours."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from periodic_tui.engine.components.losses import LossName
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.export.files import mark_of
from periodic_tui.export.forward import source_of
from periodic_tui.export.network import Network, network_of
from periodic_tui.export.newest import Say, newest_picture

MOST_INSIDE = 4_096
"""Weights that stand in the source itself; more of them lie in the file beside it."""
LOSSES: dict[LossName, str] = {
    "mse": "(prediction - y).square()",
    "mae": "(prediction - y).abs()",
    "huber": 'nn.functional.huber_loss(prediction, y, reduction="none", delta={delta!r})',
    "circular": "1 - (prediction - y).cos()",
    "bce": 'nn.functional.binary_cross_entropy(prediction, y, reduction="none")',
    "bce-with-logits": 'nn.functional.binary_cross_entropy_with_logits(prediction, y, reduction="none")',
    "cross-entropy": "-(y * prediction.log_softmax(-1)).sum(-1)",
}
"""Each as the source of its value for every prediction `[points, outputs]`."""

Tensors = Mapping[str, NDArray[Any]]


def module_and_probe(recording: Recording, path: Path, say: Say) -> dict[Path, bytes]:
    """The module of the focused replica for `path`, and beside it the probe, with the weights where they are many.
    Raises Refused."""
    network = network_of(recording, say)
    weights, mark = network.tensors(_focus(recording, network)), mark_of(recording)
    beside: dict[str, NDArray[Any]] = {mark: np.zeros(0)} | _probe(network.experiment)
    inside = sum(map(np.size, weights.values())) <= MOST_INSIDE
    if not inside:
        beside |= {f"weights.{name}": values for name, values in weights.items()}
    data = io.BytesIO()
    np.savez(data, **beside)  # type: ignore[arg-type]  # the names of arrays are free
    source = module(recording, network, weights if inside else None)
    return {path: f"# {mark}\n{source}".encode(), path.with_suffix(".npz"): data.getvalue()}


def _focus(recording: Recording, network: Network) -> int:
    """The replica that was looked at last."""
    try:
        focus = newest_picture(recording, lambda line: None).focus
    except NotReadable:
        return 0
    return focus if 0 <= focus < len(network.parameters) else 0


def _probe(experiment: Experiment) -> dict[str, NDArray[Any]]:
    from periodic_tui.engine.torch_loading import load_torch

    try:
        load_torch()
    except (ImportError, MemoryError, OSError, SystemError) as failure:
        raise Refused(f"torch cannot be loaded: {str(failure) or 'out of memory'}") from None
    from periodic_tui.engine.diagnostics.probe import training_probe

    probe = training_probe(experiment)
    return {"x": probe.x.numpy(), "y": probe.y.numpy()}


def module(recording: Recording, network: Network, weights: Tensors | None) -> str:
    """The source; weights that are None are read from the file beside it."""
    experiment = network.experiment
    source = source_of(experiment.model, experiment.target.inputs, experiment.target.outputs)
    training = experiment.training
    return _MODULE.format(
        title=repr(recording.about.title or recording.about.name),
        name=repr(recording.about.name),
        step=network.step,
        init=textwrap.indent("\n".join(source.init), " " * 8),
        forward=textwrap.indent("\n".join(source.forward), " " * 8),
        inputs=experiment.target.inputs,
        outputs=experiment.target.outputs,
        loss=LOSSES[training.loss].format(delta=training.huber_delta),
        dtype=training.dtype,
        weights=_FROM_FILE if weights is None else _written(weights),
    )


_MODULE = """{title}

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

NAME = {name}
STEP = {step}  # steps of training that it has gone through
DTYPE = torch.{dtype}
BESIDE = Path(__file__).with_suffix(".npz")


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
{init}

    def forward(self, x: Tensor) -> Tensor:
        # [..., {inputs}] to [..., {outputs}]
{forward}


{weights}


def trained() -> Network:
    network = Network().to(DTYPE)
    network.load_state_dict({{name: torch.tensor(values, dtype=DTYPE) for name, values in weights().items()}})
    return network.eval()


def loss(prediction: Tensor, y: Tensor) -> Tensor:
    return ({loss}).mean()


if __name__ == "__main__":
    with np.load(BESIDE) as probe, torch.no_grad():
        x, y = torch.tensor(probe["x"]), torch.tensor(probe["y"])
        print(loss(trained()(x).double(), y.double()).item())
"""
_FROM_FILE = """def weights() -> dict[str, np.ndarray]:
    with np.load(BESIDE) as file:
        return {name.removeprefix("weights."): file[name] for name in file.files if name.startswith("weights.")}"""


def _written(weights: Tensors) -> str:
    rows = "\n".join(f"    {name!r}: {_numbers(values)}," for name, values in weights.items())
    return f"WEIGHTS = {{\n{rows}\n}}\n\n\ndef weights() -> dict[str, list]:\n    return WEIGHTS"


def _numbers(values: NDArray[Any]) -> str:
    """The numbers in as few digits as tell them apart in their own dtype."""
    text = np.vectorize(lambda value: float(str(value)), otypes=[np.float64])(values).tolist()
    return textwrap.fill(str(text), 116, subsequent_indent=" " * 8, break_on_hyphens=False, break_long_words=False)
