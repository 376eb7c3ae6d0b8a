"""Databases, caches and other add-ons, and their attachments."""

from tests.components.conftest import HEAD, Declare, Secret

POSTGRES = f"{HEAD}  shop:postgres:\n    plan: standard-0\n"


def test_a_database(declare: Declare) -> None:
    database = declare(POSTGRES).resources["addon/addon:Addon postgres"]
    assert database.inputs["plan"] == "heroku-postgresql:standard-0"
    assert database.inputs["config"] == {"version": "18"}
    assert "name" not in database.inputs
    assert database.protect
    assert database.parent == "Postgres postgres"
    assert database.after == {"app/app:App app"}


def test_a_replaced_database_gives_up_its_name_and_database_url_first(declare: Declare) -> None:
    assert declare(POSTGRES).resources["addon/addon:Addon postgres"].delete_before_replace


def test_a_named_database_without_protection(declare: Declare) -> None:
    text = f'{POSTGRES}    name: acme-db\n    version: "16"\n    protect: false\n'
    database = declare(text).resources["addon/addon:Addon postgres"]
    assert database.inputs["name"] == "acme-db"
    assert database.inputs["config"] == {"version": "16"}
    assert not database.protect


def test_further_databases_come_after_the_one_of_database_url(declare: Declare) -> None:
    text = f"{POSTGRES}    databases:\n      archive: {{ plan: essential-1, protect: false }}\n"
    archive = declare(text).resources["addon/addon:Addon postgres-archive"]
    assert archive.inputs["plan"] == "heroku-postgresql:essential-1"
    assert "addon/addon:Addon postgres" in archive.after
    assert not archive.protect


def test_attachments(declare: Declare) -> None:
    text = f"{POSTGRES}    attachments: [REPORTS]\n"
    text += "    databases:\n      archive: { plan: essential-1, attachments: [ARCHIVE] }\n"
    declaration = declare(text)
    attachments = declaration.of_type("addon/attachment:Attachment")
    assert {key: each.inputs["name"] for key, each in attachments.items()} == {
        "reports": "REPORTS",
        "archive": "ARCHIVE",
    }
    assert "addon/addon:Addon postgres" in attachments["reports"].after
    assert "addon/addon:Addon postgres-archive" in attachments["archive"].after
    assert attachments["reports"].parent == "App app"
    assert all(each.delete_before_replace for each in attachments.values())


def test_memcachier(declare: Declare) -> None:
    cache = declare(f'{HEAD}  shop:memcached: {{ plan: "100" }}\n').resources[
        "addon/addon:Addon memcached"
    ]
    assert cache.inputs["plan"] == "memcachier:100"
    assert not cache.protect
    assert cache.parent == "Memcached memcached"
    assert cache.after == {"app/app:App app"}


def test_memcached_cloud(declare: Declare) -> None:
    text = f'{HEAD}  shop:memcached: {{ service: memcachedcloud, plan: "30", name: acme-cache }}\n'
    inputs = declare(text).resources["addon/addon:Addon memcached"].inputs
    assert (inputs["plan"], inputs["name"]) == ("memcachedcloud:30", "acme-cache")


def test_an_addon_receives_its_config_once(declare: Declare) -> None:
    text = f'{POSTGRES}  shop:memcached: {{ plan: "100" }}\n'
    text += '  shop:addons: { logs: { plan: "papertrail:choklad", config: { region: eu } } }\n'
    addons = declare(text).of_type("addon/addon:Addon")
    assert addons.keys() == {"postgres", "memcached", "logs"}
    assert all(addon.ignore_changes == {"config"} for addon in addons.values())
    assert all(addon.delete_before_replace for addon in addons.values())


def test_any_other_addon(declare: Declare) -> None:
    text = (
        f'{HEAD}  shop:addons:\n    logs: {{ plan: "papertrail:choklad", attachments: [LOGS] }}\n'
    )
    declaration = declare(text)
    logs = declaration.resources["addon/addon:Addon logs"]
    assert logs.inputs["plan"] == "papertrail:choklad"
    assert "config" not in logs.inputs
    assert logs.parent == "Addons addons"
    assert logs.delete_before_replace
    assert "addon/attachment:Attachment logs" in declaration.resources


def test_secrets_in_an_addon_s_config_stay_secret(declare: Declare) -> None:
    text = f"{HEAD}  shop:addons:\n    logs:\n      plan: papertrail:choklad\n"
    text += "      config: { region: eu, token: { secure: AAABAAAA } }\n"
    inputs = declare(text, AAABAAAA="t0ken").resources["addon/addon:Addon logs"].inputs
    assert inputs["config"] == Secret({"region": "eu", "token": "t0ken"})
