"""The printed brief: complete, the same bytes each time, safe from whatever stands in the workbook."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.case.schema import Deal, Lane, Run, Series, Supply
from optimizer.report.brief.blocks import Document, Heading, Paragraph, Table
from optimizer.report.brief.content import brief
from optimizer.report.brief.markdown import markdown
from optimizer.report.brief.pdf import YEARS, pdf
from optimizer.report.glyphs import printable, unprintable
from optimizer.solve.plan import Plan
from tests.case.small import changed_rows
from tests.report.plans import small_plan

ROOT = Path(__file__).parents[2]

HOSTILE = (
    '#read("/etc/passwd")', "#eval(\"1+1\")", "$x^2$ @ref <label> // comment", "*not bold* _not slanted_", "= Heading",
    "`raw` ```block```", "\\u{41} \\", "[/oops] {x} | ~ ' \"", "</script><b>&amp;", "%PDF ) endstream",
)


def pages(made: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def paper(*texts: str) -> Document:
    return Document("Kicker", "Headline.", "run 0", [Paragraph(text) for text in texts])


def titled(title: str) -> Plan:
    plan = small_plan()
    return replace(plan, case=replace(plan.case, settings=plan.case.settings.model_copy(update={"title": title})))


def test_page_one_carries_the_decision_and_fits() -> None:
    found = pages(pdf(brief(small_plan(), "0123456789ab")))
    for text in ("DECISION SOUGHT", "In 2026, sign Ally toll.", "100 → 33.3 %", "How sure this is", "Supply, ore:"):
        assert text in found[0]
    assert found[1].startswith("Calendar")
    assert found[0].endswith(f"Magnets for Home · run 0123456789ab 1 / {len(found)}")


def test_equal_plans_give_equal_bytes_in_another_process() -> None:
    made = pdf(brief(small_plan(), "0123456789ab"))
    code = (
        "import sys\nfrom optimizer.report.brief.content import brief\nfrom optimizer.report.brief.pdf import pdf\n"
        "from tests.report.plans import small_plan\n"
        "sys.stdout.buffer.write(pdf(brief(small_plan(), '0123456789ab')))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert other.stdout == made


def test_it_is_an_archival_and_accessible_file_with_a_title() -> None:
    made = pdf(brief(small_plan(), "0123456789ab"))
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("Dependence on Farland falls to 33.3 %")
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is not None
    assert root["/Lang"] == "en"
    told = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in told
    assert "<pdfuaid:part>1</pdfuaid:part>" in told


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_the_workbook_prints_as_it_stands(text: str) -> None:
    document = Document("k", text, text, [
        Heading(text), Paragraph(text), Table([text, "b"], [[text, "c"]], wide={0: 1}), Paragraph(text, "warning"),
    ])
    found = "".join(pages(pdf(document))).replace(" ", "")
    wanted = " ".join(text.split()).replace(" ", "")
    assert found.count(wanted) >= 5


def test_scripts_of_the_partners_print() -> None:
    texts = ("₹ 7,280 करोड़", "経済産業省レアアース", "산업통상자원부 희토류")
    found = pdf(paper(*texts))
    fonts = {str(font["/BaseFont"]) for page in pypdf.PdfReader(io.BytesIO(found)).pages
             for font in (one.get_object() for one in page["/Resources"]["/Font"].values())}
    for name in ("Inter", "NotoSansDevanagari", "NotoSansJP", "NotoSansKR"):
        assert any(name in font for font in fonts), fonts
    assert "経済産業省" in pages(found)[0]
    assert "산업통상자원부" in pages(found)[0]
    assert "U+" not in pages(found)[0]


def test_a_sign_that_no_font_holds_prints_as_its_number_and_is_told_with_its_cell() -> None:
    plan = titled("Smile \U0001F600")
    assert unprintable(plan.case) == ["U+1F600 in Case"]
    found = pages(pdf(brief(plan, "0123456789ab")))
    assert "SMILE U+1F600" in found[0]
    assert "they print as U+ and their number: U+1F600 in Case." in found[-1]


def test_signs_in_lists_and_settings_are_told_with_their_cells() -> None:
    plan = small_plan()
    case = changed_rows(plan.case, Lane, "toll lane", deals=(("Ally toll", "a\U0001F601"),))
    case = replace(case, settings=case.settings.model_copy(update={"payers": ("ministry", "b\U0001F602")}))
    cells = {"Lanes[toll lane].deals": "Lanes!F3", "Case[payers].value": "Case!B9"}
    case = replace(case, origin=replace(case.origin, cells=cells))
    assert unprintable(case) == ["U+1F602 in Case!B9", "U+1F601 in Lanes!F3"]


def crowded() -> Plan:
    """A plan that has much to say on page one: stopped, with notes, many signings and long names."""
    plan = small_plan()
    rows = tuple(Deal(name=f"agreement {i} on magnets for cars, wind and industry", partner="Ally", kind="offtake",
                      signing_cost=Series.of(1e6)) for i in range(30))
    case = replace(plan.case, sheets={**plan.case.sheets, "Deals": (*plan.case.sheets["Deals"], *rows)})
    sign = {**plan.amounts.sign, **{(row.name, 2026 + i % 2, 1): 1 for i, row in enumerate(rows)}}
    case = replace(case, settings=case.settings.model_copy(update={"commit_year": 2027}))
    notes = ("The least cost was not proved in the time; the budget rests on the best found.",) * 3
    return replace(plan, case=case, amounts=replace(plan.amounts, sign=sign), status="stopped", gap=0.05, bound=0.28,
                   notes=notes, options=replace(plan.options, goal="cost", budget=4e7, cap=0.35))


def test_page_one_is_one_page_whatever_it_has_to_say() -> None:
    changes = [f"--set Deals[agreement {i} on magnets for cars, wind and industry].fee=5 USD/kg" for i in range(8)]
    found = pages(pdf(brief(crowded(), "0123456789ab", (), changes)))
    for text in ("With these changes:", "Asked for: least cost", "Best plan found", "How sure this is", "Supply, ore"):
        assert text in found[0]
    assert found[1].startswith("Calendar")


def test_rows_with_equal_numbers_stand_together_in_print_and_a_note_stands_once() -> None:
    plan = small_plan("works")
    note = {"confidence": "low", "source": ("geology",), "note": "a guess of ours Facts: MOD-001."}
    case = plan.case
    for run in ("works/sinter", "ally works/sinter"):
        case = changed_rows(case, Run, run, variable_cost=Series.of(3000.0), **note)
    for supply in ("ore", "farland magnets"):
        case = changed_rows(case, Supply, supply, **{**note, "note": "a price of ours"})
    document = brief(replace(plan, case=case), "0123456789ab")
    printed = " ".join(pages(pdf(document)))
    assert "2 rows each variable cost USD 3/kg: works/sinter; ally works/sinter a guess of ours 1" in printed
    assert "price USD 50/kg a price of ours" in printed
    assert "price USD 5/kg; note as above" in printed
    assert "Facts: MOD-001" not in printed
    text = markdown(document)
    assert text.count("| variable cost USD 3/kg | low | 1 | a guess of ours. Facts: MOD-001. |") == 2
    assert "note as above" not in text


def test_a_long_horizon_is_printed_in_parts() -> None:
    years = [str(2026 + i) for i in range(30)]
    document = Document("k", "h.", "f", [
        Table(["", *years], [["row", *(f"v{year}" for year in years)]], right=frozenset(range(1, 31)), years=1)
    ])
    found = " ".join(pages(pdf(document)))
    assert all(f"v{year}" in found for year in years)
    assert found.count("row") == -(-30 // YEARS)


def test_a_name_of_any_length_stays_on_the_page() -> None:
    name = "ABCDEFGHIJ" * 20
    document = Document("k", "h.", "f", [Table(["a", "b", "c"], [[name, name, "1"]], wide={0: 1, 1: 1})])
    page = pypdf.PdfReader(io.BytesIO(pdf(document))).pages[0]
    spots: list[float] = []
    page.extract_text(visitor_text=lambda text, _, matrix, *__: spots.append(matrix[4]) if text.strip() else None)
    assert max(spots) < float(page.mediabox.width)


def test_signs_that_cannot_stand_side_by_side_are_printed_as_their_numbers_alone_in_that_text() -> None:
    # a vowel sign of one script on the bullet of another
    found = " ".join(pages(pdf(paper("\u2022\u094e", "\u20b9 7,280"))))
    assert "U+2022U+094E" in found
    assert "\u20b9 7,280" in found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_text_stops_the_brief(text: str) -> None:
    assert pdf(Document(text, f"x{text}", text, [Heading(f"x{text}"), Paragraph(text), Table([text], [[text]])]))


@given(st.text(max_size=20))
def test_what_is_printable_stays(text: str) -> None:
    assert printable(printable(text)) == printable(text)
    assert printable("plain ₹ हिन्दी") == "plain ₹ हिन्दी"
