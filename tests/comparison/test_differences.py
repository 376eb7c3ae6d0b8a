"""Tests of the words for each kind of difference, and of its edit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from dynostack.comparison.difference import Difference
from dynostack.comparison.differences import differences
from dynostack.comparison.managed import Managed
from dynostack.description.sections import SecretText
from dynostack.environment import Environment, load
from dynostack.inventory.app import Addon, App, Collaborator, Coupling, Drain, Dynos, Release
from dynostack.inventory.domains import Domain

FILE = """\
config:
  shop:account: ops@acme.example
  shop:app:
    name: shop
    region: eu
    stack: heroku-24
    team: acme
    source: .
    buildpacks: [heroku/python]
    configVars: {GREETING: hello}
  shop:formation: {web: {size: basic, quantity: 1}}
  shop:postgres: {plan: standard-0, name: shop-db, attachments: [MAIN]}
  shop:memcached: {plan: "100", name: shop-cache}
  shop:addons: {logs: {plan: "papertrail:choklad", name: shop-logs}}
  shop:collaborators: [{email: dev@acme.example, permissions: [view, deploy]}]
  shop:domains: [www.acme.example]
  shop:features: {http-session-affinity: true}
  shop:drains: {archive: "syslog+tls://logs.acme.example:6514"}
  shop:pipeline: {create: true, name: shop, stage: staging}
