r"""Rules between choices (MODEL.md 4.7).

.. math::
    chosen_d \le \sum_{a,n} sign_{d,a,n}, \quad sign_{d,a,n} \le chosen_d, \qquad
    chosen_k \le \sum_t order_{k,t}, \quad order_{k,t} \le orders_k \, chosen_k

    \sum_{x \in list} chosen_x \;\{\le, \ge, =\}\; n \;\text{(at most, at least, exactly),} \qquad
    chosen_A + chosen_B \le 1 \;\text{(excludes)}

    choice_{A,t} \le N_A \sum_{t' \le t} choice_{B,t'} \;\text{(requires)}

A deal is chosen when any of its signings is, a plant when any order is; what was signed or ordered before the case
begins counts as chosen. What A requires must be signed or ordered no later than A; `choice` is a signing or the orders
of a year, `N` the most that it can be.
"""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.case.schema import Rule, matches
from optimizer.model.building import Building, Linear
from optimizer.model.calendar import orders_left
from optimizer.model.terms import Index

Choice = tuple[str, str]
"""A deal or plant: its sheet and its name."""


def choices(b: Building, names: tuple[str, ...]) -> tuple[Choice, ...]:
    """The deals and plants that a list of names and patterns means, in its order, each once."""
    known = [("Deals", name) for name in b.data.deals] + [("Plants", name) for name in b.data.plants]
    found = (choice for pattern in names for choice in known if matches(choice[1], pattern))
    return tuple(dict.fromkeys(found))


def decisions(b: Building, choice: Choice) -> Iterator[tuple[str, Index, int]]:
    """Family, index and year of every decision that makes a choice."""
    sheet, name = choice
    if sheet == "Deals":
        yield from (("sign", (name, s.year, s.terms), s.year) for s in b.data.signings[name])
    else:
        yield from (("order", key, key[1]) for key in b.numbers["order"] if key[0] == name)


def settled(b: Building, choice: Choice) -> bool:
    """Whether the choice was made before the case begins."""
    sheet, name = choice
    return name in b.data.past if sheet == "Deals" else bool(b.data.plants[name].ordered_in)


def add_variables(b: Building) -> None:
    """``chosen[sheet, name]``: whether a deal or plant that a rule counts is chosen at all."""
    counted = dict.fromkeys(
        choice
        for rule in b.data.case.rules
        if rule.rule != "requires"
        for choice in choices(b, rule.list)
        if not settled(b, choice) and any(True for _ in decisions(b, choice))
    )
    b.variables("chosen", counted, integer=True, upper=dict.fromkeys(counted, 1.0), addresses=("{0}[{1}]",))


def add_rows(b: Building) -> None:
    """What is chosen, and the rules between choices."""
    _chosen(b)
    rows: dict[Index, tuple[Linear, str, float]] = {}
    for rule in b.data.case.rules:
        rows.update(_rule(b, rule))
    b.linear("rule", rows, ("Rules[{0}]",), "Rules[{}]".format)


def _chosen(b: Building) -> None:
    upper: dict[Index, tuple[Linear, str, float]] = {}
    each: dict[Index, tuple[Linear, str, float]] = {}
    for sheet, name in b.numbers["chosen"]:
        total = Linear({"chosen": {(sheet, name): 1.0}})
        for i, (family, index, _) in enumerate(decisions(b, (sheet, name))):
            total.add(family, index, -1.0)
            times = 1.0 if sheet == "Deals" else float(orders_left(b.data.plants[name]))
            each[sheet, name, i] = (Linear({family: {index: 1.0}, "chosen": {(sheet, name): -times}}), "<=", 0.0)
        upper[sheet, name] = (total, "<=", 0.0)
    b.linear("chosen_if_made", upper, ("{0}[{1}]",))
    b.linear("made_if_chosen", each, ("{0}[{1}]",))


def _rule(b: Building, rule: Rule) -> Iterator[tuple[Index, tuple[Linear, str, float]]]:
    if rule.rule == "requires":
        yield from _requires(b, rule)
    elif rule.rule == "excludes":
        first, *others = choices(b, rule.list)
        for other in others:
            yield (rule.name, "/".join((*first, *other)), 0), (_count(b, [first, other]), "<=", 1.0)
    else:
        sense = {"at most": "<=", "at least": ">=", "exactly": "=="}[rule.rule]
        yield (rule.name, "", 0), (_count(b, choices(b, rule.list)), sense, float(rule.n or 0))


def _count(b: Building, several: tuple[Choice, ...] | list[Choice]) -> Linear:
    total = Linear()
    for choice in several:
        if settled(b, choice):
            total.constant += 1.0
        elif b.has("chosen", choice):
            total.add("chosen", choice, 1.0)
    return total


def _requires(b: Building, rule: Rule) -> Iterator[tuple[Index, tuple[Linear, str, float]]]:
    first = choices(b, rule.list[:1])
    for choice in first:
        times = 1.0 if choice[0] == "Deals" else float(orders_left(b.data.plants[choice[1]]))
        years = dict.fromkeys(year for _, _, year in decisions(b, choice))
        for other in choices(b, rule.list[1:]):
            if settled(b, other) or other == choice:
                continue
            for year in years:
                total = Linear()
                for family, index, made in decisions(b, choice):
                    if made == year:
                        total.add(family, index, 1.0)
                for family, index, made in decisions(b, other):
                    if made <= year:
                        total.add(family, index, -times)
                yield (rule.name, "/".join((*choice, *other)), year), (total, "<=", 0.0)
