"""The files of the environments are valid, and the program declares their resources."""

from pathlib import Path

import pytest

import stacks
from dynostack.environment import examine
from dynostack.testing import declared

PROJECT = Path(__file__).parents[1]
ENVIRONMENTS = ["local"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_file_is_valid(name: str) -> None:
    assert [str(each) for each in examine(name, PROJECT).errors] == []


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_app_is_declared(name: str) -> None:
    environment = examine(name, PROJECT).environment
    assert environment
    resources = declared(environment, stacks.declare)
    (app,) = [each for each in resources if each.type == "heroku:app/app:App"]
    assert app.inputs["name"] == environment.app.name
