"""Reading a case from a workbook or a folder of .csv files: everything that is wrong is told at once, cell by cell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from optimizer.case.address import did_you_mean, nearest
from optimizer.case.case import Case, Origin
from optimizer.case.checks import check_case, check_readable
from optimizer.case.findings import CaseError, Finding
from optimizer.case.layout import header_year
from optimizer.case.raw import RawBook, RawSheet, is_ignored
from optimizer.case.read_csv import read_csv_folder
from optimizer.case.read_ods import read_ods_file
from optimizer.case.read_rows import read_rows
from optimizer.case.read_settings import read_settings
from optimizer.case.read_xlsx import read_xlsx_file
from optimizer.case.schema import SHEETS, Row, Settings
from optimizer.case.shipped import shipped
from optimizer.case.spots import Reading

READERS: dict[str, Callable[..., RawBook]] = {".xlsx": read_xlsx_file, ".ods": read_ods_file}
"""The reader of each kind of file, by its ending."""

_SAVE_AS = {".numbers": "Export it as Excel (.xlsx).", ".gsheet": "Download it as Microsoft Excel (.xlsx)."}
_WORKBOOKS = (*READERS, *_SAVE_AS)
_LOCKS = ("~$", ".~lock.")


def read_case(path: str | Path) -> Case:
    """The case in an .xlsx or .ods file or a folder of .csv files, or one that comes with the program, by its name.

    Raises:
        CaseError: it cannot be read or used; carries every fault found, each with its cell.
    """
    known = shipped() if not Path(path).exists() else {}
    case, findings = read_unchecked(known.get(str(path), path))
    if case is None or any(finding.level == "error" for finding in findings):
        raise CaseError(findings)
    return case


def read_unchecked(path: str | Path) -> tuple[Case | None, tuple[Finding, ...]]:
    """The case, or None where it cannot be made, with all faults and warnings found, sorted by cell.

    Raises:
        CaseError: there is no such file, or it is no spreadsheet that can be opened.
    """
    file = Path(path)
    book = read_book(file)
    reading = Reading(findings=book.findings, column_years=column_years(book))
    renamed = _report_unknown_sheets(book, reading)
    settings = _settings(book, reading)
    sheets = {
        name: read_rows(owner, book.sheets[name], reading) for name, owner in SHEETS.items() if name in book.sheets
    }
    _report_foreign(settings, reading)
    case = _case(file, settings, {name: rows for name, rows in sheets.items() if rows}, reading)
    if any(finding.level == "error" for finding in reading.findings):
        lost = dict.fromkeys([*renamed, *_unreadable(book, reading)])
        checked = check_readable(case, {**reading.unread, **lost}, reading.partial, reading.torn)
        return None, CaseError(_merged(reading, checked)).findings
    return case, CaseError(_merged(reading, check_case(case))).findings


def read_book(file: Path) -> RawBook:
    """The cells of a workbook or of a folder of .csv files, before anything is understood.

    Raises:
        CaseError: there is no such file, or it is no spreadsheet that can be opened, or none of a case.
    """
    try:
        if file.is_dir() and file.suffix.lower() not in _WORKBOOKS:
            return read_csv_folder(file)
        _look(file)
        book = READERS[file.suffix.lower()](file)
    except PermissionError:
        raise _refusal(
            file, "the file may not be opened.", "Close it in other programs, or ask for leave to read it."
        ) from None
    except OSError as fault:
        message = f"the file cannot be read ({fault.strerror or fault})."
        raise _refusal(file, message, "Copy it to a folder of your own and try again.") from None
    _refuse_strange(file, book)
    return book


def _look(file: Path) -> None:
    """Refuses what is plainly no workbook, with the reason in one sentence."""
    ending = file.suffix.lower()
    if file.is_dir():
        raise _refusal(file, f"this is a folder, not {'an' if ending in READERS else 'a'} {ending} file.",
                       _SAVE_AS.get(ending, "Name the workbook; a folder of .csv files has no ending."))
    if not file.exists():
        raise _refusal(file, "there is no such file or folder.", _like(file))
    if file.name.startswith(_LOCKS):
        message = "this is the lock that a spreadsheet program leaves beside an open file."
        raise _refusal(file, message, "Name the workbook.")
    if ending == ".csv":
        raise _refusal(file, "a case is a folder of .csv files, not one of them.", "Name the folder.")
    if ending not in READERS:
        raise _refusal(file, f"a case is an .xlsx or .ods file or a folder of .csv files, not {ending or 'this'}.",
                       _SAVE_AS.get(ending, "Save it as 'Excel workbook (.xlsx)'."))
    # what is no plain file, such as a pipe, may never end
    if not file.is_file():
        raise _refusal(file, "this is no plain file.", "Name the workbook.")
    if file.stat().st_size == 0:
        raise _refusal(file, "the file is empty.", "Save the workbook anew, or take an older copy.")


def _refuse_strange(file: Path, book: RawBook) -> None:
    """Refuses a workbook of something else in one sentence instead of one for each of its sheets."""
    names = [name for name in book.sheets if not is_ignored(name)]
    known = [Settings.sheet, *SHEETS]
    meant = any(name in known or did_you_mean(name, known).startswith("Did") for name in names)
    if meant:
        return
    listed = ", ".join(names[:5]) + (" and others" if len(names) > 5 else "")
    raise _refusal(
        file, "no sheet in it is one of a case" + (f" (its sheets: {listed})." if names else "."),
        "A case has at least the sheet Case; 'optimizer new' makes a workbook to start from.",
    )


def _like(file: Path) -> str:
    if not file.parent.is_dir():
        return ""
    there = [one.name for one in file.parent.iterdir() if one.is_dir() or one.suffix.lower() in READERS]
    hint = did_you_mean(file.name, there)
    return hint if hint.startswith("Did") else ""


def _refusal(file: Path, message: str, suggestion: str) -> CaseError:
    return CaseError([Finding(file.name or str(file), "", "", message, suggestion)])


def _report_unknown_sheets(book: RawBook, reading: Reading) -> list[str]:
    """Tells of sheets that no case has; the missing ones that may be meant by them."""
    known = [Settings.sheet, *SHEETS]
    meant = []
    for name in (name for name in book.sheets if name not in known and not is_ignored(name)):
        like = nearest(name, [one for one in known if one not in book.sheets] or known, _LIKE_A_SHEET)
        hint = f"Did you mean '{like}'?" if like else f"If it is your own, call it '_{name}'."
        meant += [like] if like in SHEETS and like not in book.sheets else []
        reading.findings.append(Finding(
            name, "", name, "there is no sheet of this name.", f"{hint} A sheet whose name starts with _ is left alone."
        ))
    return meant


_LIKE_A_SHEET = 0.7
"""How like the name of a sheet another must be to be taken for a slip of it; shorter words are alike by chance."""


def column_years(book: RawBook) -> tuple[int, int] | None:
    """The first and last year of the columns in which something stands; None where fewer than two tell it."""
    found = [
        year for name in SHEETS if name in book.sheets
        for column, header in book.sheets[name].header.items()
        if (year := header_year(header)) is not None and any(column in row for row in book.sheets[name].rows.values())
    ]
    return (min(found), max(found)) if len(found) > 1 else None


def _unreadable(book: RawBook, reading: Reading) -> list[str]:
    """Sheets of which nothing could be read, as that is told."""
    told = {finding.cell.partition("!")[0] for finding in reading.findings if finding.level == "error"}
    return [name for name in SHEETS if name in told and not book.sheets.get(name, RawSheet(name)).rows]


def _report_foreign(settings: Settings, reading: Reading) -> None:
    """Tells of each currency without a rate once: one cell where it is, many where the case's currency stands."""
    for code, noted in reading.foreign.items():
        first = noted[0]
        if len(noted) > 1:
            rates, own = (reading.cells.get(f"Case[{name}].value") for name in ("exchange rates", "currency"))
            units = [unit.split("/")[0].split() for unit in reading.units.values()]
            kept = sum(settings.currency in unit for unit in units) > sum(code in unit for unit in units)
            where = (rates or own if kept else own or rates) or Settings.sheet
            first = Finding(
                where, "", "" if where == rates else settings.currency,
                f"no exchange rate is given for the currency '{code}', and {len(noted)} headers and cells are in it, "
                f"first {first.cell}.",
                first.suggestion if kept else f"Write {code} here, or its rate under 'exchange rates'.",
            )
        reading.findings.append(first)
    if reading.foreign:
        reading.unread[Settings.sheet] = (reading.unread.get(Settings.sheet) or frozenset()) | {"exchange rates"}


def _settings(book: RawBook, reading: Reading) -> Settings:
    sheet = book.sheets.get(Settings.sheet, RawSheet(Settings.sheet))
    if not sheet.header:
        reading.findings.append(Finding(
            Settings.sheet, "", "", "the sheet Case is missing or empty.",
            "It has one row a setting, at least title, first year and last year, with the columns setting and value.",
        ))
    return read_settings(sheet, reading)


def _case(file: Path, settings: Settings, sheets: dict[str, tuple[Row, ...]], reading: Reading) -> Case:
    """The case, of the rows that could be read."""
    hashes = {name: _hash([row.model_dump(mode="json") for row in rows]) for name, rows in sheets.items()}
    hashes[Settings.sheet] = _hash(settings.model_dump(mode="json"))
    name = file.resolve().name if file.is_dir() else file.stem
    return Case(settings, sheets, Origin(name, str(file), reading.cells, hashes, reading.units))


def _hash(content: object) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _merged(reading: Reading, checked: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings of reader and checks; where both tell of one address, the reader knows the cell better."""
    told = {finding.address for finding in reading.soft}
    return (*reading.findings, *reading.soft, *(finding for finding in checked if finding.address not in told))
