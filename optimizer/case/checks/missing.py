"""Sheets that others speak of and of which there is no row: told once, and nothing that follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from optimizer.case.address import AddressFault, parse_address
from optimizer.case.case import Case
from optimizer.case.checks.chain import recipes
from optimizer.case.checks.common import Faults, columns
from optimizer.case.checks.reach import obtainable
from optimizer.case.checks.references import references
from optimizer.case.findings import Finding
from optimizer.case.schema import SHEETS, Demand, Lane, Row, Run

_NAMED = 4
"""Names that are listed as those of rows to add."""


@dataclass
class _Asked:
    """Who speaks of a sheet: the cells, and the names of rows."""

    cells: list[str] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)


def missing_sheets(case: Case, faults: Faults) -> None:
    """No sheet that others speak of is empty; those that are count as not read from then on."""
    empty = [sheet for sheet in SHEETS if not case.sheets.get(sheet) and faults.unread.get(sheet, ()) is not None]
    asked: dict[str, _Asked] = {sheet: _Asked() for sheet in empty}
    for sheet, cell, name in _spoken_of(case, faults):
        if sheet in asked:
            asked[sheet].cells.append(cell)
            asked[sheet].names.setdefault(name)
    _needed(case, faults, asked.get(Demand.sheet, _Asked()))
    _run(case, faults)
    _carried(case, faults)
    for sheet, by in asked.items():
        # a single cell is told where it stands
        if len(by.cells) > 1 and sheet != Demand.sheet:
            faults.found.append(_finding(sheet, by))
            faults.unread[sheet] = None


def _needed(case: Case, faults: Faults, by: _Asked) -> None:
    """Tells of a case without a need, in which nothing else hangs together either."""
    lost = faults.unread.get(Demand.sheet, frozenset())
    if case.demands or lost is None or lost or any(sheet == Demand.sheet for sheet, _ in faults.lost):
        return
    others = f", and {len(by.cells)} cells name rows of it, first {by.cells[0]}" if by.cells else ""
    _empty(faults, Demand.sheet, f"nothing is needed: no row of this sheet is in use{others}.",
           "Add a row for each sector: where it needs which material, and how many tonnes a year.")


def _run(case: Case, faults: Faults) -> None:
    """Tells of plants none of which has anything to make."""
    if len(case.plants) > 1 and not case.sheets.get(Run.sheet) and faults.unread.get(Run.sheet, ()) is not None:
        _empty(faults, Run.sheet, f"the sheet Runs is missing or empty, so none of the {len(case.plants)} plants makes "
               "anything.", "Give each plant a row with a recipe that it can run.")


def _carried(case: Case, faults: Faults) -> None:
    """Tells of a case in which nothing gets to where it is needed, as nothing is carried anywhere."""
    # without what plants make it is not known what would have to be carried
    unsure = any(faults.unread.get(sheet, ()) is None for sheet in SHEETS)
    if case.sheets.get(Lane.sheet) or unsure:
        return
    short = list(_short(case))
    metered = any((deal.meter or "").startswith("lanes") for deal in case.deals)
    # one or two are told where they stand
    if len(short) > _FEW or (short and metered):
        material, place, row = short[0]
        others = f", nor what {len(short) - 1} others need" if len(short) > 1 else ""
        message = (
            f"the sheet Lanes is missing or empty, so nothing brings '{material}' to '{place}' ({faults.cell(row)})"
            f"{others}."
        )
        _empty(faults, Lane.sheet, message, "Give it a row for each material and way.")


_FEW = 2


def _short(case: Case) -> Iterator[tuple[str, str, Row]]:
    """Materials that nothing makes where they are needed, with the place and the row that needs them."""
    there = obtainable(case)
    for line in case.demands:
        must = line.floor is None or any(share > 0 for share in line.floor.on(case.years))
        if must and (line.place, line.material) not in there:
            yield line.material, line.place, line
    places, known = {plant.name: plant.place for plant in case.plants}, recipes(case)
    for run in case.runs:
        place = places.get(run.plant)
        for material in known[run.recipe].inputs if place and run.recipe in known else ():
            if place and (place, material) not in there:
                yield material, place, run


def _empty(faults: Faults, sheet: str, message: str, suggestion: str) -> None:
    faults.found.append(Finding(sheet, "", "", message, suggestion))
    faults.unread[sheet] = None


def _spoken_of(case: Case, faults: Faults) -> Iterator[tuple[str, str, str]]:
    """Each sheet that a cell speaks of alone, with the cell and the name of the row."""
    for one in references(case):
        if len(one.column.refers) == 1:
            yield one.column.refers[0], faults.cell(one.row, one.field), one.name
    for row in (*case.scenarios, *case.ranges, *case.evidence):
        for name, column, _ in columns(type(row)):
            if column.kind == "address":
                try:
                    parsed = parse_address(str(getattr(row, name)))
                except AddressFault:
                    continue
                yield parsed.sheet, faults.cell(row, name), parsed.key


def _finding(sheet: str, by: _Asked) -> Finding:
    message = f"the sheet {sheet} is missing or empty, and {len(by.cells)} cells name rows of it, first {by.cells[0]}."
    return Finding(sheet, "", "", message, f"Give the sheet a row for each: {_listed(list(by.names))}.")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(f"'{name}'" for name in names[:_NAMED]) + more
