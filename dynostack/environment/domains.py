"""The app's custom domains.

https://devcenter.heroku.com/articles/custom-domains
"""

from collections.abc import Iterator
from typing import Annotated

from dynostack.environment import derived_names
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.section import repeated, written

HEROKU_DOMAIN = "herokuapp.com"
"""The domain below which Heroku gives each app its own name."""

HOSTNAME = r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])"
"""The form of a domain, which may begin with `*.`."""

Hostname = Annotated[
    str,
    written(
        "DS141",
        "domain",
        HOSTNAME,
        "a domain is a lowercase host name without a scheme, port, or path",
        "a name such as www.acme.example",
        derived_names.hostname,
        certain=True,
    ),
]


def the_same_twice(context: RuleContext) -> Iterator[Finding]:
    """Report repeated domains: an app can have a domain only once."""
    listed = context.file.get("domains")
    names = [str(each) for each in listed] if isinstance(listed, list) else []
    for again, _ in repeated(names):
        message = f"{names[again]} is already added to this app"
        yield Finding(("domains", again), "DS307", message, "each domain once")


def heroku_names_itself(context: RuleContext) -> Iterator[Finding]:
    """Report domains of Heroku: every app has its own, and cannot add another one."""
    listed = context.file.get("domains")
    for index, name in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(name, str) and name.endswith(f".{HEROKU_DOMAIN}"):
            message = f"an app gets its name below {HEROKU_DOMAIN} from Heroku"
            yield Finding(("domains", index), "DS158", message, "only domains of your own")


RULES = (the_same_twice, heroku_names_itself)
