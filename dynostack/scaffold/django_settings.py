"""The lines to add to a Django project for the resources that an environment declares."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dynostack.environment import catalogue
from dynostack.environment.command_line import stack_command
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.django import locations, python
from dynostack.environment.django.commands import calls
from dynostack.environment.django.declared import Declared
from dynostack.environment.django.env_usage import SettingsUsage
from dynostack.environment.django.imports import executed
from dynostack.environment.django.modules import Module
from dynostack.environment.django.procfile import NEVER_SCALED, PROCFILE
from dynostack.environment.django.project import Project
from dynostack.environment.django.requirements import ADD, REQUIREMENTS
from dynostack.environment.django.risks import unset_config_vars
from dynostack.environment.django.setting import (
    INSTALLED_APPS,
    POSTGRES_DRIVERS,
    SASL_CLIENTS,
    STATIC_FILES,
    STATIC_ROOT,
    cache_is_read,
    database_is_read,
    static_files_have_a_place,
)
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.scaffold.host_names import missing_hosts, value_of_config_var
from dynostack.scaffold.setting_lines import added

DRIVER = "psycopg[binary]"
TRIED = {
    "dj-database-url": "3.1.2",
    "django": "5.2.19",
    "django-bmemcached": "0.3.0",
    "gunicorn": "27.0.1",
    DRIVER: "3.3.9",
}
"""Requirement -> the version that the tests use."""

OLDER_DJANGO = {"dj-database-url": ("4.2", "2.1.0")}
"""Requirement -> the oldest Django of its version above, and its last version for an older one."""

CONNECTION = "conn_max_age=600, conn_health_checks=True"
"""https://docs.djangoproject.com/en/5.2/ref/databases/#persistent-database-connections"""

BACKEND = "django_bmemcached.memcached.BMemcached"
"""The cache backend of django-bmemcached, whose client can log in."""


@dataclass(frozen=True)
class Block:
    """Lines to add to one file, or to run."""

    file: str
    lines: Sequence[str]

    def __str__(self) -> str:
        """Return the lines below a comment with the file's name; all these files allow comments."""
        return "\n".join([f"# {self.file}", *self.lines])


def lines_to_add(directory: Path, stack: str) -> list[Block]:
    """Return the lines that each file lacks for the resources that the stack declares.

    If there is no settings module yet, the result has all lines that it needs.

    Raises:
        EnvironmentErrors: the stack's file is missing, or has no sections.
    """
    folder = ProjectFolder(directory)
    project = Project(Declared.of(_sections(folder, stack), stack), directory)
    blocks = [
        Block(*_packages(project)),
        Block(python.VERSION_FILE, list(_python(project))),
        Block(PROCFILE, list(_processes(project, folder.project))),
        Block(f"Pulumi.{stack}.yaml, under configVars", list(_config_vars(project))),
        Block("run, in the folder of Pulumi.yaml", list(_secrets(project))),
        Block(f"{_settings_file(project)}, at its end", list(_settings(project))),
    ]
    return [block for block in blocks if block.lines]


def _sections(folder: ProjectFolder, stack: str) -> dict[str, object]:
    root = folder.page(stack).tree.root
    return root if isinstance(root, dict) else {}


def _packages(project: Project) -> tuple[str, list[str]]:
    """Return what adds the missing packages: lines of requirements.txt, or a command."""
    names = sorted(_missing_packages(project))
    if (manager := project.packages.manager) in ADD:
        command = " ".join([ADD[manager], *map(shlex.quote, names)])
        return "run, in the folder of the source", [command] if names else []
    return REQUIREMENTS, [f"{name}=={_version(project, name)}" for name in names]


def _version(project: Project, name: str) -> str:
    from packaging.version import InvalidVersion, Version

    if name in OLDER_DJANGO and (django := project.packages.versions.get("django")):
        oldest, last = OLDER_DJANGO[name]
        with suppress(InvalidVersion):
            if Version(django) < Version(oldest):
                return last
    return TRIED[name]


def _missing_packages(project: Project) -> set[str]:
    packages, declared = project.packages, project.declared
    settings = "\n".join(_settings(project))
    if isinstance(project.settings, Module):
        settings += project.settings.text.content
    commands = [each.command for each in project.procfile.processes] if project.procfile else []
    programs = {call.program.text for command in commands for call in calls(command)}
    wanted = {"django"}
    has_web = bool(project.procfile and "web" in project.procfile.types)
    if "gunicorn" in programs or not has_web:
        wanted.add("gunicorn")
    if "dj_database_url" in settings:
        wanted.add("dj-database-url")
    if declared.postgres and packages.names.isdisjoint(POSTGRES_DRIVERS):
        wanted.add(DRIVER)
    if declared.memcached and (BACKEND in settings or packages.names.isdisjoint(SASL_CLIENTS)):
        wanted.add("django-bmemcached")
    if not packages.complete and packages.names:
        # Any package may be among the unknown ones, but the lines to add need these.
        needed = {"dj-database-url", "django-bmemcached"} if settings else set[str]()
        wanted &= needed | ({"gunicorn"} if not has_web else set())
    return wanted - packages.names


