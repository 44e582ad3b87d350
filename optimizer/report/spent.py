"""What a plan costs: by heading, by payer, and what of it is incentives that another payer pays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optimizer.report.numbers import money, unlike
from optimizer.solve.plan import Plan

PAID = "incentives paid"
"""The item of cost, and its heading, of what is paid in incentives; what is received stands under ``incentives``."""


def left_out(plan: Plan) -> set[str]:
    """Items of cost that the case's view does not count."""
    return {PAID} | ({"duty", "incentives"} if plan.case.settings.view == "national" else set())


def by_heading(plan: Plan) -> dict[str, float]:
    """Heading -> discounted cost as the case's view counts it, largest first."""
    without = left_out(plan)
    found: dict[str, float] = {}
    for (item, heading, _), amount in plan.claims.charged.items():
        if item not in without:
            found[heading] = found.get(heading, 0.0) + amount
    return dict(sorted(found.items(), key=lambda entry: (-abs(entry[1]), entry[0])))


def cost_lines(plan: Plan) -> list[tuple[str, str, str]]:
    """Heading, cost of the plan, cost as now; the total last, and below it the incentives that it is net of."""
    currency, mine, now = plan.case.settings.currency, by_heading(plan), plan.as_now
    before = by_heading(now) if now is not None else {}
    lines: list[tuple[str, float, float | None]] = [
        (name, mine.get(name, 0.0), before.get(name, 0.0) if now is not None else None)
        for name in dict.fromkeys([*mine, *before])
        if round(mine.get(name, 0.0)) or round(before.get(name, 0.0))
    ]
    lines.append(("total", plan.claims.cost, None if now is None else now.claims.cost))
    return [(name, money(a, currency), "-" if b is None else money(b, currency)) for name, a, b in lines]


def incentives(plan: Plan) -> dict[str, float]:
    """Payer -> discounted incentives that it pays; those who pay none are left out."""
    found: dict[str, float] = {}
    for (item, _, payer), amount in plan.claims.charged.items():
        if item == PAID:
            found[payer] = found.get(payer, 0.0) + amount
    return {payer: amount for payer, amount in sorted(found.items()) if round(amount)}


def net_of(plan: Plan) -> str:
    """What the cost is net of, as a part of a sentence; empty where the cost counts no incentives received.

    A payer's cost counts the incentives received as less and, as a transfer, not what is paid for them.
    """
    paid = incentives(plan)
    if not paid or "incentives" in left_out(plan):
        return ""
    return f"net of {money(sum(paid.values()), plan.case.settings.currency)} of incentives that {payers_of(paid)}"


def payers_of(paid: Iterable[str]) -> str:
    """Who pays, as the end of a sentence.

    >>> payers_of(["public"]), payers_of(["IREL", "public"]), payers_of(["the state"])
    ('the public pays', 'IREL and the public pay', 'the state pays')
    """
    names = [called(name) for name in paid]
    *others, last = names
    return f"{', '.join(others)} and {last} pay" if others else f"{last} pays"


def called(payer: str) -> str:
    """A payer in a sentence: a name that is a common noun gets its article.

    >>> called("public"), called("IREL"), called("the state")
    ('the public', 'IREL', 'the state')
    """
    return f"the {payer}" if payer[:1].islower() and not payer.startswith("the ") else payer


def cash_by_payer(plan: Plan) -> dict[str, dict[int, float]]:
    """Payer -> year -> cash, cost positive."""
    found: dict[str, dict[int, float]] = {}
    for (_, _, payer, t), amount in sorted(plan.claims.cash.items()):
        of = found.setdefault(payer, dict.fromkeys(plan.case.years, 0.0))
        of[t] += amount
    return found


def cash_rows(plan: Plan) -> dict[str, Mapping[int, float]]:
    """Payer -> year -> cash; where several, all of them together; and what of it is incentives, paid and received."""
    payers = cash_by_payer(plan)
    rows: dict[str, Mapping[int, float]] = dict(payers)
    if len(payers) > 1:
        rows[unlike("all payers", payers)] = {t: sum(of[t] for of in payers.values()) for t in plan.case.years}
    paid = dict.fromkeys(plan.case.years, 0.0)
    for (item, _, _, t), amount in plan.claims.cash.items():
        paid[t] += amount if item == PAID else 0.0
    if any(round(amount) for amount in paid.values()):
        rows[unlike("incentives, from payer to payer", payers)] = paid
    return rows


def capital(plan: Plan) -> float:
    """Capital and site cost, cash of all years."""
    return sum(amount for (item, _, _, _), amount in plan.claims.cash.items() if item in ("capex", "site"))
