"""A whole environment: the components of all sections and the dependencies between them."""

from collections.abc import Sequence

import pulumi

from dynostack.components.addons import Addons
from dynostack.components.app import App
from dynostack.components.attachments import Services, attach
from dynostack.components.build import Build
from dynostack.components.collaborators import Collaborators
from dynostack.components.domains import Domains
from dynostack.components.drains import Drains
from dynostack.components.formation import Formation
from dynostack.components.memcached import Memcached
from dynostack.components.pipeline import Pipeline
from dynostack.components.postgres import Postgres
from dynostack.components.provider import heroku_provider
from dynostack.environment import Environment


def declare(environment: Environment) -> None:
    """Declare everything in the environment, and export names and addresses as stack outputs."""
    app = App(
        "app",
        environment.app,
        environment.features,
        protect=environment.keeps_data,
        opts=pulumi.ResourceOptions(providers=[heroku_provider()]),
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


def _services(environment: Environment, app: App) -> Services:
    services: list[Postgres | Memcached | Addons] = []
    if environment.postgres:
        services.append(Postgres("postgres", environment.postgres, app))
    if environment.memcached:
        services.append(Memcached("memcached", environment.memcached, app))
    if environment.addons:
        services.append(Addons("addons", environment.addons, app))
    return services


def _processes(environment: Environment, app: App, after: Sequence[pulumi.Resource]) -> None:
    build = None
    if environment.app.source:
        build = Build("build", environment.app.source, app, after=after)
    if environment.formation:
        Formation("formation", environment.formation, app, build)


def _people_and_places(environment: Environment, app: App) -> None:
    if environment.collaborators:
        Collaborators("collaborators", environment.collaborators, app)
    if environment.domains:
        Domains("domains", environment.domains, app)
    if environment.drains:
        Drains("drains", environment.drains, app)
    if environment.pipeline:
        pipeline = Pipeline("pipeline", environment.pipeline, app)
        pulumi.export("pipelineId", pipeline.id)
