"""Whatever stands in a workbook, ``optimizer check`` answers in sentences: no traceback, no hang, no file elsewhere."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer import cli
from optimizer.case.findings import CaseError
from optimizer.case.read import read_unchecked
from optimizer.case.write import write_csv
from optimizer.commands.check import check_case_file
from tests.broken.folder import SHEETS
from tests.soak.forms import Table, Value, folder, ods, xlsx
from tests.soak.guard import harmless
from tests.soak.hostile import FLOATS, TEXTS

FORMS: dict[str, Callable[[Path, dict[str, Table]], Path]] = {"a.xlsx": xlsx, "a.ods": ods, "a": folder}
Cells = dict[str, list[list[Value]]]

CODES = {cli.PROVED, cli.BAD_INPUT}
"""What a check may end with: the case is sound, or it is told what is wrong with it."""

FEW = settings(max_examples=settings().max_examples // 4, suppress_health_check=list(HealthCheck))
"""Six tests of 50 inputs each; `make soak` asks for 3,400."""

cells = st.one_of(st.sampled_from(TEXTS), st.sampled_from(FLOATS), st.text(max_size=9),
                  st.floats(allow_nan=False).map(repr))
places = st.tuples(st.sampled_from(sorted(SHEETS)), st.integers(0, 40), st.integers(0, 40))
WHOLE = ("drop a row", "double a row", "drop a column", "double a column", "turn", "drop a sheet", "rename a sheet",
         "shift")


def sound() -> Cells:
    return {name: [list(row) for row in csv.reader(io.StringIO(text))] for name, text in SHEETS.items()}


def typed(rows: Cells) -> Cells:
    """Numbers as a workbook holds them, not as texts."""
    return {name: [[_typed(value) for value in row] for row in table] for name, table in rows.items()}


def _typed(value: Value) -> Value:
    plain = isinstance(value, str) and value.replace(".", "", 1).isascii() and value.replace(".", "", 1).isdigit()
    return float(value) if plain and len(value) < 20 else value


def change_a_cell(rows: Cells, sheet: str, row: int, column: int, value: Value) -> None:
    table = rows.get(sheet)
    if table:
        line = table[row % len(table)]
        line[column % (len(line) + 1):column % (len(line) + 1) + 1] = [value]


def change_a_sheet(rows: Cells, how: str, sheet: str, row: int, column: int, name: str) -> None:
    table = rows.get(sheet)
    if not table:
        return
    at, over = row % len(table), column % max(len(table[0]), 1)
    if how == "drop a row":
        del table[at]
    elif how == "double a row":
        table.insert(at, list(table[at]))
    elif how in ("drop a column", "double a column"):
        for line in table:
            line[over:over + 1] = [] if how.startswith("drop") else line[over:over + 1] * 2
    elif how == "turn":
        rows[sheet] = [list(line) for line in zip(*table, strict=False)]
    elif how == "shift":
        table[:0] = [[""] * over] * at
    else:
        rows.pop(sheet)
        if how == "rename a sheet":
            rows[name] = table


def told(path: Path, inside: Path) -> None:
    """Checks a case as the command does, marked copy and document too, and what it says."""
    # a document goes to the bytes below the text
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with harmless(inside), redirect_stdout(out), redirect_stderr(err):
        run = cli.answer("check", True, lambda: check_case_file(
            str(path), (), None, mark=True, out=inside / "marked.xlsx", as_json=True))
    assert err.getvalue() == "", err.getvalue()
    out.seek(0)
    document = json.load(out)
    assert run in CODES, document
    assert bool(run) == any(one["level"] == "error" for one in document["findings"])
    for one in document["findings"]:
        assert one["message"].endswith("."), one
        assert "\x1b" not in one["message"] + one["found"], one


def written_again(path: Path, inside: Path) -> None:
    """A case that can be read is the same once it is written to a run folder and read from there."""
    try:
        case, _ = read_unchecked(path)
    except CaseError:
        return
    if case is None:
        return
    with harmless(inside):
        write_csv(case, inside / "input")
    again, _ = read_unchecked(inside / "input")
    assert again is not None
    assert (again.settings, again.sheets) == (case.settings, case.sheets)
    for file in (inside / "input").glob("*.csv"):
        for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8"))):
            assert not [cell for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r")], (file, row)


@pytest.mark.parametrize("form", FORMS)
@FEW
@given(
    st.lists(st.tuples(places, cells), max_size=4),
    st.lists(st.tuples(st.sampled_from(WHOLE), places, st.one_of(st.sampled_from(TEXTS), st.text(max_size=40))),
             max_size=2),
)
def test_any_cells_and_sheets(
    form: str, changed: list[tuple[tuple[str, int, int], Value]], whole: list[tuple[str, tuple[str, int, int], str]],
) -> None:
    rows = sound() if form == "a" else typed(sound())
    for place, value in changed:
        change_a_cell(rows, *place, value)
    for how, place, name in whole:
        change_a_sheet(rows, how, *place, name)
    with TemporaryDirectory() as made:
        path = FORMS[form](Path(made) / form, dict(rows))
        told(path, Path(made))
        if form == "a":
            written_again(path, Path(made))


@cache
def bytes_of(form: str) -> dict[str, bytes]:
    """The files of the sound case: its workbook, or its folder's."""
    with TemporaryDirectory() as made:
        path = FORMS[form](Path(made) / form, dict(typed(sound())))
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        return {file.name: file.read_bytes() for file in files}


@pytest.mark.parametrize("form", FORMS)
@FEW
@given(st.data())
def test_any_bytes(form: str, data: st.DataObject) -> None:
    """Bytes of a file changed, left out, doubled or put in, and files cut off."""
    files = bytes_of(form)
    name = data.draw(st.sampled_from(sorted(files)))
    content = files[name]
    for _ in range(data.draw(st.integers(1, 4))):
        start, length = data.draw(st.integers(0, len(content))), data.draw(st.integers(0, 40))
        piece = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from([content[start:start + length] * 2, b""])))
        content = content[:start] + piece + content[start + length:]
    if data.draw(st.integers(0, 9)) == 0:
        content = content[:data.draw(st.integers(0, len(content)))]
    with TemporaryDirectory() as made:
        path = Path(made) / form
        if form == "a":
            path.mkdir()
        for other, unchanged in files.items():
            (path / other if form == "a" else path).write_bytes(content if other == name else unchanged)
        told(path, Path(made))
