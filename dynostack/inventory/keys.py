"""Which API key a command uses, when one shell has the keys of several accounts.

HEROKU_API_KEY_<ACCOUNT> has the key of one account.  A command for a stack uses the key of the
stack's account, and its engine and plugins see no key of another account.
"""

from __future__ import annotations

import netrc
import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from urllib.parse import urlsplit

KEY, ADDRESS = "HEROKU_API_KEY", "HEROKU_API_URL"
HEROKU = "https://api.heroku.com"
_OF_ACCOUNT = f"{KEY}_"


def key_variable(account: str) -> str:
    """Return the environment variable with an account's key.

    Args:
        account: the account's email address, such as ops@acme.example.

    Returns:
        The name, such as HEROKU_API_KEY_OPS_ACME_EXAMPLE.
    """
    return _OF_ACCOUNT + re.sub(r"[^A-Z0-9]", "_", account.upper())


def key_names(account: str) -> str:
    """Return the variables that can have an account's key, for a message.

    Args:
        account: the account's email address; empty if it is unknown.
    """
    return f"{key_variable(account)} or {KEY}" if account else KEY


def account_variables(variables: Mapping[str, str] = os.environ) -> list[str]:
    """Return the names of the variables that have the key of one account."""
    return sorted(name for name in variables if name.startswith(_OF_ACCOUNT))


def select_key(account: str, variables: MutableMapping[str, str] = os.environ) -> None:
    """Make HEROKU_API_KEY the key of one account, and remove the keys of all accounts.

    An account without a variable of its own keeps HEROKU_API_KEY, or the key that `heroku login`
    stored; `dynostack.inventory.account` checks whose key that is.

    Args:
        account: the account's email address; empty if it is unknown.
        variables: the environment variables to change.
    """
    own = variables.get(key_variable(account), "") if account else ""
    for name in account_variables(variables):
        del variables[name]
    if own:
        variables[KEY] = own


def missing_key(stack: str, account: str, variables: Mapping[str, str] = os.environ) -> str:
    """Return why a stack has no API key, and what to set; empty if it has one.

    Args:
        stack: the stack's name.
        account: the email address of the account that the stack belongs to.
        variables: the environment variables after `select_key`.
    """
    if api_key(api_address(variables), variables):
        return ""
    return (
        f"stack {stack} belongs to {account}, and there is no API key"
        f"\n      = set {key_names(account)} to an API key of {account},"
        ' or run heroku login; for the local environment run eval "$(dynostack env)"'
    )


def api_address(variables: Mapping[str, str] = os.environ) -> str:
    """Return the address of the Platform API that the provider would use."""
    return variables.get(ADDRESS, HEROKU).rstrip("/")


def api_key(address: str, variables: Mapping[str, str] = os.environ) -> str:
    """Return the API key that the provider would use at an address; empty if there is none."""
    return variables.get(KEY) or _netrc_key(address, variables)


def _netrc_key(address: str, variables: Mapping[str, str]) -> str:
    """Return the key that `heroku login` stored; empty if the file cannot be read.

    The provider reports an unreadable file.
    """
    directory = variables.get("NETRC") or "~"
    path = Path(variables.get("NETRC_PATH") or Path(directory) / ".netrc").expanduser()
    try:
        entry = netrc.netrc(path).authenticators(urlsplit(address).netloc)
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError):
        return ""
    return str(entry[2]) if entry else ""
