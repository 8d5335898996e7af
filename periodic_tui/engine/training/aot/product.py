"""Matrix products of a compiled step, as calls of product.cpp.

BLAS has to be asked through torch, which costs a small product more than it takes, keeps what is between two of them
from lying on the stack, and on processors of AMD's does half of what they can.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch._inductor import ir
from torch._inductor.codegen.wrapper import PythonWrapperCodegen
from torch._inductor.lowering import register_lowering
from torch._inductor.virtualized import V

from periodic_tui.engine.training.aot.program import PRODUCTS

_NUMBERS = {torch.float32: "float", torch.float64: "double"}
DTYPES = tuple(_NUMBERS)
"""Of which there are products."""


def declarations() -> str:
    """What the code of a step needs: pointers to the products, which whoever loads it fills in."""
    pointers = (
        f"void (*{name})(const int64_t*, const {number}*, const {number}*, {number}*, bool) = nullptr;"
        for name, number in zip(PRODUCTS, _NUMBERS.values(), strict=True)
    )
    return "\n".join(["#include <cstdint>", 'extern "C" {', *pointers, "}", ""])


@torch.library.custom_op("periodic_tui::multiply", mutates_args=())
def multiply(left: Tensor, right: Tensor, together: bool) -> Tensor:
    """`[…, rows, depth]` times `[…, depth, columns]`; `together`: torch's threads share each of them."""
    return left @ right


@multiply.register_fake
def _(left: Tensor, right: Tensor, together: bool) -> Tensor:
    return left.new_empty(*left.shape[:-1], right.shape[-1])


class _Multiply(ir.ExternKernel):
    """The call, or one for each of a batch."""

    def __init__(self, left: ir.IRNode, right: ir.IRNode, together: bool) -> None:
        *batch, rows, _ = left.get_size()
        size = [*batch, rows, right.get_size()[-1]]
        layout = ir.FixedLayout(left.get_device_or_error(), left.get_dtype(), size)
        super().__init__(None, layout, self.unwrap_storage([left, right]), (together,))
        self.name = V.graph.register_buffer(self)
        V.graph.register_operation(self)

    def should_allocate(self) -> bool:
        return True

    def codegen(self, wrapper: PythonWrapperCodegen) -> None:
        matrices = [*cast("list[ir.IRNode]", self.inputs), self]
        layouts = [matrix.get_layout() for matrix in matrices]
        rows, depth = layouts[0].size[-2:]
        strides = [stride for layout in layouts for stride in layout.stride[-2:]]
        sizes = f"{self.name}_sizes"
        numbers = ", ".join(f"{int(each)}L" for each in (rows, depth, layouts[1].size[-1], *strides))
        wrapper.writeline(f"static constexpr int64_t {sizes}[] = {{{numbers}}};")
        for index in range(int(layouts[0].size[0]) if len(layouts[0].size) == 3 else 1):
            places = ", ".join(_place(matrix, index) for matrix in matrices)
            together = str(self.constant_args[0]).lower()
            wrapper.writeline(f"{_pointer(self.get_dtype())}({sizes}, {places}, {together});")


def _pointer(dtype: torch.dtype) -> str:
    return PRODUCTS[DTYPES.index(dtype)]


def _place(matrix: ir.IRNode, index: int) -> str:
    """Where a matrix of a batch begins."""
    layout = matrix.get_layout()
    offset = int(layout.offset) + (index * int(layout.stride[0]) if len(layout.size) == 3 else 0)
    return f"({_NUMBERS[layout.dtype]}*)get_data_ptr_wrapper({matrix.get_name()}) + {offset}L"


@register_lowering(torch.ops.periodic_tui.multiply.default, type_promotion_kind=None)
def _lowered(left: Any, right: Any, together: bool) -> Any:
    left, right = map(ir.ExternKernel.realize_input, (left, right))
    return ir.TensorBox.create(_Multiply(left, right, together))
