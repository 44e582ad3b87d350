"""The studies by name: how each is asked, and what tells it; each is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from optimizer import cli
from optimizer.case.address import did_you_mean
from optimizer.case.case import Case
from optimizer.case.changes import Change
from optimizer.case.findings import CaseError, Finding
from optimizer.cli import CommandError
from optimizer.commands.common import progress
from optimizer.commands.questions import TIME

if TYPE_CHECKING:
    from optimizer.report.studies.told import Teller, Told
    from optimizer.solve.plan import Plan, SolveOptions
    from optimizer.study.executor import Executor

Ask = Callable[["Case", "SolveOptions", Mapping[str, Any], "Executor", "Plan | None"], Any]
"""Case, options, arguments, where the solves run and the plan, where it is known, to what was found."""


@dataclass(frozen=True)
class Kind:
    """What a study is made of.

    Attributes:
        ask: the study.
        teller: what makes documents, tables, page and pictures of what it found.
        usual: its arguments where none are said.
        box: the changes that it will make, which the model is built for.
    """

    ask: Ask
    teller: Teller
    usual: Mapping[str, Any] = field(default_factory=dict)
    box: Callable[[Case, Mapping[str, Any]], Iterable[tuple[Change, ...]]] = lambda _, __: ()


def _frontier() -> Kind:
    from optimizer.report.studies import frontier as teller
    from optimizer.study.frontier import frontier

    def ask(
        case: Case, options: SolveOptions, arguments: Mapping[str, Any], executor: Executor, plan: Plan | None
    ) -> Any:
        names = [part.strip() for part in str(arguments["criteria"]).split(",")]
        if len(names) != 2:
            raise ValueError(f"'{arguments['criteria']}' does not name two criteria: write e.g. cost,dependence")
        return frontier(case, options, criteria=(names[0], names[1]), points=arguments["points"],
                        step=arguments["step"], executor=executor)

    return Kind(ask, teller, {"criteria": "cost,dependence", "points": None, "step": None})


def _alternatives() -> Kind:
    from optimizer.report.studies import alternatives as teller
    from optimizer.study.alternatives import alternatives

    def ask(
        case: Case, options: SolveOptions, arguments: Mapping[str, Any], executor: Executor, plan: Plan | None
    ) -> Any:
        return alternatives(case, options, n=arguments["n"], within=arguments["within"], plants=arguments["plants"],
                            executor=executor, plan=plan)

    return Kind(ask, teller, {"n": 10, "within": 0.01, "plants": False})


def _why() -> Kind:
    from optimizer.report.studies import why as teller
    from optimizer.study.why import box, why, why_all

    def ask(
        case: Case, options: SolveOptions, arguments: Mapping[str, Any], executor: Executor, plan: Plan | None
    ) -> Any:
        name = arguments["name"]
        if name is None:
            return why_all(case, options, executor=executor, plan=plan)
        return why(case, name, options, executor=executor)

    def announced(case: Case, arguments: Mapping[str, Any]) -> Iterable[tuple[Change, ...]]:
        name = arguments["name"]
        sheet = "Plants" if any(plant.name == name for plant in case.plants) else "Deals"
        known = name is None or any(deal.name == name for deal in case.deals) or sheet == "Plants"
        return box(case, None if name is None else [(sheet, name)]) if known else ()

    return Kind(ask, teller, {"name": None}, announced)


def _tornado() -> Kind:
    from optimizer.report.studies import tornado as teller
    from optimizer.study.tornado import box, tornado

    def ask(
        case: Case, options: SolveOptions, arguments: Mapping[str, Any], executor: Executor, plan: Plan | None
    ) -> Any:
        return tornado(case, options, spread=arguments["spread"], executor=executor, plan=plan)

    return Kind(ask, teller, {"spread": 0.1}, lambda case, arguments: box(case, arguments["spread"]))


def _conflict() -> Kind:
    from optimizer.report.studies import conflict as teller
    from optimizer.study.conflict import conflict

    def ask(
        case: Case, options: SolveOptions, arguments: Mapping[str, Any], executor: Executor, plan: Plan | None
    ) -> Any:
        return conflict(case, options, executor=executor, plan=plan, hopeless=arguments["hopeless"])

    return Kind(ask, teller, {"hopeless": False})


_KINDS: Mapping[str, Callable[[], Kind]] = {
    "frontier": _frontier, "alternatives": _alternatives, "why": _why, "tornado": _tornado, "conflict": _conflict,
}
"""Name of a study -> how it is loaded."""


def kind(name: str) -> Kind:
    """The study of a name."""
    return _KINDS[name]()


def question_names(text: str | None) -> tuple[str, ...]:
    """The studies that ``--with`` names.

    Raises:
        CommandError: it names one that there is not.
    """
    names = tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
    for name in names:
        if name not in _KINDS:
            known = did_you_mean(name, _KINDS)
            raise CommandError(cli.USAGE, "usage", f"--with {text}: there is no question '{name}'. {known}")
    return names


def along(plan: Plan, names: tuple[str, ...], *, silent: bool) -> tuple[tuple[Told, ...], tuple[Finding, ...]]:
    """Studies of a plan that was just found, one after the other; what one has solved serves the others.

    Whatever ends one of them, the plan stays: a question without an answer is told as a warning. Where the user gives
    up, those that follow are not asked.
    """
    from optimizer.report.studies.told import Told
    from optimizer.runs import Journal
    from optimizer.solve.plan import CheckRefused, Infeasible, Unsolved
    from optimizer.solve.stopping import Stop
    from optimizer.study.executor import Here
    from optimizer.study.ground import Ground

    options, journal, stop = replace(plan.options, time=TIME), Journal(), Stop()
    found: list[Told] = []
    open_: list[Finding] = []
    for at, name in enumerate(names):
        study = kind(name)
        try:
            if stop.asked:
                raise KeyboardInterrupt
            ground = Ground(plan.case, options, study.box(plan.case, study.usual), stop)
            with progress(silent) as on_event, stop.listening():
                executor = Here(ground, seconds=TIME, journal=journal, on_event=on_event)
                found.append(Told.of(name, study.teller, study.ask(plan.case, options, study.usual, executor, plan)))
        except (ValueError, CaseError, Infeasible, Unsolved, CheckRefused) as fault:
            open_.append(_unanswered(name, str(fault)))
        except KeyboardInterrupt:
            open_ += [_unanswered(left, "it was interrupted") for left in names[at:]]
            break
    return tuple(found), tuple(open_)


def _unanswered(name: str, why: str) -> Finding:
    told = f"The question '{name}' has no answer: {why or 'no plan meets what it asks'}".removesuffix(".")
    return Finding(f"--with {name}", "", "", f"{told}.", level="warning")
