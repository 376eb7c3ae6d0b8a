"""Access in words, cost by item, and what restarts."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynostack.review import resource_types
from dynostack.review.access import WORDS
from dynostack.review.markup import plain
from dynostack.review.model import Change, CostLine, Restart, SourceLocation
from dynostack.review.restarts import A_RELEASE, ALL_DYNOS
from dynostack.review.step import Step
from tests.review.steps import addon, app, database, dynos, person, reviewed, step

SAME_APP = app({}, {})


def test_access_in_words(tmp_path: Path) -> None:
    steps = (
        person("a@acme.example", ["view"], ["view", "deploy", "operate"]),
        person("b@acme.example", ["view", "manage"], ["view"]),
        person("c@acme.example", ["view"], None),
        person("d@acme.example", ["view"], ["view"]),
        person("lead@acme.example", ["manage"], ["manage"]),
    )
    changes = reviewed(*steps, directory=tmp_path).access
    said = [plain(words) for each in changes for words in each.words]
    assert said == [
        "a@acme.example can now deploy code",
        f"a@acme.example can now {WORDS['operate']}",
        "b@acme.example can no longer decide who has access, and delete the app",
        "c@acme.example no longer has access",
    ]


def test_access_that_moves_to_another_resource_shows_the_difference(tmp_path: Path) -> None:
    """An app that moves to a team gets collaborators of another type."""
    alone = step(resource_types.COLLABORATOR, "a@acme.example", {"email": "a@acme.example"}, None)
    in_team = person("A@acme.example", None, ["view"])
    (change,) = reviewed(alone, in_team, directory=tmp_path).access
    assert (change.gained, change.lost) == (("view",), ("collaborate",))


COSTS = {
    "dynos": (dynos("1 Basic", "2 Standard-1X"), (700, 5000, "1 x basic", "2 x standard-1x")),
    "no dynos": (dynos("1 Basic", "0 Basic"), (700, 0, "1 x basic", "0 x basic")),
    "database": (
        database("essential-0", "standard-0"),
        (500, 5000, "heroku-postgresql:essential-0", "heroku-postgresql:standard-0"),
    ),
    "made": (database(None, "essential-0"), (0, 500, None, "heroku-postgresql:essential-0")),
    "gone": (database("essential-0", None), (500, 0, "heroku-postgresql:essential-0", None)),
    "unknown": (addon("unheard", None, "of"), (0, None, None, "unheard:of")),
}


@pytest.mark.parametrize("name", COSTS)
def test_cost(name: str, tmp_path: Path) -> None:
    planned, expected = COSTS[name]
    (line,) = reviewed(planned, directory=tmp_path).costs.lines
    assert (line.old, line.new, line.old_plan, line.new_plan) == expected


def test_totals_are_of_known_prices(tmp_path: Path) -> None:
    steps = [database("essential-0", "essential-1"), addon("unheard", None, "of")]
    costs = reviewed(*steps, dynos("1 Basic", "1 Basic"), directory=tmp_path).costs
    assert (costs.old, costs.new, len(costs.lines), len(costs.changed)) == (1200, 1600, 3, 2)
    assert [each.name for each in costs.unknown] == ["add-on unheard"]


def test_eco_dynos_are_paid_for_once(tmp_path: Path) -> None:
    steps = (dynos(None, "1 Eco"), dynos(None, "1 Eco", "worker"))
    assert reviewed(*steps, stack="dev", directory=tmp_path).costs.lines == (
        CostLine("eco dynos of the account", 0, 500, None, "eco"),
    )


RESTARTS = {
    "config vars": (app({"configVars": {}}, {"configVars": {"A": "b"}}), "all dynos"),
    "stack": (app({"stack": "heroku-22"}, {"stack": "heroku-24"}), None),
    "add-on": (addon("papertrail", None, "choklad"), "all dynos"),
    "database plan": (database("standard-0", "standard-2"), "database postgres"),
    "size": (dynos("1 Basic", "1 Standard-1X"), "web dynos"),
    "number": (dynos("1 Standard-1X", "2 Standard-1X"), None),
    "code": (step(resource_types.BUILD, "build", {}, {}, replaced_by=("source",)), "all dynos"),
    "person": (person("a@acme.example", None, ["view"]), None),
}


@pytest.mark.parametrize("name", RESTARTS)
def test_restart(name: str, tmp_path: Path) -> None:
    planned, what = RESTARTS[name]
    restarts = reviewed(planned, directory=tmp_path).restarts
    assert [plain(each.what) for each in restarts] == ([] if what is None else [what])


def test_a_cause_is_reported_once_and_a_new_app_restarts_nothing(tmp_path: Path) -> None:
    several: tuple[Step, ...] = (
        app({"configVars": {}}, {"configVars": {"A": "b", "C": "d"}}),
        database("standard-0", "standard-2"),
    )
    restarts = reviewed(*several, directory=tmp_path).restarts
    assert restarts[0] == Restart(ALL_DYNOS, ("config vars change", A_RELEASE))
    assert len(restarts) == 2
    releases = (*several, addon("memcachier", None, "100"), database(None, "standard-0", "more"))
    one, other = reviewed(*releases, directory=tmp_path).restarts
    assert one.what == ALL_DYNOS
    assert plain(one.why) == (
        "config vars change; cache memcachier sets or removes config vars;"
        " database more sets or removes config vars, which creates a release"
    )
    assert other == restarts[1]
    new = (app(None, {}), database(None, "standard-0"))
    assert reviewed(*new, directory=tmp_path).restarts == ()


def test_places(tmp_path: Path) -> None:
    sections = {
        "app": {"name": "acme-shop", "configVars": {"A": "b"}},
        "domains": ["www.acme.example", "acme.example"],
        "formation": {"web": {"size": "basic", "quantity": 2}},
    }
    steps = (
        app({"configVars": {"A": "a"}}, {"configVars": {"A": "b"}}),
        step(resource_types.DOMAIN, "acme.example", None, {"hostname": "acme.example"}),
        step(resource_types.DOMAIN, "gone.example", {"hostname": "gone.example"}, None),
        dynos("1 Basic", "2 Basic"),
    )
    shown = reviewed(*steps, sections=sections, directory=tmp_path)
    lines = (tmp_path / "Pulumi.prod.yaml").read_text().splitlines()

    def line(place: SourceLocation | None) -> str:
        assert place is not None
        return lines[place.line - 1].strip()

    def at(kind: str) -> Change:
        return next(each for each in shown.changes if each.resource.type == kind)

    assert line(at(resource_types.APP).properties[0].place) == "A: b"
    assert line(at(resource_types.FORMATION).properties[0].place) == "quantity: 2"
    domains = [each for each in shown.changes if each.resource.type == resource_types.DOMAIN]
    assert [line(each.place) for each in domains] == ["shop:domains:", "- acme.example"]
