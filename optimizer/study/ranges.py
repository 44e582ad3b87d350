"""The uncertain numbers of a case as bars of a tornado: what moves together, its two ends, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimizer.case.address import AddressFault, field_address, has_number, resolve
from optimizer.case.case import Case
from optimizer.case.changes import Change
from optimizer.case.schema import SHEETS, Range, Row, Series, column_of
from optimizer.study.question import AskedWrongly

WEAKEST = ("assumption", "low", None, "medium", "high")
"""Confidence, the weakest first; what says nothing stands after what says that it is low."""

UNMEASURED = ("none", "coordinate", "criterion", "time", "mass per mass")
"""Dimensions of numbers that no spread is laid around where the case gives no ranges."""


@dataclass(frozen=True)
class Uncertain:
    """Numbers that move together.

    Attributes:
        name: their addresses, joined.
        addresses: the address of each, patterns among them.
        low: the changes that take them to their low end.
        high: the changes that take them to their high end.
        told: the two ends in words.
        confidence: the weakest of the confidences of the numbers and of their ranges; None where nothing is said.
        sources: rows of the sheet Sources that they rest on.
        cells: the cells of the numbers.
    """

    name: str
    addresses: tuple[str, ...]
    low: tuple[Change, ...]
    high: tuple[Change, ...]
    told: tuple[str, str]
    confidence: str | None
    sources: tuple[str, ...]
    cells: tuple[str, ...]


def uncertain(case: Case, spread: float) -> tuple[Uncertain, ...]:
    """The numbers of the sheet Ranges; where it has none, each number of confidence below high, more and less.

    Args:
        case: the case.
        spread: part by which a number without a range is moved, 0.1 for ten per cent.

    Raises:
        AskedWrongly: a range has its low end above its high end.
    """
    for row in case.ranges:
        if row.low > row.high:
            ends = f"low end {row.low:g} above its high end {row.high:g}"
            raise AskedWrongly(f"the range of {row.address} has its {ends}")
    if case.ranges:
        return tuple(_of_ranges(case, rows) for rows in together(case.ranges))
    return tuple(_spread(case, address, spread) for address in _below_high(case))


def together(ranges: Sequence[Range]) -> list[list[Range]]:
    """Ranges that name each other, or the same number, as what they move with: groups in the order of the sheet."""
    groups: list[tuple[set[str], list[Range]]] = []
    for row in ranges:
        names, rows = {row.address, *([row.moves_with] if row.moves_with else [])}, [row]
        for group in [group for group in groups if group[0] & names]:
            groups.remove(group)
            names, rows = names | group[0], [*group[1], *rows]
        groups.append((names, rows))
    return [rows for _, rows in groups]


def _of_ranges(case: Case, rows: Sequence[Range]) -> Uncertain:
    ends = [tuple(Change(row.address, row.how, getattr(row, end), unit="", said_at=f"Ranges[{row.key}]")
                  for row in rows) for end in ("low", "high")]
    told = tuple("; ".join(_words(row, getattr(row, end)) for row in rows) for end in ("low", "high"))
    return _made(case, tuple(row.address for row in rows), ends[0], ends[1], (told[0], told[1]), tuple(rows))


def _words(row: Range, value: float) -> str:
    if row.how == "times":
        return f"{value:g} times"
    return f"{value:+g}" if row.how == "plus" else f"{value:g}"


def _spread(case: Case, address: str, spread: float) -> Uncertain:
    low, high = ((Change(address, "times", 1 + sign * spread),) for sign in (-1, 1))
    return _made(case, (address,), low, high, (f"{1 - spread:g} times", f"{1 + spread:g} times"), ())


def _made(
    case: Case, addresses: tuple[str, ...], low: tuple[Change, ...], high: tuple[Change, ...], told: tuple[str, str],
    ranges: tuple[Range, ...],
) -> Uncertain:
    targets = [target for address in addresses for target in resolve(case, address) if has_number(case, target)]
    known = [evidence(case, target.address) for target in targets]
    said = [confidence for confidence, _ in known if confidence] + [row.confidence for row in ranges if row.confidence]
    sources = dict.fromkeys(s for of in (*(of for _, of in known), *(row.source for row in ranges)) for s in of)
    return Uncertain(
        " and ".join(addresses), addresses, low, high, told,
        min(said, key=WEAKEST.index) if said else None, tuple(sources),
        tuple(dict.fromkeys(case.cell(target.address) for target in targets)),
    )


def evidence(case: Case, address: str) -> tuple[str | None, tuple[str, ...]]:
    """Confidence and sources of a number: those that the sheet Evidence gives it, else those of its row."""
    own = [one for one in case.evidence if one.address == address or one.address.startswith(f"{address}.")]
    try:
        (target, *_) = resolve(case, address)
    except AddressFault:
        return None, ()
    row = case.sheets[target.sheet][target.index] if target.sheet in SHEETS else None
    rated = [one.confidence for one in own if one.confidence is not None]
    sources = tuple(dict.fromkeys(s for one in own for s in one.source)) or (row.source if row else ())
    return (min(rated, key=WEAKEST.index) if rated else row.confidence if row else None), sources


def _below_high(case: Case) -> Iterator[str]:
    """Addresses of the numbers in use whose confidence is said and below high, in the order of the workbook."""
    for rows in case.sheets.values():
        for row in rows:
            if not row.use or type(row).group in ("what-ifs", "evidence"):
                continue
            for address in _numbers(row):
                if evidence(case, address)[0] not in (None, "high"):
                    yield address


def _numbers(row: Row) -> Iterator[str]:
    for name, field in type(row).model_fields.items():
        value, column = getattr(row, name), column_of(field)
        measured = column.kind in ("number", "series") and column.dimension not in UNMEASURED
        if measured and isinstance(value, float | Series) and value != field.default and value not in (0.0, None):
            yield field_address(type(row), row.key, name)
