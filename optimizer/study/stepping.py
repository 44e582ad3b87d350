"""Ways out of a conflict by leads, windows, delays and whole numbers: one of them a step at a time, else several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from optimizer.case.case import Case
from optimizer.case.changes import apply_changes
from optimizer.case.findings import CaseError
from optimizer.model.elastic import Asked, Member, elastic
from optimizer.solve.conflict import Judge
from optimizer.solve.goals import Clock
from optimizer.solve.stopping import Stop
from optimizer.study.clash import Clash, clash_of
from optimizer.study.steps import Stepwise, rules

STEPS = 24
"""Steps that are tried of one number."""

ROUNDS = 4
"""Numbers that are moved together at most."""

PART = 0.2
"""Part of the time left that the search for one further conflict may use."""

Leaves = Callable[[Case], bool]
"""Whether something is left of a changed case."""

Steps = tuple[tuple[Stepwise, float], ...]
"""Numbers and where they are moved to."""


@dataclass
class Stepping:
    """Looks for steps that leave a plan, as far as linear programs say.

    Attributes:
        case: the case.
        asked: cap and budget.
        clash: its conflict.
        clock: the time that the search may take.
        seed: the solver's random seed.
        stop: whether the user asked to stop.
    """

    case: Case
    asked: Asked
    clash: Clash
    clock: Clock
    seed: int
    stop: Stop

    def ways(self) -> Iterator[Steps]:
        """Each number by itself, as few steps as may leave a plan; where there is none, several together."""
        found = False
        for one in movable(self.case, self.clash):
            at = self._first(one, self.case, partial(self._open, held=()))
            if at is not None:
                found = True
                yield ((one, at),)
        if not found:
            yield from self._together()

    def _together(self) -> Iterator[Steps]:
        """The lightest step out of the conflict, then that out of the one that shows behind it, and so on."""
        case, clash, taken = self.case, self.clash, list[tuple[Stepwise, float]]()
        for _ in range(ROUNDS):
            leaves = partial(self._open, held=clash.members)
            firsts = [(one, self._first(one, case, leaves)) for one in movable(case, clash)]
            ways = [(one, at) for one, at in firsts if at is not None]
            if not ways:
                return
            best = min(ways, key=lambda way: way[0].weight(way[1], len(case.years)))
            taken.append(best)
            case = apply_changes(case, [best[0].change(best[1])], checked=False)
            arrays = elastic(case, self.asked)
            if not Judge(arrays, whole=False).infeasible(()):
                yield tuple(taken)
                return
            further = clash_of(case, self.asked, arrays, self.clock.part(PART), seed=self.seed, stop=self.stop)
            if further is None:
                return
            clash = further

    def _first(self, one: Stepwise, case: Case, leaves: Leaves) -> float | None:
        """The fewest steps of a number that leave something; None where none do."""
        for _, at in zip(range(STEPS), one.values(), strict=False):
            if self.stop.asked or self.clock.left == 0.0:
                return None
            try:
                changed = apply_changes(case, [one.change(at)], checked=False)
            except CaseError:
                continue
            if leaves(changed):
                return at
        return None

    def _open(self, case: Case, held: Iterable[Member]) -> bool:
        """Whether something meets the rows of a case, the numbers `held` alone in force where there are some."""
        arrays, members = elastic(case, self.asked), frozenset(held)
        giving = [i for i, one in enumerate(arrays.members) if members and one not in members]
        return Judge(arrays, whole=self.clash.whole, seed=self.seed, stop=self.stop).infeasible(
            giving, self.clock.part(PART).left) is False


def movable(case: Case, clash: Clash) -> tuple[Stepwise, ...]:
    """What of a conflict gives way in steps and is no law."""
    names = {member.name for member in clash.members if member.what == "rule"}
    return tuple(one for one in (*clash.steps, *rules(case, names)) if not one.law)
