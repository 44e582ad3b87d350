"""The arithmetic of what can arrive never calls a demand unreachable that the model could serve."""

from __future__ import annotations

import random
from typing import Any

import highspy
import numpy as np
import pytest

from optimizer.case.case import Case, case_of
from optimizer.case.checks import check_case
from optimizer.case.schema import (
    Deal,
    Demand,
    Lane,
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
from optimizer.model.assemble import build
from optimizer.model.bounds import propagate
from optimizer.model.compiled import compile_model
from optimizer.model.data import Data

PLACES = ("Home", "Abroad", "Concern")


def random_chain(seed: int) -> Case:
    """Oxide to magnet over three places, lanes both ways, deals, orders, stocks; the demand a gamble."""
    draw = random.Random(seed)

    def maybe(value: object, share: float = 0.6) -> object:
        return value if draw.random() < share else None

    def some(low: float, high: float) -> Series:
        return Series(points=((2026, round(draw.uniform(low, high), 1)), (2030, round(draw.uniform(low, high), 1))))

    rows: list[Row] = [Place(name="Home", home=True), Place(name="Abroad"), Place(name="Concern", concern=True)]
    rows += [Material(name=m, stage=m, price=Series.of(1.0)) for m in ("oxide", "magnet", "scrap")]
    rows += [
        RecipeLine(recipe="make", material="oxide", role="input", amount=1.5),
        RecipeLine(recipe="make", material="magnet", role="output", amount=1.0),
        RecipeLine(recipe="make", material="scrap", role="by-product", amount=0.3),
        RecipeLine(recipe="recycle", material="scrap", role="input", amount=2.0),
        RecipeLine(recipe="recycle", material="oxide", role="output", amount=1.0),
    ]
    fields: list[tuple[type[Row], dict[str, object]]] = [
        (Deal, {
            "name": name, "lead": draw.choice([0.0, 0.5, 1.3]), "term": maybe(draw.choice([1.0, 1.5, 3.0])),
            "signings_at_most": maybe(draw.randint(1, 2)), "signed_in": maybe(draw.choice([2023, 2025]), 0.3),
            "window_from": maybe(2027, 0.3), "most": maybe(some(10, 80)), "meter": "lanes",
        })
        for name in ("toll", "offtake")
    ]
    for place in PLACES:
        fields.append((Supply, {
            "name": f"oxide {place}", "place": place, "material": "oxide", "price": some(1, 2), "limit": some(0, 90),
            "exposed_share": None if place == "Concern" else maybe(0.4), "total": maybe(120.0, 0.3),
        }))
        plant = f"works {place}"
        ordered = draw.random() < 0.6
        fields.append((Plant, {
            "name": plant, "place": place, "capacity": maybe(some(0, 50)), "module": 20.0 if ordered else None,
            "most_modules": 2, "orders_at_most": draw.randint(1, 3), "lead": draw.choice([0.0, 0.7, 2.0]),
            "ramp": draw.choice([(1.0,), (0.4, 0.8, 1.0)]), "life": maybe(draw.choice([1.5, 4.0]), 0.4),
            "ordered_in": draw.choice([(), (("2024", 1.0),)]) if ordered else (),
            "partner_keeps": draw.choice([0.0, 0.25]),
            "deals_to_order": draw.choice([(), (("toll",),)]) if ordered else (),
        }))
        used = draw.choice([1.0, 1.25])
        rows += [Run(plant=plant, recipe="make", capacity_used=used), Run(plant=plant, recipe="recycle")]
        for material in ("oxide", "magnet", "scrap"):
            for other in PLACES:
                if other != place and draw.random() < 0.5:
                    groups = draw.choice([(), (("toll", "offtake"),), (("toll",),)]) if material == "magnet" else ()
                    fields.append((Lane, {
                        "name": f"{material} {place} {other}", "material": material, "origin": place,
                        "destination": other, "loss": draw.choice([0.0, 0.1]), "limit": maybe(some(0, 40)),
                        "from_year": maybe(2027, 0.2), "deals": groups,
                    }))
    for material in ("oxide", "magnet"):
        fields.append((Stock, {
            "name": f"{material} heap", "place": "Home", "material": material, "closing_clear": 0.0,
            "closing_exposed": 0.0, "opening_clear": draw.choice([0.0, 15.0]), "limit": maybe(Series.of(30.0)),
        }))
    opened = Lane(name="opened", material="magnet", origin="Abroad", destination="Home", limit=some(0, 40),
                  deals=(("toll", "offtake"),))
    rows.append(opened)
    fields.append((Demand, {
        "name": "cars", "sector": "cars", "place": "Home", "material": "magnet", "tonnes": some(5, 90),
        "clear_share": maybe(some(0, 0.8), 0.5),
    }))
    rows += [kind.model_validate(values) for kind, values in fields]
    return case_of(Settings(title="t", first_year=2026, last_year=2030, deciding_point=Series.of(0.2)), *rows)


def feasible(case: Case) -> bool:
    """Whether the LP relaxation of the model has a solution."""
    arrays = compile_model(build(case))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(arrays.columns), len(arrays.rows)
    lp.col_cost_ = np.zeros(len(arrays.columns))
    lp.col_lower_, lp.col_upper_ = arrays.lower, arrays.upper
    lp.row_lower_, lp.row_upper_ = arrays.row_lower, arrays.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = arrays.starts, arrays.indices, arrays.values
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # its Python layer is not typed
    solver.setOptionValue("output_flag", False)
    solver.passModel(lp)
    solver.run()
    return bool(solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)


@pytest.mark.parametrize("seed", range(30))
def test_what_is_called_unreachable_is(seed: int) -> None:
    case = random_chain(seed)
    errors = [finding for finding in check_case(case) if finding.level == "error"]
    assert all("can arrive" in finding.message or "nothing limits" in finding.message for finding in errors)
    if errors:
        assert not feasible(case)


@pytest.mark.parametrize("seed", [*range(14), *range(15, 20), 14, 37, 132, 141, 163, 196])
def test_what_is_called_unlimited_is_so_in_the_model(seed: int) -> None:
    case = random_chain(seed)
    opened = {(type(row).sheet, row.name) for row in (*case.lanes, *case.supplies) if row.deals}
    unlimited = {thing for thing, bound in propagate(Data(case)).flow.items() if np.isinf(bound).any()}
    told = {finding.address for finding in check_case(case) if "nothing limits" in finding.message}
    assert told == {f"{sheet}[{name}].limit" for sheet, name in unlimited & opened}
