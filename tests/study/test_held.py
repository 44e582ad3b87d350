"""A plan held through futures: by hand, and equal to a model built for each future in full, on random cases."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from optimizer import Infeasible, SolveOptions, solve
from optimizer.case.case import Case
from optimizer.case.changes import apply_changes
from optimizer.case.findings import CaseError
from optimizer.case.schema import Lane, Material, Range, Series, Supply
from optimizer.model.compiled import Name
from optimizer.solve.plan import CheckRefused, Plan, Unsolved
from optimizer.study.decided import held as decisions
from optimizer.study.draws import draw
from optimizer.study.executor import Here
from optimizer.study.ground import Ground
from optimizer.study.held import Outcomes, held
from optimizer.study.moving import Axis
from optimizer.study.question import Question
from optimizer.study.soft import Soft, softened
from tests.cases.little import little, offer, works
from tests.random_cases import random_case
from tests.study.test_tornado import having, ranged

EXACT = SolveOptions(gap=0.0, unique=False, as_now=False)
S = Series.of


def decided(plan: Plan) -> dict[Name, int]:
    return {
        **{("sign", key): n for key, n in plan.amounts.sign.items()},
        **{("order", key): round(n) for key, n in plan.amounts.orders.items()},
        **{("modules", key): round(n) for key, n in plan.amounts.modules.items()},
        **{("chosen", ("Deals", name)): 1 for name, _, _ in plan.amounts.sign},
        **{("chosen", ("Plants", name)): 1 for name, _ in plan.amounts.orders},
    }


def through(case: Case, n: int = 20, *, quick: bool = True, soft: Soft | None = None, **how: object) -> Outcomes:
    plan = solve(case, EXACT)
    return held(soft or softened(case), decided(plan), draw(case, n, **how), quick=quick)  # type: ignore[arg-type]


def test_costs_of_a_signed_deal_by_hand() -> None:
    """4 t at 6 x under a deal that cost 10 to sign, while 6 x < 10, and what is needed beyond them at 10."""
    case = having(
        little(*offer(price=6.0, signing_cost=S(10.0))), ranged("Supply[of deal].price", 0.5, 2.5),
        ranged("Demand[need].tonnes", 0.5, 1.5),
    )
    draws = draw(case, 40)
    found = through(case, 40)
    need, price = 5 * draws.values[:, 1], 6 * draws.values[:, 0]
    clear = np.where(price < 10, np.minimum(need, 4.0), 0.0)
    assert found.cost == pytest.approx(10 + clear * price + (need - clear) * 10)
    assert found.dependence == pytest.approx(1 - clear / need)
    assert found.reach == pytest.approx(1 - np.minimum(need, 4.0) / need, abs=1e-9)
    assert found.share[:, 0] == pytest.approx(1 - clear / need)
    assert found.cash[:, 0] == pytest.approx(found.cost)
    assert found.needed[:, 0, 0] == pytest.approx(need)
    assert (found.built, found.why) == (3, "")


def test_what_cannot_be_served_goes_short() -> None:
    """The lane carries 5 x; beyond it demand of 5 t is short, at ten times the dearest price."""
    lane = Lane(name="from concern", material="product", origin="Concern", destination="Home", limit=S(5.0))
    case = little()
    rows = tuple(lane if row.key == lane.name else row for row in case.sheets["Lanes"])
    case = having(replace(case, sheets={**case.sheets, "Lanes": rows}), ranged("Lanes[from concern].limit", 0.0, 1.0))
    draws, found = draw(case, 10), through(case, 10)
    assert found.shortage == pytest.approx(5 * (1 - draws.values[:, 0]))
    assert found.cost == pytest.approx(50 * draws.values[:, 0] + 500 * (1 - draws.values[:, 0]))
    assert found.why == ""


def test_dependence_above_the_plan_s_is_priced_beside_the_cost() -> None:
    """20 % is held at 2 a point, so 40 a tonne above 1 t: at a limit of 4 x the outcome is cost + 40 (4 - 4 x)."""
    case = having(little(*offer(price=6.0)), ranged("Supply[of deal].limit", 0.5, 1.0))
    soft = softened(case, 0.2, 2.0)
    draws, found = draw(case, 10), through(case, 10, soft=soft)
    clear = 4 * draws.values[:, 0]
    assert found.cost == pytest.approx(6 * clear + 10 * (5 - clear))
    assert found.outcome == pytest.approx(found.cost + 40 * (4 - clear))


def test_products_of_two_numbers_are_exact() -> None:
    """Duty is a rate on a price: 4 t, each at p (1 + d), cost 4 p d more; and both are drawn."""
    rows = offer(price=6.0)
    case = little(
        Material(name="product", stage="product", price=S(10)), *rows[:2],
        Lane(name="by deal", material="product", origin="Ally", destination="Home", duty=S(0.1)),
    )
    case = having(case, ranged("Supply[of deal].price", 0.8, 1.2), ranged("Lanes[by deal].duty rate", 0.5, 1.5))
    draws, found = draw(case, 12), through(case, 12)
    price, duty = 6 * draws.values[:, 0], 0.1 * draws.values[:, 1]
    assert found.cost == pytest.approx(4 * price * (1 + duty) + 10)
    assert found.why == ""


def test_duty_on_the_lowest_of_two_prices_is_built_in_full() -> None:
    """A kink: where the other seller's price falls below, duty follows it. It is seen, and each future is built."""
    rows = offer(price=6.0)
    case = little(
        Material(name="product", stage="product", price=S(10)), *rows[:2],
        Lane(name="by deal", material="product", origin="Ally", destination="Home", duty=S(0.1)),
        Supply(name="other", place="Ally", material="product", price=S(6.5), limit=S(0.5), deals=(("deal",),)),
    )
    case = having(case, ranged("Supply[other].price", 0.5, 1.5))
    found = through(case, 12)
    assert "Supply[other].price does not move the model in proportion" in found.why
    assert found.built == 12
    assert found.cost == pytest.approx(through(case, 12, quick=False).cost)


