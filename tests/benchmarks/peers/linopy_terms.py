"""What every part of the linopy peer builds on: families of variables, rows made from flat arrays, the calendar.

An index `t` counts years from the first one; `c` is 0 for clear and 1 for exposed material.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import linopy
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from optimizer.case.case import Case
from optimizer.case.schema import Series
from tests.loose.facts import CLASSES, TINY, Facts, Order, Signing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SLACK = 1e-6
"""How far a row without variables may miss its right side, in the row's own unit."""


class Terms:
    """The terms of one family of rows, gathered before the whole family is added at once."""

    def __init__(self) -> None:
        self.parts: list[tuple[Any, ...]] = []

    def add(self, rows: ArrayLike, labels: ArrayLike, coeffs: ArrayLike = 1.0) -> None:
        """Add coefficient x variable to rows; row numbers, labels and coefficients are broadcast to one shape."""
        self.parts.append(tuple(part.ravel() for part in np.broadcast_arrays(rows, labels, coeffs)))

    def flat(self) -> tuple[Ints, Ints, Floats]:
        """Row, label and coefficient of each term that is not zero."""
        if not self.parts:
            return np.zeros(0, int), np.zeros(0, int), np.zeros(0)
        rows, labels, coeffs = (np.concatenate(column) for column in zip(*self.parts, strict=True))
        kept = coeffs != 0
        return rows[kept], labels[kept], coeffs[kept]

    def hold(self, m: linopy.Model, name: str, sense: str, right: Floats) -> None:
        """Add every row `i` of the family: sum of its terms `sense` ``right[i]``; none where that is infinite.

        Raises:
            ValueError: a row has no variable and cannot hold.
        """
        rows, labels, coeffs = self.flat()
        asked = np.isfinite(right)
        kept = asked[rows]
        rows, labels, coeffs = rows[kept], labels[kept], coeffs[kept]
        filled = np.zeros(len(right), bool)
        filled[rows] = True
        bare = right[asked & ~filled] * (-1.0 if sense == ">=" else 1.0)
        if np.any(np.abs(bare) > SLACK if sense == "=" else bare < -SLACK):
            raise ValueError(f"a row of '{name}' has no variable and cannot hold")
        if len(rows):
            left = linear(m, labels, coeffs).groupby(xr.DataArray(rows, dims="entry", name="row")).sum()
            present = np.flatnonzero(filled)
            m.add_constraints(left, sense, xr.DataArray(right[present], coords={"row": present}), name=name)


def linear(m: linopy.Model, labels: Ints, coeffs: Floats) -> linopy.LinearExpression:
    """One term an entry, of variables of any families."""
    return linopy.LinearExpression(
        xr.Dataset({
            "coeffs": (("entry", "_term"), coeffs[:, None]), "vars": (("entry", "_term"), labels[:, None]),
            "const": ("entry", np.zeros(len(labels))),
        }), m,
    )


def grid(*shape: int) -> Ints:
    """Row numbers of a family of that shape."""
    return np.arange(math.prod(shape)).reshape(shape)


def positions(names: Iterable[Any]) -> dict[Any, int]:
    """Name -> its place in the order given."""
    return {name: i for i, name in enumerate(names)}


