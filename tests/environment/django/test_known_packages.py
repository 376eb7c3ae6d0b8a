"""The table of packages is consistent, and says what brings what."""

from __future__ import annotations

from dynostack.environment.django import known_packages
from dynostack.environment.django.known_packages import (
    are_known,
    installed,
    lists_everything,
    providers,
    providers_of_program,
)
from dynostack.environment.django.requirements import normal


def test_names_are_normalized_and_listed_once() -> None:
    data = known_packages._data()  # noqa: SLF001
    alone = data["alone"]["names"]
    names = [*data["imports"], *data["requires"], *alone]
    names += [each for values in data["requires"].values() for each in values]
    assert [name for name in names if name != normal(name)] == []
    assert sorted({*alone} & data["requires"].keys()) == []
    assert len({*alone}) == len(alone)


def test_packages_bring_others() -> None:
    assert {"celery", "kombu", "django"} <= installed(["django-celery-beat"])
    assert "redis" in installed(["celery"], ["celery[redis]"])
    assert {"whitenoise", "psycopg2", "dj-database-url"} <= installed(["django-heroku"])


def test_an_unknown_package_or_extra_is_in_doubt() -> None:
    assert are_known(["django", "celery"], ["celery[redis]"])
    assert not are_known(["django", "acme-base"], [])
    assert not are_known(["celery"], ["celery[acme]"])


def test_a_freeze_has_the_packages_of_django() -> None:
    assert lists_everything(["asgiref", "django", "sqlparse"])
    assert not lists_everything(["django", "sqlparse"])


def test_providers() -> None:
    assert providers("rest_framework.authtoken") == ("djangorestframework",)
    assert providers("psycopg2") == ("psycopg2", "psycopg2-binary")
    assert providers("PIL") == ("pillow",)
    assert providers("nothing_known") == ()
    assert providers_of_program("gunicorn") == ("gunicorn",)
    assert providers_of_program("bash") == ()
