"""The versions of Node.js that ranges accept, and which of them Heroku chooses.

The cases are those of the buildpack's own resolver (resolve-version/src/main.rs, v363).
"""

from __future__ import annotations

import pytest

from localheroku.dynos.node.node_range import NodeRange
from localheroku.dynos.source import BuildFailed

VERSIONS = ("18.20.8", "20.11.1", "20.20.2", "22.12.0", "24.1.0", "24.15.0", "25.2.0", "26.10.0")


@pytest.mark.parametrize(
    ("text", "best", "major"),
    [
        ("", "24.15.0", 24),
        ("20.x", "20.20.2", 20),
        ("20", "20.20.2", 20),
        ("~20.11.0", "20.11.1", 20),
        ("20.11.1", "20.11.1", 20),
        ("v20.11.1", "20.11.1", 20),
        (">=18", "24.15.0", 24),
        (">= 18.0.0 < 21", "20.20.2", 20),
        ("^18.0.0 || ^20.0.0", "20.20.2", 20),
        ("18 - 22", "22.12.0", 22),
        (">=25", "26.10.0", 26),
        ("~> 22.12", "22.12.0", 22),
        ("*", "24.15.0", 24),
        ("21.x", None, 21),
        ("24.99.1", None, 24),
    ],
)
def test_the_best_version_of_a_range(text: str, best: str | None, major: int) -> None:
    wanted = NodeRange(text)
    assert (wanted.best(VERSIONS), wanted.major) == (best, major)


def test_a_range_without_an_upper_bound_can_give_the_newest() -> None:
    assert NodeRange(">=18").best(VERSIONS, allow_wide=True) == "26.10.0"


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("21.x", "22.12.0"), ("23.x", "24.15.0"), ("28.x", "26.10.0"), ("24.99.1", "24.15.0")],
)
def test_the_nearest_version_is_the_next_newer_one(text: str, nearest: str) -> None:
    assert NodeRange(text).nearest(VERSIONS) == nearest
    assert NodeRange(text).nearest([]) is None


@pytest.mark.parametrize("text", ["lts/*", "latest", "twenty"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(BuildFailed, match=r'in engines.node of package.json is not a range .* "24'):
        NodeRange(text)
