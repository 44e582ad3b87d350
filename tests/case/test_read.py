"""What a case becomes when it is read: canonical values, cells, units and hashes, the same from each format."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from optimizer.case.findings import CaseError
from optimizer.case.read import read_case, read_unchecked
from optimizer.case.schema import (
    Deal,
    Filter,
    Lane,
    Limit,
    Material,
    Payment,
    Place,
    Plant,
    Range,
    Series,
    Settings,
    Source,
    Supply,
)
from tests.case.reading import BASE, Filling, folder, workbook


def test_the_base_case(tmp_path: Path) -> None:
    case = read_case(folder(tmp_path / "base"))
    assert case.settings == Settings(
        title="Base", first_year=2026, last_year=2027, exchange_rates=(("INR", 95.0),)
    )
    assert case.places == (Place(name="Home", home=True), Place(name="Abroad", concern=True))
    assert case.row(Supply, "maker") == Supply(
        name="maker", place="Abroad", material="magnet", price=Series.of(50_000.0),
        limit=Series(points=((2026, 100.0), (2027, 200.0))),
    )
    assert case.row(Lane, "sea").loss == 0.01
    assert case.demands[0].tonnes == Series(points=((2026, 10.0), (2027, 20.0)))
    assert (case.origin.name, case.origin.path) == ("base", str(tmp_path / "base"))


def test_a_workbook_is_the_same_case(tmp_path: Path) -> None:
    one, other = read_case(folder(tmp_path / "base")), read_case(workbook(tmp_path / "base.xlsx"))
    assert one.settings == other.settings
    assert one.sheets == other.sheets
    assert one.origin.hashes == other.origin.hashes
    assert one.origin.cells == other.origin.cells
    assert one.origin.units == other.origin.units
    assert other.origin.name == "base"


def test_cells_and_units_of_addresses(tmp_path: Path) -> None:
    case = read_case(folder(
        tmp_path / "base",
        Supply="name,place,material,price 2026 (USD/kg),price 2027 (INR/kg),limit,limit unit,total (t)\n"
               "maker,Abroad,magnet,50,4750,1,kt,\n",
        Case=BASE["Case"] + "discount rate,8,%,,\nglide,,%,0,100\n",
    ))
    cells, units = case.origin.cells, case.origin.units
    assert cells["Supply[maker]"] == "Supply!A2"
    assert cells["Supply[maker].price"] == "Supply!D2"
    assert cells["Supply[maker].price.2027"] == "Supply!E2"
    assert cells["Supply[maker].limit"] == "Supply!F2"
    assert cells["Supply[maker].total"] == "Supply!H2"
    assert cells["Lanes[sea].from"] == "Lanes!C2"
    assert cells["Case[discount rate]"] == "Case!A6"
    assert cells["Case[discount rate].value"] == "Case!B6"
    assert cells["Case[glide].value.2027"] == "Case!E7"
    assert case.cell("Demand[cars].tonnes.2027") == "Demand!F2"
    assert units["Supply[maker].price.2026"] == "USD/kg"
    assert units["Supply[maker].price.2027"] == "INR/kg"
    assert units["Supply[maker].limit"] == "kt"
    assert units["Case[discount rate].value"] == "%"
    assert units["Demand[cars].tonnes"] == "t"
    assert "Supply[maker].price" not in units
    assert units["Supply[maker].total"] == "t"
    assert case.supplies[0].price == Series(points=((2026, 50_000.0), (2027, 50_000.0)))


def test_true_positions_below_blank_rows_and_beside_blank_columns(tmp_path: Path) -> None:
    sheet = "\n\n,,name,home,concern\n\n,,Home,yes,\n,,,,\n,,Abroad,,\n"
    case = read_case(folder(tmp_path / "base", Places=sheet))
    assert case.cell("Places[Abroad]") == "Places!C7"
    assert case.cell("Places[Home].concern") == "Places!E5"


def test_positions_count_records_not_lines(tmp_path: Path) -> None:
    sheet = 'name,home,concern,note\nHome,yes,,"two\nlines"\nAbroad,,,\n'
    case = read_case(folder(tmp_path / "base", Places=sheet))
    assert case.cell("Places[Abroad]") == "Places!A3"
    assert case.places[0].note == "two\nlines"


def test_each_kind_of_cell(tmp_path: Path) -> None:
    case, _ = read_unchecked(folder(
        tmp_path / "base",
        Materials="name,stage,by-product,needs,sold at\noxide,oxide,no,,\nmagnet,magnet,No,oxide=0.5,Home; Abroad\n",
        Deals="name,lead,term,signings at most,signed in,fee,decide,chance of closing\n"
              "Toll,6 months,5 years,2,,28 USD/kg,NOW,90 %\n",
        Payments="deal,years after signing (months),amount (INR crore)\nToll,18,9.5\n",
        Plants="name,place,module (t),ordered in,payment profile,ramp (%),deals to order,most modules\n"
               "works,Home,100,2024=6; 2025=2,30 50 20 %,50 100,Toll,3.0\n",
        Limits="name,measure,filter,heading,sense,value,unit,price of breaking,price of breaking unit\n"
               "cap,spend,,capex; fees,at most,900,INR crore,2,\n"
               "share,share,from=Abroad|Home; material=mag*,,at most,60,%,5,USD/kg\n"
               "jobs,criterion,criterion=jobs,,at least,100,people,1,USD m\n",
        Criteria="criterion,unit,applies to,per module\njobs,people,works,80\n",
        Scenarios="scenario,address,years,how,value,unit\nlate,Deals[Toll].fee,2027,set,30,USD/kg\n",
        Ranges="address,how,low,high,unit\nDeals[Toll].fee,,20,30,\nLimits[share].value,,50,70,\n"
               "Supply[maker].price,times,0.5,2,\nCase[discount rate].value,set,3,8,%\n",
        Case=BASE["Case"] + "discount rate,5 %,,,\nthen,cost; jobs,,,\nconfidential,yes,,,\n",
    ))
    assert case is not None
    assert case.row(Material, "magnet").needs == (("oxide", 0.5),)
    assert case.row(Material, "magnet").sold_at == ("Home", "Abroad")
    toll = case.row(Deal, "Toll")
    assert (toll.lead, toll.term, toll.signings_at_most, toll.decide, toll.chance) == (0.5, 5.0, 2, "now", 0.9)
    assert toll.fee == Series.of(28_000.0)
    assert case.rows(Payment)[0].years_after == 1.5
    assert case.rows(Payment)[0].amount == 1_000_000.0
    works = case.row(Plant, "works")
    assert works.ordered_in == (("2024", 6.0), ("2025", 2.0))
    assert (works.profile, works.ramp, works.most_modules) == ((0.3, 0.5, 0.2), (0.5, 1.0), 3)
    assert works.deals_to_order == (("Toll",),)
    cap, share, jobs = case.rows(Limit)
    assert cap.value == Series.of(9e9 / 95)
    assert (cap.price_of_breaking, cap.heading) == (2.0, ("capex", "fees"))
    assert share.filter == Filter(terms=(("from", ("Abroad", "Home")), ("material", ("mag*",))))
    assert (share.value, share.price_of_breaking) == (Series.of(0.6), 5000.0)
    assert (jobs.value, jobs.price_of_breaking) == (Series.of(100.0), 1e6)
    assert [(r.low, r.high) for r in case.rows(Range)] == [(20_000.0, 30_000.0), (0.5, 0.7), (0.5, 2.0), (0.03, 0.08)]
    assert case.scenarios[0].value == "30"
    assert (case.settings.then, case.settings.confidential) == (("cost", "jobs"), True)
    assert case.origin.units["Deals[Toll].fee"] == "USD/kg"


def test_rows_switched_off_are_read_and_left_out(tmp_path: Path) -> None:
    case = read_case(folder(tmp_path / "base", Places="name,home,concern,use\nHome,yes,,\nAbroad,,,\nOff,,,no\n"))
    assert len(case.sheets["Places"]) == 3
    assert [place.name for place in case.places] == ["Home", "Abroad"]
    assert case.cell("Places[Off]") == "Places!A4"


def test_a_setting_switched_off_is_as_blank(tmp_path: Path) -> None:
    case = read_case(folder(
        tmp_path / "base", Case=BASE["Case"].replace("setting,", "use,setting,").replace("\n", "\n,")[:-1]
        + "no,discount rate,8,%,,\n",
    ))
    assert case.settings.discount_rate == 0.0


def test_no_break_spaces_and_a_byte_order_mark_are_no_fault(tmp_path: Path) -> None:
    made = folder(tmp_path / "base", Places="\ufeffname,home\nHome\u00a0,yes\nAbroad,\u00a0\n")
    assert [place.name for place in read_case(made).places] == ["Home", "Abroad"]


def test_a_quote_before_a_formula_sign_is_taken_off(tmp_path: Path) -> None:
    sheet = "name,home,note\nHome,yes,'=SUM(A1)\nAbroad,,'+x\n"
    case = read_case(folder(tmp_path / "base", Places=sheet))
    assert [place.note for place in case.places] == ["=SUM(A1)", "+x"]


def test_sheets_with_an_underscore_and_other_files_are_left_alone(tmp_path: Path) -> None:
    made = folder(tmp_path / "base", _draft="anything,at all\n1\n")
    (made / "README.md").write_text("notes")
    assert read_case(made).settings.title == "Base"
    assert read_case(workbook(tmp_path / "b.xlsx", {"_draft!A1": "x", "_draft!A2": "=1+"})).settings.title == "Base"


def test_years_as_numbers_and_as_text_are_the_same_header(tmp_path: Path) -> None:
    made = workbook(tmp_path / "b.xlsx", {"Demand!E1": "tonnes 2026 (t)", "Case!D1": 2026, "Case!E1": "2027"})
    assert read_case(made).demands[0].tonnes.on((2026, 2027)) == (10.0, 20.0)


def test_a_cell_shown_as_a_percentage_is_a_fraction_whatever_the_header_says(tmp_path: Path) -> None:
    case = read_case(workbook(tmp_path / "b.xlsx", {"Lanes!E2": 0.075}, {"Lanes!E2": "0.0%"}))
    assert case.lanes[0].loss == 0.075
    assert case.origin.units["Lanes[sea].loss"] == "%"


def test_a_percentage_as_value_of_a_scenario_says_so(tmp_path: Path) -> None:
    header: dict[str, Filling] = {"A1": "scenario", "B1": "address", "C1": "how", "D1": "value"}
    row: dict[str, Filling] = {"A2": "s", "B2": "Lanes[sea].loss", "C2": "set", "D2": 0.07}
    cells = {f"Scenarios!{cell}": value for cell, value in {**header, **row}.items()}
    case = read_case(workbook(tmp_path / "b.xlsx", cells, {"Scenarios!D2": "0%"}))
    assert case.scenarios[0].value == "7 %"


def test_dates_are_texts_where_texts_belong(tmp_path: Path) -> None:
    cells: dict[str, Filling] = {"Sources!A1": "name", "Sources!B1": "title", "Sources!C1": "date",
             "Sources!A2": "report", "Sources!B2": 2025, "Sources!C2": dt.datetime(2025, 4, 4)}
    case = read_case(workbook(tmp_path / "b.xlsx", cells))
    assert case.row(Source, "report").date == "2025-04-04"
    assert case.row(Source, "report").title == "2025"


def test_a_path_as_text_will_do(tmp_path: Path) -> None:
    assert read_case(str(folder(tmp_path / "base"))).settings.title == "Base"


def test_all_faults_are_raised_at_once(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as fault:
        read_case(folder(
            tmp_path / "base", Places="name,home\nHome,maybe\nAbroad,perhaps\n",
                Lanes="name,material,from,to\n,,,\nx,,,\n"
        ))
    assert [finding.cell for finding in fault.value.findings] == [
        "Lanes!B3", "Lanes!C3", "Lanes!D3", "Places!B2", "Places!B3", "elsewhere"
    ]
