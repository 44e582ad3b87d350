"""MODEL.md 5: criteria beside money."""

from __future__ import annotations

import pytest

from optimizer.case.schema import Criterion
from tests.cases.little import FIRST, little, offer, source, works
from tests.cases.world import Runner, S, proves


@proves("criteria")
def test_what_a_criterion_counts(run: Runner) -> None:
    """Two terms signed at 3, two modules at 5, 2 x 2 t made at 0.1, 2 x 3 t under the deal at 1: 6 + 10 + 0.4 + 6.

    A second row that matches the plant as well adds 2 a module: 26.4. Without that row 22.4; over one year 14.2.
    """
    rows = [
        *offer(limit=3.0, term=1.0, window_to=FIRST), *works(module=1.0, most_modules=2, window_to=FIRST),
        Criterion(criterion="jobs", applies_to="deal", per_signing=3.0, per_tonne=1.0),
        Criterion(criterion="jobs", applies_to="works", per_module=5.0, per_tonne=0.1),
        Criterion(criterion="jobs", applies_to="wor*", per_module=2.0),
    ]
    plan = run(little(*rows, years=2))
    assert plan.claims.criteria == pytest.approx({"jobs": 26.4})


@proves("criteria")
def test_tonnes_shipped_and_bought(run: Runner) -> None:
    """5 t bought at 1 and 5 t shipped at 2 a tonne: 15; another criterion on the lane alone counts apart: 5."""
    rows = [
        *source(),
        Criterion(criterion="CO2", unit="t", applies_to="clear", per_tonne=1.0),
        Criterion(criterion="CO2", unit="t", applies_to="from ally", per_tonne=2.0),
        Criterion(criterion="trips", applies_to="from ally", per_tonne=1.0),
    ]
    assert run(little(*rows)).claims.criteria == pytest.approx({"CO2": 15, "trips": 5})


@proves("criteria")
def test_modules_before_the_case_do_not_count(run: Runner) -> None:
    """1 module of 2 t ordered in 2029, one in 2030: 5 for the second alone, and 0.1 a tonne on 4 t; 10.4 with both."""
    rows = works(module=2.0, capex=S(1), orders_at_most=2, ordered_in=(("2029", 1.0),))
    jobs = Criterion(criterion="jobs", applies_to="works", per_module=5.0, per_tonne=0.1)
    assert run(little(*rows, jobs)).claims.criteria == pytest.approx({"jobs": 5.4})
