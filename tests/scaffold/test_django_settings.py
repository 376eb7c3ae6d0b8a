"""Tests that the output of `dynostack django settings` completes a new Django project."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dynostack.cli.commands import commands
from dynostack.environment import examine
from dynostack.environment.django.requirements import normal
from dynostack.errors import NOT_STARTED
from dynostack.scaffold.django_settings import TRIED, lines_to_add
from localheroku import addons
from localheroku.addons.memcached import Memcached
from localheroku.core.addon_service import AddonRequest

ROOT = Path(__file__).parents[2]
STACK = """config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-shop
    source: site
    configVars:
      DJANGO_SETTINGS_MODULE: shop.settings
      SECRET_KEY: { secure: AAABAAAA }
  shop:formation:
    web: { size: basic, quantity: 1 }
  shop:postgres:
    plan: essential-0
    databases:
      archive: { plan: essential-0, attachments: [ARCHIVE] }
  shop:memcached: { service: memcachier, plan: dev }
  shop:domains: [www.acme.example, "*.shop.example"]
"""
PROBE = """
from django.conf import settings
from django.core.cache import cache
cache.set("key", "value")
print(cache.get("key"), settings.DATABASES["archive"]["NAME"], *settings.ALLOWED_HOSTS)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.x.yaml").write_text(STACK)
    (tmp_path / "site").mkdir()
    return tmp_path


def run_in(project: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.chdir(project)
    return CliRunner().invoke(commands, ["django", "settings", *arguments])


def test_versions_are_those_of_the_example() -> None:
    text = (ROOT / "examples/django/requirements.txt").read_text()
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))
    names = {normal(name.partition("[")[0]): version for name, version in TRIED.items()}
    shared = pins.keys() & names.keys()
    assert len(shared) > 3
    assert {name: names[name] for name in shared} == {name: pins[name] for name in shared}


RISKY = """import os
SECRET_KEY = "insecure-0000"
DEBUG = True
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_ROOT = "staticfiles"
"""


@pytest.mark.parametrize("stack", ["prod", "local"])
@pytest.mark.parametrize("procfile", ["", "release: python manage.py migrate\n"])
def test_agrees_with_a_check(
    project: Path, monkeypatch: pytest.MonkeyPatch, stack: str, procfile: str
) -> None:
    app = "{name: shop, source: site, configVars: {DJANGO_SETTINGS_MODULE: shop.settings}}"
    (project / f"Pulumi.{stack}.yaml").write_text(
        f"config:\n  shop:account: ops@acme.example\n  shop:app: {app}\n"
        "  shop:formation: {web: {size: basic, quantity: 1}}\n"
    )
    site = project / "site"
    (site / "shop").mkdir()
    (site / "shop/settings.py").write_text(RISKY)
    (site / "shop/wsgi.py").write_text("application = None\n")
    (site / "manage.py").touch()
    (site / "requirements.txt").write_text("django==5.2.19\ngunicorn==27.0.1\n")
    (site / ".python-version").write_text("3.13\n")
    (site / "Procfile").write_text(f"{procfile}web: gunicorn shop.wsgi\n")
    done = run_in(project, monkeypatch, stack)
    assert done.exit_code == 0, done.output
    assert bool(done.stdout) == (not procfile)
    codes = {each.code for each in examine(stack, project).diagnostics}
    assert codes == ({"DS534", "DS535", "DS536"} if stack == "prod" else set())
    assert set(re.findall(r"^==> (DS\d+): site/shop/settings", done.stderr, re.MULTILINE)) == codes
    expected = {
        ("prod", True): "==> dynostack check prod also reports:\n",
        ("prod", False): "==> nothing to add, but dynostack check prod reports:\n",
        ("local", True): "",
        ("local", False): "==> nothing to add: the project has everything that local needs\n",
    }
    assert done.stderr.startswith(expected[stack, not procfile])


def test_prints_only_what_is_missing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "site/requirements.txt").write_text("Django==5.1\npsycopg2==2.9\ngunicorn==23.0\n")
    (project / "site/Procfile").write_text("web: daphne shop.asgi:application\n")
    (project / "site/.python-version").write_text("3.13\n")
    done = run_in(project, monkeypatch, "x")
    requirements, procfile, settings = done.stdout.split("\n\n# ")
    assert requirements.splitlines()[1:] == [
        "dj-database-url==3.1.2",
        "django-bmemcached==0.3.0",
    ]
    assert procfile.splitlines() == ["Procfile", "release: python manage.py migrate --noinput"]
    assert settings.startswith("shop/settings.py, at its end\nimport os\n")


@pytest.mark.parametrize("stack", ["local", "staging", "prod"])
def test_a_complete_project_needs_no_lines(monkeypatch: pytest.MonkeyPatch, stack: str) -> None:
    done = run_in(ROOT, monkeypatch, stack)
    assert done.stdout == ""
    assert done.stderr == f"==> nothing to add: the project has everything that {stack} needs\n"