def test_a_number_that_shapes_the_model_is_built_in_full() -> None:
    case = having(little(*offer(price=6.0), years=3), ranged("Deals[deal].lead", 0.0, 2.0, how="plus"))
    found = through(case, 6)
    assert "Deals[deal].lead" in found.why
    assert found.built == 6


def test_futures_are_equal_in_any_order() -> None:
    case = having(
        little(*offer(price=6.0), *works(capacity=S(2.0))), ranged("Supply[of deal].price", 0.5, 2.5),
        ranged("Supply[feed].price", 0.5, 5.0),
    )
    soft, plan, draws = softened(case), decided(solve(case, EXACT)), draw(case, 30)
    turned = replace(draws, quantiles=draws.quantiles[::-1], closes=draws.closes[::-1], scenario=draws.scenario[::-1])
    one, other = held(soft, plan, draws), held(soft, plan, turned)
    for name in ("outcome", "dependence", "share", "short", "cash"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name)[::-1])


def test_it_can_be_ended_and_has_the_futures_before() -> None:
    case = having(little(*offer(price=6.0)), ranged("Supply[of deal].price", 0.5, 2.5))
    plan, draws = decided(solve(case, EXACT)), draw(case, 10)
    whole = held(softened(case), plan, draws)
    part = held(softened(case), plan, draws, go_on=lambda done: done < 4)
    assert len(part) == 4
    np.testing.assert_array_equal(part.outcome, whole.outcome[:4])


def test_an_end_that_makes_a_faulty_case_is_told() -> None:
    case = having(little(*offer(price=6.0)), ranged("Supply[of deal].limit", -2.0, 1.0))
    with pytest.raises(CaseError):
        through(case, 10)


