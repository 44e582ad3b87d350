"""Why a deal or plant is in the plan or out of it, for people: a sentence and a row for each number that could move."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from optimizer.report.brief.blocks import Block, Bullets, Heading, Paragraph, Picture, Table
from optimizer.report.numbers import money, short_percent
from optimizer.study.why import Breakpoint, Reasons, Why

NOUNS: Mapping[str, str] = {
    "fee": "fee", "signing cost": "signing cost", "capex": "capital cost", "site cost": "site cost",
    "most": "largest volume", "most modules": "largest order", "start year": "first year",
}
"""Parameters in the planner's words."""

DIGITS = 4
"""Digits of a number in a sentence or a table."""


def data(found: Why | Reasons) -> dict[str, Any]:
    """The document of INTERFACES: of one choice its switching points, of several a list under ``deals``."""
    if isinstance(found, Reasons):
        return {"deals": [_one(one) for one in found], "status": found.status}
    return _one(found)


def _one(found: Why) -> dict[str, Any]:
    return {
        "name": found.name, "sheet": found.choice[0], "in_plan": found.in_plan, "signed_briefly": found.briefly,
        "status": found.status,
        "currency": found.case.settings.currency,
        "plan": _plan(found.plan.claims.cost, found.plan.claims.dependence),
        "other": None if found.other is None else _plan(found.other.claims.cost, found.other.claims.dependence),
        "other_possible": found.possible,
        "loss": None if found.loss is None else [_number(amount) for amount in found.loss],
        "come": dict(found.come), "go": dict(found.go), "budget": _number(found.budget),
        "over_budget": found.over, "dependence_at_most": _number(found.capped), "solves": found.solves,
        "breakpoints": {point.parameter.replace(" ", "_"): _point(point) for point in found.breakpoints},
    }


def _plan(cost: float, dependence: float) -> dict[str, float | None]:
    return {"cost": _number(cost), "dependence": _number(dependence)}


def _point(point: Breakpoint) -> dict[str, Any]:
    return {
        "low": _number(point.low), "high": _number(point.high), "unit": point.unit, "enters": point.enters,
        "method": point.method, "verdict": point.verdict, "now": _number(point.now), "looked_up_to": _number(point.end),
        "canonical": [_number(at) for at in point.canonical], "in_below": point.below, "idle_beyond": point.idle,
        "address": point.address, "come": dict(point.come), "go": dict(point.go), "solves": point.solves,
    }


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def tables(found: Why | Reasons) -> dict[str, pd.DataFrame]:
    """``why``: the numbers at which choices switch; ``why_plans``: the plan on the other side of each beside the plan.

    Tidy, one number a row: name, parameter and ``low``, ``high`` or ``now``, value and unit; and name, side, what it
    is about, value and unit.
    """
    every = found if isinstance(found, Reasons) else (found,)
    points = [
        (one.name, "in" if one.in_plan else "out", point.parameter, point.verdict, what, value, point.unit)
        for one in every for point in one.breakpoints
        for what, value in (("low", point.low), ("high", point.high), ("now", point.now)) if value is not None
    ]
    plans = [(one.name, *line) for one in every for line in _sides(one)]
    return {
        "why": _frame(points, ["name", "plan", "parameter", "verdict", "bound", "value", "unit"]),
        "why_plans": _frame(plans, ["name", "side", "about", "value", "unit"]),
    }


