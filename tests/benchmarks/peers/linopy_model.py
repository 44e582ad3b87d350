"""The model written plainly in linopy: families of variables over names, years and classes, rows from whole families.

No bound is propagated and nothing is tightened: this is the mathematics as it stands in MODEL.md, sections 2 to 6, for
the features that the case of India and the worlds of the benchmarks use; any other case is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import linopy
import numpy as np
import pandas as pd

from optimizer.case.case import Case
from tests.benchmarks.peers.linopy_choices import add_choice_rows, add_choices
from tests.benchmarks.peers.linopy_incentives import add_incentives, enter_incentives
from tests.benchmarks.peers.linopy_limits import add_dependence, add_limits
from tests.benchmarks.peers.linopy_money import UNIT, Ledger, cost, enter
from tests.benchmarks.peers.linopy_refusals import refuse
from tests.benchmarks.peers.linopy_terms import Ints, Peer, Terms, grid, linear

__all__ = ["UNIT", "build", "objective", "solve"]


def build(case: Case, *, budget: float | None = None, cap: float | None = None, goal: str = "cost") -> linopy.Model:
    """The model of a case; flows are tonnes a year, money is in units of :data:`UNIT`.

    Args:
        case: the case.
        budget: most that the plan may cost, in the case's currency; else the case's budget.
        cap: most that dependence on the glide path may be, a fraction; else the case's.
        goal: ``cost``, or ``dependence`` on the glide path.

    Raises:
        ValueError: the case uses what this model leaves out, or a row cannot hold.
    """
    settings = case.settings
    budget, cap = settings.budget if budget is None else budget, settings.dependence_cap if cap is None else cap
    refuse(case, goal, budget)
    with _strict():
        p = Peer(case)
        _add_flows(p)
        add_choices(p)
        for part in (_balance, _lanes, _markets, _demand, _stocks, add_choice_rows):
            part(p)
        given, ledger = add_incentives(p), Ledger(p)
        enter(p, ledger)
        enter_incentives(p, ledger, given)
        add_limits(p, ledger)
        add_dependence(p, cap)
        _aim(p, ledger, goal, budget)
    return p.m


def objective(model: linopy.Model) -> float:
    """The goal of a solved model: cost in the case's currency, dependence as a fraction."""
    value = model.objective.value
    return math.nan if value is None else float(value) * float(model.parameters["unit"])


def solve(model: linopy.Model, *, gap: float, threads: int = 1, seconds: float | None = None) -> float:
    """Solve to a relative gap; the goal as in :func:`objective`.

    Args:
        model: what :func:`build` gave.
        gap: relative gap at which the search ends.
        threads: threads of the solver.
        seconds: seconds after which the best plan so far counts.

    Raises:
        RuntimeError: no plan was found.
    """
    options: dict[str, Any] = {"output_flag": False, "mip_rel_gap": gap, "threads": threads}
    if seconds is not None:
        options["time_limit"] = float(seconds)
    with _strict():
        status, reason = model.solve("highs", io_api="direct", progress=False, **options)
    found = objective(model)
    if status != "ok" or not math.isfinite(found):
        raise RuntimeError(f"no plan was found: {reason}")
    return found


@contextmanager
def _strict() -> Iterator[None]:
    """The library's sparse building asks for its strict rules of alignment; the setting of others is kept."""
    with linopy.options as options:
        options["semantics"] = "v1"
        yield


def _aim(p: Peer, ledger: Ledger, goal: str, budget: float | None) -> None:
    """The goal, and the budget where there is one."""
    labels, coeffs = cost(p, ledger)
    if budget is not None:
        terms = Terms()
        terms.add(0, labels, coeffs)
        terms.hold(p.m, "budget", "<=", np.array([budget / UNIT]))
    p.m.add_objective(linear(p.m, labels, coeffs).sum() if goal == "cost" else 1 * p.m.variables["delta"])
    p.m.parameters = p.m.parameters.assign(unit=UNIT if goal == "cost" else 1.0)


# ---- flows


def _add_flows(p: Peer) -> None:
    """Every amount that is bought, made, shipped, kept, served or let go of, and `one`, which carries constants."""
    f, case, years = p.f, p.f.case, len(p.years)
    p.add("one", pd.Index(["one"], name="constant"), lower=1.0, upper=1.0)
    limit = p.by_year((s.limit for s in case.supplies), np.inf)
    p.add_flows("buy", [s.name for s in case.supplies], classes=False, upper=limit)
    p.add_flows("ship", [x.name for x in case.lanes])
    # what needs no input is never made of exposed ones
    bare = np.array([not f.recipes[r].inputs for _, r in f.runs], bool)
    most = np.full((len(bare), years, 2), np.inf)
    most[bare, :, 1] = 0.0
    p.add_flows("run", [f"{k} / {r}" for k, r in f.runs], upper=most)
    least = np.zeros((len(case.stocks), years, 2))
    least[:, -1, 0] = [_closing(b.closing_clear, b.opening_clear) for b in case.stocks]
    p.add_flows("stock", [b.name for b in case.stocks], lower=least)
    p.add_flows("relabel", [" / ".join(one) for one in f.relabels()], classes=False)
    tonnes = p.by_year(q.tonnes for q in case.demands)
    served = np.full((*tonnes.shape, 2), np.inf)
    served[:, :, 1] = tonnes * (1 - p.by_year(q.clear_share for q in case.demands))
    p.add_flows("serve", [q.name for q in case.demands], upper=served)
    short = tonnes * (1 - p.by_year((q.floor for q in case.demands), 1.0))
    p.add_flows("short", [q.name for q in case.demands], classes=False, upper=short)
    p.add_flows("sell", [" / ".join(one) for one in p.sold])
    p.add_flows("discard", [" / ".join(one) for one in p.thrown])


