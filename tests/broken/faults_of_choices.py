"""Broken cases: deals, plants, rules, limits, incentives, what-ifs, evidence."""

from __future__ import annotations

from tests.broken.folder import Fault

FAULTS: dict[str, Fault] = {
    "a change without a unit in a column of several": (
        (("Deals", "mine stake,Abroad,mine stake,,,,,,,5", "mine stake,Abroad,mine stake,,,1,years,,,5"),
         ("Scenarios", "Supply[oxide abroad].price,,times,1.5,", "Deals[board approval].lead,,set,5,")),
        (("Scenarios!F3", "the column is in months and years, and this row has no unit."),),
    ),
    "a date for a year": (
        (("Deals", "2026,2027,6", "2026-04-01,2027,6"),),
        (("Deals!D2", "the date 2026-04-01 stands where a year belongs."),),
    ),
    "two digits of a year": (
        (("Deals", "2026,2027,6", "26,2027,6"),),
        (("Deals!D2", "'26' is not a year."),),
    ),
    "half a year": (
        (("Deals", "2026,2027,6", "2026.5,2027,6"),),
        (("Deals!D2", "'2026.5' is not a year."),),
    ),
    "a profile with commas": (
        (("Plants", "60 40,%", "\"60, 40\",%"),),
        (("Plants!J2", "'60, 40' is not a list of shares."),),
    ),
    "a pair without a sign": (
        (("Plants", "2024=1", "2024"),),
        (("Plants!G2", "'2024' is not a name, '=' and a value."),),
    ),
    "a column missing": (
        (("Criteria", "criterion,unit,applies to,per module\njobs,people,works,80",
          "criterion,unit,per module\njobs,people,80"),),
        (("Criteria!A1", "the column 'applies to' is missing."),),
    ),
    "half a module": (
        (("Plants", "100,3,2", "100,2.5,2"),),
        (("Plants!E2", "'2.5' is not a whole number."),),
    ),
    "modules with a unit": (
        (("Plants", "100,3,2", "100,3 t,2"),),
        (("Plants!E2", "'3 t' is not a whole number."),),
    ),
    "a word of a choice": (
        (("Limits", "USD m\npartner", "USD m\nx,spend,,,,,,,no more than,1,USD m\npartner"),),
        (("Limits!I3", "'no more than' is not one of the words allowed here."),),
    ),
    "unit not in days": (
        (("Deals", ",6,months", ",6,weeks"),),
        (("Deals!G2", "'weeks' is not a unit of time."),),
    ),
    "two units": (
        (("Payments", "amount,amount unit", "amount (USD m),amount unit"),),
        (("Payments!D2", "the header gives the unit USD m and this cell INR crore."),),
    ),
    "no unit in the row": (
        (("Payments", "2,INR crore", "2,"),),
        (("Payments!D2", "the number in 'amount' has no unit."),),
    ),
    "deals with commas": (
        (("Rules", "Toll; work*", "\"Toll, mine stake\""),),
        (("Rules!D2", "'Toll, mine stake' is not a row of Deals or Plants."),),
    ),
    "deal in two groups": (
        (("Plants", "12,board approval", "12,board approval; mine stake|board approval"),),
        (("Plants!O2", "the deal 'board approval' is named twice."),),
    ),
    "meter of no material": (
        (("Deals", "200,lanes", "200,lanes: magnt"),),
        (("Deals!N2", "the lanes that the deal opens carry no 'magnt'."),),
    ),
    "signed in the case": (
        (("Deals", "window from,window to", "window from,signed in"),),
        (("Deals!E2", "this is for deals signed before the case begins in 2026."),),
    ),
    "required and off": (
        (("Rules", "at most,2,Toll; work*", "requires,,Toll; board approval"),
         ("Deals", "fee (USD/kg),least take (t),most (t),meter",
          "fee (USD/kg),least take (t),most (t),meter,use"),
         ("Deals", "board approval,,approval,,,,,,,,,,,", "board approval,,approval,,,,,,,,,,,,no"),),
        (("Rules!D2", "'board approval' is required and switched off."),),
    ),
    "fee on nothing": (
        (("Deals", "board approval,,approval,,,,,,,,,,,", "board approval,,approval,,,,,,,,5,,,"),),
        (("Deals!K4", "nothing flows through this deal, so there is nothing to meter."),),
    ),
    "two probabilities": (
        (("Scenarios", "dear oxide,10", "export stop,10"),),
        (("Scenarios!B3", "the scenario 'export stop' has another probability above."),),
    ),
    "the base twice": (
        (("Scenarios", "dear oxide,10", "base,10"), ("Case", "goal,", "base probability,70,%,,,\ngoal,")),
        (("Case!B9", "the scenario 'base' has a probability too."),),
    ),
    "a base that leaves some": (
        (("Case", "goal,", "base probability,60,%,,,\ngoal,"),),
        (("Scenarios!B3", "the probabilities add up to 90%, that of the base among them."),),
    ),
    "a range without a width": (
        (("Ranges", "20,30", "25,25"),),
        (("Ranges!C2", "low and high are the same, so nothing is uncertain."),),
    ),
    "the case's own value outside its range": (
        (("Ranges", "unit\nDeals[Toll].fee,,20,30,USD/kg", "unit,shape\nDeals[Toll].fee,,30,40,USD/kg,PERT"),),
        (("Ranges!F2", "the case's own value, 25 USD/kg, lies outside low and high, and a PERT number is likeliest "
          "there."),),
    ),
    "factors that leave out the case itself": (
        (("Ranges", "unit\nDeals[Toll].fee,,20,30,USD/kg", "unit,shape\nDeals[Toll].fee,times,1.1,1.4,,triangular"),),
        (("Ranges!F2", "the case's own value, 1 times it, lies outside low and high, and a triangular number is "
          "likeliest there."),),
    ),
    "lognormal at 0": (
        (("Ranges", "address,how,low,high,unit\nDeals[Toll].fee,,20,30,USD/kg",
          "address,how,low,high,unit,shape\nDeals[Toll].fee,,0,30,USD/kg,lognormal"),),
        (("Ranges!C2", "a lognormal number is above 0."),),
    ),
    "which flow": (
        (("Limits", "from=Abroad; material=magnet", "place=Abroad; material=magnet"),),
        (("Limits!C3", "the filter does not say which kind of flow it means."),),
    ),
    "nothing fits": (
        (("Limits", "from=Abroad; material=magnet", "from=Concern; material=oxide"),),
        (("Limits!C3", "nothing among the lanes fits all of this."),),
    ),
    "no flow": (
        (("Limits", "from=Abroad; material=magnet", "flow=lane; material=magnet"),),
        (("Limits!C3", "'lane' is not a kind of flow."),),
    ),
    "filter with commas": (
        (("Limits", "from=Abroad; material=magnet", "\"from=Abroad, material=magnet\""),),
        (("Limits!C3", "'from=Abroad, material=magnet' holds a second '='."),),
    ),
    "places with commas": (
        (("Limits", "from=Abroad; material=magnet", "\"from=Abroad,Concern; material=magnet\""),),
        (("Limits!C3", "nothing among the lanes has from 'Abroad,Concern'."),),
    ),
    "no needs": (
        (("Limits", "share,from=Abroad; material=magnet,,", "share,from=Abroad; material=oxide,,metal"),),
        (("Limits!E3", "'metal' has no needs of magnet (Materials!F3)."),),
    ),
    "no filter": (
        (("Limits", "share,from=Abroad; material=magnet", "share,"),),
        (("Limits!C3", "a limit on share needs a filter."),),
    ),
    "filter on spend": (
        (("Limits", "public money,spend,", "public money,spend,plant=works"),),
        (("Limits!C2", "a limit on spend looks at no filter."),),
    ),
    "by year": (
        (("Limits", "home metal,tonnes,supply=metal*,,,,,year,at most,40,t",
          "home metal,capacity,plant=works,,,,,horizon,at most,40,t"),),
        (("Limits!H4", "a limit on capacity is by year."),),
    ),
    "criterion and more": (
        (("Limits", "home metal,tonnes,supply=metal*,,,,,year,at most,40,t",
          "home metal,criterion,criterion=jobs; plant=works,,,,,year,at most,40,people"),),
        (("Limits!C4", "a limit on a criterion names the criterion and nothing else."),),
    ),
    "heading of tonnes": (
        (("Limits", "tonnes,supply=metal*,,,,,", "tonnes,supply=metal*,,,,capex,"),),
        (("Limits!G4", "a limit on tonnes does not look at this."),),
    ),
    "unknown criterion": (
        (("Limits", "home metal,tonnes,supply=metal*,,,,,year,at most,40,t",
          "home metal,criterion,criterion=job,,,,,year,at most,40,people"),),
        (("Limits!C4", "there is no criterion 'job'."),),
    ),
    "floor above cap": (
        (("Limits", "home metal,tonnes",
          "home metal floor,tonnes,supply=metal*,,,,,year,at least,50,t\nhome metal,tonnes"),),
        (("Limits!J4", "in 2026 at least 50 and at most 40 are asked for (Limits!J5)."),),
    ),
    "tonnes in money": (
        (("Limits", "at most,40,t", "at most,40,USD"),),
        (("Limits!K4", "'USD' is not a unit of mass."),),
    ),
    "a negative cap": (
        (("Limits", "at most,40,t", "at most,-40,t"),),
        (("Limits!J4", "a limit on tonnes is negative in 2026."),),
    ),
    "modules without size": (
        (("Plants", "works,Home,,100,3,2,2024=1,90,1,60 40,%,50 100,60,12,board approval",
          "works,Home,300,,3,2,2024=1,,1,60 40,%,50 100,60,12,"),),
        (("Deals!A4", "the deal opens nothing: no lane, supply or plant names it."),
         ("Plants!G2", "modules were ordered and no module size is given."),),
    ),
    "orders made": (
        (("Plants", "3,2,2024=1", "3,1,2023=1; 2024=1"),),
        (("Plants!G2", "2 orders were made and at most 1 may be."),),
    ),
    "no year of an order": (
        (("Plants", "2024=1", "soon=1"),),
        (("Plants!G2", "'soon' is not a year."),),
    ),
    "module least most": (
        (("Plants", "module (t),most modules", "module (t),least modules"),),
        (("Plants!E2", "least modules is above most modules."),),
    ),
    "more least than most": (
        (("Plants", "most modules,", "most modules,least modules,"),
         ("Plants", "100,3,2,", "100,3,4,2,"),
         ("Plants", "smelter,Home,500,", "smelter,Home,500,,"),
         ("Plants", "partner plant,Abroad,250,", "partner plant,Abroad,250,,"),),
        (("Plants!F2", "least modules is above most modules."),),
    ),
    "rule of one": (
        (("Rules", "at most,2,Toll; work*", "excludes,,Toll"),),
        (("Rules!D2", "'excludes' takes no n and a list of two or more."),),
    ),
    "incentive of nothing": (
        (("Incentives", "works,3,state", "works,,state"),),
        (("Incentives!A2", "an incentive pays per tonne or per tonne a year ordered."),),
    ),
    "module below 0": (
        (("Plants", "Home,,100,3", "Home,,0,3"),),
        (("Plants!D2", "'module' must be above 0 t."),),
    ),
    "no address": (
        (("Ranges", "Deals[Toll].fee", "Deals Toll fee"),),
        (("Ranges!A2", "this is not an address."),),
    ),
    "no sheet": (
        (("Ranges", "Deals[Toll].fee", "Deal[Toll].fee"),),
        (("Ranges!A2", "there is no sheet 'Deal'."),),
    ),
    "no row and a wrong unit": (
        (("Ranges", "Deals[Toll].fee,,20,30,USD/kg", "Deals[Tol].fee,,20,30,USD"),),
        (("Ranges!A2", "the sheet Deals has no row 'Tol'."),),
    ),
    "wrong unit of a range": (
        (("Ranges", "Deals[Toll].fee,,20,30,USD/kg", "Deals[Toll].fee,,20,30,USD"),),
        (("Ranges!E2", "'USD' is not a unit of money per mass."),),
    ),
    "setting's column": (
        (("Ranges", "Deals[Toll].fee,,20,30,USD/kg", "Case[discount rate].rate,,2,3,%"),),
        (("Ranges!A2", "a setting has no column 'rate'."),),
    ),
    "no setting": (
        (("Ranges", "Deals[Toll].fee,,20,30,USD/kg", "Case[discont rate],,2,3,%"),),
        (("Ranges!A2", "the sheet Case has no setting 'discont rate'."),),
    ),
    "no column": (
        (("Ranges", "Deals[Toll].fee,,20", "Deals[Toll].fees,,20"),),
        (("Ranges!A2", "the sheet Deals has no column 'fees'."),),
    ),
    "a year of no column": (
        (("Evidence", "Deals[Toll].fee", "Deals[Toll].2027"),),
        (("Evidence!A2", "a year of the sheet Deals needs a column."),),
    ),
    "a year of no series": (
        (("Evidence", "Deals[Toll].fee", "Deals[Toll].lead.2027"),),
        (("Evidence!A2", "'lead' has no values by year."),),
    ),
    "years of a scenario": (
        (("Scenarios", "2027-2028", "soon"),),
        (("Scenarios!D2", "'soon' is not a year like 2028 or years like 2028-2029."),),
    ),
    "a whole row": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5", "Supply[oxide abroad],,times,1.5"),),
        (("Scenarios!F3", "a whole row cannot be changed."),),
    ),
    "times a text": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5", "Deals[Toll].partner,,times,1.5"),),
        (("Scenarios!F3", "'times' needs a number, and this holds text."),),
    ),
    "times a blank": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5", "Supply[oxide abroad].total,,times,1.5"),),
        (("Scenarios!F3", "'times' needs a number, and nothing stands here (blank: no limit)."),),
    ),
    "years twice": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5", "Supply[oxide abroad].price.2026,2027,times,1.5"),),
        (("Scenarios!D3", "the address names one year and the change others."),),
    ),
    "no values by year of a scenario": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5", "Deals[Toll].lead,2027,times,1.5"),),
        (("Scenarios!D3", "this has no values by year."),),
    ),
    "a scenario blanks": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5,", "Deals[Toll].lead,,plus,soon,"),),
        (("Scenarios!F3", "'soon' is not a number."),),
    ),
    "a scenario in two units": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5,", "Lanes[magnet in].limit,,set,many,"),),
        (("Scenarios!F3", "'many' is not a number."),),
    ),
    "years outside in a scenario": (
        (("Scenarios", "Supply[oxide abroad].price,,times", "Supply[oxide abroad].price,2031,times"),),
        (("Scenarios!D3", "the case runs from 2026 to 2028."),),
    ),
    "half modules of a scenario": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5", "Plants[works].orders at most,,times,0.3"),),
        (("Scenarios!F3", "the result 0.6 is not a whole number."),),
    ),
    "a series that stays blank": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5", "Lanes[oxide in].limit,2027,set,5 t"),),
        (("Scenarios!D3", "the series is blank (no limit), so the years beside 2027 would have no value."),),
    ),
    "a blank column's units": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5,", "Stocks[heap].reserve,2027,set,x,"),),
        (("Scenarios!F3", "'x' is not a number."),),
    ),
    "a scenario too large": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5", "Supply[oxide abroad].price,,times,1e306"),),
        (("Scenarios!F3", "55000 times 1e+306 is too large a number."),),
    ),
    "a scenario breaks a bound": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5,", "Lanes[oxide in].loss,,set,150,%"),),
        (("Scenarios!F3", "input should be less than or equal to 1."),),
    ),
    "another currency in a scenario": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5,", "Case[currency].value,,set,INR,"),),
        (("Scenarios!F3", "'currency' cannot be changed here: every amount was read with the one in the workbook."),),
    ),
    "a scenario's unit": (
        (("Scenarios", "set,0,t", "set,0,USD"),),
        (("Scenarios!G2", "'USD' is not a unit of mass."),),
    ),
    "a share of 150 % asked for": (
        (("Limits", "at most,60,%", "at least,150,%"),),
        (("Limits!J3", "the limit is 150% in 2026, and a share is never above 100 %."),),
    ),
    "spend of two currencies": (
        (("Limits", "900,USD m", "900,USD m per t"),),
        (("Limits!K2", "'USD m per t' is not a unit of money."),),
    ),
    "a time without unit": (
        (("Deals", ",6,months", ",6,"),),
        (("Deals!G2", "the number in 'lead' has no unit."),),
    ),
    "too large in every unit": (
        (("Payments", "2,INR crore", "1e305,INR crore"),),
        (("Payments!D2", "1e+305 is too large for a number in this unit."),),
    ),
    "a credit without price": (
        (("Plants", "partner return (%)", "partner keeps (%)"),
         ("Materials", "metal,metal,,80", "metal,metal,,"),),
        (("Materials!D3", "a list price is needed: a partner is credited with it (Plants!N2)."),),
    ),
}
"""Every fault by its name."""
