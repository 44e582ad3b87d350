"""Demand, stocks and dependence (MODEL.md 4.6, 4.10, 5)."""

from __future__ import annotations

import math

from optimizer.case.schema import Stock
from optimizer.solve.check.book import CLASSES, SHARE, Book, value


def check(book: Book) -> None:
    """What is needed is served or short; stocks hold what they must; dependence is what is claimed."""
    a = book.amounts
    for name, line in book.demands.items():
        for t in book.years:
            need = line.tonnes.at(t)
            served = [a.serve.get((name, t, c), 0.0) for c in CLASSES]
            short = a.short.get((name, t), 0.0)
            book.equal(f"Demand[{name}] in {t}", sum(served) + short, need, [*served, short])
            book.at_most(f"shortage of Demand[{name}] in {t}", short, (1 - value(line.floor, t, 1.0)) * need, [need])
            most = (1 - value(line.clear_share, t, 0.0)) * need
            book.at_most(f"exposed part of Demand[{name}] in {t}", served[1], most, [need])
    for row in book.case.stocks:
        _stock(book, row)
    _dependence(book)


def _stock(book: Book, row: Stock) -> None:
    a, name = book.amounts, row.name
    for t in book.years:
        held = [a.stock.get((name, t, c), 0.0) for c in CLASSES]
        book.at_most(f"limit of Stocks[{name}] in {t}", sum(held), value(row.limit, t, math.inf), held)
        asked = value(row.reserve, t, 0.0)
        if asked > 0:
            clear = row.reserve_class == "clear"
            if row.reserve_unit == "days":
                asked *= _need(book, row, min(t + 1, book.years[-1]), ("clear",) if clear else CLASSES) / 365
            book.at_least(f"reserve of Stocks[{name}] in {t}", held[0] if clear else sum(held), asked, held)
    held = [a.stock.get((name, book.years[-1], c), 0.0) for c in CLASSES]
    clear_least = row.opening_clear if row.closing_clear is None else row.closing_clear
    other = row.opening_exposed if row.closing_exposed is None else row.closing_exposed
    book.at_least(f"closing clear amount of Stocks[{name}]", held[0], clear_least, held)
    book.at_least(f"closing amount of Stocks[{name}]", sum(held), clear_least + other, held)


def _need(book: Book, row: Stock, year: int, classes: tuple[str, ...]) -> float:
    used = sum(
        book.inputs[r].get(row.material, 0.0) * v
        for (k, r, t, c), v in book.amounts.run.items()
        if t == year and c in classes and book.plants[k].place == row.place
    )
    served = sum(
        v
        for (q, t, c), v in book.amounts.serve.items()
        if t == year and c in classes
        and (book.demands[q].place, book.demands[q].material) == (row.place, row.material)
    )
    return used + served


def weights(book: Book) -> dict[str, float]:
    """Demand line -> weight in dependence."""
    return {
        name: line.weight if line.weight is not None else float(line.place in book.home)
        for name, line in book.demands.items()
    }


def _dependence(book: Book) -> None:
    a, w, settings = book.amounts, weights(book), book.case.settings
    need = {t: sum(w[n] * line.tonnes.at(t) for n, line in book.demands.items()) for t in book.years}
    dep = {}
    for t in book.years:
        parts = [w[n] * (a.serve.get((n, t, "exposed"), 0.0) + a.short.get((n, t), 0.0)) for n in book.demands]
        book.equal(f"tonnes dependent in {t}", book.claims.dependent.get(t, 0.0), sum(parts), parts)
        if need[t] > 0:
            dep[t] = sum(parts) / need[t]
    start = settings.full_from or settings.first_year
    glide = {t: settings.glide.at(t) if settings.glide is not None else float(t >= start) for t in book.years}
    delta = max([0.0, *(1 - (1 - share) / glide[t] for t, share in dep.items() if glide[t] > 0)])
    book.equal("dependence on the glide path", book.claims.dependence, delta, [], SHARE)
    weight = _year_weights(book)
    total = sum(weight[t] for t in dep)
    mean = sum(weight[t] * share for t, share in dep.items()) / total if total else 0.0
    book.equal("mean dependence", book.claims.mean_dependence, mean, [], SHARE)


def _year_weights(book: Book) -> dict[int, float]:
    given = book.case.settings.weights
    if given is not None:
        return {t: given.at(t) for t in book.years}
    starts = []
    for deal in book.case.deals:
        pre = book.span(deal, deal.signed_in, 1) if deal.signed_in is not None else None
        most = deal.signings_at_most if deal.signings_at_most is not None else (1 if deal.term is None else None)
        left = math.inf if most is None else most - (deal.signed_in is not None)
        high = book.years[-1] if deal.window_to is None else deal.window_to
        for t in book.years:
            start, end = book.span(deal, t, 1)
            clash = pre is not None and min(end, pre[1]) - max(start, pre[0]) > 1e-9
            if left >= 1 and (deal.window_from or t) <= t <= high and not clash:
                starts.append(start)
    for plant in book.case.plants:
        high = book.years[-1] if plant.window_to is None else plant.window_to
        if plant.module is not None and plant.orders_at_most > len(plant.ordered_in):
            starts += [book.life(plant, t)[0] for t in book.years if (plant.window_from or t) <= t <= high]
    first = math.floor(min(starts, default=math.inf) + 1e-9) if starts else book.end
    if first >= book.end:
        first = book.first
    return {t: float(t >= first) for t in book.years}
