"""The same problems solved from their own formulation, by scipy or by trying everything: nothing of ours is used here.

Each function takes the numbers that an instance was drawn with, not what a converter made of its file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

Pairs = list[tuple[float, float]]


def _least(cost: ArrayLike, rows: Sequence[tuple[Any, float, float]], whole: ArrayLike, upper: ArrayLike) -> float:
    """The least of a MILP whose rows are each coefficients and two sides."""
    matrix, low, high = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    found = milp(cost, constraints=LinearConstraint(matrix, low, high), integrality=whole, bounds=Bounds(0.0, upper),
                 options={"mip_rel_gap": 0.0})
    assert found.success, found.message
    return float(found.fun)


def location(fixed: Sequence[float], costs: Any, demands: Sequence[float], capacities: Sequence[float] | None) -> float:
    """Facility location: open sites, shares of customers; ``costs[customer][site]`` for the whole demand."""
    m, n = len(fixed), len(demands)
    objective = np.concatenate([np.asarray(fixed, float), np.asarray(costs, float).ravel()])
    rows: list[tuple[Any, float, float]] = []
    for j in range(n):
        row = np.zeros(m + n * m)
        row[m + j * m: m + (j + 1) * m] = 1.0
        rows.append((row, 1.0, 1.0))
    for i in range(m):
        if capacities is not None:
            row = np.zeros(m + n * m)
            row[i], row[m + i:: m] = -capacities[i], demands
            rows.append((row, -np.inf, 0.0))
        for j in range(n):
            row = np.zeros(m + n * m)
            row[i], row[m + j * m + i] = -1.0, 1.0
            rows.append((row, -np.inf, 0.0))
    whole = np.concatenate([np.ones(m), np.zeros(n * m)])
    return _least(objective, rows, whole, np.ones(m + n * m))


def median(count: int, edges: Iterable[tuple[int, int, float]], most: int) -> float:
    """p-median by trying every choice of nodes, on paths found by Bellman and Ford; nodes count from 0."""
    length = {(min(a, b), max(a, b)): far for a, b, far in edges}
    far = np.full((count, count), np.inf)
    np.fill_diagonal(far, 0.0)
    for _ in range(count):
        for (a, b), step in length.items():
            far[:, a], far[:, b] = np.minimum(far[:, a], far[:, b] + step), np.minimum(far[:, b], far[:, a] + step)
    return min(float(far[list(chosen)].min(axis=0).sum()) for chosen in combinations(range(count), most))


def transport(supplies: Sequence[float], demands: Sequence[float], costs: Any) -> float:
    """The transport problem as a linear program."""
    m, n = len(supplies), len(demands)
    out, into = np.kron(np.eye(m), np.ones(n)), np.kron(np.ones(m), np.eye(n))
    found = linprog(np.asarray(costs, float).ravel(), A_ub=out, b_ub=supplies, A_eq=into, b_eq=demands)
    assert found.success
    return float(found.fun)


def lots(demand: Sequence[float], setup: Sequence[float], holding: Sequence[float], unit: Sequence[float]) -> float:
    """Wagner and Whitin's recursion: a lot of period s covers the periods up to t."""
    best = [0.0]
    for t in range(1, len(demand) + 1):
        best.append(min(
            best[s] + setup[s] + sum(
                demand[k] * (unit[s] + sum(holding[s:k])) for k in range(s, t)
            )
            for s in range(t)
        ))
    return best[-1]


def chain(data: Any) -> float:
    """MEXSS's linear program: what is run and shipped, bought and sold; balances of each good at each plant."""
    columns: dict[tuple[str, ...], tuple[float, float]] = {}
    rows: dict[tuple[str, ...], dict[tuple[str, ...], float]] = {}
    least: dict[tuple[str, ...], float] = {}

    def put(row: tuple[str, ...], column: tuple[str, ...], amount: float) -> None:
        rows.setdefault(row, {})[column] = rows.get(row, {}).get(column, 0.0) + amount

    for process, parts in data["io"].items():
        unit = data["unit_of_process"][process]
        for site, capacity in data["capacity"][unit].items():
            run = ("run", process, site)
            columns[run] = (data.get("process_cost", {}).get(process, 0.0), np.inf)
            put(("capacity", unit, site), run, -1.0)
            least["capacity", unit, site] = -capacity
            for good, amount in parts.items():
                put(("good", good, site), run, amount)
    for site, (good, price) in product(data["plants"], data["price_domestic"].items()):
        columns["buy", good, site] = (price, np.inf)
        put(("good", good, site), ("buy", good, site), 1.0)
    for market, needs in data["demand"].items():
        for good, amount in needs.items():
            least["need", good, market] = amount
            for site in data["plants"]:
                ship = ("ship", good, site, market)
                columns[ship] = (data["freight"].get(site, {}).get(market, 0.0), np.inf)
                put(("good", good, site), ship, -1.0)
                put(("need", good, market), ship, 1.0)
            if good in data.get("price_import", {}):
                bought = ("import", good, market)
                columns[bought] = (
                    data["price_import"][good] + data["freight"].get("import", {}).get(market, 0.0), np.inf
                )
                put(("need", good, market), bought, 1.0)
    for good, price in data.get("price_export", {}).items():
        least["export", good] = -data["export_bound"]
        for site in data["plants"]:
            sold = ("sell", good, site)
            columns[sold] = (data["freight"].get(site, {}).get("export", 0.0) - price, np.inf)
            put(("good", good, site), sold, -1.0)
            put(("export", good), sold, -1.0)
    place = {column: j for j, column in enumerate(columns)}
    matrix = np.zeros((len(rows), len(place)))
    for i, row in enumerate(rows.values()):
        for column, amount in row.items():
            matrix[i, place[column]] = amount
    found = linprog([cost for cost, _ in columns.values()], A_ub=-matrix,
                    b_ub=[-least.get(row, 0.0) for row in rows])
    assert found.success, found.message
    return float(found.fun)


def knapsack(first: Sequence[int], second: Sequence[int], weights: Sequence[int], capacity: int) -> Pairs:
    """The greatest pairs of profit, by trying every choice of items."""
    taken = np.array(list(product((0, 1), repeat=len(weights))))
    fits = taken[taken @ np.array(weights) <= capacity]
    return _undominated((-a, -b) for a, b in zip(fits @ np.array(first), fits @ np.array(second), strict=True))


def assignment(first: Any, second: Any) -> Pairs:
    """The least pairs of cost, by trying every assignment; as profits below 0."""
    n = len(first)
    return _undominated(
        (sum(first[i][j] for i, j in enumerate(to)), sum(second[i][j] for i, j in enumerate(to)))
        for to in permutations(range(n))
    )


def covering(first: Sequence[float], second: Sequence[float], rows: Sequence[Sequence[int]]) -> Pairs:
    """The least pairs of cost, by trying every choice of columns, which count from 1."""
    n = len(first)
    return _undominated(
        (sum(first[j] for j in range(n) if taken[j]), sum(second[j] for j in range(n) if taken[j]))
        for taken in product((0, 1), repeat=n) if all(any(taken[j - 1] for j in row) for row in rows)
    )


def _undominated(pairs: Iterable[tuple[float, float]]) -> Pairs:
    """The pairs of which no other is as low in both, sorted."""
    found: Pairs = []
    for a, b in sorted(set(pairs)):
        if not found or b < found[-1][1]:
            found.append((float(a), float(b)))
    return found
