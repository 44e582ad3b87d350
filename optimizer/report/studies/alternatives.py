"""The alternatives for people: what else could be signed, what it loses, and which deals every good plan has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from optimizer.model.blocks.dependence import DEPENDENCE
from optimizer.report.brief.blocks import Block, Heading, Paragraph, Picture, Table
from optimizer.report.numbers import money, percent, points, short_percent
from optimizer.study.alternatives import Alternative, Alternatives
from optimizer.study.portfolio import Choice
from optimizer.study.roles import Part, Role, Side

PARTS: dict[Part, str] = {
    "must": "in every plan", "optional": "in some plans", "never": "in no plan", "undecided": "not settled",
}
"""Roles in words."""

NAMED = 8
"""Names that a sentence gives; of more it gives the number, and the table has them all."""


def data(found: Alternatives) -> dict[str, Any]:
    """The document of INTERFACES: the sets by what they lose, the plan's own first, and the role of each deal."""
    roles = {sheet: [role for role in found.roles if role.choice[0] == sheet] for sheet in ("Deals", "Plants")}
    return {
        "currency": found.form.loss_unit,
        "within": found.within,
        "dependence": dict(found.form.caps).get(DEPENDENCE),
        "budget": _number(found.form.budget),
        "portfolios": [_portfolio(found, one) for one in found.portfolios],
        "roles": {role.choice[1]: role.part for role in roles["Deals"]},
        "plant_roles": {role.choice[1]: role.part for role in roles["Plants"]},
        "proofs": {_address(role.choice): {"with": _side(role.having), "without": _side(role.lacking)}
                   for role in found.roles},
        "unique": found.uniqueness.unique,
        "tie": {"share": found.uniqueness.tau, "loss": _number(found.uniqueness.loss),
                "deals": None if found.uniqueness.rival is None else list(found.uniqueness.rival.deals)},
        "ended": found.ended,
        "solves": found.solves,
    }


def _portfolio(found: Alternatives, one: Alternative) -> dict[str, Any]:
    return {
        "loss": _number(one.loss), "share": _number(found.share(one.loss)), "least_loss": _number(one.least_loss),
        "cost": _number(one.cost), "dependence": _number(one.plan.claims.dependence),
        "deals": list(one.portfolio.deals), "plants": dict(one.portfolio.plants),
        "without": _counts(one.without), "instead": _counts(one.instead), "tie": one.tie, "proved": one.proved,
        "over_budget": _number(one.over), "dependence_more_in_budget": _number(one.points),
    }


def _side(side: Side) -> dict[str, Any]:
    return {"possible": side.possible, "how": side.how, "rank": side.rank, "loss": _number(side.loss)}


