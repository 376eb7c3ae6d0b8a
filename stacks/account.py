"""Whose API key the engine was given, asked of Heroku before anything is declared."""

import json
import netrc
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

HEROKU = "https://api.heroku.com"
ACCEPT = "application/vnd.heroku+json; version=3"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SECONDS = 10.0
"""How long Heroku may take to answer."""


def refusal(stack: str, account: str, environment: Mapping[str, str] = os.environ) -> str:
    """Why this stack is not declared with the key at hand; nothing when there is no reason.

    Where Heroku does not answer, or not with an account, the provider says so in its own words.

    Args:
        stack: the stack's name.
        account: the email address of the account that it belongs to.
        environment: where the key is, as the provider finds it.
    """
    url = environment.get("HEROKU_API_URL", HEROKU).rstrip("/")
    if not (key := environment.get("HEROKU_API_KEY") or _netrc_key(url, environment)):
        return ""
    email = _email(url, key)
    if not email or email.casefold() == account.casefold():
        return ""
    says = f"stack {stack} belongs to {account}, and the API key in use is {email}'s"
    if urlsplit(url).hostname not in LOOPBACK:
        return f"{says}\n      = write export HEROKU_API_KEY= and a key of {account}"
    enter = f'eval "$(dynostack env --as {account})"'
    return f"{says}\n      = write {enter}, or {email} as the account in Pulumi.{stack}.yaml"


def _email(url: str, key: str) -> str:
    """The account's email address; nothing where Heroku does not tell one."""
    headers = {"Accept": ACCEPT, "User-Agent": "dynostack-program"}
    # This machine needs no proxy, whatever the environment says of others.
    own = [ProxyHandler({})] if urlsplit(url).hostname in LOOPBACK else []
    try:
        request = Request(f"{url}/account", headers=headers)  # noqa: S310 - the user's own address
        # Another host that this one leads to gets no key.
        request.add_unredirected_header("Authorization", f"Bearer {key}")
        with build_opener(*own).open(request, timeout=SECONDS) as answer:
            account = json.load(answer)
    except (HTTPError, OSError, ValueError):
        return ""
    email = account.get("email") if isinstance(account, dict) else None
    return email if isinstance(email, str) else ""


def _netrc_key(url: str, environment: Mapping[str, str]) -> str:
    """Where `heroku login` leaves it; a file that cannot be read is the provider's to tell."""
    directory = environment.get("NETRC") or "~"
    path = Path(environment.get("NETRC_PATH") or Path(directory) / ".netrc").expanduser()
    try:
        entry = netrc.netrc(path).authenticators(urlsplit(url).netloc)
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError):
        return ""
    return str(entry[2]) if entry else ""
