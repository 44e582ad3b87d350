"""Stops for people: what one costs by the year in which it begins, who goes short first, and what that is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from optimizer.report.brief.blocks import Block, Heading, Image, Paragraph, Picture, Table
from optimizer.report.numbers import money, percent, points, tonnes
from optimizer.report.pictures.stress import Row, heat
from optimizer.study.standing import Met
from optimizer.study.stress import Held, Stress

PLAN, NOW = "plan", "as now"
"""Which plan meets a stop."""

LITTLE = 5e-4
"""Dependence, a fraction, that is too little to divide by."""

NAMED = 3
"""Sectors that are named where many go short at once."""

SAME = 0.05
"""Months that are none."""

NEVER = "never"
"""In place of months where a sector does not go short before the case ends."""


def data(found: Stress) -> dict[str, Any]:
    """The JSON of a stress; money in the case's currency, dependence as a fraction, null where nothing is known."""
    return {
        "currency": _currency(found), "places": list(found.places), "lengths": list(found.lengths),
        "starts": list(found.starts), "chance": found.chance, "chance_given": found.given,
        "price_of_point": found.point, "status": found.status, "ended": found.ended, "solves": found.solves,
        "plan": _held(found, found.held), "as_now": None if found.as_now is None else _held(found, found.as_now),
        "worth": {_word(length): found.worth(length) for length in found.lengths},
    }


def _held(found: Stress, held: Held) -> dict[str, Any]:
    return {
        "cost": held.cost, "dependence": held.dependence,
        "expected": {_word(length): found.expected(held, length) for length in found.lengths},
        "stops": [_stop(met) for met in held.stops],
        "cover": [{"sector": sector, "start": start, "months": months, "never_short": months is None}
                  for (sector, start), months in held.cover.items()],
    }


def _stop(met: Met) -> dict[str, Any]:
    unmet: dict[str, dict[str, float]] = {}
    for (sector, year), amount in sorted(met.unmet.items()):
        unmet.setdefault(sector, {})[str(year)] = amount
    return {"start": met.stop.start, "years": met.stop.length, "loss": met.loss, "unmet": unmet,
            "drawn": dict(met.drawn)}


def _word(length: float) -> str:
    return f"{length:g}"


def tables(found: Stress) -> dict[str, pd.DataFrame]:
    """``losses``, ``unmet``, ``drawn`` and ``cover``: one number a row; what is never short has no number of months."""
    which = [(PLAN, found.held), *([(NOW, found.as_now)] if found.as_now is not None else [])]
    every = [(name, met) for name, held in which for met in held.stops]
    begun = [((name, met.stop.start, met.stop.length), met) for name, met in every]
    stop = ["plan", "begins", "years"]
    currency = _currency(found)
    return {
        "losses": pd.DataFrame([(*key, met.loss, currency) for key, met in begun], columns=[*stop, "value", "unit"]),
        "unmet": pd.DataFrame(
            [(*key, *of, amount, "t") for key, met in begun for of, amount in sorted(met.unmet.items())],
            columns=[*stop, "sector", "year", "value", "unit"],
        ),
        "drawn": pd.DataFrame(
            [(*key, stock, amount, "t") for key, met in begun for stock, amount in met.drawn.items()],
            columns=[*stop, "stock", "value", "unit"],
        ),
        "cover": pd.DataFrame(
            [(name, start, sector, months, "months", "yes" if months is None else "no")
             for name, held in which for (sector, start), months in held.cover.items()],
            columns=["plan", "begins", "sector", "value", "unit", "never short"],
        ),
    }


def page(found: Stress) -> Iterable[Block]:
    """The answer in a sentence, what stops cost, who lasts how long, what stocks give, and what that is worth."""
    yield Heading("A stop")
    yield Paragraph(_answer(found), "lead")
    yield Paragraph(_method(found), "note")
    yield from (Image(made.name, made.title, made.alt) for made in pictures(found))
    yield Heading("What a stop costs", 3)
    yield _losses(found)
    yield from _lasting(found)
    yield from _stocks(found)
    yield Heading("What independence is worth against stops", 3)
    yield Paragraph(_worth(found))


def usual(found: Stress) -> float:
    """The length that the sentences speak of: a year where it was asked, else the shortest."""
    return 1.0 if 1.0 in found.lengths else found.lengths[0]


def told_length(length: float) -> str:
    """A length in words.

    >>> told_length(1), told_length(2), told_length(0.5)
    ('a year', '2 years', '6 months')
    """
    if length < 1:
        return f"{12 * length:.3g} months"
    return "a year" if length == 1 else f"{length:g} years"


