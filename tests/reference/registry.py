"""The published problems and their answers: one more case is one more line of :data:`CASES`.

A line names the case, the converter of its format, its file under ``data`` and what was printed. The tests write each
as a workbook, read that back, solve it with gap 0, put it to a second solver, and compare. README.md shows how to add
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from tests.reference.converters import Converter, Reading, text_of
from tests.reference.formats.chains import chain, regions
from tests.reference.formats.criteria import knapsack
from tests.reference.formats.location import capacitated
from tests.reference.formats.lots import lots


@dataclass(frozen=True)
class Least:
    """A problem of which the least cost was printed.

    Attributes:
        name: what it is called.
        converter: the converter of its format.
        file: its file under ``data``.
        value: the number printed.
        tolerance: what its last digit leaves open, as a part of it.
        built: plants that are built, of the printed plan; None where none was printed.
    """

    name: str
    converter: Converter
    file: str
    value: float
    tolerance: float = 1e-8
    built: frozenset[str] | None = None

    def reading(self) -> Reading:
        """The problem as a case."""
        return self.converter(text_of(self.file))


@dataclass(frozen=True)
class Front:
    """A problem of two criteria of which every non-dominated point was printed.

    Attributes:
        name: what it is called.
        converter: the converter of its format.
        file: its file under ``data``.
        points: the file of its points, two numbers a line.
    """

    name: str
    converter: Converter
    file: str
    points: str

    def reading(self) -> Reading:
        """The problem as a case."""
        return self.converter(text_of(self.file))


CASES: list[Least | Front] = [
    Least("cflp/cap41", capacitated, "cap41.txt", 1_040_444.375),
    Least("five_regions", regions, "five_regions.json", 92_981_000,
          built=frozenset({"USA High", "Japan High", "India High", "Brazil Low"})),
    Least("wagner_whitin_12", lots, "wagner_whitin.json", 864),
    Least("wagner_whitin_11", partial(lots, periods=11), "wagner_whitin.json", 789),
    Least("mexss", chain, "mexss.json", 538.8112, tolerance=1e-6),
    Front("front/2KP50-92", knapsack, "2KP50-92.dat", "2KP50-92.min"),
]
