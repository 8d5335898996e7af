"""A training step is run once, for one replica, and every operation is written down."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.kernel.formulas import C_TYPES
from periodic_tui.engine.training.kernel.operations import Kind, is_simple, made, name_of
from periodic_tui.engine.training.kernel.spelled_out import spelled_out
from periodic_tui.engine.training.kernel.values import Constant, Counted, Input, Value, View

_MOST_OPERATIONS = 4_000
"""A compiler takes too long for more."""
_LARGEST_CONSTANT = 4_096
"""Numbers that are written out in a source."""
_LOOKS = ("_local_scalar_dense", "equal", "is_nonzero", "nonzero")
"""Operations by which a program looks at a number, and goes on as it likes: at every step in another way."""


class Recorder(TorchDispatchMode):
    """Writes down what torch does meanwhile. Raises Unavailable where no kernel could do the same."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.values: list[Value] = []
        """In an order in which they can be worked out."""
        self._by_storage: dict[int, Value] = {}
        """By the address of a tensor's memory: torch says where in it the elements of a view lie."""
        self._seen: list[Tensor] = []
        """So that no address is given away a second time."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """torch asks, and would otherwise import its compiler, which takes seconds."""
        return False

    def given(self, name: str, tensor: Tensor, steady: bool = True, each: bool = False) -> Input:
        """Make a tensor an input of that name."""
        value = Input(name, *_kind(tensor), steady, each)
        self._enter(value, tensor)
        return value

    def counts(self, tensor: Tensor) -> None:
        """Let it be known that a tensor is 0, 1, 2, …"""
        self._enter(Counted("counter", *_kind(tensor), True), tensor)

    def view(self, tensor: Tensor) -> View:
        """What a tensor is: one that nobody has made is a constant."""
        if _address(tensor) not in self._by_storage:
            self._enter(self._constant(tensor), tensor)
        value = self._by_storage[_address(tensor)]
        if value.dtype != tensor.dtype:
            raise Unavailable("no kernel is written for numbers that are taken for others")
        return View(value, tuple(tensor.shape), tuple(tensor.stride()), int(tensor.storage_offset()))

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name, kwargs = name_of(func), kwargs or {}
        if func._schema.is_mutable or name in _LOOKS:
            raise Unavailable(f"no kernel is written for {name}")
        simpler = None if is_simple(func) else spelled_out(func)
        if simpler:
            with self:
                return simpler(*args, **kwargs)
        arguments, result = [self._argument(each) for each in args], func(*args, **kwargs)
        for tensor in result if isinstance(result, tuple | list) else [result]:
            if _address(tensor) not in self._by_storage:
                self._enter(made(name, self._name(name), _kind(tensor), arguments, kwargs), tensor)
        return result

    def _constant(self, tensor: Tensor) -> Constant:
        """All of the memory of a tensor that nobody has made."""
        whole = tensor.new_empty(0).set_(tensor.untyped_storage())
        if whole.numel() > _LARGEST_CONSTANT:
            raise Unavailable("the step has too large a constant for a kernel")
        return Constant(self._name("constant"), *_kind(whole), True, tuple(whole.tolist()))

    def _argument(self, argument: Any) -> Any:
        if isinstance(argument, Tensor):
            return self.view(argument)
        return [self._argument(each) for each in argument] if isinstance(argument, list | tuple) else argument

    def _name(self, operation: str) -> str:
        if len(self.values) == _MOST_OPERATIONS:
            raise Unavailable(f"the step has more than {_MOST_OPERATIONS:,} operations")
        return f"{operation.strip('_')}_{len(self.values)}"

    def _enter(self, value: Value, tensor: Tensor) -> None:
        self._by_storage[_address(tensor)] = value
        self._seen.append(tensor)
        self.values.append(value)


def _address(tensor: Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _kind(tensor: Tensor) -> Kind:
    """Dtype, shape and strides of a tensor that fills its memory."""
    shape, strides = tuple(tensor.shape), tuple(tensor.stride())
    last = sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    if tensor.storage_offset() or (tensor.numel() and last + 1 != tensor.numel()):
        raise Unavailable("no kernel is written for tensors with gaps")
    if tensor.dtype not in C_TYPES:
        raise Unavailable(f"no kernel reckons with {tensor.dtype}")
    return tensor.dtype, shape, strides
