"""Values of a CUDA device on their way to the CPU, while the device goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

FEW_LOSSES = 1 << 16
"""Of a chunk on a GPU: so many are fetched and reduced on the CPU, more are reduced there."""


def as_values(losses: Tensor) -> Any:
    """Losses as a history takes them: an array, unless very many are on a GPU."""
    return losses if losses.is_cuda and losses.numel() > FEW_LOSSES else losses.cpu().numpy()


class Fetched:
    """Tensors that are on the CPU once all that was launched before is done; at once where they are there already."""

    def __init__(self, tensors: Sequence[Tensor], device: torch.device) -> None:
        self._here = [values.to("cpu", non_blocking=True) for values in tensors]
        self._event = torch.cuda.Event() if device.type == "cuda" else None
        if self._event:
            self._event.record(torch.cuda.current_stream(device))

    def arrived(self) -> list[Tensor]:
        """The tensors; whoever asks too early waits."""
        if self._event:
            self._event.synchronize()
        return self._here
