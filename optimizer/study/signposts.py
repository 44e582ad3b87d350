r"""Signposts: which uncertain number, past which value, makes the difference (scenario discovery by a shallow tree).

A tree of at most :data:`DEPTH` questions (CART, Breiman and others 1984, by scikit-learn) parts the futures into boxes,
each a few numbers above or below a value. As in scenario discovery (Bryant and Lempert 2010), each box is told with its

.. math::
    coverage = \frac{\text{futures of interest inside}}{\text{futures of interest}}, \qquad
    density = \frac{\text{futures of interest inside}}{\text{futures inside}}

counted on futures that the tree was not grown on, so that what it learnt by heart does not count for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from optimizer.model.compiled import Floats

Flags = npt.NDArray[np.bool_]

DEPTH = 3
"""Questions after which a box is told."""

COUNTED = 3
"""Every so many futures one is kept back from the tree, and counted."""

LEAST = 5
"""Futures that a box of the tree must hold, and a twentieth of all of them."""

FEW = 30
"""Futures below which there are too few to keep some back: all are grown on and all are counted, and it is said."""

DENSE = 0.5
"""Density from which a box is of interest."""


@dataclass(frozen=True)
class Condition:
    """A number on one side of a value.

    Attributes:
        name: the number, or the deal for one that closes or not.
        above: whether it is above the value; at most it otherwise.
        value: the value, in the terms of its range; 0.5 between a deal that closes (1) and one that does not (0).
    """

    name: str
    above: bool
    value: float


@dataclass(frozen=True)
class Box:
    """Futures that conditions together pick, counted.

    Attributes:
        conditions: all of them hold.
        inside: futures inside.
        hits: of those, how many are of interest.
        coverage: hits as a part of all futures of interest.
        density: hits as a part of those inside.
    """

    conditions: tuple[Condition, ...]
    inside: int
    hits: int
    coverage: float
    density: float


@dataclass(frozen=True)
class Signpost:
    """What points to a happening.

    Attributes:
        what: what happens, in words that follow `in 62 of 100 futures`.
        futures: all futures.
        happens: in how many of them it happens.
        counted: futures on which boxes were counted.
        apart: whether the tree was grown on others than those counted.
        boxes: boxes in which it mostly happens, the widest coverage first.
    """

    what: str
    futures: int
    happens: int
    counted: int
    apart: bool
    boxes: tuple[Box, ...]


def signpost(what: str, names: Sequence[str], numbers: Floats, happens: Flags) -> Signpost:
    """The numbers that point to a happening.

    Args:
        what: what happens, in words.
        names: the numbers.
        numbers: the number of each future: [future, number].
        happens: whether it happens in each future.
    """
    count = len(happens)
    apart = count >= FEW
    kept = np.arange(count) % COUNTED == COUNTED - 1 if apart else np.ones(count, dtype=bool)
    grown = ~kept if apart else kept
    found: list[Box] = []
    if len(names) and happens[grown].any() and not happens[grown].all() and happens[kept].any():
        for conditions in _leaves(_grown(numbers[grown], happens[grown]), names):
            box = _counted(conditions, names, numbers[kept], happens[kept])
            if box.inside and box.density >= DENSE and box.density > happens[kept].mean():
                found.append(box)
    found.sort(key=lambda box: (-box.coverage, -box.density))
    return Signpost(what, count, int(happens.sum()), int(kept.sum()), apart, tuple(found))


def _grown(numbers: Floats, happens: Flags) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    leaf = max(LEAST, len(happens) // 20) if len(happens) >= FEW else 1
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=leaf, random_state=0)
    return tree.fit(numbers, happens).tree_


def _leaves(tree: Any, names: Sequence[str]) -> Iterator[tuple[Condition, ...]]:
    """The conditions of each leaf in which it happens more often than not; two such leaves of one question are one."""

    def within(node: int) -> Iterator[tuple[Condition, ...]]:
        if _mostly(tree, node):
            yield ()
            return
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left == right:
            return
        name, value = names[int(tree.feature[node])], float(tree.threshold[node])
        for child, above in ((left, False), (right, True)):
            for rest in within(child):
                yield (Condition(name, above, value), *rest)

    return (_tightest(conditions) for conditions in within(0))


def _mostly(tree: Any, node: int) -> bool:
    """Whether it mostly happens in every leaf below a node."""
    left, right = int(tree.children_left[node]), int(tree.children_right[node])
    if left != right:
        return _mostly(tree, left) and _mostly(tree, right)
    share = tree.value[node][0]
    return bool(share[-1] >= DENSE * share.sum())


def _tightest(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """Of several conditions on one side of a number the tightest."""
    found: dict[tuple[str, bool], Condition] = {}
    for one in conditions:
        known = found.get((one.name, one.above))
        if known is None or (one.value > known.value) == one.above:
            found[one.name, one.above] = one
    return tuple(found.values())


def _counted(conditions: tuple[Condition, ...], names: Sequence[str], numbers: Floats, happens: Flags) -> Box:
    inside = np.ones(len(happens), dtype=bool)
    for one in conditions:
        column = numbers[:, list(names).index(one.name)]
        inside &= column > one.value if one.above else column <= one.value
    hits = int((inside & happens).sum())
    return Box(conditions, int(inside.sum()), hits, hits / max(1, int(happens.sum())), hits / max(1, int(inside.sum())))
