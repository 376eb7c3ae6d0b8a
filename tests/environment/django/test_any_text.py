"""Any text in a project's files is either understood or reported at its place."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynostack.environment import examine

CASE = Path(__file__).parents[2] / "check/cases/fine-django"
FILES = ("requirements.txt", "Procfile", ".python-version", "shop/settings.py", "manage.py")
BUDGET = 3000 if os.environ.get("DYNOSTACK_SOAK") else 40
PIECES = [
    *("\n", "\r\n", "\r", "\t", "\x00", "\ufeff", "\u2028", "é", "😀", "\\", "\\\n", "#", ";", ","),
    *(
        "==",
        ">=5",
        "[x]",
        "-r ",
        "-c x",
        "-e .",
        "--hash=sha256:aa",
        "https://",
        "web:",
        "web",
        ":",
    ),
    *(
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        '"""',
        "import ",
        "from . import *",
        "from x import *",
    ),
    *("web", ":", "from x import *", "@", "://", "=", "exec "),
    *("ALLOWED_HOSTS = ", "ALLOWED_HOSTS += ", "if x:\n    ", "lambda: ", "*", "**", "f'{", "0777"),
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """Generate a file of the project with pieces inserted and removed, or arbitrary bytes."""
    name = draw(st.sampled_from(FILES))
    if draw(st.integers(0, 9)) == 0:
        return name, draw(st.binary(max_size=200))
    text = (CASE / "examples/django" / name).read_text("utf-8")
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.sampled_from(PIECES)) + text[stop:]
    return name, text.encode()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("any-text") / "shop"
    shutil.copytree(CASE, directory)
    (directory / "Pulumi.yaml").write_text("name: shop\n")
    return directory


@given(change=mutated())
@settings(max_examples=BUDGET, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_understood_or_reported(shop: Path, change: tuple[str, bytes]) -> None:
    name, data = change
    file = shop / "examples/django" / name
    before = file.read_bytes()
    file.write_bytes(data)
    try:
        found = examine("x", shop).diagnostics
    finally:
        file.write_bytes(before)
    for each in found:
        assert each.code.startswith("DS5")
        if each.place and each.file == f"examples/django/{name}":
            lines = data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
            line = lines[each.place.line - 1].replace("\t", " ")
            start = each.place.column - 1
            marked = line[start : start + each.place.width]
            shown = each.source[start : start + each.place.width]
            assert shown.rstrip() == marked.rstrip()
