"""The lines to add to a Django project for the resources that an environment declares."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dynostack.environment import catalogue
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.django import python
from dynostack.environment.django.declared import Declared
from dynostack.environment.django.env_usage import SettingsUsage
from dynostack.environment.django.hosts import HEROKU_DOMAIN, LOCAL_DOMAIN, SETTING
from dynostack.environment.django.modules import Module
from dynostack.environment.django.procfile import NEVER_SCALED, PROCFILE
from dynostack.environment.django.project import Project
from dynostack.environment.django.requirements import REQUIREMENTS
from dynostack.environment.django.setting import (
    INSTALLED_APPS,
    POSTGRES_DRIVERS,
    SASL_CLIENTS,
    STATIC_FILES,
    STATIC_ROOT,
    cache_is_read,
    database_is_read,
    hosts_are_allowed,
    static_files_have_a_place,
)
from dynostack.environment.source.project_folder import ProjectFolder

DRIVER = "psycopg[binary]"
TRIED = {
    "dj-database-url": "3.1.2",
    "django": "5.2.19",
    "django-bmemcached": "0.3.0",
    "gunicorn": "27.0.1",
    DRIVER: "3.3.9",
}
"""Requirement -> the version that the tests use."""

CONNECTION = "conn_max_age=600, conn_health_checks=True"
"""https://docs.djangoproject.com/en/5.2/ref/databases/#persistent-database-connections"""

BACKEND = "django_bmemcached.memcached.BMemcached"
"""The cache backend of django-bmemcached, whose client can log in."""


@dataclass(frozen=True)
class Block:
    """Lines to add to one file."""

    file: str
    lines: Sequence[str]

    def __str__(self) -> str:
        """Return the lines below a comment with the file's name; all these files allow comments."""
        return "\n".join([f"# {self.file}", *self.lines])


def lines_to_add(directory: Path, stack: str) -> list[Block]:
    """Return the lines that each file lacks for the resources that the stack declares.

    If the settings cannot be analyzed, the result has all lines that they need.

    Raises:
        EnvironmentErrors: the stack's file is missing, or has no sections.
    """
    folder = ProjectFolder(directory)
    project = Project(Declared.of(_sections(folder, stack), stack), directory)
    blocks = [
        Block(REQUIREMENTS, list(_requirements(project))),
        Block(python.VERSION_FILE, list(_python(project))),
        Block(PROCFILE, list(_processes(project, folder.project))),
        Block(_settings_file(project), list(_settings(project))),
    ]
    return [block for block in blocks if block.lines]


def _sections(folder: ProjectFolder, stack: str) -> dict[str, object]:
    root = folder.page(stack).tree.root
    return root if isinstance(root, dict) else {}


def _requirements(project: Project) -> Iterator[str]:
    names, declared = project.packages.names, project.declared
    settings = "\n".join(_settings(project))
    if isinstance(project.settings, Module):
        settings += project.settings.text.content
    programs = [each.program for each in project.procfile.processes] if project.procfile else []
    wanted = {"django"}
    if "gunicorn" in programs or "web" not in (project.procfile.types if project.procfile else []):
        wanted.add("gunicorn")
    if "dj_database_url" in settings:
        wanted.add("dj-database-url")
    if declared.postgres and names.isdisjoint(POSTGRES_DRIVERS):
        wanted.add(DRIVER)
    if declared.memcached and (BACKEND in settings or names.isdisjoint(SASL_CLIENTS)):
        wanted.add("django-bmemcached")
    for requirement in sorted(wanted - names):
        yield f"{requirement}=={TRIED[requirement]}"


def _python(project: Project) -> Iterator[str]:
    if not project.folder.has(python.VERSION_FILE):
        yield python.DEFAULT


def _processes(project: Project, name: str) -> Iterator[str]:
    commands = {
        NEVER_SCALED: "python manage.py migrate --noinput",
        "web": f"gunicorn {project.wsgi or f'{name}.wsgi'}",
    }
    there = project.procfile.types if project.procfile else []
    for each in (NEVER_SCALED, *(project.declared.process_types or ("web",))):
        if each not in there:
            yield f"{each}: {commands[each]}" if each in commands else f"# {each}: its command"


def _settings_file(project: Project) -> str:
    name = project.settings_name or "settings"
    return f"{name.replace('.', '/')}.py, at its end"


def _settings(project: Project) -> Iterator[str]:
    lines = list(_assignments(project))
    text = "\n".join(lines)
    imports = []
    if "os.environ" in text:
        imports += ["import os", ""]
    if "dj_database_url" in text:
        imports += ["import dj_database_url", ""]
    yield from (*imports, *lines)


def _assignments(project: Project) -> Iterator[str]:
    declared = project.declared
    if "SECRET_KEY" in declared.config_vars and _is_unread(project, "SECRET_KEY"):
        yield 'SECRET_KEY = os.environ["SECRET_KEY"]'
    if _is_needed(project, hosts_are_allowed):
        yield _hosts(declared)
    if declared.postgres and _is_needed(project, database_is_read):
        yield f'DATABASES = {{"default": dj_database_url.config({CONNECTION})}}'
    for key, variable in declared.databases.items():
        if _is_unread(project, variable):
            yield f'DATABASES["{key}"] = dj_database_url.config("{variable}", {CONNECTION})'
    if project.reading and any(static_files_have_a_place(project)):
        yield from _static_files(project.reading)
    if declared.memcached and _is_needed(project, cache_is_read):
        yield from _cache(*catalogue.config_vars_set_by(declared.memcached))


def _static_files(reading: SettingsUsage) -> Iterator[str]:
    if not reading.mentions(STATIC_FILES):
        yield f'{INSTALLED_APPS} {"+" * reading.sets(INSTALLED_APPS)}= ["{STATIC_FILES}"]'
        yield 'STATIC_URL = "static/"'
    yield f'{STATIC_ROOT} = {"BASE_DIR / " * reading.sets("BASE_DIR")}"staticfiles"'


def _is_needed(project: Project, rule: Callable[[Project], Iterator[Finding]]) -> bool:
    """Return whether a rule has findings, or cannot run because the settings cannot be analyzed."""
    return project.reading is None or any(rule(project))


def _is_unread(project: Project, variable: str) -> bool:
    return project.reading is None or not project.reading.reads(variable)


def _hosts(declared: Declared) -> str:
    if SETTING in declared.config_vars:
        value = f'[host for host in os.environ.get("{SETTING}", "").split(",") if host]'
    else:
        domains = (domain.removeprefix("*") for domain in declared.domains)
        value = json.dumps([f".{HEROKU_DOMAIN}", f".{LOCAL_DOMAIN}", *domains])
    return f"{SETTING} = {value}"


def _cache(servers: str, username: str, password: str) -> list[str]:
    return [
        "CACHES = {",
        '    "default": {',
        f'        "BACKEND": "{BACKEND}",',
        f'        "LOCATION": os.environ["{servers}"].split(","),',
        '        "OPTIONS": {',
        f'            "username": os.environ["{username}"],',
        f'            "password": os.environ["{password}"],',
        "        },",
        "    }",
        "}",
    ]
