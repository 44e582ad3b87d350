"""A changed case on arrays that are there: new coefficients and sides where only those move, else why not.

The blocks say what each row is; they are asked once more, for the rows that the changed columns of the workbook stand
in, and what they answer is put in place of what stood there. So there is one statement of every row, and a change made
here is equal to a model built anew with the same bounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from optimizer.case.case import Case
from optimizer.model.blocks import cost, deals, demand, dependence, limits
from optimizer.model.bounds import Bounds, propagate, widest
from optimizer.model.building import SENSES, Addresses, Building, Linear, flat
from optimizer.model.compiled import Compiled, Floats, Ints
from optimizer.model.data import Data
from optimizer.model.terms import NONE, Index, Rows

MONEY = (cost, limits)
NEEDS = (demand, dependence, limits, cost)
TAKES = (deals, cost, limits)

MOVABLE: Mapping[tuple[str, str], tuple[ModuleType, ...]] = {
    **{(sheet, column): MONEY for sheet, columns in {
        "Supply": ("price",), "Lanes": ("freight", "duty"), "Runs": ("variable_cost",), "Stocks": ("holding_cost",),
        "Deals": ("fee", "signing_cost", "yearly_cost"), "Payments": ("amount",),
        "Plants": ("capex", "site_cost", "fixed_cost"), "Materials": ("price",),
        "Demand": ("shortage_cost",), "Limits": ("price_of_breaking",),
    }.items() for column in columns},
    ("Demand", "tonnes"): NEEDS, ("Demand", "floor"): NEEDS, ("Demand", "clear_share"): NEEDS,
    ("Deals", "most"): TAKES, ("Deals", "least"): TAKES, ("Deals", "missed_charge"): TAKES,
    ("Deals", "chance"): TAKES,
    ("Limits", "value"): (limits,),
}
"""Sheet and column that a change may move -> the blocks whose rows it stands in."""

BOUNDING = (("Demand", "tonnes"), ("Deals", "most"))
"""Those that the propagated bounds rest on."""

KINKED = (("Deals", "most"), ("Deals", "chance"))
"""Those that coefficients do not follow in proportion: the least of a most and of what can flow stands in them, and of
a chance of closing whether it is 0. A price is one of them where duty is paid on the lowest of several."""

UNSEEN = ("title", "budget", "budget_above_least_cost", "dependence_cap", "dependence_tolerance", "cost_tolerance",
          "goal", "then", "confidential", "stop_chance")
"""Settings that no row has: they are bounds of columns, or concern the search alone."""

UNREAD = ("source", "confidence", "note", "law")
"""Columns of every sheet that no row rests on."""


@dataclass(frozen=True)
class Rebuild:
    """Why a change cannot be made on arrays that are there.

    Attributes:
        reason: a sentence.
    """

    reason: str


@dataclass(frozen=True)
class Shift:
    """What a change of one column of the workbook does to arrays, so that a part of it needs no block to be asked.

    A number stands in the rows in proportion, but for those of :data:`KINKED`: a price ten per cent up moves the arrays
    by ten times what one per cent does.

    Attributes:
        places: places among the values that it moves, and by how much.
        rows: rows whose sides it moves, and by how much (lower, upper).
        bounding: whether what can flow rests on it, so that no more of it may be made than was looked at.
    """

    places: tuple[Ints, Floats]
    rows: tuple[Ints, Floats, Floats]
    bounding: bool

    @classmethod
    def between(cls, before: Compiled, after: Compiled) -> Shift:
        """What :func:`apply` did to `before`.

        Raises:
            ValueError: the change does not move the arrays in proportion, as two columns at once do not.
        """
        moved = _moved(before.case, after.case)
        if isinstance(moved, Rebuild) or before.shifted or after.shifted:
            raise ValueError("these are not arrays of one model before and after a change")
        if len(moved) > 1:
            raise ValueError(f"{' and '.join(map(' '.join, moved))} together do not move the arrays in proportion")
        kinked = [one for one in moved if one in KINKED or (one == ("Supply", "price") and _duty_on_lowest(after.case))]
        if kinked:
            raise ValueError(f"{' '.join(kinked[0])} does not move the arrays in proportion")
        places = np.flatnonzero(after.values != before.values).astype(np.int32)
        sides = [_step(getattr(before, side), getattr(after, side)) for side in ("row_lower", "row_upper")]
        rows = np.flatnonzero((sides[0] != 0) | (sides[1] != 0)).astype(np.int32)
        return cls(
            (places, after.values[places] - before.values[places]), (rows, sides[0][rows], sides[1][rows]),
            any(one in BOUNDING for one in moved),
        )

    def on(self, compiled: Compiled, part: float) -> Compiled:
        """The arrays with `part` of the change, from 0 for none of it over 1 for it to more; negative the other way.

        They are of no case, and are there to be solved: a plan is read off arrays that :func:`apply` gave.

        Raises:
            ValueError: what can flow was not looked at for so much of the change.
        """
        if self.bounding and not 0 <= part <= 1:
            raise ValueError(f"{part} times the change may let more flow than the bounds of the arrays allow")
        values, lower, upper = compiled.values.copy(), compiled.row_lower.copy(), compiled.row_upper.copy()
        values[self.places[0]] += part * self.places[1]
        lower[self.rows[0]] += part * self.rows[1]
        upper[self.rows[0]] += part * self.rows[2]
        return compiled.moved(values=values, row_lower=lower, row_upper=upper, shifted=True)


def _duty_on_lowest(case: Case) -> bool:
    """Whether some duty is paid on the lowest of several prices at a place."""
    sellers = Counter((supply.place, supply.material) for supply in case.supplies)
    return any(lane.duty is not None and sellers[lane.origin, lane.material] > 1 for lane in case.lanes)


def _step(before: Floats, after: Floats) -> Floats:
    """How far sides move; an infinite one stays."""
    finite = np.isfinite(before)
    return np.where(finite, after, 0.0) - np.where(finite, before, 0.0)


def apply(compiled: Compiled, case: Case) -> Compiled | Rebuild:
    """The arrays of a changed case, in the bounds that were propagated for the arrays that are there.

    Args:
        compiled: arrays of the case as it was.
        case: the case, changed.

    Returns:
        New arrays, or why the model must be built anew.
    """
    if compiled.shifted:
        return Rebuild("the arrays stand between two cases")
    if compiled.settled:
        return Rebuild("some row without variables does not hold, whatever is decided")
    moved = _moved(compiled.case, case)
    if isinstance(moved, Rebuild):
        return moved
    if not moved:
        return compiled.moved(case=case)
    data = Data(case)
    if data.money != compiled.money:
        return Rebuild("the unit of money of the model changes")
    if any(one in BOUNDING for one in moved) and not _inside(propagate(data), compiled.bounds):
        return Rebuild("more may flow than the bounds of the arrays allow")
    asked = _Asked(data, compiled)
    blocks = dict.fromkeys(block for one in moved for block in MOVABLE[one])
    for block in blocks:
        block.add_variables(asked)
    for block in blocks:
        block.add_rows(asked)
    if asked.settled:
        return Rebuild("a row that holds no variable no longer holds")
    if asked.unlike:
        return Rebuild(f"the column {asked.unlike} comes or goes")
    return _patched(compiled, case, asked)


def _moved(before: Case, after: Case) -> list[tuple[str, str]] | Rebuild:
    """The sheets and columns in which two cases differ."""
    one, other = before.settings.model_dump(), after.settings.model_dump()
    settings = [name for name in one if one[name] != other[name] and name not in UNSEEN]
    if settings:
        return Rebuild(f"Case[{settings[0]}] shapes the model")
    found: dict[tuple[str, str], None] = {}
    for sheet in dict.fromkeys((*before.sheets, *after.sheets)):
        were, are = before.sheets.get(sheet, ()), after.sheets.get(sheet, ())
        if were is are or sheet not in _MODELLED:
            continue
        if [row.key for row in were] != [row.key for row in are]:
            return Rebuild(f"rows of {sheet} come or go")
        for was, now in zip(were, are, strict=True):
            for name in type(was).model_fields if was is not now and was != now else ():
                if getattr(was, name) == getattr(now, name) or name in UNREAD:
                    continue
                if (sheet, name) not in MOVABLE:
                    return Rebuild(f"{sheet}[{now.key}].{name.replace('_', ' ')} shapes the model")
                found[sheet, name] = None
    return list(found)


_MODELLED = ("Places", "Materials", "Recipes", "Runs", "Supply", "Lanes", "Demand", "Stocks", "Deals", "Payments",
             "Plants", "Rules", "Limits", "Incentives", "Criteria")
"""Sheets that rows are made of."""


def _inside(bounds: Bounds, box: Bounds) -> bool:
    """Whether what can flow is within a study's box."""
    both = widest([box, bounds])
    same = (both.flow_classes, both.run_classes, both.at) == (box.flow_classes, box.run_classes, box.at)
    return same and all(
        np.all(mine[key] <= theirs[key] * (1 + 1e-12))
        for mine, theirs in ((bounds.flow, box.flow), (bounds.run, box.run), (bounds.brought, box.brought))
        for key in mine
    )


