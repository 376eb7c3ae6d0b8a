"""Tests of passing decrypted configuration from the engine to `environment.examine`."""

import json

import pytest
from pulumi.runtime import set_all_config, settings

from dynostack.environment import Environment
from dynostack.program import decrypted


@pytest.fixture(autouse=True)
def _project() -> None:
    settings.reset_options(project="shop", stack="x")


def test_sections_are_parsed_values() -> None:
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
    assert decrypted(Environment) == {
        "account": "ops@acme.example",
        "app": app,
        "collaborators": [{"email": "dev@acme.example"}],
    }


def test_missing_sections_are_left_out() -> None:
    set_all_config({})
    assert decrypted(Environment) == {}
