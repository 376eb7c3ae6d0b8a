"""Rules about the settings: they must use the environment's database, cache and hosts."""

import ast
import shlex
from collections.abc import Iterator

from dynostack.environment import catalogue
from dynostack.environment.diagnostics.finding import Elsewhere, Finding, Path
from dynostack.environment.django import modules
from dynostack.environment.django.expressions import Unclear
from dynostack.environment.django.hosts import (
    HEROKU_DOMAIN,
    LOCAL_DOMAIN,
    SETTING,
    Hosts,
    allowed_hosts,
)
from dynostack.environment.django.modules import Module, NotPython
from dynostack.environment.django.project import Project
from dynostack.environment.imports import imported_packages

SOURCE = ("app", "source")
DATABASE_URL = "DATABASE_URL"
INSTALLED_APPS = "INSTALLED_APPS"
STATIC_FILES, STATIC_ROOT = "django.contrib.staticfiles", "STATIC_ROOT"
DISABLE_COLLECTSTATIC = "DISABLE_COLLECTSTATIC"
"""https://devcenter.heroku.com/articles/django-assets"""

DEFAULT_DOMAIN = "HEROKU_APP_DEFAULT_DOMAIN_NAME"
"""https://devcenter.heroku.com/articles/dyno-metadata"""

POSTGRES_DRIVERS = ("psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "django-heroku")
"""https://docs.djangoproject.com/en/5.2/ref/databases/#postgresql-notes"""

SASL_CLIENTS = ("python-binary-memcached", "django-bmemcached", "pylibmc", "django-pylibmc")
"""Memcached clients that can authenticate, which both services require.
https://devcenter.heroku.com/articles/memcachier#django"""

SASL_PATH = "SASL_PATH"
"""The config var with the path of the SASL mechanisms for pylibmc's wheel."""

IMPORTED_FROM = {
    "dj_database_url": ("dj-database-url", "django-heroku"),
    "environ": ("django-environ",),
    "decouple": ("python-decouple",),
    "bmemcached": ("python-binary-memcached", "django-bmemcached"),
    "pylibmc": ("pylibmc", "django-pylibmc"),
    "psycopg": ("psycopg",),
    "psycopg2": ("psycopg2", "psycopg2-binary", "django-heroku"),
}
"""A package that settings import -> the requirements that install it."""


def settings_are_there(project: Project) -> Iterator[Finding]:
    """Report a settings module that does not exist or is not valid Python."""
    if isinstance(project.settings, NotPython):
        message = "this is not valid Python, so Django cannot start"
        error = project.settings
        at = error.text.at(error.place)
        yield Finding(
            SOURCE, "DS522", message, "code that `python -m py_compile` accepts", elsewhere=at
        )
    variable = modules.SETTINGS_VARIABLE
    if not project.settings_name or project.settings_roots or not project.is_python:
        return
    there = tuple(modules.candidates(project.folder))[:3]
    message = f"the module that {variable} names is not in the source"
    suggestion = " or ".join(there) or "a module such as shop.settings"
    set_here = variable in project.declared.config_vars
    path: Path = ("app", "configVars", variable) if set_here else SOURCE
    yield Finding(path, "DS521", message, suggestion, there if set_here else ())


def database_is_read(project: Project) -> Iterator[Finding]:
    """Report settings that do not read DATABASE_URL, which the add-on may change at any time."""
    if project.declared.postgres and _is_not_read(project, DATABASE_URL, "DATABASES"):
        message = f"the settings do not read {DATABASE_URL}, which Heroku Postgres sets"
        suggestion = 'DATABASES = {"default": dj_database_url.config()}'
        yield Finding(
            SOURCE, "DS523", message, suggestion, elsewhere=_statement(project, "DATABASES")
        )


def cache_is_read(project: Project) -> Iterator[Finding]:
    """Report settings that do not read the config vars of the cache's service."""
    service = project.declared.memcached
    names = catalogue.config_vars_set_by(service) if service else ()
    missing = [name for name in names if _is_not_read(project, name, "CACHES")]
    if missing:
        message = f"the settings do not read {_listed(missing)}, which {service} sets"
        settings = f"dynostack django settings {shlex.quote(project.declared.stack)}"
        suggestion = f"the CACHES setting that `{settings}` prints"
        yield Finding(SOURCE, "DS524", message, suggestion, elsewhere=_statement(project, "CACHES"))


def static_files_have_a_place(project: Project) -> Iterator[Finding]:
    """Report settings with which collectstatic fails.

    A build runs it for every project that has Django and a manage.py.
    """
    reading, declared = project.reading, project.declared
    if reading is None or not project.folder.has(modules.MANAGE):
        return
    if reading.doubt(STATIC_ROOT) or reading.doubt(INSTALLED_APPS):
        return
    skipped = declared.config_vars.get(DISABLE_COLLECTSTATIC, "0") not in {"", "0"}
    if skipped or not project.packages.have("django"):
        return
    if not reading.mentions(STATIC_FILES):
        message = (
            f"{STATIC_FILES} is not in {INSTALLED_APPS}, so collectstatic fails and the build stops"
        )
        suggestion = (
            f'"{STATIC_FILES}" in {INSTALLED_APPS}, or the config var {DISABLE_COLLECTSTATIC}: "1"'
        )
    elif not reading.sets(STATIC_ROOT):
        message = f"{STATIC_ROOT} is not set, so collectstatic fails and the build stops"
        suggestion = f'{STATIC_ROOT} = BASE_DIR / "staticfiles"'
    else:
        return
    yield Finding(
        SOURCE, "DS531", message, suggestion, elsewhere=_statement(project, INSTALLED_APPS)
    )


def drivers_are_installed(project: Project) -> Iterator[Finding]:
    """Report missing packages for PostgreSQL and memcached, and clients that cannot log in."""
    packages, declared = project.packages, project.declared
    if not packages.have("django"):
        return
    if declared.postgres and not packages.have(*POSTGRES_DRIVERS):
        message = "the requirements have no PostgreSQL driver"
        yield Finding(
            ("postgres",), "DS525", message, "psycopg[binary] in the requirements", at_key=True
        )
    if not declared.memcached:
        return
    if not packages.have(*SASL_CLIENTS):
        message = (
            f"the requirements have no memcached client that can log in to {declared.memcached}"
        )
        suggestion = "django-bmemcached in the requirements"
        yield Finding(("memcached",), "DS526", message, suggestion, at_key=True)
    for each in packages.requirements:
        if each.name == "pylibmc" and SASL_PATH not in declared.config_vars:
            message = "pylibmc's wheel cannot find Ubuntu's SASL mechanisms, so it cannot log in"
            suggestion, at = "django-bmemcached instead", each.text.at(each.place)
            yield Finding(("memcached",), "DS527", message, suggestion, elsewhere=at)


def imports_are_installed(project: Project) -> Iterator[Finding]:
    """Report imports of the settings that no requirement installs."""
    if not isinstance(project.settings, Module):
        return
    tree = project.settings.tree
    for node in tree.body:
        for name in imported_packages(node):
            brought_by = IMPORTED_FROM.get(name)
            if brought_by and not project.packages.have(*brought_by):
                message = f"the settings import {name}, which is not in the requirements"
                at = project.settings.text.at(project.settings.text.position(node))
                suggestion = f"{brought_by[0]} and its version in the requirements"
                yield Finding(SOURCE, "DS528", message, suggestion, elsewhere=at)


def hosts_are_allowed(project: Project) -> Iterator[Finding]:
    """Report hosts that ALLOWED_HOSTS does not allow; Django answers them with 400."""
    reading = project.reading
    if not isinstance(project.settings, Module) or reading is None or reading.doubt(SETTING):
        return
    declared = project.declared
    try:
        allowed = allowed_hosts(project.settings, _config_vars(project))
    except Unclear:
        return
    path, at = _written(project, allowed)
    missing = [each for each in declared.domains if not allowed.cover(each)]
    if missing:
        message = f"{SETTING} does not allow {_listed(missing)}"
        suggestion = f"{', '.join(each.removeprefix('*') for each in missing)} in {SETTING}"
        yield Finding(path, "DS529", message, suggestion, elsewhere=at)
    elif declared.is_local:
        # The local Heroku serves a site under its name at Heroku, or a domain of the file, if it
        # allows only that.
        own = f"{declared.app}.{HEROKU_DOMAIN}"
        served = allowed.cover_local(declared.app) or allowed.cover(own)
        if declared.app and not served and all("*" in each for each in declared.domains):
            message = f"{SETTING} does not allow the app's host name on this machine"
            domains = allowed.domains()
            suggestion = (
                f"one of the domains that it allows under domains, such as {domains[0]}"
                if domains
                else f"{declared.app}.{LOCAL_DOMAIN} or .{LOCAL_DOMAIN} in {SETTING}"
            )
            yield Finding(path, "DS529", message, suggestion, elsewhere=at)
    elif declared.app and not allowed.cover_app(declared.app):
        code = "DS530" if declared.domains else "DS529"
        message = f"{SETTING} does not allow the app's own host name under {HEROKU_DOMAIN}"
        yield Finding(path, code, message, f".{HEROKU_DOMAIN} in {SETTING}", elsewhere=at)


def _config_vars(project: Project) -> dict[str, str | None]:
    """Return the config vars of the file, and the one that Heroku sets to the app's name."""
    declared = project.declared
    told = {DEFAULT_DOMAIN: f"{declared.app}-{'0' * 12}.{HEROKU_DOMAIN}"}
    return {**(told if declared.metadata else {}), **declared.config_vars}


def _written(project: Project, allowed: Hosts) -> tuple[Path, Elsewhere | None]:
    """Return where the hosts are written: in a single config var or in the settings."""
    here = allowed.variables.intersection(project.declared.config_vars)
    if len(here) == 1 and here == allowed.variables:
        return ("app", "configVars", *here), None
    return SOURCE, _statement(project, SETTING)


def _is_not_read(project: Project, variable: str, setting: str) -> bool:
    """Return whether the text shows that no module of the project reads a config var."""
    reading = project.reading
    if reading is None or reading.reads(variable) or reading.doubt(setting):
        return False
    parts = variable.split("_") if setting == "CACHES" else [variable]
    return not any(
        all(part in text.content for part in parts) for text in project.folder.python_files()
    )


def _listed(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _statement(project: Project, name: str) -> Elsewhere | None:
    """Return the last statement of the settings that sets a name, or else the settings' file."""
    if not isinstance(project.settings, Module):
        return None
    found = [each for each in _assignments(project.settings, name, set()) if each is not None]
    return found[-1] if found else Elsewhere(project.settings.text.file)


def _assignments(module: Module, name: str, seen: set[str]) -> Iterator[Elsewhere]:
    if module.name in seen:
        return
    seen.add(module.name)
    for source in module.stars:
        yield from _assignments(source, name, seen)
    for node in module.tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id == name:
                yield module.text.at(module.text.position(target))


RULES = (
    settings_are_there,
    database_is_read,
    cache_is_read,
    static_files_have_a_place,
    drivers_are_installed,
    imports_are_installed,
    hosts_are_allowed,
)
