"""Reading and changing an app's config vars, for three types of resources.

https://devcenter.heroku.com/articles/config-vars
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynostack.provider.answers import CONFIG_VARS, RELEASE
from dynostack.provider.check import Failure
from dynostack.provider.errors import ProviderError
from dynostack.provider.expected import TEXT, mapping, optional

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dynostack.provider.session import Session
    from dynostack.provider.values import Properties

_RELEASE_SECONDS = 20 * 60


async def change(session: Session, app_id: str, values: Mapping[str, str | None]) -> None:
    """Set config vars, or remove those that are ``None``, and wait until they are released."""
    if values:
        await put(session, app_id, values)
        await released(session, app_id)


async def put(session: Session, app_id: str, values: Mapping[str, str | None]) -> None:
    """Set config vars, or remove those that are ``None``."""
    session.discretion.remember(value for value in values.values() if value)
    names = (name for name, value in values.items() if value)
    expected = mapping(optional(TEXT), *names)
    await session.api.patch(f"/apps/{app_id}/config-vars", dict(values), expected)


async def read(session: Session, app_id: str) -> dict[str, str]:
    """Return all config vars that have a value."""
    values = await session.api.get(f"/apps/{app_id}/config-vars", CONFIG_VARS)
    known = {name: value for name, value in values.items() if value is not None}
    session.discretion.remember(known.values())
    return known


async def released(session: Session, app_id: str) -> None:
    """Wait until the app's newest release has ended.

    Raises:
        ProviderError: the app has no release, or the release failed.
    """
    path = f"/apps/{app_id}/releases"
    release = await session.api.newest(path, RELEASE, "version")
    if release is None:
        raise ProviderError(f"the app has no release of its changed config vars (GET {path})")
    if release["status"] == "pending":
        one = f"{path}/{release['id']}"
        release = await session.until(
            lambda: session.api.get(one, RELEASE, fresh=True),
            lambda now: now["status"] != "pending",
            within=_RELEASE_SECONDS,
            what=_title(release),
        )
    if release["status"] != "succeeded":
        raise ProviderError(
            f"{_title(release)} {release['status']}: the config vars are set, but the app still "
            "runs the previous release; see heroku releases:output"
        )


def _title(release: Any) -> str:
    return f"release v{release.get('version', '?')}"


def merged(properties: Properties, *names: str) -> dict[str, str]:
    """Return the config vars of several properties in one mapping."""
    return {key: value for name in names for key, value in (properties.get(name) or {}).items()}


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str | None]:
    """Return what to set and what to remove (``None``) to change old to new."""
    changed: dict[str, str | None] = {
        key: value for key, value in new.items() if old.get(key) != value
    }
    return changed | {key: None for key in old if key not in new}


def kept(known: Mapping[str, str], wanted: Any) -> dict[str, str]:
    """Return only those of the app's config vars that are wanted."""
    return {key: value for key, value in known.items() if key in (wanted or {})}


def twice(inputs: Properties, plain: str, sensitive: str) -> Iterator[Failure]:
    """Yield the config vars that both properties set."""
    sides = (inputs.get(plain), inputs.get(sensitive))
    if not all(isinstance(side, dict) for side in sides):
        return
    for key in sorted(set(sides[0] or {}) & set(sides[1] or {})):
        yield Failure(f"{plain}.{key}", f"is also in {sensitive}; leave one of them out")
