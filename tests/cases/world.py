"""The small world of the hand-solved cases, and how each of them is run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from optimizer.case.case import Case, case_of
from optimizer.case.read import read_case
from optimizer.case.schema import Demand, Lane, Material, Place, Row, Series, Settings, Supply
from optimizer.case.write import write_csv, write_xlsx
from optimizer.solve.plan import Plan, SolveOptions
from optimizer.solve.solve import solve

S = Series.of
PROVES: dict[str, list[str]] = {}
"""Block of the model -> names of the hand-solved cases that prove it."""

Test = TypeVar("Test", bound=Callable[..., Any])


def proves(*blocks: str) -> Callable[[Test], Test]:
    """Marks a case as proof of some blocks of the model."""

    def mark(test: Test) -> Test:
        for block in blocks:
            PROVES.setdefault(block, []).append(test.__name__)
        return test

    return mark


def by_year(**values: float) -> Series:
    """A series by year: ``by_year(y2030=1, y2031=2)``."""
    return Series(points=tuple((int(year[1:]), value) for year, value in values.items()))


def world(*rows: Row, tonnes: float = 100.0, years: int = 1, **settings: Any) -> Case:
    """Home needs magnets, 100 t a year from 2030; the rival sells any amount at 10 a tonne, freight 0."""
    base: list[Row] = [
        Place(name="home", home=True),
        Place(name="rival", concern=True),
        Place(name="friend"),
        Material(name="magnet", stage="magnet"),
        Supply(name="rival's", place="rival", material="magnet", price=S(10.0)),
        Lane(name="from rival", material="magnet", origin="rival", destination="home"),
        Demand(name="need", sector="need", place="home", material="magnet", tonnes=S(tonnes)),
    ]
    given = {(row.sheet, row.key) for row in rows}
    kept = [row for row in base if (row.sheet, row.key) not in given]
    options = {"goal": "cost", "then": (), "dependence_tolerance": 0.0, "cost_tolerance": 0.0, **settings}
    return case_of(Settings(title="world", first_year=2030, last_year=2029 + years, **options), *kept, *rows)


class Runner:
    """Solves a case as it is in memory, or after it was written to .csv or .xlsx and read back."""

    def __init__(self, way: str, folder: Path) -> None:
        self.way, self.folder = way, folder
        self.count = 0

    def __call__(self, case: Case, **options: Any) -> Plan:
        """The plan, proved with gap 0."""
        return solve(self.passed(case), SolveOptions(gap=0.0, as_now=False, unique=False, **options))

    def passed(self, case: Case) -> Case:
        """The case after its way through a file."""
        self.count += 1
        if self.way == "csv":
            write_csv(case, self.folder / f"case{self.count}")
            return read_case(self.folder / f"case{self.count}")
        if self.way == "xlsx":
            write_xlsx(case, self.folder / f"case{self.count}.xlsx")
            return read_case(self.folder / f"case{self.count}.xlsx")
        return case
