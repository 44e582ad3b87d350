"""Shortage shared evenly among lines of demand between which nothing else decides."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.model.compiled import Compiled, Floats
from optimizer.model.data import CLASSES, value

OWN = ("demand_equal", "floor_upper", "clear_share_upper")
"""Rows of one line alone, which hold for any part of it where they hold for the whole."""


@dataclass(frozen=True)
class Alike:
    """Lines of demand that stand in the same rows with the same numbers.

    Attributes:
        year: the year.
        columns: what each line is served clear, exposed, and short: [kind, line].
        parts: part of each line in their need; adds up to 1.
    """

    year: int
    columns: npt.NDArray[np.int64]
    parts: Floats


def alike(compiled: Compiled) -> tuple[Alike, ...]:
    """Lines that a tonne may go to alike: at one place, of one material, at one cost of shortage, under equal limits.

    The solver gives all to some of them and nothing to others, as it happens.
    """
    found: dict[tuple[int, object], list[tuple[list[int], float]]] = defaultdict(list)
    for line in compiled.case.demands:
        for year in compiled.case.years:
            names = [*(("serve", (line.name, year, cls)) for cls in CLASSES), ("short", (line.name, year))]
            columns = [compiled.column_numbers[name] for name in names if name in compiled.column_numbers]
            if columns:
                rests = tuple(_elsewhere(compiled, column) for column in columns)
                found[year, (value(line.clear_share, year, 0.0), rests)].append((columns, line.tonnes.at(year)))
    return tuple(
        Alike(year, np.array([columns for columns, _ in of], dtype=np.int64).T, _parts([tonnes for _, tonnes in of]))
        for (year, _), of in found.items() if len(of) > 1
    )


def evenly(values: Floats, lines: tuple[Alike, ...], since: int) -> Floats:
    """The same flows, each class of what serves lines alike in proportion to their need, and so what is short.

    Args:
        values: value of every column.
        lines: from :func:`alike`.
        since: first year that is shared so.
    """
    shared = values.copy()
    for of in [one for one in lines if one.year >= since]:
        shared[of.columns] = values[of.columns].sum(axis=1)[:, None] * of.parts
    return shared


def _elsewhere(compiled: Compiled, column: int) -> tuple[tuple[int, float], ...]:
    """Rows and coefficients of a column, those of its own line left out."""
    part = slice(compiled.starts[column], compiled.starts[column + 1])
    rows, numbers = compiled.indices[part].tolist(), compiled.values[part].tolist()
    return tuple((row, number) for row, number in zip(rows, numbers, strict=True) if compiled.rows[row][0] not in OWN)


def _parts(tonnes: list[float]) -> Floats:
    given = np.array(tonnes, dtype=np.float64)
    return np.asarray(given / given.sum(), dtype=np.float64)
