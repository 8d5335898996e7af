"""Names and what they stand for.

A registry maps the `kind` of a table in a preset to the class that holds its options. Such a class is a frozen,
validated `Spec`; it needs torch only inside the methods that the worker thread calls, so that a preset can be listed
and checked without importing torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, create_model, field_validator
from pydantic_core import CoreSchema, core_schema

from periodic_tui.engine.limits import LARGEST, SMALLEST


class Spec(BaseModel):
    """A frozen value whose fields are checked: no unknown key, no wrong type, no NaN, no number beyond all measure."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)

    @classmethod
    def hint(cls, key: str, table: Mapping[str, Any]) -> str:
        """The end of an error message on a key of such a table: what else helps whoever has to write it."""
        return ""

    @field_validator("*")
    @classmethod
    def _in_measure(cls, value: Any) -> Any:
        if (beyond := _beyond_measure(value)) is not None:
            sizes = f"0 or a number of a size from {SMALLEST:g} to {LARGEST:g}"
            raise ValueError(f"expected {sizes}, got {beyond:g}")
        return value


def _beyond_measure(value: Any) -> float | None:
    """The first number in a value, or in its lists, of another size; None if there is none."""
    if isinstance(value, tuple):
        return next((found for found in map(_beyond_measure, value) if found is not None), None)
    wrong = isinstance(value, float) and value != 0 and not SMALLEST <= abs(value) <= LARGEST
    return value if wrong else None


class Kind(Spec):
    """A spec that a preset chooses by name; subclasses narrow `kind` to a literal with a default."""

    kind: str


K = TypeVar("K", bound=Kind)


class Registry(dict[str, type[K]], Generic[K]):
    """The kinds of one noun and their specs, in the order of their registration.

    Annotate a field with `Annotated[Base, registry]` and pydantic accepts a kind's table or its bare name.
    """

    def __init__(self, noun: str, default: str | None = None) -> None:
        self.noun = noun
        self.default = default
        """Kind of a table that names none; None: the kind is required."""
        self.unlisted: dict[str, type[K]] = {}
        """Kinds that no list names, since no preset can ask for them."""

    def register(self, spec: type[K]) -> type[K]:
        """Class decorator; raises ValueError if the kind is taken."""
        kind = spec.model_fields["kind"].default
        if kind in self:
            raise ValueError(f"{self.noun} {kind!r} is registered twice")
        self[kind] = spec
        return spec

    def register_unlisted(self, spec: type[K]) -> type[K]:
        """Class decorator for a kind that no preset can ask for."""
        self.unlisted[spec.model_fields["kind"].default] = spec
        return spec

    def spec(self, kind: str) -> type[K]:
        """The class of a kind, listed or not. Raises KeyError."""
        return self[kind] if kind in self else self.unlisted[kind]

    def define(self, name: str, base: type[K], **options: Any) -> type[K]:
        """Make and register the class of a kind (the name in lower case) that adds nothing to its base but options,
        each a type and a default."""
        kind = name.lower()
        fields: dict[str, Any] = {"kind": (Literal[kind], kind), **options}
        return self.register(create_model(name, __base__=base, **fields))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices = {kind: handler.generate_schema(spec) for kind, spec in (self | self.unlisted).items()}
        return core_schema.no_info_before_validator_function(
            self._as_table, core_schema.tagged_union_schema(choices, discriminator="kind")
        )

    def _as_table(self, value: Any) -> Any:
        if isinstance(value, str):
            return {"kind": value}
        if isinstance(value, dict) and self.default:
            return {"kind": self.default} | value
        return value


class OneOrEach(Generic[K]):
    """Annotates a field that takes one spec of a registry, or a list with one for each of at most so many things."""

    def __init__(self, registry: Registry[K], most: int) -> None:
        self.registry, self.most = registry, most

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        one = self.registry.__get_pydantic_core_schema__(source, handler)
        each = core_schema.tuple_variable_schema(one, max_length=self.most, strict=False)
        return core_schema.tagged_union_schema({"one": one, "each": each}, discriminator=_one_or_each)


def _one_or_each(value: Any) -> str:
    return "each" if isinstance(value, (list, tuple)) else "one"
