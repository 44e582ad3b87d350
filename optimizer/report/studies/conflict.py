"""Why there is no plan, for people: the conflict in words and cells, its arithmetic, and the ways out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from optimizer.report.brief.blocks import Block, Bullets, Heading, Paragraph, Picture, Table
from optimizer.report.numbers import bare, moment, money, short_percent, span, tonnes
from optimizer.study.cells import Units
from optimizer.study.clash import Clash, Part
from optimizer.study.conflict import Conflict
from optimizer.study.near import Near
from optimizer.study.repair import Move, Repair

FEW = 4
"""Cells that a sentence names; more stand in a table."""

SHOWN = 12
"""Changes of a way, and rows of a table, on the page; the tables have them all."""

WORDS = {
    "demand": "{} needed{}", "outlet": "no more than {} taken{}", "floor": "{} of it must be served{}",
    "clear share": "{} of it from clear material{}", "supply limit": "at most {} to be bought{}",
    "supply total": "at most {} to be bought in all", "lane limit": "at most {} shipped{}",
    "market": "at most {} sold{}", "capacity": "capacity of {}{}", "stock limit": "at most {} held at the end{}",
    "reserve": "a reserve of {}{}", "closing": "{} left at the end", "opening": "opening {}",
    "most taken": "at most {} taken{}", "least take": "at least {} taken{}", "cap": "dependence of at most {}",
    "budget": "a cost of at most {}", "glide path": "{} of dependence counts{}", "signings": "at most {} signings",
    "orders": "at most {} orders", "most modules": "at most {} modules an order",
    "least modules": "at least {} modules an order", "open from": "open from {}", "open to": "open to {}",
    "qualification delay": "{} of operation before it may run",
}
"""What a cell of a conflict asks, from its number and year."""


def data(found: Conflict) -> dict[str, Any]:
    """The JSON of a conflict; numbers in the unit named."""
    clash = found.clash
    parts = () if clash is None else clash.parts
    return {
        "message": headline(found),
        "conflict": [
            {"cell": part.cell, "address": part.address, "value": _value(found, part), "what": part.what,
             "name": part.name, "year": part.year, "number": _told(found, part.address, part.now),
             "unit": _unit(found, part.address, part.what), "decided": part.decided}
            for part in parts
        ],
        "arithmetic": list(_arithmetic(found)), "settled": [finding.message for finding in found.settled],
        "repairs": [
            {"cost": round(repair.weighed, 4), "changes": [
                {"cell": move.cell, "address": move.address, "old": move.old, "new": move.new, "unit": move.unit,
                 "what": move.what, "name": move.name}
                for move in repair.moves
            ]}
            for repair in found.repairs
        ],
        "near": [
            {"cell": one.cell, "address": one.address, "what": one.what, "name": one.name, "year": one.year,
             "number": _told(found, one.address, one.now), "last": _told(found, one.address, one.last),
             "unit": _unit(found, one.address, one.what)}
            for one in found.near
        ],
    }


def tables(found: Conflict) -> dict[str, pd.DataFrame]:
    """``conflict``, ``repairs`` and ``near``: one number a row."""
    parts = () if found.clash is None else found.clash.parts
    conflict = [(p.what, p.name, p.cell, p.address, p.year, _told(found, p.address, p.now),
                 _unit(found, p.address, p.what)) for p in parts]
    head = ["what", "name", "cell", "address"]
    ways = [(n, move.what, move.name, move.cell, move.address, which, value, move.unit)
            for n, repair in enumerate(found.repairs, 1) for move in repair.moves
            for which, value in (("old", move.old), ("new", None if move.new == "no" else move.new))]
    slack = [(one.what, one.name, one.cell, one.address, which, one.year, _told(found, one.address, value),
              _unit(found, one.address, one.what))
             for one in found.near for which, value in (("now", one.now), ("last with a plan", one.last))]
    frames = {
        "conflict": pd.DataFrame(conflict, columns=[*head, "year", "value", "unit"]),
        "repairs": pd.DataFrame(ways, columns=["way", *head, "which", "value", "unit"]),
        "near": pd.DataFrame(slack, columns=[*head, "which", "year", "value", "unit"]),
    }
    kinds = {"year": "Int64", "value": "float64"}
    return {name: frame.astype({column: kind for column, kind in kinds.items() if column in frame})
            for name, frame in frames.items() if len(frame)}


def page(found: Conflict) -> Iterable[Block]:
    """What stands in the way first, then what would have to change."""
    if found.plan is not None:
        yield from _near(found)
        return
    yield Heading("Why there is no plan")
    yield Paragraph(headline(found), "lead")
    yield from (Paragraph(text) for text in _arithmetic(found))
    yield from (Paragraph(f"{finding.cell}: {finding.message}") for finding in found.settled)
    if found.clash is not None:
        if len(found.clash.parts) > FEW:
            yield Table(("What", "Cells", "Years", "Number"), list(_rows(found, found.clash.parts)),
                        right=frozenset({3}), wide={0: 1.5})
        yield from _notes(found.clash)
    yield from _ways(found)


def pictures(_: Conflict) -> tuple[Picture, ...]:
    """None: cells and numbers say it."""
    return ()


def headline(found: Conflict) -> str:
    """The conflict in a sentence."""
    if found.plan is not None:
        return f"There is a plan. {len(found.near)} of its numbers leave no slack."
    if found.clash is None and found.settled:
        return found.settled[0].message
    if found.clash is None:
        return "No plan meets the case; which of its numbers stand in the way was not found in the time."
    first, *others = found.clash.parts
    if not others:
        return f"{_named(found, first)} cannot be met, whatever is decided."
    if len(others) < FEW:
        return f"{_named(found, first)} cannot be met with {_listed([_named(found, part) for part in others])}."
    return f"{_named(found, first)} cannot be met with {_counted(others)}."


def _counted(parts: Sequence[Part]) -> str:
    """Cells by sheet and years: ``7 rows of Demand and 5 of Supply, 2033-2034, as below``."""
    rows: dict[str, set[str]] = {}
    for part in parts:
        rows.setdefault(part.sheet, set()).add(part.name)
    told = [f"{len(names)} of {sheet}" for sheet, names in rows.items()]
    first, rest = told[0].partition(" of ")[0], told[0].partition(" of ")[2]
    told[0] = f"what {first} {'row' if first == '1' else 'rows'} of {rest}"
    years = sorted({part.year for part in parts if part.year is not None})
    return f"{_listed(told)} say{f', {span(years)}' if years else ''}, as below"


def _named(found: Conflict, part: Part) -> str:
    """A cell of a conflict in a sentence: ``Demand!H12 (Defence, 40 t needed in 2027)``."""
    value = _value(found, part)
    return f"{part.cell} ({value})" if part.sheet == "Case" else f"{part.cell} ({part.name}, {value})"


def _listed(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _value(found: Conflict, part: Part) -> str:
    """What a cell asks or allows, in words."""
    number = _number(found, part.address, part.now, part.what)
    if part.what == "glide path" and part.now is not None:
        number = short_percent(part.now)
    when = f" in {part.year}" if part.year is not None else ""
    if part.what in ("lead", "window from", "window to"):
        return f"{part.what} {number}{_start(part)}"
    if part.what == "limit":
        return f"{'at most' if part.more else 'at least'} {number}{when}"
    if part.what == "rule":
        return "the rule" if part.now is None else f"the rule, with {number}"
    if part.what == "module" and part.now is None:
        return f"nothing can be ordered, and nothing stands{when}"
    if part.what == "module":
        return f"modules of {number}{_start(part)}"
    return WORDS[part.what].format(number, when)


def _start(part: Part) -> str:
    if part.starts is None:
        return ""
    return f": {'first output' if part.sheet == 'Plants' else 'in force from'} {moment(part.starts)}"


def _number(found: Conflict, address: str, canonical: float | None, what: str) -> str:
    """A number with its unit, as a planner reads it."""
    if canonical is None:
        return "blank"
    units = Units(found.case)
    dimension, unit = units.dimension(address), _unit(found, address, what)
    if dimension == "money":
        return money(canonical, found.case.settings.currency)
    if dimension == "share":
        return short_percent(canonical)
    told = _told(found, address, canonical)
    assert told is not None
    text = f"{told:g}" if dimension in ("none", "time", "criterion") else bare(told)
    return f"{text} {unit}".strip()


def _told(found: Conflict, address: str, canonical: float | None) -> float | None:
    """A number in the unit in which it is told; None stays."""
    return None if canonical is None else float(f"{Units(found.case).told(address, canonical):.12g}")


def _unit(found: Conflict, address: str, what: str) -> str:
    if what == "reserve":
        row = next(stock for stock in found.case.stocks if address.startswith(f"Stocks[{stock.name}]"))
        return row.reserve_unit
    return Units(found.case).unit(address)


def _arithmetic(found: Conflict) -> Iterator[str]:
    """What of the number asked for the others leave, and what each of them brings of it."""
    clash = found.clash
    if clash is None or clash.reached is None or clash.asked is None:
        return
    first = clash.parts[0]

    def told(amount: float) -> str:
        return tonnes(amount) if clash.size != 1.0 else _number(found, first.address, amount, first.what)

    reached, asked = told(clash.size * clash.reached), told(clash.size * clash.asked)
    if first.more:
        yield f"With these numbers alone it is at least {reached}, and {asked} is asked for."
        return
    brought = [(part, part.brings) for part in clash.parts[1:] if part.brings is not None]
    terms = [f"{told(amount)} from {part.cell}" for part, amount in brought]
    if clash.rest is not None and abs(clash.rest) > 1e-6 * max(1.0, clash.size * clash.asked):
        terms.append(f"{told(clash.rest)} from what is not in question")
    shares = f": {_listed(terms)}" if terms and len(terms) <= FEW else ""
    missing = told(clash.size * (clash.asked - clash.reached))
    yield f"Of {asked}, the others leave {reached}{shares}. {missing} is missing."


def _notes(clash: Clash) -> Iterator[Block]:
    told = ["Each of these cells is needed for the conflict: were any one of them to give way, the others could be "
            "met together."]
    if clash.whole:
        told.append("Only whole numbers stand in the way: half a deal or a part of a module would do.")
    if not all(part.decided for part in clash.parts):
        open_ = _listed(list(dict.fromkeys(part.cell for part in clash.parts if not part.decided))[:SHOWN])
        told = [f"Whether each cell is needed for the conflict was not settled in the time for {open_}.", *told[1:]]
    yield Paragraph(" ".join(told), "note")


def _rows(found: Conflict, parts: Sequence[Part | Near]) -> Iterator[tuple[str, ...]]:
    """Cells that differ by year alone as one row."""
    def key(part: Part | Near) -> tuple[str, str, str, bool]:
        return part.sheet, part.name, part.what, part.more

    order = {of: i for i, of in reversed(list(enumerate(map(key, parts))))}
    for _, group in groupby(sorted(parts, key=lambda part: (order[key(part)], part.year or 0)), key):
        of = list(group)
        years = [part.year for part in of if part.year is not None]
        ends = dict.fromkeys(_number(found, of[i].address, of[i].now, of[i].what) for i in (0, -1))
        name = of[0].what if of[0].sheet == "Case" else f"{of[0].name}, {of[0].what}"
        number = " to ".join(ends)
        if isinstance(of[0], Part) and of[0].starts is not None:
            number += _start(of[0])
        yield name, _range([part.cell for part in of]), span(years) if years else "", number


def _range(cells: Sequence[str]) -> str:
    """Cells of one row in few letters: ``Demand!L2:M2``."""
    every = list(dict.fromkeys(cells))
    first, last = every[0], every[-1].rpartition("!")[2]
    return first if len(every) == 1 else f"{first}:{last}"


def _ways(found: Conflict) -> Iterator[Block]:
    if not found.repairs:
        yield Paragraph("No way out was found in the time that leaves a plan.", "warning")
        return
    yield Heading("Change one of these, and there is a plan")
    for n, repair in enumerate(found.repairs, 1):
        yield Heading(f"Way {n}, which counts {bare(repair.weighed)}", 3)
        yield Bullets([_move(move) for move in repair.moves[:SHOWN]])
        if len(repair.moves) > SHOWN:
            yield Paragraph(f"{len(repair.moves) - SHOWN} more cells stand in the table repairs.", "note")
    yield Paragraph(
        "Each way was solved for a plan. A change counts 1 for each 1 % of the number, a year of a lead or window as "
        "much as it is of the horizon in per cent, and a limit with a price of breaking that price, in per cent of the "
        "budget. Rows with 'yes' in the column 'law' stay. With --apply 1 the first way is written as a workbook of "
        "its own, the changed cells marked.", "note",
    )


def _move(move: Move) -> str:
    name = move.what if move.sheet == "Case" else f"{move.name}, {move.what}"
    if move.new == "no":
        return f"{move.cell} ({name}): switched off"
    old = "blank" if move.old is None else f"{move.old:,.10g}"
    assert not isinstance(move.new, str)
    return f"{move.cell} ({name}): {old} -> {move.new:,.10g} {move.unit}".rstrip()


def told_move(move: Move) -> str:
    """What was changed, beside the cell itself."""
    if move.new == "no":
        return "Switched off: a way out of the conflict."
    old = "blank" if move.old is None else f"{move.old:,.10g} {move.unit}".rstrip()
    return f"It was {old} before: changed as a way out of the conflict."


def _near(found: Conflict) -> Iterator[Block]:
    yield Heading("How near the case is to having no plan")
    yield Paragraph(headline(found), "lead")
    if not found.near:
        return
    yield Paragraph(
        "How far each could still be drawn in, or raised where it is a least, before no plan is left: by itself, with "
        "the deals, orders and modules of the plan held, within cap and budget. With other deals there may be more "
        "room.", "note",
    )
    every = _by_row(found.near)
    tightest = sorted((of for of in every if min(map(_room, of)) < 1), key=lambda of: min(map(_room, of)))
    rows = [(_label(of[0]), one.cell, str(one.year or ""), _number(found, one.address, one.now, one.what),
             "without end" if one.last is None else _number(found, one.address, one.last, one.what))
            for of in tightest for one in (min(of, key=_room),)]
    if rows:
        yield Table(("What", "Cell", "Year", "Now", "Last with a plan"), rows[:SHOWN], right=frozenset({3, 4}),
                    wide={0: 1.5})
    free = len(every) - len(tightest)
    told = [f"{free} more rows could go to nothing, or as far as twice as much, each by itself."] if free else []
    if len(rows) > SHOWN or len(found.near) > len(rows):
        told.append("Of each row the year with the least room is told; all of them stand in the table near.")
    if told:
        yield Paragraph(" ".join(told), "note")


def _label(one: Near) -> str:
    return one.what if one.sheet == "Case" else f"{one.name}, {one.what}"


def _by_row(near: Sequence[Near]) -> list[list[Near]]:
    found: dict[tuple[str, str, str], list[Near]] = {}
    for one in near:
        found.setdefault((one.sheet, one.name, one.what), []).append(one)
    return list(found.values())


def _room(one: Near) -> float:
    """How far a number can be drawn in, as a part of it."""
    return float("inf") if one.last is None else abs(one.now - one.last) / max(abs(one.now), 1e-9)


def way(found: Conflict, number: int) -> Repair:
    """The way of a number, from 1.

    Raises:
        ValueError: there is no such way.
    """
    if not 1 <= number <= len(found.repairs):
        known = f"there are {len(found.repairs)}" if found.repairs else "there is none"
        raise ValueError(f"there is no way {number} to apply: {known}")
    return found.repairs[number - 1]
