"""An app's domains.

https://devcenter.heroku.com/articles/custom-domains
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dynostack.inventory.platform_api import ApiError, PlatformApi

CUSTOM = "custom"


@dataclass(frozen=True)
class Domain:
    """One domain of an app's own; Heroku adds another one to each app."""

    hostname: str
    target: str
    """Its DNS target; empty until Heroku has one."""
    certificate: str = ""
    """The name of its certificate's endpoint; empty for none."""
    acm_status: str = ""
    """The status of the certificate that Heroku manages; empty if Heroku manages none."""
    created: str = ""


def parsed(listed: Iterable[Mapping[str, Any]]) -> tuple[Domain, ...]:
    """Return the domains in a response of the Platform API."""
    return tuple(
        Domain(
            each["hostname"],
            each["cname"] or "",
            (each.get("sni_endpoint") or {}).get("name", ""),
            each.get("acm_status") or "",
            each.get("created_at") or "",
        )
        for each in listed
        if each["kind"] == CUSTOM
    )


def dns_targets(api: PlatformApi, app: str) -> dict[str, str]:
    """Return the DNS target of each hostname of an app.

    Args:
        api: Heroku, with the key to use.
        app: the app's id or name.

    Raises:
        ApiError: Heroku refuses, cannot be reached, or returns an unexpected response.
    """
    try:
        listed = parsed(api.listing(f"/apps/{app}/domains"))
        return {each.hostname: each.target for each in listed if each.target}
    except KeyError as error:
        raise ApiError(f"{api.url}/apps/{app}/domains: the response lacks {error}") from None
