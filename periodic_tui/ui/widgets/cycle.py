"""One name after another, round and round."""

from __future__ import annotations

from collections.abc import Iterable


class Cycle:
    """Gives the next name, also where the last one was refused or is not applied yet."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)
        self._given: tuple[str, str] | None = None
        """What was present when a name was last given, and that name."""

    def after(self, present: str) -> str:
        """The name after the present one, or after the last one given if nothing has changed since."""
        last = self._given[1] if self._given and self._given[0] == present else present
        place = self._names.index(last) if last in self._names else -1
        name = self._names[(place + 1) % len(self._names)]
        self._given = present, name
        return name
