"""Cases that are unlikely to be meant: a warning, and they can be solved."""

from __future__ import annotations

from tests.broken.folder import Fault

UNLIKELY: dict[str, Fault] = {
    "a demand of nothing": (
        (("Demand", "defence,defence,Home,magnet,50,10,500,20,20,20",
          "defence,defence,Home,magnet,50,10,500,0,0,0"),),
        (("Demand!H3", "nothing is needed in any year."),),
    ),
    "a supply that nothing takes": (
        (("Supply", "metal home,Home,metal,0,90,90,0.03,state,",
          "metal home,Home,metal,0,90,90,0.03,state,\nmetal there,Concern,metal,,90,90,0.03,state,"),),
        (("Supply!B5", "nothing takes 'metal' from 'Concern', so it is never bought."),),
    ),
    "a lane to where nothing takes it": (
        (("Lanes", "metal out,metal,Home,Abroad,300,,,,,,",
          "metal out,metal,Home,Abroad,300,,,,,,\nmetal on,metal,Abroad,Concern,300,,,,,,"),),
        (("Lanes!D6", "nothing takes 'metal' at 'Concern', so the lane is never used."),),
    ),
    "a year outside the case": (
        (("Supply", "price 2028 (USD/kg)", "price 2029 (USD/kg)"),),
        (("Supply!F1", "the year 2029 lies outside the case, which runs from 2026 to 2028."),),
    ),
    "a year of a setting outside the case": (
        (("Case", "2026,2027,2028\n", "2026,2028,2029\n"),),
        (("Case!F1", "the year 2029 lies outside the case, which runs from 2026 to 2028."),
         ("Case!B8", "the glide path is never full: 50% at most."),),
    ),
    "a deal switched off in a future": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5,", "Deals[Toll].use,,set,no,"),),
        (("Scenarios!F3", "'Toll' is switched off in a future in which it may be decided already."),),
    ),
    "a plant switched off in a future": (
        (("Scenarios", "Supply[oxide abroad].price,,times,1.5,", "Plants[works].use,,set,no,"),),
        (("Scenarios!F3", "'works' is switched off in a future in which it may be decided already."),),
    ),
    "a deal without a chance": (
        (("Deals", "signing cost (USD m)", "chance of closing (%),signing cost (USD m)"),
         ("Deals", "6,months,,,1,25", "6,months,,,0,1,25"),
         ("Deals", "mine stake,Abroad,mine stake,,,,,,,5", "mine stake,Abroad,mine stake,,,,,,,,5"),
         ("Deals", "board approval,,approval,,,,,,,,,,,", "board approval,,approval,,,,,,,,,,,,")),
        (("Deals!J2", "the deal never closes: signing it costs, and brings nothing."),),
    ),
    "names that differ in capitals": (
        (("Places", "Abroad,,\n", "Abroad,,\nabroad,,\n"),),
        (("Places!A4", "'abroad' and 'Abroad' (Places!A3) differ in capitals or blanks only."),),
    ),
    "sectors that differ in blanks": (
        (("Demand", "defence,defence,Home", "defence,Cars,Home"),),
        (("Demand!B3", "'Cars' and 'cars' (Demand!B2) differ in capitals or blanks only."),),
    ),
    "a module never ordered": (
        (("Plants", "100,3,2,2024=1", "100,3,0,"),),
        (("Plants!F2", "a module is given, and it may never be ordered."),),
    ),
    "a window after the end": (
        (("Deals", "2026,2027,6", "2031,2032,6"),),
        (("Deals!D2", "it can never be signed: the case runs from 2026 to 2028."),),
    ),
    "a plant that starts too late": (
        (("Plants", "2024=1,90,1,", ",90,4,"),),
        (("Plants!I2", "whenever it is ordered, the plant starts after 2028."),),
    ),
    "a lane never open": (
        (("Lanes", "250,2027,,Toll", "250,2031,,Toll"),),
        (("Lanes!I4", "the lane is never open from 2026 to 2028."),),
    ),
    "a plant that makes nothing": (
        (("Runs", "smelter,reduce,7\n", ""),),
        (("Plants!A3", "no row of Runs names this plant, so it makes nothing."),),
    ),
    "a plant of nothing": (
        (("Plants", "smelter,Home,500", "smelter,Home,"),),
        (("Plants!D3", "the plant neither stands nor can be ordered."),),
    ),
    "orders without a module": (
        (("Plants", "smelter,Home,500,,,,,", "smelter,Home,500,,,,,50"),),
        (("Plants!H3", "this is about orders, and without a module nothing can be ordered."),),
    ),
    "a negative price": (
        (("Supply", "60,2,,mine", "60,2,,mine"),
         ("Supply", ",50,50,5", ",-50,-50,5"),),
        (("Supply!E3", "the amount is negative in 2026."),),
    ),
    "a negative payment": (
        (("Payments", "2,INR", "-2,INR"),),
        (("Payments!C2", "the amount is negative."),),
    ),
    "a cap above 100 %": (
        (("Limits", "at most,60,%", "at most,160,%"),),
        (("Limits!J3", "the limit is 160% in 2026, and a share is never above 100 %."),),
    ),
    "a deal that may never be signed": (
        (("Deals", "window from,window to,", "window from,signings at most,"),
         ("Deals", "2026,2027,6", "2026,0,6"),),
        (("Deals!E2", "the deal may never be signed."),),
    ),
}
"""Every oddity by its name."""
