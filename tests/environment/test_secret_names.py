"""Tests of the names of values that can be secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynostack.environment.secret_names import name_of, path_of

KEYS = st.text(min_size=1)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("SECRET_KEY", ("app", "configVars", "SECRET_KEY")),
        ("drains.archive", ("drains", "archive")),
        ('addons.logs.config["web hook"]', ("addons", "logs", "config", "web hook")),
        (r'drains["a \"b\" \\ c"]', ("drains", r'a "b" \ c')),
    ],
)
def test_a_name_and_its_path(name: str, path: tuple[str, ...]) -> None:
    assert path_of(name) == path
    assert name_of(path) == name


@given(section=st.sampled_from(["app", "drains", "addons"]), keys=st.lists(KEYS, min_size=1))
def test_every_path_has_a_name(section: str, keys: list[str]) -> None:
    assert path_of(name_of((section, *keys))) == (section, *keys)


@pytest.mark.parametrize(
    "text",
    ["", "KEY=value", "a b", ".a", "a.", "a..b", '["a"]', "a[0]", 'a["b"]c', 'a["b"', 'a[""]'],
)
def test_any_other_text_is_no_name(text: str) -> None:
    assert path_of(text) is None
