"""The preset's table of what must be seen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.registry import Spec

PaneName = Literal[
    "loss",
    "clock",
    "frequency",
    "units",
    "fit",
    "population",
    "rates",
    "landscape",
    "weights",
    "features",
    "layers",
    "verdict",
    "output",
    "events",
]
"""What can be seen on the dashboard."""


class ScreenOptions(Spec):
    """What the dashboard shows first, whatever its size."""

    panes: Annotated[tuple[PaneName, ...], Field(strict=False)] = ()
    """Panes that must be seen, the most important first."""
