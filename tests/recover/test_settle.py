"""How `recover` settles an interrupted operation, by what exists on Heroku."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dynostack.engine.exported_state import ExportedState
from dynostack.engine.locks import Lock
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.inventory.platform_api import ApiRefusal, PlatformApi
from dynostack.recover import settle
from dynostack.recover.identities import Wanted
from dynostack.recover.lost import Window, lost
from dynostack.recover.settle import Settling, Verdict, edited

START, BEFORE, DURING = "2026-11-29T20:00:00Z", "2026-11-29T19:00:00Z", "2026-11-29T20:00:01Z"
APP, ADDON, DOMAIN = "heroku:app/app:App", "heroku:addon/addon:Addon", "heroku:domain/domain:Domain"
DATABASE = {"appId": "a", "plan": "heroku-postgresql:standard-0", "name": "postgres-0a1b2c3"}
PROGRAMS = "aws:s3/bucket:Bucket"


def urn(kind: str, name: str = "one") -> str:
    return f"urn:pulumi:prod::shop::dynostack:heroku:App${kind}::{name}"


def addon(name: str = "postgres-0a1b2c3", created: str = DURING, **more: str) -> dict[str, Any]:
    plan = {"name": "heroku-postgresql:standard-0"}
    return {"id": name, "name": name, "plan": plan, "created_at": created, "state": "provisioned"}


class FakeRunner(PulumiProcess):
    """An engine that returns the next of several states for each export."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        super().__init__("pulumi", Path(), None, {})
        object.__setattr__(self, "answers", list(answers))

    def exported(self, stack: str) -> None:  # noqa: ARG002
        return None

    def answer(self, *arguments: str) -> Any:  # noqa: ARG002
        answers: list[Any] = vars(self)["answers"]
        return answers.pop(0) if len(answers) > 1 else answers[0]


class FakeHeroku(PlatformApi):
    """A Heroku with a response for each path; a number is the status of a refusal."""

    def __init__(self, **paths: Any) -> None:
        super().__init__("https://heroku.invalid", "any")
        object.__setattr__(self, "paths", paths)

    def get(self, path: str) -> Any:
        paths, name = vars(self)["paths"], path.rpartition("/")[2]
        listed = {each["name"]: each for each in paths.get("addons", ())}
        found = {**listed, **paths}.get(name, 404)
        if isinstance(found, int):
            raise ApiRefusal(found, "any", "any")
        return found

    def listing(self, path: str, **headers: str) -> list[Mapping[str, Any]]:
        assert not headers
        return list(self.get(path))


def settled(
    kind: str,
    inputs: dict[str, Any],
    operation: str = "creating",
    resources: tuple[dict[str, Any], ...] = (),
    since: str = START,
    elsewhere: frozenset[str] = frozenset(),
    **paths: Any,
) -> tuple[settle.Settlement, dict[str, Any]]:
    """Settle one operation; return the settlement and the new state."""
    resource = {"urn": urn(kind), "type": kind, "custom": True, "inputs": inputs}
    deployment = {
        "manifest": {"time": START},
        "resources": list(resources),
        "pending_operations": [{"type": operation, "resource": resource}],
    }
    document = {"deployment": deployment}
    state = ExportedState(FakeRunner(document), "prod", document)
    locks = [Lock("prod", "0a1b", "dev", "ci", 1, since)]
    heroku = FakeHeroku(**paths)
    settling = Settling(heroku, state, locks, lambda _: None, elsewhere=lambda: elsewhere)
    found = settling.settlements()
    return found[0], edited(state, found).deployment


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "LOOK_AGAIN_SECONDS", 0.0)


@pytest.mark.parametrize(
    ("kind", "inputs", "paths", "verdict"),
    [
        (ADDON, DATABASE, {"addons": [addon()]}, Verdict.ADOPT),
        (ADDON, DATABASE, {"addons": [addon(created=BEFORE)]}, Verdict.ASK),
        (ADDON, DATABASE, {"addons": [addon("postgres-4d5e6f7")]}, Verdict.FORGET),
        (ADDON, DATABASE, {}, Verdict.FORGET),
        (ADDON, {**DATABASE, "name": ""}, {"addons": [addon("any")]}, Verdict.ASK),
        (ADDON, {**DATABASE, "name": ""}, {"addons": [addon("a"), addon("b")]}, Verdict.ASK),
        (APP, {"name": "shop"}, {"shop": 403}, Verdict.ASK),
        (APP, {"name": "shop"}, {}, Verdict.FORGET),
        ("heroku:build/build:Build", {"appId": "a"}, {"builds": []}, Verdict.FORGET),
        ("heroku:app/configAssociation:ConfigAssociation", {"appId": "a"}, {}, Verdict.FORGET),
        ("pulumi:providers:heroku", {}, {}, Verdict.FORGET),
        (PROGRAMS, {}, {}, Verdict.ASK),
    ],
)
def test_what_was_being_created(
    kind: str, inputs: dict[str, Any], paths: dict[str, Any], verdict: Verdict
) -> None:
    found, state = settled(kind, inputs, **paths)
    assert found.verdict is verdict
    adopted = [each["id"] for each in state["resources"]]
    assert adopted == (["postgres-0a1b2c3"] if verdict is Verdict.ADOPT else [])
    assert "pending_operations" not in state


