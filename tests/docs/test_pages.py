"""Pages: what is made from the code is up to date, links lead somewhere, the site builds."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from optimizer.case.reference import reference as workbook_page
from optimizer.commands.reference import reference as commands_page
from optimizer.model.method import ORDER, blocks, method
from tests.docs.pages import PAGES, ROOT

SITE = ROOT / "docs" / "site"
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEAD = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize(("name", "made"), [
    ("workbook", workbook_page), ("method", method), ("commands", commands_page),
    ("json", runpy.run_path(str(SITE / "json_page.py"))["page"]),
])
def test_pages_made_from_the_code_are_up_to_date(name: str, made: object) -> None:
    assert callable(made)
    assert (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") == made(), "run 'make docs'"


def test_the_method_tells_of_every_block() -> None:
    told = [name for _, names in ORDER for name in names]
    assert set(told) == blocks()
    assert len(told) == len(set(told))
    assert ".. math::" not in method()
    assert "MODEL.md" not in method()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in LINK.findall(text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor and file.suffix == ".md":
            there = file.read_text(encoding="utf-8")
            heads = [re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in HEAD.findall(there)]
            assert anchor in [*heads, *re.findall(r'<a id="(\w+)">', there)], f"{page.name}: {target}"


def test_the_site_builds_and_asks_nothing_of_other_hosts(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="this test needs mkdocs")
    assert sorted(re.findall(r"(\w+\.md)", (SITE / "mkdocs.yml").read_text(encoding="utf-8"))) == sorted(
        page.name for page in (ROOT / "docs").glob("*.md")
    )
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", "docs/site/mkdocs.yml",
         "--site-dir", str(tmp_path / "site")],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = (tmp_path / "site" / "method.html").read_text(encoding="utf-8")
    assert "<math" in text
    assert "$$" not in text
    assert '<mi class="word">sign</mi>' in text
    assert "&</mi>" not in text
    assert "read_case" in (tmp_path / "site" / "python.html").read_text(encoding="utf-8")
    for page in (tmp_path / "site").glob("*.html"):
        html = page.read_text(encoding="utf-8")
        loaded = re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="(https?://[^"]+)"', html)
        assert not [url for url in loaded if "canonical" not in url], page.name
        for target in re.findall(r'href="([^"#:/][^"#:]*\.html)(?:#[^"]*)?"', html):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