def _frame(rows: Sequence[Sequence[object]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns).astype({"value": "float64"})


def _sides(one: Why) -> Iterable[tuple[str, str, float, str]]:
    currency = one.case.settings.currency
    for side, plan in (("plan", one.plan), (_aside(one), one.other)):
        if plan is not None:
            yield side, "cost", plan.claims.cost, currency
            yield side, "dependence", plan.claims.dependence, "fraction"
    for what, names in (("comes", one.come), ("goes", one.go)):
        for name, number in names:
            yield _aside(one), f"{what}: {name}", float(number), "deals or modules"


def _where(one: Why) -> str:
    """Whether the plan has it, in words; a deal signed for less than half of a term is neither."""
    if one.briefly:
        return f"{one.name} is signed, but for less than half a term"
    return f"{one.name} is {'' if one.in_plan else 'not '}in the plan"


def _aside(one: Why) -> str:
    if one.briefly:
        return "with it for half a term or more"
    return "without it" if one.in_plan else "with it"


def page(found: Why | Reasons) -> Iterable[Block]:
    """The page of the brief: the answer, a sentence for each number, and the numbers in a table."""
    return _several(found) if isinstance(found, Reasons) else _single(found)


def _single(found: Why) -> Iterable[Block]:
    yield Heading(f"Why {_where(found)}")
    yield Paragraph(answer(found), "lead")
    yield Bullets([sentence(found, point) for point in found.breakpoints])
    yield Heading("Where it switches", 3)
    rows = [(NOUNS[p.parameter], _now(p), _told(p.low, p.unit), _told(p.high, p.unit), _word(p), _changes(p.come, p.go))
            for p in found.breakpoints]
    headers = ("Number", "Now", "From", "To", "What it does", "The plan there, against this one")
    yield Table(headers, rows, right=frozenset({1, 2, 3}), wide={5: 1.0})
    yield Heading(f"The plan and the best one {_aside(found)}", 3)
    yield _both(found)
    yield Paragraph(_rests_on(found), "note")


def _several(found: Reasons) -> Iterable[Block]:
    yield Heading("Why each deal is in the plan or not")
    if not found:
        yield Paragraph("No deal that can still be signed makes a difference.", "lead")
        return
    inside = sum(one.in_plan for one in found)
    yield Paragraph(f"{inside} of the {len(found)} deals that can still be signed are in the plan.", "lead")
    parameters = list(dict.fromkeys(p.parameter for one in found for p in one.breakpoints))
    headers = ("Deal", "In the plan", "The other way costs", *(NOUNS[p].capitalize() for p in parameters))
    rows = [(one.name, "yes" if one.in_plan else "briefly" if one.briefly else "no", _loss(one),
             *(_cell(one, p) for p in parameters)) for one in found]
    yield Table(headers, rows, wide={0: 1.2})
    yield Paragraph(
        "The other way: the plan without a deal that is in, with one that is not, at the same dependence. A deal that "
        "is out would enter, and one that is in would leave, inside the bracket given. One signed for less than half a "
        "term ('briefly') counts as out: with it means for half a term or more.", "note",
    )
    yield Heading("What comes and goes", 3)
    yield Table(("Deal", "The plan"), [(one.name, f"{_aside(one)}: {_others(one)}") for one in found],
                wide={1: 1.0})
    yield Paragraph(_rests_on(found[0]), "note")


def _cell(one: Why, parameter: str) -> str:
    point = next((p for p in one.breakpoints if p.parameter == parameter), None)
    if point is None:
        return "-"
    if point.low is None and point.high is None:
        return _word(point)
    now = "" if point.now is None or point.unit == "times" else f" (now {_told(point.now, point.unit)})"
    if _for_nothing(point):
        return f"only for nothing{now}"
    ends = [_told(at, point.unit) for at in (point.low, point.high) if at is not None]
    return f"{_word(point)}: {' to '.join(dict.fromkeys(ends))}{now}"


NOTHING = 1e-3
"""Part of a number as it is now, below which a bracket is no more than nothing."""


def _for_nothing(point: Breakpoint) -> bool:
    """Whether a choice enters only where a number is next to nothing."""
    return bool(point.enters and point.below and point.now and point.high is not None
                and point.high <= NOTHING * point.now)


def answer(found: Why) -> str:
    """Whether the choice is in the plan, and what the other way costs, in a sentence."""
    where = _where(found)
    if found.possible is None:
        return f"{where}; what the plan would cost {_aside(found)} was not settled in the time."
    reach = "" if found.capped is None else f" with dependence at most {short_percent(found.capped)}"
    if not found.possible:
        return f"{where}: there is no plan {_aside(found)}{reach}."
    return f"{where}: {_aside(found)} the plan costs {_loss(found)}{reach}{_beyond(found)}."


def _beyond(found: Why) -> str:
    """By how much the plan on the other side exceeds the budget, in words; empty where it does not."""
    if not found.over:
        return ""
    return f", which is {money(found.over, found.case.settings.currency)} above the budget"


def _loss(found: Why) -> str:
    if found.loss is None:
        return "not possible" if found.possible is False else "not settled"
    least, most = (money(amount, found.case.settings.currency) for amount in found.loss)
    if round(found.loss[1]) == 0:
        return "no more"
    return f"{most} more" if least == most else f"{least} to {most} more"


def sentence(found: Why, point: Breakpoint) -> str:
    """What is known of one number, in a sentence."""
    noun = NOUNS[point.parameter]
    match point.verdict:
        case "switches":
            return _switching(found, point)
        case "out":
            return _staying_out(point, noun)
        case "in":
            return _staying_in(point, noun)
        case "same":
            return f"The {noun} never changes the choice: with it and without it the plan costs the same, to the gap."
        case "past":
            return (f"{found.name} was decided before the case begins, and its {noun} is paid on that too: "
                    "no one number decides.")
        case _:
            ends = _between(point)
            return f"The {noun} was not settled in the time{f', so far {ends}' if ends else ''}."


def _switching(found: Why, point: Breakpoint) -> str:
    noun, now = NOUNS[point.parameter], f" ({_now(point, 'now ')})"
    inner, outer = (point.low, point.high) if point.below else (point.high, point.low)
    inside, outside = _told(inner, point.unit), _told(outer, point.unit)
    if point.parameter == "start year":
        if point.enters:
            return f"{found.name} would enter with {inside} as its first year{now}; with {outside} it stays out."
        return f"{found.name} stays in the plan with {inside} as its first year{now}, and leaves it with {outside}."
    if _for_nothing(point):
        return f"{found.name} would enter the plan only for nothing: at a {noun} of {outside} it stays out{now}."
    up, down = ("below", "above") if point.below else ("above", "below")
    if point.idle:
        return (f"{found.name} saves money at a {noun} {up} {inside}{now}; {down} {outside} it saves nothing, and may "
                "as well be left out as kept unused.")
    if point.enters:
        return f"{found.name} would enter the plan at a {noun} {up} {inside}{now}; {down} {outside} it stays out."
    stays = "up to" if point.below else "down to"
    return f"{found.name} would leave the plan at a {noun} {down} {outside}{now}; {stays} {inside} it stays in."


def _staying_out(point: Breakpoint, noun: str) -> str:
    if point.parameter == "start year":
        if point.now == point.end:
            return "Its window begins with the case already: an earlier first year there is not."
        return f"Not even {_told(point.end, point.unit)} as its first year brings it in ({_now(point, 'now ')})."
    if not point.below:
        return f"Not even a {noun} of {_told(point.end, point.unit)} brings it in ({_now(point, 'now ')})."
    return f"Not even for nothing: no {noun} brings it in ({_now(point, 'now ')})."


def _staying_in(point: Breakpoint, noun: str) -> str:
    end = _told(point.end, point.unit)
    if point.parameter == "start year":
        return f"It stays in the plan even with {end} as its first year, the last that its window has."
    if point.below:
        return f"It stays in the plan whatever the {noun} ({_now(point, 'now ')}; looked at up to {end})."
    return f"It stays in the plan even with a {noun} of {end} ({_now(point, 'now ')})."


def _between(point: Breakpoint) -> str:
    low, high = _told(point.low, point.unit), _told(point.high, point.unit)
    if point.low is not None and point.high is not None:
        return f"between {low} and {high}"
    return f"above {low}" if point.low is not None else f"below {high}" if point.high is not None else ""


def _word(point: Breakpoint) -> str:
    """What a number does, in a few words, for a table."""
    switches = ("saves until there" if point.idle else "enters" if point.enters else "leaves")
    nothing = "not even for nothing" if point.below and point.parameter != "start year" else "never enters"
    return {"switches": switches, "out": nothing, "in": "stays whatever it is", "same": "makes no difference",
            "unsettled": "not settled", "past": "decided before"}[point.verdict]


def _now(point: Breakpoint, before: str = "") -> str:
    """The number now in words."""
    if point.unit == "times":
        return f"{before}as in the workbook"
    return "nothing now" if point.now is None and before else f"{before}{_told(point.now, point.unit) or 'blank'}"


def _told(value: float | None, unit: str) -> str:
    """A number with its unit; empty without one.

    >>> _told(23.4178, "USD/kg"), _told(0.98765, "times"), _told(2031.0, "year"), _told(None, "t")
    ('23.42 USD/kg', '0.9877 times that of the workbook', '2031', '')
    """
    if value is None:
        return ""
    if unit == "year":
        return str(round(value))
    whole = f"{value:,.0f}" if abs(value) >= 10 ** (DIGITS - 1) else f"{value:.{DIGITS}g}"
    return f"{whole} times that of the workbook" if unit == "times" else f"{whole} {unit}".rstrip()


def _changes(come: Iterable[tuple[str, int]], go: Iterable[tuple[str, int]]) -> str:
    """What comes and what goes, in words; empty for neither."""
    told = [f"{word} {', '.join(f'{name} ({n})' if n > 1 else name for name, n in names)}"
            for word, names in (("with", tuple(come)), ("without", tuple(go))) if names]
    return "; ".join(told)


def _others(one: Why) -> str:
    """What changes in the plan on the other side beside the choice itself."""
    if one.other is None:
        return "no plan" if one.possible is False else "not settled"
    come, go = (tuple(each for each in names if each[0] != one.name) for names in (one.come, one.go))
    return _changes(come, go) or "nothing else changes"


def _both(found: Why) -> Block:
    if found.other is None:
        return Paragraph(f"There is no plan {_aside(found)}." if found.possible is False else "It was not settled.")
    currency = found.case.settings.currency
    rows = [
        (word, money(plan.claims.cost, currency), short_percent(plan.claims.dependence), changes)
        for word, plan, changes in (
            ("the plan", found.plan, ""), (_aside(found), found.other, _changes(found.come, found.go)),
        )
    ]
    return Table(("", "Cost", "Dependence", "Against the plan"), rows, right=frozenset({1, 2}), wide={3: 1.0})


def _rests_on(found: Why) -> str:
    """What is held while a number moves."""
    held = "" if found.capped is None else f", dependence held to at most {short_percent(found.capped)}"
    currency = found.case.settings.currency
    budget = "" if found.budget is None else f", cost to the budget of {money(found.budget, currency)}"
    return (
        f"Each number is moved alone, the rest as in the workbook{held}{budget}. A deal counts as in only where it is "
        "in force for half of a term, and as left out only where it is not signed at all. "
        "Each end of a bracket is proved: by a plan with it that costs no more than the "
        "best without it, or than the budget where that is less, and by a search that shows that there is none."
    )


def pictures(found: Why | Reasons) -> tuple[Picture, ...]:
    """None: the answer is a few numbers."""
    return ()
