"""Whatever a project's files contain, they are valid or every error is reported at its place."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dynostack.check.command import FORMATS
from dynostack.check.fix import LAST_ABOUT_SHAPE, fix
from dynostack.check.report import Report
from dynostack.environment import Diagnostic, Environment, Examined, Position, examine, examine_all
from dynostack.environment.diagnostics.codes import codes
from dynostack.environment.diagnostics.diagnostic import LONGEST
from dynostack.environment.source.environment_file import printable
from tests.check.case import CASES, TODAY

ROOT = Path(__file__).parents[2]
SOAK = "DYNOSTACK_SOAK" in os.environ
FILES = [(ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8") for stack in ("local", "prod")]
LARGE = 10_000
"""Size in bytes of a case that would take most of the time, and whose text is too long to show."""

WRONG = [
    file.read_text("utf-8")
    for case in CASES
    if (file := case / "Pulumi.x.yaml").is_file()
    and not case.name.startswith(("file-", "yaml-"))
    and file.stat().st_size < LARGE
]
PIECES = [
    *("yes", "null", "17", "1.5", "[]", "{}", "''", "- a", ": ", "\n", "  ", "\t", "\r\n", "\x85"),
    *("{ secure: a }", "!!int ", "!!binary aGk=", "!!set {a}", "!x ", "&a ", "*a", "? ", "|", ">"),
    *("%", "@", "`", "#", "true", "2026-11-22", "0x1f", "1_000", "12:30", "é", "\u2028", "😀", "="),
    *("<<: {a: b}", "...", "---", "1e400", ".inf", ".nan", "9" * 30, "[" * 50, "\ufeff", "\x07"),
    *('"\\0"', '"\\e[31m"', '"a\\nb"', "x" * 300, "configVars", "shop:", "shop:app: ", "\\", '"'),
]
KEYS = sorted(
    {
        *(f"shop:{field.alias}" for field in Environment.model_fields.values()),
        *("name", "plan", "version", "size", "quantity", "web", "permissions", "email", "config"),
        *("configVars", "source", "attachments", "databases", "create", "stage", "secure", "stack"),
    }
)


def budget(usual: int, soak: int) -> settings:
    return settings(
        max_examples=soak if SOAK else usual,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        database=None,
        phases=(Phase.explicit, Phase.generate),
    )


def mutated(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return a text with pieces inserted and removed."""
    piece = st.one_of(st.sampled_from(PIECES), st.sampled_from(KEYS), st.text(max_size=8))
    cut = st.tuples(st.floats(0, 1), st.integers(0, 12), piece)
    return st.builds(changed, texts, st.lists(cut, min_size=1, max_size=4))


