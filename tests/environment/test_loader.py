"""Loading of environments, and the errors if a file cannot be read."""

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from dynostack.environment import EnvironmentErrors, Position, examine, load
from tests.environment.conftest import LEAST

Project = Callable[..., Path]
ROOT = Path(__file__).parents[2]

SECRETS = """config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-shop
    configVars:
      DEBUG: "0"
      SECRET_KEY: { secure: AAABAAAA }
  shop:addons:
    logs: { plan: "papertrail:choklad", config: { token: { secure: AAACAAAA } } }
  shop:drains:
    archive: { secure: AAADAAAA }
"""


def said(directory: Path, stack: str = "x") -> str:
    with pytest.raises(EnvironmentErrors) as wrong:
        load(stack, directory)
    return str(wrong.value)


def test_reads_the_current_directory(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project())
    assert load("x").app.name == "acme-shop"


def test_absent_sections_declare_nothing(project: Project) -> None:
    environment = load("x", project())
    assert environment.postgres is None
    assert environment.memcached is None
    assert environment.pipeline is None
    assert not environment.formation
    assert not environment.addons
    assert not environment.collaborators
    assert not environment.domains
    assert not environment.features
    assert not environment.drains
    assert environment.app.source is None


def test_defaults(project: Project) -> None:
    file = "config:\n  shop:account: ops@acme.example\n  shop:app: { name: acme-shop }\n"
    file += "  shop:postgres: { plan: essential-0 }\n  shop:memcached: { plan: dev }\n"
    environment = load("x", project(file))
    assert (environment.app.region, environment.app.stack) == ("us", "heroku-24")
    assert environment.postgres is not None
    assert (environment.postgres.version, environment.postgres.protect) == ("18", True)
    assert environment.memcached is not None
    assert environment.memcached.service == "memcachier"


def test_keys_in_camel_case_are_attributes_in_snake_case(project: Project) -> None:
    environment = load("x", project(SECRETS))
    assert environment.app.config_vars["DEBUG"] == "0"


def test_emails_are_lower_case_as_heroku_keeps_them(project: Project) -> None:
    file = "config:\n  shop:account: Ops@Acme.example\n  shop:app: { name: acme-shop }\n"
    assert load("x", project(file)).account == "ops@acme.example"


def test_an_environment_cannot_be_changed(project: Project) -> None:
    environment = load("x", project())
    with pytest.raises(ValueError, match="frozen"):
        environment.app.name = "other"  # type: ignore[misc]


def test_without_the_engine_secrets_are_empty(project: Project) -> None:
    environment = load("x", project(SECRETS))
    secret = environment.app.config_vars["SECRET_KEY"]
    assert not isinstance(secret, str)
    assert secret.get_secret_value() == ""


DECRYPTED: dict[str, object] = {
    "account": "ops@acme.example",
    "app": {"name": "acme-shop", "configVars": {"DEBUG": "0", "SECRET_KEY": "s3cret"}},
    "addons": {"logs": {"plan": "papertrail:choklad", "config": {"token": "t0ken"}}},
    "drains": {"archive": "syslog://user:pw@logs.acme.example"},
}


def test_decrypted_values_fill_secrets(project: Project) -> None:
    environment = load("x", project(SECRETS), DECRYPTED)
    values = [
        environment.app.config_vars["SECRET_KEY"],
        environment.addons["logs"].config["token"],
        environment.drains["archive"],
    ]
    shown = [value if isinstance(value, str) else value.get_secret_value() for value in values]
    assert shown == ["s3cret", "t0ken", "syslog://user:pw@logs.acme.example"]
    assert "s3cret" not in repr(environment)


@pytest.mark.parametrize(
    ("section", "given", "place"),
    [
        ("account", "else@acme.example", "2:17  DS120  shop:account"),
        (
            "app",
            {"name": "acme-shop", "configVars": {"DEBUG": "0"}},
            "7:19  DS120  shop:app.configVars",
        ),
        (
            "app",
            {"name": "acme-shop", "configVars": {"DEBUG": "hunter2", "SECRET_KEY": "s3cret"}},
            "6:14  DS120  shop:app.configVars.DEBUG",
        ),
        ("drains", {}, "11:14  DS120  shop:drains.archive"),
        ("domains", ["www.acme.example"], "1:1  DS120  shop:domains"),
    ],
)
def test_values_that_are_not_from_the_file_are_refused(
    project: Project, section: str, given: object, place: str
) -> None:
    with pytest.raises(EnvironmentErrors) as wrong:
        load("x", project(SECRETS), {**DECRYPTED, section: given})
    assert len(wrong.value.diagnostics) == 1
    assert place in str(wrong.value)
    assert "Pulumi uses a value that differs from this file" in str(wrong.value)
    assert "hunter2" not in str(wrong.value)


