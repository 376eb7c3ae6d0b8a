"""The app, its features and its protection."""

import pulumi
import pytest

from tests.components.conftest import HEAD, WEB_URL, Declare, Secret


def test_a_personal_app(declare: Declare) -> None:
    app = declare(HEAD).resources["app/app:App app"]
    assert app.inputs == {
        "name": "acme-shop",
        "region": "us",
        "stack": "heroku-24",
        "configVars": {},
        "sensitiveConfigVars": Secret({}),
    }
    assert app.parent == "App app"
    assert app.provider == "pulumi:providers:heroku heroku"


def test_a_team_app_with_everything(declare: Declare) -> None:
    text = f"{HEAD}    region: eu\n    stack: heroku-22\n    team: acme\n"
    text += "    buildpacks: [heroku/nodejs, heroku/python]\n"
    inputs = declare(text).resources["app/app:App app"].inputs
    assert inputs["organization"] == {"name": "acme"}
    assert inputs["buildpacks"] == ["heroku/nodejs", "heroku/python"]
    assert (inputs["region"], inputs["stack"]) == ("eu", "heroku-22")


def test_encrypted_config_vars_stay_encrypted(declare: Declare) -> None:
    text = f'{HEAD}    configVars:\n      DEBUG: "0"\n      SECRET_KEY: {{ secure: AAABAAAA }}\n'
    declaration = declare(text, AAABAAAA="s3cret")
    inputs = declaration.resources["app/app:App app"].inputs
    assert inputs["configVars"] == {"DEBUG": "0"}
    assert inputs["sensitiveConfigVars"] == Secret({"SECRET_KEY": "s3cret"})
    assert "s3cret" not in repr(declaration.outputs)


def test_features(declare: Declare) -> None:
    text = f"{HEAD}  shop:features: {{ http-session-affinity: true, spaces-dns: false }}\n"
    features = declare(text).of_type("app/feature:Feature")
    assert {name: each.inputs["enabled"] for name, each in features.items()} == {
        "http-session-affinity": True,
        "spaces-dns": False,
    }
    assert {each.parent for each in features.values()} == {"App app"}


def test_a_replaced_app_gives_up_its_name_first(declare: Declare) -> None:
    assert declare(HEAD).resources["app/app:App app"].delete_before_replace


def test_properties_that_the_file_does_not_set_are_kept(declare: Declare) -> None:
    app = declare(HEAD).resources["app/app:App app"]
    assert app.ignore_changes == {"region", "stack", "organization", "space"}


def test_properties_that_the_file_sets_are_applied(declare: Declare) -> None:
    text = f"{HEAD}    region: eu\n    stack: heroku-22\n    team: acme\n"
    assert declare(text).resources["app/app:App app"].ignore_changes == {"space"}


@pytest.mark.parametrize(
    ("name", "preview", "known"),
    [
        ("acme-shop", True, True),
        ("acme-store", True, False),
        ("acme-store", False, True),
        # The address belongs to an app with a longer or a shorter name.
        ("acme", True, False),
        ("acme-shop-1", True, False),
    ],
)
def test_the_address_is_unknown_in_a_preview_that_renames_the_app(
    name: str, preview: bool, known: bool, declare: Declare
) -> None:
    outputs = declare(HEAD.replace("acme-shop", name), preview=preview).outputs
    assert pulumi.contains_unknowns(outputs["webUrl"]) is not known
    assert outputs["webUrl"] == WEB_URL or not known
    assert outputs["gitUrl"] == f"https://git/{name}.git"


def test_an_app_without_a_database_is_not_protected(declare: Declare) -> None:
    assert not declare(HEAD).resources["app/app:App app"].protect


def test_a_protected_database_protects_its_app(declare: Declare) -> None:
    app = declare(f"{HEAD}  shop:postgres: {{ plan: essential-0 }}\n").resources["app/app:App app"]
    assert app.protect


def test_a_further_protected_database_protects_the_app(declare: Declare) -> None:
    text = f"{HEAD}  shop:postgres:\n    plan: essential-0\n    protect: false\n"
    text += "    databases: { archive: { plan: essential-0 } }\n"
    assert declare(text).resources["app/app:App app"].protect


def test_an_unprotected_database_leaves_the_app_unprotected(declare: Declare) -> None:
    text = f"{HEAD}  shop:postgres: {{ plan: essential-0, protect: false }}\n"
    assert not declare(text).resources["app/app:App app"].protect
