"""The model as arrays: immutable, quick to pickle, each row and column with its name and the addresses behind it."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from pyomo.common.gc_manager import PauseGC
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler, _LinearStandardFormCompiler_impl
from scipy import sparse

from optimizer.case.case import Case
from optimizer.case.findings import CaseError, Finding
from optimizer.model.assemble import Model
from optimizer.model.bounds import Bounds
from optimizer.model.building import Addresses, Building, LimitRow, filled
from optimizer.model.data import Data
from optimizer.model.terms import NONE, Index, Rows

# Pyomo 6.10.1 warns of a deprecated call that it makes itself while it expands templates; nobody else can mend it.
logging.getLogger("pyomo.core.base.param").addFilter(lambda record: "sparse_iteritems" not in record.getMessage())

# Pyomo logs to stdout, on which there is to be nothing but the answer, and takes Ctrl-C for an error of its own.
for _handler in logging.getLogger("pyomo").handlers:
    if isinstance(_handler, logging.StreamHandler):
        _handler.setStream(sys.stderr)
        _handler.addFilter(lambda _: not isinstance(sys.exc_info()[1], KeyboardInterrupt))

# Left to itself, the compiler imports the whole of scipy, statistics too, before it makes the first matrix.
_LinearStandardFormCompiler_impl._to_vector = np.fromiter
_LinearStandardFormCompiler_impl._csc_matrix = sparse.csc_array
_LinearStandardFormCompiler_impl._csr_matrix = sparse.csr_array

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Ints64 = npt.NDArray[np.int64]

Name = tuple[str, Index]
"""A row or column: the name of its block of rows or family of variables, and its index."""


@dataclass(frozen=True)
class Compiled:
    """A model as arrays, ``row_lower <= A x <= row_upper``, ``lower <= x <= upper``; A by columns.

    Attributes:
        starts: for each column, where its entries start, and the number of entries at the end; length columns + 1.
        indices: row of each entry.
        values: coefficient of each entry.
        row_lower: lower bound of each row.
        row_upper: upper bound of each row.
        lower: lower bound of each column.
        upper: upper bound of each column.
        integer: whether each column is integer.
        rows: name of each row.
        columns: name of each column.
        addresses: block or family -> patterns of the addresses it rests on.
        limits: (limit, year) -> the planner's limit as sums.
        settled: contradictions found before any solve; not empty means that there is no plan.
        money: the unit of money of rows and columns, in the case's currency.
        case: the case that they are of.
        bounds: what can flow, as its rows were tightened with.
        shifted: whether numbers were moved apart from the case, which then is another one's.
    """

    starts: Ints
    indices: Ints
    values: Floats
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: npt.NDArray[np.bool_]
    rows: tuple[Name, ...]
    columns: tuple[Name, ...]
    addresses: Mapping[str, Addresses]
    limits: Mapping[tuple[str, int], LimitRow]
    settled: tuple[Finding, ...]
    money: float
    case: Case
    bounds: Bounds
    shifted: bool = False

    def column(self, family: str, index: Index) -> int | None:
        """The number of a column, None where there is no such variable."""
        return self.column_numbers.get((family, index))

    @cached_property
    def data(self) -> Data:
        """The case, resolved."""
        return Data(self.case)

    @cached_property
    def column_numbers(self) -> dict[Name, int]:
        """Number of each column by its name."""
        return {name: j for j, name in enumerate(self.columns)}

    @cached_property
    def row_numbers(self) -> dict[Name, int]:
        """Number of each row by its name."""
        return {name: i for i, name in enumerate(self.rows)}

    @cached_property
    def rows_in(self) -> Counter[str]:
        """Block of rows -> how many it has."""
        return Counter(block for block, _ in self.rows)

    @cached_property
    def _by_row(self) -> tuple[Ints, Ints, Ints]:
        """Entries by rows: where each row's start, and for each the column and the place among `values`."""
        places = np.argsort(self.indices, kind="stable").astype(np.int32)
        columns = np.repeat(np.arange(len(self.columns), dtype=np.int32), np.diff(self.starts))[places]
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.indices, minlength=len(self.rows)))])
        return starts.astype(np.int32), columns, places

    def entries_of(self, row: int) -> dict[int, int]:
        """Column -> place among `values`, of the entries of a row."""
        starts, columns, places = self._by_row
        part = slice(starts[row], starts[row + 1])
        return dict(zip(columns[part].tolist(), places[part].tolist(), strict=True))

    @cached_property
    def _by_place(self) -> Ints64:
        """Column and row of each entry as one number, which rises along `values`."""
        columns = np.repeat(np.arange(len(self.columns), dtype=np.int64), np.diff(self.starts))
        return columns * len(self.rows) + self.indices

    def places(self, rows: Ints64, columns: Ints) -> Ints64:
        """The place among `values` of each of some entries, NONE where there is no such entry."""
        asked = columns.astype(np.int64) * len(self.rows) + rows
        found = np.minimum(np.searchsorted(self._by_place, asked), len(self.values) - 1)
        return np.where(self._by_place[found] == asked, found, NONE)

    def places_of(self, rows: Ints64) -> Ints:
        """The places among `values` of all entries of some rows."""
        starts, _, places = self._by_row
        return np.concatenate([places[starts[row] : starts[row + 1]] for row in rows.tolist()])

    def moved(self, **changed: Any) -> Compiled:
        """The same rows and columns with other numbers; what was worked out about their places stays known."""
        made = replace(self, **changed)
        made.__dict__.update({name: self.__dict__[name] for name in _PLACES if name in self.__dict__})
        return made

    def behind_row(self, row: int) -> tuple[str, ...]:
        """The addresses of the inputs that a row rests on."""
        block, index = self.rows[row]
        return filled(self.addresses.get(block, ()), index)

    def behind_column(self, column: int) -> tuple[str, ...]:
        """The addresses of the inputs that a column rests on."""
        family, index = self.columns[column]
        return filled(self.addresses.get(family, ()), index)

    @property
    def size(self) -> dict[str, int]:
        """Rows, columns, integer columns and entries."""
        return {
            "rows": len(self.rows), "columns": len(self.columns), "integers": int(self.integer.sum()),
            "nonzeros": len(self.values),
        }

    def __getstate__(self) -> dict[str, Any]:
        kept = {one.name for one in fields(self)}
        return {key: value for key, value in self.__dict__.items() if key in kept}


