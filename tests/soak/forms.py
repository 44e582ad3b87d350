"""Sheets of texts and numbers as the bytes of a workbook, of either kind, or as a folder of .csv files.

Made by hand rather than by a library, as no library writes what these are to hold.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from optimizer.case.raw import cell_name

Value = str | float
Table = Sequence[Sequence[Value]]

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OPEN = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in
                 ("office", "table", "text"))


def xlsx(path: Path, sheets: Mapping[str, Table]) -> Path:
    """A workbook whose texts stand in the cells; what XML cannot hold is escaped as Excel does, ``_x0007_``."""
    names = "".join(f'<sheet name={quoteattr(_escaped(name))} r:id="r{i}"/>' for i, name in enumerate(sheets))
    links = "".join(f'<Relationship Id="r{i}" Type="{_LINK}/worksheet" Target="s{i}.xml"/>' for i in range(len(sheets)))
    return _zipped(path, {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINK}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>',
        **{f"xl/s{i}.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{_xlsx_rows(table)}</sheetData></worksheet>'
           for i, table in enumerate(sheets.values())},
    })


def ods(path: Path, sheets: Mapping[str, Table]) -> Path:
    """An OpenDocument spreadsheet; what XML cannot hold is left out."""
    tables = "".join(f"<table:table table:name={quoteattr(_UNFIT.sub('', name))}>{_ods_rows(table)}</table:table>"
                     for name, table in sheets.items())
    return _zipped(path, {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"<office:document-content {_OPEN}><office:body><office:spreadsheet>{tables}"
                       "</office:spreadsheet></office:body></office:document-content>",
        "META-INF/manifest.xml": "<manifest/>",
    })


def folder(path: Path, sheets: Mapping[str, Table]) -> Path:
    """A folder of .csv files; a name that no file can have is left out."""
    path.mkdir()
    for name, table in sheets.items():
        if re.search(r"[/\0]", name) or not 0 < len(name.encode("utf-8", "replace")) < 200:
            continue
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(table)
        (path / f"{name}.csv").write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
    return path


def _zipped(path: Path, parts: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content.encode("utf-8", "replace"))
    return path


def _escaped(text: str) -> str:
    return _UNFIT.sub(lambda sign: f"_x{ord(sign[0]):04X}_", text)


def _xlsx_rows(table: Table) -> str:
    return "".join(
        f'<row r="{r}">' + "".join(_xlsx_cell(cell_name("", r, c)[1:], value) for c, value in enumerate(row, 1))
        + "</row>" for r, row in enumerate(table, 1)
    )


def _xlsx_cell(at: str, value: Value) -> str:
    if value == "":
        return ""
    if isinstance(value, float):
        return f'<c r="{at}"><v>{value!r}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(_escaped(value))}</t></is></c>'


def _ods_rows(table: Table) -> str:
    return "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in table)


def _ods_cell(value: Value) -> str:
    if value == "":
        return "<table:table-cell/>"
    if isinstance(value, float):
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'
    text = _UNFIT.sub("", value)
    return (f'<table:table-cell office:value-type="string" office:string-value={quoteattr(text)}>'
            f"<text:p>{escape(text)}</text:p></table:table-cell>")
