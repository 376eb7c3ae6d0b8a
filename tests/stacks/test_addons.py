"""Databases, caches and other add-ons, and their attachments."""

from tests.stacks.conftest import HEAD, Declare, Secret

POSTGRES = f"{HEAD}  shop:postgres:\n    plan: standard-0\n"


def test_a_database(declare: Declare) -> None:
    database = declare(POSTGRES).resources["addon/addon:Addon postgres"]
    assert database.inputs["plan"] == "heroku-postgresql:standard-0"
    assert database.inputs["config"] == {"version": "17"}
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
        "postgres-reports": "REPORTS",
        "postgres-archive-archive": "ARCHIVE",
    }
    assert "addon/addon:Addon postgres" in attachments["postgres-reports"].after
    assert "addon/addon:Addon postgres-archive" in attachments["postgres-archive-archive"].after
    assert attachments["postgres-reports"].parent == "Postgres postgres"


def test_memcachier(declare: Declare) -> None:
    cache = declare(f'{HEAD}  shop:memcached: {{ plan: "100" }}\n').resources[
        "addon/addon:Addon memcachier"
    ]
    assert cache.inputs["plan"] == "memcachier:100"
    assert not cache.protect
    assert cache.parent == "Memcached memcached"
    assert cache.after == {"app/app:App app"}


def test_memcached_cloud(declare: Declare) -> None:
    text = f'{HEAD}  shop:memcached: {{ service: memcachedcloud, plan: "30", name: acme-cache }}\n'
    inputs = declare(text).resources["addon/addon:Addon memcachedcloud"].inputs
    assert (inputs["plan"], inputs["name"]) == ("memcachedcloud:30", "acme-cache")


def test_another_service_is_another_resource(declare: Declare) -> None:
    cache = '  shop:memcached: {{ service: {}, plan: "100" }}\n'
    logs = '  shop:addons: {{ logs: {{ plan: "{}", unlisted: true }} }}\n'
    first = HEAD + cache.format("memcachier") + logs.format("papertrail:choklad")
    second = HEAD + cache.format("memcachedcloud") + logs.format("logentries:le_tryit")
    names = [set(declare(text).of_type("addon/addon:Addon")) for text in (first, second)]
    assert names == [{"memcachier", "logs-papertrail"}, {"memcachedcloud", "logs-logentries"}]


def test_any_other_addon(declare: Declare) -> None:
    text = (
        f'{HEAD}  shop:addons:\n    logs: {{ plan: "papertrail:choklad", attachments: [LOGS] }}\n'
    )
    declaration = declare(text)
    logs = declaration.resources["addon/addon:Addon logs-papertrail"]
    assert logs.inputs["plan"] == "papertrail:choklad"
    assert "config" not in logs.inputs
    assert logs.parent == "Addons addons"
    assert logs.delete_before_replace
    assert "addon/attachment:Attachment logs-logs" in declaration.resources


def test_secrets_in_what_an_addon_is_told_stay_secret(declare: Declare) -> None:
    text = f"{HEAD}  shop:addons:\n    logs:\n      plan: papertrail:choklad\n"
    text += "      config: { region: eu, token: { secure: AAAB } }\n"
    inputs = declare(text, AAAB="t0ken").resources["addon/addon:Addon logs-papertrail"].inputs
    assert inputs["config"] == Secret({"region": "eu", "token": "t0ken"})
