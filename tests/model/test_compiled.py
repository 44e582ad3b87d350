"""Arrays: equal with and without templates, quick to pickle, every row and column with its name and addresses."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from optimizer.case.case import Case
from optimizer.model.assemble import BLOCKS, build
from optimizer.model.compiled import Compiled, compile_model
from optimizer.model.containers import Membership
from tests.random_cases import random_case


def keyed(compiled: Compiled) -> dict[object, float]:
    """Every coefficient and bound by names, so that the order of rows and columns does not matter."""
    columns = np.repeat(np.arange(len(compiled.columns)), np.diff(compiled.starts))
    found: dict[object, float] = {
        (compiled.rows[i], compiled.columns[j]): value
        for i, j, value in zip(compiled.indices, columns, compiled.values, strict=True)
    }
    for i, row in enumerate(compiled.rows):
        found[row, "lower"], found[row, "upper"] = compiled.row_lower[i], compiled.row_upper[i]
    for j, column in enumerate(compiled.columns):
        found["lower", column], found["upper", column] = compiled.lower[j], compiled.upper[j]
        found["integer", column] = float(compiled.integer[j])
    return found


def feasible(seed: int) -> Case:
    """The first random case from `seed` on whose rows do not contradict each other before any solve."""
    return next(case for i in range(100) if not build(case := random_case(seed + 100 * i)).building.settled)


@pytest.mark.parametrize("seed", range(6))
def test_templated_and_plain_rows_give_equal_matrices(seed: int) -> None:
    case = feasible(seed)
    assert keyed(compile_model(build(case))) == keyed(compile_model(build(case, templates=False)))


@pytest.mark.parametrize("seed", range(3))
def test_arrays_survive_pickling_and_keep_their_names(seed: int) -> None:
    compiled = compile_model(build(feasible(seed)))
    again = pickle.loads(pickle.dumps(compiled))
    assert keyed(again) == keyed(compiled)
    assert again.column_numbers == compiled.column_numbers


def test_rows_and_columns_tell_the_addresses_behind_them() -> None:
    case = feasible(0)
    compiled = compile_model(build(case))
    demand = [i for i, (block, _) in enumerate(compiled.rows) if block.startswith("demand_")]
    assert demand
    line, year = compiled.rows[demand[0]][1]
    assert compiled.behind_row(demand[0]) == (f"Demand[{line}].tonnes.{year}",)
    bought = next(j for j, (family, _) in enumerate(compiled.columns) if family == "buy")
    name, year = compiled.columns[bought][1]
    assert compiled.behind_column(bought) == (f"Supply[{name}].limit.{year}",)


def test_each_block_tells_its_formula() -> None:
    for block in BLOCKS:
        assert ".. math::" in (block.__doc__ or ""), block.__name__


def test_a_membership_makes_nothing_up() -> None:
    """Pyomo's own set would give an empty one for an index that it lacks, and a row would lose its terms."""
    m: Any = pyo.ConcreteModel()
    m.s = Membership({"a": [1, 2]}, 1)
    assert list(m.s["a"]) == [1, 2]
    with pytest.raises(KeyError):
        m.s["b"]