def _number(value: float | None) -> float | None:
    """A number that JSON can hold, to nine digits; an infinite one is none."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.9g}") + 0.0


def _counts(choices: Mapping[Choice, int]) -> dict[str, int]:
    return {_address(choice): number for choice, number in choices.items()}


def _address(choice: Choice) -> str:
    return f"{choice[0]}[{choice[1]}]"


def tables(found: Alternatives) -> dict[str, pd.DataFrame]:
    """``sets``, ``choices`` and ``roles``: one number a row; what a side of a role is worth is blank without a plan."""
    currency = found.form.loss_unit
    sets, choices = [], []
    for rank, one in enumerate(found.portfolios, 1):
        told = {"cost": (one.cost, currency), "loss": (one.loss, currency), "least loss": (one.least_loss, currency),
                "loss share": (found.share(one.loss), "fraction"),
                "dependence": (one.plan.claims.dependence, "fraction"), "over budget": (one.over, currency),
                "dependence more in budget": (math.inf if one.points is None else one.points, "fraction"),
                "tie": (float(one.tie), "yes or no")}
        sets += [(rank, measure, value, unit) for measure, (value, unit) in told.items() if math.isfinite(value)]
        choices += [(rank, sheet, name, number, "signed" if sheet == "Deals" else "modules")
                    for (sheet, name), number in one.portfolio.choices.items()]
    roles = [
        (*role.choice, role.part, way, {True: "yes", False: "no", None: "open"}[side.possible], side.how, side.loss,
         currency)
        for role in found.roles for way, side in (("with it", role.having), ("without it", role.lacking))
    ]
    of_roles = ["sheet", "name", "role", "side", "possible", "known by", "value", "unit"]
    return {
        "sets": pd.DataFrame(sets, columns=["set", "measure", "value", "unit"]),
        "choices": pd.DataFrame(choices, columns=["set", "sheet", "name", "value", "unit"]),
        "roles": pd.DataFrame(roles, columns=of_roles),
    }


def page(found: Alternatives) -> Iterable[Block]:
    """The answer, the sets with what each loses, and the roles."""
    yield Heading("What could be done instead")
    yield Paragraph(sentence(found))
    if not found.roles:
        return
    yield Paragraph(_tie(found))
    yield Paragraph(f"The plan has {_listed(found.portfolios[0].portfolio.choices)}. {_asked(found)}", "note")
    if len(found.portfolios) > 1:
        headers = ("Set", "Costs more", "In %", "Without", "Instead", "Tie?")
        yield Table(headers, list(_rows(found)), right=frozenset({1, 2}), wide={3: 1.0, 4: 1.0, 5: 0.6})
    yield Paragraph(_ended(found), "note")
    yield from _budget(found)
    yield Heading(f"Which {'deals and plants' if found.plants else 'deals'} are needed", 3)
    yield Paragraph(_summary(found))
    late = _late(found.portfolios[0])
    rows = [(role.choice[1], role.part, "yes" if role.planned else BRIEFLY if role.choice[1] in late else "no",
             _known(found, role)) for role in found.roles]
    yield Table(("Deal or plant" if found.plants else "Deal", "Role", "In the plan", "How it is known"), rows,
                wide={0: 0.6, 3: 1.0})


def sentence(found: Alternatives) -> str:
    """The answer: what the second best is, and by how much."""
    if not found.roles:
        of = "deal or plant" if found.plants else "deal"
        return f"The case has no {of} that can still be chosen, so that there is nothing to do instead."
    if len(found.portfolios) == 1:
        return _alone(found)
    second = found.portfolios[1]
    what = f"the {_noun(found)} {_differs(second)}"
    if second.tie:
        return f"As good as the plan, as far as can be told, is {what}."
    return f"Second best is {what}; it costs {_more(found, second.loss)}."


def _alone(found: Alternatives) -> str:
    """Why there is no second set."""
    if found.ended == "none":
        if not found.portfolios[0].portfolio:
            return f"The plan chooses none of the {_nouns(found)}, so that every other set only adds to it."
        level = dict(found.form.caps).get(DEPENDENCE)
        kept = "meets the case" if level is None else f"keeps dependence at {percent(level)} or less"
        return f"Without all of the plan's {_nouns(found)} no plan {kept}."
    if found.ended == "count":
        return "Only the plan itself was asked for, and no other set."
    return f"No second {_noun(found)} was found before the search ended."


def _noun(found: Alternatives) -> str:
    return f"set of {_nouns(found)}"


def _nouns(found: Alternatives) -> str:
    return "deals and plants" if found.plants else "deals"


BRIEFLY = "for less than half a term"
"""How a deal is signed that does not count."""


def _late(one: Alternative) -> frozenset[str]:
    """Deals that a plan signs so late that they are not counted among its set."""
    return frozenset(deal for deal, _, _ in one.plan.amounts.sign) - frozenset(one.portfolio.deals)


def _differs(one: Alternative) -> str:
    late = _late(one)
    told = [f"{word} {_listed(of, late)}" for word, of in (("without", one.without), ("with", one.instead)) if of]
    return " and ".join(told)


def _listed(choices: Mapping[Choice, int], late: frozenset[str] = frozenset()) -> str:
    """Choices by name, in a sentence; those signed all the same, but late, are told as such."""
    *others, last = [_quoted(name) for name in _names(choices, late)] or ["none of them"]
    return f"{', '.join(others)} and {last}" if others else last


def _quoted(name: str) -> str:
    """A name as it can stand between commas."""
    bare = name.removesuffix(f" ({BRIEFLY})")
    return f"'{bare}'{name[len(bare):]}" if "," in bare else name


def _cell(choices: Mapping[Choice, int], late: frozenset[str] = frozenset()) -> str:
    """Choices by name, in a table."""
    return "; ".join(_names(choices, late)) or "-"


def _names(choices: Mapping[Choice, int], late: frozenset[str] = frozenset()) -> list[str]:
    """The name of each choice; of plants with how many modules, of deals whether they are signed late."""
    return [_plant(name, number) if sheet == "Plants" else f"{name} ({BRIEFLY})" if name in late else name
            for (sheet, name), number in choices.items()]


def _plant(name: str, number: int) -> str:
    return f"{name} ({number} module{'' if number == 1 else 's'})"


def _more(found: Alternatives, loss: float) -> str:
    """A loss in words, in money and as a part of the plan's cost."""
    if round(loss) == 0:
        return "as much as the plan"
    word = "more" if loss > 0 else "less"
    return f"{money(abs(loss), found.form.loss_unit)} ({_share(found, abs(loss))}) {word} than the plan"


def _share(found: Alternatives, loss: float) -> str:
    return f"{100 * found.share(loss) + 0.0:.2f} %"


def _asked(found: Alternatives) -> str:
    level = dict(found.form.caps).get(DEPENDENCE)
    held = "" if level is None else f" with dependence at {percent(level)} or less, that of the plan,"
    return (
        "Each other set drops something that the sets before it have; a deal more beside them is no news. A deal "
        f"counts where it is in force for half of a term: {BRIEFLY} it is signed, but not counted. A set is told by "
        f"its cheapest plan{held} and what that costs more, discounted."
    )


