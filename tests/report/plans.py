"""A small plan made by hand, with the plan as now beside it; every number can be followed on paper.

Home needs 300 t of magnets a year. As now all come from Farland, the place of concern, for 50,000 USD/t. The plan
signs a toll with Ally in 2026 (in force from 2027, 100 t a year, fee 5,000 USD/t) and orders two modules of 50 t at
home in 2027 (running in 2028). Both make magnets from Ally's ore (2 t a tonne, 5,000 USD/t; the lane home loses a
tenth).
"""

from __future__ import annotations

from dataclasses import replace

from optimizer.case.case import Case, Origin, case_of
from optimizer.case.schema import (
    Deal,
    Demand,
    Evidence,
    Lane,
    Limit,
    Material,
    Place,
    Plant,
    RecipeLine,
    Run,
    Series,
    Settings,
    Source,
    Supply,
)
from optimizer.solve.amounts import Amounts, Claims
from optimizer.solve.plan import LimitLevel, Plan, SolveOptions

ODD = "works [/oops] *two* | =1"
"""A name that is markup for a terminal, for Markdown, and a formula for a spreadsheet in parts."""


def small_case(works: str = ODD) -> Case:
    """The case of this file's text; `works` names the plant at home."""
    case = case_of(
        Settings(title="Magnets for Home", first_year=2026, last_year=2028, full_from=2028, payers=("ministry",)),
        Place(name="Home", home=True),
        Place(name="Ally"),
        Place(name="Farland", concern=True),
        Material(name="ore", stage="ore"),
        Material(name="magnet", stage="magnet", needs=(("ore", 2.0),)),
        RecipeLine(recipe="sinter", material="ore", role="input", amount=2.0),
        RecipeLine(recipe="sinter", material="magnet", role="output", amount=1.0),
        Run(plant=works, recipe="sinter", variable_cost=Series.of(3000.0)),
        Run(plant="ally works", recipe="sinter", variable_cost=Series.of(2000.0)),
        Supply(name="ore", place="Ally", material="ore", price=Series.of(5000.0), source=("geology",),
               confidence="low", note="one *survey* only"),
        Supply(name="farland magnets", place="Farland", material="magnet", price=Series.of(50000.0)),
        Lane(name="ore lane", material="ore", origin="Ally", destination="Home", loss=0.1),
        Lane(name="toll lane", material="magnet", origin="Ally", destination="Home", deals=(("Ally toll",),)),
        Lane(name="old lane", material="magnet", origin="Farland", destination="Home"),
        Demand(name="cars", sector="cars", place="Home", material="magnet", tonnes=Series.of(300.0),
               confidence="high", source=("ministry",)),
        Deal(name="Ally toll", partner="Ally", kind="tolling", lead=1.0, fee=Series.of(5000.0), most=Series.of(100.0)),
        Plant(name=works, place="Home", module=50.0, most_modules=2, capex=Series.of(60000.0), lead=1.0),
        Plant(name="ally works", place="Ally", capacity=Series.of(500.0)),
        Limit(name="money a year", measure="spend", sense="at most", value=Series.of(6e6), heading=("capex",)),
        Source(name="geology", title="Survey of ores | 2025"),
        Source(name="ministry", title="Ministry's count"),
        Evidence(address="Deals[Ally toll].fee", confidence="assumption", source=("geology",), note="a guess"),
    )
    cells = {"Deals[Ally toll].fee": "Deals!H2", "Deals[Ally toll]": "Deals!A2", "Limits[money a year]": "Limits!A2"}
    return replace(case, origin=Origin(name="home", cells=cells))


