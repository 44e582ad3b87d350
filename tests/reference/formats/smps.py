"""Two-stage linear programs in SMPS: the core as MPS, the split in time, and the scenarios.

What is read is a :class:`TwoStage`; :func:`two_stage` reads it as a case, where that can be done honestly: first-stage
columns are capacities, second-stage rows are balances of goods, second-stage columns are what is done with them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from tests.reference.converters import FormatError

Cell = tuple[str, str]
"""Column and row; the column is empty for a right-hand side."""

Factor = list[tuple[float, dict[Cell, float]]]
"""What is drawn together: probability of each realisation and the numbers that it sets."""

MOST = 200
"""Scenarios up to which independent numbers are multiplied out."""

SECTIONS = ("NAME", "ROWS", "COLUMNS", "RHS", "BOUNDS", "RANGES", "ENDATA", "OBJSENSE",
            "TIME", "PERIODS", "STOCH", "INDEP", "BLOCKS", "SCENARIOS")


@dataclass
class TwoStage:
    """A linear program of two stages, least cost.

    Attributes:
        objective: its objective row.
        senses: of each other row, ``L``, ``G`` or ``E``, in order.
        columns: the columns, in order.
        values: column and row -> number; right-hand sides under an empty column.
        upper: column -> upper bound, where it has one.
        split: first column and first row of the second stage.
        scenarios: probability of each scenario and the numbers that it changes.
        passed_over: free rows beside the objective, which mean nothing.
    """

    objective: str = ""
    senses: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    values: dict[Cell, float] = field(default_factory=dict)
    upper: dict[str, float] = field(default_factory=dict)
    split: tuple[str, str] = ("", "")
    scenarios: Factor = field(default_factory=list)
    passed_over: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, text: str) -> TwoStage:
        """The problem of a core, a time and a stochastic file, one after the other.

        Raises:
            FormatError: they are no such files, or use what is not read here.
        """
        found = cls()
        factors: list[Factor] = []
        for section, kind, lines in _sections(text):
            try:
                factors += found._read(section, kind, lines)
            except IndexError:
                raise FormatError(f"a line of the section {section} ends too early") from None
        found._multiplied(factors)
        if not found.split[0] or not found.objective:
            raise FormatError("there is no section PERIODS with two periods, or no objective")
        return found

    def _read(self, section: str, kind: str, lines: list[tuple[int, list[str]]]) -> list[Factor]:
        """Takes in a section; gives what of it is drawn, each with its realisations."""
        if section in ("ROWS", "COLUMNS", "RHS", "BOUNDS", "PERIODS"):
            for line, words in lines:
                getattr(self, f"_{section.lower()}")(line, words)
        elif section in ("RANGES", "OBJSENSE"):
            raise FormatError(f"the section {section} is not read here")
        elif section in ("INDEP", "BLOCKS", "SCENARIOS"):
            if kind not in ("DISCRETE", ""):
                raise FormatError(f"{section} of the kind {kind} are not read here: DISCRETE alone")
            drawn: list[Factor] = getattr(self, f"_{section.lower()}")(lines)
            return drawn
        return []

    @property
    def stages(self) -> tuple[list[str], list[str]]:
        """The columns of each stage."""
        at = self.columns.index(self.split[0])
        return self.columns[:at], self.columns[at:]

    @property
    def rows(self) -> tuple[list[str], list[str]]:
        """The rows of each stage."""
        names = list(self.senses)
        at = names.index(self.split[1])
        return names[:at], names[at:]

    def _rows(self, line: int, words: list[str]) -> None:
        if len(words) != 2 or words[0] not in "NLGE":
            raise FormatError(f"line {line}: a row is written as N, L, G or E and a name")
        kind, name = words
        if kind != "N":
            self.senses[name] = kind
        elif not self.objective:
            self.objective = name
        else:
            self.passed_over.add(name)

    def _columns(self, line: int, words: list[str]) -> None:
        if "MARKER" in words[1].upper():
            raise FormatError(f"line {line}: whole numbers are not read here")
        if words[0] not in self.columns:
            self.columns.append(words[0])
        self._put(line, words[0], words[1:])

    def _rhs(self, line: int, words: list[str]) -> None:
        self._put(line, "", words[len(words) % 2:])

    def _put(self, line: int, column: str, pairs: list[str]) -> None:
        if len(pairs) % 2:
            raise FormatError(f"line {line}: rows and numbers stand in pairs")
        for row, number in zip(pairs[::2], pairs[1::2], strict=True):
            if row not in self.senses and row != self.objective and row not in self.passed_over:
                raise FormatError(f"line {line}: there is no row '{row}'")
            self.values[column, row] = _number(line, number)

    def _bounds(self, line: int, words: list[str]) -> None:
        kind, *rest = words
        free = kind in ("PL", "FR", "MI", "BV")
        column, number = (rest[-1], 0.0) if free else (rest[-2], _number(line, rest[-1]))
        if column not in self.columns:
            raise FormatError(f"line {line}: there is no column '{column}'")
        if kind == "UP":
            self.upper[column] = number
        elif kind != "PL" and (kind, number) != ("LO", 0.0):
            raise FormatError(f"line {line}: a bound of the kind {kind} is not read here")

    def _periods(self, line: int, words: list[str]) -> None:
        column, row = words[0], words[1]
        if column == self.columns[0]:
            return
        if self.split[0]:
            raise FormatError(f"line {line}: more than two periods are not read here")
        if column not in self.columns or row not in self.senses:
            raise FormatError(f"line {line}: there is no column '{column}' or no row '{row}'")
        self.split = column, row

    def _cell(self, column: str, row: str) -> Cell:
        return (column if column in self.columns else "", row)

    def _indep(self, lines: list[tuple[int, list[str]]]) -> list[Factor]:
        drawn: dict[Cell, Factor] = {}
        for line, words in lines:
            cell = self._cell(words[0], words[1])
            drawn.setdefault(cell, []).append((_number(line, words[-1]), {cell: _number(line, words[2])}))
        return list(drawn.values())

    def _blocks(self, lines: list[tuple[int, list[str]]]) -> list[Factor]:
        blocks: dict[str, Factor] = {}
        cells: dict[Cell, float] = {}
        for line, words in lines:
            if words[0] == "BL":
                before = blocks.setdefault(words[1], [])
                # what a realisation leaves out is as in the first one
                cells = dict(before[0][1]) if before else {}
                before.append((_number(line, words[-1]), cells))
            else:
                cells.update(self._changes(line, words))
        return list(blocks.values())

    def _scenarios(self, lines: list[tuple[int, list[str]]]) -> list[Factor]:
        named: dict[str, tuple[float, dict[Cell, float]]] = {}
        cells: dict[Cell, float] = {}
        for line, words in lines:
            if words[0] == "SC":
                parent = named.get(words[2].strip("'"))
                cells = dict(parent[1]) if parent else {}
                named[words[1]] = (_number(line, words[3]), cells)
            else:
                cells.update(self._changes(line, words))
        return [list(named.values())]

    def _changes(self, line: int, words: list[str]) -> Iterator[tuple[Cell, float]]:
        for row, number in zip(words[1::2], words[2::2], strict=False):
            yield self._cell(words[0], row), _number(line, number)

    def _multiplied(self, factors: list[Factor]) -> None:
        if math.prod(map(len, factors)) > MOST:
            raise FormatError(f"there are {math.prod(map(len, factors))} scenarios, and {MOST} are read at most")
        for one in factors:
            if abs(sum(share for share, _ in one) - 1) > 1e-4:
                raise FormatError(f"probabilities add up to {sum(share for share, _ in one):g}, not to 1")
        for parts in product(*factors):
            cells = {cell: number for _, of in parts for cell, number in of.items()}
            self.scenarios.append((math.prod(share for share, _ in parts), cells))


def _number(line: int, word: str) -> float:
    try:
        return float(word.replace("D", "e").replace("d", "e"))
    except ValueError:
        raise FormatError(f"line {line}: '{word}' is no number") from None


def _sections(text: str) -> Iterator[tuple[str, str, list[tuple[int, list[str]]]]]:
    """Each section with its kind and its lines; a line that starts in the first place begins one."""
    lines: list[tuple[int, list[str]]] = []
    name, kind = "", ""
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        words = line.split()
        if not words or line.startswith("*"):
            continue
        if not line[0].isspace():
            yield name, kind, lines
            name, kind, lines = words[0].upper(), (words[1].upper() if len(words) > 1 else ""), []
            if name not in SECTIONS:
                raise FormatError(f"line {number}: there is no section '{words[0]}'")
        else:
            lines.append((number, words))
    yield name, kind, lines