def _budget(found: Alternatives) -> Iterable[Block]:
    """What the sets are within the budget, where it is less than they cost."""
    dear = [(rank, one) for rank, one in enumerate(found.portfolios, 1) if one.over]
    if not dear or found.form.budget is None:
        return
    of = "none of the others" if len(dear) == len(found.portfolios) - 1 else f"not set {_ranks([r for r, _ in dear])}"
    yield Paragraph(
        f"The budget of {money(found.form.budget, found.form.loss_unit)} pays for the plan, and for {of}. With what "
        "such a set signs and orders, and flows that keep to the budget, dependence is higher:", "note",
    )
    rows = [(str(rank), money(one.over, found.form.loss_unit), _higher(one.points)) for rank, one in dear]
    yield Table(("Set", "Above the budget", "Dependence in the budget"), rows, right=frozenset({1}), wide={2: 1.0})


def _ranks(ranks: Sequence[int]) -> str:
    *others, last = map(str, ranks)
    return f"{', '.join(others)} or {last}" if others else last


def _higher(more: float | None) -> str:
    if more is None:
        return "no plan: what it signs and orders is too dear"
    if round(more, 6) == 0:
        return "as low as the plan's"
    return f"{'less than 0.1 points' if points(more) == 'none' else points(more).lstrip('+')} higher"


def _rows(found: Alternatives) -> Iterable[tuple[str, ...]]:
    yield "1 (the plan)", "-", "-", "-", "-", ""
    for rank, one in enumerate(found.portfolios[1:], 2):
        yield (
            str(rank), _signed(found, one.loss), _share(found, one.loss), _cell(one.without, _late(one)),
            _cell(one.instead), _tied(found, one),
        )


def _tied(found: Alternatives, one: Alternative) -> str:
    """Whether a set is told from the plan: by the gap of the search, and by what two sets should differ."""
    tau = found.uniqueness.tau
    told = "yes" if one.tie else "nearly" if found.share(one.loss) <= tau else "no"
    least = money(max(one.least_loss, 0.0), found.form.loss_unit)
    return told if one.proved else f"{told}; may be as little as {least}"


def _signed(found: Alternatives, loss: float) -> str:
    return "as much" if round(loss) == 0 else money(loss, found.form.loss_unit)


def _tie(found: Alternatives) -> str:
    """Whether the plan is the only good one."""
    at = found.uniqueness
    tau = short_percent(at.tau)
    if at.unique is None:
        return f"Whether another set comes within {tau} of the plan's cost was not settled in the time."
    if at.rival is None:
        return f"No other set comes within {tau} of the plan's cost: the choice is clear."
    planned = found.portfolios[0].portfolio
    told = [f"{word} {_listed(of)}" for word, of in (
        ("without", planned.without(at.rival)), ("with", at.rival.without(planned))) if of]
    return (
        f"The choice is close: {' and '.join(told)} it costs {_more(found, at.loss or 0.0)}; less than {tau} is nearly "
        "a tie."
    )


def _ended(found: Alternatives) -> str:
    limit = short_percent(found.within)
    return {
        "count": "The list has as many sets as were asked for; there may be more.",
        "within": f"Every further set costs more than {limit} more than the plan.",
        "none": "There is no further set.",
        "time": "The list ended with its time; there may be more.",
        "interrupted": "The list was interrupted; with --resume it goes on.",
        "failed": "The list ended as the search for the next set failed; with --resume it is tried again.",
    }[found.ended]


def _summary(found: Alternatives) -> str:
    """How many choices have which role, and which."""
    told = []
    for part, words in PARTS.items():
        names = [_quoted(role.choice[1]) for role in found.roles if role.part == part]
        if names:
            which = f": {', '.join(names)}" if len(names) <= NAMED else ""
            told.append(f"{len(names)} {words} ({part}){which}")
    limit = short_percent(found.within)
    most = money(found.most, found.form.loss_unit)
    beyond = ", the budget not looked at" if found.form.over(found.most) else ""
    return f"Of all plans that cost at most {limit} more than this one, {most}{beyond}: {'; '.join(told)}."


def _known(found: Alternatives, role: Role) -> str:
    """How a role is known."""
    part, having, lacking = role.part, role.having, role.lacking
    if part == "never":
        term = "It cannot be in force for half a term before the case ends."
        return term if having.how == "term" else "A search over all plans within the loss found none with it."
    if part == "must":
        by_list = "Each set within the loss has it, and every other plan within it only adds to one of them."
        return by_list if lacking.how == "list" else "A search over all plans within the loss found none without it."
    return f"With it: {_shown(found, having)}. Without it: {_shown(found, lacking)}."


def _shown(found: Alternatives, side: Side) -> str:
    if side.possible is None:
        return "not settled in the time"
    if side.rank == 1:
        return "the plan"
    more = _more(found, side.loss or 0.0).removesuffix(" than the plan")
    return f"set {side.rank}" if side.rank is not None else f"a plan found for this, {more}"


def pictures(found: Alternatives) -> tuple[Picture, ...]:
    """None: the tables say it all."""
    return ()
