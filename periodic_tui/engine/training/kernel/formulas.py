"""What torch's operations on single numbers are in C++, and what its sums and their like start from."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from periodic_tui.engine.errors import Unavailable

Number = bool | int | float

C_TYPES = {torch.float32: "float", torch.float64: "double", torch.int64: "whole", torch.bool: "bool"}
"""All that a kernel reckons with."""

_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_INFIX = {"div": "/", "bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^", "__rshift__": ">>", "__lshift__": "<<"}
_WRAPPING = {"add": "plus", "sub": "minus", "mul": "times"}
"""Functions of the prelude: whole numbers that grow too large start again from below, as in torch."""
_CIRCULAR = ("acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "sin", "sinh", "tan", "tanh")
_EXPONENTIAL = ("erf", "erfc", "exp", "exp2", "expm1", "log", "log10", "log1p", "log2", "sqrt")
_OF_TWO = ("atan2", "fmod", "hypot")
"""Functions that C++ calls as torch does."""
FORMULAS = {
    **{name: f"{{0}} {sign} {{1}}" for name, sign in (_COMPARISONS | _INFIX).items()},
    **{name: f"{name}({{0}})" for name in (*_CIRCULAR, *_EXPONENTIAL, "ceil", "floor", "trunc")},
    **{name: f"{name}({{0}}, {{1}})" for name in _OF_TWO},
    **{name: f"{function}({{0}}, {{1}})" for name, function in _WRAPPING.items()},
    "_to_copy": "{0}",
    "abs": "magnitude({0})",
    "bitwise_not": "inverse({0})",
    "clamp_max": "smaller({0}, {1})",
    "clamp_min": "larger({0}, {1})",
    "clone": "{0}",
    "floor_divide": "quotient({0}, {1})",
    "isfinite": "magnitude({0}) < INFINITE",
    "isinf": "magnitude({0}) == INFINITE",
    "isnan": "{0} != {0}",
    "lerp": "{0} + {2} * ({1} - {0})",
    "lift_fresh_copy": "{0}",
    "logaddexp": "log_of_sum({0}, {1})",
    "logical_and": "{0} && {1}",
    "logical_not": "!{0}",
    "logical_or": "{0} || {1}",
    "maximum": "larger({0}, {1})",
    "minimum": "smaller({0}, {1})",
    "neg": "-{0}",
    "pow": "power({0}, {1})",
    "reciprocal": "1 / {0}",
    "relu": "({0} <= 0 ? 0 : {0})",
    "remainder": "modulo({0}, {1})",
    "round": "rint({0})",
    "rsqrt": "1 / sqrt({0})",
    "rsub": "minus({1}, {0})",
    "sgn": "sign({0})",
    "sigmoid": "1 / (1 + exp(-{0}))",
    "sigmoid_backward": "{0} * (1 - {1}) * {1}",
    "sign": "sign({0})",
    "tanh_backward": "{0} * (1 - {1} * {1})",
    "threshold_backward": "({1} <= {2} ? 0 : {0})",
    "where": "({0} ? {1} : {2})",
}
PROMOTING = frozenset({*_COMPARISONS, "isfinite", "isinf", "isnan"})
"""Operations whose operands are of another type than what they come to."""
_DEAR = frozenset({*_CIRCULAR, *_EXPONENTIAL, *_OF_TWO, "div", "logaddexp", "pow", "remainder", "rsqrt", "sigmoid"})
"""Operations that take more than an instruction or two."""
FILLED = {"ones_like": 1, "zeros_like": 0, "new_zeros": 0, "new_ones": 1, "zeros": 0, "ones": 1}
"""Operations that give the same number everywhere."""


@dataclass(frozen=True)
class Formula:
    """An operation on single numbers."""

    text: str
    """C++ with `{0}`, `{1}`, … in the place of the operands."""
    cost: int
    """Instructions, roughly."""


def formula(operation: str) -> Formula:
    """The formula of torch's operation of that name. Raises Unavailable where there is none."""
    if operation not in FORMULAS:
        raise Unavailable(f"no kernel is written for {operation}")
    return Formula(FORMULAS[operation], 8 if operation in _DEAR else 1)


@dataclass(frozen=True)
class Fold:
    """How many numbers become one."""

    name: str
    """Of the prelude's structure, with its start and what joins two."""
    each: str = "{0}"
    """What is made of a number before."""
    last: str = "{0}"
    """What is made of the result; `{1}` is how many numbers there were."""


FOLDS = {
    "sum": Fold("Sum"),
    "mean": Fold("Sum", last="{0} / {1}"),
    "all": Fold("All", each="{0} != 0"),
    "any": Fold("Any", each="{0} != 0"),
    "amax": Fold("Largest"),
    "amin": Fold("Smallest"),
    "linalg_vector_norm": Fold("Sum", each="{0} * {0}", last="sqrt({0})"),
}


def literal(number: Number, dtype: torch.dtype) -> str:
    """The number as C++ of that type."""
    if dtype in (torch.float32, torch.float64):
        text = {"inf": "INFINITE", "-inf": "-INFINITE", "nan": "(INFINITE - INFINITE)"}.get(str(float(number)))
        return f"{C_TYPES[dtype]}({text or repr(float(number))})"
    if dtype == torch.bool:
        return str(bool(number)).lower()
    return f"(-{-int(number) - 1}LL - 1)" if number < 0 else f"{int(number)}LL"
