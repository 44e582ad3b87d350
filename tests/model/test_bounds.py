"""Propagated bounds: never below the largest value of the flow, equal to it on trees, wide enough for a study box."""

from __future__ import annotations

import random

import highspy
import numpy as np
import pytest

from optimizer.case.case import Case, case_of
from optimizer.case.schema import (
    Deal,
    Demand,
    Lane,
    Material,
    Place,
    Plant,
    RecipeLine,
    Run,
    Series,
    Settings,
    Stock,
    Supply,
)
from optimizer.model.assemble import build
from optimizer.model.bounds import Bounds, loosened, propagate, widest
from optimizer.model.compiled import compile_model
from optimizer.model.data import Data
from tests.random_cases import random_case

S = Series.of
YEARS = Settings(title="tree", first_year=2030, last_year=2031)


def largest(case: Case, bounds: Bounds) -> dict[tuple[str, str, int], float]:
    """The largest value of each flow in the LP relaxation of a model that `bounds` do not tighten."""
    compiled = compile_model(build(case, bounds=loosened(bounds, 1e5)))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(compiled.columns), len(compiled.rows)
    lp.col_cost_ = np.zeros(len(compiled.columns))
    lp.col_lower_, lp.col_upper_ = compiled.lower, compiled.upper
    lp.row_lower_, lp.row_upper_ = compiled.row_lower, compiled.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = compiled.starts, compiled.indices, compiled.values
    solver = highspy.Highs()
    for name, value in {"output_flag": False, "threads": 1}.items():
        solver.setOptionValue(name, value)
    solver.passModel(lp)
    solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
    sheets = {"buy": ("Supply", lambda i: i[1]), "ship": ("Lanes", lambda i: i[1]), "run": ("Runs", lambda i: i[2])}
    flows: dict[tuple[str, str, int], list[int]] = {}
    for j, (family, index) in enumerate(compiled.columns):
        if family in sheets:
            name = f"{index[0]}/{index[1]}" if family == "run" else index[0]
            flows.setdefault((sheets[family][0], name, sheets[family][1](index)), []).append(j)
    found = {}
    for key, columns in flows.items():
        cost = np.zeros(lp.num_col_)
        cost[columns] = 1.0
        solver.changeColsCost(lp.num_col_, np.arange(lp.num_col_, dtype=np.int32), cost)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return {}
        found[key] = solver.getInfo().objective_function_value
    return found


def bound_of(bounds: Bounds, key: tuple[str, str, int], case: Case) -> float:
    """The propagated bound of a flow."""
    sheet, name, year = key
    i = case.years.index(year)
    if sheet == "Runs":
        plant, recipe = name.split("/")
        return float(bounds.run[plant, recipe][i])
    return float(bounds.flow[sheet, name][i])


@pytest.mark.parametrize("seed", range(12))
def test_bounds_are_never_below_the_largest_flow(seed: int) -> None:
    case = random_case(seed)
    bounds = propagate(Data(case))
    for key, most in largest(case, bounds).items():
        assert bound_of(bounds, key, case) >= most - 1e-6 * max(1.0, most), key


def random_tree(seed: int) -> Case:
    """A tree of places in which one material flows from the leaves to soft demand at the root."""
    rng = random.Random(seed)
    count = rng.randint(2, 6)
    rows: list[object] = [Material(name="ore", stage="ore")]
    for i in range(count):
        rows.append(Place(name=f"p{i}", home=i == 0))
        if i:
            parent = rng.randrange(i)
            loss, limit = rng.choice([0.0, 0.1]), rng.choice([None, S(rng.randint(5, 60))])
            rows.append(
                Lane(name=f"l{i}", material="ore", origin=f"p{i}", destination=f"p{parent}", loss=loss, limit=limit)
            )
        if i == count - 1 or rng.random() < 0.7:
            rows.append(Supply(name=f"s{i}", place=f"p{i}", material="ore", price=S(1.0), limit=S(rng.randint(1, 80))))
    need = S(float(rng.randint(10, 120)))
    rows.append(
        Demand(name="d", sector="d", place="p0", material="ore", tonnes=need, floor=S(0.0), shortage_cost=S(9.0))
    )
    return case_of(YEARS, *rows)  # type: ignore[arg-type]  # a list of rows of several kinds


