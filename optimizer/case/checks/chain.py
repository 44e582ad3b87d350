"""The chain as the checks see it: recipes, what deals open, and when, from above, anything can be there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from optimizer.case.case import Case
from optimizer.case.schema import Deal, Groups, Lane, Plant, RecipeLine, Row, Run, Supply

Thing = tuple[str, str]
"""A lane, plant or supply that a deal can open: its sheet and its name."""

SLIP = 1e-9
R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Recipe:
    """A recipe, tonnes per tonne of main output.

    Attributes:
        output: the main output.
        inputs: material -> tonnes used.
        made: material -> tonnes made, the main output among them.
    """

    output: str
    inputs: dict[str, float]
    made: dict[str, float]


def rows_of(case: Case, kind: type[R], *, every: bool) -> tuple[R, ...]:
    """Rows of a sheet in use, or every one."""
    if not every:
        return case.rows(kind)
    return tuple(row for row in case.sheets.get(kind.sheet, ()) if isinstance(row, kind))


def recipes(case: Case, *, every: bool = False) -> dict[str, Recipe]:
    """Recipes by name, those without an output left out."""
    lines: dict[str, list[RecipeLine]] = {}
    for line in rows_of(case, RecipeLine, every=every):
        lines.setdefault(line.recipe, []).append(line)
    return {
        name: Recipe(
            next(line.material for line in of if line.role == "output"),
            {line.material: line.amount for line in of if line.role == "input"},
            {line.material: line.amount for line in of if line.role != "input"},
        )
        for name, of in lines.items()
        if any(line.role == "output" for line in of)
    }


def main_outputs(case: Case, plant: str) -> frozenset[str]:
    """Main outputs of the recipes that a plant can run."""
    known = recipes(case)
    return frozenset(known[run.recipe].output for run in case.runs if run.plant == plant and run.recipe in known)


def openers(row: Row) -> Groups:
    """The groups of deals through which a lane, supply or plant flows."""
    if isinstance(row, (Lane, Supply)):
        return row.deals
    return row.deals_to_run if isinstance(row, Plant) else ()


def opened(case: Case, deal: str, *, every: bool = False) -> tuple[Thing, ...]:
    """What a deal opens; `every`: things switched off too."""
    rows = (row for kind in (Lane, Supply, Plant) for row in case.sheets.get(kind.sheet, ()) if every or row.use)
    return tuple((type(row).sheet, row.key) for row in rows if any(deal in group for group in openers(row)))


def decided(case: Case, year: int) -> float:
    """The point at which decisions of `year` fall; years before the case decide at their start."""
    return year + case.settings.deciding_point.at(year) if year in case.years else float(year)


def _choice_years(case: Case, row: Deal | Plant) -> range:
    first, last = case.settings.first_year, case.settings.last_year
    begin = max(first, row.window_from if row.window_from is not None else first)
    return range(begin, min(last, row.window_to if row.window_to is not None else last) + 1)


def _part(year: int, begin: float, end: float) -> float:
    return max(0.0, min(year + 1.0, end) - max(float(year), begin))


def _starts(case: Case, deal: Deal) -> Iterator[tuple[float, float]]:
    """Start and end of the longest run of terms for each way to sign, or of the one signed before the case."""
    most = deal.signings_at_most
    if most is None:
        most = 1 if deal.term is None else 10**6
    length = math.inf if deal.term is None else deal.term
    if deal.signed_in is not None:
        start = deal.signed_in + deal.lead
        yield start, start + length
        most -= 1
    if most > 0:
        for year in _choice_years(case, deal):
            start = decided(case, year) + deal.lead
            yield start, start + most * length


def first_start(case: Case, row: Deal | Plant) -> float | None:
    """The earliest point at which what may still be decided can begin; None where its window misses the case."""
    return min((decided(case, year) + row.lead for year in _choice_years(case, row)), default=None)


def in_force(case: Case, deal: Deal, year: int) -> float:
    """The largest part of `year` in which a deal can be in force, from above."""
    spans = list(_starts(case, deal))
    parts = [_part(year, begin, end) for begin, end in spans]
    if not any(part > SLIP for part in parts):
        return 0.0
    single = deal.signed_in is None and (deal.term is None or deal.signings_at_most == 1)
    # several signings may follow one another within the year, none of them before the earliest start
    return max(parts) if single else min(1.0, year + 1.0 - min(begin for begin, _ in spans))


def may_close(deal: Deal) -> bool:
    """Whether a deal can be in force at all: what was signed before the case has closed."""
    return deal.chance > 0 or deal.signed_in is not None


def can_sign(case: Case, deal: Deal) -> bool:
    """Whether a deal is signed or can be."""
    return next(_starts(case, deal), None) is not None


def availability(case: Case, plant: Plant, ordered: int, year: int) -> float:
    """Ramped share of a module ordered in one year that is available in another."""
    start = decided(case, ordered) + plant.lead
    end = math.inf if plant.life is None else start + plant.life
    total = 0.0
    for i in range(max(0, math.floor(year - start)), max(0, math.ceil(year + 1 - start))):
        share = plant.ramp[min(i, len(plant.ramp) - 1)]
        total += share * _part(year, start + i, min(start + i + 1, end))
    return total


def most_capacity(case: Case, plant: Plant, year: int) -> float:
    """The most capacity a plant can have in `year`: standing, ordered before, and all that may still be ordered."""
    standing = plant.capacity.at(year) if plant.capacity is not None else 0.0
    module = plant.module or 0.0
    past = sum(modules * module * availability(case, plant, int(y), year) for y, modules in plant.ordered_in)
    left = max(0, plant.orders_at_most - len(plant.ordered_in))
    known = {deal.name: deal for deal in case.deals}
    blocked = any(
        not any(name in known and can_sign(case, known[name]) for name in group) for group in plant.deals_to_order
    )
    best = max((availability(case, plant, y, year) for y in _choice_years(case, plant)), default=0.0)
    return standing + past + (0.0 if blocked else left * plant.most_modules * module * best)


def runs_of(case: Case, plant: str) -> tuple[Run, ...]:
    """The recipes that a plant in use can run."""
    return tuple(run for run in case.runs if run.plant == plant)
