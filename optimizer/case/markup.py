"""The parts of a packed spreadsheet as a stream of tags: no tree is built, and nothing a part declares is believed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from optimizer.case import look
from optimizer.case.findings import CaseError
from optimizer.case.look import refuse, too_large, too_many_cells

MOST_TAGS = 1_300_000
MOST_ATTRIBUTES = 4_000_000
"""Tags that begin and attributes in all parts of a file together.

A case of 20,000 rows and 20 columns has 400,000 cells, each of two or three tags and three to six attributes. A million
tags take about a second to read; were they counted for each part, the parts of a small file could take minutes.
"""

MOST_DEPTH = 200
MOST_IN_TAG = 1_000_000
"""How deep tags lie within tags, and the bytes of one tag."""

MOST_NAMES = 2_000
MOST_IN_NAMES = 200_000
"""Names of tags and attributes in a part, and the letters of them or of its namespaces: the parser keeps each one."""

_CHUNK = 1 << 16

Start = Callable[[Mapping[str, str]], None]
"""What is done where a tag begins, with its attributes."""

End = Callable[[], None]
"""What is done where it ends."""


@dataclass
class Tally:
    """What the parts of a file that are read have come to so far.

    Attributes:
        path: the file, to name it in faults.
        tags: how many tags they have.
        attributes: how many attributes.
        marks: how many marks of filled cells.
        letters: how many letters have been kept.
    """

    path: Path
    tags: int = 0
    attributes: int = 0
    marks: int = 0
    letters: int = 0

    def limit(self) -> None:
        """Refuses a file with more than any case has.

        Raises:
            CaseError: it has more.
        """
        for number, most, what in (
            (self.tags, MOST_TAGS, "tags"), (self.attributes, MOST_ATTRIBUTES, "attributes"),
        ):
            if number > most:
                raise too_large(self.path, f"holds over {most:,} {what}")
        if self.marks > look.MOST_CELLS:
            raise too_many_cells(self.path)


class Part:
    """What is made of one part; a reader of a format derives from it.

    Tags and attributes are named ``namespace name``, or ``name`` where they are in none.

    Attributes:
        tally: what the file has come to so far.
        path: the file, to name it in faults.
        starts: what is done where a tag begins, by tag.
        ends: what is done where it ends, by tag.
        depth: how many tags are open.
        marks: what stands in the part once for each filled cell, so that they can be counted before it is read.
    """

    marks: tuple[bytes, ...] = ()

    def __init__(self, tally: Tally) -> None:
        self.tally, self.path = tally, tally.path
        self.starts: dict[str, Start] = {}
        self.ends: dict[str, End] = {}
        self.depth = 0
        self._said: list[str] | None = None
        self._length = 0

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Called where a tag begins."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise too_large(self.path, f"holds tags within tags more than {MOST_DEPTH} deep")
        do = self.starts.get(tag)
        if do is not None:
            do(attributes)

    def finish(self, tag: str) -> None:
        """Called where a tag ends."""
        do = self.ends.get(tag)
        if do is not None:
            do()
        self.depth -= 1

    def text(self, piece: str) -> None:
        """Called with the text between tags, piece by piece; kept while listening."""
        if self._said is not None:
            self.keep(len(piece))
            self._said.append(piece)

    def begin_text(self) -> None:
        """Counts the letters of one cell from here on, in however many pieces they come."""
        self._length = 0

    def listen(self) -> None:
        """Keeps the text from here on."""
        self._said = []

    def heard(self) -> str:
        """The text since `listen`, which ends."""
        text = "".join(self._said or ())
        self._said = None
        return text

    def keep(self, letters: int) -> None:
        """Counts letters that are about to be kept for one cell.

        Raises:
            CaseError: there are more in a cell, or in the file, than a case has.
        """
        self._length += letters
        if self._length > look.MOST_IN_CELL:
            raise too_large(self.path, f"has over {look.MOST_IN_CELL:,} letters in one cell")
        self.spend(letters)

    def spend(self, letters: int) -> None:
        """Counts letters of the file.

        Raises:
            CaseError: there are more than a case has.
        """
        self.tally.letters += letters
        if self.tally.letters > look.MOST_LETTERS:
            raise too_large(self.path, f"has over {look.MOST_LETTERS:,} letters")


def read_part(packed: zipfile.ZipFile, name: str, part: Part) -> None:
    """Reads one part of a packed file from its beginning to its end.

    Raises:
        CaseError: it declares entities, or is larger or deeper than the parts of any case.
        xml.parsers.expat.ExpatError: it is no well-formed markup; zipfile and zlib raise their own.
    """
    names: dict[str, str] = {}
    parser = expat.ParserCreate(namespace_separator=" ", intern=names)
    parser.buffer_text = True
    parser.StartElementHandler = part.begin
    parser.EndElementHandler = part.finish
    parser.CharacterDataHandler = part.text

    def refuse_entities(*_: object) -> NoReturn:
        raise _entities(part.path, name)

    parser.StartDoctypeDeclHandler = refuse_entities
    parser.StartNamespaceDeclHandler = _Namespaces(part.path).declare
    _count(packed, name, part)
    fed = known = 0
    with packed.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            # a tag that does not end is kept by the parser, which looks at it again each time
            if fed - max(parser.CurrentByteIndex, 0) > MOST_IN_TAG:
                raise too_large(part.path, f"holds a tag of over {MOST_IN_TAG:,} bytes")
            if len(names) > known:
                known = len(names)
                _limit_names(part.path, names)
    parser.Parse(b"", True)


class _Namespaces:
    """The namespaces that a part declares: the parser keeps the names of all to the end."""

    def __init__(self, path: Path) -> None:
        self._path, self._letters = path, 0

    def declare(self, prefix: str | None, address: str | None) -> None:
        """Called for each namespace that is declared."""
        self._letters += len(prefix or "") + len(address or "") + 1
        if self._letters > MOST_IN_NAMES:
            raise too_large(self._path, f"declares namespaces of over {MOST_IN_NAMES:,} letters")


def _limit_names(path: Path, names: Iterable[str]) -> None:
    # a namespace without a prefix stands among them as None
    names = [name for name in names if name]
    if len(names) > MOST_NAMES:
        raise too_large(path, f"holds tags and attributes of over {MOST_NAMES:,} names")
    if sum(map(len, names)) > MOST_IN_NAMES:
        raise too_large(path, f"holds names of tags and attributes of over {MOST_IN_NAMES:,} letters")


def _count(packed: zipfile.ZipFile, name: str, part: Part) -> None:
    """Refuses a part that would take long to read, in a fraction of the time."""
    tally, tail = part.tally, b""
    with packed.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            tally.tags += chunk.count(b"<") - chunk.count(b"</")
            tally.attributes += chunk.count(b"=")
            tally.marks += sum((tail + chunk).count(mark) - tail.count(mark) for mark in part.marks)
            tally.limit()
            tail = chunk[-20:]


def _entities(path: Path, name: str) -> CaseError:
    return refuse(
        path, f"the part {name} declares entities, which no spreadsheet program writes.",
        "Do not use this file; ask whoever made it for one saved by a spreadsheet program.",
    )
