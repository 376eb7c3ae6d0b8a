"""An app's domains.  https://devcenter.heroku.com/articles/custom-domains"""

from __future__ import annotations

from dynostack.inventory.platform_api import ApiError, PlatformApi


def dns_targets(api: PlatformApi, app: str) -> dict[str, str]:
    """Return each hostname of an app with the DNS target that its record points at.

    Args:
        api: Heroku, with the key to use.
        app: the app's id or name.

    Raises:
        ApiError: Heroku refuses, cannot be reached, or answers in another shape.
    """
    try:
        listed = api.listing(f"/apps/{app}/domains")
        return {each["hostname"]: each["cname"] for each in listed if each["cname"]}
    except KeyError as error:
        raise ApiError(f"{api.url}/apps/{app}/domains: {error} is missing") from None