_PLACES = ("column_numbers", "row_numbers", "rows_in", "_by_row", "_by_place")
"""What is worked out once about a model's rows and columns, whatever its numbers are."""


def compile_model(model: Model) -> Compiled:
    """The arrays of a model: templated rows through Pyomo's compiler to standard form, once; sums as they are.

    A column without entries is left out; rows stand in the order in which the blocks gave them.

    Raises:
        CaseError: numbers of the case that are sound each by itself make a product that no solver takes.
    """
    b = model.building
    # what is made here lives on, and looking for garbage among it takes a good part of the time
    with PauseGC():
        parts = [_templated(b), *(_given(block, rows) for block, rows in b.sums.items())]
        names = [name for part in parts for name in part.names]
        order = {block: i for i, block in enumerate(b.keys)}
        sequence = np.argsort([order[block] for block, _ in names], kind="stable")
        matrix = _matrix(parts, np.argsort(sequence).astype(np.int32), len(b.names))
        kept = np.flatnonzero(np.diff(matrix.indptr))
        if len(kept) < len(b.names):
            matrix = matrix[:, kept]
        matrix.sort_indices()
        rows, columns = tuple(names[i] for i in sequence.tolist()), tuple(b.names[j] for j in kept.tolist())
    sides = [np.concatenate([b.sides[family][side] for family in b.numbers])[kept] for side in (0, 1)]
    integer = np.concatenate([np.full(len(of), family in b.integers) for family, of in b.numbers.items()])
    compiled = Compiled(
        starts=matrix.indptr.astype(np.int32),
        indices=matrix.indices.astype(np.int32),
        values=np.asarray(matrix.data, dtype=np.float64),
        row_lower=np.concatenate([part.lower for part in parts])[sequence],
        row_upper=np.concatenate([part.upper for part in parts])[sequence],
        lower=sides[0],
        upper=sides[1],
        integer=integer[kept],
        rows=rows,
        columns=columns,
        addresses=dict(b.addresses),
        limits=dict(b.limits),
        settled=tuple(b.settled),
        money=b.data.money,
        case=b.data.case,
        bounds=b.bounds,
    )
    if too_large := _too_large(compiled):
        raise CaseError(too_large)
    return compiled


