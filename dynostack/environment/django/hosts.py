"""The hosts that ALLOWED_HOSTS allows.

https://docs.djangoproject.com/en/5.2/ref/settings/#allowed-hosts
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from dynostack.environment.django.expressions import Reader
from dynostack.environment.django.modules import Module
from dynostack.environment.django.values import Unclear, is_true
from dynostack.environment.domains import HEROKU_DOMAIN as HEROKU_DOMAIN

SETTING = "ALLOWED_HOSTS"
LOCAL_DOMAIN = "localhost"
"""The domain under which the local Heroku serves its apps."""

SEPARATORS = (",", " ", ";")

WHILE_DEBUGGING = (f".{LOCAL_DOMAIN}", "127.0.0.1", "[::1]")
"""The hosts that Django allows if DEBUG is true and the setting is empty."""

OWN_DOMAIN = re.compile(
    r"(?!(.*\.)?(herokuapp\.com|localhost|test|internal)$)([a-z0-9-]+\.)+[a-z][a-z0-9-]*"
)
"""Matches host names that can be an app's domain: not Heroku's, nor a developer's own."""


class Hosts(NamedTuple):
    """The patterns in ALLOWED_HOSTS and the config vars that they come from."""

    patterns: tuple[str, ...]
    variables: frozenset[str] = frozenset()
    """The config vars that the setting's value depends on."""

    def cover(self, host: str) -> bool:
        """Return whether Django accepts requests for a host; `*.` stands for any host below it."""
        asked = host.replace("*", "any-host-at-all")
        return any(_covers(pattern.lower(), asked) for pattern in self.patterns)

    def cover_app(self, app: str) -> bool:
        """Return whether Django accepts the app's own host name, where Heroku adds 12 characters.

        https://devcenter.heroku.com/articles/app-names-and-subdomains
        """
        if self.cover(f"{app}.{HEROKU_DOMAIN}"):
            return True
        own = re.compile(rf"{re.escape(app)}-[0-9a-f]{{12}}(\.[a-z0-9-]+)?\.herokuapp\.com")
        return any(own.fullmatch(pattern.lower()) for pattern in self.patterns)

    def domains(self) -> list[str]:
        """Return the app's own domains among the patterns, without a leading dot or `*.`."""
        names = [re.sub(r"^\*?\.", "", pattern.lower()) for pattern in self.patterns]
        return [name for name in names if OWN_DOMAIN.fullmatch(name)]

    def cover_local(self, app: str) -> bool:
        """Return whether Django accepts the app's name on the local Heroku."""
        return self.cover(f"{app}.{LOCAL_DOMAIN}")


def allowed_hosts(
    settings: Module, variables: Mapping[str, str | None], *, is_complete: bool = True
) -> Hosts:
    """Return ALLOWED_HOSTS of a settings module with these config vars.

    Args:
        settings: the settings module.
        variables: the config vars of the app; a value of None is unknown.
        is_complete: whether the app is known to have no other config vars.

    Raises:
        Unclear: if the text does not determine the value.
    """
    reader = Reader(variables, is_complete=is_complete)
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


def separator(settings: Module, config_vars: Iterable[str]) -> str:
    """Return the text between two hosts in the config vars that ALLOWED_HOSTS takes them from."""
    one, other = "a.example", "b.example"
    for each in SEPARATORS:
        values = dict.fromkeys(config_vars, f"{one}{each}{other}")
        with suppress(Unclear):
            hosts = allowed_hosts(settings, values, is_complete=False)
            if hosts.cover(one) and hosts.cover(other):
                return each
    return SEPARATORS[0]


def _may_debug(reader: Reader, settings: Module) -> bool:
    """Return whether DEBUG is true or may be."""
    try:
        return is_true(reader.setting(settings, "DEBUG"))
    except (Unclear, RecursionError):
        return True


def _covers(pattern: str, host: str) -> bool:
    if pattern.startswith("."):
        return host == pattern[1:] or host.endswith(pattern)
    return pattern in {"*", host}
