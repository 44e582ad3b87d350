"""A small readable case for the tests of the reader, as .csv texts and as a workbook, and findings by cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path

import openpyxl

from optimizer.case.checks import REST
from optimizer.case.findings import CaseError, Finding
from optimizer.case.read import read_unchecked

BASE = {
    "Case": "setting,value,unit,2026,2027\ntitle,Base,,,\nfirst year,2026,,,\nlast year,2027,,,\n"
            "exchange rates,INR=95,,,\n",
    "Places": "name,home,concern\nHome,yes,\nAbroad,,yes\n",
    "Materials": "name,stage\nmagnet,magnet\n",
    "Supply": "name,place,material,price (USD/kg),limit 2026 (t),limit 2027 (t)\nmaker,Abroad,magnet,50,100,200\n",
    "Lanes": "name,material,from,to,loss (%)\nsea,magnet,Abroad,Home,1\n",
    "Demand": "name,sector,place,material,2026 (t),2027 (t)\ncars,cars,Home,magnet,10,20\n",
}

Filling = str | float | bool | dt.datetime | None
"""What a test puts into a cell of a workbook."""


def folder(path: Path, **sheets: str | None) -> Path:
    """The base case as a folder, some sheets replaced, or left out where None."""
    path.mkdir(exist_ok=True)
    for name, text in {**BASE, **sheets}.items():
        if text is not None:
            (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def workbook(path: Path, cells: Mapping[str, Filling] | None = None, formats: Mapping[str, str] | None = None) -> Path:
    """The base case as a workbook, some cells (``Deals!H7``) set to other values or number formats."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, text in BASE.items():
        sheet = book.create_sheet(name)
        for row in csv.reader(io.StringIO(text)):
            sheet.append([_typed(cell) for cell in row])
    for address, value in (cells or {}).items():
        name, _, cell = address.partition("!")
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        sheet[cell] = value
    for address, style in (formats or {}).items():
        name, _, cell = address.partition("!")
        book[name][cell].number_format = style
    book.save(path)
    return path


def findings(path: Path) -> dict[str, Finding]:
    """The findings of a case by cell, of two in a cell the first; without the one that more may show."""
    try:
        _, found = read_unchecked(path)
    except CaseError as fault:
        found = fault.findings
    return {finding.cell: finding for finding in reversed(found) if finding != REST}


def _typed(cell: str) -> float | str | None:
    if not cell:
        return None
    return float(cell) if cell.replace(".", "", 1).isdigit() else cell