def small_plan(works: str = ODD) -> Plan:
    """The plan of this file's text, proved, with the plan as now; `works` names the plant at home."""
    years = (2026, 2027, 2028)
    farland = {2026: 300.0, 2027: 200.0, 2028: 100.0}
    toll = {2027: 100.0, 2028: 100.0}
    amounts = Amounts(
        sign={("Ally toll", 2026, 1): 1},
        orders={(works, 2027): 1},
        modules={(works, 2027): 2},
        run={
            **{("ally works", "sinter", t, "clear"): v for t, v in toll.items()},
            (works, "sinter", 2028, "clear"): 100.0,
        },
        buy={
            **{("farland magnets", t): v for t, v in farland.items()},
            ("ore", 2027): 200.0,
            ("ore", 2028): 200.0 + 200.0 / 0.9,
        },
        ship={
            **{("old lane", t, "exposed"): v for t, v in farland.items()},
            **{("toll lane", t, "clear"): v for t, v in toll.items()},
            ("ore lane", 2028, "clear"): 200.0 / 0.9,
        },
        alloc={("Ally toll", "Lanes", "toll lane", t): v for t, v in toll.items()},
        serve={
            **{("cars", t, "exposed"): v for t, v in farland.items()},
            ("cars", 2027, "clear"): 100.0,
            ("cars", 2028, "clear"): 200.0,
        },
    )
    cash = {
        **{("purchases", "purchases", "ministry", t): 50000.0 * farland[t] for t in years},
        ("fees", "fees", "ministry", 2027): 5e5,
        ("fees", "fees", "ministry", 2028): 5e5,
        ("variable", "variable", "ministry", 2027): 2e5,
        ("variable", "variable", "ministry", 2028): 5e5,
        ("capex", "capex", "ministry", 2027): 6e6,
    }
    cash["purchases", "purchases", "ministry", 2027] += 1e6
    cash["purchases", "purchases", "ministry", 2028] += 5000.0 * (200.0 + 200.0 / 0.9)
    return Plan(
        case=small_case(works),
        options=SolveOptions(),
        status="proved",
        goals={"dependence": 1 / 3, "cost": sum(cash.values())},
        gap=0.00005,
        bound=1 / 3 - 0.00005,
        root_gap=0.01,
        amounts=amounts,
        claims=_claims(farland, cash, 1 / 3),
        active={("Ally toll", t): 1.0 for t in toll},
        volume={("Ally toll", t): v for t, v in toll.items()},
        capacity={**{("ally works", t): 500.0 for t in years}, (works, 2028): 100.0},
        limits={("money a year", t): LimitLevel(6e6 if t == 2027 else 0.0, 6e6, "at most") for t in years},
        budget=4.5e7,
        least_cost=3e7,
        first_moved_year=2027,
        unique_deals=True,
        checked=True,
        size={"rows": 90, "columns": 80, "integers": 6, "nonzeros": 240},
        seconds={"build": 0.2, "compile": 0.1, "solve": 0.5, "check": 0.01},
        as_now=_as_now(works),
    )


def _as_now(works: str) -> Plan:
    all_of_it = dict.fromkeys((2026, 2027, 2028), 300.0)
    cash = {("purchases", "purchases", "ministry", t): 50000.0 * v for t, v in all_of_it.items()}
    return Plan(
        case=small_case(works),
        options=SolveOptions(),
        status="proved",
        goals={"cost": 4.5e7, "dependence": 1.0},
        gap=0.0,
        bound=4.5e7,
        root_gap=None,
        amounts=Amounts(
            buy={("farland magnets", t): v for t, v in all_of_it.items()},
            ship={("old lane", t, "exposed"): v for t, v in all_of_it.items()},
            serve={("cars", t, "exposed"): v for t, v in all_of_it.items()},
        ),
        claims=_claims(all_of_it, cash, 1.0),
        capacity={("ally works", t): 500.0 for t in all_of_it},
        limits={("money a year", t): LimitLevel(0.0, 6e6, "at most") for t in all_of_it},
        checked=True,
    )


def _claims(dependent: dict[int, float], cash: dict[tuple[str, str, str, int], float], delta: float) -> Claims:
    charged: dict[tuple[str, str, str], float] = {}
    for (item, heading, payer, _), amount in cash.items():
        charged[item, heading, payer] = charged.get((item, heading, payer), 0.0) + amount
    return Claims(
        dependence=delta, mean_dependence=delta, cost=sum(charged.values()), dependent=dependent, cash=cash,
        charged=charged,
    )


def paid_plan() -> Plan:
    """The small plan with 2 m USD of incentives that the state pays to the ministry, half in each of two years."""
    plan = small_plan()
    received = {("incentives", "incentives", "ministry", t): -1e6 for t in (2027, 2028)}
    paid = {("incentives paid", "incentives paid", "state", t): 1e6 for t in (2027, 2028)}
    charged = {("incentives", "incentives", "ministry"): -2e6, ("incentives paid", "incentives paid", "state"): 2e6}
    claims = replace(
        plan.claims, cash={**plan.claims.cash, **received, **paid}, charged={**plan.claims.charged, **charged},
        cost=plan.claims.cost - 2e6,
    )
    return replace(plan, claims=claims)
