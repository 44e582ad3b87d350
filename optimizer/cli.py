"""The command ``optimizer``. Nothing heavy is loaded before a command needs it."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

from cyclopts import App, CycloptsError, Parameter

from optimizer.commands import questions
from optimizer.commands.streams import sturdy

if TYPE_CHECKING:
    from optimizer.case.findings import Finding

PROVED, INTERNAL, USAGE, STOPPED, NO_PLAN, BAD_INPUT, NOT_WRITABLE, NOTHING, GIVEN_UP = 0, 1, 2, 3, 4, 5, 6, 7, 130
"""Exit codes."""


def _version() -> str:
    from importlib.metadata import version

    return version("partnership-optimizer")


app = App(
    name="optimizer",
    version=_version,
    help="Plan which deals to sign, what to buy, make and stock, and which plants to order, so that dependence on "
    "places of concern is as low as money, capacity and calendar allow.",
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
)


@dataclass
class CommandError(Exception):
    """A command that ends without its answer.

    Attributes:
        code: exit code.
        status: word for it in the JSON.
        message: one sentence for the user.
        findings: faults with their cells.
    """

    code: int
    status: str
    message: str = ""
    findings: tuple[Finding, ...] = ()


class _CtrlC:
    """Ctrl-C, remembered: a library that is just loading makes a fault of its own of it.

    Attributes:
        pressed: whether it was pressed.
    """

    pressed = False

    def __call__(self, _: int, __: FrameType | None) -> NoReturn:
        self.pressed = True
        raise KeyboardInterrupt


_CTRL_C = _CtrlC()


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _CTRL_C)
    with sturdy() as streams:
        try:
            code = app(given, exit_on_error=False, print_error=False, result_action="return_value")
        except CycloptsError as fault:
            code = _misused(given, fault)
        except KeyboardInterrupt:
            code = _given_up(given)
        sys.stdout.flush()
        if streams.lost:
            sys.stderr.write(f"The answer could not be written: {streams.lost}.\n")
            code = NOT_WRITABLE
    sys.exit(code if isinstance(code, int) else PROVED)


def _misused(given: Sequence[str], fault: CycloptsError) -> int:
    words = " ".join(str(fault).split())
    command = given[0] if given else ""
    known = f" {command}" if command in app else ""
    failure = CommandError(USAGE, "usage", f"{words} Try 'optimizer{known} --help'.")
    return answer(command, "--json" in given, lambda: _raise(failure))


def _given_up(given: Sequence[str]) -> int:
    failure = CommandError(GIVEN_UP, "given up", "Given up.")
    return answer(given[0] if given else "", "--json" in given, lambda: _raise(failure))


def _raise(failure: CommandError) -> NoReturn:
    raise failure


@app.command
def new(
    file: Path,
    /,
    *,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    first: int = 2026,
    last: int = 2035,
    currency: str = "USD",
) -> int:
    """Make a workbook to fill: a blank one, or one that starts from a case.

    Args:
        file: the workbook to make; a file that is there already stays as it is.
        from_: a case to start from: a workbook, a folder of .csv files, or the name of a shipped case.
        first: first year of a blank workbook.
        last: last year of a blank workbook.
        currency: currency of a blank workbook, e.g. USD.
    """

    def run() -> int:
        from optimizer.commands.new import new_workbook

        return new_workbook(file, from_, first, last, currency)

    return answer("new", False, run)


@app.command
def check(
    case: str,
    /,
    *,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    scenario: str | None = None,
    mark: Annotated[bool, Parameter(negative="")] = False,
    out: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Read a case and tell every fault in it, each with its cell.

    Args:
        case: a workbook, a folder of .csv files, or the name of a shipped case.
        set_: a change, ADDRESS=VALUE, e.g. "Deals[Japan toll].fee=28 USD/kg"; may be given several times.
        scenario: name of a scenario of the workbook.
        mark: also make a copy of the workbook in which every fault is coloured, commented and listed.
        out: file for that copy; else its name is that of the case with "-checked".
        json: print one JSON document.
    """

    def run() -> int:
        from optimizer.commands.check import check_case_file

        return check_case_file(case, set_ or [], scenario, mark=mark, out=out, as_json=json)

    return answer("check", json, run)


