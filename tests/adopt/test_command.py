"""An app made by hand is adopted by one command, which changes nothing on Heroku."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest
import yaml

from tests.adopt.world import PLAIN, SECRETS, Adopting

pytestmark = pytest.mark.e2e

APP = "old-shop"


@pytest.fixture(autouse=True)
def _begin(world: Adopting) -> None:
    """Let no stack manage the app."""
    world.forget(APP)


def test_an_app_is_adopted_as_it_is(world: Adopting, provider: str) -> None:
    assert provider
    before, releases, there = len(world.writes()), world.releases(APP), world.there(APP)
    with command_lines() as seen:
        done = world.adopt(APP)
    assert done.exit_code == 0, done.output
    assert "review: nothing changes" in done.output
    assert "nothing on Heroku was changed" in done.output
    for refresh in ((), ("--refresh",)):
        preview = world.shell("pulumi", "preview", "-s", APP, "--expect-no-changes", *refresh)
        assert preview.exit_code == 0, preview.output
    assert world.shell(*world.program, "check", APP).exit_code == 0
    review = world.shell(*world.program, "review", APP)
    assert f"{APP}: nothing changes" in review.output, review.output
    again = world.shell("pulumi", "up", "-s", APP, "--yes", "--skip-preview", "--refresh")
    assert again.exit_code == 0, again.output
    assert (len(world.writes()), world.releases(APP)) == (before, releases)
    assert world.there(APP) == there
    for value in SECRETS.values():
        assert value not in done.output
        assert not [line for line in seen if value in line]
        assert not world.files_with(value)


def test_the_file_says_what_is_there(world: Adopting) -> None:
    assert world.adopt(APP, "--stack", "prod").exit_code == 0
    file = yaml.safe_load((world.directory / "Pulumi.prod.yaml").read_text())["config"]
    app = file["shop:app"]
    assert {name: app["configVars"][name] for name in PLAIN} == PLAIN
    assert {name for name, value in app["configVars"].items() if isinstance(value, dict)} == {
        *SECRETS
    }
    names = {each["name"] for each in world.call("GET", f"/apps/{APP}/addons")}
    written = [file["shop:postgres"], file["shop:memcached"], *file["shop:addons"].values()]
    assert {each["name"] for each in written} == names
    assert "source" not in app
    assert len(file["shop:collaborators"]) == 4
    world.forget("prod")


@pytest.fixture(scope="module")
def odd_shop(world: Adopting) -> str:
    """Make a personal app with what other apps lack, and with what no file can say."""
    name = "odd-shop"
    world.make_small_app(name, team="")
    path = f"/apps/{name}"
    world.call("PATCH", f"{path}/config-vars", {"__ODD": "x", "SECRET_KEY": "planted-odd-key"})
    world.call("POST", f"{path}/collaborators", {"user": "dev@acme.example", "silent": True})
    for url in (
        "https://user:planted-drain-1@logs.example/",
        "https://u:planted-drain-2@a.example/",
    ):
        world.call("POST", f"{path}/log-drains", {"url": url})
    first = world.call("POST", f"{path}/addons", {"plan": "heroku-postgresql:essential-0"})
    second = world.call("POST", f"{path}/addons", {"plan": "heroku-postgresql:essential-1"})
    shared = world.call("POST", "/apps/old-shop/addons", {"plan": "heroku-redis:mini"})
    for addon, attachment in ((second, "REPORTS"), (first, "MAIN"), (shared, "SHARED")):
        body = {"addon": addon["id"], "app": name, "name": attachment}
        world.call("POST", "/addon-attachments", body)
    world.call("PATCH", path, {"maintenance": True})
    hook = {"include": ["api:release"], "level": "notify", "url": "https://hooks.acme.example/"}
    world.call("POST", f"{path}/webhooks", hook)
    return name


@pytest.mark.long
def test_an_odd_app_is_adopted_as_it_is(world: Adopting, provider: str, odd_shop: str) -> None:
    assert provider
    world.forget(odd_shop)
    before, there = len(world.writes()), world.there(odd_shop)
    done = world.adopt(odd_shop, "--config-vars=secret")
    assert done.exit_code == 0, done.output
    for refresh in ((), ("--refresh",)):
        preview = world.shell("pulumi", "preview", "-s", odd_shop, "--expect-no-changes", *refresh)
        assert preview.exit_code == 0, preview.output
    assert (len(world.writes()), world.there(odd_shop)) == (before, there)
    for value in ("planted-odd-key", "planted-drain-1", "planted-drain-2"):
        assert value not in done.output
        assert not world.files_with(value)
    file = yaml.safe_load((world.directory / f"Pulumi.{odd_shop}.yaml").read_text())["config"]
    assert file["shop:app"]["configVars"].keys() == {"GREETING", "SECRET_KEY"}
    assert all(isinstance(each, dict) for each in file["shop:app"]["configVars"].values())
    assert file["shop:postgres"]["attachments"] == ["MAIN"]
    assert file["shop:postgres"]["databases"]["reports"]["plan"] == "essential-1"
    assert file["shop:collaborators"] == [{"email": "dev@acme.example"}]
    for each in (
        "maintenance mode is on",
        "a webhook to hooks.acme.example is notified of api:release",
        "is attached as SHARED",
        "app.configVars.__ODD: ",
    ):
        assert each in done.output
    world.forget(odd_shop)


def test_a_dry_run_only_prints_the_file(world: Adopting) -> None:
    done = world.adopt(APP, "--dry-run", "--config-vars=secret", PULUMI_CONFIG_PASSPHRASE="")
    assert done.exit_code == 0, done.output
    assert "shop:postgres:" in done.output
    assert not [value for value in (*SECRETS.values(), "Europe/Berlin") if value in done.output]
    assert not (world.directory / f"Pulumi.{APP}.yaml").exists()
    assert world.shell("pulumi", "stack", "ls", "--json").output.strip() == "[]"


def test_a_second_run_finds_it_adopted(world: Adopting) -> None:
    assert world.adopt(APP).exit_code == 0
    done = world.adopt(APP)
    assert done.exit_code == 0, done.output
    assert "old-shop is adopted already, by stack old-shop" in done.output


@pytest.mark.long
def test_a_file_that_says_something_else_is_kept_and_nothing_is_adopted(world: Adopting) -> None:
    assert world.adopt(APP).exit_code == 0
    file = world.directory / f"Pulumi.{APP}.yaml"
    text = file.read_text()
    world.shell("pulumi", "stack", "rm", APP, "--force", "--yes", "--preserve-config")
    file.write_text(
        text.replace(
            "worker: {size: standard-2x, quantity: 1}", "worker: {size: standard-2x, quantity: 3}"
        )
    )
    done = world.adopt(APP)
    assert done.exit_code == 1
    assert "quantity: 1 -> 3" in done.output, done.output
    assert "the state was taken back" in done.output
    assert world.shell("pulumi", "stack", "ls", "--json").output.strip() == "[]"
    file.write_text(text)
    assert world.adopt(APP).exit_code == 0


@pytest.mark.long
def test_a_file_of_another_passphrase_is_refused(world: Adopting) -> None:
    assert world.adopt(APP).exit_code == 0
    world.shell("pulumi", "stack", "rm", APP, "--force", "--yes", "--preserve-config")
    done = world.adopt(APP, PULUMI_CONFIG_PASSPHRASE="another-one")
    assert done.exit_code == 1
    assert "does not decrypt the secrets of Pulumi.old-shop.yaml" in done.output
    assert (world.directory / f"Pulumi.{APP}.yaml").exists()


@pytest.mark.long
def test_an_app_that_another_stack_has_is_refused(world: Adopting) -> None:
    assert world.adopt(APP, "--stack", "prod").exit_code == 0
    done = world.adopt(APP)
    world.forget("prod")
    assert done.exit_code == 1
    assert "old-shop cannot be described in a file: " in done.output
    assert not (world.directory / f"Pulumi.{APP}.yaml").exists()


def test_a_stack_of_a_public_passphrase_is_refused(world: Adopting) -> None:
    done = world.adopt(APP, PULUMI_CONFIG_PASSPHRASE="")
    assert done.exit_code == 1
    assert "set PULUMI_CONFIG_PASSPHRASE to a new one" in done.output
    assert not (world.directory / f"Pulumi.{APP}.yaml").exists()


def test_an_app_that_is_missing(world: Adopting) -> None:
    done = world.adopt("no-such-shop")
    assert done.exit_code == 1
    assert "cannot read the app no-such-shop: Couldn't find that app." in done.output
    assert "Traceback" not in done.output


@contextmanager
def command_lines() -> Iterator[set[str]]:
    """Collect the command lines of all processes that run meanwhile."""
    seen: set[str] = set()
    ended = threading.Event()

    def collect() -> None:
        while not ended.wait(0.05):
            for process in psutil.process_iter(["cmdline"]):
                with suppress(psutil.NoSuchProcess):
                    seen.add(" ".join(process.info["cmdline"] or ()))

    thread = threading.Thread(target=collect)
    thread.start()
    yield seen
    ended.set()
    thread.join()
