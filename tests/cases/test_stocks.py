"""MODEL.md 4.10: stocks, reserves and what is left at the end."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Demand, Stock, Supply
from tests.cases.little import from_first, little, source, works
from tests.cases.world import Runner, S, proves


def stock(**terms: object) -> Stock:
    return Stock.model_validate({"name": "store", "place": "Home", "material": "product", **terms})


@proves("stocks")
def test_opening_and_closing(run: Runner) -> None:
    """2 t at the start must be there at the end, unless said otherwise: 50; emptied 30; a third put to them 60."""
    assert run(little(stock(opening_clear=2.0))).claims.cost == pytest.approx(50)
    assert run(little(stock(opening_clear=2.0, closing_clear=0.0))).claims.cost == pytest.approx(30)
    assert run(little(stock(opening_clear=2.0, closing_exposed=1.0))).claims.cost == pytest.approx(60)


@proves("stocks")
def test_clear_closing_may_stand_for_exposed(run: Runner) -> None:
    """2 t clear at the start, 2 t of both at the end: they are used and exposed ones put back, 3 of 5 t dependent.

    Where the closing must be clear as the opening was, all 5 t are.
    """
    swapped = run(little(stock(opening_clear=2.0, closing_clear=0.0, closing_exposed=2.0), goal="dependence"))
    assert swapped.claims.dependence == pytest.approx(0.6)
    assert run(little(stock(opening_clear=2.0), goal="dependence")).claims.dependence == pytest.approx(1)


@proves("stocks", "dependence")
def test_stocked_exposed_goods_stay_exposed(run: Runner) -> None:
    """2 t exposed at the start and none at the end serve 2 of 5 t at home, all dependent still; clear ones 0.6."""
    exposed = stock(opening_exposed=2.0, closing_exposed=0.0)
    assert run(little(exposed, goal="dependence")).claims.dependence == pytest.approx(1)
    clear = stock(opening_clear=2.0, closing_clear=0.0)
    assert run(little(clear, goal="dependence")).claims.dependence == pytest.approx(0.6)


@proves("stocks", "items")
def test_carrying_over_with_limit_and_holding_cost(run: Runner) -> None:
    """Clear product at 6 in 2030 and 10 after: 5 + 5 t in 2030 and 1 a tonne held, 65; 3 t at most 71; no stock 80."""
    rows = source().copy()
    rows[0] = rows[0].model_copy(update={"price": from_first(6, 10)})
    held = stock(holding_cost=S(1))
    assert run(little(*rows, held, years=2)).claims.cost == pytest.approx(65)
    assert run(little(*rows, held.model_copy(update={"limit": S(3)}), years=2)).claims.cost == pytest.approx(71)
    assert run(little(*rows, years=2)).claims.cost == pytest.approx(80)


@proves("stocks")
def test_reserve_in_tonnes(run: Runner) -> None:
    """2 t at the end of each year, bought once: 120, or 122 where only 2030 asks for 2 t and 2031 for 2.2 t."""
    assert run(little(stock(reserve=S(2)), years=2)).claims.cost == pytest.approx(120)
    assert run(little(stock(reserve=from_first(2, 2.2)), years=2)).claims.cost == pytest.approx(122)


@proves("stocks")
def test_reserve_in_days_of_next_year(run: Runner) -> None:
    """73 days of 10 t next year are 2 t at the end of 2030; in 2031, the last, 2 t of its own: 170 + 4 for holding.

    Of each year's own 1 and 2 t would be held: 173.
    """
    days = stock(reserve=S(73), reserve_unit="days", holding_cost=S(1))
    assert run(little(days, need=from_first(5, 10), years=2)).claims.cost == pytest.approx(174)


@proves("stocks")
def test_reserve_in_days_of_what_plants_use(run: Runner) -> None:
    """5 t of product take 10 t of feed, of which 73 days are 2 t: 12 t at 2; without the reserve 20."""
    feed = stock(material="feed", reserve=S(73), reserve_unit="days")
    assert run(little(*works(capacity=S(5), feed=2.0), feed)).claims.cost == pytest.approx(24)


@proves("stocks")
def test_reserve_class(run: Runner) -> None:
    """1 t held, clear at 12 (62) or any at 10 (60).

    In days of clear material, 73 of the 2 t of clear material that must be served: 0.4 t at 12, 54 + 4.80; of any,
    73 of 5 t at 10: 54 + 10.
    """
    held = stock(reserve=S(1))
    assert run(little(*source(12), held)).claims.cost == pytest.approx(60)
    assert run(little(*source(12), held.model_copy(update={"reserve_class": "clear"}))).claims.cost == (
        pytest.approx(62)
    )
    more = Demand(name="more", sector="more", place="Home", material="product", tonnes=S(5), clear_share=S(0.4))
    days = stock(reserve=S(73), reserve_unit="days", reserve_class="clear")
    assert run(little(*source(12), days, more, need=0.0)).claims.cost == pytest.approx(58.8)
    both = days.model_copy(update={"reserve_class": "any"})
    assert run(little(*source(12), both, more, need=0.0)).claims.cost == pytest.approx(64)


@proves("stocks", "balance")
def test_a_stock_abroad(run: Runner) -> None:
    """The ally holds 2 t for home, which saves 2 x 10: 30; where there is no lane from there, 50."""
    away = stock(place="Ally", opening_clear=2.0, closing_clear=0.0)
    rows = source(20)
    assert run(little(*rows, away)).claims.cost == pytest.approx(30)
    lonely = [row for row in rows if isinstance(row, Supply)]
    if run.way == "memory":
        assert run(little(*lonely, away)).claims.cost == pytest.approx(50)