@pytest.mark.parametrize("seed", range(30))
def test_bounds_equal_the_largest_flow_on_trees(seed: int) -> None:
    case = random_tree(seed)
    bounds = propagate(Data(case))
    found = largest(case, bounds)
    for key in ((sheet, name, 2030) for sheet, name in bounds.flow):
        assert bound_of(bounds, key, case) == pytest.approx(found.get(key, 0.0), abs=1e-6), key


def chain(limit: float, stock: float | None) -> Case:
    """Oxide into magnets at home: 0.5 t of oxide a tonne, capacity 100 t, demand 80 t."""
    rows = [
        Place(name="home", home=True),
        Material(name="oxide", stage="oxide"),
        Material(name="magnet", stage="magnet"),
        Supply(name="mine", place="home", material="oxide", price=S(1.0), limit=S(limit)),
        RecipeLine(recipe="sinter", material="oxide", role="input", amount=0.5),
        RecipeLine(recipe="sinter", material="magnet", role="output", amount=1.0),
        Plant(name="works", place="home", capacity=S(100.0)),
        Run(plant="works", recipe="sinter"),
        Demand(name="d", sector="d", place="home", material="magnet", tonnes=S(80.0), floor=S(0.0),
               shortage_cost=S(9.0)),
    ]
    stocks = [] if stock is None else [Stock(name="pile", place="home", material="oxide", limit=S(stock))]
    return case_of(YEARS, *rows, *stocks)


def test_a_chain_takes_the_least_of_supply_capacity_and_demand() -> None:
    """Demand 80 t takes 40 t of oxide; with 30 t of oxide at most 60 t are made; without it: 100 t from capacity."""
    wide, narrow = propagate(Data(chain(1000.0, None))), propagate(Data(chain(30.0, None)))
    assert wide.flow["Supply", "mine"][0] == pytest.approx(40.0)
    assert wide.run["works", "sinter"][0] == pytest.approx(80.0)
    assert narrow.run["works", "sinter"][0] == pytest.approx(60.0)


def test_a_stock_widens_what_can_be_bought_and_used() -> None:
    """30 t a year and room for 8 t: 38 t can be bought only where the limit lets it; in the second year 38 t are used.

    Without the stock: 30 t in both years, 60 t of magnets.
    """
    bounds = propagate(Data(chain(30.0, 8.0)))
    assert bounds.run["works", "sinter"] == pytest.approx([60.0, 76.0])
    assert propagate(Data(chain(1000.0, 8.0))).flow["Supply", "mine"][0] == pytest.approx(48.0)


def test_the_study_box_is_as_wide_as_its_widest_case() -> None:
    narrow, wide = propagate(Data(chain(30.0, None))), propagate(Data(chain(36.0, None)))
    both = widest([narrow, wide])
    assert both.run["works", "sinter"] == pytest.approx([72.0, 72.0])
    assert np.all(both.flow["Supply", "mine"] >= narrow.flow["Supply", "mine"])


def test_what_deals_may_take_at_most_bounds_what_they_open() -> None:
    """Two deals of at most 20 t and 15 t open one supply: 35 t, not the 1,000 t of its limit."""
    case = chain(1000.0, None)
    supply = Supply(
        name="mine", place="home", material="oxide", price=S(1.0), limit=S(1000.0), deals=(("first", "second"),)
    )
    sheets = {**case.sheets, "Supply": (supply,), "Deals": (Deal(name="first", most=S(20.0)),
                                                             Deal(name="second", most=S(15.0)))}
    bounds = propagate(Data(Case(case.settings, sheets)))
    assert bounds.flow["Supply", "mine"][0] == pytest.approx(35.0)
