"""Worlds for measuring: equal seeds give equal cases, sound ones, and the smallest is like India's case."""

from __future__ import annotations

import statistics

import pytest

from optimizer.case.case import Case
from optimizer.case.checks import check_case
from optimizer.case.read import read_case
from tests.benchmarks.worlds import MIDDLE, SMALL, Size, world

SEEDS = range(5)


def density(case: Case) -> float:
    """Lanes for each pair of a place and a material."""
    return len(case.lanes) / (len(case.places) * len(case.materials))


def spread(case: Case) -> float:
    """The largest standing capacity divided by the median one."""
    sizes = [max(plant.capacity.on(case.years)) for plant in case.plants if plant.capacity is not None]
    sizes = [size for size in sizes if size > 0]
    return max(sizes) / statistics.median(sizes)


def concern_share(case: Case) -> float:
    """Share of the sources that lie in a place of concern or are exposed in part."""
    concern = {place.name for place in case.places if place.concern}
    return statistics.mean(s.place in concern or bool(s.exposed_share) for s in case.supplies)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("size", [Size(5, 4, 6, 5), SMALL, MIDDLE], ids=lambda size: size.name)
def test_a_world_is_sound_and_the_same_each_time(size: Size, seed: int) -> None:
    case = world(size, seed)
    assert [finding for finding in check_case(case) if finding.level == "error"] == []
    assert world(size, seed).sheets == case.sheets
    assert world(size, seed + 1).sheets != case.sheets
    assert (len(case.places), len(case.materials), len(case.years)) == (size.places, size.stages, size.years)
    assert len(case.deals) == size.deals


@pytest.mark.parametrize("measure", [density, spread, concern_share])
def test_the_smallest_is_like_india(measure: object) -> None:
    """Within a factor of two of India's case, in the middle of five seeds."""
    assert callable(measure)
    middle = statistics.median(measure(world(SMALL, seed)) for seed in SEEDS)
    assert 0.5 <= middle / measure(read_case("india")) <= 2.0
