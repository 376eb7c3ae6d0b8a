"""Cases of the rules of a review: changes, and which rules have findings about them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from dynostack.inventory.app import Addon, App
from dynostack.inventory.databases import DatabaseDetails
from dynostack.review import resource_types
from dynostack.review.context import Context
from dynostack.review.state import StackState
from dynostack.review.step import Interruption, Refusal, Step, Violation
from tests.review.steps import addon, app, database, dynos, person, step

MANAGER = ["view", "manage"]
MANDATORY = Violation("secrets-encrypted", "", "a secret is written in plain text", True)
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