def test_a_deal_that_never_closes_is_paid_for_and_flows_nothing() -> None:
    """Signed for 2 a deal that saves 4 x (10 - 6) = 16: 36, and 52 where it fails; beside it the price of 6 moves."""
    case = having(
        little(*offer(price=6.0, signing_cost=S(2.0), chance=0.4)), ranged("Supply[of deal].price", 0.5, 1.5),
        ranged("Supply[of deal].limit", 0.0, 1.0),
    )
    draws, found = draw(case, 30), through(case, 30)
    price, most = 6 * draws.values[:, 0], 4 * draws.values[:, 1]
    assert found.cost == pytest.approx(52 - np.where(draws.closes[:, 0], most * (10 - price), 0.0))
    assert (found.built, found.why) == (3, "")


def test_a_switch_stands_at_its_high_end_and_moves_to_its_low() -> None:
    switch, number = Axis("deal", 0.0, 1.0, switch=True), Axis("price", 2.0, 4.0)
    assert (switch.inside, switch.end) == (1.0, 0.0)
    assert switch.part(np.array([0.0, 1.0])).tolist() == [1.0, 0.0]
    assert number.part(np.array([2.0, 2.8, 4.0])) == pytest.approx([-2 / 3, 0.0, 1.0])


# ---- against models built in full, on random cases

NUMBERS = (
    "Demand[*].tonnes", "Supply[*].price", "Supply[*].limit", "Deals[*].fee", "Deals[*].most", "Plants[*].capex",
    "Plants[*].capacity", "Lanes[*].freight", "Lanes[*].limit", "Runs[*].variable cost", "Deals[*].signing cost",
    "Materials[*].price", "Stocks[*].limit", "Limits[*].value", "Incentives[*].per tonne", "Plants[*].fixed cost",
)


def drawn_from(case: Case, seed: int) -> Case:
    """The case with five ranges that pass the checks at both ends."""
    rng, found = random.Random(seed), list[Range]()
    for address in rng.sample(NUMBERS, len(NUMBERS)):
        row = ranged(address, rng.choice((0.6, 0.9)), rng.choice((1.1, 1.4)), shape=rng.choice(("uniform", "PERT")))
        try:
            draws = draw(having(case, *found, row), 1)
            for changes in draws.ends():
                apply_changes(softened(case).case, changes)
        except (CaseError, ValueError):
            continue
        found.append(row)
        if len(found) == 5:
            break
    return having(case, *found)


@pytest.mark.parametrize("seed", range(10))
def test_held_futures_equal_models_built_in_full(seed: int) -> None:
    case = drawn_from(random_case(seed), seed)
    try:
        plan = solve(case, EXACT)
    except (Infeasible, Unsolved, CheckRefused):
        pytest.skip("no plan")
    soft, draws = softened(case, plan.claims.dependence, 5.0), draw(case, 7, seed=seed)
    quick, full = (held(soft, decided(plan), draws, quick=quick) for quick in (True, False))
    assert full.built == len(draws)
    np.testing.assert_allclose(quick.outcome, full.outcome, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_a_held_future_is_a_solve_of_the_changed_case_with_decisions_held(seed: int) -> None:
    """Asked as a question of the changed case, which the independent check then confirms."""
    case = drawn_from(random_case(seed), seed)
    try:
        plan = solve(case, EXACT)
    except (Infeasible, Unsolved, CheckRefused):
        pytest.skip("no plan")
    soft, draws = softened(case, plan.claims.dependence, 5.0), draw(case, 2, seed=seed)
    found, ground = held(soft, decided(plan), draws), Ground(soft.case, EXACT)
    for i in range(2):
        changes = draws.changes(i)
        question = Question(("cost",), changes=changes, held=decisions(ground.arrays(changes), plan.amounts))
        (answer,) = Here(ground).ask([question])
        if not answer.found:
            assert np.isnan(found.outcome[i])
            continue
        checked = ground.plan(question, answer)
        assert found.outcome[i] == pytest.approx(checked.claims.cost, rel=1e-6, abs=1e-6)