def _answer(found: Stress) -> str:
    length = usual(found)
    known = [(met.loss, met) for met in found.held.stops if met.stop.length == length and met.loss is not None]
    if not known:
        return "What a stop costs was not found in the time."
    loss, worst = max(known, key=lambda one: one[0])
    where = _where(found)
    if round(loss) <= 0:
        return f"A stop of {told_length(length)} in {where} costs the plan nothing, whenever it begins."
    now = None if found.as_now is None else found.as_now.loss(worst.stop.start, length)
    beside = "" if now is None else f"; as now it would cost {_money(found, now)}"
    first = _first_short(found.held, worst.stop.start)
    short = "No sector goes short" if first == NEVER else f"First to go short: {first}"
    return (f"A stop of {told_length(length)} in {where} costs most if it begins in {worst.stop.start}: "
            f"{_money(found, loss)}{beside}. {short}.{_saved(found, length, worst.stop.start)}")


def _saved(found: Stress, length: float, told: int) -> str:
    """In which year the plan saves most, where that is not the year that is told already."""
    if found.as_now is None:
        return ""
    both = [(found.held.loss(start, length), found.as_now.loss(start, length), start) for start in found.starts]
    saved = [(now - ours, start, ours, now) for ours, now, start in both if ours is not None and now is not None]
    most, start, ours, now = max(saved, key=lambda one: (round(one[0]), -one[1]), default=(0.0, told, 0.0, 0.0))
    if round(most) <= 0 or start == told:
        return ""
    return f" The plan saves most if it begins in {start}: {_money(found, ours)} in place of {_money(found, now)}."


def _where(found: Stress) -> str:
    *others, last = found.places
    return f"{', '.join(others)} and {last}" if others else last


def _first_short(held: Held, start: int) -> str:
    """The sectors that go short first in a stop that goes on, and when."""
    known = {sector: months for (sector, at), months in held.cover.items() if at == start and months is not None}
    if not known:
        return NEVER
    least = min(known.values())
    first = [sector for sector, months in known.items() if months - least < SAME]
    more = f" and {len(first) - NAMED} more" if len(first) > NAMED else ""
    return f"{', '.join(first[:NAMED])}{more}, {_after(least)}"


def _after(months: float) -> str:
    return "at once" if months < SAME else f"after {months:.1f} months"


ENDED = {"time": " The time ended before all was asked.", "interrupted": " It was stopped before all was asked."}
"""Why answers are missing, in words."""


def _method(found: Stress) -> str:
    where = _where(found)
    return (
        f"Nothing comes from {where} and nothing goes there; what is exposed elsewhere by steps that the case does not "
        "follow is not made either. Deals and plants are as planned, and so are flows before the stop, which is not "
        "foreseen; from then on flows adapt, stocks and reserves may be used, and what is not served is paid as "
        "shortage. The loss is the cost beyond that of the same plan without the stop, discounted, up to the end of "
        "the case."
        f"{ENDED.get(found.ended, '')}"
    )


def _losses(found: Stress) -> Table:
    plans = [(PLAN, found.held), *([(NOW, found.as_now)] if found.as_now is not None else [])]
    columns = [(length, name, held) for length in found.lengths for name, held in plans]
    headers = ("Begins", *(f"{told_length(length)}, {name}" for length, name, _ in columns))
    rows = [(str(start), *(_told(found, held.loss(start, length)) for length, _, held in columns))
            for start in found.starts]
    return Table(headers, rows, right=frozenset(range(1, len(headers))))


def _told(found: Stress, loss: float | None) -> str:
    return "-" if loss is None else _money(found, loss)


def _lasting(found: Stress) -> Iterable[Block]:
    sectors = list(dict.fromkeys(sector for sector, _ in found.held.cover))
    if not sectors:
        return
    yield Heading("How many months each sector lasts", 3)
    yield Paragraph(
        "For how long a sector is served as without a stop while one goes on, from stocks and from what comes without "
        "the places; sectors that pay the same for a tonne not served share what is short. The case balances by year: "
        "months are read between, stocks serving evenly.", "note",
    )
    rows = [(sector, *(_months(found.held, sector, start) for start in found.starts)) for sector in sectors]
    yield Table(("Sector", *map(str, found.starts)), rows, right=frozenset(range(1, 1 + len(found.starts))),
                years=1)
    yield Table(("A stop that begins in", "First to go short"),
                [(str(start), _first_short(found.held, start)) for start in found.starts], wide={1: 1.0})


def _months(held: Held, sector: str, start: int) -> str:
    if (sector, start) not in held.cover:
        return "-"
    months = held.cover[sector, start]
    return NEVER if months is None else f"{months:.1f}"


