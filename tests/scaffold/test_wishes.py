"""Tests of what a repository asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dynostack.scaffold.repository import Repository
from dynostack.scaffold.wishes import WantedAddon, Wishes, wishes_of
from tests.scaffold.repositories import PROCFILE, django, write

SETTINGS = """\
import os

import dj_database_url
import environ

env = environ.Env(CACHE_SECONDS=(int, 60))
SECRET_KEY = env("DJANGO_SECRET")
DEBUG = env.bool("DEBUG")
MAIL_TLS = env("MAIL_KEY").startswith("TLS")
ALLOWED_HOSTS = env.list("HOSTS")
PORT = env.int("STATSD_PORT")
CACHE_SECONDS = env("CACHE_SECONDS")
MAIL_KEY = os.environ["MAIL_KEY"]
SENTRY = os.environ.get("SENTRY_DSN")
if "BUCKET" in os.environ:
    BUCKET_KEY = os.environ["BUCKET_KEY"]
if not DEBUG:
    TRACKER = os.environ["TRACKER"]
try:
    OLD = os.environ["OLD"]
except KeyError:
    OLD = ""
DATABASES = {"default": dj_database_url.config()}
"""


def read(root: Path, settings: str = "", **files: Any) -> Wishes:
    texts = {
        name.replace("__", "."): text if isinstance(text, str) else json.dumps(text)
        for name, text in files.items()
    }
    named = {"Procfile": PROCFILE, "requirements.txt": "psycopg==3.3\n", **texts}
    repository = Repository(write(root, {**django(blog__settings=settings), **named}))
    (project,) = repository.django_projects
    return wishes_of(repository, project)


def test_a_config_var_with_one_host_is_no_list(tmp_path: Path) -> None:
    found = read(tmp_path, 'import os\nALLOWED_HOSTS = [os.environ.get("HOST"), "localhost"]\n')
    assert found.hosts == ("HOST",)
    assert found.single_hosts == {"HOST"}


def test_a_config_var_in_the_test_around_a_setting(tmp_path: Path) -> None:
    text = "if v := os.getenv('OTHER'):\n    OTHER = v\nif v := os.getenv('HOSTS'):\n"
    assignment = "    ALLOWED_HOSTS = v.split(',')\nelse:\n    ALLOWED_HOSTS = ['localhost']\n"
    assert read(tmp_path, f"import os\n{text}{assignment}").hosts == ("HOSTS",)


def test_a_config_var_in_a_name_of_the_settings_own(tmp_path: Path) -> None:
    text = "hosts = os.environ.get('HOSTS')\nALLOWED_HOSTS = hosts.split(',') if hosts else []\n"
    assert read(tmp_path, f"import os\nOTHER = os.environ.get('OTHER')\n{text}").hosts == ("HOSTS",)


@pytest.mark.parametrize(
    ("read_by", "separator"),
    [
        ("os.environ['HOSTS'].split(' ')", " "),
        ("os.environ['HOSTS'].split()", " "),
        ("os.environ.get('HOSTS', '').split(';')", ";"),
        ("os.environ['HOSTS'].split(',')", ","),
        ("parsed(os.environ['HOSTS'])", ","),
    ],
)
def test_the_separator_of_hosts(tmp_path: Path, read_by: str, separator: str) -> None:
    found = read(tmp_path, f"import os\nALLOWED_HOSTS = {read_by}\n")
    assert (found.hosts, found.separator) == (("HOSTS",), separator)


def test_the_address_of_a_database_without_a_driver(tmp_path: Path) -> None:
    text = "import os, dj_database_url as d\nDATABASES = d.parse(os.environ['DATABASE_URL'])\n"
    found = read(tmp_path, text, requirements__txt="Django==5.2\n")
    assert (found.addons, found.missing) == ((), {"DATABASE_URL": "sqlite:///db.sqlite3"})


def test_a_condition_names_no_config_var(tmp_path: Path) -> None:
    settings = """
