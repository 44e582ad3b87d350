"""Prices: what a unit more or less is worth, by hand and against the whole program of a changed case."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from optimizer.case.address import resolve
from optimizer.case.case import Case
from optimizer.case.changes import Change, apply_changes
from optimizer.case.findings import CaseError
from optimizer.case.schema import Row, Series
from optimizer.model.blocks.dependence import COST, DEPENDENCE
from optimizer.model.held import numbers
from optimizer.report.brief.blocks import Paragraph, Table
from optimizer.report.studies import prices as teller
from optimizer.solve.fixed import FixedPlan
from optimizer.solve.goals import NoPlan
from optimizer.solve.plan import CheckRefused, Infeasible, Plan, SolveOptions, Unsolved
from optimizer.solve.session import Outcome
from optimizer.solve.solve import solve
from optimizer.study.prices import Price, Prices, Worth, decided, prices, untightened
from tests.cases.little import little, offer, source, works
from tests.random_cases import random_case

QUICK = SolveOptions(as_now=False, unique=False, gap=1e-7)


def priced(case: Case, what: str) -> Price:
    """The one price of a kind."""
    (found,) = [price for price in prices(solve(case, QUICK)).prices if price.what == what]
    return found


def test_a_tonne_more_of_a_cheap_supply_saves_what_it_is_cheaper() -> None:
    """4 t at 6 in place of 10: a tonne more saves 4, a tonne less costs 4; no dependence is capped."""
    price = priced(little(*source_limited(4.0)), "supply limit")
    assert (price.name, price.year, price.address) == ("clear", 2030, "Supply[clear].limit.2030")
    assert price.more_money.each == pytest.approx(-4.0)
    assert price.less_money.each == pytest.approx(4.0)
    assert price.unit == "t"


def source_limited(limit: float) -> list[Row]:
    return source(limit=Series.of(limit))


def test_a_unit_more_and_less_differ_where_the_plan_is_at_a_corner() -> None:
    """The supply covers the need of 5 t to the last: a tonne more saves nothing, a tonne less costs 4."""
    price = priced(little(*source_limited(5.0)), "supply limit")
    assert price.more_money == Worth(0.0)
    assert price.less_money.each == pytest.approx(4.0)


def test_a_need_that_cannot_grow_is_not_possible() -> None:
    """Nothing but 5 t of the ally's, all used: without another source no tonne more can be served."""
    case = little(*source_limited(5.0))
    closed = replace(case, sheets={**case.sheets, "Supply": tuple(
        row for row in case.sheets["Supply"] if row.key != "exposed")})
    price = priced(closed, "demand")
    assert price.more_money == Worth(None)
    assert price.less_money.each == pytest.approx(-6.0)


def test_a_whole_tonne_is_told_also_where_half_of_it_is_of_use() -> None:
    """Of a need of 4.5 t a limit of 4 t leaves half a tonne: a tonne more saves 2, not the 4 of its first part."""
    price = priced(little(*source_limited(4.0), need=4.5), "supply limit")
    assert price.more_money == Worth(pytest.approx(-2.0), 1.0)
    assert price.less_money == Worth(pytest.approx(4.0), 1.0)


def test_where_a_whole_tonne_leaves_no_plan_a_part_is_told() -> None:
    """Only 5.5 t of the ally's for a need of 5 t that nothing else serves: a tenth of a tonne more costs 6 a tonne."""
    case = little(*source_limited(5.5))
    closed = replace(case, sheets={**case.sheets, "Supply": tuple(
        row for row in case.sheets["Supply"] if row.key != "exposed")})
    price = priced(closed, "demand")
    assert price.more_money == Worth(pytest.approx(6.0), 0.1)


def test_a_deal_has_no_price_while_it_is_not_signed() -> None:
    """Prices hold while the chosen deals stay: what only an unsigned deal opens is worth nothing."""
    dear, cheap = (prices(solve(little(*offer(price=each)), QUICK)).prices for each in (12.0, 6.0))
    assert not [price for price in dear if price.name == "of deal"]
    assert [price.less_money.each for price in cheap if price.name == "of deal"] == [pytest.approx(4.0)]


def test_points_are_what_a_tonne_takes_off_dependence_at_the_same_cost() -> None:
    """Least dependence first: 4 of 5 t clear at 10, as dear as the exposed: a tonne more is 20 points less."""
    case = little(*source(price=10.0, limit=Series.of(4.0)), goal="dependence", then=("cost",))
    price = priced(case, "supply limit")
    assert price.more_points.each == pytest.approx(-0.2)
    assert price.less_points.each == pytest.approx(0.2)


@pytest.mark.parametrize(("limit", "listed"), [(4.0, True), (4.5, False)])
def test_what_the_tolerance_leaves_short_of_binding_has_a_price(limit: float, listed: bool) -> None:
    """With 0.2 points to spare, cost leaves 0.01 of the 4 clear tonnes: a tonne less takes 0.99 t of clear product.

    Of 4.5 t half a tonne is left, as no more may be spent: that is slack.
    """
    budget = None if listed else 58.0
    case = little(*source(price=12.0, limit=Series.of(limit)), goal="dependence", then=("cost",), budget=budget,
                  dependence_tolerance=0.002)
    found = [price for price in prices(solve(case, QUICK)).prices if price.what == "supply limit"]
    assert bool(found) is listed
    for price in found:
        assert (price.less_money.each, price.more_money.each) == (None, 0.0)
        assert price.less_points.each == pytest.approx(0.99 / 5, rel=1e-3)