def standing(compiled: Compiled) -> Building:
    """The building that arrays came of, as far as sums of its columns are asked for: it takes no rows."""
    return _Asked(compiled.data, compiled)


class _Asked(Building):
    """A building on the columns of arrays that are there, which notes the rows it is given and adds none.

    Attributes:
        rows_of: block of rows -> its rows, as arrays.
        unlike: a column that the changed case has and the arrays have not, or the other way round.
    """

    def __init__(self, data: Data, compiled: Compiled) -> None:
        super().__init__(data, compiled.bounds, None, names=list(compiled.columns))
        for number, (family, index) in enumerate(compiled.columns):
            self.numbers[family][index] = number
        self.rows_of: dict[str, Rows | None] = {}
        self.unlike = ""

    def variables(self, name: str, keys: Iterable[Index], **_: Any) -> None:
        """Notes the first column that comes or goes."""
        unlike = set(keys) ^ self.numbers[name].keys()
        if unlike and not self.unlike:
            self.unlike = f"{name}[{min(map(str, map(flat, unlike)))}]"

    def linear(
        self, name: str, rows: Mapping[Index, tuple[Linear, str, float]], addresses: Addresses,
        told: Callable[..., str] | None = None,
    ) -> None:
        """Notes the rows; a block of which none is left is noted as one without rows."""
        self.rows_of.update({f"{name}_{suffix}": None for suffix in SENSES.values()})
        super().linear(name, rows, addresses, told)

    def _settled(
        self, name: str, rows: Rows, constants: Floats, addresses: Addresses, told: Callable[..., str] | None
    ) -> None:
        self.rows_of.setdefault(f"{name}_{SENSES[rows.sense]}", None)
        super()._settled(name, rows, constants, addresses, told)

    def bound(self, name: str, key: Index, lower: float, upper: float) -> None:
        """Leaves a column as it is."""

    def _sum_rows(self, name: str, rows: Rows, addresses: Addresses) -> None:
        self.rows_of[name] = rows