def test_prints_only_the_settings_that_are_missing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "examples/django", project / "site", dirs_exist_ok=True)
    path = project / "site/shop/settings.py"
    path.write_text(re.sub(r"ALLOWED_HOSTS = .*", "ALLOWED_HOSTS = []", path.read_text()))
    done = run_in(project, monkeypatch, "x")
    hosts = '[".herokuapp.com", ".localhost", "www.acme.example", ".shop.example"]'
    assert f"ALLOWED_HOSTS = {hosts}" in done.stdout.splitlines()
    assert "DATABASES =" not in done.stdout


@pytest.mark.parametrize(
    ("installed", "lines"),
    [
        ('["django.contrib.staticfiles"]', ['STATIC_ROOT = "staticfiles"']),
        (
            '["shop"]',
            [
                'INSTALLED_APPS += ["django.contrib.staticfiles"]',
                'STATIC_URL = "static/"',
                'STATIC_ROOT = "staticfiles"',
            ],
        ),
    ],
)
def test_static_files_get_an_app_and_a_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch, installed: str, lines: list[str]
) -> None:
    shutil.copytree(ROOT / "examples/django", project / "site", dirs_exist_ok=True)
    path = project / "site/shop/settings.py"
    text = re.sub(
        r"(?s)INSTALLED_APPS = \[.*?\]", f"INSTALLED_APPS = {installed}", path.read_text()
    )
    path.write_text(re.sub(r"STATIC_\w+ = .*", "", text))
    printed = run_in(project, monkeypatch, "x").stdout.splitlines()
    assert [line for line in printed if line.startswith(("INSTALLED", "STATIC"))] == lines


def test_an_unknown_stack(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run_in(project, monkeypatch, "y")
    assert done.exit_code == NOT_STARTED
    assert 'there is no file for the stack "y"' in done.stderr


SITE = {
    "requirements.txt": "dj-database-url==3.1.2\ndjango==5.2.19\npsycopg[binary]==3.3.9\n",
    ".python-version": "3.13\n",
    "Procfile": "release: python manage.py migrate\nweb: python manage.py runserver 0:$PORT\n",
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    "shop/settings.py": """\
import os
import dj_database_url
SECRET_KEY = os.environ.get("SECRET_KEY", "x")
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_ROOT = "staticfiles"
STATIC_URL = "static/"
DATABASES = {"default": dj_database_url.config()}
DATABASES["archive"] = dj_database_url.config("ARCHIVE_URL")
""",
}
NO_CACHE = STACK.replace("  shop:memcached: { service: memcachier, plan: dev }\n", "")
OLD_DATABASE = 'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}'
HOSTS = '".herokuapp.com", ".localhost", "www.acme.example", ".shop.example"'
LISTED = ".herokuapp.com,www.acme.example,.shop.example"


def printed(project: Path, changes: dict[str, tuple[str, str]], stack: str = NO_CACHE) -> str:
    """Return what the command adds to a site with changes to its files."""
    (project / "Pulumi.x.yaml").write_text(stack)
    for name, text in SITE.items():
        before, after = changes.get(name, ("", ""))
        assert before in text
        path = project / "site" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace(before, after))
    return "\n\n".join(map(str, lines_to_add(project, "x")))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("", "", ""),
        ('["*"]', "[]", f"ALLOWED_HOSTS = [{HOSTS}]"),
        ('["*"]', '["a.example"]', f"ALLOWED_HOSTS += [{HOSTS}]"),
        ('["*"]', '("a.example",)', f"ALLOWED_HOSTS += ({HOSTS},)"),
        ('["*"]', 'list(("a.example",))', f"ALLOWED_HOSTS = [*ALLOWED_HOSTS, {HOSTS}]"),
        (
            '["django.contrib.staticfiles"]',
            '("django.contrib.admin",)',
            'INSTALLED_APPS += ("django.contrib.staticfiles",)',
        ),
        (
            'os.environ.get("SECRET_KEY", "x")',
            '"x"',
            'import os\n\nSECRET_KEY = os.environ.get("SECRET_KEY", SECRET_KEY)',
        ),
        (
            'DATABASES = {"default": dj_database_url.config()}',
            OLD_DATABASE,
            (
                'import os\n\nimport dj_database_url\n\nif "DATABASE_URL" in os.environ:\n'
                '    DATABASES["default"] = dj_database_url.config(conn_max_age=600,'
                " conn_health_checks=True)"
            ),
        ),
    ],
)
def test_adds_to_what_is_there(project: Path, before: str, after: str, lines: str) -> None:
    found = printed(project, {"shop/settings.py": (before, after)})
    assert found == (f"# shop/settings.py, at its end\n{lines}" if lines else "")


@pytest.mark.parametrize(
    "value",
    [
        'os.environ.get("DJANGO_ALLOWED_HOSTS", "a.example").split(",")',
        'env.list("DJANGO_ALLOWED_HOSTS", default=[])',
        'env.list("DJANGO_ALLOWED_HOSTS")',
    ],
)
def test_a_config_var_suffices(project: Path, value: str) -> None:
    changes = {
        "shop/settings.py": ('ALLOWED_HOSTS = ["*"]', f"ALLOWED_HOSTS = {value}"),
        "requirements.txt": ("django==", "django-environ==0.12\ndjango=="),
    }
    changes["shop/settings.py"] = (
        'ALLOWED_HOSTS = ["*"]',
        f"import environ\nenv = environ.Env()\nALLOWED_HOSTS = {value}",
    )
    found = printed(project, changes)
    assert found == f'# Pulumi.x.yaml, under configVars\nDJANGO_ALLOWED_HOSTS: "{LISTED}"'


