"""The adoption of many apps, one after another."""

from __future__ import annotations

from urllib.parse import quote

from dynostack.adopt.command import AdoptCommand
from dynostack.adopt.errors import AdoptRefused
from dynostack.engine.process import EngineFailed
from dynostack.inventory.platform_api import ApiError, ApiRefusal
from dynostack.recover.errors import RecoverRefused
from dynostack.secrets.errors import SecretRefused

DONE, FAILED = 0, 1


def adopt_all(command: AdoptCommand, team: str) -> int:
    """Adopt every app, each into the stack that is named after it.

    An app that cannot be adopted does not stop the others.

    Args:
        command: the command for one app.
        team: the name of the team whose apps to adopt; empty for all that the account can see.

    Returns:
        The exit code: 0 if all apps were adopted, 1 otherwise.

    Raises:
        AdoptRefused: there are no apps, or no such team.
        ApiError: Heroku does not answer.
    """
    names = _names(command, team)
    failed: list[str] = []
    for number, name in enumerate(names, 1):
        command.say(f"{number} of {len(names)}: {name}")
        try:
            command.adopt(name)
        except (AdoptRefused, ApiError, EngineFailed, RecoverRefused, SecretRefused) as error:
            command.say(str(error))
            failed.append(name)
    if not failed:
        command.say(f"{'described' if command.dry_run else 'adopted'} all {len(names)} apps")
        return DONE
    command.say(
        f"{len(failed)} of {len(names)} apps were not adopted: {', '.join(failed)}; run the same"
        " command again after you have followed the advice above"
    )
    return FAILED


def _names(command: AdoptCommand, team: str) -> list[str]:
    path = f"/teams/{quote(team, safe='')}/apps" if team else "/apps"
    try:
        listed = command.api.listing(path)
    except ApiRefusal as refusal:
        whose = f"the team {team}" if team else "the account"
        raise AdoptRefused(f"cannot list the apps of {whose}: {refusal}") from None
    if not listed:
        raise AdoptRefused("there are no apps to adopt")
    return sorted(str(each["name"]) for each in listed)
