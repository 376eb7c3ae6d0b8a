"""Dependencies between components, stack outputs, and the other sections."""

from pathlib import Path

import pytest

from dynostack.environment import load
from tests.components.conftest import HEAD, WEB_URL, Declare, Secret

ROOT = Path(__file__).parents[2]
STACKS = ["local", "staging", "prod"]
TEAM = f"{HEAD}    team: acme\n"
BUILT = f"{HEAD}    source: examples/django\n"


def test_only_an_app(declare: Declare) -> None:
    assert set(declare(HEAD).resources) == {
        "pulumi:providers:heroku heroku",
        "App app",
        "app/app:App app",
    }


def test_the_provider_keeps_config_vars_and_the_key_out_of_the_state(
    declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEROKU_API_KEY", "k3y")
    declaration = declare(HEAD)
    assert declaration.resources["pulumi:providers:heroku heroku"].inputs == {
        "customizations": (
            '[{"setAddonConfigVarsInState": false, "setAppAllConfigVarsInState": false}]'
        )
    }
    assert "k3y" not in repr(declaration)


def test_every_resource_uses_the_one_provider(declare: Declare) -> None:
    text = f"{BUILT}  shop:postgres: {{ plan: essential-0 }}\n"
    for name, resource in declare(text).resources.items():
        if ":" in name and not name.startswith("pulumi:"):
            assert resource.provider == "pulumi:providers:heroku heroku", name


def test_a_build_waits_for_every_addon_and_attachment(declare: Declare) -> None:
    text = f"{BUILT}  shop:postgres: {{ plan: essential-0, attachments: [REPORTS] }}\n"
    text += "  shop:memcached: { plan: dev }\n"
    text += '  shop:addons: { logs: { plan: "papertrail:choklad" } }\n'
    build = declare(text).resources["build/build:Build build"]
    assert build.inputs["source"] == {"path": ".dynostack/sources/x/build.tar.gz"}
    assert build.after == {
        "app/app:App app",
        "addon/addon:Addon postgres",
        "addon/attachment:Attachment reports",
        "addon/addon:Addon memcached",
        "addon/addon:Addon logs",
    }


def test_dynos_wait_for_the_build(declare: Declare) -> None:
    text = f"{BUILT}  shop:formation:\n    web: {{ size: standard-1x, quantity: 2 }}\n"
    text += "    worker: { size: performance-l-ram, quantity: 0 }\n"
    formation = declare(text).of_type("formation/formation:Formation")
    assert (
        formation["web"].inputs.items()
        >= {
            "type": "web",
            "size": "Standard-1X",
            "quantity": 2,
        }.items()
    )
    assert formation["worker"].inputs["size"] == "Performance-L-RAM"
    assert formation["worker"].inputs["quantity"] == 0
    assert "build/build:Build build" in formation["web"].after
    assert formation["web"].parent == "Formation formation"


def test_dynos_without_a_build(declare: Declare) -> None:
    text = f"{HEAD}  shop:formation: {{ web: {{ size: basic, quantity: 1 }} }}\n"
    web = declare(text).resources["formation/formation:Formation web"]
    assert web.after == {"app/app:App app"}


def test_collaborators_of_a_personal_app(declare: Declare) -> None:
    text = f"{HEAD}  shop:collaborators:\n    - {{ email: Dev@acme.example }}\n"
    declaration = declare(text)
    person = declaration.resources["collaborator/collaborator:Collaborator dev@acme.example"]
    assert person.inputs["email"] == "dev@acme.example"
    assert person.parent == "Collaborators collaborators"
    assert person.after == {"app/app:App app"}
    assert not declaration.of_type("team/collaborator:Collaborator")


def test_collaborators_of_a_team_app(declare: Declare) -> None:
    text = f"{TEAM}  shop:collaborators:\n"
    text += "    - { email: dev@acme.example, permissions: [view, deploy] }\n"
    declaration = declare(text)
    person = declaration.resources["team/collaborator:Collaborator dev@acme.example"]
    assert person.inputs["permissions"] == ["view", "deploy"]
    assert not declaration.of_type("collaborator/collaborator:Collaborator")


def test_domains(declare: Declare) -> None:
    text = f'{HEAD}  shop:domains: [www.acme.example, "*.acme.example"]\n'
    domains = declare(text).of_type("domain/domain:Domain")
    assert {each.inputs["hostname"] for each in domains.values()} == {
        "www.acme.example",
        "*.acme.example",
    }
    assert {each.parent for each in domains.values()} == {"Domains domains"}


def test_a_domain_keeps_a_certificate_that_the_file_cannot_set(declare: Declare) -> None:
    domain = declare(f"{HEAD}  shop:domains: [www.acme.example]\n").resources[
        "domain/domain:Domain www.acme.example"
    ]
    assert domain.ignore_changes == {"sniEndpointId"}


def test_drains(declare: Declare) -> None:
    text = f"{HEAD}  shop:drains:\n    open: syslog://logs.acme.example\n"
    text += "    closed: { secure: AAABAAAA }\n"
    address = "https://user:pw@logs.acme.example"
    drains = declare(text, AAABAAAA=address).of_type("drain/drain:Drain")
    assert drains["open"].inputs["url"] == "syslog://logs.acme.example"
    assert "sensitiveUrl" not in drains["open"].inputs
    assert drains["closed"].inputs["sensitiveUrl"] == Secret(address)
    assert "url" not in drains["closed"].inputs
    assert all(drain.delete_before_replace for drain in drains.values())


def test_a_pipeline_of_this_stack(declare: Declare) -> None:
    text = f"{HEAD}  shop:pipeline: {{ create: true, name: shop, stage: staging }}\n"
    declaration = declare(text)
    assert declaration.resources["pipeline/pipeline:Pipeline pipeline"].inputs == {"name": "shop"}
    coupling = declaration.resources["pipeline/coupling:Coupling pipeline"]
    assert coupling.inputs["stage"] == "staging"
    assert coupling.inputs["pipeline"] == declaration.outputs["pipelineId"]
    assert "pipeline/pipeline:Pipeline pipeline" in coupling.after
    assert coupling.delete_before_replace


def test_a_pipeline_of_another_stack(declare: Declare) -> None:
    identity = "01234567-89ab-cdef-0123-456789abcdef"
    text = f"{HEAD}  shop:pipeline: {{ id: {identity}, stage: production }}\n"
    declaration = declare(text)
    assert not declaration.of_type("pipeline/pipeline:Pipeline")
    assert (
        declaration.of_type("pipeline/coupling:Coupling")["pipeline"].inputs["pipeline"] == identity
    )
    assert declaration.outputs["pipelineId"] == identity


def test_outputs(declare: Declare) -> None:
    text = f"{HEAD}  shop:postgres: {{ plan: essential-0 }}\n  shop:memcached: {{ plan: dev }}\n"
    assert declare(text).outputs == {
        "appName": "acme-shop",
        "webUrl": WEB_URL,
        "gitUrl": "https://git/acme-shop.git",
        "addons": {"postgres": "postgres-42", "memcached": "memcached-42"},
        "addonConfigVars": {"postgres": ["SOME_URL"], "memcached": ["SOME_URL"]},
    }


@pytest.mark.parametrize("stack", STACKS)
def test_each_environment_of_this_project_is_declared_completely(
    stack: str, declare: Declare
) -> None:
    environment = load(stack, ROOT)
    declaration = declare((ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8"))
    kind = "team/collaborator" if environment.app.team else "collaborator/collaborator"
    people = declaration.of_type(f"{kind}:Collaborator")
    assert set(people) == {person.email for person in environment.collaborators}
    assert set(declaration.of_type("formation/formation:Formation")) == set(environment.formation)
    assert set(declaration.of_type("domain/domain:Domain")) == set(environment.domains)
    assert set(declaration.of_type("app/feature:Feature")) == set(environment.features)
    assert set(declaration.of_type("drain/drain:Drain")) == set(environment.drains)
    assert set(environment.addons) < set(declaration.outputs["addons"])
    sensitive = declaration.resources["app/app:App app"].inputs["sensitiveConfigVars"]
    assert sensitive == Secret({"SECRET_KEY": ""})
