"""Components accept Pulumi outputs in place of a section's values."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from dynostack.components import (
    Addons,
    App,
    Build,
    Collaborators,
    Domains,
    Drains,
    Formation,
    Memcached,
    Pipeline,
    Postgres,
    heroku_provider,
)
from dynostack.environment import Environment
from tests.components.conftest import HEAD, Declare, Secret

WHOLE = f"""{HEAD}    source: examples/django
    configVars: {{ GREETING: hello }}
  shop:formation: {{ web: {{ size: basic, quantity: 1 }} }}
  shop:postgres: {{ plan: essential-0 }}
  shop:memcached: {{ plan: dev }}
  shop:addons: {{ logs: {{ plan: "papertrail:choklad", config: {{ region: us }} }} }}
  shop:collaborators: [{{ email: dev@acme.example }}]
  shop:pipeline: {{ id: 01234567-89ab-cdef-0123-456789abcdef, stage: staging }}
"""


def known(value: object) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


def app(environment: Environment, **more: Any) -> App:
    options = pulumi.ResourceOptions(providers=[heroku_provider()])
    return App("app", environment.app, environment.features, protect=False, opts=options, **more)


def of_app(environment: Environment) -> None:
    section = environment.app.model_copy(
        update={"name": known("acme-known"), "team": known("acme"), "buildpacks": known(["a/b"])}
    )
    app(
        environment.model_copy(update={"app": section}),
        config_vars={"BUCKET": known("acme-bucket")},
        secret_config_vars={"BUCKET_KEY": known("s3cret")},
    )


def of_addons(environment: Environment) -> None:
    heroku = app(environment)
    assert environment.postgres
    assert environment.memcached
    Postgres("postgres", environment.postgres.model_copy(update={"plan": known("mini")}), heroku)
    cache = environment.memcached.model_copy(update={"service": known("memcachedcloud")})
    Memcached("memcached", cache, heroku)
    logs = environment.addons["logs"].model_copy(
        update={"plan": known("sentry:f1"), "config": {"region": known("eu")}}
    )
    Addons("addons", {"logs": logs}, heroku)


def of_processes(environment: Environment) -> None:
    heroku = app(environment)
    build = Build("build", known("examples/other"), heroku)
    web = environment.formation["web"].model_copy(
        update={"size": known("standard-1x"), "quantity": known(3)}
    )
    Formation("formation", {"web": web}, heroku, build)


def of_the_rest(environment: Environment) -> None:
    heroku = app(environment)
    assert environment.pipeline
    person = environment.collaborators[0].model_copy(update={"email": known("new@acme.example")})
    Collaborators("collaborators", {"new": person}, heroku)
    Domains("domains", {"www": known("www.acme.example")}, heroku)
    Drains("drains", {"archive": known("syslog+tls://logs.acme.example:6514")}, heroku)
    Pipeline("pipeline", environment.pipeline.model_copy(update={"id": known("p1")}), heroku)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (
            of_app,
            {
                "app/app:App app": {
                    "name": "acme-known",
                    "organization": {"name": "acme"},
                    "buildpacks": ["a/b"],
                    "configVars": {"GREETING": "hello", "BUCKET": "acme-bucket"},
                    "sensitiveConfigVars": Secret({"BUCKET_KEY": "s3cret"}),
                }
            },
        ),
        (
            of_addons,
            {
                "addon/addon:Addon postgres": {"plan": "heroku-postgresql:mini"},
                "addon/addon:Addon memcached": {"plan": "memcachedcloud:dev"},
                "addon/addon:Addon logs": {"plan": "sentry:f1", "config": {"region": "eu"}},
            },
        ),
        (
            of_processes,
            {
                "build/build:Build build": {
                    "source": {"path": ".dynostack/sources/x/build.tar.gz"}
                },
                "formation/formation:Formation web": {"size": "Standard-1X", "quantity": 3},
            },
        ),
        (
            of_the_rest,
            {
                "collaborator/collaborator:Collaborator new": {"email": "new@acme.example"},
                "domain/domain:Domain www": {"hostname": "www.acme.example"},
                "drain/drain:Drain archive": {"url": "syslog+tls://logs.acme.example:6514"},
                "pipeline/coupling:Coupling pipeline": {"pipeline": "p1"},
            },
        ),
    ],
)
def test_an_output_reaches_the_resource(
    declare: Declare, program: Callable[[Environment], None], expected: dict[str, Any]
) -> None:
    resources = declare(WHOLE, program=program).resources
    for name, inputs in expected.items():
        assert resources[name].inputs.items() >= inputs.items(), name


def test_a_secret_output_makes_all_plain_config_vars_secret(declare: Declare) -> None:
    def program(environment: Environment) -> None:
        app(environment, config_vars={"KEY": pulumi.Output.secret("s3cret")})

    inputs = declare(WHOLE, program=program).resources["app/app:App app"].inputs
    assert inputs["configVars"] == Secret({"GREETING": "hello", "KEY": "s3cret"})
