"""Rows as arrays: what broadcasts, what is left out, and the calendar's sums beside the same sums written plainly."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from optimizer.model.calendar import SLIP, Calendar, available, part
from optimizer.model.terms import NONE, Rows, Terms, numbered


def test_a_term_stands_where_row_column_and_coefficient_are() -> None:
    """Rows [0, NONE] beside columns [[5, 6], [NONE, 8]]: of four terms one lacks its column and two their row."""
    terms = Terms()
    terms.add([0, NONE], [[5, 6], [NONE, 8]], 2.0)
    terms.add(1, [7, 8], [0.0, 3.0])
    row, column, coefficient = terms.joined()
    assert (row.tolist(), column.tolist(), coefficient.tolist()) == ([0, 1], [5, 8], [2.0, 3.0])


def test_rows_without_variables_are_left_out_and_the_others_keep_their_terms() -> None:
    terms = Terms()
    terms.add([0, 2], [4, 5])
    rows = Rows.of([("a",), ("b",), ("c",)], "<=", [1.0, 2.0, 3.0], terms)
    kept = rows.only(rows.holding_variables())
    assert (kept.keys, kept.right.tolist(), kept.row.tolist()) == ([("a",), ("c",)], [1.0, 3.0], [0, 1])


def test_a_coefficient_that_is_not_given_is_told_with_its_row() -> None:
    terms = Terms()
    terms.add([0, 1], [4, 5], [1.0, np.nan])
    with pytest.raises(ValueError, match=r"no number for a coefficient of \('b',\)"):
        Rows.of([("a",), ("b",)], "<=", 0.0, terms)


def test_numbers_count_what_is_true() -> None:
    assert numbered([[True, False], [True, True]]).tolist() == [[0, NONE], [1, 2]]


@pytest.mark.parametrize("seed", range(20))
def test_use_inside_the_horizon_is_the_sum_over_parts_of_years(seed: int) -> None:
    draw = random.Random(seed)
    calendar = Calendar(2026, 2026 + draw.randint(1, 12), draw.choice((0.0, 0.08)), {})
    begin = 2026 + draw.uniform(-3, 14)
    end = begin + draw.choice((draw.uniform(0.1, 25), math.inf))

    def use(first: float, last: float) -> float:
        years = range(math.floor(first), math.ceil(last))
        return sum(float(calendar.discount(year) * part(year, first, last)) for year in years)

    start = max(begin, 2026.0)
    whole = 0.0 if math.isinf(end) else use(start, end)
    expected = 1.0 if math.isinf(end) else use(start, min(end, calendar.end)) / whole if whole > 0 else 0.0
    assert calendar.used_inside([begin], [end])[0] == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_available_is_the_ramp_over_every_operating_year(seed: int) -> None:
    draw = random.Random(seed)
    ramp = tuple(draw.choice(((1.0,), (0.4, 0.7, 1.0))))
    start, after = 2026 + draw.choice((0.0, 1.5, draw.uniform(0, 5))), draw.choice((0.0, 0.5, 1.0))
    end, first = start + draw.choice((3.5, 20.0, math.inf)), draw.choice((1, 2))
    last = draw.choice((None, 4))
    for year in range(2026, 2040):
        expected = sum(
            ramp[min(i, len(ramp) - 1)] * max(0.0, min(year + 1, start + i + 1, end) - max(year, start + max(i, after)))
            for i in range(20) if first <= i + 1 and (last is None or i + 1 <= last)
        )
        assert available(start, end, ramp, year, after, first, last) == pytest.approx(expected, abs=10 * SLIP)
