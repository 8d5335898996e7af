"""How models, and what is in them, are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from torch import Tensor, nn

_WRAPPERS = ("module.", "_orig_mod.")


class Names:
    """Of the modules and parameters of some models; with several models, each name begins with that of its model."""

    def __init__(self, models: Sequence[nn.Module]) -> None:
        inner = {id(child) for model in models for child in model.modules() if child is not model}
        self.models = [model for model in models if id(model) not in inner]
        self.modules: dict[int, str] = {}
        self.parameters: dict[int, str] = {}
        self.of: dict[int, Tensor] = {}
        """The parameters themselves, by their ids."""
        self._loose = 0
        for model, prefix in zip(self.models, _prefixes(self.models), strict=True):
            self._add(model, prefix)

    def _add(self, model: nn.Module, prefix: str) -> None:
        for name, module in model.named_modules():
            alone = prefix or type(model).__name__
            self.modules.setdefault(id(module), ".".join(filter(None, (prefix, _bare(name)))) or alone)
        for name, parameter in model.named_parameters():
            self.of[id(parameter)] = parameter
            self.parameters.setdefault(id(parameter), ".".join(filter(None, (prefix, _bare(name)))))

    def add(self, module: nn.Module) -> None:
        """A layer that has run: one with parameters that belongs to no model is `loose Linear 1`."""
        own = dict(module.named_parameters(recurse=False))
        if not own or id(module) in self.modules:
            return
        self._loose += 1
        self.modules[id(module)] = f"loose {type(module).__name__} {self._loose}"
        for name, parameter in own.items():
            self.of[id(parameter)] = parameter
            self.parameters.setdefault(id(parameter), f"{self.modules[id(module)]}.{name}")

    def of_parameter(self, parameter: Tensor) -> str:
        """Its name; one that belongs to no model goes by its shape."""
        shape = "×".join(map(str, parameter.shape)) or "one number"
        return self.parameters.get(id(parameter), f"a parameter of no module ({shape})")

    @property
    def described(self) -> tuple[str, ...]:
        """Class and number of parameters of each."""
        return tuple(f"{type(_inner(model)).__name__}, {_count(model):,} parameters" for model in self.models)


def _prefixes(models: Iterable[nn.Module]) -> list[str]:
    kinds = [type(_inner(model)).__name__ for model in models]
    if len(kinds) == 1:
        return [""]
    return [
        kind if kinds.count(kind) == 1 else f"{kind} {kinds[: place + 1].count(kind)}"
        for place, kind in enumerate(kinds)
    ]


def _inner(model: nn.Module) -> nn.Module:
    """The model in a wrapper of torch."""
    for name in ("module", "_orig_mod"):
        inner = model._modules.get(name)
        if inner is not None and len(model._modules) == 1:
            return _inner(inner)
    return model


def _bare(name: str) -> str:
    for wrapper in _WRAPPERS:
        name = name.removeprefix(wrapper)
    return "" if name in ("module", "_orig_mod") else name


def _count(model: nn.Module) -> int:
    return sum(each.numel() for each in model.parameters() if not nn.parameter.is_lazy(each))
