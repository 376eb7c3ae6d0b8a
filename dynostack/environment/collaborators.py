"""The people who have access to the app.

https://devcenter.heroku.com/articles/app-permissions
"""

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from dynostack.environment import derived_names
from dynostack.environment.app import App
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.section import Choice, Section, keys_of, near, repeated, written

Permission = Annotated[
    Literal["view", "deploy", "operate", "manage"],
    Choice("DS149", "permission", "a Heroku permission"),
]
PERMISSIONS: tuple[str, ...] = get_args(get_args(Permission)[0])


def _in_lower_case(email: str) -> str:
    # Not str.lower itself: Pydantic asks for its signature, which for a builtin takes 20 ms.
    return email.lower()


Email = Annotated[
    str,
    written(
        "DS136",
        "email",
        r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+",
        "it must be the email address of a Heroku account",
        "an address such as dev@acme.example",
        derived_names.email,
        certain=True,
    ),
    AfterValidator(_in_lower_case),
]
"""An account's email address in lowercase, because Heroku ignores case."""


class Collaborator(Section):
    """One person; with permissions on a team app, without on a personal app."""

    email: Email = Field(description="The person's account.", examples=["dev@acme.example"])
    permissions: list[Permission] | None = Field(
        None,
        description="What the person may do; only for team apps.",
        examples=[["view", "deploy"]],
    )


def the_same_twice(context: RuleContext) -> Iterator[Finding]:
    """Report repeated collaborators: Heroku keeps one entry per account and ignores case."""
    entries = list(_entries(context))
    emails = [str(entry.get("email", index)) for index, entry in entries]
    for again, first in repeated(emails):
        path = ("collaborators", entries[again][0], "email")
        message = f"{emails[again]} is already a collaborator on this app"
        if emails[again] != emails[first]:
            message += f", as {emails[first]}"
        yield Finding(path, "DS302", message, "one entry for each person")


def permissions_fit_the_owner(context: RuleContext) -> Iterator[Finding]:
    """Report missing and extra permissions: team apps require them, personal apps have none."""
    team = _is_team_app(context)
    for index, entry in _entries(context):
        path = ("collaborators", index, "permissions")
        if team is False and "permissions" in entry:
            message = "a collaborator of a personal app cannot have permissions"
            suggestion = "only the email, or set app.team if a team owns the app"
            yield Finding(path, "DS303", message, suggestion)
        if team and "permissions" not in entry:
            message = "permissions is missing: each collaborator of a team app needs permissions"
            suggestion = f"permissions: [view, deploy]; the choices are {', '.join(PERMISSIONS)}"
            yield Finding(path, "DS304", message, suggestion)
        yield from _listed_permissions(path, entry.get("permissions"))


def _listed_permissions(path: tuple[str | int, ...], listed: object) -> Iterator[Finding]:
    if not isinstance(listed, list):
        return
    if not listed:
        suggestion = f"one or more of {', '.join(PERMISSIONS)}"
        yield Finding(path, "DS305", "permissions is empty", suggestion)
    for again, _ in repeated(str(each) for each in listed):
        message = f"{listed[again]} is listed twice"
        yield Finding((*path, again), "DS306", message, "each permission once")


def _entries(context: RuleContext) -> Iterator[tuple[int, dict[str, object]]]:
    listed = context.file.get("collaborators")
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, dict):
            yield index, entry


def _is_team_app(context: RuleContext) -> bool | None:
    """Return whether the app is a team's, or None if the section app is invalid."""
    app = context.file.get("app")
    if not isinstance(app, dict):
        return None
    if "team" in app:
        return True
    unknown = app.keys() - set(keys_of(App))
    return None if any(near(key, ["team"]) for key in unknown) else False


RULES = (the_same_twice, permissions_fit_the_owner)
