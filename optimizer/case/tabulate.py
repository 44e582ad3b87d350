"""A case as tables of headers and cells, in units that read well and give the same numbers when read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from optimizer.case.address import AddressFault, address_of, resolve
from optimizer.case.case import Case
from optimizer.case.dimensions import of_address, of_limit
from optimizer.case.faults import UnitFault
from optimizer.case.grammar import Header, number_text, write_groups, write_header, write_list, write_mapping
from optimizer.case.layout import Field, fields_of
from optimizer.case.schema import SHEETS, Dimension, Limit, Range, Row, ScenarioChange, Series, Settings
from optimizer.case.units import Money, convert, express

Cell = str | int | float | None
"""What is written into a cell; None for a blank one."""

LAST = ("use", "source", "confidence", "note", "law")
"""Fields that every row has, or every row whose numbers bound a plan; their columns stand last."""


@dataclass
class Table:
    """A sheet to be written.

    Attributes:
        name: name of the sheet.
        headers: its headers.
        rows: its cells, each row as long as the headers.
    """

    name: str
    headers: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass
class _Block:
    """The columns of one field."""

    headers: list[str]
    cells: list[list[Cell]]


@dataclass(frozen=True)
class _Style:
    """What decides in which unit a number is written.

    Attributes:
        money: currencies of the case.
        measures: measure of each limit.
        units: the unit in which each address was written when the case was read.
        asked: fields that a scenario sets without a unit, so in that of the cell.
    """

    money: Money
    measures: Mapping[str, str]
    units: Mapping[str, str]
    asked: frozenset[tuple[str, str]]

    def written(self, address: str, value: object) -> str | None:
        """The unit in which a value was written; None where that is not known or differs by year."""
        numbers = _numbers(value)
        found = {self.units.get(address)} | {self.units.get(f"{address}.{year}") for year in _by_year(value)}
        known = found - {None}
        return known.pop() if numbers and len(known) == 1 else None

    def chosen(self, sheet: str, field: str, dimension: Dimension, numbers: Sequence[float]) -> str:
        """The unit for numbers of which none is known."""
        if (sheet, field) in self.asked:
            return canonical_unit(dimension, self.money)
        return readable_unit(dimension, numbers, self.money)

    def exact(self, unit: str, dimension: Dimension, numbers: Sequence[float]) -> bool:
        """Whether the numbers come back as they are when they are written in a unit."""
        try:
            back = [convert(self.shown(n, unit, dimension), unit, dimension, self.money) for n in numbers]
        except UnitFault:
            return False
        return back == list(numbers)

    def shown(self, number: float, unit: str, dimension: Dimension) -> float:
        """The number in a unit, as it is where there is none; in 15 digits where these are read as the same number."""
        if not unit:
            return number
        written = express(number, unit, dimension, self.money)
        short = float(f"{written:.15g}")
        return short if convert(short, unit, dimension, self.money) == number else written


def tables_of(case: Case) -> list[Table]:
    """The sheets of a case, Case first, then in the workbook's order; only columns that some row fills.

    Numbers stand in the units in which they were read, else in such as read well.
    """
    measures = {row.key: row.measure for row in case.sheets.get("Limits", ()) if isinstance(row, Limit)}
    style = _Style(Money.of(case.settings), measures, case.origin.units, _asked(case))
    tables = [_settings_table(case.settings, style)]
    for name, owner in SHEETS.items():
        rows = case.sheets.get(name, ())
        if rows:
            tables.append(_table(owner, rows, style))
    return tables


def _asked(case: Case) -> frozenset[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for row in case.sheets.get(ScenarioChange.sheet, ()):
        if isinstance(row, ScenarioChange) and row.unit is None and row.how != "times":
            # an address that means nothing is for the checks to tell
            with suppress(AddressFault):
                found |= {(target.sheet, target.field) for target in resolve(case, row.address)}
    return frozenset(found)


def readable_unit(dimension: Dimension, values: Iterable[float], money: Money) -> str:
    """The unit in which numbers read best and come back exactly; empty where none is needed."""
    numbers = [value for value in values if value != 0]
    style = _Style(money, {}, {}, frozenset())
    fitting = (unit for unit in _candidates(dimension, numbers, money) if style.exact(unit, dimension, numbers))
    return next(fitting, canonical_unit(dimension, money))


def canonical_unit(dimension: Dimension, money: Money) -> str:
    """The canonical unit as it is written in a header; empty where none is needed."""
    return {
        "mass": "t", "money": money.currency, "money per mass": f"{money.currency}/t", "share": "fraction",
        "time": "years", "mass per mass": "t/t",
    }.get(dimension, "")


def _candidates(dimension: Dimension, numbers: Sequence[float], money: Money) -> list[str]:
    least = min((abs(number) for number in numbers), default=0.0)
    if dimension == "share":
        return ["%"]
    if dimension == "money per mass" and least >= 1000:
        return [f"{money.currency}/kg"]
    if dimension == "money" and least >= 1e5:
        return [f"{money.currency} m"]
    return []


def _table(owner: type[Row], rows: Sequence[Row], style: _Style) -> Table:
    fields = fields_of(owner)
    ordered = [f for f in fields if f.name not in LAST] + [f for f in fields if f.name in LAST]
    table = Table(owner.sheet, [], [[] for _ in rows])
    for found in ordered:
        default = owner.model_fields[found.name].default
        values = [getattr(row, found.name) for row in rows]
        if not found.required and all(value == default for value in values):
            continue
        block = _block(found, rows, values, style)
        table.headers += block.headers
        for line, cells in zip(table.rows, block.cells, strict=True):
            line += cells
    return table


def _block(found: Field, rows: Sequence[Row], values: list[object], style: _Style) -> _Block:
    if found.column.kind not in ("number", "series"):
        return _Block([found.header], [[cell_of(found, value, style.money)] for value in values])
    if not found.measured:
        return _numeric(found, values, None, lambda _, number: number)
    if found.column.dimension in ("by measure", "price of breaking", "by address"):
        return _by_row(found, rows, values, style)
    dimension = found.column.dimension
    sheet = type(rows[0]).sheet
    units = [
        style.written(address_of(sheet, row.key, found.header), value) for row, value in zip(rows, values, strict=True)
    ]
    if len(set(units) - {None}) > 1:
        return _by_row(found, rows, values, style)
    numbers = [number for value in values for number in _numbers(value)]
    unit = next((unit for unit in units if unit and style.exact(unit, dimension, numbers)), "")
    unit = unit or style.chosen(sheet, found.name, dimension, numbers)
    return _numeric(found, values, unit, lambda _, number: style.shown(number, unit, dimension))


def _numeric(
    found: Field, values: list[object], unit: str | None, shown: Callable[[int, float], float]
) -> _Block:
    """The columns of a number or series; `shown` gives the number to write from the row's index and the number."""
    series = [value for value in values if isinstance(value, Series)]
    years: list[int | None] = []
    years += sorted({year for one in series for year, _ in one.points})
    if found.column.kind != "series" or any(one.constant is not None for one in series) or not years:
        years.insert(0, None)
    headers = [write_header(Header(found.header, year, unit)) for year in years]
    cells: list[list[Cell]] = []
    for i, value in enumerate(values):
        given = _by_year(value)
        cells.append([shown(i, given[year]) if year in given else None for year in years])
    return _Block(headers, cells)


