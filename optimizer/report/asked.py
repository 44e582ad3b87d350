"""What was asked of a run beside the case itself: changes made to it, and options that differ from its settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optimizer.report.numbers import money, short_percent
from optimizer.solve.plan import Plan

MOST = 8
"""Changes that a sentence names; of more it gives the number."""

AIMS = {"dependence": "least dependence", "mean dependence": "least mean dependence", "cost": "least cost"}
"""Goal -> what it seeks, in words."""


def asked(plan: Plan, changes: Sequence[str] = ()) -> list[str]:
    """What makes this run another one than that of the case as it stands, in a sentence or two; empty where nothing.

    Args:
        plan: the plan.
        changes: what was changed in the case as read, as in :func:`optimizer.report.run.write_run`.
    """
    found = []
    if changes:
        rest = f"; and {len(changes) - MOST} more" if len(changes) > MOST else ""
        found.append(f"With these changes: {'; '.join(map(_change, changes[:MOST]))}{rest}.")
    options = list(_options(plan))
    if options:
        found.append(f"Asked for: {'; '.join(options)}.")
    return found


def _change(text: str) -> str:
    """A change in words: what the command line calls it is no word of the reader's."""
    if text.startswith("--scenario "):
        return f"scenario '{text.removeprefix('--scenario ')}'"
    return text.removeprefix("--set ")


def _options(plan: Plan) -> Iterable[str]:
    """The options that are not the case's own, each beside what the case says."""
    settings, options = plan.case.settings, plan.options
    goals, own = [options.goal or settings.goal], [settings.goal]
    if options.then is not None:
        goals, own = [*goals, *options.then], [*own, *settings.then]
    if goals != own:
        yield f"{_aims(goals)} (the workbook: {_aims(own)})"
    if options.budget is not None and options.budget != settings.budget:
        yield f"at most {money(options.budget, settings.currency)} (the workbook: {_own_budget(plan)})"
    if options.cap is not None and options.cap != settings.dependence_cap:
        own_cap = settings.dependence_cap
        told = "no cap" if own_cap is None else f"at most {short_percent(own_cap)}"
        yield f"dependence of at most {short_percent(options.cap)} (the workbook: {told})"


def _aims(goals: Sequence[str]) -> str:
    return ", then ".join(AIMS.get(goal, f"least {goal}") for goal in goals)


def _own_budget(plan: Plan) -> str:
    settings = plan.case.settings
    if settings.budget is not None:
        return f"at most {money(settings.budget, settings.currency)}"
    if settings.budget_above_least_cost is not None:
        return f"{money(settings.budget_above_least_cost, settings.currency)} above the least cost"
    return "no budget"
