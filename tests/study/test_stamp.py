"""Futures side by side: the blocks are those of the futures, and only what is decided first is shared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from optimizer.model.assemble import build
from optimizer.model.compiled import Compiled, compile_model
from optimizer.solve.plan import SolveOptions
from optimizer.study.decompose import Relaxed, elastic, skeleton
from optimizer.study.ground import Ground
from optimizer.study.risk import Risk, tail
from optimizer.study.stages import first_stage
from optimizer.study.stamp import COST_ROW, Block, completed, stamped
from tests.cases.little import S, little, offer
from tests.study.test_robust import FUTURES, SEEDS, by_cost, dearer


def blocks(seed: int) -> list[Block]:
    ground = Ground(by_cost(seed), SolveOptions(), [future.changes for future in FUTURES])
    return [Block(future.name, future.probability, ground.arrays(future.changes)) for future in FUTURES]


def matrix(of: Compiled) -> sparse.csc_array:
    return sparse.csc_array((of.values, of.indices, of.starts), shape=(len(of.rows), len(of.columns)))


@pytest.mark.parametrize("seed", SEEDS)
def test_one_future_alone_is_its_own_arrays(seed: int) -> None:
    """Columns of the first stage stand first; else nothing is other than in the case's own arrays."""
    own = compile_model(build(by_cost(seed)))
    whole = stamped([Block("base", 1.0, own)])
    at = whole.places[0]
    assert sorted(at.tolist()) == list(range(len(own.columns)))
    assert (matrix(whole.compiled)[:, at] != matrix(own)).nnz == 0
    for side in ("lower", "upper", "integer"):
        assert np.array_equal(getattr(whole.compiled, side)[at], getattr(own, side))
    for side in ("row_lower", "row_upper"):
        assert np.array_equal(getattr(whole.compiled, side), getattr(own, side))
    assert [whole.compiled.columns[j] for j in at[first_stage(own)]] == [
        own.columns[j] for j in np.flatnonzero(first_stage(own))
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_each_block_is_that_of_its_future(seed: int) -> None:
    given = blocks(seed)
    whole = stamped(given, Risk("cvar", 0.5))
    entries, first = matrix(whole.compiled), 0
    for block, at in zip(given, whole.places, strict=True):
        rows = slice(first, first + len(block.arrays.rows))
        assert (entries[rows][:, at] != matrix(block.arrays)).nnz == 0
        assert entries[rows].nnz == len(block.arrays.values)
        assert whole.compiled.rows[first] == (block.arrays.rows[0][0], (block.name, *block.arrays.rows[0][1]))
        first += len(block.arrays.rows)
    assert len(set(whole.compiled.columns)) == len(whole.compiled.columns)
    assert len(set(whole.compiled.rows)) == len(whole.compiled.rows)
    assert entries.has_canonical_format


def test_only_what_is_decided_first_is_shared() -> None:
    case = little(*offer(decide="later"), years=2)
    own = compile_model(build(case))
    whole = stamped([Block("a", 0.5, own), Block("b", 0.5, own)])
    assert whole.shared == (("sign", ("deal", 2030, 1)),)
    assert ("sign", ("a", "deal", 2031, 1)) in whole.compiled.columns
    assert len(whole.compiled.columns) == 2 * len(own.columns) - 1


def test_what_one_future_has_no_column_for_is_free_there() -> None:
    """With a lead of a year the deal comes too late in one of the futures, which then says nothing of it."""
    early, late = (compile_model(build(little(*offer(lead=lead)))) for lead in (0.0, 1.0))
    assert late.column("sign", ("deal", 2030, 1)) is None
    whole = stamped([Block("early", 0.5, early), Block("late", 0.5, late)])
    assert whole.shared == (("sign", ("deal", 2030, 1)),)
    assert whole.compiled.upper[0] == 1.0


def test_what_comes_too_late_in_a_future_is_charged_there() -> None:
    """A lead of a year puts the deal behind the only year; without an end all of its signing cost of 8 is charged."""
    own = compile_model(build(little(*offer(lead=1.0, signing_cost=S(8.0)))))
    name = ("sign", ("deal", 2030, 1))
    whole = completed(own, [name])
    assert whole.columns == (*own.columns, name)
    assert whole.entries_of(whole.row_numbers[COST_ROW])[len(own.columns)] == len(whole.values) - 1
    assert whole.values[-1] * whole.money == pytest.approx(8.0)


def test_bounds_that_no_number_meets_are_told() -> None:
    own = compile_model(build(little(*offer())))
    column = own.column_numbers["sign", ("deal", 2030, 1)]
    lower, upper = own.lower.copy(), own.upper.copy()
    lower[column], upper[column] = 1.0, 0.0
    sides = replace(own, lower=lower), replace(own, upper=upper)
    with pytest.raises(ValueError, match=r"no number of sign \[deal, 2030, 1\] fits every future"):
        stamped([Block("signed", 0.5, sides[0]), Block("not", 0.5, sides[1])])




@pytest.mark.parametrize(("costs", "level", "mean"), [
    ((1.0, 2.0, 6.0), 0.0, 3.0), ((1.0, 2.0, 6.0), 1 / 3, 4.0), ((1.0, 2.0, 6.0), 0.5, 14 / 3),
    ((1.0, 2.0, 6.0), 2 / 3, 6.0), ((1.0, 2.0, 6.0), 0.9, 6.0),
])
def test_the_tail_by_hand(costs: tuple[float, ...], level: float, mean: float) -> None:
    """Three futures alike: half of them is the dearest and half of the next, (6 + 2 / 2) / 1.5."""
    assert tail([1 / 3] * 3, costs, level) == pytest.approx(mean)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_skeleton_has_what_is_decided_first_and_a_cost(seed: int) -> None:
    arrays = blocks(seed)[1].arrays
    bones = skeleton(arrays, 12.0)
    now = np.flatnonzero(first_stage(arrays))
    assert bones.columns == (*(arrays.columns[j] for j in now), ("goal", ("cost",)))
    kept = [arrays.row_numbers[name] for name in bones.rows]
    assert (matrix(bones)[:, :-1] != matrix(arrays)[kept][:, now]).nnz == 0
    assert matrix(arrays)[kept].nnz == len(bones.values)
    assert bones.lower[-1] * bones.money == pytest.approx(12.0)


def test_a_cut_is_below_the_future_everywhere_and_on_it_where_it_was_taken() -> None:
    """Signed the future costs 60, as the dear goods of the deal lie idle, and unsigned 50: 50 + 10 sign."""
    ground = Ground(little(*offer(price=6.0, signing_cost=S(10.0))), SolveOptions(), [dearer(2.0)])
    relaxed, name = Relaxed(ground.arrays(dearer(2.0))), ("sign", ("deal", 2030, 1))
    money = ground.compiled.money
    for at in (0.0, 0.5, 1.0):
        cut = relaxed.cut({name: at})
        assert cut.feasible
        assert cut.at * money == pytest.approx(50 + 10 * at)
        assert cut.value({name: 0.0}) * money == pytest.approx(50)
        assert cut.value({name: 1.0}) * money == pytest.approx(60)


def test_rows_may_be_broken_both_ways() -> None:
    own = compile_model(build(little(*offer())))
    loose = elastic(own)
    count = len(own.columns)
    rows = len(own.rows)
    assert (matrix(loose)[:, :count] != matrix(own)).nnz == 0
    both = matrix(loose)[:, count:].toarray()
    assert np.array_equal(both, np.hstack([np.eye(rows), -np.eye(rows)]))
