"""Whose API key is in use, asked of Heroku before anything is declared or reviewed."""

import os
from collections.abc import Mapping

from dynostack.inventory.platform_api import ApiError, PlatformApi


def refusal(stack: str, account: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return why a stack may not be used with the key at hand; empty when there is no reason.

    Where Heroku does not answer, or not with an account, the provider reports it in its own words.

    Args:
        stack: the stack's name.
        account: the email address of the account that the stack belongs to.
        environment: where the key is, as the provider finds it.
    """
    api = PlatformApi.of_environment(environment)
    email = _email(api) if api else ""
    if not api or not email or email.casefold() == account.casefold():
        return ""
    message = f"stack {stack} belongs to {account}, and the API key in use is {email}'s"
    if not api.is_local:
        return f"{message}\n      = write export HEROKU_API_KEY= and a key of {account}"
    enter = f'eval "$(dynostack env --as {account})"'
    return f"{message}\n      = write {enter}, or {email} as the account in Pulumi.{stack}.yaml"


def _email(api: PlatformApi) -> str:
    """Return the account's email address; empty where Heroku does not tell one."""
    try:
        account = api.get("/account")
    except ApiError:
        return ""
    email = account.get("email") if isinstance(account, dict) else None
    return email if isinstance(email, str) else ""
