"""The futures that a case names: its base, each scenario with a probability, each deal that may never close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.case.case import Case
from optimizer.case.changes import Change, scenario_changes
from optimizer.study.question import AskedWrongly

BASE = "base"
"""Name of the future in which the case is as its sheets say; rows of a scenario of this name belong to it."""

LEAST = 1e-9
"""Probability below which a future is none."""


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

    A scenario without a probability is an assumption to be tried by name, and no future. A deal with a chance of
    closing below 1 adds a future in which it never closes, and all else is as in the base; what it may happen with
    probability is taken from the base's own. The base has what it is given, else what the scenarios leave.

    Raises:
        AskedWrongly: no scenario has a probability and every deal closes, or the probabilities leave the base less than
            its deals need.
    """
    given: dict[str, float] = {}
    for row in case.scenarios:
        if row.probability is not None:
            given[row.scenario] = row.probability
    own = given.pop(BASE, case.settings.base_probability)
    base = 1.0 - sum(given.values()) if own is None else own
    open_ = [deal for deal in case.deals if deal.chance < 1 and deal.signed_in is None]
    failing = [
        Future(f"{deal.name} never closes", base * (1.0 - deal.chance), (never_closes(deal.name),)) for deal in open_
    ]
    base -= sum(future.probability for future in failing)
    if base < -LEAST:
        names = ", ".join(deal.name for deal in open_)
        raise AskedWrongly(f"the chances of closing of {names} leave the base no probability: give them as scenarios")
    named = [Future(name, share, scenario_changes(case, name)) for name, share in given.items()]
    found = [Future(BASE, base, scenario_changes(case, BASE)), *named, *failing]
    kept = [future for future in found if future.probability > LEAST]
    if len(kept) < 2:
        raise AskedWrongly(
            "there is one future alone: give scenarios of the sheet Scenarios a probability, or deals a chance of "
            "closing below 1"
        )
    return _whole(kept)


def never_closes(deal: str) -> Change:
    """The change under which a deal is signed and paid for, and is never in force."""
    return Change(f"Deals[{deal}].chance of closing", "set", 0.0, unit="")


def _whole(futures: Sequence[Future]) -> tuple[Future, ...]:
    """Futures whose probabilities add up to 1: where a base was given and they leave something, in proportion."""
    total = sum(future.probability for future in futures)
    return tuple(Future(future.name, future.probability / total, future.changes) for future in futures)
