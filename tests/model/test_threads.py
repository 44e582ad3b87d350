"""While Pyomo makes a template, other threads have Python's own ``sum``."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pyomo.environ as pyo
from pyomo.core.expr.template_expr import TemplateSumExpression, templatize_rule

import optimizer.model.building  # noqa: F401 - it is what keeps the sum


def test_another_thread_has_its_own_sum() -> None:
    """An empty generator and a start value: Pyomo's own sum would fail on both."""
    heard: list[Any] = []

    def other() -> None:
        heard.append((sum(number for number in ()), sum([1, 2], 5), sum((one for one in (1, 2)), start=1)))

    def rule(m: Any, i: Any) -> Any:
        thread = Thread(target=other)
        thread.start()
        thread.join()
        return sum(m.x[i, j] for j in m.J) <= 1

    m = pyo.ConcreteModel()
    m.I, m.J = pyo.Set(initialize=[1, 2]), pyo.Set(initialize=[1, 2])
    m.x = pyo.Var(m.I, m.J)
    template, _ = templatize_rule(m, pyo.Constraint(m.I, rule=rule).rule, m.I)
    assert heard == [(0, 8, 4)]
    assert any(isinstance(part, TemplateSumExpression) for part in template.args), "this thread has that of Pyomo"
    assert sum([1, 2], 5) == 8
