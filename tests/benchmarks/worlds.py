"""Worlds of any size for measuring: a chain of stages from ore to product over many places, deals on most of it.

The world of 12 places is like the case of India in what makes such models hard or easy: about one lane for two pairs
of place and material, plants from a few hundred to ten thousand tonnes, one place of concern that sells cheaply what it
has plenty of, and part of what others make and sell exposed through it. A test holds it to that.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from optimizer.case.case import Case, case_of
from optimizer.case.schema import (
    Deal,
    Demand,
    Lane,
    Limit,
    Material,
    Place,
    Plant,
    RecipeLine,
    Row,
    Run,
    Series,
    Settings,
    Stock,
    Supply,
)

FIRST = 2026
HOME, CONCERN = "home", "rival"
SECTORS = ("cars", "wind", "industry", "electronics", "defence", "medicine")


@dataclass(frozen=True)
class Size:
    """How large a world is.

    Attributes:
        places: places, home and the place of concern among them.
        stages: materials from ore to product.
        years: years of the case.
        deals: deals on the table.
    """

    places: int = 12
    stages: int = 6
    years: int = 11
    deals: int = 24

    @property
    def name(self) -> str:
        """``12 places, 6 stages, 11 years, 24 deals``."""
        return f"{self.places} places, {self.stages} stages, {self.years} years, {self.deals} deals"


SMALL, MIDDLE, LARGE = Size(), Size(40, 9, 16, 100), Size(120, 12, 25, 300)


@dataclass
class _World:
    size: Size
    draw: random.Random
    rows: list[Row] = field(default_factory=list)
    deals: dict[str, tuple[str, str]] = field(default_factory=dict)
    sold_by_concern: list[int] = field(default_factory=list)

    @property
    def partners(self) -> list[str]:
        return [f"partner {i}" for i in range(1, self.size.places - 1)]

    def material(self, stage: int) -> str:
        return "product" if stage == self.size.stages - 1 else f"material {stage}"

    @property
    def last(self) -> int:
        return self.size.stages - 1

    def series(self, start: float, growth: float) -> Series:
        """A number that grows by a share of its start each year, given every few years."""
        years = sorted({*range(FIRST, FIRST + self.size.years, 4), FIRST + self.size.years - 1})
        return Series(points=tuple((year, round(start * (1 + growth * (year - FIRST)), 3)) for year in years))

    def of_kind(self, kind: str, partner: str) -> tuple[str, ...]:
        return tuple(name for name, (its, whose) in self.deals.items() if (its, whose) == (kind, partner))


def world(size: Size = SMALL, seed: int = 0) -> Case:
    """The world of a size and seed; equal ones give equal cases.

    Args:
        size: how large.
        seed: what is drawn: prices, capacities, who has which stage.
    """
    made = _World(size, random.Random(f"{size.name} {seed}"))
    for part in (_places, _materials, _deals, _home_plants, _partner_plants, _supply, _lanes, _demand, _limits):
        part(made)
    return case_of(_settings(made), *made.rows, name=f"{size.name}, seed {seed}")


def _settings(made: _World) -> Settings:
    last = FIRST + made.size.years - 1
    tonnes = sum(row.tonnes.at(last) for row in made.rows if isinstance(row, Demand))
    return Settings(
        title=made.size.name, first_year=FIRST, last_year=last, discount_rate=0.08, commit_year=FIRST + 1,
        deciding_point=Series(points=((FIRST, 0.5), (FIRST + 1, 0.0))),
        glide=Series(points=((FIRST, 0.0), (FIRST + 4, 0.0), (FIRST + 5, 1.0))),
        # about a seventh of what the demand costs
        budget_above_least_cost=round(tonnes * 45_000 * made.size.years * 0.6 / 7),
    )


def _places(made: _World) -> None:
    made.rows += [Place(name=HOME, home=True), Place(name=CONCERN, concern=True)]
    made.rows += [Place(name=name) for name in made.partners]


def _materials(made: _World) -> None:
    for stage in range(made.size.stages):
        needs = tuple((made.material(i), round(1.3 ** (stage - i), 4)) for i in range(stage))
        made.rows.append(Material(
            name=made.material(stage), stage=made.material(stage), price=Series.of(price_at(made, stage)), needs=needs,
        ))
    for stage in range(1, made.size.stages):
        recipe, amount = f"step {stage}", round(made.draw.uniform(1.05, 1.5), 3)
        made.rows += [
            RecipeLine(recipe=recipe, material=made.material(stage - 1), role="input", amount=amount),
            RecipeLine(recipe=recipe, material=made.material(stage), role="output", amount=1.0),
        ]


def price_at(made: _World, stage: int) -> float:
    """The price of a stage, rising to 45,000 a tonne for the product."""
    return round(45_000 * 0.62 ** (made.last - stage))


def _deals(made: _World) -> None:
    kinds = ("tolling", "offtake", "tolling", "stake", "licence", "joint venture")
    for i in range(made.size.deals):
        partner, kind = made.partners[i % len(made.partners)], kinds[made.draw.randrange(len(kinds))]
        name = f"{kind} {i + 1}, {partner}"
        made.deals[name] = (kind, partner)
        most = made.draw.choice((200.0, 400.0, 800.0, 1500.0))
        tolled = kind == "tolling"
        made.rows.append(Deal(
            name=name, partner=partner, kind=kind, window_from=FIRST, window_to=FIRST + made.draw.randint(4, 8),
            lead=made.draw.choice((0.5, 1.0, 1.5)), term=made.draw.choice((5.0, 8.0, None)),
            signing_cost=Series.of(made.draw.choice((1e6, 3e6, 8e6, 20e6))),
            fee=Series.of(round(made.draw.uniform(1_000, 15_000))) if kind in ("tolling", "licence") else None,
            meter={"tolling": "lanes", "licence": "plants", "joint venture": "plants"}.get(kind, "supply"),
            most=made.series(most, 0.1) if tolled or kind == "offtake" else None,
            least=made.series(0.2 * most, 0.1) if kind == "offtake" else None,
            missed_charge=Series.of(2_000.0) if kind == "offtake" else None,
            decide="now" if i % 3 else "later",
        ))


def _home_plants(made: _World) -> None:
    licences = tuple(name for name, (kind, _) in made.deals.items() if kind == "licence")
    for stage in range(1, made.size.stages):
        module = made.draw.choice((100.0, 200.0, 500.0))
        top = stage == made.last
        made.rows.append(Plant(
            name=f"home step {stage}", place=HOME, module=module, most_modules=12, orders_at_most=3,
            capex=Series.of(round(1.2 * price_at(made, stage))), site_cost=Series.of(5e6),
            fixed_cost=Series.of(round(0.04 * price_at(made, stage))), lead=made.draw.choice((1.5, 2.5, 3.0)),
            profile=(0.5, 0.5), ramp=(0.4, 0.7, 1.0), life=20.0,
            deals_to_run=(licences,) if top and licences else (),
        ))
        made.rows.append(_run(made, f"home step {stage}", stage, 1.1))
    for name, (kind, partner) in made.deals.items():
        if kind == "joint venture":
            plant = f"works of {name}"
            made.rows.append(Plant(
                name=plant, place=HOME, module=100.0, most_modules=8, orders_at_most=1, lead=2.5,
                capex=Series.of(50_000.0), fixed_cost=Series.of(2_000.0), profile=(0.5, 0.5), ramp=(0.5, 1.0),
                life=20.0, home_share=0.51, partner_keeps=0.2, deals_to_order=((name,),), deals_to_run=((name,),),
            ))
            made.rows.append(_run(made, plant, made.last, 1.0))
            assert partner in made.partners


def _run(made: _World, plant: str, stage: int, dear: float) -> Run:
    cost = dear * 0.12 * price_at(made, stage)
    return Run(plant=plant, recipe=f"step {stage}", variable_cost=Series.of(round(cost * made.draw.uniform(0.8, 1.2))))


def _partner_plants(made: _World) -> None:
    for partner in made.partners:
        tolls = made.of_kind("tolling", partner)
        stages = {made.last} if tolls else set()
        stages |= set(made.draw.sample(range(1, made.size.stages), k=made.draw.randint(0, 2)))
        for stage in sorted(stages):
            name = f"{partner} step {stage}"
            size = round(10 ** made.draw.uniform(1.9, 3.9))
            made.rows.append(Plant(
                name=name, place=partner, capacity=made.series(size, 0.05),
                exposed_share=round(made.draw.uniform(0.2, 0.35), 2) if made.draw.random() < 0.25 else 0.0,
                deals_to_run=(tolls,) if tolls and stage == made.last else (),
            ))
            made.rows.append(_run(made, name, stage, made.draw.uniform(0.9, 1.5)))


def _supply(made: _World) -> None:
    made.rows.append(Supply(
        name="home ore", place=HOME, material=made.material(0), price=Series.of(price_at(made, 0)),
        limit=made.series(6_000.0 * made.size.places / 12, 0.15),
    ))
    for partner in made.partners:
        opened = (*made.of_kind("offtake", partner), *made.of_kind("stake", partner))
        if not opened and made.draw.random() < 0.6:
            continue
        stage = made.draw.randrange(max(1, made.size.stages - 2))
        made.rows.append(Supply(
            name=f"{partner} {made.material(stage)}", place=partner, material=made.material(stage),
            price=made.series(made.draw.uniform(1.1, 1.6) * price_at(made, stage), 0.01),
            limit=made.series(round(10 ** made.draw.uniform(2.8, 4.0)), 0.1),
            exposed_share=round(made.draw.uniform(0.1, 0.4), 2) if made.draw.random() < 0.2 else None,
            deals=(opened,) if opened else (),
        ))
    offered = {row.material for row in made.rows if isinstance(row, Supply) and row.place != HOME}
    # what nobody else sells is to be had from the place of concern
    made.sold_by_concern = [
        stage for stage in range(made.size.stages)
        if stage in (made.last // 2, made.last - 1, made.last) or made.material(stage) not in offered
    ]
    for stage in made.sold_by_concern:
        made.rows.append(Supply(
            name=f"{CONCERN} {made.material(stage)}", place=CONCERN, material=made.material(stage),
            price=made.series(0.9 * price_at(made, stage), 0.02), limit=Series.of(6_000.0 * made.size.places),
        ))


def _lanes(made: _World) -> None:
    # what home buys abroad to use, or to make more of it
    for stage in made.sold_by_concern:
        _lane(made, CONCERN, HOME, stage)
    for partner in made.partners:
        tolls = made.of_kind("tolling", partner)
        _lane(made, partner, HOME, made.last, tolls)
        if tolls:
            _lane(made, HOME, partner, made.last - 1)
        for row in [row for row in made.rows if isinstance(row, Run) and row.plant.startswith(f"{partner} step ")]:
            stage = int(row.recipe.removeprefix("step ")) - 1
            sellers = sorted({
                one.place for one in made.rows
                if isinstance(one, Supply) and one.material == made.material(stage) and one.place != partner
            })
            _lane(made, made.draw.choice(sellers), partner, stage)
        for stage in range(made.last):
            if made.draw.random() < 0.1:
                _lane(made, partner, HOME, stage)
    wanted = round(0.4 * made.size.places * made.size.stages) - sum(isinstance(row, Lane) for row in made.rows)
    everyone = [CONCERN, *made.partners]
    for _ in range(max(0, wanted)):
        origin, to = made.draw.choice(everyone), made.draw.choice(made.partners)
        if origin != to:
            _lane(made, origin, to, made.draw.randrange(made.last))


def _lane(made: _World, origin: str, to: str, stage: int, deals: tuple[str, ...] = ()) -> None:
    name = f"{made.material(stage)}, {origin} to {to}"
    if any(isinstance(row, Lane) and row.name == name for row in made.rows):
        return
    made.rows.append(Lane(
        name=name, material=made.material(stage), origin=origin, destination=to,
        freight=Series.of(round(made.draw.uniform(50, 1_000))), deals=(deals,) if deals else (),
        duty=Series.of(0.075) if to == HOME and made.draw.random() < 0.5 else None,
    ))


def _demand(made: _World) -> None:
    scale = made.size.places / 12
    for sector in SECTORS:
        made.rows.append(Demand(
            name=sector, sector=sector, place=HOME, material="product", weight=1.0,
            tonnes=made.series(round(scale * made.draw.uniform(400, 1_600)), 0.12),
            floor=Series.of(0.95), shortage_cost=Series.of(150_000.0),
        ))
    made.rows.append(Stock(
        name="ore at home", place=HOME, material=made.material(0), opening_clear=250.0, limit=Series.of(600.0),
        holding_cost=Series.of(200.0),
    ))


def _limits(made: _World) -> None:
    made.rows.append(Limit.model_validate({
        "name": "capital a year", "measure": "spend", "sense": "at most", "heading": ("capex", "site"),
        "value": Series.of(2.5e8 * made.size.places / 12),
    }))
