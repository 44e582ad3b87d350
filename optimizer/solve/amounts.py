"""What a plan decides and what it claims, as plain numbers: the meeting point of the solver and the check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields


@dataclass(frozen=True)
class Amounts:
    """Every decision of a plan that is not zero; tonnes a year unless said otherwise. Class is clear or exposed.

    Attributes:
        sign: ``(deal, year, terms)`` -> 1: signed in that year for so many back-to-back terms.
        orders: ``(plant, year)`` -> number of orders.
        modules: ``(plant, year)`` -> modules in those orders.
        run: ``(plant, recipe, year, class)`` -> main output.
        buy: ``(supply, year)`` -> bought, both classes.
        ship: ``(lane, year, class)`` -> shipped, before loss.
        stock: ``(stock, year, class)`` -> held at the year's end.
        relabel: ``(place, material, year)`` -> clear material used as exposed from then on.
        alloc: ``(deal, sheet, name, year)`` -> flow of a lane, plant or supply (sheet Lanes, Plants, Supply) that
            goes under the deal.
        serve: ``(demand, year, class)`` -> served.
        short: ``(demand, year)`` -> not served.
        missed: ``(deal, year)`` -> take missed against a charge.
        sell: ``(place, material, year, class)`` -> sold.
        discard: ``(place, material, year, class)`` -> discarded.
        paid_output: ``(incentive, plant, order year, year)`` -> tonnes of output paid for.
        grant: ``(incentive, plant, order year)`` -> money granted for capacity ordered, in the case's currency.
        broken: ``(limit, year)`` -> amount by which a limit with a price is broken, in its own unit (tonnes for
            shares and dependence); the first year where it holds over the horizon.
    """

    sign: Mapping[tuple[str, int, int], int] = field(default_factory=dict)
    orders: Mapping[tuple[str, int], int] = field(default_factory=dict)
    modules: Mapping[tuple[str, int], int] = field(default_factory=dict)
    run: Mapping[tuple[str, str, int, str], float] = field(default_factory=dict)
    buy: Mapping[tuple[str, int], float] = field(default_factory=dict)
    ship: Mapping[tuple[str, int, str], float] = field(default_factory=dict)
    stock: Mapping[tuple[str, int, str], float] = field(default_factory=dict)
    relabel: Mapping[tuple[str, str, int], float] = field(default_factory=dict)
    alloc: Mapping[tuple[str, str, str, int], float] = field(default_factory=dict)
    serve: Mapping[tuple[str, int, str], float] = field(default_factory=dict)
    short: Mapping[tuple[str, int], float] = field(default_factory=dict)
    missed: Mapping[tuple[str, int], float] = field(default_factory=dict)
    sell: Mapping[tuple[str, str, int, str], float] = field(default_factory=dict)
    discard: Mapping[tuple[str, str, int, str], float] = field(default_factory=dict)
    paid_output: Mapping[tuple[str, str, int, int], float] = field(default_factory=dict)
    grant: Mapping[tuple[str, str, int], float] = field(default_factory=dict)
    broken: Mapping[tuple[str, int], float] = field(default_factory=dict)

    @classmethod
    def families(cls) -> tuple[str, ...]:
        """The names of the families of decisions."""
        return tuple(f.name for f in fields(cls))


@dataclass(frozen=True)
class Claims:
    """What the model says of its plan; the check recomputes each.

    Attributes:
        dependence: dependence on the glide path, the least delta.
        mean_dependence: weighted mean of yearly dependence.
        cost: discounted cost in the case's view and currency.
        dependent: year -> weighted tonnes served exposed or short.
        cash: ``(item, heading, payer, year)`` -> cash in the case's currency, cost positive (docs/conventions.md).
        charged: ``(item, heading, payer)`` -> discounted cost charged to the horizon.
        criteria: name of a criterion -> its amount.
    """

    dependence: float
    mean_dependence: float
    cost: float
    dependent: Mapping[int, float] = field(default_factory=dict)
    cash: Mapping[tuple[str, str, str, int], float] = field(default_factory=dict)
    charged: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    criteria: Mapping[str, float] = field(default_factory=dict)
