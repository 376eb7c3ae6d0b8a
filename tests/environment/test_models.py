"""The examples in the models are valid, and the catalogue is consistent."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from dynostack.environment import (
    Addon,
    App,
    Collaborator,
    Database,
    Environment,
    Memcached,
    Pipeline,
    Postgres,
    Process,
    Review,
    catalogue,
)
from dynostack.environment.section import Section

MODELS: list[type[Section]] = [
    Environment,
    App,
    Process,
    Postgres,
    Database,
    Memcached,
    Addon,
    Collaborator,
    Pipeline,
    Review,
]
OFFERS = [
    catalogue.STACKS,
    catalogue.REGIONS,
    catalogue.DYNOS,
    catalogue.POSTGRES_PLANS,
    catalogue.POSTGRES_VERSIONS,
    catalogue.MEMCACHED_SERVICES,
    *catalogue.MEMCACHED_PLANS.values(),
]


FIELDS = [
    pytest.param(field, id=f"{model.__name__}.{name}")
    for model in MODELS
    for name, field in model.model_fields.items()
]


@pytest.mark.parametrize("field", FIELDS)
def test_an_example_is_valid(field: FieldInfo) -> None:
    assert field.examples, "a message has nothing to propose"
    kind: Any = (
        Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    )
    for example in field.examples:
        TypeAdapter(kind).validate_python(example)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_has_a_description(field: FieldInfo) -> None:
    assert field.description
    assert field.description.endswith(".")


def test_every_model_is_tested() -> None:
    own = {each for each in _below(Section) if each.__module__.startswith("dynostack.")}
    assert set(MODELS) == own


def _below(model: type[Section]) -> Iterator[type[Section]]:
    for each in model.__subclasses__():
        yield each
        yield from _below(each)


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.title)
def test_a_name_is_offered_once_and_not_retired(offer: catalogue.Offer) -> None:
    assert len(set(offer.names)) == len(offer.names)
    assert not set(offer.names) & set(offer.retired)


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.title)
def test_the_successor_of_a_retired_name_is_offered(offer: catalogue.Offer) -> None:
    assert {retirement.instead for retirement in offer.retired.values()} <= set(offer.names)


def test_defaults_are_offered() -> None:
    assert catalogue.DEFAULT_STACK in catalogue.STACKS.names
    assert catalogue.DEFAULT_REGION in catalogue.REGIONS.names
    assert catalogue.DEFAULT_POSTGRES_VERSION in catalogue.POSTGRES_VERSIONS.names


def test_heroku_returns_the_same_size_except_for_case() -> None:
    assert {size: name.lower() for size, name in catalogue.DYNO_SIZES.items()} == {
        size: size for size in catalogue.DYNO_SIZES
    }
