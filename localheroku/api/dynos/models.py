"""Dynos: the processes that currently run for an app."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from localheroku.api.apps import models as apps
from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.errors import AppNotFoundError
from localheroku.api.apps.models import App
from localheroku.api.dynos import runtime
from localheroku.api.dynos.errors import (
    CommandError,
    DynoNotFoundError,
    LifetimeError,
    NoSlugError,
    TypeFormError,
)
from localheroku.api.dynos.formation import models as formation
from localheroku.core.clock import timestamp
from localheroku.core.runtime import Dyno, OneOff
from localheroku.core.state import Document, State
from localheroku.core.terminal_line import LineSource

RUN = "run"
PROCESS_TYPE = re.compile(r"[-\w]{1,128}")
# https://devcenter.heroku.com/articles/one-off-dynos#one-off-dyno-timeout
LONGEST_LIFE_SECONDS = 24 * 60 * 60


def every(state: State, app: App) -> list[Dyno]:
    return state.backends.dynos.dynos(app.id)


def find(state: State, app: App, identity: str) -> Dyno:
    """Return the app's dyno with an id or name.

    Raises:
        DynoNotFoundError: The app has no such dyno.
    """
    for dyno in every(state, app):
        if identity in (dyno.id, dyno.name):
            return dyno
    raise DynoNotFoundError


def addressed(state: State, app: App, identity: str) -> str:
    """Return the name of the dyno with an id or name, or the process type itself, such as `web`.

    Raises:
        DynoNotFoundError: The app has neither such a dyno nor dynos of such a type.
    """
    dynos = every(state, app)
    if any(dyno.type == identity for dyno in dynos):
        return identity
    return find(state, app, identity).name


def start(state: State, app: App, options: Mapping[str, Any], line: LineSource | None) -> Dyno:
    """Start a one-off dyno of the current release, attached to the terminal of `line`, if any.

    Raises:
        AppNotFoundError: The app is being removed.
        ParamsError: The app has no slug, or an option is invalid.
    """
    if not runtime.stays(state, app.id):
        raise AppNotFoundError
    found = runtime.released(state, app)
    if found is None:
        raise NoSlugError(app=app.name)
    app_runtime, slug = found
    size = options.get("size") or formation.DEFAULT_SIZE
    env = options.get("env") or {}
    env = {name: str(value) for name, value in env.items() if value is not None}
    config_vars.check_form(env)
    request = OneOff(
        command=_command(options["command"], slug.process_types),
        type=options.get("type") or RUN,
        size=formation.size_named(state, size),
        seconds=options.get("time_to_live") or LONGEST_LIFE_SECONDS,
        env=env,
        tty=not options.get("force_no_tty"),
    )
    if PROCESS_TYPE.fullmatch(request.type) is None:
        raise TypeFormError
    if not 1 <= request.seconds <= LONGEST_LIFE_SECONDS:
        raise LifetimeError(most=LONGEST_LIFE_SECONDS)
    return state.backends.dynos.start_once(app_runtime, request, line)


def _command(command: str, process_types: Mapping[str, str]) -> str:
    """Return the command to run; the name of a process type stands for its command.

    Raises:
        CommandError: The command is empty or contains a NUL character.
    """
    if not command.strip() or "\0" in command:
        raise CommandError
    first, space, rest = command.strip().partition(" ")
    return f"{process_types.get(first, first)}{space}{rest}"


def document(state: State, app: App, dyno: Dyno, attach_url: str | None = None) -> Document:
    return {
        "id": dyno.id,
        "name": dyno.name,
        "type": dyno.type,
        "command": dyno.command,
        "size": dyno.size,
        "state": dyno.state.value,
        "app": apps.brief(app),
        "release": asdict(dyno.release) if dyno.release else None,
        "attach_url": attach_url,
        "created_at": timestamp(state.clock.moved(dyno.created_at)),
        "updated_at": timestamp(state.clock.moved(dyno.updated_at)),
    }
