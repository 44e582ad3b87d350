r"""The model with a way to give for every number of the workbook that bounds it.

Why a case has no plan, and what would have to change for one, are questions about its numbers. Here each number that
stands on the side of a row has a column of its own, its *elastic* column, which says by how much the number gives way:

.. math::
    flow_{x,t} \le limit_{x,t} + e_{x,t}, \qquad serve_{q,t} + short_{q,t} = demand_{q,t} - e_{q,t}, \qquad \ldots

With every such column at 0 this is the model itself; a column without an upper bound takes its number out of the model;
the least weighted sum of them is the cheapest repair (Chinneck, Feasibility and Infeasibility in Optimization, 2008,
chapters 6 and 7). Nothing is tightened: a bound that propagation made out of a number would hold on to that number
after it gave way. What flows is bounded only by what can be taken downstream, and a variable stands wherever calendar
and chain allow one, so that what no supply reaches is a row like any other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from optimizer.case.case import Case
from optimizer.case.schema import Deal, Demand, Lane, Limit, Plant, Row, Series, Stock, Supply
from optimizer.model.apply import standing
from optimizer.model.assemble import filled
from optimizer.model.blocks.deals import active
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.blocks.limits import converted
from optimizer.model.bounds import TINY, Bounds, propagate
from optimizer.model.building import SENSES, Addresses, Building
from optimizer.model.compiled import Compiled, Floats, compile_model
from optimizer.model.data import CLASSES, CLEAR, Data, value
from optimizer.model.terms import Index, Rows

ELASTIC = "elastic"
"""Family of the columns that say by how much numbers give way."""

BEYOND = 10.0
"""How many times the largest flow that something bounds is taken for a flow that nothing bounds."""

LINKS = "only_when_signed_upper"
"""Rows that tie flows to signings; their coefficients hold limits and bands, which are here to stand in rows of their
own alone."""


MOST_OF = "most of"
"""Block of the rows of cap and budget."""


@dataclass(frozen=True)
class Member:
    """A number of the workbook in one year, and how it gives way.

    Attributes:
        what: what it is, in the planner's words.
        sheet: sheet of its row; ``Case`` for a setting.
        name: name of its row, or of the setting.
        field: field of the row, or of the settings.
        year: year of the rows that it stands in; None for the horizon.
        more: whether it gives way by becoming more.
        now: the number, canonical; None where the cell is blank.
        entries: row -> coefficient of its elastic column, whose unit is that of the number, or of the row where
            `by_row` says so.
        gives: whether it may be changed to repair a case: a fact or the shape of a goal may not.
        by_row: whether the elastic column is in tonnes of the row, as for the share of a flow.
    """

    what: str
    sheet: str
    name: str
    field: str
    year: int | None
    more: bool
    now: float | None = dataclasses.field(compare=False)
    entries: Mapping[int, float] = dataclasses.field(compare=False, repr=False)
    gives: bool = True
    by_row: bool = False


@dataclass(frozen=True)
class Elastic:
    """The arrays with an elastic column for each member, all held at 0.

    Attributes:
        compiled: the arrays; the columns of the members stand last.
        members: the numbers, in the order of their columns.
    """

    compiled: Compiled
    members: tuple[Member, ...]

    def column(self, member: int) -> int:
        """The elastic column of a member."""
        return len(self.compiled.columns) - len(self.members) + member


@dataclass(frozen=True)
class Asked:
    """What is asked of a plan beside the rows of its case.

    Attributes:
        cap: most that dependence on the glide path may be, a fraction; None for no cap.
        budget: most that the plan may cost, in the case's currency, or that it may above `least`; None for no budget.
        least: the least cost, above which the budget stands; None where it stands by itself.
    """

    cap: float | None = None
    budget: float | None = None
    least: float | None = None

    @property
    def most(self) -> float | None:
        """Most that the plan may cost, in the case's currency."""
        return None if self.budget is None else self.budget + (self.least or 0.0)


def elastic(case: Case, asked: Asked = Asked()) -> Elastic:
    """The arrays of a case in which its numbers can give way.

    Args:
        case: the case; what its checks say of amounts does not matter here.
        asked: cap and budget.
    """
    data = Data(case)
    compiled = _unlinked(compile_model(filled(_Whole(data, wide(data)))))
    reader = _Reader(_capped(compiled, asked), data, asked)
    members = tuple(reader.members())
    return Elastic(_stretched(reader.compiled, members), members)


