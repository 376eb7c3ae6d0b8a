"""Rules for inbound and outbound connections of a space."""

from __future__ import annotations

import pytest

from tests.localheroku.api.test_spaces import space
from tests.localheroku.client import Api

EVERYTHING_OUT = {"target": "0.0.0.0/0", "from_port": 0, "to_port": 65535, "protocol": "any"}
MAIL = {"target": "198.51.100.0/24", "from_port": 25, "to_port": 25, "protocol": "tcp"}
OFFICE = {"action": "allow", "source": "198.51.100.0/24"}


@pytest.mark.parametrize(
    ("direction", "first", "rule"),
    [
        ("inbound", {"action": "allow", "source": "0.0.0.0/0"}, OFFICE),
        ("outbound", EVERYTHING_OUT, MAIL),
    ],
)
async def test_the_newest_ruleset_applies(
    api: Api, direction: str, first: dict[str, object], rule: dict[str, object]
) -> None:
    await space(api)
    path = f"/spaces/acme-space/{direction}-ruleset"
    before = await api.get(path)
    assert (before["rules"], before["created_by"]) == ([first], "ops@acme.example")

    made = await api.put(path, {"rules": [rule]})

    assert (made["rules"], made["space"]["name"]) == ([rule], "acme-space")
    assert await api.get(path) == made
    assert {ruleset["id"] for ruleset in await api.get(f"{path}s")} == {before["id"], made["id"]}
    assert await api.get(f"{path}s/{before['id']}") == before
    assert (await api.refusal("GET", f"{path}s/none"))[:2] == (404, "not_found")


async def test_the_heroku_cli_sends_back_all_fields(api: Api) -> None:
    await space(api)
    path = "/spaces/acme-space/inbound-ruleset"
    details = await api.get(path)

    changed = await api.put(path, {**details, "rules": [*details["rules"], OFFICE]})

    assert changed["rules"] == [*details["rules"], OFFICE]
    assert changed["id"] != details["id"]


@pytest.mark.parametrize(
    ("direction", "rule"),
    [
        ("inbound", {**OFFICE, "action": "greet"}),
        ("inbound", {**OFFICE, "source": "198.51.100.0"}),
        ("inbound", {"action": "allow"}),
        ("outbound", {**MAIL, "protocol": "pigeon"}),
        ("outbound", {**MAIL, "from_port": 26}),
        ("outbound", {**MAIL, "to_port": 65536}),
        ("outbound", {**MAIL, "target": "mail"}),
    ],
)
async def test_an_invalid_rule_is_refused(
    api: Api, direction: str, rule: dict[str, object]
) -> None:
    await space(api)
    path = f"/spaces/acme-space/{direction}-ruleset"

    assert (await api.refusal("PUT", path, {"rules": [rule]}))[:2] == (422, "invalid_params")
    assert len(await api.get(f"{path}s")) == 1
