"""The check that the API key belongs to a stack's account, before anything is declared."""

import os
from collections.abc import Mapping

from dynostack.inventory.keys import key_names
from dynostack.inventory.platform_api import ApiError, PlatformApi


def refusal(stack: str, account: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return why a stack must not be used with the current API key; empty if it may be used.

    If Heroku does not return an account, the result is empty: the provider reports the problem.

    Args:
        stack: the stack's name.
        account: the email address of the account that the stack belongs to.
        environment: the environment variables, which have the key.
    """
    api = PlatformApi.of_environment(environment)
    email = _email(api) if api else ""
    if not api or not email or email.casefold() == account.casefold():
        return ""
    message = f"stack {stack} belongs to {account}, but the API key in use belongs to {email}"
    if not api.is_local:
        return f"{message}\n      = set {key_names(account)} to an API key of {account}"
    enter = f'eval "$(dynostack env --as {account})"'
    return f"{message}\n      = run {enter}, or set the account in Pulumi.{stack}.yaml to {email}"


def _email(api: PlatformApi) -> str:
    """Return the account's email address; empty if Heroku does not return one."""
    try:
        account = api.get("/account")
    except ApiError:
        return ""
    email = account.get("email") if isinstance(account, dict) else None
    return email if isinstance(email, str) else ""
