"""The frontier for people: points, what changes from one to the next, and what a point less costs there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from optimizer.report.brief.blocks import Block, Bullets, Heading, Image, Paragraph, Picture, Table
from optimizer.report.numbers import bare, money, percent, short_percent
from optimizer.report.pictures.frontier import draw, title
from optimizer.solve.goals import FRACTIONS
from optimizer.study.frontier import Frontier, Point
from optimizer.study.portfolio import Choice

COST = "cost"


@dataclass(frozen=True)
class Move:
    """From one point to the next.

    Attributes:
        first: by how much the first criterion rises.
        second: by how much the second one falls.
        added: what is chosen in addition, by how many.
        dropped: what is left out, by how many.
    """

    first: float
    second: float
    added: dict[Choice, int]
    dropped: dict[Choice, int]

    @classmethod
    def between(cls, one: Point, other: Point) -> Move:
        """The move between two points."""
        return cls(
            other.first - one.first, one.second - other.second,
            other.portfolio.without(one.portfolio), one.portfolio.without(other.portfolio),
        )

    @property
    def each(self) -> float:
        """What a unit of the second criterion costs in the first."""
        return self.first / self.second


def data(found: Frontier) -> dict[str, Any]:
    """The document of INTERFACES: points sorted by cost, and where more may be hidden."""
    first, second = found.criteria
    points = []
    for i, point in enumerate(found.points):
        move = Move.between(found.points[i - 1], point) if i else None
        points.append({
            first: _number(point.first), second: _number(point.second), "gap": _number(point.gap),
            "deals": list(point.portfolio.deals), "plants": dict(point.portfolio.plants),
            "change": None if move is None else {
                "added": _counts(move.added), "dropped": _counts(move.dropped), "each": _number(move.each),
            },
            "segment": [[_number(value) for value in spot] for spot in point.segment],
        })
    hidden = [{"between": list(box.between), first: [_number(v) for v in box.first],
               second: [_number(v) for v in box.second]} for box in found.hidden]
    return {
        "criteria": list(found.criteria), "currency": found.case.settings.currency, "points": points, "hidden": hidden,
        "knee": found.knee, "ended": found.ended, "solves": found.solves,
    }


def _number(value: float) -> float | None:
    return float(f"{value:.9g}") + 0.0 if math.isfinite(value) else None


def _counts(choices: dict[Choice, int]) -> dict[str, int]:
    return {f"{sheet}[{name}]": number for (sheet, name), number in choices.items()}


def tables(found: Frontier) -> dict[str, pd.DataFrame]:
    """``points``, ``choices`` and ``segments``: one number a row."""
    points, choices, corners = [], [], []
    for i, point in enumerate(found.points, 1):
        of = zip((*found.criteria, "gap"), (point.first, point.second, point.gap), strict=True)
        points += [(i, name, value, _unit(found, name)) for name, value in of if math.isfinite(value)]
        choices += [(i, sheet, name, number, "signed" if sheet == "Deals" else "modules")
                    for (sheet, name), number in point.portfolio.choices.items()]
        corners += [(i, n, name, value, _unit(found, name)) for n, spot in enumerate(point.segment, 1)
                    for name, value in zip(found.criteria, spot, strict=True)]
    return {
        "points": pd.DataFrame(points, columns=["point", "criterion", "value", "unit"]),
        "choices": pd.DataFrame(choices, columns=["point", "sheet", "name", "value", "unit"]),
        "segments": pd.DataFrame(corners, columns=["point", "corner", "criterion", "value", "unit"]),
    }


def _unit(found: Frontier, name: str) -> str:
    if name == COST:
        return found.case.settings.currency
    if name in FRACTIONS or name == "gap":
        return "fraction"
    return next((row.unit for row in found.case.criteria if row.criterion == name and row.unit), "")


def page(found: Frontier) -> Iterable[Block]:
    """The picture, the points, and the story between them."""
    first, second = found.criteria
    yield Heading(f"What less {second} {'costs' if first == COST else f'takes of {first}'}")
    yield Paragraph(sentence(found))
    if len(found.points) > 1:
        yield Image("frontier", title(found), f"{title(found)}. {sentence(found)}")
    scale, unit = scaled(found, [point.first for point in found.points])
    each = "A point less" if second in FRACTIONS else f"Each {second} less"
    headers = ("", second, f"{first}, {unit}".rstrip(", "), each, "Above the least by")
    yield Table(headers, list(_rows(found, scale)), right=frozenset({1, 2, 3, 4}))
    if len(found.points) > 1:
        yield Heading("From point to point", 3)
        yield Bullets(list(story(found)))
    yield Paragraph(_beyond(found), "note")


def _rows(found: Frontier, scale: float) -> Iterable[tuple[str, ...]]:
    for i, point in enumerate(found.points):
        each = words(found, 0, _per(found, Move.between(found.points[i - 1], point))) if i else ""
        mark = " (knee)" if i == found.knee else ""
        yield f"{i + 1}{mark}", words(found, 1, point.second), f"{point.first / scale:,.1f}", each, _above(point.gap)


def _above(gap: float) -> str:
    if not math.isfinite(gap):
        return "not known"
    return f"at most {100 * gap:.2g} %" if gap > 1e-8 else "nothing"


def scaled(found: Frontier, values: Sequence[float]) -> tuple[float, str]:
    """By what values of the first criterion are divided in a column, and the unit that they then have."""
    unit = _unit(found, found.criteria[0])
    most = max(map(abs, values), default=0.0)
    scale, word = next(((s, w) for s, w in ((1e6, "m"), (1e3, "k")) if most >= 10 * s), (1.0, ""))
    return scale, f"{unit} {word}".strip()


def sentence(found: Frontier) -> str:
    """The answer: from where to where it goes, and what that takes."""
    first, second = found.criteria
    start, end = found.points[0], found.points[-1]
    if len(found.points) == 1:
        why = "" if found.ended else f" No plan has less {second}, whatever is spent."
        known = f"{second} {words(found, 1, start.second)} at {first} {words(found, 0, start.first)}"
        return f"One point is known: {known}.{why}"
    move = Move.between(start, end)
    told = (
        f"From {words(found, 1, start.second)} down to {words(found, 1, end.second)} of {second} takes "
        f"{words(found, 0, move.first)} more {first}, {_each(found, move)} on average"
    )
    if found.knee is None:
        return f"{told}."
    knee = found.points[found.knee]
    before, after = Move.between(start, knee), Move.between(knee, end)
    return (
        f"{told}. Down to {words(found, 1, knee.second)} it is {_each(found, before)}; "
        f"from there on {_each(found, after)}."
    )


def words(found: Frontier, which: int, value: float) -> str:
    """A value of the first (0) or second (1) criterion with its unit."""
    name = found.criteria[which]
    if name in FRACTIONS:
        return percent(value)
    return money(value, found.case.settings.currency) if name == COST else f"{bare(value)} {_unit(found, name)}".strip()


def _per(found: Frontier, move: Move) -> float:
    """What less of the second criterion costs: a point of a share, a unit of another."""
    return move.each / (100 if found.criteria[1] in FRACTIONS else 1)


def _each(found: Frontier, move: Move) -> str:
    return f"{words(found, 0, _per(found, move))}{' a point' if found.criteria[1] in FRACTIONS else ' each'}"


def story(found: Frontier) -> Iterable[str]:
    """A sentence from each portfolio to the next: what is added, what is dropped, what it costs."""
    last = len(found.points) - 1
    turns = [i for i in range(1, last) if len({p.portfolio for p in found.points[i - 1:i + 2]}) > 1]
    shown = [found.points[i] for i in (0, *turns, last)]
    for one, other in pairwise(shown):
        move = Move.between(one, other)
        changes = [f"add {_named(move.added)}"] if move.added else []
        changes += [f"drop {_named(move.dropped)}"] if move.dropped else []
        told = ", ".join(changes) or "the same deals and plants, other amounts"
        yield (
            f"From {_short(found, one.second)} to {_short(found, other.second)}: {told}; "
            f"{words(found, 0, move.first)}, that is {_each(found, move)}."
        )


def _short(found: Frontier, value: float) -> str:
    return short_percent(value) if found.criteria[1] in FRACTIONS else words(found, 1, value)


def _named(choices: dict[Choice, int]) -> str:
    names = [name if sheet == "Deals" else f"{name} ({number} module{'' if number == 1 else 's'})"
             for (sheet, name), number in choices.items()]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _beyond(found: Frontier) -> str:
    """How sure it is, and what may lie between the points."""
    first, second = found.criteria
    ended = {
        "": "", "points": " It ended at the number of points asked for.", "time": " It ended with its time.",
        "interrupted": " It was interrupted; with --resume it goes on.",
        "failed": " It ended as a search failed; with --resume that is tried again.",
    }[found.ended]
    if not found.hidden:
        return f"Between these points there is no other one, but for their gap.{ended}"
    most = max(found.hidden, key=lambda box: box.second[1] - box.second[0])
    return (
        f"Each point is the least {first} for so much {second}. Between two points there may be more, never below the "
        f"{first} of the one above it: the widest part not looked into goes from {words(found, 1, most.second[1])} to "
        f"{words(found, 1, most.second[0])}.{ended} A knee is the point that lies furthest below the straight line "
        "between the ends."
    )


def pictures(found: Frontier) -> tuple[Picture, ...]:
    """The frontier; none with one point."""
    made = draw(found, (lambda value: words(found, 0, value)), (lambda value: words(found, 1, value)), sentence(found))
    return () if made is None else (made,)
