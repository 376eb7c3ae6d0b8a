"""All differences between an environment and its app on Heroku."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic import SecretStr

from dynostack.comparison import addons
from dynostack.comparison.authors import Authors
from dynostack.comparison.difference import UNKNOWN, Difference, Kind
from dynostack.comparison.edits import Edit
from dynostack.comparison.managed import Managed
from dynostack.description.keys import key_of, unique
from dynostack.description.secret_values import looks_secret
from dynostack.description.sections import (
    SIZES,
    STAGES,
    SecretText,
    collaborator,
    host_of,
    is_said,
    own_drains,
    pipeline,
)
from dynostack.environment import Environment
from dynostack.environment.catalogue import dyno_price, price_text
from dynostack.environment.elsewhere import is_elsewhere
from dynostack.environment.section import listed
from dynostack.environment.source.configuration import section_value
from dynostack.inventory import removal
from dynostack.inventory.app import App, Collaborator, Dynos


def differences(
    environment: Environment, app: App, managed: Managed, versions: Mapping[str, str]
) -> list[Difference]:
    """Compare an environment, with its secrets in plain text, with its app.

    Keys that the file leaves out are not compared if their absence says nothing, such as a region.

    Args:
        environment: the environment in the stack's file.
        app: the app with all its parts.
        managed: what the stack's state says.
        versions: id of each database whose version is known -> its major version.
    """
    authors = Authors(app.releases)
    return [
        *_app(environment, app),
        *_code(environment, app, managed),
        *_config_vars(environment, app, authors),
        *_formation(environment, app),
        *addons.differences(environment, app, managed, authors, versions),
        *_people(environment, app),
        *_domains(environment, app),
        *_features(environment, app),
        *_drains(environment, app),
        *_pipeline(environment, app),
    ]


def is_ignored(difference: Difference, elsewhere: Iterable[str]) -> bool:
    """Return whether a difference is managed elsewhere.

    What the file says is managed here, so only additions can be managed elsewhere.
    """
    return difference.kind is Kind.ADDED and is_elsewhere(difference.item, elsewhere)


def _app(environment: Environment, app: App) -> Iterator[Difference]:
    section = environment.app
    said = section.model_fields_set
    pairs = {
        "name": (section.name, app.name),
        "region": (section.region, app.region),
        "stack": (section.stack, app.stack),
        "team": (section.team or "", app.team),
    }
    for key, (written, there) in pairs.items():
        if key in said and written != there:
            text = f"the app's {key} is {there or 'none'}, the file says {written or 'none'}"
            edit = Edit(("app", key), there or None)
            yield Difference(Kind.CHANGED, f"app.{key}", text, edits=(edit,))
    if section.buildpacks and tuple(section.buildpacks) != app.buildpacks:
        text = (
            f"the buildpacks are {listed(app.buildpacks)}, the file says"
            f" {listed(section.buildpacks)}"
        )
        edit = Edit(("app", "buildpacks"), list(app.buildpacks) or None)
        yield Difference(Kind.CHANGED, "app.buildpacks", text, edits=(edit,))


def _code(environment: Environment, app: App, managed: Managed) -> Iterator[Difference]:
    """Yield the current release if it has other code than the stack's last build."""
    release = app.release
    if not environment.app.source or not managed.slug or release is None:
        return
    if release.slug not in ("", managed.slug):
        description = _printable(release.description)
        text = f'v{release.version} has code from outside this stack: "{description}"'
        by = release.author or UNKNOWN
        calls = (removal.release(app, managed.slug),)
        yield Difference(Kind.CHANGED, "app.source", text, release.created, by, calls=calls)


