"""Names: unknown, switched off, given twice, or such that an address or a list could not hold them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from optimizer.case.address import did_you_mean, nearest
from optimizer.case.case import Case
from optimizer.case.checks.common import Faults, any_match, groups_of, is_pattern, names_in
from optimizer.case.checks.references import Reference, references
from optimizer.case.schema import SHEETS, Column, Material, Row, Settings

_DROPPED = frozenset({"Deals", "Plants", "Lanes", "Supply", "Sources"})
"""Sheets whose rows may be switched off although others name them: an option less, not a broken reference."""

_BREAKS = "[];|=*"
_NAMING = ("name", "recipe", "scenario", "criterion")


def unknown_names(case: Case, faults: Faults) -> None:
    """Every name in a column that refers to other sheets stands there and is in use."""
    known = {sheet: names_in(case, sheet, every=True) for sheet in SHEETS}
    for one in references(case):
        there = set().union(*(known[sheet] for sheet in one.column.refers))
        if one.name in there:
            _in_use(case, faults, one)
        elif any(faults.hides(sheet, one.name) for sheet in one.column.refers):
            continue
        elif one.patterns and is_pattern(one.name):
            if not any_match(one.name, there):
                faults.add(one.row, one.field, f"'{one.name}' matches nothing in {' or '.join(one.column.refers)}.",
                           did_you_mean(one.name.replace("*", ""), there), found=one.name)
        else:
            where = " or ".join(one.column.refers)
            faults.add(one.row, one.field, f"'{one.name}' is not a row of {where}.",
                       _by_commas(one.name, there, one.column) or did_you_mean(one.name, sorted(there))
                       or f"Add it to {where}.", found=one.name)


def _by_commas(name: str, known: Collection[str], column: Column) -> str:
    """What to write where names stand with commas between; empty where they are no such list."""
    parts = [part.strip() for part in re.split(r"[,/&\n]", name) if part.strip()]
    listed = column.kind in ("names", "groups") and len(parts) > 1 and all(part in known for part in parts)
    return f"Write {'; '.join(parts)}: names in a list are separated by ';'." if listed else ""


def _in_use(case: Case, faults: Faults, one: Reference) -> None:
    if any(one.name in names_in(case, sheet) for sheet in one.column.refers):
        return
    if all(sheet in _DROPPED for sheet in one.column.refers):
        return
    faults.add(one.row, one.field, f"'{one.name}' is switched off.", "Switch it on, or switch this row off too.",
               found=one.name)


def stages(case: Case, faults: Faults) -> None:
    """The stages that needs and 'made at' speak of are stages of some material."""
    known = sorted({row.stage for row in case.sheets.get(Material.sheet, ()) if isinstance(row, Material)})
    pairs: list[tuple[Row, str, tuple[tuple[str, object], ...]]] = [
        *((material, "needs", material.needs) for material in case.materials),
        *((supply, "made_at", supply.made_at) for supply in case.supplies),
    ]
    for row, field, mapping in pairs:
        for name, _ in mapping:
            if name not in known:
                faults.add(row, field, f"no material is of the stage '{name}'.", did_you_mean(name, known), found=name)


def duplicates(case: Case, faults: Faults) -> None:
    """No two rows of a sheet have the same key."""
    for sheet, rows in case.sheets.items():
        first: dict[str, Row] = {}
        for row in rows:
            if row.key in first:
                what = "name" if row.keys == ("name",) else " and ".join(row.keys).replace("_", " ")
                faults.add(row, "", f"two rows of {sheet} have the same {what}.",
                           "Rename one, or merge the two.", found=row.key)
            first.setdefault(row.key, row)


_WORDS = ("recipe", "scenario", "criterion", "stage", "basis", "sector", "partner", "kind", "channel", "heading")
"""Columns whose words group rows, so that two spellings are two groups."""


def alike(case: Case, faults: Faults) -> None:
    """No two names or words differ in capitals and blanks only: one of them is likely a slip."""
    for rows in case.sheets.values():
        met: dict[tuple[str, str], tuple[str, Row]] = {}
        told: set[tuple[str, str]] = set()
        for row in (row for row in rows if row.use):
            for field in ("name", *_WORDS):
                word = getattr(row, field, None)
                if not isinstance(word, str):
                    continue
                plain = (field, "".join(word.split()).casefold())
                other, first = met.setdefault(plain, (word, row))
                if other != word and (field, word) not in told:
                    told.add((field, word))
                    faults.warn(row, field, f"'{word}' and '{other}' ({faults.cell(first, field)}) differ in capitals "
                                "or blanks only.", f"Write '{other}' if the same is meant, or another name.")


def unlike_filters(case: Case, faults: Faults) -> None:
    """A word of a single deal that no filter names is not almost one that a filter does."""
    given = [f for limit in case.limits for f in (limit.filter, limit.of) if f is not None]
    for field, likeness in _ALMOST.items():
        named = dict.fromkeys(pattern for one in given for pattern in one.get(field) or () if not is_pattern(pattern))
        used = Counter(getattr(deal, field) for deal in case.deals)
        for deal in case.deals:
            word = getattr(deal, field)
            if word is None or used[word] > 1 or word in named:
                continue
            meant = nearest(word, named, likeness)
            if meant is not None:
                faults.warn(deal, field, f"no other deal and no limit has the {field} '{word}'.",
                            f"Did you mean '{meant}'?")


_ALMOST = {"kind": 0.6, "channel": 0.7, "partner": 0.8}
"""Columns of deals that filters name, with how like another word one must be to be taken for a slip of it."""


def characters(case: Case, faults: Faults) -> None:
    """Names can stand in an address, a list and a filter."""
    for rows in case.sheets.values():
        for row in rows:
            for field in set(row.keys) & set(_NAMING):
                name = getattr(row, field)
                if bad := [c for c in _BREAKS if c in name]:
                    faults.add(row, field, f"a name may not hold {' or '.join(bad)}: lists and addresses use it.",
                               "Rename it.")
                elif not name.strip() or name != " ".join(name.split(" ")).strip() or "\n" in name:
                    faults.add(row, field, "a name may not be empty, or begin or end with a blank.", "Trim it.",
                               found=repr(name))


def payers(case: Case, faults: Faults) -> None:
    """Every payer is one of the case's."""
    known = case.settings.payers
    if not known:
        faults.add(case.settings, "payers", "a case needs a payer.", "Name one, e.g. home.")
    split = {name: [part.strip() for part in name.split(",")] for name in known if "," in name}
    asked = {getattr(row, "payer", None) for rows in case.sheets.values() for row in rows}
    for name, parts in split.items():
        if asked & set(parts):
            faults.add(case.settings, "payers", f"'{name}' is read as the name of one payer.",
                       f"Write {'; '.join(parts)}: names in a list are separated by ';'.", found=name)
            return
    for name, times in Counter(known).items():
        if times > 1:
            faults.add(case.settings, "payers", f"the payer '{name}' is named twice.", "Name it once.")
    _unknown_payers(case, faults)


