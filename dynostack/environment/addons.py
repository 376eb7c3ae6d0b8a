"""Add-ons without a section of their own.

https://devcenter.heroku.com/articles/add-ons
"""

import re
from collections.abc import Iterator
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from dynostack.environment import catalogue, derived_names
from dynostack.environment.app import ConfigVarValue
from dynostack.environment.diagnostics.finding import Finding, Path, problem
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.section import PRIVATE, Section, near, shortened, unless_offered, written

AddonName = Annotated[
    str,
    written(
        "DS137",
        "add-on name",
        r"[a-zA-Z][A-Za-z0-9_-]{1,255}",
        "an add-on name must start with a letter, have 2 to 256 characters,"
        " and contain only letters, digits, dashes, and underscores",
        "a name such as acme-shop-logs",
        derived_names.dashed_or_underscored,
    ),
]
AttachmentName = Annotated[
    str,
    written(
        "DS138",
        "attachment name",
        r"[A-Z][A-Z0-9_]*",
        "an attachment name must start with an uppercase letter"
        " and contain only uppercase letters, digits, and underscores",
        "a name such as REPORTS",
        derived_names.upper_underscored,
    ),
]
Key = Annotated[
    str,
    written(
        "DS139",
        "key",
        r"[a-z][a-z0-9-]*",
        "a key must start with a lowercase letter"
        " and contain only lowercase letters, digits, and dashes",
        "a key such as logs",
        derived_names.dashed,
    ),
]
Attachments = Annotated[
    list[AttachmentName],
    Field(
        description="Additional attachment names: REPORTS also sets REPORTS_URL.",
        examples=[["REPORTS"]],
    ),
]

SECTION_OF_SERVICE = {
    catalogue.POSTGRES_SERVICE: "postgres",
    **dict.fromkeys(catalogue.MEMCACHED_SERVICES.names, "memcached"),
}
"""Service -> its own section, so that it is declared in a single place."""

RETIRED = "DS201"
ACCEPTED = "unlisted: true beside plan if Heroku offers it"
PLAN_FORM = r"[a-z0-9][a-z0-9_-]*:[a-z0-9][a-z0-9._-]*"
_plan_form = written(
    "DS140",
    "plan",
    PLAN_FORM,
    "an add-on's plan has the form service:plan",
    'the service and its plan, such as "papertrail:choklad"',
)


def _with_a_plan(service: str) -> str:
    plans = list(catalogue.plans(service))
    if plans and service not in SECTION_OF_SERVICE:
        suggestion = f'"{service}:{plans[0]}", or another plan of the service'
        raise problem("DS140", f'"{service}" is a service without a plan', suggestion)
    return service


def _of_another_section(plan: str) -> str:
    service, _, name = plan.partition(":")
    if section := SECTION_OF_SERVICE.get(service):
        message = f"{service} has its own section, {section}"
        suggestion = f'plan: "{name}" under {section}'
        if service == catalogue.POSTGRES_SERVICE:
            message += ", which also has additional databases"
            suggestion = f"{{ plan: {name} }} under postgres.databases, or under postgres if first"
        raise problem("DS152", message, suggestion)
    return plan


class Addon(Section):
    """One add-on of any service except Heroku Postgres and memcached."""

    plan: Annotated[
        str, AfterValidator(_with_a_plan), _plan_form, AfterValidator(_of_another_section)
    ] = Field(description="Service and plan.", examples=["papertrail:choklad"])
    name: AddonName | None = Field(
        None,
        description="The add-on's name, unique in all of Heroku.  If absent, Pulumi generates one;"
        " an existing add-on keeps its name.",
        examples=["acme-shop-logs"],
    )
    config: dict[str, ConfigVarValue] = Field(
        {},
        description="Options of the service, sent only when the add-on is created.",
        examples=[{"region": "eu"}],
    )
    attachments: Attachments = Field([])
    unlisted: bool = Field(
        False,
        description="Do not warn about a service or plan that the catalogue does not have.",
        examples=[True],
    )


def _not_a_section(key: str) -> str:
    if key in SECTION_OF_SERVICE.values():
        raise problem(
            "DS152", f"{key} is the name of a section, not a key for an add-on", "a different key"
        )
    return key


Addons = dict[Annotated[Key, AfterValidator(_not_a_section)], Addon]


class DeclaredAddon(NamedTuple):
    """An add-on from any section, as rules see it."""

    path: Path
    service: str
    attachments: tuple[str, ...]

    @property
    def label(self) -> str:
        """The add-on's name in messages."""
        return ".".join(map(str, self.path))

    @property
    def own_name(self) -> str:
        """The attachment that Heroku gives to the first add-on of the service."""
        sets = catalogue.config_vars_set_by(self.service)
        return sets[0].partition("_")[0] if sets else ""


