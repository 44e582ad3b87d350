"""Balances of every place, material, year and class (MODEL.md 4.5), and where material may be relabelled."""

from __future__ import annotations

from collections import defaultdict

from optimizer.solve.check.book import Book

Key = tuple[str, str, int, str]


def check(book: Book) -> None:
    """What comes is what goes."""
    terms: dict[Key, list[float]] = defaultdict(list)
    _bought(book, terms)
    _runs(book, terms)
    _moves(book, terms)
    _stocks(book, terms)
    for (place, material, t, cls), of in terms.items():
        book.equal(f"balance of {cls} '{material}' at '{place}' in {t}", sum(of), 0.0, of)
    allowed = {
        (book.plants[k].place, m) for k, r in book.runs if len(book.inputs[r]) >= 2 for m in book.inputs[r]
    }
    for place, material, t in book.amounts.relabel:
        if (place, material) not in allowed:
            book.complaints.append(f"'{material}' may not be relabelled at '{place}' (in {t})")


def _bought(book: Book, terms: dict[Key, list[float]]) -> None:
    for (name, t), tonnes in book.amounts.buy.items():
        row = book.supplies[name]
        exposed = book.exposed(row, t)
        for cls, share in (("clear", 1 - exposed), ("exposed", exposed)):
            if share:
                terms[row.place, row.material, t, cls].append(share * tonnes)


def _runs(book: Book, terms: dict[Key, list[float]]) -> None:
    for (k, r, t, cls), tonnes in book.amounts.run.items():
        plant = book.plants[k]
        if cls == "exposed" and not book.inputs[r] and tonnes > 1e-6:
            book.complaints.append(f"'{k}' runs '{r}' exposed in {t} though it has no inputs")
        exposed = 1.0 if cls == "exposed" else book.exposed(plant, t)
        for material, amount in book.inputs[r].items():
            terms[plant.place, material, t, cls].append(-amount * tonnes)
        made = {book.output[r]: 1 - plant.partner_keeps}
        for material, amount in [*made.items(), *book.beside[r].items()]:
            for to, share in (("clear", 1 - exposed), ("exposed", exposed)):
                if share:
                    terms[plant.place, material, t, to].append(share * amount * tonnes)


def _moves(book: Book, terms: dict[Key, list[float]]) -> None:
    a = book.amounts
    for (name, t, cls), tonnes in a.ship.items():
        lane = book.lanes[name]
        terms[lane.origin, lane.material, t, cls].append(-tonnes)
        terms[lane.destination, lane.material, t, cls].append((1 - lane.loss) * tonnes)
    for (q, t, cls), tonnes in a.serve.items():
        terms[book.demands[q].place, book.demands[q].material, t, cls].append(-tonnes)
    for family in (a.sell, a.discard):
        for (place, material, t, cls), tonnes in family.items():
            terms[place, material, t, cls].append(-tonnes)
    for (place, material, t), tonnes in a.relabel.items():
        terms[place, material, t, "clear"].append(-tonnes)
        terms[place, material, t, "exposed"].append(tonnes)


def _stocks(book: Book, terms: dict[Key, list[float]]) -> None:
    for name, row in book.stocks.items():
        for cls, opening in (("clear", row.opening_clear), ("exposed", row.opening_exposed)):
            before = opening
            for t in book.years:
                after = book.amounts.stock.get((name, t, cls), 0.0)
                terms[row.place, row.material, t, cls] += [before, -after]
                before = after
