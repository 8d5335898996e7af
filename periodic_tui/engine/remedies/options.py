"""The preset's table of remedies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, create_model

from periodic_tui.engine.components.registry import Spec
from periodic_tui.engine.remedies.base import Remedy, remedies


class _Remedies(Spec):
    """Which remedies the menu offers first, and the options of each under its name."""

    offer: Annotated[tuple[Literal[tuple(remedies)], ...], Field(strict=False)] = ()  # type: ignore[valid-type]  # the names are known at run time only

    def options(self, name: str) -> Remedy:
        """The remedy of that name, with the preset's options."""
        return getattr(self, name) or remedies[name]()


_fields: dict[str, Any] = {name: (remedy | None, None) for name, remedy in remedies.items()}
if TYPE_CHECKING:
    Remedies = _Remedies
else:
    Remedies = create_model("Remedies", __base__=_Remedies, __doc__=_Remedies.__doc__, **_fields)
