"""Changes by address: a scenario, a sample, ``--set`` and ``Case.change`` all make a new case through here."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from optimizer.case.address import AddressFault, Target, did_you_mean, has_number, parse_years, resolve
from optimizer.case.case import Case
from optimizer.case.dimensions import of_limit
from optimizer.case.findings import CaseError, Finding
from optimizer.case.parse import CellFault, own_unit, parse_cell
from optimizer.case.schema import SHEETS, Column, Dimension, Limit, Row, ScenarioChange, Series, Settings
from optimizer.case.units import Money

How = Literal["set", "times", "plus"]
T = TypeVar("T", Settings, Row)

_SET = re.compile(r"\s*([^\[\]=]+\[.*?\](?:\.[^.=\[\]]+)?(?:\.\d{4})?)\s*=(.*)", re.DOTALL)
_NUMERIC = ("number", "integer", "year", "series")


@dataclass(frozen=True)
class Change:
    """One change of a case.

    Attributes:
        address: what is changed; patterns allowed, the year part means that year alone.
        how: set the value, multiply by it or add it.
        value: text as in a cell, a unit after a number allowed (``28 USD/kg``), or a number; an empty text set means
            a blank cell.
        years: first and last year changed, for a series; None for every year.
        unit: unit of the value where the text has none; None for the unit of the cell addressed, an empty text for
            the canonical unit.
        said_at: address of the row that asks for the change, for messages; empty on a command line.
    """

    address: str
    how: How
    value: str | float
    years: tuple[int, int] | None = None
    unit: str | None = None
    said_at: str = ""


def parse_set(text: str) -> Change:
    """The change that ``ADDRESS=VALUE`` asks for.

    Raises:
        CaseError: it is not of that form.
    """
    found = _SET.fullmatch(text)
    if found is None:
        raise CaseError([
            Finding("--set", "", text, "this does not say what to set to what.",
                    "Write ADDRESS=VALUE, e.g. Deals[X].fee.2028=28 USD/kg.")
        ])
    return Change(found[1].strip(), "set", found[2].strip())


def scenario_changes(case: Case, name: str) -> tuple[Change, ...]:
    """The changes of one scenario, in the order of its rows.

    Raises:
        CaseError: no row in use has the scenario (``base`` without rows is the case as it is), or its years cannot be
            read.
    """
    rows = [row for row in case.scenarios if row.scenario == name]
    if not rows and name != "base":
        known = dict.fromkeys(row.scenario for row in case.scenarios)
        raise CaseError([
            Finding(ScenarioChange.sheet, "", name, f"there is no scenario '{name}'.", did_you_mean(name, known))
        ])
    changes: list[Change] = []
    faults: list[Finding] = []
    for row in rows:
        said_at = f"{ScenarioChange.sheet}[{row.key}]"
        try:
            changes.append(Change(row.address, row.how, row.value, parse_years(row.years), row.unit, said_at))
        except ValueError as fault:
            cell = case.cell(f"{said_at}.years")
            faults.append(Finding(cell, f"{said_at}.years", row.years, f"{fault}.", "Write 2028 or 2028-2029."))
    if faults:
        raise CaseError(faults)
    return tuple(changes)


def with_scenario(case: Case, name: str) -> Case:
    """The case as it is in a scenario.

    Raises:
        CaseError: there is no such scenario, or a change of it cannot be made.
    """
    return apply_changes(case, scenario_changes(case, name))


def apply_changes(case: Case, changes: Sequence[Change], *, checked: bool = True) -> Case:
    """The case after `changes`, made in order; `case` itself stays as it is.

    Args:
        case: the case.
        changes: what to change.
        checked: whether the case that results is checked as one just read is.

    Raises:
        CaseError: some change cannot be made, or the case that results has faults; every one of them is told.
    """
    faults: list[Finding] = []
    changed = case
    for change in changes:
        changed, found = _apply(changed, change)
        faults.extend(found)
    if checked and changes and not faults:
        # the checks in turn resolve addresses and scenarios, so they import this module's neighbours
        from optimizer.case.checks import check_case

        faults.extend(finding for finding in check_case(changed) if finding.level == "error")
    if faults:
        raise CaseError(faults)
    return changed


def try_change(case: Case, change: Change) -> tuple[Case, tuple[Finding, ...]]:
    """The case after one change as far as it can be made, unchecked, and the faults met."""
    changed, faults = _apply(case, change)
    return changed, tuple(faults)


def _apply(case: Case, change: Change) -> tuple[Case, list[Finding]]:
    try:
        targets = resolve(case, change.address)
    except AddressFault as fault:
        return case, [_finding(case, change, fault.address, change.address, fault.message, fault.suggestion)]
    wide = change.how != "set" and len(targets) > 1
    if wide:
        # a pattern may take in blanks, which a factor leaves as they are; one that finds no number does nothing
        targets = tuple(target for target in targets if has_number(case, target)) or targets
    faults: list[Finding] = []
    changed = case
    for target in targets:
        try:
            changed = _put(changed, target, _changed(changed, target, change))
        except CellFault as fault:
            faults.append(
                _finding(case, change, target.address, str(change.value), fault.message, fault.suggestion)
            )
    return changed, faults


def _finding(case: Case, change: Change, address: str, found: str, message: str, suggestion: str) -> Finding:
    asked = change.said_at or address
    return Finding(case.cell(asked) if asked else "--set", address, found, message, suggestion)


def _changed(case: Case, target: Target, change: Change) -> object:
    if not target.field:
        raise CellFault("a whole row cannot be changed.", "Name a column: Sheet[row].column.")
    _refuse_money(case, target, change)
    years = _years(target, change)
    if change.how == "set":
        value = _read(case, target, change)
        return value if years is None else _set_years(case, target, years, value)
    if target.column.kind not in _NUMERIC:
        raise CellFault(f"'{change.how}' needs a number, and this holds {target.column.kind}.", "Use 'set'.")
    if not has_number(case, target):
        raise CellFault(
            f"'{change.how}' needs a number, and nothing stands here (blank: {target.column.blank}).", "Use 'set'."
        )
    amount = _factor(change) if change.how == "times" else _amount(_read(case, target, change))
    return _scaled(case, target, years, change.how, amount)


def _refuse_money(case: Case, target: Target, change: Change) -> None:
    """Refuses another currency or rate: every amount was converted by those that stand in the workbook."""
    if target.sheet != Settings.sheet or target.field not in _OF_MONEY:
        return
    if change.how == "set" and _read(case, target, change) == target.value(case):
        return
    raise CellFault(
        f"'{_OF_MONEY[target.field]}' cannot be changed here: every amount was read with the one in the workbook.",
        "Change it there, in the sheet Case, and look at the units of all columns.",
    )


_OF_MONEY = {"currency": "currency", "exchange_rates": "exchange rates"}


def _years(target: Target, change: Change) -> tuple[int, int] | None:
    if target.year is not None and change.years not in (None, (target.year, target.year)):
        raise CellFault("the address names one year and the change others.", "Name the years once.")
    years = change.years if target.year is None else (target.year, target.year)
    if years is not None and target.column.kind != "series":
        raise CellFault("this has no values by year.", "Leave out the years.")
    return years


def _read(case: Case, target: Target, change: Change) -> object:
    """The value of a change in canonical units, read as a cell of its column would be."""
    column = target.column
    if isinstance(change.value, str) and not change.value.strip():
        return _blank(target)
    unit = _unit(case, target, change)
    value = parse_cell(column, change.value, unit, Money.of(case.settings), _dimension(case, target))
    return Series.of(value) if column.kind == "series" and isinstance(value, float) else value


def _dimension(case: Case, target: Target) -> Dimension | None:
    """The dimension of a number whose column leaves it to another cell of the row; None for the column's own."""
    row = case.sheets[target.sheet][target.index] if target.sheet != Settings.sheet else None
    return of_limit(target.column.dimension, row.measure) if isinstance(row, Limit) else None