IN_FORCE = ("part_of_limit_upper", "most_taken_upper", "least_take_lower")
"""Blocks of rows in which a number counts for the part of a year in which a deal is in force."""


def as_decided(elastic: Elastic, values: Floats) -> Elastic:
    """The same arrays where deals are as a plan has them: a band gives way for the part of the year in force alone.

    Args:
        elastic: the arrays.
        values: value of every column; those of integer ones are looked at.
    """
    compiled = elastic.compiled
    of, changed, members = standing(compiled), compiled.values.copy(), []
    for i, member in enumerate(elastic.members):
        entries = dict(member.entries)
        for row in member.entries:
            block, index = compiled.rows[row]
            if block in IN_FORCE:
                total = active(of, index[0], index[-1])
                part = total.constant + sum(
                    share * round(float(values[compiled.column_numbers["sign", key]]))
                    for key, share in total.terms.get("sign", {}).items() if ("sign", key) in compiled.column_numbers
                )
                entries[row] *= part
                changed[compiled.entries_of(row)[elastic.column(i)]] *= part
        members.append(replace(member, entries=entries))
    return Elastic(compiled.moved(values=changed), tuple(members))


class _Whole(Building):
    """A building that keeps rows without variables: what can be settled without a solve can be repaired too."""

    def _settled(
        self, name: str, rows: Rows, constants: Floats, addresses: Addresses, told: Callable[..., str] | None
    ) -> None:
        if len(rows.keys):
            self._sum_rows(f"{name}_{SENSES[rows.sense]}", rows, addresses)


def wide(data: Data) -> Bounds:
    """Bounds within which every number that may give way has room: what can be taken downstream, where something can.

    What is needed grows by all least takes, so that they have room too.
    """
    case, endless = data.case, Series.model_construct(points=(), constant=np.inf)
    takes = sum((max(series_values(deal.least)) for deal in case.deals if deal.least is not None), start=0.0)
    blank: Mapping[type[Row], Mapping[str, object]] = {
        Supply: {"limit": None, "total": None}, Lane: {"limit": None}, Deal: {"most": None}, Stock: {"limit": None},
        Plant: {"capacity": endless},
    }
    sheets = {sheet: tuple(_widened(row, blank, case, takes) for row in rows) for sheet, rows in case.sheets.items()}
    with np.errstate(invalid="ignore"):
        found = propagate(Data(replace(case, sheets=sheets)))
    every = [*found.flow.values(), *found.run.values()]
    finite = [float(of[np.isfinite(of)].max(initial=0.0)) for of in every]
    own = [number for row in (*case.supplies, *case.lanes, *case.plants, *case.deals)
           for number in series_values(getattr(row, "limit", None) or getattr(row, "capacity", None))]
    most = BEYOND * max([1.0, *finite, *own])
    flow = {key: np.where(np.isfinite(of), of, most) for key, of in found.flow.items()}
    run = {key: np.where(np.isfinite(of), of, most) for key, of in found.run.items()}
    lanes = ((name, t, c) for name in data.lanes for t, of in zip(data.years, flow["Lanes", name], strict=True)
             for c in CLASSES if of > TINY)
    runs = ((*key, t, c) for key in data.runs for t, of in zip(data.years, run[key], strict=True)
            for c in CLASSES if of > TINY and (c == CLEAR or data.recipes[key[1]].inputs))
    at = ((*node, t, c) for node in found.brought for t in data.years for c in CLASSES)
    return Bounds(flow, run, frozenset(lanes), frozenset(runs), frozenset(at), found.brought)


def _widened(row: Row, blank: Mapping[type[Row], Mapping[str, object]], case: Case, takes: float) -> Row:
    if isinstance(row, Demand):
        points = tuple((t, row.tonnes.at(t) + takes) for t in case.years)
        return row.model_copy(update={"tonnes": Series(points=points)})
    return row.model_copy(update=dict(blank.get(type(row), {})))


def series_values(series: Series | None) -> tuple[float, ...]:
    """The numbers that a series was given; none of a blank one."""
    if series is None:
        return ()
    return (series.constant,) if series.constant is not None else tuple(number for _, number in series.points)


