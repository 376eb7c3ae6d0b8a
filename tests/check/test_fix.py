"""`--fix` fixes what is safe to fix, at its place, and nothing else in a file."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynostack.check.fix import fix
from dynostack.cli.commands import commands
from dynostack.environment import examine
from tests.check.case import CASES, laid_out

ROOT = Path(__file__).parents[2]
FILES = [(ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8") for stack in ("local", "prod")]
BUDGET = 600 if os.environ.get("DYNOSTACK_SOAK") else 60
LINES = """\
# what the shop needs\r
config:\r
  shop:account: ops@acme.example\r
  shop:app:   # the app\r
    name: acme-shop\r
{}\r
    configVars:\r
      SECRET_KEY: {{ secure: AAABAAAA }}\r
"""
"""A file with comments and Windows line ends, and a place for a line of the section app."""

FIXED = {
    "a key": ("teem: acme", "team: acme"),
    "a name": ("source: exampels", "source: examples"),
    "case": ("region: EU  # near", "region: eu  # near"),
    "case in quotes": ("region: 'EU'", "region: 'eu'"),
    "a service": (
        "shop:memcached: {service: memcached-cloud, plan: '30'}",
        "shop:memcached: {service: memcachedcloud, plan: '30'}",
    ),
    "a retired plan of an add-on": (
        'shop:addons: {redis: {plan: "heroku-redis:hobby-dev"}}',
        'shop:addons: {redis: {plan: "heroku-redis:mini"}}',
    ),
    "a plan": ("shop:postgres: {plan: hobby-dev}", "shop:postgres: {plan: essential-0}"),
    "a number that is text": (
        "shop:postgres: {plan: essential-0, version: 17}",
        'shop:postgres: {plan: essential-0, version: "17"}',
    ),
    "a name that is a number": ("shop:memcached: {plan: 100x}", 'shop:memcached: {plan: "100"}'),
    "text that is a number": (
        'shop:formation: {web: {size: basic, quantity: "1"}}',
        "shop:formation: {web: {size: basic, quantity: 1}}",
    ),
    "the address of a domain": (
        "shop:domains: ['https://WWW.acme.example/']",
        "shop:domains: ['www.acme.example']",
    ),
    "a comma as in JSON": ("region: eu,", "region: eu"),
    "typographic quotes": ("region: \u201ceu\u201d", "region: eu"),
    "a zero-width space": ("region: e\u200bu", "region: eu"),
    "a path with backslashes": ("source: .\\examples", "source: examples"),
    "text that is a boolean": (
        'shop:postgres: {plan: essential-0, protect: "false"}',
        "shop:postgres: {plan: essential-0, protect: false}",
    ),
}


def file_with(line: str) -> str:
    indent = "  " if line.startswith("shop:") else "    "
    if line.startswith("shop:"):
        return LINES.replace("\r\n{}", "").format() + f"{indent}{line}\r\n"
    return LINES.format(indent + line)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "examples").mkdir()
    return tmp_path


def fixed(project: Path, text: str) -> str:
    """Return a stack's file after `--fix`."""
    path = project / "Pulumi.x.yaml"
    path.write_bytes(text.encode())
    fix(project, ["x"])
    return path.read_bytes().decode()


@pytest.mark.parametrize("wrong", FIXED)
def test_fixes_only_at_the_place(project: Path, wrong: str) -> None:
    before, after = FIXED[wrong]
    assert fixed(project, file_with(before)) == file_with(after)


@pytest.mark.parametrize(
    "line",
    [
        "region: atlantis",
        "region: eu-north",
        "shop:features: {runtime-quantity-metadata: true}",
        "stack: heroku-28",
        "shop:postgres: {plan: premium-12}",
        "name: Acme-Shop",
        "shop:postgres: {plan: essential-3}",
        "shop:postgres: {plan: essential-0, version: '12'}",
        "shop:postgres: {plan: essential-0, plna: standard-0}",
        "shop:domains: [www acme example]",
    ],
)
def test_leaves_unclear_errors_to_a_person(project: Path, line: str) -> None:
    assert fixed(project, file_with(line)) == file_with(line)


@pytest.mark.parametrize(
    "line",
    [
        "shop:addon: {logs: {plan: 'papertrail:choklad', config: {token: {secure: AAABAAAA}}}}",
        "shop:addon: {logs: {plan: 'papertrail:choklad', config: {token: hunter2}}}",
        "configVar: {API_TOKEN: hunter2}",
        "shop:drain: {archive: 'https://me:hunter2@logs.acme.example'}",
    ],
)
def test_touches_no_line_with_a_secret(project: Path, line: str) -> None:
    text = file_with(line).replace(
        "    configVars:\r\n      SECRET_KEY: { secure: AAABAAAA }\r\n", ""
    )
    assert fixed(project, text) == text


def test_fixes_the_key_above_secrets(project: Path) -> None:
    text = LINES.replace("{}\r\n", "").format()
    assert fixed(project, text.replace("configVars", "configVar")) == text


