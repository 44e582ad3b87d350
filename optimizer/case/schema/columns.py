"""How a column of the workbook is declared: what kind of cell it holds, in which dimension, and what it refers to.

Each field of a row class carries one :class:`Column`. The reader, the checks, the reference page and the template
all read it; nothing about a column is written anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field
from pydantic.fields import FieldInfo

Kind = Literal[
    "text", "choice", "yes_no", "name", "names", "groups", "number", "integer", "year", "series", "profile",
    "mapping", "filter", "address",
]
"""What a cell holds.

``names`` is a list by ``;``; ``groups`` a list by ``;`` (all of) of lists by ``|`` (any of); ``profile`` numbers
separated by blanks; ``mapping`` ``name=value`` pairs by ``;``; ``filter`` is ``key=pattern|pattern; key=pattern``.
"""

Dimension = Literal[
    "none", "mass", "money", "money per mass", "share", "time", "mass per mass", "by measure", "price of breaking",
    "by setting", "by address", "criterion", "coordinate",
]
"""The dimension of a number; its canonical unit is given in :data:`CANONICAL`."""

CANONICAL: dict[Dimension, str] = {
    "none": "",
    "mass": "t",
    "money": "case currency",
    "money per mass": "case currency/t",
    "share": "fraction",
    "time": "years",
    "mass per mass": "t/t",
    "by measure": "as the measure: case currency, t, fraction or the criterion's own unit",
    "price of breaking": "case currency per t (per unit of money for a limit on money, per unit for a criterion)",
    "by setting": "as the setting",
    "by address": "as the number addressed",
    "criterion": "the criterion's own unit",
    "coordinate": "degrees",
}


@dataclass(frozen=True)
class Column:
    """The declaration of one column.

    Attributes:
        kind: what a cell holds.
        dimension: dimension of its numbers; the canonical unit is ``CANONICAL[dimension]``.
        refers: sheets in which a name given here must stand.
        choices: the words allowed, for ``choice``.
        header: the header in the sheet where it is not the field's name with blanks for underscores.
        blank: what an empty cell means, in words; empty where a cell must be filled.
        may_be_none: whether the word ``none`` says that a list is empty, where a blank cell means something else.
    """

    kind: Kind
    dimension: Dimension = "none"
    refers: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    header: str = ""
    blank: str = ""
    may_be_none: bool = False


_REQUIRED: Any = ...


def column(
    kind: Kind,
    description: str,
    *,
    dimension: Dimension = "none",
    refers: tuple[str, ...] | str = (),
    choices: tuple[str, ...] = (),
    header: str = "",
    blank: str = "",
    may_be_none: bool = False,
    default: Any = _REQUIRED,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
) -> Any:
    """A pydantic field with its :class:`Column`; bounds are in canonical units and hold for single numbers.

    Bounds on the entries of a series, profile or mapping are checked by the type itself or in the row class.
    """
    sheets = (refers,) if isinstance(refers, str) else refers
    meta = Column(kind, dimension, sheets, choices, header, blank, may_be_none)
    extra: dict[str, Any] = {"column": meta}
    bounds: dict[str, Any] = {"ge": ge, "gt": gt, "le": le}
    kept = {k: v for k, v in bounds.items() if v is not None}
    return Field(default=default, description=description, json_schema_extra=extra, **kept)


def column_of(field: FieldInfo) -> Column:
    """The :class:`Column` that :func:`column` put on a pydantic field."""
    extra = field.json_schema_extra
    if not isinstance(extra, dict) or not isinstance(extra.get("column"), Column):
        raise TypeError("this field was not declared with column()")
    meta: Any = extra["column"]
    assert isinstance(meta, Column)
    return meta


def header_of(name: str, field: FieldInfo) -> str:
    """The header under which a field stands in its sheet, without year or unit."""
    return column_of(field).header or name.replace("_", " ")
