"""Rules about config vars: their total size, and those that add-ons set.

https://devcenter.heroku.com/articles/config-vars
"""

import re
from collections.abc import Iterator

from pydantic import SecretStr

from dynostack.environment import catalogue
from dynostack.environment.addons import declared
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import RuleContext

_SET_BY_HEROKU = ("PORT", "DATABASE_URL", "DYNO", "HEROKU_APP_NAME", "HEROKU_RELEASE_VERSION")
"""Environment variables that Heroku sets in dynos.
https://devcenter.heroku.com/articles/dyno-metadata"""


def left_to_the_add_on(context: RuleContext) -> Iterator[Finding]:
    """Report config vars that an add-on sets itself and changes when it rotates its password."""
    written = context.keys("app", "configVars")
    for addon in declared(context):
        attached = [f"{name}_URL" for name in addon.attachments]
        for name in (*catalogue.config_vars_set_by(addon.service), *attached):
            if name in written:
                message = f"the add-on {addon.label} sets {name} itself"
                path = ("app", "configVars", name)
                yield Finding(path, "DS314", message, "nothing here: remove this key", at_key=True)


_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def refers_to_no_other(context: RuleContext) -> Iterator[Finding]:
    """Report config vars that contain the name of another one, which Heroku does not fill in."""
    written = context.keys("app", "configVars")
    known = {*written, *_SET_BY_HEROKU}
    for addon in declared(context):
        known |= {*catalogue.config_vars_set_by(addon.service)}
        known |= {f"{name}_URL" for name in addon.attachments}
    for name, value in written.items():
        names = _REFERENCE.findall(value) if isinstance(value, str) and "${" in value else ()
        if other := next((each for each in names if each in known), None):
            message = f"Heroku does not fill in {other} here; the app gets ${{{other}}}"
            suggestion = f"the value itself, or code in the app that reads {other}"
            yield Finding(("app", "configVars", name), "DS126", message, suggestion)


def small_enough(context: RuleContext) -> Iterator[Finding]:
    """Report config vars whose total size exceeds Heroku's limit."""
    taken = sum(
        len(name.encode()) + len(_text(value).encode(errors="replace"))
        for name, value in context.keys("app", "configVars").items()
    )
    most = catalogue.limit("config-vars", "bytes")
    if taken > most:
        message = (
            f"the names and values of the config vars take {taken:,} bytes; the limit is {most:,}"
        )
        suggestion = "smaller values, such as the path of a file in the app"
        yield Finding(("app", "configVars"), "DS311", message, suggestion, at_key=True)


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, str) else ""


RULES = (left_to_the_add_on, small_enough, refers_to_no_other)
