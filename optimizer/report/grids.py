"""Texts and tables that fit a terminal: no word is broken, and where a table has no room its rows become cards."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from optimizer.report.readable import readable

NARROW = 70
"""Columns below which tables become cards."""

READ = 30
"""Columns that a sentence in a table needs to be read with ease."""

BETWEEN = 2
"""Blanks between columns, and before the first one."""


class _Console(Console):
    """A console that leaves a pipe closed by its reader to the program."""

    def on_broken_pipe(self) -> None:
        """Lets the program answer; Rich would end the process with an exit code of its own."""
        raise BrokenPipeError


def console(*, stderr: bool = False, width: int | None = None) -> Console:
    """A console that survives an output that is not UTF-8: what it cannot print is replaced."""
    stream = sys.stderr if stderr else sys.stdout
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return _Console(stderr=stderr, width=width, highlight=False, soft_wrap=False, emoji=False, markup=False)


class Words:
    """A text as the output can print it; of the case or of the program, it is never markup."""

    def __init__(self, text: str, style: str = "") -> None:
        self._text, self._style = text, style

    def __rich_console__(self, out: Console, options: ConsoleOptions) -> RenderResult:
        yield self._fit(options)

    def __rich_measure__(self, out: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(out, options, self._fit(options))

    def _fit(self, options: ConsoleOptions) -> Text:
        return Text(readable(self._text, options.encoding), style=self._style)


def titled(title: str, *grids: RenderableType) -> RenderableType:
    """Something below its title."""
    return Group(Text(""), Text(title, style="bold"), *grids)


def grid(
    headers: Sequence[str], rows: Sequence[Sequence[str]], width: int, right: Iterable[int] = ()
) -> RenderableType:
    """A table, or cards where a table would break words, or would be hard to read in a narrow terminal."""
    kept = [i for i in range(len(headers)) if any(row[i] for row in (headers, *rows))]
    if len(kept) < len(headers):
        # a column with nothing in it at all would take the room of a letter from the one beside it
        right = [at for at, i in enumerate(kept) if i in set(right)]
        headers, rows = [headers[i] for i in kept], [[row[i] for i in kept] for row in rows]
    least = sum(least_widths(headers, rows, right)) + BETWEEN * len(headers)
    whole = sum(most_widths(headers, rows)) + BETWEEN * len(headers)
    figures = set(right) == set(range(1, len(headers)))
    narrow = width < NARROW and not (figures and whole <= width)
    if len(headers) > 2 and (narrow or least > width):
        return _cards(headers, rows)
    return lined(headers, rows, right, widths=_widths(headers, rows, right, width))


def least_widths(headers: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int]) -> list[int]:
    """The least width of each column: its longest word, or all of a number."""
    wanted = set(right)
    return [
        max((1, *(cell_len(part) for text in (header, *(row[i] for row in rows))
                  for part in ([text] if i in wanted else text.split()))))
        for i, header in enumerate(headers)
    ]


def most_widths(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """The width that each column has where nothing is wrapped."""
    return [max(cell_len(row[i]) for row in (headers, *rows)) for i in range(len(headers))]


def lined(
    headers: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int] = (), first: int | None = None,
    widths: Sequence[int | None] | None = None,
) -> RenderableType:
    """A table without lines; the first column at most `first` wide, or each as wide as is said."""
    table = Table(box=None, pad_edge=False, padding=(0, BETWEEN, 0, 0), show_header=any(headers))
    wanted = set(right)
    widths = widths or [None] * len(headers)
    for i, header in enumerate(headers):
        table.add_column(
            Words(header, "dim"), justify="right" if i in wanted else "left", overflow="fold", width=widths[i],
            max_width=first if i == 0 else None, no_wrap=i in wanted,
        )
    for row in rows:
        table.add_row(*(Words(cell) for cell in row))
    return Padding(table, (0, 0, 0, BETWEEN), expand=False)


def _widths(
    headers: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int], width: int
) -> list[int | None]:
    """A width for each column that breaks no word: columns that need little have all they need; None where all fit."""
    most = most_widths(headers, rows)
    room = width - BETWEEN * len(headers)
    if sum(most) <= room:
        return [None] * len(headers)
    given = least_widths(headers, rows, right)
    while sum(given) < room:
        # the column with the most lines gets the next letter: no row is then higher than it must be
        given[max(range(len(most)), key=lambda i: most[i] / given[i])] += 1
    return list(given)


def _cards(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> RenderableType:
    return Group(*(_card(headers, row) for row in rows))


def _card(headers: Sequence[str], row: Sequence[str]) -> RenderableType:
    facts = [f"{header}: {cell}" if header else cell for header, cell in zip(headers[1:], row[1:], strict=True) if cell]
    return Group(
        indented(row[0], BETWEEN, "bold"), *(indented(fact, 2 * BETWEEN) for fact in facts),
    )


def indented(text: str, by: int, style: str = "") -> RenderableType:
    """A text some columns to the right, all of its lines."""
    return Padding(Words(text, style), (0, 0, 0, by), expand=False)
