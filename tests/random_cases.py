"""Random small cases: a chain of up to four materials over up to four places, some choices, few binaries.

Most have a plan, because the product can be bought in the place of concern at a high price; some have none. Every deal
has a signing cost and every order a capital cost, so that no choice is without trace.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from optimizer.case.case import Case, case_of
from optimizer.case.schema import (
    Criterion,
    Deal,
    Demand,
    Filter,
    Incentive,
    Lane,
    Limit,
    Material,
    Payment,
    Place,
    Plant,
    RecipeLine,
    Row,
    Rule,
    Run,
    Series,
    Settings,
    Stock,
    Supply,
)

BLOCKS: tuple[str, ...] = (
    "bands", "terms", "past", "payments", "orders", "partner", "licence", "incentives", "stocks", "floors", "sales",
    "by-products", "rules", "limits", "two inputs", "totals", "discounting", "criteria", "budget", "glide", "duty",
    "qualification", "exposed shares", "deciding point", "losses", "yard", "views",
)
FIRST = 2030


def random_case(seed: int, blocks: Collection[str] = BLOCKS) -> Case:
    """The case of a seed; `blocks` are those that it may have, of which each stands in about half the cases.

    Args:
        seed: equal seeds and blocks give equal cases.
        blocks: some of :data:`BLOCKS`.
    """
    draw = _Draw(random.Random(seed))
    draw.on = {block for block in BLOCKS if draw.chance(0.55) and block in blocks}
    draw.years = tuple(range(FIRST, FIRST + draw.pick(2, 3, 3, 4)))
    rows = [*_world(draw), *_trade(draw), *_needs(draw), *_plants(draw)]
    # deals, rules and the like look at what there is
    rows += _deals(draw, rows)
    rows += _money(draw, rows)
    rows = _closing(random.Random(f"closing {seed}"), rows)
    return case_of(_settings(draw, rows), *rows, name=f"random {seed}")


@dataclass
class _Draw:
    rng: random.Random
    on: set[str] = field(default_factory=set)
    years: tuple[int, ...] = ()

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, *options: Any) -> Any:
        return self.rng.choice(options)

    def maybe(self, value: Any, share: float = 0.5) -> Any:
        return value if self.chance(share) else None

    def number(self, low: float, high: float, digits: int = 1) -> float:
        return round(self.rng.uniform(low, high), digits)

    def series(self, low: float, high: float, digits: int = 1) -> Series:
        if self.chance(0.6):
            return Series.of(self.number(low, high, digits))
        ends = dict.fromkeys((self.years[0], self.years[-1]))
        return Series(points=tuple((t, self.number(low, high, digits)) for t in ends))

    def has(self, block: str, share: float = 1.0) -> bool:
        return self.chance(share) and block in self.on

    @property
    def inputs(self) -> tuple[str, ...]:
        return ("oxide", "heavy") if "two inputs" in self.on else ("oxide",)

    @property
    def sites(self) -> tuple[str, ...]:
        return ("Home", "Yard") if "yard" in self.on else ("Home",)

    def window(self, longest: int = 2) -> dict[str, int]:
        begin = self.pick(*self.years[:2])
        return {"window_from": begin, "window_to": begin + self.pick(*range(longest))}


def _settings(d: _Draw, rows: list[Row]) -> Settings:
    fields: dict[str, Any] = {"title": "Random", "first_year": d.years[0], "last_year": d.years[-1]}
    fields["payers"] = ("state", "industry")
    if d.has("discounting"):
        fields["discount_rate"] = d.pick(0.05, 0.1)
    if d.has("deciding point"):
        points = tuple((t, d.pick(0.0, 0.25, 0.5)) for t in d.years)
        fields["deciding_point"] = d.pick(Series.of(d.pick(0.25, 0.5)), Series(points=points))
    if d.has("glide"):
        if d.chance(0.5):
            fields["full_from"] = d.pick(*d.years)
        else:
            rising = sorted(d.pick(0.0, 0.25, 0.5, 1.0) for _ in d.years[1:])
            fields["glide"] = Series(points=tuple(zip(d.years, [*rising, 1.0], strict=True)))
        if d.chance(0.4):
            fields["weights"] = Series(points=((d.years[0], 1.0), (d.years[-1], 3.0)))
    if d.has("budget"):
        asked = d.pick("budget", "budget_above_least_cost", "dependence_cap")
        need = sum(row.tonnes.at(t) for row in rows if isinstance(row, Demand) for t in d.years)
        sizes = {"budget": (75 * need, 120 * need), "budget_above_least_cost": (0, 25 * need)}
        fields[asked] = d.number(*sizes.get(asked, (0.7, 1.0)), 2)
    if d.has("views"):
        fields["view"] = "national"
    return Settings.model_validate(fields)


# ---- the world


def _world(d: _Draw) -> list[Row]:
    rows: list[Row] = [Place(name="Home", home=True), Place(name="Ally"), Place(name="Concern", concern=True)]
    if "yard" in d.on:
        rows.append(Place(name="Yard", home=True))
    needs = (("oxide", 1.25), ("heavy oxide", 0.1)) if "two inputs" in d.on else (("oxide", 1.25),)
    for name in ("magnet", "oxide", *d.inputs[1:], *(("swarf",) if "by-products" in d.on else ())):
        prices = {"magnet": (55, 80), "oxide": (5, 15), "heavy": (60, 120), "swarf": (1, 3)}
        material = Material(
            name=name, stage={"heavy": "heavy oxide"}.get(name, name), price=d.series(*prices[name]),
            market=d.series(2, 15) if d.has("sales", 0.5) else None,
            sold_at=(d.pick("Home", "Ally"),) if d.has("sales", 0.3) else (),
            discarding=d.number(0.5, 3) if d.chance(0.15) else None,
            needs=needs if name == "magnet" else (),
        )
        rows.append(material)
    amounts = {"oxide": 1.25, "heavy": 0.1}
    rows += [RecipeLine(recipe="sinter", material=x, role="input", amount=amounts[x]) for x in d.inputs]
    rows.append(RecipeLine(recipe="sinter", material="magnet", role="output", amount=1.0))
    if "two inputs" in d.on:
        rows += [
            RecipeLine(recipe="plain", material="oxide", role="input", amount=1.4),
            RecipeLine(recipe="plain", material="magnet", role="output", amount=1.0),
        ]
    if "by-products" in d.on:
        rows += [
            RecipeLine(recipe="sinter", material="swarf", role="by-product", amount=0.2),
            RecipeLine(recipe="recycle", material="swarf", role="input", amount=1.5),
            RecipeLine(recipe="recycle", material="oxide", role="output", amount=1.0),
        ]
    return rows


def _exposed(d: _Draw) -> float | None:
    return d.pick(0.25, 0.5, 1.0) if d.has("exposed shares", 0.5) else None


def _trade(d: _Draw) -> list[Row]:
    rows: list[Row] = [Supply(name="magnet concern", place="Concern", material="magnet", price=d.series(60, 90))]
    if d.chance(0.5):
        rows.append(Supply(
            name="magnet ally", place="Ally", material="magnet", price=d.series(55, 85), limit=d.series(5, 30),
            exposed_share=_exposed(d), payer=d.maybe("industry"),
        ))
    for x in d.inputs:
        low, high = {"oxide": (5, 15), "heavy": (50, 120)}[x]
        for place in ("Ally", "Concern", *(("Home",) if d.chance(0.4) else ())):
            limit = d.series(10, 80) if x == "oxide" else d.series(1, 8)
            # what a deal opens has a limit, for without one its flow may be bounded by nothing
            opened = x == "oxide" and place == "Ally" and d.chance(0.4)
            rows.append(Supply(
                name=f"{x} {place.lower()}", place=place, material=x, price=d.series(low, high),
                limit=None if place == "Concern" or (d.chance(0.15) and not opened) else limit,
                total=d.number(30, 120) if d.has("totals", 0.5) and place != "Concern" else None,
                exposed_share=None if place == "Concern" else _exposed(d),
                deals=(("stake",),) if opened else (),
            ))
    rows += _lanes(d)
    return rows


def _lanes(d: _Draw) -> list[Row]:
    ways = [("magnet", "Concern", "Home"), ("magnet", "Ally", "Home"), ("oxide", "Home", "Ally")]
    ways += [(x, place, "Home") for x in d.inputs for place in ("Ally", "Concern")]
    ways += [(x, "Concern", "Ally") for x in d.inputs if d.chance(0.6)]
    if "yard" in d.on:
        ways += [(x, "Home", "Yard") for x in ("magnet", *d.inputs)] + [("magnet", "Yard", "Home")]
    rows: list[Row] = []
    for x, origin, destination in ways:
        fallback = x == "magnet" and (origin == "Concern" or destination == "Yard")
        closed = {} if fallback else d.pick(*[{}] * 6, {"from_year": d.years[1]}, {"to_year": d.years[-2]})
        groups: tuple[tuple[str, ...], ...] = ()
        if (x, origin) == ("magnet", "Ally"):
            groups = d.pick((("toll", "offtake"),), (("offtake",),), (("toll",),))
        rows.append(Lane(
            name=f"{x} {origin} {destination}".lower(), material=x, origin=origin, destination=destination,
            freight=d.maybe(d.series(0.5, 3)), loss=d.pick(0.0, 0.05, 0.1) if "losses" in d.on else 0.0,
            duty=d.series(0.02, 0.15, 2) if d.has("duty", 0.6) else None,
            limit=None if fallback or d.chance(0.6) else d.series(5, 60),
            payer=d.maybe("industry", 0.3), deals=groups, **closed,
        ))
    return rows


def _needs(d: _Draw) -> list[Row]:
    rows: list[Row] = []
    for name in ("cars", *(("wind",) if d.chance(0.4) else ())):
        soft = d.has("floors", 0.7)
        rows.append(Demand(
            name=name, sector=name, place=d.pick(*d.sites), material="magnet", tonnes=d.series(10, 50),
            weight=d.maybe(d.pick(0.5, 2.0), 0.2), floor=d.series(0.5, 0.8, 2) if soft else None,
            clear_share=d.series(0.1, 0.2 if soft else 0.3, 2) if d.has("floors", 0.5 if soft else 0.1) else None,
            shortage_cost=d.series(80, 150) if soft else None,
        ))
    if d.chance(0.15):
        rows.append(Demand(name="abroad", sector="other", place="Ally", material="magnet", tonnes=d.series(1, 5),
                           floor=Series.of(0.0), shortage_cost=Series.of(70.0)))
    if "stocks" in d.on:
        # beside output that is paid for, bought material cannot be stocked; whether a year is such a one is open
        kinds = ("oxide",) if "incentives" in d.on else ("magnet", "oxide")
        rows += [_stock(d, x) for x in kinds if d.chance(0.6)]
    return rows


def _stock(d: _Draw, material: str) -> Stock:
    days = d.chance(0.5)
    return Stock(
        name=f"{material} stock", place="Home", material=material, opening_clear=d.pick(0.0, d.number(1, 10)),
        opening_exposed=d.pick(0.0, d.number(1, 10)), limit=d.maybe(d.series(25, 60)),
        holding_cost=d.maybe(d.series(0.5, 3)), reserve=d.maybe(d.series(10, 60) if days else d.series(0.5, 6)),
        reserve_unit="days" if days else "t", reserve_class=d.pick("clear", "any", "any"),
        closing_clear=d.maybe(d.number(0, 5)), closing_exposed=d.maybe(d.number(0, 5)), payer=d.maybe("industry", 0.3),
    )


# ---- choices


def _closing(rng: random.Random, rows: list[Row]) -> list[Row]:
    """In half of the cases each deal may be one that never closes, or may not; drawn apart from all else of a case."""
    if rng.random() < 0.5:
        return rows
    return [
        row.model_copy(update={"chance": rng.choice((0.0, 0.6, 1.0, 1.0))}) if isinstance(row, Deal) else row
        for row in rows
    ]


KINDS = {"toll": "tolling", "offtake": "offtake", "stake": "mine stake", "licence": "licence"}


def _deals(d: _Draw, rows: list[Row]) -> list[Row]:
    opened: dict[str, set[str]] = {}
    for row in rows:
        for column, kind in (("deals", type(row).sheet.lower()), ("deals_to_run", "plants"), ("deals_to_order", "")):
            for name in (name for group in getattr(row, column, ()) for name in group):
                opened.setdefault(name, set()).update({kind} - {""})
    found: list[Row] = []
    for name in sorted(opened):
        found.append(_deal(d, name, tuple(sorted(opened[name]))))
        if d.has("payments", 0.6):
            for years in d.pick((0.5,), (1.0,), (0.0, 1.5)):
                found.append(Payment(
                    deal=name, years_after=years, amount=d.number(5, 60), heading=d.pick("payments", "support"),
                    payer=d.maybe("industry", 0.3),
                ))
    return found


def _deal(d: _Draw, name: str, opens: tuple[str, ...]) -> Deal:
    fields: dict[str, Any] = {
        "name": name, "kind": KINDS[name],
        "partner": "Ally" if name == "toll" else d.maybe(d.pick("Ally", "Other"), 0.8),
        "payer": d.maybe("industry"), "channel": d.maybe("government"), "lead": d.pick(0.0, 0.0, 0.25, 0.5, 1.0),
        "signing_cost": d.series(2, 40), "yearly_cost": d.maybe(d.series(1, 10)),
        "heading": d.maybe("agreements", 0.2), "decide": d.pick("now", "later"), **d.window(),
    }
    if d.has("terms", 0.7):
        fields["term"] = d.pick(1.0, 1.5, 2.0, 3.0)
        fields["signings_at_most"] = d.maybe(d.pick(1, 2))
    if d.has("past", 0.25):
        fields["signed_in"] = d.years[0] - d.pick(1, 2)
    if not opens:
        return Deal.model_validate(fields)
    metered = d.pick(*opens)
    fields["meter"] = metered + (": magnet*" if metered == "lanes" and d.chance(0.3) else "")
    fields["fee"] = d.maybe(d.series(1, 12), 0.7)
    if d.has("bands", 0.7):
        fields["least"] = d.maybe(d.series(2, 10))
        fields["most"] = d.maybe(d.series(12, 40))
        fields["missed_charge"] = d.maybe(d.series(1, 10), 0.6) if fields["least"] else None
    return Deal.model_validate(fields)


def _plants(d: _Draw) -> list[Row]:
    licence = "licence" in d.on
    toller = Plant(
        name="toller", place="Ally", capacity=d.series(10, 50), fixed_cost=d.maybe(d.series(0.1, 1), 0.3),
        exposed_share=_exposed(d), payer=d.maybe("industry"), deals_to_run=(("toll",),),
    )
    rows: list[Row] = [toller, Run(plant="toller", recipe="sinter", variable_cost=d.series(5, 20))]
    royalty = licence and d.chance(0.5)
    works: dict[str, Any] = {
        "name": "works", "place": d.pick(*d.sites), "capacity": d.maybe(d.series(5, 20), 0.7 if not royalty else 0.3),
        "exposed_share": _exposed(d), "fixed_cost": d.maybe(d.series(0.2, 2)), "payer": d.maybe("industry"),
        "deals_to_run": (("licence",),) if royalty else (),
    }
    if "orders" in d.on or works["capacity"] is None:
        works |= _orders(d)
        if licence and (not royalty or d.chance(0.4)):
            works["deals_to_order"] = d.pick((("licence",),), (("licence", "toll"),), (("licence",), ("stake",)))
    elif licence and not royalty:
        works["deals_to_run"] = (("licence",),)
    rows.append(Plant.model_validate(works))
    late = d.pick(0.5, 1.0) if d.has("qualification") else 0.0
    rows.append(Run(plant="works", recipe="sinter", variable_cost=d.series(3, 15), capacity_used=d.pick(1.0, 1.0, 1.2),
                    qualification_delay=late))
    if "two inputs" in d.on:
        rows.append(Run(plant="works", recipe="plain", variable_cost=d.maybe(d.series(3, 15)),
                        capacity_used=d.pick(1.0, 0.9)))
    if "by-products" in d.on and d.chance(0.5):
        rows += [
            Plant(name="recycler", place=works["place"], capacity=d.series(2, 10), exposed_share=_exposed(d)),
            Run(plant="recycler", recipe="recycle", variable_cost=d.series(0.5, 3)),
        ]
    return rows


def _orders(d: _Draw) -> dict[str, Any]:
    most = d.pick(1, 2, 3)
    fields: dict[str, Any] = {
        "module": d.number(5, 15), "least_modules": d.pick(1, 1, most), "most_modules": most,
        "orders_at_most": d.pick(1, 2), "capex": d.series(20, 120), "site_cost": d.maybe(d.series(5, 60)),
        "profile": d.pick((1.0,), (0.4, 0.6), (0.5, 0.3, 0.2)), "lead": d.pick(0.0, 0.25, 0.5, 1.0),
        "ramp": d.pick((1.0,), (0.5, 1.0), (0.3, 0.6, 0.9)), "life": d.maybe(d.pick(1.5, 3.0, 6.0), 0.6), **d.window(),
    }
    if d.has("partner"):
        fields["home_share"] = d.pick(0.5, 0.75)
        fields |= d.pick({"partner_keeps": 0.2}, {"partner_return": d.pick(0.0, 0.08)},
                         {"partner_keeps": 0.1, "partner_return": 0.05})
    if d.has("past", 0.4):
        fields["orders_at_most"] += 1
        fields["ordered_in"] = ((str(d.years[0] - d.pick(1, 2)), float(most)),)
        fields["capex"] = Series.of(d.number(20, 120))
    return fields


# ---- rules, limits, incentives, criteria


def _money(d: _Draw, rows: list[Row]) -> list[Row]:
    found: list[Row] = []
    ordering = any(isinstance(row, Plant) and row.module is not None for row in rows)
    if "incentives" in d.on and ordering:
        found += [_incentive(d, f"incentive {i}") for i in range(d.pick(1, 1, 2))]
    if "rules" in d.on:
        names = [row.name for row in rows if isinstance(row, Deal)] + ["works"]
        found += [_rule(d, i, names) for i in range(d.pick(1, 2))]
    if "criteria" in d.on:
        found += [
            Criterion(criterion="effort", applies_to="*", per_signing=d.number(1, 3), per_module=d.number(0, 2)),
            Criterion(criterion="effort", applies_to=d.pick("toll", "works", "magnet*"), per_tonne=d.number(0.01, 0.5)),
        ]
    if "limits" in d.on:
        makers = [_spend_limit, _tonnes_limit, _capacity_limit, _share_limit, _dependence_limit]
        makers += [_criterion_limit] if "criteria" in d.on else []
        found += [d.pick(*makers)(d, f"limit {i}") for i in range(d.pick(1, 2))]
    return found


def _incentive(d: _Draw, name: str) -> Incentive:
    kind = d.pick("output", "capacity", "both")
    first = d.pick(1, 1, 2)
    return Incentive(
        name=name, plants=(d.pick("works", "w*", "*"),),
        per_tonne=None if kind == "capacity" else d.series(2, 15),
        per_capacity=None if kind == "output" else d.series(2, 25), first_operating_year=first,
        last_operating_year=d.maybe(first + d.pick(0, 1)), cap_a_year=d.maybe(d.number(20, 200), 0.4),
        cap_per_order=d.maybe(d.number(50, 300), 0.3), cap_total=d.maybe(d.number(50, 500), 0.3),
        payer=d.maybe("state"), to=d.maybe("industry", 0.3),
    )


def _rule(d: _Draw, i: int, names: list[str]) -> Rule:
    kind = d.pick("at most", "at most", "at least", "exactly", "requires", "excludes")
    few = tuple(d.rng.sample(names, 2 if kind in ("requires", "excludes") or len(names) < 3 else d.pick(2, 3)))
    n = None if kind in ("requires", "excludes") else {"at most": d.pick(1, 2), "at least": 1, "exactly": 1}[kind]
    return Rule(name=f"rule {i}", rule=kind, n=n, list=few)


def _filter(**terms: str) -> Filter:
    return Filter(terms=tuple((key.rstrip("_"), tuple(value.split("|"))) for key, value in terms.items()))


def _price(d: _Draw, low: float, high: float) -> float | None:
    return d.number(low, high) if d.chance(0.6) else None


def _spend_limit(d: _Draw, name: str) -> Limit:
    fields: dict[str, Any] = d.pick(
        {"over": "year", "value": d.series(200, 1500)},
        {"over": "year", "heading": ("capex", "site"), "value": d.series(100, 1500)},
        {"over": "horizon", "heading": ("capex", "signing", "payments"), "value": d.series(50, 1500)},
        {"over": "year", "payer": "state", "value": d.series(200, 3000)},
        {"over": "horizon", "payer": "industry", "value": d.series(200, 4000)},
    )
    price = _price(d, 0.1, 0.8)
    # without a price a cap on everything would leave few cases with a plan
    return Limit.model_validate({
        "name": name, "measure": "spend", "sense": "at most", "price_of_breaking": price, **fields,
        "value": fields["value"] if price is not None else Series.of(fields["value"].at(d.years[0]) * 2.5),
    })


def _tonnes_limit(d: _Draw, name: str) -> Limit:
    sense, low, high, chosen = d.pick(
        ("at most", 10, 60, _filter(flow="lanes", from_="Concern", to="Home", material="magnet")),
        ("at most", 5, 40, _filter(flow="supply", place="Concern", material="oxide")),
        ("at least", 1, 5, _filter(flow="plants", plant="toller|works")),
        ("at most", 2, 20, _filter(demand="*", class_="exposed")),
        ("at most", 2, 20, _filter(flow="short", sector="*")),
        ("at least", 1, 5, _filter(deal="toll*")),
        ("at most", 5, 20, _filter(partner="Ally", material="magnet")),
        ("at most", 5, 40, _filter(from_="Ally", to="Home", class_="clear", stage="mag*")),
        ("at most", 5, 40, _filter(recipe="sinter", place="*", material="magnet")),
    )
    over = d.pick("year", "year", "horizon")
    scale = len(d.years) if over == "horizon" else 1
    return Limit(name=name, measure="tonnes", filter=chosen, sense=sense, over=over,
                 value=d.series(low * scale, high * scale), price_of_breaking=_price(d, 5, 60))


def _capacity_limit(d: _Draw, name: str) -> Limit:
    sense = d.pick("at most", "at most", "at least")
    value = d.series(10, 40) if sense == "at most" else d.series(2, 10)
    return Limit(name=name, measure="capacity",
                 filter=d.pick(_filter(plant="works"), _filter(plant="*", material="magnet")),
                 sense=sense, value=value, price_of_breaking=_price(d, 1, 30))


def _share_limit(d: _Draw, name: str) -> Limit:
    magnets = _filter(flow="lanes", to="Home", material="magnet")
    fields: dict[str, Any] = d.pick(
        {"filter": _filter(flow="lanes", from_="Ally", to="Home", material="magnet"), "of": magnets},
        {"filter": _filter(partner="Ally", material="magnet")},
        {"filter": _filter(flow="lanes", from_="Concern", to="Home"), "converted_to": "magnet"},
        {"filter": _filter(flow="supply", place="Concern", material="oxide"),
         "of": _filter(flow="supply", material="oxide")},
        {"filter": _filter(flow="supply", place="Concern"), "converted_to": "magnet"},
        {"filter": _filter(flow="demand", class_="clear"), "sense": "at least", "value": d.series(0.05, 0.3, 2)},
    )
    return Limit.model_validate({
        "name": name, "measure": "share", "sense": "at most", "value": d.series(0.3, 0.9, 2),
        "over": d.pick("year", "horizon"), "price_of_breaking": _price(d, 5, 60), **fields,
    })


def _dependence_limit(d: _Draw, name: str) -> Limit:
    return Limit(name=name, measure="dependence", sense="at most", value=d.series(0.6, 1.0, 2),
                 price_of_breaking=_price(d, 5, 80))


def _criterion_limit(d: _Draw, name: str) -> Limit:
    return Limit(name=name, measure="criterion", filter=_filter(criterion="effort"), sense="at most",
                 value=d.series(3, 20), price_of_breaking=_price(d, 5, 50))