def _blank(target: Target) -> object:
    owner: type[Row | Settings] = Settings if target.sheet == Settings.sheet else SHEETS[target.sheet]
    field = owner.model_fields[target.field]
    if field.is_required():
        raise CellFault("this cell must be filled.", "Give a value.")
    return field.get_default()


def _unit(case: Case, target: Target, change: Change) -> str | None:
    """The unit of a value that has none itself: the change's, the cell's, or that of the column where all agree."""
    if change.unit is not None or own_unit(target.column, change.value):
        return change.unit or None
    units = case.origin.units
    whole = replace(target, year=None).address
    for known in (target.address, whole):
        if known in units:
            return units[known] or None
    # a blank cell has no unit on record, but its header or the rows beside it do
    end = whole[whole.rindex("]"):]
    beside = {
        unit for known, unit in units.items()
        if known.startswith(f"{target.sheet}[") and (known.endswith(end) or known[:-5].endswith(end))
    }
    if len(beside) > 1 and target.sheet != Settings.sheet and change.value not in (0, "0"):
        raise CellFault(f"the column is in {' and '.join(sorted(beside))}, and this row has no unit.",
                     "Write the unit after the number.")
    return beside.pop() or None if len(beside) == 1 and target.sheet != Settings.sheet else None


def _amount(value: object) -> float:
    if isinstance(value, Series) and value.constant is not None:
        return value.constant
    if isinstance(value, (int, float)):
        return float(value)
    raise CellFault("a number is needed here.", "Give one number, with its unit where it differs.")


