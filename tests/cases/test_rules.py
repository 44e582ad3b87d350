"""MODEL.md 4.7: rules between choices."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Row, Rule
from optimizer.solve.plan import Infeasible
from tests.cases.little import little, offer, works
from tests.cases.world import Runner, S, proves

GOOD = offer(limit=2.0, name="good", signing_cost=S(1))
"""Saves 8 for 1: 7."""
FAIR = offer(limit=2.0, name="fair", signing_cost=S(3))
"""Saves 8 for 3: 5."""
BAD = offer(limit=1.0, name="bad", signing_cost=S(6))
"""Saves 4 for 6: -2."""


def rule(kind: str, *names: str, n: int | None = None) -> Rule:
    return Rule.model_validate({"name": "rule", "rule": kind, "list": names, "n": n})


@proves("rules")
@pytest.mark.parametrize(
    ("row", "cost"),
    [
        (None, 38),
        (rule("at most", "good", "fair", n=1), 43),
        (rule("at most", "g*", "fai*", "ba*", n=1), 43),
        (rule("at least", "bad", n=1), 40),
        (rule("exactly", "good", "fair", "bad", n=1), 43),
        (rule("exactly", "good", "fair", "bad", n=3), 40),
        (rule("exactly", "fair", n=0), 43),
        (rule("excludes", "good", "fair"), 43),
        (rule("requires", "fair", "bad"), 40),
        (rule("requires", "good", "bad"), 40),
        (rule("requires", "bad", "good", "fair"), 38),
    ],
)
def test_rules_between_deals(run: Runner, row: Rule | None, cost: float) -> None:
    """Free to choose, good and fair are signed: 50 - 7 - 5 = 38.

    One of the two or three alone: good, 43. Bad at any price, or all three: 50 - 7 - 5 + 2 = 40. Not fair: 43. Where
    good or fair requires bad, bad is signed for 2 as either saves more: 40. What is not signed requires nothing: 38.
    """
    rows: list[Row] = [*GOOD, *FAIR, *BAD]
    assert run(little(*rows, *([row] if row else []))).claims.cost == pytest.approx(cost)


@proves("rules")
def test_required_means_signed_no_later(run: Runner) -> None:
    """Good saves 8 a year for 1 and requires a deal that can be signed from 2031 on, for 0.5: 100 - 8 + 1.5 = 93.5.

    Could the other follow later, good would be signed in 2030: 100 - 16 + 1.5 = 85.5.
    """
    late = offer(limit=0.0, name="late", signing_cost=S(0.5), window_from=2031)
    plan = run(little(*GOOD, *late, rule("requires", "good", "late"), years=2))
    assert plan.claims.cost == pytest.approx(93.5)


@proves("rules")
def test_signed_before_the_case_is_chosen(run: Runner) -> None:
    """Fair was signed in 2029: with at most one, good is closed, 50 - 8 = 42; without the rule 35."""
    past = offer(limit=2.0, name="fair", signing_cost=S(3), signed_in=2029)
    assert run(little(*GOOD, *past, rule("at most", "good", "fair", n=1))).claims.cost == pytest.approx(42)
    assert run(little(*GOOD, *past, rule("requires", "good", "fair"))).claims.cost == pytest.approx(35)


@proves("rules")
@pytest.mark.parametrize(
    ("row", "cost"),
    [
        (None, 29),
        (rule("at most", "works", "good", n=1), 36),
        (rule("requires", "works", "good"), 29),
        (rule("requires", "works", "bad"), 31),
        (rule("excludes", "good", "works"), 36),
        (rule("exactly", "works", n=0), 43),
    ],
)
def test_rules_on_plants(run: Runner, row: Rule | None, cost: float) -> None:
    """A plant of 2 t saves 16 for 2: 14; good saves 7: 50 - 21 = 29.

    One of the two: the plant, 36. The plant with bad for 2: 31. No plant: 43.
    """
    rows: list[Row] = [*GOOD, *BAD, *works(module=2.0, capex=S(1))]
    assert run(little(*rows, *([row] if row else []))).claims.cost == pytest.approx(cost)


@proves("rules")
def test_rules_that_leave_nothing(run: Runner) -> None:
    """Two of the two, of which one excludes the other: no plan; without either rule 43 and 38."""
    both = rule("exactly", "good", "fair", n=2)
    apart = Rule(name="apart", rule="excludes", list=("good", "fair"))
    with pytest.raises(Infeasible):
        run(little(*GOOD, *FAIR, both, apart))