def _by_row(found: Field, rows: Sequence[Row], values: list[object], style: _Style) -> _Block:
    """Numbers whose unit differs by row, with a column of units; the two ends of a range share theirs."""
    dimensions = [dimension_of(found, row, style.measures) for row in rows]
    units = []
    for row, value, dimension in zip(rows, values, dimensions, strict=True):
        numbers = [row.low, row.high] if isinstance(row, Range) else _numbers(value)
        written = style.written(address_of(row.sheet, row.key, found.header), value)
        kept = written if written and style.exact(written, dimension, numbers) else ""
        units.append(kept or (style.chosen(row.sheet, found.name, dimension, numbers) if numbers else ""))
    block = _numeric(found, values, None, lambda i, number: style.shown(number, units[i], dimensions[i]))
    if found.name == "low":
        return block
    header = "unit" if found.column.dimension in ("by measure", "by address") else f"{found.header} unit"
    lines = [[*cells, unit or None] for cells, unit in zip(block.cells, units, strict=True)]
    return _Block([*block.headers, header], lines) if any(units) else block


def dimension_of(found: Field, row: Row | Settings, measures: Mapping[str, str]) -> Dimension:
    """The dimension of a field's numbers in a row; `measures` is the measure of each limit by its key."""
    if isinstance(row, Limit):
        return of_limit(found.column.dimension, row.measure)
    if isinstance(row, Range) and found.column.dimension == "by address":
        return "none" if row.how == "times" else of_address(row.address, measures) or "none"
    return found.column.dimension


def _settings_table(settings: Settings, style: _Style) -> Table:
    filled = [
        (found, getattr(settings, found.name)) for found in fields_of(Settings)
        if found.required or getattr(settings, found.name) != Settings.model_fields[found.name].default
    ]
    years = sorted({year for _, value in filled if isinstance(value, Series) for year, _ in value.points})
    table = Table(Settings.sheet, ["setting", "value", "unit", *map(str, years)])
    for found, value in filled:
        dimension, numbers = found.column.dimension, _numbers(value)
        if found.column.kind not in ("number", "series"):
            table.rows.append([found.header, cell_of(found, value, style.money), None, *(None for _ in years)])
            continue
        unit = ""
        if found.measured:
            unit = style.written(address_of(Settings.sheet, found.header, "value"), value) or ""
            if not unit or not style.exact(unit, dimension, numbers):
                unit = style.chosen(Settings.sheet, found.name, dimension, numbers)
        given = {year: style.shown(number, unit, dimension) for year, number in _by_year(value).items()}
        table.rows.append([found.header, given.get(None), unit or None, *(given.get(year) for year in years)])
    return table


def cell_of(found: Field, value: object, money: Money) -> Cell:
    """What is written for a value that is not a number or series."""
    if value == () and found.column.may_be_none:
        return "none"
    if value is None or value in ((), ""):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if not isinstance(value, tuple):
        return str(value)
    if found.column.kind == "profile":
        unit = readable_unit("share", value, money)
        numbers = " ".join(number_text(express(number, unit, "share", money)) for number in value)
        return f"{numbers} {unit}"
    writers: dict[str, Callable[..., str]] = {"names": write_list, "groups": write_groups, "mapping": write_mapping}
    return writers[found.column.kind](value)


def _numbers(value: object) -> list[float]:
    return list(_by_year(value).values())


def _by_year(value: object) -> dict[int | None, float]:
    """The numbers of a value as given: by year, or for every year under None."""
    if isinstance(value, Series):
        return dict(value.points) if value.constant is None else {None: value.constant}
    return {None: value} if isinstance(value, float) else {}
