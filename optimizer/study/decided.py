"""Where the decisions of two plans differ: deals, plants, volumes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from optimizer.model.compiled import Compiled, Name
from optimizer.solve.amounts import Amounts
from optimizer.solve.plan import Plan

ROUNDING = 5e-3
"""Part of a deal's largest volume by which a year's may differ and still be the same."""

What = Literal["signed", "dropped", "moved", "ordered", "not ordered", "changed"]

_FAMILIES = ("sign", "order", "modules")
"""Families of columns that hold what is signed and ordered; other whole numbers follow from them."""


@dataclass(frozen=True)
class DecisionChange:
    """A deal or plant of which two plans decide differently.

    Attributes:
        sheet: ``Deals`` or ``Plants``.
        name: its name.
        what: of a deal ``signed`` by the second plan alone, ``dropped`` by it, ``moved`` to another year or number of
            terms; of a plant ``ordered``, ``not ordered``, ``changed``.
        before: year and number of terms, of a plant of modules, in the first plan.
        after: the same in the second plan.
    """

    sheet: Literal["Deals", "Plants"]
    name: str
    what: What
    before: tuple[tuple[int, int], ...]
    after: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class VolumeChange:
    """The volume of a deal that both plans sign, in a year in which it differs by more than rounding; tonnes."""

    deal: str
    year: int
    before: float
    after: float


def decision_changes(before: Plan, after: Plan) -> tuple[DecisionChange, ...]:
    """Deals and plants that are decided differently, deals first, by name."""
    deals = _told("Deals", ("signed", "dropped", "moved"), *(
        _by_name(((deal, (year, terms)) for deal, year, terms in plan.amounts.sign)) for plan in (before, after)
    ))
    plants = _told("Plants", ("ordered", "not ordered", "changed"), *(
        _by_name((k, (year, round(n))) for (k, year), n in plan.amounts.modules.items()) for plan in (before, after)
    ))
    return (*deals, *plants)


def volume_changes(before: Plan, after: Plan) -> tuple[VolumeChange, ...]:
    """Volumes of deals that both plans have in force, where they differ by more than :data:`ROUNDING`."""
    largest: defaultdict[str, float] = defaultdict(float)
    both = [{deal for deal, _ in plan.active} for plan in (before, after)]
    for plan in (before, after):
        for (deal, _), amount in plan.volume.items():
            largest[deal] = max(largest[deal], amount)
    found = [
        VolumeChange(deal, year, before.volume.get((deal, year), 0.0), after.volume.get((deal, year), 0.0))
        for deal, year in sorted({*before.volume, *after.volume}) if deal in both[0] & both[1]
    ]
    return tuple(one for one in found if abs(one.after - one.before) > ROUNDING * largest[one.deal])


def held(compiled: Compiled, amounts: Amounts) -> tuple[tuple[Name, int], ...]:
    """Every signing and order of the arrays at its number in a plan, and what the plan has beyond them."""
    wanted: dict[Name, int] = {
        **{("sign", key): n for key, n in amounts.sign.items()},
        **{("order", key): round(n) for key, n in amounts.orders.items()},
        **{("modules", key): round(n) for key, n in amounts.modules.items()},
    }
    columns = {name: 0 for name in compiled.columns if name[0] in _FAMILIES}
    return tuple({**columns, **{name: n for name, n in wanted.items() if n}}.items())


def _by_name(decided: Iterable[tuple[str, tuple[int, int]]]) -> dict[str, tuple[tuple[int, int], ...]]:
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for name, one in decided:
        found[name].append(one)
    return {name: tuple(sorted(of)) for name, of in found.items()}


def _told(
    sheet: Literal["Deals", "Plants"], words: tuple[What, What, What],
    before: Mapping[str, tuple[tuple[int, int], ...]], after: Mapping[str, tuple[tuple[int, int], ...]],
) -> list[DecisionChange]:
    new, gone, other = words
    return [
        DecisionChange(
            sheet, name, new if name not in before else gone if name not in after else other,
            before.get(name, ()), after.get(name, ()),
        )
        for name in sorted({*before, *after}) if before.get(name) != after.get(name)
    ]