def _unlinked(compiled: Compiled) -> Compiled:
    """The arrays with nothing in the links of flows to signings but the most that can flow."""
    values, upper = compiled.values.copy(), compiled.row_upper.copy()
    for i, (block, index) in enumerate(compiled.rows):
        if block != LINKS:
            continue
        most = _most(compiled, *index)
        for column, place in compiled.entries_of(i).items():
            if compiled.columns[column][0] == "sign":
                values[place] = -most
        upper[i] = most if upper[i] > 0 else upper[i]
    return compiled.moved(values=values, row_upper=upper)


def _most(compiled: Compiled, _: str, sheet: str, name: str, year: int) -> float:
    i = compiled.data.year_number[year]
    if sheet != "Plants":
        return float(compiled.bounds.flow[sheet, name][i])
    return float(sum(compiled.bounds.run[name, recipe][i] for recipe in compiled.data.runs_of[name]))


def _capped(compiled: Compiled, asked: Asked) -> Compiled:
    """The arrays with cap and budget as rows."""
    given = ((DEPENDENCE, asked.cap), (COST, None if asked.most is None else asked.most / compiled.money))
    there = [(goal, most) for goal, most in given if most is not None and compiled.column("goal", (goal,)) is not None]
    columns = [compiled.column_numbers["goal", (goal,)] for goal, _ in there]
    shape = (len(there), len(compiled.columns))
    extra = sparse.csc_array((np.ones(len(there)), (np.arange(len(there)), columns)), shape=shape)
    return _arrays(
        compiled, sparse.vstack([matrix(compiled), extra], format="csc"),
        row_lower=np.append(compiled.row_lower, np.full(len(there), -np.inf)),
        row_upper=np.append(compiled.row_upper, [most for _, most in there]),
        rows=(*compiled.rows, *((MOST_OF, (goal,)) for goal, _ in there)),
    )


def matrix(compiled: Compiled) -> sparse.csc_array:
    """The coefficients as a sparse matrix."""
    return sparse.csc_array(
        (compiled.values, compiled.indices, compiled.starts), shape=(len(compiled.rows), len(compiled.columns))
    )


def _arrays(compiled: Compiled, whole: sparse.csc_array, **changed: object) -> Compiled:
    """Other arrays of the same case, with another matrix."""
    whole.sort_indices()
    return replace(
        compiled, starts=whole.indptr.astype(np.int32), indices=whole.indices.astype(np.int32),
        values=np.asarray(whole.data, dtype=np.float64), shifted=True, **changed,  # type: ignore[arg-type]
    )


def _stretched(compiled: Compiled, members: Sequence[Member]) -> Compiled:
    """The arrays with the elastic columns behind the others."""
    entries = [(row, j, amount) for j, member in enumerate(members) for row, amount in member.entries.items()]
    rows, columns, amounts = (list(part) for part in zip(*entries, strict=True)) if entries else ([], [], [])
    extra = sparse.csc_array((amounts, (rows, columns)), shape=(len(compiled.rows), len(members)))
    none = np.zeros(len(members))
    return _arrays(
        compiled, sparse.hstack([matrix(compiled), extra], format="csc"),
        lower=np.append(compiled.lower, none), upper=np.append(compiled.upper, none),
        integer=np.append(compiled.integer, none.astype(bool)),
        columns=(*compiled.columns, *((ELASTIC, (j,)) for j in range(len(members)))),
    )


