"""The sample of a message in the pages is what `dynostack check` prints."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import pytest

from dynostack.check import text
from dynostack.check.report import Report
from dynostack.environment import examine_all

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/environment-files.md")
FILE = "Pulumi.prod.yaml"


@pytest.mark.parametrize("page", PAGES)
def test_the_sample_of_a_page_is_printed(page: str, tmp_path: Path) -> None:
    content = (ROOT / page).read_text("utf-8")
    start = content.index(f"\n{FILE}:") + 1
    sample = content[start : content.index("```", start)]
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    right = (ROOT / FILE).read_text("utf-8")
    (tmp_path / FILE).write_text(right.replace('version: "17"', "version: 17"))
    report = Report.of(tmp_path, examine_all(tmp_path, ["prod"], project_rules=False))
    assert sample in click.unstyle(text.rendered(report))
