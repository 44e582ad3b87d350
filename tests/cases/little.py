"""A world for cases of one feature each, with what is most often added to it.

Home needs 5 t of product a year, which a place of concern sells at 10 a tonne: 50 a year, all of it dependent. What a
case adds makes this cheaper, dearer or less dependent by amounts that can be worked out by hand.
"""

from __future__ import annotations

from optimizer.case.case import Case, case_of
from optimizer.case.schema import (
    Deal,
    Demand,
    Filter,
    Lane,
    Material,
    Place,
    Plant,
    RecipeLine,
    Row,
    Run,
    Series,
    Settings,
    Supply,
)

S = Series.of
FIRST = 2030


def from_first(*values: float) -> Series:
    """Values from the first year of the world on."""
    return Series(points=tuple(enumerate(map(float, values), start=FIRST)))


def filtered(**terms: str) -> Filter:
    """A filter; ``origin`` stands for ``from``, and several patterns are separated by ``|``."""
    named = {"origin": "from", "destination": "to", "cls": "class"}
    return Filter(terms=tuple((named.get(key, key), tuple(text.split("|"))) for key, text in terms.items()))


def little(*rows: Row, years: int = 1, need: float | Series = 5.0, **settings: object) -> Case:
    """The world of this module with more rows; the goal is cost, and no later goal worsens an earlier one."""
    fields = {
        "title": "little", "first_year": FIRST, "last_year": FIRST + years - 1, "goal": "cost",
        "dependence_tolerance": 0.0, "cost_tolerance": 0.0, **settings,
    }
    tonnes = need if isinstance(need, Series) else S(need)
    return case_of(
        Settings.model_validate(fields),
        Place(name="Home", home=True),
        Place(name="Ally"),
        Place(name="Concern", concern=True),
        *_materials(rows),
        Supply(name="exposed", place="Concern", material="product", price=S(10)),
        Lane(name="from concern", material="product", origin="Concern", destination="Home"),
        Demand(name="need", sector="need", place="Home", material="product", tonnes=tonnes),
        *rows,
    )


def _materials(rows: tuple[Row, ...]) -> list[Material]:
    """Product and feed, unless the case has its own."""
    given = {row.name for row in rows if isinstance(row, Material)}
    own = (Material(name="product", stage="product", price=S(10)), Material(name="feed", stage="feed", price=S(2)))
    return [material for material in own if material.name not in given]


def offer(
    price: float = 6.0, limit: float | Series | None = 4.0, *, name: str = "deal", **deal: object
) -> list[Row]:
    """Clear product from the ally under a deal: 4 t a year for 6 a tonne, which saves 16 a year."""
    most = limit if isinstance(limit, Series) or limit is None else S(limit)
    return [
        Deal.model_validate({"name": name, **deal}),
        Supply(name=f"of {name}", place="Ally", material="product", price=S(price), limit=most, deals=((name,),)),
        Lane(name=f"by {name}", material="product", origin="Ally", destination="Home"),
    ]


def source(price: float = 6.0, **supply: object) -> list[Row]:
    """Clear product from the ally, open to all."""
    given = {"name": "clear", "place": "Ally", "material": "product", "price": S(price), **supply}
    return [
        Supply.model_validate(given),
        Lane(name="from ally", material="product", origin="Ally", destination="Home"),
    ]


def works(*rows: Row, feed: float = 1.0, run: dict[str, object] | None = None, **plant: object) -> list[Row]:
    """A plant at home that makes a tonne of product from a tonne of feed for 2, which saves 8."""
    given = {"name": "works", "place": "Home", **plant}
    return [
        Plant.model_validate(given),
        Run.model_validate({"plant": given["name"], "recipe": "make", **(run or {})}),
        RecipeLine(recipe="make", material="product", role="output", amount=1.0),
        RecipeLine(recipe="make", material="feed", role="input", amount=feed),
        Supply(name="feed", place=str(given["place"]), material="feed", price=S(2)),
        *rows,
    ]
