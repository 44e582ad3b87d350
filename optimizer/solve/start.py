"""A plan to start a search from, found around plans of questions like it.

The solver takes long to find the best plan: on India a search that is handed one close to it takes half the time,
whereas one that is handed a plan a per cent off takes as long as without. Where one plan is known, as that of the case
before a number was changed, its decisions are kept, with the best flows for them: a linear program. Where several are,
as on either side of a point of a frontier, none may come close, and what lies between them is searched, each time with
most whole numbers held:

1. what all plans known decide alike is held (crossing: Rothberg, INFORMS Journal on Computing 19(4), 2007);
2. what the best so far decides as the relaxation does is held (Danna, Rothberg and Le Pape, Mathematical Programming
   102(1), 2005).

Only what the search starts from depends on it, never what is proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from optimizer.model.compiled import Floats, Ints64
from optimizer.solve.goals import NONE, Clock
from optimizer.solve.session import Outcome, Result, Session

NODES = 200
"""Most nodes of a search around plans known: it is there to find something, and most end long before."""

PART = 0.1
"""Part of the time left that one step may use."""

ALIKE = 1e-6
"""Difference below which a relaxation decides as a plan does."""


@dataclass
class Start:
    """The search for a plan to start from.

    Attributes:
        session: the arrays in the solver, with what the question asks beside them.
        column: the goal.
        gaps: relative and absolute gap at which a search may end.
        clock: the time left.
        best: the best solution so far; empty without one.
        value: its goal.
    """

    session: Session
    column: int
    gaps: tuple[float, float]
    clock: Clock
    best: Floats = field(default_factory=lambda: NONE)
    value: float = np.inf

    def found(self, known: Sequence[Floats]) -> Floats:
        """A solution of the rows near the plans known, the best of what was tried; empty where there is none.

        Args:
            known: value of every column of the arrays in each plan; only the decisions count.
        """
        lower, upper = self.session.lower[self._integers], self.session.upper[self._integers]
        decided = [np.round(values[self._integers]) for values in known]
        # what is fixed is fixed beyond the bounds of a column too, and would start the search from no solution
        within = [i for i, one in enumerate(decided) if np.all((lower <= one) & (one <= upper))]
        for i in within:
            self._take(self.session.polish({self.column: 1.0}, known[i]))
        if len(within) > 1:
            self._between([decided[i] for i in within])
            self._beside_relaxation()
        return self.best

    def _between(self, decided: Sequence[Floats]) -> None:
        """Searches what the plans known decide differently."""
        same = np.all([one == decided[0] for one in decided], axis=0)
        self._around(self._integers[same], decided[0][same])

    def _beside_relaxation(self) -> None:
        """Searches what the best plan so far and the relaxation decide differently."""
        if not self.best.size or self.session.cancelled:
            return
        relaxed = self.session.relaxation(self.column, self._seconds)
        if relaxed.outcome is Outcome.PROVED:
            held = np.round(self.best[self._integers])
            same = np.abs(relaxed.values[self._integers] - held) < ALIKE
            self._around(self._integers[same], held[same])

    @property
    def _integers(self) -> Ints64:
        return np.flatnonzero(self.session.compiled.integer)

    @property
    def _seconds(self) -> float:
        left = self.clock.part(PART).left
        return np.inf if left is None else left

    def _around(self, columns: Ints64, values: Floats) -> None:
        """Searches with columns held at values, from the best so far where that has them."""
        if self.session.cancelled:
            return
        relative, absolute = self.gaps
        start = self.best if self.best.size and np.array_equal(np.round(self.best[columns]), values) else None
        with self.session.holding(columns, values):
            found = self.session.minimise(
                self.column, gap=relative, absolute=absolute, seconds=self._seconds, start=start, nodes=NODES,
            )
        self._take(found)

    def _take(self, result: Result) -> None:
        if result.values.size and result.objective < self.value:
            self.best, self.value = result.values, result.objective
