"""The second reading of a plan: everything recomputed straight from the case (MODEL.md section 8).

It shares no code with the model: calendar, balances, capacities, bands, limits, classes, cost and dependence are worked
out again from the case's rows and the plan's amounts, and each row must hold to 1e-6 of its largest term.
"""

from __future__ import annotations

from optimizer.case.case import Case
from optimizer.solve.amounts import Amounts, Claims
from optimizer.solve.check import balance, choices, deals, demand, incentives, known, limits, money, plants
from optimizer.solve.check import stop as stopping
from optimizer.solve.check.book import SHARE, Book
from optimizer.solve.check.stop import Halt

BLOCKS = (choices, deals, plants, balance, demand, incentives, limits, money)


def check_plan(
    case: Case, amounts: Amounts, claims: Claims, budget: float | None = None, cap: float | None = None,
    halt: Halt | None = None,
) -> tuple[str, ...]:
    """What a plan breaks, one sentence a row; empty when everything holds.

    Args:
        case: the case that the plan answers.
        amounts: its decisions.
        claims: what is said of its dependence and cost.
        budget: most that it may cost, in the case's currency.
        cap: most that its dependence may be, a fraction.
        halt: a stop of places that the plan meets, with what was planned before it.
    """
    book = Book(case, amounts, claims) if halt is None else stopping.Stopped(case, amounts, claims, halt)
    known.check(book)
    if book.complaints:
        return tuple(book.complaints)
    for block in BLOCKS:
        block.check(book)
    if isinstance(book, stopping.Stopped):
        stopping.check(book)
    if budget is not None:
        book.at_most("cost against the budget", claims.cost, budget, [], book.currency)
    if cap is not None:
        book.at_most("dependence against the cap", claims.dependence, cap, [1.0], SHARE)
    return tuple(book.complaints)
