"""The published problems and their answers: one more case is one more line of :data:`CASES`.

A line names the case, the converter of its format, its file under ``data`` and what was printed. The tests write each
as a workbook, read that back, solve it with gap 0, put it to a second solver, and compare. README.md shows how to add
one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from tests.reference.converters import Converter, Reading, text_of
from tests.reference.formats.chains import chain, regions
from tests.reference.formats.criteria import knapsack
from tests.reference.formats.futures import farmer, lands
from tests.reference.formats.location import capacitated, transport
from tests.reference.formats.lots import lots
from tests.reference.formats.recourse import two_stage


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


@dataclass(frozen=True)
class Futures:
    """A problem of two stages of which the least expected cost was printed.

    Attributes:
        name: what it is called.
        converter: the converter of its format.
        file: its file under ``data``.
        value: the number printed.
        more: other numbers printed: ``evpi``, ``vss``, ``base`` (the least cost of the base by itself), or the least of
            another goal of ``robust`` by its name, e.g. ``worst`` or ``cvar:0.8``.
        first: capacity of each plant of the printed first stage; None where none was printed.
        tolerance: what the last digit of the first number leaves open, as a part of it.
    """

    name: str
    converter: Converter
    file: str
    value: float
    more: Mapping[str, float]
    first: Mapping[str, float] | None = None
    tolerance: float = 1e-6

    def reading(self) -> Reading:
        """The problem as a case."""
        return self.converter(text_of(self.file))


ACRES = {"wheat": 170.0, "corn": 80.0, "beets": 250.0}
UNITS = (8 / 3, 4.0, 10 / 3, 2.0)
FARMER = {"evpi": 7_015.5556, "vss": 1_150}
LANDS = {"evpi": 381.853333 - 380.166667, "vss": 383.986667 - 381.853333, "worst": 469.333333}

CASES: list[Least | Front | Futures] = [
    Least("cflp/cap41", capacitated, "cap41.txt", 1_040_444.375),
    Least("five_regions", regions, "five_regions.json", 92_981_000,
          built=frozenset({"USA High", "Japan High", "India High", "Brazil Low"})),
    Least("wagner_whitin_12", lots, "wagner_whitin.json", 864),
    Least("wagner_whitin_11", partial(lots, periods=11), "wagner_whitin.json", 789),
    Least("mexss", chain, "mexss.json", 538.8112, tolerance=1e-6),
    Least("Dantzig", transport, "dantzig.txt", 153.675),
    Front("front/2KP50-92", knapsack, "2KP50-92.dat", "2KP50-92.min"),
    Futures("farmer_rp", farmer, "farmer.json", -108_390, {
        **FARMER, "base": -118_600, "cvar:0.6666666666666667": -59_950, "cvar:0.3333333333333333": -87_150}, ACRES),
    Futures("farmer in SMPS", partial(two_stage, module=5 / 3), "farmer.smps", -108_390, FARMER,
            {f"X{crop.upper()}": acres for crop, acres in ACRES.items()}),
    Futures("lands_rp", lands, "lands.json", 381.853333, {**LANDS, "base": 378.666667},
            {f"plant {i}": units for i, units in enumerate(UNITS, start=1)}),
    Futures("lands in SMPS", partial(two_stage, module=1 / 6), "lands.smps", 381.853333, LANDS,
            {f"X{i}": units for i, units in enumerate(UNITS, start=1)}),
]
