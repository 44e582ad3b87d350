"""Decisions over several futures for people: what to decide now, what each future does next, and what that is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from optimizer.model.compiled import Name
from optimizer.report.brief.blocks import Block, Heading, Image, Paragraph, Picture, Table
from optimizer.report.numbers import money, money_difference, percent, short_percent
from optimizer.report.pictures.robust import futures_drawn
from optimizer.study.decided import DecisionChange
from optimizer.study.risk import CVAR, EXPECTED, REGRET, WORST
from optimizer.study.robust import Interval, Outcome, Robust

AIMS = {
    EXPECTED: "the expected cost is least", CVAR: "the mean cost of the dearest futures is least",
    WORST: "the cost of the worst future is least", REGRET: "the largest regret is least",
}

SHOWN = 12
"""Changes of decisions that are shown of one future; the table has them all."""


def data(found: Robust) -> dict[str, Any]:
    """The JSON of INTERFACES; money in the case's currency, dependence as a fraction, null where nothing is known."""
    return {
        "currency": _currency(found), "goal": str(found.risk), "value": found.goal.value,
        "bounds": [found.goal.low, found.goal.high], "gap": found.gap, "how": found.how, "status": found.status,
        "commit_year": found.commit_year, "now": _decisions(found.now), "base_now": _decisions(found.base_now),
        "expected": found.expected, "cvar": found.tail, "level": found.risk.level, "worst": found.worst,
        "regret": found.regret, "vss": None if found.vss is None else found.vss.value,
        "vss_bounds": _bounds(found.vss), "evpi": found.evpi.value, "evpi_bounds": _bounds(found.evpi),
        "cap": found.soft.cap, "price_of_point": found.point, "priced": list(found.soft.priced),
        "scenarios": [_scenario(one) for one in found.outcomes], "left_out": list(found.left_out),
        "solves": found.solves,
    }


