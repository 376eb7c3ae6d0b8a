"""Tests of editing a data file: rows change, everything else is kept."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynostack.catalogue.data_file import DataFile
from heroku_catalogue.sources import FigureSource
from heroku_catalogue.tables import FOLDER, TOPICS

SOURCE = FigureSource("Someone", "https://someone.example/list", date(2027, 1, 2))
NAMES = st.one_of(
    st.sampled_from(["standard-0", "essential-0", "private-3"]),
    st.from_regex(r"[a-z0-9-]{1,9}", fullmatch=True),
)
VALUES = st.one_of(
    st.integers(0, 10**9), st.booleans(), st.text("abc \"\\'{}=#é", max_size=9), st.dates()
)
FIGURES = st.sampled_from(["monthly_cents", "connections", "private", "newer"])
ROWS = st.dictionaries(NAMES, st.dictionaries(FIGURES, VALUES, max_size=3), min_size=1, max_size=5)


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15
)
@given(ROWS, st.sampled_from(["heroku-postgresql-plan", "version", "another"]))
def test_cited_figures_are_known_and_everything_else_is_kept(
    tmp_path: Path, rows: dict[str, dict[str, Any]], kind: str
) -> None:
    file = DataFile(Path(shutil.copy(FOLDER / "postgres.toml", tmp_path / "postgres.toml")))
    comments = [line for line in file.lines if line.startswith("#")]
    kinds = {"heroku-postgresql-plan", "version", "another", "retired-plan", "service"}
    before = {each: file.known(each) for each in kinds}
    expected = dict(before[kind])
    for name, values in rows.items():
        expected[name] = before[kind].get(name, {}) | values
    for _ in range(2):  # the second time finds the block there
        file.cite(kind, rows, SOURCE)
        assert file.known(kind) == expected
        assert list(file.known(kind))[: len(before[kind])] == list(before[kind])
        assert {each: file.known(each) for each in kinds - {kind}} == {
            each: before[each] for each in kinds - {kind}
        }
        assert [line for line in file.lines if line.startswith("#")] == comments
        given_by = [source for source in file.sources if source["url"] == SOURCE.url]
        assert [each["looked_up"] for each in given_by] == [SOURCE.looked_up]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_file_that_is_written_unchanged_is_the_same(topic: str, tmp_path: Path) -> None:
    path = Path(shutil.copy(FOLDER / f"{topic}.toml", tmp_path / f"{topic}.toml"))
    before = path.read_bytes()
    DataFile(path).write()
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