def test_what_is_in_the_state_already_is_not_adopted() -> None:
    other = {"urn": urn(ADDON, "other"), "type": ADDON, "id": "postgres-0a1b2c3"}
    found, _ = settled(ADDON, DATABASE, resources=(other,), addons=[addon()])
    assert found.verdict is Verdict.FORGET


def test_a_replacement_is_adopted_beside_what_it_replaces() -> None:
    old = {"urn": urn(ADDON), "type": ADDON, "id": "old"}
    _, state = settled(ADDON, DATABASE, resources=(old,), addons=[addon()])
    assert [(each["id"], each.get("delete", False)) for each in state["resources"]] == [
        ("postgres-0a1b2c3", False),
        ("old", True),
    ]


@pytest.mark.parametrize("operation", ["updating", "deleting"])
def test_what_was_being_changed_is_read(operation: str) -> None:
    old = {"urn": urn(DOMAIN), "type": DOMAIN, "id": "old"}
    assert settled(DOMAIN, {}, operation, (old,))[0].verdict is Verdict.READ
    assert settled(DOMAIN, {}, operation)[0].verdict is Verdict.FORGET


def test_a_state_that_changed_in_between_is_not_overwritten() -> None:
    before: dict[str, Any] = {"deployment": {"manifest": {"time": START}}}
    after: dict[str, Any] = {"deployment": {"manifest": {"time": DURING}}}
    state = ExportedState.read(FakeRunner(before, after), "prod")
    with pytest.raises(EngineFailed, match="another engine has just changed the state"):
        state.copied().write_over(state)


def test_the_time_in_which_updates_failed() -> None:
    def update(result: str, hour: int, kind: str = "update") -> dict[str, str]:
        times = {"startTime": f"2026-11-29T{hour}:00:00Z", "endTime": f"2026-11-29T{hour}:30:00Z"}
        return {"kind": kind, "result": result, **times}

    refresh = update("succeeded", 23, "refresh")
    window = Window.of_history([refresh, *(update("failed", hour) for hour in (22, 21))])
    assert window
    assert window.start < datetime(2026, 11, 29, 21, tzinfo=UTC) < window.end
    found = [window.has(f"2026-11-29T{each}:00Z") for each in ("20:50", "21:15", "22:33", "22:40")]
    assert found == [False, True, True, False]
    assert Window.of_history([update("succeeded", 22), update("failed", 21)]) is None
    assert Window.of_history([]) is None


def test_an_update_in_the_history_may_not_have_ended() -> None:
    """Pulumi Cloud lists it without an end."""
    window = Window.of_history(
        [{"kind": "update", "result": "in-progress", "startTime": "2026-11-29T21:00:00Z"}]
    )
    assert window
    assert window.has("2026-11-29T21:00:00Z")


@pytest.mark.parametrize("since", ["", "None", "soon", "2026-11-29"])
def test_a_lock_may_not_tell_since_when_it_is_there(since: str) -> None:
    """The time of the last save of the state is known, and an hour before it."""
    found, _ = settled(ADDON, DATABASE, since=since, addons=[addon(created=BEFORE)])
    assert found.verdict is Verdict.ADOPT


def test_what_another_stack_manages_is_not_adopted() -> None:
    ids = frozenset({"postgres-0a1b2c3"})
    found, _ = settled(ADDON, DATABASE, elsewhere=ids, addons=[addon()])
    assert found.verdict is Verdict.FORGET
    assert "belongs to another stack" in str(found)


def test_one_drain_is_not_that_of_two_resources() -> None:
    """Which of the secret addresses in the file each has is not known before the update."""

    def planned(name: str) -> dict[str, Any]:
        inputs = {"appId": "a", "sensitiveUrl": {"ciphertext": "any"}}
        kind = "heroku:drain/drain:Drain"
        goal = {"type": kind, "custom": True, "name": name, "inputDiff": {"adds": inputs}}
        return {"steps": ["create"], "goal": goal}

    values = {"shop:drains": {"value": '{"a": "https://one", "b": "[no JSON"}'}}
    state = ExportedState(FakeRunner(values), "prod", {"deployment": {}})
    drain = {"id": "d", "url": "https://one", "token": "d.1", "created_at": DURING}
    heroku = FakeHeroku(**{"log-drains": [drain]})
    settling = Settling(heroku, state, [], lambda _: None)
    window = Window(datetime.fromisoformat(BEFORE), datetime.now(UTC))
    drains = [(urn("heroku:drain/drain:Drain", name), planned(name)) for name in ("a", "b")]
    found = [lost(settling, {"resourcePlans": dict(drains[:count])}, window) for count in (1, 2)]
    assert [len(each) for each in found] == [1, 0]


def test_a_name_that_the_provider_made_up() -> None:
    wanted = Wanted(ADDON, DATABASE, "postgres")
    names = ("postgres-4d5e6f7", "postgres", "postgres-next-4d5e6f7", "postgres-salty-13648")
    assert [wanted.is_named(name) for name in names] == [True, False, False, False]
