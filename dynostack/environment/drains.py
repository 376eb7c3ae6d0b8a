"""Log drains.

https://devcenter.heroku.com/articles/log-drains
"""

import re
from typing import Annotated

from pydantic import BeforeValidator, SecretStr

from dynostack.environment.addons import Key
from dynostack.environment.diagnostics.finding import problem

_FORM = re.compile(r"(syslog|syslog\+tls|https?)://[^\s/]+.*")


def _address(value: object) -> object:
    if isinstance(value, SecretStr):
        return value
    if isinstance(value, str) and _FORM.fullmatch(value):
        return value
    raise problem(
        "DS142",
        "a drain's address must start with syslog://, syslog+tls://, http:// or https://",
        "an address such as syslog+tls://logs.acme.example:6514; encrypt it if it has a password",
    )


DrainAddress = Annotated[str | SecretStr, BeforeValidator(_address)]
Drains = dict[Key, DrainAddress]
