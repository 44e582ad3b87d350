"""Names of sheets that every spreadsheet program takes."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_RESERVED = frozenset({"history"})


def titles(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The names of sheets, each changed as little as makes it one that a workbook may hold beside the others.

    Args:
        names: the names wanted.
        taken: names that other sheets have.

    >>> titles(["Deals", "deals", "x[1]"])
    ['Deals', 'deals 2', 'x(1)']
    """
    used = {name.casefold() for name in taken} | _RESERVED
    found = []
    for name in names:
        plain = _FORBIDDEN.sub("_", name.translate(_ROUND)).strip("' ") or "sheet"
        title, count = plain[:LONGEST].rstrip("' "), 1
        while title.casefold() in used:
            count += 1
            end = f" {count}"
            title = plain[:LONGEST - len(end)].rstrip("' ") + end
        used.add(title.casefold())
        found.append(title)
    return found


_ROUND = str.maketrans("[]", "()")
