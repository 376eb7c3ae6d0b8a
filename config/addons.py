"""Any other add-on.  https://devcenter.heroku.com/articles/add-ons"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from config import catalogue
from config.app import ConfigVarValue
from config.finding import Finding, problem
from config.section import Section, repeated, written
from config.subject import Subject

AddonName = Annotated[
    str,
    written(
        "DS137",
        "add-on name",
        r"[a-zA-Z][A-Za-z0-9_-]{1,255}",
        "an add-on name must start with a letter"
        " and can only contain letters, digits, dashes, and underscores",
        "a name such as acme-shop-logs",
    ),
]
AttachmentName = Annotated[
    str,
    written(
        "DS138",
        "attachment",
        r"[A-Z][A-Z0-9_]*",
        "an attachment is the beginning of a config var: capitals, digits, and underscores",
        "a name such as REPORTS",
    ),
]
Key = Annotated[
    str,
    written(
        "DS139",
        "key",
        r"[a-z][a-z0-9-]*",
        "a key here is lowercase letters, digits, and dashes; it names the resource in the state",
        "a key such as logs",
    ),
]
ATTACHMENTS: Any = Field(
    [], description="More names for it: REPORTS also sets REPORTS_URL.", examples=["- REPORTS"]
)

SECTION_OF_SERVICE = {
    catalogue.POSTGRES_SERVICE: "postgres",
    **dict.fromkeys(catalogue.MEMCACHED_SERVICES.names, "memcached"),
}
"""Services that have a section of their own, so that there is one place to look for them."""

_plan_form = written(
    "DS140",
    "plan",
    r"[a-z0-9][a-z0-9_-]*:[a-z0-9][a-z0-9._-]*",
    "an add-on's plan is its service and its plan, with a colon between",
    '"service:plan", such as "papertrail:choklad"',
)


def _of_another_section(plan: str) -> str:
    service, _, name = plan.partition(":")
    if section := SECTION_OF_SERVICE.get(service):
        raise problem(
            "DS152",
            f"{service} has a section of its own, {section}",
            f'plan: "{name}" under {section}',
        )
    return plan


class Addon(Section):
    """One add-on of any service but Heroku Postgres and memcached."""

    plan: Annotated[str, _plan_form, AfterValidator(_of_another_section)] = Field(
        description="Service and plan.", examples=['"papertrail:choklad"']
    )
    name: AddonName | None = Field(
        None,
        description="One of its kind in all of Heroku.  Absent: one is made.",
        examples=["acme-shop-logs"],
    )
    config: dict[str, ConfigVarValue] = Field(
        {}, description="What the service is told when it is added.", examples=["{ region: eu }"]
    )
    attachments: list[AttachmentName] = ATTACHMENTS


def _not_a_section(key: str) -> str:
    if key in SECTION_OF_SERVICE.values():
        raise problem("DS152", f"{key} is a section of its own", "another key")
    return key


Addons = dict[Annotated[Key, AfterValidator(_not_a_section)], Addon]


def attachments_twice(subject: Subject) -> Iterator[Finding]:
    """An app has one attachment of a name.  Heroku: "Name is already taken"."""
    written_down = list(_attachments(subject))
    for index, earlier in repeated(name for _, name in written_down):
        path, name = written_down[index]
        other = ".".join(map(str, written_down[earlier][0][:-2]))
        says = f'attachment "{name}" is already taken by {other}'
        yield Finding(path, "DS308", says, "another name")


def _attachments(subject: Subject) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for path, addon in _attached(subject):
        names = addon.get("attachments") if isinstance(addon, dict) else None
        for index, name in enumerate(names if isinstance(names, list) else []):
            if isinstance(name, str):
                yield (*path, "attachments", index), name


def _attached(subject: Subject) -> Iterator[tuple[tuple[str, ...], object]]:
    for section in ("postgres", "memcached"):
        yield (section,), subject.file.get(section)
    for path in (("postgres", "databases"), ("addons",)):
        for key, addon in subject.keys(*path).items():
            yield (*path, key), addon


RULES = (attachments_twice,)
