"""Every rule has a finding in its case, and only there; each case names all its findings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from dynostack.inventory.app import Addon, App
from dynostack.inventory.databases import DatabaseDetails
from dynostack.review import resource_types
from dynostack.review.context import Context
from dynostack.review.markup import plain
from dynostack.review.model import Operation, Severity
from dynostack.review.render.escaping import is_inert
from dynostack.review.rules import RULES
from dynostack.review.state import StackState
from dynostack.review.step import Interruption, Refusal, Step, Values, Violation
from tests.review.samples import markups
from tests.review.steps import addon, app, database, dynos, person, reviewed, step

MANAGER = ["view", "manage"]
MANDATORY = Violation("secrets-encrypted", "", "a secret is written in plain text", True)
HOSTILE = "@acme/owners#1"
ADVISORY = Violation("named", "", "a name would help", False)


@dataclass(frozen=True)
class Case:
    steps: tuple[Step, ...]
    says: str
    rules: set[str]
    more: dict[str, Any] = field(default_factory=dict)


SAME_APP = app({}, {})
LIVE_ID = "01234567-89ab-cdef-0123-456789abcdef"
POSTGRES = Addon(LIVE_ID, "postgres-1", "heroku-postgresql:standard-0", {"DATABASE": "2"})
TWO = (
    replace(POSTGRES, id="another", name="postgres-live"),
    replace(POSTGRES, attachments={"NEXT": "3"}),
)
HEROKU = App("1", "acme-shop", "", "eu", acm=False, addons=(POSTGRES,))
CREATING = Interruption(database(None, "standard-0", "postgres-next").urn, "creating", "postgres-1")
CASES = {
    "database destroyed": Case((database("standard-0", None),), "every row", {"DR101"}),
    "another database destroyed": Case(
        (database("standard-0", None, "postgres-reports"),), "postgres-reports", {"DR101"}
    ),
    "database replaced": Case(
        (database("standard-0 16", "standard-0 17", replaced_by=("config",)),),
        "would be replaced by an empty database, forced by config",
        {"DR102"},
    ),
    "app replaced": Case(
        (
            app({"region": "us"}, {"region": "eu"}, replaced_by=("region",)),
            database("standard-0", "standard-0", replaced_by=("appId",)),
        ),
        "replaced, forced by region, with everything that belongs to it,"
        " including the data of postgres",
        {"DR102", "DR103"},
    ),
    "app destroyed": Case((app({}, None),), "acme-shop would be destroyed", {"DR103"}),
    "essential to standard": Case(
        (database("essential-0", "standard-0"),), "cannot change essential-0 to", {"DR104"}
    ),
    "newer version": Case(
        (database("standard-0 16", "standard-0 16"),),
        "an apply does not change its version from 16 to 17",
        {"DR104"},
        {"sections": {"postgres": {"plan": "standard-0", "version": "17"}}},
    ),
    "older version": Case(
        (database("standard-0 17", "standard-0 17"),),
        "an apply does not change its version from 17 to 16",
        {"DR104"},
        {"sections": {"postgres": {"plan": "standard-0", "version": "16"}}},
    ),
    "another tier and another version": Case(
        (database("essential-1 16", "standard-0 16"),),
        "cannot change essential-1 to standard-0 in place,"
        " and an apply does not change its version from 16 to 17",
        {"DR104"},
        {"sections": {"postgres": {"plan": "standard-0", "version": "17"}}},
    ),
    "version of an imported database": Case(
        (replace(database("standard-0", "standard-0"), id=LIVE_ID),),
        "an apply does not change its version from 14 to 17",
        {"DR104"},
        {
            "sections": {"postgres": {"plan": "standard-0", "version": "17"}},
            "context": Context(app=HEROKU, databases={LIVE_ID: DatabaseDetails("14", 5, 0, 0)}),
        },
    ),
    "standard to essential": Case(
        (database("standard-0", "essential-0"),),
        "cannot change standard-0 to",
        {"DR104", "DR115", "DR302"},
    ),
    "plan shrunk": Case(
        (database("standard-2", "standard-0"),),
        "65,536 MB of data, down from 262,144 with standard-2",
        {"DR115"},
    ),
    "plan set back": Case(
        (database("standard-2", "standard-0"),),
        "the larger plan was set on Heroku outside Pulumi",
        {"DR115", "DR601"},
        {"drift": (database("standard-0", "standard-2"),)},
    ),
    "live database destroyed": Case(
        (replace(database("standard-0", None), id=LIVE_ID),),
        "is the live database (DATABASE_URL points at it) and would be destroyed",
        {"DR100"},
        {"context": Context(app=HEROKU)},
    ),
    "live database replaced": Case(
        (replace(database("standard-0", "standard-0", replaced_by=("appId",)), id=LIVE_ID),),
        "and would be replaced by an empty database",
        {"DR100"},
        {"context": Context(app=HEROKU)},
    ),
    "live database detached": Case(
        (
            replace(database("standard-0", "standard-0"), id=LIVE_ID),
            replace(
                step(resource_types.ATTACHMENT, "database", {"name": "DATABASE"}, None), id="2"
            ),
        ),
        "and would be detached from the app",
        {"DR100"},
        {"context": Context(app=HEROKU)},
    ),
    "database destroyed while Heroku does not answer": Case(
        (database("standard-0", None),),
        "may be the live database (Heroku could not be asked) and would be destroyed",
        {"DR100", "DR605"},
        {"context": Context(unavailable="Service Unavailable")},
    ),
    "a database beside the live one destroyed": Case(
        (replace(database("standard-0", None, "postgres-next"), id="another"),),
        "postgres-next",
        {"DR101"},
        {"context": Context(app=HEROKU)},
    ),
    "no live database": Case(
        (SAME_APP,),
        "no database is live: DATABASE_URL points at none of postgres-1",
        {"DR111"},
        {"context": Context(app=replace(HEROKU, addons=(replace(POSTGRES, attachments={}),)))},
    ),
    "protected database removed": Case(
        (),
        "(heroku-postgresql:standard-0) is protected, so Pulumi refuses to destroy it",
        {"DR109"},
        {
            "refusals": (Refusal(database("standard-0", None).urn, replaces=False),),
            "looked_at": (database("standard-0", "standard-0"),),
        },
    ),
    "protected app replaced for its region": Case(
        (),
        "app acme-shop is protected, so Pulumi refuses to replace it and every database",
        {"DR109"},
        {
            "refusals": (Refusal(SAME_APP.urn, replaces=True),),
            "looked_at": (app({"region": "eu"}, {"region": "eu"}),),
            "sections": {"app": {"region": "us", "team": "acme"}},
            "context": Context(app=replace(HEROKU, team="acme")),
        },
    ),
    "protected app replaced for its owner": Case(
        (),
        "app acme-shop changes its owner from acme to rocket",
        {"DR114"},
        {
            "refusals": (Refusal(SAME_APP.urn, replaces=True),),
            "looked_at": (SAME_APP,),
            "sections": {"app": {"team": "rocket"}},
            "context": Context(app=replace(HEROKU, team="acme")),
        },
    ),
    "app replaced for its owner": Case(
        (app({}, {"organization": "acme"}, replaced_by=("organization",)),),
        "changes its owner from ops@acme.example to acme",
        {"DR114"},
        {
            "sections": {"account": "ops@acme.example", "app": {"team": "acme"}},
            "context": Context(app=HEROKU),
        },
    ),
    "option of an add-on that exists": Case(
        (
            step(
                resource_types.ADDON,
                "logs-papertrail",
                {"plan": "papertrail:choklad", "config": {"gone": "1"}},
                {"plan": "papertrail:choklad", "config": {"gone": "1"}},
            ),
        ),
        "gone differs from the value that the add-on was created",
        {"DR112"},
        {"sections": {"addons": {"logs": {"plan": "papertrail:choklad"}}}},
    ),
    "app renamed": Case(
        (app({"name": "acme-shop"}, {"name": "acme-store"}),),
        "renamed to acme-store: its web address and its Git address change, and the old ones stop"
        " working; the old address is still in ALLOWED_HOSTS",
        {"DR116"},
        {"sections": {"app": {"configVars": {"ALLOWED_HOSTS": "acme-shop.localhost,.acme.org"}}}},
    ),
    "process type without a release": Case(
        (SAME_APP, dynos(None, "1 Basic", "clock")),
        "no release of the app has a process type clock",
        {"DR117"},
        {"context": Context(app=replace(HEROKU, processes=frozenset({"web"})))},
    ),
    "process type of a new app without a build": Case(
        (app(None, {}), dynos(None, "1 Basic")),
        "no release of the app has a process type web",
        {"DR117"},
    ),
    "a drain under another key": Case(
        (
            step(resource_types.DRAIN, "new", None, {"url": "https://logs.acme.example/1"}),
            step(resource_types.DRAIN, "old", {"url": "https://logs.acme.example/1"}, None),
        ),
        "log drain new gets https://logs.acme.example/1,"
        " which log drain old still has at that point",
        {"DR118"},
    ),
    "add-on names swapped": Case(
        (
            step(
                resource_types.ADDON,
                "a",
                {"plan": "x:y", "name": "one"},
                {"plan": "x:y", "name": "two"},
            ),
            step(
                resource_types.ADDON,
                "b",
                {"plan": "x:y", "name": "two"},
                {"plan": "x:y", "name": "one"},
            ),
        ),
        "add-on b (x:y) gets one, which add-on a (x:y) still has at that point",
        {"DR118"},
    ),
    "pipeline destroyed and joined": Case(
        (
            replace(step(resource_types.PIPELINE, "pipeline", {"name": "shop"}, None), id=LIVE_ID),
            step(
                resource_types.COUPLING,
                "pipeline",
                *[{"pipeline": LIVE_ID, "stage": "production"}] * 2,
            ),
        ),
        "pipeline pipeline would be destroyed, and every app would leave it",
        {"DR119"},
    ),
    "name taken": Case(
        (app(None, {}),),
        "an app acme-shop already exists on Heroku",
        {"DR113"},
        {"context": Context(name_taken=True), "sections": {"app": {"name": "acme-shop"}}},
    ),
    "add-on of a killed engine": Case(
        (SAME_APP,),
        "add-on postgres-1 (heroku-postgresql:standard-0) was created by an update that was killed",
        {"DR110"},
        {"context": Context(StackState(interruptions=(CREATING,)), replace(HEROKU, addons=TWO))},
    ),
    "killed engine": Case(
        (SAME_APP,),
        "an update was killed while it was creating postgres-next",
        {"DR604"},
        {
            "context": Context(
                StackState(ids=frozenset({LIVE_ID}), interruptions=(CREATING,)), HEROKU
            )
        },
    ),
    "Heroku not asked": Case(
        (SAME_APP,),
        "could not ask Heroku which database is live: there is no API key",
        {"DR605"},
        {"context": Context(unavailable="there is no API key")},
    ),
    "domain added": Case(
        (step(resource_types.DOMAIN, "www.acme.example", None, {"hostname": "www.acme.example"}),),
        "www.acme.example gets its DNS target when Heroku adds the domain; ACM is off",
        {"DR701"},
        {"context": Context(app=HEROKU)},
    ),
    "domain added with ACM": Case(
        (step(resource_types.DOMAIN, "www.acme.example", None, {"hostname": "www.acme.example"}),),
        "ACM issues its certificate once the DNS record exists",
        {"DR701"},
        {"context": Context(app=replace(HEROKU, acm=True))},
    ),
    "wildcard domain added": Case(
        (step(resource_types.DOMAIN, "*.acme.example", None, {"hostname": "*.acme.example"}),),
        "ACM issues no certificate for a wildcard",
        {"DR701"},
        {"context": Context(app=replace(HEROKU, acm=True))},
    ),
    "more dynos than connections": Case(
        (database("essential-0", "essential-0"), dynos("20 Standard-1X", "21 Standard-1X")),
        "essential-0 allows 20 connections, but the file declares 21 dynos",
        {"DR105"},
    ),
    "more dynos than connections in the tier": Case(
        (database("essential-0", "essential-0"), dynos("20 Standard-1X", "41 Standard-1X")),
        "essential-0 allows 20 connections, but the file declares 41 dynos",
        {"DR105"},
    ),
    "more dynos than connections in a new app": Case(
        (app(None, {}), database(None, "essential-0"), dynos(None, "21 Standard-1X")),
        "essential-0 allows 20 connections, but the file declares 21 dynos",
        {"DR105", "DR117", "DR302"},
    ),
    "cache destroyed": Case((addon("memcachier", "100", None),), "that is cached", {"DR106"}),
    "cache replaced": Case(
        (addon("memcachier", "100", "250", replaced_by=("plan",)),),
        "that is cached",
        {"DR106", "DR502"},
    ),
    "database unprotected": Case(
        (database("standard-0", "standard-2", protected=False),), "not protected", {"DR107"}
    ),
    "add-on destroyed": Case(
        (addon("papertrail", "choklad", None),), "that it has stored", {"DR108"}
    ),
    "billing": Case(
        (SAME_APP, person("dev@acme.example", ["view"], ["view", "operate"])),
        "dev@acme.example gains operate and can change what is billed",
        {"DR201"},
    ),
    "management": Case(
        (SAME_APP, person("dev@acme.example", None, MANAGER)), "gains manage", {"DR201"}
    ),
    "last manager": Case(
        (SAME_APP, person("lead@acme.example", MANAGER, ["view"])),
        "lead@acme.example would lose manage, and no other collaborator has it",
        {"DR202"},
    ),
    "last manager leaves": Case(
        (SAME_APP, person("lead@acme.example", MANAGER, None)), "would lose manage", {"DR202"}
    ),
    "sleeping dynos": Case((dynos("1 Basic", "1 Eco"),), "fall asleep", {"DR301"}),
    "hobby database": Case((database(None, "essential-2"),), "essential-2 in prod", {"DR302"}),
    "hobby database by stage": Case(
        (database(None, "essential-2"),),
        "essential-2 in prod",
        {"DR302"},
        {"stack": "live", "sections": {"pipeline": {"stage": "production"}}},
    ),
    "old stack": Case(
        (app({"stack": "heroku-24"}, {"stack": "heroku-22"}),), "end of life", {"DR401"}
    ),
    "old Postgres": Case((database(None, "standard-0 15"),), "Postgres 15", {"DR401"}),
    "above the limit": Case(
        (dynos("1 Standard-1X", "9 Standard-1X"),),
        "$225 a month, above the limit of $100",
        {"DR501"},
        {"sections": {"review": {"monthlyLimit": 100}}},
    ),
    "price unknown": Case((addon("unheard", None, "of"),), "price of unheard:of", {"DR502"}),
    "over drift": Case(
        (dynos("3 Standard-1X", "2 Standard-1X"),),
        "web was changed on Heroku outside Pulumi: quantity",
        {"DR601"},
        {"drift": (dynos("1 Standard-1X", "3 Standard-1X"),)},
    ),
    "forbidden": Case((), "in plain text", {"DR602"}, {"violations": (MANDATORY,)}),
    "discouraged": Case((), "a name would help", {"DR603"}, {"violations": (ADVISORY,)}),
}
QUIET = {
    "another pipeline": (
        replace(step(resource_types.PIPELINE, "pipeline", {"name": "shop"}, None), id=LIVE_ID),
        step(resource_types.COUPLING, "pipeline", {"pipeline": LIVE_ID}, {"pipeline": "other"}),
    ),
    "a process type that a build of a new app has": (
        app(None, {}),
        dynos(None, "1 Basic"),
        step(resource_types.BUILD, "build", None, {"source": {"path": "site"}}),
    ),
    "nothing changes": (SAME_APP, database("essential-0 14", "essential-0 14", protected=False)),
    "a protected database is made": (database(None, "standard-0 17"),),
    "within a tier": (database("standard-0", "standard-2"),),
    "a new app has its manager": (app(None, {}), person("lead@acme.example", None, MANAGER)),
    "a manager for a manager": (
        SAME_APP,
        person("old@acme.example", MANAGER, MANAGER),
        person("lead@acme.example", MANAGER, None),
    ),
    "deploy is no billing": (SAME_APP, person("dev@acme.example", ["view"], ["view", "deploy"])),
}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_has_its_finding(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    found = reviewed(*case.steps, directory=tmp_path, **case.more).findings
    assert {each.id for each in found} == case.rules
    texts = [plain(each.text) for each in found]
    assert any(case.says in text for text in texts), texts
    assert all(each.advice for each in found)


def hostile(step: Step) -> Step:
    """Return the step with hostile text wherever no rule needs an exact value."""
    kind = "update-replace" if step.forced_by else "update"
    return replace(
        step,
        urn=f"{step.urn}{HOSTILE}",
        old=_hostile(step.old),
        new=_hostile(step.new),
        differences={**step.differences, **({HOSTILE: kind} if step.differences else {})},
        forced_by=(*step.forced_by, *((HOSTILE,) if step.forced_by else ())),
    )


def _hostile(values: Values | None) -> Values | None:
    if values is None:
        return None
    changed: dict[str, object] = dict(values)
    for name in {"name", "email", "type"} & {*values}:
        changed[name] = f"{values[name]}{HOSTILE}"
    if values.get("plan") == "unheard:of":
        changed["plan"] = f"unheard:of{HOSTILE}"
    if isinstance(permissions := values.get("permissions"), list):
        changed["permissions"] = [*permissions, HOSTILE]
    return changed


def hostile_violation(violation: Violation) -> Violation:
    return replace(violation, policy=HOSTILE, message=f"{violation.message} {HOSTILE}")


@pytest.mark.parametrize("name", CASES)
def test_no_rule_uses_text_from_outside_as_our_words(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    more = dict(case.more)
    for key, foreign in (("drift", hostile), ("violations", hostile_violation)):
        more[key] = tuple(map(foreign, more.get(key, ())))
    found = reviewed(*map(hostile, case.steps), directory=tmp_path, **more)
    assert {each.id for each in found.findings} >= case.rules
    parts = [part for text in markups(found) for part in text]
    ours = [part for part in parts if isinstance(part, str)]
    assert [part for part in ours if HOSTILE in part or not is_inert(part)] == []


@pytest.mark.parametrize("name", QUIET)
def test_there_are_no_findings(name: str, tmp_path: Path) -> None:
    assert reviewed(*QUIET[name], directory=tmp_path).findings == ()


@pytest.mark.parametrize("config", [{}, {"config": {}}, {"config": None}])
def test_an_unknown_version_of_a_database_does_not_differ(
    config: dict[str, Any], tmp_path: Path
) -> None:
    values = {"plan": "heroku-postgresql:standard-0", **config}
    kept = step(resource_types.ADDON, "postgres", values, {**values, "name": "orders"})
    sections = {"postgres": {"plan": "standard-0", "version": "17"}}
    assert reviewed(kept, directory=tmp_path, sections=sections).findings == ()


def test_the_version_that_a_database_really_has_counts(tmp_path: Path) -> None:
    """Someone may have upgraded the database since it was created."""
    kept = replace(database("standard-0 16", "standard-0 16"), id=LIVE_ID)
    sections = {"postgres": {"plan": "standard-0", "version": "17"}}
    for real, codes in (("17", []), ("15", ["DR104"])):
        details = DatabaseDetails(real, 20 << 30, 0, 0)
        context = Context(app=HEROKU, databases={LIVE_ID: details})
        found = reviewed(kept, directory=tmp_path, sections=sections, context=context).findings
        assert [each.id for each in found] == codes
    assert "from 15 to 17" in plain(found[0].text)
    assert "with the site down for about 61 minutes" in plain(found[0].advice)
    assert plain(found[0].advice).endswith('To keep it as it is, write version: "15"')


def test_a_version_that_heroku_no_longer_offers_is_left_out_of_the_file(tmp_path: Path) -> None:
    case = CASES["version of an imported database"]
    (found,) = reviewed(*case.steps, directory=tmp_path, **case.more).findings
    assert plain(found.advice).endswith("To keep it as it is, write no version")


def test_a_move_names_the_database_unless_it_is_the_main_one(tmp_path: Path) -> None:
    reports = database("standard-0 17", "standard-0 17", "postgres-reports")
    sections = {"postgres": {"databases": {"reports": {"plan": "standard-0", "version": "16"}}}}
    (found,) = reviewed(reports, directory=tmp_path, sections=sections).findings
    advice = plain(found.advice)
    assert advice.startswith("after the merge, run dynostack postgres move prod reports.")
    assert (
        "Version 16 is older: the move works only if the database uses no newer features." in advice
    )
    assert "($50 a month each) until dynostack postgres move prod reports --finish" in advice
    case = CASES["essential to standard"]
    (found,) = reviewed(*case.steps, directory=tmp_path, **case.more).findings
    advice = plain(found.advice)
    assert advice.startswith("after the merge, run dynostack postgres move prod. The steps: ")
    assert "older" not in advice


@pytest.mark.parametrize(
    ("old", "new", "quantity", "advice"),
    [
        (None, "essential-0", 21, "write plan: essential-2, which allows 40 connections"),
        (None, "essential-0", 41, "write plan: standard-0, which allows 120 connections"),
        ("essential-0", "essential-0", 21, "write plan: essential-2, which allows 40"),
        ("essential-0", "essential-1", 41, "run dynostack postgres move prod --plan standard-0,"),
        ("essential-0", "essential-0", 999, "declare fewer dynos"),
        # The plan that the database has, on Heroku, is large enough: it is not to be made smaller.
        ("standard-2", "standard-0", 130, "write plan: standard-2, which allows 400 connections"),
        ("standard-0", "essential-0", 21, "write plan: standard-0, which allows 120 connections"),
    ],
)
def test_a_plan_with_enough_connections_is_advised(
    old: str | None, new: str, quantity: int, advice: str, tmp_path: Path
) -> None:
    steps = (database(old, new), dynos("1 Standard-1X", f"{quantity} Standard-1X"))
    found = reviewed(*steps, stack="prod", directory=tmp_path).findings
    (connections,) = (each for each in found if each.id == "DR105")
    assert plain(connections.advice).startswith(advice)


def test_a_larger_plan_that_is_set_back_can_be_kept(tmp_path: Path) -> None:
    case = CASES["plan set back"]
    found = reviewed(*case.steps, directory=tmp_path, **case.more).findings
    smaller = [plain(each.advice) for each in found if each.id == "DR115"]
    assert all(each.startswith("to keep it, write plan: standard-2; or check") for each in smaller)


def test_a_database_is_moved_rather_than_replaced(tmp_path: Path) -> None:
    replaced = database("standard-0 16", "standard-0 17", replaced_by=("config",))
    live = replace(replaced, id=LIVE_ID)
    for lost, context in ((replaced, Context()), (live, Context(app=HEROKU))):
        (found,) = reviewed(lost, directory=tmp_path, context=context).findings
        assert plain(found.advice).startswith(
            "move it with dynostack postgres move prod, or download a backup first: heroku pg:back"
        )
    with_its_app = database("standard-0 16", "standard-0 17", replaced_by=("appId", "config"))
    (found,) = reviewed(with_its_app, directory=tmp_path).findings
    assert plain(found.advice).startswith("keep it as it is, or download a backup first: ")


def test_hobby_sizes_are_fine_outside_production(tmp_path: Path) -> None:
    steps = (dynos("1 Basic", "1 Eco"), database(None, "essential-0"))
    assert reviewed(*steps, stack="staging", directory=tmp_path).findings == ()


def test_a_database_that_may_be_live_needs_the_yes_for_a_live_one(tmp_path: Path) -> None:
    context = Context(unavailable="Service Unavailable")
    for lost in (None, "standard-0"):
        step = database("standard-0", lost, "postgres-next", replaced_by=("appId",) if lost else ())
        found = reviewed(step, directory=tmp_path, context=context).findings
        assert [each.consent for each in found] == ["--allow-live-loss postgres-next", ""]


def test_the_database_of_the_section_itself_is_advised_to_be_live(tmp_path: Path) -> None:
    names = {"spare-1": "postgres-spare", "main-1": "postgres", "archive-1": "postgres-archive"}
    addons = tuple(
        Addon(name, name, "heroku-postgresql:standard-0", {"OTHER": "3"}) for name in names
    )
    steps = [
        replace(database("standard-0", "standard-0", declared), id=name)
        for name, declared in names.items()
    ]
    context = Context(app=replace(HEROKU, addons=addons))
    (found,) = reviewed(*steps, directory=tmp_path, context=context).findings
    assert plain(found.advice).endswith("heroku pg:promote main-1 --app acme-shop")


def test_a_command_names_an_add_on_as_the_state_does_where_heroku_was_not_asked(
    tmp_path: Path,
) -> None:
    step = replace(database("standard-0", None), name_on_heroku="postgresql-salty-13648")
    found = reviewed(step, directory=tmp_path).findings[0]
    assert "pg:backups:capture postgresql-salty-13648 --app" in plain(found.advice)


def test_the_live_database_of_a_killed_engine_is_named(tmp_path: Path) -> None:
    """The first database of an app is live as soon as it is created."""
    state = StackState(interruptions=(CREATING,))
    (found,) = reviewed(SAME_APP, directory=tmp_path, context=Context(state, HEROKU)).findings
    assert plain(found.text).endswith("; it is the live database")
    assert "dynostack recover" in plain(found.advice)


def test_a_replaced_add_on_is_named_as_it_was_with_the_reason(tmp_path: Path) -> None:
    """The program forces the replacement for another service, and the engine names no property."""
    moved = step(
        resource_types.ADDON, "logs", {"plan": "papertrail:choklad"}, {"plan": "logdna:quaco"}
    )
    moved = replace(moved, operation=Operation.REPLACE, differences={})
    found = reviewed(moved, directory=tmp_path)
    assert "add-on logs (papertrail:choklad) would be lost" in plain(found.findings[0].text)
    (change,) = found.changes
    assert [(each.path, each.old, each.new) for each in change.properties] == [
        ("plan", "papertrail:choklad", "logdna:quaco")
    ]


def test_a_replaced_app_is_named_as_it_was(tmp_path: Path) -> None:
    old, new = {"region": "us"}, {"region": "eu", "name": "acme-next"}
    found = reviewed(app(old, new, replaced_by=("region",)), directory=tmp_path).findings
    assert plain(found[0].text).startswith("app acme-shop would be replaced")


def test_a_command_is_quoted_for_every_shell(tmp_path: Path) -> None:
    """A shell such as zsh refuses a pattern that matches no file."""
    case = CASES["wildcard domain added"]
    (found,) = reviewed(*case.steps, directory=tmp_path, **case.more).findings
    assert "heroku domains:info '*.acme.example' --app acme-shop" in plain(found.advice)


@pytest.mark.parametrize("policies", [True, False])
def test_a_policy_is_named_only_where_there_is_one(policies: bool, tmp_path: Path) -> None:
    if policies:
        (tmp_path / "policies").mkdir()
        (tmp_path / "policies/PulumiPolicy.yaml").touch()
    case = CASES["protected database removed"]
    (found,) = reviewed(*case.steps, directory=tmp_path, **case.more).findings
    assert ("the policy" in plain(found.advice)) is policies
    assert ("apply only protect: false" in plain(found.advice)) is not policies


def test_every_rule_has_a_case() -> None:
    assert {rule for case in CASES.values() for rule in case.rules} == set(RULES)


def test_the_most_severe_finding_comes_first(tmp_path: Path) -> None:
    steps = (database("standard-0", None), addon("papertrail", "choklad", None))
    found = reviewed(*steps, addon("unheard", None, "of"), directory=tmp_path).findings
    assert [each.severity for each in found] == [Severity.BLOCK, Severity.WARN, Severity.NOTE]


def test_a_finding_leads_to_its_line(tmp_path: Path) -> None:
    sections = {
        "postgres": {"plan": "standard-0", "databases": {"reports": {"plan": "essential-0"}}},
        "collaborators": [{"email": "a@acme.example"}, {"email": "Dev@acme.example"}],
    }
    steps = (
        database("standard-0", "standard-0"),
        database(None, "essential-0", "postgres-reports"),
        person("dev@acme.example", ["view"], MANAGER),
    )
    found = reviewed(*steps, sections=sections, directory=tmp_path).findings
    lines = (tmp_path / "Pulumi.prod.yaml").read_text().splitlines()
    told = {each.id: lines[each.place.line - 1].strip() for each in found if each.place}
    assert told == {"DR201": "- email: Dev@acme.example", "DR302": "plan: essential-0"}
