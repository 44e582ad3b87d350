"""Dimensions that depend on another cell: of a limit on its measure, of a range on the number it addresses."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.case.address import AddressFault, parse_address
from optimizer.case.layout import Field, fields_of, sole_series
from optimizer.case.schema import SHEETS, Dimension, Limit, Settings

_VALUE: dict[str, Dimension] = {
    "spend": "money", "tonnes": "mass", "capacity": "mass", "share": "share", "dependence": "share",
    "criterion": "criterion",
}
_BREAKING: dict[str, Dimension] = {
    "spend": "share", "tonnes": "money per mass", "capacity": "money per mass", "share": "money per mass",
    "dependence": "money per mass", "criterion": "money",
}


def of_limit(dimension: Dimension, measure: str) -> Dimension:
    """The dimension of a limit's value or price of breaking, from its measure.

    Args:
        dimension: ``by measure`` or ``price of breaking``; any other is returned as it is.
        measure: the limit's measure, as in the column of this name.
    """
    if dimension == "by measure":
        return _VALUE.get(measure, "none")
    if dimension == "price of breaking":
        return _BREAKING.get(measure, "none")
    return dimension


def of_address(address: str, measures: Mapping[str, str]) -> Dimension | None:
    """The dimension of the number at an address; None where no number can have it.

    Args:
        address: the address, with or without a year.
        measures: the measure of each row of the sheet Limits.
    """
    try:
        parsed = parse_address(address)
    except AddressFault:
        return None
    if parsed.sheet == Settings.sheet:
        return _among(fields_of(Settings), parsed.key)
    owner = SHEETS.get(parsed.sheet)
    if owner is None:
        return None
    if parsed.column is None:
        series = sole_series(owner)
        found = series.column.dimension if series is not None else None
    else:
        found = _among(fields_of(owner), parsed.column)
    if found is None or owner is not Limit:
        return found
    return of_limit(found, measures.get(parsed.key, ""))


def _among(fields: tuple[Field, ...], wanted: str) -> Dimension | None:
    low = wanted.casefold()
    return next((f.column.dimension for f in fields if low in (f.header.casefold(), f.name.casefold())), None)
