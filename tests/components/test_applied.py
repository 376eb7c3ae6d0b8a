"""Changes of a file that the real engine applies to the local Heroku."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from tests.e2e.rehearsal import Done, Rehearsal
from tests.review.cases import HERE, changed
from tests.review.world import ReviewWorld

pytestmark = [pytest.mark.e2e, pytest.mark.long]

SITE = {"app.source": "site", "app.configVars.ALLOWED_HOSTS": ".acme.example,.herokuapp.com"}
PROD = {
    **SITE,
    "postgres.protect": False,
    "postgres.databases": {"next": {"plan": "essential-0", "protect": False}},
    "memcached.name": "acme-cache",
    "addons.logs.name": "acme-logs",
}
WITHOUT = ("app.source", "app.configVars", "formation", "postgres", "memcached", "addons")
PERSONAL = dict.fromkeys(WITHOUT, "")
BEFORE = {
    "addon/addon:Addon::memcached": "addon/addon:Addon::memcachier",
    "addon/addon:Addon::logs": "addon/addon:Addon::logs-papertrail",
    "App$heroku:addon/attachment:Attachment::reports": (
        "App$dynostack:heroku:Postgres$heroku:addon/attachment:Attachment::postgres-reports"
    ),
}
"""Suffix of resource names -> their suffix in states from before 2026-12."""
Change = Callable[[dict[str, Any]], None]


class Stack:
    """One stack of a rehearsal that is up."""

    def __init__(self, rehearsal: Rehearsal, name: str, changes: dict[str, Any]) -> None:
        self.rehearsal, self.name = rehearsal, name
        self.heroku = ReviewWorld(rehearsal).heroku
        self.file = rehearsal.directory / f"Pulumi.{name}.yaml"
        self.write(changes)
        self.succeed("stack", "init", "--no-select")
        self.succeed("up", "--yes", "--skip-preview")
        self.before = self.file.read_text()

    def write(self, changes: dict[str, Any]) -> None:
        """Change the file; "" removes a value."""
        text = yaml.safe_dump(changed(yaml.safe_load(self.file.read_text()), changes))
        self.file.write_text(text)

    def succeed(self, *arguments: str) -> Done:
        done = self.rehearsal.pulumi(*arguments, "--stack", self.name)
        assert done.exit_code == 0, done.output
        return done

    def apply(self, changes: dict[str, Any]) -> Done:
        """Preview a change, apply exactly that preview, and check that nothing is left to do."""
        self.write(changes)
        plan = str(self.rehearsal.directory / "plan.json")
        preview = self.succeed("preview", "--refresh", "--save-plan", plan)
        self.succeed("up", "--yes", "--skip-preview", "--refresh", "--plan", plan)
        self.expect_no_changes()
        return preview

    def output(self, name: str) -> str:
        return self.succeed("stack", "output", name).output.strip()

    def expect_no_changes(self) -> None:
        self.succeed("preview", "--refresh", "--expect-no-changes")

    def edit_state(self, change: Change) -> None:
        state = self.rehearsal.directory / "state.json"
        self.succeed("stack", "export", "--file", str(state))
        document = json.loads(state.read_text())
        change(document)
        state.write_text(json.dumps(document))
        self.succeed("stack", "import", "--file", str(state))


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("applied") / "shop", warm=True)
    shutil.copytree(HERE / "site", rehearsal.directory / "site")
    for command in (["toolchain"], ["local", "start"]):
        done = rehearsal.dynostack(*command)
        assert done.exit_code == 0, done.output
    yield rehearsal
    rehearsal.end()


@pytest.fixture(scope="module")
def prod(rehearsal: Rehearsal) -> Stack:
    stack = Stack(rehearsal, "prod", PROD)
    done = rehearsal.dynostack("local", "snapshot", "up")
    assert done.exit_code == 0, done.output
    return stack


@pytest.fixture
def up(prod: Stack) -> Iterator[Stack]:
    """Return the production stack; its file, state and Heroku are restored after the test."""
    yield prod
    prod.file.write_text(prod.before)
    done = prod.rehearsal.dynostack("local", "restore", "up")
    assert done.exit_code == 0, done.output


def test_changes_that_heroku_refuses_in_another_order_are_applied_completely(up: Stack) -> None:
    up.succeed(
        "config", "set", "--secret", "--path", "shop:drains.archive", "syslog+tls://l.example:6514"
    )
    up.apply(
        {
            "app.name": "acme-shopping",
            "pipeline.stage": "staging",
            "postgres.attachments": [],
            "postgres.databases.next.attachments": ["REPORTS"],
            "memcached.service": "memcachedcloud",
            "memcached.plan": "30",
            "addons.logs": {"plan": "sentry:f1", "name": "acme-logs", "unlisted": True},
        }
    )
    app = up.rehearsal.heroku("/apps/acme-shopping")
    assert up.output("webUrl") == app["web_url"]
    assert up.output("gitUrl") == app["git_url"]
    coupling = up.rehearsal.heroku(f"/apps/{app['id']}/pipeline-couplings")
    assert coupling["stage"] == "staging"
    addons = {each["name"]: each for each in up.rehearsal.heroku(f"/apps/{app['id']}/addons")}
    assert addons["acme-cache"]["plan"]["name"] == "memcachedcloud:30"
    attachments = up.rehearsal.heroku(f"/apps/{app['id']}/addon-attachments")
    (reports,) = (each for each in attachments if each["name"] == "REPORTS")
    assert reports["addon"]["name"].startswith("postgres-next-")


def test_the_last_secret_config_var_can_be_removed(up: Stack) -> None:
    up.apply({"app.configVars": {"DEBUG": "0"}, "app.source": "", "formation": ""})
    assert "SECRET_KEY" not in up.rehearsal.heroku("/apps/acme-shop/config-vars")


def test_a_state_with_the_former_names_needs_no_change(up: Stack) -> None:
    def rename(document: dict[str, Any]) -> None:
        for resource in document["deployment"]["resources"]:
            resource.pop("replacementTrigger", None)
            if resource["urn"].endswith("Attachment::reports"):
                resource["parent"] += "$dynostack:heroku:Postgres::postgres"
                resource["parent"] = resource["parent"].replace("::app$", "$")
        text = json.dumps(document)
        for now, before in BEFORE.items():
            text = text.replace(now, before)
        document.update(json.loads(text))

    up.edit_state(rename)
    up.expect_no_changes()
    up.succeed("up", "--yes", "--skip-preview")
    up.expect_no_changes()


def test_an_absent_name_keeps_the_name_that_heroku_has(up: Stack) -> None:
    (database, *_) = up.rehearsal.heroku("/apps/acme-shop/addons")
    up.write({"memcached.name": "", "addons.logs.name": ""})
    up.expect_no_changes()
    name = {"plan": "", "name": "renamed-by-hand"}
    up.heroku("PATCH", f"/apps/acme-shop/addons/{database['id']}", name)
    up.expect_no_changes()


def test_imported_resources_are_not_changed(up: Stack) -> None:
    imported: list[dict[str, Any]] = []

    def forget(document: dict[str, Any]) -> None:
        kept: list[dict[str, Any]] = []
        for resource in document["deployment"]["resources"]:
            heroku = resource["type"].startswith("heroku:")
            if not resource["urn"].endswith("Build::build"):
                (imported if heroku else kept).append(resource)
            resource.pop("dependencies", None)
            resource.pop("propertyDependencies", None)
        document["deployment"]["resources"] = kept

    up.write({"memcached.name": "", "addons.logs.name": "", "app.region": "", "app.stack": ""})
    up.edit_state(forget)
    file = up.rehearsal.directory / "import.json"
    file.write_text(json.dumps(_import_of(imported)))
    options = ("--yes", "--skip-preview", "--generate-code=false", "--protect=false")
    up.succeed("import", "--file", str(file), *options)
    releases = len(up.rehearsal.heroku("/apps/acme-shop/releases"))
    preview = up.apply({"app.source": "", "app.configVars.DEBUG": ""})
    assert preview.planned == {"update": 1}, preview.output
    assert "configVars" not in preview.output
    assert len(up.rehearsal.heroku("/apps/acme-shop/releases")) == releases


def test_a_transferred_app_and_its_people_stay(rehearsal: Rehearsal) -> None:
    stack = Stack(rehearsal, "local", PERSONAL)
    app = rehearsal.heroku("/apps/acme-shop-local")
    stack.heroku("PATCH", "/teams/apps/acme-shop-local", {"owner": "acme"})
    stack.expect_no_changes()
    people = [
        {"email": f"{name}@acme.example", "permissions": ["view"]} for name in ("dev", "design")
    ]
    stack.apply({"app.team": "acme", "collaborators": people})
    assert rehearsal.heroku("/apps/acme-shop-local")["id"] == app["id"]
    emails = {
        each["user"]["email"] for each in rehearsal.heroku(f"/apps/{app['id']}/collaborators")
    }
    assert {person["email"] for person in people} < emails


def _import_of(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the input of `pulumi import --file` for a state's resources."""
    parents = {_parent(each): each["parent"] for each in resources}
    provider = {"heroku": resources[0]["provider"].rpartition("::")[0]}
    return {
        "nameTable": {**parents, **provider},
        "resources": [
            {
                "type": each["type"],
                "name": each["urn"].rpartition("::")[2],
                "id": _import_id(each),
                "parent": _parent(each),
                "provider": "heroku",
            }
            for each in resources
        ],
    }


def _parent(resource: dict[str, Any]) -> str:
    return f"parent-{resource['parent'].rpartition('::')[2]}"


def _import_id(resource: dict[str, Any]) -> str:
    outputs = resource["outputs"]
    of_the_app = {
        "heroku:app/feature:Feature": "name",
        "heroku:domain/domain:Domain": "id",
        "heroku:drain/drain:Drain": "id",
        "heroku:formation/formation:Formation": "type",
        "heroku:team/collaborator:Collaborator": "email",
    }
    if key := of_the_app.get(resource["type"]):
        return f"{outputs['appId']}:{outputs[key]}"
    return str(resource["id"])