class Peer:
    """A linopy model being built, the facts of its case, and the labels of its variables.

    Attributes:
        f: the facts of the case.
        m: the model.
        v: family -> labels of its variables, in the shape of the family's coordinates.
        years: the years, as floats [t].
    """

    def __init__(self, case: Case) -> None:
        self.f = Facts(case)
        self.m = linopy.Model(sparse=True)
        self.v: dict[str, Ints] = {}
        self.years = np.array(self.f.years, float)

    def add(self, name: str, *indexes: pd.Index[Any], **kind: Any) -> None:
        """Add a family of variables over indexes; one without members is not handed to the library."""
        shape = tuple(len(index) for index in indexes)
        self.v[name] = np.zeros(shape, int)
        if 0 not in shape:
            # a bound by member is named by its indexes, since sizes alone cannot tell which axis is which
            named: dict[str, Any] = {
                key: xr.DataArray(x, coords=list(indexes)) if np.ndim(x) else x for key, x in kind.items()
            }
            self.v[name] = self.m.add_variables(coords=list(indexes), name=name, **named).labels.to_numpy()

    def add_flows(self, name: str, names: Sequence[str], *, classes: bool = True, **bounds: Any) -> None:
        """Add a family of amounts of 0 or more, tonnes a year: [name, t, c], or [name, t] without classes."""
        indexes: list[pd.Index[Any]] = [pd.Index(names, name=name), pd.Index(self.f.years, name="year")]
        if classes:
            indexes.append(pd.Index(CLASSES, name="class"))
        self.add(name, *indexes, **{"lower": 0.0, **bounds})

    def by_year(self, series: Iterable[Series | None], otherwise: float = 0.0) -> Floats:
        """The values of several series, [series, t]."""
        found = np.array([self._values(one, otherwise) for one in series], float)
        return found.reshape(-1, len(self.years))

    def _values(self, one: Series | None, otherwise: float) -> Floats:
        if one is None:
            return np.full(len(self.years), otherwise)
        if one.constant is not None:
            return np.full(len(self.years), one.constant)
        years, values = np.array(one.points).T
        return np.asarray(np.interp(self.years, years, values), float)

    # ---- where things stand in their families

    @cached_property
    def at(self) -> dict[str, dict[str, int]]:
        """Sheet -> name of a supply or lane -> its place in `buy` or `ship`."""
        case = self.f.case
        return {"Supply": positions(s.name for s in case.supplies), "Lanes": positions(x.name for x in case.lanes)}

    @cached_property
    def runs_of(self) -> dict[str, Ints]:
        """Plant -> places of its recipes in the family of runs."""
        return self._places(self.f.plants, (plant for plant, _ in self.f.runs))

    @cached_property
    def signings(self) -> list[Signing]:
        """Every signing that can be decided, in the order of `sign`."""
        return [s for of in self.f.signings.values() for s in of]

    @cached_property
    def signings_of(self) -> dict[str, Ints]:
        """Deal -> places of its signings in `sign`."""
        return self._places(self.f.deals, (s.deal for s in self.signings))

    @cached_property
    def orders(self) -> list[Order]:
        """Every order that can be decided, in the order of `orders` and `modules`."""
        return [o for of in self.f.orders.values() for o in of]

    @cached_property
    def orders_of(self) -> dict[str, Ints]:
        """Plant -> places of its orders in `orders` and `modules`."""
        return self._places(self.f.plants, (o.plant for o in self.orders))

    @cached_property
    def metered(self) -> dict[str, Ints]:
        """Deal -> places in `alloc` of what is on its meter."""
        place = positions(self.f.opened)
        return {
            name: np.array([place[name, *thing] for thing in self.f.meter(deal)], int)
            for name, deal in self.f.deals.items()
        }

    def _places(self, names: Iterable[str], owners: Iterable[str]) -> dict[str, Ints]:
        found: dict[str, list[int]] = {name: [] for name in names}
        for i, owner in enumerate(owners):
            found[owner].append(i)
        return {name: np.array(places, int) for name, places in found.items()}

    def flow(self, sheet: str, name: str) -> Ints:
        """The variables whose sum is the flow of a supply, lane or plant, [t, any]."""
        if sheet == "Plants":
            return self.output(self.runs_of[name])
        family: Ints = self.v["buy" if sheet == "Supply" else "ship"][self.at[sheet][name]]
        return family.reshape(len(self.years), -1)

    def output(self, runs: Ints) -> Ints:
        """The variables whose sum is the main output of some runs, [t, any]."""
        return np.moveaxis(self.v["run"][runs], 0, 1).reshape(len(self.years), -1)

    # ---- where material may be

    @cached_property
    def here(self) -> dict[tuple[str, str], int]:
        """(place, material) that anything brings or takes -> its place among the balances."""
        f = self.f
        found = [(s.place, s.material) for s in f.case.supplies]
        found += [(place, x.material) for x in f.case.lanes for place in (x.origin, x.destination)]
        found += [(q.place, q.material) for q in f.case.demands]
        found += [(b.place, b.material) for b in f.case.stocks]
        for k, r in f.runs:
            recipe = f.recipes[r]
            found += [(f.plants[k].place, x) for x in (recipe.output, *recipe.inputs, *recipe.by_products)]
        return positions(dict.fromkeys(found))

    @cached_property
    def sold(self) -> list[tuple[str, str]]:
        """(place, material) at which what is there may be sold."""
        markets = [x for x in self.f.case.materials if x.market is not None]
        found = [(place, x.name) for x in markets for place in x.sold_at or sorted(self.f.home)]
        return [one for one in found if one in self.here]

    @cached_property
    def thrown(self) -> list[tuple[str, str]]:
        """(place, material) at which what is there may be discarded."""
        free = {x for recipe in self.f.recipes.values() for x in recipe.by_products}
        free |= {x.name for x in self.f.case.materials if x.discarding is not None}
        return [one for one in self.here if one[1] in free]

    # ---- calendar

    def _part(self, begin: Floats, end: Floats) -> Floats:
        inside: Floats = np.minimum(end[:, None], self.years + 1) - np.maximum(begin[:, None], self.years)
        return np.maximum(inside, 0.0).astype(float)

    @cached_property
    def phi(self) -> Floats:
        """The part of a year in which a signing is in force, [signing, t]."""
        return self._part(np.array([s.start for s in self.signings]), np.array([s.end for s in self.signings]))

    @cached_property
    def _standing(self) -> tuple[Floats, Floats]:
        return np.array([o.start for o in self.orders]), np.array([o.end for o in self.orders])

    @cached_property
    def standing(self) -> Floats:
        """The part of a year in which what was ordered stands, [order, t]."""
        return self._part(*self._standing)

    def avail(self, after: float = 0.0, first: int = 1, last: float = math.inf) -> Floats:
        """The ramped part of a year in operating years `first` to `last`, `after` years from the start, [order, t]."""
        start, end = self._standing
        total = np.zeros((len(start), len(self.years)))
        for i in range(first - 1, int(min(last, len(self.years) + 1))):
            ramp = np.array([of[min(i, len(of) - 1)] for of in (self.f.plants[o.plant].ramp for o in self.orders)])
            total += ramp[:, None] * self._part(np.maximum(start + i, start + after), np.minimum(start + i + 1, end))
        return total

    @cached_property
    def in_force(self) -> Floats:
        """1 in a year of which a signing covers some part, else 0, [signing, t]."""
        return (self.phi > TINY).astype(float)
