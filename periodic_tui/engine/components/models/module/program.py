"""A file of the user's that makes networks: run once, and only where the user has named it; what it makes is called
with seeds."""

from __future__ import annotations

import hashlib
import inspect
import io
import random
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.files import read_regular, told
from periodic_tui.engine.names import did_you_mean

if TYPE_CHECKING:
    import torch
    from torch import nn

MAX_BYTES = 1 << 22
"""Largest file that is run."""
_SHOWN = 160
"""Characters of an error that are repeated."""
COUNTS = ("inputs", "outputs")
"""What a class or function is given, by these names or in this order, if it asks for it."""
_allowed: set[str] = set()
_run: dict[str, File] = {}


def allow(file: str) -> None:
    """Let a file be run: the user has named it."""
    _allowed.add(file)


@dataclass(frozen=True, eq=False)
class File:
    """A file that was run."""

    content: ModuleType
    digest: str
    """Of its source, and of that of its neighbors which it imports."""
    dtype: torch.dtype
    """torch's default, as the file has set it."""


@dataclass(frozen=True, eq=False)
class Program:
    """A class or function that makes networks."""

    path: str
    name: str
    file: File
    make: Callable[..., Any]
    asks: tuple[str, ...] | None
    """Which of the counts it takes by name; None: both, by position."""

    def new(self, seed: int, inputs: int, outputs: int) -> nn.Module:
        """A network as it starts from this seed of torch's (and Python's and numpy's) global generator, on the CPU.
        Raises Refused."""
        import torch

        counts = dict(zip(COUNTS, (inputs, outputs), strict=True))
        with untouched(), self.refusing():
            torch.set_default_dtype(self.file.dtype)
            seed_all(seed)
            made = self.make(inputs, outputs) if self.asks is None else self.make(**{n: counts[n] for n in self.asks})
            if not isinstance(made, torch.nn.Module):
                raise self.refusal(f"gives {_kind(made)}, expected a torch.nn.Module")
            if any(map(torch.nn.parameter.is_lazy, made.parameters())):
                made(torch.zeros(2, inputs))
            return made.cpu()

    def refusal(self, why: str) -> Refused:
        """A refusal in its name."""
        return Refused(f"{Path(self.path).name}:{self.name} {why}")

    @contextmanager
    def refusing(self, doing: str = "cannot be made") -> Iterator[None]:
        """A context in which whatever its code raises is a refusal, in one line."""
        try:
            yield
        except Refused:
            raise
        except (Exception, SystemExit) as error:
            raise self.refusal(f"{doing}: {last_line(error, self.path)}") from None


def program(path: str, name: str) -> Program:
    """The class or function of that name. Raises Refused."""
    file = _file(path)
    found = getattr(file.content, name, None)
    short = Path(path).name
    if found is None:
        own = vars(file.content).items()
        names = [key for key, value in own if callable(value) and value is not _aside and not key.startswith("_")]
        raise Refused(f"{short} has no {name}{did_you_mean(name, names)}")
    return Program(path, name, file, found, _asks(f"{short}:{name}", found))


def _asks(title: str, found: Any) -> tuple[str, ...] | None:
    """Which counts it takes, by name; None: both, by position. Raises Refused."""
    import torch

    if isinstance(found, torch.nn.Module):
        raise Refused(
            f"{title} is a module already, from which every seed would start; expected its class, or a function"
        )
    if not callable(found) or (isinstance(found, type) and not issubclass(found, torch.nn.Module)):
        raise Refused(f"{title} is {_kind(found)}, expected a class of torch.nn.Module or a function that returns one")
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return ()
    required = [each.name for each in parameters if each.default is each.empty and each.kind not in _COLLECTS]
    named = tuple(each.name for each in parameters if each.name in COUNTS and each.kind != each.POSITIONAL_ONLY)
    if set(required) <= set(named):
        return named
    if len(required) == len(COUNTS):
        return None
    raise Refused(f"{title} asks for {', '.join(required)}, expected no arguments, or inputs and outputs")


_COLLECTS = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _kind(value: object) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else f"an object of type {type(value).__name__}"


def _file(path: str) -> File:
    if path not in _allowed:
        raise Refused(f"{Path(path).name} is not run: only --model FILE.py:NAME names a program")
    if path not in _run:
        _run[path] = _ran(path)
    return _run[path]


def _ran(path: str) -> File:
    """Run a file as a module of its name. Raises Refused."""
    import torch

    short, folder = Path(path).name, str(Path(path).parent)
    try:
        source = read_regular(Path(path), MAX_BYTES)
    except OSError as error:
        raise Refused(f"{short}: {told(error)}") from None
    except ValueError as problem:
        raise Refused(f"{short}: {problem}") from None
    content, before = _empty(path), set(sys.modules)
    sys.path.insert(0, folder)
    with untouched():
        try:
            sys.argv = [path]
            exec(compile(source, path, "exec"), vars(content))
        except (Exception, SystemExit) as error:
            raise Refused(f"{short}: {last_line(error, path)}") from None
        dtype = torch.get_default_dtype()
    return File(content, _digest(source, folder, before), dtype)


def _empty(path: str) -> ModuleType:
    name = Path(path).stem
    name = f"{name}_" if name in sys.modules else name
    content = ModuleType(name)
    content.__file__ = path
    vars(content)["print"] = _aside
    sys.modules[name] = content  # dataclasses look their own module up
    return content


def _aside(*values: object, **options: Any) -> None:
    """What it prints, also while it is called, is no result of ours."""
    print(*values, **{"file": sys.stderr, **options})


def _digest(source: bytes, folder: str, before: set[str]) -> str:
    digest = hashlib.sha256(source)
    for name in sorted(set(sys.modules) - before):
        found = getattr(sys.modules[name], "__file__", None) or ""
        if Path(found).suffix == ".py" and folder in map(str, Path(found).parents) and "site-packages" not in found:
            digest.update(name.encode() + Path(found).read_bytes())
    return digest.hexdigest()[:32]


def last_line(error: BaseException, path: str) -> str:
    """Where in the file and what, as the end of a traceback says it, in one line."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    place = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    said = next(iter(str(error.msg if isinstance(error, SyntaxError) else error).strip().splitlines()), "").strip()
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    if len(what) > _SHOWN:  # whole sentences where there are any
        what = what[:_SHOWN].rpartition(". ")[0] or f"{what[: _SHOWN - 1]}…"
    return f"line {place}: {what}" if place else what


def seed_all(seed: int) -> None:
    """Let every global generator begin from here."""
    import numpy as np
    import torch

    torch.manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed % 2**32)


def drawn() -> tuple[object, ...]:
    """Where the global generators stand: the same again as long as nobody draws."""
    import numpy as np
    import torch

    numpy = np.random.get_state()
    return bytes(torch.get_rng_state().numpy()), random.getstate(), bytes(numpy[1]), numpy[2]  # type: ignore[index]


@contextmanager
def untouched() -> Iterator[None]:
    """A context in which a program may set and print what it likes: afterwards all is as it was, and what it prints is
    no result of ours."""
    import numpy as np
    import torch

    states = torch.get_rng_state(), random.getstate(), np.random.get_state()
    settings = torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads()
    arguments, keyboard, sys.stdin = sys.argv, sys.stdin, io.StringIO()
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.argv, sys.stdin = arguments, keyboard
        torch.set_rng_state(states[0])
        random.setstate(states[1])
        np.random.set_state(states[2])
        torch.set_default_dtype(settings[0])
        torch.set_grad_enabled(settings[1])
        torch.set_num_threads(settings[2])
