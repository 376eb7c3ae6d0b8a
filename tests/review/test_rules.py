"""Every rule has a finding in its case, and only there; each case names all its findings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dynostack.inventory.app import Addon
from dynostack.inventory.databases import DatabaseDetails
from dynostack.review import resource_types
from dynostack.review.context import Context
from dynostack.review.markup import plain
from dynostack.review.model import Operation, Severity
from dynostack.review.render.escaping import is_inert
from dynostack.review.rules import RULES
from dynostack.review.state import StackState
from dynostack.review.step import Step, Values, Violation
from tests.review.rule_cases import (
    CASES,
    CREATING,
    HEROKU,
    LIVE_ID,
    MANAGER,
    QUIET,
    SAME_APP,
)
from tests.review.samples import markups
from tests.review.steps import addon, app, database, dynos, person, reviewed, step

HOSTILE = "@acme/owners#1"


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
