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
      SECRET_KEY: { secure: v1:AAAA }
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
    assert done.exit_code == 2
    assert 'there is no file for the stack "y"' in done.stderr


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
