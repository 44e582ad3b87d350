r"""Signing of deals (MODEL.md 4.1).

.. math::
    \sum_{(a,n) \ni p} sign_{d,a,n} \le 1 \quad \text{for each point } p \text{ at which terms of } d \text{ start}

    \sum_{a,n} n \, sign_{d,a,n} \le signings_d

A signing fixes the year `a` and the number `n` of back-to-back terms at once, so a renewal is no decision of its own.
The first row keeps terms of one deal from overlapping: one row for each largest set of signings in force at a point.
In the second, `signings` is the most terms that may still be signed; a deal signed before the case has used one.
"""

from __future__ import annotations

from typing import Any

from optimizer.model.building import Building
from optimizer.model.calendar import cliques, signings_left


def add_variables(b: Building) -> None:
    """``sign[d, a, n]``: whether deal `d` is signed in `a` for `n` back-to-back terms."""
    keys = [(name, s.year, s.terms) for name, of in b.data.signings.items() for s in of]
    b.variables("sign", keys, integer=True, upper=dict.fromkeys(keys, 1.0), addresses=("Deals[{0}]",))


def add_rows(b: Building) -> None:
    """Terms of a deal do not overlap; no more are signed than may be."""
    rows, members = [], []
    for name, of in b.data.signings.items():
        for i, clique in enumerate(cliques(of)):
            rows.append((name, i))
            members += [((name, i), (name, s.year, s.terms)) for s in clique]
    b.members("signed_at", rows, members, 3)

    def apart(m: Any, d: Any, i: Any) -> Any:
        return sum(m.sign[e, a, n] for e, a, n in m.signed_at[d, i]) <= 1

    b.rows("terms_apart", rows, apart, ("Deals[{0}].term", "Deals[{0}].window from", "Deals[{0}].window to"), ["sign"])

    left = {name: signings_left(deal) for name, deal in b.data.deals.items()}
    bounded = [(name,) for name, most in left.items() if most is not None and b.data.signings[name]]
    b.parameter("signings_left", {(name,): float(most) for name, most in left.items() if most is not None})
    signed = (((d,), (d, s.year, s.terms)) for d, of in b.data.signings.items() for s in of)
    b.members("signed_ever", bounded, signed, 3)

    def most(m: Any, d: Any) -> Any:
        return sum(n * m.sign[e, a, n] for e, a, n in m.signed_ever[d]) <= m.signings_left[d]

    b.rows("signings_at_most", bounded, most, ("Deals[{0}].signings at most",), ["sign"])