def _bounds(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _decisions(now: Mapping[Name, int]) -> dict[str, Any]:
    return {
        "deals": [{"name": index[0], "signed": index[1], "terms": index[2]} for (family, index), _ in now.items()
                  if family == "sign"],
        "orders": [{"plant": index[0], "year": index[1], "modules": n} for (family, index), n in now.items()
                   if family == "modules"],
    }


def _scenario(one: Outcome) -> dict[str, Any]:
    return {
        "name": one.name, "probability": one.probability,
        "goals": {"cost": one.cost, "dependence": one.plan.claims.dependence}, "least": one.least,
        "base_cost": one.base_cost, "regret": one.regret, "open": list(one.open), "checked": one.plan.checked,
        "changes": [{"name": change.name, "what": change.what, "before": list(map(list, change.before)),
                     "after": list(map(list, change.after))} for change in one.changes],
    }


def tables(found: Robust) -> dict[str, pd.DataFrame]:
    """``robust``: what each future comes to; ``robust-now`` and ``robust-next``: what is decided now, and otherwise."""
    currency = _currency(found)
    lines = [(one.name, *number) for one in found.outcomes for number in _numbers(one, currency)]
    now = [(*_what(name), n, "signing" if name[0] == "sign" else "modules")
           for name, n in found.now.items() if name[0] != "order"]
    then = [
        (one.name, change.name, which, year, n, "terms" if change.sheet == "Deals" else "modules")
        for one in found.outcomes for change in one.changes
        for which, of in (("in the first future", change.before), ("in this one", change.after)) for year, n in of
    ]
    return {
        "robust": pd.DataFrame(lines, columns=["future", "what", "value", "unit"]),
        "robust-now": pd.DataFrame(now, columns=["decision", "year", "value", "unit"]),
        "robust-next": pd.DataFrame(then, columns=["future", "decision", "where", "year", "value", "unit"]),
    }


def _numbers(one: Outcome, currency: str) -> Iterable[tuple[str, float, str]]:
    yield "probability", one.probability, "share"
    yield "cost", one.cost, currency
    yield "least cost, if it were known now", one.least, currency
    yield "regret", one.regret, currency
    if one.base_cost is not None:
        yield "cost with what the base alone would decide", one.base_cost, currency
    yield "dependence", one.plan.claims.dependence, "share"


def _what(name: Name) -> tuple[str, int]:
    return str(name[1][0]), int(name[1][1])


def page(found: Robust) -> Iterable[Block]:
    """The answer in a sentence, what to decide now, what each future comes to and does next, and what that is worth."""
    yield Heading("Decide now, adapt later")
    yield Paragraph(_answer(found), "lead")
    yield Paragraph(_method(found), "note")
    yield from (
        Paragraph(f"No plan meets the future '{name}', whatever is decided: it is left out.", "warning")
        for name in found.left_out
    )
    yield Heading("To be decided now", 3)
    yield from _now(found)
    yield Heading("What the futures come to", 3)
    yield from (Image(made.name, made.title, made.alt) for made in pictures(found))
    yield Table(
        ("Future", "Chance", "Cost", "Regret", "Dependence"),
        [(one.name, percent(one.probability), _money(found, one.cost), _regret(found, one),
          percent(one.plan.claims.dependence)) for one in found.outcomes],
        right=frozenset({1, 2, 3, 4}), wide={0: 1.6},
    )
    yield Paragraph("Regret is what a future costs more than if it had been known now.", "note")
    yield Heading("What knowing more is worth", 3)
    yield Table(("", "Worth", "Proved"), list(_worths(found)), right=frozenset({1, 2}), wide={0: 2.4})
    yield from _next(found)


def _answer(found: Robust) -> str:
    worst = max(found.outcomes, key=lambda one: one.cost)
    deals, plants = _counts(found.now)
    what = " and ".join(filter(None, (_count(deals, "deal"), _count(plants, "plant"))))
    told = f"Decide now on {what}" if what else "Decide nothing now"
    return (f"{told}: over {len(found.outcomes)} futures that costs {_money(found, found.expected)} in expectation and "
            f"{_money(found, found.worst)} in the worst, '{worst.name}'.")


def _counts(now: Mapping[Name, int]) -> tuple[int, int]:
    return (len({index[0] for (family, index) in now if family == "sign"}),
            len({index[0] for (family, index) in now if family == "modules"}))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def _method(found: Robust) -> str:
    gap = ("it is proved that nothing does better by more than" if found.status == "proved"
           else "the search ended early, and something may do better by up to")
    level = f" (the dearest {short_percent(1 - found.risk.level)} by chance)" if found.risk.kind == CVAR else ""
    held = "" if found.soft.cap is None else (
        f" Dependence above the plan's {percent(found.soft.cap)} costs {_money(found, found.point)} a point.")
    return (f"Decided so that {AIMS[found.risk.kind]}{level}; {gap} {_share(found.gap)}. Decided now is what is signed "
            f"or ordered by {found.commit_year} or marked so in the workbook; the rest adapts to each future. What "
            f"cannot be met in a bad future is paid for: a tonne short at {_money(found, found.soft.shortage)} where "
            f"its line says nothing else.{held}")


def _share(part: float) -> str:
    """A small part, in percent."""
    return "0.001 %" if part < 1e-5 else f"{100 * part:.3g} %"


def _now(found: Robust) -> Iterable[Block]:
    names = dict.fromkeys((*_named(found.now), *_named(found.base_now)))
    if not names:
        yield Paragraph("Nothing is signed or ordered now, nor would it be for the base alone.")
        return
    rows = [(name, _when(found.now, name), _when(found.base_now, name)) for name in names]
    strong = frozenset(i for i, (_, here, base) in enumerate(rows) if here != base)
    yield Table(("Deal or plant", "Now", "For the base alone"), rows, strong=strong, wide={0: 1.2, 1: 1.0, 2: 1.0})


def _named(now: Mapping[Name, int]) -> Iterable[str]:
    return (str(index[0]) for (family, index) in now if family != "order")


def _when(now: Mapping[Name, int], name: str) -> str:
    parts = []
    for (family, index), number in now.items():
        if index[0] == name and family == "sign":
            parts.append(f"sign in {index[1]}" + (f" for {index[2]} terms" if index[2] > 1 else ""))
        elif index[0] == name and family == "modules":
            parts.append(f"order in {index[1]}: {_count(number, 'module')}")
    return "; ".join(parts) or "-"


def _regret(found: Robust, one: Outcome) -> str:
    # what two searches differ by within their gaps is no regret
    return "none" if one.regret <= sum(one.open) else _money(found, one.regret)


def _worths(found: Robust) -> Iterable[tuple[str, str, str]]:
    yield ("Deciding for all futures, against deciding for the base alone",
           "no end: it leaves a future without a plan" if found.vss is None else _worth(found, found.vss),
           "-" if found.vss is None else _between(found, found.vss))
    yield "Knowing the future before deciding, at most", _worth(found, found.evpi), _between(found, found.evpi)


def _worth(found: Robust, of: Interval) -> str:
    return _money(found, of.value) if round(of.value) else "nothing"


def _between(found: Robust, of: Interval) -> str:
    return f"{_money(found, of.low)} to {_money(found, of.high)}"


def _next(found: Robust) -> Iterable[Block]:
    yield Heading("What each future does next", 3)
    changing = [one for one in found.outcomes if one.changes]
    if not changing:
        yield Paragraph("Once that is decided, every future signs and orders the same; only what flows differs.")
        return
    first = found.outcomes[0].name
    yield Table(("Future", f"Otherwise than in '{first}'"), [
        (one.name, _otherwise(one.changes)) for one in changing
    ], wide={0: 1.0, 1: 3.0})
    same = [one.name for one in found.outcomes[1:] if not one.changes]
    if same:
        yield Paragraph(f"As in '{first}': {'; '.join(same)}.")


def _otherwise(changes: Sequence[DecisionChange]) -> str:
    parts = [f"{one.name} {one.what}{_years(one)}" for one in changes[:SHOWN]]
    more = len(changes) - len(parts)
    return "; ".join(parts) + (f"; and {more} more" if more else "")


def _years(one: DecisionChange) -> str:
    of = one.after or one.before
    return f" ({', '.join(str(year) for year, _ in of)})" if of else ""


def _currency(found: Robust) -> str:
    return found.outcomes[0].plan.case.settings.currency


def _money(found: Robust, amount: float) -> str:
    return money(amount, _currency(found))


def pictures(found: Robust) -> tuple[Picture, ...]:
    """The futures: what each costs, beside the least that it could."""
    return (futures_drawn(found, _title(found), _alt(found)),)


def _title(found: Robust) -> str:
    return f"What each of {len(found.outcomes)} futures costs, and the least that it would if it were known now"


def _alt(found: Robust) -> str:
    parts = [
        f"{one.name}: {_money(found, one.cost)}, {money_difference(one.cost - one.least, _currency(found))} above the "
        "least" for one in found.outcomes
    ]
    return f"{_title(found)}. {'; '.join(parts)}."