def test_what_is_worth_most_is_told_of_each_unit_apart() -> None:
    """A tonne of clear product and a point of dependence have no common measure: tonnes first, as there are more."""
    case = little(*source(price=12_010.0, limit=Series.of(4.0)), goal="dependence", then=("cost",))
    found = prices(solve(case, QUICK))
    (lead,) = [block.text for block in teller.page(found) if isinstance(block, Paragraph) and block.style == "lead"]
    assert "by one t, " in lead
    assert "by one %, dependence allowed (one more: -USD 600)" in lead
    (rows,) = [block.rows for block in teller.page(found) if isinstance(block, Table)]
    units = [row[0].rpartition(", ")[2] for row in rows]
    assert units == sorted(units, key=units.index)
    assert units[0] == "t"


def test_what_is_told_is_one_answer_everywhere() -> None:
    """Page, table and document have the same numbers; what is not possible is null, empty and said in words."""
    found = prices(solve(little(*source_limited(4.0)), QUICK))
    json.dumps(teller.data(found), allow_nan=False)
    table = teller.tables(found)["prices"]
    own = table[(table["what"] == "supply limit") & (table["of"] == "cost")]
    assert list(own["value"]) == [pytest.approx(-4.0), pytest.approx(4.0)]
    assert set(own["unit"]) == {"USD per t"}
    page = list(teller.page(found))
    assert any("-USD 4" in row for block in page if isinstance(block, Table) for row in block.rows)


def plan_of(seed: int) -> Plan | None:
    try:
        return solve(random_case(seed), QUICK)
    except (Infeasible, Unsolved, CheckRefused, NoPlan):
        return None


def anew(found: Prices, case: Case, goal: str) -> float | None:
    """The least of a goal of a changed case, built from nothing, with the whole numbers of the plan."""
    arrays = untightened(case)
    fixed = FixedPlan(arrays, decided(arrays, found.plan))
    dependence, cost = arrays.column("goal", (DEPENDENCE,)), arrays.column("goal", (COST,))
    if arrays.settled or cost is None or dependence is None:
        return None
    if goal == COST and found.capped is not None:
        fixed.bound(dependence, upper=found.capped)
    if goal == DEPENDENCE:
        fixed.bound(cost, upper=found.spent / arrays.money)
    result = fixed.minimise(cost if goal == COST else dependence)
    if result.outcome is not Outcome.PROVED:
        return None
    return result.objective * (arrays.money if goal == COST else 1.0)


SIZES = {"t": 1.0, "%": 0.01, "unit": 1.0}


@pytest.mark.parametrize("seed", range(18))
def test_prices_are_finite_differences_of_a_case_built_anew(seed: int) -> None:
    """Every price, more and less, in money and in points, with the change made in the workbook."""
    plan = plan_of(seed)
    if plan is None:
        pytest.skip("no plan")
    found = prices(plan)
    base = {goal: anew(found, plan.case, goal) for goal in (COST, DEPENDENCE)}
    if base[COST] is not None:
        assert found.cost == pytest.approx(base[COST], rel=1e-7, abs=1e-4)
    for price in found.prices[:: max(1, len(found.prices) // 6)]:
        if not price.address:
            continue
        size = SIZES.get(price.unit, 1e6)
        for sign, goal, worth in (
            (1, COST, price.more_money), (1, DEPENDENCE, price.more_points),
            (-1, COST, price.less_money), (-1, DEPENDENCE, price.less_points),
        ):
            compared(found, base[goal], price, sign * size * worth.step, goal, worth)


KINDS = {"supply limit", "supply total", "lane limit", "market", "capacity", "most taken", "least take", "stock limit",
         "demand", "limit"}


def test_every_kind_of_number_is_found_on_the_rows_of_the_model() -> None:
    """A block of rows under another name would leave its numbers without a price, and nobody would see it."""
    found: set[str] = set()
    for seed in range(40):
        arrays = untightened(random_case(seed))
        values = np.zeros(len(arrays.columns))
        for j in np.flatnonzero(arrays.integer):
            values[j] = arrays.columns[j][0] == "sign"
        found |= {number.what for number in numbers(arrays, values)[1]}
        for number in numbers(arrays, values)[1]:
            assert resolve(arrays.case, number.address), number.address
    assert found == KINDS


def test_a_tonne_of_capacity_saves_what_it_makes_less_its_fixed_cost() -> None:
    """Works of 3 t make at 4 (feed 2, running 2) what is bought at 10, and cost 1 a tonne of capacity: a tonne more
    or less is worth 5.
    """
    case = little(*works(capacity=Series.of(3.0), fixed_cost=Series.of(1.0), run={"variable_cost": Series.of(2.0)}))
    price = priced(case, "capacity")
    assert (price.more_money.each, price.less_money.each) == (pytest.approx(-5.0), pytest.approx(5.0))


def compared(found: Prices, base: float | None, price: Price, by: float, goal: str, worth: Worth) -> None:
    if base is None:
        return
    change = Change(price.address, "plus", by, unit="")
    if price.what == "capacity" and next(k for k in found.plan.case.plants if k.name == price.name).capacity is None:
        if by < 0:
            return
        change = Change(price.address, "set", by, unit="")
    try:
        case = apply_changes(found.plan.case, [change], checked=False)
    except CaseError:
        # a number that may not fall below 0
        return
    after = anew(found, case, goal)
    if worth.each is None:
        assert after is None, (price, goal, after, base)
        return
    assert after is not None, (price, goal)
    scale = 1e-6 * max(1.0, abs(base)) if goal == COST else 1e-7
    assert worth.each * worth.step == pytest.approx(after - base, rel=1e-3, abs=scale), (price, goal)