_MANY = 4
"""Cells from which on it is told once that all of them name a payer that there is none."""


def _unknown_payers(case: Case, faults: Faults) -> None:
    unknown: dict[str, list[tuple[Row, str]]] = {}
    for rows in case.sheets.values():
        for row in (row for row in rows if row.use):
            for field in {"payer", "to"} & set(type(row).model_fields):
                name = getattr(row, field)
                if name is not None and name not in case.settings.payers:
                    unknown.setdefault(name, []).append((row, field))
    for name, cells in unknown.items():
        meant = did_you_mean(name, case.settings.payers)
        if len(cells) >= _MANY:
            faults.add(case.settings, "payers", f"'{name}' is not a payer of the case, and {len(cells)} cells name it, "
                       f"first {faults.cell(*cells[0])}.", f"{meant} Payers stand here, separated by ';'.".strip())
            continue
        for row, field in cells:
            faults.add(row, field, f"'{name}' is not a payer of the case.", f"{meant} Payers stand in "
                       f"{faults.cell(case.settings, 'payers')}, separated by ';'.".strip())


def repeated_deals(case: Case, faults: Faults) -> None:
    """A deal stands once among the groups of a thing."""
    for row, field, groups in groups_of(case):
        for name, times in Counter(deal for group in groups for deal in group).items():
            if times > 1:
                faults.add(row, field, f"the deal '{name}' is named twice.", "A deal may stand in one group only.")


def goals(case: Case, faults: Faults) -> None:
    """Goals are dependence, mean dependence, cost or a criterion."""
    settings: Settings = case.settings
    known = ["dependence", "mean dependence", "cost", *dict.fromkeys(row.criterion for row in case.criteria)]
    for field, names in (("goal", (settings.goal,)), ("then", settings.then)):
        for name in names:
            if name not in known:
                faults.add(settings, field, f"'{name}' is not a goal.", did_you_mean(name, known), found=name)
