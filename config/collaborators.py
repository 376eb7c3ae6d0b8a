"""Who has access.  https://devcenter.heroku.com/articles/app-permissions"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from config.section import Finding, Section, near, one_of, problem, repeated, written

PERMISSIONS = ("view", "deploy", "operate", "manage")


def _in_lower_case(email: str) -> str:
    # Not str.lower itself: Pydantic asks for its signature, which for a builtin takes 20 ms.
    return email.lower()


Email = Annotated[
    str,
    written(
        "email",
        r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+",
        "an account is an email address",
        "an address such as dev@acme.example",
    ),
    AfterValidator(_in_lower_case),
]
"""An account's address in lower case: Heroku does not tell cases apart."""


def _permission(name: str) -> str:
    if name in PERMISSIONS:
        return name
    raise problem(f'permission "{name}" is not known to Heroku', one_of(name, PERMISSIONS))


class Collaborator(Section):
    """One person; on a team app with permissions, on a personal app without."""

    email: Email = Field(description="The person's account.", examples=["dev@acme.example"])
    permissions: list[Annotated[str, AfterValidator(_permission)]] | None = Field(
        None, description="On a team app: what the person may do.", examples=["[view, deploy]"]
    )


def the_same_twice(file: dict[str, object]) -> Iterator[Finding]:
    """Heroku keeps one entry for each account, and does not tell cases apart."""
    entries = list(_entries(file))
    emails = [str(entry.get("email", index)) for index, entry in entries]
    for again, first in repeated(emails):
        path = ("collaborators", entries[again][0], "email")
        says = f"{emails[again]} is already a collaborator on this app"
        if emails[again] != emails[first]:
            says += f", as {emails[first]}"
        yield Finding(path, says, "one entry for each person")


def permissions_fit_the_owner(file: dict[str, object]) -> Iterator[Finding]:
    """Permissions exist on team apps only, and there nobody is without."""
    team = _is_team_app(file)
    for index, entry in _entries(file):
        path = ("collaborators", index, "permissions")
        if team is False and "permissions" in entry:
            says = "a personal app has no permissions"
            yield Finding(path, says, "the email alone, or app.team when the app is a team's")
        if team and "permissions" not in entry:
            says = "permissions is missing: on a team app each collaborator has some"
            yield Finding(
                path, says, f"permissions: [view, deploy]; there are {', '.join(PERMISSIONS)}"
            )
        yield from _listed_permissions(path, entry.get("permissions"))


def _listed_permissions(path: tuple[str | int, ...], listed: object) -> Iterator[Finding]:
    if not isinstance(listed, list):
        return
    if not listed:
        yield Finding(path, "permissions is empty", f"one or more of {', '.join(PERMISSIONS)}")
    for again, _ in repeated(str(each) for each in listed):
        yield Finding((*path, again), f"{listed[again]} is listed twice", "each permission once")


def _entries(file: dict[str, object]) -> Iterator[tuple[int, dict[str, object]]]:
    listed = file.get("collaborators")
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, dict):
            yield index, entry


def _is_team_app(file: dict[str, object]) -> bool | None:
    """None when the file does not tell, because the app itself is written wrongly."""
    app = file.get("app")
    if not isinstance(app, dict):
        return None
    if "team" not in app and any(near(key, ["team"]) for key in app):
        return None
    return "team" in app


RULES = (the_same_twice, permissions_fit_the_owner)
