"""One broken workbook for each fault: a small valid case with one edit, and the cell and sentence it must lead to."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.case.checks import REST
from optimizer.case.findings import CaseError
from optimizer.case.read import read_case, read_unchecked
from tests.broken import faults_of_choices, faults_of_the_whole, faults_of_the_world, unlikely
from tests.broken.folder import Fault, write

Broken = tuple[str, str, str, str, str, str]
"""Name of the fault, sheet, what stands there, what is put in its place, the cell told, the message."""

FAULTS: dict[str, Fault] = {
    **faults_of_the_world.FAULTS, **faults_of_choices.FAULTS, **faults_of_the_whole.FAULTS,
}
UNLIKELY: dict[str, Fault] = {**unlikely.UNLIKELY, **faults_of_the_whole.UNLIKELY}

BROKEN: list[Broken] = [
    ("unknown setting", "Case", "discount rate,5", "discont rate,5",
     "Case!A7", "there is no setting 'discont rate'."),
    ("text in a number", "Case", "discount rate,5,%", "discount rate,five,%",
     "Case!B7", "'five' is not a number."),
    ("years backwards", "Case", "last year,2028", "last year,2025",
     "Case!B4", "the last year lies before the first."),
    ("unknown goal", "Case", "goal,dependence", "goal,dependance",
     "Case!B9", "'dependance' is not a goal."),
    ("glide never full", "Case", "%,0,50,100", "%,0,50,90",
     "Case!B8", "the glide path is never full: 90% at most."),
    ("payer twice", "Case", "home; state", "home; state; home",
     "Case!B10", "'home' stands twice."),
    ("own exchange rate", "Case", "INR=95", "INR=95; USD=2",
     "Case!B6", "USD is the case's own currency, its rate is 1."),
    ("not yes or no", "Places", "Home,yes,", "Home,perhaps,",
     "Places!B2", "'perhaps' is neither yes nor no."),
    ("home and of concern", "Places", "Concern,,yes", "Concern,yes,yes",
     "Places!C4", "a place cannot be home and of concern."),
    ("name twice", "Places", "Concern,,yes", "Concern,,yes\nHome,yes,",
     "Places!A5", "'Home' stands already in row 2."),
    ("name with a bar", "Places", "Abroad,,", "Abroad,,\nA|B,,",
     "Places!A4", "a name may not hold |: lists and addresses use it."),
    ("unknown column", "Places", "name,home,concern", "name,home,concernd",
     "Places!C1", "the sheet Places has no column 'concernd'."),
    ("unknown unit", "Materials", "market (t)", "market (stone)",
     "Materials!E1", "'stone' is not a unit of mass."),
    ("market without price", "Materials", "scrap,,10,40", "scrap,,,40",
     "Materials!D5", "a list price is needed: it can be sold (Materials!E5)."),
    ("negative needs", "Materials", "oxide=1.2", "oxide=-1.2",
     "Materials!F3", "a number of the list is negative."),
    ("no output", "Recipes", "reduce,metal,output,1", "reduce,metal,by-product,1",
     "Recipes!C5", "the recipe 'reduce' has no output."),
    ("two outputs", "Recipes", "swarf,by-product,0.2", "swarf,output,1",
     "Recipes!C4", "the recipe 'sinter' has several outputs."),
    ("output not 1", "Recipes", "reduce,metal,output,1", "reduce,metal,output,2",
     "Recipes!D6", "amounts are per tonne of main output, so the output's own must be 1."),
    ("unknown role", "Recipes", "reduce,oxide,input", "reduce,oxide,in",
     "Recipes!C5", "'in' is not one of the words allowed here."),
    ("unknown material", "Recipes", "reduce,oxide,input", "reduce,oxyde,input",
     "Recipes!B5", "'oxyde' is not a row of Materials."),
    ("unknown recipe", "Runs", "smelter,reduce", "smelter,reduse",
     "Runs!B3", "'reduse' is not a row of Recipes."),
    ("unknown plant", "Runs", "smelter,reduce", "smeltr,reduce",
     "Runs!A3", "'smeltr' is not a row of Plants."),
    ("input that nothing supplies", "Lanes", "metal out,metal", "oxide out,oxide",
     "Runs!B4", "nothing brings 'metal' to 'Abroad', where 'partner plant' needs it."),
    ("unknown place", "Supply", "oxide abroad,Abroad", "oxide abroad,Abrod",
     "Supply!B2", "'Abrod' is not a row of Places."),
    ("unknown deal", "Supply", "mine stake\nmagnet", "mine stak\nmagnet",
     "Supply!I2", "'mine stak' is not a row of Deals."),
    ("unknown payer", "Supply", "0.03,state", "0.03,stat",
     "Supply!H4", "'stat' is not a payer of the case."),
    ("no price", "Supply", "50,50,5,", "  ,,5,",
     "Supply!E3", "what is bought needs a price."),
    ("share of a place of concern", "Supply", "magnet concern,Concern,magnet,,", "magnet concern,Concern,magnet,40,",
     "Supply!D3", "'Concern' is a place of concern, where all is exposed."),
    ("share above 100 %", "Supply", "metal home,Home,metal,0", "metal home,Home,metal,120",
     "Supply!D4", "'exposed share' must be at most 100 %."),
    ("series that starts late", "Supply", ",55,60", ",,60",
     "Supply!F2", "the first value of 'price' is for 2028 and the case begins in 2026."),
    ("negative limit", "Supply", "55,60,2,", "55,60,-2,",
     "Supply!G2", "the number is negative in 2026."),
    ("lane to its start", "Lanes", "Abroad,Home,400,,,250", "Home,Home,400,,,250",
     "Lanes!C4", "a lane must lead from one place to another."),
    ("years of a lane", "Lanes", "250,2027,,Toll", "250,2027,2026,Toll",
     "Lanes!I4", "the lane opens in 2027 and closes in 2026."),
    ("deal twice", "Lanes", "2027,,Toll", "2027,,Toll; Toll",
     "Lanes!K4", "'Toll' stands twice."),
    ("no shortage cost", "Demand", "50,10,500,20", "50,10,,20",
     "Demand!G3", "the floor is 50% in 2026 (Demand!E3), so going short needs a cost."),
    ("floor above 1", "Demand", "50,10,500,20", "150,10,500,20",
     "Demand!E3", "the share is 150% in 2026."),
    ("more than can arrive", "Demand", "700,800,900", "700,800,9000",
     "Demand!J2",
     "9,010 t of 'magnet' are needed at 'Home' in 2028 by 2 demand lines, at most 1,453 t can arrive: "
     "900 t by lane 'magnet in' (Lanes!A3), 353 t by plant 'works' (Plants!A2), 200 t by lane 'magnet "
     "from partner' (Lanes!A4)."),
    ("more clear than can arrive", "Demand", "cars,cars,Home,magnet,,,", "cars,cars,Home,magnet,,90,",
     "Demand!H2",
     "630 t of clear 'magnet' are needed at 'Home' in 2026 by 2 demand lines, at most 100 t can arrive: "
     "100 t by plant 'works' (Plants!A2). So it is in 3 years, 2026 to 2028."),
    ("opening above the limit", "Stocks", "oxide,50,400", "oxide,500,400",
     "Stocks!D2", "500 t lie there at the start and at most 400 t fit (Stocks!E2)."),
    ("reserve above the limit", "Stocks", "400,20,t", "400,2000,t",
     "Stocks!F2", "the reserve is above what fits in 2026, 400 t."),
    ("opens nothing", "Deals", "mine stake,Abroad", "idle,Abroad,none,,,,,,,,,,,\nmine stake,Abroad",
     "Deals!A3", "the deal opens nothing: no lane, supply or plant names it."),
    ("window backwards", "Deals", "2026,2027,6", "2028,2027,6",
     "Deals!E2", "the window runs from 2028 (Deals!D2) to 2027."),
    ("least above most", "Deals", "25,10,200", "25,300,200",
     "Deals!L2", "in 2026 at least 300 t and at most 200 t are to be taken."),
    ("meter of what it does not open", "Deals", "200,lanes", "200,plants",
     "Deals!N2", "the deal opens no plants."),
    ("unknown meter", "Deals", "200,lanes", "200,lane",
     "Deals!N2", "'lane' is not something to meter."),
    ("unknown deal of a payment", "Payments", "Toll,1", "Tolls,1",
     "Payments!A2", "'Tolls' is not a row of Deals."),
    ("unknown currency", "Payments", "INR crore", "ZAR crore",
     "Payments!D2", "no exchange rate is given for the currency 'ZAR'."),
    ("free capital", "Plants", "50 100,60,12,", "50 100,60,,",
     "Plants!M2", "the partner pays 40% of the capital and receives nothing."),
    ("payment profile", "Plants", "60 40,%", "60 50,%",
     "Plants!J2", "the shares of the payment profile must add up to 100 %."),
    ("ramp of 0", "Plants", "50 100,60", "0 100,60",
     "Plants!L2", "each ramp value must be above 0 and at most 100 %."),
    ("ordered in the case", "Plants", "2024=1", "2027=1",
     "Plants!G2", "2027 is not before the case, which begins in 2026."),
    ("more modules than an order has", "Plants", "2024=1", "2024=7",
     "Plants!G2", "an order has 1 to 3 whole modules."),
    ("unknown approval", "Plants", "12,board approval", "12,bord approval",
     "Plants!O2", "'bord approval' is not a row of Deals."),
    ("rule without number", "Rules", "at most,2", "at most,",
     "Rules!C2", "'at most' needs a number in column n."),
    ("rule on nothing", "Rules", "Toll; work*", "Toll; wrk*",
     "Rules!D2", "'wrk*' matches nothing in Deals or Plants."),
    ("unknown key of a filter", "Limits", "from=Abroad", "frm=Abroad",
     "Limits!C3", "'frm' is not something to filter by here."),
    ("unknown value of a filter", "Limits", "from=Abroad", "from=Abrod",
     "Limits!C3", "nothing among the lanes has from 'Abrod'."),
    ("tonnes of two bases", "Limits", "supply=metal*", "supply=m*",
     "Limits!C4", "this adds up tonnes of magnet and metal."),
    ("unknown heading", "Limits", "state,,horizon", "state,capx,horizon",
     "Limits!G2", "nothing stands under the heading 'capx'."),
    ("unknown measure", "Limits", "public money,spend", "public money,spending",
     "Limits!B2", "'spending' is not one of the words allowed here."),
    ("unknown plant of an incentive", "Incentives", "support,works", "support,work",
     "Incentives!B2", "'work' is not a row of Plants."),
    ("unknown thing of a criterion", "Criteria", "people,works", "people,worked",
     "Criteria!C2", "'worked' is not a row of Deals or Plants or Lanes or Supply."),
    ("scenario of nothing", "Scenarios", "Supply[magnet c*]", "Supply[magnets c*]",
     "Scenarios!C2", "the sheet Supply has no row 'magnets c*'."),
    ("scenario's years", "Scenarios", "2027-2028", "2028-2027",
     "Scenarios!D2", "the years 2028-2027 run backwards."),
    ("scenario's factor", "Scenarios", "times,1.5", "times,much",
     "Scenarios!F3", "'much' is not a factor."),
    ("probabilities above 1", "Scenarios", "dear oxide,10", "dear oxide,90",
     "Scenarios!B3", "the probabilities add up to 110%."),
    ("low above high", "Ranges", "20,30", "40,30",
     "Ranges!C2", "low is above high, 30 USD/kg."),
    ("range of a text", "Ranges", "Deals[Toll].fee,,20,30,USD/kg", "Deals[Toll].partner,,20,30,",
     "Ranges!A2", "no number stands at this address."),
    ("evidence of nothing", "Evidence", "Deals[Toll].fee", "Deals[Tol].fee",
     "Evidence!A2", "the sheet Deals has no row 'Tol'."),
    ("unknown source", "Evidence", "annual report", "anual report",
     "Evidence!B2", "'anual report' is not a row of Sources."),
]


def test_the_case_is_valid_before_it_is_broken(tmp_path: Path) -> None:
    assert read_case(write(tmp_path)).settings.title == "Small"


@pytest.mark.parametrize("broken", BROKEN, ids=[one[0] for one in BROKEN])
def test_fault(broken: Broken, tmp_path: Path) -> None:
    _, sheet, old, new, cell, message = broken
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, (sheet, old, new)))
    errors = [finding for finding in caught.value.findings if finding.level == "error"]
    assert [(finding.cell, finding.message) for finding in errors] == [(cell, message)]


@pytest.mark.parametrize("name", FAULTS)
def test_told_of_a_folder(name: str, tmp_path: Path) -> None:
    edits, told = FAULTS[name]
    _, findings = read_unchecked(write(tmp_path, *edits))
    assert tuple((finding.cell, finding.message) for finding in findings if finding != REST) == told
    assert any(finding.level == "error" for finding in findings)


@pytest.mark.parametrize("name", UNLIKELY)
def test_warned_of(name: str, tmp_path: Path) -> None:
    edits, told = UNLIKELY[name]
    _, findings = read_unchecked(write(tmp_path, *edits))
    assert tuple((finding.cell, finding.message) for finding in findings) == told
    assert any(finding.level == "warning" for finding in findings)


def test_faults_of_several_sheets_are_told_at_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path, ("Supply", "50,50,5,", ",,5,"), ("Deals", "25,10,200", "25,300,200"),
        ("Limits", "state,,horizon", "state,capx,horizon"),
    )
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    assert [finding.cell for finding in caught.value.findings] == ["Deals!L2", "Limits!G2", "Supply!E3"]