def _config_vars(environment: Environment, app: App, authors: Authors) -> Iterator[Difference]:
    written, there = environment.app.config_vars, app.own_config_vars
    for name in sorted({*written, *there}):
        item, when = f"app.configVars.{name}", authors.of(name)
        keys = ("app", "configVars", name)
        if name not in there:
            # An add-on may set it; it is not gone then.
            if name not in app.config_vars:
                text = f"config var {name} is gone"
                yield Difference(Kind.REMOVED, item, text, *when, (Edit(keys),))
            continue
        old, new = written.get(name), there[name]
        is_secret = isinstance(old, SecretStr) or looks_secret(name, new)
        edit = Edit(keys, SecretText(new) if is_secret else new)
        if old is None:
            text = f"config var {name}" if is_secret else f"config var {name}: {_quoted(new)}"
            calls = (removal.config_var(app, name),)
            yield Difference(Kind.ADDED, item, text, *when, (edit,), calls)
        elif _plain(old) != new:
            yield Difference(Kind.CHANGED, item, _changed(name, old, new), *when, (edit,))


def _changed(name: str, written: str | SecretStr, there: str) -> str:
    if isinstance(written, SecretStr) or looks_secret(name, there) or looks_secret(name, written):
        return f"config var {name} has another value"
    return f"config var {name} is {_quoted(there)}, the file says {_quoted(written)}"


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _quoted(text: str) -> str:
    shown = text if len(text) <= 60 else f"{text[:57]}..."
    return f'"{_printable(shown)}"'


