"""Rows of a whole family as arrays: numbers of rows and columns in place of names.

A family of variables is a grid of column numbers over its index, such as [lane, year, class], and a family of rows one
of row numbers; NONE stands where there is no such variable or row. A sum over an index is then one call of
:meth:`Terms.add`, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Index = tuple[Any, ...]
Ints = npt.NDArray[np.int64]
Short = npt.NDArray[np.int32]
"""Numbers of rows and columns of terms, of which there are millions."""
Floats = npt.NDArray[np.float64]

NONE = -1
"""The number of a row or column that does not exist."""


@dataclass
class Terms:
    """Terms of rows while they are gathered: row, column and coefficient of each."""

    parts: list[tuple[Short, Short, Floats]] = field(default_factory=list)

    def add(self, rows: npt.ArrayLike, columns: npt.ArrayLike, coefficients: npt.ArrayLike = 1.0) -> None:
        """Add a term for each element of the shape to which the three broadcast; none where row or column is NONE."""
        row, column, coefficient = np.broadcast_arrays(rows, columns, coefficients)
        some = (row >= 0) & (column >= 0) & (coefficient != 0)
        self.parts.append((row[some].astype(np.int32), column[some].astype(np.int32), coefficient[some]))

    def joined(self) -> tuple[Short, Short, Floats]:
        """Row, column and coefficient of every term."""
        if not self.parts:
            return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0)
        row, column, coefficient = (np.concatenate(parts) for parts in zip(*self.parts, strict=True))
        return row, column, coefficient


@dataclass(frozen=True)
class Rows:
    """A block of rows: sums of columns against numbers.

    Attributes:
        keys: index of each row.
        sense: ``<=``, ``>=`` or ``==``, one for all.
        right: right-hand side of each row.
        row: for each term, the number of its row in the block.
        column: for each term, the number of its column in the model; a column that comes twice in a row adds up.
        coefficient: the coefficient of each term.
    """

    keys: Sequence[Index]
    sense: str
    right: Floats
    row: Short
    column: Short
    coefficient: Floats

    @classmethod
    def of(cls, keys: Sequence[Index], sense: str, right: npt.ArrayLike, terms: Terms) -> Rows:
        """The rows of some terms.

        Args:
            keys: index of each row, in the order of the rows' numbers.
            sense: ``<=``, ``>=`` or ``==``.
            right: right-hand side of each row, or of all.
            terms: the terms.

        Raises:
            ValueError: a coefficient is not a number, as where a series is asked for before its first year.
        """
        row, column, coefficient = terms.joined()
        if not np.isfinite(coefficient).all():
            raise ValueError(f"no number for a coefficient of {keys[row[~np.isfinite(coefficient)][0]]}")
        rights = np.broadcast_to(np.asarray(right, dtype=np.float64), (len(keys),))
        return cls(keys, sense, rights, row, column, coefficient)

    def holding_variables(self) -> npt.NDArray[np.bool_]:
        """Whether each row holds a variable at all."""
        found = np.zeros(len(self.keys), dtype=bool)
        found[self.row] = True
        return found

    def only(self, kept: npt.NDArray[np.bool_]) -> Rows:
        """Some of the rows, numbered anew; those left out hold no variable."""
        numbers, keys = numbered(kept), [key for key, stays in zip(self.keys, kept.tolist(), strict=True) if stays]
        return replace(self, keys=keys, right=self.right[kept], row=numbers[self.row].astype(np.int32))


def numbered(some: npt.ArrayLike) -> Ints:
    """Numbers from 0 of what is true of an array, NONE of the rest."""
    flags = np.asarray(some, dtype=bool)
    return np.where(flags, np.cumsum(flags).reshape(flags.shape) - 1, NONE)
