"""Signposts in words that say how sure they are."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.study.draws import Draws
from optimizer.study.signposts import Box, Condition, Signpost


def sign_words(draws: Draws, sign: Signpost) -> str:
    """A signpost: how often it happens, where, and how much of it that covers."""
    often = f"In {_often(sign.happens, sign.futures)} futures {sign.what}"
    if not sign.boxes:
        return f"{often}; no number, nor three of them together, point to it."
    where = "; ".join(_where(draws, box, first=k == 0) for k, box in enumerate(sign.boxes))
    kept = "kept back for it" if sign.apart else "the same that it was found on, so that it is sure of too much"
    return f"{often}. {where}. Counted on {sign.counted} futures, {kept}."


def _where(draws: Draws, box: Box, *, first: bool) -> str:
    lead = "Of the futures in which" if first else "of those in which"
    return (f"{lead} {box_words(draws, box)} it holds in {_often(box.hits, box.inside)}, which is "
            f"{100 * box.coverage:.0f} % of all in which it does")


def _often(hits: int, count: int) -> str:
    """How often: of a hundred, of ten where that is about as exact, or as counted where there are few."""
    if count < 20:
        return f"{hits} of {count}"
    return f"{round(100 * hits / count)} of 100"


def box_words(draws: Draws, box: Box) -> str:
    """The conditions of a box: `x is above 1.2 times and y at most 3`."""
    if not box.conditions:
        return "anything"
    return _joined([_words(draws, one) for one in box.conditions])


def _joined(parts: Sequence[str]) -> str:
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last


def _words(draws: Draws, one: Condition) -> str:
    if one.name in draws.deals:
        return f"{one.name} {'closes' if one.above else 'never closes'}"
    if one.name in draws.scenarios:
        return f"{'it is' if one.above else 'it is not'} '{one.name}'"
    how = next(factor.rows[0].how for factor in draws.factors if factor.name == one.name)
    value = {"times": f"{one.value:.3g} times", "plus": f"{one.value:+.3g}"}.get(how, f"{one.value:.4g}")
    return f"{one.name} is {'above' if one.above else 'at most'} {value}"
