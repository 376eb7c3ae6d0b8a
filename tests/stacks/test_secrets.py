"""Secrets on their way from the engine to `config.load`."""

import json

import pytest
from pulumi.runtime import set_all_config, settings

import stacks


@pytest.fixture(autouse=True)
def _project() -> None:
    settings.reset_options(project="shop", stack="x")


def test_sections_come_as_values() -> None:
    app = {"name": "acme-shop", "configVars": {"SECRET_KEY": "s3cret"}}
    set_all_config(
        {
            "shop:account": "ops@acme.example",
            "shop:app": json.dumps(app),
            "shop:collaborators": json.dumps([{"email": "dev@acme.example"}]),
            "heroku:url": "http://127.0.0.1:5050",
        },
        ["shop:app"],
    )
    assert stacks.decrypted() == {
        "account": "ops@acme.example",
        "app": app,
        "collaborators": [{"email": "dev@acme.example"}],
    }


def test_sections_that_are_not_there_are_left_out() -> None:
    set_all_config({})
    assert stacks.decrypted() == {}
