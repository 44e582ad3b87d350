"""Reading the rows of a sheet into their row class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from optimizer.case.address import AddressFault, address_of, parse_address
from optimizer.case.dimensions import of_address, of_limit
from optimizer.case.faults import CellFault
from optimizer.case.findings import Finding
from optimizer.case.grammar import read_header
from optimizer.case.layout import Field, Layout, fields_of, layout_of
from optimizer.case.messages import sentences
from optimizer.case.parse import said
from optimizer.case.raw import RawCell, RawSheet, cell_name
from optimizer.case.schema import Limit, Row, Series, Settings, matches
from optimizer.case.spots import FieldReader, Measure, Reading, Spot, Unread

MOST_ABOVE = 20
"""Rows in which headers are looked for below a title."""

ODD = ""
"""Stands among the unread rows of a sheet of which a cell outside its rows is at fault, such as a header."""


def read_rows(owner: type[Row], sheet: RawSheet, reading: Reading) -> tuple[Row, ...]:
    """The rows of a sheet that could be read, those switched off included; faults go to `reading`."""
    sheet, above = _from_header(owner, sheet)
    layout = layout_of(owner, sheet, reading.money)
    reading.findings += layout.findings
    _note_headers(sheet, layout, reading)
    odd = _is_odd(sheet, reading)
    reading.findings += above
    seen: dict[str, int] = {}
    rows: list[Row] = []
    lost: list[str | None] = []
    for number, cells in sheet.rows.items():
        if _heads_a_table(owner, cells):
            reading.findings.append(_second_table(sheet, number, cells))
            lost.append(None)
            break
        reader = _RowReader(owner, sheet, layout, number, cells, reading)
        row = reader.read(seen)
        if row is not None:
            rows.append(row)
        else:
            lost.append(reader.name)
    known = frozenset(name for name in lost if name is not None)
    reading.unread[sheet.name] = None if None in lost else known | ({ODD} if odd else set())
    return tuple(rows)


def _is_odd(sheet: RawSheet, reading: Reading) -> bool:
    """Whether something beside single cells of rows is at fault, such as a header."""
    single = {
        cell_name(sheet.name, cell.row, cell.column)
        for row in sheet.rows.values() for cell in row.values() if cell.value is None
    }
    return any(
        finding.level == "error" and finding.cell.partition("!")[0] == sheet.name and finding.cell not in single
        for finding in reading.findings
    )


def _from_header(owner: type[Row], sheet: RawSheet) -> tuple[RawSheet, list[Finding]]:
    """The sheet from the row of its headers on, and the finding where something stands above it."""
    if _headers_in(owner, sheet.header) > 1:
        return sheet, []
    near = list(sheet.rows)[:MOST_ABOVE]
    found = next((n for n in near if _heads_a_table(owner, sheet.rows[n], wholly=False)), None)
    if found is None:
        return sheet, []
    first = min(sheet.header.values(), key=lambda cell: cell.column)
    told = Finding(
        cell_name(sheet.name, first.row, first.column), "", said(first.value),
        f"this stands above the headers, which are in row {found}.",
        f"Delete all above row {found}: the first row that is filled holds the headers.",
    )
    below = {number: row for number, row in sheet.rows.items() if number > found}
    return RawSheet(sheet.name, sheet.rows[found], found, below), [told]


def _note_headers(sheet: RawSheet, layout: Layout, reading: Reading) -> None:
    """Tells of currencies without a rate in headers, and notes where the header of each year stands."""
    for cell, fault in layout.foreign:
        reading.tell_foreign(fault, cell_name(sheet.name, cell.row, cell.column), "", said(cell.value))
    for slot in (slot for slots in layout.slots.values() for slot in slots if slot.year is not None):
        reading.cells[address_of(sheet.name, "*", slot.field.header, slot.year)] = cell_name(
            sheet.name, slot.header.row, slot.header.column
        )


def _headers_in(owner: type[Row], cells: Mapping[int, RawCell]) -> int:
    """How many cells of a row are headers of a sheet."""
    return sum(_heading(owner, cell) is not None for cell in cells.values())


def _heading(owner: type[Row], cell: RawCell) -> str | None:
    """The column that a cell heads; None where it is no header of a sheet."""
    own = {found.header.casefold() for found in fields_of(owner)} | {"unit"}
    try:
        name = read_header(str(cell.value)).name.casefold()
    except CellFault:
        return None
    return name if isinstance(cell.value, str) and name in own else None


def _heads_a_table(owner: type[Row], cells: Mapping[int, RawCell], *, wholly: bool = True) -> bool:
    """Whether a row holds headers of this sheet: that of the name and others; `wholly`: and nothing else."""
    names = [_heading(owner, cell) for cell in cells.values()]
    known = {name for name in names if name is not None}
    first = next(found.header.casefold() for found in fields_of(owner) if found.name == owner.keys[0])
    return first in known and len(known) > 1 and not (wholly and None in names)


def _second_table(sheet: RawSheet, number: int, cells: Mapping[int, RawCell]) -> Finding:
    first = min(cells)
    return Finding(
        cell_name(sheet.name, number, first), "", said(cells[first].value),
        "a second table begins here, and a sheet holds one; nothing from here on was read.",
        "Move its rows up to the table above and delete this row, or give it a sheet whose name begins with _.",
    )


@dataclass
class _RowReader:
    owner: type[Row]
    sheet: RawSheet
    layout: Layout
    number: int
    cells: Mapping[int, RawCell]
    reading: Reading
    values: dict[str, object] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    readers: dict[str, FieldReader] = field(default_factory=dict)

    def read(self, seen: dict[str, int]) -> Row | None:
        """The row; None if it cannot be made, its faults told. `seen` holds the row number of each key so far."""
        for found in fields_of(self.owner):
            self._read_field(found)
        whole = self._validated()
        row = whole or self._partial()
        if row is None:
            self.reading.torn.add(self.sheet.name)
            return None
        if row.key in seen:
            self.reading.soft.append(Finding(
                self._key_cell(), address_of(self.sheet.name, row.key), row.key,
                f"'{row.key}' stands already in row {seen[row.key]}.",
                "Give each row a name of its own." if self.owner.keys == ("name",) else "Delete one of the rows.",
            ))
            return whole
        seen[row.key] = self.number
        self._remember(row)
        if whole is None:
            self.reading.partial.append((row, frozenset(self.unread)))
        return whole

    @property
    def name(self) -> str | None:
        """What other sheets call the row; None where it cannot be read."""
        slots = self.layout.slots.get(self.owner.keys[0])
        cell = self.cells.get(slots[0].header.column) if slots and self.owner.keys[0] not in self.layout.bad else None
        return said(cell.value) if cell is not None and cell.value is not None else None

    def _read_field(self, found: Field) -> None:
        if found.name in self.layout.bad:
            self.unread.add(found.name)
        if found.name in self.unread or found.name not in self.layout.slots:
            return
        measure = self._measure(found)
        if measure is None:
            self.unread.add(found.name)
            return
        label = address_of(self.sheet.name, self._key_text(), found.header)
        reader = FieldReader(self.sheet.name, label, found, measure, self.reading)
        self.readers[found.name] = reader
        try:
            value = reader.read(self._spots(found))
        except Unread:
            self.unread.add(found.name)
            return
        if value is not None:
            self.values[found.name] = value

    def _spots(self, found: Field) -> list[Spot]:
        unit = self.layout.units.get(found.name)
        return [
            Spot(
                self.number, slot.header.column, self.cells.get(slot.header.column), slot.year, slot.unit, slot.header,
                (self.number, unit.column) if unit is not None else None,
                self.cells.get(unit.column) if unit is not None else None,
            )
            for slot in self.layout.slots[found.name]
        ]

    def _measure(self, found: Field) -> Measure | None:
        """The dimension of a field in this row; None where the cell that tells it could not be read."""
        dimension = found.column.dimension
        if dimension in ("by measure", "price of breaking"):
            measure = self.values.get("measure")
            settled = of_limit(dimension, str(measure))
            # a price per unit of money is a plain number, so that it needs no unit
            free = "" if dimension == "price of breaking" and settled == "share" else None
            return Measure(settled, free) if measure is not None else None
        if dimension == "by address":
            address = self.values.get("address")
            return self._addressed(str(address)) if address is not None else None
        return Measure(dimension)

    def _addressed(self, address: str) -> Measure:
        if self.values.get("how") == "times":
            return Measure("share", "")
        dimension = of_address(address, self.reading.measures) if self._is_there(address) else None
        # that nothing has this address is told by the checks; any unit will do until then
        return Measure(dimension, self._unit_of(address)) if dimension is not None else Measure("criterion", "")

    def _is_there(self, address: str) -> bool:
        """Whether a row of this address was read; of sheets with unread rows that is not known, and it may be."""
        try:
            parsed = parse_address(address)
        except AddressFault:
            return False
        row = address_of(parsed.sheet, parsed.key)
        if parsed.sheet == Settings.sheet or self.reading.unread.get(parsed.sheet, frozenset()) != frozenset():
            return True
        return row in self.reading.cells or any(matches(known, row) for known in self.reading.cells)

    def _unit_of(self, address: str) -> str | None:
        """The unit in which the number at an address is written, where all that it means have the same."""
        units = self.reading.units
        parsed = parse_address(address)
        whole = address_of(parsed.sheet, parsed.key, parsed.column)
        if address in units or whole in units:
            return units.get(address, units.get(whole))
        found = {unit for known, unit in units.items() if matches(known, whole) or matches(known, f"{whole}.*")}
        return found.pop() if len(found) == 1 else None

    def _validated(self) -> Row | None:
        faulty: set[str] = set()
        try:
            row = self.owner.model_validate(self.values)
        except ValidationError as fault:
            fields = {f.name: f for f in fields_of(self.owner)}
            for name, message, suggestion in sentences(fault, fields, self._in_unit):
                if name not in self.unread and not (self.unread and not name):
                    self._tell(name, message, suggestion)
                    faulty.add(name)
            self.unread |= faulty - {""}
            return None
        return row if not self.unread else None

    def _partial(self) -> Row | None:
        """The row with something else where it could not be read; None where its name is not known."""
        if self.unread & set(self.owner.keys):
            return None
        fields = fields_of(self.owner)
        lost: dict[str, Any] = {f.name: _filler(self.owner, f) for f in fields if f.name in self.unread}
        kept: dict[str, Any] = {name: value for name, value in self.values.items() if name not in self.unread}
        # what is wrong is told, so it need not be right; it is looked at, and never solved
        return self.owner.model_construct(**lost, **kept)

    def _in_unit(self, name: str, number: float) -> str | None:
        reader = self.readers.get(name)
        return reader.in_unit(number) if reader is not None else None

    def _tell(self, name: str, message: str, suggestion: str) -> None:
        slots = self.layout.slots.get(name)
        if not slots:
            where, found, label = self._key_cell(), "", address_of(self.sheet.name, self._key_text())
        else:
            columns = [slot.header.column for slot in slots]
            filled = [self.cells[column] for column in columns if column in self.cells]
            where = cell_name(self.sheet.name, self.number, filled[0].column if filled else columns[0])
            found = said(filled[0].value) if filled else ""
            label = address_of(self.sheet.name, self._key_text(), slots[0].field.header)
        self.reading.findings.append(Finding(where, label, found, message, suggestion))

    def _key_cell(self) -> str:
        slots = self.layout.slots.get(self.owner.keys[0])
        column = slots[0].header.column if slots else min(self.cells)
        return cell_name(self.sheet.name, self.number, column)

    def _key_text(self) -> str:
        """The row's key as far as it is written, for findings on rows that cannot be read."""
        parts = []
        for key in self.owner.keys:
            slots = self.layout.slots.get(key)
            cell = self.cells.get(slots[0].header.column) if slots else None
            if cell is not None and cell.value is not None:
                parts.append(said(cell.value))
        return "/".join(parts) or f"row {self.number}"

    def _remember(self, row: Row) -> None:
        self.reading.cells[address_of(self.sheet.name, row.key)] = self._key_cell()
        for reader in self.readers.values():
            reader.remember(address_of(self.sheet.name, row.key, reader.wanted.header), self._spots(reader.wanted))
        if isinstance(row, Limit):
            self.reading.measures[row.key] = row.measure


def _filler(owner: type[Row], found: Field) -> object:
    """What stands in a field that could not be read: what a blank cell means, or something of its kind."""
    if not found.required:
        return owner.model_fields[found.name].get_default()
    fillers: dict[str, object] = {
        "number": 1.0, "integer": 1, "year": 2000, "series": Series.of(1.0), "yes_no": True, "profile": (1.0,),
        "names": (), "groups": (), "mapping": (), "choice": next(iter(found.column.choices), ""),
    }
    return fillers.get(found.column.kind, "")
