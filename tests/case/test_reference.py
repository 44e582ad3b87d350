"""The reference page is made from the schema, and the one in docs is the present one."""

from __future__ import annotations

from pathlib import Path

from optimizer.case.reference import reference
from optimizer.case.schema import SHEETS

PAGE = Path(__file__).parents[2] / "docs" / "workbook.md"


def test_the_page_in_docs_is_the_present_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: python -m optimizer.case.reference > docs/workbook.md"


def test_every_column_of_every_sheet_has_a_line_and_a_description() -> None:
    text = reference()
    for row in SHEETS.values():
        section = text.split(f"## {row.sheet}\n")[1].split("\n## ")[0]
        assert section.count("\n| ") == len(row.model_fields) + 2
        assert all(field.description for field in row.model_fields.values())