def _stocks(found: Stress) -> Iterable[Block]:
    length = usual(found)
    drawn = {(stock, met.stop.start): amount for met in found.held.stops if met.stop.length == length
             for stock, amount in met.drawn.items()}
    yield Heading("What stocks give", 3)
    if not drawn:
        yield Paragraph(f"No stock is drawn on in a stop of {told_length(length)}.")
        return
    stocks = list(dict.fromkeys(stock for stock, _ in drawn))
    best = {stock: max((amount, -at) for (name, at), amount in drawn.items() if name == stock) for stock in stocks}
    yield Paragraph(f"In a stop of {told_length(length)} at most: " + "; ".join(
        f"{stock} {tonnes(amount)} (beginning in {-at})" for stock, (amount, at) in best.items()
    ) + ".")


def _worth(found: Stress) -> str:
    length = usual(found)
    ours, saved = found.expected(found.held, length), found.worth(length)
    given = "" if found.given else " (nothing in the case says more)"
    chance = f"Where a stop begins in a year with a chance of {percent(found.chance)}{given}"
    if ours is None:
        return f"{chance}, what the first one costs is not known."
    cost = f"{_money(found, ours)} under the plan"
    told = f"{chance}, the first one, of {told_length(length)}, is expected to cost {cost}"
    if saved is None or found.as_now is None:
        return f"{told}. Without any new deal or plant there is no plan to compare it with."
    gained = found.as_now.dependence - found.held.dependence
    each = "" if gained <= LITTLE else (
        f", {_money(found, saved / (100 * gained))} for each of the {points(-gained).lstrip('-')} that it saves")
    price = f" A point less costs {_money(found, found.point)} at the plan." if found.point > 0 else ""
    more = found.held.cost - found.as_now.cost
    return (f"{told}, and {_money(found, ours + saved)} as now: the plan is worth {_money(found, saved)} against stops"
            f"{each}. It costs {_money(found, abs(more))} {'more' if more >= 0 else 'less'} than as now.{price}")


def pictures(found: Stress) -> tuple[Picture, ...]:
    """Heat maps: what a stop costs by the year in which it begins, and what each sector goes short of."""
    made = (_costs(found), _short(found))
    return tuple(one for one in made if one is not None)


def _costs(found: Stress) -> Picture | None:
    each, word = _scale([met.loss or 0.0 for held in (found.held, found.as_now) if held for met in held.stops])
    rows = [
        Row(f"{told_length(length)}, {name}", [_part(held.loss(start, length), each) for start in found.starts])
        for name, held in ((PLAN, found.held), (NOW, found.as_now)) if held is not None for length in found.lengths
    ]
    unit = f"Loss by the year in which the stop begins, {_currency(found)}{word}"
    return heat("stress", _answer(found).partition(". ")[0], _alt(unit, found.starts, rows), unit, found.starts, rows)


def _short(found: Stress) -> Picture | None:
    length = usual(found)
    short: dict[tuple[str, int], float] = {}
    for met in found.held.stops:
        if met.stop.length == length:
            for (sector, _), amount in met.unmet.items():
                short[sector, met.stop.start] = short.get((sector, met.stop.start), 0.0) + amount
    sectors = list(dict.fromkeys(line.sector for line in found.held.plan.case.demands))
    asked = {met.stop.start for met in found.held.stops if met.stop.length == length}
    rows = [
        Row(sector, [short.get((sector, start), 0.0) if start in asked else None for start in found.starts])
        for sector in sectors if any(short.get((sector, start)) for start in found.starts)
    ]
    title = f"What a stop of {told_length(length)} leaves unserved under the plan, by sector"
    unit = "Tonnes by the year in which the stop begins"
    return heat("stress short", title, _alt(f"{title}. {unit}", found.starts, rows), unit, found.starts, rows)


def _alt(unit: str, starts: Sequence[int], rows: Sequence[Row]) -> str:
    def told(row: Row) -> str:
        known: Mapping[int, float] = {
            start: value for start, value in zip(starts, row.values, strict=True) if value is not None
        }
        if not known:
            return f"{row.name}: not known"
        worst = max(known, key=lambda start: known[start])
        return f"{row.name}: most in {worst}, {known[worst]:,.4g}"

    return f"{unit}. {'; '.join(map(told, rows))}."


def _part(loss: float | None, each: float) -> float | None:
    return None if loss is None else loss / each


def _scale(amounts: Sequence[float]) -> tuple[float, str]:
    """The unit of money of a heat map, and its word."""
    widest = max(map(abs, amounts), default=0.0)
    return next(((each, word) for each, word in ((1e6, " m"), (1e3, " k")) if widest >= 2 * each), (1.0, ""))


def _money(found: Stress, amount: float) -> str:
    return money(amount, _currency(found))


def _currency(found: Stress) -> str:
    return found.held.plan.case.settings.currency