def _factor(change: Change) -> float:
    text = str(change.value).strip()
    percent = text.endswith("%") or (change.unit or "").strip() == "%"
    try:
        factor = float(text.rstrip("% "))
    except ValueError:
        raise CellFault(f"'{text}' is not a factor.", "Give a number such as 1.1 or 110 %.") from None
    return factor / 100 if percent else factor


def _scaled(case: Case, target: Target, years: tuple[int, int] | None, how: How, amount: float) -> object:
    old = target.value(case)

    def new(value: float) -> float:
        result = value * amount if how == "times" else value + amount
        if not math.isfinite(result):
            raise CellFault(f"{value:g} {how} {amount:g} is too large a number.", "Write a smaller one.")
        return result

    if not isinstance(old, Series):
        value = new(_amount(old))
        if target.column.kind == "number":
            return value
        if value != round(value):
            raise CellFault(f"the result {value:g} is not a whole number.", "Use 'set' with a whole number.")
        return round(value)
    if years is None:
        if old.constant is not None:
            return Series.of(new(old.constant))
        return Series(points=tuple((year, new(value)) for year, value in old.points))
    wanted = _inside(case, years)
    if old.first is not None and wanted[0] < old.first:
        raise CellFault(f"there is no value for {wanted[0]}: the first one is for {old.first}.", "Use 'set'.")
    return _pinned(case, old, {year: new(old.at(year)) for year in wanted})


def _set_years(case: Case, target: Target, years: tuple[int, int], value: object) -> object:
    wanted = _inside(case, years)
    old = target.value(case)
    amounts = None if value is None else dict.fromkeys(wanted, _amount(value))
    if amounts is None:
        raise CellFault("one year of a series cannot be made blank.", "Leave out the year, or give a number.")
    if isinstance(old, Series):
        return _pinned(case, old, amounts)
    if set(wanted) == set(case.years):
        return Series(points=tuple(sorted(amounts.items())))
    neutral = _neutral(target.column)
    if neutral is None:
        raise CellFault(
            f"the series is blank ({target.column.blank}), so the years beside {wanted[0]} would have no value.",
            "Set every year first.",
        )
    return _pinned(case, Series.of(neutral), amounts)


def _neutral(column: Column) -> float | None:
    """The number that a blank series of a column stands for, None where it stands for none."""
    word = column.blank.partition(";")[0]
    if word in ("0", "nothing", "none", "none can be sold"):
        return 0.0
    return 1.0 if word == "all of it" else None


def _pinned(case: Case, old: Series, values: dict[int, float]) -> Series:
    """`old` with some years set anew; every other year of the case keeps its value, given or interpolated."""
    kept = {year: old.at(year) for year in case.years if old.first is None or year >= old.first}
    return Series(points=tuple(sorted({**dict(old.points), **kept, **values}.items())))


def _inside(case: Case, years: tuple[int, int]) -> list[int]:
    wanted = list(range(years[0], years[1] + 1))
    if wanted[0] not in case.years or wanted[-1] not in case.years:
        raise CellFault(
            f"the case runs from {case.years[0]} to {case.years[-1]}.", "Name years inside it."
        )
    return wanted


def _put(case: Case, target: Target, value: object) -> Case:
    try:
        if target.sheet == Settings.sheet:
            return replace(case, settings=_rebuilt(case.settings, target.field, value))
        rows = list(case.sheets[target.sheet])
        rows[target.index] = _rebuilt(rows[target.index], target.field, value)
    except ValidationError as fault:
        raise CellFault(_told(fault)) from None
    return replace(case, sheets={**case.sheets, target.sheet: tuple(rows)})


def _rebuilt(old: T, field: str, value: object) -> T:
    fields: Iterable[str] = type(old).model_fields
    values: dict[str, Any] = {name: getattr(old, name) for name in fields}
    return type(old)(**{**values, field: value})


def _told(fault: ValidationError) -> str:
    messages = (error["msg"].removeprefix("Value error, ") for error in fault.errors())
    text = "; ".join(dict.fromkeys(messages))
    return text[:1].lower() + text[1:] + "."
