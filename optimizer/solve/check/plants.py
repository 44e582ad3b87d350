"""Capacity, and the limits of supply, lanes and markets (MODEL.md 4.3, 4.5)."""

from __future__ import annotations

from functools import partial

from optimizer.solve.check.book import CLASSES, Book


def check(book: Book) -> None:
    """What is made, bought, shipped and sold stays inside what can be."""
    for plant, of in book.plants.items():
        recipes = [r for k, r in book.runs if k == plant]
        for t in book.years:
            for delay in sorted({0.0, *(book.runs[plant, r].qualification_delay for r in recipes)}):
                what = f"capacity of '{plant}' in {t}" + (f", qualified for {delay:g} years" if delay else "")
                used = _used(book, plant, t, delay)
                taken = partial(_taken, plant=plant, year=t, delay=delay)
                book.at_most(what, sum(used), book.room(of, t, book.capacity(plant, t, delay), taken), used)
    for name, supply in book.supplies.items():
        bought = [book.flow("Supply", name, t) for t in book.years]
        for t, tonnes in zip(book.years, bought, strict=True):
            if supply.limit is not None and tonnes > 0:
                room = book.room(supply, t, supply.limit.at(t), partial(Book.flow, sheet="Supply", name=name, year=t))
                book.at_most(f"limit of Supply[{name}] in {t}", tonnes, room, [])
        if supply.total is not None:
            book.at_most(f"total of Supply[{name}]", sum(bought), supply.total, bought)
    for name, lane in book.lanes.items():
        for t in book.years:
            flow = book.flow("Lanes", name, t)
            if lane.limit is not None and flow > 0:
                room = book.room(lane, t, lane.limit.at(t), partial(Book.flow, sheet="Lanes", name=name, year=t))
                book.at_most(f"limit of Lanes[{name}] in {t}", flow, room, [])
            if flow > 1e-6 and not (lane.from_year or t) <= t <= (lane.to_year or t):
                book.complaints.append(f"Lanes[{name}] carries {flow:,.3f} t in {t}, when it is closed")
    _sales(book)


def _used(book: Book, plant: str, year: int, delay: float) -> list[float]:
    """Capacity that the runs of a plant take up, of recipes with a qualification delay or a longer one."""
    return [
        book.runs[plant, r].capacity_used * book.amounts.run.get((plant, r, year, c), 0.0)
        for k, r in book.runs if k == plant and book.runs[plant, r].qualification_delay >= delay for c in CLASSES
    ]


def _taken(book: Book, plant: str, year: int, delay: float) -> float:
    return sum(_used(book, plant, year, delay))


def _sales(book: Book) -> None:
    for (place, material, t, _), tonnes in book.amounts.sell.items():
        row = book.materials[material]
        if tonnes > 1e-6 and (row.market is None or place not in (row.sold_at or book.home)):
            book.complaints.append(f"'{place}' may not sell '{material}' (in {t})")
    for name, row in book.materials.items():
        for t in book.years:
            sold = [v for (_, m, y, _), v in book.amounts.sell.items() if m == name and y == t]
            if row.market is None or not sold:
                continue
            book.at_most(f"market of '{name}' in {t}", sum(sold), row.market.at(t), sold)
    beside = {m for of in book.beside.values() for m in of}
    for (_, material, t, _), tonnes in book.amounts.discard.items():
        if tonnes > 1e-6 and book.materials[material].discarding is None and material not in beside:
            book.complaints.append(f"'{material}' may not be discarded (in {t})")
