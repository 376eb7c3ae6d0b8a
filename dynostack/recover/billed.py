"""Add-ons of a stack's apps that are billed but in no state of the project."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dynostack.engine.exported_state import ExportedState
from dynostack.engine.generated_names import is_generated
from dynostack.engine.process import PulumiProcess
from dynostack.environment import catalogue
from dynostack.environment.command_line import stack_command
from dynostack.environment.database_moves import PlanAndVersion, move_command, needed_move
from dynostack.inventory.app import LIVE, POSTGRES
from dynostack.inventory.platform_api import ApiError, ApiRefusal, PlatformApi
from dynostack.recover.errors import RecoverRefused
from dynostack.recover.identities import APP, NOT_FOUND
from dynostack.review.state import StackState, StoredDatabase

_GIVEN_UP = ("deprovisioned", "deprovisioning")


@dataclass(frozen=True)
class Unmanaged:
    """An add-on that no stack manages."""

    id: str
    name: str
    plan: str
    app: str
    since: str
    cents: int | None
    """The price in cents a month; None if it is unknown."""
    move: str = ""
    """The command that continues the interrupted move that created it; empty if none did."""

    @property
    def price(self) -> str:
        """Return the price as text, such as `$50 a month`."""
        return catalogue.price_text(self.cents)

    def lines(self, stack: str) -> Iterator[str]:
        """Yield lines that describe the add-on and the commands for it."""
        yield (
            f"add-on in no state: {self.name} ({self.plan}, {self.price}, app {self.app},"
            f" created {self.since})"
        )
        if self.move:
            yield f"  it may come from an interrupted move; to continue that move: {self.move}"
        yield f"  to destroy it and its data: {self.destroy_command(stack)}"

    def destroy_command(self, stack: str) -> str:
        """Return the command that destroys it."""
        options = ("--destroy", self.name, "--confirm", self.name)
        return stack_command("dynostack recover", stack, options=options)


def unmanaged(
    api: PlatformApi, runner: PulumiProcess, state: ExportedState, moving: Mapping[str, str]
) -> list[Unmanaged]:
    """Return the add-ons of a stack's apps that are in no state of the project.

    Args:
        api: Heroku, with the key to use.
        runner: the engine, which lists the other stacks.
        state: the stack's state.
        moving: the name of the new database of an interrupted move -> the program's name of the
            database that moves.

    Raises:
        ApiError: Heroku does not answer.
        EngineFailed: the state of another stack cannot be read.
    """
    found = [each for app in _apps(state) for each in _addons(api, app)]
    found = [each for each in found if each["id"] not in state.ids]
    if found:
        others = managed_elsewhere(runner, state.stack)
        found = [each for each in found if each["id"] not in others]
    databases = StackState.of(state.document).databases
    return [_described(each, state.stack, databases, moving) for each in found]


def _apps(state: ExportedState) -> list[str]:
    return [str(each["id"]) for each in state.resources if each["type"] == APP and each.get("id")]


def _addons(api: PlatformApi, app: str) -> list[Mapping[str, Any]]:
    try:
        listed = api.listing(f"/apps/{app}/addons")
        # Another app's add-on that is attached to this one is billed to the other app.
        own = [each for each in listed if app in (each["app"]["id"], each["app"]["name"])]
        return [each for each in own if each["state"] not in _GIVEN_UP]
    except ApiRefusal as refusal:
        if refusal.status == NOT_FOUND:
            return []
        raise
    except KeyError as error:
        raise ApiError(f"{api.url}/apps/{app}/addons: the response lacks {error}") from None


def managed_elsewhere(runner: PulumiProcess, stack: str) -> frozenset[str]:
    """Return the ids of everything that the other stacks of the backend manage.

    Pulumi Cloud can have thousands of stacks of other teams: there, only those of the project are
    read.

    Raises:
        EngineFailed: the state of another stack cannot be read.
    """
    options = () if runner.uses_cloud else ("--all",)
    names = [str(each["name"]) for each in runner.answer("stack", "ls", "--json", *options)]
    others = [name for name in names if name != stack]
    return frozenset().union(*(ExportedState.read(runner, name).ids for name in others))


def _described(
    addon: Mapping[str, Any],
    stack: str,
    databases: Collection[StoredDatabase],
    moving: Mapping[str, str],
) -> Unmanaged:
    name, plan = str(addon["name"]), str(addon["plan"]["name"])
    database = moving.get(name) or _moving(name, plan, databases)
    return Unmanaged(
        id=str(addon["id"]),
        name=name,
        plan=plan,
        app=str(addon["app"]["name"]),
        since=str(addon["created_at"]),
        cents=_cents(addon, plan),
        move=move_command(stack, database) if database else "",
    )


def _cents(addon: Mapping[str, Any], plan: str) -> int | None:
    """Return the monthly price in cents, from Heroku or else from the catalogue."""
    billed = (addon.get("billed_price") or {}).get("cents")
    if isinstance(billed, int):
        return billed
    service, _, name = plan.partition(":")
    return catalogue.monthly_price(service, name)


def _moving(name: str, plan: str, databases: Collection[StoredDatabase]) -> str:
    """Return the database whose move may have created an add-on; empty if there is none.

    The new database's name starts with the program's name of the old one, and its plan or version
    differs so much that it needs a move.
    """
    service, _, new = plan.partition(":")
    for each in databases:
        is_named = is_generated(name, each.name)
        if service == POSTGRES and is_named and needed_move(each.kind, PlanAndVersion(new)):
            return each.name
    return ""


def to_destroy(api: PlatformApi, found: Collection[Unmanaged], name: str) -> Unmanaged:
    """Return the add-on of a name, if it may be destroyed.

    Raises:
        RecoverRefused: there is no such add-on, it is a live database, or another app uses it.
        ApiError: Heroku does not answer.
    """
    addon = next((each for each in found if each.name == name), None)
    if addon is None:
        names = ", ".join(each.name for each in found) or "none"
        raise RecoverRefused(
            f"cannot destroy {name}: only add-ons that are in no state of this project can be"
            f" destroyed (found: {names})"
        )
    for each in api.listing(f"/addons/{addon.id}/addon-attachments"):
        app = each["app"]["name"]
        if each["name"] == LIVE:
            raise RecoverRefused(
                f"cannot destroy {name}: it is the live database of app {app}, behind DATABASE_URL"
                f"\n      = to make another database live, run heroku pg:promote NAME --app {app}"
            )
        if app != addon.app:
            raise RecoverRefused(
                f"cannot destroy {name}: app {app} uses it as {each['name']}"
                "\n      = if the app no longer needs it, run"
                f" heroku addons:detach {each['name']} --app {app}"
            )
    return addon


def destroy(api: PlatformApi, addon: Unmanaged) -> None:
    """Destroy an add-on with everything in it.

    Raises:
        ApiError: Heroku refuses, or cannot be reached.
    """
    api.send("DELETE", f"/apps/{addon.app}/addons/{addon.id}")
