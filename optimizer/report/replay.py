"""A run solved again from its own input, and how the two compare."""

from __future__ import annotations

import json
import math
import platform
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from optimizer.case.case import Case
from optimizer.case.findings import CaseError
from optimizer.case.read import read_case
from optimizer.model.blocks.dependence import COST, DEPENDENCE, MEAN
from optimizer.report.differences import Json, file_differences, of_decisions, of_goals
from optimizer.report.document import plan_data
from optimizer.report.origin import with_origin
from optimizer.report.run import case_hashes, versions, write_run
from optimizer.runs import RunFault, command_of, read_manifest
from optimizer.solve.events import OnEvent
from optimizer.solve.plan import Infeasible, Plan, SolveOptions, Unsolved
from optimizer.solve.solve import solve

Outcome = Literal["bytes", "answer", "differs"]

ROUNDING = 1e-9
"""Beside the gap: what two machines may differ by in a goal that both proved to the last digit."""

_MANIFEST, _INPUT, _PLAN = "manifest.json", "input", "plan.json"

_WITH_QUESTIONS = ("brief.md", "brief.pdf", _PLAN)
"""Files of a plan in which the answers to questions stand too."""


@dataclass(frozen=True)
class Replay:
    """A run beside its replay.

    Attributes:
        run: the run folder.
        id: the run's id.
        outcome: ``bytes``: every file is the same; ``answer``: goals lie within the gap, deals and orders are the
            same; ``differs``.
        same_lock: whether libraries and platform are those of the run, so that the same bytes are to be expected.
        compared: the files compared byte for byte; none where bytes could not be expected.
        goals: value of each goal, then and now: dependence as a fraction, cost in the case's currency.
        differences: what differs, sentences.
        notes: what the reader must know of the comparison, sentences.
        plan: the plan found now; None where there is none.
    """

    run: Path
    id: str
    outcome: Outcome
    same_lock: bool
    compared: tuple[str, ...]
    goals: Mapping[str, tuple[float | None, float | None]]
    differences: tuple[str, ...]
    notes: tuple[str, ...]
    plan: Plan | None

    @property
    def equal(self) -> bool:
        """Whether the run came out again, in bytes or in its answer."""
        return self.outcome != "differs"

    def __str__(self) -> str:
        """The outcome in one sentence."""
        if self.outcome == "bytes":
            return f"Equal, byte for byte: {len(self.compared)} files."
        if self.outcome == "answer":
            return "Equal in its answer: the goals lie within the gap, deals and orders are the same."
        return "The replay differs from the run."


def replay(run: str | Path, on_event: OnEvent | None = None) -> Replay:
    """Solves a run again from its own input and options, and compares.

    On the libraries and platform of the run its files are to be the same byte for byte; elsewhere, and where a search
    was stopped before its proof, goals are compared within the gap, and deals and orders one by one.

    Args:
        run: a run folder.
        on_event: told the stages and how the search goes.

    Raises:
        RunFault: it is no whole run, or its manifest, plan or input cannot be used or was changed since.
        CheckRefused: what the solver returned does not stand up to the independent check.
        OSError: the replay's own files cannot be written in the folder for temporary files.
    """
    folder = Path(run)
    stored = _Stored.of(folder)
    try:
        plan = solve(stored.case, stored.options, on_event)
    except (Infeasible, Unsolved) as none:
        why = "no plan meets the case" if isinstance(none, Infeasible) else "no plan was found in the time"
        return stored.replay("differs", (), (f"Then there was a plan, {stored.status}; now {why}.",), (), None)
    return _compared(stored, plan)


