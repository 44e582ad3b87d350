r"""A stop of places on arrays that are there (MODEL.md 7, cut-off loss).

Of a year of which the stop takes the part `c`, with `e` the exposed share of a supply or plant outside places of
concern and a bar over what is planned, or what flows where the stop has ended with its last whole year if that is more:

.. math::
    ship_{l,t,c'} \le (1 - c) \, \overline{ship}_{l,t,c'} \quad \text{for lanes from and to the places}

    flow_{x,t} \le (1 - c) \, \overline{flow}_{x,t} + c \, (1 - e_x) \, limit_{x,t}

and the same for the capacity of a plant and for the most of a deal. While the places stand still, a flow is as large as
its limit allows, less what cannot be made without them; in the rest of a year it is as without it. So what is missing
in the first half of a year is not made good in the second half, nor by flows that could have grown then. What has no
limit of its own grows at once; where ``e = 1`` nothing is left but the rest of the year.

What comes of a supply or plant exposed in part is exposed by ``(1 - c) e / (1 - c e)``, as at an even rate: in a whole
year of a stop all of it is clear. What the places make and use themselves is their own affair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.case.schema import Plant, Supply
from optimizer.case.stop import Stop
from optimizer.model.compiled import Compiled, Floats
from optimizer.model.data import CLASSES, CLEAR
from optimizer.model.terms import Index

LIMITING: Mapping[str, str] = {
    "supply_limit": "Supply", "lane_limit": "Lanes", "capacity_upper": "Plants", "most_taken_upper": "Deals",
    "part_of_limit_upper": "",
}
"""Block of rows that limit flows -> the sheet of what its index begins with; empty where the index says it itself."""


@dataclass(frozen=True)
class Cut:
    """Arrays under a stop.

    Attributes:
        compiled: the arrays, with the limits of the years that the stop takes and the classes of what still comes.
        most: column -> the most that it can be, in t.
    """

    compiled: Compiled
    most: Mapping[int, float]


def cut(compiled: Compiled, stop: Stop, otherwise: Sequence[Floats]) -> Cut:
    """What a stop leaves, signings and orders as planned.

    Args:
        compiled: the arrays.
        stop: which places stop, and when.
        otherwise: value of every column as planned, and where the stop has ended with its last whole year.
    """
    cutting = _Cutting(compiled, stop, otherwise)
    upper, values = compiled.row_upper.copy(), compiled.values.copy()
    for row, side in cutting.sides():
        upper[row] = side
    for place, more in cutting.splits():
        values[place] += more
    # numbers of its rows stand apart from the case from here on
    return Cut(compiled.moved(row_upper=upper, values=values, shifted=True), dict(cutting.rests()))


class _Cutting:
    def __init__(self, compiled: Compiled, stop: Stop, otherwise: Sequence[Floats]) -> None:
        self.compiled, self.stop, self.otherwise = compiled, stop, np.array(otherwise)
        self.data = compiled.data
        self.parts = {year: part for year in self.data.years if (part := stop.part(year)) > 0}
        # a share says that some place of concern took part, and not which one
        self.shared = any(place in self.data.concern for place in stop.places)

    def rests(self) -> Iterator[tuple[int, float]]:
        """Columns that only flow in the rest of a year, and the most that they can be."""
        for column, (family, index) in enumerate(self.compiled.columns):
            year = {"ship": 1, "buy": 1, "run": 2}.get(family)
            if year is None or index[year] not in self.parts:
                continue
            if self._stands(family, str(index[0])):
                yield column, max(0.0, (1 - self.parts[index[year]]) * float(self.otherwise[:, column].max()))

    def _stands(self, family: str, name: str) -> bool:
        """Whether nothing flows while the places stand still."""
        if family == "ship":
            lane = self.data.lanes[name]
            return lane.origin in self.stop.places or lane.destination in self.stop.places
        return self._exposed("Supply" if family == "buy" else "Plants", name) >= 1

    def sides(self) -> Iterator[tuple[int, float]]:
        """Rows that limit flows, and their sides: what whole numbers add to one stays as it is."""
        c = self.compiled
        for row, (block, index) in enumerate(c.rows):
            if block not in LIMITING or index[-1] not in self.parts or not np.isfinite(c.row_upper[row]):
                continue
            part, exposed = self.parts[index[-1]], self._exposed(*_thing(block, index))
            if part >= 1 and exposed <= 0:
                continue
            entries = c.entries_of(row)
            columns, places = np.array(list(entries)), np.array(list(entries.values()))
            terms, whole = c.values[places] * self.otherwise[:, columns], c.integer[columns]
            decided, flow = float(terms[0, whole].sum()), float(terms[:, ~whole].sum(axis=1).max())
            most = float(c.row_upper[row]) - decided
            yield row, decided + (1 - part) * flow + part * (1 - exposed) * most

    def splits(self) -> Iterator[tuple[int, float]]:
        """Entries of balances, and what is added to them: of a thing exposed in part, more of what comes is clear."""
        for column, (family, index) in enumerate(self.compiled.columns):
            if family == "buy" and index[1] in self.parts:
                supply = self.data.supplies[index[0]]
                yield from self._split(column, supply, supply.material, index[1], 1.0)
            elif family == "run" and index[3] == CLEAR and index[2] in self.parts:
                plant, recipe = self.data.plants[index[0]], self.data.recipes[index[1]]
                for material, amount in recipe.yields.items():
                    stays = amount * (1 - plant.partner_keeps if material == recipe.output else 1.0)
                    yield from self._split(column, plant, material, index[2], stays)

    def _split(
        self, column: int, row: Supply | Plant, material: str, year: int, stays: float
    ) -> Iterator[tuple[int, float]]:
        """A tonne is clear by ``(1 - e) / (1 - c e)`` in place of ``1 - e``, of what stays of it."""
        exposed, part = self._exposed(row.sheet, row.name), self.parts[year]
        if not 0 < exposed < 1 or stays <= 0:
            return
        more = (1 - exposed) / (1 - part * exposed) - (1 - exposed)
        for cls, by in zip(CLASSES, (more, -more), strict=True):
            balance = self.compiled.row_numbers["balance_equal", (row.place, material, year, cls)]
            yield self.compiled.entries_of(balance)[column], stays * by

    def _exposed(self, sheet: str, name: str) -> float:
        """The exposed share that a stop cuts; 0 inside places of concern, whose own affair it is."""
        row: Supply | Plant | None = None
        if sheet == Supply.sheet:
            row = self.data.supplies[name]
        elif sheet == Plant.sheet:
            row = self.data.plants[name]
        if row is None or not self.shared or row.place in self.data.concern:
            return 0.0
        return self.data.exposed_share(row.place, row.exposed_share)


def _thing(block: str, index: Index) -> tuple[str, str]:
    """Sheet and name of what a row limits."""
    return (LIMITING[block], str(index[0])) if LIMITING[block] else (str(index[1]), str(index[2]))
