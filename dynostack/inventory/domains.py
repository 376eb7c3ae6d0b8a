"""An app's domains.

https://devcenter.heroku.com/articles/custom-domains
"""

from __future__ import annotations

from dynostack.inventory.platform_api import ApiError, PlatformApi


def dns_targets(api: PlatformApi, app: str) -> dict[str, str]:
    """Return the DNS target of each hostname of an app.

    Args:
        api: Heroku, with the key to use.
        app: the app's id or name.

    Raises:
        ApiError: Heroku refuses, cannot be reached, or returns an unexpected response.
    """
    try:
        listed = api.listing(f"/apps/{app}/domains")
        return {each["hostname"]: each["cname"] for each in listed if each["cname"]}
    except KeyError as error:
        raise ApiError(f"{api.url}/apps/{app}/domains: the response lacks {error}") from None
