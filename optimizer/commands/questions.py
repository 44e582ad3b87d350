"""The commands that ask about a plan, a function each; what they run is loaded when one is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

TIME = 1800.0
"""Seconds for a study."""

Flag = Annotated[bool, Parameter(negative="", show_default=False)]


@Parameter(name="*")
@dataclass(frozen=True)
class Asked:
    """What every question takes besides its case."""

    set_: Annotated[list[str], Parameter(name="--set", negative="", show_default=False)] = field(default_factory=list)
    """a change, ADDRESS=VALUE, e.g. "Deals[Japan toll].fee=28 USD/kg"; may be given several times."""
    scenario: str | None = None
    """name of a scenario of the workbook."""
    goal: str | None = None
    """first goal of the plan that is asked about; else that of the case."""
    budget: str | None = None
    """most that a plan may cost, e.g. 4e9 or "USD 4 bn"."""
    cap: str | None = None
    """most that dependence on the glide path may be, e.g. 0.3 or "30 %"."""
    out: Path = Path("reports")
    """folder in which the run folder is made."""
    gap: float | None = None
    """gap at which a goal counts as proved; else 0.0001, or that of the run."""
    time: float = TIME
    """seconds after which what was found so far is told."""
    threads: int = 1
    """threads of the solver."""
    seed: int = 0
    """random seed of the solver."""
    workers: int | None = None
    """processes that solve side by side, one for each core if nothing is said; 1 keeps all in this one."""
    scheduler: str | None = None
    """scheduler of a cluster whose workers solve instead, e.g. tls://host:8786."""
    resume: Flag = False
    """go on with the same question where it was interrupted."""
    json: Flag = False
    """print one JSON document."""
    quiet: Flag = False
    """print nothing but the path of the run folder."""


@Parameter(name="*")
@dataclass(frozen=True)
class AskedOfFutures(Asked):
    """What a question about futures takes besides its case."""

    goal: str | None = "expected"
    """what is least over the futures: expected, cvar:0.8 (the mean of the dearest 20 %), worst, or regret."""
    gap: float | None = None
    """gap at which the goal counts as proved, a part of the cost; else 0.001."""


def frontier(
    case: str, /, *, criteria: str = "cost,dependence", points: int | None = None, step: float | None = None,
    asked: Asked = Asked(),
) -> int:
    """What less dependence costs: the trade-off of two criteria, each point the least of the first for the second.

    Args:
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run: its folder or the first letters
            of its id.
        criteria: the two criteria, e.g. cost,dependence.
        points: points after which it ends; 15 where neither this nor --step is given.
        step: how far apart points may be that are not proved to be neighbours, e.g. 0.01 for a point of dependence;
            0 goes from point to point.
        asked: what every question takes.
    """
    return _study("frontier", case, asked, {"criteria": criteria, "points": points, "step": step})


def alternatives(
    case: str, /, *, n: Annotated[int, Parameter(name=["-n", "--number"])] = 10, within: str = "1 %",
    plants: Flag = False, asked: Asked = Asked(),
) -> int:
    """Which other sets of deals do nearly as well, and which deals are in all, some or none of them.

    Args:
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run: its folder or the first letters
            of its id.
        n: how many sets are told, that of the plan among them.
        within: loss within which a deal is called a must, optional or never, e.g. "1 %".
        plants: tell sets apart by plants too.
        asked: what every question takes.
    """
    return _study("alternatives", case, asked, lambda: {
        "n": n, "within": _part("--within", within), "plants": plants,
    })


def why(
    case: str, name: str | None = None, /, *, all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    asked: Asked = Asked(),
) -> int:
    """Why a deal or plant is in the plan or out of it: the fee, cost, volume and year at which that would change.

    Args:
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run: its folder or the first letters
            of its id.
        name: the deal or plant, e.g. "Korea toll".
        all_: every deal, in one table.
        asked: what every question takes.
    """
    def named() -> Mapping[str, Any]:
        if (name is None) != all_:
            raise _usage("Name one deal or plant, or ask for --all.")
        return {"name": name}

    return _study("why", case, asked, named)


def tornado(
    case: str, /, *, spread: str = "10 %", asked: Asked = Asked(),
) -> int:
    """Which uncertain numbers matter: each at its low and high end, and whether the deals would be others.

    Args:
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run: its folder or the first letters
            of its id.
        spread: how far down and up numbers without high confidence go where the sheet Ranges is empty, e.g. "10 %".
        asked: what every question takes.
    """
    return _study("tornado", case, asked, lambda: {"spread": _part("--spread", spread)})