def _patched(compiled: Compiled, case: Case, asked: _Asked) -> Compiled | Rebuild:
    values, lower, upper = compiled.values.copy(), compiled.row_lower.copy(), compiled.row_upper.copy()
    for name, of in asked.rows_of.items():
        if (0 if of is None else len(of.keys)) != compiled.rows_in.get(name, 0):
            return Rebuild(f"rows of {name} come or go")
        if of is None:
            continue
        numbers = [compiled.row_numbers.get((name, index), NONE) for index in of.keys]
        if NONE in numbers:
            return Rebuild(f"there is no row {_told(name, of.keys[numbers.index(NONE)])}")
        rows = np.array(numbers, dtype=np.int64)
        places = compiled.places(rows[of.row], of.column)
        if (places == NONE).any():
            return Rebuild(f"the row {_told(name, of.keys[of.row[places.argmin()]])} has more in it")
        values[compiled.places_of(rows)] = 0.0
        np.add.at(values, places, of.coefficient)
        lower[rows] = np.where(np.isinf(lower[rows]), lower[rows], of.right)
        upper[rows] = np.where(np.isinf(upper[rows]), upper[rows], of.right)
    return compiled.moved(case=case, values=values, row_lower=lower, row_upper=upper,
                          limits={**compiled.limits, **asked.limits})


def _told(block: str, index: Index) -> str:
    return f"{block}[{', '.join(map(str, index))}]"
