"""A sample of futures for people: what the plan comes to, what it misses, what would be better, what points to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from optimizer.model.compiled import Floats
from optimizer.report.brief.blocks import Block, Bullets, Heading, Image, Paragraph, Picture, Table
from optimizer.report.numbers import money, percent, short_percent, tonnes
from optimizer.report.pictures.fan import cash_shown, dependence_shown, fan
from optimizer.report.studies.signs import box_words, sign_words
from optimizer.study.held import Outcomes
from optimizer.study.portfolio import named
from optimizer.study.sample import COMMON, Anew, Rival, Sample, Target

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles that are told."""

DRIVERS = 8
"""Uncertain numbers that the page shows; table and document have them all."""

DEALS = 20
"""Deals and plants of the best plans that the page shows."""

MINE = "The plan"
"""Name of the plan asked about beside those drawn by hand."""


def data(found: Sample) -> dict[str, Any]:
    """The JSON of a sample; money in the case's currency, dependence as a fraction, null where nothing is known."""
    draws, held = found.draws, found.held
    return {
        "currency": found.plan.case.settings.currency, "futures": len(draws), "seed": draws.seed,
        "method": draws.method, "scenarios": len(draws.scenarios) > 1, "price_of_point": found.point,
        "dependence_held": found.soft.cap, "shortage_cost": found.soft.shortage,
        "outcome": _spread(held.outcome), "cost": _spread(held.cost), "dependence": _spread(held.dependence),
        "reach": _spread(held.reach), "shortage": _spread(held.shortage),
        "by_year": {
            "dependence": _years(held.years, held.share), "cash": _years(held.years, held.cash),
            "shortage": _years(held.years, held.short.sum(axis=1)),
        },
        "targets": [{"target": one.what, "missed": one.chance} for one in found.targets],
        "drivers": [{"number": one.name, "cost": one.cost, "dependence": one.dependence} for one in found.drivers],
        "anew": None if found.anew is None else _anew(found, found.anew),
        "plans": [_mine(found), *(_rival(found, one) for one in found.rivals)],
        "common": [
            {"sheet": one.choice[0], "name": one.choice[1], "share": one.share, "always": one.always}
            for one in found.common
        ],
        "signposts": [
            {
                "what": one.what, "futures": one.futures, "happens": one.happens, "counted": one.counted,
                "kept_back": one.apart,
                "boxes": [
                    {
                        "conditions": [
                            {"number": c.name, "side": "above" if c.above else "at most", "value": c.value}
                            for c in box.conditions
                        ],
                        "inside": box.inside, "hits": box.hits, "coverage": box.coverage, "density": box.density,
                    }
                    for box in one.boxes
                ],
            }
            for one in found.signposts
        ],
        "built": held.built, "built_because": held.why, "status": found.status, "ended": found.ended,
        "solves": found.solves,
    }


def _spread(values: Floats) -> dict[str, float | None]:
    """Mean, quantiles and the most; null where nothing is known."""
    known = values[np.isfinite(values)]
    if not len(known):
        return {"mean": None, **{_key(q): None for q in QUANTILES}, "most": None}
    quantiles = {_key(q): float(np.quantile(known, q)) for q in QUANTILES}
    return {"mean": float(known.mean()), **quantiles, "most": float(known.max())}


def _key(quantile: float) -> str:
    return f"q{round(100 * quantile):02d}"


def _years(years: Sequence[int], values: Floats) -> dict[str, dict[str, float | None]]:
    return {str(t): _spread(values[:, i]) for i, t in enumerate(years)}


def _anew(found: Sample, anew: Anew) -> dict[str, Any]:
    return {
        "futures": len(anew.outcomes), "asked": found.asked, "proved": int(anew.proved.sum()),
        "another": float(anew.another.mean()), "regret": _spread(anew.regret),
        "outcome": _spread(anew.outcomes.outcome),
        "often": [{"sheet": sheet, "name": name, "share": share} for (sheet, name), share in anew.often().items()],
    }


def _mine(found: Sample) -> dict[str, Any]:
    return _plan(
        MINE, found.plan.goals.get("cost", found.plan.claims.cost), found.plan.claims.dependence, 0.0,
        [f"{sheet}: {name}" for sheet, name in _choices(found)], found.held, found.regret,
    )


def _choices(found: Sample) -> list[tuple[str, str]]:
    signed = sorted({("Deals", deal) for deal, _, _ in found.plan.amounts.sign})
    return [*signed, *sorted({("Plants", plant) for (plant, _), n in found.plan.amounts.modules.items() if n})]


