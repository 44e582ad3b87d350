"""A model while it is built: variables and rows are added block by block, each row with the addresses it rests on.

Rows are templated by Pyomo: a rule is written once over index templates and expanded at compiling, four to six times
faster than a rule called for each index. A rule may then not branch on an index value or look into a dict; what a row
sums over is handed to it as an indexed set, its numbers as parameters. Rows that a block gives as sums, one by one or
a family at a time, are numbers already: they go to the arrays as they are, which a test holds equal to the way through
Pyomo.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pyomo.environ as pyo
from pyomo.core.base import constraint as pyomo_constraint
from pyomo.core.base.constraint import TemplateDataMixin

from optimizer.case.findings import Finding
from optimizer.case.schema import Demand, Stock
from optimizer.model.bounds import Bounds
from optimizer.model.containers import Membership, Numbers
from optimizer.model.data import Data
from optimizer.model.terms import NONE, Floats, Index, Ints, Rows, Terms
from optimizer.model.threads import keep_sum

keep_sum()

Addresses = tuple[str, ...]
"""Patterns of the addresses that a row or column rests on, filled with its index: ``Plants[{0}].capacity.{1}``."""

SENSES = {"<=": "upper", ">=": "lower", "==": "equal"}
"""Sense of rows -> what the name of their block ends with."""

@dataclass
class Linear:
    """A sum of variables and a constant: family -> index -> coefficient."""

    terms: dict[str, dict[Index, float]] = field(default_factory=dict)
    constant: float = 0.0

    def add(self, family: str, index: Index, coefficient: float) -> None:
        """Add a multiple of one variable."""
        if coefficient:
            of = self.terms.setdefault(family, {})
            of[index] = of.get(index, 0.0) + coefficient

    def plus(self, other: Linear, factor: float = 1.0) -> Linear:
        """Add a multiple of another sum; gives itself."""
        if factor:
            for family, of in other.terms.items():
                mine = self.terms.get(family)
                if mine is None:
                    self.terms[family] = {index: factor * coefficient for index, coefficient in of.items()}
                    continue
                for index, coefficient in of.items():
                    mine[index] = mine.get(index, 0.0) + factor * coefficient
            self.constant += factor * other.constant
        return self

    @property
    def families(self) -> tuple[str, ...]:
        """The families of which it has variables."""
        return tuple(family for family, of in self.terms.items() if of)


@dataclass(frozen=True)
class LimitRow:
    """One row of the planner's limits, so that a plan can be held against it.

    Attributes:
        level: what is limited, in the row's unit.
        against: the value allowed; a sum for shares.
        sense: ``at most`` or ``at least``.
        unit: what one of the row's unit is in the case's units (the model's unit of money for spend).
    """

    level: Linear
    against: Linear
    sense: str
    unit: float


@dataclass
class Building:
    """What the blocks add to.

    Attributes:
        data: the case, resolved.
        bounds: what can flow, over the study box.
        m: the Pyomo model.
        addresses: name of a constraint or variable -> the addresses of an index of it.
        settled: contradictions found in rows that hold no variable.
        templates: whether rows are templated, and those given as sums kept as they are; False builds the same rows one
            by one through Pyomo, for the tests.
        limits: (limit, year) -> its row, as sums.
        ledger: the items of cost, once they are known.
        numbers: family of variables -> index -> number of its column; families and indices in the order of columns.
        names: family and index of each column.
        sides: family of variables -> its lower and upper bounds, in the order of its indices.
        integers: families whose variables are integer.
        keys: block of rows -> the indices of its rows; blocks and rows in the order in which they came.
        sums: block of rows given as sums -> its rows; what need not pass through Pyomo.
    """

    data: Data
    bounds: Bounds
    m: Any = field(default_factory=pyo.ConcreteModel)
    addresses: dict[str, Addresses] = field(default_factory=dict)
    settled: list[Finding] = field(default_factory=list)
    templates: bool = True
    limits: dict[tuple[str, int], LimitRow] = field(default_factory=dict)
    ledger: Any = None
    numbers: dict[str, dict[Index, int]] = field(default_factory=lambda: defaultdict(dict))
    names: list[tuple[str, Index]] = field(default_factory=list)
    sides: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)
    integers: set[str] = field(default_factory=set)
    keys: dict[str, Sequence[Index]] = field(default_factory=dict)
    sums: dict[str, Rows] = field(default_factory=dict)

    @cached_property
    def demand_lines(self) -> dict[str, Demand]:
        """Demand lines by name."""
        return {line.name: line for line in self.data.case.demands}

    @cached_property
    def stock_rows(self) -> dict[str, Stock]:
        """Stocks by name."""
        return {stock.name: stock for stock in self.data.case.stocks}

    def variables(
        self,
        name: str,
        keys: Iterable[Index],
        *,
        integer: bool = False,
        lower: float | None = 0.0,
        upper: Mapping[Index, float] | None = None,
        addresses: Addresses = (),
    ) -> None:
        """Add a family of variables over `keys`; continuous and at least 0 unless said otherwise.

        Args:
            name: name of the family.
            keys: index of each variable; one that comes twice counts once.
            integer: whether they are integer.
            lower: lower bound of all; None for none.
            upper: index -> upper bound, for those that have one.
            addresses: addresses that an index of it rests on.
        """
        index, above = list(dict.fromkeys(keys)), upper or {}
        first = len(self.names)
        self.addresses[name] = addresses
        self.numbers[name] = dict(zip(index, range(first, first + len(index)), strict=True))
        self.names += [(name, key) for key in index]
        least = np.full(len(index), -math.inf if lower is None else lower)
        self.sides[name] = least, np.array([above.get(key, math.inf) for key in index], dtype=np.float64)
        if integer:
            self.integers.add(name)

    def bound(self, name: str, key: Index, lower: float, upper: float) -> None:
        """Bounds of one variable, in place of those of its family."""
        at = list(self.numbers[name]).index(key)
        self.sides[name][0][at], self.sides[name][1][at] = lower, upper

    def has(self, name: str, key: Index) -> bool:
        """Whether the variable `name[key]` exists."""
        return key in self.numbers[name]

    def grid(self, name: str, heads: Sequence[Index], *axes: Sequence[Any]) -> Ints:
        """Column numbers of a family by the first parts of its index and each of its other parts; NONE without one."""
        numbers, tails = self.numbers[name], list(product(*axes))
        found = [numbers.get((*head, *tail), NONE) for head in heads for tail in tails]
        return np.array(found, dtype=np.int64).reshape(len(heads), *map(len, axes))

    @cached_property
    def signs(self) -> dict[str, Ints]:
        """Deal -> column of each of its signings."""
        return {
            name: self.grid("sign", [(name, s.year, s.terms) for s in of]) for name, of in self.data.signings.items()
        }

    @cached_property
    def modules(self) -> dict[str, Ints]:
        """Plant -> column of the modules of each order that can still be made."""
        return {name: self.grid("modules", [(name, op.year) for op in of]) for name, of in self.data.orders_of.items()}

    def total(self, columns: Ints, coefficients: npt.ArrayLike = 1.0, constant: float = 0.0) -> Linear:
        """A sum of columns by their names; NONE is left out."""
        total = Linear(constant=constant)
        each = np.broadcast_to(coefficients, columns.shape).tolist()
        for column, coefficient in zip(columns.tolist(), each, strict=True):
            if column != NONE:
                family, index = self.names[column]
                total.add(family, index, coefficient)
        return total

    def parameter(self, name: str, values: Mapping[Index, float]) -> None:
        """Add the numbers that rules use; every key that a rule asks for must be among them."""
        setattr(self.m, name, Numbers({flat(key): v for key, v in values.items()}))

    def members(
        self, name: str, rows: Sequence[Index], pairs: Iterable[tuple[Index, Index]], width: int = 1
    ) -> None:
        """Add the indexed set that says, for each row, what it sums over: indices of `width` parts.

        Pairs of rows that are not among `rows` are left out.
        """
        found: dict[Index, list[Index]] = {row: [] for row in rows}
        for row, member in pairs:
            if row in found:
                found[row].append(member)
        data = {flat(row): [flat(member) for member in of] for row, of in found.items()}
        setattr(self.m, name, Membership(data, width))

    def rows(
        self, name: str, keys: Sequence[Index], rule: Callable[..., Any], addresses: Addresses, over: Sequence[str]
    ) -> None:
        """Add one row for each of `keys`; each must hold a variable (what holds none is settled beforehand).

        Args:
            name: name of the block.
            keys: index of each row.
            rule: from the Pyomo model and an index to the row.
            addresses: addresses that an index of it rests on.
            over: the families of variables that the rule names.

        Raises:
            AssertionError: Pyomo could not make a template of the rule.
        """
        self.addresses[name] = addresses
        if not keys:
            return
        self.keys[name] = keys
        for family in over:
            self._declare(family)
        self._index_set(f"{name}_rows", keys)
        with _templates(self.templates):
            rows = pyo.Constraint(getattr(self.m, f"{name}_rows"), rule=rule)
            setattr(self.m, name, rows)
        if self.templates:
            first = next(iter(rows.values()))
            assert isinstance(first, TemplateDataMixin), f"the rule of {name} is not a template"

    def linear(
        self,
        name: str,
        rows: Mapping[Index, tuple[Linear, str, float]],
        addresses: Addresses,
        told: Callable[..., str] | None = None,
    ) -> None:
        """Add rows that are given as sums: index -> (sum, ``<=``, ``>=`` or ``==``, right-hand side).

        A row without variables is settled: left out where it holds, told as a contradiction where it does not.
        """
        for sense in SENSES:
            of = {key: (total, right) for key, (total, its, right) in rows.items() if its == sense}
            if of:
                terms, constants = self._terms([total for total, _ in of.values()])
                right = np.array([right for _, right in of.values()])
                self._settled(name, Rows.of(list(of), sense, right - constants, terms), constants, addresses, told)

    def _terms(self, totals: Sequence[Linear]) -> tuple[Terms, Floats]:
        """The terms of some sums, a row each, and their constants."""
        row: list[int] = []
        column: list[int] = []
        coefficient: list[float] = []
        for i, total in enumerate(totals):
            for family, of in total.terms.items():
                numbers = self.numbers[family]
                row += [i] * len(of)
                column += [numbers[index] for index in of]
                coefficient += of.values()
        terms = Terms()
        terms.add(row, column, coefficient)
        return terms, np.array([total.constant for total in totals])

    def family(
        self,
        name: str,
        keys: Sequence[Index],
        terms: Terms,
        sense: str,
        right: npt.ArrayLike,
        addresses: Addresses,
        *,
        constant: npt.ArrayLike = 0.0,
        told: Callable[..., str] | None = None,
    ) -> None:
        """Add a family of rows that is given as arrays: what :meth:`linear` adds one by one.

        Args:
            name: name of the block; that of its rows also tells their sense.
            keys: index of each row, in the order of the rows' numbers.
            terms: terms by number of row and column.
            sense: ``<=``, ``>=`` or ``==``, one for all.
            right: right-hand side of each row, or of all.
            addresses: addresses that an index of it rests on.
            constant: what stands beside the terms in each row, or in all.
            told: what a row is in words, from its index.
        """
        constants = np.broadcast_to(np.asarray(constant, dtype=np.float64), (len(keys),))
        rights = np.subtract(right, constants)
        self._settled(name, Rows.of(keys, sense, rights, terms), constants, addresses, told)

    def _settled(
        self, name: str, rows: Rows, constants: Floats, addresses: Addresses, told: Callable[..., str] | None
    ) -> None:
        """Keep the rows that hold variables; tell of each of the others that does not hold."""
        kept = rows.holding_variables()
        for i in np.flatnonzero(~kept).tolist():
            key, level, right = rows.keys[i], float(constants[i]), float(rows.right[i] + constants[i])
            if not _holds(level, rows.sense, right):
                words = told(*key) if told else f"{name} of {', '.join(map(str, key))}"
                self.contradict(words, level, rows.sense, right, filled(addresses, key))
        if kept.any():
            self._sum_rows(f"{name}_{SENSES[rows.sense]}", rows if kept.all() else rows.only(kept), addresses)

    def _sum_rows(self, name: str, rows: Rows, addresses: Addresses) -> None:
        if self.templates:
            self.addresses[name], self.keys[name], self.sums[name] = addresses, rows.keys, rows
            return
        for family in self.numbers:
            self._declare(family)
        every = [variable for family in self.numbers for variable in getattr(self.m, family).values()]
        totals = [0.0] * len(rows.keys)
        for i, j, coefficient in zip(rows.row.tolist(), rows.column.tolist(), rows.coefficient.tolist(), strict=True):
            totals[i] += coefficient * every[j]
        sums = dict(zip(rows.keys, zip(totals, rows.right.tolist(), strict=True), strict=True))

        def rule(_: Any, *key: Any) -> Any:
            total, right = sums[key]
            return total <= right if rows.sense == "<=" else total >= right if rows.sense == ">=" else total == right

        self.rows(name, rows.keys, rule, addresses, over=list(self.numbers))

    def contradict(
        self, what: str, level: float, sense: str, right: float, addresses: Sequence[str], suggestion: str = ""
    ) -> None:
        """Note that a row without variables cannot hold."""
        case = self.data.case
        word = {"<=": "at most", ">=": "at least", "==": "exactly"}[sense]
        first = addresses[0] if addresses else ""
        cells = ", ".join(dict.fromkeys(case.cell(address) for address in addresses))
        self.settled.append(
            Finding(
                cell=case.cell(first) if first else "",
                address=first,
                found=f"{right:,.6g}",
                message=f"{what}: {word} {right:,.6g} is asked for, but it is {level:,.6g} whatever is decided"
                + (f" (from {cells})" if cells else ""),
                suggestion=suggestion,
            )
        )

    def _declare(self, family: str) -> None:
        """Give Pyomo a family of variables, once; its bounds stay here, as no rule asks for them."""
        if self.m.component(family) is None:
            self._index_set(f"{family}_index", list(self.numbers[family]))
            domain = pyo.Integers if family in self.integers else pyo.Reals
            setattr(self.m, family, pyo.Var(getattr(self.m, f"{family}_index"), domain=domain))

    def _index_set(self, name: str, keys: Sequence[Index]) -> None:
        width = len(keys[0]) if keys else 1
        setattr(self.m, name, pyo.Set(dimen=width, initialize=[flat(key) for key in keys], within=pyo.Any))


@contextmanager
def _templates(on: bool) -> Iterator[None]:
    """Constraints made inside are templated; the switch is Pyomo's own, one for the process."""
    before = pyomo_constraint.TEMPLATIZE_CONSTRAINTS
    pyomo_constraint.TEMPLATIZE_CONSTRAINTS = on
    try:
        yield
    finally:
        pyomo_constraint.TEMPLATIZE_CONSTRAINTS = before


def flat(index: Index) -> Any:
    """An index as Pyomo keeps it: alone where it has one part."""
    return index[0] if len(index) == 1 else index


def _holds(level: float, sense: str, right: float) -> bool:
    slack = 1e-9 * max(1.0, abs(level), abs(right))
    return {"<=": level <= right + slack, ">=": level >= right - slack, "==": abs(level - right) <= slack}[sense]


def filled(addresses: Addresses, index: Index) -> tuple[str, ...]:
    """The addresses of one row or column."""
    return tuple(pattern.format(*index) for pattern in addresses)
