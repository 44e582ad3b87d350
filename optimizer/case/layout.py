"""What each column of a sheet holds: its headers matched with the fields of the sheet's row class."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache

from optimizer.case.address import did_you_mean
from optimizer.case.faults import CellFault, CurrencyFault, UnitFault
from optimizer.case.findings import Finding
from optimizer.case.grammar import Header, read_header, write_header
from optimizer.case.parse import said
from optimizer.case.raw import RawCell, RawSheet, cell_name
from optimizer.case.schema import Column, Dimension, Row, Settings, column_of, header_of
from optimizer.case.units import UNITLESS, Money, example, factor

NUMERIC = frozenset({"number", "series", "profile", "mapping"})
"""Kinds of cells whose numbers may have a unit."""

_UNSETTLED = frozenset({"by measure", "price of breaking", "by setting", "by address"})
_ROW_UNIT = {"Limits": ("value",), "Ranges": ("low", "high")}


@dataclass(frozen=True)
class Field:
    """A field of a row class as the reader sees it.

    Attributes:
        name: its name in Python.
        header: its header in the sheet.
        column: its declaration.
        required: whether it must be filled.
        description: what it is, for suggestions.
    """

    name: str
    header: str
    column: Column
    required: bool
    description: str

    @property
    def measured(self) -> bool:
        """Whether its numbers have a dimension, so that a unit may be given."""
        return self.column.kind in NUMERIC and self.column.dimension not in UNITLESS


@lru_cache(maxsize=64)
def fields_of(owner: type[Row | Settings]) -> tuple[Field, ...]:
    """The fields of a row class, in the order of their declaration."""
    return tuple(
        Field(
            name, header_of(name, info), column_of(info), info.is_required(), info.description or ""
        )
        for name, info in owner.model_fields.items()
    )


@dataclass(frozen=True)
class Slot:
    """One column of a sheet.

    Attributes:
        header: the header's cell.
        field: the field whose values stand below.
        year: the year they are for; None for a value without year.
        unit: the unit in the header; None where there is none.
    """

    header: RawCell
    field: Field
    year: int | None = None
    unit: str | None = None


@dataclass
class Layout:
    """The columns of a sheet.

    Attributes:
        slots: for each field present, its columns, that without a year first, then by year.
        units: for each field with a unit by row, the header cell of the column in which it stands.
        bad: fields of which a header is faulty, so that nothing is known of their cells.
        findings: what is wrong with the headers.
        foreign: headers with a currency that has no exchange rate, and what is wrong with it.
    """

    slots: dict[str, list[Slot]] = field(default_factory=dict)
    units: dict[str, RawCell] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    foreign: list[tuple[RawCell, CurrencyFault]] = field(default_factory=list)


def layout_of(owner: type[Row], sheet: RawSheet, money: Money) -> Layout:
    """Matches the headers of a sheet with the fields of its row class."""
    layout = Layout()
    generic: list[RawCell] = []
    # why a header without a value could not be read is told already
    for cell in (cell for cell in sheet.header.values() if cell.value is not None):
        try:
            _place(owner, cell, layout, generic, money)
        except CellFault as fault:
            found = said(cell.value)
            layout.findings.append(Finding(
                cell_name(sheet.name, cell.row, cell.column), "", found, fault.message, fault.suggestion
            ))
    for slots in layout.slots.values():
        slots.sort(key=lambda slot: slot.year or 0)
    for cell in generic:
        _place_row_unit(sheet, cell, layout)
    _report_missing(owner, sheet, layout)
    _report_headless(sheet, layout)
    return layout


def header_text(cell: RawCell) -> str:
    """The text of a header cell; a number, such as a year, as its digits.

    Raises:
        CellFault: it holds a date or a truth value.
    """
    if isinstance(cell.value, bool | dt.datetime | dt.date | dt.time | dt.timedelta):
        raise CellFault(f"{said(cell.value)} is no header.", "Format the cell as text, e.g. 'limit 2030 (t)'.")
    return said(cell.value)


def header_year(cell: RawCell) -> int | None:
    """The year in a header; None where there is none, or it cannot be read."""
    try:
        return read_header(header_text(cell)).year if cell.value is not None else None
    except CellFault:
        return None


def sole_series(owner: type[Row]) -> Field | None:
    """The series that a year alone means: the sheet's only one, or its only one that must be filled."""
    series = [f for f in fields_of(owner) if f.column.kind == "series"]
    needed = [f for f in series if f.required]
    return series[0] if len(series) == 1 else needed[0] if len(needed) == 1 else None


def _place(owner: type[Row], cell: RawCell, layout: Layout, generic: list[RawCell], money: Money) -> None:
    text = header_text(cell)
    header = read_header(text)
    known = {f.header.casefold(): f for f in fields_of(owner)}
    name = header.name.casefold()
    if not name and header.year is not None:
        found = sole_series(owner)
        if found is None:
            raise CellFault(f"'{text}' does not say of which column it is the year.", _series_suggestion(owner, header))
        _add(layout, Slot(cell, found, header.year, header.unit), money)
    elif name in known:
        _add(layout, Slot(cell, known[name], header.year, header.unit), money)
    elif name == "unit" and header.year is None:
        generic.append(cell)
    elif name.endswith(" unit") and name[:-5] in known and known[name[:-5]].measured:
        layout.units[known[name[:-5]].name] = cell
    else:
        raise CellFault(
            f"the sheet {owner.sheet} has no column '{header.name or text}'.",
            _with_round_brackets(owner, text) or did_you_mean(header.name, [f.header for f in fields_of(owner)]),
        )


