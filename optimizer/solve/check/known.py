"""Amounts and claims that can be read at all: known things, years and classes, finite numbers, whole decisions."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from optimizer.solve.amounts import Amounts
from optimizer.solve.check.book import CLASSES, Book

LEAST = -1e-9
"""What a number may lie below 0 by the rounding of a machine."""

WHOLE = ("sign", "orders", "modules")

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class _Part:
    what: str
    known: Container[object]


def check(book: Book) -> None:
    """Complain of every amount or claim that the other blocks could not read."""
    shapes = _shapes(book)
    for family in Amounts.families():
        amounts: Mapping[Key, float] = getattr(book.amounts, family)
        for key, amount in amounts.items():
            book.complaints += _key(family, key, shapes[family])
            book.complaints += _number(family, key, amount)
    book.complaints += [f"the case has no run of '{k[1]}' at '{k[0]}'" for k in _strange_runs(book)]
    book.complaints += list(_claims(book))


def _shapes(book: Book) -> dict[str, tuple[_Part, ...]]:
    year, cls = _Part("year", set(book.years)), _Part("class", CLASSES)
    place = _Part("place", {p.name for p in book.case.places})
    material = _Part("material", book.materials)
    plant, deal = _Part("plant", book.plants), _Part("deal", book.deals)
    demand, stock = _Part("demand line", book.demands), _Part("stock", book.stocks)
    incentive = _Part("incentive", {g.name for g in book.case.incentives})
    ordered = _Part("year of an order", {*book.years, *(year for of in book.orders_before.values() for year, _ in of)})
    sheet = _Part("sheet", ("Lanes", "Plants", "Supply"))
    opened = _Part("lane, plant or supply", {*book.lanes, *book.plants, *book.supplies})
    return {
        "sign": (deal, year, _Part("number of terms", range(1, 1000))),
        "orders": (plant, year),
        "modules": (plant, year),
        "run": (plant, _Part("recipe", book.output), year, cls),
        "buy": (_Part("supply", book.supplies), year),
        "ship": (_Part("lane", book.lanes), year, cls),
        "stock": (stock, year, cls),
        "relabel": (place, material, year),
        "alloc": (deal, sheet, opened, year),
        "serve": (demand, year, cls),
        "short": (demand, year),
        "missed": (deal, year),
        "sell": (place, material, year, cls),
        "discard": (place, material, year, cls),
        "paid_output": (incentive, plant, ordered, year),
        "grant": (incentive, plant, year),
        "broken": (_Part("limit", {row.name for row in book.case.limits}), year),
    }


def _key(family: str, key: Key, shape: tuple[_Part, ...]) -> Iterator[str]:
    if len(key) != len(shape):
        yield f"{family} of {_told(key)} is not named by {', '.join(part.what for part in shape)}"
        return
    for part, name in zip(shape, key, strict=True):
        if name not in part.known:
            yield f"{family} of {_told(key)}: the case has no {part.what} '{name}'"


def _number(family: str, key: Key, amount: float) -> Iterator[str]:
    if not math.isfinite(amount):
        yield f"{family} of {_told(key)} is no number: {amount}"
    elif amount < LEAST:
        yield f"{family} of {_told(key)} is negative: {amount:,.6f}"
    elif family in WHOLE and amount != int(amount):
        yield f"{family} of {_told(key)} is no whole number: {amount:,.6f}"
    elif family == "sign" and amount > 1:
        yield f"{family} of {_told(key)} is neither 0 nor 1: {amount:,.0f}"


def _strange_runs(book: Book) -> Iterator[tuple[str, str]]:
    return (key[:2] for key in book.amounts.run if key[:2] not in book.runs)


def _claims(book: Book) -> Iterator[str]:
    said = book.claims
    for name in ("dependence", "mean_dependence", "cost"):
        if not math.isfinite(getattr(said, name)):
            yield f"the {name.replace('_', ' ')} claimed is no number: {getattr(said, name)}"
    for name, amounts in (
        ("tonnes dependent", said.dependent), ("cash", said.cash), ("charge", said.charged),
        ("criterion", said.criteria),
    ):
        for key, amount in amounts.items():
            if not math.isfinite(amount):
                of = _told(key if isinstance(key, tuple) else (key,))
                yield f"the {name} claimed of {of} is no number: {amount}"
    for t in said.dependent:
        if t not in book.years:
            yield f"tonnes dependent are claimed in {t}, no year of the case"
    counted = {row.criterion for row in book.case.criteria}
    for name in said.criteria:
        if name not in counted:
            yield f"the case has no criterion '{name}', which is claimed"


def _told(key: Key) -> str:
    return ", ".join(str(part) for part in key)
