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
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler, _LinearStandardFormCompiler_impl
from scipy import sparse

from optimizer.case.case import Case
from optimizer.case.findings import Finding
from optimizer.model.assemble import Model
from optimizer.model.bounds import Bounds
from optimizer.model.building import Addresses, Index, LimitRow, filled

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

    def column(self, family: str, index: Index) -> int | None:
        """The number of a column, None where there is no such variable."""
        return self.column_numbers.get((family, index))

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


_PLACES = ("column_numbers", "row_numbers", "rows_in", "_by_row")
"""What is worked out once about a model's rows and columns, whatever its numbers are."""


def compile_model(model: Model) -> Compiled:
    """The arrays of a model, through Pyomo's compiler to standard form, once."""
    b = model.building
    form: Any = LinearStandardFormCompiler().write(b.m, mixed_form=True)
    # The bounds of a row as one pair: the compiler gives one right-hand side and a sense for each.
    right, sense = np.asarray(form.rhs, dtype=np.float64), np.array([row.bound_type for row in form.rows])
    matrix = form.A.tocsc()
    matrix.sort_indices()
    return Compiled(
        starts=matrix.indptr.astype(np.int32),
        indices=matrix.indices.astype(np.int32),
        values=np.asarray(matrix.data, dtype=np.float64),
        row_lower=np.where(sense <= 0, right, -np.inf),
        row_upper=np.where(sense >= 0, right, np.inf),
        lower=_bounds(form.columns, "lower", -np.inf),
        upper=_bounds(form.columns, "upper", np.inf),
        integer=np.array([v.is_integer() for v in form.columns], dtype=np.bool_),
        rows=tuple((row.constraint.parent_component().local_name, _index(row.constraint)) for row in form.rows),
        columns=tuple((v.parent_component().local_name, _index(v)) for v in form.columns),
        addresses=dict(b.addresses),
        limits=dict(b.limits),
        settled=tuple(b.settled),
        money=b.data.money,
        case=b.data.case,
        bounds=b.bounds,
    )


def _index(component: Any) -> Index:
    index = component.index()
    return index if isinstance(index, tuple) else (index,)


def _bounds(columns: Any, side: str, blank: float) -> Floats:
    return np.array([blank if (v := getattr(c, side)) is None else float(v) for c in columns], dtype=np.float64)
