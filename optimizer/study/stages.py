"""What is decided before the future is known, and what adapts to it (MODEL.md 7, futures).

The first stage is one thing for every study: signings, orders and modules that are marked to be decided ``now`` in the
workbook, or are dated up to the case's commit year. All else adapts: later signings and orders, and every flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from optimizer.case.case import Case
from optimizer.model.compiled import Compiled, Floats, Name
from optimizer.study.committed import Holding, holding

DECIDED = ("sign", "order", "modules")
"""Families of columns that hold what is signed and ordered; the year is the second part of their index."""

Flags = npt.NDArray[np.bool_]


def commit_year(case: Case) -> int:
    """The last year whose decisions are taken before the future is known: that of the case, else its first year."""
    settings = case.settings
    return settings.first_year if settings.commit_year is None else settings.commit_year


def first_stage(compiled: Compiled) -> Flags:
    """Whether each column is decided before the future is known; length columns."""
    commit = commit_year(compiled.case)
    return np.fromiter((_now(compiled, name, commit) for name in compiled.columns), bool, len(compiled.columns))


def _now(compiled: Compiled, name: Name, commit: int) -> bool:
    family, index = name
    if family not in DECIDED:
        return False
    row = compiled.data.deals[index[0]] if family == "sign" else compiled.data.plants[index[0]]
    return bool(index[1] <= commit) or row.decide == "now"


def decided_now(compiled: Compiled, values: Floats) -> dict[Name, int]:
    """What a plan decides before the future is known: each column of the first stage with its number, 0 too.

    Args:
        compiled: the arrays of the plan.
        values: value of every column.
    """
    return {compiled.columns[j]: round(float(values[j])) for j in np.flatnonzero(first_stage(compiled))}


def held_in(compiled: Compiled, decided: Mapping[Name, int]) -> tuple[tuple[Name, int], ...]:
    """What is decided already, as it is held in another future, for :class:`optimizer.study.question.Question`.

    What that future alone could decide now, as with a shorter lead, was not decided. What it has no column for comes to
    nothing there before the horizon ends: it is charged by its use inside the horizon, and is left out.

    Args:
        compiled: the arrays of that future.
        decided: columns of the first stage with their numbers.
    """
    names = (compiled.columns[j] for j in np.flatnonzero(first_stage(compiled)))
    return tuple((name, decided.get(name, 0)) for name in names)


def carried(compiled: Compiled, decided: Mapping[Name, int]) -> Holding:
    """What is decided already, as it is carried into another future.

    What comes too late there stays decided and is charged (:mod:`optimizer.study.committed`). What that future does not
    allow at all, as outside of a window that it moves, cannot be carried out and comes to nothing there.

    Args:
        compiled: the arrays of that future.
        decided: columns of the first stage with their numbers.
    """
    kept = holding(compiled, decided.items())
    there = {name: number for name, number in kept.held if compiled.column(*name) is not None}
    return replace(kept, held=tuple({**dict(held_in(compiled, {})), **there}.items()))
