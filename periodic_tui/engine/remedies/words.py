"""How remedies tell what they have found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from periodic_tui.engine.remedies.context import RemedyContext


def of_the_first(context: RemedyContext) -> str:
    """` of the first replica` where there are several."""
    return " of the first replica" if context.replicas > 1 else ""