def test_shows_the_changed_lines_and_the_remaining_errors(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = file_with("region: EU").replace("{ secure: AAABAAAA }", "hunter2")
    (project / "Pulumi.x.yaml").write_text(text.replace("acme-shop", "Acme"))
    monkeypatch.chdir(project)
    done = CliRunner().invoke(commands, ["check", "--fix"])
    assert "-    region: EU\n+    region: eu\n" in done.stdout.replace("\r", "")
    assert 'app name "Acme" is not valid' in done.stdout
    assert "hunter2" not in done.output
    assert done.exit_code == 1


class TestRequirements:
    """`--fix` adds the installed version to a requirement without one."""

    @pytest.fixture
    def source(self, project: Path) -> Path:
        shutil.copytree(ROOT / "tests/check/cases/fine-django", project, dirs_exist_ok=True)
        return project / "examples" / "django"

    @pytest.fixture(params=["", "examples/django/"])
    def installed(self, request: pytest.FixtureRequest, project: Path) -> None:
        packages = project / f"{request.param}.venv/lib/python3.13/site-packages"
        for name in ("Django-5.2.19", "psycopg-3.3.9", "gunicorn-27.0.1"):
            (packages / f"{name}.dist-info").mkdir(parents=True)

    def pinned(self, source: Path, text: str) -> str:
        file = source / "requirements.txt"
        file.write_bytes(text.encode())
        fix(source.parents[1], None)
        return file.read_bytes().decode()

    @pytest.mark.usefixtures("installed")
    def test_installed(self, source: Path) -> None:
        text = "# web\r\nDjango~=5.2  # LTS\r\npsycopg[binary] ; sys_platform != 'x'\r\nGunicorn"
        expected = (
            "# web\r\nDjango==5.2.19  # LTS\r\npsycopg[binary]==3.3.9 ; sys_platform != 'x'\r\n"
            "Gunicorn==27.0.1"
        )
        assert self.pinned(source, text) == expected

    @pytest.mark.usefixtures("installed")
    @pytest.mark.parametrize(
        "line",
        ["Django>=6", "whitenoise", "Django>=5 \\\n    --hash=sha256:aa", "Django>=5 \\\n  ,<6"],
    )
    def test_an_installed_version_that_does_not_match(self, source: Path, line: str) -> None:
        assert self.pinned(source, line) == line

    def test_of_another_file(self, source: Path) -> None:
        (source / "constraints-prod.txt").write_text("django==5.2.18\n")
        assert self.pinned(source, "django\n") == "django==5.2.18\n"

    def test_two_files_that_differ(self, source: Path) -> None:
        (source / "constraints-prod.txt").write_text("django==5.2.18\n")
        (source / "constraints-test.txt").write_text("django==5.2.19\n")
        assert self.pinned(source, "django\n") == "django\n"


@st.composite
def mistaken(draw: st.DrawFn) -> str:
    """Return a file of this project with typical typos, and quotes removed or added."""
    words = draw(st.sampled_from(FILES)).split(" ")
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(words) - 1))
        word = words[at]
        cut = draw(st.integers(0, len(word)))
        words[at] = draw(
            st.sampled_from(
                [
                    word.upper(),
                    word.capitalize(),
                    word[:cut] + word[cut + 1 :],
                    word[:cut] + word[cut : cut + 2][::-1] + word[cut + 2 :],
                    word.replace('"', ""),
                    f'"{word}"',
                    f"{word}\r\n",
                ]
            )
        )
    return " ".join(words)


def lines_of(text: str) -> list[str]:
    return text.splitlines(keepends=True)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("fix")
    (directory / "Pulumi.yaml").write_text("name: shop\n")
    shutil.copytree(ROOT / "examples" / "django", directory / "examples" / "django")
    return directory


@given(text=mistaken())
@settings(max_examples=BUDGET, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_second_fix_changes_nothing(shop: Path, text: str) -> None:
    once = fixed(shop, text)
    assert not fix(shop, ["x"]), "the second time changes something"
    assert len(lines_of(once)) == len(lines_of(text))
    for old, new in zip(lines_of(text), lines_of(once), strict=True):
        kept = "secure" in old or old.lstrip().startswith("#")
        assert not kept or old == new
        assert old.partition("#")[2] == new.partition("#")[2]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_is_fixed_once(case: Path, tmp_path: Path) -> None:
    project = laid_out(case, tmp_path)
    before = len(examine("x", project).errors)
    for each in fix(project, ["x"]):
        assert "hunter" not in each.difference
        assert "secure" not in each.difference
    assert not fix(project, ["x"])
    assert len(examine("x", project).errors) <= max(before, 1)


OWN = """from pydantic import SecretStr
import dynostack.environment

class Own(dynostack.environment.Section):
    on: bool = False
    token: SecretStr | None = None

class Environment(dynostack.environment.Environment):
    own: Own | None = None
"""


def with_own_section(project: Path, code: str = OWN) -> Path:
    (project / "config").mkdir()
    (project / "config/__init__.py").write_text(code)
    return project


def test_fixes_the_project_s_own_sections(project: Path) -> None:
    text = fixed(with_own_section(project), file_with('shop:own: {on: "true"}'))
    assert text == file_with("shop:own: {on: true}")


def test_touches_no_line_with_a_value_named_as_a_secret(project: Path) -> None:
    text = file_with('shop:own: {on: "true", token: hunter2}')
    assert fixed(with_own_section(project), text) == text


def test_runs_no_project_code_without_project_rules(project: Path) -> None:
    with_own_section(project, "open('ran', 'w')\n" + OWN.replace("on:", "off:"))
    path = project / "Pulumi.x.yaml"
    path.write_bytes(file_with("region: EU").encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        fix(project, ["x"], project_rules=False)
    assert path.read_bytes().decode() == file_with("region: eu")
    assert not (project / "ran").exists()