def _closing(given: float | None, opening: float) -> float:
    return opening if given is None else given


# ---- rows


def _balance(p: Peer) -> None:
    """What comes of a material to a place in a class goes somewhere (4.5): rows [place and material, t, c]."""
    f, case, terms = p.f, p.f.case, Terms()
    cell = grid(len(p.here), len(p.years), 2)

    def cells(pairs: list[tuple[str, str]]) -> Ints:
        return cell[[p.here[pair] for pair in pairs]]

    bought = cells([(s.place, s.material) for s in case.supplies])
    exposed = np.array([f.exposed_share(s) for s in case.supplies])
    terms.add(bought, p.v["buy"][:, :, None], np.stack([1 - exposed, exposed], 1)[:, None, :])
    kept = np.array([1 - x.loss for x in case.lanes]).reshape(-1, 1, 1)
    terms.add(cells([(x.destination, x.material) for x in case.lanes]), p.v["ship"], kept)
    gone = {
        "ship": [(x.origin, x.material) for x in case.lanes], "serve": [(q.place, q.material) for q in case.demands],
        "sell": p.sold, "discard": p.thrown, "stock": [(b.place, b.material) for b in case.stocks],
    }
    for family, pairs in gone.items():
        terms.add(cells(pairs), p.v[family], -1.0)
    stocked = cells(gone["stock"])
    terms.add(stocked[:, 1:], p.v["stock"][:, :-1])
    used_otherwise = cells(f.relabels())
    terms.add(used_otherwise, p.v["relabel"][:, :, None], np.array([-1.0, 1.0]))
    _made_and_used(p, terms, cells)
    right = np.zeros(cell.size)
    for row, b in zip(stocked, case.stocks, strict=True):
        right[row[0]] -= (b.opening_clear, b.opening_exposed)
    terms.hold(p.m, "balance", "=", right)


def _made_and_used(p: Peer, terms: Terms, cells: Callable[[list[tuple[str, str]]], Ints]) -> None:
    """What runs take in and give, less what a partner keeps; exposed inputs give exposed material alone."""
    f = p.f
    used: list[tuple[int, tuple[str, str], float]] = []
    made: list[tuple[int, tuple[str, str], float]] = []
    for i, (k, r) in enumerate(f.runs):
        plant, recipe = f.plants[k], f.recipes[r]
        used += [(i, (plant.place, x), amount) for x, amount in recipe.inputs.items()]
        made += [(i, (plant.place, x), amount) for x, amount in recipe.by_products.items()]
        made.append((i, (plant.place, recipe.output), 1 - plant.partner_keeps))
    share = np.array([f.exposed_share(f.plants[k]) for k, _ in f.runs])
    taken = np.array([amount for *_, amount in used]).reshape(-1, 1, 1)
    terms.add(cells([pair for _, pair, _ in used]), p.v["run"][[i for i, *_ in used]], -taken)
    runs = [i for i, *_ in made]
    exposed, amounts = share[runs][:, None], np.array([amount for *_, amount in made]).reshape(-1, 1)
    here, run = cells([pair for _, pair, _ in made]), p.v["run"][runs]
    terms.add(here[:, :, 0], run[:, :, 0], amounts * (1 - exposed))
    terms.add(here[:, :, 1], run[:, :, 0], amounts * exposed)
    terms.add(here[:, :, 1], run[:, :, 1], amounts)


def _lanes(p: Peer) -> None:
    terms, rows = Terms(), grid(len(p.f.case.lanes), len(p.years))
    terms.add(rows[:, :, None], p.v["ship"])
    terms.hold(p.m, "lanes", "<=", p.by_year((x.limit for x in p.f.case.lanes), np.inf).ravel())


def _markets(p: Peer) -> None:
    """What is sold of a material at all places together."""
    markets = [x for x in p.f.case.materials if x.market is not None]
    terms, rows = Terms(), grid(len(markets), len(p.years))
    for i, x in enumerate(markets):
        sold = [z for z, (_, material) in enumerate(p.sold) if material == x.name]
        terms.add(rows[i][:, None], p.v["sell"][sold])
    terms.hold(p.m, "markets", "<=", p.by_year(x.market for x in markets).ravel())


def _demand(p: Peer) -> None:
    terms, rows = Terms(), grid(len(p.f.case.demands), len(p.years))
    terms.add(rows[:, :, None], p.v["serve"])
    terms.add(rows, p.v["short"])
    terms.hold(p.m, "demand", "=", p.by_year(q.tonnes for q in p.f.case.demands).ravel())


def _stocks(p: Peer) -> None:
    """Most held at a year's end, and least of both classes at the last one's."""
    stocks, terms, last = p.f.case.stocks, Terms(), Terms()
    rows = grid(len(stocks), len(p.years))
    terms.add(rows[:, :, None], p.v["stock"])
    terms.hold(p.m, "stocks", "<=", p.by_year((b.limit for b in stocks), np.inf).ravel())
    last.add(grid(len(stocks))[:, None], p.v["stock"][:, -1])
    closing = [_closing(b.closing_clear, b.opening_clear) + _closing(b.closing_exposed, b.opening_exposed)
               for b in stocks]
    last.hold(p.m, "closing stock", ">=", np.array(closing, float))
