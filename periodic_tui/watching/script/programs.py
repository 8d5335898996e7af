"""What can be watched, found as the interpreter finds what it is to run: as a `__main__` that has not run yet."""

from __future__ import annotations

import builtins
import importlib.machinery
import importlib.util
import io
import os
import sys
from types import CodeType, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    Kind = Literal["file", "module", "folder"]
    """A source file; a module by its name; a folder or a zip file that holds a `__main__.py`."""
    Program = tuple[ModuleType, Callable[[], CodeType]]
    """Its module, and what compiles it."""


class Missing(Exception):
    """There is nothing to run; the message says why."""


def found(kind: Kind, target: str) -> Program:
    """The program, with `sys.path` and `sys.argv` as it expects them. Raises Missing."""
    return {"file": _file, "module": _module, "folder": _folder}[kind](target)


def _file(target: str) -> Program:
    path = os.path.join(os.getcwd(), target)
    _search_first(os.path.dirname(os.path.realpath(target)))
    main = _main(path, importlib.machinery.SourceFileLoader("__main__", path))

    def code() -> CodeType:
        with io.open_code(path) as file:
            return compile(file.read(), path, "exec", dont_inherit=True)

    return main, code


def _module(target: str) -> Program:
    sys.argv[0] = "-m"
    _search_first(os.getcwd())
    spec = _spec(target)
    if spec.submodule_search_locations is not None:
        spec = _spec(f"{target}.__main__")
    sys.argv[0] = str(spec.origin)
    return _of_spec(spec)


def _spec(name: str) -> importlib.machinery.ModuleSpec:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, AttributeError, TypeError, ValueError) as problem:
        raise Missing(f"-m {name}: {type(problem).__name__}: {problem}") from None
    if spec is None:
        raise Missing(f"-m {name}: there is no such module")
    return spec


def _folder(target: str) -> Program:
    path = os.path.join(os.getcwd(), target)
    sys.path.insert(0, path)
    spec = importlib.machinery.PathFinder.find_spec("__main__", [path])
    if spec is None:
        raise Missing(f"{target}: holds no __main__.py")
    return _of_spec(spec)


def _of_spec(spec: importlib.machinery.ModuleSpec) -> Program:
    find = getattr(spec.loader, "get_code", None)
    if find is None:
        raise Missing(f"{spec.name}: cannot be run")
    main = _main(spec.origin, spec.loader)
    vars(main).update(__spec__=spec, __package__=spec.parent, __cached__=spec.cached)

    def code() -> CodeType:
        compiled = find(spec.name)
        if not isinstance(compiled, CodeType):
            raise ImportError(f"No code object available for {spec.name}")
        return compiled

    return main, code


def _main(path: str | None, loader: object) -> ModuleType:
    main = ModuleType("__main__")
    vars(main).update(__file__=path, __loader__=loader, __builtins__=builtins, __cached__=None, __package__=None)
    return main


def _search_first(folder: str) -> None:
    if not sys.flags.safe_path:
        sys.path.insert(0, folder)
