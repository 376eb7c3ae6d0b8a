"""Which hosts ALLOWED_HOSTS lets in.

https://docs.djangoproject.com/en/5.2/ref/settings/#allowed-hosts
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dynostack.environment.django.expressions import Reader, Unclear
from dynostack.environment.django.modules import Module

SETTING = "ALLOWED_HOSTS"
HEROKU_DOMAIN = "herokuapp.com"
LOCAL_DOMAIN = "localhost"
"""Under which the local Heroku serves its apps."""

WHILE_DEBUGGING = (f".{LOCAL_DOMAIN}", "127.0.0.1", "[::1]")
"""What Django lets in where DEBUG is true and the setting is empty."""


@dataclass(frozen=True)
class Hosts:
    """The patterns that ALLOWED_HOSTS holds, and where they come from."""

    patterns: tuple[str, ...]
    variables: frozenset[str] = frozenset()
    """The config vars whose values took part."""

    def cover(self, host: str) -> bool:
        """Whether Django answers requests for a host, or for any host under `*.`."""
        asked = host.replace("*", "any-host-at-all")
        return any(_covers(pattern.lower(), asked) for pattern in self.patterns)

    def cover_app(self, app: str) -> bool:
        """Whether Django answers at the app's own name, whose twelve last letters Heroku picks.

        https://devcenter.heroku.com/articles/app-names-and-subdomains
        """
        own = re.compile(rf"{re.escape(app)}-[0-9a-f]{{12}}(\.[a-z0-9-]+)?\.herokuapp\.com")
        return self.cover(f"{app}.{HEROKU_DOMAIN}") or any(
            own.fullmatch(pattern.lower()) for pattern in self.patterns
        )

    def cover_local(self, app: str) -> bool:
        """Whether Django answers at the app's name on the local Heroku."""
        return self.cover(f"{app}.{LOCAL_DOMAIN}")


def hosts(settings: Module, variables: Mapping[str, str | None]) -> Hosts:
    """ALLOWED_HOSTS of a settings module, with these config vars; None is a value not known here.

    Raises:
        Unclear: the text does not say.
    """
    reader = Reader(variables)
    try:
        value = reader.setting(settings, SETTING)
    except RecursionError:
        raise Unclear from None
    found = [] if value is None else value
    if not isinstance(found, list):
        raise Unclear
    patterns = tuple(each for each in found if isinstance(each, str))
    if len(patterns) < len(found):
        raise Unclear
    used = frozenset(reader.used)
    if not patterns and _may_debug(reader, settings):
        patterns = WHILE_DEBUGGING
    return Hosts(patterns, used)


def _may_debug(reader: Reader, settings: Module) -> bool:
    """Whether DEBUG is true, or may be."""
    try:
        return bool(reader.setting(settings, "DEBUG"))
    except (Unclear, RecursionError):
        return True


def _covers(pattern: str, host: str) -> bool:
    if pattern.startswith("."):
        return host == pattern[1:] or host.endswith(pattern)
    return pattern in {"*", host}
