r"""What one more of a number of the workbook moves in arrays whose whole numbers are held.

With signings and orders held, a limit, a capacity, a take and a need stand on sides of rows, and only in a few places
beside the flows: the tonnes of a demand line beside the goal on the glide path, the share of a limit beside the flows
it is a share of. So a unit more of each is one :class:`~optimizer.model.apply.Shift` of arrays that are there:

.. math::
    limit_{x,t} + h: \quad flow_{x,t} \le limit_{x,t} + h, \quad alloc_{d,x,t} \le (limit_{x,t} + h) \, active_{d,t}

and so on; each function says which rows its number stands in. A test holds every one of them equal to a case changed
there and built anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from optimizer.case.schema import Limit
from optimizer.model.apply import Shift, standing
from optimizer.model.blocks.deals import active
from optimizer.model.blocks.dependence import DEPENDENCE
from optimizer.model.blocks.limits import converted, whole_of
from optimizer.model.building import Linear
from optimizer.model.compiled import Compiled, Floats, Ints, Name
from optimizer.model.data import value
from optimizer.model.filters import plants_in
from optimizer.model.terms import Index

Flags = npt.NDArray[np.bool_]

LINKS = "only_when_signed_upper"
"""Rows that tie flows to signings: of a deal in force they say nothing that its limits and its band do not say."""


@dataclass(frozen=True)
class Number:
    """A number of the workbook that bounds flows.

    Attributes:
        what: what it is, in words.
        name: the row of the workbook, by its name.
        year: the year; None for the horizon as a whole.
        address: its address.
        dimension: what it measures: mass, money, share or criterion.
        rows: numbers of the rows that it bounds: it matters where one of them has no slack.
        shift: what one more of it, in canonical units, does to the arrays.
    """

    what: str
    name: str
    year: int | None
    address: str
    dimension: str
    rows: tuple[int, ...]
    shift: Shift


def numbers(compiled: Compiled, values: Floats) -> tuple[Compiled, tuple[Number, ...]]:
    """Every number that bounds flows, in the order of the sheets; what is limited to nothing has no row and is none.

    Args:
        compiled: the arrays, not tightened (:func:`~optimizer.model.bounds.loosened`): a number that moves past what
            propagation saw would meet bounds that are not the planner's.
        values: value of every column; those of integer ones are looked at.

    Returns:
        The arrays without what ties flows to signings where the deal is in force, and the numbers, whose shifts are of
        these arrays.
    """
    reader = _Reader(compiled, values)
    kinds = (reader.trade, reader.plants, reader.deals, reader.stocks, reader.demands, reader.limits)
    return reader.unlinked(), tuple(number for kind in kinds for number in kind())


def trimmed(compiled: Compiled, values: Floats, given: tuple[Number, ...]) -> tuple[Compiled, tuple[Number, ...]]:
    """The same program without what the held whole numbers leave no room: a fraction of the rows and columns.

    A row whose terms all have one sign and whose side is their least sum forces each of them to its bound; rows that a
    number moves force nothing, so that the trimmed program is good for every step of every number.

    Args:
        compiled: the arrays.
        values: value of every column; those of integer ones are held.
        given: the numbers that will move.

    Returns:
        Arrays without whole numbers, and the numbers on them.
    """
    columns = np.repeat(np.arange(len(compiled.columns)), np.diff(compiled.starts))
    moving = np.zeros(len(compiled.rows), dtype=bool)
    for number in given:
        moving[number.shift.rows[0]] = True
        moving[compiled.indices[number.shift.places[0]]] = True
    held = np.where(compiled.integer, np.round(values), 0.0)
    free = ~compiled.integer
    fixed = np.bincount(compiled.indices, compiled.values * held[columns], minlength=len(compiled.rows))
    lower, upper = compiled.row_lower - fixed, compiled.row_upper - fixed
    while (forced := free & _forced(compiled, columns, free, (lower, upper), moving)).any():
        free &= ~forced
    live = np.bincount(compiled.indices, free[columns], minlength=len(compiled.rows)) > 0
    entries = free[columns]
    row_at, place_at = np.cumsum(live) - 1, np.cumsum(entries) - 1
    counts = np.bincount(columns[entries], minlength=len(free))[free]
    made = replace(
        compiled, starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        indices=row_at[compiled.indices[entries]].astype(np.int32), values=compiled.values[entries],
        row_lower=lower[live], row_upper=upper[live], lower=compiled.lower[free], upper=compiled.upper[free],
        integer=np.zeros(int(free.sum()), dtype=bool), shifted=True,
        rows=tuple(compiled.rows[i] for i in np.flatnonzero(live)),
        columns=tuple(compiled.columns[j] for j in np.flatnonzero(free)),
    )
    return made, tuple(_placed(number, (live, row_at), (entries, place_at)) for number in given
                       if live[list(number.rows)].any())


def _forced(
    compiled: Compiled, columns: npt.NDArray[np.int64], free: Flags, sides: tuple[Floats, Floats], moving: Flags
) -> Flags:
    """Columns at least 0 that some row holds at 0: all its free terms have one sign, and their sum may not leave 0."""
    entries = free[columns]
    rows, coefficients = compiled.indices[entries], compiled.values[entries]
    count = len(compiled.rows)
    above, below = (np.bincount(rows, sign * coefficients > 0, minlength=count) for sign in (1, -1))
    floored = compiled.lower == 0
    loose = np.bincount(rows, ~floored[columns[entries]], minlength=count) > 0
    forcing = ~loose & ~moving & (((below == 0) & (np.abs(sides[1]) <= 0)) | ((above == 0) & (np.abs(sides[0]) <= 0)))
    found = np.zeros(len(free), dtype=bool)
    found[columns[entries][forcing[rows] & (coefficients != 0)]] = True
    return found


def _placed(number: Number, rows: tuple[Flags, Ints], places: tuple[Flags, Ints]) -> Number:
    """A number on trimmed arrays: what it moved there and is gone moved nothing."""
    (at, by), (sides, lower, upper) = number.shift.places, number.shift.rows
    kept, here = places[0][at], rows[0][sides]
    shift = Shift(
        (places[1][at[kept]].astype(np.int32), by[kept]),
        (rows[1][sides[here]].astype(np.int32), lower[here], upper[here]), bounding=False,
    )
    return replace(number, rows=tuple(int(rows[1][row]) for row in number.rows if rows[0][row]), shift=shift)


class _Reader:
    def __init__(self, compiled: Compiled, values: Floats) -> None:
        self.compiled, self.values = compiled, values
        self.b = standing(compiled)
        self.data = self.b.data
        self.blocks: dict[str, dict[Index, int]] = {}
        for row, (block, index) in enumerate(compiled.rows):
            self.blocks.setdefault(block, {})[index] = row

    def of(self, block: str) -> Mapping[Index, int]:
        """Index -> number of the rows of a block."""
        return self.blocks.get(block, {})

    def active(self, deal: str, year: int) -> float:
        """The part of a year in which a deal is in force."""
        total = active(self.b, deal, year)
        return total.constant + sum(
            part * round(float(self.values[self.compiled.column_numbers["sign", index]]))
            for index, part in total.terms.get("sign", {}).items() if ("sign", index) in self.compiled.column_numbers
        )

    def unlinked(self) -> Compiled:
        """The arrays without :data:`LINKS` of deals in force; under the others nothing flows, as before."""
        upper = self.compiled.row_upper.copy()
        for (deal, _, _, year), row in self.of(LINKS).items():
            if self.active(deal, year) > 0:
                upper[row] = np.inf
        return self.compiled.moved(row_upper=upper)

    def shift(self, sides: Mapping[int, float], entries: Mapping[tuple[int, Name], float] | None = None) -> Shift:
        """Rows by how far their finite sides move, and entries of the arrays by how much."""
        places = {
            self.compiled.entries_of(row)[self.compiled.column_numbers[name]]: amount
            for (row, name), amount in (entries or {}).items()
        }
        rows, by = np.array(list(sides), dtype=np.int32), np.array(list(sides.values()), dtype=np.float64)
        lower, upper = (np.where(np.isfinite(side[rows]), by, 0.0)
                        for side in (self.compiled.row_lower, self.compiled.row_upper))
        moved = np.array(list(places), dtype=np.int32), np.array(list(places.values()), dtype=np.float64)
        return Shift(moved, (rows, lower, upper), bounding=False)

    def number(
        self, what: str, name: str, year: int | None, address: str, sides: Mapping[int, float],
        dimension: str = "mass",
    ) -> Number:
        """A number that stands on sides alone."""
        whole = address if year is None else f"{address}.{year}"
        return Number(what, name, year, whole, dimension, tuple(sides), self.shift(sides))

    def trade(self) -> Iterator[Number]:
        """Limits and totals of supplies, limits of lanes, and markets."""
        parts: dict[Index, dict[int, float]] = {}
        for (deal, *thing), row in self.of("part_of_limit_upper").items():
            parts.setdefault(tuple(thing), {})[row] = self.active(deal, thing[2])
        for sheet, block, what in (("Supply", "supply_limit", "supply limit"), ("Lanes", "lane_limit", "lane limit")):
            for (name, year), row in self.of(block).items():
                under = parts.get((sheet, name, year), {})
                if under and not any(under.values()):
                    # no deal that opens it is in force, so nothing flows whatever its limit
                    continue
                sides = {row: 1.0, **under}
                yield self.number(what, name, year, f"{sheet}[{name}].limit", sides)
        for (name,), row in self.of("supply_total").items():
            yield self.number("supply total", name, None, f"Supply[{name}].total", {row: 1.0})
        for (name, year), row in self.of("market").items():
            yield self.number("market", name, year, f"Materials[{name}].market", {row: 1.0})

    def plants(self) -> Iterator[Number]:
        """Capacity that stands without an order, with its fixed cost and what limits on capacity count of it."""
        found: dict[tuple[str, int], dict[int, float]] = {}
        for (name, _, year), row in self.of("capacity_upper").items():
            found.setdefault((name, year), {})[row] = 1.0
        counted = [(limit, year, row, plants_in(self.b, limit.filter)) for limit, year, row in self.limit_rows()
                   if limit.measure == "capacity"]
        for (name, year), bounding in found.items():
            sides, plant = dict(bounding), self.data.plants[name]
            for limit, at, row, names in counted:
                if name in names and (limit.over == "horizon" or at == year):
                    sides[row] = -1.0
            paid = self.of("cash_of_equal").get(("fixed", "fixed", plant.payer or self.data.first_payer, year))
            if paid is not None:
                sides[paid] = -value(plant.fixed_cost, year, 0.0) / self.compiled.money
            address = f"Plants[{name}].capacity.{year}"
            yield Number("capacity", name, year, address, "mass", tuple(bounding), self.shift(sides))

    def deals(self) -> Iterator[Number]:
        """Most and least takes of deals in force."""
        for (name, year), row in self.of("most_taken_upper").items():
            if part := self.active(name, year):
                yield self.number("most taken", name, year, f"Deals[{name}].most", {row: part})
        for (name, year), row in self.of("least_take_lower").items():
            if part := self.active(name, year):
                sides = {row: part}
                if (missed := self.of("missed_take_upper").get((name, year))) is not None:
                    sides[missed] = part
                least = Number("least take", name, year, f"Deals[{name}].least take.{year}", "mass", (row,),
                               self.shift(sides))
                yield least

    def stocks(self) -> Iterator[Number]:
        """What may lie in stock."""
        for (name, year), row in self.of("stock_limit_upper").items():
            yield self.number("stock limit", name, year, f"Stocks[{name}].limit", {row: 1.0})

    def demands(self) -> Iterator[Number]:
        """What is needed: also what of it may be short or exposed, and what dependence is a share of."""
        for (name, year), row in self.of("demand_equal").items():
            line, weight = self.b.demand_lines[name], self.data.weights[name]
            sides, entries = {row: 1.0}, dict[tuple[int, Name], float]()
            if (floor := self.of("floor_upper").get((name, year))) is not None:
                sides[floor] = 1 - value(line.floor, year, 1.0)
            if (clear := self.of("clear_share_upper").get((name, year))) is not None:
                sides[clear] = 1 - value(line.clear_share, year, 0.0)
            if weight and (glide := self.of("glide_path_upper").get((year,))) is not None:
                share = self.data.glide[year]
                sides[glide] = weight * (1 - share)
                entries[glide, ("goal", (DEPENDENCE,))] = -weight * share
            if weight and (share_row := self.of("share_dependent_equal").get((year,))) is not None:
                entries[share_row, ("share", (year,))] = -weight
            for limit, at, limited in self.limit_rows():
                if counted := self._counted(limit, at, name, year):
                    sides[limited] = counted
            yield Number("demand", name, year, f"Demand[{name}].tonnes.{year}", "mass", (row,),
                         self.shift(sides, entries))

    def _counted(self, limit: Limit, at: int, name: str, year: int) -> float:
        """By how much a tonne more of a demand line raises what a limit of some years allows."""
        if limit.over != "horizon" and at != year:
            return 0.0
        if limit.measure == "dependence" and at == year:
            return limit.value.at(at) * self.data.weights[name]
        if limit.measure == "share" and limit.of is None and self.data.weights[name] > 0:
            return limit.value.at(at) * converted(self.b, limit, self.b.demand_lines[name].material)
        return 0.0

    def limit_rows(self) -> Iterator[tuple[Limit, int, int]]:
        """Each of the planner's limits with its year and its row."""
        by_name = {row.name: row for row in self.data.case.limits}
        for block in ("limit_upper", "limit_lower"):
            for (name, year), row in self.of(block).items():
                yield by_name[name], year, row

    def limits(self) -> Iterator[Number]:
        """The planner's limits."""
        dimensions = {"spend": "money", "share": "share", "dependence": "share", "criterion": "criterion"}
        for limit, year, row in self.limit_rows():
            whole = self._one_of(limit, year)
            entries = {(row, (family, index)): -amount for family, of in whole.terms.items()
                       for index, amount in of.items()}
            known = self.compiled.entries_of(row)
            if any(self.compiled.column(*name) not in known for _, name in entries):
                # a share of 0 of some flows: they have no entry in the row that could move
                continue
            at = None if limit.over == "horizon" or limit.measure == "criterion" else year
            address = f"Limits[{limit.name}].value.{year}"
            yield Number("limit", limit.name, at, address, dimensions.get(limit.measure, "mass"), (row,),
                         self.shift({row: whole.constant}, entries))

    def _one_of(self, limit: Limit, year: int) -> Linear:
        """What one more of a limit's value allows, in the unit of its row."""
        if limit.measure == "share":
            return whole_of(self.b, limit, year)
        if limit.measure == "dependence":
            return Linear(constant=self.data.demand[year])
        return Linear(constant=1 / self.compiled.money if limit.measure == "spend" else 1.0)
