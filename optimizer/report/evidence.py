"""The inputs that a plan rests on, each with its value, source and confidence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from optimizer.case.case import Case
from optimizer.case.schema import (
    Deal,
    Demand,
    Incentive,
    Lane,
    Limit,
    Material,
    Payment,
    Plant,
    RecipeLine,
    Row,
    Run,
    Series,
    Stock,
    Supply,
    column_of,
    header_of,
)
from optimizer.report.numbers import money, percent, tonnes
from optimizer.solve.plan import Plan

RANK: dict[str | None, int] = {"assumption": 0, "low": 1, None: 2, "medium": 3, "high": 4}
"""Order of confidence, the weakest first; what says nothing stands after what says that it is low."""


FACTS = re.compile(r"\s*\bFacts: (?:[A-Z]+-\d+\b,? ?)+\.?")
"""Codes of facts in a note: where a case was built from numbered facts, its notes name those behind a number."""


@dataclass(frozen=True)
class Assumption:
    """One input that a plan rests on.

    Attributes:
        address: ``Deals[Japan toll].fee``.
        cell: its cell.
        value: its value in words, over the years where it moves.
        confidence: high, medium, low, assumption, or None where nothing is said.
        sources: names of its sources in the sheet Sources, empty where nothing is said.
        note: the planner's note.
    """

    address: str
    cell: str
    value: str
    confidence: str | None
    sources: tuple[str, ...]
    note: str

    @property
    def row(self) -> str:
        """The address of its row, ``Deals[Japan toll]``."""
        return self.address.rpartition("].")[0] + "]"

    @property
    def column(self) -> str:
        """Its column, ``fee``."""
        return self.address.rpartition("].")[2]


def assumptions(plan: Plan) -> list[Assumption]:
    """Every number of the rows that the plan uses, the weakest first."""
    found = [
        Assumption(address, plan.case.cell(address), told, *_evidence(plan.case, address, row))
        for row in _used(plan)
        for address, told in _numbers(plan.case, row)
    ]
    return sorted(found, key=lambda one: RANK[one.confidence])


def _used(plan: Plan) -> list[Row]:
    """The rows that the plan signs, orders, runs, buys from, ships on, serves, is paid by or is held to."""
    amounts, case = plan.amounts, plan.case
    runs = {(k, r) for k, r, _, _ in amounts.run}
    deals = {deal for deal, _, _ in amounts.sign} | {deal for deal, _ in plan.active}
    paid = {g for g, _, _, _ in amounts.paid_output} | {g for g, _, _ in amounts.grant}
    chosen: list[tuple[type[Row], Callable[[Any], bool]]] = [
        (Deal, lambda row: row.name in deals),
        (Payment, lambda row: row.deal in deals),
        (Plant, lambda row: row.name in {k for k, _ in (*amounts.orders, *runs)}),
        (Run, lambda row: (row.plant, row.recipe) in runs),
        (RecipeLine, lambda row: row.recipe in {r for _, r in runs}),
        (Supply, lambda row: row.name in {s for s, _ in amounts.buy}),
        (Lane, lambda row: row.name in {x for x, _, _ in amounts.ship}),
        (Demand, lambda row: True),
        (Stock, lambda row: True),
        (Material, lambda row: row.name in {m for _, m, _, _ in amounts.sell}),
        (Incentive, lambda row: row.name in paid),
        (Limit, lambda row: row.name in {name for name, _ in plan.limits}),
    ]
    return [row for kind, wanted in chosen for row in case.rows(kind) if wanted(row)]


def _numbers(case: Case, row: Row) -> list[tuple[str, str]]:
    found = []
    for name, field in type(row).model_fields.items():
        value, column = getattr(row, name), column_of(field)
        if isinstance(value, bool) or column.dimension in ("none", "coordinate", "criterion"):
            continue
        if isinstance(value, float | Series) and value != field.default:
            dimension = _measure(row) if column.dimension == "by measure" else column.dimension
            address = f"{row.sheet}[{row.key}].{header_of(name, field)}"
            found.append((address, _told(case, value, dimension)))
    return found


def _measure(row: Row) -> str:
    measure = getattr(row, "measure", "")
    return {"spend": "money", "tonnes": "mass", "capacity": "mass", "share": "share", "dependence": "share"}.get(
        measure, "none"
    )


def _told(case: Case, value: float | Series, dimension: str) -> str:
    if isinstance(value, float):
        return _one(case, value, dimension)
    numbers = {year: value.at(year) for year in case.years if value.first is None or year >= value.first}
    if len(set(numbers.values())) == 1:
        return _one(case, next(iter(numbers.values())), dimension)
    first, last = min(numbers), max(numbers)
    return f"{_one(case, numbers[first], dimension)} in {first}, {_one(case, numbers[last], dimension)} in {last}"


def _one(case: Case, value: float, dimension: str) -> str:
    currency = case.settings.currency
    if dimension == "money":
        return money(value, currency)
    if dimension == "money per mass":
        return f"{currency} {value / 1000:,.4g}/kg"
    if dimension == "mass":
        return tonnes(value)
    if dimension == "share":
        return percent(value)
    units = {"time": " year" if value == 1 else " years", "mass per mass": " t/t"}
    return f"{value:,.4g}{units.get(dimension, '')}"


def _evidence(case: Case, address: str, row: Row) -> tuple[str | None, tuple[str, ...], str]:
    """Confidence, sources and note: those of the number where Evidence speaks for it, else those of its row."""
    own = [e for e in case.evidence if e.address == address or e.address.startswith(address + ".")]
    sources = tuple(dict.fromkeys(s for one in own for s in one.source)) or row.source
    rated: list[str] = [one.confidence for one in own if one.confidence is not None]
    confidence: str | None = min(rated, key=RANK.__getitem__) if rated else row.confidence
    notes = [one.note for one in own if one.note] or ([row.note] if row.note else [])
    return confidence, sources, " ".join(dict.fromkeys(notes))


def without_facts(note: str) -> str:
    """A note without its codes of facts, which mean nothing to who has not the facts at hand.

    >>> without_facts("cheapest Facts: MOD-143 VNM-001."), without_facts("Facts: MOD-143."), without_facts("plain")
    ('cheapest', '', 'plain')
    """
    return FACTS.sub(" ", note).strip()


def with_facts(note: str) -> str:
    """A note with its codes of facts as a sentence of their own.

    >>> with_facts("cheapest Facts: MOD-143."), with_facts("Cheap. Facts: MOD-143."), with_facts("plain")
    ('cheapest. Facts: MOD-143.', 'Cheap. Facts: MOD-143.', 'plain')
    """
    return re.sub(r"(?<=[^\s.;:!?])\s+(?=Facts: [A-Z]+-\d)", ". ", note)
