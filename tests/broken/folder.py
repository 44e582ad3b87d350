"""A small valid case as a folder of .csv files, for tests that break it in one place."""

from __future__ import annotations

from pathlib import Path

SHEETS: dict[str, str] = {
    "Case": """setting,value,unit,2026,2027,2028
title,Small,,,,
first year,2026,,,,
last year,2028,,,,
currency,USD,,,,
exchange rates,INR=95,,,,
discount rate,5,%,,,
glide,,%,0,50,100
goal,dependence,,,,
payers,home; state,,,,
""",
    "Places": """name,home,concern
Home,yes,
Abroad,,
Concern,,yes
""",
    "Materials": """name,stage,basis,price (USD/kg),market (t),needs (t/t)
oxide,oxide,,60,,
metal,metal,,80,,oxide=1.2
magnet,magnet,,,,oxide=2; metal=1.5
swarf,scrap,,10,40,
""",
    "Recipes": """recipe,material,role,amount (t/t)
sinter,metal,input,1.5
sinter,magnet,output,1
sinter,swarf,by-product,0.2
reduce,oxide,input,1.2
reduce,metal,output,1
""",
    "Runs": """plant,recipe,variable cost (USD/kg)
works,sinter,12
smelter,reduce,7
partner plant,sinter,15
""",
    "Supply": """name,place,material,exposed share (%),price 2026 (USD/kg),price 2028 (USD/kg),limit (kt),payer,deals
oxide abroad,Abroad,oxide,,55,60,2,,mine stake
magnet concern,Concern,magnet,,50,50,5,,
metal home,Home,metal,0,90,90,0.03,state,
""",
    "Lanes": """name,material,from,to,freight (USD/t),loss (%),duty rate (%),limit (t),from year,to year,deals
oxide in,oxide,Abroad,Home,300,1,5,,,,
magnet in,magnet,Concern,Home,400,,7.5,900,,,
magnet from partner,magnet,Abroad,Home,400,,,250,2027,,Toll
metal out,metal,Home,Abroad,300,,,,,,
""",
    "Demand": """name,sector,place,material,floor (%),clear share (%),shortage cost (USD/kg),2026 (t),2027 (t),2028 (t)
cars,cars,Home,magnet,,,,700,800,900
defence,defence,Home,magnet,50,10,500,20,20,20
""",
    "Stocks": """name,place,material,opening clear (t),limit (t),reserve,reserve unit
heap,Home,oxide,50,400,20,t
""",
    "Deals": """name,partner,kind,window from,window to,lead,lead unit,term,term unit,signing cost (USD m),\
fee (USD/kg),least take (t),most (t),meter
Toll,Abroad,tolling,2026,2027,6,months,,,1,25,10,200,lanes
mine stake,Abroad,mine stake,,,,,,,5,,,,
board approval,,approval,,,,,,,,,,,
""",
    "Payments": """deal,years after signing (years),amount,amount unit,heading,payer
Toll,1,2,INR crore,technology,state
""",
    "Plants": """name,place,capacity (t),module (t),most modules,orders at most,ordered in,capex (USD/kg),lead (years),\
payment profile,payment profile unit,ramp (%),home share (%),partner return (%),deals to order
works,Home,,100,3,2,2024=1,90,1,60 40,%,50 100,60,12,board approval
smelter,Home,500,,,,,,,,,,,,
partner plant,Abroad,250,,,,,,,,,,,,
""",
    "Rules": """name,rule,n,list
one way,at most,2,Toll; work*
""",
    "Limits": """name,measure,filter,of,converted to,payer,heading,over,sense,value,value unit
public money,spend,,,,state,,horizon,at most,900,USD m
partner share,share,from=Abroad; material=magnet,,,,,,at most,60,%
home metal,tonnes,supply=metal*,,,,,year,at most,40,t
""",
    "Incentives": """name,plants,per tonne (USD/kg),payer
support,works,3,state
""",
    "Criteria": """criterion,unit,applies to,per module
jobs,people,works,80
""",
    "Scenarios": """scenario,probability (%),address,years,how,value,unit
export stop,20,Supply[magnet c*].limit,2027-2028,set,0,t
dear oxide,10,Supply[oxide abroad].price,,times,1.5,
""",
    "Ranges": """address,how,low,high,unit
Deals[Toll].fee,,20,30,USD/kg
""",
    "Sources": """name,title
annual report,An annual report
""",
    "Evidence": """address,source,fact id
Deals[Toll].fee,annual report,A1
""",
}


Edit = tuple[str, str, str]
"""Sheet, what stands there, what is put in its place."""

Fault = tuple[tuple[Edit, ...], tuple[tuple[str, str], ...]]
"""The edits that break a case, and the cell and sentence of all that is then told, by sheet and cell."""


def write(folder: Path, *edits: Edit) -> Path:
    """Writes the case into `folder`, with the one place where the text of each edit stands replaced.

    Raises:
        ValueError: a text stands there never or more than once, so the edit would not be the one meant.
    """
    sheets = dict(SHEETS)
    for sheet, old, new in edits:
        if sheets[sheet].count(old) != 1:
            raise ValueError(f"'{old}' stands {sheets[sheet].count(old)} times in {sheet}")
        sheets[sheet] = sheets[sheet].replace(old, new)
    for name, text in sheets.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
