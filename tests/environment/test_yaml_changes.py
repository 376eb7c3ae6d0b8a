"""Tests of changes of one value in a YAML text."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dynostack.environment.source import yaml_changes
from dynostack.environment.source.yaml_changes import NotChangeable, with_value, without_key

TEXT = """\
# The head.
config:
  shop:postgres:  # the database
    plan: essential-0   # small
    version: '17'
    attachments:
      - REPORTS
    # a comment at the end

  shop:memcached: {plan: dev}
encryptionsalt: v1
"""


@pytest.mark.parametrize(
    ("keys", "value", "old", "new"),
    [
        ("config shop:postgres plan", "standard-0", "essential-0", "standard-0"),
        ("config shop:postgres version", "18", "'17'", '"18"'),
        ("config shop:memcached plan", "on", "plan: dev", "plan: 'on'"),
        ("config shop:memcached service", "memcachier", "dev}", "dev, service: memcachier}"),
        ("config shop:postgres protect", False, "REPORTS\n", "REPORTS\n    protect: false\n"),
        (
            "config shop:postgres databases",
            {"previous": {"plan": "essential-0", "version": "17"}},
            "REPORTS\n",
            'REPORTS\n    databases:\n      previous: {plan: essential-0, version: "17"}\n',
        ),
        ("other", "1.0", "salt: v1\n", 'salt: v1\nother: "1.0"\n'),
    ],
    ids=str,
)
def test_only_the_value_changes(keys: str, value: object, old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert with_value(TEXT, keys.split(), value) == TEXT.replace(old, new)


def test_an_equal_value_keeps_its_style() -> None:
    assert with_value(TEXT, ["config", "shop:postgres", "version"], "17") == TEXT


def test_a_removed_key_takes_empty_mappings_with_it() -> None:
    added = with_value(TEXT, ["config", "shop:postgres", "databases", "a"], {"plan": "x"})
    assert without_key(added, ["config", "shop:postgres", "databases", "a"]) == TEXT


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a: {b: 1, c: 2}\n", "a: {c: 2}\n"),
        ("a: {c: 2, b: 1}\n", "a: {c: 2}\n"),
        ("a:\n  c: 2\n  b: 1  # gone\n", "a:\n  c: 2\n"),
        ("a:\n  b:\n    - 1\n    - 2\n  c: 2", "a:\n  c: 2"),
        ("a: {b: 1}\nc: 2\n", "c: 2\n"),
    ],
)
def test_a_key_is_removed(text: str, left: str) -> None:
    assert without_key(text, ["a", "b"]) == left


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("|\n    one\n    two\n  # below\n", "v\n  # below\n"),
        ("|  # why\n    one\n\n", "v  # why\n\n"),
        (">-\n    one\n", "v\n"),
        ("|+\n    one\n\n", "v\n\n"),
        ("'one\n    two'  # why\n", "v  # why\n"),
    ],
)
def test_a_text_over_several_lines_is_replaced(old: str, new: str) -> None:
    assert with_value(f"a:\n  b: {old}  c: 1\n", ["a", "b"], "v") == f"a:\n  b: {new}  c: 1\n"
    assert with_value(f"a:\n  b: {old}", ["a", "b"], "v") == f"a:\n  b: {new}"


def test_the_line_ends_stay() -> None:
    text = "a:\r\n  b: 1\r\n"
    assert with_value(text, ["a", "c"], "2") == 'a:\r\n  b: 1\r\n  c: "2"\r\n'


def test_an_empty_value_becomes_a_mapping() -> None:
    assert with_value("a:\nb: 1\n", ["a", "c"], "x") == "a: {c: x}\nb: 1\n"
    assert with_value("a: {}\n", ["a", "c"], "x") == "a: {c: x}\n"
    assert with_value("", ["a"], "x") == "a: x\n"


def test_a_value_with_another_use_is_left_alone() -> None:
    text = "a: &shared {plan: x}\nb: *shared\n"
    with pytest.raises(NotChangeable, match="write z at b > plan by hand"):
        with_value(text, ["b", "plan"], "z")


KEYS = st.sampled_from(["a", "b", "c"])
SCALARS = st.one_of(st.text(max_size=8), st.booleans(), st.integers(-9, 9))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(
    tree=st.dictionaries(KEYS, VALUES, max_size=3),
    flow=st.sampled_from([True, False, None]),
    keys=st.lists(KEYS, min_size=1, max_size=3),
    value=SCALARS,
)
def test_a_change_is_exact_or_refused(
    tree: dict[str, object], flow: bool | None, keys: list[str], value: object
) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow)
    try:
        changed = with_value(text, keys, value)
    except NotChangeable:
        return
    found = yaml.safe_load(changed)
    for key in keys:
        found = found[key]
    assert found == value


LISTS = """\
# kept
people:  # all
  - {email: a@x.y}  # the first
  # a remark
  - email: b@x.y
    permissions: [view]
flow: [one, two, three]
last:
- x
"""


def test_an_entry_is_added_after_the_last_one() -> None:
    text = yaml_changes.with_entry(LISTS, ["people"], {"email": "c@x.y", "permissions": ["view"]})
    added = "  - {email: c@x.y, permissions: [view]}\n"
    assert text == LISTS.replace("flow:", f"{added}flow:")
    assert "[one, two, three, four]" in yaml_changes.with_entry(LISTS, ["flow"], "four")
    assert yaml_changes.with_entry(LISTS, ["last"], "y").endswith("last:\n- x\n- y\n")
    assert yaml_changes.with_entry(LISTS.rstrip(), ["last"], "y").endswith("- x\n- y\n")
    assert yaml_changes.with_entry(LISTS, ["new"], "z").endswith("new: [z]\n")


def test_an_entry_is_replaced() -> None:
    other = {"email": "b@x.y", "permissions": ["view", "deploy"]}
    text = yaml_changes.with_other_entry(LISTS, ["people"], 1, other)
    assert "  # a remark\n  - {email: b@x.y, permissions: [view, deploy]}\nflow:" in text
    assert "- {email: d@x.y}  # the first" in yaml_changes.with_other_entry(
        LISTS, ["people"], 0, {"email": "d@x.y"}
    )


def test_an_entry_is_removed() -> None:
    text = yaml_changes.without_entry(LISTS, ["people"], 1)
    assert "  # a remark\nflow:" in text
    assert yaml_changes.without_entry(LISTS, ["flow"], 0).count("flow: [two, three]") == 1
    assert yaml_changes.without_entry(LISTS, ["flow"], 2).count("flow: [one, two]") == 1
    assert "last" not in yaml_changes.without_entry(LISTS, ["last"], 0)
