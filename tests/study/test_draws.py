"""Futures drawn: shapes against their definitions, strata met once, numbers that move together, the same for a seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.case.case import Case
from optimizer.case.changes import apply_changes
from optimizer.case.schema import Range, ScenarioChange
from optimizer.study.draws import Draws, Method, draw, value_at
from tests.cases.little import little, offer
from tests.study.test_tornado import having, ranged

Q = np.linspace(0.0005, 0.9995, 1000)
"""Quantiles in the middle of a thousand equal parts: means over them are means of the distribution but for 1e-3."""


def of(shape: str, low: float, high: float, mode: float = 0.0) -> np.ndarray:
    row = Range.model_validate({"address": "x", "how": "set", "low": low, "high": high, "shape": shape})
    return value_at(row, mode, Q)


@pytest.mark.parametrize(("shape", "mean", "deviation"), [
    # (a + b) / 2 and (b - a) / sqrt(12)
    ("uniform", 4.0, 4 / 12**0.5),
    # (a + b + c) / 3 and sqrt((aa + bb + cc - ab - ac - bc) / 18)
    ("triangular", 11 / 3, ((4 + 36 + 9 - 12 - 6 - 18) / 18) ** 0.5),
    # (a + 4 c + b) / 6, and sqrt((mean - a)(b - mean) / 7)
    ("PERT", 20 / 6, ((20 / 6 - 2) * (6 - 20 / 6) / 7) ** 0.5),
])
def test_a_shape_has_its_mean_and_deviation(shape: str, mean: float, deviation: float) -> None:
    values = of(shape, 2.0, 6.0, 3.0)
    assert values.mean() == pytest.approx(mean, rel=2e-3)
    assert values.std() == pytest.approx(deviation, rel=5e-3)
    assert (values.min() >= 2.0, values.max() <= 6.0) == (True, True)
    assert (np.diff(values) > 0).all()


def test_a_lognormal_number_has_its_ends_as_quantiles() -> None:
    """5 % and 95 % of exp(mu + sigma z): 2 and 8, so that the median is 4; beyond 0.1 % it is cut."""
    row = Range.model_validate({"address": "x", "low": 2.0, "high": 8.0, "shape": "lognormal"})
    assert value_at(row, 4.0, np.array([0.05, 0.5, 0.95])) == pytest.approx([2.0, 4.0, 8.0])
    low, cut = value_at(row, 4.0, np.array([0.0, 0.001]))
    assert low == cut > 0


def priced() -> Case:
    return having(
        little(*offer(price=6.0)), ranged("Supply[of deal].price", 0.5, 2.0),
        ranged("Supply[exposed].price", 1.5, 3.0, moves_with="Supply[of deal].price", shape="lognormal"),
        ranged("Demand[need].tonnes", 0.5, 2.0, shape="PERT"),
    )


@pytest.mark.parametrize("n", [1, 7, 100])
def test_each_of_n_parts_is_met_once(n: int) -> None:
    draws = draw(priced(), n, seed=3)
    for column in draws.quantiles.T:
        assert sorted(np.floor(column * n).astype(int)) == list(range(n))


@pytest.mark.parametrize("method", ["lhs", "sobol"])
def test_numbers_that_move_together_are_comonotone_and_a_seed_repeats(method: Method) -> None:
    one, same, other = (draw(priced(), 64, seed=seed, method=method) for seed in (5, 5, 6))
    assert len(one.factors) == 2
    assert (np.argsort(one.values[:, 0]) == np.argsort(one.values[:, 1])).all()
    np.testing.assert_array_equal(one.values, same.values)
    assert not np.array_equal(one.values, other.values)


def test_sobol_halves_every_number() -> None:
    draws = draw(priced(), 64, method="sobol")
    assert ((draws.quantiles < 0.5).sum(axis=0) == 32).all()


def test_a_chance_of_closing_is_met_to_the_future_and_on_its_own() -> None:
    """Of 200 strata those below 0.3 close: 60; an independent number stands a quarter of them in its lowest quarter."""
    case = having(little(*offer(price=6.0, chance=0.3)), ranged("Demand[need].tonnes", 0.5, 2.0))
    draws = draw(case, 200)
    assert draws.closes.sum() == 60
    low = draws.quantiles[:, 0] < 0.25
    assert (draws.closes[:, 0] & low).sum() == pytest.approx(15, abs=8)
    failing = int(np.flatnonzero(~draws.closes[:, 0])[0])
    assert draws.changes(failing)[-1].address == "Deals[deal].chance of closing"


def test_a_deal_that_was_signed_before_has_closed() -> None:
    with pytest.raises(ValueError, match="nothing is uncertain"):
        draw(little(*offer(price=6.0, chance=0.3, signed_in=2029)), 10)


def scenarios(probability: float | None) -> Case:
    row = ScenarioChange(
        scenario="dear", probability=probability, address="Supply[exposed].price", how="times", value="2", unit=None,
    )
    case = having(little(), ranged("Demand[need].tonnes", 0.5, 2.0))
    return replace(case, sheets={**case.sheets, "Scenarios": (row,)})


def test_scenarios_come_by_their_probability_below_the_ranges() -> None:
    case = scenarios(0.25)
    assert draw(case, 100).scenarios == ("base",)
    draws = draw(case, 100, scenarios=True)
    assert (draws.scenarios, (draws.scenario == 1).sum()) == (("base", "dear"), 25)
    i = int(np.flatnonzero(draws.scenario == 1)[0])
    changed = apply_changes(case, draws.changes(i))
    assert changed.supplies[0].price is not None
    assert changed.supplies[0].price.at(2030) == pytest.approx(20.0)
    assert changed.demands[0].tonnes.at(2030) == pytest.approx(5 * draws.values[i, 0])
    with pytest.raises(ValueError, match="no scenario of the sheet Scenarios has a probability"):
        draw(scenarios(None), 10, scenarios=True)


def test_the_peak_of_a_value_that_is_set_is_the_case_s_own() -> None:
    """5 t in the case, between 4 and 9: the triangle's peak is at (5 - 4) / (9 - 4) of its quantiles."""
    case = having(little(), ranged("Demand[need].tonnes", 4.0, 9.0, how="set", shape="triangular"))
    (factor,) = draw(case, 1).factors
    assert factor.values(np.array([0.2]))[0, 0] == pytest.approx(5.0)
    away = having(little(), ranged("Demand[need].tonnes", 6.0, 9.0, how="set", shape="PERT"))
    with pytest.raises(ValueError, match="peak at the case's own value 5, which is not between 6 and 9"):
        draw(away, 1)


@pytest.mark.parametrize(("rows", "n", "words"), [
    ((), 10, "nothing is uncertain: the sheet Ranges has no row"),
    ((ranged("Demand[need].tonnes", 2.0, 1.0),), 10, "low end 2 above its high end 1"),
    ((ranged("Demand[need].tonnes", 0.0, 1.0, shape="lognormal"),), 10, "lognormal, and its low end 0 is not above 0"),
    ((ranged("Demand[need].tonnes", 0.5, 1.0),), 0, "0 futures cannot be drawn: the least is 1"),
])
def test_bad_input_is_one_sentence(rows: tuple[Range, ...], n: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        draw(having(little(), *rows), n)


def test_the_first_futures_are_those_of_all() -> None:
    draws: Draws = draw(priced(), 20)
    assert [draws.first(5).changes(i) for i in range(5)] == [draws.changes(i) for i in range(5)]
