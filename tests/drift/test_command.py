"""Changes made by hand on the local Heroku are told in words; nothing is told without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.adopt.conftest import PUBLISHED, using
from tests.adopt.world import Adopting

pytestmark = pytest.mark.e2e

APP = "old-shop"


@pytest.fixture(scope="module", params=["ours", *(["published"] if PUBLISHED else [])])
def world(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Adopting]:
    world = Adopting(tmp_path_factory.mktemp("drift") / "infra")
    with using(world, request.param):
        world.make_app(APP, pipeline="shop", stage="staging")
        done = world.adopt(APP)
        assert done.exit_code == 0, done.output
        yield world
    world.end()


def drift(world: Adopting) -> dict[str, Any]:
    done = world.shell(*world.program, "drift", APP, "--format", "json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.output[done.output.index("{") :]))


def test_an_adopted_app_has_none(world: Adopting) -> None:
    assert drift(world) == {
        "stack": APP,
        "app": APP,
        "differences": [],
        "unsaid": ["ops@acme.example has access as admin of the team acme"],
    }


def test_each_kind_of_change_is_told(world: Adopting) -> None:
    path = f"/apps/{APP}"
    addons = {each["plan"]["name"]: each for each in world.call("GET", f"{path}/addons")}
    world.call("PATCH", f"{path}/config-vars", CONFIG_VARS)
    world.call("PATCH", f"{path}/formation/web", {"quantity": 3, "size": "standard-2x"})
    person = {"user": "mallory@evil.example", "silent": True, "permissions": ["view", "manage"]}
    world.call("POST", f"/teams{path}/collaborators", person)
    changed = {"permissions": ["view", "deploy", "manage"]}
    world.call("PATCH", f"/teams{path}/collaborators/dev@acme.example", changed)
    world.call("DELETE", f"/teams{path}/collaborators/ci@acme.example")
    body = {"hostname": "evil.example", "sni_endpoint": None}
    world.call("POST", f"{path}/domains", body)
    world.call("DELETE", f"{path}/domains/www.{APP}.example")
    world.call("POST", f"{path}/log-drains", {"url": "https://user:planted@evil.example/"})
    (drain,) = [each for each in world.call("GET", f"{path}/log-drains") if "syslog" in each["url"]]
    world.call("DELETE", f"{path}/log-drains/{drain['id']}")
    world.call("PATCH", f"{path}/features/http-session-affinity", {"enabled": False})
    world.call("PATCH", f"{path}/features/runtime-dyno-metadata", {"enabled": True})
    new = world.call("POST", f"{path}/addons", {"plan": "heroku-postgresql:premium-0"})
    cache, logs = addons["memcachier:dev"], addons["papertrail:choklad"]
    world.call("PATCH", f"{path}/addons/{cache['id']}", {"plan": "memcachier:100"})
    world.call("DELETE", f"{path}/addons/{logs['id']}")
    redis = addons["heroku-redis:mini"]
    attached = {"addon": redis["id"], "app": APP, "name": "QUEUE"}
    world.call("POST", "/addon-attachments", attached)
    world.call("PATCH", path, {"maintenance": True})
    coupling = world.call("GET", f"{path}/pipeline-couplings")
    world.call("PATCH", f"/pipeline-couplings/{coupling['id']}", {"stage": "production"})
    updates = [{"buildpack": "heroku/nodejs"}, {"buildpack": "heroku/python"}]
    world.call("PUT", f"{path}/buildpack-installations", {"updates": updates})
    found = drift(world)
    told = {each["item"]: (each["kind"], each["says"]) for each in found["differences"]}
    assert told == {
        "app.buildpacks": (
            "changed",
            "the buildpacks are heroku/nodejs and heroku/python, the file says heroku/python",
        ),
        "app.configVars.DEBUG": ("changed", 'config var DEBUG is "True", the file says "False"'),
        "app.configVars.GREETING": ("removed", "config var GREETING is gone"),
        "app.configVars.NEW_FLAG": ("added", 'config var NEW_FLAG: "on"'),
        "app.configVars.NEW_TOKEN": ("added", "config var NEW_TOKEN"),
        "app.configVars.SECRET_KEY": ("changed", "config var SECRET_KEY has another value"),
        "formation.web": (
            "changed",
            (
                "web runs 3 standard-2x dynos ($150 a month), the file says 1 standard-1x dyno"
                " ($25 a month)"
            ),
        ),
        "memcached.plan": (
            "changed",
            (
                f"add-on {cache['name']} has the plan memcachier:100 (price unknown), the file"
                " says memcachier:dev (free)"
            ),
        ),
        "addons.papertrail": ("removed", f"add-on {logs['name']} (papertrail:choklad) is gone"),
        "addons.redis.attachments.QUEUE": (
            "added",
            f"add-on {redis['name']} is also attached as QUEUE",
        ),
        f"addons.{new['name']}": (
            "added",
            (
                f"add-on {new['name']} (heroku-postgresql:premium-0, $200 a month), attached as"
                f" {new['config_vars'][0].removesuffix('_URL')}"
            ),
        ),
        "collaborators.ci@acme.example": ("removed", "ci@acme.example has no access"),
        "collaborators.dev@acme.example": (
            "changed",
            "dev@acme.example has view, deploy and manage, the file says view and deploy",
        ),
        "collaborators.mallory@evil.example": ("added", "mallory@evil.example has view and manage"),
        "domains.evil.example": ("added", "domain evil.example"),
        f"domains.www.{APP}.example": ("removed", f"domain www.{APP}.example is gone"),
        "features.http-session-affinity": ("changed", "feature http-session-affinity is off"),
        "features.runtime-dyno-metadata": ("added", "feature runtime-dyno-metadata is on"),
        f"drains.logs-{APP}-example": ("removed", f"the drain to logs.{APP}.example is gone"),
        "drains.evil-example": ("added", "a drain sends the app's logs to evil.example"),
        "pipeline.stage": (
            "changed",
            "the app is at stage production, the file says staging",
        ),
    }
    by = {each["item"]: each["by"] for each in found["differences"]}
    assert by["app.configVars.DEBUG"] == "ops@acme.example"
    assert by["formation.web"] == "unknown"
    assert "maintenance mode is on" in found["unsaid"]
    done = world.shell(*world.program, "drift", APP, "--exit-code")
    assert done.exit_code == 2
    assert "old-shop: 21 differences from old-shop\n" in done.output
    assert "planted" not in done.output


CONFIG_VARS = {
    "DEBUG": "True",
    "GREETING": None,
    "NEW_FLAG": "on",
    "NEW_TOKEN": "planted-new-token",
    "SECRET_KEY": "planted-new-key",
}


def test_an_unknown_stack(world: Adopting) -> None:
    done = world.shell(*world.program, "drift", "show", "no-such")
    assert done.exit_code != 0
    assert "Traceback" not in done.output


def test_an_item_that_is_no_difference(world: Adopting) -> None:
    done = world.shell(*world.program, "drift", "accept", APP, "domains.no.example", "--yes")
    assert done.exit_code == 1
    assert (
        "there is no difference domains.no.example; the differences are: app.build" in done.output
    )


def test_nothing_is_written_without_a_yes(world: Adopting) -> None:
    file = world.directory / f"Pulumi.{APP}.yaml"
    before = file.read_bytes()
    done = world.shell(*world.program, "drift", "accept", APP)
    assert done.exit_code == 1
    assert "not confirmed, so nothing was changed" in done.output
    assert file.read_bytes() == before


def test_one_item_is_accepted(world: Adopting) -> None:
    done = world.shell(*world.program, "drift", "accept", APP, "features", "--yes")
    assert done.exit_code == 2, done.output
    assert "+    http-session-affinity: false" in done.output
    left = {each["item"] for each in drift(world)["differences"]}
    assert len(left) == 19
    assert not [each for each in left if each.startswith("features")]


def test_everything_is_accepted_and_then_nothing_changes(world: Adopting) -> None:
    file = world.directory / f"Pulumi.{APP}.yaml"
    file.write_text(file.read_text().replace("  shop:domains:\n", "  shop:domains:  # ours\n"))
    before, there = len(world.writes()), world.there(APP)
    done = world.shell(*world.program, "drift", "accept", APP, "--yes")
    assert done.exit_code == 0, done.output
    assert "review: nothing changes" in done.output
    assert drift(world)["differences"] == []
    for refresh in ((), ("--refresh",)):
        preview = world.shell("pulumi", "preview", "-s", APP, "--expect-no-changes", *refresh)
        assert preview.exit_code == 0, preview.output
    assert (len(world.writes()), world.there(APP)) == (before, there)
    text = file.read_text()
    assert "  shop:domains:  # ours\n" in text
    for value in ("planted-new-token", "planted-new-key", "user:planted"):
        assert value not in done.output
        assert not world.files_with(value)


def test_what_was_added_is_undone_by_way_of_the_file(world: Adopting) -> None:
    file = world.directory / f"Pulumi.{APP}.yaml"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "mallory" not in line))
    done = world.shell(*world.program, "review", APP)
    assert "mallory@evil.example" in done.output
    done = world.shell("pulumi", "up", "-s", APP, "--yes", "--skip-preview")
    assert done.exit_code == 0, done.output
    people = [each.email for each in world.there(APP).collaborators]
    assert "mallory@evil.example" not in people
    assert drift(world)["differences"] == []
