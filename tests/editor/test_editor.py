"""What a user sees in an editor with the YAML language server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dynostack.environment.schema import MODELINE
from tests.editor.conftest import PROJECT
from tests.editor.language_server import LanguageServer

FILES = sorted(path.name for path in PROJECT.glob("Pulumi.*.yaml"))
LEAST = f"""{MODELINE}
config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-shop
"""


def text(name: str) -> str:
    return Path(PROJECT, name).read_text()


def find(text: str, wanted: str) -> tuple[int, int]:
    """Return line and column, from 0, of the first character after a text that occurs once."""
    assert text.count(wanted) == 1, wanted
    before = text[: text.index(wanted) + len(wanted)]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def said(found: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    """Return line and column, from 0, and the message of each finding."""
    starts = ((each["range"]["start"], each["message"]) for each in found)
    return [(start["line"], start["character"], message) for start, message in starts]


@pytest.mark.parametrize("name", FILES)
def test_the_files_of_this_project_are_right(server: LanguageServer, name: str) -> None:
    assert text(name).splitlines()[0] == MODELINE
    assert said(server.open(name, text(name))) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("plan: standard-0", "plan: mini", "Value is not accepted"),
        ("region: eu", "region: Mars", "Value is not accepted"),
        ("size: standard-1x", "size: free", "Value is not accepted"),
        ("permissions: [view, deploy]}", "permissions: [look]}", "Value is not accepted"),
        ('version: "17"', "version: 17", "Incorrect type"),
        ("quantity: 2", "quantity: -1", "minimum"),
        ("name: acme-shop\n", "name: Acme\n", "does not match the pattern"),
        ("shop:postgres:", "shop:postgress:", "shop:postgress is not allowed"),
        ("    region: eu", "    regoin: eu", "regoin is not allowed"),
        ("  shop:account: ops@acme.example\n", "", 'Missing property "shop:account"'),
        ("archive: syslog+tls", "archive: {secret: x} # ", "Incorrect type"),
    ],
)
def test_a_mistake_is_marked(server: LanguageServer, old: str, new: str, message: str) -> None:
    wrong = text("Pulumi.prod.yaml")
    assert old in wrong
    wrong = wrong.replace(old, new, 1)
    found = said(server.open("Pulumi.prod.yaml", wrong))
    assert found
    assert message in found[0][2]
    if new.strip():
        assert found[0][0] == wrong[: wrong.index(new.strip())].count("\n")


@pytest.mark.parametrize("newer", ["plan: standard-1", "region: mars", "size: gigantic"])
def test_a_name_that_may_be_newer_is_accepted(server: LanguageServer, newer: str) -> None:
    key = newer.partition(":")[0]
    changed = re.sub(rf"\b{key}: [\w-]+", newer, text("Pulumi.prod.yaml"), count=1)
    assert newer in changed
    assert said(server.open("Pulumi.prod.yaml", changed)) == []


def test_keys_of_pulumi_and_other_projects_are_ignored(server: LanguageServer) -> None:
    whole = f"{LEAST}  aws:region: eu-west-1\n  pulumi:tags: {{a: b}}\nencryptionsalt: v1:a\n"
    assert said(server.open("Pulumi.other.yaml", whole)) == []


@pytest.mark.parametrize(
    "secret",
    [
        "    configVars: {SECRET_KEY: {secure: v1:a}}\n",
        "  shop:drains: {archive: {secure: v1:a}}\n",
        '  shop:addons: {logs: {plan: "papertrail:choklad", config: {token: {secure: v1:a}}}}\n',
    ],
)
def test_a_secret_is_accepted_where_it_is_allowed(server: LanguageServer, secret: str) -> None:
    assert said(server.open("Pulumi.secret.yaml", f"{LEAST}{secret}")) == []


def test_a_secret_is_rejected_anywhere_else(server: LanguageServer) -> None:
    wrong = LEAST.replace("name: acme-shop", "name: {secure: v1:a}")
    assert said(server.open("Pulumi.secret.yaml", wrong)) != []


def completions(server: LanguageServer, whole: str, after: str) -> dict[str, dict[str, Any]]:
    server.open("Pulumi.new.yaml", whole)
    line, column = find(whole, after)
    answer = server.at("textDocument/completion", "Pulumi.new.yaml", line, column)
    return {item["label"]: item for item in answer["items"]}


def test_plans_are_proposed_with_their_price(server: LanguageServer) -> None:
    proposed = completions(server, f"{LEAST}  shop:postgres:\n    plan: \n", "    plan: ")
    assert {"essential-0", "standard-0", "premium-9"} <= set(proposed)
    assert "$50 a month, 120 connections, 64 GB" in str(proposed["standard-0"]["documentation"])
    assert "hobby-dev" not in proposed


def test_plans_of_the_chosen_service_are_proposed(server: LanguageServer) -> None:
    whole = f"{LEAST}  shop:memcached:\n    service: memcachedcloud\n    plan: \n"
    proposed = completions(server, whole, "    plan: ")
    assert {'"30"', '"100"'} <= set(proposed)
    assert "dev" not in proposed


def test_keys_of_a_section_are_proposed(server: LanguageServer) -> None:
    proposed = completions(server, f"{LEAST}    \n", "acme-shop\n    ")
    assert {"region", "stack", "team", "configVars", "source"} <= set(proposed)
    assert "name" not in proposed


def test_sections_are_proposed(server: LanguageServer) -> None:
    proposed = completions(server, f"{LEAST}  \n", "acme-shop\n  ")
    assert {"shop:postgres", "shop:memcached", "shop:collaborators"} <= set(proposed)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("    plan", "Plan without its service"),
        ("    region", "A change replaces the app"),
        ("  shop:formation", "The dynos of each process type"),
        ("DJANGO_SETTINGS_MODULE", "Config vars"),
    ],
)
def test_a_key_is_explained_under_the_pointer(server: LanguageServer, key: str, told: str) -> None:
    whole = text("Pulumi.prod.yaml")
    server.open("Pulumi.prod.yaml", whole)
    at = whole.index(f"{key}:") + len(key) - 1
    line, column = whole[:at].count("\n"), at - whole[:at].rfind("\n") - 1
    answer = server.at("textDocument/hover", "Pulumi.prod.yaml", line, column)
    assert told in answer["contents"]["value"]