LARGEST = 1e14
"""Coefficients and sides from which on the arrays are refused: a solver takes none of 1e15, and 1e20 for no end."""


def _too_large(compiled: Compiled) -> list[Finding]:
    """The cells behind the numbers that are too large, those of the largest one."""
    sizes = np.abs(np.nan_to_num(compiled.values, nan=np.inf))
    sides = np.array([compiled.row_lower, compiled.row_upper])
    sides = np.abs(np.where(np.isinf(sides), 0.0, np.nan_to_num(sides, nan=np.inf))).max(axis=0, initial=0.0)
    if max(sizes.max(initial=0.0), sides.max(initial=0.0)) < LARGEST:
        return []
    if sizes.max(initial=0.0) >= LARGEST:
        place = int(sizes.argmax())
        row, column = int(compiled.indices[place]), int(np.searchsorted(compiled.starts, place, side="right")) - 1
        behind = (*compiled.behind_row(row), *compiled.behind_column(column))
    else:
        behind = compiled.behind_row(int(sides.argmax()))
    cells = dict.fromkeys((compiled.case.cell(address), address) for address in behind)
    message = "this number, with those that it is multiplied by, is too large to calculate with."
    return [Finding(cell, address, "", message, "Check the unit of each.") for cell, address in cells] or [
        Finding(compiled.case.origin.path, "", "", "the numbers of this case are too large to calculate with.",
                "Check the units.")
    ]


@dataclass(frozen=True)
class _Part:
    """Some rows: their names and sides, and entries by row (from 0), column (of all families) and value."""

    names: list[Name]
    lower: Floats
    upper: Floats
    rows: Ints
    columns: Ints
    values: Floats


def _matrix(parts: list[_Part], number: Ints, columns: int) -> sparse.csc_array:
    """The matrix of some parts, whose rows one after the other have these numbers in it."""
    first = np.cumsum([0, *(len(part.names) for part in parts)])
    rows = np.concatenate([number[part.rows + start] for part, start in zip(parts, first[:-1], strict=True)])
    places = (rows, np.concatenate([part.columns for part in parts]))
    return sparse.csc_array((np.concatenate([part.values for part in parts]), places), shape=(len(number), columns))


def _templated(b: Building) -> _Part:
    """The rows that are templates, or all of them where none is."""
    form: Any = LinearStandardFormCompiler().write(b.m, mixed_form=True)
    # the bounds of a row as one pair: the compiler gives one right-hand side and a sense for each
    right, sense = np.asarray(form.rhs, dtype=np.float64), np.array([row.bound_type for row in form.rows])
    names = [(block, index) for block, keys in b.keys.items() if block not in b.sums for index in keys]
    assert len(names) == len(form.rows), "a row without variables has reached the compiler"
    declared = [(getattr(b.m, family), of) for family, of in b.numbers.items() if b.m.component(family) is not None]
    numbers = {id(v): j for var, of in declared for v, j in zip(var.values(), of.values(), strict=True)}
    entries = form.A.tocoo()
    columns = np.array([numbers[id(v)] for v in form.columns], dtype=np.int32)
    return _Part(
        names, np.where(sense <= 0, right, -np.inf), np.where(sense >= 0, right, np.inf),
        entries.row, columns[entries.col], np.asarray(entries.data, dtype=np.float64),
    )


def _given(block: str, rows: Rows) -> _Part:
    """A block of rows that are sums."""
    none = np.full(len(rows.keys), np.inf)
    return _Part(
        [(block, index) for index in rows.keys], -none if rows.sense == "<=" else rows.right,
        none if rows.sense == ">=" else rows.right, rows.row, rows.column, rows.coefficient,
    )
