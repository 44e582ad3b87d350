"""Where two runs differ, in sentences: files by their first row that differs, goals, deals and orders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from optimizer.solve.goals import gap_of

Json = dict[str, Any]

TEXTS = (".csv", ".md", ".svg")
_LONGEST = 160
_NOTHING = object()


def file_differences(was: Path, now: Path, name: str) -> str:
    """One sentence on how a file differs between two run folders; empty where it is the same byte for byte.

    Raises:
        OSError: one of them cannot be read.
    """
    before, after = (was / name).read_bytes(), (now / name).read_bytes()
    if before == after:
        return ""
    ending = Path(name).suffix
    if ending == ".json":
        told = next(_in_document(_document(before), _document(after)), "the same values, written differently")
        return f"{name}: {told}."
    if ending in TEXTS:
        return f"{name}: {_in_rows(before, after)}."
    return f"{name}: other bytes ({len(before):,} then, {len(after):,} now)."


def _document(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _in_rows(before: bytes, after: bytes) -> str:
    rows = list(zip_longest(*(text.decode("utf-8", "replace").split("\n") for text in (before, after))))
    differ = [number for number, (was, now) in enumerate(rows, 1) if was != now]
    was, now = rows[differ[0] - 1]
    more = f"; {len(differ):,} rows differ in all" if len(differ) > 1 else ""
    return f"row {differ[0]:,} was {_told_row(was)}, now {_told_row(now)}{more}"


def _told_row(row: str | None) -> str:
    return "not there" if row is None else f"'{_short(row)}'" if row else "blank"


def _in_document(was: Any, now: Any, at: str = "") -> Iterator[str]:
    """Each place where two JSON values differ, from the top down."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in (*was, *(key for key in now if key not in was)):
            yield from _in_document(was.get(key, _NOTHING), now.get(key, _NOTHING), f"{at}.{key}" if at else key)
    elif isinstance(was, list) and isinstance(now, list):
        for number, (one, other) in enumerate(zip_longest(was, now, fillvalue=_NOTHING)):
            yield from _in_document(one, other, f"{at}[{number}]")
    elif was != now:
        yield f"{at or 'the document'} was {_told_value(was)}, now {_told_value(now)}"


def _told_value(value: Any) -> str:
    if value is _NOTHING:
        return "not there"
    return _short(json.dumps(value, ensure_ascii=False))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def of_goals(was: Mapping[str, float], now: Mapping[str, float], gap: float) -> tuple[str, ...]:
    """One sentence for each goal whose values lie further apart than a gap.

    Args:
        was: goal -> value then: dependence as a fraction, cost in the case's currency.
        now: the same now.
        gap: what the values may differ by, as gaps are measured: relative, of fractions absolute.
    """
    found = []
    for goal in dict.fromkeys((*was, *now)):
        if goal not in was or goal not in now:
            found.append(f"The goal '{goal}' was solved {'then, not now' if goal in was else 'now, not then'}.")
        elif (apart := max(gap_of(goal, was[goal], now[goal]), gap_of(goal, now[goal], was[goal]))) > gap:
            found.append(f"The goal '{goal}' was {was[goal]:.10g}, now {now[goal]:.10g}: {apart:.2g} apart, "
                         f"more than the gap {gap:.2g}.")
    return tuple(found)


def of_decisions(was: Json, now: Json) -> tuple[str, ...]:
    """One sentence for each deal signed and each order that stands in one of two `plan.json` only.

    Raises:
        KeyError, TypeError, ValueError: the first is no such document.
    """
    found = []
    for told in (_deals, _orders):
        before, after = set(told(was)), set(told(now))
        found += [f"Then, not now: {one}." for one in sorted(before - after)]
        found += [f"Now, not then: {one}." for one in sorted(after - before)]
    return tuple(found)


def _deals(plan: Json) -> Iterable[str]:
    for deal in plan["deals"]:
        yield f"{deal['name']} signed in {int(deal['signed'])} for {_counted(deal['terms'], 'term')}"


def _orders(plan: Json) -> Iterable[str]:
    for order in plan["orders"]:
        yield f"{order['plant']} ordered in {int(order['year'])}, {_counted(order['modules'], 'module')}"


def _counted(number: Any, what: str) -> str:
    return f"{int(number)} {what}{'' if int(number) == 1 else 's'}"
