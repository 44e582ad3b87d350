"""A tornado for people: which uncertain numbers change the decision, and which to find out first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from optimizer.report.brief.blocks import Block, Heading, Image, Paragraph, Picture, Table
from optimizer.report.numbers import money, money_difference, percent, points
from optimizer.report.pictures.tornado import bars_alt, bars_drawn, bars_told
from optimizer.study.tornado import Bar, End, Tornado

NO_PLAN = "no plan"
"""In place of a regret where what is decided now leaves no plan."""


def data(found: Tornado) -> dict[str, Any]:
    """The JSON of a tornado; money in the case's currency, dependence as a fraction, null where nothing is known."""
    return {
        "currency": found.plan.case.settings.currency, "cost": found.cost, "dependence": found.dependence,
        "cap": found.cap, "budget": found.budget, "tie": found.tau,
        "commit_year": found.commit_year, "spread": found.spread,
        "status": found.status, "ended": found.ended, "solves": found.solves,
        "bars": [_bar(bar) for bar in found.bars],
        "find_out": [bar.of.name for bar in found.find_out],
    }


def _bar(bar: Bar) -> dict[str, Any]:
    return {
        "name": bar.of.name, "addresses": list(bar.of.addresses), "cells": list(bar.of.cells),
        "confidence": bar.of.confidence, "sources": list(bar.of.sources), "changes": bar.changes,
        "low": _end(bar.low), "high": _end(bar.high),
    }


def _end(end: End) -> dict[str, Any]:
    return {
        "value": end.told, "asked": end.how, "cost": end.cost, "dependence": end.dependence,
        "held_cost": end.held_cost, "held_dependence": end.held_dependence, "regret": end.regret,
        "regret_dependence": end.regret_points, "no_plan": end.stuck, "changes": end.changes,
        "adds": list(end.adds), "drops": list(end.drops), "proved": end.proved, "why": end.why,
        "too_late": list(end.late),
    }


def tables(found: Tornado) -> dict[str, pd.DataFrame]:
    """``tornado``: one number a row; differences are from the plan. A regret that has no end is left out."""
    currency = found.plan.case.settings.currency
    lines = [
        (bar.of.name, which, end.told, what, value, unit)
        for bar in found.bars
        for which, end in zip(("low", "high"), bar.ends, strict=True)
        for what, value, unit in _numbers(found, end, currency)
        if value is not None
    ]
    return {"tornado": pd.DataFrame(lines, columns=["number", "end", "moved to", "what", "value", "unit"])}


def _numbers(found: Tornado, end: End, currency: str) -> Iterable[tuple[str, float | None, str]]:
    yield "cost, difference", None if end.cost is None else end.cost - found.cost, currency
    yield "dependence, difference", None if end.dependence is None else end.dependence - found.dependence, "share"
    yield "regret", end.regret, currency
    yield "regret, dependence", None if end.regret is None else end.regret_points, "share"
    yield "decision changes", None if end.changes is None else float(end.changes), "yes is 1"


def page(found: Tornado) -> Iterable[Block]:
    """The answer in a sentence, the numbers by the regret they may bring, and what to find out first."""
    yield Heading("Uncertain numbers")
    yield Paragraph(_answer(found), "lead")
    yield Paragraph(_method(found), "note")
    if bars_told(found):
        yield Image("tornado", _title(found), bars_alt(found))
    headers = ("Number", "Moved to", "Cost", "Dependence", "Regret", "Deals that would be better")
    rows = [line for bar in found.bars for line in _lines(found, bar)]
    yield Table(headers, rows, right=frozenset({2, 3, 4}), wide={0: 1.2, 5: 1.6})
    yield from _find_out(found)
    steady = [bar.of.name for bar in found.bars if bar.changes is False]
    if steady:
        yield Paragraph(f"Never change the choice in their range: {'; '.join(steady)}.")


def _answer(found: Tornado) -> str:
    changing = [bar for bar in found.bars if bar.changes]
    if not found.bars or not changing:
        unsure = any(bar.changes is None for bar in found.bars)
        told = " as far as was asked" if unsure else ""
        return f"None of the {len(found.bars)} uncertain numbers changes what is to be decided now{told}."
    worst = changing[0]
    end = max(worst.ends, key=lambda one: (one.stuck, one.regret_points, one.regret or 0.0))
    return (f"{len(changing)} of {len(found.bars)} uncertain numbers change what is to be decided now. The first is "
            f"{worst.of.name}: at {end.told}, {_consequence(found, end)}.")


