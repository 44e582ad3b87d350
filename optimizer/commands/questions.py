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
    resume: Flag = False
    """go on with the same question where it was interrupted."""
    json: Flag = False
    """print one JSON document."""
    quiet: Flag = False
    """print nothing but the path of the run folder."""


def frontier(
    case: str, /, *, criteria: str = "cost,dependence", points: int | None = None, step: float | None = None,
    asked: Asked = Asked(),
) -> int:
    """What less dependence costs: the trade-off of two criteria, each point the least of the first for the second.

    Args:
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run folder.
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
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run folder.
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
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run folder.
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
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run folder.
        spread: how far down and up numbers without high confidence go where the sheet Ranges is empty, e.g. "10 %".
        asked: what every question takes.
    """
    return _study("tornado", case, asked, lambda: {"spread": _part("--spread", spread)})


def conflict(
    case: str, /, *, apply: int | None = None, asked: Asked = Asked(),
) -> int:
    """Why there is no plan: the cells that stand in each other's way, and what would have to change for a plan.

    Of a case with a plan it tells which numbers leave no slack, and how far each could still be tightened.

    Args:
        case: a workbook, a folder of .csv files, the name of a shipped case, or a run folder.
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
        before: a workbook, a folder of .csv files, the name of a shipped case, or a run folder.
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


def _usage(message: str) -> Exception:
    from optimizer.cli import USAGE, CommandError

    return CommandError(USAGE, "usage", message)


COMMANDS: tuple[Callable[..., int], ...] = (frontier, alternatives, why, tornado, conflict, compare)
"""Every command of this file."""
