"""Reviews written by hand, for cases that no recording has."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.review.markup import Code, Markup, Quote
from dynostack.review.model import (
    AccessChange,
    Addition,
    Change,
    CostLine,
    Costs,
    Edit,
    Finding,
    Operation,
    Property,
    Resource,
    Restart,
    Review,
    Severity,
    SourceLocation,
)
from dynostack.review.render import labels

PLACE = SourceLocation("Pulumi.prod.yaml", 17)
TEXT: Markup = (Quote("a policy's message"), ", and ", Code("one"), Code("two"), " of ours")
ADVICE: Markup = ("take a backup: ", Code("heroku pg:backups:capture"))


def markups(review: Review) -> Iterator[Markup]:
    """Yield every marked-up text of a review."""
    yield labels.headline(review)
    yield from (each.lost for each in (*review.changes, *review.drift))
    yield from (sentence for each in review.access for sentence in each.words)
    yield from (text for each in review.restarts for text in (each.what, each.why))
    yield from (text for each in review.findings for text in (each.text, each.advice))
    yield from map(labels.addition, review.additions)
    yield from labels.beside_additions(review)


def change(operation: Operation, name: str = "postgres") -> Change:
    """Return a change of a database with every kind of property."""
    resource = Resource(
        f"urn:pulumi:prod::shop::heroku:addon/addon:Addon::{name}",
        "heroku:addon/addon:Addon",
        name,
        f"database {name} (heroku-postgresql:standard-0)",
    )
    properties = (
        Property("plan", Edit.CHANGED, "old", "new", place=PLACE),
        Property("config.version", Edit.CHANGED, "17", "16", replaces=True),
        Property("configVars.KEY", Edit.CHANGED, "[secret]", "[secret]", masked=True),
        Property("configVars.ADDED", Edit.ADDED, None, "new"),
        Property("configVars.REMOVED", Edit.REMOVED, "old", None),
    )
    return Change(
        resource, operation, properties, ("every row of ", Code("it")), protected=True, place=PLACE
    )


CHANGES = tuple(change(operation, f"db-{operation}") for operation in Operation)

FULL = Review(
    project="shop",
    stack="prod",
    app="acme-shop",
    environment="Pulumi.prod.yaml",
    engine="3.258.0",
    digest="0" * 64,
    changes=CHANGES,
    unchanged=(Resource("urn", "heroku:app/app:App", "app", "app acme-shop"),),
    unchanged_count=1,
    access=(
        AccessChange(
            "dev", ("manage",), ("view",), ((Code("dev"), " can now pay"), ("and more",)), PLACE
        ),
    ),
    costs=Costs(
        (
            CostLine("database", 5_000, 20_000, "standard-0", "standard-2"),
            CostLine("logs", None, 0, "choklad", None),
            CostLine("cache", 0, 0, "dev", "dev"),
        )
    ),
    restarts=(Restart((Code("web"), " dynos"), ("a config var changes",)),),
    findings=tuple(
        Finding(f"DR10{number}", severity, TEXT, ADVICE, CHANGES[0].resource.urn, PLACE)
        for number, severity in enumerate(Severity)
    ),
    drift=(change(Operation.UPDATE, "drifted"),),
    additions=(
        Addition("app.configVars.NEW", ("config var ", Code("NEW"))),
        Addition(
            "addons.db", (Quote("add-on db ($200 a month)"),), "2026-11-30", "dev@acme.example"
        ),
    ),
    elsewhere=2,
    unread=("log drains",),
    errors=("something stopped it\nthere",),
)
"""A review with everything that a review can have."""