"""
DATABASE = Addon(
    *("db", "shop-db", "heroku-postgresql:standard-0", {"DATABASE": "1", "MAIN": "2"}), cents=5000
)
CACHE = Addon("cache", "shop-cache", "memcachier:100", {"MEMCACHIER": "3"})
LOGS = Addon("logs", "shop-logs", "papertrail:choklad", {"PAPERTRAIL": "4"})
DEV = Collaborator("dev@acme.example", "collaborator", ("deploy", "view"))
RELEASE = Release(7, "dev@acme.example", "Set GREETING config vars", "2026-11-30", "slug")
APP = App(
    *("app", "shop", "acme", "eu"),
    stack="heroku-24",
    buildpacks=("heroku/python",),
    config_vars={"GREETING": "hello"},
    formation={"web": Dynos(1, "Basic")},
    addons=(DATABASE, CACHE, LOGS),
    collaborators=(DEV,),
    domains=(Domain("www.acme.example", "x"),),
    features=frozenset({"http-session-affinity"}),
    drains=(Drain("1", "syslog+tls://logs.acme.example:6514"),),
    coupling=Coupling("staging", "5c0b", "shop"),
    releases=(RELEASE,),
)
MANAGED = Managed("app", {"postgres": "db", "memcached": "cache", "logs": "logs"}, "slug")


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(FILE)
    return load("prod", tmp_path)


def found(environment: Environment, **changes: Any) -> list[Difference]:
    return differences(environment, replace(APP, **changes), MANAGED, {})


def test_no_difference(environment: Environment) -> None:
    assert found(environment) == []


SAYS: dict[str, tuple[dict[str, Any], str]] = {
    "another name": ({"name": "store"}, "the app's name is store, the file says shop"),
    "another region": ({"region": "us"}, "the app's region is us, the file says eu"),
    "another stack": (
        {"stack": "heroku-22"},
        "the app's stack is heroku-22, the file says heroku-24",
    ),
    "another team": ({"team": "rivals"}, "the app's team is rivals, the file says acme"),
    "no buildpack": ({"buildpacks": ()}, "the buildpacks are nothing, the file says heroku/python"),
    "other code": (
        {"releases": (replace(RELEASE, slug="other", description="Deploy 1f2e3d4c"),)},
        'v7 has code from outside this stack: "Deploy 1f2e3d4c"',
    ),
    "another value": (
        {"config_vars": {"GREETING": "bye"}},
        'config var GREETING is "bye", the file says "hello"',
    ),
    "a secret value": (
        {"config_vars": {"GREETING": "https://user:pass@x.example"}},
        "config var GREETING has another value",
    ),
    "no config var": ({"config_vars": {}}, "config var GREETING is gone"),
    "a config var": (
        {"config_vars": {"GREETING": "hello", "MODE": "x" * 70}},
        f'config var MODE: "{"x" * 57}..."',
    ),
    "a config var with characters for a terminal": (
        {"config_vars": {"GREETING": "hello", "MODE": "a\n\x1b[31m"}},
        r'config var MODE: "a\n\x1b[31m"',
    ),
    "more dynos": (
        {"formation": {"web": Dynos(2, "Standard-1X")}},
        "web runs 2 standard-1x dynos ($50 a month), the file says 1 basic dyno ($7 a month)",
    ),
    "another process": (
        {"formation": {"web": Dynos(1, "Basic"), "worker": Dynos(1, "Unheard-Of")}},
        "worker runs 1 unheard-of dyno (price unknown)",
    ),
    "no process": ({"formation": {}}, "the app has no process type web"),
    "another plan": (
        {
            "addons": (
                replace(DATABASE, plan="heroku-postgresql:premium-0", cents=20000),
                CACHE,
                LOGS,
            )
        },
        (
            "add-on shop-db has the plan heroku-postgresql:premium-0 ($200 a month), the file says"
            " heroku-postgresql:standard-0 ($50 a month)"
        ),
    ),
    "another add-on name": (
        {"addons": (replace(DATABASE, name="db-2"), CACHE, LOGS)},
        "add-on shop-db is called db-2",
    ),
    "no database": (
        {"addons": (CACHE, LOGS)},
        "add-on shop-db (heroku-postgresql:standard-0) is gone",
    ),
    "no cache": ({"addons": (DATABASE, LOGS)}, "add-on shop-cache (memcachier:100) is gone"),
    "an attachment": (
        {"addons": (DATABASE, CACHE, replace(LOGS, attachments={"PAPERTRAIL": "4", "AUDIT": "5"}))},
        "add-on shop-logs is also attached as AUDIT",
    ),
    "no attachment": (
        {"addons": (replace(DATABASE, attachments={"DATABASE": "1"}), CACHE, LOGS)},
        "add-on shop-db is no longer attached as MAIN",
    ),
    "an add-on": (
        {"addons": (DATABASE, CACHE, LOGS, Addon("9", "new-1", "heroku-redis:mini", cents=300))},
        "add-on new-1 (heroku-redis:mini, $3 a month), attached as nothing",
    ),
    "a person": (
        {"collaborators": (DEV, Collaborator("m@x.example", "collaborator", ("manage",), "2026"))},
        "m@x.example has manage",
    ),
    "nobody": ({"collaborators": ()}, "dev@acme.example has no access"),
    "other permissions": (
        {"collaborators": (replace(DEV, permissions=("view",)),)},
        "dev@acme.example has view, the file says view and deploy",
    ),
    "a domain": (
        {"domains": (*APP.domains, Domain("x.example", "y"))},
        "domain x.example",
    ),
    "no domain": ({"domains": ()}, "domain www.acme.example is gone"),
    "a feature": (
        {"features": frozenset({"http-session-affinity", "preboot"})},
        "feature preboot is on",
    ),
    "no feature": ({"features": frozenset()}, "feature http-session-affinity is off"),
    "a drain": (
        {"drains": (*APP.drains, Drain("2", "https://user:pass@x.example/"))},
        "a drain sends the app's logs to x.example",
    ),
    "no drain": ({"drains": ()}, "the drain to logs.acme.example is gone"),
    "another stage": (
        {"coupling": Coupling("production", "5c0b", "shop")},
        "the app is at stage production, the file says staging",
    ),
    "another pipeline": (
        {"coupling": Coupling("staging", "77aa", "store")},
        "the app is in the pipeline store",
    ),
    "no pipeline": ({"coupling": None}, "the app is in no pipeline"),
}
"""Name of a change -> what differs in the app, and the words for it."""


@pytest.mark.parametrize("name", SAYS)
def test_a_difference_in_words(environment: Environment, name: str) -> None:
    changes, words = SAYS[name]
    (difference,) = found(environment, **changes)
    assert difference.text == words
    assert "pass" not in f"{difference}"


UNSAYABLE = ("other code", "another pipeline", "no pipeline")
"""A stack that owns its pipeline would destroy it with the section."""


@pytest.mark.parametrize("name", UNSAYABLE)
def test_what_no_file_can_say_has_no_edit(environment: Environment, name: str) -> None:
    (difference,) = found(environment, **SAYS[name][0])
    assert difference.edits == ()


@pytest.mark.parametrize("name", [name for name in SAYS if name not in UNSAYABLE])
def test_its_edit_makes_the_file_say_it(
    environment: Environment, name: str, tmp_path: Path
) -> None:
    changes, _ = SAYS[name]
    (difference,) = found(environment, **changes)
    text = FILE
    for edit in difference.edits:
        secrets = {edit.value: "v1:n:c"} if isinstance(edit.value, SecretText) else {}
        text = edit.encrypted(secrets).of(text, "shop:")
    assert yaml.safe_load(text) != yaml.safe_load(FILE)
    if "secure" in text or name == "another process":
        return
    (tmp_path / "Pulumi.prod.yaml").write_text(text)
    assert differences(load("prod", tmp_path), replace(APP, **changes), MANAGED, {}) == []


def test_who_and_when(environment: Environment) -> None:
    (difference,) = found(environment, config_vars={"GREETING": "bye"})
    assert (difference.since, difference.by) == ("2026-11-30", "dev@acme.example")
    (difference,) = found(environment, domains=())
    assert (difference.since, difference.by) == ("", "unknown")


def test_a_second_cache_is_told_but_no_file_can_say_it(environment: Environment) -> None:
    second = Addon("9", "cache-2", "memcachedcloud:30", {"MEMCACHEDCLOUD": "9"}, cents=0)
    (difference,) = found(environment, addons=(*APP.addons, second))
    assert difference.text == (
        "add-on cache-2 (memcachedcloud:30, free), attached as MEMCACHEDCLOUD"
    )
    assert difference.edits == ()


def test_keys_that_the_file_leaves_out_are_not_compared(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    text = "config:\n  shop:account: ops@acme.example\n  shop:app: {name: shop}\n"
    (tmp_path / "Pulumi.prod.yaml").write_text(text)
    app = App("app", "shop", "", "eu", stack="heroku-22", buildpacks=("heroku/go",))
    assert differences(load("prod", tmp_path), app, Managed("app"), {}) == []
