"""Random calls by several people, against a model that predicts each status."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from localheroku.workflows import deployment
from tests.localheroku.operations.heroku import Heroku, heroku
from tests.localheroku.operations.model import (
    ALL,
    DEV,
    GUEST,
    OPS,
    PEOPLE,
    PLANS,
    SIZES,
    STAGES,
    App,
    Model,
)

RUNS = 2000 if os.environ.get("DYNOSTACK_SOAK") else 25
CALLS = 50

PERSON = st.sampled_from(PEOPLE)
ABLE = "whoever may"
WHO = st.sampled_from((ABLE, ABLE, ABLE, ABLE, *PEOPLE))
NAMES = ("shop", "blog", "team-shop")
ADDONS = ("one", "two", "three")
PIPELINES = ("line", "pipe")


def mostly(
    present: Callable[[Model], Iterable[str]], others: Sequence[str]
) -> st.SearchStrategy[str]:
    """Draw existing names more often than others."""
    return st.runner().flatmap(
        lambda machine: st.sampled_from((*[*present(machine.model)] * 4, *others))
    )


NEW_APP = st.sampled_from(NAMES)
APP = mostly(lambda model: model.apps, NAMES)
PLACE = APP | st.just("")
NEW_ADDON = st.sampled_from(ADDONS)
ADDON = mostly(lambda model: model.addons, ADDONS)
NEW_PIPELINE = st.sampled_from(PIPELINES)
PIPELINE = mostly(lambda model: model.pipelines, PIPELINES)
AS = st.sampled_from((None, None, "DATABASE", "CACHE", "lower"))
PLAN = st.sampled_from((*PLANS, "nobody:free"))
VALUE = st.sampled_from(("1", "2", None))
VARS = st.dictionaries(st.sampled_from(("A", "B", "DATABASE_URL", "BAD-KEY")), VALUE, max_size=3)
PERMISSIONS = st.sampled_from(
    ("", "view", "deploy", "operate", "manage", " ".join(ALL), "fly")
).map(lambda names: frozenset(names.split()))
SLUG = st.sampled_from((("web",), ("web", "worker"), ("worker",), ()))
QUANTITY = st.sampled_from((0, 1, 3, 101, "+1", "-1"))
HOSTNAME = st.sampled_from(("www.shop.example", "shop.example", "nothing"))
URL = st.sampled_from((*(f"https://log{n}.example/" for n in range(6)), "nothing"))
STAGE = st.sampled_from((*STAGES, "nowhere"))
ROLE = st.sampled_from(("admin", "member", "viewer"))
TYPE = st.sampled_from(("web", "worker"))
SIZE = st.sampled_from((*SIZES, "huge"))
FLAG = st.booleans()
RUN = settings(
    max_examples=RUNS,
    stateful_step_count=CALLS,
    deadline=None,
    derandomize="DYNOSTACK_SOAK" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Operations(RuleBasedStateMachine):
    """A state machine: each rule is one call; at the end of a run all resources are compared."""

    heroku: ClassVar[Heroku]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()

    def call(
        self, who: str, deed: tuple[Any, ...], method: str, path: str, body: Any = None
    ) -> Any:
        """Call the API and the model, and check that their statuses are equal."""
        who = self.able(deed[1]) if who == ABLE else who
        answer = self.heroku.call(who, method, path, body)
        expected = self.model.perform(deed[0], who, *deed[1:])
        assert answer.status == expected, (who, deed, answer.status, answer.body)
        return answer.body

    @initialize(owner=WHO, locked=FLAG, role=ROLE, permissions=PERMISSIONS)
    def begin(self, owner: str, locked: bool, role: str, permissions: frozenset[str]) -> None:
        """Start from an empty Heroku, which rejects every call."""
        self.create_app(owner, "shop", False, False)
        self.create_app(OPS, "team-shop", True, locked)
        self.join(OPS, DEV, role)
        self.share(OPS, "team-shop", GUEST, permissions)
        self.create_addon(OPS, "team-shop", "heroku-postgresql:essential-0", "one", None, False)
        self.create_pipeline(OPS, "line", True)

    @rule(who=WHO, name=NEW_APP, team=FLAG, locked=FLAG)
    def create_app(self, who: str, name: str, team: bool, locked: bool) -> None:
        path = "/teams/apps" if team else "/apps"
        body = {"name": name, **({"team": "acme", "locked": locked} if team else {})}
        self.call(who, ("create_app", name, team, locked), "POST", path, body)

    @rule(who=WHO, name=APP, other=NEW_APP)
    def rename_app(self, who: str, name: str, other: str) -> None:
        self.call(who, ("rename_app", name, other), "PATCH", f"/apps/{name}", {"name": other})

    @rule(who=WHO, name=APP, on=FLAG)
    def maintain(self, who: str, name: str, on: bool) -> None:
        self.call(who, ("maintain", name, on), "PATCH", f"/apps/{name}", {"maintenance": on})

    @rule(who=WHO, name=APP)
    def delete_app(self, who: str, name: str) -> None:
        self.call(who, ("delete_app", name), "DELETE", f"/apps/{name}")

    @rule(who=WHO, name=APP, changes=VARS)
    def set_vars(self, who: str, name: str, changes: dict[str, str | None]) -> None:
        path = f"/apps/{name}/config-vars"
        self.call(who, ("set_vars", name, changes), "PATCH", path, changes)

    @rule(who=WHO, name=APP, plan=PLAN, addon=NEW_ADDON, as_=AS, confirm=FLAG)
    def create_addon(
        self, who: str, name: str, plan: str, addon: str, as_: str | None, confirm: bool
    ) -> None:
        body: dict[str, Any] = {"plan": plan, "name": addon, "confirm": name if confirm else ""}
        deed = ("create_addon", name, plan, addon, as_, confirm)
        body |= {"attachment": {"name": as_}} if as_ else {}
        self.call(who, deed, "POST", f"/apps/{name}/addons", body)
        self.learn(name)

    def place(self, name: str, addon: str) -> str:
        """Return the app; without a name, the last app that has this add-on."""
        apps = self.model.apps.values()
        having = [a.name for a in apps if addon in (one.name for one in a.attached.values())]
        return name or (having[-1] if having else NAMES[0])

    @rule(who=WHO, name=PLACE, addon=ADDON, plan=PLAN | st.just(""))
    def change_addon(self, who: str, name: str, addon: str, plan: str) -> None:
        name = self.place(name, addon)
        if not plan:
            present = self.model.addons.get(addon)
            others = (p for p in PLANS if present and p != present.plan)
            same = (p for p in others if present and p.startswith(present.service))
            plan = next(same, "nobody:free")
        path = f"/apps/{name}/addons/{addon}"
        self.call(who, ("change_addon", name, addon, plan), "PATCH", path, {"plan": plan})

    @rule(who=WHO, name=PLACE, addon=ADDON, other=NEW_ADDON)
    def rename_addon(self, who: str, name: str, addon: str, other: str) -> None:
        name = self.place(name, addon)
        path = f"/apps/{name}/addons/{addon}"
        self.call(who, ("rename_addon", name, addon, other), "PATCH", path, {"name": other})

    @rule(who=WHO, name=PLACE, addon=ADDON)
    def delete_addon(self, who: str, name: str, addon: str) -> None:
        name = self.place(name, addon)
        self.call(who, ("delete_addon", name, addon), "DELETE", f"/apps/{name}/addons/{addon}")

    @rule(who=WHO, name=APP, addon=ADDON, as_=AS, confirm=FLAG)
    def attach(self, who: str, name: str, addon: str, as_: str | None, confirm: bool) -> None:
        body = {"app": name, "addon": addon, "confirm": name if confirm else ""}
        body |= {"name": as_} if as_ else {}
        self.call(who, ("attach", name, addon, as_, confirm), "POST", "/addon-attachments", body)
        self.learn(name)

    def learn(self, name: str) -> None:
        """Replace placeholders by the names that Heroku generated."""
        app = self.model.apps.get(name)
        if app is None:
            return
        for made_up in [known for known in app.attached if known.startswith("?")]:
            (found,) = (one for one in self.attachments(app) if one["name"] not in app.attached)
            assert found["addon"]["name"] == app.attached[made_up].name
            app.attached[found["name"]] = app.attached.pop(made_up)

    def able(self, name: str) -> str:
        """Return a person with all rights on the app or pipeline of this name, if there is one."""
        owner = self.model.pipelines.get(name, OPS)
        app = self.model.apps.get(name)
        return self.overseer(app) if app else OPS if owner == "acme" else owner

    def overseer(self, app: App) -> str:
        """Return a person with all rights on the app."""
        return OPS if app.team else app.owner

    def seen(self, app: App, part: str = "") -> Any:
        return self.heroku.get(self.overseer(app), f"/apps/{app.name}{part}")

    def attachments(self, app: App) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.seen(app, "/addon-attachments")
        return found

    @precondition(lambda self: any(app.attached for app in self.model.apps.values()))
    @rule(who=WHO, data=st.data())
    def detach(self, who: str, data: st.DataObject) -> None:
        app = data.draw(st.sampled_from([a for a in self.model.apps.values() if a.attached]))
        as_ = data.draw(st.sampled_from(sorted(app.attached)))
        identity = next(one["id"] for one in self.attachments(app) if one["name"] == as_)
        path = f"/addon-attachments/{identity}"
        self.call(who, ("detach", app.name, as_), "DELETE", path)

    @rule(who=WHO, email=st.sampled_from((DEV, GUEST)), role=ROLE)
    def join(self, who: str, email: str, role: str) -> None:
        body = {"email": email, "role": role}
        self.call(who, ("join", email, role), "PUT", "/teams/acme/members", body)

    @rule(who=WHO, name=APP, email=PERSON, permissions=PERMISSIONS)
    def share(self, who: str, name: str, email: str, permissions: frozenset[str]) -> None:
        body = {"user": email, "permissions": sorted(permissions)}
        deed = ("share", name, email, permissions)
        self.call(who, deed, "POST", f"/teams/apps/{name}/collaborators", body)

    @rule(who=WHO, name=APP, email=PERSON)
    def share_to_view(self, who: str, name: str, email: str) -> None:
        deed = ("share", name, email, None)
        self.call(who, deed, "POST", f"/apps/{name}/collaborators", {"user": email})

    @rule(who=WHO, name=APP, email=PERSON, permissions=PERMISSIONS)
    def permit(self, who: str, name: str, email: str, permissions: frozenset[str]) -> None:
        path = f"/teams/apps/{name}/collaborators/{email}"
        deed = ("permit", name, email, permissions)
        self.call(who, deed, "PATCH", path, {"permissions": sorted(permissions)})

    @rule(who=WHO, name=APP, email=PERSON)
    def unshare(self, who: str, name: str, email: str) -> None:
        path = f"/apps/{name}/collaborators/{email}"
        self.call(who, ("unshare", name, email), "DELETE", path)

    @rule(who=WHO, name=APP, slug=SLUG)
    def build(self, who: str, name: str, slug: tuple[str, ...]) -> None:
        body = {"source_blob": {"url": self.heroku.source(slug)}}
        build = self.call(who, ("build", name, slug), "POST", f"/apps/{name}/builds", body)
        if build.get("status"):
            seer = self.overseer(self.model.apps[name])
            ended = self.heroku.settled(seer, f"/apps/{name}/builds/{build['id']}")
            assert ended["status"] == ("succeeded" if slug else "failed")

    @rule(who=WHO, name=APP, version=st.integers(1, 9))
    def roll_back(self, who: str, name: str, version: int) -> None:
        path, body = f"/apps/{name}/releases", {"release": f"v{version}"}
        self.call(who, ("roll_back", name, version), "POST", path, body)

    @rule(who=WHO, name=APP, type_=TYPE, quantity=QUANTITY, size=SIZE)
    def scale(self, who: str, name: str, type_: str, quantity: int | str, size: str) -> None:
        body = {"quantity": quantity, "size": size}
        deed = ("scale", name, type_, quantity, size)
        self.call(who, deed, "PATCH", f"/apps/{name}/formation/{type_}", body)

    @rule(who=WHO, name=APP, hostname=HOSTNAME)
    def add_domain(self, who: str, name: str, hostname: str) -> None:
        body = {"hostname": hostname, "sni_endpoint": None}
        self.call(who, ("add_domain", name, hostname), "POST", f"/apps/{name}/domains", body)

    @rule(who=WHO, name=APP, hostname=HOSTNAME | NEW_APP.map("{}.localhost".format))
    def remove_domain(self, who: str, name: str, hostname: str) -> None:
        path = f"/apps/{name}/domains/{hostname}"
        self.call(who, ("remove_domain", name, hostname), "DELETE", path)

    @rule(who=WHO, name=APP, url=URL)
    def add_drain(self, who: str, name: str, url: str) -> None:
        self.call(who, ("add_drain", name, url), "POST", f"/apps/{name}/log-drains", {"url": url})

    @rule(who=WHO, name=APP, url=URL)
    def remove_drain(self, who: str, name: str, url: str) -> None:
        path = f"/apps/{name}/log-drains/{quote(url, safe='')}"
        self.call(who, ("remove_drain", name, url), "DELETE", path)

    @rule(who=WHO, name=NEW_PIPELINE, team=FLAG)
    def create_pipeline(self, who: str, name: str, team: bool) -> None:
        body = {"name": name, **({"owner": {"type": "team", "id": "acme"}} if team else {})}
        self.call(who, ("create_pipeline", name, team), "POST", "/pipelines", body)

    @rule(who=WHO, name=PIPELINE, other=NEW_PIPELINE)
    def rename_pipeline(self, who: str, name: str, other: str) -> None:
        deed = ("rename_pipeline", name, other)
        self.call(who, deed, "PATCH", f"/pipelines/{name}", {"name": other})

    @rule(who=WHO, name=PIPELINE)
    def delete_pipeline(self, who: str, name: str) -> None:
        self.call(who, ("delete_pipeline", name), "DELETE", f"/pipelines/{name}")

    @rule(who=WHO, name=APP, pipeline=PIPELINE, stage=STAGE)
    def couple(self, who: str, name: str, pipeline: str, stage: str) -> None:
        body = {"app": name, "pipeline": pipeline, "stage": stage}
        self.call(who, ("couple", name, pipeline, stage), "POST", "/pipeline-couplings", body)

    @precondition(lambda self: any(app.stage for app in self.model.apps.values()))
    @rule(who=WHO, data=st.data(), stage=STAGE)
    def move(self, who: str, data: st.DataObject, stage: str) -> None:
        app, path = self.coupled(data)
        self.call(who, ("move", app.name, stage), "PATCH", path, {"stage": stage})

    @precondition(lambda self: any(app.stage for app in self.model.apps.values()))
    @rule(who=WHO, data=st.data())
    def uncouple(self, who: str, data: st.DataObject) -> None:
        app, path = self.coupled(data)
        self.call(who, ("uncouple", app.name), "DELETE", path)

    def coupled(self, data: st.DataObject) -> tuple[App, str]:
        """Draw an app in a pipeline; return it and the path of its coupling."""
        app = data.draw(st.sampled_from([a for a in self.model.apps.values() if a.stage]))
        return app, f"/pipeline-couplings/{self.seen(app, '/pipeline-couplings')['id']}"

    def teardown(self) -> None:
        try:
            self.compare()
        finally:
            self.clear()

    def compare(self) -> None:
        model = self.model
        for who in PEOPLE:
            apps = {app["name"] for app in self.heroku.get(who, "/apps")}
            assert apps == {name for name, a in model.apps.items() if model.permissions(who, a)}
            lines = {line["name"] for line in self.heroku.get(who, "/pipelines")}
            assert lines == {n for n in model.pipelines if model.sees_pipeline(who, n)}
        for app in model.apps.values():
            compare_app(app, model.seen_by(app), self.seen)

    def clear(self) -> None:
        """Destroy everything with a person who may; check that nothing is left."""
        for name, owner in list(self.model.pipelines.items()):
            self.heroku.delete(OPS if owner == "acme" else owner, f"/pipelines/{name}")
        for app in list(self.model.apps.values()):
            self.heroku.delete(self.overseer(app), f"/apps/{app.name}")
        for email in (DEV, GUEST):
            if email in self.model.roles:
                self.heroku.delete(OPS, f"/teams/acme/members/{email}")
        assert self.heroku.left() == []


def compare_app(app: App, addons: dict[str, str], seen: Callable[[App, str], Any]) -> None:
    assert seen(app, "")["maintenance"] == app.maintenance
    variables = seen(app, "/config-vars")
    assert variables.keys() == (app.own | app.attached_variables()).keys()
    assert {k: v for k, v in variables.items() if k not in app.attached_variables()} == {
        k: v for k, v in app.own.items() if k not in app.attached_variables()
    }
    assert {one["name"]: one["addon"]["name"] for one in seen(app, "/addon-attachments")} == {
        name: addon.name for name, addon in app.attached.items()
    }
    assert {one["name"]: one["plan"]["name"] for one in seen(app, "/addons")} == addons
    assert {
        one["user"]["email"]: frozenset(each["name"] for each in one["permissions"])
        for one in seen(app, "/collaborators")
    } == {
        email: permissions if app.team else frozenset() for email, permissions in app.people.items()
    }
    assert {
        one["type"]: (one["quantity"], one["size"]) for one in seen(app, "/formation")
    } == app.types
    assert [bool(one["slug"]) for one in seen(app, "/releases")] == [
        bool(release.slug) for release in app.releases
    ]
    hostnames = {one["hostname"] for one in seen(app, "/domains")}
    assert hostnames == app.domains | {f"{app.name}.localhost"}
    assert {one["url"] for one in seen(app, "/log-drains")} == set(app.drains)
    if app.stage:
        coupling = seen(app, "/pipeline-couplings")
        assert (coupling["pipeline"]["name"], coupling["stage"]) == app.stage


def test_random_calls_match_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "QUIET_SECONDS", 0.02)
    with heroku(tmp_path / "heroku") as Operations.heroku:
        run_state_machine_as_test(Operations, settings=RUN)