def _title(found: Tornado) -> str:
    return _answer(found).rstrip(".")


def _consequence(found: Tornado, end: End) -> str:
    if end.stuck:
        return "what is decided now leaves no plan"
    if end.regret_points > found.tau:
        return f"what is decided now costs {points(end.regret_points).lstrip('+')} of dependence"
    return f"what is decided now costs {_money(found, end.regret or 0.0)} more than deciding for it"


def _method(found: Tornado) -> str:
    held = (f"Decided now is what is signed or ordered by {found.commit_year} or marked so in the workbook; "
            "the rest adapts.")
    caps = [f"dependence of at most {percent(found.cap)}"] if found.cap is not None else []
    caps += [f"a cost of at most {_money(found, found.budget)}"] if found.budget is not None else []
    within = f" with {' and '.join(caps)}" if caps else ""
    moved = "" if found.spread is None else (
        f" The workbook gives no ranges: each number of confidence below high is moved by {percent(found.spread)}.")
    ended = {"time": " The time ended before all was asked.", "interrupted": " It was stopped before all was asked."}
    return (f"Cost is the least{within}, as a difference from the plan's {_money(found, found.cost)}. Regret is what "
            f"the decisions of the plan cost more than deciding anew; up to {percent(found.tau)} of the cost, "
            "or of demand where the plan's dependence is out of reach, is a tie. "
            f"{held}{moved}{ended.get(found.ended, '')}")


def _lines(found: Tornado, bar: Bar) -> Iterable[tuple[str, ...]]:
    for name, end in zip((bar.of.name, ""), bar.ends, strict=True):
        # a sentence: in the column of numbers, which do not wrap, it would leave the table no room
        beyond = "out of reach; " if end.how == "dependence first" else ""
        yield name, end.told, *_effects(found, end), _regret(found, end), f"{beyond}{_deals(end)}"


def _effects(found: Tornado, end: End) -> tuple[str, str]:
    if end.cost is None or end.dependence is None:
        return {"no plan": NO_PLAN, "no case": "not possible"}.get(end.how, "not asked"), "-"
    change = points(end.dependence - found.dependence)
    difference = end.cost - found.cost
    # what two searches differ by within their gaps is no effect
    told = abs(difference) > 2 * found.plan.options.gap * abs(found.cost)
    return money_difference(difference if told else 0.0, found.plan.case.settings.currency), change


def _regret(found: Tornado, end: End) -> str:
    if end.stuck:
        return NO_PLAN
    if end.regret is None:
        return "-"
    if not end.changes:
        return "tie" if round(end.regret) or end.regret_points else "none"
    return points(end.regret_points) if end.regret_points > found.tau else _money(found, end.regret)


def _deals(end: End) -> str:
    if end.why:
        return end.why
    if not end.changes:
        return f"as planned{_late(end)}" if end.changes is False else "-"
    parts = [f"add {', '.join(end.adds)}" if end.adds else "", f"drop {', '.join(end.drops)}" if end.drops else ""]
    return ("; ".join(filter(None, parts)) or "the same deals, at other times or with other plants") + _late(end)


def _late(end: End) -> str:
    """What was decided and comes into force too late to be of use."""
    return f" (begins only after the last year: {', '.join(end.late)})" if end.late else ""


def _find_out(found: Tornado) -> Iterable[Block]:
    yield Heading("What to find out first", 3)
    if not found.find_out:
        yield Paragraph("No number of low confidence changes the decision within its range.")
        return
    titles = {source.name: source.title or source.name for source in found.plan.case.sources}
    yield Table(("Number", "Cells", "Confidence", "Sources"), [
        (bar.of.name, _cells(bar), bar.of.confidence or "not said",
         "; ".join(titles.get(name, name) for name in bar.of.sources) or "none given")
        for bar in found.find_out
    ], wide={0: 1.0, 1: 1.0, 3: 1.4})


def _cells(bar: Bar) -> str:
    shown = bar.of.cells[:3]
    more = len(bar.of.cells) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _money(found: Tornado, amount: float) -> str:
    return money(amount, found.plan.case.settings.currency)


def pictures(found: Tornado) -> tuple[Picture, ...]:
    """The tornado: bars of cost and of dependence at both ends, the most regret on top."""
    made = bars_drawn(found, _title(found))
    return () if made is None else (made,)
