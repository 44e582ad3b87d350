"""Every fault that a reader can meet in a sheet: told at its cell, in words, with what would be right."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from optimizer.case.read import read_case, read_unchecked
from tests.case.reading import BASE, Filling, findings, folder, workbook

SUPPLY = BASE["Supply"]
CASES: list[tuple[str, str, str, str, str, str]] = [
    # sheet, its text, cell, found, message, suggestion
    ("Places", "name,hme\nHome,yes\n", "Places!B1", "hme", "the sheet Places has no column 'hme'.",
     "Did you mean 'home'?"),
    ("Places", "name,home,home\nHome,yes,\n", "Places!C1", "home", "the column 'home' stands twice.", "Delete one."),
    ("Places", "home\nyes\n", "Places!A1", "", "the column 'name' is missing.",
     "Add 'name': Name, unique in this sheet."),
    ("Places", "name,home,\nHome,yes,x\n", "Places!C2", "x", "this cell stands in a column without a header.",
     "Give the column a header or clear the cell."),
    ("Places", "name,home\nHome,maybe\n", "Places!B2", "maybe", "'maybe' is neither yes nor no.", "Write yes or no."),
    ("Places", "name,home\n,yes\n", "Places!A2", "", "'name' must be filled.", "Name, unique in this sheet."),
    ("Places", "name,home\nHome,yes\nHome,\n", "Places!A3", "Home", "'Home' stands already in row 2.",
     "Give each row a name of its own."),
    ("Places", "name,home,concern\nHome,yes,yes\n", "Places!C2", "yes", "a place cannot be home and of concern.", ""),
    ("Places", "name,home 2030\nHome,yes\n", "Places!B1", "home 2030", "'home' has no values by year.",
     "Write 'home'."),
    ("Places", "name,home (t)\nHome,yes\n", "Places!B1", "home (t)", "'home' holds no numbers and takes no unit.",
     "Write 'home'."),
    ("Places", "name,home,lat (t\nHome,yes,3\n", "Places!C1", "lat (t",
     "the unit in the header 'lat (t' is not closed.",
     "Write it as in 'limit 2030 (t)'."),
    ("Places", "name,home,lat\nHome,yes,100\n", "Places!C2", "100", "'lat' must be at most 90.",
     "Write a number at most 90."),
    ("Places", "name,home,confidence\nHome,yes,sure\n", "Places!C2", "sure",
     "'sure' is not one of the words allowed here.",
     "Write high, medium, low or assumption."),
    ("Places", "name,home,note\nHome,yes,#REF!\n", "Places!C2", "#REF!", "the formula in this cell failed.",
     "Mend it or write the value."),
    ("Places", "name,home,note\nHome,yes,a\x07b\n", "Places!C2", "a<U+0007>b",
     "the cell holds a sign that cannot be seen (U+0007).", "Clear the cell and type it anew."),
    ("Supply", SUPPLY.replace("price (USD/kg)", "price"), "Supply!D1", "price", "the numbers of 'price' have no unit.",
     "Write it in the header, e.g. 'price (USD/kg)'."),
    ("Supply", SUPPLY.replace("USD/kg", "USD"), "Supply!D1", "price (USD)", "'USD' is not a unit of money per mass.",
     "Write USD/kg or USD/t."),
    ("Supply", SUPPLY.replace("USD/kg", "GBP/kg"), "Supply!D1", "price (GBP/kg)",
     "no exchange rate is given for the currency 'GBP'.",
     "Write GBP=... under 'exchange rates' on the sheet Case (how many GBP one USD buys), or use USD."),
    ("Supply", SUPPLY.replace(",50,", ",fifty,"), "Supply!D2", "fifty", "'fifty' is not a number.",
     "Write a number such as 1234.5."),
    ("Supply", SUPPLY.replace(",50,", ',"1.234,5",'), "Supply!D2", "1.234,5",
     "'1.234,5' is written with separators that can be misread.", "Write 1234.5."),
    ("Supply", SUPPLY.replace(",50,", ',"3,5",'), "Supply!D2", "3,5",
     "'3,5' is written with separators that can be misread.", "Write 3.5."),
    ("Supply", SUPPLY.replace(",50,", ",1\u202f000,"), "Supply!D2", "1 000",
     "'1 000' is written with separators that can be misread.", "Write 1000."),
    ("Supply", SUPPLY.replace(",50,", ",nan,"), "Supply!D2", "nan", "'nan' is not a number.",
     "Write a number such as 1234.5."),
    ("Supply", SUPPLY.replace(",50,", ",1e999,"), "Supply!D2", "1e999", "'1e999' is too large for a number.",
     "Check the number."),
    ("Supply", SUPPLY.replace(",50,", ",50 kg,"), "Supply!D2", "50 kg", "'kg' is not a unit of money per mass.",
     "Write USD/kg or USD/t."),
    ("Supply", SUPPLY.replace("limit 2026", "limit"), "Supply!E2", "100",
     "'limit' is given for every year and by year as well.", "Fill this cell or those of the years, not both."),
    ("Supply", SUPPLY.replace(",100,", ",,"), "Supply!F2", "200",
     "the first value of 'limit' is for 2027 and the case begins in 2026.",
     "Give a value for 2026 too; 0 where there is nothing yet."),
    ("Supply", SUPPLY.replace("limit 2027", "limit 2026"), "Supply!F1", "limit 2026 (t)",
     "the column 'limit 2026' stands twice.", "Delete one."),
    ("Supply", SUPPLY.replace("limit 2027", "2027"), "Supply!F1", "2027 (t)",
     "'2027 (t)' does not say of which column it is the year.", "Write 'price 2027' or 'limit 2027'."),
    ("Supply", "name,place,material,price,total,unit\nmaker,Abroad,magnet,50,1,t\n", "Supply!F1", "unit",
     "'unit' may be that of price or total.", "Write 'price unit', or the units in the headers."),
    ("Supply", "name,place,material,price (USD/t),unit\nmaker,Abroad,magnet,50,t\n", "Supply!E1", "unit",
     "no column here takes its unit from 'unit'.", "Delete the column."),
    ("Supply", "name,place,material,price,price unit\nmaker,Abroad,magnet,50,\n", "Supply!E2", "",
     "the number in 'price' has no unit.", "Write USD/kg or USD/t."),
    ("Supply", "name,place,material,price,price unit\nmaker,Abroad,magnet,50,kg\n", "Supply!E2", "kg",
     "'kg' is not a unit of money per mass.", "Write USD/kg or USD/t."),
    ("Supply", "name,place,material,price (USD/t),price unit\nmaker,Abroad,magnet,50,USD/kg\n", "Supply!E2", "USD/kg",
     "the header gives the unit USD/t and this cell USD/kg.", "Give one of them."),
    ("Supply", "name,place,material,price (USD/t),total (t)\nmaker,Abroad,magnet,50,-1\n", "Supply!E2", "-1",
     "'total' must be at least 0 t.", "Write a number at least 0 t."),
    ("Demand", "name,sector,place,material,2026,2027\ncars,cars,Home,magnet,10,20\n", "Demand!E1", "2026",
     "the numbers of 'tonnes' have no unit.", "Write it in the header, e.g. '2026 (t)'."),
    ("Demand", "name,sector,place,material\ncars,cars,Home,magnet\n", "Demand!A1", "",
     "the column 'tonnes' is missing.",
     "Add 'tonnes 2030': Need a year."),
    ("Demand", "name,sector,place,material,2026 (t)\ncars,cars,Home,magnet,\n", "Demand!E2", "",
     "'tonnes' must be filled.", "Need a year."),
    ("Lanes", "name,material,from,to,from year\nsea,magnet,Abroad,Home,26\n", "Lanes!E2", "26", "'26' is not a year.",
     "Write a year of four digits such as 2030."),
    ("Lanes", "name,material,from,to\nsea,magnet,Home,Home\n", "Lanes!C2", "Home",
     "a lane must lead from one place to another.", ""),
    ("Plants", "name,place,most modules\nworks,Home,2.5\n", "Plants!C2", "2.5", "'2.5' is not a whole number.",
     "Write a whole number such as 3, without a unit."),
    ("Plants", "name,place,payment profile\nworks,Home,30 50 20\n", "Plants!C1", "payment profile",
     "the numbers of 'payment profile' have no unit.", "Write it in the header, e.g. 'payment profile (%)'."),
    ("Plants", "name,place,payment profile\nworks,Home,30 50 %\n", "Plants!C2", "30 50 %",
     "the shares of the payment profile must add up to 100 %.", ""),
    ("Plants", "name,place,ordered in\nworks,Home,2024\n", "Plants!C2", "2024",
     "'2024' is not a name, '=' and a value.",
     "Write pairs by ';', e.g. a=1; b=2."),
    ("Plants", "name,place,deals to order\nworks,Home,A;;B\n", "Plants!C2", "A;;B", "'A;;B' holds an empty entry.",
     "Write groups by ';' of names by '|', e.g. A|B; C."),
    ("Limits", "name,measure,sense,value,unit\nx,tonnes,at most,5,USD\n", "Limits!E2", "USD",
     "'USD' is not a unit of mass.", "Write t, kg or kt."),
    ("Limits", "name,measure,sense,value\nx,spend,at most,5\n", "Limits!D1", "value",
     "the numbers of 'value' have no unit.", "Write a column 'unit' with USD m or USD."),
    ("Limits", "name,measure,filter,sense,value\nx,tonnes,place,at most,5 t\n", "Limits!C2", "place",
     "'place' is not a name, '=' and a value.",
     "Write terms by ';' of a key and patterns, e.g. place=Japan|Korea; material=magnet*."),
    ("Rules", "name,rule,n,list\nx,at most,,A; B\n", "Rules!C2", "", "'at most' needs a number in column n.", ""),
    ("Payments", "deal,years after signing (years),amount (USD)\nA,0,1\nA,0,2\n", "Payments!A3", "A/0/payments",
     "'A/0/payments' stands already in row 2.", "Delete one of the rows."),
    ("Ranges", "address,low,high,unit\nSupply[maker].price,1,2,kg\n", "Ranges!D2", "kg",
     "'kg' is not a unit of money per mass.", "Write USD/kg or USD/t."),
    ("Case", BASE["Case"].replace("title,Base,,,\n", ""), "Case!A1", "", "the setting 'title' is missing.",
     "Title of the case."),
    ("Case", BASE["Case"] + "discont rate,5,%,,\n", "Case!A6", "discont rate", "there is no setting 'discont rate'.",
     "Did you mean 'discount rate'?"),
    ("Case", BASE["Case"] + "discount rate,5,,,\n", "Case!C6", "", "the number in 'discount rate' has no unit.",
     "Write % or fraction."),
    ("Case", BASE["Case"] + "discount rate,500,%,,\n", "Case!B6", "500", "'discount rate' must be at most 100 %.",
     "Write a number at most 100 %."),
    ("Case", BASE["Case"] + "discount rate,,%,5,\n", "Case!D6", "5", "'discount rate' has no values by year.",
     "Write it in the column 'value'."),
    ("Case", BASE["Case"] + "title,Again,,,\n", "Case!A6", "title", "'title' stands already in row 2.", "Delete one."),
    ("Case", BASE["Case"].replace("value,unit", "value,units"), "Case!C1", "units",
     "the sheet Case has no column 'units'.",
     "Did you mean 'unit'?"),
    ("Case", BASE["Case"].replace("setting,value", "setting,value (t)"), "Case!B1", "value (t)",
     "on this sheet units stand in the column 'unit'.", "Write 'value'."),
    ("Case", BASE["Case"].replace("last year,2027", "last year,2025"), "Case!B4", "2025",
     "the last year lies before the first.", "It would run from 2026 to 2025: correct this year."),
    ("Case", BASE["Case"].replace("first year,2026", "first year,"), "Case!B3", "", "'first year' must be filled.",
     "First year."),
    ("Case", "\n", "Case", "", "the sheet Case is missing or empty.",
     "It has one row a setting, at least title, first year and last year, with the columns setting and value."),
    ("Case", "value\n1\n", "Case!A1", "", "the column 'setting' is missing.",
     "The columns of this sheet are setting, value, unit, use, source, confidence, note and years."),
    ("Deels", "name\nToll\n", "Deels", "Deels", "there is no sheet of this name.",
     "Did you mean 'Deals'? A sheet whose name starts with _ is left alone."),
]


@pytest.mark.parametrize(("sheet", "text", "cell", "found", "message", "suggestion"), CASES)
def test_faults(
    tmp_path: Path, sheet: str, text: str, cell: str, found: str, message: str, suggestion: str
) -> None:
    told = findings(folder(tmp_path / "base", **{sheet: text}))
    assert cell in told, sorted(told)
    assert (told[cell].message, told[cell].suggestion, told[cell].found) == (message, suggestion, found)
    assert told[cell].level == "error"


WORKBOOKS: list[tuple[str, Filling, str, str, str]] = [
    # cell, value, number format, message, suggestion
    ("Supply!D2", True, "", "TRUE stands where a number belongs.", "Write a number."),
    ("Supply!D2", dt.datetime(2026, 3, 5), "", "the date or time 2026-03-05 stands where a number belongs.",
     "Format the cell as a number and write the number anew."),
    ("Supply!D2", 0.5, "0%", "the number is formatted as a percentage.",
     "Format it as a plain number in USD/kg or USD/t."),
    ("Supply!D2", "=1+1", "", "this formula was never calculated.",
     "Open the file in a spreadsheet program, let it calculate, and save; or write the value."),
    ("Supply!D2", "#DIV/0!", "", "the formula in this cell failed.", "Mend it or write the value."),
    ("Supply!B2", dt.datetime(2026, 3, 5), "", "the date 2026-03-05 stands where a name belongs.",
     "Format the cell as text."),
    ("Supply!A2", True, "", "TRUE stands where a text belongs.", "Write the text."),
    ("Supply!D1", dt.datetime(2026, 3, 5), "", "2026-03-05 is no header.",
     "Format the cell as text, e.g. 'limit 2030 (t)'."),
    ("Case!B3", dt.datetime(2026, 3, 5), "", "the date 2026-03-05 stands where a year belongs.",
     "Write the year, e.g. 2026."),
    ("Places!B2", 1, "", "'1' is neither yes nor no.", "Write yes or no."),
]


@pytest.mark.parametrize(("cell", "value", "style", "message", "suggestion"), WORKBOOKS)
def test_faults_of_workbooks(
    tmp_path: Path, cell: str, value: Filling, style: str, message: str, suggestion: str
) -> None:
    told = findings(workbook(tmp_path / "b.xlsx", {cell: value}, {cell: style} if style else None))
    assert cell in told, sorted(told)
    assert (told[cell].message, told[cell].suggestion) == (message, suggestion)


def test_the_address_stands_with_the_fault(tmp_path: Path) -> None:
    told = findings(folder(tmp_path / "base", Supply=SUPPLY.replace(",100,", ",many,")))
    assert told["Supply!E2"].address == "Supply[maker].limit.2026"
    assert str(told["Supply!E2"]) == (
        "Supply!E2: 'many' is not a number. (found: many) Write a number such as 1234.5."
    )


def test_one_fault_brings_no_others(tmp_path: Path) -> None:
    told = findings(folder(tmp_path / "base", Supply=SUPPLY.replace("place", "plase")))
    assert sorted(told) == ["Supply!A1", "Supply!B1"]
    told = findings(folder(tmp_path / "base", Case=BASE["Case"].replace("2026,,,\n", "soon,,,\n")))
    assert sorted(told) == ["Case!B3"]


def test_a_fault_in_the_rates_brings_no_others(tmp_path: Path) -> None:
    told = findings(folder(
        tmp_path / "base", Case=BASE["Case"].replace("INR=95", "INR 95"), Supply=SUPPLY.replace("USD", "INR")
    ))
    assert sorted(told) == ["Case!B5"]


def test_warnings_are_told_and_let_through(tmp_path: Path) -> None:
    made = folder(tmp_path / "base", Supply=SUPPLY.replace(",50,", ",-50,"))
    case, found = read_unchecked(made)
    assert [(one.cell, one.level) for one in found] == [("Supply!D2", "warning")]
    assert case is not None
    assert read_case(made) == case


def test_faults_across_sheets_are_told_with_those_of_the_rows_that_could_be_read(tmp_path: Path) -> None:
    told = findings(folder(
        tmp_path / "base", Supply=SUPPLY.replace(",100,", ",,"), Lanes=BASE["Lanes"].replace("Abroad", "Abrod")
    ))
    assert {"Supply!F2", "Lanes!C2"} <= set(told)


def test_a_missing_unit_is_told_once_a_column(tmp_path: Path) -> None:
    text = "name,place,material,price\na,Abroad,magnet,1\nb,Abroad,magnet,2\nc,Abroad,magnet,3 USD/t\n"
    assert sorted(findings(folder(tmp_path / "base", Supply=text))) == ["Supply!D1"]


def test_rows_switched_off_are_checked_too(tmp_path: Path) -> None:
    text = "name,home,lat,use,concern\nHome,yes,,,\nAbroad,,,,yes\nOff,,north,no,\n"
    assert sorted(findings(folder(tmp_path / "base", Places=text))) == ["Places!C4"]


def test_a_range_of_nothing_is_told_by_its_address_alone(tmp_path: Path) -> None:
    told = findings(folder(tmp_path / "base", Ranges="address,low,high,unit\nSupply[makr].prize,1,2,USD/kg\n"))
    assert sorted(told) == ["Ranges!A2"]


def test_a_range_without_a_unit_where_the_number_has_several(tmp_path: Path) -> None:
    supply = "name,place,material,price,price unit\na,Abroad,magnet,1,USD/t\nb,Abroad,magnet,2,USD/kg\n"
    ranges = "address,low,high\nSupply[*].price,1,2\n"
    told = findings(folder(tmp_path / "base", Supply=supply, Ranges=ranges))
    assert told["Ranges!B1"].message == "the numbers of 'low' have no unit."
    assert told["Ranges!B1"].suggestion == "Write a column 'unit' with USD/kg or USD/t."


def test_faults_across_sheets_are_told_beside_those_of_cells(tmp_path: Path) -> None:
    told = findings(folder(
        tmp_path / "case",
        Demand=BASE["Demand"].replace(",10,", ",1O,", 1),
        Lanes=BASE["Lanes"].replace("Abroad,Home", "Abrod,Home", 1),
    ))
    assert told["Lanes!C2"].message == "'Abrod' is not a row of Places."
    assert len(told) == 2


def test_a_row_that_cannot_be_read_is_still_there_for_those_that_name_it(tmp_path: Path) -> None:
    told = findings(folder(tmp_path / "case", Places=BASE["Places"].replace("Abroad,", "Abroad,perhaps", 1)))
    assert {cell: finding.message for cell, finding in told.items()} == {
        "Places!B3": "'perhaps' is neither yes nor no.",
    }


def test_a_sheet_of_another_name_brings_no_faults_of_those_that_refer_to_it(tmp_path: Path) -> None:
    made = folder(tmp_path / "case")
    (made / "Places.csv").rename(made / "Place.csv")
    told = findings(made)
    assert list(told) == ["Place"]


def test_a_header_that_cannot_be_read_hides_the_names_below_it(tmp_path: Path) -> None:
    told = findings(folder(tmp_path / "case", Places=BASE["Places"].replace("name", "nmae", 1)))
    assert all(cell.startswith("Places!") for cell in told), told
