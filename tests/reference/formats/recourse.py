"""A linear program of two stages in SMPS as a case: capacities first, then what is done with goods."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.case.case import case_of
from optimizer.case.schema import (
    Criterion,
    Demand,
    Filter,
    Limit,
    Material,
    Place,
    Plant,
    RecipeLine,
    Row,
    Run,
    ScenarioChange,
    Supply,
)
from tests.reference.converters import FormatError, Reading, S, settings
from tests.reference.formats.smps import TwoStage

HERE = "here"
ENDLESS = 1e6
"""Capacity of an activity without a bound: more than any of them is run."""


def two_stage(text: str, module: float = 1.0, most: float = 1000.0, dear: float = 1e4) -> Reading:
    """A two-stage program whose first stage is capacity, ordered in modules, and whose recourse is fixed.

    Each second-stage row, turned so that it asks for *at least*, is a good: its right-hand side is needed where it is
    above 0 and given where it is below. A second-stage column is an activity that makes the goods in which it is above
    0 from those in which it is below. A first-stage column is a plant whose capacity, run in full, gives the good of
    the one row in which it stands. Rows of the first stage alone limit a criterion of the orders.

    Args:
        text: the core, time and stochastic file, one after the other.
        module: size of a module; the best first stage of every future is to be a multiple of it.
        most: most capacity of a plant without a bound.
        dear: what a unit not served, or over a limit, costs: more than any plan that serves it.

    Raises:
        FormatError: it is no such problem.
    """
    reader = _Reader(text, module, most, dear)
    case = case_of(settings("two stages", base_probability=0.0), Place(name=HERE, home=True), *reader.all())
    # what stands on the objective's right-hand side is taken off it
    return Reading(case, added=reader.problem.values.get(("", reader.problem.objective), 0.0))


class _Reader:
    def __init__(self, text: str, module: float, most: float, dear: float) -> None:
        self.problem = TwoStage.of(text)
        self.module, self.most, self.dear = module, most, dear
        self.signs = {row: self._sign(row) for row in self.problem.rows[1]}

    def all(self) -> Iterator[Row]:
        for row in self.problem.rows[1]:
            yield from self._good(row)
        for column in self.problem.stages[0]:
            yield from self._capacity(column)
        for column in self.problem.stages[1]:
            yield from self._activity(column)
        for row in self.problem.rows[0]:
            yield from self._limits(row)
        for number, (share, cells) in enumerate(self.problem.scenarios, start=1):
            for i, (address, value) in enumerate(self._changes(cells)):
                yield ScenarioChange(scenario=f"scenario {number}", probability=share if i == 0 else None,
                                     address=address, how="set", value=repr(value))

    def _levels(self, row: str) -> list[float]:
        """What may stand on the right-hand side of a row."""
        values = [self.problem.values.get(("", row), 0.0)]
        return values + [cells["", row] for _, cells in self.problem.scenarios if ("", row) in cells]

    def _sign(self, row: str) -> float:
        """What a row is multiplied by so that it asks for at least, or for exactly what is not below 0."""
        sense, levels = self.problem.senses[row], self._levels(row)
        if sense == "E":
            if min(levels) < 0 < max(levels):
                raise FormatError(f"the row '{row}' asks for exactly what may be above and below 0")
            return -1.0 if min(levels) < 0 else 1.0
        return -1.0 if sense == "L" else 1.0

    def _good(self, row: str) -> Iterator[Row]:
        exactly = self.problem.senses[row] == "E"
        yield Material(name=row, stage=row, discarding=None if exactly else 0.0)
        levels = [self.signs[row] * level for level in self._levels(row)]
        if max(levels) > 0:
            yield Demand(name=row, sector="rows", place=HERE, material=row, tonnes=S(max(levels[0], 0.0)),
                         shortage_cost=S(self.dear))
        if min(levels) < 0:
            yield Supply(name=row, place=HERE, material=row, price=S(0.0), limit=S(max(-levels[0], 0.0)))

    def _parts(self, column: str) -> dict[str, float]:
        """What a unit of a column makes of each good, below 0 what it takes."""
        found = {row: self.problem.values.get((column, row), 0.0) * sign for row, sign in self.signs.items()}
        return {row: amount for row, amount in found.items() if amount}

    def _cost(self, column: str) -> float:
        return self.problem.values.get((column, self.problem.objective), 0.0)

    def _capacity(self, column: str) -> Iterator[Row]:
        parts = self._parts(column)
        if len(parts) != 1 or min(parts.values()) < 0 or self._cost(column) < 0:
            raise FormatError(f"the first-stage column '{column}' is no capacity: one has a cost and gives to one row")
        (row, amount), = parts.items()
        modules = round(self.problem.upper.get(column, self.most) / self.module)
        yield from (
            RecipeLine(recipe=column, material=row, role="output", amount=1.0),
            Plant(name=column, place=HERE, module=self.module, most_modules=modules, capex=S(self._cost(column))),
            Run(plant=column, recipe=column, capacity_used=1.0 / amount),
        )

    def _activity(self, column: str) -> Iterator[Row]:
        """Its run is counted in its first output, or in a token of its own where it only takes."""
        parts, token = self._parts(column), f"run of {column}"
        main = next((row for row, amount in parts.items() if amount > 0), token)
        if main == token:
            parts[token] = 1.0
            yield Material(name=token, stage=token, discarding=0.0)
        for row, amount in parts.items():
            role = "output" if row == main else "by-product" if amount > 0 else "input"
            yield RecipeLine.model_validate(
                {"recipe": column, "material": row, "role": role, "amount": abs(amount) / parts[main]}
            )
            if role == "by-product" and self.problem.senses[row] == "E":
                raise FormatError(f"the row '{row}' asks for exactly what the column '{column}' makes beside another")
        yield Plant(name=column, place=HERE, capacity=S(self.problem.upper.get(column, ENDLESS) * parts[main]))
        yield Run(plant=column, recipe=column, variable_cost=S(self._cost(column) / parts[main]))

    def _limits(self, row: str) -> Iterator[Row]:
        """A row of the first stage: each module counts what it stands for."""
        for column in self.problem.stages[0]:
            if amount := self.problem.values.get((column, row), 0.0):
                yield Criterion(criterion=row, applies_to=column, per_module=amount * self.module)
        sense, level = self.problem.senses[row], self.problem.values.get(("", row), 0.0)
        for known, words in (("L", "at most"), ("G", "at least")):
            if sense in (known, "E"):
                yield Limit.model_validate({
                    "name": f"{row} {words}", "measure": "criterion", "filter": Filter(terms=(("criterion", (row,)),)),
                    "sense": words, "value": S(level), "over": "horizon", "price_of_breaking": self.dear,
                })

    def _changes(self, cells: dict[tuple[str, str], float]) -> Iterator[tuple[str, float]]:
        for (column, row), value in cells.items():
            if not column and row in self.signs:
                level, levels = self.signs[row] * value, [self.signs[row] * one for one in self._levels(row)]
                if max(levels) > 0:
                    yield f"Demand[{row}].tonnes", max(level, 0.0)
                if min(levels) < 0:
                    yield f"Supply[{row}].limit", max(-level, 0.0)
            elif column in self.problem.stages[0] and row in self.signs:
                yield f"Runs[{column}/{column}].capacity used", 1.0 / (value * self.signs[row])
            elif column in self.problem.stages[1] and row == self.problem.objective:
                main = next((amount for amount in self._parts(column).values() if amount > 0), 1.0)
                yield f"Runs[{column}/{column}].variable cost", value / main
            else:
                raise FormatError(f"column '{column or 'RHS'}' of row '{row}' cannot be random here")
