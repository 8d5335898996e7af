"""What a compiled step is compiled for: the step, and name, dtype and shape of everything that it is given."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.aot.step_table import step_table
from periodic_tui.engine.training.sampling import StepInputs
from periodic_tui.engine.training.step import State

SHAPE_A_STEP = (
    "components/**/*.py",
    "randomness.py",
    "training/sampling.py",
    "training/step.py",
    "training/aot/cache_key.py",
    "training/aot/compiled.py",
    "training/aot/compiler.py",
    "training/aot/loop.cpp",
    "training/aot/product.*",
    "training/aot/program.py",
)
"""The files of the engine whose code is in a compiled step or says how it is called. What they read from others (an
experiment's checked values, its tables) is in the key itself or an input of the step."""
_ENGINE = Path(__file__).parents[2]

Kind = tuple[str, str, tuple[int, ...]]
"""Name, dtype and shape of one tensor."""


@dataclass(frozen=True)
class Signature:
    """The tensors of a step, in the order in which the compiled code takes them."""

    state: tuple[Kind, ...]
    step_inputs: tuple[Kind, ...]
    together: bool = False
    """Whether torch's threads take each step together."""

    @classmethod
    def of(cls, state: State, step_inputs: StepInputs) -> Signature:
        """The signature of these tensors."""
        return cls(_kinds(state), _kinds(step_inputs))

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Signature:
        """A signature from `dataclasses.asdict`, by way of JSON."""
        state, step_inputs = (tuple((n, d, tuple(s)) for n, d, s in value[key]) for key in ("state", "step_inputs"))
        return cls(state, step_inputs, value["together"])

    @cached_property
    def replicas(self) -> int:
        return next(shape[0] for name, _, shape in self.state if name == "parameters")

    def examples(self) -> tuple[State, StepInputs]:
        """Tensors of these kinds, filled with zeros."""
        return _zeros(self.state), _zeros(self.step_inputs)


def _kinds(tensors: dict[str, Tensor]) -> tuple[Kind, ...]:
    return tuple((n, str(t.dtype).removeprefix("torch."), tuple(t.shape)) for n, t in sorted(tensors.items()))


def _zeros(kinds: tuple[Kind, ...]) -> dict[str, Tensor]:
    return {name: torch.zeros(shape, dtype=getattr(torch, dtype)) for name, dtype, shape in kinds}


def key_of(experiment: Experiment, signature: Signature) -> str:
    """The name under which a compiled step is kept.

    Two steps of one key are the same code: the key covers what the experiment says of the step, every shape and dtype,
    the sources that shape it (in place of the traced graph, which takes seconds to trace), torch and the processor.
    Raises Unavailable where the sources cannot be read.
    """
    parts = {
        "step": step_table(experiment),
        "tensors": asdict(signature),
        "sources": _sources(),
        "torch": torch.__version__,
        "processor": [platform.system(), platform.machine(), torch.backends.cpu.get_cpu_capability(), _model_name()],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


@cache
def _sources() -> str:
    digest = hashlib.sha256()
    try:
        for path in sorted(path for pattern in SHAPE_A_STEP for path in _ENGINE.glob(pattern)):
            digest.update(str(path.relative_to(_ENGINE)).encode() + path.read_bytes())
    except OSError as failure:
        raise Unavailable(f"the source of the step cannot be read: {failure}") from None
    return digest.hexdigest()


@cache
def _model_name() -> str:
    """The processor's model, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
