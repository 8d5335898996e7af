"""How models, and what is in them, are called."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence

from torch import Tensor, nn

_WRAPPERS = ("module", "_orig_mod")
"""How torch's wrappers call the model in them."""


class Names:
    """Of the modules and parameters of some models; with several models, each name begins with that of its model."""

    def __init__(self, models: Sequence[nn.Module]) -> None:
        self.models = outermost(models)
        self.modules: dict[int, str] = {}
        self._parameters: dict[int, str] = {}
        self.parameters: dict[int, Tensor] = {}
        """The parameters themselves, by their ids."""
        self._loose = 0
        for model, prefix in zip(self.models, _prefixes(self.models), strict=True):
            self._add(model, prefix)

    def _add(self, model: nn.Module, prefix: str) -> None:
        for name, module in model.named_modules():
            self.modules.setdefault(id(module), _joined(prefix, name) or type(model).__name__)
        for name, parameter in model.named_parameters():
            self.parameters[id(parameter)] = parameter
            self._parameters.setdefault(id(parameter), _joined(prefix, name))

    def of(self, parameter: Tensor) -> str:
        """A parameter's name; one that belongs to no model goes by its shape."""
        shape = "×".join(map(str, parameter.shape)) or "a number"
        return self._parameters.get(id(parameter), f"a parameter of no module ({shape})")

    def add(self, module: nn.Module) -> None:
        """A layer that has run: one with parameters that belongs to no model is `loose Linear 1`."""
        own = dict(module.named_parameters(recurse=False))
        if not own or id(module) in self.modules:
            return
        self._loose += 1
        self.modules[id(module)] = f"loose {type(module).__name__} {self._loose}"
        for name, parameter in own.items():
            self.parameters[id(parameter)] = parameter
            self._parameters.setdefault(id(parameter), f"{self.modules[id(module)]}.{name}")

    def owner(self, parameter: Tensor) -> str:
        """Name of the module that it belongs to; empty where it is none's."""
        return self._parameters.get(id(parameter), "").rpartition(".")[0]


def described(model: nn.Module) -> str:
    """Class and number of parameters."""
    return f"{type(_inner(model)).__name__}, {_count(model):,} parameters"


def outermost(models: Iterable[nn.Module]) -> list[nn.Module]:
    """Those that lie in none of the others."""
    models = list(models)
    inner = {id(child) for model in models for child in model.modules() if child is not model}
    return [model for model in models if id(model) not in inner]


def alive() -> list[nn.Module]:
    """Every module that there is. Takes some ten milliseconds."""
    kinds = _with_subclasses(nn.Module)
    return [each for each in gc.get_objects() if type(each) in kinds]


def _with_subclasses(kind: type) -> set[type]:
    return {kind}.union(*map(_with_subclasses, type.__subclasses__(kind)))


def around(parts: Sequence[nn.Module]) -> list[nn.Module]:
    """The models that these are parts of, and those among them that are part of none."""
    wanted = {id(part) for part in parts}
    holders = [model for model in alive() if any(id(each) in wanted for each in model.modules())]
    return outermost([*parts, *(each for each in holders if id(each) not in wanted)])


def holding(parameters: Iterable[Tensor]) -> list[nn.Module]:
    """The models that these parameters belong to."""
    wanted = {id(each) for each in parameters}
    return outermost(model for model in alive() if any(id(each) in wanted for each in model.parameters()))


def _prefixes(models: Sequence[nn.Module]) -> list[str]:
    kinds = [type(_inner(model)).__name__ for model in models]
    if len(kinds) == 1:
        return [""]
    return [
        kind if kinds.count(kind) == 1 else f"{kind} {kinds[: place + 1].count(kind)}"
        for place, kind in enumerate(kinds)
    ]


def _joined(prefix: str, name: str) -> str:
    parts = name.split(".") if name else []
    while parts and parts[0] in _WRAPPERS:
        parts.pop(0)
    return ".".join([prefix, *parts] if prefix else parts)


def _inner(model: nn.Module) -> nn.Module:
    """The model in a wrapper of torch."""
    only = list(model._modules.items())
    if len(only) == 1 and only[0][0] in _WRAPPERS and only[0][1] is not None:
        return _inner(only[0][1])
    return model


def _count(model: nn.Module) -> int:
    return sum(each.numel() for each in model.parameters() if not nn.parameter.is_lazy(each))
