"""A hypothesis strategy over random small cases: a seed, and the blocks that may be switched on."""

from __future__ import annotations

from hypothesis import strategies as st

from optimizer.case.case import Case
from tests.random_cases import BLOCKS, random_case


def cases(
    blocks: tuple[str, ...] = BLOCKS, *, least_blocks: int = 0, highest_seed: int = 10_000
) -> st.SearchStrategy[Case]:
    """Random small cases.

    Args:
        blocks: the blocks that may be switched on; each example may use any of them.
        least_blocks: how many of them every example may use at least.
        highest_seed: the highest seed.
    """
    chosen = st.sets(st.sampled_from(blocks), min_size=least_blocks) if blocks else st.just(set[str]())
    # sorted, so that an example that fails is told in one way
    return st.builds(
        lambda seed, some: random_case(seed, tuple(sorted(some))), st.integers(0, highest_seed), chosen
    )
