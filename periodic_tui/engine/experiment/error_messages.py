"""What is wrong with an experiment, one line a problem: the key's path, what is wrong, what was expected."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from periodic_tui.engine.components.registry import OneOrEach, Registry, Spec
from periodic_tui.engine.experiment.experiment import Experiment
from periodic_tui.engine.names import instead_of

EXPECTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "a string",
    "bool_type": "true or false",
    "model_type": "a table",
    "model_attributes_type": "a kind's name or table",
    "finite_number": "a finite number",
    "greater_than": "more than {gt:,}",
    "greater_than_equal": "at least {ge:,}",
    "less_than": "less than {lt:,}",
    "less_than_equal": "at most {le:,}",
    "too_short": "{min_length} or more values",
    "too_long": "{max_length} or fewer values",
    "string_too_long": "at most {max_length} characters",
}
LISTED = "`periodic-tui check --help` lists them"
SHOWN = 40
"""Characters of a wrong key or value that are repeated."""


def problems(error: ValidationError, table: dict[str, Any]) -> list[str]:
    """One line for each problem that pydantic found in `table`."""
    return [line for details in error.errors(include_url=False) for line in _lines(details, table)]


def _lines(details: ErrorDetails, table: dict[str, Any]) -> Iterator[str]:
    place = _Place("", table, Experiment, None)
    for part in details["loc"]:
        place = place.step(part)
    context = details.get("ctx", {})
    match details["type"]:
        case "conflicts":
            yield from (f"{key}: {text}" for key, text in context["conflicts"].items())
        case "union_tag_invalid":
            yield place.unknown_kind()
        case "union_tag_not_found" | "missing" if isinstance(place.spec, Registry):
            yield f"{place.path}.kind: missing, expected one of {', '.join(place.spec)}"
        case "missing":
            yield f"{place.path}: missing, expected {_kind(place.spec)}{place.hint}"
        case "tuple_type":
            yield f"{place.path}: expected {_kind(place.spec)}, got {_shown(details['input'])}{place.hint}"
        case "extra_forbidden":
            yield f"{place.path}: unknown key, {_one_of(list(place.parent.model_fields), str(details['loc'][-1]))}"
        case "literal_error":
            names = re.findall("'([^']*)'", context["expected"]) or [context["expected"]]
            yield f"{place.path}: unknown value {_shown(details['input'])}, {_one_of(names, str(details['input']))}"
        case "value_error":
            yield f"{place.path}: {context['error']}"
        case kind if kind in EXPECTED:
            yield f"{place.path}: expected {EXPECTED[kind].format(**context)}, got {_shown(details['input'])}"
        case _:
            yield f"{place.path}: {details['msg']}, got {_shown(details['input'])}"


@dataclass(frozen=True)
class _Place:
    """Where in the table an error is."""

    path: str
    """Dotted path, as the user wrote it."""
    value: Any
    """What stands there; None if nothing does."""
    spec: Any
    """What is expected there: a registry, a spec, or None for a plain value."""
    parent: Any
    """The spec around it."""
    hint: str = ""
    """What else helps whoever has to write it."""

    def step(self, part: str | int) -> _Place:
        """One level down. The kinds that pydantic puts into the location are no keys of the table."""
        if isinstance(self.spec, OneOrEach):
            return _Place(self.path, self.value, self.spec.registry, self.parent)
        if isinstance(self.spec, Registry) and isinstance(part, str):
            return _Place(self.path, self.value, self.spec.spec(part), self.parent)
        part_text = f"[{part}]" if isinstance(part, int) else f".{_short(part)}"
        path = self.path + part_text if self.path else part_text[1:]
        return _Place(path, _inside(self.value, part), _expected(self.spec, part), self.spec, self._hint(part))

    def _hint(self, part: str | int) -> str:
        known = isinstance(self.spec, type) and issubclass(self.spec, Spec) and isinstance(self.value, dict)
        return self.spec.hint(str(part), self.value) if known else ""

    def unknown_kind(self) -> str:
        """The whole line on a kind that is not in the registry."""
        table = self.value if isinstance(self.value, dict) else None
        path, kind = (self.path, self.value) if table is None else (f"{self.path}.kind", table.get("kind"))
        return f"{path}: unknown {self.spec.noun} {_shown(kind)}, {_one_of(list(self.spec), str(kind))}"


def _inside(value: Any, part: str | int) -> Any:
    try:
        return value[part]
    except (LookupError, TypeError):
        return None


def _expected(spec: Any, part: str | int) -> Any:
    if isinstance(spec, Registry):  # of a list
        return spec
    if not (isinstance(spec, type) and issubclass(spec, Spec)) or part not in spec.model_fields:
        return None
    field = spec.model_fields[str(part)]
    registries = [item for item in field.metadata if isinstance(item, (OneOrEach, Registry))]
    return registries[0] if registries else _without_none(field.annotation)


def _without_none(annotation: Any) -> Any:
    """The type of a value that may be absent."""
    present = [kind for kind in get_args(annotation) if kind is not NoneType]
    return present[0] if len(present) == 1 and NoneType in get_args(annotation) else annotation


def _kind(annotation: Any) -> str:
    """What values of a type are called; the ends of an interval, which have none of their own, are numbers."""
    if get_origin(annotation) is tuple:
        each = get_args(annotation)[0]
        return "a list of strings" if str in (each, *get_args(each)) else "a list"
    return {str: "a string", bool: "true or false", int: "a whole number"}.get(annotation, "a number")


def _one_of(names: list[str], wrong: str) -> str:
    if len(names) < 2:
        return f"expected {names[0] if names else 'none'}"
    return instead_of(wrong, names, LISTED)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    try:
        return _short(json.dumps(value, ensure_ascii=False, default=str))
    except ValueError:  # more digits than Python prints
        return "a number too long to print"


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
