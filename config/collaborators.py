"""Who has access.  https://devcenter.heroku.com/articles/app-permissions"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from config.finding import Finding, problem
from config.section import Check, Section, near, one_of, repeated, shortened, written
from config.subject import Subject

PERMISSIONS = ("view", "deploy", "operate", "manage")


def _in_lower_case(email: str) -> str:
    # Not str.lower itself: Pydantic asks for its signature, which for a builtin takes 20 ms.
    return email.lower()


Email = Annotated[
    str,
    written(
        "DS136",
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
    says = f'permission "{shortened(name)}" is not known to Heroku'
    raise problem("DS149", says, one_of(name, PERMISSIONS), near(name, PERMISSIONS))


class Collaborator(Section):
    """One person; on a team app with permissions, on a personal app without."""

    email: Email = Field(description="The person's account.", examples=["dev@acme.example"])
    permissions: list[Annotated[str, Check(_permission, {"enum": [*PERMISSIONS]})]] | None = Field(
        None, description="On a team app: what the person may do.", examples=["[view, deploy]"]
    )


def the_same_twice(subject: Subject) -> Iterator[Finding]:
    """Heroku keeps one entry for each account, and does not tell cases apart."""
    entries = list(_entries(subject))
    emails = [str(entry.get("email", index)) for index, entry in entries]
    for again, first in repeated(emails):
        path = ("collaborators", entries[again][0], "email")
        says = f"{emails[again]} is already a collaborator on this app"
        if emails[again] != emails[first]:
            says += f", as {emails[first]}"
        yield Finding(path, "DS302", says, "one entry for each person")


def permissions_fit_the_owner(subject: Subject) -> Iterator[Finding]:
    """Permissions exist on team apps only, and there nobody is without."""
    team = _is_team_app(subject)
    for index, entry in _entries(subject):
        path = ("collaborators", index, "permissions")
        if team is False and "permissions" in entry:
            says = "a personal app has no permissions"
            write = "the email alone, or app.team when the app is a team's"
            yield Finding(path, "DS303", says, write)
        if team and "permissions" not in entry:
            says = "permissions is missing: on a team app each collaborator has some"
            write = f"permissions: [view, deploy]; there are {', '.join(PERMISSIONS)}"
            yield Finding(path, "DS304", says, write)
        yield from _listed_permissions(path, entry.get("permissions"))


def _listed_permissions(path: tuple[str | int, ...], listed: object) -> Iterator[Finding]:
    if not isinstance(listed, list):
        return
    if not listed:
        write = f"one or more of {', '.join(PERMISSIONS)}"
        yield Finding(path, "DS305", "permissions is empty", write)
    for again, _ in repeated(str(each) for each in listed):
        says = f"{listed[again]} is listed twice"
        yield Finding((*path, again), "DS306", says, "each permission once")


def _entries(subject: Subject) -> Iterator[tuple[int, dict[str, object]]]:
    listed = subject.file.get("collaborators")
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, dict):
            yield index, entry


def _is_team_app(subject: Subject) -> bool | None:
    """None when the file does not tell, because the app itself is written wrongly."""
    app = subject.file.get("app")
    if not isinstance(app, dict):
        return None
    if "team" not in app and any(near(key, ["team"]) for key in app):
        return None
    return "team" in app


RULES = (the_same_twice, permissions_fit_the_owner)
