"""What is written is the case again when it is read, in either format, the same bytes each time, and no formula."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.case.case import Case, case_of
from optimizer.case.findings import CaseError
from optimizer.case.read import read_case, read_unchecked
from optimizer.case.schema import (
    Criterion,
    Deal,
    Demand,
    Evidence,
    Filter,
    Incentive,
    Lane,
    Limit,
    Material,
    Payment,
    Place,
    Plant,
    Range,
    RecipeLine,
    Row,
    Rule,
    Run,
    ScenarioChange,
    Series,
    Settings,
    Source,
    Stock,
    Supply,
)
from optimizer.case.tabulate import tables_of
from optimizer.case.write import csv_folder_to_xlsx, write_csv, write_xlsx
from tests.case.reading import BASE, folder

SETTINGS = Settings(
    title="=Everything", first_year=2026, last_year=2028, commit_year=2027, currency="EUR",
    exchange_rates=(("INR", 95.0), ("USD", 1.1)), base_year=2025, discount_rate=0.07,
    deciding_point=Series(points=((2026, 0.8), (2027, 0.0))), glide=Series(points=((2026, 0.0), (2028, 1.0))),
    weights=Series(points=((2026, 0.5), (2028, 1.0))), goal="cost", then=("dependence", "jobs"), budget=4.5e9,
    dependence_cap=1 / 3, dependence_tolerance=1e-3, cost_tolerance=2e-4, payers=("home", "state"), view="national",
    confidential=True, base_probability=0.6,
)


def full() -> Case:
    """A case with every column of every sheet filled somewhere."""
    by_year = Series(points=((2026, 1000.1), (2028, 1e6 / 3)))
    return case_of(
        SETTINGS,
        Place(name="Home", home=True, lat=20.5, lon=78.9, iso="IN", note="two\nlines, and a comma"),
        Place(name="Abroad", use=False, source=("a", "b"), confidence="low"),
        Place(name="Concern", concern=True, note="'=quoted"),
        Material(name="oxide", stage="oxide", basis="TREO", unit="kg", by_product=True, price=Series.of(60_000.0),
                 market=by_year, sold_at=("Home", "Abroad"), discarding=12.5),
        Material(name="magnet", stage="magnet", needs=(("oxide", 0.47), ("metal", 1 / 3))),
        RecipeLine(recipe="sinter", material="oxide", role="input", amount=1.23),
        RecipeLine(recipe="sinter", material="magnet", role="output", amount=1.0),
        Run(plant="works", recipe="sinter", variable_cost=Series.of(7.0), capacity_used=1.5, qualification_delay=0.5),
        Supply(name="mine", place="Abroad", material="oxide", exposed_share=0.123, made_at=(("oxide", "Abroad"),),
               price=by_year, limit=Series.of(0.0), total=5.0, law=True, payer="state",
               deals=(("Toll", "Mine"), ("Board",))),
        Lane(name="sea", material="oxide", origin="Abroad", destination="Home", freight=Series.of(300.0), loss=0.01,
             duty=Series.of(0.075), limit=by_year, from_year=2026, to_year=2027, payer="home", law=True,
             deals=(("Toll",),)),
        Demand(name="cars", law=True, sector="cars", place="Home", material="magnet", tonnes=by_year, weight=0.5,
               floor=Series.of(0.9), clear_share=Series.of(0.1), shortage_cost=Series.of(5e5)),
        Demand(name="wind", sector="wind", place="Home", material="magnet", tonnes=Series.of(7.0)),
        Stock(name="heap", law=True, place="Home", material="oxide", opening_clear=1.0, opening_exposed=2.0,
              limit=Series.of(50.0),
              holding_cost=Series.of(2.0), reserve=Series.of(30.0), reserve_unit="days", reserve_class="clear",
              closing_clear=0.5, closing_exposed=0.25, payer="state"),
        Deal(name="Toll", partner="Abroad", kind="tolling", channel="company", counterparty="X", payer="home",
             window_from=2026, window_to=2027, lead=0.25, term=5.0, signings_at_most=2, signing_cost=Series.of(2.5e6),
             yearly_cost=Series.of(1e5), heading="tolls", fee=Series.of(28_123.4), meter="lanes: magnet*|alloy",
             least=Series.of(10.0), most=by_year, missed_charge=Series.of(999.0), decide="later", chance=0.9),
        Deal(name="Mine", law=True, signed_in=2024),
        Deal(name="Board"),
        Payment(deal="Toll", years_after=1.5, amount=2e6, heading="technology", payer="state"),
        Plant(name="works", law=True, place="Home", capacity=by_year, module=100.0, least_modules=2, most_modules=12,
              orders_at_most=3, ordered_in=(("2024", 6.0),), window_from=2026, window_to=2028,
              capex=Series.of(90_000.0),
              profile=(0.3, 0.5, 0.2), site_cost=Series.of(1e7), fixed_cost=Series.of(5000.0), lead=2.0,
              ramp=(1 / 3, 1.0), life=20.0, exposed_share=0.0, payer="home", home_share=0.6, partner_keeps=0.2,
              partner_return=0.12, decide="now", deals_to_order=(("Board",),), deals_to_run=(("Toll", "Mine"),)),
        Rule(name="one way", rule="at most", n=1, list=("Toll", "wor*")),
        Rule(name="first", law=True, rule="requires", list=("works", "Board")),
        Limit(name="money", measure="spend", payer="state", heading=("capex", "fees"), over="horizon", sense="at most",
              value=Series.of(9e8), price_of_breaking=2.5, law=True),
        Limit(name="one partner", measure="share", filter=Filter(terms=(("from", ("Abroad", "Home")),)),
              of=Filter(terms=(("to", ("Home",)),)), converted_to="magnet", sense="at most",
              value=Series(points=((2026, 0.6), (2027, 0.55))), price_of_breaking=5000.0),
        Limit(name="jobs", measure="criterion", filter=Filter(terms=(("criterion", ("jobs",)),)), sense="at least",
              value=Series.of(100.0), price_of_breaking=1e6),
        Incentive(name="support", plants=("works",), per_tonne=Series.of(3000.0), per_capacity=Series.of(1e4),
                  first_operating_year=2, last_operating_year=5, cap_a_year=1e8, cap_per_order=5e7, cap_total=7.5e8,
                  payer="state", to="home"),
        Criterion(criterion="jobs", unit="people", applies_to="works", per_signing=1.0, per_module=80.0, per_tonne=0.1),
        ScenarioChange(scenario="stop", probability=0.2, address="Supply[mine].limit", years="2027-2028", how="set",
                       value="-0", unit="t"),
        ScenarioChange(scenario="dear", address="Supply[mine].price", how="plus", value="500"),
        Range(address="Deals[Toll].fee", low=20_000.0, high=35_000.0, shape="PERT", moves_with="Supply[mine].price"),
        Range(address="Limits[one partner].value", low=0.5, high=0.7),
        Range(address="Supply[mine].price", how="times", low=0.8, high=1.3),
        Source(name="report", title="A report", publisher="X", date="2025-04-04", url="http://example.org", grade="A"),
        Evidence(address="Deals[Toll].fee", fact_id="F1", source=("report",), confidence="high"),
        name="full",
    )


def test_every_column_of_every_sheet_is_tried() -> None:
    case = full()
    for rows in case.sheets.values():
        for name, info in type(rows[0]).model_fields.items():
            if name in ("use", "source", "confidence", "note"):
                continue
            assert any(getattr(row, name) != info.default for row in rows), f"{type(rows[0]).sheet}.{name}"


@pytest.mark.parametrize("ending", ["", ".xlsx"])
def test_a_case_comes_back(tmp_path: Path, ending: str) -> None:
    case, path = full(), tmp_path / f"case{ending}"
    (write_xlsx if ending else write_csv)(case, path)
    back, findings = read_unchecked(path)
    assert back is not None, findings
    assert back.settings == case.settings
    assert back.sheets == case.sheets


def test_both_formats_have_the_same_cells_and_hashes(tmp_path: Path) -> None:
    write_csv(full(), tmp_path / "case")
    write_xlsx(full(), tmp_path / "case.xlsx")
    one, other = read_unchecked(tmp_path / "case")[0], read_unchecked(tmp_path / "case.xlsx")[0]
    assert one is not None
    assert other is not None
    assert one.origin.hashes == other.origin.hashes
    assert one.origin.cells == other.origin.cells
    assert one.origin.units == other.origin.units


def test_the_same_bytes_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_xlsx(full(), tmp_path / "one.xlsx")
    later = time.time() + 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    write_xlsx(full(), tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_no_text_becomes_a_formula(tmp_path: Path) -> None:
    write_xlsx(full(), tmp_path / "case.xlsx")
    write_csv(full(), tmp_path / "case")
    book = openpyxl.load_workbook(tmp_path / "case.xlsx")
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "title,'=Everything" in (tmp_path / "case" / "Case.csv").read_text(encoding="utf-8")
    assert ",'-0,t" in (tmp_path / "case" / "Scenarios.csv").read_text(encoding="utf-8")


def test_the_header_is_frozen_and_can_be_filtered(tmp_path: Path) -> None:
    write_xlsx(full(), tmp_path / "case.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "case.xlsx")["Deals"]
    assert sheet.freeze_panes == "B2"
    table = sheet.tables["table_Deals"]
    assert table.autoFilter is not None
    assert table.ref.startswith("A1:")
    assert sheet["A1"].font.b


def test_units_read_well() -> None:
    tables = {table.name: table for table in tables_of(full())}
    assert "fee (EUR/kg)" in tables["Deals"].headers
    assert "signing cost (EUR m)" in tables["Deals"].headers
    assert "fixed cost (EUR/kg)" in tables["Plants"].headers
    assert "freight (EUR/t)" in tables["Lanes"].headers
    assert "duty rate (%)" in tables["Lanes"].headers
    assert "tonnes 2026 (t)" in tables["Demand"].headers
    assert ["budget", 4500.0, "EUR m"] in [row[:3] for row in tables["Case"].rows]
    assert tables["Plants"].rows[0][tables["Plants"].headers.index("payment profile")] == "30 50 20 %"


def test_a_column_that_a_scenario_sets_without_a_unit_stays_canonical() -> None:
    supply = next(table for table in tables_of(full()) if table.name == "Supply")
    assert "price 2026 (EUR/t)" in supply.headers


def test_units_of_the_planner_are_kept(tmp_path: Path) -> None:
    case = read_case(folder(
        tmp_path / "base",
        Supply="name,place,material,price,price unit,limit (kt)\na,Abroad,magnet,4750,INR/kg,1\n"
               "b,Abroad,magnet,50,USD/kg,2\n",
        Case=BASE["Case"] + "budget,90,INR crore,,\n",
    ))
    tables = {table.name: table for table in tables_of(case)}
    assert tables["Supply"].headers == ["name", "place", "material", "price", "price unit", "limit (kt)"]
    assert tables["Supply"].rows[0] == ["a", "Abroad", "magnet", 4750.0, "INR/kg", 1.0]
    assert ["budget", 90.0, "INR crore"] in [row[:3] for row in tables["Case"].rows]
    write_csv(case, tmp_path / "again")
    assert read_case(tmp_path / "again").sheets == case.sheets


def test_a_scenario_means_the_same_in_what_is_written(tmp_path: Path) -> None:
    made = folder(
        tmp_path / "base", Supply=BASE["Supply"].replace("USD/kg", "INR/t"),
        Scenarios="scenario,address,how,value\ndear,Supply[maker].price,set,9500\n",
    )
    case = read_case(made)
    write_csv(case, tmp_path / "again")
    again = read_case(tmp_path / "again")
    changed = [one.change("Supply[maker].price", one.scenarios[0].value).supplies[0].price for one in (case, again)]
    assert changed == [Series.of(100.0), Series.of(100.0)]


def test_a_text_too_long_for_a_cell_is_told(tmp_path: Path) -> None:
    case = case_of(SETTINGS, Place(name="Home", home=True, note="x" * 40_000))
    with pytest.raises(CaseError, match=r"Places!C2: this does not fit into a cell of a workbook\."):
        write_xlsx(case, tmp_path / "case.xlsx")
    assert not (tmp_path / "case.xlsx").exists()


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_xlsx(full(), tmp_path / "no" / "case.xlsx")


def test_a_folder_is_copied_cell_by_cell(tmp_path: Path) -> None:
    made = folder(
        tmp_path / "base", Places="\n\n,name,home,note,ISO code\n,Home,yes,'=x,007\n,Abroad,,12,\n",
        Lanes="name,material,from,to,loss\nsea,magnet,Abroad,Home,1 %\n",
    )
    csv_folder_to_xlsx(made, tmp_path / "base.xlsx")
    csv_folder_to_xlsx(made, tmp_path / "twice.xlsx")
    assert (tmp_path / "base.xlsx").read_bytes() == (tmp_path / "twice.xlsx").read_bytes()
    one, other = read_case(made), read_case(tmp_path / "base.xlsx")
    assert (one.settings, one.sheets) == (other.settings, other.sheets)
    assert (one.origin.cells, one.origin.units) == (other.origin.cells, other.origin.units)
    assert one.origin.hashes == other.origin.hashes
    book = openpyxl.load_workbook(tmp_path / "base.xlsx")
    assert book.sheetnames == ["Guide", "Case", "Places", "Materials", "Supply", "Lanes", "Demand"]
    assert [cell.value for cell in book["Places"][4]] == [None, "Home", "yes", "=x", "007"]
    assert book["Places"]["D5"].value == "12"
    assert book["Supply"]["D2"].value == 50
    assert book["Case"]["B3"].value == 2026
    assert book["Lanes"]["E2"].value == "1 %"


NUMBER = st.floats(0, 1e12, allow_nan=False)
SERIES = st.one_of(
    NUMBER.map(Series.of),
    st.dictionaries(st.integers(2027, 2040), NUMBER, max_size=4).flatmap(
        lambda later: NUMBER.map(lambda first: Series(points=((2026, first), *sorted(later.items()))))
    ),
)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(SERIES, st.none() | SERIES, st.none() | NUMBER, st.none() | TEXT, st.booleans()), min_size=1,
                max_size=4))
def test_any_numbers_and_texts_come_back(
    entries: list[tuple[Series, Series | None, float | None, str | None, bool]],
) -> None:
    rows: list[Row] = [
        Supply(name=f"s{i}", place="Home", material="m", price=price, limit=limit, total=total, note=note, use=use)
        for i, (price, limit, total, note, use) in enumerate(entries)
    ]
    case = case_of(Settings(title="t", first_year=2026, last_year=2030), Place(name="Home", home=True), *rows)
    with TemporaryDirectory() as made:
        write_csv(case, Path(made) / "case")
        write_xlsx(case, Path(made) / "case.xlsx")
        for name in ("case", "case.xlsx"):
            back, findings = read_unchecked(Path(made) / name)
            assert back is not None, findings
            assert back.sheets == case.sheets


@pytest.mark.parametrize("then", [(), ("cost",), ("dependence",)])
def test_no_goal_after_the_first_is_kept(then: tuple[str, ...], tmp_path: Path) -> None:
    case = case_of(
        Settings(title="t", first_year=2026, last_year=2027, then=then), Place(name="Home", home=True, concern=False),
        Material(name="magnet", stage="magnet"), Stock(name="heap", place="Home", material="magnet", opening_clear=9.0),
        Demand(name="cars", sector="cars", place="Home", material="magnet", tonnes=Series.of(1.0)),
    )
    write_csv(case, tmp_path / "case")
    write_xlsx(case, tmp_path / "case.xlsx")
    assert read_case(tmp_path / "case").settings.then == then
    assert read_case(tmp_path / "case.xlsx").settings.then == then
