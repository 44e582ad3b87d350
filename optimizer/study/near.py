"""Near conflicts: the numbers that a plan leaves no slack, and how far each could be drawn in before none is left.

The plan's deals, orders and modules are held and its flows are free, within cap and budget; each number is drawn in by
itself, so that what is told of two of them does not hold for both at once. With other deals there may be more room.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.model.assemble import build
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.compiled import Floats, compile_model
from optimizer.model.elastic import Asked, Elastic, Member, as_decided, elastic
from optimizer.solve.conflict import tightest
from optimizer.solve.plan import Plan
from optimizer.study.cells import COMMAND, place_of

BINDS = 1e-6
"""Slack, as a part of a row's side, that is none."""

SHOWN = ("cap", "budget", "demand", "floor", "clear share", "supply limit", "supply total", "lane limit", "market",
         "capacity", "stock limit", "reserve", "closing", "most taken", "least take", "limit")
"""Kinds of numbers that are told."""


@dataclass(frozen=True)
class Near:
    """A number without slack.

    Attributes:
        what: what it is, in the planner's words.
        sheet: its sheet.
        name: name of its row.
        field: its field.
        year: the year; None for the horizon.
        address: its address.
        cell: its cell, or the option of the command line that stands in its place.
        now: the number, canonical.
        more: whether it bounds from above: then it is drawn in by becoming less.
        last: the number, canonical, beyond which no plan with these deals and orders is left; None where nothing ends
            it.
    """

    what: str
    sheet: str
    name: str
    field: str
    year: int | None
    address: str
    cell: str
    now: float
    more: bool
    last: float | None


def near(plan: Plan, asked: Asked, command: frozenset[str] = frozenset()) -> tuple[Near, ...]:
    """The numbers without slack at a plan, in the order of the sheets.

    Args:
        plan: a checked plan.
        asked: cap and budget within which a plan must stay.
        command: kinds of members (``cap``, ``budget``) that the command line asked for in place of the case.
    """
    arrays = elastic(plan.case, asked)
    values = _placed(plan, arrays)
    arrays = as_decided(arrays, values)
    tight = [i for i in _tight(arrays, values) if _told(arrays.members[i])]
    drawn = tightest(arrays, values, tight)
    return tuple(_near(plan, arrays.members[i], drawn[i], command) for i in tight)


def _told(member: Member) -> bool:
    """Whether a number is told: one that stands in its row as it is, and is not a limit to nothing."""
    nothing = member.more and not member.now
    return member.what in SHOWN and not member.by_row and member.now is not None and not nothing


def _placed(plan: Plan, arrays: Elastic) -> Floats:
    """The plan's numbers on the elastic arrays."""
    if plan.values is None:
        raise ValueError("this plan was not kept with its numbers")
    own = compile_model(build(plan.case)).columns
    values = np.zeros(len(arrays.compiled.columns))
    for name, value in zip(own, plan.values.tolist(), strict=True):
        if (at := arrays.compiled.column_numbers.get(name)) is not None:
            values[at] = value
    # a goal that nothing draws down lies anywhere up to its cap: what the plan comes to is known better
    for goal, level in ((DEPENDENCE, plan.claims.dependence), (COST, plan.claims.cost / arrays.compiled.money)):
        if (at := arrays.compiled.column("goal", (goal,))) is not None:
            values[at] = level
    return values


def _tight(arrays: Elastic, values: Floats) -> list[int]:
    """Members of which some row has no slack on the side that they bound."""
    c = arrays.compiled
    columns = np.repeat(np.arange(len(c.columns)), np.diff(c.starts))
    level = np.bincount(c.indices, c.values * values[columns], minlength=len(c.rows))
    found = []
    for i, member in enumerate(arrays.members):
        for row, amount in member.entries.items():
            if not amount:
                continue
            side = c.row_upper[row] if amount < 0 else c.row_lower[row]
            if np.isfinite(side) and abs(level[row] - side) <= BINDS * max(1.0, abs(side)):
                found.append(i)
                break
    return found


def _near(plan: Plan, member: Member, drawn: float | None, command: frozenset[str]) -> Near:
    address, cell = place_of(plan.case, member.sheet, member.name, member.field, member.year)
    now = member.now or 0.0
    last = None if drawn is None else now - drawn if member.more else now + drawn
    return Near(
        member.what, member.sheet, member.name, member.field, member.year, address,
        COMMAND[member.what] if member.what in command else cell, now, member.more, last,
    )
