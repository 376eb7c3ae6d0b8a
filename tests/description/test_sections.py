"""Tests of the description of an app as sections of a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from dynostack.adopt.errors import AdoptRefused
from dynostack.adopt.stack_file import StackFile
from dynostack.description.environment import described
from dynostack.description.sections import SecretText
from dynostack.environment import examine
from dynostack.inventory.app import (
    Addon,
    App,
    Collaborator,
    Coupling,
    Drain,
    Dynos,
    Part,
    Webhook,
)
from dynostack.inventory.domains import Domain

OPS = "ops@acme.example"
POSTGRES = "heroku-postgresql:standard-0"
APP = App("0e1f", "shop", "acme", "eu", stack="heroku-24", owner="acme@herokumanager.com")


def sections(app: App, **versions: str) -> dict[str, object]:
    return described(app, OPS, versions).sections


def unsaid(app: App) -> list[str]:
    return described(app, OPS, {}).unsaid


def database(name: str, *attachments: str, created: str = "2026-01-01") -> Addon:
    return Addon(
        name, name, POSTGRES, {each: f"id-of-{each}" for each in attachments}, created=created
    )


def test_an_app_without_anything() -> None:
    app = {"name": "shop", "region": "eu", "stack": "heroku-24", "team": "acme"}
    assert sections(APP) == {"account": OPS, "app": app}
    assert unsaid(APP) == []


def test_config_vars_of_add_ons_are_left_out() -> None:
    addon = Addon(
        "1", "logs", "papertrail:choklad", config_vars=frozenset({"PAPERTRAIL_API_TOKEN"})
    )
    values = {"PAPERTRAIL_API_TOKEN": "any", "GREETING": "hello", "SECRET_KEY": "any"}
    app = sections(replace(APP, addons=(addon,), config_vars=values))["app"]
    assert isinstance(app, dict)
    assert app["configVars"] == {"GREETING": "hello", "SECRET_KEY": SecretText("any")}


def test_all_config_vars_can_be_secret() -> None:
    app = replace(APP, config_vars={"GREETING": "hello"})
    found = described(app, OPS, {}, hides_all=True)
    assert found.sections["app"]["configVars"] == {"GREETING": SecretText("hello")}
    assert "hello" not in repr(found)


def test_the_live_database_is_the_main_one() -> None:
    old = database("old-db", "HEROKU_POSTGRESQL_JADE", created="2020-01-01")
    live = database("live-db", "DATABASE", "HEROKU_POSTGRESQL_RED")
    reports = database("reports-db", "HEROKU_POSTGRESQL_BLUE", "REPORTS", created="2026-02-02")
    found = sections(replace(APP, addons=(old, live, reports)), **{"live-db": "16"})["postgres"]
    assert found == {
        "plan": "standard-0",
        "version": "16",
        "name": "live-db",
        "databases": {
            "jade": {"plan": "standard-0", "name": "old-db"},
            "reports": {"plan": "standard-0", "name": "reports-db", "attachments": ["REPORTS"]},
        },
    }


def test_a_second_cache_and_names_of_caches_are_unsaid() -> None:
    first = Addon("1", "a-cache", "memcachier:100", {"MEMCACHE": "x"}, created="1")
    second = Addon("2", "b-cache", "memcachedcloud:100", {"MEMCACHEDCLOUD": "y"}, created="2")
    app = replace(APP, addons=(second, first))
    assert sections(app)["memcached"] == {"service": "memcachier", "plan": "100", "name": "a-cache"}
    assert unsaid(app) == [
        "add-on a-cache is attached as MEMCACHE",
        "add-on b-cache (memcachedcloud:100) is a second cache",
    ]


def test_add_ons_have_their_names_and_additional_attachments() -> None:
    logs = Addon("1", "a-logs", "papertrail:choklad", {"PAPERTRAIL": "x", "AUDIT": "y"})
    odd = Addon("2", "odd-1", "odd-service:big", {"ODD_SERVICE": "z"})
    again = Addon("3", "odd-2", "odd-service:big", {"ODD_SERVICE_RED": "z"})
    assert sections(replace(APP, addons=(logs, odd, again)))["addons"] == {
        "papertrail": {"plan": "papertrail:choklad", "name": "a-logs", "attachments": ["AUDIT"]},
        "odd-service": {"plan": "odd-service:big", "name": "odd-1", "unlisted": True},
        "odd-service-2": {
            "plan": "odd-service:big",
            "name": "odd-2",
            "attachments": ["ODD_SERVICE_RED"],
            "unlisted": True,
        },
    }


def test_add_ons_of_others_and_unfinished_ones_are_unsaid() -> None:
    foreign = Addon("1", "their-db", "", {"DATABASE": "x"}, app="other-shop")
    new = Addon("2", "new-db", POSTGRES, state="provisioning")
    app = replace(APP, addons=(foreign, new))
    assert "postgres" not in sections(app)
    assert unsaid(app) == [
        "add-on new-db (heroku-postgresql:standard-0) is provisioning",
        "add-on their-db of the app other-shop is attached as DATABASE",
    ]


def test_people() -> None:
    people = (
        Collaborator("Dev@acme.example", "collaborator", ("view", "deploy")),
        Collaborator("boss@acme.example", "admin", ("view",)),
        Collaborator("acme@herokumanager.com", "owner"),
        Collaborator("guest@acme.example", "member"),
    )
    app = replace(APP, collaborators=people)
    dev = {"email": "dev@acme.example", "permissions": ["view", "deploy"]}
    assert sections(app)["collaborators"] == [dev]
    assert unsaid(app) == [
        "boss@acme.example has access as admin of the team acme",
        "guest@acme.example has access without permissions of its own, as member",
    ]
    personal = replace(app, team="", collaborators=(people[0], Collaborator(OPS, "owner")))
    assert sections(personal)["collaborators"] == [{"email": "dev@acme.example"}]
    assert unsaid(personal) == [f"{OPS} has access as the owner"]


def test_drains_without_those_of_add_ons() -> None:
    drains = (
        Drain("1", "https://user:pass@logs.example?token=x", created="2"),
        Drain("2", "syslog+tls://logs.example:6514", created="1"),
        Drain("3", "syslog+tls://papertrail.example:1", is_of_addon=True),
    )
    assert sections(replace(APP, drains=drains))["drains"] == {
        "logs-example": "syslog+tls://logs.example:6514",
        "logs-example-2": SecretText("https://user:pass@logs.example?token=x"),
    }


def test_formation_features_domains_and_pipeline() -> None:
    app = replace(
        APP,
        formation={
            "release": Dynos(0, "Standard-1X"),
            "worker": Dynos(0, "Basic"),
            "web": Dynos(2, "Performance-L-RAM"),
        },
        features=frozenset({"http-session-affinity"}),
        domains=(Domain("www.acme.example", "x"), Domain("*.acme.example", "y")),
        coupling=Coupling("staging", "5c0b", "shop", is_first=False),
    )
    found = sections(app)
    assert found["formation"] == {
        "web": {"size": "performance-l-ram", "quantity": 2},
        "worker": {"size": "basic", "quantity": 0},
    }
    assert found["features"] == {"http-session-affinity": True}
    assert found["domains"] == ["*.acme.example", "www.acme.example"]
    assert found["pipeline"] == {"id": "5c0b", "stage": "staging"}


def test_what_no_section_says() -> None:
    app = replace(
        APP,
        maintenance=True,
        acm=True,
        space="acme-space",
        webhooks=(Webhook("1", "https://user:token@hooks.example?key=secret", ("api:release",)),),
        coupling=Coupling("test", "5c0b", "shop"),
        unread={Part.RELEASES: "You do not have access."},
    )
    assert "pipeline" not in sections(app)
    assert unsaid(app) == [
        "maintenance mode is on",
        "Automated Certificate Management (ACM) is on",
        "the app runs in the Private Space acme-space",
        "a webhook to hooks.example is notified of api:release",
        "the app is at stage test of the pipeline shop",
        "the releases could not be read: You do not have access.",
    ]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    return tmp_path


def file_of(app: App) -> StackFile:
    description = described(app, OPS, {})
    ciphertexts = dict.fromkeys(description.secrets, "v1:n0nCe:c1pherText")
    return StackFile("shop", "prod", app.name, description, ciphertexts, {}, has_schema=False)


ODD_TEXTS = (
    "yes", "~", "", " ", "1e3", ".5", ".inf", "0x1F", "1_000", "12:30:45", "2026-11-30", "- a",
    "a: b", "a #b", "#a", "'", '"', "\\", "{{ x }}", "[a]", "*a", "&a", "!a", "%a", "@a", "`a",
    "a\nb\n", "\ta", "a\r\n", "\x85", "\u2028", "\ufeff", "\x7f", "\x01", "🎉", "grüße", "a" * 500,
)  # fmt: skip


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_every_value_survives(project: Path, text: str) -> None:
    written = file_of(replace(APP, config_vars={"GREETING": text})).text
    assert yaml.safe_load(written)["config"]["shop:app"]["configVars"] == {"GREETING": text}
    assert not examine("prod", project, draft=written).errors


def test_what_the_file_cannot_have_is_left_out_and_listed(project: Path) -> None:
    app = replace(
        APP,
        region="mars",
        formation={"web": Dynos(1, "Gigantic"), "worker": Dynos(1, "Standard-1X")},
        config_vars={"odd-name": "planted-value", "GREETING": "hello"},
        domains=(Domain("not a host", "x"), Domain("www.acme.example", "y"), Domain("..", "z")),
    )
    file = file_of(app)
    file.refuse_errors(project)
    written = yaml.safe_load(file.text)["config"]
    assert written["shop:app"]["configVars"] == {"GREETING": "hello"}
    assert written["shop:domains"] == ["www.acme.example"]
    assert not examine("prod", project, draft=file.text).errors
    listed = "\n".join(file.description.unsaid)
    assert "app.configVars.odd-name: " in listed
    assert "domains: " in listed
    assert "planted-value" not in file.text


def test_an_app_that_no_file_can_have_is_refused(project: Path) -> None:
    with pytest.raises(AdoptRefused, match=r"cannot be described in a file: DS131"):
        file_of(replace(APP, name="Not_Valid")).refuse_errors(project)
