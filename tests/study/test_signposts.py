"""Signposts: the split that is known, counted on futures kept back, and nothing where nothing points to it."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.report.studies.signs import box_words, sign_words
from optimizer.study.draws import Draws, draw
from optimizer.study.signposts import Box, Condition, signpost
from tests.cases.little import little, offer
from tests.study.test_tornado import having, ranged

NAMES = ("a", "b", "c")


def spread(n: int = 600) -> np.ndarray:
    return np.random.default_rng(2).random((n, 3))


def test_a_corner_is_found_with_its_two_sides() -> None:
    """It happens where a > 0.7 and b <= 0.4: 12 % of the cube, found to a hundredth, dense and whole."""
    numbers = spread()
    happens = (numbers[:, 0] > 0.7) & (numbers[:, 1] <= 0.4)
    sign = signpost("it happens", NAMES, numbers, happens)
    (box,) = sign.boxes
    assert {(one.name, one.above): round(one.value, 2) for one in box.conditions} == {
        ("a", True): pytest.approx(0.7, abs=0.02), ("b", False): pytest.approx(0.4, abs=0.02),
    }
    assert (sign.counted, sign.apart) == (200, True)
    kept = np.arange(600) % 3 == 2
    inside = kept & (numbers[:, 0] > box.conditions[0].value) & (numbers[:, 1] <= box.conditions[1].value)
    assert {box.conditions[0].name, box.conditions[1].name} == {"a", "b"}
    if box.conditions[0].name == "a":
        assert box.inside == inside.sum()
        assert box.hits == (inside & happens).sum()
    assert box.density > 0.9
    assert box.coverage > 0.9


def test_a_coin_has_no_signpost() -> None:
    """Chance finds boxes among the futures it is grown on; those kept back do not confirm them as dense ones."""
    happens = np.random.default_rng(5).random(600) < 0.3
    sign = signpost("the coin falls", NAMES, spread(), happens)
    assert sum(box.hits for box in sign.boxes) < 0.2 * happens.sum()


def test_few_futures_are_counted_where_they_were_grown_and_it_is_said() -> None:
    numbers = spread(10)
    sign = signpost("it happens", NAMES, numbers, numbers[:, 0] > 0.5)
    assert (sign.counted, sign.apart) == (10, False)
    draws = one_number()
    assert sign_words(draws, signpost("x", (), numbers[:, :0], numbers[:, 0] > 0.5)).endswith("point to it.")


@pytest.mark.parametrize("happens", [np.zeros(90, dtype=bool), np.ones(90, dtype=bool)])
def test_what_never_or_always_happens_needs_none(happens: np.ndarray) -> None:
    assert signpost("it happens", NAMES, spread(90), happens).boxes == ()


def one_number() -> Draws:
    return draw(having(little(*offer(price=6.0, chance=0.5)), ranged("Demand[need].tonnes", 0.5, 2.0)), 4)


def test_a_box_is_told_in_words() -> None:
    box = Box((Condition("Demand[need].tonnes", True, 1.234), Condition("deal", False, 0.5)), 10, 9, 0.5, 0.9)
    assert box_words(one_number(), box) == "Demand[need].tonnes is above 1.23 times and deal never closes"
