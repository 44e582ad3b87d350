"""Where two cases differ, address by address and in groups; and the cases between them, which take some groups over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from pydantic import ValidationError

from optimizer.case.address import address_of, field_address
from optimizer.case.case import Case
from optimizer.case.checks import check_case
from optimizer.case.families import ASIDE, ROWS, family_of, in_order
from optimizer.case.faults import UnitFault
from optimizer.case.findings import CaseError, Finding
from optimizer.case.grammar import number_text
from optimizer.case.layout import Field, fields_of
from optimizer.case.schema import SHEETS, Dimension, Limit, Row, Series, Settings, Source
from optimizer.case.tabulate import cell_of, dimension_of, readable_unit
from optimizer.case.units import Money, express, factor

Part = tuple[str, str]
"""Sheet and field, or sheet and :data:`ROWS` for rows that come and go."""

Value = str | float | None
"""A number in the unit told beside it, or a text; None for a blank cell or where there is no row."""

T = TypeVar("T", Settings, Row)


@dataclass(frozen=True)
class InputChange:
    """One input that differs.

    Attributes:
        group: what kind of input it is, in the planner's words.
        part: sheet and field.
        address: its address; of a whole row where one was added or removed.
        kind: ``changed``; ``added`` or ``removed`` for a row.
        cells: its cell before and after, or the sheet where none is known; empty where there is no row.
        old: what stood there.
        new: what stands there now.
        unit: the unit of both, as it is written in the workbook; empty for texts and pure numbers.
    """

    group: str
    part: Part
    address: str
    kind: Literal["changed", "added", "removed"]
    cells: tuple[str, str]
    old: Value = None
    new: Value = None
    unit: str = ""

    @property
    def moves(self) -> bool:
        """Whether it can move a plan."""
        return self.group != ASIDE


class OtherMoney(ValueError):  # noqa: N818 - what was asked, not a fault
    """Amounts of two cases that cannot be compared; its text says why, in a sentence for the planner."""


def differences(before: Case, after: Case) -> tuple[InputChange, ...]:
    """Every input that differs, by group, then in the order of the workbook; series year by year.

    Raises:
        OtherMoney: the money of the two cases cannot be compared.
    """
    refuse_other_money(before, after)
    found = [*_settings(before, after)]
    for sheet in SHEETS:
        found += _of_sheet(sheet, before, after)
    place = {group: i for i, group in enumerate(in_order())}
    return tuple(sorted(found, key=lambda change: place[change.group]))


def refuse_other_money(before: Case, after: Case) -> None:
    """Refuses two cases whose money is not the same.

    Raises:
        OtherMoney: currency or base year differ.
    """
    one, other = before.settings, after.settings
    if one.currency != other.currency:
        raise OtherMoney(
            f"the cases cannot be compared: one is in {one.currency}, the other in {other.currency}; "
            "write both in one currency"
        )
    years = tuple(of.base_year or of.first_year for of in (one, other))
    if years[0] != years[1]:
        raise OtherMoney(
            f"the cases cannot be compared: one is in {one.currency} of {years[0]}, the other of {years[1]}; "
            "bring both to the prices of one year and write it under 'base year'"
        )


def mixed(before: Case, after: Case, parts: Collection[Part], name: str) -> Case:
    """The first case with some parts as they are in the second one.

    Scenarios, ranges and evidence, which move no plan, are left out; documents are those of both.

    Args:
        before: the first case.
        after: the second case.
        parts: sheets and fields taken from the second; with :data:`ROWS` also rows that it alone has, and those
            that only the first has go.
        name: name of the case.

    Raises:
        CaseError: the two do not fit together in one case.
    """
    try:
        settings = _taken(before.settings, after.settings, parts, Settings.sheet)
        sheets = {sheet: tuple(_rows(sheet, before, after, parts)) for sheet in SHEETS if sheet not in _LEFT_OUT}
    except ValidationError as fault:
        raise CaseError([Finding(name, "", "", error["msg"]) for error in fault.errors()]) from None
    sheets[Source.sheet] = _documents(before, after)
    settings = settings.model_copy(update={"base_probability": None})
    made = Case(settings, {sheet: rows for sheet, rows in sheets.items() if rows}, replace(before.origin, name=name))
    faults = [finding for finding in check_case(made) if finding.level == "error"]
    if faults:
        raise CaseError(faults)
    return made


_LEFT_OUT = ("Scenarios", "Ranges", "Sources", "Evidence")


def _documents(before: Case, after: Case) -> tuple[Row, ...]:
    found = {row.key: row for case in (before, after) for row in case.sheets.get(Source.sheet, ())}
    return tuple(found.values())


def _rows(sheet: str, before: Case, after: Case, parts: Collection[Part]) -> Iterator[Row]:
    """The rows in the order of the first case, those of the second alone behind them."""
    for one, other in _pairs(sheet, before, after):
        if one is not None and other is not None:
            yield _taken(one, other, parts, sheet)
        elif one is not None and (sheet, ROWS) not in parts:
            yield one
        elif other is not None and (sheet, ROWS) in parts:
            yield other


def _taken(one: T, other: T, parts: Collection[Part], sheet: str) -> T:
    owner = type(one)
    names = list(owner.model_fields)
    if all(getattr(one, name) == getattr(other, name) or (sheet, name) not in parts for name in names):
        return one
    return owner(**{name: getattr(other if (sheet, name) in parts else one, name) for name in names})


def _pairs(sheet: str, before: Case, after: Case) -> list[tuple[Row | None, Row | None]]:
    """Rows of one key, the first with the first where several have it; then those that only the second case has."""
    ours, theirs = _numbered(before.sheets.get(sheet, ())), _numbered(after.sheets.get(sheet, ()))
    return [(ours.get(key), theirs.get(key)) for key in dict.fromkeys([*ours, *theirs])]


def _numbered(rows: Iterable[Row]) -> dict[tuple[str, int], Row]:
    found: dict[tuple[str, int], Row] = {}
    for row in rows:
        nth = 0
        while (row.key, nth) in found:
            nth += 1
        found[row.key, nth] = row
    return found


def _of_sheet(sheet: str, before: Case, after: Case) -> Iterator[InputChange]:
    for one, other in _pairs(sheet, before, after):
        if one is not None and other is not None:
            yield from _Pair(before, after, one, other).changes()
        elif (row := one or other) is not None:
            address = address_of(sheet, row.key)
            cells = ("" if one is None else before.cell(address), "" if other is None else after.cell(address))
            kind: Literal["added", "removed"] = "added" if one is None else "removed"
            # a row that is switched off moves nothing, wherever it stands
            group = family_of(sheet, ROWS) if row.use else ASIDE
            yield InputChange(group, (sheet, ROWS), address, kind, cells)


def _settings(before: Case, after: Case) -> Iterator[InputChange]:
    yield from _Pair(before, after, before.settings, after.settings).changes()


@dataclass(frozen=True)
class _Pair:
    """A row, or the settings, in both cases."""

    before: Case
    after: Case
    one: Row | Settings
    other: Row | Settings

    def changes(self) -> Iterator[InputChange]:
        for field in fields_of(type(self.one)):
            old, new = getattr(self.one, field.name), getattr(self.other, field.name)
            if old == new:
                continue
            by_year = _by_year(old, new)
            if by_year is None:
                yield self._change(field, None, old, new)
            else:
                yield from (self._change(field, *line) for line in by_year)

    def _change(self, field: Field, year: int | None, old: object, new: object) -> InputChange:
        key = self.one.key if isinstance(self.one, Row) else ""
        address = field_address(type(self.one), key, field.name, year)
        whole = field_address(type(self.one), key, field.name)
        unit = self._unit(field, (address, whole), [*_numbers(old), *_numbers(new)])
        off = isinstance(self.one, Row) and isinstance(self.other, Row) and not (self.one.use or self.other.use)
        return InputChange(
            ASIDE if off else family_of(type(self.one).sheet, field.name), (type(self.one).sheet, field.name), address,
            "changed", (self.before.cell(address), self.after.cell(address)),
            self._told(field, old, unit), self._told(field, new, unit), unit,
        )

    def _dimension(self, field: Field) -> Dimension:
        measures = {row.key: row.measure for row in self.before.sheets.get("Limits", ()) if isinstance(row, Limit)}
        return dimension_of(field, self.one, measures)

    def _unit(self, field: Field, addresses: tuple[str, ...], numbers: list[float]) -> str:
        """The unit in which one of the workbooks has it and both understand it alike; else one that reads well."""
        if field.column.kind not in ("number", "series") or not field.measured or not numbers:
            return ""
        dimension, ours = self._dimension(field), Money.of(self.before.settings)
        units = [case.origin.units.get(address) for case in (self.before, self.after) for address in addresses]
        for unit in filter(None, units):
            try:
                if factor(unit, dimension, ours) == factor(unit, dimension, Money.of(self.after.settings)):
                    return unit
            except UnitFault:  # of a row whose measure, and so whose dimension, is another in the other case
                continue
        return readable_unit(dimension, numbers, ours)

    def _told(self, field: Field, value: object, unit: str) -> Value:
        if isinstance(value, Series):
            shown = {year: self._shown(field, number, unit) for year, number in value.points}
            return "; ".join(f"{year}: {number_text(number)}" for year, number in shown.items()) or self._shown(
                field, value.at(self.before.years[0]), unit
            )
        if isinstance(value, float):
            return self._shown(field, value, unit)
        told = cell_of(field, value, Money.of(self.before.settings))
        if told is None or field.column.kind == "integer":
            return told
        return str(told)

    def _shown(self, field: Field, number: float, unit: str) -> float:
        if not unit:
            return number
        return float(f"{express(number, unit, self._dimension(field), Money.of(self.before.settings)):.15g}")


def _by_year(old: object, new: object) -> list[tuple[int, float, float]] | None:
    """Year, old and new number where two series differ; None where they are to be told as a whole."""
    if not (isinstance(old, Series) and isinstance(new, Series)) or (old.first, new.first) == (None, None):
        return None
    years = sorted({year for of in (old, new) for year, _ in of.points})
    firsts = [of.first for of in (old, new) if of.first is not None]
    if len(set(firsts)) > 1 or any(year < max(firsts) for year in years):
        return None
    return [(year, old.at(year), new.at(year)) for year in years if old.at(year) != new.at(year)]


def _numbers(value: object) -> list[float]:
    if isinstance(value, Series):
        return [value.constant] if value.constant is not None else [number for _, number in value.points]
    return [value] if isinstance(value, float) else []