@app.command
def solve(
    case: str,
    /,
    *,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    scenario: str | None = None,
    goal: str | None = None,
    budget: str | None = None,
    cap: str | None = None,
    out: Path = Path("reports"),
    gap: float = 1e-4,
    time: float = 600.0,
    threads: int = 1,
    seed: int = 0,
    with_: Annotated[str | None, Parameter(name="--with")] = None,
    workers: int | None = None,
    scheduler: str | None = None,
    confirm: Annotated[bool, Parameter(negative="")] = False,
    json: Annotated[bool, Parameter(negative="")] = False,
    quiet: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Solve a case: the plan in the terminal and in a run folder.

    Args:
        case: a workbook, a folder of .csv files, or the name of a shipped case.
        set_: a change, ADDRESS=VALUE, e.g. "Deals[Japan toll].fee=28 USD/kg"; may be given several times.
        scenario: name of a scenario of the workbook.
        goal: dependence, mean dependence, cost, or the name of a criterion.
        budget: most that the plan may cost, e.g. 4e9 or "USD 4 bn".
        cap: most that dependence on the glide path may be, e.g. 0.3 or "30 %".
        out: folder in which the run folder is made.
        gap: gap at which a goal counts as proved.
        time: seconds after which the best plan so far is given.
        threads: threads of the solver.
        seed: random seed of the solver.
        with_: questions about the plan that the brief is to answer too, e.g. frontier,alternatives.
        workers: processes that answer these side by side, one for each core if nothing is said.
        scheduler: scheduler of a cluster whose workers answer these instead, e.g. tls://host:8786.
        confirm: ask a second solver too, in the time left; a plan that it contradicts is not shown.
        json: print one JSON document.
        quiet: print nothing but the path of the run folder.
    """

    def run() -> int:
        from optimizer.commands.solve import Request, solve_case

        request = Request(
            case, tuple(set_ or ()), scenario, goal, budget, cap, gap, time, threads, seed, with_, workers, scheduler,
            confirm,
        )
        return solve_case(request, out, json=json, quiet=quiet)

    return answer("solve", json, run)


@app.command
def runs(
    *, out: Path = Path("reports"), json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """List what was solved before, the newest first.

    Args:
        out: folder in which the run folders are.
        json: print one JSON document.
    """

    def run() -> int:
        from optimizer.commands.runs import list_runs

        return list_runs(out, as_json=json)

    return answer("runs", json, run)


@app.command
def replay(
    run: str,
    /,
    *,
    out: Path = Path("reports"),
    json: Annotated[bool, Parameter(negative="")] = False,
    quiet: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Solve a run again from its own input, and tell whether the answer is equal or what differs.

    Args:
        run: a run folder, or the first letters of its id.
        out: folder in which the run folders are.
        json: print one JSON document.
        quiet: print nothing but the outcome.
    """

    def again() -> int:
        from optimizer.commands.replay import replay_run

        return replay_run(out, run, as_json=json, quiet=quiet)

    return answer("replay", json, again)


for _question in questions.COMMANDS:
    app.command(_question)


def answer(command: str, as_json: bool, run: Callable[[], int]) -> int:
    """Run a command; a failure becomes one sentence, or one document, and its exit code."""
    try:
        return run()
    except CommandError as failure:
        return _told(command, failure, as_json)
    except KeyboardInterrupt:
        raise
    except Exception as fault:
        if _CTRL_C.pressed:
            raise KeyboardInterrupt from None
        # whatever it is, a program that reads the answer gets its document, and a person the whole of it
        traceback.print_exc()
        text = f"A fault of the program, not of your case ({type(fault).__name__}). Please report the lines above."
        return _told(command, CommandError(INTERNAL, "internal", text), as_json)


def _told(command: str, failure: CommandError, as_json: bool) -> int:
    from optimizer.commands.common import tell_failure

    return tell_failure(command, failure, as_json=as_json)