def changed(text: str, cuts: list[tuple[float, int, str]]) -> str:
    for part, length, piece in cuts:
        start = int(part * len(text))
        text = text[:start] + piece + text[start + length :]
    return text


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.dates(),
    st.sampled_from(
        ["eu", "essential-0", "heroku-22", "{secure: a}", "a@b.example", "papertrail:x"]
    ),
    st.text(max_size=12),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=6)), inner, max_size=5),
    ),
    max_leaves=12,
)
SECTIONS = st.dictionaries(
    st.one_of(st.sampled_from(KEYS), st.text(max_size=10)), VALUES, min_size=1, max_size=8
)
ARBITRARY = st.builds(
    lambda root, flow, wide: yaml.safe_dump(
        {"config": root}, default_flow_style=flow, allow_unicode=wide, sort_keys=False
    ),
    SECTIONS,
    st.sampled_from([True, False, None]),
    st.booleans(),
)
ANY = st.one_of(
    mutated(st.sampled_from(FILES)), mutated(st.sampled_from(WRONG)), ARBITRARY, st.text()
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("mutations")
    (directory / "Pulumi.yaml").write_text("name: shop\n")
    (directory / "examples" / "django").mkdir(parents=True)
    return directory


@given(one=ANY, other=st.one_of(st.none(), ANY))
@budget(usual=150, soak=20_000)
def test_valid_or_reported_at_its_place(directory: Path, one: str, other: str | None) -> None:
    texts = {"x": one, "y": other or FILES[0]}
    for stack, text in texts.items():
        data = text.encode("utf-8", errors="surrogatepass")
        (directory / f"Pulumi.{stack}.yaml").write_bytes(data)
    examined = list(examine_all(directory, today=TODAY))
    assert [each.stack for each in examined] == ["x", "y"]
    for each in examined:
        valid_or_reported(each)
        for found in each.diagnostics:
            stands_where_it_says(found, texts[each.stack])
    report = Report.of(directory, examined)
    for rendered in FORMATS.values():
        assert rendered(report)


def valid_or_reported(examined: Examined) -> None:
    assert (examined.environment is None) is bool(examined.errors)
    for found in examined.diagnostics:
        assert found.code in codes()
        assert found.message
        assert found.suggestion
        assert (found.message + found.suggestion).isprintable(), "a message breaks its line"


@given(text=st.one_of(mutated(st.sampled_from(FILES)), mutated(st.sampled_from(WRONG))))
@budget(usual=40, soak=4_000)
def test_a_fix_makes_nothing_worse(directory: Path, text: str) -> None:
    file = directory / "Pulumi.x.yaml"
    file.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    (directory / "Pulumi.y.yaml").unlink(missing_ok=True)
    before = examine("x", directory, today=TODAY)
    changes = fix(directory, ["x"])
    after = examine("x", directory, today=TODAY)
    assert before.diagnostics or not changes
    assert sum(map(is_about_the_file, after.errors)) <= sum(map(is_about_the_file, before.errors))
    assert not fix(directory, ["x"]), "the second time changes something"


def is_about_the_file(found: Diagnostic) -> bool:
    return found.code <= LAST_ABOUT_SHAPE


BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def stands_where_it_says(found: Diagnostic, text: str) -> None:
    """Return whether the caret is under the value that the message names, or a key above it."""
    if found.place is None or not found.file.startswith("Pulumi."):
        return
    lines, place = BREAK.split(text), found.place
    assert 1 <= place.line <= len(lines)
    line = lines[place.line - 1]
    start, stop = place.column - 1, place.column - 1 + place.width
    assert 0 <= start <= stop <= len(line) + 1
    if found.source:
        shown = found.source_start + len(found.source)
        assert shown + 1 >= stop or len(line) > LONGEST or not line[start:stop].strip()
        _, text_line, caret, _ = found.lines
        assert caret.index("^") <= len(text_line)
    if found.section:
        parts = steps(found.section)
        nodes = [node for node in walked(text) if starts_at(node, place)]
        assert any(fits(node, parts, line[start:stop]) for node in nodes), found


Node = tuple[tuple[str, ...], yaml.Node, bool]
"""The steps to a node, the node, and whether it is a key."""


def walked(text: str) -> list[Node]:
    """Yield every key and value of a file, as PyYAML reads it."""
    try:
        root: Any = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError:  # libyaml knows more plain texts, such as `a? b` in brackets
        root = yaml.compose(text, Loader=yaml.CBaseLoader)
    return list(_walked(root, ()))


class _Loader(yaml.BaseLoader):
    """PyYAML's loader without aliases, and with tabs where libyaml allows them."""

    def scan_to_next_token(self) -> None:
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.anchors: dict[str, yaml.Node] = {}
        if self.check_event(yaml.AliasEvent):
            event: Any = self.get_event()  # type: ignore[no-untyped-call]
            return yaml.ScalarNode("alias", f"*{event.anchor}", event.start_mark, event.end_mark)
        return super().compose_node(parent, index)


def _walked(node: yaml.Node, path: tuple[str, ...]) -> Iterator[Node]:
    yield path, node, False
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, key.value) if isinstance(key, yaml.ScalarNode) else path
            yield inner, key, True
            yield from _walked(value, inner)
    if isinstance(node, yaml.SequenceNode):
        for index, each in enumerate(node.value):
            yield from _walked(each, (*path, f"{index}"))


def steps(section: str) -> str:
    """Return the section without the separators of its steps, which may be part of a key too."""
    return re.sub(r"[.\[\]]", "", section.partition(":")[2])


def starts_at(node: Node, place: Position) -> bool:
    mark = node[1].start_mark
    return (mark.line + 1, mark.column + 1) == (place.line, place.column)


def fits(node: Node, parts: str, marked: str) -> bool:
    """Return whether a scalar of the section's path or above, or its anchor, is marked."""
    path, value, _ = node
    if isinstance(value, yaml.ScalarNode) and value.start_mark.line == value.end_mark.line:
        length = value.end_mark.column - value.start_mark.column
        if length and len(marked) != length and not marked.startswith("&"):
            return False
    project, colon, rest = path[1].partition(":") if len(path) > 1 else ("", "", "")
    section = rest if colon else project
    own = [section, *path[2:]]
    shortened = [re.split(r"[^\w.-]", each)[0] for each in own]
    return any(
        parts.startswith(re.sub(r"[.\[\]]", "", printable("".join(each))))
        for each in (own, shortened)
    )


PROJECT_FILES = ["Procfile", "requirements.txt", ".python-version", "shop/settings.py", "manage.py"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("whole")
    shutil.copytree(ROOT / "examples", directory / "examples")
    for file in ("Pulumi.yaml", "Pulumi.prod.yaml"):
        shutil.copy(ROOT / file, directory)
    return directory


@given(data=st.data(), file=st.sampled_from(["Pulumi.yaml", *PROJECT_FILES]))
@budget(usual=40, soak=4_000)
def test_a_project_around_it_may_be_anything(whole: Path, data: st.DataObject, file: str) -> None:
    path = whole / file if file == "Pulumi.yaml" else whole / "examples" / "django" / file
    before = path.read_bytes()
    text = data.draw(mutated(st.just(before.decode())))
    try:
        path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
        for examined in examine_all(whole, today=TODAY):
            valid_or_reported(examined)
            for found in examined.diagnostics:
                stands_in_a_file(found, whole)
    finally:
        path.write_bytes(before)


def stands_in_a_file(found: Diagnostic, directory: Path) -> None:
    if found.place is None:
        return
    text = (directory / found.file).read_bytes().decode(errors="replace")
    assert found.place.line <= text.count("\n") + text.count("\r") + len(BREAK.split(text))