@dataclass(frozen=True)
class _Stored:
    """What a run folder holds of its own making."""

    folder: Path
    manifest: Json
    data: Json
    case: Case
    options: SolveOptions

    @classmethod
    def of(cls, folder: Path) -> _Stored:
        kept = read_manifest(folder)
        if (command := command_of(kept)) != "solve":
            again = shlex.join(["optimizer", command, folder.as_posix(), *_arguments(kept)])
            raise RunFault(f"'{folder}' answers a question about a plan, and plans alone are replayed. "
                           f"To ask it again: {again}")
        missing = sorted({"run", "case", "options", "sheets", "versions", "platform", "goals", "status"} - set(kept))
        if missing:
            raise RunFault(f"{_MANIFEST} of '{folder}' is damaged: {', '.join(missing)} missing.")
        bad = [name for name in ("goals", "options", "sheets", "versions") if not isinstance(kept[name], dict)]
        if bad:
            raise RunFault(f"{_MANIFEST} of '{folder}' is damaged: {', '.join(bad)} cannot be used.")
        case, options = _input(folder, kept), _options(folder, kept["options"])
        if not {options.goal, *(options.then or ())} <= {None, *_known_goals(case)}:
            raise RunFault(f"{_MANIFEST} of '{folder}' is damaged: its options name a goal that the case lacks.")
        return cls(folder, kept, stored_plan(folder), case, options)

    @property
    def status(self) -> str:
        return str(self.manifest["status"])

    @property
    def changes(self) -> tuple[str, ...]:
        """What the run was asked to change, which its brief names; its input has it already."""
        kept = self.manifest.get("changes")
        return tuple(map(str, kept)) if isinstance(kept, list) else ()

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that were answered beside the plan."""
        kept = self.data.get("studies")
        return tuple(map(str, kept)) if isinstance(kept, dict) else ()

    @property
    def moved(self) -> tuple[str, ...]:
        """What is not as it was when the run was made: libraries and platform, then and now."""
        here: dict[str, Any] = {**versions(), "platform": _platform()}
        there = {**dict(self.manifest["versions"]), "platform": self.manifest["platform"]}
        names = dict.fromkeys((*there, *here))
        return tuple(
            f"{name} {there.get(name, 'not named')} then, {here.get(name, 'not named')} now"
            for name in names if there.get(name) != here.get(name)
        )

    def replay(
        self, outcome: Outcome, compared: tuple[str, ...], differences: tuple[str, ...], notes: tuple[str, ...],
        plan: Plan | None,
    ) -> Replay:
        now = plan.goals if plan is not None else {}
        was = _numbers(self.manifest["goals"])
        goals = {goal: (was.get(goal), now.get(goal)) for goal in dict.fromkeys((*was, *now))}
        return Replay(self.folder, str(self.manifest["run"]), outcome, not self.moved, compared, goals, differences,
                      notes, plan)


def _arguments(manifest: Json) -> list[str]:
    """What a question was asked with beside its case, as on a command line."""
    known = manifest.get("arguments")
    given = known.items() if isinstance(known, dict) else ()
    return [text for name, value in given if value is not None for text in (f"--{name}", str(value))]


def _platform() -> str:
    return f"{platform.system()} {platform.machine()}"


def stored_plan(folder: Path) -> Json:
    """The run's own `plan.json`.

    Raises:
        RunFault: it is not there, or is no such document.
    """
    try:
        found = json.loads((folder / _PLAN).read_bytes())
        of_decisions(found, found)
    except OSError as fault:
        raise RunFault(f"{_PLAN} of '{folder}' cannot be read: {fault.strerror or fault}.") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RunFault(f"{_PLAN} of '{folder}' is damaged: deals and orders cannot be read from it.") from None
    return dict(found)


def _options(folder: Path, kept: Json) -> SolveOptions:
    """The options that a manifest holds.

    Raises:
        RunFault: they are not those of this program.
    """
    odd = sorted(set(kept) ^ {field.name for field in fields(SolveOptions)})
    if odd:
        raise RunFault(f"{_MANIFEST} of '{folder}' holds other options than this program has: {', '.join(odd)}.")
    then = tuple(kept["then"]) if isinstance(kept["then"], list) else kept["then"]
    given = {**kept, "then": then}
    bad = [name for name, sound in _usable(given).items() if not sound]
    if bad:
        raise RunFault(f"{_MANIFEST} of '{folder}' is damaged: {', '.join(bad)} cannot be used.")
    try:
        return SolveOptions(**given)
    except ValueError as fault:
        raise RunFault(f"{_MANIFEST} of '{folder}' is damaged: {fault}.") from None


def _usable(options: Mapping[str, Any]) -> dict[str, bool]:
    """Option -> whether its value is of the kind that a solve takes."""

    def number(value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)

    def texts(value: object) -> bool:
        return isinstance(value, tuple) and all(isinstance(text, str) for text in value)

    def whole(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0

    return {
        "goal": options["goal"] is None or isinstance(options["goal"], str),
        "then": options["then"] is None or texts(options["then"]),
        "budget": options["budget"] is None or number(options["budget"]),
        "cap": options["cap"] is None or number(options["cap"]),
        "gap": number(options["gap"]),
        "time": options["time"] is None or number(options["time"]),
        "threads": whole(options["threads"]),
        "seed": whole(options["seed"]),
        "as_now": isinstance(options["as_now"], bool),
        "unique": isinstance(options["unique"], bool),
        "confirm": isinstance(options["confirm"], bool),
    }


def _known_goals(case: Case) -> set[str]:
    return {DEPENDENCE, MEAN, COST, *(row.criterion for row in case.criteria)}


def _input(folder: Path, kept: Json) -> Case:
    """The case that a run was solved from, its changes made, named as it was.

    Raises:
        RunFault: it is not there, cannot be read, or is not what the manifest has the hashes of.
    """
    try:
        case = read_case(folder / _INPUT)
    except CaseError as fault:
        first = next(iter(fault.findings))
        raise RunFault(f"The input of '{folder}' cannot be read: {first}") from None
    now, was = case_hashes(case), kept["sheets"]
    changed = sorted(name for name in {*now, *was} if now.get(name) != was.get(name))
    if changed:
        raise RunFault(_changed(folder, kept, changed))
    return with_origin(case, folder / _INPUT, str(kept["case"]))


def _changed(folder: Path, kept: Json, sheets: list[str]) -> str:
    told = f"The input of '{folder}' is not what the run was solved from: {', '.join(sheets)} changed since."
    own = "partnership-optimizer"
    was, now = dict(kept["versions"]).get(own), versions()[own]
    if was == now:
        return f"{told} To solve it as it is now: optimizer solve '{folder / _INPUT}'."
    return f"{told} Or the program reads a sheet otherwise now: the run is of version {was}, this is {now}."


def _compared(stored: _Stored, plan: Plan) -> Replay:
    moved, notes = stored.moved, []
    if moved:
        notes.append(f"Not the libraries or the platform of the run ({'; '.join(moved)}): goals within the gap, deals "
                     "and orders are compared, not bytes.")
    stopped = [when for when, status in (("then", stored.status), ("now", plan.status)) if status != "proved"]
    if stopped:
        notes.append(f"The search was stopped before its proof {' and '.join(stopped)}. Where it stops depends on the "
                     "machine's speed: goals within the gap, deals and orders are compared, not bytes.")
    unsettled = not stopped and stored.data.get("unique_deals") != plan.unique_deals and None in (
        stored.data.get("unique_deals"), plan.unique_deals
    )
    if unsettled:
        notes.append("Whether another set of deals does as well was settled only once: how far that search comes "
                     "depends on the machine's speed, so goals, deals and orders are compared, not bytes.")
    open_then, open_now = _left_open(stored.data.get("confirmed")), _left_open(plan_data(plan)["confirmed"])
    if open_then or open_now:
        notes.append("The second solver came to no proof of its own in its time. How far it comes depends on the "
                     "machine's speed, so goals, deals and orders are compared, not bytes.")
    differences = _answers(stored, plan)
    if moved or stopped or unsettled or open_then or open_now:
        if differences and stored.data.get("unique_deals") is False:
            notes.append("Other sets of deals do as well as the one of the run, so that another may be found.")
        return stored.replay("differs" if differences else "answer", (), differences, tuple(notes), plan)
    if stored.questions:
        notes.append(f"Questions are not asked again ({', '.join(stored.questions)}), so not compared: "
                     f"{', '.join(_WITH_QUESTIONS)}.")
    compared, unlike, missing = _bytes(stored, plan)
    if missing:
        notes.append(f"No longer in the run folder, so not compared: {', '.join(missing)}.")
    if unlike and not differences:
        notes.append("Goals, deals and orders are the same; the files are not.")
    outcome: Outcome = "differs" if unlike or differences else "bytes"
    return stored.replay(outcome, compared, (*differences, *unlike), tuple(notes), plan)


def _left_open(confirmed: object) -> bool:
    """Whether a second solver, as a document tells of it, ended without a proof of its own."""
    return isinstance(confirmed, dict) and confirmed.get("verdict") == "open"


def _answers(stored: _Stored, plan: Plan) -> tuple[str, ...]:
    """What differs in goals, deals and orders."""
    gaps = (_gap(stored.manifest.get("gap")), plan.gap, plan.options.gap, ROUNDING)
    told = of_goals(_numbers(stored.manifest["goals"]), plan.goals, max(gaps))
    return (*told, *of_decisions(stored.data, json.loads(json.dumps(plan_data(plan)))))


def _gap(value: object) -> float:
    """The gap that a manifest holds; none stands for an infinite one."""
    return float(value) if isinstance(value, int | float) else math.inf


def _numbers(goals: Any) -> dict[str, float]:
    return {str(goal): float(value) for goal, value in dict(goals).items() if isinstance(value, int | float)}


def _bytes(stored: _Stored, plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The files compared, what differs in them, and the files that the run folder no longer has."""
    with tempfile.TemporaryDirectory(prefix="replay-") as place:
        again = write_run(plan, place, changes=stored.changes)
        names = sorted(file.relative_to(again).as_posix() for file in again.rglob("*") if file.is_file())
        names.remove(_MANIFEST)  # it holds wall-clock times
        if stored.questions:
            names = [name for name in names if name not in _WITH_QUESTIONS]
        there = tuple(name for name in names if (stored.folder / name).is_file())
        told = (file_differences(stored.folder, again, name) for name in there)
        return there, tuple(one for one in told if one), tuple(name for name in names if name not in there)
