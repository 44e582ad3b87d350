"""Recipes: one main output each, and no mass out of nothing."""

from __future__ import annotations

from collections import defaultdict

from optimizer.case.case import Case
from optimizer.case.checks.common import Faults
from optimizer.case.schema import RecipeLine


def _by_recipe(case: Case) -> dict[str, list[RecipeLine]]:
    found: dict[str, list[RecipeLine]] = defaultdict(list)
    for line in case.recipe_lines:
        found[line.recipe].append(line)
    return dict(found)


def outputs(case: Case, faults: Faults) -> None:
    """Each recipe has one main output, of which it makes 1 t per tonne."""
    for name, lines in _by_recipe(case).items():
        main = [line for line in lines if line.role == "output"]
        if not main:
            faults.add(lines[0], "role", f"the recipe '{name}' has no output.", "Mark one line as output.")
        for line in main[1:]:
            faults.add(line, "role", f"the recipe '{name}' has several outputs.", "Mark the others as by-product.")
        if main and abs(main[0].amount - 1) > 1e-9:
            faults.add(main[0], "amount", "amounts are per tonne of main output, so the output's own must be 1.",
                       f"Divide every amount of '{name}' by {main[0].amount:g}.")


def yields(case: Case, faults: Faults) -> None:
    """Where all of a recipe is in one basis, no more comes out than goes in."""
    basis = {m.name: m.basis or m.stage for m in case.materials}
    for name, lines in _by_recipe(case).items():
        goes_in = sum(line.amount for line in lines if line.role == "input")
        comes_out = sum(line.amount for line in lines if line.role != "input")
        if goes_in and len({basis.get(line.material) for line in lines}) == 1 and comes_out > goes_in + 1e-9:
            first = next(line for line in lines if line.role == "input")
            faults.add(first, "amount", f"the recipe '{name}' makes {comes_out:g} t out of {goes_in:g} t.",
                       f"In one basis at least {comes_out:g} t must go in.")
