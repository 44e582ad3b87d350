"""What each future comes to: decided anew by itself, or with what was decided before it was known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from optimizer.model.blocks.dependence import COST
from optimizer.model.compiled import Name
from optimizer.solve.plan import Plan
from optimizer.study.executor import Executor, ask
from optimizer.study.future import BASE, Future
from optimizer.study.ground import value_of
from optimizer.study.question import Answer, Question
from optimizer.study.stages import carried, decided_now, first_stage
from optimizer.study.stamp import Block, completed

INFINITE = float("inf")


class Late(Exception):  # noqa: N818 - an outcome, not a fault
    """The time is over, or the user asked to stop, before what its text says."""


@dataclass(frozen=True)
class End:
    """What a future costs, in the case's currency, with what is charged for what comes too late in it.

    Attributes:
        value: as it was found; infinite where there is no plan.
        bound: at least.
        question: what was asked.
        answer: what was answered.
    """

    value: float
    bound: float
    question: Question
    answer: Answer

    @property
    def found(self) -> bool:
        """Whether there is a plan."""
        return self.answer.found


class Recourse:
    """The futures of a case, each answered on the arrays of its own changes.

    Attributes:
        futures: those that some plan meets, their probabilities adding up to 1.
        stars: each decided anew by itself.
    """

    def __init__(self, executor: Executor, futures: Sequence[Future], gap: float) -> None:
        """Asks nothing yet.

        Args:
            executor: where the solves run, on a ground whose goal is cost.
            futures: the futures.
            gap: relative gap at which an answer counts as proved.
        """
        self.executor, self.futures = executor, tuple(futures)
        self.stars: tuple[End, ...] = ()
        self._gap = gap
        self._known: dict[frozenset[tuple[Name, int]], tuple[End, ...]] = {}

    def alone(self) -> tuple[str, ...]:
        """Decides every future by itself; gives the names of those that no plan meets, which are left out.

        The probabilities of the others are raised in proportion.

        Raises:
            CaseError: the changes of a future cannot be made.
            Late: not all were answered.
        """
        asked = [Question((COST,), changes=future.changes, gap=self._gap) for future in self.futures]
        ends = self._ends(asked, [f"{future.name}, by itself" for future in self.futures])
        if ends is None:
            raise Late("every future was decided by itself")
        kept = [i for i, end in enumerate(ends) if end.found]
        left_out = tuple(future.name for i, future in enumerate(self.futures) if i not in kept)
        total = sum(self.futures[i].probability for i in kept)
        self.futures = tuple(
            replace(self.futures[i], probability=self.futures[i].probability / total) for i in kept
        )
        self.stars = tuple(ends[i] for i in kept)
        return left_out

    @property
    def shares(self) -> tuple[float, ...]:
        """Probability of each future."""
        return tuple(future.probability for future in self.futures)

    @property
    def scale(self) -> float:
        """What gaps are parts of: the expected cost with the future known, in the case's currency; at least 1."""
        return max(1.0, abs(float(np.dot(self.shares, [star.value for star in self.stars]))))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The futures as arrays, each with every column that is decided before any of them is known."""
        arrays = [self.executor.ground.arrays(future.changes) for future in self.futures]
        shared = tuple(dict.fromkeys(of.columns[j] for of in arrays for j in np.flatnonzero(first_stage(of))))
        return tuple(
            Block(future.name, future.probability, completed(of, shared), star.value, star.bound)
            for future, star, of in zip(self.futures, self.stars, arrays, strict=True)
        )

    def base(self) -> dict[Name, int]:
        """What is best to decide now where the case is as its sheets say.

        Raises:
            Late: it was not answered.
        """
        own = next((star for future, star in zip(self.futures, self.stars, strict=True) if future.name == BASE), None)
        if own is None:
            question = Question((COST,), gap=self._gap)
            answer = ask(self.executor, question, "the case as its sheets say")
            if answer.outcome == "nothing":
                raise Late("the case as its sheets say was solved")
            # a case that is no future itself, and that no plan meets, says nothing: the likeliest future does
            likeliest = int(np.argmax(self.shares))
            own = self._end(question, answer) if answer.found else self.stars[likeliest]
        return decided_now(self.executor.ground.arrays(own.question.changes), own.answer.values)

    def answered(self, decided: Mapping[Name, int]) -> tuple[End, ...] | None:
        """Each future at least cost with what was decided before it; None where not all were answered.

        Args:
            decided: columns of the first stage with their numbers.
        """
        key = frozenset(decided.items())
        if key not in self._known:
            ground = self.executor.ground
            kept = [carried(ground.arrays(future.changes), decided) for future in self.futures]
            asked = [
                Question((COST,), changes=future.changes, held=of.held, gap=self._gap)
                for future, of in zip(self.futures, kept, strict=True)
            ]
            ends = self._ends(asked, [f"{future.name}, as decided now" for future in self.futures])
            if ends is None:
                return None
            self._known[key] = tuple(
                replace(end, value=end.value + of.charge, bound=end.bound + of.charge)
                for end, of in zip(ends, kept, strict=True)
            )
        return self._known[key]

    def costs(self, decided: Mapping[Name, int]) -> tuple[float, ...] | None:
        """The cost of each future with what was decided before it, infinite without a plan."""
        ends = self.answered(decided)
        return None if ends is None else tuple(end.value for end in ends)

    def plan(self, end: End) -> Plan:
        """The plan of an answer, confirmed by the independent check."""
        return self.executor.plan(end.question, end.answer)

    def _ends(self, questions: Sequence[Question], told: Sequence[str]) -> tuple[End, ...] | None:
        ends: list[End] = []
        for question, answer in zip(questions, self.executor.ask(questions, told), strict=False):
            if answer.outcome == "nothing":
                return None
            ends.append(self._end(question, answer))
        return tuple(ends) if len(ends) == len(questions) else None

    def _end(self, question: Question, answer: Answer) -> End:
        if not answer.found:
            return End(INFINITE, INFINITE, question, answer)
        arrays = self.executor.ground.arrays(question.changes)
        value = value_of(arrays, answer, COST)
        bound = answer.reached[COST].bound * arrays.money if COST in answer.reached else value
        return End(value, min(bound, value), question, answer)
