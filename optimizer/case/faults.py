"""Faults of one cell, raised where it is read and turned into findings where its place is known."""

from __future__ import annotations


class CellFault(Exception):  # noqa: N818 - a fault of the case, not of the program
    """What one cell holds cannot be used.

    Attributes:
        message: what is wrong, in a sentence.
        suggestion: what would be right; empty where nothing can be said.
    """

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(f"{message} {suggestion}".rstrip())
        self.message = message
        self.suggestion = suggestion


class UnitFault(CellFault):
    """A unit that is not known, or not one of the dimension asked for."""


class CurrencyFault(UnitFault):
    """A currency for which the case gives no exchange rate.

    Attributes:
        code: its code as written.
    """

    def __init__(self, code: str, message: str, suggestion: str = "") -> None:
        super().__init__(message, suggestion)
        self.code = code
