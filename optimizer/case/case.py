"""The case: what is known, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from optimizer.case.schema import (
    SHEETS,
    Criterion,
    Deal,
    Demand,
    Evidence,
    Incentive,
    Lane,
    Limit,
    Material,
    Payment,
    Place,
    Plant,
    Range,
    RecipeLine,
    Row,
    Rule,
    Run,
    ScenarioChange,
    Settings,
    Source,
    Stock,
    Supply,
)

R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Origin:
    """Where a case was read from.

    Attributes:
        name: short name of the case, used for the run folder.
        path: the file or folder it was read from; empty for a case made in Python.
        cells: the cell of each row and number by address, ``Deals[Japan toll].fee.2028`` -> ``Deals!H7`` and
            ``Deals[Japan toll]`` -> ``Deals!A7``.
        hashes: SHA-256 of each sheet's content as read.
        units: the unit in which a number was written by address without year, ``Deals[Japan toll].fee`` ->
            ``USD/kg``; with the year where a year has a unit of its own.
    """

    name: str = "case"
    path: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class Case:
    """A case: settings and rows in canonical units (t, case currency, years, fractions).

    Attributes:
        settings: the sheet Case.
        sheets: every row of every other sheet in the order of the workbook, those switched off included.
        origin: the file and its cells.

    The properties named after sheets (`places`, `deals`, ...) give the rows in use.
    """

    settings: Settings
    sheets: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)

    def rows(self, kind: type[R]) -> tuple[R, ...]:
        """The rows of one sheet that are in use."""
        return tuple(row for row in self.sheets.get(kind.sheet, ()) if isinstance(row, kind) and row.use)

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the case, first to last."""
        return self.settings.years

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Places in use."""
        return self.rows(Place)

    @cached_property
    def materials(self) -> tuple[Material, ...]:
        """Materials in use."""
        return self.rows(Material)

    @cached_property
    def recipe_lines(self) -> tuple[RecipeLine, ...]:
        """Lines of recipes in use."""
        return self.rows(RecipeLine)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Recipes at plants in use."""
        return self.rows(Run)

    @cached_property
    def supplies(self) -> tuple[Supply, ...]:
        """Supplies in use."""
        return self.rows(Supply)

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        """Lanes in use."""
        return self.rows(Lane)

    @cached_property
    def demands(self) -> tuple[Demand, ...]:
        """Demand lines in use."""
        return self.rows(Demand)

    @cached_property
    def stocks(self) -> tuple[Stock, ...]:
        """Stocks in use."""
        return self.rows(Stock)

    @cached_property
    def deals(self) -> tuple[Deal, ...]:
        """Deals in use."""
        return self.rows(Deal)

    @cached_property
    def payments(self) -> tuple[Payment, ...]:
        """Payments in use."""
        return self.rows(Payment)

    @cached_property
    def plants(self) -> tuple[Plant, ...]:
        """Plants in use."""
        return self.rows(Plant)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Rules in use."""
        return self.rows(Rule)

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Limits in use."""
        return self.rows(Limit)

    @cached_property
    def incentives(self) -> tuple[Incentive, ...]:
        """Incentives in use."""
        return self.rows(Incentive)

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Rows of other criteria in use."""
        return self.rows(Criterion)

    @cached_property
    def scenarios(self) -> tuple[ScenarioChange, ...]:
        """Changes of scenarios in use."""
        return self.rows(ScenarioChange)

    @cached_property
    def ranges(self) -> tuple[Range, ...]:
        """Uncertain numbers in use."""
        return self.rows(Range)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Documents."""
        return self.rows(Source)

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """Evidence for single numbers."""
        return self.rows(Evidence)

    def row(self, kind: type[R], key: str) -> R:
        """The row of a sheet by its key.

        Raises:
            KeyError: no row in use has it.
        """
        for row in self.rows(kind):
            if row.key == key:
                return row
        raise KeyError(f"{kind.sheet}[{key}]")

    def __repr__(self) -> str:
        """Its name, its years and how many rows it has: the rest is long."""
        rows = sum(len(some) for some in self.sheets.values())
        return f"Case({self.origin.name!r}, {self.settings.first_year}-{self.settings.last_year}, {rows} rows)"

    def cell(self, address: str) -> str:
        """The cell of an address, or that of its whole row or series, or the sheet's name where none is known."""
        cells = self.origin.cells
        row_end = address.find("]") + 1
        field_end = address.find(".", address.find(".", row_end) + 1)
        for known in (address, address[:field_end] if field_end > 0 else address, address[:row_end]):
            if known in cells:
                return cells[known]
        return address.partition("[")[0]

    def change(self, address: str, value: str | float) -> Case:
        """The case with the number, name or list at `address` set to `value`, in the cell's unit unless one is given.

        Raises:
            CaseError: nothing has this address, or the value or the case with it cannot be used.
        """
        # changes build on the case, so the import waits until it is asked for
        from optimizer.case.changes import Change, apply_changes

        return apply_changes(self, (Change(address, "set", value),))


def case_of(settings: Settings, *rows: Row, name: str = "case") -> Case:
    """A case made in Python from rows in any order (no cells); for tests and programs."""
    sheets = {sheet: tuple(row for row in rows if type(row).sheet == sheet) for sheet in SHEETS}
    return Case(settings, {sheet: found for sheet, found in sheets.items() if found}, Origin(name=name))
