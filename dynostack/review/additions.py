"""Additions that somebody made to an app by hand, which neither the state nor the plan has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from dynostack.comparison.addons import added_attachments
from dynostack.comparison.authors import Authors
from dynostack.comparison.difference import Difference
from dynostack.comparison.differences import differences
from dynostack.comparison.managed import Managed
from dynostack.description.unsaid import Unsaid, foreign, unsaid_of
from dynostack.environment import App as Section
from dynostack.environment import Environment
from dynostack.inventory.app import App
from dynostack.review import resource_types
from dynostack.review.markup import Code, Markup, Quote
from dynostack.review.model import Addition
from dynostack.review.step import Step, Values

USUAL = ("acm", "space", "access", "certificates", "unread")
"""Parts of an app that no file can say and that say nothing about a change by a person."""
KEYS = {
    resource_types.COLLABORATOR: ("collaborators", "email"),
    resource_types.TEAM_COLLABORATOR: ("collaborators", "email"),
    resource_types.DOMAIN: ("domains", "hostname"),
    resource_types.FEATURE: ("features", "name"),
    resource_types.FORMATION: ("formation", "type"),
}
"""Type of a resource -> its section in a file, and the property that names it there."""


def additions(steps: Sequence[Step], app: App, config_vars: Collection[str]) -> list[Addition]:
    """Return what an app has beyond the resources of a preview.

    Args:
        steps: all resources of the preview, also the unchanged ones.
        app: the app with all its parts.
        config_vars: the config vars in the file; the engine masks secret ones with their names.
    """
    items = {*_items(steps), *(f"app.configVars.{name}" for name in config_vars)}
    ids = {each.id for each in steps if each.id}
    found = [
        each
        for each in (*_beyond_nothing(app), *_attachments(steps, app))
        if each.item not in items and each.identity not in ids
    ]
    unsaid = [
        each
        for each in (*unsaid_of(app), *foreign(app))
        if each.item.partition(".")[0] not in USUAL
    ]
    return [*map(_of_difference, found), *map(_of_part, unsaid)]


def _beyond_nothing(app: App) -> list[Difference]:
    """Return everything that an app has and an environment without sections does not say."""
    section = Section.model_construct(name=app.name)
    nothing = Environment.model_construct(account="", app=section)
    return differences(nothing, app, Managed(app.id), {})


def _attachments(steps: Sequence[Step], app: App) -> Iterator[Difference]:
    """Yield the additional attachments of the add-ons that the stack has."""
    by_id = {each.id: each for each in steps if each.type == resource_types.ADDON}
    for addon in app.own_addons:
        if step := by_id.get(addon.id):
            yield from added_attachments(_item_of(step), addon, (), Authors(app.releases))


def _item_of(step: Step) -> str:
    """Return the path of an add-on in a file, by the name that `dynostack.components` gives it."""
    if step.name == "memcached":
        return step.name
    main, _, key = step.name.partition("-")
    if resource_types.is_database(step) and main == "postgres":
        return f"postgres.databases.{key}" if key else main
    return f"addons.{step.name}"


def _items(steps: Iterable[Step]) -> Iterator[str]:
    """Yield the items that a preview has, before or after it."""
    for step in steps:
        for values in (step.old, step.new):
            if values is None:
                continue
            if step.type in KEYS:
                section, name = KEYS[step.type]
                yield f"{section}.{str(values.get(name, '')).lower()}"
            elif step.type in (resource_types.APP, resource_types.CONFIG_ASSOCIATION):
                yield from (f"app.configVars.{name}" for name in _config_vars(values))


def _config_vars(values: Values) -> Iterator[str]:
    for each in resource_types.CONFIG_VARS - {"allConfigVars"}:
        found = values.get(each)
        yield from found if isinstance(found, dict) else ()


def _of_difference(found: Difference) -> Addition:
    """Return a difference as an addition, without the value of a config var."""
    section, _, name = found.item.partition(".configVars.")
    text: Markup = ("config var ", Code(name)) if section == "app" else (Quote(found.text),)
    return Addition(found.item, text, found.since, found.by)


def _of_part(found: Unsaid) -> Addition:
    return Addition(found.item, (Quote(found.text),), found.since)
