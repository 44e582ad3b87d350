"""Every sentence that tells a fault of a workbook is told of some broken one."""

from __future__ import annotations

from itertools import chain

from optimizer.case.checks import REST
from tests.broken.patterns import CASE, Pattern, patterns
from tests.broken.test_broken import BROKEN, FAULTS, UNLIKELY
from tests.broken.test_broken_workbooks import EDITS, ODD, SMALL_SHARE

OF_FILES: dict[str, str] = {
    "read.py": "tests/case/test_read_files.py", "read_csv.py": "tests/case/test_read_files.py",
    "raw.py": "tests/case/test_read_xlsx.py", "read_xlsx.py": "tests/case/test_read_xlsx.py",
    "sheet_parts.py": "tests/case/test_read_xlsx.py", "xlsx_formats.py": "tests/case/test_read_xlsx.py",
    "look.py": "tests/case/test_hostile_files.py", "markup.py": "tests/case/test_hostile_files.py",
    "template/book.py": "tests/case/test_template.py",
}
"""Modules that tell what is wrong with a file or sheet as such, with the tests that make those files."""

NO_CELL = {
    ("changes.py", "a number is needed here."): "only from the command line, where any value can be set",
    ("changes.py", "this cell must be filled."): "the value of a scenario's row is never blank",
    ("changes.py", "one year of a series cannot be made blank."): "the value of a scenario's row is never blank",
    ("changes.py", "there is no value for {}: the first one is for {}."): "a series that starts late is told first",
    ("changes.py", "this does not say what to set to what."): "only from the command line",
    ("changes.py", "there is no scenario '{}'."): "only from the command line",
    ("checks/names.py", "a case needs a payer."): "a blank cell means home; for cases made in Python",
    ("checks/names.py", "the payer '{}' is named twice."): "the reader refuses the list; for cases made in Python",
    ("checks/names.py", "two rows of {} have the same {}."): "the reader tells it; for cases made in Python",
    ("checks/names.py", "a name may not be empty, or begin or end with a blank."):
        "the reader trims names; for cases made in Python",
    ("checks/numbers.py", "the first value is for {} and the case begins in {}."):
        "the reader tells it with its cell; for cases made in Python",
    ("parse.py", "{} is not a finite number."): "no spreadsheet holds one; for values set in Python",
    ("units.py", "{} is not a finite number."): "no spreadsheet holds one; for values set in Python",
    ("schema/values.py", "a series is either one number for every year or numbers by year"): "made in Python only",
    ("schema/values.py", "the years of a series must rise"): "the reader sorts them; made in Python only",
    ("schema/values.py", "no value for {}: the first one is for {}"): "a series that starts late is told first",
    **{("difference.py", f"the cases cannot be compared: {sentence}"): "told of two cases, in study/test_compare.py"
       for sentence in ("one is in {}, the other in {}; write both in one currency",
                        "one is in {} of {}, the other of {}; bring both to the prices of one year and write it under "
                        "'base year'")},
}
"""Sentences that no workbook can bring about, each with the reason."""

SENTENCES = frozenset(chain(
    (broken[5] for broken in BROKEN), (edit[3] for edit in EDITS.values()), (odd[5] for odd in ODD),
    [SMALL_SHARE, REST.message],
    (message for _, told in chain(FAULTS.values(), UNLIKELY.values()) for _, message in told),
))
"""What is told of the broken workbooks, by the tests beside this one."""


def _is_told(pattern: Pattern) -> bool:
    return any(pattern.fits(message) or pattern.fits(message.removesuffix(".")) for message in SENTENCES)


def test_every_sentence_has_a_broken_workbook() -> None:
    untold = [
        f"{pattern.file}:{pattern.line} {pattern.shape}" for pattern in patterns()
        if pattern.file not in OF_FILES and (pattern.file, pattern.shape) not in NO_CELL and not _is_told(pattern)
    ]
    assert not untold, "add a broken workbook for each:\n" + "\n".join(untold)


def test_no_exception_is_left_over() -> None:
    known = {(pattern.file, pattern.shape): pattern for pattern in patterns()}
    assert not [given for given in NO_CELL if given not in known]
    assert not [given for given in NO_CELL if _is_told(known[given])]
    assert not [name for name in OF_FILES if not (CASE / name).is_file()]
    assert not [name for name in OF_FILES.values() if not (CASE.parents[1] / name).is_file()]


def test_the_scan_finds_the_sentences() -> None:
    found = {(pattern.file, pattern.shape) for pattern in patterns()}
    assert ("grammar.py", "'{}' is not a number.") in found
    assert ("schema/world.py", "a place cannot be home and of concern") in found
    assert ("checks/deals.py", "the deal opens nothing: no lane, supply or plant names it.") in found
    assert len(found) > 150


def test_no_sentence_is_endless() -> None:
    longest = [sentence for sentence in SENTENCES if len(sentence) > 160]
    # the arithmetic of what can arrive names each of its parts
    assert all("can arrive" in sentence for sentence in longest)
