"""Tests of choosing the settings module that Heroku runs."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from dynostack.scaffold.repository import Repository
from dynostack.scaffold.settings_module import SettingsModules, is_for_development
from tests.scaffold.repositories import MANAGE, WSGI, write


def chosen(root: Path, manage: str, wsgi: str, modules: list[str], *commands: str) -> str:
    files = {f"{each.replace('.', '/')}.py": "" for each in modules}
    files["manage.py"] = MANAGE.format(settings=manage)
    files["blog/wsgi.py"] = WSGI.format(settings=wsgi)
    repository = Repository(write(root, files))
    return SettingsModules(root, repository.files, PurePosixPath()).production(*commands)


BASE, LOCAL, PROD = "blog.settings.base", "blog.settings.local", "blog.settings.production"
MAIN = "blog.settings.main"


@pytest.mark.parametrize(
    ("manage", "wsgi", "modules", "wanted"),
    [
        ("blog.settings", "blog.settings", ["blog.settings"], "blog.settings"),
        (LOCAL, PROD, [BASE, LOCAL, PROD], PROD),
        (LOCAL, LOCAL, [BASE, LOCAL, PROD], PROD),
        (BASE, BASE, [BASE, LOCAL, "blog.settings.heroku", PROD], "blog.settings.heroku"),
        (
            "blog.settings",
            "blog.settings",
            ["blog.settings", "blog.settings_prod"],
            "blog.settings_prod",
        ),
        (LOCAL, LOCAL, [LOCAL], LOCAL),
        ("blog.gone", "blog.gone", ["blog.settings"], "blog.settings"),
        ("blog.gone", "blog.gone", [BASE, LOCAL], BASE),
        ("blog.gone", "blog.gone", [BASE, "blog.settings.circleci", PROD], PROD),
        ("blog.gone", "blog.gone", ["blog.settings.circleci", "blog.settings.main"], MAIN),
        ("blog.gone", "blog.gone", ["blog.other"], ""),
        (
            "blog.settings",
            "blog.settings",
            ["blog.settings.__init__", BASE, "blog.settings.production.__init__"],
            PROD,
        ),
    ],
)
def test_the_production_module_is_used(
    tmp_path: Path, manage: str, wsgi: str, modules: list[str], wanted: str
) -> None:
    assert chosen(tmp_path, manage, wsgi, modules) == wanted


@pytest.mark.parametrize(
    "command",
    [
        f"web: DJANGO_SETTINGS_MODULE={BASE} gunicorn blog.wsgi",
        f"web: python manage.py serve --settings={BASE}",
        f"web: python manage.py serve --settings {BASE}",
    ],
)
def test_the_procfile_decides(tmp_path: Path, command: str) -> None:
    assert chosen(tmp_path, LOCAL, PROD, [BASE, LOCAL, PROD], command) == BASE


def test_the_server_of_the_procfile_names_it(tmp_path: Path) -> None:
    files = {
        "manage.py": MANAGE.format(settings=LOCAL),
        "blog/wsgi.py": "",
        "blog/heroku_wsgi.py": WSGI.format(settings=MAIN),
        "blog/settings/local.py": "",
        "blog/settings/main.py": "",
        "blog/settings/production.py": "",
    }
    repository = Repository(write(tmp_path, files))
    modules = SettingsModules(tmp_path, repository.files, PurePosixPath())
    assert modules.production("web: gunicorn blog.heroku_wsgi:application") == MAIN


def test_a_name_for_development_is_noticed() -> None:
    assert is_for_development("blog.settings.local")
    assert is_for_development("blog.dev_settings")
    assert not is_for_development("blog.settings.production")
    assert not is_for_development("development.settings")