def stress(
    case: str, /, *, place: Annotated[list[str], Parameter(negative="", show_default=False)] = [],  # noqa: B006
    years: str = "1,2", start: str | None = None, chance: str | None = None, asked: Asked = Asked(),
) -> int:
    """What a stop of places of concern costs the plan, who goes short, and for how long each sector lasts.

    Args:
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run: its folder or the first letters
            of its id.
        place: a place that stops; may be given several times, and they stop together; else all places of concern.
        years: how many years a stop lasts, e.g. "1,2"; a part of one too.
        start: years in which a stop begins, e.g. "2028,2030"; else each year of the case in turn.
        chance: chance that one begins in a year, e.g. "20 %"; else that of the case.
        asked: what every question takes.
    """
    return _study("stress", case, asked, lambda: {
        "places": list(place), "years": _list("--years", years, float),
        "starts": [] if start is None else _list("--start", start, int),
        "chance": None if chance is None else _part("--chance", chance),
    })


def robust(
    case: str, /, *, price_of_point: str | None = None, asked: AskedOfFutures = AskedOfFutures(),
) -> int:
    """What to decide now where the future is not known: best over all futures of the case, each of which adapts.

    Args:
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run: its folder or the first letters
            of its id. Its scenarios with a probability are the futures, and its base.
        price_of_point: what a point of dependence above that of the plan costs, e.g. "USD 6 m"; else what one
            costs at the plan.
        asked: what every question takes; the goal is one over the futures.
    """
    def run() -> int:
        from optimizer.commands.futures import decided_now

        return decided_now(case, asked, price_of_point)

    from optimizer.cli import answer

    return answer("robust", asked.json, run)


def sample(
    case: str, /, *, n: Annotated[int, Parameter(name=["-n", "--number"])] = 1000, plan: str | None = None,
    anew: int | None = None, sobol: Flag = False, scenarios: Flag = False, price_of_point: str | None = None,
    no_hand: Flag = False, asked: Asked = Asked(),
) -> int:
    """What a plan comes to in a thousand futures, and what would be decided in each; what tells them apart.

    Args:
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run: its folder or the first letters
            of its id.
        n: futures drawn from the sheet Ranges and the chances of closing.
        plan: run folder of the plan that is held through them; else the plan of the case is.
        anew: how many of the futures are decided anew too; else all of them, or none with --plan.
        sobol: draw by Sobol's sequence, not by a Latin hypercube.
        scenarios: give each future one of the scenarios with a probability too.
        price_of_point: what a point of dependence above the plan's counts, e.g. "USD 20 m"; else what it costs there.
        no_hand: draw no plans by hand to compare with.
        asked: what every question takes.
    """
    def named() -> Mapping[str, Any]:
        from optimizer.commands.kinds import stored_run

        return {
            "number": n, "plan": None if plan is None else stored_run(plan), "anew": anew, "sobol": sobol or None,
            "scenarios": scenarios or None, "price-of-point": price_of_point, "no-hand": no_hand or None,
        }

    return _study("sample", case, asked, named)


def conflict(
    case: str, /, *, apply: int | None = None, asked: Asked = Asked(),
) -> int:
    """Why there is no plan: the cells that stand in each other's way, and what would have to change for a plan.

    Of a case with a plan it tells which numbers leave no slack, and how far each could still be tightened.

    Args:
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run: its folder or the first letters
            of its id.
        apply: also write the way out of this number as a workbook, the changed cells marked.
        asked: what every question takes.
    """
    def run() -> int:
        from optimizer.commands.conflict import conflict_of

        return conflict_of(case, asked, apply)

    from optimizer.cli import answer

    return answer("conflict", asked.json, run)


def compare(
    before: str, after: str, /, *, asked: Asked = Asked(),
) -> int:
    """What differs between two cases or runs, in inputs and decisions, and which inputs make the difference.

    Args:
        before: a workbook, a folder of .csv files, the name of a shipped case, or a run: its folder or the first
            letters of its id.
        after: the other one.
        asked: what every question takes; changes and scenario are made in both.
    """
    def run() -> int:
        from optimizer.commands.comparison import comparison

        return comparison(before, after, asked)

    from optimizer.cli import answer

    return answer("compare", asked.json, run)


def _study(
    name: str, case: str, asked: Asked, arguments: Mapping[str, Any] | Callable[[], Mapping[str, Any]]
) -> int:
    def run() -> int:
        from optimizer.commands.study import study

        return study(name, case, asked, arguments() if callable(arguments) else arguments)

    from optimizer.cli import answer

    return answer(name, asked.json, run)


def _part(option: str, text: str) -> float:
    """A part, in percent or as a fraction.

    Raises:
        CommandError: it is none.
    """
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise _usage(f"{option} {text} is no part: write e.g. '1 %'.") from None


def _list(option: str, text: str, kind: Callable[[str], Any]) -> list[Any]:
    """Numbers with commas between.

    Raises:
        CommandError: one is none.
    """
    try:
        return [kind(part.strip()) for part in text.split(",")]
    except ValueError:
        raise _usage(f"{option} {text} are no years: write e.g. '1,2' or '2028,2030'.") from None


def _usage(message: str) -> Exception:
    from optimizer.cli import USAGE, CommandError

    return CommandError(USAGE, "usage", message)


COMMANDS: tuple[Callable[..., int], ...] = (
    frontier, alternatives, why, tornado, stress, robust, sample, conflict, compare,
)
"""Every command of this file."""
