"""Config vars beside each other and beside add-ons.

https://devcenter.heroku.com/articles/config-vars
"""

from collections.abc import Iterator

from pydantic import SecretStr

from config import catalogue
from config.addons import declared
from config.finding import Finding
from config.subject import Subject


def left_to_the_add_on(subject: Subject) -> Iterator[Finding]:
    """An add-on sets its config vars itself, and changes them when it rotates its password."""
    written = subject.keys("app", "configVars")
    for addon in declared(subject):
        attached = [f"{name}_URL" for name in addon.attachments]
        for name in (*catalogue.config_vars_set_by(addon.service), *attached):
            if name in written:
                says = f"{name} is set by the add-on {addon.label}"
                path = ("app", "configVars", name)
                yield Finding(path, "DS314", says, "nothing: remove the line", at_key=True)


def small_enough(subject: Subject) -> Iterator[Finding]:
    """Heroku limits all names and values of an app together."""
    taken = sum(
        len(name.encode()) + len(_text(value).encode(errors="replace"))
        for name, value in subject.keys("app", "configVars").items()
    )
    most = catalogue.limit("config-vars", "bytes")
    if taken > most:
        says = f"config vars take {taken:,} bytes; an app has {most:,} for all names and values"
        write = "a path to a file of the app in place of what is large"
        yield Finding(("app", "configVars"), "DS311", says, write, at_key=True)


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value if isinstance(value, str) else ""


RULES = (left_to_the_add_on, small_enough)
