"""Signings, orders, the deals that orders need, and rules (MODEL.md 4.1, 4.4, 4.7)."""

from __future__ import annotations

from optimizer.case.schema import Rule, matches
from optimizer.solve.check.book import EPS, Book


def check(book: Book) -> None:
    """Windows, overlaps, numbers, deals to order, rules."""
    _signings(book)
    _orders(book)
    for rule in book.case.rules:
        _rule(book, rule)


def _signings(book: Book) -> None:
    for name, deal in book.deals.items():
        made = book.signed[name]
        for year, terms, start, _, past in made:
            low, high = deal.window_from or book.first, book.end - 1 if deal.window_to is None else deal.window_to
            if not past and not low <= year <= high:
                book.complaints.append(f"'{name}' is signed in {year}, outside its window")
            if not past and (start >= book.end - EPS or terms != int(terms) or terms < 1):
                book.complaints.append(f"'{name}' signed in {year} for {terms} terms starts at {start:.2f}: no signing")
            if not past and deal.term is not None and start + (terms - 1) * deal.term >= book.end - EPS:
                book.complaints.append(f"'{name}' signed in {year}: its last term starts after the end")
        for i, (_, _, start, end, _) in enumerate(made):
            for _, _, other, close, _ in made[i + 1 :]:
                if min(end, close) - max(start, other) > EPS:
                    book.complaints.append(f"two terms of '{name}' are in force at the same time")
        most = deal.signings_at_most if deal.signings_at_most is not None else (1 if deal.term is None else None)
        if most is not None and sum(terms for _, terms, _, _, _ in made) > most:
            book.complaints.append(f"'{name}' is signed for more terms than the {most} it may be")
    for key, number in book.amounts.sign.items():
        if number not in (0, 1):
            book.complaints.append(f"signing {key} is {number}, neither 0 nor 1")


def _orders(book: Book) -> None:
    for name, plant in book.plants.items():
        numbers = {t: n for (k, t), n in book.amounts.orders.items() if k == name}
        modules = {t: n for (k, t), n in book.amounts.modules.items() if k == name}
        for t in sorted({*numbers, *modules}):
            n, size = numbers.get(t, 0), modules.get(t, 0)
            low, high = plant.window_from or book.first, book.end - 1 if plant.window_to is None else plant.window_to
            if not low <= t <= high or book.life(plant, t)[0] >= book.end - EPS:
                book.complaints.append(f"'{name}' is ordered in {t}, outside its window or for after the end")
            if n != int(n) or size != int(size) or not plant.least_modules * n <= size <= plant.most_modules * n:
                book.complaints.append(f"'{name}' in {t}: {size} modules do not fit {n} orders")
            _in_force(book, name, t)
        if sum(numbers.values()) + len(plant.ordered_in) > plant.orders_at_most and numbers:
            book.complaints.append(f"'{name}' is ordered more than {plant.orders_at_most} times")


def _in_force(book: Book, name: str, year: int) -> None:
    start = book.life(book.plants[name], year)[0]
    for group in book.plants[name].deals_to_order:
        counts = any(
            a <= year and s <= start + EPS and book.decided(year) < e - EPS
            for deal in group
            for a, _, s, e, _ in book.signed.get(deal, ())
        )
        if not counts:
            book.complaints.append(f"'{name}' is ordered in {year} without {' or '.join(group)} in force")


def _named(book: Book, names: tuple[str, ...]) -> list[tuple[str, str]]:
    known = [("Deals", n) for n in book.deals] + [("Plants", n) for n in book.plants]
    return list(dict.fromkeys(k for pattern in names for k in known if matches(k[1], pattern)))


def _when(book: Book, choice: tuple[str, str]) -> list[int]:
    sheet, name = choice
    if sheet == "Deals":
        return [year for year, *_ in book.signed[name]]
    return [year for (k, year), n in book.amounts.orders.items() if k == name and n] + [
        int(year) for year, _ in book.plants[name].ordered_in
    ]


def _rule(book: Book, rule: Rule) -> None:
    made = {choice: _when(book, choice) for choice in _named(book, rule.list)}
    count, n = sum(bool(years) for years in made.values()), rule.n or 0
    wrong = (
        (rule.rule == "at most" and count > n) or (rule.rule == "at least" and count < n)
        or (rule.rule == "exactly" and count != n)
    )
    if wrong:
        book.complaints.append(f"rule '{rule.name}': {count} are chosen, {rule.rule} {n} may be")
    if rule.rule == "excludes":
        first, *others = made
        if made[first] and any(made[other] for other in others):
            book.complaints.append(f"rule '{rule.name}': what excludes each other is chosen together")
    if rule.rule == "requires":
        for first in _named(book, rule.list[:1]):
            late = [t for t in made[first] if t >= book.first]
            for other in _named(book, rule.list[1:]):
                if other != first and any(not [y for y in made[other] if y <= t] for t in late):
                    book.complaints.append(f"rule '{rule.name}': '{first[1]}' is chosen before '{other[1]}'")