def _with_round_brackets(owner: type[Row], text: str) -> str:
    """What to write where the unit stands in brackets of another kind; empty where it does not."""
    try:
        header = read_header(text.translate(_BRACKETS))
    except CellFault:
        return ""
    known = {f.header.casefold(): f.header for f in fields_of(owner)}
    name = known.get(header.name.casefold())
    if name is None or header.unit is None:
        return ""
    return f"Write '{write_header(Header(name, header.year, header.unit))}'."


_BRACKETS = str.maketrans("[]{}", "()()")


def _series_suggestion(owner: type[Row], header: Header) -> str:
    names = [f"'{f.header} {header.year}'" for f in fields_of(owner) if f.column.kind == "series"]
    return f"Write {' or '.join(names)}." if names else "This sheet has no numbers by year."


def _add(layout: Layout, slot: Slot, money: Money) -> None:
    found = slot.field
    if slot.year is not None and found.column.kind != "series":
        raise CellFault(f"'{found.header}' has no values by year.", f"Write '{found.header}'.")
    there = layout.slots.setdefault(found.name, [])
    if any(other.year == slot.year for other in there):
        layout.bad.add(found.name)
        raise CellFault(f"the column '{write_header(Header(found.header, slot.year))}' stands twice.", "Delete one.")
    there.append(slot)
    if slot.unit is None:
        return
    if found.column.kind not in NUMERIC | {"integer", "year"}:
        raise CellFault(f"'{found.header}' holds no numbers and takes no unit.", f"Write '{found.header}'.")
    if found.column.dimension not in _UNSETTLED:
        try:
            factor(slot.unit, found.column.dimension, money)
        except CurrencyFault as fault:
            # the column can be read all the same: what a currency is worth changes no name and no sign
            layout.foreign.append((slot.header, fault))
        except UnitFault:
            layout.bad.add(found.name)
            raise


def _place_row_unit(sheet: RawSheet, cell: RawCell, layout: Layout) -> None:
    """Settles whose unit stands in a column headed ``unit``: of the one measured column that has no other."""
    open_fields = [
        name for name, slots in layout.slots.items()
        if slots[0].field.measured and name not in layout.units and not any(slot.unit for slot in slots)
    ]
    wanted = [name for name in open_fields if name in _ROW_UNIT.get(sheet.name, ())] or open_fields
    if len(wanted) == 1 or sheet.name in _ROW_UNIT:
        layout.units.update(dict.fromkeys(wanted, cell))
        return
    where = cell_name(sheet.name, cell.row, cell.column)
    headers = [layout.slots[name][0].field.header for name in wanted]
    if headers:
        message = f"'unit' may be that of {' or '.join(headers)}."
        suggestion = f"Write '{headers[0]} unit', or the units in the headers."
    else:
        message, suggestion = "no column here takes its unit from 'unit'.", "Delete the column."
    layout.bad.update(wanted)
    layout.findings.append(Finding(where, "", said(cell.value), message, suggestion))


def _report_missing(owner: type[Row], sheet: RawSheet, layout: Layout) -> None:
    if not sheet.header or (not sheet.rows and not layout.slots):
        return
    first = min(sheet.header)
    for wanted in fields_of(owner):
        if wanted.required and wanted.name not in layout.slots:
            layout.bad.add(wanted.name)
            shape = f"{wanted.header} 2030" if wanted.column.kind == "series" else wanted.header
            layout.findings.append(Finding(
                cell_name(sheet.name, sheet.header_row, first), "", "", f"the column '{wanted.header}' is missing.",
                f"Add '{shape}': {wanted.description}",
            ))


def _report_headless(sheet: RawSheet, layout: Layout) -> None:
    seen: set[int] = set()
    for cells in sheet.rows.values():
        for column, cell in cells.items():
            if column not in sheet.header and column not in seen:
                seen.add(column)
                layout.findings.append(Finding(
                    cell_name(sheet.name, cell.row, column), "", said(cell.value)[:60],
                    "this cell stands in a column without a header.", "Give the column a header or clear the cell.",
                ))


def unit_suggestion(slot_header: str, found: Field, dimension: Dimension, money: Money) -> str:
    """What to write where the numbers of a column have no unit."""
    units = example(dimension, money)
    if found.column.dimension in _UNSETTLED:
        by_row = "unit" if found.column.dimension in ("by measure", "by address") else f"{found.header} unit"
        return f"Write a column '{by_row}' with {units}."
    unit = units.split(" or ")[0].split(",")[0]
    parsed = read_header(slot_header)
    return f"Write it in the header, e.g. '{write_header(Header(parsed.name, parsed.year, unit))}'."
