"""The checks before a move, for problems that would otherwise appear during the downtime."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from dynostack.databases.app import HerokuApp, is_spare
from dynostack.databases.errors import MoveRefused
from dynostack.databases.move import text_afterwards
from dynostack.databases.record import MoveRecord, Writer
from dynostack.databases.request import Asked, Project
from dynostack.databases.transfers import size
from dynostack.environment import catalogue
from dynostack.environment.database_moves import ESSENTIAL
from dynostack.inventory.app import LIVE
from dynostack.inventory.platform_api import ApiRefusal, PlatformApi
from dynostack.review.engine import Engine
from dynostack.review.redaction import Mask, known_secrets
from dynostack.review.step import name_of

MEGABYTE = 1 << 20
MANAGE = "manage"
OPERATE = "operate"
SHIELD = "shield"
POOL = "connection-pooling"
Attachments = Sequence[Mapping[str, Any]]


def check(
    project: Project, asked: Asked, writers: tuple[Writer, ...], say: Callable[[str], None]
) -> None:
    """Check that the move is possible.

    Raises:
        MoveRefused: it is not; the message lists every reason.
        ApiError: Heroku does not respond.
        EngineFailed: the preview failed.
    """
    attached = project.api.listing(f"/addons/{asked.record.old.addon}/addon-attachments")
    problems = [
        *_live(project, asked),
        *_shield(asked.record),
        *_pools(asked.record),
        *_plan(project.api, asked),
        *_fits(asked, writers),
        *_rights(project.api, writers),
        *_attachments(attached, asked.record),
        *_copied_urls(project.api, attached, asked.record, writers),
        *_file(project, asked.record),
    ]
    if not problems:
        problems += _drift(project, say)
    if problems:
        raise MoveRefused("\n".join(problems))


def _live(project: Project, asked: Asked) -> Iterator[str]:
    """Yield an error if DATABASE_URL belongs to a database that the stack does not manage."""
    record = asked.record
    live = HerokuApp(project.api, record.app).attached(LIVE)
    if live in ("", record.old.addon):
        return
    if all(each.get("id") != live for each in asked.state.resources):
        name = project.api.get(f"/addons/{live}")["name"]
        yield (
            f"DATABASE_URL of {record.app} belongs to {name}, which is not in the state of stack"
            f" {project.stack}; import it first, or promote {record.old.name} with heroku"
            " pg:promote"
        )


def _shield(record: MoveRecord) -> Iterator[str]:
    """Yield why a Shield database cannot be moved.

    https://devcenter.heroku.com/articles/upgrading-heroku-postgres-databases
    """
    if SHIELD in (side.plan.partition("-")[0] for side in (record.old, record.new)):
        yield "Heroku neither backs up nor copies Shield databases; ask its support for a way"


def _pools(record: MoveRecord) -> Iterator[str]:
    """Yield the attachments that an Essential plan does not have.

    https://devcenter.heroku.com/articles/postgres-connection-pooling
    """
    if record.new.plan.startswith(ESSENTIAL):
        for each in record.attachments:
            if (each.namespace or "").startswith(POOL):
                yield (
                    f"attachment {each.name} of {each.app} is a connection pool, which"
                    f" {record.new.plan} does not have; detach it first, or choose another plan"
                )


def _plan(api: PlatformApi, asked: Asked) -> Iterator[str]:
    plan = f"{catalogue.POSTGRES_SERVICE}:{asked.record.new.plan}"
    try:
        found = api.get(f"/plans/{plan}")
    except ApiRefusal as refusal:
        yield f"Heroku does not offer plan {asked.record.new.plan}: {refusal}"
        return
    if found.get("state") not in (None, "public", "ga", "beta"):
        yield f"Heroku does not offer plan {asked.record.new.plan}: it is {found['state']}"


def _fits(asked: Asked, writers: tuple[Writer, ...]) -> Iterator[str]:
    plan, details = asked.record.new.plan, asked.details
    storage, connections = catalogue.storage(plan), catalogue.connection_limit(plan)
    if storage is not None and details.size > storage * MEGABYTE:
        yield (
            f"{plan} holds {size(storage * MEGABYTE)}, but {asked.record.old.name} has"
            f" {size(details.size)}; choose a larger plan"
        )
    dynos = sum(sum(each.formation.values()) for each in writers)
    if connections is not None and dynos > connections:
        yield (
            f"{plan} allows {connections} connections, but {dynos} dynos use the database; choose"
            " a plan with more connections, or run fewer dynos"
        )


def _rights(api: PlatformApi, writers: tuple[Writer, ...]) -> Iterator[str]:
    """Yield an error for each app that the account may not scale or add add-ons to."""
    email = str(api.get("/account")["email"])
    for writer in writers:
        app: Mapping[str, Any] = api.get(f"/apps/{writer.app}")
        if app["owner"]["email"] == email:
            continue
        try:
            found = api.get(f"/apps/{writer.app}/collaborators/{email}")
        except ApiRefusal:
            continue  # an admin of the team has every right without being a collaborator
        names = {each["name"] for each in found.get("permissions") or ()}
        if names and (lacking := {MANAGE, OPERATE} - names):
            yield (
                f"{email} needs {' and '.join(sorted(lacking))} permission on app {writer.app},"
                " which uses the database; ask a team admin to grant it"
            )


def _attachments(attached: Attachments, record: MoveRecord) -> Iterator[str]:
    """Yield why nothing would lead to the new database, or to less of it."""
    if all(each["app"]["name"] == record.app and is_spare(each["name"]) for each in attached):
        names = ", ".join(each["name"] for each in attached)
        yield (
            f"{record.app} has {record.old.name} only as {names}, a name that Heroku chose and that"
            " stays with the old database; attach it under a name of your own first, and let the"
            " app use that one"
        )


def _copied_urls(
    api: PlatformApi, attached: Attachments, record: MoveRecord, writers: tuple[Writer, ...]
) -> Iterator[str]:
    """Yield the config vars that hold the database's password without an attachment.

    Nothing changes them, so the app would go on writing to the old database.  The scheme of such a
    copy is often another one: https://docs.sqlalchemy.org/en/20/changelog/changelog_14.html
    """
    for app in dict.fromkeys([record.app, *(each.app for each in writers)]):
        variables = HerokuApp(api, app).config_vars()
        names = {f"{each['name']}_URL" for each in attached if each["app"]["name"] == app}
        passwords = {urlsplit(variables[name]).password for name in names if name in variables}
        for name, value in variables.items():
            if name not in names and any(each and each in value for each in passwords):
                yield (
                    f"config var {name} of {app} contains a copy of the database's URL or password;"
                    " let the app read the attachment's own config var, or attach the database"
                    " under that name"
                )


def _file(project: Project, record: MoveRecord) -> Iterator[str]:
    """Yield why the file could not say what is true after the move."""
    try:
        project.file.environment(text_afterwards(project.file, record))
    except MoveRefused as refusal:
        yield (f"{project.file.name} could not declare both databases after the move:\n{refusal}")


def _drift(project: Project, say: Callable[[str], None]) -> Iterator[str]:
    with Engine(project.workspace, project.stack).preview(say) as running:
        preview = running.planned(lambda _: None).preview
    hidden = known_secrets(project.workspace.project, project.stack)
    yield from map(Mask.of(preview, hidden), preview.errors)
    changed = ", ".join(sorted({name_of(step.urn) for step in preview.drift}))
    if changed:
        yield (
            f"{changed} changed on Heroku outside Pulumi; to see the changes, run: dynostack review"
            f" {project.stack}"
        )
