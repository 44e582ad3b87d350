"""What pydantic finds, said as a planner would: which column, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from optimizer.case.grammar import number_text
from optimizer.case.layout import Field
from optimizer.case.schema import CANONICAL
from optimizer.case.units import UNITLESS

InUnit = Callable[[str, float], str | None]
"""Says a number of a field in the unit in which its cell is written; None where that is not known."""

_BOUNDS = {
    "greater_than_equal": ("ge", "at least"), "greater_than": ("gt", "above"), "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "below"),
}


def sentences(fault: ValidationError, fields: Mapping[str, Field], in_unit: InUnit) -> list[tuple[str, str, str]]:
    """Field (empty for the row as a whole), what is wrong and what would be right, for each fault of a row."""
    return [_sentence(error, fields, in_unit) for error in fault.errors(include_url=False)]


def _sentence(error: Any, fields: Mapping[str, Field], in_unit: InUnit) -> tuple[str, str, str]:
    name = str(error["loc"][0]) if error["loc"] else ""
    kind = error["type"]
    if kind == "value_error":
        said = str(error["ctx"]["error"])
        return name or _mentioned(said, fields), f"{said}.", ""
    if name not in fields:
        return "", "the row cannot be used.", "Compare it with the other rows."
    found = fields[name]
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        limit = float(error["ctx"][key])
        bound = f"{words} {in_unit(name, limit) or _canonical(found, limit)}"
        return name, f"'{found.header}' must be {bound}.", f"Write a number {bound}."
    if kind == "missing":
        return name, f"'{found.header}' must be filled.", found.description
    if kind == "literal_error":
        return name, f"'{found.header}' is none of the words allowed.", f"Write {' or '.join(found.column.choices)}."
    return name, f"'{found.header}' cannot hold this.", found.description


def _canonical(found: Field, limit: float) -> str:
    if found.column.dimension == "share":
        return f"{number_text(100 * limit)} %"
    dimension = found.column.dimension
    if dimension in UNITLESS or dimension in ("mass per mass", "money", "money per mass"):
        return number_text(limit)
    return f"{number_text(limit)} {CANONICAL[dimension]}"


def _mentioned(said: str, fields: Mapping[str, Field]) -> str:
    """The field that a sentence about a row speaks of: the one with the longest header in it."""
    names = [name for name, found in fields.items() if f" {found.header} " in f" {said} "]
    return max(names, key=lambda name: len(fields[name].header), default="")
