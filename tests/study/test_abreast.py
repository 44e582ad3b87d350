"""Searches side by side find what each finds alone, in rounds of one question each."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial

import pytest

from optimizer.study.abreast import abreast
from optimizer.study.executor import Executor, Here, ask
from optimizer.study.ground import Ground
from optimizer.study.question import Answer, Question
from optimizer.study.tornado import tornado
from optimizer.study.why import why, why_all
from tests.study.test_frontier import EXACT, chosen, offers
from tests.study.test_tornado import having, ranged


class Rounds(Here):
    """Answers here, and notes how many questions come at once."""

    def __init__(self, ground: Ground, abreast: int) -> None:
        super().__init__(ground)
        self.abreast, self.rounds = abreast, list[int]()

    def ask(
        self, questions: Sequence[Question], told: Sequence[str] = (), ahead: int | None = None
    ) -> Iterator[Answer]:
        self.rounds.append(len(questions))
        return super().ask(questions, told, ahead)


def search(steps: int, executor: Executor) -> list[float]:
    """Asks so often, each time for what depends on the answer before."""
    found = [1.0]
    for _ in range(steps):
        answer = ask(executor, Question(("cost",), caps=(("dependence", round(found[-1] * 0.8, 6)),)), "a step")
        found.append(found[-1] * 0.8 if answer.found else 0.0)
    return found


def test_each_finds_what_it_finds_alone() -> None:
    searches = [partial(search, steps) for steps in (3, 0, 1, 5, 2)]
    alone = Rounds(Ground(offers(), EXACT), 1)
    together = Rounds(Ground(offers(), EXACT), 3)
    assert abreast(together, searches) == abreast(alone, searches) == [search(n, alone) for n in (3, 0, 1, 5, 2)]
    assert alone.rounds[:11] == [1] * 11
    # the second ends at once and the third after its question: the fourth and fifth take their places
    assert together.rounds == [2, 3, 3, 1, 1, 1]
    assert sum(together.rounds) == 11


@pytest.mark.parametrize("fault", [ValueError("of one"), KeyboardInterrupt()])
def test_what_one_raises_ends_all(fault: BaseException) -> None:
    def broken(executor: Executor) -> list[float]:
        search(1, executor)
        raise fault

    before = threading.active_count()
    with pytest.raises(type(fault)):
        abreast(Rounds(Ground(offers(), EXACT), 3), [partial(search, 3), broken, partial(search, 2)])
    for thread in threading.enumerate():
        if thread.daemon and thread.name.endswith("(_run)"):
            thread.join(5)
    assert threading.active_count() <= before, "nobody is left waiting"


def test_ended_they_are_told_so() -> None:
    executor = Rounds(Ground(offers(), EXACT), 3)
    executor.ground.stop.asked = True
    assert abreast(executor, [partial(search, 1)] * 2) == [[1.0, 0.0]] * 2


def test_studies_find_the_same_side_by_side() -> None:
    case = chosen(61)
    for abreast_ in (2, 8):
        one, many = Rounds(Ground(case, EXACT), 1), Rounds(Ground(case, EXACT), abreast_)
        assert why_all(case, EXACT, executor=many) == why_all(case, EXACT, executor=one)
        assert max(many.rounds) > 1
        name = next(deal.name for deal in case.deals)
        assert why(case, name, EXACT, executor=many) == why(case, name, EXACT, executor=one)
        uncertain = having(offers(), ranged("Supply[A].price", 8.0, 12.0), ranged("Deals[B].signing_cost", 1.0, 9.0))
        one, many = Rounds(Ground(uncertain, EXACT), 1), Rounds(Ground(uncertain, EXACT), abreast_)
        assert tornado(uncertain, EXACT, executor=many) == tornado(uncertain, EXACT, executor=one)
        assert max(many.rounds) > 1
