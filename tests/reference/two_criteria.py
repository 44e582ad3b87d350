"""Published problems of two criteria as cases in our format: cost, and dependence on what is imported."""

from __future__ import annotations

import re
from dataclasses import dataclass

from optimizer.case.case import Case, case_of
from optimizer.case.schema import (
    Criterion,
    Deal,
    Demand,
    Filter,
    Lane,
    Limit,
    Material,
    Place,
    Row,
    Settings,
    Supply,
)
from tests.reference.converters import DATA, FIRST, S, read

HOME, ABROAD = "home", "abroad"


def exact(title: str) -> Settings:
    """One year, least cost, and no tolerance by which a later goal may worsen an earlier one."""
    return Settings(
        title=title, first_year=FIRST, last_year=FIRST, goal="cost", then=(), dependence_tolerance=0.0,
        cost_tolerance=0.0,
    )


@dataclass(frozen=True)
class Knapsack:
    """A knapsack problem with two profits, as vOptLib prints it.

    Attributes:
        profits: of each objective, the profit of each item.
        weights: weight of each item.
        capacity: most that the items taken may weigh.
    """

    profits: tuple[tuple[int, ...], tuple[int, ...]]
    weights: tuple[int, ...]
    capacity: int

    @classmethod
    def of(cls, name: str) -> Knapsack:
        """The problem of a file."""
        text = re.sub(r"#.*", "", (DATA / name).read_text(encoding="utf-8"))
        n, objectives, constraints, *rest = map(int, text.split())
        assert (objectives, constraints, len(rest)) == (2, 1, 3 * n + 1)
        first, second, weights = (tuple(rest[i * n: (i + 1) * n]) for i in range(3))
        return cls((first, second), weights, rest[-1])

    @property
    def totals(self) -> tuple[int, int]:
        """The profit of all items together, by objective."""
        return sum(self.profits[0]), sum(self.profits[1])


def knapsack(problem: Knapsack) -> Case:
    """Item i is a product of which a tonne is needed, dependence counting it c2_i times.

    Taking it is a deal at home, at no cost and of an effort of w_i; leaving it is importing it at a cost of c1_i.
    """
    rows: list[Row] = [Place(name=HOME, home=True), Place(name=ABROAD, concern=True)]
    for i, (cost, count, weight) in enumerate(zip(*problem.profits, problem.weights, strict=True), start=1):
        name, deal = f"item {i}", f"take {i}"
        rows += [
            Material(name=name, stage=name),
            Demand(name=name, sector=name, place=HOME, material=name, tonnes=S(1.0), weight=float(count)),
            Deal(name=deal, signings_at_most=1),
            Supply(name=f"own {i}", place=HOME, material=name, price=S(0.0), limit=S(1.0), deals=((deal,),)),
            Supply(name=f"import {i}", place=ABROAD, material=name, price=S(float(cost))),
            Lane(name=f"import {i}", material=name, origin=ABROAD, destination=HOME),
            Criterion(criterion="effort", applies_to=deal, per_signing=float(weight)),
        ]
    rows.append(Limit(
        name="effort", measure="criterion", filter=Filter(terms=(("criterion", ("effort",)),)), sense="at most",
        value=S(float(problem.capacity)), over="horizon",
    ))
    return case_of(exact("bi-objective knapsack"), *rows)


def energy() -> Case:
    """Fuels for three loads, imported ones from the place of concern; the third criterion is carbon dioxide.

    Each load is a place, because not every fuel can serve each: lanes lead from a fuel to the loads that it serves.
    """
    data = read("energy_imports.json")
    rows: list[Row] = [Material(name="energy", stage="energy")]
    for name, fuel in data["fuels"].items():
        rows += [
            Place(name=name, concern=bool(fuel["imported"]), home=not fuel["imported"]),
            Supply(name=name, place=name, material="energy", price=S(float(fuel["cost"])), limit=S(float(fuel["cap"]))),
            Criterion(criterion="carbon", applies_to=name, per_tonne=float(fuel["co2"])),
        ]
    for load, needs in data["loads"].items():
        rows += [Place(name=load, home=True), Demand(name=load, sector=load, place=load, material="energy",
                                                     tonnes=S(float(needs["demand"])))]
        rows += [Lane(name=f"{fuel} for {load}", material="energy", origin=fuel, destination=load)
                 for fuel in needs["fuels"]]
    return case_of(exact("energy imports"), *rows)
