"""Log drains.

https://devcenter.heroku.com/articles/log-drains
"""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, SecretStr

from dynostack.environment import catalogue
from dynostack.environment.addons import Key
from dynostack.environment.diagnostics.finding import Finding, problem
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.section import Form

_FORM = re.compile(r"(syslog|syslog\+tls|https?)://[^\s/]+.*")


RULE = "a drain's address must start with syslog://, syslog+tls://, http:// or https://"


def _address(value: object) -> object:
    if isinstance(value, SecretStr):
        return value
    if isinstance(value, str) and _FORM.fullmatch(value):
        return value
    raise problem(
        "DS142",
        RULE,
        "an address such as syslog+tls://logs.acme.example:6514; encrypt it if it has a password",
    )


def not_too_many(context: RuleContext) -> Iterator[Finding]:
    """Report more drains than Heroku allows."""
    most, drains = catalogue.limit("log-drains"), context.keys("drains")
    for key in list(drains)[most:]:
        message = f"the app has {len(drains)} log drains; Heroku allows {most}"
        suggestion = f"at most {most} drains; one drain can send logs to several places"
        yield Finding(("drains", key), "DS329", message, suggestion, at_key=True)
        return


RULES = (not_too_many,)

DrainAddress = Annotated[
    str | SecretStr,
    BeforeValidator(_address),
    Form(RULE, ("DS142",)),
]
Drains = dict[Key, DrainAddress]
