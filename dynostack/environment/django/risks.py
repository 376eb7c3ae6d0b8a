"""Rules about values of settings: risks in production, and config vars that nobody sets."""

import json
import textwrap
from collections.abc import Iterator

from dynostack.environment import catalogue
from dynostack.environment.command_line import stack_command
from dynostack.environment.diagnostics.finding import Elsewhere, Finding, Path
from dynostack.environment.django.expressions import Reader
from dynostack.environment.django.imports import executed
from dynostack.environment.django.modules import Module
from dynostack.environment.django.project import Project
from dynostack.environment.django.setting import SOURCE, statement
from dynostack.environment.django.settings_classes import is_class_based
from dynostack.environment.django.values import FALSE, SQLITE, DatabaseAddress, Unclear, is_true
from dynostack.environment.django.variables import (
    place_of,
    required_variables,
    variables_of_setting,
)

DEBUG, SECRET_KEY, DATABASES = "DEBUG", "SECRET_KEY", "DATABASES"
SPATIALITE = "django.contrib.gis.db.backends.spatialite"
WAYS_TO_SAY_NO = ("0", "False", "false", "FALSE", "no", "off")
"""Texts that settings take for false."""

MOST = 5
"""Maximum number of config vars to name."""

NAMED_BY_HEROKU = ("HEROKU_", "DYNO")


def no_debugging_in_production(project: Project) -> Iterator[Finding]:
    """Report DEBUG = True in production, which shows code and settings to every visitor."""
    value = _value(project, DEBUG)
    if value is None or not project.declared.is_production:
        return
    try:
        if not is_true(value):
            return
    except Unclear:
        return
    message = "DEBUG is true in production, so errors show code and settings to every visitor"
    path, at, suggestion = _where_to_debug(project)
    yield Finding(path, "DS534", message, suggestion, elsewhere=at)


def no_secret_key_in_the_source(project: Project) -> Iterator[Finding]:
    """Report a SECRET_KEY in production that everybody who reads the source knows."""
    value = _value(project, SECRET_KEY)
    if not isinstance(value, str) or not value or not project.declared.is_production:
        return
    if any(each == value for each in project.declared.config_vars.values()):
        return  # DS401 reports a secret in plain text
    names = [
        name
        for name in sorted(variables_of_setting(executed(project), SECRET_KEY))
        if ("KEY" in name or "SECRET" in name)
        and not isinstance(_value_with(project, SECRET_KEY, name, None), str)
    ]
    at = statement(project, SECRET_KEY)
    message = f"{SECRET_KEY} is in the source, so it signs sessions with a key that is no secret"
    name = names[0] if names else SECRET_KEY
    command = stack_command("dynostack secret set", project.declared.stack, name)
    if names:
        message = f"{names[0]} is not set, so {SECRET_KEY} is the default in the source"
        suggestion = f"a secret, with: {command}"
    else:
        suggestion = f'{SECRET_KEY} = os.environ["{SECRET_KEY}"], and run: {command}'
    yield Finding(SOURCE, "DS535", message, suggestion, elsewhere=at)


def no_file_as_database(project: Project) -> Iterator[Finding]:
    """Report SQLite in production: a dyno loses its files whenever it restarts."""
    value = _value(project, DATABASES)
    default = value.get("default") if isinstance(value, dict) else None
    engine = default.engine if isinstance(default, DatabaseAddress) else ""
    if isinstance(default, dict):
        engine = default.get("ENGINE", "")
    if engine not in {SQLITE, SPATIALITE} or not project.declared.is_production:
        return
    if project.declared.postgres:
        return  # DS523 reports settings that ignore the database
    message = "the database is an SQLite file, which is lost whenever a dyno restarts"
    suggestion = "a postgres section in this file, and settings that read DATABASE_URL"
    yield Finding(SOURCE, "DS536", message, suggestion, elsewhere=statement(project, DATABASES))


def required_config_vars_are_set(project: Project) -> Iterator[Finding]:
    """Report config vars without a default that settings read and nobody sets.

    A file without encrypted config vars does not show what the app has: its team may set secrets
    with the Heroku CLI.  Only a file with secrets is taken to be complete.
    """
    declared = project.declared
    if not declared.has_secrets or declared.is_local:
        return
    missing = unset_config_vars(project)
    if not missing:
        return
    first = place_of(executed(project), missing[0])
    described = [_described(project, each) for each in missing[:MOST]]
    listed = ", ".join(described) + (f" and {len(missing) - MOST} more" if missing[MOST:] else "")
    what = "config vars" if len(missing) > 1 else "the config var"
    message = f"the settings need {what} {listed}, which neither this file nor an add-on sets"
    suggestion = "; ".join(_ways_to_set(declared.stack, missing[:MOST]))
    yield Finding(SOURCE, "DS533", message, suggestion, elsewhere=first)