def test_a_config_var_keeps_its_hosts(project: Path) -> None:
    stack = NO_CACHE.replace("      SECRET_KEY", "      HOSTS: old.example\n      SECRET_KEY")
    change = ('["*"]', 'os.environ["HOSTS"].split(",")')
    found = printed(project, {"shop/settings.py": change}, stack)
    assert found == f'# Pulumi.x.yaml, under configVars\nHOSTS: "old.example,{LISTED}"'


def test_what_the_settings_require_is_set_by_a_command(project: Path) -> None:
    change = ('os.environ.get("SECRET_KEY", "x")', 'os.environ["OTHER_KEY"]')
    found = printed(
        project, {"shop/settings.py": change}, NO_CACHE.replace("SECRET_KEY:", "OTHER:")
    )
    assert found == ("# run, in the folder of Pulumi.yaml\ndynostack secret set x OTHER_KEY")


def test_the_package_manager_adds_packages(project: Path) -> None:
    printed(project, {})
    (project / "site/requirements.txt").unlink()
    (project / "site/uv.lock").write_text('[[package]]\nname = "django"\nversion = "5.2"\n')
    (block,) = lines_to_add(project, "x")
    assert str(block) == (
        "# run, in the folder of the source\nuv add dj-database-url 'psycopg[binary]'"
    )


@pytest.mark.parametrize(
    ("django", "version"), [("3.2.2", "2.1.0"), ("4.2", "3.1.2"), ("a.b", "3.1.2")]
)
def test_a_version_that_an_older_django_accepts(project: Path, django: str, version: str) -> None:
    printed(project, {})
    (project / "site/requirements.txt").write_text(f"django=={django}\npsycopg2==2.9\n")
    packages = lines_to_add(project, "x")[0].lines
    assert f"dj-database-url=={version}" in packages


def test_a_server_is_added_for_the_added_process(project: Path) -> None:
    printed(project, {})
    text = "django==5.2\ngit+https://github.com/acme/theme.git\n"
    (project / "site/requirements.txt").write_text(text)
    (project / "site/Procfile").unlink()
    blocks = {each.file: each.lines for each in lines_to_add(project, "x")}
    assert f"gunicorn=={TRIED['gunicorn']}" in blocks["requirements.txt"]
    assert any("gunicorn" in line for line in blocks["Procfile"])


def test_another_settings_module_is_named(project: Path) -> None:
    found = printed(project, {}, NO_CACHE.replace("shop.settings", "mysite.settings"))
    assert found == "# Pulumi.x.yaml, under configVars\nDJANGO_SETTINGS_MODULE: shop.settings"


@pytest.mark.long
@pytest.mark.e2e
async def test_pasted_into_a_bare_project(project: Path) -> None:
    site, python = project / "site", project / "site/.venv/bin/python"
    uv = Path(sys.executable).with_name("uv")
    run([uv, "venv", "--quiet", "--python", sys.executable, site / ".venv"], project)
    wanted = {block.file: block.lines for block in lines_to_add(project, "x")}
    packages = wanted["requirements.txt"]
    run([uv, "pip", "install", "--quiet", "--system-certs", "--python", python, *packages], project)
    run([python, "-m", "django", "startproject", "shop", site], project)
    assert examine("x", project).errors
    for block in lines_to_add(project, "x"):
        with (site / block.file.partition(",")[0]).open("a", encoding="utf-8") as file:
            file.write("\n" + "\n".join(block.lines) + "\n")
    assert [str(each) for each in examine("x", project).diagnostics] == []

    caches = Memcached(project / "caches")
    try:
        request = AddonRequest("0a-shop", "memcachier-cubed-1", "dev", megabytes=25)
        set_by_addon = await caches.provision(request)
        variables = {
            "DATABASE_URL": "postgres://shop@127.0.0.1:1/shop",
            "ARCHIVE_URL": "postgres://shop@127.0.0.1:1/archive",
            "SECRET_KEY": "k" * 60,
            **{f"MEMCACHIER_{name}": value for name, value in set_by_addon.items()},
        }
        await asyncio.to_thread(run, [python, "manage.py", "check"], site, variables)
        collect: list[str | Path] = [python, "manage.py", "collectstatic", "--noinput"]
        await asyncio.to_thread(run, collect, site, variables)
        probe: list[str | Path] = [python, "manage.py", "shell", "-c", PROBE]
        said = await asyncio.to_thread(run, probe, site, variables)
    finally:
        await caches.close()
        addons.leave(project)
    assert (
        said.splitlines()[-1]
        == "value archive .herokuapp.com .localhost www.acme.example .shop.example"
    )


def run(command: list[str | Path], folder: Path, variables: dict[str, str] | None = None) -> str:
    environment = {**os.environ, **(variables or {})}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
