"""Incentives (MODEL.md 4.9): what is paid for was made, left the place, and stays under the caps."""

from __future__ import annotations

import math
from collections import defaultdict

from optimizer.case.schema import Incentive, matches
from optimizer.solve.check.book import CLASSES, Book, times


def check(book: Book) -> None:
    """Each incentive for itself."""
    for row in book.case.incentives:
        _outputs(book, row)
        _grants(book, row)
        _caps(book, row)


def _plants(book: Book, row: Incentive) -> list[str]:
    return [k for k in book.plants if any(matches(k, p) for p in row.plants)]


def _outputs(book: Book, row: Incentive) -> None:
    paid = {key[1:]: v for key, v in book.amounts.paid_output.items() if key[0] == row.name}
    plants, by_plant = _plants(book, row), defaultdict[tuple[str, int], float](float)
    for (k, a, t), tonnes in paid.items():
        by_plant[k, t] += tonnes
        if k not in plants or row.per_tonne is None:
            book.complaints.append(f"incentive '{row.name}' pays for output of '{k}' in {t}, which it may not")
            continue
        use = min((run.capacity_used for key, run in book.runs.items() if key[0] == k), default=math.inf)
        most = sum(
            (book.plants[k].module or 0.0) * n
            * book.operating(k, s, e, t, first=row.first_operating_year, last=row.last_operating_year) / use
            for year, n, s, e, _ in book.orders[k] if year == a
        )
        book.at_most(f"incentive '{row.name}' on the order of '{k}' of {a} in {t}", tonnes, most, [])
    for (k, t), tonnes in by_plant.items():
        book.at_most(f"incentive '{row.name}' on '{k}' in {t}", tonnes, book.made.get((k, t), 0.0), [])
    _places(book, row, by_plant)


def _places(book: Book, row: Incentive, by_plant: dict[tuple[str, int], float]) -> None:
    groups: dict[tuple[str, frozenset[str], int], float] = defaultdict(float)
    for (k, t), tonnes in by_plant.items():
        outputs = frozenset(book.output[r] for plant, r in book.runs if plant == k)
        groups[book.plants[k].place, outputs, t] += tonnes
    a = book.amounts
    for (place, outputs, t), tonnes in groups.items():
        made = sum(
            v for (k, r, y, _), v in a.run.items()
            if y == t and book.plants[k].place == place and book.output[r] in outputs
        )
        stocked, discarded = 0.0, 0.0
        for name, stock in book.stocks.items():
            if stock.place == place and stock.material in outputs:
                for c, opening in zip(CLASSES, (stock.opening_clear, stock.opening_exposed), strict=True):
                    before = opening if t == book.first else a.stock.get((name, t - 1, c), 0.0)
                    stocked += a.stock.get((name, t, c), 0.0) - before
        for m in outputs:
            discarded += sum(a.discard.get((place, m, t, c), 0.0) for c in CLASSES)
        what = f"incentive '{row.name}' at '{place}' in {t}"
        book.at_most(what, tonnes, made - stocked - discarded, [made, stocked, discarded])


def _grants(book: Book, row: Incentive) -> None:
    for (g, k, a), money in book.amounts.grant.items():
        if g == row.name:
            modules = book.amounts.modules.get((k, a), 0) if k in _plants(book, row) else 0
            most = times(row.per_capacity, a, (book.plants[k].module or 0.0) * modules)
            book.at_most(f"grant of '{row.name}' to '{k}' in {a}", money, most, [], book.currency)


def _caps(book: Book, row: Incentive) -> None:
    yearly: dict[int, float] = defaultdict(float)
    orders: dict[tuple[str, int], float] = defaultdict(float)
    for (g, k, a, t), tonnes in book.amounts.paid_output.items():
        if g == row.name:
            yearly[t] += times(row.per_tonne, t, tonnes)
            orders[k, a] += times(row.per_tonne, t, tonnes)
    for (g, k, a), money in book.amounts.grant.items():
        if g == row.name:
            yearly[a] += money
            orders[k, a] += money
    for t, money in yearly.items():
        if row.cap_a_year is not None:
            book.at_most(f"cap a year of '{row.name}' in {t}", money, row.cap_a_year, [], book.currency)
    for (k, a), money in orders.items():
        if row.cap_per_order is not None:
            number = book.amounts.orders.get((k, a), 0) if a >= book.first else 1
            book.at_most(f"cap of '{row.name}' on '{k}' of {a}", money, row.cap_per_order * number, [], book.currency)
    if row.cap_total is not None:
        book.at_most(f"total cap of '{row.name}'", sum(yearly.values()), row.cap_total, [], book.currency)