def _printable(text: str) -> str:
    """Return a text with escapes for line breaks and for what controls a terminal."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def _formation(environment: Environment, app: App) -> Iterator[Difference]:
    for process in sorted({*environment.formation, *app.formation}):
        item, keys = f"formation.{process}", ("formation", process)
        section, there = environment.formation.get(process), app.formation.get(process)
        if there is None:
            text = f"the app has no process type {process}"
            yield Difference(Kind.REMOVED, item, text, edits=(Edit(keys),))
            continue
        now = {"size": _size(there), "quantity": there.quantity}
        if section is None:
            if there.quantity:
                text = f"{process} runs {_dynos(there)}"
                calls = (removal.dynos(app, process),)
                yield Difference(Kind.ADDED, item, text, edits=(Edit(keys, now),), calls=calls)
            continue
        old = {"size": section.size, "quantity": section.quantity}
        if now != old:
            written = _dynos(Dynos(section.quantity, section.size))
            text = f"{process} runs {_dynos(there)}, the file says {written}"
            edits = [Edit((*keys, key), now[key]) for key in now if now[key] != old[key]]
            yield Difference(Kind.CHANGED, item, text, edits=tuple(edits))


def _size(dynos: Dynos) -> str:
    return SIZES.get(dynos.size, dynos.size.lower())


def _dynos(dynos: Dynos) -> str:
    each = dyno_price(_size(dynos))
    cents = None if each is None else each * dynos.quantity
    noun = "dyno" if dynos.quantity == 1 else "dynos"
    return f"{dynos.quantity} {_size(dynos)} {noun} ({price_text(cents)})"


def _people(environment: Environment, app: App) -> Iterator[Difference]:
    written = {each.email: tuple(each.permissions or ()) for each in environment.collaborators}
    there = {each.email.lower(): each for each in app.collaborators}
    keys = ("collaborators",)
    for email in sorted({*written, *there}):
        item, person = f"collaborators.{email}", there.get(email)
        if person is None:
            edit = Edit(keys, member=email)
            yield Difference(Kind.REMOVED, item, f"{email} has no access", edits=(edit,))
            continue
        access = _access(app, person)
        edit = Edit(keys, collaborator(app, person), email)
        if email not in written:
            if is_said(app, person):
                calls = (removal.collaborator(app, person.email),)
                since = person.created
                yield Difference(Kind.ADDED, item, access, since, edits=(edit,), calls=calls)
        elif app.team and {*person.permissions} != {*written[email]}:
            text = f"{access}, the file says {listed(written[email])}"
            yield Difference(Kind.CHANGED, item, text, edits=(edit,))


def _access(app: App, person: Collaborator) -> str:
    return f"{person.email} has {listed(person.permissions) if app.team else 'access'}"


def _domains(environment: Environment, app: App) -> Iterator[Difference]:
    written, there = {*environment.domains}, {each.hostname: each for each in app.domains}
    for name in sorted({*there} - written):
        edit, calls = Edit(("domains",), name, name), (removal.domain(app, name),)
        item, text, since = f"domains.{name}", f"domain {name}", there[name].created
        yield Difference(Kind.ADDED, item, text, since, edits=(edit,), calls=calls)
    for name in sorted(written - {*there}):
        edit = Edit(("domains",), member=name)
        text = f"domain {name} is gone"
        yield Difference(Kind.REMOVED, f"domains.{name}", text, edits=(edit,))


def _features(environment: Environment, app: App) -> Iterator[Difference]:
    for name in sorted({*environment.features, *app.features}):
        item, edit = f"features.{name}", Edit(("features", name), name in app.features)
        is_on, wanted = name in app.features, environment.features.get(name)
        if wanted is None:
            calls = (removal.feature(app, name),)
            text = f"feature {name} is on"
            yield Difference(Kind.ADDED, item, text, edits=(edit,), calls=calls)
        elif wanted != is_on:
            text = f"feature {name} is {'on' if is_on else 'off'}"
            yield Difference(Kind.CHANGED, item, text, edits=(edit,))


def _drains(environment: Environment, app: App) -> Iterator[Difference]:
    there = {each.url: each for each in own_drains(app)}
    written = {_plain(address): key for key, address in environment.drains.items()}
    taken = set(environment.drains)
    for url, key in written.items():
        if url not in there:
            text = f"the drain to {host_of(url)} is gone"
            edit = Edit(("drains", key))
            yield Difference(Kind.REMOVED, f"drains.{key}", text, edits=(edit,))
    for url, drain in there.items():
        if url not in written:
            key = unique(key_of(host_of(url), "drain"), taken)
            text = f"a drain sends the app's logs to {host_of(url)}"
            edit = Edit(("drains", key), SecretText(url) if looks_secret("", url) else url)
            item, since, calls = f"drains.{key}", drain.created, (removal.drain(app, drain.id),)
            yield Difference(
                *(Kind.ADDED, item, text, since), edits=(edit,), calls=calls, identity=drain.id
            )


def _pipeline(environment: Environment, app: App) -> Iterator[Difference]:
    written, there = environment.pipeline, app.coupling
    whole = Edit(("pipeline",), pipeline(there) if there and there.stage in STAGES else None)
    edits = (whole,) if whole.value or there is None else ()
    if written and written.create and there is None:
        edits = ()  # the stack owns the pipeline, and would destroy it with the section
    calls = (removal.coupling(there),) if there else ()
    if written is None and there:
        text = f"the app is at stage {there.stage} of the pipeline {there.pipeline}"
        since = there.created
        yield Difference(
            *(Kind.ADDED, "pipeline", text, since), edits=edits, calls=calls, identity=there.id
        )
    elif written and there is None:
        yield Difference(Kind.REMOVED, "pipeline", "the app is in no pipeline", edits=edits)
    elif written and there:
        if written.id not in (None, there.pipeline_id) or written.name not in (
            None,
            there.pipeline,
        ):
            text = f"the app is in the pipeline {there.pipeline}"
            edits = () if written.create else edits
            yield Difference(
                *(Kind.CHANGED, "pipeline", text, there.created),
                edits=edits,
                calls=calls,
                needs_apply=True,
            )
        elif written.stage != there.stage:
            text = f"the app is at stage {there.stage}, the file says {written.stage}"
            edits = (Edit(("pipeline", "stage"), there.stage),) if edits else ()
            yield Difference(Kind.CHANGED, "pipeline.stage", text, edits=edits)


def decrypted(configuration: Mapping[str, Mapping[str, object]], project: str) -> dict[str, object]:
    """Return section -> its value, from the output of `pulumi config --show-secrets --json`."""
    prefix = f"{project}:"
    return {
        key.removeprefix(prefix): section_value(str(each.get("value") or ""))
        for key, each in configuration.items()
        if key.startswith(prefix)
    }
