"""Possible secrets are not shown, wherever they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dynostack.review import resource_types
from dynostack.review.context import Context
from dynostack.review.model import Edit
from dynostack.review.redaction import MASK, Mask, addresses_masked, host_only, known_secrets
from dynostack.review.render import json, markdown, text
from dynostack.review.step import Preview, Violation
from tests.review.steps import app, database, reviewed, step

PLANTED = "planted-a1b2c3"

ADDRESSES = {
    f"https://user:{PLANTED}@acme.example/x": f"https://{MASK}@acme.example/x",
    f"https://{PLANTED}@acme.example": f"https://{MASK}@acme.example",
    f"postgres://u:{PLANTED}@db:5432/name": f"postgres://{MASK}@db:5432/name",
    f"https://acme.example/in?token={PLANTED}": f"https://acme.example/in?{MASK}",
    f"https://acme.example/in#{PLANTED}": f"https://acme.example/in#{MASK}",
    "https://hooks.acme.example/T0/a1b2c3d4e5f6a7b8c9": f"https://hooks.acme.example/T0/{MASK}",
    "https://github.com/heroku/heroku-buildpack-python": (
        "https://github.com/heroku/heroku-buildpack-python"
    ),
    "heroku/python": "heroku/python",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses(address: str) -> None:
    assert addresses_masked(f"to {address}") == f"to {ADDRESSES[address]}"


def test_a_drain_shows_only_its_host() -> None:
    assert host_only(f"https://logs.acme.example/{PLANTED}") == f"https://logs.acme.example/{MASK}"
    assert host_only("syslog+tls://logs.acme.example:6514") == "syslog+tls://logs.acme.example:6514"


PROPERTIES = [
    app(
        {"configVars": {"API_TOKEN": f"{PLANTED}-old"}},
        {"configVars": {"API_TOKEN": f"{PLANTED}-new"}},
    ),
    app({"configVars": {"A_PASSWORD": PLANTED}}, {"configVars": {}}),
    app({"configVars": {"A": PLANTED}}, {"sensitiveConfigVars": {"A": "[secret]"}}),
    app({"configVars": {"A": "[secret]"}}, {"configVars": {"A": PLANTED}}),
    app(None, {"configVars": {"A": f"redis://:{PLANTED}@acme.example"}}),
    app(
        None,
        {
            "configVars": {"SECRET_KEY": PLANTED},
            "buildpacks": [f"https://x:{PLANTED}@acme.example"],
        },
    ),
    app({"sensitiveConfigVars": {"A": PLANTED}}, {"sensitiveConfigVars": {"A": f"{PLANTED}2"}}),
    app({"unheard": PLANTED}, {"unheard": f"{PLANTED}2"}),
    step(
        resource_types.ADDON,
        "logs",
        None,
        {"plan": "papertrail:choklad", "config": {"token": PLANTED}},
    ),
    step(resource_types.DRAIN, "d", None, {"url": f"https://{PLANTED}@acme.example/{PLANTED}"}),
    step(resource_types.DRAIN, "d", None, {"sensitiveUrl": f"https://acme.example/{PLANTED}"}),
    step(
        resource_types.BUILD,
        "build",
        None,
        {"source": {"url": f"https://acme.example/?s={PLANTED}"}},
    ),
    step(
        resource_types.CONFIG_ASSOCIATION,
        "vars",
        {"vars": {"TOKEN": PLANTED}},
        {"vars": {"TOKEN": "new"}},
    ),
    step(resource_types.COLLABORATOR, "x", None, {"email": f"https://hook:{PLANTED}@acme.example"}),
    step("unheard:of/type:Type", "x", None, {"anything": PLANTED}),
]


@pytest.mark.parametrize("planted", PROPERTIES, ids=lambda each: f"{each.type} {each.operation}")
def test_no_rendering_has_the_secret(planted: object, tmp_path: Path) -> None:
    assert isinstance(planted, type(PROPERTIES[0]))
    texts = (f"the value {PLANTED}-new is not allowed", f"https://u:{PLANTED}@acme.example failed")
    shown = reviewed(
        planted,
        directory=tmp_path,
        drift=(planted,),
        errors=tuple(each for each in texts if f"{PLANTED}-new" in str(planted) or "@" in each),
        violations=(Violation("p", planted.urn, f"see https://u:{PLANTED}@acme.example", True),),
    )
    for render in (text.render, markdown.render, json.render):
        assert PLANTED not in render(shown)


def test_a_change_stays_visible(tmp_path: Path) -> None:
    steps = app({"configVars": {"A": "old-value"}}, {"configVars": {"A": "new-value", "B": "b"}})
    (change,) = reviewed(steps, directory=tmp_path).changes
    told = [(each.path, each.edit, each.old, each.new, each.masked) for each in change.properties]
    assert told == [
        ("configVars.A", Edit.CHANGED, "old-value", "new-value", False),
        ("configVars.B", Edit.ADDED, None, "b", False),
    ]


def test_a_secret_that_changes_stays_visible(tmp_path: Path) -> None:
    old, new = {"A_KEY": "old", "B_SECRET": "1"}, {"A_KEY": "true", "SECRET_KEY": "new"}
    steps = app({"sensitiveConfigVars": old}, {"sensitiveConfigVars": new})
    (change,) = reviewed(steps, directory=tmp_path).changes
    edits = [(each.path, each.edit, each.old, each.new, each.masked) for each in change.properties]
    assert edits == [
        ("sensitiveConfigVars.A_KEY", Edit.CHANGED, MASK, MASK, True),
        ("sensitiveConfigVars.B_SECRET", Edit.REMOVED, MASK, None, True),
        ("sensitiveConfigVars.SECRET_KEY", Edit.ADDED, None, MASK, True),
    ]


def test_a_token_that_came_from_outside_is_hidden(tmp_path: Path) -> None:
    token = "0123456789abcdef01"
    drift = replace(app({"configVars": {"A": "x"}}, {"configVars": {"A": token}}), is_drift=True)
    (change,) = reviewed(drift=(drift,), directory=tmp_path).drift
    assert [each.new for each in change.properties] == [MASK]


def test_the_version_of_a_database_is_shown(tmp_path: Path) -> None:
    steps = database("standard-0 16", "standard-0 17", replaced_by=("config",))
    (change,) = reviewed(steps, directory=tmp_path).changes
    assert [(each.path, each.old, each.new) for each in change.properties] == [
        ("config.version", "16", "17")
    ]
    assert change.forced_by == change.properties


def test_texts_of_others() -> None:
    old, new = {"TOKEN": "first-value", "B_TOKEN": "x", "C": "open"}, {"TOKEN": "value-two"}
    values = app({"configVars": old}, {"configVars": new})
    identity = "01234567-89ab-cdef-0123-456789abcdef"
    mask = Mask.of(Preview("prod", "shop", (values,)), ["HRKU-0a1b"], [identity])
    assert mask(f"GET /apps/{identity}/domains is open") == f"GET /apps/{identity}/domains is open"
    assert mask("first-value, value-two and HRKU-0a1b") == f"{MASK}, {MASK} and {MASK}"
    assert mask("x is what is left of box") == "x is what is left of box"
    assert mask("token 0123456789abcdef01 is not known") == f"token {MASK} is not known"
    assert mask("heroku-postgresql:standard-0 of acme-shop") == (
        "heroku-postgresql:standard-0 of acme-shop"
    )
    assert "first" not in repr(mask)


def test_the_reason_why_heroku_was_not_asked_is_masked(tmp_path: Path) -> None:
    context = Context(unavailable=f"refused: postgres://u:{PLANTED}@db")
    found = reviewed(directory=tmp_path, context=context)
    assert [each.id for each in found.findings] == ["DR605"]
    assert PLANTED not in text.render(found)


@pytest.mark.parametrize("name", ["SSH_KEY", "MYTOKEN", "DB_PASS", "AWS_CREDENTIALS", "pip_token"])
def test_secrets_of_this_shell_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, PLANTED)
    assert PLANTED in known_secrets(tmp_path, "prod")


def test_hidden_values_of_the_file_are_secrets(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    text = f"config:\n  shop:app:\n    name: acme-shop\n    configVars:\n      A: {PLANTED}\n"
    (tmp_path / "Pulumi.prod.yaml").write_text(text)
    assert PLANTED in known_secrets(tmp_path, "prod")
    assert "acme-shop" not in known_secrets(tmp_path, "prod")
