"""Tests of creating a project in a new folder outside of dynostack's, as a new user does."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dynostack.cli.commands import commands
from dynostack.environment import examine
from dynostack.local.server import ServerProcess
from dynostack.local.workspace import LocalWorkspace
from tests.ports import free_port

DYNOSTACK = Path(sys.executable).with_name("dynostack")
BESIDE = dict.fromkeys(("config", "stacks"), "raise ImportError('nobody asked for it')\n")
"""Names of packages that are in the Django project as well as beside Pulumi.yaml."""

SITE = {
    "manage.py": """
import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
execute_from_command_line(sys.argv)
""",
    "config/__init__.py": "",
    "config/settings.py": """
DEBUG = True
SECRET_KEY = "django-insecure"
ALLOWED_HOSTS = []
ROOT_URLCONF = "config.urls"
""",
    "config/urls.py": """
from django.urls import path
from stacks.views import database

urlpatterns = [path("", database)]
""",
    "stacks/__init__.py": "",
    "stacks/views.py": """
from django.db import connection
from django.http import HttpResponse


def database(request):
    return HttpResponse(connection.vendor)
""",
    "config/wsgi.py": """
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a Django project in it, and with a path too long for a socket."""
    folder = tmp_path / ("deep-" * 12) / "My Blog"
    for name, text in SITE.items():
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def new(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.chdir(folder)
    return CliRunner().invoke(commands, ["new", *arguments])


def test_the_new_project_can_be_checked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".gitignore").write_text("*.pyc")
    assert new(folder, monkeypatch).exit_code == 0
    assert LocalWorkspace.of(folder).project == folder
    assert (folder / ".gitignore").read_text() == "*.pyc\n.dynostack/\n"
    text = (folder / "Pulumi.local.yaml").read_text()
    assert "my-blog:app:\n    name: my-blog-local\n    source: site\n" in text
    assert "DJANGO_SETTINGS_MODULE: config.settings" in text
    told = {each.code for each in examine("local", folder).diagnostics}
    assert told == {"DS501", "DS523", "DS531"}, "what `dynostack django settings` prints lines for"


def test_existing_files_are_not_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "__main__.py").write_text("mine\n")
    done = new(folder, monkeypatch)
    assert "__main__.py already exists, so nothing was written" in str(done.exception)
    assert sorted(path.name for path in folder.iterdir()) == ["__main__.py", "site"]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (".", "move the Django project into a folder such as site/"),
        ("..", "move the Django project into a folder such as site/"),
        ("site/config", "site/config has no manage.py"),
    ],
)
def test_a_source_that_is_not_a_django_project_below_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, source: str, told: str
) -> None:
    assert told in str(new(folder, monkeypatch, source).exception)
    assert not (folder / "Pulumi.yaml").exists()


def test_several_django_projects_need_a_source(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "other").mkdir()
    (folder / "other/manage.py").touch()
    assert "pass the folder as SOURCE" in new(folder, monkeypatch).output


def dynostack(folder: Path, *words: str, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [DYNOSTACK, *words], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def paste(site: Path, printed: str) -> None:
    """Paste each block into the file that its first line names."""
    for block in printed.strip().removeprefix("# ").split("\n\n# "):
        name, _, lines = block.partition("\n")
        with (site / name.partition(",")[0]).open("a") as file:
            file.write(f"\n{lines}\n")


@pytest.fixture
def server(folder: Path) -> Iterator[ServerProcess]:
    (folder / "pyproject.toml").write_text(f"[tool.dynostack.local]\nport = {free_port()}\n")
    dynostack(folder, "new")
    server = ServerProcess(LocalWorkspace.of(folder))
    yield server
    server.leave()


@pytest.mark.e2e
def test_the_project_deploys_beside_packages_of_the_same_names(
    folder: Path, server: ServerProcess
) -> None:
    paste(folder / "site", dynostack(folder, "django", "settings", "local"))
    for package, text in BESIDE.items():
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text(text)
    assert dynostack(folder, "check") == "1 stack checked: clean\n"
    assert dynostack(folder, "up").endswith(
        f"http://my-blog-local.localhost:{server.workspace.heroku.port}/\n"
    )
    connection = http.client.HTTPConnection("127.0.0.1", server.workspace.heroku.port, timeout=60)
    connection.request("GET", "/", headers={"Host": "my-blog-local.localhost"})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"postgresql")
    connection.close()
    preview = dynostack(
        folder, "review", "local", "--exit-code", env=server.workspace.environment()
    )
    assert "nothing changes" in preview
    log = dynostack(folder, "local", "logs")
    assert "Listening at" in log
    assert "too long" not in log