def _python(project: Project) -> Iterator[str]:
    folder = project.folder
    if not folder.has("Pipfile.lock") and not (
        folder.has(python.VERSION_FILE) or folder.has(python.DEPRECATED_FILE)
    ):
        yield project.source.suggested_python


def _processes(project: Project, name: str) -> Iterator[str]:
    manage = project.source.manage or locations.MANAGE
    commands = {
        NEVER_SCALED: f"python {manage} migrate --noinput",
        "web": f"gunicorn {project.wsgi or f'{name}.wsgi'}",
    }
    there = project.procfile.types if project.procfile else []
    for each in (NEVER_SCALED, *(project.declared.process_types or ("web",))):
        if each not in there:
            yield f"{each}: {commands[each]}" if each in commands else f"# {each}: its command"


def _config_vars(project: Project) -> Iterator[str]:
    """Yield the config vars of the stack's file that suffice without a change of code."""
    variable = locations.SETTINGS_VARIABLE
    there = locations.candidates(project.folder)
    if project.settings_name and not project.settings_roots and there:
        yield f"{variable}: {there[0]}"
    if line := value_of_config_var(project):
        yield line


def _secrets(project: Project) -> Iterator[str]:
    """Yield the commands that set the config vars that the settings require."""
    for name in unset_config_vars(project):
        if not (value_of_config_var(project) or "").startswith(f"{name}:"):
            yield stack_command("dynostack secret set", project.declared.stack, name)


def _settings_file(project: Project) -> str:
    """Return the file of the settings, relative to the source."""
    if isinstance(project.settings, Module):
        return project.settings.text.file.removeprefix(project.folder.named(""))
    return f"{(project.settings_name or 'settings').replace('.', '/')}.py"


def _settings(project: Project) -> Iterator[str]:
    if project.settings is None and locations.candidates(project.folder):
        return  # the config var above names another module
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
        if project.reading and project.reading.sets("SECRET_KEY"):
            yield 'SECRET_KEY = os.environ.get("SECRET_KEY", SECRET_KEY)'
        else:
            yield 'SECRET_KEY = os.environ["SECRET_KEY"]'
    yield from missing_hosts(project)
    if declared.postgres and _is_needed(project, database_is_read):
        yield from _database(project)
    for key, variable in declared.databases.items():
        if _is_unread(project, variable):
            yield f'DATABASES["{key}"] = dj_database_url.config("{variable}", {CONNECTION})'
    if project.reading and any(static_files_have_a_place(project)):
        yield from _static_files(project, project.reading)
    if declared.memcached and _is_needed(project, cache_is_read):
        yield from _cache(project, *catalogue.config_vars_set_by(declared.memcached))


def _database(project: Project) -> Iterator[str]:
    """Yield the default database: that of Heroku, where there is one."""
    value = f"dj_database_url.config({CONNECTION})"
    if project.reading and project.reading.sets("DATABASES"):
        yield 'if "DATABASE_URL" in os.environ:'
        yield f'    DATABASES["default"] = {value}'
    else:
        yield f'DATABASES = {{"default": {value}}}'


def _static_files(project: Project, reading: SettingsUsage) -> Iterator[str]:
    if not reading.mentions(STATIC_FILES):
        yield added(executed(project), INSTALLED_APPS, [STATIC_FILES])
        if not reading.sets("STATIC_URL"):
            yield 'STATIC_URL = "static/"'
    if not reading.sets(STATIC_ROOT):
        yield f'{STATIC_ROOT} = {"BASE_DIR / " * reading.sets("BASE_DIR")}"staticfiles"'


def _is_needed(project: Project, rule: Callable[[Project], Iterator[Finding]]) -> bool:
    """Return whether a rule has findings, or there are no settings yet."""
    return project.settings is None or any(rule(project))


def _is_unread(project: Project, variable: str) -> bool:
    reading = project.reading
    if reading is None:
        return project.settings is None
    return not (reading.reads(variable) or reading.is_dynamic)


def _cache(project: Project, servers: str, username: str, password: str) -> list[str]:
    lines = [
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
    if project.reading and project.reading.sets("CACHES"):
        return [f'if "{servers}" in os.environ:', *(f"    {line}" for line in lines)]
    return lines
