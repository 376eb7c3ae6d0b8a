"""Tests that the fields of every type equal those of the installed pulumiverse_heroku."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

import pytest

from dynostack.provider.resources import SERVED_TYPES
from dynostack.provider.schema import package_schema

SCHEMA = package_schema()
_NOT_PROPERTIES = {"id", "urn", "translate_output_property", "translate_input_property", "get"}


def _python(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _published(token: str, ending: str = "") -> Any:
    _, module, type_ = token.split(":")
    return getattr(import_module(f"pulumiverse_heroku.{module.partition('/')[0]}"), type_ + ending)


@pytest.mark.parametrize("token", sorted(SERVED_TYPES))
def test_inputs_are_those_of_the_published_package(token: str) -> None:
    parameters = inspect.signature(_published(token, "Args").__init__).parameters
    ours = SCHEMA["resources"][token]
    assert {_python(name) for name in ours["inputProperties"]} == parameters.keys() - {"__self__"}
    required = {
        name
        for name, parameter in parameters.items()
        if parameter.default is inspect.Parameter.empty and name != "__self__"
    }
    assert {_python(name) for name in ours["requiredInputs"]} == required


@pytest.mark.parametrize("token", sorted(SERVED_TYPES))
def test_outputs_are_those_of_the_published_package(token: str) -> None:
    published = vars(_published(token))
    outputs = {name for name, value in published.items() if isinstance(value, property)}
    ours = SCHEMA["resources"][token]["properties"]
    assert {_python(name) for name in ours} == outputs - _NOT_PROPERTIES


@pytest.mark.parametrize("name", sorted(SCHEMA["types"]))
def test_blocks_are_those_of_the_published_package(name: str) -> None:
    parameters = inspect.signature(_published(name, "Args").__init__).parameters
    ours = SCHEMA["types"][name]
    assert {_python(each) for each in ours["properties"]} == parameters.keys() - {"__self__"}
