"""What must hold for every case: relaxing never worsens, names and order do not matter, the check sees every slip."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.case.case import Case
from optimizer.case.schema import Row, Series, column_of
from optimizer.solve.amounts import Amounts
from optimizer.solve.check import check_plan
from optimizer.solve.plan import Infeasible, Plan, SolveOptions
from optimizer.solve.solve import solve
from tests.random_cases import random_case

EXACT = SolveOptions(gap=0.0, as_now=False, unique=False)
SEEDS = st.integers(0, 400)


def cheapest(case: Case) -> Plan | None:
    """The least cost plan, None where there is none."""
    try:
        return solve(case, replace(EXACT, goal="cost", then=()))
    except Infeasible:
        return None


def worse(first: float, second: float) -> bool:
    """Whether `first` lies above `second` by more than the solver's rounding."""
    return first > second + 1e-6 * max(1.0, abs(second))


def values(row: Row) -> dict[str, object]:
    """The fields of a row (`dict(row)` would take its class attribute `keys` for a method)."""
    return {name: getattr(row, name) for name in type(row).model_fields}


def changed(case: Case, sheet: str, number: int, **fields: object) -> Case:
    """The case with some fields of one row set anew."""
    rows = list(case.sheets[sheet])
    rows[number] = type(rows[number]).model_validate({**values(rows[number]), **fields})
    return Case(case.settings, {**case.sheets, sheet: tuple(rows)}, case.origin)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(SEEDS)
def test_relaxing_a_limit_never_worsens_the_goal(seed: int) -> None:
    case = random_case(seed)
    before = cheapest(case)
    for sheet, field in (("Supply", "limit"), ("Lanes", "limit")):
        for i, row in enumerate(case.sheets.get(sheet, ())):
            limit = getattr(row, field)
            if before is None or limit is None:
                continue
            wider = Series(points=tuple((t, limit.at(t) * 1.5 + 1) for t in case.years))
            after = cheapest(changed(case, sheet, i, **{field: wider}))
            assert after is not None
            assert not worse(after.claims.cost, before.claims.cost), (sheet, row.key)
            break


@settings(max_examples=15, deadline=None, derandomize=True)
@given(SEEDS)
def test_dropping_an_option_never_helps(seed: int) -> None:
    case = random_case(seed)
    before = cheapest(case)
    for sheet in ("Deals", "Plants"):
        rows = case.sheets.get(sheet, ())
        # A deal or plant of the past is no option: without it the case is another one.
        options = [i for i, row in enumerate(rows) if not (getattr(row, "signed_in", None) or _standing(row))]
        if not options or before is None:
            continue
        fields = {"window_from": case.years[-1] + 50, "window_to": case.years[-1] + 50}
        after = cheapest(changed(case, sheet, options[0], **fields))
        assert after is None or not worse(before.claims.cost, after.claims.cost), (sheet, rows[options[0]].key)


def _standing(row: Row) -> bool:
    return bool(getattr(row, "capacity", None) or getattr(row, "ordered_in", ()))


@settings(max_examples=12, deadline=None, derandomize=True)
@given(SEEDS)
def test_the_order_of_rows_changes_no_goal(seed: int) -> None:
    case = random_case(seed)
    mixed = {sheet: tuple(random.Random(seed).sample(rows, len(rows))) for sheet, rows in case.sheets.items()}
    before, after = cheapest(case), cheapest(Case(case.settings, mixed, case.origin))
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert after.claims.cost == pytest.approx(before.claims.cost, rel=1e-6, abs=1e-3)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(SEEDS)
def test_money_in_another_currency_changes_cost_by_its_rate_alone(seed: int) -> None:
    case = random_case(seed)
    before, after = cheapest(case), cheapest(in_other_money(case, 95.0))
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert after.claims.cost == pytest.approx(95.0 * before.claims.cost, rel=1e-5, abs=1.0)


def in_other_money(case: Case, rate: float) -> Case:
    """The same case with all money told in a currency of which `rate` make one of the old one."""
    def told(row: Row) -> Row:
        fields = values(row)
        for name, field in type(row).model_fields.items():
            column, value = column_of(field), fields[name]
            spend = getattr(row, "measure", "") == "spend"
            money = column.dimension in ("money", "money per mass") or (
                column.dimension == "by measure" and spend
            ) or (column.dimension == "price of breaking" and not spend)
            if money and isinstance(value, Series):
                fields[name] = Series(
                    points=tuple((y, v * rate) for y, v in value.points),
                    constant=None if value.constant is None else value.constant * rate,
                )
            elif money and isinstance(value, float):
                fields[name] = value * rate
        return type(row).model_validate(fields)

    sheets = {sheet: tuple(told(row) for row in rows) for sheet, rows in case.sheets.items()}
    budgets = {name: getattr(case.settings, name) for name in ("budget", "budget_above_least_cost")}
    told_too = {name: None if amount is None else amount * rate for name, amount in budgets.items()}
    return Case(case.settings.model_copy(update=told_too), sheets, case.origin)


def moved(plan: Plan) -> list[tuple[str, Amounts]]:
    """The plan's amounts with one of them moved: flows by 1 %, a signing or an order by a year."""
    found = []
    money = ("grant", "broken")
    tonnes = [
        abs(v) for f in Amounts.families() if f not in money for v in getattr(plan.amounts, f).values()
    ]
    for family in Amounts.families():
        amounts = dict(getattr(plan.amounts, family))
        # The promise is for amounts above 1e-3 of their row: the largest flow of the plan stands for every row's.
        scale = max((abs(v) for v in amounts.values()), default=0.0) if family in money else max(tonnes, default=0.0)
        for key, value in amounts.items():
            if family in ("sign", "orders", "modules"):
                other = {**amounts}
                del other[key]
                other[key[0], key[1] + 1, *key[2:]] = value
            elif abs(value) > 1e-3 * scale:
                other = {**amounts, key: value * 1.01}
            else:
                continue
            found.append((f"{family}{key}", replace(plan.amounts, **{family: other})))
    return found


@settings(max_examples=20, deadline=None, derandomize=True)
@given(SEEDS)
def test_the_check_accepts_plans_and_rejects_every_slip(seed: int) -> None:
    case = random_case(seed)
    try:
        plan = solve(case, EXACT)
    except Infeasible:
        return
    assert plan.checked
    assert not check_plan(case, plan.amounts, plan.claims)
    for what, amounts in moved(plan):
        assert check_plan(case, amounts, plan.claims), what


def test_equal_input_gives_equal_plans() -> None:
    case = random_case(3)
    try:
        first, second = solve(case, EXACT), solve(case, EXACT)
    except Infeasible:
        pytest.skip("this seed has no plan")
    assert first.amounts == second.amounts
    assert first.claims == second.claims
