"""Broken cases: settings, places, materials, recipes, supply, lanes, demand, stocks."""

from __future__ import annotations

from tests.broken.folder import Fault

FAULTS: dict[str, Fault] = {
    "no column of units": (
        (("Case", "setting,value,unit,2026", "setting,value,note,2026"),),
        (("Case!B7", "the number has no unit."), ("Case!D8", "the number has no unit."),
         ("Case!E8", "the number has no unit."), ("Case!F8", "the number has no unit.")),
    ),
    "a share above 1 as a fraction": (
        (("Demand", "floor (%),clear share (%)", "floor (fraction),clear share (%)"),),
        (("Demand!E3", "the share is 50 as a fraction in 2026."),),
    ),
    "a price beyond calculation": (
        (("Supply", ",55,60,", ",1e308,60,"),),
        (("Supply!E2", "1e+308 is too large for a number in this unit."),),
    ),
    "numbers too large to calculate with": (
        (("Lanes", "400,,7.5,900", "1e15,,2e6,1e11"), ("Plants", "100,3,2", "100,3000001,2")),
        (("Lanes!E3", "this number is too large to calculate with."),
         ("Lanes!G3", "this number is too large to calculate with."),
         ("Lanes!H3", "this number is too large to calculate with."),
         ("Plants!E2", "this number is too large to calculate with.")),
    ),
    "numbers too small to count": (
        (("Demand", "50,10,500,20,20,20", "50,1e-300,500,20,20,1e-12"), ("Materials", "oxide=1.2", "oxide=1e-30")),
        (("Demand!F3", "this number is so small that it would count as nothing."),
         ("Demand!J3", "this number is so small that it would count as nothing."),
         ("Materials!F3", "this number is so small that it would count as nothing.")),
    ),
    "two decimal points": (
        (("Supply", ",55,60,", ",5.5.1,60,"),),
        (("Supply!E2", "'5.5.1' is not one number."),),
    ),
    "a decimal comma": (
        (("Supply", ",55,60,", ",\"5,5\",60,"),),
        (("Supply!E2", "'5,5' is written with separators that can be misread."),),
    ),
    "a decimal comma after points": (
        (("Supply", ",55,60,", ",\"1.234,5\",60,"),),
        (("Supply!E2", "'1.234,5' is written with separators that can be misread."),),
    ),
    "blanks between thousands": (
        (("Supply", ",55,60,", ",1 250,60,"),),
        (("Supply!E2", "'1 250' is written with separators that can be misread."),),
    ),
    "a date as text": (
        (("Supply", ",55,60,", ",2026-03-01,60,"),),
        (("Supply!E2", "'2026-03-01' looks like a date, and a number belongs here."),),
    ),
    "a short date as text": (
        (("Supply", ",55,60,", ",01.03.2026,60,"),),
        (("Supply!E2", "'01.03.2026' looks like a date, and a number belongs here."),),
    ),
    "too large a number": (
        (("Supply", ",55,60,", ",1e999,60,"),),
        (("Supply!E2", "'1e999' is too large for a number."),),
    ),
    "too large in its unit": (
        (("Supply", "60,2,", "60,1e307,"),),
        (("Supply!G2", "1e+307 is too large for a number in this unit."),),
    ),
    "a number that is none": (
        (("Supply", ",55,60,", ",NaN,60,"),),
        (("Supply!E2", "'NaN' is not a number."),),
    ),
    "a unit behind a number": (
        (("Supply", ",55,60,", ",55 kg,60,"),),
        (("Supply!E2", "'kg' is not a unit of money per mass."),),
    ),
    "a word behind a number": (
        (("Supply", ",55,60,", ",55 approx,60,"),),
        (("Supply!E2", "'approx' is not a unit of money per mass."),),
    ),
    "two numbers": (
        (("Supply", ",55,60,", ",50-60,60,"),),
        (("Supply!E2", "'50-60' is not a number."),),
    ),
    "pairs with commas": (
        (("Case", "INR=95", "\"INR=95, EUR=0.9\""),),
        (("Case!B6", "'INR=95, EUR=0.9' is several pairs with commas between."),),
    ),
    "an empty entry": (
        (("Case", "home; state", "home;; state"),),
        (("Case!B10", "'home;; state' holds an empty entry."),),
    ),
    "a unit not closed": (
        (("Supply", "limit (kt)", "limit (kt"),),
        (("Supply!G1", "the unit in the header 'limit (kt' is not closed."),),
    ),
    "a mapping's name twice": (
        (("Materials", "oxide=2; metal=1.5", "oxide=2; oxide=1.5"),),
        (("Materials!F4", "'oxide' stands twice."),),
    ),
    "an unclear unit column": (
        (("Lanes", "freight (USD/t),loss (%),duty rate (%),limit (t)", "freight,loss,duty rate (%),unit"),),
        (("Lanes!H1", "'unit' may be that of freight or loss."),),
    ),
    "a unit column of nothing": (
        (("Recipes", "amount (t/t)\nsinter,metal,input,1.5", "amount (t/t),unit\nsinter,metal,input,1.5,t"),),
        (("Recipes!E1", "no column here takes its unit from 'unit'."),),
    ),
    "a header that is a year of several": (
        (("Supply", "price 2028 (USD/kg)", "2028 (USD/kg)"),),
        (("Supply!F1", "'2028 (USD/kg)' does not say of which column it is the year."),),
    ),
    "years of a column without": (
        (("Places", "name,home,concern", "name,home 2026,concern"),),
        (("Places!B1", "'home' has no values by year."),),
    ),
    "a unit of a text": (
        (("Places", "name,home,concern", "name,home (t),concern"),),
        (("Places!B1", "'home' holds no numbers and takes no unit."),),
    ),
    "a column twice": (
        (("Places", "name,home,concern", "name,home,home"),),
        (("Places!C1", "the column 'home' stands twice."),),
    ),
    "no header": (
        (("Places", "name,home,concern\nHome,yes,", "name,home,concern,\nHome,yes,,x"),),
        (("Places!D2", "this cell stands in a column without a header."),),
    ),
    "a series without year that must be filled": (
        (("Demand", "700,800,900", ",,"),),
        (("Demand!H2", "'tonnes' must be filled."),),
    ),
    "no setting of a name": (
        (("Case", "payers,home; state,,,,", "payers,home; state,,,,\n,5,,,,"),),
        (("Case!A11", "the setting has no name."),),
    ),
    "setting twice": (
        (("Case", "goal,dependence,,,,", "goal,dependence,,,,\ngoal,cost,,,,"),),
        (("Case!A10", "'goal' stands already in row 9."),),
    ),
    "title missing": (
        (("Case", "title,Small,,,,\n", ""),),
        (("Case!A1", "the setting 'title' is missing."),),
    ),
    "last year blank": (
        (("Case", "last year,2028", "last year,"),),
        (("Case!B4", "'last year' must be filled."),),
    ),
    "no values by year": (
        (("Case", "discount rate,5,%,,,", "discount rate,,%,5,,"),),
        (("Case!D7", "'discount rate' has no values by year."),),
    ),
    "unit in the header of Case": (
        (("Case", "setting,value,unit", "setting,value (%),unit"),),
        (("Case!B1", "on this sheet units stand in the column 'unit'."),),
    ),
    "no column setting": (
        (("Case", "setting,value", "_setting,value"),),
        (("Case!A1", "the column 'setting' is missing."),
         ("Case!A1", "the sheet Case has no column '_setting'."),),
    ),
    "no unit of a setting": (
        (("Case", "discount rate,5,%", "discount rate,5,"),),
        (("Case!C7", "the number in 'discount rate' has no unit."),),
    ),
    "a rate over 100": (
        (("Case", "discount rate,5,%", "discount rate,500,%"),),
        (("Case!B7", "'discount rate' must be at most 100 %."),),
    ),
    "a rate over 1": (
        (("Case", "discount rate,5,%", "discount rate,5,fraction"),),
        (("Case!B7", "'discount rate' must be at most 1 as a fraction."),),
    ),
    "no unit column of Case and budget": (
        (("Case", "goal,dependence,,,,", "goal,dependence,,,,\nbudget,500,,,,"),),
        (("Case!C10", "the number in 'budget' has no unit."),),
    ),
    "a case of 200 years": (
        (("Case", "last year,2028", "last year,2228"),),
        (("Case!B4", "a case may span at most 100 years."),),
    ),
    "two budgets": (
        (("Case", "goal,dependence,,,,",
          "goal,dependence,,,,\nbudget,500,USD m,,,\nbudget above least cost,5,USD m,,,"),),
        (("Case!B10", "give a budget or a budget above least cost, not both."),),
    ),
    "full from outside": (
        (("Case", "goal,dependence,,,,", "goal,dependence,,,,\nfull from,2040,,,,"),),
        (("Case!B10", "the year 2040 lies outside the case, which runs from 2026 to 2028."),),
    ),
    "commit year outside": (
        (("Case", "goal,dependence,,,,", "goal,dependence,,,,\ncommit year,2040,,,,"),),
        (("Case!B10", "the year 2040 lies outside the case, which runs from 2026 to 2028."),),
    ),
    "weights of 0": (
        (("Case", "goal,dependence,,,,", "goal,dependence,,,,\nweights,0,,,,"),),
        (("Case!B10", "no year has a weight above 0."),),
    ),
    "a rate of 0": (
        (("Case", "INR=95", "INR=0"),),
        (("Case!B6", "the rate of INR must be above 0."),),
    ),
    "payers with commas": (
        (("Case", "home; state", "\"home, state\""),),
        (("Case!B10", "'home, state' is read as the name of one payer."),),
    ),
    "unknown later goal": (
        (("Case", "goal,dependence,,,,", "goal,dependence,,,,\nthen,cheap,,,,"),),
        (("Case!B10", "'cheap' is not a goal."),),
    ),
    "mt": (
        (("Supply", "limit (kt)", "limit (mt)"),),
        (("Supply!G1", "'mt' may mean a tonne or a million tonnes."),),
    ),
    "lat with a unit": (
        (("Places", "name,home,concern\nHome,yes,", "name,home,concern,lat\nHome,yes,,20 km"),),
        (("Places!D2", "'km' is given as a unit of a number that takes none."),),
    ),
    "lat over 90": (
        (("Places", "name,home,concern\nHome,yes,", "name,home,concern,lat\nHome,yes,,200"),),
        (("Places!D2", "'lat' must be at most 90."),),
    ),
    "below its bound in its unit": (
        (("Supply", "payer,deals\noxide abroad,Abroad,oxide,,55,60,2,,mine stake",
          "payer,deals,total (kg)\noxide abroad,Abroad,oxide,,55,60,2,,mine stake,-5"),),
        (("Supply!J2", "'total' must be at least 0 kg."),),
    ),
    "loss above 100 as a fraction": (
        (("Lanes", "freight (USD/t),loss (%)", "freight (USD/t),loss (fraction)"),
         ("Lanes", "Abroad,Home,300,1,5", "Abroad,Home,300,30,5"),),
        (("Lanes!F2", "'loss' must be at most 1 as a fraction."),),
    ),
    "for every year and by year": (
        (("Stocks", "limit (t),reserve", "limit (t),limit 2027 (t),reserve"),
         ("Stocks", "50,400,20", "50,400,500,20"),),
        (("Stocks!E2", "'limit' is given for every year and by year as well."),),
    ),
    "no unit": (
        (("Supply", "limit (kt)", "limit"),),
        (("Supply!G1", "the numbers of 'limit' have no unit."),),
    ),
    "switched off": (
        (("Recipes", "amount (t/t)", "amount (t/t),use"),
         ("Recipes", "reduce,oxide,input,1.2\nreduce,metal,output,1\n",
          "reduce,oxide,input,1.2,no\nreduce,metal,output,1,no\n"),),
        (("Runs!B3", "'reduce' is switched off."),),
    ),
    "unknown stage": (
        (("Materials", "oxide=2; metal=1.5", "oxyde=2; metal=1.5"),),
        (("Materials!F4", "no material is of the stage 'oxyde'."),),
    ),
    "two rows of a key": (
        (("Recipes", "reduce,oxide,input,1.2", "reduce,oxide,input,1.2\nreduce,oxide,input,1.2"),),
        (("Recipes!A6", "'reduce/oxide' stands already in row 5."),),
    ),
    "only capitals differ": (
        (("Lanes", "oxide in,oxide,Abroad", "oxide in,Oxide,Abroad"),),
        (("Lanes!B2", "'Oxide' is not a row of Materials."),),
    ),
    "mass out of nothing": (
        (("Materials", "oxide,oxide,,60", "oxide,oxide,metal,60"),
         ("Recipes", "reduce,oxide,input,1.2", "reduce,oxide,input,0.8"),),
        (("Recipes!D5", "the recipe 'reduce' makes 1 t out of 0.8 t."),),
    ),
    "meter of two bases": (
        (("Lanes", "oxide in,oxide,Abroad,Home,300,1,5,,,,", "oxide in,oxide,Abroad,Home,300,1,5,,,,Toll"),),
        (("Deals!N2", "the meter would add up tonnes of magnet and oxide."),),
    ),
    "meter of two kinds": (
        (("Lanes", "oxide in,oxide,Abroad,Home,300,1,5,,,,", "oxide in,oxide,Abroad,Home,300,1,5,,,,mine stake"),),
        (("Deals!N3", "the deal opens Lanes and Supply, so its tonnes could be counted at either."),),
    ),
    "closing above the limit": (
        (("Stocks", "opening clear (t),limit (t),reserve,reserve unit\nheap,Home,oxide,"
          "50,400,20,t",
          "opening clear (t),limit (t),closing clear (t),reserve,reserve unit\nheap,Home,oxide,50,400,"
          "500,20,t"),),
        (("Stocks!F2", "500 t must lie there at the end of 2028 and at most 400 t fit."),),
    ),
    "glide over 100": (
        (("Case", "%,0,50,100", "%,0,50,150"),),
        (("Case!F8", "the share is 150% in 2028."),),
    ),
    "a lane without a limit": (
        (("Lanes", "250,2027,,Toll",
          "250,2027,,Toll\nloop out,oxide,Home,Abroad,,,,,,,board approval\nloop in,oxide,Abroad,Home,,,"
          ",,,,board approval"),),
        (("Lanes!H5", "nothing limits this lane in 2026, and it is opened by 'board approval'."),
         ("Lanes!H6", "nothing limits this lane in 2026, and it is opened by 'board approval'."),),
    ),
    "a lane without a limit, to a stock": (
        (("Lanes", "metal out,metal,Home,Abroad,300,,,,,,",
          "metal out,metal,Home,Abroad,300,,,,,,\nmetal on,metal,Abroad,Home,300,,,,,,board approval"),
         ("Stocks", "heap,Home,oxide,50,400,20,t", "heap,Home,oxide,50,400,20,t\npile,Home,metal,0,,,"),),
        (("Lanes!H6", "nothing limits this lane in 2026, and it is opened by 'board approval'."),),
    ),
    "a year of Case twice": (
        (("Case", "2026,2027,2028", "2026,2027,2027"),),
        (("Case!F1", "the column 2027 stands twice."),
         ("Case!B8", "the glide path is never full: 50% at most."),),
    ),
    "the last year as a date": (
        (("Case", "last year,2028", "last year,2028-12-31"),),
        (("Case!B4", "the date 2028-12-31 stands where a year belongs."),),
    ),
    "a blank row of settings": (
        (("Case", "goal,dependence,,,,", ",dependence,,,,"),),
        (("Case!A9", "the setting has no name."),),
    ),
    "unit of a plain number": (
        (("Case", "payers,home; state,,,,", "payers,home; state,,,,\nweights,1,t,,,"),),
        (("Case!C11", "'t' is given as a unit of a number that takes none."),),
    ),
    "no price for duty": (
        (("Lanes", "metal out,metal,Home,Abroad,300,,", "metal out,metal,Home,Abroad,300,,5"),
         ("Materials", "metal,metal,,80", "metal,metal,,"),
         ("Supply", "metal home,Home,metal,0,90,90,0.03,state,", "metal home,Abroad,metal,0,90,90,0.03,state,"),),
        (("Materials!D3", "a list price is needed: duty is paid on it (Lanes!G5)."),),
    ),
    "empty row of a name": (
        (("Places", "Abroad,,\n", "Abroad,,\n,yes,\n"),),
        (("Places!A4", "'name' must be filled."),),
    ),
}
"""Every fault by its name."""
