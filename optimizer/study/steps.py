"""Whole numbers and points in time that shape a case: what of them may give way, a year or a piece at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.case.address import field_address
from optimizer.case.case import Case
from optimizer.case.changes import Change
from optimizer.case.schema import Deal, Lane, Plant, Row, Rule, Run

MANY = 1000
"""Modules, orders or signings that stand for any number of them."""

LONGEST = 60
"""Steps that are tried of one number."""

TIMES = ("lead", "window_from", "window_to", "from_year", "to_year", "qualification_delay")
"""Fields that are points in time or lengths of it: their steps are years."""


@dataclass(frozen=True)
class Stepwise:
    """A number that gives way in steps.

    Attributes:
        what: what it is, in the planner's words.
        row: its row.
        field: its field.
        now: the number that holds now, a blank cell resolved.
        end: the number at which it has given way altogether.
        blank: whether the cell is blank.
    """

    what: str
    row: Row
    field: str
    now: float
    end: float
    blank: bool = False

    @property
    def address(self) -> str:
        """Where it stands."""
        return field_address(type(self.row), self.row.key, self.field)

    @property
    def law(self) -> bool:
        """Whether it may not be changed."""
        return bool(getattr(self.row, "law", False))

    def change(self, at: float) -> Change:
        """The change of the case that puts it at a number."""
        if self.field == "use":
            return Change(self.address, "set", "no")
        return Change(self.address, "set", at if self.field in ("lead", "qualification_delay") else int(at), unit="")

    def values(self) -> Iterator[float]:
        """The numbers one step after the other, to the end."""
        step = 1.0 if self.end > self.now else -1.0
        at = self.now
        for _ in range(LONGEST):
            if at == self.end:
                return
            at = min(at + step, self.end) if step > 0 else max(at + step, self.end)
            yield at

    def weight(self, at: float, years: int) -> float:
        """What moving it there counts: a year as much as it is of the horizon in per cent, else 1 for each 1 %."""
        moved = abs(at - self.now)
        return 100.0 * moved / (years if self.field in TIMES else max(1.0, abs(self.now)))


def calendar(case: Case) -> tuple[Stepwise, ...]:
    """Leads, windows, years of opening, delays, and numbers of signings, orders and modules that could give way."""
    first, last = float(case.years[0]), float(case.years[-1])
    found: list[Stepwise] = []
    for deal in case.deals:
        found += _window(deal, deal.window_from, deal.window_to, first, last)
        found += _some(deal, {"lead": ("lead", deal.lead, 0.0)})
        if deal.signings_at_most is not None or deal.term is None:
            at_most = 1 if deal.signings_at_most is None else deal.signings_at_most
            end = float(max(at_most, 1)) if deal.term is None else MANY
            found += _some(deal, {"signings_at_most": ("signings", float(at_most), end)},
                           blank=deal.signings_at_most is None)
    for plant in case.plants:
        if plant.module is None:
            continue
        found += _window(plant, plant.window_from, plant.window_to, first, last)
        found += _some(plant, {
            "lead": ("lead", plant.lead, 0.0), "orders_at_most": ("orders", float(plant.orders_at_most), MANY),
            "most_modules": ("most modules", float(plant.most_modules), MANY),
            "least_modules": ("least modules", float(plant.least_modules), 0.0),
        })
    for lane in case.lanes:
        found += _some(lane, {
            "from_year": ("open from", max(first, float(lane.from_year or first)), first),
            "to_year": ("open to", min(last, float(lane.to_year or last)), last),
        })
    for run in case.runs:
        found += _some(run, {"qualification_delay": ("qualification delay", run.qualification_delay, 0.0)})
    return tuple(found)


def rules(case: Case, names: Iterable[str]) -> tuple[Stepwise, ...]:
    """The numbers of rules, up and down; a rule without a number can only be switched off."""
    found: list[Stepwise] = []
    for rule in (rule for rule in case.rules if rule.name in set(names)):
        n = float(rule.n or 0)
        if rule.rule in ("at most", "exactly"):
            found.append(Stepwise("rule", rule, "n", n, n + len(case.deals) + len(case.plants)))
        if rule.rule in ("at least", "exactly") and n > 0:
            found.append(Stepwise("rule", rule, "n", n, 0.0))
        if rule.rule in ("requires", "excludes"):
            found.append(Stepwise("rule", rule, "use", 1.0, 0.0))
    return tuple(found)


def _window(row: Deal | Plant, begin: int | None, end: int | None, first: float, last: float) -> list[Stepwise]:
    return _some(row, {
        "window_from": ("window from", max(first, float(begin or first)), first),
        "window_to": ("window to", min(last, float(last if end is None else end)), last),
    })


def _some(
    row: Deal | Plant | Lane | Run | Rule, given: Mapping[str, tuple[str, float, float]], *, blank: bool = False
) -> list[Stepwise]:
    """Those of some fields that have not given way altogether already: field -> what it is, now, and its end."""
    def empty(field: str) -> bool:
        value: Any = getattr(row, field)
        default = type(row).model_fields[field].default
        return blank or value is None or value == default

    return [Stepwise(what, row, field, now, end, empty(field)) for field, (what, now, end) in given.items()
            if now != end]
