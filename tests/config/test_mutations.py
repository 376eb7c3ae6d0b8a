"""Whatever is in a file, it is right or every found is told; there is no third outcome."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import config

ROOT = Path(__file__).parents[2]
FILES = [(ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8") for stack in ("local", "prod")]
PIECES = [
    *("yes", "null", "17", "1.5", "[]", "{}", "''", "- a", ": ", "\n", "  ", "\t", "\r\n", "\x85"),
    *("{ secure: a }", "!!int ", "!!binary aGk=", "!!set {a}", "!x ", "&a ", "*a", "? ", "|", ">"),
    *("%", "@", "`", "#", "true", "2026-11-22", "0x1f", "1_000", "12:30", "é", "\u2028", "😀", "="),
    *("<<: {a: b}", "...", "---", "1e400", ".inf", ".nan", "9" * 30, "[" * 50, "\ufeff", "\x07"),
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A file of this project with pieces put in, cut out, or its lines in another order."""
    text = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.sampled_from(PIECES)) + text[stop:]
    return text


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("mutations")
    (directory / "Pulumi.yaml").write_text("name: shop\n")
    (directory / "examples" / "django").mkdir(parents=True)
    return directory


@given(text=st.one_of(mutated(), st.text()))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_right_or_told(directory: Path, text: str) -> None:
    data = text.encode("utf-8", errors="surrogatepass")
    (directory / "Pulumi.x.yaml").write_bytes(data)
    for found in said_about(directory):
        assert found.says
        assert found.write
        if found.place and found.source:
            assert found.place.column <= len(found.source) + 1, "the caret is beyond the line"


def said_about(directory: Path) -> tuple[config.Diagnostic, ...]:
    try:
        config.load("x", directory)
    except config.EnvironmentErrors as wrong:
        return wrong.diagnostics or pytest.fail("nothing is told")
    return ()
