"""From the solver's numbers to a plan's amounts and claims."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from optimizer.model.blocks.dependence import COST
from optimizer.model.building import Linear
from optimizer.model.compiled import Compiled, Floats
from optimizer.model.data import Data
from optimizer.solve.amounts import Amounts, Claims
from optimizer.solve.plan import LimitLevel

DERIVED = ("cash_of_equal", "charged_of_equal", "cost_equal", "dependent_tonnes_equal", "mean_dependence_equal",
           "criterion_equal")
"""Blocks of rows that only define a column: cash, charges, goals, tonnes dependent; in the order to compute them."""

DEFINED = {"cash", "charged", "goal", "dependent"}
COUNTED = ("sign", "order", "modules")
FAMILY = {"orders": "order"}
MERGED: dict[str, str] = {"grants": "incentives", "grants paid": "incentives paid"}
DUST = 1e-7
"""Amounts below this, in t, are the solver's tolerance and not a decision."""

SWEPT = 1e-6
"""Part of the largest amount of a family of decisions below which one is no decision, where the plan stands without."""

DIGITS = 10
"""Digits of the largest amount of a family to which its amounts are rounded."""


def settle(compiled: Compiled, values: Floats, *, swept: float | None = None) -> Floats:
    """The same solution with its defined columns recomputed from the decisions, free of the solver's tolerance.

    Args:
        compiled: the arrays.
        values: value of every column.
        swept: part of the largest amount of its family below which a decision is 0; None sweeps off and rounds no
            more than the solver's own tolerance.
    """
    exact = values.copy()
    exact[compiled.integer] = np.round(exact[compiled.integer])
    exact[np.abs(exact) < DUST] = 0.0
    if swept is not None:
        _sweep(compiled, exact, swept)
    entries: dict[int, list[tuple[int, float]]] = defaultdict(list)
    derived = np.array([block in DERIVED for block, _ in compiled.rows], dtype=bool)
    wanted, at = np.flatnonzero(derived).tolist(), np.flatnonzero(derived[compiled.indices])
    columns = np.repeat(np.arange(len(compiled.columns)), np.diff(compiled.starts))
    parts = (compiled.indices[at].tolist(), columns[at].tolist(), compiled.values[at].tolist())
    for row, column, coefficient in zip(*parts, strict=True):
        entries[row].append((column, coefficient))
    order = {block: i for i, block in enumerate(DERIVED)}
    for row in sorted(wanted, key=lambda i: (order[compiled.rows[i][0]], i)):
        _define(compiled, exact, row, entries[row])
    return exact


def _sweep(compiled: Compiled, exact: Floats, part: float) -> None:
    """Rounds the decisions of each family, in place, and drops those that are nothing beside its largest."""
    decided = set(Amounts.families()) - set(COUNTED)
    families: dict[str, list[int]] = defaultdict(list)
    for j, (family, _) in enumerate(compiled.columns):
        if family in decided and not compiled.integer[j]:
            families[family].append(j)
    for columns in families.values():
        amounts = exact[columns]
        largest = float(np.abs(amounts).max())
        if largest > 0:
            amounts = np.round(amounts, DIGITS - 1 - math.floor(math.log10(largest)))
            exact[columns] = np.where(np.abs(amounts) < part * largest, 0.0, amounts)


def _define(compiled: Compiled, exact: Floats, row: int, entries: list[tuple[int, float]]) -> None:
    index = compiled.rows[row][1]
    family = {"cash_of_equal": "cash", "charged_of_equal": "charged", "dependent_tonnes_equal": "dependent"}
    own = (family.get(compiled.rows[row][0], "goal"), index)
    rest, coefficient = 0.0, 0.0
    for column, value in entries:
        if compiled.columns[column] == own:
            coefficient = value
        else:
            rest += value * exact[column]
    # 0.0 is added so that nothing costs -0
    exact[compiled.column_numbers[own]] = (compiled.row_upper[row] - rest) / coefficient + 0.0


def amounts_of(compiled: Compiled, values: Floats) -> Amounts:
    """The decisions that are not zero."""
    found: dict[str, dict[Any, Any]] = {family: {} for family in Amounts.families()}
    names = {FAMILY.get(family, family): family for family in Amounts.families()}
    money = {name for name, row in compiled.limits.items() if row.unit != 1.0}
    for (family, index), value in zip(compiled.columns, values, strict=True):
        if family not in names or value == 0.0:
            continue
        amount: float = round(value) if family in COUNTED else float(value)
        if family == "grant" or (family == "broken" and index in money):
            amount *= compiled.money
        found[names[family]][index] = amount
    return Amounts(**found)


def claims_of(compiled: Compiled, values: Floats) -> Claims:
    """Dependence, cost and cash of a solution whose defined columns are settled."""
    data = compiled.data
    dependent = {t: 0.0 for t in data.years if data.demand[t] > 0}
    cash: dict[tuple[str, str, str, int], float] = defaultdict(float)
    charged: dict[tuple[str, str, str], float] = defaultdict(float)
    goals: dict[str, float] = {}
    for (family, index), value in zip(compiled.columns, values, strict=True):
        if family == "dependent":
            dependent[index[0]] = float(value)
        elif family == "cash":
            item, heading, payer, year = index
            cash[_told(item), heading, payer, year] += float(value) * compiled.money
        elif family == "charged":
            item, heading, payer = index
            charged[_told(item), heading, payer] += float(value) * compiled.money
        elif family == "goal":
            goals[index[0]] = float(value)
    known = {row.criterion for row in compiled.case.criteria}
    return Claims(
        dependence=least_delta(data, dependent),
        mean_dependence=mean_dependence(data, dependent),
        cost=goals.get(COST, 0.0) * compiled.money,
        dependent=dependent,
        cash=dict(cash),
        charged=dict(charged),
        criteria={name: goals.get(name, 0.0) for name in known},
    )


def _told(item: str) -> str:
    return MERGED.get(item, item)


def least_delta(data: Data, dependent: dict[int, float]) -> float:
    """The least delta with ``dep[t] <= 1 - (1 - delta) glide[t]`` in every year with demand, at least 0."""
    needed = (
        1 - (1 - tonnes / data.demand[t]) / data.glide[t] for t, tonnes in dependent.items() if data.glide[t] > 0
    )
    return max(0.0, *needed, 0.0)


def mean_dependence(data: Data, dependent: dict[int, float]) -> float:
    """Weighted mean of the yearly dependences; 0 where no year counts."""
    weights = {t: data.year_weights[t] for t in dependent}
    total = sum(weights.values())
    return sum(weights[t] * dependent[t] / data.demand[t] for t in dependent) / total if total else 0.0


def evaluate(compiled: Compiled, values: Floats) -> Callable[[Linear], float]:
    """A function that gives the value of a sum of variables at a solution."""
    numbers = compiled.column_numbers

    def of(total: Linear) -> float:
        known = (
            coefficient * float(values[numbers[family, index]])
            for family, terms in total.terms.items()
            for index, coefficient in terms.items()
            if (family, index) in numbers
        )
        return total.constant + sum(known)

    return of


def limit_levels(compiled: Compiled, values: Floats) -> dict[tuple[str, int], LimitLevel]:
    """Where a solution stands against each of the planner's limits."""
    of = evaluate(compiled, values)
    return {
        key: LimitLevel(
            of(row.level) * row.unit, of(row.against) * row.unit, row.sense,
            of(Linear({"broken": {key: 1.0}})) * row.unit,
        )
        for key, row in compiled.limits.items()
    }