def _rival(found: Sample, one: Rival) -> dict[str, Any]:
    names = [f"{sheet}: {name}" for sheet, name in one.drawn.portfolio.choices]
    drawn = one.drawn
    return _plan(drawn.idea.name, drawn.cost, drawn.dependence, drawn.dearer, names, one.outcomes, one.regret)


def _plan(
    name: str, cost: float | None, dependence: float | None, dearer: float, choices: list[str],
    outcomes: Outcomes | None, regret: Floats,
) -> dict[str, Any]:
    nothing = np.empty(0)
    return {
        "name": name, "cost": cost, "dependence": dependence, "dearer": dearer, "choices": choices,
        "expected_outcome": _mean(nothing if outcomes is None else outcomes.outcome),
        "expected_cost": _mean(nothing if outcomes is None else outcomes.cost),
        "expected_dependence": _mean(nothing if outcomes is None else outcomes.dependence),
        "expected_regret": _mean(regret), "worst_regret": _most(regret), "best": _mean((regret <= 0).astype(float)),
    }


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def _most(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else None


def tables(found: Sample) -> dict[str, pd.DataFrame]:
    """``futures``, ``years``, ``plans``, ``best`` and ``signposts``: one number a row."""
    currency = found.plan.case.settings.currency
    made = {
        "futures": pd.DataFrame(_futures(found, currency), columns=["future", "what", "value", "unit"]),
        "years": pd.DataFrame(_by_year(found, currency), columns=["what", "year", "quantile", "value", "unit"]),
        "plans": pd.DataFrame(_plans(found, currency), columns=["plan", "what", "value", "unit"]),
        "signposts": pd.DataFrame(_signs(found), columns=["happens", "box", "what", "value", "unit"]),
    }
    if found.anew is not None:
        often = [(*choice, "in the best plan", share, "part of the futures") for choice, share
                 in found.anew.often().items()]
        made["best"] = pd.DataFrame(often, columns=["sheet", "name", "what", "value", "unit"])
    return made


def _futures(found: Sample, currency: str) -> Iterator[tuple[Any, ...]]:
    draws, held, anew = found.draws, found.held, found.anew
    for i in range(len(draws)):
        numbers: list[tuple[str, float, str]] = [
            *((row.address, float(value), row.how) for row, value in zip(draws.rows, draws.values[i], strict=True)),
            *((f"{deal} closes", float(closes), "yes is 1") for deal, closes
              in zip(draws.deals, draws.closes[i], strict=True)),
            ("outcome", float(held.outcome[i]), currency), ("cost", float(held.cost[i]), currency),
            ("dependence", float(held.dependence[i]), "share"),
            ("dependence, the least", float(held.reach[i]), "share"), ("shortage", float(held.shortage[i]), "t"),
        ]
        if anew is not None and i < len(anew.regret):
            numbers += [("outcome decided anew", float(anew.outcomes.outcome[i]), currency),
                        ("regret", float(anew.regret[i]), currency)]
        yield from ((i + 1, what, value, unit) for what, value, unit in numbers if np.isfinite(value))


def _by_year(found: Sample, currency: str) -> Iterator[tuple[Any, ...]]:
    held = found.held
    for what, values, unit in (("dependence", held.share, "share"), ("cash", held.cash, currency),
                               ("shortage", held.short.sum(axis=1), "t")):
        for quantile, of in _fan(values).items():
            yield from ((what, t, quantile, v, unit) for t, v in zip(held.years, of, strict=True) if np.isfinite(v))


def _fan(values: Floats) -> dict[float, list[float]]:
    """Quantiles by year; not a number in a year of which nothing is known."""
    columns = [column[np.isfinite(column)] for column in values.T]
    return {q: [float(np.quantile(c, q)) if len(c) else float("nan") for c in columns] for q in QUANTILES}


def _plans(found: Sample, currency: str) -> Iterator[tuple[Any, ...]]:
    units = {"cost": currency, "dearer": currency, "dependence": "share", "expected_outcome": currency,
             "expected_cost": currency, "expected_dependence": "share", "expected_regret": currency,
             "worst_regret": currency, "best": "part of the futures"}
    for plan in (_mine(found), *(_rival(found, one) for one in found.rivals)):
        yield from ((plan["name"], what.replace("_", " "), plan[what], unit) for what, unit in units.items()
                    if plan[what] is not None)


def _signs(found: Sample) -> Iterator[tuple[Any, ...]]:
    for one in found.signposts:
        yield one.what, "all futures", "happens", one.happens / one.futures, "part of the futures"
        for box in one.boxes:
            words = box_words(found.draws, box)
            yield one.what, words, "coverage", box.coverage, "part of those in which it happens"
            yield one.what, words, "density", box.density, "part of those inside"


def page(found: Sample) -> Iterable[Block]:
    """What the plan comes to, what it misses, other plans beside it, and the signposts."""
    yield Heading("Futures")
    yield Paragraph(_answer(found), "lead")
    yield Paragraph(_method(found), "note")
    yield from (Image(made.name, made.title, made.alt) for made in pictures(found))
    yield from _targets(found)
    yield from _compared(found)
    if found.anew is not None:
        yield from _best(found, found.anew)
    yield from _common(found)
    yield from _pointers(found)
    yield from _driven(found)


def _answer(found: Sample) -> str:
    held, currency = found.held, found.plan.case.settings.currency
    cost, dependence, count = _spread(held.cost), _spread(held.dependence), len(held)
    if cost["mean"] is None or dependence["mean"] is None:
        return f"In none of {count:,} futures do any flows meet what the plan decides."
    low, high = (money(float(cost[key] or 0.0), currency) for key in ("q05", "q95"))
    least, most = (short_percent(float(dependence[key] or 0.0)) for key in ("q05", "q95"))
    return (f"Held through {count:,} futures, the plan costs {low} to {high} in 9 of 10, and depends {least} to {most}"
            f"{_against(found)}.{_better(found)}")


def _against(found: Sample) -> str:
    if found.soft.cap is None:
        return ""
    reached = next((len(one.missed) - int(one.missed.sum()) for one in found.targets if one.kind == "reach"), 0)
    can = f"what it decides can come to that in {_of_100(reached, len(found.held))}, at some cost"
    return f", where {short_percent(found.soft.cap)} is planned; {can}"


def _better(found: Sample) -> str:
    if found.anew is None:
        return ""
    count, another = len(found.anew.another), int(found.anew.another.sum())
    return f" In {_of_100(another, count)} futures another plan would be better by more than a tie."


def _of_100(hits: int, count: int) -> str:
    """How often, of a hundred; as it is where there are fewer."""
    return f"{hits} of {count}" if count < 100 else f"{100 * hits / count:.0f} of 100"


def _method(found: Sample) -> str:
    currency, draws = found.plan.case.settings.currency, found.draws
    way = "a Latin hypercube" if draws.method == "lhs" else "Sobol's sequence"
    parts = [
        f"{_count(len(draws.factors), 'uncertain number')} and {_count(len(draws.deals), 'deal')} that may not close, "
        f"drawn by {way} with seed {draws.seed}",
        "signings and orders are held, flows adapt at least cost",
        f"a tonne not served costs {money(found.soft.shortage, currency)} where its line has no cost of its own",
        f"a point of dependence above the plan's counts {money(found.point, currency)}",
    ]
    full = "" if not found.held.why else f" A model was built for each future: {found.held.why}."
    ended = {"time": " The time ended before all was asked.", "interrupted": " It was stopped before all was asked."}
    return f"{'; '.join(parts)}.{full}{ended.get(found.ended, '')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _targets(found: Sample) -> Iterable[Block]:
    missed = [one for one in found.targets if one.missed.any()]
    kept = list(dict.fromkeys(_kept(found, one) for one in found.targets if not one.missed.any()))
    if missed:
        yield Heading("What is missed", 3)
        rows = [(one.what, _of_100(int(one.missed.sum()), len(one.missed))) for one in missed]
        yield Table(("Asked for", "Missed in"), rows, right=frozenset({1}), wide={0: 1.0})
    if kept:
        yield Paragraph(f"Met in every future: {'; '.join(kept)}.")
    shortage = _spread(found.held.shortage)
    if (shortage["most"] or 0.0) > 0.5:
        yield Paragraph(f"Over all years {tonnes(float(shortage['mean'] or 0.0))} are not served on average, and "
                        f"{tonnes(float(shortage['most'] or 0.0))} in the worst future.")


def _kept(found: Sample, target: Target) -> str:
    """A target that is met; those of a kind that are all met as one."""
    every = [one for one in found.targets if one.kind == target.kind]
    names = {"floor": "what must be served of every line", "limit": "the planner's limits"}
    whole = len(every) > 1 and not any(one.missed.any() for one in every)
    return names.get(target.kind, target.what) if whole else target.what


def _compared(found: Sample) -> Iterable[Block]:
    if not found.rivals:
        return
    currency = found.plan.case.settings.currency
    yield Heading("Against plans drawn by hand", 3)
    headers = ("Plan", "Cost as planned", "Dependence as planned", "Expected cost", "Expected dependence",
               "Worst regret", "Best in")
    rows = [_line(plan, currency, len(found.held))
            for plan in (_mine(found), *(_rival(found, one) for one in found.rivals))]
    yield Table(headers, rows, right=frozenset(range(1, 7)), strong=frozenset({0}), wide={0: 1.0})
    dear = [f"{one.drawn.idea.name} costs {money(one.drawn.dearer, currency)} more than the plan, and cannot be had "
            "for its money" for one in found.rivals if one.drawn.dearer > 0]
    yield Paragraph("Each is the plan of least dependence that keeps to its idea and costs no more than the plan, "
                    "shortage at its price. Regret is what its outcome exceeds the best plan of this table by, in the "
                    f"same future; where two are equal, both are best.{''.join(f' {one}.' for one in dear)}", "note")


def _line(plan: Mapping[str, Any], currency: str, count: int) -> tuple[str, ...]:
    def amount(value: float | None) -> str:
        return "-" if value is None else money(value, currency)

    def share(value: float | None) -> str:
        return "-" if value is None else percent(value)

    best = plan["best"]
    return (
        plan["name"], amount(plan["cost"]), share(plan["dependence"]), amount(plan["expected_cost"]),
        share(plan["expected_dependence"]), amount(plan["worst_regret"]),
        "-" if best is None else _of_100(round(best * count), count),
    )


def _best(found: Sample, anew: Anew) -> Iterable[Block]:
    currency, often = found.plan.case.settings.currency, anew.often()
    yield Heading("What would be best, knowing the future", 3)
    regret = _spread(anew.regret)
    yield Paragraph(
        f"{len(anew.regret):,} of {found.asked:,} futures were decided anew. The plan costs "
        f"{money(float(regret['mean'] or 0.0), currency)} more than the best on average, "
        f"{money(float(regret['q50'] or 0.0), currency)} in the middle one and "
        f"{money(float(regret['most'] or 0.0), currency)} in the worst."
    )
    mine = set(_choices(found))
    known = sum(one is not None for one in anew.portfolios)
    rows = [
        (name, "deal" if sheet == "Deals" else "plant", "yes" if (sheet, name) in mine else "no",
         _of_100(round(share * known), known))
        for (sheet, name), share in list(often.items())[:DEALS]
    ]
    yield Table(("Deal or plant", "Kind", "In the plan", "In the best plan of"), rows, right=frozenset({3}),
                wide={0: 1.0})


def _common(found: Sample) -> Iterable[Block]:
    if found.anew is None:
        return
    yield Heading("Common to all good plans", 3)
    every = [one for one in found.common if one.always]
    most = [one for one in found.common if not one.always]
    if not found.common:
        yield Paragraph(f"No deal or plant of the plan is in the best plan of {100 * COMMON:.0f} of 100 futures.")
    if every:
        yield Paragraph(f"In the best plan of at least {100 * COMMON:.0f} of 100 futures, and in every plan within a "
                        f"tie of this one: {named(one.choice for one in every)}.")
    if most:
        left = "; a plan within a tie goes without it" if all(one.always is False for one in most) else ""
        yield Paragraph(f"In the best plan of at least {100 * COMMON:.0f} of 100 futures{left}: "
                        f"{named(one.choice for one in most)}.")


def _pointers(found: Sample) -> Iterable[Block]:
    if found.signposts:
        yield Heading("Signposts", 3)
        yield Bullets([sign_words(found.draws, one) for one in found.signposts])


def _driven(found: Sample) -> Iterable[Block]:
    yield Heading("What drives it", 3)
    rows = [(one.name, _signed(one.cost), _signed(one.dependence)) for one in found.drivers[:DRIVERS]]
    yield Table(("Uncertain number", "Cost", "Dependence"), rows, right=frozenset({1, 2}), wide={0: 1.0})
    yield Paragraph("Rank correlation: +1 where the plan's cost, or dependence, rises whenever the number does, 0 "
                    "where it does not follow it at all, -1 where it falls.", "note")


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.2f}"


def pictures(found: Sample) -> tuple[Picture, ...]:
    """The fan of dependence and cash by year."""
    held, currency = found.held, found.plan.case.settings.currency
    title = f"Dependence and cash of the plan by year, in {len(held):,} futures"
    made = fan(held.years, (dependence_shown(_fan(held.share), found.soft.cap), cash_shown(_fan(held.cash), currency)),
               title)
    return () if made is None else (made,)
