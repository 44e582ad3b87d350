"""The irreducible conflict of a case without a plan: numbers that no plan meets together, each of them needed for it.

Members (:mod:`optimizer.model.elastic`) are numbers in a year. First the solver names a set of them of which no plan
of the linear program is left (`getIis`); then a deletion filter of our own takes every member out for which that stays
so (Chinneck, Feasibility and Infeasibility in Optimization, 2008, chapter 6), halves first, so that a few members among
a thousand take a few dozen programs. Where only whole numbers stand in the way, the filter asks searches in place of
linear programs, and what they leave open in the time stays in the set and is told as such. Last the same filter goes
over what shapes the rows - leads, windows, delays, modules, orders - by building the rows anew without them: what is
needed for the conflict is part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from optimizer.case.case import Case
from optimizer.case.changes import apply_changes
from optimizer.case.schema import Demand, Plant
from optimizer.model.data import Data
from optimizer.model.elastic import Asked, Elastic, Member, elastic
from optimizer.solve.conflict import Judge, core
from optimizer.solve.goals import Clock
from optimizer.solve.stopping import Stop
from optimizer.study.cells import COMMAND, address_of, place_of
from optimizer.study.steps import Stepwise, calendar

T = TypeVar("T")

SHARE = 0.1
"""Part of the time left that one search of the filter may use."""

FIRST_NAMED = ("budget", "cap", "clear share", "demand", "floor", "reserve", "closing", "least take", "limit", "rule")
"""What a conflict is told to begin with, in this order: what is asked of a plan stands before what it has."""

SHEETS_ORDER = ("Case", "Demand", "Limits", "Rules", "Supply", "Lanes", "Deals", "Plants", "Runs", "Stocks",
                "Materials")
"""Order in which the rest is told."""

NOTHING = 1e-6
"""Amounts below this are none, in the units told."""


@dataclass(frozen=True)
class Part:
    """A cell of a conflict.

    Attributes:
        what: what it is, in the planner's words.
        sheet: its sheet.
        name: name of its row.
        field: its field.
        year: the year in which it stands in the way; None for all.
        address: its address.
        cell: its cell, or the option of the command line that stands in its place.
        now: the number, canonical; None where it is blank.
        more: whether it would give way by becoming more.
        brings: what it brings of what is asked for, times its size; None where that cannot be said.
        starts: the point in time at which what it shapes first starts, for leads and windows; else None.
        decided: whether it is settled that the conflict needs it.
    """

    what: str
    sheet: str
    name: str
    field: str
    year: int | None
    address: str
    cell: str
    now: float | None
    more: bool
    brings: float | None = None
    starts: float | None = None
    decided: bool = True


@dataclass(frozen=True)
class Clash:
    """A conflict.

    Attributes:
        parts: its cells, that of what is asked for first.
        asked: the number asked for, canonical; None where it has none.
        reached: what of it the others leave, canonical; None where that was not found.
        size: tonnes of the need that it is a share of; 1 for what is no share of one.
        rest: what of it, times `size`, comes from elsewhere than the parts; None where that cannot be said.
        whole: whether only whole numbers (deals, orders, rules) stand in the way.
        members: numbers of the members in the elastic arrays.
        steps: what shapes the rows and is part of it.
    """

    parts: tuple[Part, ...]
    asked: float | None
    reached: float | None
    size: float
    rest: float | None
    whole: bool
    members: tuple[Member, ...] = ()
    steps: tuple[Stepwise, ...] = ()


def needed(
    given: Sequence[T], infeasible: Callable[[Sequence[T]], bool | None]
) -> tuple[list[T], list[T]]:
    """Those without which something becomes feasible, and those of which that was not settled.

    Taking away the rest together leaves it infeasible. A member that was needed beside more is needed beside fewer, so
    one pass is enough.

    Args:
        given: what can be taken away; what is dropped first where there is a choice stands first.
        infeasible: whether it is infeasible without some of them; None where it is not settled.
    """
    dropped: list[T] = []
    kept: list[T] = []
    open_: list[T] = []

    def look(some: Sequence[T]) -> None:
        verdict = infeasible([*dropped, *some])
        if verdict:
            dropped.extend(some)
        elif len(some) == 1:
            (kept if verdict is False else open_).extend(some)
        else:
            middle = len(some) // 2
            look(some[:middle])
            look(some[middle:])

    if given:
        look(given)
    return kept, open_


def clash_of(
    case: Case, asked: Asked, arrays: Elastic, clock: Clock, *, seed: int = 0, stop: Stop | None = None,
    command: frozenset[str] = frozenset(),
) -> Clash | None:
    """The conflict of a case; None where something meets all rows, or where that is not settled in the time.

    Args:
        case: the case.
        asked: cap and budget.
        arrays: its elastic arrays.
        clock: the time that searches may take together; linear programs take little.
        seed: the solver's random seed.
        stop: whether the user asked to stop.
        command: kinds of members (``cap``, ``budget``) that the command line asked for in place of the case.
    """
    return _Filter(case, asked, arrays, clock, seed, stop or Stop(), command).clash()


class _Filter:
    def __init__(
        self, case: Case, asked: Asked, arrays: Elastic, clock: Clock, seed: int, stop: Stop, command: frozenset[str]
    ) -> None:
        self.case, self.asked, self.arrays, self.clock = case, asked, arrays, clock
        self.seed, self.stop, self.command = seed, stop, command
        self.every = range(len(arrays.members))
        self.judge = Judge(arrays, whole=False)

    def clash(self) -> Clash | None:
        """The conflict, linear where it is."""
        if not self.judge.infeasible(()):
            self.judge = Judge(self.arrays, whole=True, seed=self.seed, stop=self.stop)
            if not self._infeasible(self.judge, ()):
                return None
        members, open_ = self._members()
        steps, open_steps = self._steps([*members, *open_])
        return self._told([*members, *open_], steps, set(open_), open_steps)

    def _infeasible(self, judge: Judge, giving: Iterable[int]) -> bool | None:
        left = self.clock.left
        if judge.whole and (self.stop.asked or left == 0.0):
            return None
        return judge.infeasible(frozenset(giving), None if left is None else max(1.0, SHARE * left))

    def _members(self) -> tuple[list[int], list[int]]:
        """Members that the conflict needs, and those of which that is open."""
        begin = set(self.every)
        if not self.judge.whole:
            found = core(self.arrays)
            rest = [] if found is None else [i for i in self.every if i not in found]
            if found is not None and self.judge.infeasible(rest):
                begin = set(found)
        outside = [i for i in self.every if i not in begin]
        order = sorted(begin, key=self._dropped_first)
        return needed(order, lambda some: self._infeasible(self.judge, [*outside, *some]))

    def _dropped_first(self, i: int) -> tuple[bool, int, int]:
        """What is rather left out of a conflict: that nothing more is taken, later years, what is not asked for."""
        member = self.arrays.members[i]
        rank = FIRST_NAMED.index(member.what) if member.what in FIRST_NAMED else len(FIRST_NAMED)
        return member.what != "outlet", -(member.year or 0), -rank

    def _steps(self, members: list[int]) -> tuple[list[Stepwise], list[Stepwise]]:
        """What shapes the rows and is needed for the conflict, and what of it is open."""
        held = {self.arrays.members[i] for i in members}

        def infeasible(some: Sequence[Stepwise]) -> bool | None:
            changed = apply_changes(self.case, [one.change(one.end) for one in some], checked=False)
            arrays = elastic(changed, self.asked)
            judge = Judge(arrays, whole=self.judge.whole, seed=self.seed, stop=self.stop)
            return self._infeasible(judge, [i for i, one in enumerate(arrays.members) if one not in held])

        return needed(calendar(self.case), infeasible)

    def _told(
        self, members: list[int], steps: list[Stepwise], open_: set[int], open_steps: list[Stepwise]
    ) -> Clash:
        first = min(members, key=self._named_first)
        giving = [i for i in self.every if i not in members]
        left = self.clock.left
        seconds = None if left is None else max(1.0, SHARE * left)
        missing = None if self.arrays.members[first].by_row else self.judge.missing(first, giving, seconds)
        data, of = Data(self.case), self.arrays.members
        now, sign, size = of[first].now, 1.0 if of[first].more else -1.0, self._size(of[first])
        reached = None if missing is None or now is None else now + sign * missing.least
        each = {} if missing is None or of[first].more else missing.each
        # what of the same need another cell says is the size of it, and brings nothing
        same = (of[first].sheet, of[first].name)
        brings = {i: size * by * (of[i].now or 0.0) * (1.0 if of[i].more else -1.0) for i, by in each.items()
                  if i in members and not of[i].by_row and (of[i].sheet, of[i].name) != same}
        parts = [self._part(i, brings.get(i), i not in open_) for i in sorted(members, key=self._named_first)
                 if not self._shaped(i, steps)]
        parts += [_step_part(self.case, data, one, one not in open_steps) for one in (*steps, *open_steps)]
        rest = size * reached - sum(brings.values()) if brings and reached is not None else None
        return Clash(tuple(parts), now, reached, size, rest, self.judge.whole, tuple(of[i] for i in members),
                     (*steps, *open_steps))

    def _size(self, member: Member) -> float:
        """Tonnes of the need that a share is a share of; 1 for what is no share."""
        if member.sheet != "Demand" or member.field == "tonnes" or member.year is None:
            return 1.0
        return self.case.row(Demand, member.name).tonnes.at(member.year)

    def _shaped(self, i: int, steps: Sequence[Stepwise]) -> bool:
        """Whether a member has no cell of its own and its plant's lead, window or modules tell it."""
        member = self.arrays.members[i]
        return member.what == "capacity" and member.now is None and any(
            one.row.sheet in ("Plants", "Runs") and one.row.key.partition("/")[0] == member.name for one in steps
        )

    def _named_first(self, i: int) -> tuple[int, int, int, int]:
        member = self.arrays.members[i]
        rank = FIRST_NAMED.index(member.what) if member.what in FIRST_NAMED else len(FIRST_NAMED)
        lead = rank if member.what != "limit" or not member.more else len(FIRST_NAMED)
        return lead, SHEETS_ORDER.index(member.sheet), member.year or 0, i

    def _part(self, i: int, brings: float | None, decided: bool) -> Part:
        member = self.arrays.members[i]
        if member.what == "capacity" and member.now is None:
            return self._modules(member, brings, decided)
        address, cell = place_of(self.case, member.sheet, member.name, member.field, member.year)
        if member.what in self.command:
            cell = COMMAND[member.what]
        return Part(member.what, member.sheet, member.name, member.field, member.year, address, cell, member.now,
                    member.more, brings, None, decided)

    def _modules(self, member: Member, brings: float | None, decided: bool) -> Part:
        """What a plant can make that stands only once it is ordered: its cell is that of the module."""
        plant = self.case.row(Plant, member.name)
        address = address_of("Plants", member.name, "module") if plant.module is not None else f"Plants[{member.name}]"
        starts = min((op.start for op in Data(self.case).orders_of[member.name]), default=None)
        return Part("module", "Plants", member.name, "module", member.year, address, self.case.cell(address),
                    plant.module, True, brings, starts, decided)


def _step_part(case: Case, data: Data, one: Stepwise, decided: bool) -> Part:
    starts = None
    if one.row.sheet == "Plants":
        starts = min((op.start for op in data.orders_of[one.row.key]), default=None)
    elif one.row.sheet == "Deals":
        starts = min((signing.start for signing in data.signings[one.row.key]), default=None)
    return Part(one.what, one.row.sheet, one.row.key, one.field, None, one.address, case.cell(one.address), one.now,
                one.end > one.now, None, starts, decided)
