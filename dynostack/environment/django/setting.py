"""Rules about the settings: they must use the environment's database, cache and hosts."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from dynostack.environment import catalogue
from dynostack.environment.command_line import stack_command
from dynostack.environment.diagnostics.finding import Elsewhere, Finding, Path
from dynostack.environment.django import locations, requirements
from dynostack.environment.django.env_usage import SettingsUsage, all_of
from dynostack.environment.django.hosts import (
    HEROKU_DOMAIN,
    LOCAL_DOMAIN,
    SETTING,
    Hosts,
    allowed_hosts,
)
from dynostack.environment.django.modules import Module, NotPython
from dynostack.environment.django.project import Project
from dynostack.environment.django.serving import at, commands
from dynostack.environment.django.settings_classes import is_class_based
from dynostack.environment.django.source import Live
from dynostack.environment.django.statements import names_set
from dynostack.environment.django.values import Unclear
from dynostack.environment.section import listed

SOURCE = ("app", "source")
DATABASE_URL = "DATABASE_URL"
INSTALLED_APPS = "INSTALLED_APPS"
STATIC_FILES, STATIC_ROOT = "django.contrib.staticfiles", "STATIC_ROOT"
DISABLE_COLLECTSTATIC = "DISABLE_COLLECTSTATIC"
"""https://devcenter.heroku.com/articles/django-assets"""

STATIC_STORAGES = frozenset({"STORAGES", "STATICFILES_STORAGE"})
LOCAL_STORAGES = ("django.", "whitenoise.")
"""How the names of storages begin that write to STATIC_ROOT.
https://docs.djangoproject.com/en/5.2/ref/settings/#storages"""

