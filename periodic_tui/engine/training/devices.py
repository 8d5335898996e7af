"""The devices of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from periodic_tui.engine.errors import Refused

if TYPE_CHECKING:
    import torch


def accelerator() -> torch.device | None:
    """The first CUDA device; None where there is none. Metal, which knows no float64, is used on request only."""
    import torch

    return torch.device("cuda", 0) if torch.cuda.is_available() else None


def choose_device(name: str) -> torch.device:
    """The device of that name: `auto` (where there is no choice), `cpu`, `cuda`, `cuda:N` or `mps`. Raises Refused
    where it is not there."""
    import torch

    if name in ("auto", "cpu"):
        return torch.device("cpu")
    if name == "mps":
        if not torch.backends.mps.is_available():
            raise Refused("--device mps: no Metal device here; expected auto or cpu")
        return torch.device("mps")
    if not torch.cuda.is_available():
        raise Refused(f"--device {name}: no CUDA device here; expected auto or cpu")
    device = torch.device(name)
    if device.index is not None and device.index >= torch.cuda.device_count():
        raise Refused(f"--device {name}: there are {torch.cuda.device_count()} CUDA devices, numbered from 0")
    return device
