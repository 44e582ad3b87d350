"""Whatever stands in a cell, the reader answers with a case or with findings, never with an error of its own."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.case.checks import REST
from optimizer.case.faults import UnitFault
from optimizer.case.findings import CaseError, Finding
from optimizer.case.read import read_unchecked
from optimizer.case.schema import SHEETS, Dimension, Settings
from optimizer.case.units import Money, factor
from tests.broken.folder import SHEETS as TEXTS
from tests.broken.folder import write

ODD = ["", "-1", "0", "1e308", "nan", "2030", "2030.5", "1,5", "30 %", "28 USD/kg", "INR crore", "yes", "=A1", "'",
       "'=",
       "A|B", "A;B", ";", "a=b", "a=1; b", "*", "[x]", "Deals[Toll].fee", "Supply[*].price.2030", "Case[budget].value",
       "(", "t)", "price (", "unit", "name", "price 2030 (USD/kg)", "#REF!", "\u00a0", "\u0915", "\x00", "tonnes"]
CELL = st.one_of(st.sampled_from(ODD), st.text(max_size=12))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(TEXTS)), st.integers(0, 12), st.integers(0, 15), CELL)
def test_any_text_in_any_cell(sheet: str, row: int, column: int, text: str) -> None:
    rows = list(csv.reader(io.StringIO(TEXTS[sheet])))
    line = rows[row % len(rows)]
    line[column % len(line)] = text
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(rows)
    with TemporaryDirectory() as folder:
        path = write(Path(folder))
        (path / f"{sheet}.csv").write_bytes(made.getvalue().encode("utf-8", "surrogatepass"))
        case, findings = _read(path)
    assert case or findings
    for finding in findings:
        assert finding.message.endswith("."), finding
        assert finding == REST or finding.cell.partition("!")[0] in {Settings.sheet, *SHEETS}, finding
        assert "Input should" not in finding.message


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_as_a_file(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = write(Path(folder))
        (path / "Deals.csv").write_bytes(data)
        (path / "book.xlsx").write_bytes(b"PK\x03\x04" + data)
        assert _read(path)[1]
        assert _read(path / "book.xlsx")[1]


DIMENSIONS: tuple[Dimension, ...] = ("mass", "money", "money per mass", "share", "time", "mass per mass", "none")


@given(st.text(max_size=20), st.sampled_from(DIMENSIONS))
def test_any_text_as_a_unit(text: str, dimension: Dimension) -> None:
    try:
        worth = factor(text, dimension, Money())
    except UnitFault:
        return
    assert worth > 0


def _read(path: Path) -> tuple[bool, tuple[Finding, ...]]:
    try:
        case, findings = read_unchecked(path)
    except CaseError as fault:
        return False, fault.findings
    return case is not None, findings
