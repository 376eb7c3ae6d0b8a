"""A review of a build whose source has changed on this machine."""

from __future__ import annotations

from pathlib import Path

from dynostack.review import resource_types
from dynostack.review.model import Edit
from dynostack.review.render import text
from tests.review.steps import reviewed, step


def test_other_files_are_said_in_words(tmp_path: Path) -> None:
    source = {"source": {"path": "site"}}
    build = step(
        resource_types.BUILD, "build", source, source, replaced_by=(resource_types.CHECKSUM,)
    )
    shown = reviewed(build, directory=tmp_path)
    (change,) = shown.changes
    (found,) = change.properties
    assert (found.path, found.edit, found.replaces) == ("source", Edit.CHANGED, True)
    assert "source: its files before -> other files" in text.render(shown)
    assert "(none)" not in text.render(shown)
