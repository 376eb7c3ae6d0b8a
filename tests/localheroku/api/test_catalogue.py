"""The catalogue of regions, stacks, dyno sizes, add-on services and plans."""

from __future__ import annotations

import pytest

from localheroku import addons
from localheroku.core import catalogue
from tests.localheroku.client import Api


@pytest.mark.parametrize(
    ("path", "some"),
    [
        ("/regions", {"us", "eu", "tokyo"}),
        ("/stacks", {"heroku-22", "heroku-24", "heroku-26", "container"}),
        ("/dyno-sizes", {"Eco", "Basic", "Standard-1X", "Performance-2XL"}),
        ("/addon-services", {"heroku-postgresql", "memcachier", "memcachedcloud", "papertrail"}),
        ("/addon-services/memcachier/plans", {"memcachier:dev", "memcachier:100"}),
    ],
)
async def test_each_item_of_a_list_is_found_by_name_and_id(
    api: Api, path: str, some: set[str]
) -> None:
    items = await api.get(path)

    assert some <= {item["name"] for item in items}
    for item in items:
        assert await api.get(f"{path}/{item['name']}") == item
        assert await api.get(f"{path}/{item['id']}") == item
    assert (await api.refusal("GET", f"{path}/nothing"))[:2] == (404, "not_found")


async def test_there_is_one_default_stack(api: Api) -> None:
    assert [s["name"] for s in await api.get("/stacks") if s["default"]] == ["heroku-24"]


async def test_a_plan_shows_its_price_if_it_is_known(api: Api) -> None:
    known = await api.get("/plans/heroku-postgresql:standard-0")
    unknown = await api.get("/addon-services/memcachier/plans/100")

    assert known["price"] == {"cents": 5000, "contract": False, "unit": "month"}
    assert unknown["price"]["contract"] is True


async def test_a_retired_plan_is_known_but_not_offered(api: Api) -> None:
    offered = await api.get("/addon-services/heroku-postgresql/plans")
    retired = await api.get("/plans/heroku-postgresql:mini")

    assert retired["state"] == "shutdown"
    assert retired not in offered
    assert [plan["name"] for plan in offered if plan["default"]] == [
        "heroku-postgresql:essential-0"
    ]


def test_every_service_has_its_default_plan_and_one_way_to_its_config_vars() -> None:
    for service in catalogue.load().services.values():
        assert not service.plans[service.default_plan].retired
        for suffix, value in service.variables.items():
            assert suffix.isupper() or suffix.replace("_", "").isupper()
            assert bool(value.format(name="n", token="t")) != (service.name in addons.SERVICES)


def test_the_whole_catalogue_is_known_by_different_ids() -> None:
    known = catalogue.load()
    ids = [service.id for service in known.services.values()]
    ids += [plan.id for service in known.services.values() for plan in service.plans.values()]
    ids += [i.id for i in (*known.regions, *known.stacks, *known.dyno_sizes, *known.app_features)]

    assert len(ids) == len(set(ids))
