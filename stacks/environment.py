"""A whole environment: which sections there are, and what waits for what."""

from collections.abc import Sequence

import pulumi

import config
from stacks.addons import Addons
from stacks.app import App
from stacks.attachments import Services, attach
from stacks.build import Build
from stacks.collaborators import Collaborators
from stacks.domains import Domains
from stacks.drains import Drains
from stacks.formation import Formation
from stacks.memcached import Memcached
from stacks.pipeline import Pipeline
from stacks.postgres import Postgres
from stacks.provider import provider


def declare(environment: config.Environment) -> None:
    """Declare everything that the environment says, and export what people look up."""
    app = App(
        "app",
        environment.app,
        environment.features,
        protect=_keeps_data(environment),
        opts=pulumi.ResourceOptions(providers=[provider()]),
    )
    services = _services(environment, app)
    _processes(environment, app, after=[*services, *attach(app, services)])
    _people_and_places(environment, app)
    addons = {key: addon for service in services for key, addon in service.addons.items()}
    pulumi.export("appName", app.app.name)
    pulumi.export("webUrl", app.web_url)
    pulumi.export("gitUrl", app.git_url)
    pulumi.export("addons", {key: addon.name for key, addon in addons.items()})
    pulumi.export("addonConfigVars", {key: addon.config_vars for key, addon in addons.items()})


def _keeps_data(environment: config.Environment) -> bool:
    """A database goes with its app, so what protects the one protects the other."""
    postgres = environment.postgres
    return postgres is not None and any(database.protect for database in postgres.all())


def _services(environment: config.Environment, app: App) -> Services:
    services: list[Postgres | Memcached | Addons] = []
    if environment.postgres:
        services.append(Postgres("postgres", environment.postgres, app))
    if environment.memcached:
        services.append(Memcached("memcached", environment.memcached, app))
    if environment.addons:
        services.append(Addons("addons", environment.addons, app))
    return services


def _processes(environment: config.Environment, app: App, after: Sequence[pulumi.Resource]) -> None:
    build = None
    if environment.app.source:
        build = Build("build", environment.app.source, app, after=after)
    if environment.formation:
        Formation("formation", environment.formation, app, build)


def _people_and_places(environment: config.Environment, app: App) -> None:
    if environment.collaborators:
        Collaborators("collaborators", environment.collaborators, app)
    if environment.domains:
        Domains("domains", environment.domains, app)
    if environment.drains:
        Drains("drains", environment.drains, app)
    if environment.pipeline:
        pipeline = Pipeline("pipeline", environment.pipeline, app)
        pulumi.export("pipelineId", pipeline.id)
