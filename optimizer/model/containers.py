"""What template rules read: memberships and numbers, kept as the plain mappings that they are given as.

Pyomo's own indexed Set and Param check and copy every entry when they are constructed, which is more than half of the
time that a model takes to build. A template only ever looks entries up, and the compiler to standard form does that on
plain mappings just as well; what the blocks hand over is checked already, by the schema of the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyomo.environ as pyo
from pyomo.core.base.param import IndexedParam
from pyomo.core.base.set import IndexedSet, InsertionOrderSetData


def _plain(index: Any) -> Any:
    """An index as the mappings have it: rules and Pyomo also ask for sequences, of one part too."""
    if isinstance(index, list | tuple):
        return index[0] if len(index) == 1 else tuple(index)
    return index


class Membership(IndexedSet):  # type: ignore[misc]
    """An indexed set: index -> its members."""

    _ComponentDataClass = InsertionOrderSetData

    def __init__(self, members: Mapping[Any, Sequence[Any]], width: int) -> None:
        """Takes the members as they are.

        Args:
            members: index -> members, each a value where `width` is 1, else a tuple of so many parts.
            width: parts of a member.
        """
        super().__init__(pyo.Any)
        self._plain = members
        self._tried = type("_Tried", (list,), {"dimen": width})

    def construct(self, data: Any = None) -> None:
        """Nothing is left to do."""
        self._constructed = True

    def __getitem__(self, index: Any) -> Any:
        try:
            return self._plain[index]
        except (KeyError, TypeError):  # not an index as the mapping has them
            return self._asked(index)

    def _asked(self, index: Any) -> Any:
        try:
            found = self._plain[_plain(index)]
        except (KeyError, TypeError):  # the index of a template, of which Pyomo makes an expression
            return super().__getitem__(index)
        # when it tries a template out, Pyomo asks by a list, and what it gets how many parts each member has
        return self._tried(found) if isinstance(index, list) else found

    def _getitem_when_not_present(self, index: Any) -> Any:
        """Nothing is made up, as Pyomo would do and then sum over nothing."""
        raise KeyError(f"'{self.local_name}' has no index {index}")


class Numbers(IndexedParam):  # type: ignore[misc]
    """An indexed parameter: index -> number."""

    def __init__(self, values: Mapping[Any, float]) -> None:
        """Takes the numbers as they are."""
        super().__init__(pyo.Any, within=pyo.Any)
        self._plain = values

    def construct(self, data: Any = None) -> None:
        """Nothing is left to do."""
        self._constructed = True

    def __getitem__(self, index: Any) -> Any:
        try:
            return self._plain[_plain(index)]
        except (KeyError, TypeError):  # the index of a template, of which Pyomo makes an expression
            return super().__getitem__(index)

    def extract_values_sparse(self) -> Mapping[Any, float]:
        """The numbers, for the compiler."""
        return self._plain
