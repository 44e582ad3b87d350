"""The answer: a plan with its proof, beside the plan as now."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from optimizer.case.case import Case
from optimizer.case.findings import Finding
from optimizer.case.schema import Settings
from optimizer.solve.amounts import Amounts, Claims

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.model.compiled import Floats
    from optimizer.solve.confirm import Confirmation

Status = Literal["proved", "stopped"]


@dataclass(frozen=True)
class SolveOptions:
    """How a case is to be solved; None leaves the case's own setting.

    Attributes:
        goal: first goal: ``dependence``, ``mean dependence``, ``cost`` or a criterion.
        then: goals after it.
        budget: most that the plan may cost, in the case's currency; replaces budget and budget above least cost.
        cap: most that dependence on the glide path may be, a fraction.
        gap: relative gap at which a goal counts as proved (of dependence: in absolute terms).
        time: seconds after which the best plan so far is given; None for no bound.
        threads: threads of the solver.
        seed: its random seed.
        as_now: whether the plan as now (no new deal, no new plant) is solved beside it.
        unique: whether to look, in the time left, whether the set of deals is the only best one.
        confirm: whether a second solver is asked for the first goal too, in the time left after all else.
    """

    goal: str | None = None
    then: tuple[str, ...] | None = None
    budget: float | None = None
    cap: float | None = None
    gap: float = 1e-4
    time: float | None = 600.0
    threads: int = 1
    seed: int = 0
    as_now: bool = True
    unique: bool = True
    confirm: bool = False

    def __post_init__(self) -> None:
        """Refuses what no search can use.

        Raises:
            ValueError: a number lies outside what it may be.
        """
        if not 0 <= self.gap < math.inf:
            raise ValueError(f"gap {self.gap} cannot be used: the least is 0")
        if self.time is not None and not 0 <= self.time < math.inf:
            raise ValueError(f"time {self.time} cannot be used: the least is 0 seconds, None is no bound")
        if self.threads < 1:
            raise ValueError(f"threads {self.threads} cannot be used: the least is 1")
        if self.cap is not None and not 0 <= self.cap <= 1:
            raise ValueError(f"cap {self.cap} is no share between 0 and 1")
        if self.budget is not None and not math.isfinite(self.budget):
            raise ValueError(f"budget {self.budget} is no amount of money")


    def goals_of(self, settings: Settings) -> tuple[str, ...]:
        """The goals in order: least cost asked for by itself is followed by none."""
        first = self.goal or settings.goal
        then = settings.then if self.then is None else self.then
        if self.goal == "cost" and self.then is None:
            then = ()
        return tuple(dict.fromkeys((first, *then)))

    def cap_of(self, settings: Settings) -> float | None:
        """Most that dependence may be, a fraction; None for no cap."""
        return settings.dependence_cap if self.cap is None else self.cap


@dataclass(frozen=True)
class LimitLevel:
    """Where a plan stands against one limit row, in the limit's own unit (tonnes for shares and dependence).

    Attributes:
        level: what the plan reaches.
        value: what is allowed.
        sense: ``at most`` or ``at least``.
        broken: amount by which it is broken at its price.
    """

    level: float
    value: float
    sense: str
    broken: float = 0.0


@dataclass(frozen=True)
class Infeasibility:
    """Why there is no plan, as far as it is known.

    Attributes:
        findings: each contradiction in the planner's words, with its cells.
        confirmed: what a second solver made of it; None where none was asked, or arithmetic alone settled it.
    """

    findings: tuple[Finding, ...] = ()
    confirmed: Confirmation | None = None


class Infeasible(Exception):  # noqa: N818 - the name is part of the published interface
    """No plan meets the case.

    Attributes:
        reason: what is known of why.
    """

    def __init__(self, reason: Infeasibility) -> None:
        self.reason = reason
        text = "\n".join(str(f) for f in reason.findings) or "no plan meets every demand and limit of the case"
        super().__init__(text)


class Unsolved(Exception):  # noqa: N818 - an outcome, not a fault
    """The time ran out, or the solver gave up, with neither a plan nor a proof that there is none."""


class CheckRefused(Exception):  # noqa: N818 - an outcome of the check
    """What the solver returned was refused, by the independent check or a second solver; it is not reported as a plan.

    Attributes:
        complaints: each row that does not hold, or what the second solver holds against it, in words.
        by: who refused it, as the start of a sentence.
    """

    def __init__(self, complaints: tuple[str, ...], by: str = "The independent check") -> None:
        self.complaints = complaints
        self.by = by
        super().__init__("\n".join(complaints))


@dataclass(frozen=True, repr=False)
class Plan:
    """A checked plan.

    Attributes:
        case: the case it answers.
        options: how it was solved.
        status: ``proved`` within the gap, or ``stopped`` early.
        goals: value of each goal at this plan, in the order solved: dependence as a fraction, cost in the case's
            currency.
        gap: the largest relative gap left over the goals (dependence: absolute).
        bound: best bound on the first goal.
        root_gap: gap of the first goal between its optimum and the bound at the root of the search.
        amounts: every decision that is not zero.
        claims: dependence, cost and cash as the model has them, confirmed by the independent check.
        active: ``(deal, year)`` -> part of the year in force.
        volume: ``(deal, year)`` -> tonnes on its meter.
        capacity: ``(plant, year)`` -> tonnes a year.
        limits: ``(limit, year)`` -> where the plan stands; the first year where it holds over the horizon.
        best: the best value found for each goal when it was solved; a later goal may have used its tolerance.
        budget: the budget in force in the case's currency, None without one.
        least_cost: the least cost, where it was needed or found.
        first_moved_year: the first year that a decision still open can move; None where there is none.
        unique_deals: whether no other set of deals does as well; None where it was not settled in the time.
        deals_without: deals of the plan that another set, which does as well, leaves out; one such set of maybe many.
        deals_instead: deals that the other set has and the plan has not.
        checked: whether the independent check confirmed it.
        confirmed: what a second solver made of its first goal; None where none was asked.
        size: ``rows``, ``columns``, ``integers``, ``nonzeros``.
        seconds: wall-clock seconds by stage.
        as_now: the plan without new deals and plants, None where there is none or it was not asked for.
        notes: what the reader must be told about how the plan came about.
        values: the solver's value of every column of the arrays of the case, from which studies go on.
    """

    case: Case
    options: SolveOptions
    status: Status
    goals: Mapping[str, float]
    gap: float
    bound: float
    root_gap: float | None
    amounts: Amounts
    claims: Claims
    active: Mapping[tuple[str, int], float] = field(default_factory=dict)
    volume: Mapping[tuple[str, int], float] = field(default_factory=dict)
    capacity: Mapping[tuple[str, int], float] = field(default_factory=dict)
    limits: Mapping[tuple[str, int], LimitLevel] = field(default_factory=dict)
    best: Mapping[str, float] = field(default_factory=dict)
    budget: float | None = None
    least_cost: float | None = None
    first_moved_year: int | None = None
    unique_deals: bool | None = None
    deals_without: tuple[str, ...] = ()
    deals_instead: tuple[str, ...] = ()
    checked: bool = False
    confirmed: Confirmation | None = None
    size: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    as_now: Plan | None = None
    notes: tuple[str, ...] = ()
    values: Floats | None = field(default=None, repr=False, compare=False)

    def table(self, name: str) -> pd.DataFrame:
        """One of the plan's tables, tidy: name columns, ``year``, ``value``, ``unit``.

        Raises:
            KeyError: there is no table of that name (see :data:`optimizer.solve.tables.TABLES`).
        """
        from optimizer.solve.tables import TABLES  # tables need pandas, which a solve does not

        if name not in TABLES:
            raise KeyError(f"there is no table '{name}'; there are {', '.join(TABLES)}")
        return TABLES[name](self)

    def __repr__(self) -> str:
        """The case, the status and the goals: the rest is long."""
        goals = ", ".join(f"{goal} {value:.6g}" for goal, value in self.goals.items())
        return f"Plan({self.case.origin.name!r}, {self.status}, {goals})"
