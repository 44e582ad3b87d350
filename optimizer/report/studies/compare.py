"""A comparison of two cases for people: its document, its tables, its page, its pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from optimizer.case.difference import InputChange, Value
from optimizer.case.grammar import number_text
from optimizer.report.brief.blocks import Block, Heading, Image, Paragraph, Picture, Table
from optimizer.report.numbers import bare, money, money_difference, percent, points
from optimizer.report.pictures.waterfall import drawn, waterfall_alt, waterfall_title
from optimizer.study.compare import Comparison, Waterfall
from optimizer.study.decided import DecisionChange

SHOWN = 40
"""Inputs that the page shows; the rest stands in the table."""

NUMBER = 16
"""Letters that a number with its unit may take to stand to the right."""

NAMES = {"cost": "Cost", "dependence": "Dependence"}
"""Measure -> its name at the head of a sentence."""


# ---- the document


def data(found: Comparison) -> dict[str, Any]:
    """The comparison as JSON: money in the case's currency, dependence as fractions."""
    return {
        "before": _plan(found, 0), "after": _plan(found, 1), "currency": _currency(found),
        "inputs": [
            {"group": one.group, "kind": one.kind, "address": one.address, "cells": list(one.cells), "old": one.old,
             "new": one.new, "unit": one.unit} for one in found.inputs
        ],
        "decisions": [
            {"sheet": one.sheet, "name": one.name, "change": one.what, "before": _decided(one.sheet, one.before),
             "after": _decided(one.sheet, one.after)} for one in found.decisions
        ],
        "volumes": [
            {"deal": one.deal, "year": one.year, "before": one.before, "after": one.after} for one in found.volumes
        ],
        "decisions_kept": {"possible": found.kept, "cost_more": found.keeping, "tie": found.decisions_tie},
        "waterfall": {fall.measure: _fall(fall) for fall in found.waterfalls},
        "price_of_a_point": found.price, "tie_within": found.tau, "notes": list(found.notes), "ended": found.ended,
        "solves": found.solves,
    }


def _plan(found: Comparison, i: int) -> dict[str, Any]:
    plan = (found.before, found.after)[i]
    return {"case": plan.case.origin.name, "cost": plan.claims.cost, "dependence": plan.claims.dependence,
            "status": plan.status}


