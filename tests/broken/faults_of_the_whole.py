"""Broken cases: what lacks as a whole, and one fault of which many others would follow."""

from __future__ import annotations

from tests.broken.folder import SHEETS, Fault

FAULTS: dict[str, Fault] = {
    "nothing needed": (
        (("Demand", SHEETS["Demand"].partition("\n")[2], ""),),
        (("Demand", "nothing is needed: no row of this sheet is in use."),),
    ),
    "nothing needed, and others speak of it": (
        (("Demand", SHEETS["Demand"].partition("\n")[2], ""),
         ("Ranges", "Deals[Toll].fee,,20,30,USD/kg",
          "Demand[cars].tonnes,times,20,30,%\nDemand[defence].tonnes,times,20,30,%")),
        (("Demand", "nothing is needed: no row of this sheet is in use, and 2 cells name rows of it, first "
          "Ranges!A2."),),
    ),
    "no home": (
        (("Places", "Home,yes,", "Home,,"),),
        (("Places", "no place is home."),),
    ),
    "no places": (
        (("Places", SHEETS["Places"].partition("\n")[2], ""),),
        (("Places", "the sheet Places is missing or empty, and 17 cells name rows of it, first Supply!B2."),),
    ),
    "no materials": (
        (("Materials", SHEETS["Materials"].partition("\n")[2], ""),),
        (("Materials", "the sheet Materials is missing or empty, and 15 cells name rows of it, first Recipes!B2."),),
    ),
    "no recipes": (
        (("Recipes", SHEETS["Recipes"].partition("\n")[2], ""),),
        (("Recipes", "the sheet Recipes is missing or empty, and 3 cells name rows of it, first Runs!B2."),),
    ),
    "no runs": (
        (("Runs", SHEETS["Runs"].partition("\n")[2], ""),),
        (("Runs", "the sheet Runs is missing or empty, so none of the 3 plants makes anything."),),
    ),
    "no lanes": (
        (("Lanes", SHEETS["Lanes"].partition("\n")[2], ""), ("Stocks", "50,400,20", "0,400,0"),
         ("Supply", "metal home,Home", "metal home,Abroad")),
        (("Lanes", "the sheet Lanes is missing or empty, so nothing brings 'magnet' to 'Home' (Demand!A2), nor what 3 "
          "others need."),),
    ),
    "a payer that many name": (
        (("Case", "home; state", "home; stat"),),
        (("Case!B10", "'state' is not a payer of the case, and 4 cells name it, first Supply!H4."),),
    ),
    "no plants": (
        (("Plants", SHEETS["Plants"].partition("\n")[2], ""),),
        (("Plants", "the sheet Plants is missing or empty, and 4 cells name rows of it, first Runs!A2."),),
    ),
    "a word for a currency": (
        (("Case", "currency,USD", "currency,Rupees"),),
        (("Case!B5", "'Rupees' is not the code of a currency."),),
    ),
    "a currency that no number is in": (
        (("Case", "currency,USD", "currency,EUR"),),
        (("Case!B5", "no exchange rate is given for the currency 'USD', and 12 headers and cells are in it, first "
          "Materials!D1."),),
    ),
    "a currency in two cells": (
        (("Payments", "2,INR crore", "2,ZAR crore"), ("Limits", "900,USD m", "900,ZAR m")),
        (("Case!B6", "no exchange rate is given for the currency 'ZAR', and 2 headers and cells are in it, first "
          "Payments!D2."),),
    ),
    "a first year long past": (
        (("Case", "first year,2026", "first year,1926"),),
        (("Case!B3", "a case may span at most 100 years."),),
    ),
    "a first year too early": (
        (("Case", "first year,2026", "first year,2022"),),
        (("Case!B3", "the case begins in 2022, and no column has a value before 2026."),),
    ),
    "a first year too late": (
        (("Case", "first year,2026", "first year,2126"),),
        (("Case!B3", "the last year lies before the first."),),
    ),
    "a title above the headers": (
        (("Demand", "name,sector,place", "Needs of the country\nname,sector,place"),),
        (("Demand!A1", "this stands above the headers, which are in row 2."),),
    ),
    "settings at fault together": (
        (("Case", "goal,dependence", "goal,dependance"),
         ("Case", "payers,home; state,,,,\n", "payers,home,,,,\nview,payers,,,,\ndiscount,5,%,,,\n")),
        (("Case!B9", "'dependance' is not a goal."),
         ("Case!B10", "'state' is not a payer of the case, and 4 cells name it, first Supply!H4."),
         ("Case!B11", "'payers' is not one of the words allowed here."),
         ("Case!A12", "there is no setting 'discount'."),),
    ),
    "names beside faulty cells": (
        (("Supply", "oxide abroad,Abroad,oxide,,55", "oxide abroad,Abrod,oxide,,fifty"),
         ("Lanes", "oxide in,oxide,Abroad,Home,300", "oxide in,oxide,Abroad,Hame,300"),
         ("Case", "discount rate,5,%", "discount rate,five,%"),
         ("Demand", "700,800,900", "-700,800,900"),
         ("Places", "Concern,,yes", "Concern,,yes\nHome,yes,")),
        (("Case!B7", "'five' is not a number."), ("Demand!H2", "the number is negative in 2026."),
         ("Lanes!D2", "'Hame' is not a row of Places."), ("Places!A5", "'Home' stands already in row 2."),
         ("Supply!B2", "'Abrod' is not a row of Places."), ("Supply!E2", "'fifty' is not a number."),),
    ),
    "a row twice, the second at fault": (
        (("Places", "Concern,,yes", "Concern,,yes\nHome,perhaps,"),),
        (("Places!A5", "'Home' stands already in row 2."), ("Places!B5", "'perhaps' is neither yes nor no."),),
    ),
}
"""Every fault by its name."""

