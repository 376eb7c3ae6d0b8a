"""OAuth scopes: what a key without the global scope may be used for.

https://devcenter.heroku.com/articles/oauth#scopes: `identity` reads the account, `read` and `write`
are for apps except their secrets, `read-protected` and `write-protected` include these. The
account's own data, such as its keys, needs `global`.
"""

from __future__ import annotations

from collections.abc import Collection

from localheroku.auth.rights import AppRight, KeyRight, Right, TeamRight
from localheroku.core.errors import ForbiddenError

GLOBAL = "global"
SCOPES = (GLOBAL, "identity", "read", "write", "read-protected", "write-protected")
IDENTITY = ("GET /account", "GET /users/{user}")
OWN = ("account", "oauth", "users")
"""First segments of paths to the account's own data."""

READ_ONLY_POSTS = (
    "POST /actions/addons/resolve",
    "POST /actions/addon-attachments/resolve",
    "POST /filters/apps",
)
"""POST calls that only read: their bodies contain what to search for."""

READS = (GLOBAL, "read-protected", "write-protected")
WRITES = (GLOBAL, "write-protected")


class ScopeNeededError(ForbiddenError):
    message = "The scope of this key is {held}. This call needs one of: {accepted}."


def accepted(route: str, needs: Right) -> tuple[str, ...]:
    """Return the scopes that an endpoint accepts, in the order in which Heroku lists them."""
    method, _, path = route.partition(" ")
    reads = method == "GET" or route in READ_ONLY_POSTS
    if path.split("/")[1] in OWN and isinstance(needs, KeyRight) and not reads:
        return (GLOBAL,)
    if path.startswith("/oauth"):
        return (GLOBAL,)
    known = [*(READS if reads else WRITES)]
    if not (isinstance(needs, AppRight | TeamRight) and needs.secret) and not path.endswith(
        "/config-vars"
    ):
        known += ["read", "write"] if reads else ["write"]
    if route in IDENTITY:
        known.append("identity")
    return tuple(sorted(known))


def check(granted: Collection[str], needed: Collection[str]) -> None:
    """Raise ScopeNeededError unless the endpoint accepts one of the granted scopes."""
    if not {*granted} & {*needed}:
        raise ScopeNeededError(held=", ".join(sorted(granted)), accepted=", ".join(needed))
