"""Addresses: ``Sheet[row key].column.year`` names a number; ``*`` in row key or column stands for any text.

The canonical form uses the header as it stands in the sheet, ``Deals[Japan toll].least take.2028``; the name of the
field is understood too. In the sheet Case a row is a setting: ``Case[discount rate].value.2030``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from optimizer.case.case import Case
from optimizer.case.faults import CellFault
from optimizer.case.grammar import read_header
from optimizer.case.schema import SHEETS, Column, Row, Series, Settings, column_of, header_of, matches

_FORM = re.compile(r"([^\[\]]+)\[(.*)\](?:\.([^.\[\]]+))?(?:\.(\d{4}))?", re.DOTALL)
_VALUE = "value"


class AddressFault(Exception):  # noqa: N818 - a fault of the case, as CellFault is
    """An address that is badly formed or that nothing has.

    Attributes:
        address: the address as given.
        message: what is wrong, in a sentence.
        suggestion: what would be right; empty where nothing can be said.
    """

    def __init__(self, address: str, message: str, suggestion: str = "") -> None:
        self.address = address
        self.message = message
        self.suggestion = suggestion
        super().__init__(f"{address}: {message} {suggestion}".rstrip())


def _owner(sheet: str) -> type[Row | Settings]:
    return Settings if sheet == Settings.sheet else SHEETS[sheet]


@dataclass(frozen=True)
class Address:
    """A parsed address.

    Attributes:
        sheet: name of the sheet.
        key: key of the row, patterns allowed.
        column: header or field name, patterns allowed; None for the whole row.
        year: a year of a series, None for every year.
    """

    sheet: str
    key: str
    column: str | None = None
    year: int | None = None

    def __str__(self) -> str:
        return address_of(self.sheet, self.key, self.column, self.year)


@dataclass(frozen=True)
class Target:
    """One field of one row that an address means.

    Attributes:
        sheet: name of the sheet; ``Case`` for a setting.
        index: position of the row among the sheet's rows; 0 for a setting.
        key: key of the row, or header of the setting.
        field: name of the field; empty for a whole row.
        year: the year addressed, None for every year or where the field is no series.
    """

    sheet: str
    index: int
    key: str
    field: str
    year: int | None = None

    @property
    def column(self) -> Column:
        """The declaration of the field's column."""
        return column_of(_owner(self.sheet).model_fields[self.field])

    @property
    def address(self) -> str:
        """The canonical address."""
        if not self.field:
            return address_of(self.sheet, self.key)
        return field_address(_owner(self.sheet), self.key, self.field, self.year)

    def value(self, case: Case) -> object:
        """What stands there; the row itself for a whole row."""
        if self.sheet == Settings.sheet:
            return getattr(case.settings, self.field)
        row = case.sheets[self.sheet][self.index]
        return getattr(row, self.field) if self.field else row


def parse_address(text: str) -> Address:
    """The parts of an address.

    Raises:
        AddressFault: it is not of the form ``Sheet[row].column.year``.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None or not found[2].strip():
        raise AddressFault(
            text, "this is not an address.",
            "Write Sheet[row].column or Sheet[row].column.year, e.g. Deals[X].fee.2028.",
        )
    sheet, key, column, year = found.groups()
    if column is not None and re.fullmatch(r"\d{4}", column.strip()) and year is None:
        year, column = column.strip(), None
    return Address(sheet.strip(), key.strip(), column.strip() if column else None, int(year) if year else None)


def address_of(sheet: str, key: str, header: str | None = None, year: int | None = None) -> str:
    """The canonical text of an address; `header` is the column's header, without it the row's address."""
    row = f"{sheet}[{key}]"
    return ".".join([row, *([header] if header else []), *([str(year)] if year is not None else [])])


def field_address(owner: type[Row | Settings], key: str, field: str, year: int | None = None) -> str:
    """The canonical address of a field of a row with `key`; for the settings `key` is not looked at."""
    header = header_of(field, owner.model_fields[field])
    if owner is Settings:
        return address_of(Settings.sheet, header, _VALUE, year)
    return address_of(owner.sheet, key, header, year)


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known name most like `name`, capitals not looked at; None where none is like it.

    Args:
        name: what was written.
        known: the names there are.
        likeness: how like it a name must be, from 0 to 1.
    """
    by_lower = {one.lower(): one for one in known}
    wanted = name.lower()
    close = get_close_matches(wanted, list(by_lower), n=1, cutoff=likeness)
    begun = _begun(wanted, list(by_lower))
    if begun and (not close or _like(wanted, close[0]) < _like(wanted, begun[:len(wanted)])):
        return by_lower[begun]
    return by_lower[close[0]] if close else None


def _begun(wanted: str, known: list[str]) -> str:
    """The longer name whose beginning is most like what was written; empty where none is."""
    longer = [one for one in known if len(one) > len(wanted) >= _SHORTEST]
    best = max(longer, key=lambda one: (_like(wanted, one[:len(wanted)]), -len(one)), default="")
    return best if best and _like(wanted, best[:len(wanted)]) >= _BEGINNING else ""


