"""The parts of a packed spreadsheet as a stream of tags: no tree is built, and nothing a part declares is believed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from optimizer.case import look
from optimizer.case.findings import CaseError
from optimizer.case.look import refuse, too_large, too_many_cells

MOST_TAGS = 4_000_000
MOST_DEPTH = 200
MOST_ATTRIBUTES = 1_000_000
"""Tags of a part, their depth, and the bytes of one tag."""

_CHUNK = 1 << 16

Start = Callable[[Mapping[str, str]], None]
"""What is done where a tag begins, with its attributes."""

End = Callable[[], None]
"""What is done where it ends."""


class Part:
    """What is made of one part; a reader of a format derives from it.

    Tags and attributes are named ``namespace name``, or ``name`` where they are in none.

    Attributes:
        path: the file, to name it in faults.
        starts: what is done where a tag begins, by tag.
        ends: what is done where it ends, by tag.
        depth: how many tags are open.
        letters: how many letters have been kept so far.
        marks: what stands in the part once for each filled cell, so that they can be counted before it is read.
    """

    marks: tuple[bytes, ...] = ()

    def __init__(self, path: Path) -> None:
        self.path = path
        self.starts: dict[str, Start] = {}
        self.ends: dict[str, End] = {}
        self.depth = 0
        self.letters = 0
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

    def listen(self) -> None:
        """Keeps the text from here on."""
        self._said, self._length = [], 0

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
        self.letters += letters
        if self.letters > look.MOST_LETTERS:
            raise too_large(self.path, f"has over {look.MOST_LETTERS:,} letters")


def read_part(packed: zipfile.ZipFile, name: str, part: Part) -> None:
    """Reads one part of a packed file from its beginning to its end.

    Raises:
        CaseError: it declares entities, or is larger or deeper than the parts of any case.
        xml.parsers.expat.ExpatError: it is no well-formed markup; zipfile and zlib raise their own.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = part.begin
    parser.EndElementHandler = part.finish
    parser.CharacterDataHandler = part.text

    def refuse_entities(*_: object) -> NoReturn:
        raise _entities(part.path, name)

    parser.StartDoctypeDeclHandler = refuse_entities
    _count(packed, name, part)
    fed = 0
    with packed.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            # a tag that does not end is kept by the parser, which looks at it again each time
            if fed - max(parser.CurrentByteIndex, 0) > MOST_ATTRIBUTES:
                raise too_large(part.path, f"holds a tag of over {MOST_ATTRIBUTES:,} bytes")
    parser.Parse(b"", True)


def _count(packed: zipfile.ZipFile, name: str, part: Part) -> None:
    """Refuses a part that would take long to read, in a fraction of the time."""
    tags = filled = 0
    tail = b""
    with packed.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            tags += chunk.count(b"<")
            filled += sum((tail + chunk).count(mark) - tail.count(mark) for mark in part.marks)
            tail = chunk[-20:]
            if tags > MOST_TAGS:
                raise too_large(part.path, f"holds over {MOST_TAGS:,} tags")
            if filled > look.MOST_CELLS:
                raise too_many_cells(part.path)


def _entities(path: Path, name: str) -> CaseError:
    return refuse(
        path, f"the part {name} declares entities, which no spreadsheet program writes.",
        "Do not use this file; ask whoever made it for one saved by a spreadsheet program.",
    )
