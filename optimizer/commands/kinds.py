"""The studies by name: how each is asked, and what tells it; each is loaded when it is asked for."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
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
    from optimizer.study.pool import Pool

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
    from optimizer.study.question import AskedWrongly

    def ask(
        case: Case, options: SolveOptions, arguments: Mapping[str, Any], executor: Executor, plan: Plan | None
    ) -> Any:
        names = [part.strip() for part in str(arguments["criteria"]).split(",")]
        if len(names) != 2:
            raise AskedWrongly(f"'{arguments['criteria']}' does not name two criteria: write e.g. cost,dependence")
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


def _stress() -> Kind:
    from optimizer.report.studies import stress as teller
    from optimizer.study.stress import LENGTHS, stress

    def ask(
        case: Case, options: SolveOptions, arguments: Mapping[str, Any], executor: Executor, plan: Plan | None
    ) -> Any:
        return stress(case, options, places=arguments["places"], lengths=arguments["years"],
                      starts=arguments["starts"], chance=arguments["chance"], executor=executor, plan=plan)

    return Kind(ask, teller, {"places": [], "years": list(LENGTHS), "starts": [], "chance": None})


def _sample() -> Kind:
    from optimizer.report.studies import sample as teller
    from optimizer.study.sample import sample

    def ask(
        case: Case, options: SolveOptions, arguments: Mapping[str, Any], executor: Executor, plan: Plan | None
    ) -> Any:
        from optimizer.commands.solve import number_of
        from optimizer.report.stored import decisions_of

        run = arguments["plan"]
        return sample(
            case, options, n=arguments["number"], anew=arguments["anew"],
            decided=None if run is None else decisions_of(Path(run), case),
            point=number_of(case, arguments["price-of-point"], "money", "--price-of-point"),
            method="sobol" if arguments["sobol"] else "lhs", scenarios=bool(arguments["scenarios"]),
            by_hand=not arguments["no-hand"], executor=executor, plan=plan,
        )

    usual = {"number": BESIDE, "plan": None, "anew": 0, "sobol": None, "scenarios": None, "price-of-point": None,
             "no-hand": None}
    return Kind(ask, teller, usual)


BESIDE = 1000
"""Futures through which a plan is held beside its solve; none of them is decided anew there."""


def stored_run(run: str) -> str:
    """A run folder of a plan, as it is named.

    Raises:
        CommandError: it is none.
    """
    from optimizer.report.stored import stored
    from optimizer.runs import RunFault

    try:
        stored(Path(run))
    except RunFault as fault:
        raise CommandError(cli.BAD_INPUT, "bad input", str(fault)) from None
    return Path(run).as_posix()


def _robust() -> Kind:
    from optimizer.report.studies import robust as teller
    from optimizer.study.robust import GAP, robust

    def ask(
        case: Case, options: SolveOptions, arguments: Mapping[str, Any], executor: Executor, plan: Plan | None
    ) -> Any:
        options = replace(options, gap=max(options.gap, GAP))
        return robust(case, options, goal=arguments["goal"], executor=executor.on, plan=plan, stop=executor.ground.stop)

    return Kind(ask, teller, {"goal": "expected"})


def _conflict() -> Kind:
    from optimizer.report.studies import conflict as teller
    from optimizer.study.conflict import conflict

    def ask(
        case: Case, options: SolveOptions, arguments: Mapping[str, Any], executor: Executor, plan: Plan | None
    ) -> Any:
        return conflict(case, options, executor=executor, plan=plan, hopeless=arguments["hopeless"])

    return Kind(ask, teller, {"hopeless": False})


_KINDS: Mapping[str, Callable[[], Kind]] = {
    "frontier": _frontier, "alternatives": _alternatives, "why": _why, "tornado": _tornado,
    "stress": _stress, "robust": _robust, "sample": _sample, "conflict": _conflict,
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
            known = did_you_mean(name, _KINDS) or f"Known: {', '.join(_KINDS)}."
            raise CommandError(cli.USAGE, "usage", f"--with {text}: there is no question '{name}'. {known}")
    return names


def pool_of(workers: int | None, scheduler: str | None) -> Pool:
    """The workers asked for, none of which is started yet.

    Raises:
        CommandError: they cannot be used.
    """
    from optimizer.study.pool import Pool, PoolFault

    try:
        return Pool(workers, scheduler)
    except PoolFault as fault:
        text = str(fault)
        raise CommandError(cli.USAGE, "usage", f"{text[:1].upper()}{text[1:]}.") from None


def along(
    plan: Plan, names: tuple[str, ...], pool: Pool, *, silent: bool
) -> tuple[tuple[Told, ...], tuple[Finding, ...]]:
    """Studies of a plan that was just found, one after the other; what one has solved serves the others.

    Whatever ends one of them, the plan stays: a question without an answer is told as a warning. Where the user gives
    up, those that follow are not asked.
    """
    from optimizer.report.studies.told import Told
    from optimizer.runs import Journal
    from optimizer.solve.plan import CheckRefused, Infeasible, Unsolved
    from optimizer.solve.stopping import Stop
    from optimizer.study.cluster import Cluster
    from optimizer.study.ground import Ground
    from optimizer.study.question import AskedWrongly

    options, journal, stop = replace(plan.options, time=TIME), Journal(), Stop()
    found: list[Told] = []
    open_: list[Finding] = []
    with pool:
        for at, name in enumerate(names):
            study = kind(name)
            try:
                if stop.asked:
                    raise KeyboardInterrupt
                ground = Ground(plan.case, options, study.box(plan.case, study.usual), stop)
                with progress(silent) as on_event, stop.listening():
                    executor = Cluster(ground, pool, seconds=TIME, journal=journal, on_event=on_event)
                    answer = study.ask(plan.case, options, study.usual, executor, plan)
                    found.append(Told.of(name, study.teller, answer))
            except (AskedWrongly, CaseError, Infeasible, Unsolved, CheckRefused) as fault:
                open_.append(_unanswered(name, str(fault)))
            except Exception as fault:
                traceback.print_exc()
                told = f"a fault of the program ({type(fault).__name__}); please report the lines above"
                open_.append(_unanswered(name, told))
            except KeyboardInterrupt:
                open_ += [_unanswered(left, "it was interrupted") for left in names[at:]]
                break
    return tuple(found), tuple(open_)


def _unanswered(name: str, why: str) -> Finding:
    told = f"The question '{name}' has no answer: {why or 'no plan meets what it asks'}".removesuffix(".")
    return Finding(f"--with {name}", "", "", f"{told}.", level="warning")
