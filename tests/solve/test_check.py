"""The independent check on plans made by hand: what is right is accepted, what is wrong in one place is refused.

The world is that of :mod:`tests.cases.little`: home needs 5 t of product a year, which a place of concern sells at 10 a
tonne. No solver takes part: amounts and claims are worked out in the docstrings.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from optimizer.case.case import Case
from optimizer.case.schema import Lane, Material, RecipeLine, Row, Series, Stock, Supply
from optimizer.solve.amounts import Amounts, Claims
from optimizer.solve.check import check_plan
from tests.cases.little import FIRST, S, little, works

Y0, Y1, Y2 = FIRST, FIRST + 1, FIRST + 2
Cash = Mapping[tuple[str, int], float]


def claimed(
    cash: Cash, dependent: Mapping[int, float], dependence: float = 1.0, mean: float = 1.0,
    charged: Mapping[str, float] | None = None, **more: Any,
) -> Claims:
    """Claims whose charges are the sum of cash (no discounting) but where given; one payer, headings as items."""
    sums: dict[str, float] = {}
    for (item, _), amount in cash.items():
        sums[item] = sums.get(item, 0.0) + amount
    sums.update(charged or {})
    return Claims(
        dependence, mean, sum(v for item, v in sums.items() if item != "incentives paid"), dict(dependent),
        {(item, item, "home", t): v for (item, t), v in cash.items()},
        {(item, item, "home"): v for item, v in sums.items()}, **more,
    )


def refused(case: Case, amounts: Amounts, claims: Claims, *words: str, **bounds: float) -> None:
    """The check refuses the plan, in one sentence with all of `words`."""
    complaints = check_plan(case, amounts, claims, **bounds)
    assert any(all(word in sentence for word in words) for sentence in complaints), complaints


def bought(tonnes: float, years: int = 2, **families: Any) -> Amounts:
    """All product from the place of concern: `tonnes` bought and shipped a year, 5 t served exposed."""
    all_years = range(Y0, Y0 + years)
    return Amounts(
        buy={("exposed", t): tonnes for t in all_years},
        ship={("from concern", t, "exposed"): tonnes for t in all_years},
        serve={("need", t, "exposed"): 5.0 for t in all_years},
        **families,
    )


def plain(years: int = 2) -> tuple[Amounts, Claims]:
    """The plan without any choice: 50 of purchases a year, everything dependent."""
    cash = {("purchases", t): 50.0 for t in range(Y0, Y0 + years)}
    return bought(5.0, years), claimed(cash, dict.fromkeys(range(Y0, Y0 + years), 5.0))


# --- the whole plan


def test_a_plan_that_is_right_is_accepted() -> None:
    assert check_plan(little(years=2), *plain(), budget=100.0, cap=1.0) == ()


@pytest.mark.parametrize("family", ["buy", "ship", "serve"])
@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_every_amount_moved_by_a_hundredth_is_refused(family: str, factor: float) -> None:
    amounts, claims = plain()
    for key, amount in getattr(amounts, family).items():
        wrong = replace(amounts, **{family: {**getattr(amounts, family), key: amount * factor}})
        assert check_plan(little(years=2), wrong, claims), key


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"cost": 101.0}, ("cost:", "101.000000 USD is not 100.000000 USD")),
        ({"dependence": 0.99}, ("dependence on the glide path", "0.990000", "1.000000")),
        ({"mean_dependence": 0.99}, ("mean dependence", "0.990000")),
        ({"dependent": {Y0: 5.0}}, (f"tonnes dependent in {Y1}", "5.000000 t")),
        ({"dependent": {Y0: 5.0, Y1: 5.0, 2050: 1.0}}, ("2050", "no year of the case")),
        ({"cash": {}}, (f"cash of purchases of 'home' in {Y0}", "50.000000 USD")),
        ({"charged": {}}, ("charge of purchases of 'home'", "100.000000 USD")),
        ({"criteria": {"jobs": 1.0}}, ("no criterion 'jobs'",)),
        ({"cost": math.nan}, ("cost", "no number")),
        ({"dependent": {Y0: math.nan, Y1: 5.0}}, ("tonnes dependent", "no number")),
    ],
)
def test_every_claim_is_recomputed(wrong: dict[str, Any], words: tuple[str, ...]) -> None:
    amounts, claims = plain()
    refused(little(years=2), amounts, replace(claims, **wrong), *words)


def test_the_cash_of_each_year_is_recomputed_in_a_case_of_little_money() -> None:
    """A price of 0.001 makes 0.01 of cash: a slip of 1 % of it is seen all the same."""
    case = little(Supply(name="penny", place="Ally", material="product", price=S(0.001)),
                  Lane(name="l", material="product", origin="Ally", destination="Home"))
    amounts = Amounts(buy={("penny", Y0): 5.0}, ship={("l", Y0, "clear"): 5.0}, serve={("need", Y0, "clear"): 5.0})
    right = claimed({("purchases", Y0): 0.005}, {Y0: 0.0}, 0.0, 0.0)
    assert check_plan(case, amounts, right) == ()
    wrong = claimed({("purchases", Y0): 0.00505}, {Y0: 0.0}, 0.0, 0.0)
    refused(case, amounts, wrong, "cash of purchases")


def test_budget_and_cap_are_kept() -> None:
    refused(little(years=2), *plain(), "budget", "100.000000 USD is above 99.000000 USD", budget=99.0)
    refused(little(years=2), *plain(), "cap", "1.000000", "0.900000", cap=0.9)


# --- amounts that cannot be read


@pytest.mark.parametrize(
    ("family", "key", "amount", "words"),
    [
        ("buy", ("nowhere", Y0), 1.0, ("no supply 'nowhere'",)),
        ("buy", ("exposed", 2050), 1.0, ("no year '2050'",)),
        ("buy", ("exposed", Y0), -1.0, ("negative",)),
        ("buy", ("exposed", Y0), math.nan, ("no number",)),
        ("buy", ("exposed", Y0), math.inf, ("no number",)),
        ("ship", ("from concern", Y0, "grey"), 1.0, ("no class 'grey'",)),
        ("ship", ("by air", Y0, "clear"), 1.0, ("no lane 'by air'",)),
        ("run", ("works", "make", Y0, "clear"), 1.0, ("no plant 'works'",)),
        ("sell", ("Mars", "product", Y0, "clear"), 1.0, ("no place 'Mars'",)),
        ("discard", ("Home", "dust", Y0, "clear"), 1.0, ("no material 'dust'",)),
        ("broken", ("cap", Y0), 1.0, ("no limit 'cap'",)),
        ("grant", ("aid", "works", Y0), 1.0, ("no incentive 'aid'",)),
        ("paid_output", ("aid", "works", Y0, Y0), 1.0, ("no incentive 'aid'",)),
        ("sign", ("deal", Y0, 1), 1, ("no deal 'deal'",)),
        ("alloc", ("deal", "Boats", "exposed", Y0), 1.0, ("no sheet 'Boats'",)),
        ("short", ("need",), 1.0, ("short of need", "demand line, year")),
        ("modules", ("works", Y0), 0.5, ("no whole number",)),
    ],
)
def test_amounts_of_unknown_things_and_no_amounts_are_refused(
    family: str, key: Any, amount: float, words: tuple[str, ...]
) -> None:
    amounts, claims = plain()
    wrong = replace(amounts, **{family: {**getattr(amounts, family), key: amount}})
    refused(little(years=2), wrong, claims, *words)


def test_a_recipe_that_the_plant_does_not_run_is_refused() -> None:
    case = little(*works(capacity=S(3.0)), RecipeLine(recipe="other", material="product", role="output", amount=1.0))
    amounts = replace(bought(5.0, 1), run={("works", "other", Y0, "clear"): 1.0})
    refused(case, amounts, plain(1)[1], "no run of 'other' at 'works'")


# --- balances and classes


def test_exposed_material_is_not_served_as_clear() -> None:
    amounts = replace(bought(5.0, 1), serve={("need", Y0, "clear"): 5.0})
    claims = claimed({("purchases", Y0): 50.0}, {Y0: 0.0}, 0.0, 0.0)
    refused(little(), amounts, claims, f"balance of clear 'product' at 'Home' in {Y0}", "t is not 0.000000 t")


def test_a_loss_on_the_way_leaves_the_balance() -> None:
    """With 20 % lost, 6.25 t must be shipped for 5 t."""
    lane = Lane(name="lossy", material="product", origin="Concern", destination="Home", loss=0.2)
    case = little(lane)
    def amounts(tonnes: float) -> Amounts:
        return Amounts(buy={("exposed", Y0): tonnes}, ship={("lossy", Y0, "exposed"): tonnes},
                       serve={("need", Y0, "exposed"): 5.0})
    assert check_plan(case, amounts(6.25), claimed({("purchases", Y0): 62.5}, {Y0: 5.0})) == ()
    refused(case, amounts(5.0), claimed({("purchases", Y0): 50.0}, {Y0: 5.0}), "balance of exposed 'product'", "Home")


def made(clear: float, exposed: float, tonnes: float = 4.0, keeps: float = 0.0) -> tuple[Amounts, Claims]:
    """A run of 4 t on clear feed at 2; the rest of the need comes from the place of concern."""
    rest = 5.0 - clear - exposed
    amounts = Amounts(
        run={("works", "make", Y0, "clear"): tonnes},
        buy={("feed", Y0): tonnes, ("exposed", Y0): rest},
        ship={("from concern", Y0, "exposed"): rest},
        serve={("need", Y0, "clear"): clear, ("need", Y0, "exposed"): exposed + rest},
    )
    cash = {("purchases", Y0): 2.0 * tonnes + 10.0 * rest}
    if keeps:
        cash["partner credit", Y0] = -keeps * 2.0 * tonnes
    share = (exposed + rest) / 5.0
    return amounts, claimed(cash, {Y0: exposed + rest}, share, share)


def test_a_plant_yields_its_exposed_share_exposed() -> None:
    """A quarter of 4 t is exposed: 3 t clear and 1 t exposed, never 4 t clear."""
    case = little(*works(capacity=S(4.0), exposed_share=0.25))
    assert check_plan(case, *made(3.0, 1.0)) == ()
    refused(case, *made(4.0, 0.0), "balance of clear 'product'")


def test_what_the_partner_keeps_is_not_there() -> None:
    """The partner keeps a quarter of 4 t and pays for that share of feed (8)."""
    case = little(*works(capacity=S(4.0), partner_keeps=0.25))
    assert check_plan(case, *made(3.0, 0.0, keeps=0.25)) == ()
    refused(case, *made(4.0, 0.0, keeps=0.25), "balance of clear 'product'")
    refused(case, *made(3.0, 0.0), "cash of partner credit")


@pytest.mark.parametrize(("inputs", "accepted"), [(2, True), (1, False)])
def test_relabelling_only_where_a_recipe_has_two_inputs(inputs: int, accepted: bool) -> None:
    """Clear feed goes with exposed salt into an exposed run; without salt there is nothing to relabel for."""
    salt: list[Row] = [
        Material(name="salt", stage="feed"),
        Supply(name="salt", place="Home", material="salt", price=S(1.0), exposed_share=1.0),
    ]
    if inputs == 2:
        salt.append(RecipeLine(recipe="make", material="salt", role="input", amount=1.0))
    buy = {("feed", Y0): 5.0} | ({("salt", Y0): 5.0} if inputs == 2 else {})
    amounts = Amounts(
        run={("works", "make", Y0, "exposed"): 5.0}, buy=buy, relabel={("Home", "feed", Y0): 5.0},
        serve={("need", Y0, "exposed"): 5.0},
    )
    case, claims = little(*works(*salt, capacity=S(5.0))), claimed({("purchases", Y0): 5.0 + 5.0 * inputs}, {Y0: 5.0})
    if accepted:
        assert check_plan(case, amounts, claims) == ()
        refused(case, replace(amounts, relabel={("Home", "feed", Y0): 5.05}), claims, "balance of clear 'feed'")
    else:
        refused(case, amounts, claims, "'feed' may not be relabelled at 'Home'")


def test_an_exposed_run_without_inputs_is_refused() -> None:
    rows = [row for row in works(capacity=S(5.0)) if not isinstance(row, RecipeLine) or row.role == "output"]
    amounts = Amounts(run={("works", "make", Y0, "exposed"): 5.0}, serve={("need", Y0, "exposed"): 5.0})
    refused(little(*rows), amounts, claimed({}, {Y0: 5.0}), "runs 'make' exposed", "no inputs")


# --- what may leave


def extra(family: str, item: str, amount: float) -> tuple[Amounts, Claims]:
    """6 t bought, 5 t served, the sixth sold or discarded at home."""
    amounts = bought(6.0, 1, **{family: {("Home", "product", Y0, "exposed"): 1.0}})
    return amounts, claimed({("purchases", Y0): 60.0} | ({(item, Y0): amount} if amount else {}), {Y0: 5.0})


@pytest.mark.parametrize(
    ("material", "words"),
    [
        ({"market": S(1.0)}, ()),
        ({}, ("'Home' may not sell 'product'",)),
        ({"market": S(0.5)}, ("market of 'product'", "1.000000 t is above 0.500000 t")),
        ({"market": S(1.0), "sold_at": ("Ally",)}, ("'Home' may not sell 'product'",)),
    ],
)
def test_sales_keep_to_the_market_and_its_places(material: dict[str, Any], words: tuple[str, ...]) -> None:
    case = little(Material(name="product", stage="product", price=S(10.0), **material))
    plan = extra("sell", "sales", -10.0)
    if words:
        refused(case, *plan, *words)
    else:
        assert check_plan(case, *plan) == ()
        refused(case, *extra("sell", "sales", -11.0), "cash of sales", "-11.000000 USD is not -10.000000 USD")


def test_only_what_may_be_discarded_is() -> None:
    free = Material(name="product", stage="product", price=S(10.0), discarding=3.0)
    assert check_plan(little(free), *extra("discard", "discarding", 3.0)) == ()
    refused(little(), *extra("discard", "discarding", 0.0), "'product' may not be discarded")


# --- capacity and limits of supply and lanes


def test_capacity_is_kept() -> None:
    assert check_plan(little(*works(capacity=S(4.0))), *made(4.0, 0.0)) == ()
    refused(little(*works(capacity=S(3.9))), *made(4.0, 0.0), f"capacity of 'works' in {Y0}",
            "4.000000 t is above 3.900000 t")
    refused(little(*works(capacity=S(4.0), run={"capacity_used": 1.5})), *made(4.0, 0.0), "6.000000 t is above")


def test_a_plant_switched_off_does_not_run() -> None:
    rows = works(capacity=S(4.0))
    rows[0] = rows[0].model_copy(update={"use": False})
    refused(little(*rows), *made(4.0, 0.0), "no plant 'works'")
    assert check_plan(little(*rows), *plain(1)) == ()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((Supply(name="other", place="Concern", material="product", price=S(10.0), limit=S(4.0)),),
         (f"limit of Supply[other] in {Y0}", "5.000000 t is above 4.000000 t")),
        ((Supply(name="other", place="Concern", material="product", price=S(10.0), total=9.0),),
         ("total of Supply[other]", "10.000000 t is above 9.000000 t")),
        ((Lane(name="way", material="product", origin="Concern", destination="Home", limit=S(4.0)),),
         (f"limit of Lanes[way] in {Y1}", "5.000000 t is above 4.000000 t")),
        ((Lane(name="way", material="product", origin="Concern", destination="Home", from_year=Y1),),
         ("Lanes[way]", f"in {Y0}, when it is closed")),
        ((Lane(name="way", material="product", origin="Concern", destination="Home", to_year=Y0),),
         ("Lanes[way]", f"in {Y1}, when it is closed")),
    ],
)
def test_supply_and_lanes_keep_to_their_limits(rows: tuple[Row, ...], words: tuple[str, ...]) -> None:
    names = {type(row).sheet: row.key for row in rows}
    supply, lane = names.get("Supply", "exposed"), names.get("Lanes", "from concern")
    amounts = Amounts(
        buy={(supply, t): 5.0 for t in (Y0, Y1)}, ship={(lane, t, "exposed"): 5.0 for t in (Y0, Y1)},
        serve={("need", t, "exposed"): 5.0 for t in (Y0, Y1)},
    )
    refused(little(*rows, years=2), amounts, plain()[1], *words)


# --- demand


def short_of(tonnes: float) -> tuple[Amounts, Claims]:
    """Some of the need goes short at 7 a tonne; shortage counts as dependent."""
    rest = 5.0 - tonnes
    amounts = Amounts(
        buy={("exposed", Y0): rest}, ship={("from concern", Y0, "exposed"): rest},
        serve={("need", Y0, "exposed"): rest}, short={("need", Y0): tonnes},
    )
    return amounts, claimed({("purchases", Y0): 10.0 * rest, ("shortage", Y0): 7.0 * tonnes}, {Y0: 5.0})


def demanding(**demand: Any) -> Case:
    """The world with another demand."""
    case = little()
    rows = tuple(row.model_copy(update=demand) for row in case.sheets["Demand"])
    return Case(case.settings, {**case.sheets, "Demand": rows}, case.origin)


def test_shortage_keeps_to_the_floor_and_is_paid_for() -> None:
    assert check_plan(demanding(floor=S(0.5), shortage_cost=S(7.0)), *short_of(2.0)) == ()
    refused(demanding(floor=S(0.8), shortage_cost=S(7.0)), *short_of(2.0), "shortage of Demand[need]",
            "2.000000 t is above 1.000000 t")
    refused(demanding(floor=S(0.5), shortage_cost=S(9.0)), *short_of(2.0), "cash of shortage")


def test_what_is_neither_served_nor_short_is_missed() -> None:
    amounts, claims = short_of(2.0)
    refused(demanding(floor=S(0.5), shortage_cost=S(7.0)), replace(amounts, short={("need", Y0): 1.0}), claims,
            f"Demand[need] in {Y0}", "4.000000 t is not 5.000000 t")


def test_the_clear_share_is_kept() -> None:
    refused(demanding(clear_share=S(0.4)), *plain(1), "exposed part of Demand[need]", "5.000000 t is above 3.000000 t")


def test_dependence_counts_lines_by_weight_and_years_by_the_glide() -> None:
    assert check_plan(demanding(weight=2.0), bought(5.0, 1), claimed({("purchases", Y0): 50.0}, {Y0: 10.0})) == ()
    refused(demanding(weight=2.0), *plain(1), "tonnes dependent", "5.000000 t is not 10.000000 t")
    half = little(years=2, glide=Series(points=((Y0, 0.5), (Y1, 1.0))))
    assert check_plan(half, *plain()) == ()


# --- stocks


def stocked(first: float, last: float) -> tuple[Amounts, Claims]:
    """2 t exposed lie there at the start; `first` and `last` at the years' ends, at 1 a tonne."""
    tonnes = {Y0: 3.0 + first, Y1: 5.0 - first + last}
    amounts = Amounts(
        buy={("exposed", t): v for t, v in tonnes.items()},
        ship={("from concern", t, "exposed"): v for t, v in tonnes.items()},
        serve={("need", t, "exposed"): 5.0 for t in tonnes},
        stock={("pile", Y0, "exposed"): first, ("pile", Y1, "exposed"): last},
    )
    cash = {("purchases", t): 10.0 * v for t, v in tonnes.items()}
    return amounts, claimed({**cash, ("holding", Y0): first, ("holding", Y1): last}, {Y0: 5.0, Y1: 5.0})


