"""What a deal opens is limited by something: a signed deal may otherwise let any amount flow.

For each flow and year it is asked whether anything limits it: its own limit, the limits of all that brings the
material to where it starts, or of all that takes it where it ends. Everything is taken for unlimited until something
shows a limit, so that lanes in a circle do not limit one another.
"""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.case.case import Case
from optimizer.case.checks.chain import Recipe, Thing, in_force, recipes
from optimizer.case.checks.common import Faults
from optimizer.case.checks.deals import metered
from optimizer.case.checks.reach import Node
from optimizer.case.schema import Deal, Lane, Supply

Flow = Lane | Supply


def unlimited(case: Case, faults: Faults) -> None:
    """Each lane and supply that deals open can carry a limited amount only."""
    walk = _Walk(case)
    for row in walk.flows:
        years = [year for year in case.years if walk.is_open(row, year) and not walk.limited(row, year)]
        if row.deals and years:
            deals = ", ".join(dict.fromkeys(f"'{name}'" for group in row.deals for name in group))
            what = "lane" if isinstance(row, Lane) else "supply"
            faults.add(row, "limit", f"nothing limits this {what} in {years[0]}, and it is opened by {deals}.",
                       "Give it a limit, above what could ever be needed, or give the deal a 'most'.", found="blank")


class _Walk:
    """Which flows, and which places for a material, are shown to be limited in which year."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.flows: tuple[Flow, ...] = (*case.supplies, *case.lanes)
        self.deals = {deal.name: deal for deal in case.deals}
        self.meters = {deal.name: metered(case, deal) for deal in case.deals}
        known: dict[str, Recipe] = recipes(case)
        self.free = {m.name for m in case.materials if m.discarding is not None} | {
            material for recipe in known.values() for material in recipe.made if material != recipe.output
        }
        self.stocks = {(stock.place, stock.material) for stock in case.stocks if stock.limit is None}
        self.opened = {(row.name, year) for row in self.lanes() for year in case.years if self._open(row, year)}
        self.known = {
            self._key(row, year) for row in self.flows for year in case.years if self._own(row, year)
        }
        while self._round():
            pass

    def lanes(self) -> Iterator[Lane]:
        yield from self.case.lanes

    def is_open(self, row: Flow, year: int) -> bool:
        """Whether anything can flow in a year."""
        return (row.name, year) in self.opened if isinstance(row, Lane) else self._signed(row, year)

    def limited(self, row: Flow, year: int) -> bool:
        """Whether something limits a flow in a year."""
        return self._key(row, year) in self.known

    @staticmethod
    def _key(row: Flow, year: int) -> tuple[str, str, int]:
        return type(row).sheet, row.name, year

    def _open(self, lane: Lane, year: int) -> bool:
        return (lane.from_year or year) <= year <= (lane.to_year or year) and self._signed(lane, year)

    def _signed(self, row: Flow, year: int) -> bool:
        return all(any(self._force(name, year) for name in group) for group in row.deals)

    def _force(self, name: str, year: int) -> bool:
        return name in self.deals and in_force(self.case, self.deals[name], year) > 0

    def _own(self, row: Flow, year: int) -> bool:
        if row.limit is not None or (isinstance(row, Supply) and row.total is not None):
            return True
        if not self.is_open(row, year):
            return True
        thing: Thing = (type(row).sheet, row.name)
        return any(
            all(name not in self.deals or self._metered(self.deals[name], thing) for name in group)
            for group in row.deals
        )

    def _metered(self, deal: Deal, thing: Thing) -> bool:
        return deal.most is not None and thing in self.meters[deal.name]

    def _round(self) -> bool:
        """Passes limits on once; whether any was new."""
        before = len(self.known)
        for year in self.case.years:
            for row in self.flows:
                node = (row.destination if isinstance(row, Lane) else row.place, row.material)
                brought = isinstance(row, Lane) and self._brought((row.origin, row.material), year)
                wasted = isinstance(row, Lane) and row.loss >= 1
                if brought or (not wasted and self._taken(node, year)):
                    self.known.add(self._key(row, year))
        return len(self.known) > before

    def _brought(self, node: Node, year: int) -> bool:
        """Whether what can be at a place is limited; plants are, by their capacity."""
        # a stock without a limit may hold what came in any year before
        years = range(self.case.years[0], year + 1) if node in self.stocks else (year,)
        coming = [row for row in self.flows if node == (
            row.destination if isinstance(row, Lane) else row.place, row.material
        )]
        return all(self._key(row, y) in self.known for row in coming for y in years)

    def _taken(self, node: Node, year: int) -> bool:
        """Whether what a place can take is limited; demand, markets and plants are."""
        if node in self.stocks or node[1] in self.free:
            return False
        return all(self._key(lane, year) in self.known for lane in self.lanes() if (lane.origin, lane.material) == node)