import os
DEBUG = os.getenv("DJANGO_DEBUG") != "FALSE"
SECRET_KEY = "hello!" if DEBUG else os.getenv("DJANGO_SECRET_KEY")
"""
    assert read(tmp_path, settings).generated == ("DJANGO_SECRET_KEY",)


def test_a_placeholder_has_the_form_of_a_key_of_sentry(tmp_path: Path) -> None:
    settings = 'import os\nSENTRY_URL = os.environ["SENTRY_URL"]\n'
    assert read(tmp_path, settings).missing == {"SENTRY_URL": "https://key@example.com/1"}


def test_secrets_of_app_json_are_apart(tmp_path: Path) -> None:
    asked = {"MAIL_TOKEN": {"value": "t-1"}, "USE_TOKEN": {"value": "1"}, "TITLE": {"value": "x"}}
    found = read(tmp_path, app__json={"env": asked})
    assert found.secrets == {"MAIL_TOKEN": "t-1"}
    assert found.variables == {"TITLE": "x", "USE_TOKEN": "1"}


def test_what_the_settings_need(tmp_path: Path) -> None:
    found = read(tmp_path, SETTINGS)
    assert found.settings == "blog.settings"
    assert found.generated == ("DJANGO_SECRET",)
    assert found.hosts == ("HOSTS",)
    assert found.missing == {
        "DEBUG": "false",
        "STATSD_PORT": "0",
        "MAIL_KEY": "placeholder",
        "TRACKER": "placeholder",
    }
    assert found.addons == (WantedAddon("heroku-postgresql", "essential-0", is_asked=False),)


@pytest.mark.parametrize(
    ("env", "missing"),
    [({"USE_S3": "True"}, ["S3_KEY"]), ({"USE_S3": "False"}, []), ({}, [])],
)
def test_a_switch_decides_what_the_settings_need(
    tmp_path: Path, env: dict[str, str], missing: list[str]
) -> None:
    text = (
        "import environ\nenv = environ.Env(USE_S3=(bool, False))\n"
        "if env('USE_S3'):\n    S3_KEY = env('S3_KEY')\n"
    )
    assert [*read(tmp_path, text, app__json={"env": env}).missing] == missing


def test_a_default_in_a_scheme_is_not_a_config_var(tmp_path: Path) -> None:
    text = (
        "import environ\nenv = environ.Env(LOG_LEVEL=(str, 'INFO'))\n"
        "SECRET_KEY = env('SECRET_KEY')\n"
    )
    assert read(tmp_path, text).generated == ("SECRET_KEY",)


def test_dynos_as_heroku_starts_them(tmp_path: Path) -> None:
    found = read(tmp_path, app__json={"formation": {"worker": {"quantity": 2, "size": "basic"}}})
    assert {name: each.quantity for name, each in found.formation.items()} == {
        "web": 1,
        "worker": 2,
    }
    assert read(tmp_path / "b").formation["worker"].quantity == 0


@pytest.mark.parametrize(
    ("settings", "addons"),
    [
        ("import dynaconf\nsettings = dynaconf.DjangoDynaconf(__name__)\n", ["heroku-postgresql"]),
        ("DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3'}}\n", []),
    ],
)
def test_a_driver_asks_for_a_database_unless_the_settings_use_another(
    tmp_path: Path, settings: str, addons: list[str]
) -> None:
    assert [each.service for each in read(tmp_path, settings).addons] == addons


def test_app_json_is_followed(tmp_path: Path) -> None:
    asked = {
        "env": {
            "TOKEN": {"generator": "secret"},
            "PAGES": 10,
            "DEBUG": False,
            "KEY": {"description": "of the maps", "required": True},
            "SITE_URL": {"required": True},
            "EXTRA": {"required": False},
            "DATABASE_URL": "postgres://x",
        },
        "addons": [
            "heroku-postgresql:hobby-dev",
            {"plan": "papertrail:choklad", "as": "LOGS"},
            "scout",
        ],
        "buildpacks": [{"url": "heroku/nodejs"}, {"url": "heroku/python"}],
    }
    found = read(tmp_path, app__json=asked)
    assert found.variables == {"PAGES": "10", "DEBUG": "false"}
    assert found.generated == ("TOKEN",)
    assert found.missing == {"KEY": "placeholder", "SITE_URL": "https://example.com/"}
    assert found.buildpacks == ("heroku/nodejs", "heroku/python")
    assert [(each.service, each.plan, each.attachment) for each in found.addons] == [
        ("heroku-postgresql", "essential-0", ""),
        ("papertrail", "choklad", "LOGS"),
    ]
    assert found.unused == ("add-on scout, because no plan of it is known",)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("app__json", "{", "app.json: Expecting"),
        ("app__json", {"env": {"A": "1"}, "addons": 7}, "app.json: addons"),
        ("app__json", [], "app.json: it"),
        ("app__json", {"scripts": {"postdeploy": "true"}}, "app.json: scripts (postdeploy), which"),
        ("heroku__yml", "build: {docker: {web: Dockerfile}}\n", "heroku.yml: build"),
        ("heroku__yml", "build: [", "heroku.yml cannot be read"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, name: str, text: Any, told: str) -> None:
    (note,) = read(tmp_path, **{name: text}).unused
    assert note.startswith(told)


def test_the_setup_of_heroku_yml_is_followed(tmp_path: Path) -> None:
    text = "setup:\n  addons: [{plan: 'papertrail:choklad'}]\n  config: {COLOR: red}\n"
    found = read(tmp_path, heroku__yml=text)
    assert found.variables == {"COLOR": "red"}
    assert [each.service for each in found.addons] == ["papertrail"]
    assert found.unused == ()


def test_a_cache_and_a_service_without_which_nothing_starts(tmp_path: Path) -> None:
    text = 'import os\nA = os.environ.get("MEMCACHIER_SERVERS")\nB = os.environ["REDIS_URL"]\n'
    services = [each.service for each in read(tmp_path, text).addons]
    assert services == ["memcachier", "heroku-redis"]


def test_static_files_without_a_place_are_not_collected(tmp_path: Path) -> None:
    text = 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_URL = "static/"\n'
    packages = "django==5.2.19\n"
    found = read(tmp_path, text, requirements__txt=packages)
    assert found.variables == {"DISABLE_COLLECTSTATIC": "1"}
    whole = f'{text}STATIC_ROOT = "static"\n'
    assert read(tmp_path / "whole", whole, requirements__txt=packages).variables == {}


def test_the_requested_python_is_said(tmp_path: Path) -> None:
    assert read(tmp_path).python == ""
    assert read(tmp_path / "a", **{"__python-version": "# any\n3.13\n"}).python == (
        "3.13 (.python-version)"
    )
    old = read(tmp_path / "b", runtime__txt="python-3.12.1\n").python
    assert old == "python-3.12.1 (runtime.txt)"
    files = {"runtime__txt": "python-3.12.1\n", "__python-version": "3.13\n"}
    assert read(tmp_path / "c", **files).python == old, "Heroku ignores the other file"


@pytest.mark.parametrize(
    ("files", "buildpacks"),
    [
        ({}, ()),
        ({"package__json": {"scripts": {"build": "vite"}}}, ("heroku/nodejs", "heroku/python")),
        ({"package__json": {"dependencies": {"htmx": "2"}}}, ("heroku/nodejs", "heroku/python")),
        ({"package__json": {"scripts": {"lint": "eslint"}}}, ("heroku/python",)),
        ({"package__json": "[]"}, ("heroku/nodejs", "heroku/python")),
        ({"package__json": "{,}"}, ("heroku/nodejs", "heroku/python")),
        ({"Aptfile": "libgdal-dev\n"}, ("heroku-community/apt", "heroku/python")),
        ({"Aptfile": "# none yet\n\n"}, ()),
        (
            {"bin/pre_compile": "set -e\nnpm -g install yuglify\n"},
            ("heroku/nodejs", "heroku/python"),
        ),
        ({"bin/pre_compile": "# npm is not needed\nmake\n"}, ()),
        ({"bin/post_compile": "curl -s https://nodejs.org | tar x\nnpm ci\n"}, ()),
        (
            {"Procfile": "web: bin/start-pgbouncer gunicorn blog.wsgi\n"},
            ("heroku/pgbouncer", "heroku/python"),
        ),
        (
            {"package__json": {"scripts": {"build": "vite"}}, "app__json": {"buildpacks": ["a/b"]}},
            ("a/b",),
        ),
    ],
)
def test_the_buildpacks_that_heroku_would_not_detect(
    tmp_path: Path, files: dict[str, Any], buildpacks: tuple[str, ...]
) -> None:
    assert read(tmp_path, **files).buildpacks == buildpacks


@pytest.mark.parametrize("option", ["-A blog", "--app=blog.celery", "-A blog.celery:app"])
def test_what_celery_reads(tmp_path: Path, option: str) -> None:
    found = read(
        tmp_path,
        **{
            "Procfile": f"web: gunicorn blog.wsgi\nworker: celery {option} worker\n",
            "blog/celery.py": "import os\nBROKER = os.environ['REDIS_URL']\n",
        },
    )
    assert WantedAddon("heroku-redis", "mini", is_asked=False) in found.addons
    assert "REDIS_URL" not in found.missing


def test_redis_with_a_default_for_laptops(tmp_path: Path) -> None:
    text = "import os\nBROKER = os.getenv('REDIS_URL', 'redis://localhost')\n"
    assert read(tmp_path, text).addons == (WantedAddon("heroku-redis", "mini", is_asked=False),)
