"""Signings, orders, the deals that orders need, and rules (MODEL.md 4.1, 4.4, 4.7)."""

from __future__ import annotations

from optimizer.case.schema import Deal, Plant, Rule, matches
from optimizer.solve.check.book import EPS, Book

Choice = tuple[str, str]
"""Sheet and name of a deal or plant."""


def check(book: Book) -> None:
    """Windows, overlaps, numbers, deals to order, rules."""
    for deal in book.deals.values():
        _signings(book, deal)
        _overlaps(book, deal)
    for plant in book.plants.values():
        _orders(book, plant)
    for rule in book.case.rules:
        _rule(book, rule)


def _window(book: Book, row: Deal | Plant) -> tuple[int, int]:
    low = book.first if row.window_from is None else row.window_from
    return low, book.end - 1 if row.window_to is None else row.window_to


def _signings(book: Book, deal: Deal) -> None:
    name, (low, high), signed = deal.name, _window(book, deal), book.signed[deal.name]
    made = [(year, terms, start) for year, terms, start, _, past in signed if not past]
    for year, terms, start in made:
        what = f"'{name}' signed in {year}"
        if not low <= year <= high:
            book.complaints.append(f"{what}: its window is {low} to {high}")
        if start >= book.end - EPS:
            book.complaints.append(f"{what}: it starts at {start:.2f}, after the end at {book.end}")
        elif deal.term is None and terms != 1:
            book.complaints.append(f"{what} for {terms} terms: a term without end has no next one")
        elif deal.term is not None and start + (terms - 1) * deal.term >= book.end - EPS:
            book.complaints.append(f"{what} for {terms} terms: the last one starts after the end at {book.end}")
    most = deal.signings_at_most if deal.signings_at_most is not None else (1 if deal.term is None else None)
    total = sum(terms for _, terms, *_ in signed)
    if made and most is not None and total > most:
        book.complaints.append(f"'{name}' is signed for {total} terms, at most {most} may be")


def _overlaps(book: Book, deal: Deal) -> None:
    signed = book.signed[deal.name]
    for i, (year, _, start, end, _) in enumerate(signed):
        for later, _, other, close, _ in signed[i + 1 :]:
            if min(end, close) - max(start, other) > EPS:
                book.complaints.append(f"'{deal.name}' signed in {year} and in {later} is in force twice at a time")


def _orders(book: Book, plant: Plant) -> None:
    name, (low, high) = plant.name, _window(book, plant)
    numbers = {t: n for (k, t), n in book.amounts.orders.items() if k == name and n}
    modules = {t: n for (k, t), n in book.amounts.modules.items() if k == name and n}
    for t in sorted({*numbers, *modules}):
        n, size, start = numbers.get(t, 0), modules.get(t, 0), book.life(plant, t)[0]
        what = f"'{name}' ordered in {t}"
        if plant.module is None:
            book.complaints.append(f"{what}: it has no modules to order")
        if not low <= t <= high:
            book.complaints.append(f"{what}: its window is {low} to {high}")
        if start >= book.end - EPS:
            book.complaints.append(f"{what}: it starts at {start:.2f}, after the end at {book.end}")
        if not plant.least_modules * n <= size <= plant.most_modules * n:
            fit = f"{plant.least_modules * n} to {plant.most_modules * n}"
            book.complaints.append(f"{what}: {size} modules in {n} orders, where {fit} would fit")
        _in_force(book, name, t)
    total = sum(numbers.values()) + len(plant.ordered_in)
    if numbers and total > plant.orders_at_most:
        book.complaints.append(f"'{name}' is ordered {total} times, at most {plant.orders_at_most} may be")


def _in_force(book: Book, name: str, year: int) -> None:
    start = book.life(book.plants[name], year)[0]
    for group in book.plants[name].deals_to_order:
        # A signing counts if made by then, in force by the plant's start and not expired at the order.
        counts = any(
            a <= year and s <= start + EPS and book.decided(year) < e - EPS
            for deal in group
            for a, _, s, e, _ in book.signed.get(deal, ())
        )
        if not counts:
            book.complaints.append(f"'{name}' is ordered in {year} without {' or '.join(group)} in force")


def _named(book: Book, patterns: tuple[str, ...]) -> list[Choice]:
    known = [("Deals", n) for n in book.deals] + [("Plants", n) for n in book.plants]
    return list(dict.fromkeys(k for pattern in patterns for k in known if matches(k[1], pattern)))


def _when(book: Book, choice: Choice) -> list[int]:
    sheet, name = choice
    if sheet == "Deals":
        return [year for year, *_ in book.signed[name]]
    made = [year for (k, year), n in book.amounts.orders.items() if k == name and n]
    return made + [year for year, _ in book.orders_before[name]]


def _rule(book: Book, rule: Rule) -> None:
    what = f"rule '{rule.name}'"
    if rule.rule in ("at most", "at least", "exactly"):
        chosen = [choice[1] for choice in _named(book, rule.list) if _when(book, choice)]
        count, n = len(chosen), rule.n or 0
        kept = {"at most": count <= n, "at least": count >= n, "exactly": count == n}[rule.rule]
        if not kept:
            some = f" ({', '.join(chosen)})" if chosen else ""
            book.complaints.append(f"{what}: {count} are chosen{some}, {rule.rule} {n} may be")
        return
    # The first entry speaks of each of the others; as a pattern it may stand for several deals and plants.
    for first in _named(book, rule.list[:1]):
        for entry in rule.list[1:]:
            others = [other for other in _named(book, (entry,)) if other != first]
            if rule.rule == "excludes":
                _excludes(book, what, first, others)
            else:
                _requires(book, what, first, others, entry)


def _excludes(book: Book, what: str, first: Choice, others: list[Choice]) -> None:
    for other in others:
        if _when(book, first) and _when(book, other):
            book.complaints.append(f"{what}: '{first[1]}' and '{other[1]}' exclude each other, both are chosen")


def _requires(book: Book, what: str, first: Choice, others: list[Choice], entry: str) -> None:
    for t in (year for year in _when(book, first) if year >= book.first):
        missing = [name for sheet, name in others if not any(y <= t for y in _when(book, (sheet, name)))]
        if not others and not matches(first[1], entry):
            missing = [entry]
        book.complaints += [f"{what}: '{first[1]}' is chosen in {t} without '{name}' by then" for name in missing]