def _described(project: Project, name: str) -> str:
    """Return the name of a config var with its description in app.json, if there is one."""
    text = project.folder.read("app.json")
    try:
        entry = json.loads(text.content)["env"][name] if text else None
    except (ValueError, KeyError, TypeError):
        entry = None
    description = entry.get("description") if isinstance(entry, dict) else None
    if not isinstance(description, str):
        return name
    return f"{name} ({textwrap.shorten(description, 60, placeholder=' ...')})"


def _ways_to_set(stack: str, names: list[str]) -> Iterator[str]:
    """Yield how to set config vars: with an add-on that sets them, or one by one."""
    for name in names:
        if service := _service_of(name):
            yield f"an add-on of {service}, which sets {name}"
    if by_hand := [name for name in names if not _service_of(name)]:
        what, each = ("them", ", for each") if len(by_hand) > 1 else ("it", "")
        what = "the others" if len(by_hand) < len(names) else what
        command = stack_command("dynostack secret set", stack, by_hand[0])
        yield f"{what} under configVars, or run{each}: {command}"


def unset_config_vars(project: Project) -> list[str]:
    """Return the config vars that the settings need and neither the file nor an add-on sets."""
    declared = project.declared
    if project.reading is None or project.reading.is_dynamic or declared.has_unknown_addons:
        return []
    known = {*declared.variables(project.source.dotenv), *_of_caches(project)}
    required = required_variables(executed(project), is_certain=True)
    return [name for name in required if name not in known and not name.startswith(NAMED_BY_HEROKU)]


def _service_of(variable: str) -> str:
    """Return the service whose add-on sets a config var, or ""."""
    return next((each.name for each in catalogue.services() if variable in each.sets), "")


def _of_caches(project: Project) -> Iterator[str]:
    """Yield the config vars of all caches if there is one: DS524 reports those of another one."""
    for service in catalogue.MEMCACHED_SERVICES.names if project.declared.memcached else ():
        yield from catalogue.config_vars_set_by(service)


def _value(project: Project, name: str) -> object:
    """Return the value of a setting on Heroku, or None if it is unknown or not set."""
    settings = project.settings
    if not isinstance(settings, Module) or project.reading is None:
        return None
    if project.reading.doubt(name) or is_class_based(project.live.modules):
        return None
    try:
        return project.live.reader.setting(settings, name)
    except (Unclear, RecursionError):
        return None


def _where_to_debug(project: Project) -> tuple[Path, Elsewhere | None, str]:
    """Return where DEBUG gets its value, and what to write there."""
    variables = project.declared.config_vars
    names = sorted(variables_of_setting(executed(project), DEBUG))
    here = next((name for name in names if name in variables), "")
    if here and (variables[here] or "").lower() in FALSE:
        suggestion = "nothing here: the settings take any text for true"
        return ("app", "configVars", here), None, suggestion
    at = statement(project, DEBUG)
    for name in [here] if here else names:
        if DEBUG not in name:
            return SOURCE, at, f"a config var {name} with which {DEBUG} is false"
        for text in WAYS_TO_SAY_NO:
            if _value_with(project, DEBUG, name, text) is False:
                if here:
                    return ("app", "configVars", here), None, f'"{text}"'
                return SOURCE, at, f'{name}: "{text}" under configVars in this file'
    return SOURCE, at, f'{DEBUG} = os.environ.get("{DEBUG}") == "1"'


def _value_with(project: Project, setting: str, variable: str, value: str | None) -> object:
    """Return a setting's value if a config var had a value, or None if that is unclear."""
    module = project.whole_settings
    if not isinstance(module, Module):
        return None
    try:
        return Reader({**project.live.reader.variables, variable: value}).setting(module, setting)
    except (Unclear, RecursionError):
        return None


RULES = (
    no_debugging_in_production,
    no_secret_key_in_the_source,
    no_file_as_database,
    required_config_vars_are_set,
)
