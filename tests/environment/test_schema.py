"""The editor's schema agrees with the models, as far as JSON Schema can express them."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from pydantic import SecretStr

from dynostack.environment import EnvironmentErrors, load, schema
from dynostack.environment.source import yaml_file as document

PROJECT = Path(__file__).parents[2]
CASES = PROJECT / "tests/check/cases"
SCHEMA = Draft7Validator(schema.schema("shop"))

EDITOR_SEES = [
    "account-not-an-email",
    "addon-plan-without-service",
    "app-config-var-a-number",
    "app-config-var-name",
    "app-key-snake-case",
    "app-key-unknown",
    "app-name-missing",
    "app-name-too-long",
    "app-stack-retired",
    "collaborator-permission-unknown",
    "domain-with-scheme",
    "feature-on",
    "formation-quantity-half",
    "formation-quantity-negative",
    "formation-size-capital",
    "list-is-keys",
    "memcached-plan-unquoted",
    "pipeline-id",
    "pipeline-stage-typo",
    "postgres-plan-missing",
    "postgres-plan-private",
    "postgres-plan-retired",
    "postgres-protect-quoted",
    "postgres-version-unquoted",
    "section-is-a-list",
    "section-missing",
    "section-typo",
    "section-without-project",
]
"""Cases of `dynostack check` that the schema alone must find."""


def test_the_schema_is_up_to_date() -> None:
    name = schema.project_name(PROJECT)
    assert (PROJECT / schema.FILE).read_text("utf-8") == schema.text(name), "run `make docs`"


def test_the_schema_is_valid() -> None:
    Draft7Validator.check_schema(schema.schema("shop"))


def test_the_keys_begin_with_the_name_of_the_project() -> None:
    keys = schema.schema("blog")["properties"]["config"]["properties"]
    assert {key.partition(":")[0] for key in keys} == {"blog"}


def test_every_environment_of_this_project_has_the_modeline() -> None:
    for path in PROJECT.glob("Pulumi.*.yaml"):
        assert path.read_text("utf-8").startswith(f"{schema.MODELINE}\n"), path.name


def test_every_key_is_described() -> None:
    found = schema.schema("shop")
    sections = {"config": found["properties"]["config"], **found["definitions"]}
    for name, section in sections.items():
        for key, value in section.get("properties", {}).items():
            assert value.get("description") or name == "Secure", f"{name}.{key}"


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.glob("fine-*")))
def test_a_valid_file_is_valid_in_the_editor(case: str) -> None:
    assert wrong((CASES / case / "Pulumi.x.yaml").read_bytes()) == []


@pytest.mark.parametrize("case", EDITOR_SEES)
def test_the_editor_shows_a_mistake(case: str) -> None:
    assert wrong((CASES / case / "Pulumi.x.yaml").read_bytes())


FILES = [path.read_text("utf-8") for path in sorted(PROJECT.glob("Pulumi.*.yaml"))]
VALUE = re.compile(r"(?<=[:\[-] )[\w.@\"-]+")
VALUES = sorted({value for text in FILES for value in VALUE.findall(text)})
OTHERS = [*VALUES, "premium-9", "container", "virginia", '"15"', "0", "false", "heroku-26", "30"]


@st.composite
def with_other_values(draw: st.DrawFn) -> str:
    """Generate a file of this project with some of its values exchanged."""
    text = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 3))):
        found = draw(st.sampled_from(list(VALUE.finditer(text))))
        text = text[: found.start()] + draw(st.sampled_from(OTHERS)) + text[found.end() :]
    return text


@given(text=with_other_values())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_editor_marks_nothing_that_is_valid(directory: Path, text: str) -> None:
    data = text.encode("utf-8", errors="surrogatepass")
    (directory / "Pulumi.x.yaml").write_bytes(data)
    try:
        load("x", directory)
    except EnvironmentErrors:
        return
    assert wrong(data) == []


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("schema")
    (directory / "Pulumi.yaml").write_text("name: shop\n")
    (directory / "examples" / "django").mkdir(parents=True)
    return directory


def wrong(data: bytes) -> list[str]:
    """Return the errors that a schema validator finds in a YAML file."""
    values = _as_written(document.read(data).tree.root)
    return [error.message for error in SCHEMA.iter_errors(values)]


def _as_written(value: object) -> Any:
    if isinstance(value, SecretStr):
        return {"secure": "v1:a"}
    if isinstance(value, dict):
        return {key: _as_written(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_written(each) for each in value]
    return value


def test_the_command_writes_the_schema_of_the_current_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: blog\n")
    monkeypatch.chdir(tmp_path)
    schema.main()
    written = json.loads((tmp_path / schema.FILE).read_text("utf-8"))
    assert written == schema.schema("blog")


def test_the_project_s_own_sections_are_included_with_their_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(CASES / "project-section-bounds/config", tmp_path / "config")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n")
    monkeypatch.chdir(tmp_path)
    schema.main()
    written = json.loads((tmp_path / schema.FILE).read_text("utf-8"))
    Draft7Validator.check_schema(written)
    right = {"to": "mail", "afterMinutes": 10, "rooms": ["#ops"]}
    assert found_in(written, right) == set()
    wrong = {"to": "pigeon", "afterMinutes": 2, "rooms": ["ops"], "volume": 1}
    assert found_in(written, wrong) == {"to", "afterMinutes", "rooms", ""}


def test_a_project_s_class_may_have_the_name_of_one_of_dynostack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/__init__.py").write_text(
        "import dynostack.environment\n"
        "class Memcached(dynostack.environment.Section):\n    size: int\n"
        "class Environment(dynostack.environment.Environment):\n    own: Memcached\n"
    )
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n")
    monkeypatch.chdir(tmp_path)
    schema.main()
    assert "allOf" in (tmp_path / schema.FILE).read_text("utf-8")


def test_a_package_that_cannot_be_imported_does_not_change_the_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(CASES / "project-config-not-importable", tmp_path, dirs_exist_ok=True)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\n")
    (tmp_path / schema.FILE).write_text("as it was")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="cannot be imported"):
        schema.main()
    assert (tmp_path / schema.FILE).read_text("utf-8") == "as it was"


def found_in(written: Any, alerts: dict[str, object]) -> set[str]:
    """Return the keys of the section `alerts` that an editor marks; "" is an extra key."""
    least = {"shop:account": "ops@acme.example", "shop:app": {"name": "acme-shop"}}
    errors = Draft7Validator(written).iter_errors({"config": {**least, "shop:alerts": alerts}})
    below = (list(error.absolute_path)[2:3] for error in errors)
    return {str(path[0]) if path else "" for path in below}
