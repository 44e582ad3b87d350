"""The futures that a case names: its base, each scenario with a probability, each deal that may never close."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

from optimizer.case.case import Case
from optimizer.case.changes import Change, scenario_changes
from optimizer.study.question import AskedWrongly

BASE = "base"
"""Name of the future in which the case is as its sheets say; rows of a scenario of this name belong to it."""

LEAST = 1e-9
"""Probability below which a future is none."""

MOST_OPEN = 4
"""Deals that may close or not: each doubles the futures of the base."""


@dataclass(frozen=True)
class Future:
    """One way in which the world may go.

    Attributes:
        name: its name, that of the scenario where it is one.
        probability: how likely it is; those of all futures of a study add up to 1.
        changes: what is changed in the case.
    """

    name: str
    probability: float
    changes: tuple[Change, ...] = ()


def futures_of(case: Case) -> tuple[Future, ...]:
    """The futures of a case, the base first.

    A scenario without a probability is an assumption to be tried by name, and no future. The base has what it is given,
    else what the scenarios leave. Where deals have a chance of closing below 1, its probability is shared out among
    what may come of them: all close, which stays the base, or some never do and all else is as in the base. They close
    independently of each other; what makes several fail together is a scenario of its own.

    Raises:
        AskedWrongly: no scenario has a probability and every deal closes, or more than :data:`MOST_OPEN` deals may
            fail.
    """
    given: dict[str, float] = {}
    for row in case.scenarios:
        if row.probability is not None:
            given[row.scenario] = row.probability
    own = given.pop(BASE, case.settings.base_probability)
    base = 1.0 - sum(given.values()) if own is None else own
    as_planned, *failing = _of_the_base(case, base)
    named = [Future(name, share, scenario_changes(case, name)) for name, share in given.items()]
    kept = [future for future in (as_planned, *named, *failing) if future.probability > LEAST]
    if len(kept) < 2:
        raise AskedWrongly(
            "there is one future alone: give scenarios of the sheet Scenarios a probability, or deals a chance of "
            "closing below 1"
        )
    return _whole(kept)


def _of_the_base(case: Case, base: float) -> Iterator[Future]:
    """What may come of the deals in the base, whose probability is `base`; first, that all of them close."""
    unsure = [deal for deal in case.deals if deal.chance < 1 and deal.signed_in is None]
    if len(unsure) > MOST_OPEN:
        raise AskedWrongly(
            f"{len(unsure)} deals have a chance of closing below 1, and at most {MOST_OPEN} may: give the others as "
            "scenarios, or leave their chance blank"
        )
    as_given = scenario_changes(case, BASE)
    for number in range(len(unsure) + 1):
        for lost in combinations(unsure, number):
            share = prod(1.0 - deal.chance if deal in lost else deal.chance for deal in unsure)
            names = [deal.name for deal in lost]
            yield Future(
                _told(names) if names else BASE, base * share, (*as_given, *(never_closes(name) for name in names)),
            )


def _told(lost: Sequence[str]) -> str:
    *others, last = lost
    return f"{', '.join(others)} and {last} never close" if others else f"{last} never closes"


def never_closes(deal: str) -> Change:
    """The change under which a deal is signed and paid for, and is never in force."""
    return Change(f"Deals[{deal}].chance of closing", "set", 0.0, unit="")


def _whole(futures: Sequence[Future]) -> tuple[Future, ...]:
    """Futures whose probabilities add up to 1: where a base was given and they leave something, in proportion."""
    total = sum(future.probability for future in futures)
    return tuple(Future(future.name, future.probability / total, future.changes) for future in futures)
