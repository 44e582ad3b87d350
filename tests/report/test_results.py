"""``results.xlsx``: what stands in it is the plan, its links lead somewhere, and programs open it."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from optimizer.case.schema import Deal, Demand, Lane, Limit, Series, Stock
from optimizer.report.decisions import materials_traded
from optimizer.report.results import results_workbook
from optimizer.report.results.book import ACROSS, CUT, DOWN, LONGEST, Book, fitting
from optimizer.report.results.inputs import Inputs
from optimizer.report.results.summary import CHANGE, POINTS
from optimizer.report.results.wide import clean, folded, origin_colours, supply_rows
from optimizer.report.supplied import origins
from optimizer.solve.amounts import Amounts
from optimizer.solve.plan import LimitLevel, Plan
from optimizer.solve.tables import TABLES
from tests.case.small import changed_rows
from tests.report.plans import ODD, paid_plan, small_plan

FIRST = ["Summary", "Supply by origin", "Dependence by year", "Cost by heading", "Deals and orders", "Limits and cells"]
COST = "Cost, discounted, USD"
HOSTILE = ("=cmd|' /C calc'!A0", "[/x] *b*", "<b>&amp;</b>", "+1+1", "@SUM(A1)", "\U0001f9f2 चुंबक", "http://x.y",
           "a'b!c")


def opened(plan: Plan) -> Any:
    return openpyxl.load_workbook(io.BytesIO(results_workbook(plan)))


def cells(sheet: Any) -> dict[str, Any]:
    return {cell.coordinate: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}


def row_of(sheet: Any, name: str) -> list[Any]:
    """The first row that begins with a name, from the second cell on."""
    return next([cell.value for cell in row[1:]] for row in sheet.iter_rows() if row[0].value == name)


def links(book: Any) -> list[tuple[str, str, str]]:
    """Sheet and cell of each link, and where it leads."""
    return [
        (sheet.title, at, cell.hyperlink.location) for sheet in book for at, cell in cells(sheet).items()
        if cell.hyperlink is not None
    ]


def led_to(book: Any, location: str) -> Any:
    """The cell to which a link leads."""
    found = re.fullmatch(r"'((?:[^']|'')+)'!([A-Z]+[0-9]+)", location)
    assert found is not None, location
    return book[found[1].replace("''", "'")][found[2]]


def hostile_plan() -> Plan:
    """The small plan in which every text that a planner may write is hostile."""
    plan = small_plan(HOSTILE[0])
    case = plan.case
    (toll,) = (row for row in case.deals if row.name == "Ally toll")
    texts = {"partner": HOSTILE[1], "kind": HOSTILE[2], "note": HOSTILE[5] + "x" * LONGEST}
    case = replace(case, sheets={**case.sheets, "Deals": (toll.model_copy(update=texts),)})
    case = changed_rows(case, Demand, "cars", note=HOSTILE[3], sector=HOSTILE[4])
    case = changed_rows(case, Limit, "money a year", name=HOSTILE[7], note=HOSTILE[6])
    case = replace(case, settings=case.settings.model_copy(update={"title": HOSTILE[0]}))
    limits = {(HOSTILE[7], t): level for (_, t), level in plan.limits.items()}
    now = None if plan.as_now is None else replace(plan.as_now, case=case, limits=limits)
    return replace(plan, case=case, limits=limits, as_now=now, notes=(HOSTILE[0], HOSTILE[6]))


def bare_plan() -> Plan:
    """A plan that decides nothing, without limits and without the plan as now."""
    plan = small_plan()
    assert plan.as_now is not None
    return replace(plan.as_now, limits={}, case=replace(plan.case, sheets={
        name: rows for name, rows in plan.case.sheets.items() if name != "Limits"
    }))


def test_equal_plans_give_equal_bytes() -> None:
    assert results_workbook(small_plan()) == results_workbook(small_plan())


def test_every_table_has_its_sheet() -> None:
    names = opened(small_plan()).sheetnames
    assert names[: len(FIRST)] == FIRST
    assert names[len(FIRST) : len(FIRST) + len(TABLES)] == [name.capitalize() for name in TABLES]
    assert names[len(FIRST) + len(TABLES) :] == ["in Case", *(f"in {name}" for name in small_plan().case.sheets)]
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize("name", TABLES)
def test_tables_hold_what_the_plan_says(name: str) -> None:
    plan = small_plan()
    frame, sheet = plan.table(name), opened(plan)[name.capitalize()]
    assert [cell.value for cell in sheet[1]] == [column.replace("_", " ") for column in frame.columns]
    told = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    wanted = [[None if value is pd.NA else value for value in row] for row in frame.itertuples(index=False)]
    if len(frame):
        assert told == wanted
        (table,) = sheet.tables.values()
        assert table.ref == sheet.dimensions
        assert table.autoFilter is not None
    else:
        assert told[0][0] == f"The plan has no {name}."
    assert sheet.freeze_panes == "A2"


def test_numbers_are_shown_by_their_unit() -> None:
    book = opened(small_plan())
    shown = {row[-2].value: row[-3].number_format for name in TABLES for row in book[name.capitalize()].iter_rows(2)
             if row[-1].value is not None}
    assert shown["t"] == "#,##0.0"
    assert (shown["USD"], shown["fraction"], shown["terms"]) == ("#,##0", "0.0 %", "#,##0")
    years = {row[-4].number_format for row in book["Cost"].iter_rows(2)}
    assert years == {"0"}


def test_the_years_stand_across() -> None:
    book = opened(small_plan())
    supply, cost = book["Supply by origin"], book["Cost by heading"]
    assert row_of(supply, "from Farland")[:3] == [300.0, 200.0, 100.0]
    assert row_of(supply, "demand")[:3] == [300.0, 300.0, 300.0]
    assert row_of(book["Dependence by year"], "exposed, as now")[:3] == [1.0, 1.0, 1.0]
    assert row_of(book["Dependence by year"], "direct")[:3] == pytest.approx([1.0, 2 / 3, 1 / 3])
    assert row_of(cost, "capex")[:5] == [0.0, 6e6, 0.0, 6e6, 0.0]
    total = small_plan().claims.cost
    assert row_of(cost, "total")[:4] == pytest.approx([1.5e7, 1.77e7, total - 3.27e7, total])
    assert row_of(book["Deals and orders"], "Ally toll")[:4] == [None, 100.0, 100.0, "magnet"]


def test_the_main_sheets_have_charts_of_their_numbers() -> None:
    book = opened(small_plan())
    assert [name for name in book.sheetnames if book[name]._charts] == FIRST[1:5]
    archive = zipfile.ZipFile(io.BytesIO(results_workbook(small_plan())))
    charts = [archive.read(f"xl/charts/chart{i}.xml").decode() for i in (1, 2, 3, 4)]
    assert "<c:barChart>" in charts[0]
    assert "<c:lineChart>" in charts[0]
    for chart in charts:
        # the numbers and the names stand in the chart too, for programs that draw before they calculate
        for formula, points in re.findall(r"<c:f>([^<]*)</c:f><c:(?:num|str)Cache>(.*?)</c:(?:num|str)Cache>", chart):
            values = re.findall(r"<c:v>([^<]*)</c:v>", points)
            assert values, formula
        assert "<a:t>year</a:t>" in chart
        assert re.search(r'<c:min val="0(\.0)?"/>', chart)
    for unit, chart in zip(("tonnes (t)", "% of demand", "USD m", "tonnes (t)"), charts, strict=True):
        assert f"<a:t>{unit}</a:t>" in chart


def test_links_lead_to_cells_that_are_there() -> None:
    for plan in (small_plan(), hostile_plan()):
        book = opened(plan)
        found = links(book)
        assert len(found) > len(book.sheetnames)
        for sheet, _, location in found:
            cell = led_to(book, location)
            assert cell.value is not None, (sheet, location)
        reached = {led_to(book, location).parent.title for sheet, _, location in found if sheet == "Summary"}
        assert reached >= set(book.sheetnames[1:])


def test_a_binding_limit_leads_to_its_cell() -> None:
    plan = small_plan()
    book = opened(plan)
    copy = led_to(book, next(to for at, _, to in links(book) if at == "Limits and cells" and "Limits" in to))
    assert (copy.parent.title, copy.parent.cell(1, copy.column).value, copy.value) == ("in Limits", "value", 6.0)
    assert copy.parent.cell(copy.row, 1).value == "money a year"
    (bound,) = [row for row in book["Limits and cells"].iter_rows(values_only=True) if row[8] == "yes"]
    assert bound == ("money a year", "at most", 2027, 6e6, 6e6, 0.0, None, "USD", "yes", "Limits!A2")
    (told,) = [row for row in book["Summary"].iter_rows(values_only=True) if row[0] == "money a year"]
    assert told[:3] == ("money a year", "2027", "Limits!A2")


def test_a_limit_by_year_leads_to_its_year() -> None:
    points = Series(points=((2026, 5e6), (2028, 7e6)))
    inputs = Inputs.of(changed_rows(small_plan().case, Limit, "money a year", value=points))
    headers = inputs.tables["Limits"].headers
    for year, column in ((2026, "value 2026"), (2027, "value 2026"), (2028, "value 2028")):
        where = inputs.where("Limits", "money a year", "value", [year])
        assert where == f"'in Limits'!{chr(65 + headers.index(column))}2"
    assert inputs.where("Limits", "money a year", "price of breaking") == "'in Limits'!A2"


def test_the_summary_says_what_the_plan_says() -> None:
    texts = [cell.value for cell in cells(opened(small_plan())["Summary"]).values()]
    assert texts[0] == "Magnets for Home"
    assert any(str(text).startswith("Dependence on Farland falls to 33.3 % in 2028") for text in texts)
    assert any(str(text).startswith("Proved") for text in texts)
    assert "Dependence in 2028" in texts


def test_the_summary_holds_numbers_and_what_to_sign_and_order() -> None:
    sheet = opened(small_plan())["Summary"]
    dependence, cost = (
        next(row for row in sheet.iter_rows() if row[0].value == name) for name in ("Dependence in 2028", COST)
    )
    assert [cell.value for cell in dependence[1:4]] == pytest.approx([1 / 3, 1.0, -200 / 3])
    assert [cell.number_format for cell in dependence[1:4]] == ["0.0 %", "0.0 %", POINTS]
    assert [cell.value for cell in cost[1:4]] == pytest.approx([40811111.1, 4.5e7, -4188888.9])
    assert [cell.number_format for cell in cost[1:4]] == ["#,##0", "#,##0", CHANGE]
    assert row_of(sheet, "Ally toll") == [2026, "tolling", "Ally", "2027", 100, 0]
    assert row_of(sheet, ODD) == [2027, "plant", "Home", "2028", 100, 6_000_000]


def test_the_summary_names_changes_and_who_pays_incentives() -> None:
    book = openpyxl.load_workbook(io.BytesIO(results_workbook(paid_plan(), ["--set Deals[Ally toll].fee=5 USD/kg"])))
    texts = [cell.value for cell in cells(book["Summary"]).values()]
    assert "With these changes: Deals[Ally toll].fee=5 USD/kg." in texts
    assert "The cost is net of USD 2 m of incentives that the state pays." in texts
    assert row_of(book["Summary"], "Incentives paid by the state, discounted, USD")[:3] == [2e6, 0, 2e6]


def test_years_of_deals_and_orders_are_numbers() -> None:
    sheet = opened(small_plan())["Deals and orders"]
    rows = [[cell.value for cell in row][1:9] for row in sheet.iter_rows() if row[0].value in ("Ally toll", ODD)]
    assert rows[1][:7] == [2026, 1, 100, 100, "2027-2028", "Ally", "tolling"]
    assert rows[2][:5] == [2027, 2, 100, "2028", "Home"]


def test_wide_sheets_print_so_as_to_be_read() -> None:
    with Book("x") as book:
        narrow, wide, long = (book.sheet(name, "#000000") for name in ("narrow", "wide", "long"))
        long.put(DOWN, 0, "below")
        narrow.widths([20, 20])
        wide.widths([60] * 10)
        long.widths([20])
    made = openpyxl.load_workbook(io.BytesIO(book.content))
    across = -(-600 // ACROSS)
    # what is not given is 1
    told = [(of.page_setup.fitToWidth, of.page_setup.fitToHeight) for of in made]
    assert [tuple(1 if n is None else n for n in pages) for pages in told] == [(1, 1), (across, 1), (1, 0)]
    assert (made["wide"].print_title_cols, made["narrow"].print_title_cols) == ("$A:$A", None)
    assert {of.page_setup.orientation for of in made} == {"landscape"}


def test_text_from_the_case_is_only_text() -> None:
    plan = hostile_plan()
    book = opened(plan)
    texts = [cell for sheet in book for cell in cells(sheet).values() if isinstance(cell.value, str)]
    assert {cell.data_type for cell in texts} == {"s"}
    told = {cell.value for cell in texts}
    assert set(HOSTILE) - {HOSTILE[5]} <= told
    assert any(text.startswith(HOSTILE[5]) and text.endswith(CUT) for text in told)
    archive = zipfile.ZipFile(io.BytesIO(results_workbook(plan)))
    sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in sheet for sheet in sheets)
    assert not any("http://x.y" in archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels"))


def test_a_cell_takes_what_it_can_hold() -> None:
    assert fitting("x" * LONGEST) == "x" * LONGEST
    for text in ("x" * (LONGEST + 1), "\U0001f9f2" * LONGEST):
        cut = fitting(text)
        assert cut.endswith(CUT)
        assert len(cut.encode("utf-16-le")) // 2 in (LONGEST - 1, LONGEST)


def test_what_cannot_be_written_is_told() -> None:
    with Book("x") as book:
        sheet = book.sheet("here", "#000000")
        with pytest.raises(ValueError, match=r"'here'!A1048577 could not be written"):
            sheet.put(1_048_576, 0, "below the last row")


def test_a_plan_that_decides_nothing() -> None:
    book = opened(bare_plan())
    assert "The case has no limits." in {cell.value for cell in cells(book["Limits and cells"]).values()}
    listed = {cell.value for cell in cells(book["Deals and orders"]).values()}
    assert {"No new deal.", "No new plant."} <= listed
    assert not book["Deals and orders"]._charts


def test_what_stocks_give_and_what_is_short_stands_in_the_supply() -> None:
    plan = small_plan()
    stock = Stock(name="pile", place="Home", material="magnet", opening_exposed=50.0)
    case = replace(plan.case, sheets={**plan.case.sheets, "Stocks": (stock,)})
    held = {("pile", 2026, "exposed"): 50.0, ("pile", 2027, "exposed"): 20.0, ("pile", 2028, "exposed"): 60.0}
    plan = replace(plan, case=case, amounts=replace(plan.amounts, stock=held, short={("cars", 2028): 5.0}))
    # what lay in stock was exposed
    assert supply_rows(plan)["through Farland"] == {2026: 0.0, 2027: 30.0, 2028: 0.0}
    assert row_of(opened(plan)["Supply by origin"], "not served")[:3] == [0.0, 0.0, 5.0]


def test_the_headings_add_up_to_the_cost() -> None:
    plan = small_plan()
    assert plan.as_now is not None
    many = {(f"item {i}", f"heading {i}", "ministry"): 10.0 * i for i in range(1, 12)}
    both = (dict(plan.claims.charged), {**plan.as_now.claims.charged, ("shortage", "total", "ministry"): 7.0})
    mine, now = (sum(charged.values()) + sum(many.values()) for charged in both)
    told = replace(
        plan, claims=replace(plan.claims, charged={**both[0], **many}, cost=mine),
        as_now=replace(plan.as_now, claims=replace(plan.as_now.claims, charged={**both[1], **many}, cost=now)),
    )
    sheet = opened(told)["Cost by heading"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=24) if row[4].value is not None]
    total = next(i for i, row in enumerate(rows) if row[0] == "total (all)")
    for column, cost in ((4, mine), (5, now)):
        assert rows[total][column] == pytest.approx(cost)
        assert sum(row[column] for row in rows[1:total]) == pytest.approx(cost, abs=len(rows))
    others = next(row for row in rows if str(row[0]).startswith("the other"))
    apart = rows[next(i for i, row in enumerate(rows) if i > total and row[4] == "charged") + 1 :]
    assert [sum(row[column] for row in apart) for column in (4, 5)] == pytest.approx(others[4:6])
    assert "total" in {row[0] for row in rows}


def test_a_case_without_demand_that_counts() -> None:
    plan = small_plan()
    case = changed_rows(plan.case, Demand, "cars", weight=0.0)
    sheet = opened(replace(plan, case=case, as_now=None))["Dependence by year"]
    assert row_of(sheet, "stage: magnet")[0] == 1.0


def test_colours_follow_the_origin() -> None:
    sides = {name: origin.side for name, origin in origins(small_plan("home works"), "Farland").items()}
    assert sides == {"home works": "home", "from Ally": "other", "from Farland": "concern"}
    colours = origin_colours(sides, ["from Farland", "home works", "from Ally"])
    assert list(colours.values()) == ["#B83028", "#1F6F8B", "#27496D"]


def test_a_chart_adds_up_what_is_too_much_for_it() -> None:
    rows = {f"o{i}": {2026: float(i), 2027: 1.0} for i in range(12)}
    shown, other = folded(rows)
    assert list(shown) == ["o11", "o10", "o9", "o8", "o7", "o6", "o5"]
    assert other == {"the other 5 together": {2026: 0.0 + 1 + 2 + 3 + 4, 2027: 5.0}}
    assert folded({"a": {2026: 1.0}}) == ({"a": {2026: 1.0}}, {})


def test_rounding_of_the_solver_makes_no_row() -> None:
    assert clean({"a": {2026: 1e-11}, "b": {2026: 100.00000001}}) == {"b": {2026: 100.0}}


def test_materials_under_a_deal() -> None:
    case = changed_rows(small_plan().case, Lane, "ore lane", deals=(("Ally toll",),))
    alloc = {("Ally toll", "Lanes", name, 2027): 1.0 for name in ("toll lane", "ore lane")}
    plan = replace(small_plan(), case=case, amounts=Amounts(alloc=alloc))
    assert materials_traded(plan) == {"Ally toll": ["ore", "magnet"]}
    metered = changed_rows(case, Deal, "Ally toll", meter="lanes: magnet")
    assert materials_traded(replace(plan, case=metered)) == {"Ally toll": ["magnet"]}


def test_a_limit_over_the_horizon_has_no_year() -> None:
    plan = small_plan()
    case = changed_rows(plan.case, Limit, "money a year", over="horizon")
    book = opened(replace(plan, case=case, limits={("money a year", 2026): LimitLevel(6e6, 6e6, "at most")}))
    assert row_of(book["Limits and cells"], "money a year")[:2] == ["at most", "all years"]
    assert row_of(book["Summary"], "money a year")[0] == "all years"


def many_limits(plan: Plan) -> Plan:
    return replace(plan, limits={**plan.limits, ("money a year", 2026): LimitLevel(7e6, 6e6, "at most", broken=1e6)})


def test_a_broken_limit_is_told() -> None:
    rows = list(opened(many_limits(small_plan()))["Limits and cells"].iter_rows(values_only=True))
    assert ("money a year", "at most", 2026, 7e6, 6e6, -1e6, 1e6, "USD", "yes", "Limits!A2") in rows


def office() -> str:
    """LibreOffice; without it the test is skipped, but not where everything must be tried."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        assert not os.environ.get("CI"), "LibreOffice is needed for this test"
        pytest.skip("LibreOffice is not installed")
    return found


@pytest.mark.parametrize("make", [small_plan, hostile_plan, bare_plan])
def test_libreoffice_opens_it_and_keeps_what_it_says(make: Any, tmp_path: Path) -> None:
    program, plan = office(), make()
    given, made = tmp_path / "results.xlsx", tmp_path / "again"
    given.write_bytes(results_workbook(plan))
    done = subprocess.run(
        [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
         "--outdir", str(made), str(given)], capture_output=True, text=True, check=True,
    )
    assert "rror" not in done.stdout + done.stderr
    before, after = openpyxl.load_workbook(given), openpyxl.load_workbook(made / "results.xlsx")
    assert after.sheetnames == before.sheetnames
    for sheet in before:
        told, again = ({at: cell.value for at, cell in cells(of).items()} for of in (sheet, after[sheet.title]))
        assert again.keys() == told.keys()
        # LibreOffice writes fifteen digits
        assert all(again[at] == (pytest.approx(value, rel=1e-14) if isinstance(value, float) else value)
                   for at, value in told.items())
        assert len(after[sheet.title]._charts) == len(sheet._charts)
        assert set(after[sheet.title].tables) == set(sheet.tables)
