"""A case as tables of headers and cells, in units that read well and give the same numbers when read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from optimizer.case.case import Case
from optimizer.case.dimensions import of_address, of_limit
from optimizer.case.faults import UnitFault
from optimizer.case.grammar import Header, number_text, write_groups, write_header, write_list, write_mapping
from optimizer.case.layout import Field, fields_of
from optimizer.case.schema import SHEETS, Dimension, Limit, Range, Row, Series, Settings
from optimizer.case.units import Money, convert, express

Cell = str | int | float | None
"""What is written into a cell; None for a blank one."""

_LAST = ("use", "source", "confidence", "note")


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


def tables_of(case: Case) -> list[Table]:
    """The sheets of a case, Case first, then in the workbook's order; only columns that some row fills."""
    money = Money.of(case.settings)
    measures = {row.key: row.measure for row in case.sheets.get("Limits", ()) if isinstance(row, Limit)}
    tables = [_settings_table(case.settings, money)]
    for name, owner in SHEETS.items():
        rows = case.sheets.get(name, ())
        if rows:
            tables.append(_table(owner, rows, money, measures))
    return tables


def readable_unit(dimension: Dimension, values: Iterable[float], money: Money) -> str:
    """The unit in which numbers read best and come back exactly; empty where none is needed."""
    numbers = [value for value in values if value != 0]
    for unit in _candidates(dimension, numbers, money):
        try:
            back = [convert(express(v, unit, dimension, money), unit, dimension, money) for v in numbers]
        except UnitFault:
            continue
        if back == numbers:
            return unit
    return canonical_unit(dimension, money)


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


def _table(owner: type[Row], rows: Sequence[Row], money: Money, measures: Mapping[str, str]) -> Table:
    fields = fields_of(owner)
    ordered = [f for f in fields if f.name not in _LAST] + [f for f in fields if f.name in _LAST]
    table = Table(owner.sheet, [], [[] for _ in rows])
    for found in ordered:
        default = owner.model_fields[found.name].default
        values = [getattr(row, found.name) for row in rows]
        if not found.required and all(value == default for value in values):
            continue
        block = _block(found, rows, values, money, measures)
        table.headers += block.headers
        for line, cells in zip(table.rows, block.cells, strict=True):
            line += cells
    return table


def _block(
    found: Field, rows: Sequence[Row], values: list[object], money: Money, measures: Mapping[str, str]
) -> _Block:
    dimensions = [_dimension(found, row, measures) for row in rows]
    if found.column.dimension in ("by measure", "price of breaking", "by address"):
        return _by_row(found, rows, values, dimensions, money)
    dimension = found.column.dimension
    if found.column.kind not in ("number", "series"):
        return _Block([found.header], [[_cell(found, value, money)] for value in values])
    unit = readable_unit(dimension, (n for value in values for n in _numbers(value)), money) if found.measured else ""
    return _numeric(found, values, unit or None, lambda _, n: express(n, unit, dimension, money) if unit else n)


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


def _by_row(
    found: Field, rows: Sequence[Row], values: list[object], dimensions: list[Dimension], money: Money
) -> _Block:
    """Numbers whose dimension differs by row, with a column of units; two ends of a range share theirs."""
    units = []
    for row, value, dimension in zip(rows, values, dimensions, strict=True):
        numbers = [row.low, row.high] if isinstance(row, Range) else _numbers(value)
        units.append(readable_unit(dimension, numbers, money) if numbers else "")

    def shown(i: int, number: float) -> float:
        return express(number, units[i], dimensions[i], money) if units[i] else number

    block = _numeric(found, values, None, shown)
    if found.name == "low":
        return block
    header = f"{found.header} unit" if found.column.dimension == "price of breaking" else "unit"
    lines = [[*cells, unit or None] for cells, unit in zip(block.cells, units, strict=True)]
    return _Block([*block.headers, header], lines) if any(units) else block


def _dimension(found: Field, row: Row, measures: Mapping[str, str]) -> Dimension:
    if isinstance(row, Limit):
        return of_limit(found.column.dimension, row.measure)
    if isinstance(row, Range) and found.column.dimension == "by address":
        return "none" if row.how == "times" else of_address(row.address, measures) or "none"
    return found.column.dimension


def _settings_table(settings: Settings, money: Money) -> Table:
    filled = [
        (found, getattr(settings, found.name)) for found in fields_of(Settings)
        if found.required or getattr(settings, found.name) != Settings.model_fields[found.name].default
    ]
    years = sorted({year for _, value in filled if isinstance(value, Series) for year, _ in value.points})
    table = Table(Settings.sheet, ["setting", "value", "unit", *map(str, years)])
    for found, value in filled:
        dimension = found.column.dimension
        if found.column.kind not in ("number", "series"):
            table.rows.append([found.header, _cell(found, value, money), None, *(None for _ in years)])
            continue
        unit = readable_unit(dimension, _numbers(value), money) if found.measured else ""
        given = {
            year: express(number, unit, dimension, money) if unit else number
            for year, number in _by_year(value).items()
        }
        table.rows.append([found.header, given.get(None), unit or None, *(given.get(year) for year in years)])
    return table


def _cell(found: Field, value: object, money: Money) -> Cell:
    """What is written for a value that is not a number or series."""
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