POSTGRES_DRIVERS = ("psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "psycopg-c")
"""https://docs.djangoproject.com/en/5.2/ref/databases/#postgresql-notes"""

SASL_CLIENTS = ("python-binary-memcached", "django-bmemcached", "pylibmc", "django-pylibmc")
"""Memcached clients that can authenticate, which both services require.
https://devcenter.heroku.com/articles/memcachier#django"""

SASL_PATH = "SASL_PATH"
"""The config var with the path of the SASL mechanisms for pylibmc's wheel."""


def settings_are_there(project: Project) -> Iterator[Finding]:
    """Report a settings module that does not exist or is not valid Python."""
    if isinstance(project.settings, NotPython):
        yield _not_python(project, project.settings)
    variable = locations.SETTINGS_VARIABLE
    name = project.settings_name
    whole = project.whole_settings
    if isinstance(whole, Module) and not whole.tree.body:
        message = f"the settings module {name} is empty, so Django cannot start"
        at = Elsewhere(whole.text.file)
        yield Finding(SOURCE, "DS521", message, "the module with the settings", elsewhere=at)
    if not name or project.settings_roots or not project.is_python or _is_installed(project, name):
        return
    there = _there(project)
    module = "module" if variable in project.declared.config_vars else f"module {name}"
    message = f"the {module} that {variable} names is not in the source"
    suggestion = _instead(there)
    set_here = variable in project.declared.config_vars
    path: Path = ("app", "configVars", variable) if set_here else SOURCE
    place = None if set_here else project.source.settings_of_manage[1]
    yield Finding(path, "DS521", message, suggestion, there if set_here else (), elsewhere=place)


def settings_of_commands_are_there(project: Project) -> Iterator[Finding]:
    """Report a command of the Procfile that names a settings module that does not exist."""
    variable, seen = locations.SETTINGS_VARIABLE, set[str]()
    for entry, call in commands(project):
        words = [*call.options("--settings")] if call.name.startswith("python") else []
        words += [call.variables[variable]] if variable in call.variables else []
        for word in words:
            name = word.text
            if name in seen or not locations.is_module_name(name) or _is_there(project, name):
                continue
            seen.add(name)
            message = f"{entry.type} runs with the settings {name}, which are not in the source"
            place = at(project, entry, word)
            yield Finding(SOURCE, "DS521", message, _instead(_there(project)), elsewhere=place)


def _there(project: Project) -> tuple[str, ...]:
    """Return the first settings modules of the source."""
    return tuple(locations.candidates(project.folder))[:3]


def _instead(there: tuple[str, ...]) -> str:
    return " or ".join(there) or "a module such as shop.settings"


def _is_there(project: Project, module: str) -> bool:
    return bool(locations.roots(project.folder, module)) or _is_installed(project, module)


def _not_python(project: Project, error: NotPython) -> Finding:
    at = error.text.at(error.place)
    if error.is_certain:
        message = "this is not valid Python, so Django cannot start"
        suggestion = "code that `python -m py_compile` accepts"
        return Finding(SOURCE, "DS522", message, suggestion, elsewhere=at)
    version = project.source.python
    message = f"no Python here can read this; Python {version} may, which the app asks for"
    suggestion = f"older syntax, or if this is right, run: uv python install {version}"
    return Finding(SOURCE, "DS532", message, suggestion, elsewhere=at)


def _is_installed(project: Project, module: str) -> bool:
    """Return whether a module may come from an installed package, not from the source."""
    top = module.partition(".")[0]
    is_own = any(
        name == f"{top}.py" or name.startswith(f"{top}/") or f"/{top}/" in name
        for name in project.folder.files
    )
    packages = project.packages
    return not is_own and (not packages.complete or requirements.normal(top) in packages.names)


def database_is_read(project: Project) -> Iterator[Finding]:
    """Report settings that do not read DATABASE_URL, which the add-on may change at any time."""
    if project.declared.postgres and _is_not_read(project, DATABASE_URL, "DATABASES"):
        message = f"the settings do not read {DATABASE_URL}, which Heroku Postgres sets"
        suggestion = 'DATABASES = {"default": dj_database_url.config()}'
        yield Finding(
            SOURCE, "DS523", message, suggestion, elsewhere=statement(project, "DATABASES")
        )


def cache_is_read(project: Project) -> Iterator[Finding]:
    """Report settings that do not read the config vars of the cache's service."""
    service = project.declared.memcached
    names = catalogue.config_vars_set_by(service) if service else ()
    missing = [name for name in names if _is_not_read(project, name, "CACHES")]
    if missing:
        message = f"the settings do not read {listed(missing)}, which {service} sets"
        settings = stack_command("dynostack django settings", project.declared.stack)
        suggestion = f"the CACHES setting that `{settings}` prints"
        yield Finding(SOURCE, "DS524", message, suggestion, elsewhere=statement(project, "CACHES"))


def static_files_have_a_place(project: Project) -> Iterator[Finding]:
    """Report settings with which collectstatic fails.

    A build runs it for every project that has Django and a manage.py.
    """
    reading, declared = project.reading, project.declared
    if reading is None or not project.source.manage:
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
    elif (lack := _lack_of_a_folder(project, reading)) and not _stores_static_files_elsewhere(
        project
    ):
        message = f"{STATIC_ROOT} is {lack}, so collectstatic fails and the build stops"
        suggestion = f'{STATIC_ROOT} = BASE_DIR / "staticfiles"'
    else:
        return
    yield Finding(
        SOURCE, "DS531", message, suggestion, elsewhere=statement(project, INSTALLED_APPS)
    )


def _lack_of_a_folder(project: Project, reading: SettingsUsage) -> str:
    """Return whether STATIC_ROOT is "not set" or "empty"; an empty text if it may be a folder."""
    if not reading.sets(STATIC_ROOT):
        return "not set"
    values = [
        statement.value
        for statement in _settings_of(project, frozenset({STATIC_ROOT}))
        if isinstance(statement, ast.Assign)
    ]
    is_empty = all(isinstance(each, ast.Constant) and not each.value for each in values)
    return "empty" if values and is_empty else ""


def _settings_of(project: Project, names: frozenset[str]) -> Iterator[ast.stmt]:
    """Yield the statements of the settings that set one of these names."""
    for module in project.live.modules:
        yield from (each for each in module.tree.body if names_set(each) & names)


def _stores_static_files_elsewhere(project: Project) -> bool:
    """Return whether the storage of static files is, or may be, one without STATIC_ROOT."""
    names = [
        each.value
        for statement in _settings_of(project, STATIC_STORAGES)
        for each in ast.walk(statement)
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and "." in each.value
    ]
    return any(not each.startswith(LOCAL_STORAGES) for each in names)


def drivers_are_installed(project: Project) -> Iterator[Finding]:
    """Report missing packages for PostgreSQL and memcached, and clients that cannot log in."""
    packages, declared = project.packages, project.declared
    if not packages.have("django"):
        return
    if declared.postgres and not packages.have(*POSTGRES_DRIVERS):
        message = "the requirements have no PostgreSQL driver"
        yield Finding(
            ("postgres",), "DS525", message, packages.to_add("psycopg[binary]"), at_key=True
        )
    if not declared.memcached:
        return
    if not packages.have(*SASL_CLIENTS):
        message = (
            f"the requirements have no memcached client that can log in to {declared.memcached}"
        )
        suggestion = packages.to_add("django-bmemcached")
        yield Finding(("memcached",), "DS526", message, suggestion, at_key=True)
    for each in packages.requirements:
        if each.name == "pylibmc" and SASL_PATH not in declared.config_vars:
            message = "pylibmc's wheel cannot find Ubuntu's SASL mechanisms, so it cannot log in"
            suggestion, at = "django-bmemcached instead", each.text.at(each.place)
            yield Finding(("memcached",), "DS527", message, suggestion, elsewhere=at)


def hosts_are_allowed(project: Project) -> Iterator[Finding]:
    """Report hosts that ALLOWED_HOSTS does not allow; Django answers them with 400."""
    reading = project.reading
    if not isinstance(project.settings, Module) or reading is None or reading.doubt(SETTING):
        return
    declared = project.declared
    if is_class_based(project.live.modules):
        return
    try:
        allowed = _allowed_hosts(project.settings, project.live, is_complete=declared.has_secrets)
    except Unclear:
        return
    path, at = _written(project, allowed)
    # A site with domains of its own works without the app's host name.
    code = "DS530" if declared.domains or allowed.domains() else "DS529"
    missing = [each for each in declared.domains if not allowed.cover(each)]
    if missing:
        message = f"{SETTING} does not allow {listed(missing)}"
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
            yield Finding(path, code, message, suggestion, elsewhere=at)
    elif declared.app and not allowed.cover_app(declared.app):
        message = f"{SETTING} does not allow the app's own host name under {HEROKU_DOMAIN}"
        yield Finding(path, code, message, f".{HEROKU_DOMAIN} in {SETTING}", elsewhere=at)


@lru_cache(maxsize=100)
def _allowed_hosts(settings: Module, live: Live, *, is_complete: bool) -> Hosts:
    """Return the hosts, determined once for all stacks with the same live settings."""
    return allowed_hosts(settings, live.reader.variables, is_complete=is_complete)


def _written(project: Project, allowed: Hosts) -> tuple[Path, Elsewhere | None]:
    """Return where the hosts are written: in a single config var or in the settings."""
    here = allowed.variables.intersection(project.declared.config_vars)
    if len(here) == 1 and here == allowed.variables:
        return ("app", "configVars", *here), None
    return SOURCE, statement(project, SETTING)


def _is_not_read(project: Project, variable: str, setting: str) -> bool:
    """Return whether the text shows that no module of the project reads a config var."""
    reading = project.reading
    if reading is None or reading.reads(variable) or reading.doubt(setting):
        return False
    parts = variable.split("_") if setting == "CACHES" else [variable]
    unused = _unused(project)
    return not any(
        all(part in text.content for part in parts)
        for text in project.folder.python_files()
        if text.file not in unused
    )


def _unused(project: Project) -> set[str]:
    """Return the files of the settings, of which only what runs counts, and of other settings."""
    whole = project.whole_settings
    if not isinstance(whole, Module):
        return set()
    files = {each.text.file for each in all_of(whole)}
    if locations.SETTINGS_VARIABLE in project.declared.config_vars and "/" in whole.text.file:
        folder = whole.text.file.rpartition("/")[0]
        texts = (each.file for each in project.folder.python_files())
        files |= {
            file for file in texts if file.rpartition("/")[0] == folder and "/settings" in file
        }
    return files


def statement(project: Project, name: str) -> Elsewhere | None:
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
    settings_of_commands_are_there,
    database_is_read,
    cache_is_read,
    static_files_have_a_place,
    drivers_are_installed,
    hosts_are_allowed,
)
