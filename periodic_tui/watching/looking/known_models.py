"""Which models there are, found once and remembered without keeping them alive."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping

from torch import Tensor, nn

from periodic_tui.watching.looking.names import around, holding, outermost

_MOST = 16


class KnownModels:
    """Searching for modules among all objects takes long: the same question is asked once, and few are asked at all."""

    def __init__(self) -> None:
        self._models: list[weakref.ref[nn.Module]] = []
        """In the order in which they were first seen: their names depend on it."""
        self.criteria: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        """Losses that the script has named."""
        self._answers: dict[frozenset[int], list[weakref.ref[nn.Module]]] = {}

    def name(self, model: nn.Module) -> None:
        """This is one, whatever runs."""
        if all(each is not model for each in self.all):
            self._models = [*map(weakref.ref, self.all[-_MOST:]), weakref.ref(model)]

    @property
    def all(self) -> list[nn.Module]:
        """Those that were ever seen and are still there."""
        return outermost(_living(self._models))

    def of(self, ran: Mapping[int, weakref.ref[nn.Module]], held: Iterable[Tensor]) -> list[nn.Module]:
        """The models, by the modules that no other module called, or else by the parameters that optimizers hold."""
        found = self._of(_living(ran.values()), list(held))
        for model in found:
            self.name(model)
        return found

    def _of(self, parts: list[nn.Module], held: list[Tensor]) -> list[nn.Module]:
        if not parts:
            return self._search(frozenset(map(id, held)), lambda: holding(held)) if held else []
        known = [each for each in self.all if any(id(part) in map(id, each.modules()) for part in parts)]
        inside = {id(each) for model in known for each in model.modules()}
        if all(id(part) in inside for part in parts):
            return known
        if len(parts) == 1 and {id(each) for each in parts[0].parameters()}.issuperset(map(id, held)):
            return parts
        return self._search(frozenset(map(id, parts)), lambda: around(parts)) or parts

    def _search(self, question: frozenset[int], search: Callable[[], list[nn.Module]]) -> list[nn.Module]:
        if question not in self._answers:
            if len(self._answers) >= _MOST:
                return []
            self._answers[question] = [weakref.ref(each) for each in search()]
        return _living(self._answers[question])


def _living(references: Iterable[weakref.ref[nn.Module]]) -> list[nn.Module]:
    return [each for reference in references if (each := reference()) is not None]
