"""What ALLOWED_HOSTS lacks for an app: a config var if it suffices, or else a line of code."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dynostack.environment.django.hosts import (
    HEROKU_DOMAIN,
    LOCAL_DOMAIN,
    SETTING,
    WHILE_DEBUGGING,
    Hosts,
    allowed_hosts,
    separator,
)
from dynostack.environment.django.imports import executed
from dynostack.environment.django.modules import Module
from dynostack.environment.django.project import Project
from dynostack.environment.django.setting import hosts_are_allowed
from dynostack.environment.django.values import Unclear
from dynostack.environment.django.variables import variables_in_lists, variables_of_setting
from dynostack.scaffold.setting_lines import added


def value_of_config_var(project: Project) -> str | None:
    """Return the line of the stack's file with which the settings allow the app's hosts."""
    if not isinstance(project.settings, Module):
        return None
    modules = executed(project)
    allowed = _allowed(project)
    named = variables_of_setting(modules, SETTING) or (allowed.variables if allowed else set())
    names = named - variables_in_lists(modules, SETTING)
    if len(names) != 1 or (allowed is not None and not any(hosts_are_allowed(project))):
        return None
    name = min(names)
    before = project.declared.config_vars.get(name, "")
    if allowed is None and (before or name in project.declared.config_vars):
        return None  # it is set, and how the settings read it is unclear
    if before is None:
        return None  # an encrypted value
    between = separator(project.settings, names)
    given = [each.strip() for each in before.split(between) if each.strip()]
    local = f".{LOCAL_DOMAIN}" if not project.declared.is_local else ""
    wanted = (each for each in _hosts(project) if each != local)
    hosts = [*given, *(each for each in wanted if not Hosts(tuple(given)).cover(each))]
    return f'{name}: "{between.join(hosts)}"'


def missing_hosts(project: Project) -> Iterator[str]:
    """Yield the line of the settings that allows the app's hosts."""
    hosts = _hosts(project)
    if not isinstance(project.settings, Module):
        if project.settings is None:
            yield f"{SETTING} = {_value(project, hosts)}"
        return
    if value_of_config_var(project) or not any(hosts_are_allowed(project)):
        return
    allowed = _allowed(project)
    if allowed and SETTING not in project.declared.config_vars:
        missing = [each for each in hosts if not allowed.cover(each.removeprefix("."))]
        yield added(executed(project), SETTING, missing)
    else:
        yield f"{SETTING} = {_value(project, hosts)}"


def _value(project: Project, hosts: list[str]) -> str:
    if SETTING in project.declared.config_vars:
        return f'[host for host in os.environ.get("{SETTING}", "").split(",") if host]'
    return json.dumps(hosts)


def _hosts(project: Project) -> list[str]:
    domains = (domain.removeprefix("*") for domain in project.declared.domains)
    return [f".{HEROKU_DOMAIN}", f".{LOCAL_DOMAIN}", *domains]


def _allowed(project: Project) -> Hosts | None:
    """Return what the settings allow, or None if that is unclear."""
    if not isinstance(project.settings, Module):
        return None
    try:
        allowed = allowed_hosts(
            project.settings,
            project.live.reader.variables,
            is_complete=project.declared.has_secrets,
        )
    except Unclear:
        return None
    return Hosts(()) if allowed.patterns == WHILE_DEBUGGING else allowed
