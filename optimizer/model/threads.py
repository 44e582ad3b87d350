"""Pyomo beside other threads: while it makes a template, it puts a ``sum`` of its own in place of Python's.

That one takes no start value and fails on what is empty, and for a moment every thread of the process has it, those too
in which Dask speaks to its workers. Here it is told in which thread the template is made, and leaves the others theirs.
"""

from __future__ import annotations

import builtins
from threading import get_ident
from typing import Any

from pyomo.core.expr import template_expr

_CONTEXT: Any = template_expr._template_iter_context
_made, _templated, _sum = _CONTEXT.__init__, _CONTEXT.sum_template, builtins.sum


def _make(context: Any) -> None:
    _made(context)
    context.thread = get_ident()


def _sum_template(context: Any, values: Any, *start: Any, **named: Any) -> Any:
    if context.thread == get_ident():
        return _templated(context, values, *start, **named)
    return _sum(values, *start, **named)


def keep_sum() -> None:
    """Leaves every thread that makes no template Python's own ``sum``; once is enough."""
    _CONTEXT.__init__, _CONTEXT.sum_template = _make, _sum_template