UNLIKELY: dict[str, Fault] = {
    "no concern": (
        (("Places", "Concern,,yes", "Concern,,"),),
        (("Places", "no place is of concern, so nothing is exposed and dependence counts only what goes short."),),
    ),
    "nothing in time": (
        (("Case", "glide,,%,0,50,100\n", ""), ("Deals", "2026,2027,6", "2027,2027,6"),
         ("Deals", "mine stake,Abroad,mine stake,,", "mine stake,Abroad,mine stake,2027,"),
         ("Deals", "board approval,,approval,,", "board approval,,approval,2027,")),
        (("Case", "dependence is counted from 2026 on, and no deal or plant can start before 2027 (Toll): what it is "
          "until then no decision can change."),),
    ),
    "full from too early": (
        (("Case", "glide,,%,0,50,100\n", "full from,2026,,,,\n"), ("Deals", "2026,2027,6", "2027,2027,6"),
         ("Deals", "mine stake,Abroad,mine stake,,", "mine stake,Abroad,mine stake,2027,"),
         ("Deals", "board approval,,approval,,", "board approval,,approval,2027,")),
        (("Case!B8", "dependence is counted from 2026 on, and no deal or plant can start before 2027 (Toll): what it "
          "is until then no decision can change."),),
    ),
    "a kind that is almost another": (
        (("Deals", "Toll,Abroad,tolling", "Toll,Abroad,toll"),
         ("Limits", "from=Abroad; material=magnet", "flow=deals; kind=tolling|mine stake; material=magnet"),
         ("Deals", "board approval,,approval,,,,,,,,,,,",
          "board approval,,approval,,,,,,,,,,,\nold,,tolling,,,,,,,,,,,"),
         ("Lanes", "2027,,Toll", "2027,,Toll|old")),
        (("Deals!C2", "no other deal and no limit has the kind 'toll'."),),
    ),
    "millions of millions": (
        (("Payments", "2,INR crore,technology,state\n",
          "2,INR crore,technology,state\nToll,2,2,USD m,,\nToll,3,2,USD m,,\nToll,0,2000000,USD m,,\n"),),
        (("Payments!C5", "this is 1,000,000 times the 2 USD m that is usual in this column."),),
    ),
}
"""Every oddity by its name."""