def test_an_unknown_stack_is_reported_with_the_nearest_name(project: Project) -> None:
    text = said(project(staging=""), "stagign")
    assert text == (
        'Pulumi.stagign.yaml  DS101  there is no file for the stack "stagign"\n'
        "      = write staging as the stack's name      (dynostack explain DS101)"
    )


def test_an_unknown_stack_is_reported_with_all_names(project: Project) -> None:
    text = said(project(local="", prod=""), "zzz")
    assert text.endswith(
        "= write one of local, prod, x as the stack's name      (dynostack explain DS101)"
    )


def test_a_directory_without_a_project(tmp_path: Path) -> None:
    assert said(tmp_path).startswith("Pulumi.yaml  DS101  the file does not exist")


def test_a_project_without_a_name(project: Project) -> None:
    directory = project()
    (directory / "Pulumi.yaml").write_text("runtime: python\n")
    assert said(directory).startswith("Pulumi.yaml  DS119  the project has no name")


def test_a_broken_project_file_is_named(project: Project) -> None:
    directory = project()
    (directory / "Pulumi.yaml").write_text("name: [\n")
    assert said(directory).startswith("Pulumi.yaml:")


def test_a_file_that_is_a_directory(project: Project) -> None:
    directory = project()
    (directory / "Pulumi.y.yaml").mkdir()
    assert said(directory, "y").startswith("Pulumi.y.yaml  DS102  the file cannot be read")


def test_deep_nesting_is_reported_in_one_sentence(project: Project) -> None:
    text = said(project("config: " + "[" * 5000))
    assert text.startswith("Pulumi.x.yaml")
    assert "Traceback" not in text


@pytest.mark.parametrize("levels", [50, 150, 300, 320, 340, 600])
@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_any_depth_is_valid_or_reported(project: Project, levels: int, opening: str) -> None:
    text = said(project(f"config: {{ shop:app: {opening * levels}"), "x")
    assert text.startswith("Pulumi.x.yaml")
    closing = {"[": "]", "{a: ": "}"}[opening]
    text = said(project(f"config: {{ 'shop:app': {opening * levels}1{closing * levels} }}"), "x")
    assert text.startswith("Pulumi.x.yaml")


def test_a_huge_file_is_reported_in_one_sentence(project: Project) -> None:
    text = said(project(LEAST + "# and so on\n" * 30_000))
    assert text.startswith("Pulumi.x.yaml  DS109  the file has more than 262,144 bytes")


def test_another_project_has_its_own_keys(project: Project) -> None:
    directory = project()
    (directory / "Pulumi.yaml").write_text("name: blog\n")
    text = said(directory)
    assert 'key "shop:account" names the project shop; the name in Pulumi.yaml is blog' in text
    assert "= write blog: instead of shop: before every section " in text
    assert text.count("  DS1") == 1


def test_diagnostics_as_data(project: Project) -> None:
    directory = project(SECRETS.replace("acme-shop", "Shop"))
    with pytest.raises(EnvironmentErrors) as wrong:
        load("x", directory)
    (found,) = wrong.value.diagnostics
    assert (found.file, found.section) == ("Pulumi.x.yaml", "shop:app.name")
    assert found.place == Position(line=4, column=11, width=4)


@pytest.mark.parametrize("stack", ["local", "staging", "prod"])
def test_the_environments_of_this_project_are_valid(stack: str) -> None:
    environment = load(stack, ROOT)
    assert environment.app.name.startswith("acme-shop")
    assert "SECRET_KEY" in environment.app.config_vars


def test_an_environment_needs_neither_pulumi_nor_a_network() -> None:
    program = textwrap.dedent("""
        import sys
        from dynostack.environment import load
        load("prod")
        loaded = {name.partition(".")[0] for name in sys.modules}
        print(*sorted(loaded & {"pulumi", "grpc", "aiohttp", "ssl", "localheroku"}))
    """)
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""


def test_a_section_without_its_project_is_one_message_under_the_engine_too(
    project: Project,
) -> None:
    directory = project(LEAST + "  postgres: { plan: essential-0 }\n")
    given = {
        "account": "ops@acme.example",
        "app": {"name": "acme-shop"},
        "postgres": {"plan": "essential-0"},
    }
    (found,) = examine("x", directory, given).diagnostics
    assert (found.code, found.suggestion) == ("DS113", "shop:postgres")