def _decided(sheet: str, of: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    word = "terms" if sheet == "Deals" else "modules"
    return [{"year": year, word: number} for year, number in of]


def _fall(fall: Waterfall) -> dict[str, Any]:
    return {
        "start": fall.start, "end": fall.end, "tie": fall.tie,
        "parts": [
            {"group": one.group, "effect": one.effect, "forward": one.forward, "reverse": one.reverse, "tie": one.tie}
            for one in fall.parts
        ],
    }


# ---- the tables


def tables(found: Comparison) -> dict[str, pd.DataFrame]:
    """Tidy tables by name: ``inputs``, ``decisions``, ``waterfall``."""
    return {"inputs": _inputs_table(found), "decisions": _decisions_table(found), "waterfall": _fall_table(found)}


def _inputs_table(found: Comparison) -> pd.DataFrame:
    """One line for each side of each input; texts stand under ``text``, numbers under ``value``."""
    lines = [
        (one.group, one.address, one.kind, which, cell, value if isinstance(value, int | float) else None,
         value if isinstance(value, str) else "", one.unit)
        for one in found.inputs
        for which, cell, value in zip(("before", "after"), one.cells, (one.old, one.new), strict=True)
    ]
    frame = pd.DataFrame(lines, columns=["group", "address", "change", "case", "cell", "value", "text", "unit"])
    return frame.astype({"value": "float64"})


def _decisions_table(found: Comparison) -> pd.DataFrame:
    lines: list[tuple[Any, ...]] = []
    for one in found.decisions:
        unit = "terms" if one.sheet == "Deals" else "modules"
        lines += [(one.name, one.what, which, year, float(number), unit)
                  for which, of in (("before", one.before), ("after", one.after)) for year, number in of]
    for volume in found.volumes:
        lines += [(volume.deal, "volume", which, volume.year, amount, "t")
                  for which, amount in (("before", volume.before), ("after", volume.after))]
    frame = pd.DataFrame(lines, columns=["name", "change", "case", "year", "value", "unit"])
    return frame.astype({"year": "Int64", "value": "float64"})


def _fall_table(found: Comparison) -> pd.DataFrame:
    lines: list[tuple[Any, ...]] = []
    for fall in found.waterfalls:
        unit = _currency(found) if fall.measure == "cost" else "fraction"
        lines.append((fall.measure, "before", "level", fall.start, unit))
        for one in fall.parts:
            lines += [(fall.measure, one.group, what, value, unit) for what, value in
                      (("effect", one.effect), ("forward", one.forward), ("reverse", one.reverse))]
        lines.append((fall.measure, "after", "level", fall.end, unit))
    frame = pd.DataFrame(lines, columns=["measure", "part", "what", "value", "unit"])
    return frame.astype({"value": "float64"})


# ---- the page


def page(found: Comparison) -> Iterable[Block]:
    """The page: the answer in a sentence, inputs, decisions, waterfalls."""
    yield Heading("What changed")
    yield Paragraph(headline(found), "lead")
    yield from _inputs(found)
    yield from _decisions(found)
    yield from _waterfalls(found)


def headline(found: Comparison) -> str:
    """What changed, in a sentence or two."""
    before, after = (plan.claims for plan in (found.before, found.after))
    currency = _currency(found)
    if not found.inputs:
        return "No input differs between the two cases." + ("" if not found.decisions else _cause(found))
    moved = [
        _moved("cost", before.cost, after.cost, money(before.cost, currency), money(after.cost, currency), found),
        _moved("dependence", before.dependence, after.dependence, percent(before.dependence),
               percent(after.dependence), found),
    ]
    return f"{moved[0]}; {moved[1][:1].lower()}{moved[1][1:]}.{_cause(found)}"


def _moved(measure: str, old: float, new: float, before: str, after: str, found: Comparison) -> str:
    name = NAMES[measure]
    if before == after:
        return f"{name} stays at {before}"
    tie = any(fall.tie for fall in found.waterfalls if fall.measure == measure)
    moves = f"{name} {'falls' if new < old else 'rises'} from {before} to {after}"
    return f"{moves}, which is only a tie" if tie else moves


def _cause(found: Comparison) -> str:
    """The largest part of each difference that is no tie, and what becomes of the decisions."""
    told = []
    for fall in found.waterfalls:
        parts = [one for one in fall.parts if not one.tie]
        if parts and not fall.tie:
            most = max(parts, key=lambda one: abs(one.effect))
            told.append(f"What moves {fall.measure} most is {most.group}: {_effect(found, fall, most.effect)}.")
    told.append(_other_decisions(found))
    return f" {' '.join(told)}"


def _other_decisions(found: Comparison) -> str:
    if not found.decisions:
        return "The same deals are signed and the same plants ordered, in the same years."
    names = ", ".join(f"{one.name} ({one.what})" for one in found.decisions[:4])
    more = f" and {len(found.decisions) - 4} more" if len(found.decisions) > 4 else ""
    tie = " This is only a tie: the decisions of the first plan would do as well." if found.decisions_tie else ""
    return f"Decided differently: {names}{more}.{tie}"


def _inputs(found: Comparison) -> Iterable[Block]:
    yield Heading("Inputs", 3)
    if not found.inputs:
        yield Paragraph("No input differs.")
        return
    rows = [_input_row(some) for some in _series(found.inputs)]
    headers = ("What", "Input", "Before", "After")
    # numbers stand to the right; what is long wraps, for a table that has no room is none
    short = all(len(value) <= NUMBER for row in rows[:SHOWN] for value in row[2:])
    wide = {0: 1.0, 1: 2.0} if short else {0: 1.0, 1: 2.0, 2: 1.0, 3: 1.0}
    yield Table(headers, rows[:SHOWN], right=frozenset({2, 3} if short else ()), wide=wide)
    if len(rows) > SHOWN:
        yield Paragraph(f"{len(rows) - SHOWN} more stand in the table of inputs.", "note")


def _series(inputs: Sequence[InputChange]) -> list[list[InputChange]]:
    """The inputs, those of one series together."""
    together: dict[tuple[str, str], list[InputChange]] = {}
    for one in inputs:
        together.setdefault((one.address.rpartition(".")[0] if _year(one) else one.address, one.unit), []).append(one)
    return list(together.values())


def _year(one: InputChange) -> str:
    last = one.address.rpartition(".")[2]
    return last if one.kind == "changed" and len(last) == 4 and last.isdigit() else ""


def _input_row(some: list[InputChange]) -> tuple[str, ...]:
    first, last = some[0], some[-1]
    cell = first.cells[1] or first.cells[0]
    at = f" ({cell})" if cell else ""
    if first.kind != "changed":
        old, new = ("", "row added") if first.kind == "added" else ("row removed", "")
        return first.group, f"{first.address}{at}", old, new
    if len(some) == 1:
        return first.group, f"{first.address}{at}", _value(first.old, first.unit), _value(first.new, first.unit)
    old, new = (f"{_value(one)} ... {_value(other, first.unit)}"
                for one, other in ((first.old, last.old), (first.new, last.new)))
    return first.group, f"{first.address.rpartition('.')[0]}, {_year(first)} ... {_year(last)}{at}", old, new


def _value(value: Value, unit: str = "") -> str:
    """A number with its unit, or a text."""
    if value is None or isinstance(value, str):
        return value or "blank"
    return f"{number_text(value)} {unit}".rstrip()


def _decisions(found: Comparison) -> Iterable[Block]:
    yield Heading("Decisions", 3)
    if found.decisions:
        rows = [(one.name, one.what, _when(one, one.before), _when(one, one.after)) for one in found.decisions]
        yield Table(("Deal or plant", "Change", "Before", "After"), rows, wide={0: 1.0})
        yield Paragraph(_keeping(found), "note")
    else:
        yield Paragraph("The same deals are signed and the same plants ordered, in the same years.")
    if found.volumes:
        yield Heading("Volumes of deals in both plans, t a year", 3)
        volumes = [(one.deal, str(one.year), bare(one.before), bare(one.after)) for one in found.volumes]
        yield Table(("Deal", "Year", "Before", "After"), volumes[:SHOWN], right=frozenset({1, 2, 3}))
        if len(volumes) > SHOWN:
            yield Paragraph(f"{len(volumes) - SHOWN} more stand in the table of decisions.", "note")


def _when(one: DecisionChange, of: Sequence[tuple[int, int]]) -> str:
    if not of:
        return "-"
    if one.sheet == "Deals":
        return "; ".join(f"{year}" + (f", {terms} terms" if terms > 1 else "") for year, terms in of)
    return "; ".join(f"{year}: {modules} module{'' if modules == 1 else 's'}" for year, modules in of)


def _keeping(found: Comparison) -> str:
    """What it would cost to decide in the second case as in the first."""
    if found.kept is None:
        return "Whether the decisions of the first plan would do as well was not found out in the time."
    if found.keeping is None:
        return ("With the decisions of the first plan the second case has no plan that depends as little as the one "
                "shown.")
    more = money_difference(found.keeping, _currency(found))
    told = ("The second case with the decisions of the first plan and as little dependence costs "
            f"{'no more' if more == 'none' else f'{more[1:]} more'} than the plan shown")
    return f"{told}: less than {100 * found.tau:g} % is a tie." if found.decisions_tie else f"{told}."


def _waterfalls(found: Comparison) -> Iterable[Block]:
    if not found.waterfalls:
        reason = "it was stopped" if found.ended == "interrupted" else "the time ran out"
        yield Paragraph(f"What each group of inputs does was not found out: {reason}.", "warning")
        return
    for fall in found.waterfalls:
        yield Heading(f"{NAMES[fall.measure]}: what each group of inputs does", 3)
        if fall.parts:
            yield Image(f"compare-{fall.measure}", waterfall_title(found, fall), waterfall_alt(found, fall))
        yield _fall_rows(found, fall)
        if fall.tie:
            limit = "of cost" if fall.measure == "cost" else "of demand"
            yield Paragraph(f"The whole difference is only a tie: less than {100 * found.tau:g} % {limit}.", "note")
    yield Paragraph(_method(found), "note")
    if found.status == "stopped":
        yield Paragraph("Not every search was finished in the time: the effects are those of the best plans found.",
                        "warning")
    yield from (Paragraph(note, "note") for note in found.notes)


def _fall_rows(found: Comparison, fall: Waterfall) -> Table:
    rows: list[tuple[str, ...]] = [("Before", _level(found, fall, fall.start), "", "", "")]
    for one in fall.parts:
        effect, ahead, back = (_effect(found, fall, value) for value in (one.effect, one.forward, one.reverse))
        rows.append((one.group, effect, ahead, back, "tie" if one.tie and effect != "none" else ""))
    rows.append(("After", _level(found, fall, fall.end), "", "", "tie" if fall.tie else ""))
    headers = ("Changed", "Effect", "First to last", "Last to first", "")
    return Table(headers, rows, right=frozenset({1, 2, 3}), strong=frozenset({0, len(rows) - 1}), wide={0: 2.0})


def _level(found: Comparison, fall: Waterfall, value: float) -> str:
    return money(value, _currency(found)) if fall.measure == "cost" else percent(value)


def _effect(found: Comparison, fall: Waterfall, value: float) -> str:
    return money_difference(value, _currency(found)) if fall.measure == "cost" else points(value)


def _method(found: Comparison) -> str:
    """How the parts were made."""
    told = ("An effect is the mean of two orders, in which the groups are changed first to last and last to first; "
            "the effects add up to the whole difference. Cost: the least with no more dependence than the plan. "
            "Dependence: the least for no more money than the plan, or that of the cheapest plan where cost comes "
            "first or the money is too little. 'Allowed' is the step from the level of the first plan to that of the "
            "second. A tie is smaller than what the searches leave open.")
    if found.price is None:
        return told
    price = money(found.price, _currency(found))
    return f"{told} A case between the two that cannot meet its level is counted at {price} a point of dependence."


# ---- the pictures


def pictures(found: Comparison) -> tuple[Picture, ...]:
    """The waterfalls of cost and of dependence, where there are any; equal comparisons give equal bytes."""
    return tuple(drawn(found, fall) for fall in found.waterfalls if fall.parts)


def _currency(found: Comparison) -> str:
    return found.before.case.settings.currency