def _like(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


_SHORTEST = 4
"""Letters that a name must have to be taken for the beginning of another."""

_BEGINNING = 0.85
"""How like the beginning of a name what was written must be."""


def did_you_mean(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """A sentence with the nearest known name, or the names there are where they are few, or nothing."""
    names = list(dict.fromkeys(known))
    close = nearest(name, names, likeness)
    if close is not None:
        return f"Did you mean '{close}'?"
    if 0 < len(names) <= 6:
        return f"Known: {', '.join(names)}."
    return ""


def resolve(case: Case, address: str | Address) -> tuple[Target, ...]:
    """Every field that an address means, rows switched off included, in the order of the workbook.

    An address without a column means whole rows (for a setting: its value).

    Raises:
        AddressFault: it is badly formed, or no sheet, row, column or year fits; with the nearest known one.
    """
    given = parse_address(address) if isinstance(address, str) else address
    text = str(given)
    if given.sheet == Settings.sheet:
        return _settings(case, given, text)
    if given.sheet not in SHEETS:
        raise AddressFault(
            text, f"there is no sheet '{given.sheet}'.", did_you_mean(given.sheet, [Settings.sheet, *SHEETS])
        )
    rows = case.sheets.get(given.sheet, ())
    picked = _pick(given.key, [row.key for row in rows])
    if not picked:
        raise AddressFault(
            text, f"the sheet {given.sheet} has no row '{given.key}'.", did_you_mean(given.key, [r.key for r in rows])
        )
    if given.column is None and given.year is None:
        return tuple(Target(given.sheet, i, rows[i].key, "") for i in picked)
    fields = _fields(SHEETS[given.sheet], given, text)
    return tuple(Target(given.sheet, i, rows[i].key, field, given.year) for i in picked for field in fields)


def _pick(pattern: str, names: list[str]) -> list[int]:
    exact = [i for i, name in enumerate(names) if name == pattern]
    return exact or [i for i, name in enumerate(names) if "*" in pattern and matches(name, pattern)]


def _settings(case: Case, given: Address, text: str) -> tuple[Target, ...]:
    if given.column not in (None, _VALUE):
        raise AddressFault(text, f"a setting has no column '{given.column}'.", "Its column is 'value'.")
    fields = Settings.model_fields
    picked = _named(given.key, {name: header_of(name, field) for name, field in fields.items()})
    if not picked:
        headers = [header_of(name, field) for name, field in fields.items()]
        raise AddressFault(text, f"the sheet Case has no setting '{given.key}'.", did_you_mean(given.key, headers))
    _year_fits(Settings, picked, given, text)
    return tuple(
        Target(Settings.sheet, 0, header_of(name, fields[name]), name, given.year) for name in picked
    )


def _fields(owner: type[Row], given: Address, text: str) -> list[str]:
    headers = {name: header_of(name, field) for name, field in owner.model_fields.items()}
    if given.column is None:
        series = [name for name in headers if column_of(owner.model_fields[name]).kind == "series"]
        if len(series) != 1:
            raise AddressFault(
                text, f"a year of the sheet {owner.sheet} needs a column.",
                f"Columns by year: {', '.join(headers[name] for name in series) or 'none'}.",
            )
        return series
    picked = _named(given.column, headers)
    if not picked:
        raise AddressFault(
            text, f"the sheet {owner.sheet} has no column '{given.column}'.",
            _with_year(given, headers) or did_you_mean(given.column, headers.values()),
        )
    _year_fits(owner, picked, given, text)
    return picked


def _with_year(given: Address, headers: dict[str, str]) -> str:
    """What to write where a column and its year stand as in a header; empty where they do not."""
    try:
        header = read_header(given.column or "")
    except CellFault:
        return ""
    if header.year is None or not _named(header.name, headers):
        return ""
    return f"Write {address_of(given.sheet, given.key, header.name, header.year)}: the year stands behind a point."


def _named(wanted: str, headers: dict[str, str]) -> list[str]:
    low = wanted.lower()
    exact = [name for name, header in headers.items() if low in (name.lower(), header.lower())]
    return exact or [name for name, header in headers.items() if "*" in low and matches(header.lower(), low)]


def _year_fits(owner: type[Row | Settings], fields: list[str], given: Address, text: str) -> None:
    if given.year is None:
        return
    for name in fields:
        if column_of(owner.model_fields[name]).kind != "series":
            header = header_of(name, owner.model_fields[name])
            raise AddressFault(text, f"'{header}' has no values by year.", "Leave out the year.")


def parse_years(text: str) -> tuple[int, int] | None:
    """First and last year of ``2028`` or ``2028-2029``; None for an empty text (every year).

    Raises:
        ValueError: it is neither.
    """
    found = re.fullmatch(r"(?:(\d{4})(?:\s*[-\u2013]\s*(\d{4}))?)?", text.strip())
    if found is None:
        raise ValueError(f"'{text}' is not a year like 2028 or years like 2028-2029")
    if found[1] is None:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise ValueError(f"the years {text} run backwards")
    return first, last


def has_number(case: Case, target: Target) -> bool:
    """Whether a number, or a series of numbers, stands at a target."""
    value = target.value(case)
    return isinstance(value, (int, float, Series)) and not isinstance(value, bool)