class _Reader:
    """Says for each number in which rows it stands."""

    def __init__(self, compiled: Compiled, data: Data, asked: Asked) -> None:
        self.compiled, self.data, self.case, self.asked = compiled, data, data.case, asked
        self.blocks: dict[str, dict[Index, int]] = {}
        for row, (block, index) in enumerate(compiled.rows):
            self.blocks.setdefault(block, {})[index] = row

    def of(self, block: str) -> Mapping[Index, int]:
        """Index -> number of the rows of a block."""
        return self.blocks.get(block, {})

    def members(self) -> Iterator[Member]:
        """Every number, in the order of the sheets."""
        for kind in (self.goals, self.trade, self.demands, self.stocks, self.deals, self.plants, self.rules,
                     self.limits):
            yield from kind()

    def goals(self) -> Iterator[Member]:
        """Cap, budget and the glide path, which says in which years the cap holds."""
        if (row := self.of(MOST_OF).get((DEPENDENCE,))) is not None:
            yield Member("cap", "Case", "dependence cap", "dependence_cap", None, True, self.asked.cap,
                         {row: -1.0})
            for (t,), at in self.of("glide_path_upper").items():
                yield Member("glide path", "Case", "glide", "glide", t, False, self.data.glide[t], {at: -1.0},
                             gives=False, by_row=True)
        if (row := self.of(MOST_OF).get((COST,))) is not None:
            field = "budget" if self.asked.least is None else "budget_above_least_cost"
            yield Member("budget", "Case", field.replace("_", " "), field, None, True, self.asked.budget,
                         {row: -1 / self.compiled.money})

    def trade(self) -> Iterator[Member]:
        """Limits and totals of supplies, limits of lanes, and markets."""
        parts: dict[Index, list[int]] = {}
        for (_, *thing), row in self.of("part_of_limit_upper").items():
            parts.setdefault(tuple(thing), []).append(row)
        for sheet, block, what, rows in (
            ("Supply", "supply_limit", "supply limit", self.data.supplies),
            ("Lanes", "lane_limit", "lane limit", self.data.lanes),
        ):
            for (name, t), row in self.of(block).items():
                under = parts.get((sheet, name, t), ())
                now = value(rows[name].limit, t, 0.0)
                yield Member(what, sheet, name, "limit", t, True, now, dict.fromkeys((row, *under), -1.0))
        for (name,), row in self.of("supply_total").items():
            yield Member("supply total", "Supply", name, "total", None, True, self.data.supplies[name].total,
                         {row: -1.0})
        for (name, t), row in self.of("market").items():
            now = value(self.data.markets[name], t, 0.0)
            yield Member("market", "Materials", name, "market", t, True, now, {row: -1.0})

    def demands(self) -> Iterator[Member]:
        """What is needed, what of it must be served and what of that from clear material; and that no more is taken."""
        for (name, t), row in self.of("demand_equal").items():
            line, weight = next(line for line in self.case.demands if line.name == name), self.data.weights[name]
            tonnes, floor = line.tonnes.at(t), value(line.floor, t, 1.0)
            entries = {row: 1.0, **self._fewer(name, line, t)}
            yield Member("demand", "Demand", name, "tonnes", t, False, tonnes, entries)
            yield Member("outlet", "Demand", name, "tonnes", t, True, tonnes, {row: -1.0}, gives=False)
            if (short := self.of("floor_upper").get((name, t))) is not None:
                yield Member("floor", "Demand", name, "floor", t, False, floor, {short: -tonnes})
            elif line.floor is not None and line.shortage_cost is not None:
                # what goes short has no column where all must be served; it would count as dependent
                served = {row: tonnes}
                if weight and (dependent := self.of("dependent_tonnes_equal").get((t,))) is not None:
                    served[dependent] = weight * tonnes
                yield Member("floor", "Demand", name, "floor", t, False, floor, served)
            if (clear := self.of("clear_share_upper").get((name, t))) is not None:
                share = value(line.clear_share, t, 0.0)
                yield Member("clear share", "Demand", name, "clear_share", t, False, share, {clear: -tonnes})

    def _fewer(self, name: str, line: Demand, t: int) -> dict[int, float]:
        """What a tonne less of a need takes from the other rows that it stands in."""
        weight, entries = self.data.weights[name], dict[int, float]()
        for block, share in (("floor_upper", value(line.floor, t, 1.0)),
                             ("clear_share_upper", value(line.clear_share, t, 0.0))):
            if (row := self.of(block).get((name, t))) is not None:
                entries[row] = 1 - share
        if weight and (glide := self.of("glide_path_upper").get((t,))) is not None:
            # the goal stands beside the demand of the year; what matters of it is the most that it may be
            held = 1.0 if self.asked.cap is None else self.asked.cap
            entries[glide] = weight * (1 - self.data.glide[t] * (1 - held))
        for limit, at, row in self.limit_rows():
            if limit.over != "horizon" and at != t:
                continue
            if limit.measure == "dependence" and at == t:
                entries[row] = limit.value.at(at) * weight
            elif limit.measure == "share" and limit.of is None and weight > 0:
                entries[row] = limit.value.at(at) * self._converted(limit, line.material)
        return {row: amount for row, amount in entries.items() if amount}

    def stocks(self) -> Iterator[Member]:
        """What may, must and at first does lie in stock."""
        rows = {stock.name: stock for stock in self.case.stocks}
        for (name, t), row in self.of("stock_limit_upper").items():
            yield Member("stock limit", "Stocks", name, "limit", t, True, value(rows[name].limit, t, 0.0), {row: -1.0})
        for (name, t), row in self.of("reserve_lower").items():
            yield Member("reserve", "Stocks", name, "reserve", t, False, value(rows[name].reserve, t, 0.0), {row: 1.0},
                         by_row=rows[name].reserve_unit == "days")
        for name, stock in rows.items():
            closing = [self.of("stock_closing_lower").get((name, which)) for which in ("clear", "clear and exposed")]
            for which, kept, opening in (("clear", stock.closing_clear, stock.opening_clear),
                                         ("exposed", stock.closing_exposed, stock.opening_exposed)):
                mine = [row for row in (closing if which == "clear" else closing[1:]) if row is not None]
                least = opening if kept is None else kept
                if mine and least > 0:
                    yield Member("closing", "Stocks", name, f"closing_{which}", None, False, least,
                                 dict.fromkeys(mine, 1.0))
                cell = self.of("balance_equal").get((stock.place, stock.material, self.data.years[0], which))
                if opening > 0 and cell is not None:
                    # a closing amount that is blank is the opening, and grows with it
                    kept_too = dict.fromkeys(mine if kept is None else (), -1.0)
                    yield Member("opening", "Stocks", name, f"opening_{which}", None, True, opening,
                                 {cell: 1.0, **kept_too}, gives=False)

    def deals(self) -> Iterator[Member]:
        """Most and least takes."""
        for (name, t), row in self.of("most_taken_upper").items():
            now = value(self.data.deals[name].most, t, 0.0)
            yield Member("most taken", "Deals", name, "most", t, True, now, {row: -1.0})
        for (name, t), row in self.of("least_take_lower").items():
            now = value(self.data.deals[name].least, t, 0.0)
            yield Member("least take", "Deals", name, "least", t, False, now, {row: 1.0})

    def plants(self) -> Iterator[Member]:
        """What a plant can make in a year: what stands, and what can be ordered by then."""
        found: dict[tuple[str, int], dict[int, float]] = {}
        for (name, _, t), row in self.of("capacity_upper").items():
            found.setdefault((name, t), {})[row] = -1.0
        for (name, t), entries in found.items():
            standing = self.data.plants[name].capacity
            yield Member("capacity", "Plants", name, "capacity", t, True, None if standing is None else standing.at(t),
                         entries, gives=standing is not None)

    def rules(self) -> Iterator[Member]:
        """Rules between choices, each as a whole; what of them gives way is their number, tried one at a time."""
        found: dict[tuple[str, float], dict[int, float]] = {}
        for block, signs in (("rule_upper", (-1.0,)), ("rule_lower", (1.0,)), ("rule_equal", (-1.0, 1.0))):
            for (name, *_), row in self.of(block).items():
                for sign in signs:
                    found.setdefault((name, sign), {})[row] = sign
        rules = {rule.name: rule for rule in self.case.rules}
        for (name, sign), entries in found.items():
            n = rules[name].n
            yield Member("rule", "Rules", name, "n" if n is not None else "rule", None, sign < 0,
                         None if n is None else float(n), entries, gives=False, by_row=True)

    def limit_rows(self) -> Iterator[tuple[Limit, int, int]]:
        """Each of the planner's limits with its year and its row."""
        by_name = {row.name: row for row in self.case.limits}
        for block in ("limit_upper", "limit_lower"):
            for (name, t), row in self.of(block).items():
                yield by_name[name], t, row

    def limits(self) -> Iterator[Member]:
        """The planner's limits."""
        for limit, t, row in self.limit_rows():
            sign = -1.0 if limit.sense == "at most" else 1.0
            whole, by_row = self.compiled.limits[limit.name, t].against, False
            amount, now = 1.0, limit.value.at(t)
            if limit.measure == "dependence":
                amount = self.data.demand[t]
            elif limit.measure == "spend":
                amount = 1 / self.compiled.money
            elif limit.measure == "share":
                # what a share is of is known beforehand where it is of demand; tonnes of flows are not
                by_row = bool(whole.families) or not now
                amount = 1.0 if by_row else whole.constant / now
            yield Member("limit", "Limits", limit.name, "value", t, limit.sense == "at most", now, {row: sign * amount},
                         by_row=by_row)

    def _converted(self, limit: Limit, material: str) -> float:
        return converted(Building(self.data, self.compiled.bounds), limit, material)
