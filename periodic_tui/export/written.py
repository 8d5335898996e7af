"""Formulas as Python source: what a function does to its argument, written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Written:
    """Stands for a tensor. Whatever is done to it, a method or an operator, gives the source of the result."""

    def __init__(self, text: str, joined: bool = False) -> None:
        self.text = text
        self._joined = joined
        """Whether an operator binds its parts, so that it needs parentheses inside a larger formula."""

    @property
    def part(self) -> str:
        """Its source within a larger formula."""
        return f"({self.text})" if self._joined else self.text

    def __getattr__(self, name: str) -> Callable[..., Written]:
        def call(*arguments: Any, **options: Any) -> Written:
            told = [*map(_text, arguments), *(f"{key}={_text(value)}" for key, value in options.items())]
            return Written(f"{self.part}.{name}({', '.join(told)})")

        return call

    def __add__(self, other: Any) -> Written:
        return _between(self, "+", other)

    def __radd__(self, other: Any) -> Written:
        return _between(other, "+", self)

    def __sub__(self, other: Any) -> Written:
        return _between(self, "-", other)

    def __rsub__(self, other: Any) -> Written:
        return _between(other, "-", self)

    def __mul__(self, other: Any) -> Written:
        return _between(self, "*", other)

    def __rmul__(self, other: Any) -> Written:
        return _between(other, "*", self)

    def __truediv__(self, other: Any) -> Written:
        return _between(self, "/", other)

    def __rtruediv__(self, other: Any) -> Written:
        return _between(other, "/", self)

    def __gt__(self, other: Any) -> Written:
        return _between(self, ">", other)

    def __lt__(self, other: Any) -> Written:
        return _between(self, "<", other)

    def __neg__(self) -> Written:
        return Written(f"-{self.part}", joined=True)


def _between(one: Any, sign: str, other: Any) -> Written:
    return Written(f"{_part(one)} {sign} {_part(other)}", joined=True)


def _text(value: Any) -> str:
    return value.text if isinstance(value, Written) else repr(value)


def _part(value: Any) -> str:
    return value.part if isinstance(value, Written) else repr(value)
