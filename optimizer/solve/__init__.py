"""From arrays to a plan.

The published name ``optimizer.solve`` is a function, the package of that name its home: Python gives a package's name
to its parent once it is loaded, so the package itself answers when it is called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A module that hands a call on to the function :func:`optimizer.solve.solve.solve`."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from optimizer.solve.solve import solve

        return solve(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
