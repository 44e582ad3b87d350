"""The annex of a brief: every number that the plan rests on, with source and confidence, and the sources.

In Markdown each row of the workbook has its line. In print what is equal stands once: rows with the same numbers,
sources and note together, and a note that several rows share only at the first of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from optimizer.case.schema import Source
from optimizer.report.brief.blocks import Block, Heading, Only, Paragraph, Table
from optimizer.report.evidence import FACTS, RANK, Assumption, assumptions, with_facts, without_facts
from optimizer.report.stakes import WEAK, row_stakes
from optimizer.solve.plan import Plan

TITLES: dict[str | None, str] = {
    "assumption": "Assumptions", "low": "Low confidence", None: "Confidence not said", "medium": "Medium confidence",
    "high": "High confidence",
}
"""Confidence -> heading of what has it."""

ABOVE = "; note as above"
"""In place of a note that stands at a row above."""


@dataclass(frozen=True)
class Group:
    """Rows of one sheet with the same numbers, sources and note.

    Attributes:
        rows: the numbers of each row.
        note: their note, without codes of facts.
        money: what runs through them.
    """

    rows: Sequence[Sequence[Assumption]]
    note: str
    money: float


def annex(plan: Plan) -> Iterable[Block]:
    """The rows of the workbook that the plan uses, the weakest first, and the documents behind them."""
    every = assumptions(plan)
    weak = sum(one.confidence in WEAK for one in every)
    yield Heading("What this rests on")
    yield Paragraph(
        f"The plan uses {len(every)} numbers of the workbook; {weak} of them are assumptions or of low confidence. "
        "Numbers in the column Sources are those of the list below."
    )
    numbers = {name: at for at, name in enumerate(dict.fromkeys(s for one in every for s in one.sources), start=1)}
    yield from (Only("text", block) for block in _one_by_one(every, numbers))
    yield from (Only("print", block) for block in _together(plan, every, numbers))
    if numbers:
        yield Heading("Sources")
        rows_of = {source.name: source for source in plan.case.sources}
        lines = [(str(at), *_source_line(rows_of.get(name), name)) for name, at in numbers.items()]
        yield Only("text", Table(("", "Title", "Publisher", "Date", "Address"), lines))
        short = [(at, ", ".join(filter(None, document)), url) for at, *document, url in lines]
        yield Only("print", Table(("", "Title, publisher, date", "Address"), short, wide={1: 1.1, 2: 1}))


def _source_line(source: Source | None, name: str) -> tuple[str, str, str, str]:
    if source is None:
        return name, "", "", ""
    return source.title or name, source.publisher or "", source.date or "", source.url or ""


def _one_by_one(every: Sequence[Assumption], numbers: Mapping[str, int]) -> Iterable[Block]:
    if any(FACTS.search(one.note) for one in every):
        yield Paragraph("Facts in the notes are numbers of the fact base from which the workbook was made.", "note")
    rows = by_row(every)
    for title, wanted in (("Assumptions and low confidence", True), ("The others", False)):
        some = [row for row in rows if (row[0].confidence in WEAK) is wanted]
        if some:
            yield Heading(title, 3)
            headers = ("Row", "Numbers, with their cells", "Confidence", "Sources", "Note")
            yield Table(headers, [_row_line(row, numbers) for row in some])


def by_row(every: Sequence[Assumption]) -> list[list[Assumption]]:
    """Assumptions that share row, confidence, sources and note, together."""
    found: dict[tuple[object, ...], list[Assumption]] = {}
    for one in every:
        found.setdefault((one.row, one.confidence, one.sources, one.note), []).append(one)
    return list(found.values())


def _row_line(row: Sequence[Assumption], numbers: Mapping[str, int]) -> Sequence[str]:
    first = row[0]
    return first.row, _values(row), first.confidence or "not said", _sources(first, numbers), with_facts(first.note)


def _values(row: Sequence[Assumption]) -> str:
    return "; ".join(f"{one.column} {one.value}{_in_cells([one])}" for one in row)


def _in_cells(row: Sequence[Assumption]) -> str:
    """The cells of numbers in brackets; empty for a case that was made without any."""
    cells = [one.cell.rpartition("!")[2] for one in row if "!" in one.cell]
    return f" ({', '.join(cells)})" if cells else ""


def _sources(one: Assumption, numbers: Mapping[str, int]) -> str:
    return ", ".join(str(numbers[name]) for name in one.sources) or "not said"


def _together(plan: Plan, every: Sequence[Assumption], numbers: Mapping[str, int]) -> Iterable[Block]:
    """By confidence, then sheet; first the sheets, notes and rows through which most money runs."""
    facts = any(FACTS.search(one.note) for one in every)
    yield Paragraph(
        "Rows with the same numbers, sources and note stand together, those through which most money runs first; "
        f"brief.md gives them one by one{', with the codes of facts in their notes' if facts else ''}.", "note",
    )
    stakes = row_stakes(plan)
    for confidence in RANK:
        rows = [row for row in by_row(every) if row[0].confidence == confidence]
        if rows:
            yield Heading(TITLES[confidence], 3)
            yield _printed(_by_sheet(rows, stakes), numbers)


def _by_sheet(rows: Sequence[Sequence[Assumption]], stakes: Mapping[str, float]) -> dict[str, list[list[Group]]]:
    """Sheet -> its groups, those that share a note side by side."""
    alike: dict[tuple[object, ...], list[Sequence[Assumption]]] = defaultdict(list)
    for row in rows:
        values = tuple((one.column, one.value) for one in row)
        alike[row[0].row.partition("[")[0], values, row[0].sources, without_facts(row[0].note)].append(row)
    found: dict[str, dict[str, list[Group]]] = defaultdict(lambda: defaultdict(list))
    for (sheet, _, _, note), same in alike.items():
        # without a note nothing joins two groups
        key = str(note) or str(same[0][0].row)
        found[str(sheet)][key].append(Group(same, str(note), sum(stakes.get(row[0].row, 0.0) for row in same)))
    ordered = {
        sheet: sorted((_largest_first(of) for of in notes.values()), key=_total) for sheet, notes in found.items()
    }
    return dict(sorted(ordered.items(), key=lambda entry: min(map(_total, entry[1]))))


def _largest_first(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: -round(group.money))


def _total(groups: Iterable[Group]) -> float:
    return -sum(round(group.money) for group in groups)


def _printed(sheets: Mapping[str, Sequence[Sequence[Group]]], numbers: Mapping[str, int]) -> Table:
    lines, strong = list[Sequence[str]](), set[int]()
    for sheet, notes in sheets.items():
        strong.add(len(lines))
        lines.append((sheet, "", ""))
        for groups in notes:
            for at, group in enumerate(groups):
                told = f"\n{group.note}" if group.note and at == 0 else ABOVE if group.note else ""
                lines.append(_group_line(group, numbers, told))
    headers = ("Row", "Numbers, with their cells; below them the note", "Sources")
    return Table(headers, lines, strong=frozenset(strong), wide={0: 1, 1: 3.2})


def _group_line(group: Group, numbers: Mapping[str, int], note: str) -> Sequence[str]:
    first = group.rows[0]
    sources = _sources(first[0], numbers)
    if len(group.rows) == 1:
        return _name(first), f"{_values(first)}{note}", sources
    names = "; ".join(f"{_name(row)}{_in_cells(row)}" for row in group.rows)
    values = "; ".join(f"{one.column} {one.value}" for one in first)
    return f"{len(group.rows)} rows", f"each {values}: {names}{note}", sources


def _name(row: Sequence[Assumption]) -> str:
    """A row's name without its sheet, which stands above it."""
    return row[0].row.partition("[")[2].removesuffix("]")
