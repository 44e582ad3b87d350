"""What deals open, and their bands (MODEL.md 4.2)."""

from __future__ import annotations

from functools import partial

from optimizer.case.schema import Deal, Groups, matches
from optimizer.solve.check.book import Book, times

Thing = tuple[str, str]


def openings(book: Book) -> dict[Thing, Groups]:
    """Lane, supply or plant -> groups of deals that open it, those switched off dropped."""
    named: dict[Thing, Groups] = {("Lanes", x.name): x.deals for x in book.case.lanes}
    named.update({("Supply", s.name): s.deals for s in book.case.supplies})
    named.update({("Plants", k.name): k.deals_to_run for k in book.case.plants})
    return {
        thing: tuple(tuple(d for d in group if d in book.deals) for group in groups)
        for thing, groups in named.items()
        if groups
    }


def metered(book: Book, deal: Deal) -> list[Thing]:
    """What the volume of a deal is measured on."""
    opened = [thing for thing, groups in openings(book).items() if any(deal.name in group for group in groups)]
    if deal.meter is None:
        return opened
    kind, _, some = deal.meter.partition(":")
    sheet = {"lanes": "Lanes", "plants": "Plants", "supply": "Supply"}[kind.strip().lower()]
    patterns = [p.strip() for p in some.split("|") if p.strip()] or ["*"]
    return [
        thing for thing in opened
        if thing[0] == sheet and any(matches(m, p) for m in carried(book, thing) for p in patterns)
    ]


def carried(book: Book, thing: Thing) -> set[str]:
    """Materials of a lane or supply, main outputs of a plant."""
    sheet, name = thing
    if sheet == "Lanes":
        return {book.lanes[name].material}
    if sheet == "Supply":
        return {book.supplies[name].material}
    return {book.output[recipe] for plant, recipe in book.runs if plant == name}


def check(book: Book) -> None:
    """Flows of what is opened go through deals in force; volumes keep to their bands."""
    opened = openings(book)
    for (deal, sheet, name, t), tonnes in book.amounts.alloc.items():
        if not any(deal in group for group in opened.get((sheet, name), ())):
            book.complaints.append(f"'{deal}' does not open {sheet}[{name}]")
        if tonnes > 1e-6 and book.active(deal, t) <= 0:
            book.complaints.append(f"{tonnes:,.3f} t go through {sheet}[{name}] in {t} while '{deal}' is not in force")
    for (sheet, name), groups in opened.items():
        for t in book.years:
            flow = book.flow(sheet, name, t)
            for group in groups:
                parts = [book.amounts.alloc.get((d, sheet, name, t), 0.0) for d in group]
                book.equal(f"{sheet}[{name}] in {t}, what its deals let through", sum(parts), flow, parts)
            row = book.lanes.get(name) if sheet == "Lanes" else book.supplies.get(name) if sheet == "Supply" else None
            if row is not None and row.limit is not None:
                for deal in {d for group in groups for d in group}:
                    part = times(row.limit, t, book.active(deal, t))
                    through = partial(_through, key=(deal, sheet, name, t))
                    room = book.room(row, t, part, through)
                    book.at_most(f"{sheet}[{name}] in {t} under '{deal}'", through(book), room, [])
    for row_of in book.deals.values():
        for t in book.years:
            _band(book, row_of, t)
    for missing, t in book.amounts.missed:
        if book.deals[missing].missed_charge is None:
            book.complaints.append(f"'{missing}' misses take in {t} without a charge for it")


def _through(book: Book, key: tuple[str, str, str, int]) -> float:
    """What flows under a deal through a lane, plant or supply in a year."""
    return book.amounts.alloc.get(key, 0.0)


def _band(book: Book, deal: Deal, t: int) -> None:
    active, taken = book.active(deal.name, t), book.volume(deal.name, t)
    missed = book.amounts.missed.get((deal.name, t), 0.0)
    if deal.least is not None:
        least = times(deal.least, t, active)
        # A deal that opens nothing has no volume, and so nothing that it must take.
        if book.meters[deal.name]:
            book.at_least(f"least take of '{deal.name}' in {t}", taken + missed, least, [taken, missed])
        book.at_most(f"missed take of '{deal.name}' in {t}", missed, least, [least])
    elif missed:
        book.complaints.append(f"'{deal.name}' misses take in {t} without a least take")
    if deal.most is not None:
        room = book.room(deal, t, times(deal.most, t, active), partial(Book.volume, deal=deal.name, year=t))
        book.at_most(f"most of '{deal.name}' in {t}", taken, room, [taken])
