"""Long values of every kind take time in proportion to their length.

Calls of Python functions are counted, not seconds; `make bench` measures the time.
"""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from dynostack.environment import examine
from dynostack.environment.diagnostics.secret_detection import format_of, has_password

ROOT = Path(__file__).parents[2]
HEAD = "config:\n  shop:account: ops@acme.example\n  shop:app:\n    name: acme-shop\n"
UNITS = {
    "digits": "7",
    "colons": ":",
    "slashes": "/",
    "at signs": "@",
    "addresses": "http://a:b",
    "tokens": "eyJ-",
    "keys": "-----BEGIN A ",
    "spaces": " ",
    "quotes": "'",
    "double quotes": '"',
    "newlines": "\n\n",
    "names of secrets": "SECRET_",
    "braces": "{",
    "placeholders": "${",
    "commas": ",",
    "dashes": "a-",
    "dots": "a.",
    "no-break spaces": "\u00a0",
    "letters": "é",
    "emoji": "😀",
}
PLACES = {
    "a config var": "    configVars: { A: VALUE }\n",
    "a name of a config var": "    configVars:\n      ? VALUE\n      : a\n",
    "an unknown key": "    ? VALUE\n    : a\n",
    "a team": "    team: VALUE\n",
    "a source": "    source: VALUE\n",
    "a buildpack": "    buildpacks: [VALUE]\n",
    "a domain": "  shop:domains: [VALUE]\n",
    "a drain": "  shop:drains: { a: VALUE }\n",
    "a plan": "  shop:postgres: { plan: VALUE }\n",
    "a section": "  shop:postgres: VALUE\n",
    "a stage": "  shop:pipeline: { stage: VALUE }\n",
}
SHORT, LONG = 2_000, 16_000
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("long")
    (directory / "Pulumi.yaml").write_text("name: shop\n")
    shutil.copytree(ROOT / "examples", directory / "examples")
    return directory


def calls(run: Callable[[], object]) -> int:
    """Return how many Python functions a function calls."""
    count = 0

    def called(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(called)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("place", PLACES)
def test_a_long_value(directory: Path, place: str, unit: str) -> None:
    def check(length: int) -> None:
        value = (UNITS[unit] * length)[:length]
        text = HEAD + PLACES[place].replace("VALUE", quoted(value))
        for each in examine("x", directory, draft=text).diagnostics:
            assert len(str(each)) < 3 * SHORT
            assert len(each.source) <= 1_000

    check(SHORT)  # imports and caches
    assert calls(lambda: check(LONG)) < calls(lambda: check(SHORT)) + 20 * (LONG - SHORT)


@pytest.mark.parametrize("count", [300])
def test_many_values_on_one_line(directory: Path, count: int) -> None:
    def check(count: int) -> None:
        values = ", ".join(f"V{number}: {number}" for number in range(count))
        text = f"{HEAD}    configVars: {{ {values} }}\n"
        assert len(examine("x", directory, draft=text).diagnostics) == count

    check(count)
    assert calls(lambda: check(4 * count)) < 5 * calls(lambda: check(count))


@pytest.mark.parametrize("unit", UNITS)
def test_secrets_are_found_in_a_megabyte(unit: str) -> None:
    """A pattern that reads a text twice for each of its characters would take minutes here."""
    value = (UNITS[unit] * MEGABYTE)[:MEGABYTE]
    assert not has_password(f"{value} ")
    assert not format_of(value)
