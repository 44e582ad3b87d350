"""Files damaged at any place are read or refused, never met with an error of the program's own."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.case.findings import CaseError
from optimizer.case.read import read_unchecked
from tests.case.reading import workbook
from tests.case.test_read_both import document

PIECES = [b"<", b">", b"/", b'"', b"&amp;", b"&x;", b"-1", b"999999999", b"1e999", b"nan", b"", b"\0", b"\xff", b"<v>",
          b"</c>", b"<c/>", b"<table:table-row/>", b"A1048576", b"XFD1", b"inlineStr", b"date", b"]]>", b"<![CDATA["]
MAKERS: dict[str, Callable[..., Path]] = {"xlsx": workbook, "ods": document}


@cache
def sound(kind: str) -> bytes:
    with TemporaryDirectory() as folder:
        return MAKERS[kind](Path(folder) / f"a.{kind}", {"Places!C3": True, "Supply!E2": "=60+40"}).read_bytes()


def answered(kind: str, content: bytes) -> None:
    """Reads a file; whatever is wrong with it must be told as findings, each a sentence."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{kind}"
        path.write_bytes(content)
        try:
            case, findings = read_unchecked(path)
        except CaseError as fault:
            case, findings = None, fault.findings
        assert case is not None or findings
        for finding in findings:
            assert finding.message.endswith("."), finding


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_part_changed_at_any_place(kind: str, data: st.DataObject) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound(kind))) as old, zipfile.ZipFile(made, "w") as new:
        parts = {name: old.read(name) for name in old.namelist()}
        name = data.draw(st.sampled_from([name for name in parts if "theme" not in name and "docProps" not in name]))
        for _ in range(data.draw(st.integers(1, 3))):
            start = data.draw(st.integers(0, len(parts[name])))
            piece = data.draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4)))
            end = start + data.draw(st.integers(0, 30))
            parts[name] = parts[name][:start] + piece + parts[name][end:]
        for part, content in parts.items():
            new.writestr(part, content)
    answered(kind, made.getvalue())


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_file_changed_at_any_place(kind: str, data: st.DataObject) -> None:
    content = bytearray(sound(kind))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    answered(kind, bytes(content))