def declared(context: RuleContext) -> tuple[DeclaredAddon, ...]:
    """Return every add-on of a file, in the order of the sections."""
    return context.own(_all_declared)


def _all_declared(context: RuleContext) -> tuple[DeclaredAddon, ...]:
    return tuple(_of_sections(context))


def _of_sections(context: RuleContext) -> Iterator[DeclaredAddon]:
    if postgres := context.keys("postgres"):
        yield _declared(("postgres",), catalogue.POSTGRES_SERVICE, postgres)
    if memcached := context.keys("memcached"):
        service = memcached.get("service", catalogue.DEFAULT_MEMCACHED_SERVICE)
        yield _declared(("memcached",), str(service), memcached)
    for key, database in context.keys("postgres", "databases").items():
        # Only the first database sets DATABASE_URL; the config var of any other is unknown.
        yield _declared(("postgres", "databases", key), "", database)
    for key, addon in context.keys("addons").items():
        plan = context.text("addons", key, "plan") or ""
        yield _declared(("addons", key), plan.partition(":")[0], addon)


def _declared(path: Path, service: str, addon: object) -> DeclaredAddon:
    names = addon.get("attachments") if isinstance(addon, dict) else None
    return DeclaredAddon(path, service, tuple(map(str, names if isinstance(names, list) else ())))


def attachments_twice(context: RuleContext) -> Iterator[Finding]:
    """Report duplicate attachment names, which Heroku rejects with "Name is already taken"."""
    taken: dict[str, DeclaredAddon] = {}
    addons = declared(context)
    for addon in addons:
        taken.setdefault(addon.own_name, addon)
    for addon in addons:
        for index, name in enumerate(addon.attachments):
            holder = taken.setdefault(name, addon)
            if holder is not addon or name in (addon.own_name, *addon.attachments[:index]):
                message = f'attachment name "{name}" is already taken by {holder.label}'
                yield Finding(
                    (*addon.path, "attachments", index), "DS308", message, "a different name"
                )


def in_the_catalogue(context: RuleContext) -> Iterator[Finding]:
    """Report services and plans that the catalogue does not have, and plans that were retired."""
    for key, addon in context.keys("addons").items():
        plan = context.text("addons", key, "plan") or ""
        accepted = isinstance(addon, dict) and addon.get("unlisted") is True
        if re.fullmatch(PLAN_FORM, plan) and plan.partition(":")[0] not in SECTION_OF_SERVICE:
            for found in _unlisted(("addons", key, "plan"), *plan.split(":")):
                if not accepted or found.code == RETIRED:
                    yield found


def _unlisted(path: Path, service: str, name: str) -> Iterator[Finding]:
    known = catalogue.services_by_name()
    if service not in known:
        meant = near(service, known.keys() - SECTION_OF_SERVICE.keys())
        message = f'add-on service "{shortened(service)}" is not in the catalogue'
        plans = tuple(f"{each}:{name}" for each in meant)
        instead = unless_offered(plans, plans) if plans else ACCEPTED
        yield Finding(path, "DS214", message, instead, plans)
    elif gone := known[service].retired.get(name):
        message, instead = f'plan "{service}:{name}" was retired on {gone.on}', gone.instead
        yield Finding(path, RETIRED, message, f'"{service}:{instead}"', (f"{service}:{instead}",))
    elif name not in known[service].plans and not known[service].is_partial:
        if name.startswith(PRIVATE):
            return
        message = f'plan "{shortened(name)}" is not in the catalogue of {known[service].title}'
        offered = [each for each in known[service].plans if not each.startswith(PRIVATE)]
        plans = tuple(f"{service}:{each}" for each in near(name, offered))
        every = [f"{service}:{each}" for each in offered]
        yield Finding(path, "DS202", message, unless_offered(plans, every), plans)


def outside_of_private_spaces(context: RuleContext) -> Iterator[Finding]:
    """Report plans of Private Spaces, which an app in the Common Runtime cannot have."""
    for addon in declared(context):
        plan = context.text(*map(str, addon.path), "plan") or ""
        if addon.path[0] == "addons" and plan.partition(":")[2].startswith(PRIVATE):
            message = f'plan "{plan}" exists only in a Private Space'
            yield Finding(
                (*addon.path, "plan"),
                "DS203",
                message,
                "a plan that does not start with private- or shield-",
            )


RULES = (attachments_twice, in_the_catalogue, outside_of_private_spaces)
