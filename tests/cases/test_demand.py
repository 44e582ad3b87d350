"""MODEL.md 4.6 and 5: what is served, what goes short, and what counts as dependent."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Demand, Lane, Row, Series
from optimizer.solve.plan import Infeasible
from tests.cases.little import little, source, works
from tests.cases.world import Runner, S, proves


def need(*, name: str = "more", place: str = "Home", **line: object) -> Demand:
    return Demand.model_validate({"name": name, "sector": name, "place": place, "material": "product", **line})


@proves("demand", "items")
@pytest.mark.parametrize(("shortage", "cost"), [(4, 88), (12, 100)])
def test_floor_and_shortage_cost(run: Runner, shortage: float, cost: float) -> None:
    """Of another 5 t 60 % must be served: at 4 a tonne 2 t go short (50 + 30 + 8), at 12 none (100). Hard: 100."""
    line = need(tonnes=S(5), floor=S(0.6), shortage_cost=S(shortage))
    assert run(little(line)).claims.cost == pytest.approx(cost)


@proves("demand")
def test_clear_share(run: Runner) -> None:
    """40 % of another 5 t from clear sources at 12: 50 + 3 x 10 + 2 x 12 = 104; without it 100.

    With a floor of 80 % and a shortage cost of 1 the tonne that goes short counts too: 50 + 30 + 12 + 1 = 93.
    """
    hard = need(tonnes=S(5), clear_share=S(0.4))
    assert run(little(*source(12), hard)).claims.cost == pytest.approx(104)
    soft = hard.model_copy(update={"floor": S(0.8), "shortage_cost": S(1)})
    assert run(little(*source(12), soft)).claims.cost == pytest.approx(93)


@proves("demand")
def test_what_cannot_be_served_leaves_no_plan(run: Runner) -> None:
    """A clear share of 80 % and 3 t of clear product at most for 5 t: no plan; at 60 % there is one, for 56."""
    rows = source(12, limit=S(3), total=3.0)
    asked = {"name": "need", "sector": "need", "place": "Home", "material": "product", "tonnes": S(5)}
    base = little(*rows)
    for share in (0.6, 0.8):
        line = Demand.model_validate({**asked, "clear_share": S(share)})
        case = type(base)(base.settings, {**base.sheets, "Demand": (line,)}, base.origin)
        if share < 0.7:
            assert run(case).claims.cost == pytest.approx(56)
        elif run.way == "memory":
            with pytest.raises(Infeasible):
                run(case)


@proves("demand", "dependence")
def test_shortage_counts_as_dependent(run: Runner) -> None:
    """Home makes 5 t clear for 10; another 5 t go short for 1 each: 15, and half of the need is dependent.

    If what goes short did not count, dependence would be 0.
    """
    line = need(tonnes=S(5), floor=S(0), shortage_cost=S(1))
    plan = run(little(*works(capacity=S(5)), line))
    assert plan.claims.dependence == pytest.approx(0.5)
    assert plan.claims.cost == pytest.approx(15)


@proves("demand", "dependence")
@pytest.mark.parametrize(("weight", "dependence"), [(None, 0.0), (1.0, 0.5), (3.0, 0.75)])
def test_weights(run: Runner, weight: float | None, dependence: float) -> None:
    """5 t clear at home, 5 t from concern needed by the ally: weight 0 abroad unless given; 5 w / (5 + 5 w)."""
    rows: list[Row] = [
        *works(capacity=S(5)), need(place="Ally", tonnes=S(5), weight=weight),
        Lane(name="l", material="product", origin="Concern", destination="Ally"),
    ]
    plan = run(little(*rows))
    assert plan.claims.cost == pytest.approx(60)
    assert plan.claims.dependence == pytest.approx(dependence)


@proves("demand")
def test_needs_between_years_given(run: Runner) -> None:
    """1 t in 2030 and 5 t in 2032 are 3 t in 2031: 90; held at 1 t, 70."""
    series = Series(points=((2030, 1.0), (2032, 5.0)))
    assert run(little(need=series, years=3)).claims.cost == pytest.approx(90)
