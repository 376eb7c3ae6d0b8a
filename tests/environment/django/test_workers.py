"""A web dyno has as many processes as its server and the buildpack start."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynostack.environment.django.declared import Declared
from dynostack.environment.django.project import Project
from dynostack.environment.django.workers import web_processes


@pytest.mark.parametrize(
    ("command", "size", "variables", "processes"),
    [
        ("gunicorn shop.wsgi", "standard-1x", {}, 2),
        ("gunicorn shop.wsgi", "performance-l", {}, 17),
        ("uvicorn shop.asgi:app", "standard-2x", {}, 4),
        ("newrelic-admin run-program gunicorn shop.wsgi", "basic", {}, 2),
        ("gunicorn shop.wsgi", "basic", {"WEB_CONCURRENCY": "3"}, 3),
        ("gunicorn shop.wsgi", "basic", {"WEB_CONCURRENCY": None}, 1),
        ("gunicorn shop.wsgi", "basic", {"GUNICORN_CMD_ARGS": "--workers 9"}, 1),
        ("gunicorn --workers 5 shop.wsgi", "basic", {}, 5),
        ("gunicorn -w $WEB_CONCURRENCY shop.wsgi", "basic", {}, 2),
        ("gunicorn -w $N shop.wsgi", "basic", {}, 1),
        ("gunicorn -c python:shop.gunicorn shop.wsgi", "basic", {}, 1),
        ("daphne shop.asgi:app", "basic", {}, 1),
        ("gunicorn shop.wsgi", "unknown", {}, 1),
    ],
)
def test_processes(
    command: str, size: str, variables: dict[str, str | None], processes: int, tmp_path: Path
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/Procfile").write_text(f"web: {command}\n")
    project = Project(Declared(source="site", config_vars=variables), tmp_path)
    assert web_processes(project, size) == processes


def test_a_configuration_file_sets_the_number(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/Procfile").write_text("web: gunicorn shop.wsgi\n")
    (tmp_path / "site/gunicorn.conf.py").write_text("workers = 9\n")
    assert web_processes(Project(Declared(source="site"), tmp_path), "performance-l") == 1
