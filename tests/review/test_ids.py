"""Ids are stored as labels and read as UUIDs."""

from __future__ import annotations

from typing import Any

from dynostack.review.redaction import UNKNOWN_MARKS
from tests.review.ids import Labels, Numbers

APP, TEAM, FEATURE = (f"{digit * 8}-1111-4111-8111-111111111111" for digit in "abc")
APP_URN = "urn:pulumi:prod::shop::dynostack:heroku:App$heroku:app/app:App::app"
FEATURE_URN = "urn:pulumi:prod::shop::heroku:app/feature:Feature::labs"
MARK = min(UNKNOWN_MARKS)
STATES: list[dict[str, Any]] = [
    {"urn": FEATURE_URN, "id": f"{APP}:{FEATURE}", "inputs": {"appId": APP}},
    {"urn": APP_URN, "id": APP, "outputs": {"teams": [{"id": TEAM}, {"id": MARK}]}},
]


def test_an_id_is_named_after_its_resource_or_its_place() -> None:
    feature, app = Labels(STATES).within(STATES)
    assert feature["inputs"] == {"appId": "id(heroku:app/app:App::app)"}
    assert feature["id"] == "id(heroku:app/app:App::app):id(heroku:app/feature:Feature::labs)"
    assert app["id"] == "id(heroku:app/app:App::app)"
    assert app["outputs"]["teams"] == [
        {"id": "id(heroku:app/app:App::app.outputs.teams.id)"},
        {"id": MARK},
    ]


def test_a_label_does_not_depend_on_the_order_of_events() -> None:
    first, second = Labels(STATES).within(STATES)
    assert Labels(STATES[::-1]).within(STATES[::-1]) == [second, first]


def test_two_ids_have_two_labels() -> None:
    states = [{"urn": "urn:pulumi:prod::shop::kind::a (`b`)", "id": each} for each in (APP, TEAM)]
    labeled = Labels(states).within(states)
    assert [each["id"] for each in labeled] == ["id(kind::a---b--)", "id(kind::a---b--.2)"]
    assert len({each["id"] for each in Numbers().within(labeled)}) == 2


def test_a_plan_names_its_resources_by_urn() -> None:
    plan = {"resourcePlans": {APP_URN: {"state": {"id": TEAM}}}}
    labeled = Labels(plan).within(plan)["resourcePlans"][APP_URN]
    assert labeled == {"state": {"id": "id(heroku:app/app:App::app.state.id)"}}


def test_ids_are_numbered_in_order_of_appearance_in_all_documents() -> None:
    numbers = Numbers()
    assert numbers.within(["id(b)", "$(id) id()", "id(a)/id(b)"]) == [
        "00000000-0000-4000-8000-000000000001",
        "$(id) id()",
        "00000000-0000-4000-8000-000000000002/00000000-0000-4000-8000-000000000001",
    ]
    assert numbers.within({"key": "id(a)"}) == {"key": "00000000-0000-4000-8000-000000000002"}
