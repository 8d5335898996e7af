"""A second device with the rules of CUDA, or of Metal, and the numbers of the CPU, for machines that have only that.

Inside `SecondDevice()` tensors can be made on `cuda:0`, or `mps:0`, and moved there and back. Their numbers are
computed on the CPU, but as on a GPU an operation that mixes devices, or a numpy array of such a tensor, is an error; on
Metal so is whatever would be float64 there.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, Self

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map

from periodic_tui.engine import slices

CPU, CUDA, METAL = torch.device("cpu"), torch.device("cuda:0"), torch.device("mps:0")
_CONVERSIONS = {Tensor.to, Tensor.cpu, torch.as_tensor}
_ACROSS = {Tensor.copy_}
"""What may mix devices."""


class Passed:
    """In place of an event on a stream; `waited` counts how often it was waited for one."""

    waited = 0

    def record(self, stream: object = None) -> None:
        pass

    def synchronize(self) -> None:
        type(self).waited += 1


def pretend(monkeypatch: pytest.MonkeyPatch, free: float = 70e9) -> None:
    """Let torch say that there is one GPU, with so many bytes free of 80 GB."""
    monkeypatch.setattr("periodic_tui.engine.training.devices._sound", set())
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    monkeypatch.setattr("torch.cuda.is_current_stream_capturing", lambda: False)
    monkeypatch.setattr("torch.cuda.current_stream", lambda device=None: None)
    monkeypatch.setattr("torch.cuda.Event", Passed)
    monkeypatch.setattr("torch.cuda.get_device_name", lambda index: "Pretended")
    place = {"pci_domain_id": 0, "pci_bus_id": 1, "pci_device_id": 0}
    monkeypatch.setattr("torch.cuda.get_device_properties", lambda index: SimpleNamespace(**place))
    monkeypatch.setattr("torch.cuda.get_device_capability", lambda index: (9, 0))
    monkeypatch.setattr("torch.cuda.get_arch_list", lambda: ["sm_80", "sm_90"])
    monkeypatch.setattr("torch.cuda.mem_get_info", lambda device: (free, 80e9))
    monkeypatch.setattr("torch.cuda.memory_reserved", lambda device: 2e9)
    monkeypatch.setattr("torch.cuda.memory_allocated", lambda device: 1e9)


class _OnSecond(Tensor):
    """A tensor of the second device."""


class _OnMetal(_OnSecond):
    """One of Metal."""


_CLASSES = {"cpu": Tensor, "cuda": _OnSecond, "mps": _OnMetal}


def device_of(tensor: Tensor) -> torch.device:
    return METAL if isinstance(tensor, _OnMetal) else CUDA if isinstance(tensor, _OnSecond) else CPU


def _named(device: torch.device | str) -> torch.device:
    device = torch.device(device)
    return CPU if device.type == "cpu" else torch.device(device.type, device.index or 0)


class SecondDevice(TorchFunctionMode):
    """While it is entered, `cuda:0` and `mps:0` exist. `waits` counts how often the host waited for their numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = 0

    def __enter__(self) -> Self:
        self._act, slices._act = slices._act, self._aside
        super().__enter__()  # type: ignore[no-untyped-call]  # of torch
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)  # type: ignore[no-untyped-call]  # of torch
        slices._act = self._act

    def _aside(self, act: Callable[[], Any], future: Future[Any]) -> None:
        """Work in another thread has this device, too."""
        with _AsThere(self):
            self._act(act, future)

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        with torch._C.DisableTorchFunctionSubclass():
            result = self._done(func, args, dict(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, _OnMetal) and leaf.dtype == torch.float64:
                raise TypeError("Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support it")
        return result

    def _done(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if func == Tensor.device.__get__:
            return device_of(args[0])
        if func == Tensor.is_cuda.__get__:  # type: ignore[attr-defined]  # it is a property
            return device_of(args[0]) == CUDA
        if func in _CONVERSIONS:
            return _converted(func, args, kwargs)
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        home = _named(kwargs.pop("device", None) or _common(func, args, tensors))
        name = getattr(func, "__name__", "")
        if home != CPU and name in {"numpy", "__array__"}:
            raise TypeError(f"can't convert {home} device type tensor to numpy")
        if home != CPU and name in {"item", "tolist", "__bool__", "__float__", "__int__", "__index__"}:
            self.waits += 1
        given = {id(tensor) for tensor in tensors}
        return tree_map(lambda leaf: leaf if id(leaf) in given else _placed(leaf, home), func(*args, **kwargs))


class _AsThere(TorchFunctionMode):
    """The same device in another thread."""

    def __init__(self, device: SecondDevice) -> None:
        super().__init__()
        self._device = device

    def __torch_function__(self, *call: Any) -> Any:
        return self._device.__torch_function__(*call)


def _common(func: Callable[..., Any], args: tuple[Any, ...], tensors: list[Tensor]) -> torch.device:
    """The one device of all the tensors; numbers of the CPU go with either, and CPU indices with either."""
    if not tensors or func in _ACROSS:
        return device_of(tensors[0]) if tensors else CPU
    if getattr(func, "__name__", "") in {"__getitem__", "__setitem__"}:
        indices = [leaf for leaf in tree_leaves(args[1]) if isinstance(leaf, Tensor)]
        if device_of(args[0]) == CPU and any(device_of(index) != CPU for index in indices):
            raise RuntimeError("indices should be on the same device as the indexed tensor (cpu)")
        tensors = [args[0], *(value for value in args[2:] if isinstance(value, Tensor))]
    found = {device_of(tensor) for tensor in tensors}
    if len(found) == 1:
        return found.pop()
    if any(tensor.dim() for tensor in tensors if device_of(tensor) == CPU):
        names = " and ".join(sorted(map(str, found)))
        raise RuntimeError(f"{func} expected all tensors to be on the same device, but found {names}")
    return max(found, key=lambda device: device != CPU)


def _placed(value: Any, device: torch.device) -> Any:
    if not isinstance(value, Tensor):
        return value
    return value.as_subclass(_CLASSES[device.type])


def _converted(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A copy where the device changes, with the new dtype if one is asked for."""
    source, options = args[0], [*args[1:], *kwargs.values()]
    before = device_of(source) if isinstance(source, Tensor) else CPU
    after = CPU if func is Tensor.cpu or not isinstance(source, Tensor) else before
    dtype = None
    for option in options:
        if isinstance(option, torch.device | str):
            after = _named(option)
        elif isinstance(option, torch.dtype):
            dtype = option
        elif isinstance(option, Tensor):
            after, dtype = device_of(option), option.dtype
    plain = torch.as_tensor(source, dtype=dtype) if not isinstance(source, Tensor) else source
    dtype = plain.dtype if dtype is None else dtype
    if before == after and plain.dtype == dtype:
        return plain
    return _placed(plain.to(dtype, copy=before != after), after)
