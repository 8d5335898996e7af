"""What a tensor was made by, as far as it was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

if TYPE_CHECKING:
    from periodic_tui.watching.looking.layers import Run
    from periodic_tui.watching.looking.losses import Loss


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a tensor comes from."""

    layer: Run | None = None
    """The last layer that it went through."""
    kind: str = ""
    """Name of the function that made it; what only arranges values anew does not count."""
    axis: int = -1
    """Dimension of its units."""
    difference: Loss | None = None
    """The difference that it is an elementwise function of."""
    losses: tuple[Loss, ...] = ()
    """Those that it is computed from."""


UNKNOWN = Origin()


class Origins:
    """The origins of the tensors that are alive."""

    def __init__(self) -> None:
        self._of = WeakTensorKeyDictionary()

    def of(self, tensor: Tensor | None) -> Origin:
        """That of a tensor."""
        return UNKNOWN if tensor is None else self._of.get(tensor, UNKNOWN)

    def put(self, tensor: Tensor, origin: Origin) -> None:
        """Say where a tensor comes from."""
        self._of[tensor] = origin