def pile(**stock: Any) -> Case:
    """The world with a stock of 2 t exposed."""
    given = {"name": "pile", "place": "Home", "material": "product", "opening_exposed": 2.0, "holding_cost": S(1.0)}
    return little(Stock.model_validate({**given, **stock}), years=2)


def test_a_stock_runs_on_and_closes_as_it_opened() -> None:
    assert check_plan(pile(), *stocked(3.0, 2.0)) == ()
    refused(pile(), *stocked(3.0, 1.0), "closing amount of Stocks[pile]", "1.000000 t is below 2.000000 t")
    assert check_plan(pile(closing_exposed=1.0), *stocked(3.0, 1.0)) == ()
    refused(pile(closing_clear=1.0), *stocked(3.0, 3.0), "closing clear amount", "0.000000 t is below 1.000000 t")


@pytest.mark.parametrize(
    ("stock", "words"),
    [
        ({"limit": S(2.5)}, ("limit of Stocks[pile]", "3.000000 t is above 2.500000 t")),
        ({"reserve": S(2.5)}, (f"reserve of Stocks[pile] in {Y1}", "2.000000 t is below 2.500000 t")),
        ({"reserve": S(292.0), "reserve_unit": "days"}, (f"in {Y0}", "3.000000 t is below 4.000000 t")),
        ({"reserve": S(1.0), "reserve_class": "clear"}, ("0.000000 t is below 1.000000 t",)),
        ({"holding_cost": S(2.0)}, ("cash of holding",)),
        ({"opening_exposed": 3.0}, (f"balance of exposed 'product' at 'Home' in {Y0}",)),
    ],
)
def test_a_stock_keeps_to_limit_and_reserve(stock: dict[str, Any], words: tuple[str, ...]) -> None:
    refused(pile(**stock), *stocked(3.0, 2.0), *words)


def test_a_need_abroad_has_no_part_in_dependence() -> None:
    """The same need at the place of concern has weight 0: nothing is dependent, and dependence is 0."""
    case = demanding(place="Concern")
    amounts = Amounts(buy={("exposed", Y0): 5.0}, serve={("need", Y0, "exposed"): 5.0})
    assert check_plan(case, amounts, claimed({("purchases", Y0): 50.0}, {}, 0.0, 0.0)) == ()
    refused(case, amounts, claimed({("purchases", Y0): 50.0}, {Y0: 5.0}, 0.0, 0.0), "tonnes dependent")
