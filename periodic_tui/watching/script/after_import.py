"""Something that happens as soon as the script has imported a module, of its own accord and as it wanted."""

from __future__ import annotations

import importlib.util
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType


class AfterImport:
    """A finder that finds one module where all others find it, and calls `then` once it has run."""

    def __init__(self, name: str, then: Callable[[], object]) -> None:
        self._name, self._then = name, then
        self._asks = False

    def stand_first(self) -> None:
        """Be asked before all others, unless the module is there already."""
        if self._name in sys.modules:
            self._then()
        else:
            sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Where the others find it; None for any other module."""
        if name != self._name or self._asks:
            return None
        self._asks = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._asks = False
        if spec and spec.loader:
            self._follow(spec.loader)
        return spec

    def _follow(self, loader: Loader) -> None:
        """Let the loader stay what it is, but for one call."""
        run = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            vars(loader).pop("exec_module", None)
            run(module)
            if self in sys.meta_path:
                sys.meta_path.remove(self)
                self._then()

        vars(loader)["exec_module"] = exec_module
